//! Whether a file is whole, whatever is in it.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::archive::{self, Packing};
use crate::error::{Error, ErrorKind, Result};
use crate::format::Format;
use crate::limits::Limits;
use crate::read::{Options, Reader};

/// What [`verify`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The format; `None` if it is none that is known here, of which only the archive was looked at.
    pub format: Option<Format>,
    /// How many records there are; 0 if the format is not known.
    pub records: u64,
}

/// Reads a file to its end without making records: its archive is sound and its XML whole.
///
/// A file that is not of a known format may still be one of SPAR's, such as a report. Of it, the archive is
/// verified alone.
///
/// # Errors
///
/// Whatever is wrong with the file as a whole, or with the bytes that a record consists of.
pub fn verify(path: &Path, limits: &Limits) -> Result<Verified> {
    let unpacked = archive::open(File::open(path)?, limits)?;
    let is_plain = unpacked.packing == Packing::Plain;
    let known = if archive::begins_as_xml(unpacked)? { open(path, limits)? } else { None };
    let Some(reader) = known else {
        if is_plain {
            // Without an archive there is nothing that tells a whole file from a page of HTML.
            return Err(Error::new(ErrorKind::UnknownFormat));
        }
        let mut unpacked = archive::open(File::open(path)?, limits)?;
        io::copy(&mut unpacked.bytes, &mut io::sink())?;
        return Ok(Verified { format: None, records: 0 });
    };
    let format = Some(reader.head().format);
    Ok(Verified { format, records: reader.count()? })
}

/// `None` if the file is of no format that is known.
fn open(path: &Path, limits: &Limits) -> Result<Option<Reader>> {
    let options = Options { limits: limits.clone(), ..Options::default() };
    match Reader::open_with(path, options) {
        Ok(reader) => Ok(Some(reader)),
        Err(error) => match error.kind() {
            ErrorKind::UnknownFormat | ErrorKind::UnsupportedVersion => Ok(None),
            _ => Err(error),
        },
    }
}
