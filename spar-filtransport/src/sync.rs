//! Fetching everything that is new, each file once.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff_1::Timestamp;
use jiff_1::civil::DateTime;
use jiff_1::tz::TimeZone;
use sha2::{Digest, Sha256};
use spar_http::Sent;

use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::fetch::{Fetch, Fetched, blocking, local};
use crate::filnamn::Filnamn;
use crate::generated::models::Utfil;
use crate::ledger::{Entry, Ledger};

/// What [`Client::sync`] did.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Synced {
    /// Files that were fetched now.
    pub fetched: Vec<Fetched>,
    /// How many of the listed files had been fetched before.
    pub known: usize,
    /// What one has to look at. The other files are not affected.
    pub problems: Vec<Problem>,
    /// Files that SPAR weeds soon: less than [`WARNING_DAYS`] are left of the 60 days after they were
    /// made, by the time in their names, and they are not safe here yet.
    pub expiring: Vec<Filnamn>,
}

/// A file that is not as it should be.
#[derive(Debug)]
#[non_exhaustive]
pub enum Problem {
    /// The list names a file without name, or with one that no file may have. It was not fetched.
    Unnamed,
    /// The file could not be fetched. The next run tries again.
    Failed(Filnamn, Error),
    /// The file was fetched before, and what lies under its name now is not what was fetched.
    Changed(Filnamn),
    /// The file was fetched before and is not in the folder any more: it was moved away, or lost.
    /// It is not fetched again; to have that done, remove its line from the folder's ledger.
    Vanished(Filnamn),
}

/// How many days before a file is weeded [`Synced::expiring`] names it. Files are kept for 60 days
/// (SPAR's guide to fetching files).
pub const WARNING_DAYS: u32 = 14;

const KEPT_DAYS: u32 = 60;

impl Client {
    /// Fetches every out-file that has not been fetched into this folder, one after the other.
    ///
    /// The folder keeps a ledger of what is safe in it. A file is noted there after it is safe under
    /// its name, so a crash in between has it fetched once more and compared. The status at SPAR plays
    /// no part: it tells that somebody began to fetch (DL-15). Runs at the same time keep each other
    /// out.
    ///
    /// # Errors
    ///
    /// When the list cannot be had, the folder cannot be used, or another run works in it
    /// ([`ErrorKind::Busy`]); and when the disk is full, since no other file would fare better. What
    /// is wrong with one file is told in [`Synced::problems`].
    pub async fn sync(&self, folder: &Path, fetch: &Fetch) -> Result<Synced, Error> {
        let files = fetch.files();
        let mut ledger = Ledger::open(&*files, folder)?;
        let list = self.lista_utfiler(None).await?;
        let mut synced = Synced::default();
        let mut seen = BTreeSet::new();
        for utfil in list.utfiler {
            let name = utfil.filnamn.as_deref().map(str::parse::<Filnamn>);
            let Some(Ok(filnamn)) = name else {
                synced.problems.push(Problem::Unnamed);
                continue;
            };
            if !seen.insert(filnamn.clone()) {
                continue;
            }
            if let Some(entry) = ledger.get(&filnamn) {
                synced.known += 1;
                synced
                    .problems
                    .extend(compare(folder.join(filnamn.as_str()), entry.clone()).await?);
                continue;
            }
            match self.take(folder, &filnamn, &utfil, fetch, &mut ledger).await {
                Ok(fetched) => synced.fetched.push(fetched),
                Err(error) if matches!(error.kind(), ErrorKind::NoSpace | ErrorKind::Storage) => {
                    return Err(error);
                }
                Err(error) => {
                    if self.expires_soon(&filnamn) {
                        synced.expiring.push(filnamn.clone());
                    }
                    synced.problems.push(Problem::Failed(filnamn, error));
                }
            }
        }
        Ok(synced)
    }

    /// Fetches one file and notes it.
    async fn take(
        &self,
        folder: &Path,
        filnamn: &Filnamn,
        utfil: &Utfil,
        fetch: &Fetch,
        ledger: &mut Ledger,
    ) -> Result<Fetched, Error> {
        let path = folder.join(filnamn.as_str());
        let files = fetch.files();
        let is_there = files.exists(&path).map_err(local)?;
        let (fetched, digest) = if is_there {
            self.confirm(folder, filnamn, fetch).await?
        } else {
            let fetched = self.fetch(filnamn, folder, fetch).await?;
            let digest = digest_of(path).await?;
            (fetched, digest)
        };
        let entry = Entry {
            filnamn: filnamn.clone(),
            bytes: fetched.bytes,
            sha256: digest,
            fetched: utc(self.now()),
            filstatus: utfil.filstatus.as_ref().map(|status| status.as_str().to_owned()),
        };
        ledger.add(entry).map_err(|error| Error::storage(error, Sent::Yes))?;
        Ok(fetched)
    }

    /// There is a file of that name of which nothing is noted: most likely a run ended between the two.
    /// It is fetched once more, beside it, and compared (DL-16, DL-19).
    async fn confirm(
        &self,
        folder: &Path,
        filnamn: &Filnamn,
        fetch: &Fetch,
    ) -> Result<(Fetched, String), Error> {
        let path = folder.join(filnamn.as_str());
        let beside = folder.join(BESIDE);
        let files = fetch.files();
        let made = beside.clone();
        blocking(move || match std::fs::create_dir(&made) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            result => result,
        })
        .await?;
        let again = beside.join(filnamn.as_str());
        files.remove(&again).map_err(local)?;
        let fetched = self.fetch(filnamn, &beside, fetch).await?;
        let here = digest_of(path.clone()).await?;
        let there = digest_of(again.clone()).await?;
        files.remove(&again).map_err(local)?;
        // Only if it is empty.
        let _ = std::fs::remove_dir(&beside);
        if here != there {
            return Err(Error::new(ErrorKind::Exists, Sent::Yes));
        }
        Ok((Fetched { path, ..fetched }, here))
    }

    /// A hint, by the time in the file's name.
    fn expires_soon(&self, filnamn: &Filnamn) -> bool {
        let Some(age) = filnamn.created().and_then(|created| age(created, self.now())) else {
            return false;
        };
        let day = Duration::from_secs(24 * 60 * 60);
        age + day * WARNING_DAYS >= day * KEPT_DAYS
    }
}

/// Where files are fetched that are only compared. The dot keeps it apart from file names of SPAR's.
const BESIDE: &str = ".spar-filtransport-compare";

/// How long ago that was, in Swedish time taken for UTC: an hour or two make no difference here.
fn age(created: &str, now: SystemTime) -> Option<Duration> {
    let created = DateTime::strptime("%Y%m%d%H%M%S", created).ok()?;
    let created = TimeZone::UTC.to_timestamp(created).ok()?;
    Timestamp::try_from(now).ok()?.duration_since(created).try_into().ok()
}

fn utc(now: SystemTime) -> String {
    let seconds = Timestamp::try_from(now).map(Timestamp::as_second).unwrap_or_default();
    Timestamp::from_second(seconds).unwrap_or_default().to_string()
}

/// What is wrong with a file that is noted.
async fn compare(path: PathBuf, entry: Entry) -> Result<Option<Problem>, Error> {
    let filnamn = entry.filnamn;
    let len = blocking(move || match std::fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata.len())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    })
    .await?;
    Ok(match len {
        None => Some(Problem::Vanished(filnamn)),
        Some(len) if len != entry.bytes => Some(Problem::Changed(filnamn)),
        Some(_) => None,
    })
}

async fn digest_of(path: PathBuf) -> Result<String, Error> {
    blocking(move || {
        let (mut file, mut sha256) = (File::open(path)?, Sha256::new());
        let mut buffer = vec![0; 256 * 1024];
        loop {
            match file.read(&mut buffer)? {
                0 => break,
                read => sha256.update(&buffer[..read]),
            }
        }
        Ok(sha256.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    })
    .await
}
