//! DL-02 to DL-07, DL-10, DL-11, DL-14, DL-22, FT-03: one file, from SPAR to disk.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use spar_filtransport::transport::ErrorKind as Transport;
use spar_filtransport::{Error, ErrorKind, Fetch, Fetched, Retry};
use tempfile::TempDir;

use crate::peer::{Act, NAME, Ranges, Spar, content, filnamn, status};

const BYTES: usize = 300_000;

async fn fetch(spar: &Spar, folder: &Path) -> Result<Fetched, Error> {
    let client = spar.builder().retry(Retry::default().with_attempts(1)).build();
    client.fetch(&filnamn(), folder, &Fetch::default().without_check()).await
}

/// The names in a folder, hidden ones too.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("folder");
    let mut names: Vec<_> = entries
        .map(|entry| entry.expect("entry").file_name().into_string().expect("name"))
        .collect();
    names.sort();
    names
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("folder")
}

#[tokio::test]
async fn a_file_is_there_as_a_whole_and_alone() {
    for bytes in [0, 1, BYTES] {
        let (spar, folder) = (Spar::with_file(bytes), folder());
        let fetched = fetch(&spar, folder.path()).await.expect("fetched");
        assert_eq!(fetched.path, folder.path().join(NAME));
        assert_eq!((fetched.bytes, fetched.resumed_from), (bytes as u64, 0));
        assert_eq!(fs::read(&fetched.path).expect("file"), content(NAME, bytes, "\"1\""));
        assert_eq!(names(folder.path()), [NAME]);
    }
}

// DL-07: personal data is its owner's to read, before and after it is whole.
#[cfg(unix)]
#[tokio::test]
async fn files_are_their_owners_only() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).expect("file").permissions().mode() & 0o777;
    let (spar, folder) = (Spar::with_file(BYTES), folder());
    spar.next([Act::CutAfter(1000)]);
    fetch(&spar, folder.path()).await.expect_err("cut");
    for name in names(folder.path()) {
        assert_eq!(mode(&folder.path().join(&name)), 0o600, "{name}");
    }
    let fetched = fetch(&spar, folder.path()).await.expect("fetched");
    assert_eq!(mode(&fetched.path), 0o600);
}

// DL-02, DL-03, DL-04, DL-11: what broke off is continued if the server can tell that it is the same
// file, and begun anew if not. Never is one file made of two.
#[tokio::test]
async fn what_broke_off_is_continued_or_begun_anew() {
    let rows = [
        ("honored", Ranges::Honored, "\"1\"", 100_000, 1),
        ("ignored", Ranges::Ignored, "\"1\"", 0, 1),
        ("another part", Ranges::Wrong, "\"1\"", 0, 2),
        ("refused", Ranges::Refused, "\"1\"", 0, 2),
        ("changed", Ranges::Honored, "\"2\"", 0, 1),
        ("changed, with weak names", Ranges::Honored, "W/\"2\"", 0, 1),
    ];
    for (what, ranges, etag, resumed_from, requests) in rows {
        let (spar, folder) = (Spar::with_file(BYTES), folder());
        spar.next([Act::CutAfter(100_000)]);
        let error = fetch(&spar, folder.path()).await.expect_err("cut");
        assert_eq!(error.kind(), ErrorKind::Transport(Transport::Truncated), "{what}");
        assert!(!folder.path().join(NAME).exists(), "{what}");

        spar.put(NAME, BYTES, etag);
        spar.state().ranges = ranges;
        spar.seen();
        let fetched = fetch(&spar, folder.path()).await.expect(what);
        assert_eq!(fetched.resumed_from, resumed_from, "{what}");
        assert_eq!(fs::read(&fetched.path).expect("file"), content(NAME, BYTES, etag), "{what}");
        assert_eq!(names(folder.path()), [NAME], "{what}");
        let seen = spar.seen();
        assert_eq!(seen.len(), requests, "{what}: {seen:?}");
        assert!(seen[0].ends_with("bytes=100000-"), "{what}: {seen:?}");
    }
}

// DL-04: without a name for its content, a file is always begun anew.
#[tokio::test]
async fn what_has_no_strong_name_is_begun_anew() {
    let (spar, folder) = (Spar::default(), folder());
    spar.put(NAME, BYTES, "W/\"1\"");
    spar.next([Act::CutAfter(100_000)]);
    fetch(&spar, folder.path()).await.expect_err("cut");
    let fetched = fetch(&spar, folder.path()).await.expect("fetched");
    assert_eq!(fetched.resumed_from, 0);
    assert_eq!(spar.seen(), vec![format!("GET /v3/utfil/hamta/{NAME}"); 2]);
    assert_eq!(fs::read(&fetched.path).expect("file"), content(NAME, BYTES, "W/\"1\""));
}

// DL-02: wherever it breaks off, and however often.
#[tokio::test]
async fn a_file_survives_any_number_of_cuts() {
    let (spar, folder) = (Spar::with_file(BYTES), folder());
    for _ in 0..30 {
        spar.next([Act::CutAfter(9_999)]);
        fetch(&spar, folder.path()).await.expect_err("cut");
    }
    let fetched = fetch(&spar, folder.path()).await.expect("fetched");
    assert_eq!(fetched.resumed_from, 30 * 9_999);
    assert_eq!(fs::read(&fetched.path).expect("file"), content(NAME, BYTES, "\"1\""));
}

// DL-02: one call goes on by itself, from where it was.
#[tokio::test]
async fn one_call_goes_on_where_it_was() {
    let (spar, folder) = (Spar::with_file(BYTES), folder());
    spar.next([Act::CutAfter(100_000), Act::HangUp]);
    let client = spar.builder().retry(Retry::default().with_first_wait(Duration::ZERO)).build();
    let fetched = client.fetch(&filnamn(), folder.path(), &Fetch::default().without_check()).await;
    assert_eq!(
        fs::read(fetched.expect("fetched").path).expect("file"),
        content(NAME, BYTES, "\"1\"")
    );
    let ranges: Vec<_> = spar.seen().iter().map(|line| line.ends_with("bytes=100000-")).collect();
    assert_eq!(ranges, [false, true, true]);
}

// A torn note tells nothing, and a part without one is of no use.
#[tokio::test]
async fn a_part_without_a_note_is_begun_anew() {
    for note in [None, Some("{\"validat"), Some("")] {
        let (spar, folder) = (Spar::with_file(BYTES), folder());
        fs::write(folder.path().join(format!(".{NAME}.part")), "rubbish").expect("part");
        if let Some(note) = note {
            fs::write(folder.path().join(format!(".{NAME}.part.json")), note).expect("note");
        }
        let fetched = fetch(&spar, folder.path()).await.expect("fetched");
        assert_eq!(fs::read(&fetched.path).expect("file"), content(NAME, BYTES, "\"1\""));
        assert_eq!(names(folder.path()), [NAME]);
    }
}

// DL-05: two at once keep each other out, and neither harms the file.
#[tokio::test]
async fn two_at_once_keep_each_other_out() {
    let (spar, folder) = (Spar::with_file(BYTES), folder());
    let client = spar.client();
    let inner = (client.clone(), folder.path().to_owned());
    let tried = Arc::new(Mutex::new(None));
    let result = Arc::clone(&tried);
    let options = Fetch::default().with_check(move |_| {
        let (client, folder) = inner.clone();
        // Another process, as far as the file is concerned: the first one holds it still.
        let other = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("runtime").block_on(async {
                client.fetch(&filnamn(), &folder, &Fetch::default().without_check()).await
            })
        });
        *result.lock().expect("result") = Some(other.join().expect("other").expect_err("busy"));
        Ok(())
    });
    client.fetch(&filnamn(), folder.path(), &options).await.expect("fetched");
    let error = tried.lock().expect("result").take().expect("tried");
    assert_eq!(error.kind(), ErrorKind::Busy);
    assert_eq!(names(folder.path()), [NAME]);
}

// DL-06: what is there is not touched, whatever it is.
#[tokio::test]
async fn what_is_there_is_not_touched() {
    type Make = fn(&Path);
    let rows: [(&str, Make); 3] = [
        ("a file", |path| fs::write(path, "mine").expect("file")),
        ("a folder", |path| fs::create_dir(path).expect("folder")),
        #[cfg(unix)]
        ("a link that leads nowhere", |path| {
            std::os::unix::fs::symlink("/nowhere/at/all", path).expect("link");
        }),
    ];
    for (what, make) in rows {
        let (spar, folder) = (Spar::with_file(BYTES), folder());
        make(&folder.path().join(NAME));
        let error = fetch(&spar, folder.path()).await.expect_err(what);
        assert_eq!(error.kind(), ErrorKind::Exists, "{what}");
        assert!(spar.seen().is_empty(), "{what}");
        assert_eq!(names(folder.path()), [NAME], "{what}");
    }
}

// DL-06: a folder that is none, or not ours.
#[tokio::test]
async fn a_folder_that_cannot_be_used_is_named() {
    let (spar, folder) = (Spar::with_file(1), folder());
    let file = folder.path().join("file");
    fs::write(&file, "").expect("file");
    for folder in [&file, &folder.path().join("missing")] {
        let error = fetch(&spar, folder).await.expect_err("no folder");
        assert_eq!(error.kind(), ErrorKind::Storage);
    }
    assert!(spar.seen().is_empty());
}

// DL-06: someone else's file that appears at the last moment is not replaced.
#[tokio::test]
async fn a_file_that_appears_meanwhile_is_not_replaced() {
    let (spar, folder) = (Spar::with_file(BYTES), folder());
    let path = folder.path().join(NAME);
    let other = path.clone();
    let options = Fetch::default().with_check(move |_| Ok(fs::write(&other, "mine")?));
    let error = spar.client().fetch(&filnamn(), folder.path(), &options).await.expect_err("exists");
    assert_eq!(error.kind(), ErrorKind::Exists);
    assert_eq!(fs::read(&path).expect("file"), b"mine");
}

// DL-22: what the check refuses gets no name, and is not gone on with.
#[tokio::test]
async fn a_damaged_file_gets_no_name() {
    let (spar, folder) = (Spar::with_file(BYTES), folder());
    let options = Fetch::default().with_check(|path| {
        assert_eq!(fs::metadata(path)?.len(), BYTES as u64);
        Err("the archive is damaged".into())
    });
    let error =
        spar.client().fetch(&filnamn(), folder.path(), &options).await.expect_err("damaged");
    assert_eq!(error.kind(), ErrorKind::Damaged);
    assert!(!folder.path().join(NAME).exists());
    let fetched = fetch(&spar, folder.path()).await.expect("fetched");
    assert_eq!(fetched.resumed_from, 0);
}

// DL-22: unless told otherwise, a file has to be an archive with a whole file of SPAR's in it.
#[tokio::test]
async fn archives_are_looked_into() {
    const EMPTY: &str = concat!(
        r#"<a:SPARAvisering xmlns:a="http://statenspersonadressregister.se/schema/x">"#,
        "<a:AviseringPoster/></a:SPARAvisering>"
    );
    let cut = &EMPTY[..EMPTY.len() - 5];
    for (bytes, is_whole) in
        [(EMPTY, true), (cut, false), ("<html>", false), ("PK\u{3}\u{4}", false)]
    {
        let (spar, folder) = (Spar::default(), folder());
        spar.state().files.insert(NAME.to_owned(), (bytes.as_bytes().to_vec(), "\"1\""));
        let result = spar.client().fetch(&filnamn(), folder.path(), &Fetch::default()).await;
        assert_eq!(result.is_ok(), is_whole, "{bytes}: {result:?}");
        assert_eq!(folder.path().join(NAME).exists(), is_whole, "{bytes}");
        if let Err(error) = result {
            assert_eq!(error.kind(), ErrorKind::Damaged);
        }
    }
}

// DL-17: gone after 60 days; nothing is left behind.
#[tokio::test]
async fn a_file_that_is_gone_leaves_nothing() {
    let (spar, folder) = (Spar::default(), folder());
    for act in [None, Some(status(410, "{}")), Some(Act::HangUp)] {
        spar.next(act);
        fetch(&spar, folder.path()).await.expect_err("gone");
        assert!(names(folder.path()).is_empty(), "{:?}", names(folder.path()));
    }
}

#[tokio::test]
async fn progress_is_told() {
    let (spar, folder) = (Spar::with_file(BYTES), folder());
    let last = Arc::new(AtomicU64::new(0));
    let told = Arc::clone(&last);
    let options = Fetch::default().without_check().with_progress(move |name, bytes, total| {
        assert_eq!((name.as_str(), total), (NAME, Some(BYTES as u64)));
        assert!(bytes > told.swap(bytes, SeqCst));
    });
    spar.client().fetch(&filnamn(), folder.path(), &options).await.expect("fetched");
    assert_eq!(last.load(SeqCst), BYTES as u64);
}
