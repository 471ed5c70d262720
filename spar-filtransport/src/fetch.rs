//! Bringing an out-file to disk: whole and checked under its name, or not at all.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use spar_http::{Sent, Transfer};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::client::{Client, Range};
use crate::error::{Error, ErrorKind};
use crate::files::{Disk, Files, OpenFile};
use crate::filnamn::Filnamn;
use crate::generated::operations::HAMTA_UTFIL;

/// How [`Client::fetch`] brings a file to disk.
#[derive(Clone)]
pub struct Fetch {
    /// `None`: the length that the server told is all that is looked at.
    check: Option<Arc<Check>>,
    progress: Option<Arc<Progress>>,
    files: Option<Arc<dyn Files>>,
}

type Check = dyn Fn(&Path) -> Result<(), Box<dyn StdError + Send + Sync>> + Send + Sync;
type Progress = dyn Fn(&Filnamn, u64, Option<u64>) + Send + Sync;

impl Default for Fetch {
    fn default() -> Self {
        let check = |path: &Path| {
            spar_files::verify(path, &spar_files::Limits::default())?;
            Ok(())
        };
        Self { check: Some(Arc::new(check)), progress: None, files: None }
    }
}

impl Fetch {
    /// Looks at the file before it gets its name, instead of the default check: that its archive is
    /// sound and its XML whole ([`spar_files::verify`]). Blocking work is fine: it has a thread of its
    /// own.
    #[must_use]
    pub fn with_check<C>(mut self, check: C) -> Self
    where
        C: Fn(&Path) -> Result<(), Box<dyn StdError + Send + Sync>> + Send + Sync + 'static,
    {
        self.check = Some(Arc::new(check));
        self
    }

    /// Does not look into the file: any bytes will do, if only they are as many as the server told.
    #[must_use]
    pub fn without_check(mut self) -> Self {
        self.check = None;
        self
    }

    /// Is told how many bytes are here, and how many there will be if the server says so.
    #[must_use]
    pub fn with_progress<P>(mut self, progress: P) -> Self
    where
        P: Fn(&Filnamn, u64, Option<u64>) + Send + Sync + 'static,
    {
        self.progress = Some(Arc::new(progress));
        self
    }

    #[cfg(test)]
    pub(crate) fn with_files(mut self, files: Arc<dyn Files>) -> Self {
        self.files = Some(files);
        self
    }

    pub(crate) fn files(&self) -> Arc<dyn Files> {
        self.files.clone().unwrap_or_else(|| Arc::new(Disk))
    }
}

impl fmt::Debug for Fetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetch")
            .field("check", &self.check.is_some())
            .field("progress", &self.progress.is_some())
            .finish_non_exhaustive()
    }
}

/// A file that is safe on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fetched {
    /// Where it is.
    pub path: PathBuf,
    /// How large it is.
    pub bytes: u64,
    /// How much of it had been fetched by an earlier run.
    pub resumed_from: u64,
}

impl Client {
    /// Fetches an out-file into a folder.
    ///
    /// It comes into a temporary file of that folder, readable by its owner only, and gets its name
    /// when it is whole, checked and safe on disk; the names are made safe too. A run that breaks off
    /// leaves the temporary file, and the next one goes on from there if the server can tell that it
    /// has the same file still; otherwise it starts over. Nothing is ever put together from two files.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Exists`] if there is anything of that name already, which is not touched;
    /// [`ErrorKind::NoSpace`], [`ErrorKind::Storage`]; [`ErrorKind::Damaged`] if the check says so;
    /// whatever can happen on the way, after the repetitions that [`Retry`](crate::Retry) allows.
    pub async fn fetch(
        &self,
        filnamn: &Filnamn,
        folder: &Path,
        fetch: &Fetch,
    ) -> Result<Fetched, Error> {
        let path = folder.join(filnamn.as_str());
        let files = fetch.files();
        if files.exists(&path).map_err(local)? {
            return Err(Error::storage(io::ErrorKind::AlreadyExists.into(), Sent::No));
        }
        let mut incoming = Incoming::open(files, folder, filnamn)?;
        let mut attempt = 1;
        while let Err(error) = self.attempt(filnamn, &mut incoming, fetch).await {
            let error = error.with_attempts(attempt);
            match self.wait(&HAMTA_UTFIL, &error, attempt) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => {
                    incoming.give_up().await;
                    return Err(error);
                }
            }
            incoming.settle().await?;
            attempt += 1;
        }
        self.succeeded();
        let (bytes, resumed_from) = (incoming.len, incoming.kept);
        incoming.finish(path.clone(), fetch.check.clone()).await?;
        Ok(Fetched { path, bytes, resumed_from })
    }

    /// One attempt to get what is missing.
    async fn attempt(
        &self,
        filnamn: &Filnamn,
        incoming: &mut Incoming,
        fetch: &Fetch,
    ) -> Result<(), Error> {
        let range = incoming.range();
        let mut transfer = self.hamta_utfil(filnamn, range.as_ref()).await?;
        if let Some(range) = &range
            && !continues(&transfer, range)
        {
            incoming.start_over().await?;
            // The whole file, if the server sent that instead; anything else is asked for anew.
            if transfer.status() != 200 {
                transfer = self.hamta_utfil(filnamn, None).await?;
            }
        } else if range.is_none() {
            incoming.start_over().await?;
        }
        let total = transfer.remaining().map(|remaining| incoming.len + remaining);
        incoming.note(validator(&transfer)).await?;
        while let Some(piece) = transfer.next().await? {
            incoming.append(piece).await?;
            if let Some(progress) = &fetch.progress {
                progress(filnamn, incoming.len, total);
            }
        }
        Ok(())
    }
}

/// Whether the answer goes on exactly where we stopped, with the same file.
fn continues(transfer: &Transfer, range: &Range) -> bool {
    let is_same = validator(transfer).is_none_or(|validator| validator == range.validator);
    let wanted = format!("bytes {}-", range.from);
    let rest = transfer.header("content-range").and_then(|found| found.strip_prefix(&*wanted));
    let is_to_the_end = rest.is_some_and(|rest| match rest.split_once('/') {
        Some((last, total)) => match (last.parse::<u64>(), total.parse::<u64>()) {
            (Ok(last), Ok(total)) => last.checked_add(1) == Some(total),
            _ => false,
        },
        None => false,
    });
    transfer.status() == 206 && is_same && is_to_the_end
}

/// What tells this file from another one of its name: a strong `ETag`, or the time of its last change.
fn validator(transfer: &Transfer) -> Option<String> {
    let etag = transfer.header("etag").filter(|etag| etag.starts_with('"'));
    etag.or_else(|| transfer.header("last-modified")).map(str::to_owned)
}

/// A failure of this machine's disk, before or between calls.
pub(crate) fn local(error: io::Error) -> Error {
    Error::storage(error, Sent::No)
}

/// The temporary file, written by a thread of its own.
struct Incoming {
    files: Arc<dyn Files>,
    folder: PathBuf,
    part: PathBuf,
    /// Beside the part: what the server called the file that the part is of.
    note: PathBuf,
    /// How much has been received. What of it is written, the writer knows.
    len: u64,
    /// How much of an earlier run's part is in it.
    kept: u64,
    validator: Option<String>,
    writer: Writer,
}

struct Writer {
    orders: mpsc::Sender<Order>,
    /// `None` after it has been waited for.
    thread: Option<JoinHandle<io::Result<Box<dyn OpenFile>>>>,
}

enum Order {
    Append(Bytes),
    StartOver,
}

/// Pieces that wait to be written. Each is at most what hyper reads at a time, some 400 kB.
const WAITING_PIECES: usize = 8;

#[derive(Serialize, Deserialize)]
struct Note {
    validator: String,
}

impl Incoming {
    fn open(files: Arc<dyn Files>, folder: &Path, filnamn: &Filnamn) -> Result<Self, Error> {
        // The leading dot keeps it apart from every file name of SPAR's.
        let part = folder.join(format!(".{filnamn}.part"));
        let note = folder.join(format!(".{filnamn}.part.json"));
        let file = files.open(&part).map_err(local)?;
        let len = file.len().map_err(local)?;
        let noted = match files.exists(&note).map_err(local)? && len > 0 {
            true => files.open(&note).and_then(|mut note| note.read_all()).map_err(local)?,
            false => Vec::new(),
        };
        // A torn note is none: then the file is fetched from its beginning.
        let validator = serde_json::from_slice(&noted).ok().map(|Note { validator }| validator);
        let writer = Writer::start(file);
        let folder = folder.to_owned();
        Ok(Self { files, folder, part, note, len, kept: len, validator, writer })
    }

    /// What to ask for; `None` for the whole file.
    fn range(&self) -> Option<Range> {
        let validator = self.validator.clone()?;
        (self.len > 0).then_some(Range { from: self.len, validator })
    }

    async fn start_over(&mut self) -> Result<(), Error> {
        self.len = 0;
        self.kept = 0;
        self.order(Order::StartOver).await
    }

    /// Notes what the file is called, before the first byte of it is written.
    async fn note(&mut self, validator: Option<String>) -> Result<(), Error> {
        if validator == self.validator {
            return Ok(());
        }
        let (files, path) = (Arc::clone(&self.files), self.note.clone());
        let note = validator.clone().map(|validator| Note { validator });
        blocking(move || {
            files.remove(&path)?;
            if let Some(note) = note {
                files.open(&path)?.append(&serde_json::to_vec(&note)?)?;
            }
            Ok(())
        })
        .await?;
        self.validator = validator;
        Ok(())
    }

    async fn append(&mut self, piece: Bytes) -> Result<(), Error> {
        self.len += piece.len() as u64;
        self.order(Order::Append(piece)).await
    }

    async fn order(&mut self, order: Order) -> Result<(), Error> {
        match self.writer.orders.send(order).await {
            Ok(()) => Ok(()),
            // The writer has stopped, for a reason that it tells.
            Err(_) => self.settle().await,
        }
    }

    /// Waits until all that was received is written, and goes on from what is there.
    async fn settle(&mut self) -> Result<(), Error> {
        let file = self.writer.stop().await?;
        self.len = file.len().map_err(local)?;
        self.kept = self.kept.min(self.len);
        self.writer = Writer::start(file);
        Ok(())
    }

    /// Leaves the part to a later run, if there is any.
    async fn give_up(mut self) {
        // What went wrong before is what the caller has to know.
        if let Ok(file) = self.writer.stop().await
            && file.len().is_ok_and(|len| len == 0)
        {
            let _ = self.files.remove(&self.part);
            let _ = self.files.remove(&self.note);
        }
    }

    /// Makes the file safe, checks it, and gives it its name.
    async fn finish(mut self, path: PathBuf, check: Option<Arc<Check>>) -> Result<(), Error> {
        let mut file = self.writer.stop().await?;
        let Self { files, folder, part, note, .. } = self;
        let damaged = tokio::task::spawn_blocking(move || {
            file.sync()?;
            if let Some(check) = check
                && let Err(error) = check(&part)
            {
                // What is damaged is of no use to the next run.
                file.truncate(0)?;
                files.remove(&note)?;
                return Ok(Some(error));
            }
            // First the note: a part without one is begun anew, a note without a part is litter.
            files.remove(&note)?;
            files.publish(&part, &path)?;
            files.sync_folder(&folder)?;
            Ok(None)
        })
        .await;
        match damaged {
            Ok(Ok(None)) => Ok(()),
            Ok(Ok(Some(source))) => {
                Err(Error::new(ErrorKind::Damaged, Sent::Yes).with_source(source))
            }
            Ok(Err(error)) => Err(Error::storage(error, Sent::Yes)),
            Err(error) => Err(Error::storage(io::Error::other(error), Sent::Yes)),
        }
    }
}

impl Writer {
    fn start(mut file: Box<dyn OpenFile>) -> Self {
        let (orders, mut waiting) = mpsc::channel(WAITING_PIECES);
        let thread = tokio::task::spawn_blocking(move || {
            while let Some(order) = waiting.blocking_recv() {
                match order {
                    Order::Append(piece) => file.append(&piece)?,
                    Order::StartOver => file.truncate(0)?,
                }
            }
            Ok(file)
        });
        Self { orders, thread: Some(thread) }
    }

    /// Waits until everything is written.
    async fn stop(&mut self) -> Result<Box<dyn OpenFile>, Error> {
        self.orders = mpsc::channel(1).0;
        let Some(thread) = self.thread.take() else {
            return Err(Error::storage(io::ErrorKind::BrokenPipe.into(), Sent::Yes));
        };
        match thread.await {
            Ok(result) => result.map_err(|error| Error::storage(error, Sent::Yes)),
            Err(error) => Err(Error::storage(io::Error::other(error), Sent::Yes)),
        }
    }
}

/// Work that may wait for the disk.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(local),
        Err(error) => Err(local(io::Error::other(error))),
    }
}
