//! What a file is by its first bytes, and the XML that is in it.

mod gzip;
mod name;
mod zip;

use std::io::{self, BufReader, Chain, Cursor, Read, Seek, SeekFrom};

use crate::error::{ArchiveFault, Error, Result};
use crate::limits::Limits;

pub(crate) use name::check as check_name;

/// How the XML is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Packing {
    /// Not at all.
    Plain,
    /// As the only file in a zip.
    Zip,
    /// By gzip.
    Gzip,
}

/// The unpacked bytes of a file, in order.
///
/// What is wrong with an archive comes as an error of reading; [`fault_of`] takes it out again.
pub(crate) struct Unpacked {
    pub(crate) packing: Packing,
    pub(crate) bytes: Box<dyn Read + Send>,
}

/// Enough of the beginning to know what the file is.
const MAGIC: usize = 4;

/// Opens a file that can be read from any place.
pub(crate) fn open<R: Read + Seek + Send + 'static>(
    mut file: R,
    limits: &Limits,
) -> Result<Unpacked> {
    let magic = beginning(&mut file)?;
    file.seek(SeekFrom::Start(0))?;
    let packing = packing(&magic)?;
    let bytes: Box<dyn Read + Send> = match packing {
        Packing::Plain => Box::new(file),
        Packing::Gzip => Box::new(gzip::Members::new(buffered(file), limits)),
        Packing::Zip => Box::new(zip::open(file, limits)?),
    };
    Ok(Unpacked { packing, bytes })
}

/// Opens what comes in order only. A zip is told by its end, so it is held in memory first.
pub(crate) fn open_stream<R: Read + Send + 'static>(
    mut stream: R,
    limits: &Limits,
) -> Result<Unpacked> {
    let magic = beginning(&mut stream)?;
    let packing = packing(&magic)?;
    let whole: Chain<Cursor<Vec<u8>>, R> = Cursor::new(magic).chain(stream);
    let bytes: Box<dyn Read + Send> = match packing {
        Packing::Plain => Box::new(whole),
        Packing::Gzip => Box::new(gzip::Members::new(buffered(whole), limits)),
        Packing::Zip => {
            let mut held = Vec::new();
            whole.take(limits.held_archive_bytes.saturating_add(1)).read_to_end(&mut held)?;
            if held.len() as u64 > limits.held_archive_bytes {
                return Err(ArchiveFault::TooLarge("held_archive_bytes").into());
            }
            Box::new(zip::open(Cursor::new(held), limits)?)
        }
    };
    Ok(Unpacked { packing, bytes })
}

/// Whether what is packed begins as XML does.
pub(crate) fn begins_as_xml(mut unpacked: Unpacked) -> Result<bool> {
    let beginning = beginning(&mut unpacked.bytes)?;
    Ok(matches!(packing(&beginning), Ok(Packing::Plain)))
}

fn buffered<R: Read>(file: R) -> BufReader<R> {
    BufReader::with_capacity(64 * 1024, file)
}

fn beginning(file: &mut impl Read) -> Result<Vec<u8>> {
    let mut magic = Vec::with_capacity(MAGIC);
    file.take(MAGIC as u64).read_to_end(&mut magic)?;
    Ok(magic)
}

/// Decided by the bytes, never by the name (ZIP-24).
fn packing(magic: &[u8]) -> Result<Packing> {
    let text = magic.strip_prefix(b"\xef\xbb\xbf").unwrap_or(magic);
    let is_xml = text.iter().find(|byte| !byte.is_ascii_whitespace()).is_none_or(|b| *b == b'<');
    match magic {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Ok(Packing::Zip),
        [0x1f, 0x8b, ..] => Ok(Packing::Gzip),
        _ if is_xml => Ok(Packing::Plain),
        // UTF-16: the XML reader says that it is another encoding.
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Ok(Packing::Plain),
        _ => Err(ArchiveFault::NotAnArchive.into()),
    }
}

/// Stops a bomb while it unfolds.
///
/// Counts what comes out against what went in.
#[derive(Debug)]
struct Meter {
    ratio: u64,
    total_bytes: u64,
    unpacked: u64,
}

/// Below this size no ratio is judged: small files of equal lines pack very well.
const RATIO_FLOOR: u64 = 4 * 1024 * 1024;

impl Meter {
    fn new(limits: &Limits) -> Self {
        Self { ratio: limits.ratio, total_bytes: limits.total_bytes, unpacked: 0 }
    }

    /// Counts bytes that came out, when so many went in altogether.
    fn count(&mut self, unpacked: usize, packed: u64) -> io::Result<()> {
        self.unpacked += unpacked as u64;
        if self.unpacked > self.total_bytes {
            return Err(fault(ArchiveFault::TooLarge("total_bytes")));
        }
        if self.unpacked > RATIO_FLOOR && self.unpacked / self.ratio > packed {
            return Err(fault(ArchiveFault::TooLarge("ratio")));
        }
        Ok(())
    }
}

/// A fault on its way through `Read`.
fn fault(fault: ArchiveFault) -> io::Error {
    io::Error::other(fault)
}

/// What went wrong while unpacking.
fn unpacking(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => fault(ArchiveFault::Truncated),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => fault(ArchiveFault::Corrupt),
        _ => error,
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.downcast::<ArchiveFault>() {
            Ok(fault) => fault.into(),
            Err(error) => Self::io(error),
        }
    }
}
