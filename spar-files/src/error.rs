//! What can be wrong with a file, told by place and rule and never by value.

use std::fmt;
use std::io;

use spar_types::Rule;

use crate::format::Format;

/// The result of what this crate does.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A file, or one of its records, that cannot be read or written.
///
/// The message names the record, the byte offset in the unpacked file, the path and the rule. It never
/// holds a value, nor a name that the schemas do not know.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    record: Option<u64>,
    offset: Option<u64>,
    path: String,
    source: Option<io::Error>,
}

/// The kinds of [`Error`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The file cannot be read, or what was made of it not be stored. [`io::ErrorKind::StorageFull`] among
    /// them.
    Io(io::ErrorKind),
    /// The file is not an archive that is taken.
    Archive(ArchiveFault),
    /// The XML cannot be read from here on: it is damaged, incomplete or beyond a limit.
    Xml(spar_types::ErrorKind),
    /// Of one record nothing can be made. Others are not touched by it.
    Record(Rule),
    /// The file is of a version before 2021.1.
    UnsupportedVersion,
    /// The root element is none of SPAR's files.
    UnknownFormat,
    /// The file is another one than asked for.
    OtherFormat(Format),
    /// The file holds no list where records could stand.
    NoRecords,
    /// The file would break the schema.
    Invalid(Rule),
    /// The file would break a rule of SPAR beyond the schema, or a setting.
    Refused(Refusal),
}

/// What is wrong with an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ArchiveFault {
    /// Neither zip nor gzip nor XML.
    NotAnArchive,
    /// The archive ends too early.
    Truncated,
    /// The directory of the zip is damaged.
    Directory,
    /// Bytes before, between or behind what the archive tells of.
    Garbage,
    /// The zip has another number of entries than it says.
    EntryCount,
    /// Not exactly one file, but this many.
    NotOneFile(u64),
    /// Two entries have the same name.
    DuplicateName,
    /// The name of an entry is dangerous or no name.
    Name(NameFault),
    /// An entry is a link or a device.
    NotAFile,
    /// An entry is encrypted.
    Encrypted,
    /// An entry is packed by a method other than stored and deflate, or by parts of zip that are not
    /// supported.
    Method,
    /// An entry has one name where it stands and another in the directory.
    ConflictingPaths,
    /// Size, checksum or method of an entry stand differently where it stands and in the directory.
    ConflictingHeaders,
    /// Entries share bytes.
    Overlap,
    /// An entry has another size than announced.
    SizeMismatch,
    /// The checksum is another one.
    Checksum,
    /// The packed bytes make no sense.
    Corrupt,
    /// One of the [`Limits`](crate::Limits) is exceeded, named here.
    TooLarge(&'static str),
}

/// What is wrong with the name of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameFault {
    /// The name, or a part of it, is empty.
    Empty,
    /// Not UTF-8.
    Encoding,
    /// A control character, or a dot or blank at the end.
    Character,
    /// Absolute, or leading out of the folder.
    Path,
    /// A device of Windows.
    Reserved,
}

/// A rule that writing keeps to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// No record: SPAR would have nothing to do.
    Empty,
    /// More questions than one file may hold. Allow several files, or hand in fewer.
    TooManyQuestions,
    /// A larger file than may be handed in. Allow several files, or pack it.
    TooLarge,
    /// Two questions have the same `EgenReferens`, so that nobody could tell their answers apart.
    DuplicateReference,
    /// A question without any name.
    NoName,
    /// The form asks for an identification.
    NoIdentification,
    /// The name of the file has characters other than `a-z A-Z 0-9 . - _`, or is too long.
    FileName,
    /// A file of that name is there already.
    Exists,
    /// The cell is no number of 12 digits.
    NotANumber,
    /// The number has 10 digits, which leave the century open.
    TenDigits,
    /// The name of an element is no XML name.
    ElementName,
    /// CSV has no place for it: the file is of another kind, or a record says more than a number.
    NotInCsv,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            kind,
            record: None,
            offset: None,
            path: String::new(),
            source: None,
        }))
    }

    pub(crate) fn io(source: io::Error) -> Self {
        let mut error = Self::new(ErrorKind::Io(source.kind()));
        error.0.source = Some(source);
        error
    }

    pub(crate) fn refused(refusal: Refusal) -> Self {
        Self::new(ErrorKind::Refused(refusal))
    }

    pub(crate) fn xml(error: &spar_types::Error) -> Self {
        let kind = match error.kind() {
            spar_types::ErrorKind::Schema(rule) => ErrorKind::Record(rule.clone()),
            kind => ErrorKind::Xml(kind.clone()),
        };
        Self::new(kind).at(error.path(), error.offset() as u64)
    }

    pub(crate) fn at(mut self, path: &str, offset: u64) -> Self {
        path.clone_into(&mut self.0.path);
        self.0.offset = Some(offset);
        self
    }

    pub(crate) fn in_record(mut self, number: u64) -> Self {
        self.0.record = Some(number);
        self
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Number of the record, from 1. Of damaged XML the one after the last whole record.
    #[must_use]
    pub fn record(&self) -> Option<u64> {
        self.0.record
    }

    /// Offset in bytes from the start of the unpacked file.
    #[must_use]
    pub fn offset(&self) -> Option<u64> {
        self.0.offset
    }

    /// The place, such as `SPARAvisering/AviseringPoster/AviseringPost[3]/PersonId`. May be empty.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Whether only one record is lost, so that reading can go on behind it.
    #[must_use]
    pub fn is_of_one_record(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Record(_))
    }
}

impl From<ArchiveFault> for Error {
    fn from(fault: ArchiveFault) -> Self {
        Self::new(ErrorKind::Archive(fault))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("record", &self.0.record)
            .field("offset", &self.0.offset)
            .field("path", &self.0.path)
            .finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(record) = self.0.record {
            write!(f, "record {record}: ")?;
        }
        self.0.kind.fmt(f)?;
        if let Some(offset) = self.0.offset {
            write!(f, " at byte {offset}")?;
        }
        if !self.0.path.is_empty() {
            write!(f, " in {}", self.0.path)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| source as _)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(kind) => write!(f, "the file cannot be read or stored: {kind}"),
            Self::Archive(fault) => fault.fmt(f),
            Self::Xml(kind) => kind.fmt(f),
            Self::Record(rule) => write!(f, "the record cannot be represented: {rule}"),
            Self::UnsupportedVersion => f.write_str(
                "the file is of a version before 2021.1, which SPAR no longer uses; ask for the \
                 assignment to be moved to a newer one",
            ),
            Self::UnknownFormat => f.write_str(
                "the root element is none of SPAR's files; a page of a web server may have been \
                 saved in its place",
            ),
            Self::OtherFormat(format) => write!(f, "the file is of another kind: {format}"),
            Self::NoRecords => f.write_str("the file has no list of records"),
            Self::Invalid(rule) => write!(f, "the file would break the schema: {rule}"),
            Self::Refused(refusal) => refusal.fmt(f),
        }
    }
}

impl fmt::Display for ArchiveFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::NotAnArchive => "neither zip nor gzip nor XML",
            Self::Truncated => "the archive ends too early; fetch it again",
            Self::Directory => "the directory of the zip is damaged",
            Self::Garbage => "the archive holds bytes that belong to no entry",
            Self::EntryCount => "the zip holds another number of entries than it says",
            Self::NotOneFile(count) => {
                return write!(f, "the zip holds {count} files; SPAR's hold exactly one");
            }
            Self::DuplicateName => "two entries of the zip have the same name",
            Self::Name(fault) => return write!(f, "the name of an entry {fault}"),
            Self::NotAFile => "an entry of the zip is a link or a device",
            Self::Encrypted => "the zip is encrypted, which is not supported",
            Self::Method => {
                "the zip uses a method that is not supported; only stored and deflate are"
            }
            Self::ConflictingPaths => "the zip gives one entry two names",
            Self::ConflictingHeaders => "the zip says two things of one entry",
            Self::Overlap => "entries of the zip overlap",
            Self::SizeMismatch => "the entry has another size than announced",
            Self::Checksum => "the checksum is another one than announced; fetch the file again",
            Self::Corrupt => "the archive is damaged; fetch it again",
            Self::TooLarge(limit) => return write!(f, "the archive exceeds the limit `{limit}`"),
        };
        f.write_str(text)
    }
}

impl std::error::Error for ArchiveFault {}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "is empty in part",
            Self::Encoding => "is not UTF-8",
            Self::Character => "holds a character that is not taken",
            Self::Path => "leads elsewhere",
            Self::Reserved => "is that of a device",
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "a file without records is not handed in",
            Self::TooManyQuestions => {
                "more questions than one file may hold; allow several files, or ask for fewer"
            }
            Self::TooLarge => {
                "a larger file than may be handed in; allow several files, or pack it"
            }
            Self::DuplicateReference => {
                "the EgenReferens of a question is that of another one, so that nobody could tell \
                 their answers apart"
            }
            Self::NoName => "a question must name the person in some way",
            Self::NoIdentification => {
                "files of this form begin with an identification, which is missing"
            }
            Self::FileName => {
                "names of files have 1 to 255 of the characters a-z A-Z 0-9 . - _ for SPAR"
            }
            Self::Exists => "a file of that name is there already; nothing is overwritten",
            Self::NotANumber => "the cell is no number of 12 digits",
            Self::TenDigits => {
                "the number has 10 digits, which leave the century open; 12 are needed"
            }
            Self::ElementName => "not a name that an element can have",
            Self::NotInCsv => "CSV has no place for anything but numbers; write XML",
        })
    }
}
