//! `spar validate`.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;
use spar_soap::envelope::{self, Body};
use spar_types::Error;
use spar_types::personsok::{v2021_1, v2023_1};
use spar_types::xml::{Document, Element, Limits, Mode, Root, read_element};

use crate::exit::Exit;
use crate::failure;
use crate::output::say;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Requests and answers of Personsök, of any version, with or without their SOAP envelope; `-` is
    /// standard input.
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
    document: Option<&'static str>,
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
        let verdict = match read_file(file) {
            Ok(bytes) => judge(&bytes),
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
        say!("{file}: valid, {}", document.unwrap_or_default())?;
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
    let known = [
        read::<v2021_1::SparPersonsokningFraga>("SPARPersonsokningFraga 2021.1", payload),
        read::<v2021_1::SparPersonsokningSvar>("SPARPersonsokningSvar 2021.1", payload),
        read::<v2023_1::SparPersonsokningFraga>("SPARPersonsokningFraga 2023.1", payload),
        read::<v2023_1::SparPersonsokningSvar>("SPARPersonsokningSvar 2023.1", payload),
    ];
    known.into_iter().flatten().next().unwrap_or_else(|| {
        let message = "not a request or an answer of a known version".to_owned();
        Verdict::of(Finding::at(payload, "root", message))
    })
}

/// The verdict is the strict reader's, the findings are the tolerant one's, which goes on. `None` if the
/// element is another one.
fn read<T: Root>(name: &'static str, element: Element<'_>) -> Option<Verdict> {
    if !element.is(T::NAME) {
        return None;
    }
    let limits = Limits::default();
    let mut verdict = Verdict { document: Some(name), ..Verdict::default() };
    let Err(first) = read_element::<T>(element, Mode::Strict, &limits) else {
        return Some(Verdict { valid: Some(true), ..verdict });
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
    Some(verdict)
}

fn finding(error: &Error) -> Finding {
    Finding {
        path: error.path().to_owned(),
        offset: error.offset(),
        rule: error.kind().name(),
        message: error.kind().to_string(),
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
