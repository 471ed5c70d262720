//! The audit log: one JSON line per search, on disk before the answer is shown. And `spar audit`.

mod command;
mod key;

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::value::RawValue;
use spar_soap::audit::{Audit, BoxError, Entry};
use spar_types::personsok::newest::PersonsokningFraga;

use crate::audit::key::Key;
use crate::exit::Exit;
use crate::failure::Problem;
use crate::output;
use crate::settings::Settings;

pub(crate) use command::{Arguments, run};

/// The log that the settings name.
#[derive(Clone)]
pub(crate) struct AuditLog(Arc<Inner>);

struct Inner {
    path: PathBuf,
    withheld: PathBuf,
    key: Key,
    file: Mutex<File>,
}

impl AuditLog {
    /// Opens the log that the settings name, if they name one.
    ///
    /// # Errors
    ///
    /// It cannot be written to, or there is no key.
    pub(crate) fn of(settings: &Settings) -> Result<Option<Self>> {
        let Some(path) = settings.path("audit") else { return Ok(None) };
        let key = Key::of(settings)?.ok_or_else(|| {
            Problem::new(
                "the audit log has no key",
                "id numbers stand in it as hashes, which need one",
                "make one with `spar audit new-key FILE`, and name it with --audit-key-file",
            )
        })?;
        let withheld = settings.path("audit-withheld").unwrap_or_else(|| {
            let mut name = path.clone().into_os_string();
            name.push(".withheld");
            name.into()
        });
        let file = open(&path)
            .with_context(|| unusable(&path, "check the folder, and who may write there"))?;
        tell_if_open_to_others(&file, &path);
        Ok(Some(Self(Arc::new(Inner { path, withheld, key, file: Mutex::new(file) }))))
    }

    /// Appends a line, which is on disk when this returns.
    pub(crate) fn append(&self, line: &str) -> io::Result<()> {
        let mut file = self.0.file.lock().unwrap_or_else(PoisonError::into_inner);
        append(&mut file, line)
    }

    /// Keeps what may not be shown yet, with the line that is missing in the log. Both are on disk when this
    /// returns.
    ///
    /// # Errors
    ///
    /// It cannot be written either.
    pub(crate) fn withhold(&self, missing: &str, answer: &str) -> Result<PathBuf> {
        let path = &self.0.withheld;
        let line = Withheld { audit: raw(missing)?, answer: raw(answer)? };
        let line = serde_json::to_string(&line)?;
        open(path)
            .and_then(|mut file| append(&mut file, &line))
            .with_context(|| {
                Problem::of(
                    format!(
                        "neither the audit log nor {} can be written, so an answer that was paid for is lost",
                        path.display()
                    ),
                    "make room on the disk before the next search",
                )
                .with_exit(Exit::NotAudited)
            })?;
        Ok(path.clone())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0.path
    }
}

/// A line of the file of withheld answers.
#[derive(Serialize, serde::Deserialize)]
struct Withheld {
    /// The line that is missing in the log.
    audit: Box<RawValue>,
    /// The line that would have been shown.
    answer: Box<RawValue>,
}

fn raw(json: &str) -> Result<Box<RawValue>> {
    Ok(RawValue::from_string(json.to_owned())?)
}

/// A line of the log.
#[derive(Serialize)]
struct Line<'e> {
    time: String,
    slut_anvandar_id: &'e str,
    purpose: Option<&'e str>,
    /// `id_nummer`, or `sokvillkor` for a search by name, address and birth.
    question: &'static str,
    /// HMAC-SHA-256 of the twelve digits, in hexadecimal digits.
    id_nummer_hmac: Option<String>,
    /// Tells the keys of a log apart.
    key_id: &'e str,
    behorighet: Vec<&'e str>,
    kund_nr_leverans_mottagare: &'e str,
    kund_nr_slutkund: &'e str,
    uppdrag_id: &'e str,
    host: &'e str,
    version: &'static str,
    outcome: &'static str,
    posts: usize,
    uuid: Option<&'e str>,
    sent: &'static str,
}

impl Audit for AuditLog {
    fn record(&self, entry: &Entry<'_>) -> Result<(), BoxError> {
        let key = &self.0.key;
        let (question, id_nummer) = match entry.fraga {
            PersonsokningFraga::IdNummer(number) => ("id_nummer", Some(number)),
            _ => ("sokvillkor", None),
        };
        let user = entry.slut_anvandare;
        let line = serde_json::to_string(&Line {
            time: jiff_1::Timestamp::try_from(entry.time)?.to_string(),
            slut_anvandar_id: user.id.as_str(),
            purpose: user.purpose.as_deref(),
            question,
            id_nummer_hmac: id_nummer.map(|number| key.hash(number.as_str())),
            key_id: key.id(),
            behorighet: user.utokad_behorighet.iter().map(|code| code.as_str()).collect(),
            kund_nr_leverans_mottagare: entry.uppdrag.kund_nr_leverans_mottagare.as_str(),
            kund_nr_slutkund: entry.uppdrag.kund_nr_slutkund.as_str(),
            uppdrag_id: entry.uppdrag.uppdrag_id.as_str(),
            host: entry.host,
            version: entry.version.as_str(),
            outcome: entry.outcome.as_str(),
            posts: entry.posts,
            uuid: entry.uuid,
            sent: crate::answer::sent(entry.sent),
        })?;
        self.append(&line).map_err(|source| NotWritten { line, source }.into())
    }
}

/// A line that is not in the log. `Debug` and `Display` do not show it.
pub(crate) struct NotWritten {
    pub(crate) line: String,
    source: io::Error,
}

impl fmt::Debug for NotWritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NotWritten({:?})", self.source.kind())
    }
}

impl fmt::Display for NotWritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the audit line cannot be written")
    }
}

impl std::error::Error for NotWritten {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// Opens a file for appending; a new one is its owner's alone.
fn open(path: &Path) -> io::Result<File> {
    let is_new = !path.exists();
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let file = options.open(path)?;
    if is_new && let Some(folder) = path.parent().filter(|folder| folder.is_dir()) {
        // The name, too, has to be on disk.
        File::open(folder)?.sync_all()?;
    }
    Ok(file)
}

/// Other processes may append to the same file: each line is one write, below a lock. A line that a crash
/// has torn is ended first, so that it spoils no other.
fn append(file: &mut File, line: &str) -> io::Result<()> {
    file.lock()?;
    let result = (|| {
        let mut bytes = Vec::with_capacity(line.len() + 2);
        if is_torn(file)? {
            bytes.push(b'\n');
        }
        bytes.extend_from_slice(line.as_bytes());
        bytes.push(b'\n');
        file.write_all(&bytes)?;
        file.sync_data()
    })();
    file.unlock()?;
    result
}

fn is_torn(file: &mut File) -> io::Result<bool> {
    let metadata = file.metadata()?;
    if !metadata.is_file() || metadata.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

fn tell_if_open_to_others(file: &File, path: &Path) {
    #[cfg(unix)]
    if let Ok(metadata) = file.metadata() {
        use std::os::unix::fs::PermissionsExt;
        if metadata.is_file() && metadata.permissions().mode() & 0o077 != 0 {
            output::note(&format!(
                "others than the owner may read {}: `chmod 600` ends that",
                path.display()
            ));
        }
    }
    #[cfg(not(unix))]
    let _ = (file, path);
}

fn unusable(path: &Path, advice: &'static str) -> Problem {
    Problem::of(format!("{} cannot be written", path.display()), advice)
}
