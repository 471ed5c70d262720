//! Writing files record by record: those that customers hand in to SPAR, and for tests and exports those
//! that SPAR delivers.
//!
//! A file appears under its final name when it is complete and keeps to every rule, or not at all. Until
//! then it is a temporary file in the same folder, which only its owner can read.
//!
//! ```no_run
//! use spar_files::write::{Settings, Writer};
//! use spar_types::infil_id_nummer::newest::InfilIdNummer;
//!
//! let mut writer = Writer::create("kunder.xml.zip".as_ref(), Settings::default())?;
//! writer.push(InfilIdNummer::new("198111309285".parse()?))?;
//! let report = writer.finish()?;
//! println!("{} numbers in {} files", report.records, report.files.len());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod csv;
pub(crate) mod document;
mod part;

pub use csv::{CsvLines, read_csv};
pub use document::WritePost;
#[doc(hidden)]
pub use document::Written;

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use spar_types::avisering::newest::{Aviseringsunderlag, IdentifieringsinformationFil};
use spar_types::xml::Mode;

use crate::error::{Error, ErrorKind, Refusal, Result};
use crate::format::Form;
use crate::name::check_file_name;
use crate::versions::Version;
use document::Frame;
use part::Part;

/// Bytes that SPAR takes in one file: 100 MB, read as 10^6 bytes each, which is the stricter reading (HTTP-30). Source:
/// `ti/filer`.
pub const MAX_INFIL_BYTES: u64 = 100_000_000;

/// Questions that SPAR takes in one file of personnummersättning. Source:
/// `ti/filer/filer-foer-personnummersaettning`.
pub const MAX_FRAGOR: u64 = 10_000;

/// Records that are written at a time.
const CHUNK: usize = 256;

/// How a file is written. The default makes a file to SPAR of version 2023.1.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// The version of the interface. Files from SPAR are written in the newest one only.
    pub version: Version,
    /// How the records stand in a file to SPAR of version 2021.1. [`Form::Bare`] is the form that its
    /// schemas name Manuell.
    pub form: Form,
    /// Sender, receiver and assignment. Needed by [`Form::Identified`].
    pub identifieringsinformation: Option<IdentifieringsinformationFil>,
    /// What an avisering was made from.
    pub aviseringsunderlag: Option<Aviseringsunderlag>,
    /// The name of the root element, in place of the schema's, which is likely at best.
    pub root: Option<String>,
    /// The namespace of the file, in place of the schema's, which is a guess.
    pub namespace: Option<String>,
    /// Whether the file is packed. By default it is if its name ends in `.zip`.
    pub zip: Option<bool>,
    /// Numbers with commas between them, in place of XML. Only files of numbers can be written so.
    pub csv: Option<CsvLines>,
    /// Size of one file as it is handed in, in bytes. [`MAX_INFIL_BYTES`] by default.
    pub max_bytes: u64,
    /// Records in one file. [`MAX_FRAGOR`] for questions by default, and no bound for others.
    pub max_records: Option<u64>,
    /// Whether several files are made if one may not hold everything: `name-1.xml`, `name-2.xml` and so
    /// on. Otherwise that is an error.
    pub split: bool,
    /// Whether a number that was there before is left out. Otherwise it is written again. Both are
    /// counted.
    pub drop_duplicates: bool,
    /// Whether two questions may have the same `EgenReferens`. Their answers could not be told apart.
    pub equal_references: bool,
    /// Whether a file may hold no record at all. Files from SPAR may; SPAR has no use for such a file.
    pub may_be_empty: bool,
    /// Whether values that break the schema are refused or written as SPAR sent them. [`Mode::Strict`]
    /// by default.
    pub mode: Mode,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: Version::default(),
            form: Form::Bare,
            identifieringsinformation: None,
            aviseringsunderlag: None,
            root: None,
            namespace: None,
            zip: None,
            csv: None,
            max_bytes: MAX_INFIL_BYTES,
            max_records: None,
            split: false,
            drop_duplicates: false,
            equal_references: false,
            may_be_empty: false,
            mode: Mode::Strict,
        }
    }
}

impl Settings {
    /// For a file such as SPAR delivers: of any size, possibly without records, with values as they were
    /// sent.
    #[must_use]
    pub fn for_delivery() -> Self {
        Self { max_bytes: u64::MAX, may_be_empty: true, mode: Mode::Tolerant, ..Self::default() }
    }
}

/// What was written.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// The files, in the order of their records.
    pub files: Vec<PathBuf>,
    /// Records written.
    pub records: u64,
    /// Numbers that were there before: written again, or left out if that was asked for.
    pub duplicates: u64,
    /// Size of the files in bytes.
    pub bytes: u64,
    /// The name of the root element that was used. Empty for CSV.
    pub root: String,
    /// The namespace that was used. Empty for CSV.
    pub namespace: String,
}

/// A file that is being written.
///
/// Dropped without [`finish`](Self::finish), it leaves nothing.
pub struct Writer<T: WritePost> {
    target: PathBuf,
    settings: Settings,
    frame: Frame<T>,
    is_zip: bool,
    max_records: u64,
    waiting: Vec<T>,
    part: Option<Part>,
    full: Vec<Part>,
    /// Records that came.
    taken: u64,
    written: u64,
    duplicates: u64,
    seen: HashSet<Box<str>>,
}

impl<T: WritePost> Writer<T> {
    /// Begins a file. Nothing is there under its name before [`finish`](Self::finish).
    ///
    /// # Errors
    ///
    /// A name that SPAR does not take, a file of that name that exists, settings that contradict each
    /// other, and a folder in which nothing can be written.
    pub fn create(target: &Path, settings: Settings) -> Result<Self> {
        let name = target.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| Error::refused(Refusal::FileName))?;
        check_file_name(name)?;
        if target.symlink_metadata().is_ok() {
            return Err(Error::refused(Refusal::Exists));
        }
        let is_zip = settings.zip.unwrap_or_else(|| name.ends_with(".zip"));
        let max_records = settings.max_records.unwrap_or(T::MAX_RECORDS);
        let frame = Frame::new(&settings)?;
        let mut writer = Self {
            target: target.to_owned(),
            settings,
            frame,
            is_zip,
            max_records,
            waiting: Vec::new(),
            part: None,
            full: Vec::new(),
            taken: 0,
            written: 0,
            duplicates: 0,
            seen: HashSet::new(),
        };
        writer.part = Some(writer.begin()?);
        Ok(writer)
    }

    /// Adds a record.
    ///
    /// # Errors
    ///
    /// A record that breaks the schema or a rule of SPAR, told by its number, and more records or bytes
    /// than a file may hold. The file cannot be finished after that.
    pub fn push(&mut self, record: T) -> Result<()> {
        self.taken += 1;
        let number = self.taken;
        record
            .check(&self.settings)
            .map_err(|refusal| Error::refused(refusal).in_record(number))?;
        if let Some(key) = record.key()
            && !self.seen.insert(key.into())
        {
            if T::MUST_DIFFER && !self.settings.equal_references {
                return Err(Error::refused(Refusal::DuplicateReference).in_record(number));
            }
            self.duplicates += 1;
            if self.settings.drop_duplicates {
                return Ok(());
            }
        }
        self.waiting.push(record);
        let count = self.part.as_ref().map_or(0, |part| part.records);
        let room = self.max_records.saturating_sub(count);
        if self.waiting.len() >= CHUNK || self.waiting.len() as u64 > room {
            self.flush()?;
        }
        Ok(())
    }

    /// Completes the file or files, and gives them their names.
    ///
    /// # Errors
    ///
    /// No record at all, a file that became too large, a name that is taken by now, and a device that
    /// does not take what was written. Nothing is left under a final name then.
    pub fn finish(mut self) -> Result<Report> {
        self.flush()?;
        if self.written == 0 && !self.settings.may_be_empty {
            return Err(Error::refused(Refusal::Empty));
        }
        let last = self.part.take().into_iter();
        let parts: Vec<_> = std::mem::take(&mut self.full).into_iter().chain(last).collect();
        let count = parts.len();
        let mut finished = Vec::with_capacity(count);
        for part in parts {
            finished.push(part.finish(self.frame.tail())?);
        }
        let bytes = finished.iter().map(|(_, bytes)| *bytes).sum();
        if finished.iter().any(|(_, bytes)| *bytes > self.settings.max_bytes) {
            return Err(Error::refused(Refusal::TooLarge));
        }
        let mut files = Vec::with_capacity(count);
        for (nth, (file, _)) in finished.into_iter().enumerate() {
            let name =
                if count == 1 { self.target.clone() } else { numbered(&self.target, nth + 1) };
            if let Err(error) = file.persist_noclobber(&name) {
                for named in &files {
                    let _ = std::fs::remove_file(named);
                }
                return Err(match error.error.kind() {
                    std::io::ErrorKind::AlreadyExists => Error::refused(Refusal::Exists),
                    _ => Error::io(error.error),
                });
            }
            files.push(name);
        }
        part::sync_folder(folder(&self.target))?;
        Ok(Report {
            files,
            records: self.written,
            duplicates: self.duplicates,
            bytes,
            root: self.frame.root().to_owned(),
            namespace: self.frame.namespace().to_owned(),
        })
    }

    fn flush(&mut self) -> Result<()> {
        let mut waiting = std::mem::take(&mut self.waiting);
        while !waiting.is_empty() {
            let room = self.max_records.saturating_sub(self.part()?.records);
            if room == 0 {
                self.roll(Refusal::TooManyQuestions)?;
                continue;
            }
            let count = waiting.len().min(usize::try_from(room).unwrap_or(usize::MAX));
            let rest = waiting.split_off(count);
            self.write(waiting)?;
            waiting = rest;
        }
        Ok(())
    }

    /// Writes records for which there is room by their number. Of those that the size leaves no room for,
    /// one at a time is tried.
    fn write(&mut self, records: Vec<T>) -> Result<()> {
        let first = self.written + 1;
        let count = records.len() as u64;
        let of_record = |(nth, kind): (u64, ErrorKind)| Error::new(kind).in_record(first + nth);
        let (body, records) = self.frame.body(records).map_err(of_record)?;
        if self.fits(&body)? {
            return self.put(&body, count);
        }
        for record in records {
            let (body, _) = self.frame.body(vec![record]).map_err(of_record)?;
            if !self.fits(&body)? && self.part()?.records > 0 {
                self.roll(Refusal::TooLarge)?;
            }
            if !self.fits(&body)? && !self.is_zip {
                return Err(Error::refused(Refusal::TooLarge).in_record(self.written + 1));
            }
            self.put(&body, 1)?;
        }
        Ok(())
    }

    fn fits(&mut self, body: &str) -> Result<bool> {
        let around = self.frame.separator().len() + self.frame.tail().len();
        let max = self.settings.max_bytes;
        Ok(self.part()?.fits((body.len() + around) as u64, max))
    }

    fn put(&mut self, body: &str, records: u64) -> Result<()> {
        let separator = self.frame.separator();
        let part = self.part()?;
        if part.records > 0 {
            part.write(separator)?;
        }
        part.write(body)?;
        part.records += records;
        self.written += records;
        Ok(())
    }

    fn part(&mut self) -> Result<&mut Part> {
        // Taken only by `finish`, which consumes the writer, and by a roll that failed.
        self.part.as_mut().ok_or_else(|| Error::new(ErrorKind::Io(std::io::ErrorKind::BrokenPipe)))
    }

    /// Begins the next file, if several are allowed.
    fn roll(&mut self, refusal: Refusal) -> Result<()> {
        if !self.settings.split {
            return match refusal {
                // What a packed file holds is not told by what was written, until it is too large.
                Refusal::TooLarge
                    if self.is_zip && self.part()?.stored() <= self.settings.max_bytes =>
                {
                    Ok(())
                }
                _ => Err(Error::refused(refusal).in_record(self.written + 1)),
            };
        }
        let next = self.begin()?;
        self.full.extend(self.part.replace(next));
        Ok(())
    }

    fn begin(&self) -> Result<Part> {
        let name = self.target.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let entry = self.is_zip.then(|| name.strip_suffix(".zip").unwrap_or("infil.xml"));
        let mut part = Part::create(folder(&self.target), entry)?;
        part.write(self.frame.head())?;
        Ok(part)
    }
}

impl<T: WritePost> std::fmt::Debug for Writer<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("records", &self.taken).finish_non_exhaustive()
    }
}

fn folder(target: &Path) -> &Path {
    target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."))
}

/// `kunder.xml.zip` → `kunder-2.xml.zip`.
fn numbered(target: &Path, number: usize) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let (stem, extensions) = name.split_at(name.find('.').unwrap_or(name.len()));
    target.with_file_name(OsString::from(format!("{stem}-{number}{extensions}")))
}
