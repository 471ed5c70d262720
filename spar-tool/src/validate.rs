//! `spar validate`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde::Serialize;
use spar_soap::envelope::{self, Body};
use spar_types::personsok::{v2021_1, v2023_1};
use spar_types::xml::{Document, Element, Limits, Mode, Root, read_element};
use spar_types::{Error, ErrorKind};

use crate::exit::Exit;
use crate::output::say;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Requests and answers of Personsök, of any version, with or without their SOAP envelope.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How to print the findings.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// One line per finding.
    Text,
    /// One JSON object per file, on one line.
    Json,
}

/// What is said of a file. No value of it is repeated.
#[derive(Serialize)]
struct Verdict {
    file: String,
    valid: bool,
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
    rule: String,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Exit> {
    let mut is_valid = true;
    for file in &arguments.files {
        let bytes =
            std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
        let verdict = judge(file, &bytes);
        is_valid &= verdict.valid;
        match arguments.format {
            Format::Json => say!("{}", serde_json::to_string(&verdict)?)?,
            Format::Text => print(&verdict)?,
        }
    }
    Ok(if is_valid { Exit::Success } else { Exit::Failure })
}

fn print(verdict: &Verdict) -> Result<()> {
    let Verdict { file, document, findings, further, valid } = verdict;
    if *valid {
        say!("{file}: valid, {}", document.unwrap_or_default())?;
    }
    for Finding { path, offset, rule } in findings {
        let place = if path.is_empty() { String::new() } else { format!(" in {path}") };
        say!("{file}: byte {offset}: {rule}{place}")?;
    }
    if *further > 0 {
        say!("{file}: {further} more")?;
    }
    Ok(())
}

fn judge(file: &Path, bytes: &[u8]) -> Verdict {
    let mut verdict = Verdict {
        file: file.display().to_string(),
        valid: false,
        document: None,
        findings: Vec::new(),
        further: 0,
    };
    let document = match Document::parse(bytes, &Limits::default()) {
        Ok(document) => document,
        Err(error) => {
            verdict.findings.push(finding(&error));
            return verdict;
        }
    };
    let is_envelope = document.root().local_name() == "Envelope";
    let payload = match is_envelope.then(|| envelope::open(&document)) {
        None => document.root(),
        Some(Ok(Body::Payload(payload))) => payload,
        Some(other) => {
            let rule = match other {
                Err(error) => error.to_string(),
                _ => "the envelope holds a fault".to_owned(),
            };
            verdict.findings.push(Finding { path: "Envelope".to_owned(), offset: 0, rule });
            return verdict;
        }
    };
    let known = [
        read::<v2021_1::SparPersonsokningFraga>("SPARPersonsokningFraga 2021.1", payload),
        read::<v2021_1::SparPersonsokningSvar>("SPARPersonsokningSvar 2021.1", payload),
        read::<v2023_1::SparPersonsokningFraga>("SPARPersonsokningFraga 2023.1", payload),
        read::<v2023_1::SparPersonsokningSvar>("SPARPersonsokningSvar 2023.1", payload),
    ];
    match known.into_iter().flatten().next() {
        Some(reading) => Verdict { file: verdict.file, ..reading },
        None => {
            let rule = "not a request or an answer of a known version".to_owned();
            let (path, offset) = (payload.path(), payload.offset());
            verdict.findings.push(Finding { path, offset, rule });
            verdict
        }
    }
}

/// The verdict is the strict reader's, the findings are the tolerant one's, which goes on. `None` if the
/// element is another one.
fn read<T: Root>(name: &'static str, element: Element<'_>) -> Option<Verdict> {
    if !element.is(T::NAME) {
        return None;
    }
    let limits = Limits::default();
    let strict = read_element::<T>(element, Mode::Strict, &limits);
    let mut verdict = Verdict {
        file: String::new(),
        valid: strict.is_ok(),
        document: Some(name),
        findings: Vec::new(),
        further: 0,
    };
    match (strict, read_element::<T>(element, Mode::Tolerant, &limits)) {
        (Ok(_), _) => {}
        (Err(first), Ok(tolerant)) if tolerant.deviations.is_empty() => {
            verdict.findings.push(finding(&first));
        }
        (Err(_), Ok(tolerant)) => {
            verdict.further = tolerant.further_deviations;
            verdict.findings.extend(tolerant.deviations.into_iter().map(|deviation| Finding {
                path: deviation.path,
                offset: deviation.offset,
                rule: deviation.rule.to_string(),
            }));
        }
        (Err(_), Err(fatal)) => verdict.findings.push(finding(&fatal)),
    }
    Some(verdict)
}

fn finding(error: &Error) -> Finding {
    let rule = match error.kind() {
        ErrorKind::Schema(rule) => rule.to_string(),
        kind => kind.to_string(),
    };
    Finding { path: error.path().to_owned(), offset: error.offset(), rule }
}
