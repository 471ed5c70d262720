//! What `spar validate` says of files.

use std::path::Path;

use anyhow::Result;
use spar_files::{Error, ErrorKind, OnError, Options, Post, Reader};
use spar_types::xml::Mode;

use super::with_records;

/// A departure from the schema.
pub(crate) struct Finding {
    pub(crate) path: String,
    pub(crate) offset: u64,
    pub(crate) rule: String,
}

/// What a file is, and what is wrong with it.
pub(crate) struct Verdict {
    /// Such as `Avisering 2023.1`.
    pub(crate) document: String,
    pub(crate) findings: Vec<Finding>,
    /// Findings beyond the limit.
    pub(crate) further: usize,
}

/// Findings that are listed of one file.
const MAX_FINDINGS: usize = 1_000;

/// Judges a file from SPAR or to SPAR, record by record. `None` if it is none.
pub(crate) fn judge(path: &Path) -> Result<Option<Verdict>> {
    let mut options = Options::default();
    options.mode = Mode::Strict;
    options.on_error = OnError::Collect;
    let reader = match Reader::open_with(path, options) {
        Ok(reader) => reader,
        // What it is then, the caller finds out.
        Err(error)
            if matches!(error.kind(), ErrorKind::UnknownFormat | ErrorKind::UnsupportedVersion) =>
        {
            return Ok(None);
        }
        Err(error) if matches!(error.kind(), ErrorKind::Io(_)) => return Err(error.into()),
        Err(error) => {
            let findings = vec![finding(&error)];
            return Ok(Some(Verdict { document: String::new(), findings, further: 0 }));
        }
    };
    let head = reader.head();
    let document = format!("{} {}", head.format, head.version);
    let mut verdict = Verdict { document, findings: Vec::new(), further: 0 };
    let deviations = head.deviations.iter().map(|deviation| Finding {
        path: deviation.path.clone(),
        offset: deviation.offset as u64,
        rule: deviation.rule.to_string(),
    });
    verdict.findings.extend(deviations);
    with_records!(head.format, judge_records(reader, &mut verdict))?;
    Ok(Some(verdict))
}

fn judge_records<T: Post>(reader: Reader, verdict: &mut Verdict) -> Result<()> {
    for error in reader.into_records::<T>()?.filter_map(Result::err) {
        if verdict.findings.len() < MAX_FINDINGS {
            verdict.findings.push(finding(&error));
        } else {
            verdict.further += 1;
        }
    }
    Ok(())
}

fn finding(error: &Error) -> Finding {
    Finding {
        path: error.path().to_owned(),
        offset: error.offset().unwrap_or(0),
        rule: match error.kind() {
            ErrorKind::Record(rule) => rule.to_string(),
            kind => kind.to_string(),
        },
    }
}
