//! Every operation on files fails once, for each scenario (DL-01, DL-09, DL-16): whatever fails, the error is
//! typed, no file is half there, and the next run makes it good.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use crate::files::{Disk, Files, OpenFile};
use crate::peer::{Act, Spar, content};
use crate::{Error, ErrorKind, Fetch, Retry, Synced};

/// The real disk, but for one operation that fails.
#[derive(Clone)]
struct Failing {
    left: Arc<AtomicUsize>,
    kind: io::ErrorKind,
    /// What fails has been done in half, as a write on a full disk is.
    by_half: bool,
}

impl Failing {
    /// Fails the n-th operation; the first one is 1.
    fn at(n: usize, kind: io::ErrorKind, by_half: bool) -> Self {
        Self { left: Arc::new(AtomicUsize::new(n)), kind, by_half }
    }

    fn step(&self) -> io::Result<()> {
        match self.left.fetch_sub(1, SeqCst) {
            1 => Err(self.kind.into()),
            _ => Ok(()),
        }
    }

    fn has_failed(&self) -> bool {
        self.left.load(SeqCst) == 0 || self.left.load(SeqCst) > usize::MAX / 2
    }
}

impl Files for Failing {
    fn open(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        self.step()?;
        Ok(Box::new(FailingFile { file: Disk.open(path)?, failing: self.clone() }))
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        self.step()?;
        Disk.exists(path)
    }

    fn publish(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        Disk.publish(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        Disk.remove(path)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.step()?;
        Disk.sync_folder(folder)
    }
}

struct FailingFile {
    file: Box<dyn OpenFile>,
    failing: Failing,
}

impl OpenFile for FailingFile {
    fn read_all(&mut self) -> io::Result<Vec<u8>> {
        self.failing.step()?;
        self.file.read_all()
    }

    fn len(&self) -> io::Result<u64> {
        self.failing.step()?;
        self.file.len()
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.failing.step().inspect_err(|_| {
            if self.failing.by_half {
                self.file.append(&bytes[..bytes.len() / 2]).expect("half");
            }
        })?;
        self.file.append(bytes)
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.failing.step()?;
        self.file.truncate(len)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.failing.step()?;
        self.file.sync()
    }
}

const NAMES: [(&str, usize); 3] = [("a.zip", 10), ("b.zip", 100_000), ("c.zip", 0)];

async fn sync(spar: &Spar, folder: &Path, fetch: &Fetch) -> Result<Synced, Error> {
    let client = spar.builder().retry(Retry::default().with_attempts(1)).build();
    client.sync(folder, fetch).await
}

/// Every file that has its name is whole.
fn assert_whole(folder: &Path, about: &str) {
    let expected: BTreeMap<_, _> = NAMES.into_iter().collect();
    for entry in fs::read_dir(folder).expect("folder") {
        let entry = entry.expect("entry");
        let name = entry.file_name().into_string().expect("name");
        if let Some(bytes) = expected.get(&*name) {
            let found = fs::read(entry.path()).expect("file");
            assert!(found == content(&name, *bytes, "\"1\""), "{about}: {name} is not whole");
        } else {
            assert!(name.starts_with('.'), "{about}: {name}");
        }
    }
}

/// A scenario: what is in the folder before, and how the service behaves.
type Scenario = fn(&Spar, &Path);

const SCENARIOS: [(&str, Scenario); 4] = [
    ("an empty folder", |_, _| {}),
    ("a part to go on with", |_, folder| {
        let start = &content("b.zip", 100_000, "\"1\"")[..40_000];
        fs::write(folder.join(".b.zip.part"), start).expect("part");
        fs::write(folder.join(".b.zip.part.json"), r#"{"validator":"\"1\""}"#).expect("note");
    }),
    ("a file that is safe and not noted", |_, folder| {
        fs::write(folder.join("b.zip"), content("b.zip", 100_000, "\"1\"")).expect("file");
    }),
    ("a connection that breaks", |spar, _| {
        let list = r#"{"utfiler":[{"filnamn":"a.zip"},{"filnamn":"b.zip"},{"filnamn":"c.zip"}]}"#;
        spar.next([crate::peer::status(200, list), Act::CutAfter(5), Act::CutAfter(50_000)]);
    }),
];

#[tokio::test]
async fn whatever_fails_on_disk_is_made_good_by_the_next_run() {
    let mut operations = 0;
    for (number, (about, prepare)) in SCENARIOS.into_iter().enumerate() {
        let full = (io::ErrorKind::StorageFull, true);
        let denied = (io::ErrorKind::PermissionDenied, false);
        // What kind of failure it is makes no difference but to the error.
        for (kind, by_half) in if number == 0 { vec![full, denied] } else { vec![full] } {
            for n in 1.. {
                let folder = tempfile::tempdir().expect("folder");
                let folder = folder.path();
                let spar = Spar::default();
                NAMES.into_iter().for_each(|(name, bytes)| spar.put(name, bytes, "\"1\""));
                prepare(&spar, folder);
                let failing = Failing::at(n, kind, by_half);
                let fetch = Fetch::default().without_check().with_files(Arc::new(failing.clone()));
                let about = format!("{about}, operation {n}, {kind}");
                match sync(&spar, folder, &fetch).await {
                    Ok(_) => {}
                    Err(error) => {
                        let expected = match kind {
                            io::ErrorKind::StorageFull => ErrorKind::NoSpace,
                            _ => ErrorKind::Storage,
                        };
                        assert_eq!(error.kind(), expected, "{about}: {error:?}");
                    }
                }
                assert_whole(folder, &about);
                spar.state().script.clear();
                let synced =
                    sync(&spar, folder, &Fetch::default().without_check()).await.expect(&about);
                assert!(synced.problems.is_empty(), "{about}: {:?}", synced.problems);
                assert_eq!(synced.fetched.len() + synced.known, 3, "{about}");
                assert_whole(folder, &about);
                let left = fs::read_dir(folder).expect("folder").count();
                assert_eq!(left, 4, "{about}: three files and the ledger");
                if !failing.has_failed() {
                    break;
                }
                operations += 1;
            }
        }
    }
    assert!(operations > 150, "{operations} operations failed");
}

// DL-02: the connection breaks after each of many bytes of the list or of a file.
#[tokio::test]
async fn wherever_the_connection_breaks_nothing_is_lost() {
    for n in (0..100_000).step_by(997).chain(0..20) {
        let folder = tempfile::tempdir().expect("folder");
        let spar = Spar::default();
        NAMES.into_iter().for_each(|(name, bytes)| spar.put(name, bytes, "\"1\""));
        spar.next(vec![Act::CutAfter(n); 4]);
        let _ = sync(&spar, folder.path(), &Fetch::default().without_check()).await;
        assert_whole(folder.path(), &format!("cut after {n}"));
        spar.state().script.clear();
        let synced =
            sync(&spar, folder.path(), &Fetch::default().without_check()).await.expect("synced");
        assert!(synced.problems.is_empty(), "{n}: {:?}", synced.problems);
        assert_eq!(synced.fetched.len() + synced.known, 3, "{n}");
    }
}
