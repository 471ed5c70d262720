//! What `spar validate` says of files.

use std::io;
use std::path::Path;

use spar_files::{ArchiveFault, Error, ErrorKind, OnError, Options, Post, Reader};
use spar_types::xml::Mode;

use super::with_records;

/// A departure from the schema, or what else is wrong.
pub(crate) struct Finding {
    pub(crate) path: String,
    pub(crate) offset: u64,
    /// Its name, for programs.
    pub(crate) rule: &'static str,
    pub(crate) message: String,
}

/// What a file is, and what is wrong with it.
pub(crate) struct Verdict {
    /// Such as `Avisering 2023.1`, unless the file ends before that shows.
    pub(crate) document: Option<String>,
    pub(crate) findings: Vec<Finding>,
    /// Findings beyond the limit.
    pub(crate) further: usize,
}

/// Findings that are listed of one file.
const MAX_FINDINGS: usize = 1_000;

/// Judges a file from SPAR or to SPAR, record by record. `None` if it is none, or no file at all.
pub(crate) fn judge(path: &Path) -> io::Result<Option<Verdict>> {
    let mut options = Options::default();
    options.mode = Mode::Strict;
    options.on_error = OnError::Collect;
    let reader = match Reader::open_with(path, options) {
        Ok(reader) => reader,
        Err(error) => {
            return match error.kind() {
                ErrorKind::Io(kind) => Err((*kind).into()),
                // Packed files are no requests and no answers; of others the caller finds out.
                ErrorKind::Archive(fault) if *fault != ArchiveFault::NotAnArchive => {
                    let findings = vec![finding(&error)];
                    Ok(Some(Verdict { document: None, findings, further: 0 }))
                }
                _ => Ok(None),
            };
        }
    };
    let head = reader.head();
    let mut verdict = Verdict {
        document: Some(format!("{} {}", head.format, head.version)),
        findings: Vec::new(),
        further: 0,
    };
    verdict.findings.extend(head.deviations.iter().map(|deviation| Finding {
        path: deviation.path.clone(),
        offset: deviation.offset as u64,
        rule: deviation.rule.name(),
        message: deviation.rule.to_string(),
    }));
    let format = head.format;
    // Of a format that this program does not know nothing can be said.
    let judged = with_records!(format, judge_records(reader, &mut verdict), None).unwrap_or(false);
    Ok(judged.then_some(verdict))
}

fn judge_records<T: Post>(reader: Reader, verdict: &mut Verdict) -> Option<bool> {
    for error in reader.into_records::<T>().ok()?.filter_map(Result::err) {
        if verdict.findings.len() < MAX_FINDINGS {
            verdict.findings.push(finding(&error));
        } else {
            verdict.further += 1;
        }
    }
    Some(true)
}

fn finding(error: &Error) -> Finding {
    let (rule, message) = match error.kind() {
        ErrorKind::Record(rule) => (rule.name(), rule.to_string()),
        ErrorKind::Xml(kind) => (kind.name(), kind.to_string()),
        kind => ("file", kind.to_string()),
    };
    let path = error.path().to_owned();
    Finding { path, offset: error.offset().unwrap_or(0), rule, message }
}
