//! One file under construction.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tempfile::NamedTempFile;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::error::{Error, Result};

/// What the packer may hold back, and what it adds at the end, in bytes. Files are cut so far below the
/// largest size.
const PACKER_BYTES: u64 = 512 * 1024;

/// Bytes that the packer gets at a time. What it makes of them depends on that, and shall depend on
/// nothing but the records.
const BLOCK_BYTES: usize = 64 * 1024;

/// A temporary file beside the final one.
pub(super) struct Part {
    file: NamedTempFile,
    sink: Sink,
    /// Bytes that reached the file.
    stored: Arc<AtomicU64>,
    /// Bytes that were written, before packing.
    written: u64,
    pub(super) records: u64,
}

enum Sink {
    Plain(BufWriter<Counted>),
    Zip { zip: Box<ZipWriter<BufWriter<Counted>>>, block: Vec<u8> },
}

impl Part {
    /// Begins a file in the folder, with the only entry of this name if it is packed.
    pub(super) fn create(folder: &Path, entry: Option<&str>) -> Result<Self> {
        // Mode 0600 is what the crate gives.
        let file = tempfile::Builder::new().prefix(".spar-").suffix(".part").tempfile_in(folder)?;
        let stored = Arc::new(AtomicU64::new(0));
        let counted = Counted { file: file.reopen()?, place: 0, stored: Arc::clone(&stored) };
        let buffered = BufWriter::with_capacity(64 * 1024, counted);
        let sink = match entry {
            None => Sink::Plain(buffered),
            Some(name) => {
                let mut zip = ZipWriter::new(buffered);
                zip.start_file(name, entry_options()).map_err(zip_error)?;
                Sink::Zip { zip: Box::new(zip), block: Vec::with_capacity(BLOCK_BYTES) }
            }
        };
        Ok(Self { file, sink, stored, written: 0, records: 0 })
    }

    pub(super) fn write(&mut self, text: &str) -> Result<()> {
        match &mut self.sink {
            Sink::Plain(file) => file.write_all(text.as_bytes())?,
            Sink::Zip { zip, block } => {
                let mut rest = text.as_bytes();
                while !rest.is_empty() {
                    let count = rest.len().min(BLOCK_BYTES - block.len());
                    block.extend_from_slice(&rest[..count]);
                    rest = &rest[count..];
                    if block.len() == BLOCK_BYTES {
                        zip.write_all(block)?;
                        block.clear();
                    }
                }
            }
        }
        self.written += text.len() as u64;
        Ok(())
    }

    /// Whether the file stays below this size with so many bytes more. A packed one surely does if this
    /// says so, and may do if not.
    pub(super) fn fits(&self, bytes: u64, max: u64) -> bool {
        let size = match self.sink {
            Sink::Plain(_) => self.written,
            Sink::Zip { .. } => self.stored().min(self.written) + PACKER_BYTES,
        };
        size.saturating_add(bytes) <= max
    }

    /// Bytes that reached the file so far.
    pub(super) fn stored(&self) -> u64 {
        self.stored.load(Ordering::Relaxed)
    }

    /// Completes the file, on the device too. Its size in bytes.
    pub(super) fn finish(mut self, tail: &str) -> Result<(NamedTempFile, u64)> {
        self.write(tail)?;
        let buffered = match self.sink {
            Sink::Plain(file) => file,
            Sink::Zip { mut zip, block } => {
                zip.write_all(&block)?;
                zip.finish().map_err(zip_error)?
            }
        };
        let counted = buffered.into_inner().map_err(io::IntoInnerError::into_error)?;
        counted.file.sync_all()?;
        let bytes = counted.file.metadata()?.len();
        Ok((self.file, bytes))
    }
}

/// Nothing of the host: the same records give the same bytes (ZIP-26).
fn entry_options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o600)
}

fn zip_error(error: zip::result::ZipError) -> Error {
    match error {
        zip::result::ZipError::Io(error) => Error::io(error),
        other => Error::io(io::Error::other(other)),
    }
}

/// Puts the names of new files onto the device.
pub(super) fn sync_folder(folder: &Path) -> Result<()> {
    // Elsewhere folders cannot be opened, and renaming needs no such step.
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Counts the bytes that reached the file, up to the furthest place.
struct Counted {
    file: File,
    place: u64,
    stored: Arc<AtomicU64>,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.place += count as u64;
        self.stored.fetch_max(self.place, Ordering::Relaxed);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.place = self.file.seek(to)?;
        Ok(self.place)
    }
}
