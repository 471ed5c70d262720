//! Reading: what the file is, then its records, then what there is to say of the whole.

mod head;
mod options;
mod parallel;
pub(crate) mod post;
pub(crate) mod pump;
mod records;

pub use head::Head;
pub use options::{OnError, Options};
pub use post::Post;
#[doc(hidden)]
pub use post::{Entry, Made};
pub use records::{Record, Records, Summary};

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use crate::archive::{self, Unpacked};
use crate::error::{Error, ErrorKind, Result};
use pump::Pump;

/// A file whose beginning was read: what it is, from whom and to whom.
///
/// ```no_run
/// use spar_files::Reader;
/// use spar_types::avisering::newest::AviseringPost;
///
/// let reader = Reader::open("SPARAvisering_20260901063000_SPAR500243-950.xml.zip".as_ref())?;
/// println!("{} {}", reader.head().format, reader.head().version);
/// let mut records = reader.into_records::<AviseringPost>()?;
/// for record in &mut records {
///     let record = record?;
///     println!("{}: {} names", record.number, record.value.namn.len());
/// }
/// println!("{} records", records.summary().records);
/// # Ok::<(), spar_files::Error>(())
/// ```
pub struct Reader {
    head: Head,
    pump: Pump,
    options: Options,
}

impl Reader {
    /// Opens a file, plain or packed, and reads its beginning.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, an archive that is not exactly one file or is inconsistent in itself,
    /// XML that is damaged before the first record, and what is no file of SPAR.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_with(path, Options::default())
    }

    /// Opens a file as told.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub fn open_with(path: &Path, options: Options) -> Result<Self> {
        Self::from_file(File::open(path)?, options)
    }

    /// Reads what can be read from any place, such as a file or bytes in memory behind a `Cursor`.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub fn from_file<R: Read + Seek + Send + 'static>(file: R, options: Options) -> Result<Self> {
        let unpacked = archive::open(file, &options.limits)?;
        Self::begin(unpacked, options)
    }

    /// Reads what comes in order only, such as standard input. A zip is held in memory, up to
    /// [`Limits::held_archive_bytes`](crate::Limits::held_archive_bytes).
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub fn from_stream<R: Read + Send + 'static>(stream: R, options: Options) -> Result<Self> {
        let unpacked = archive::open_stream(stream, &options.limits)?;
        Self::begin(unpacked, options)
    }

    fn begin(unpacked: Unpacked, options: Options) -> Result<Self> {
        let Unpacked { packing, bytes } = unpacked;
        let mut pump = Pump::new(bytes, &options);
        let head = pump.head(packing)?;
        Ok(Self { head, pump, options })
    }

    /// What the beginning of the file tells.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Reads to the end without making records, and says how many there are.
    ///
    /// # Errors
    ///
    /// An archive that is damaged, XML that is, and a file that ends too early.
    pub fn count(mut self) -> Result<u64> {
        let mut records = 0;
        while let Some(cut) = self.pump.next()? {
            records = cut.before + cut.batch.count();
        }
        Ok(records)
    }

    /// The records, in the newest form, whatever the version of the file.
    ///
    /// # Errors
    ///
    /// The file is of another format.
    pub fn into_records<T: Post>(self) -> Result<Records<T>> {
        if self.head.format != T::FORMAT {
            return Err(Error::new(ErrorKind::OtherFormat(self.head.format)));
        }
        Ok(Records::new(self.pump, self.head, &self.options))
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("head", &self.head).finish_non_exhaustive()
    }
}
