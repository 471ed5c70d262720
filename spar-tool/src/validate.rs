//! `spar validate`.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;
use spar_soap::envelope::{self, Body};
use spar_types::xml::{Document, Element, Limits, Mode, Root, RootVisitor, read_element};
use spar_types::{Error, each_root};

use crate::exit::Exit;
use crate::failure;
use crate::files::verdict;
use crate::output::say;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Requests and answers of Personsök, of any version, with or without their SOAP envelope; files from
    /// SPAR and to SPAR, of any version and size, plain or packed. `-` is standard input, for a request or an
    /// answer.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How to print the findings.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// One line per finding, one per valid file.
    Text,
    /// One JSON object per file, on one line. `rule` is a word for programs, `message` is for people.
    Json,
}

/// Shown below `spar validate --help`.
pub(crate) const HELP: &str = "\
A file that holds no valid document of a known version is told with every finding: path, byte offset and
rule, never a value. A file that cannot be read does not keep the others from being judged.

Exit status:
  0  every file is valid
  1  a file is not valid
  2  a file cannot be read; the others are judged";

/// What is said of a file. No value of it is repeated.
#[derive(Default, Serialize)]
struct Verdict {
    file: String,
    /// `None` if the file cannot be read.
    valid: Option<bool>,
    /// Why the file cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// The element found, such as `SPARPersonsokningSvar 2023.1`.
    document: Option<String>,
    findings: Vec<Finding>,
    /// Findings beyond those listed.
    further: usize,
}

#[derive(Serialize)]
struct Finding {
    path: String,
    offset: usize,
    rule: &'static str,
    message: String,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Exit> {
    let mut exit = Exit::Success;
    for file in &arguments.files {
        let name = file.display().to_string();
        let verdict = match judge_path(file) {
            Ok(verdict) => verdict,
            Err(error) => {
                let verdict = Verdict { error: Some(error.to_string()), ..Verdict::default() };
                failure::report(
                    &anyhow::Error::new(error).context(format!("{name} cannot be read")),
                );
                verdict
            }
        };
        let verdict = Verdict { file: name, ..verdict };
        exit = match (verdict.valid, exit) {
            (None, _) | (_, Exit::Error) => Exit::Error,
            (Some(false), _) => Exit::Failure,
            (Some(true), before) => before,
        };
        match arguments.format {
            Format::Json => say!("{}", serde_json::to_string(&verdict)?)?,
            Format::Text => print(&verdict)?,
        }
    }
    Ok(exit)
}

fn judge_path(path: &Path) -> std::io::Result<Verdict> {
    let is_file = path.is_file();
    if let Some(verdict) = is_file.then(|| verdict::judge(path)).transpose()?.flatten() {
        return Ok(verdict.into());
    }
    read_file(path).map(|bytes| judge(&bytes))
}

/// The bytes of the file, of which one more than the reader takes is enough to be refused.
fn read_file(file: &Path) -> std::io::Result<Vec<u8>> {
    let limit = Limits::default().document_bytes as u64 + 1;
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    } else {
        File::open(file)?.take(limit).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn print(verdict: &Verdict) -> Result<()> {
    let Verdict { file, document, findings, further, valid, .. } = verdict;
    if *valid == Some(true) {
        say!("{file}: valid, {}", document.as_deref().unwrap_or_default())?;
    }
    for Finding { path, offset, message, .. } in findings {
        let place = if path.is_empty() { String::new() } else { format!(" in {path}") };
        say!("{file}: byte {offset}: {message}{place}")?;
    }
    if *further > 0 {
        say!("{file}: {further} more")?;
    }
    Ok(())
}

fn judge(bytes: &[u8]) -> Verdict {
    let document = match Document::parse(bytes, &Limits::default()) {
        Ok(document) => document,
        Err(error) => return Verdict::of(finding(&error)),
    };
    let is_envelope = document.root().local_name() == "Envelope";
    let payload = match is_envelope.then(|| envelope::open(&document)) {
        None => document.root(),
        Some(Ok(Body::Payload(payload))) => payload,
        Some(other) => {
            let (rule, message) = match other {
                Err(error) => ("envelope", error.to_string()),
                _ => ("fault", "the envelope holds a fault".to_owned()),
            };
            return Verdict::of(Finding::at(document.root(), rule, message));
        }
    };
    let mut known = Known { payload, verdict: None };
    each_root(&mut known);
    known.verdict.unwrap_or_else(|| {
        let message = "not a document of a known version".to_owned();
        Verdict::of(Finding::at(payload, "root", message))
    })
}

/// Looks for the document that an element is.
struct Known<'x> {
    payload: Element<'x>,
    verdict: Option<Verdict>,
}

impl RootVisitor for Known<'_> {
    fn visit<T: Root>(&mut self, version: &'static str) {
        if self.verdict.is_none() && self.payload.is(T::NAME) {
            let document = Some(format!("{} {version}", T::NAME.local));
            self.verdict = Some(Verdict { document, ..read::<T>(self.payload) });
        }
    }
}

/// The verdict is the strict reader's, the findings are the tolerant one's, which goes on.
fn read<T: Root>(element: Element<'_>) -> Verdict {
    let limits = Limits::default();
    let mut verdict = Verdict::default();
    let Err(first) = read_element::<T>(element, Mode::Strict, &limits) else {
        return Verdict { valid: Some(true), ..verdict };
    };
    verdict.valid = Some(false);
    match read_element::<T>(element, Mode::Tolerant, &limits) {
        Ok(tolerant) if tolerant.deviations.is_empty() => verdict.findings.push(finding(&first)),
        Ok(tolerant) => {
            verdict.further = tolerant.further_deviations;
            verdict.findings.extend(tolerant.deviations.into_iter().map(|deviation| Finding {
                path: deviation.path,
                offset: deviation.offset,
                rule: deviation.rule.name(),
                message: deviation.rule.to_string(),
            }));
        }
        Err(fatal) => verdict.findings.push(finding(&fatal)),
    }
    verdict
}

fn finding(error: &Error) -> Finding {
    Finding {
        path: error.path().to_owned(),
        offset: error.offset(),
        rule: error.kind().name(),
        message: error.kind().to_string(),
    }
}

impl From<verdict::Verdict> for Verdict {
    fn from(verdict: verdict::Verdict) -> Self {
        let verdict::Verdict { document, findings, further } = verdict;
        Self {
            valid: Some(findings.is_empty() && further == 0),
            document,
            findings: findings
                .into_iter()
                .map(|verdict::Finding { path, offset, rule, message }| Finding {
                    path,
                    offset: usize::try_from(offset).unwrap_or(usize::MAX),
                    rule,
                    message,
                })
                .collect(),
            further,
            ..Self::default()
        }
    }
}

impl Verdict {
    /// Of a file that is not valid on this account.
    fn of(finding: Finding) -> Self {
        Self { valid: Some(false), findings: vec![finding], ..Self::default() }
    }
}

impl Finding {
    fn at(element: Element<'_>, rule: &'static str, message: String) -> Self {
        Self { path: element.path(), offset: element.offset(), rule, message }
    }
}
