//! What a folder knows of the files that were fetched into it.
//!
//! A file of JSON lines, one for each fetched file, appended and synced when the file is safe. It is
//! what [`sync`](crate::Client::sync) relies on, since the status at SPAR says only that somebody has
//! begun to fetch. People can read it, and a line that a crash tore is recognized. (Why no database:
//! `docs/adr/`.)

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use spar_http::Sent;

use crate::error::{Error, ErrorKind};
use crate::fetch::local;
use crate::files::{Files, OpenFile};
use crate::filnamn::Filnamn;

/// A file that was fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// Its name.
    pub filnamn: Filnamn,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256 of it, in hexadecimal digits.
    pub sha256: String,
    /// When it was safe, in UTC, such as `2026-11-25T03:15:00Z`.
    pub fetched: String,
    /// Its status at SPAR when it was listed, if that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filstatus: Option<String>,
}

/// The ledger of a folder, which belongs to one run at a time.
pub(crate) struct Ledger {
    file: Box<dyn OpenFile>,
    entries: BTreeMap<Filnamn, Entry>,
}

impl Ledger {
    /// Its name in the folder.
    pub(crate) const NAME: &str = ".spar-filtransport.jsonl";

    pub(crate) fn open(files: &dyn Files, folder: &Path) -> Result<Self, Error> {
        let mut file = files.open(&folder.join(Self::NAME)).map_err(local)?;
        let text = file.read_all().map_err(local)?;
        // A crash may have torn the last line: then the file it was about is not in it.
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        if whole < text.len() {
            file.truncate(whole as u64).map_err(local)?;
        }
        let mut entries = BTreeMap::new();
        for (number, line) in (1..).zip(text[..whole].split(|byte| *byte == b'\n')) {
            if line.is_empty() {
                continue;
            }
            let entry: Entry = serde_json::from_slice(line).map_err(|_| {
                Error::new(ErrorKind::Ledger, Sent::No).with_source(BadLine(number))
            })?;
            entries.insert(entry.filnamn.clone(), entry);
        }
        Ok(Self { file, entries })
    }

    pub(crate) fn get(&self, filnamn: &Filnamn) -> Option<&Entry> {
        self.entries.get(filnamn)
    }

    /// Notes a file that is safe.
    pub(crate) fn add(&mut self, entry: Entry) -> io::Result<()> {
        let mut line = serde_json::to_vec(&entry)?;
        line.push(b'\n');
        let len = self.file.len()?;
        let written = self.file.append(&line).and_then(|()| self.file.sync());
        if written.is_err() {
            // So that the next line does not follow half of this one.
            let _ = self.file.truncate(len);
        }
        written?;
        self.entries.insert(entry.filnamn.clone(), entry);
        Ok(())
    }
}

#[derive(Debug)]
struct BadLine(usize);

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of {}", self.0, Ledger::NAME)
    }
}

impl std::error::Error for BadLine {}
