//! DL-15 to DL-17, DL-19, FT-12: everything that is new, each file once.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use spar_filtransport::{Error, ErrorKind, Fetch, Problem, Retry, Synced};
use tempfile::TempDir;

use crate::peer::{Act, Spar, content, status};

const LEDGER: &str = ".spar-filtransport.jsonl";

/// 2026-11-25, at noon.
fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_608_000)
}

async fn sync(spar: &Spar, folder: &Path) -> Result<Synced, Error> {
    let client = spar.builder().retry(Retry::default().with_attempts(1)).wall_clock(noon).build();
    client.sync(folder, &Fetch::default().without_check()).await
}

fn three_files() -> (Spar, TempDir) {
    let spar = Spar::default();
    for (name, bytes) in [("a.zip", 10), ("b.zip", 200_000), ("c.zip", 30)] {
        spar.put(name, bytes, "\"1\"");
    }
    (spar, tempfile::tempdir().expect("folder"))
}

/// How often the files were fetched.
fn fetches(spar: &Spar) -> usize {
    spar.seen().iter().filter(|line| line.contains("/hamta/")).count()
}

fn fetched(synced: &Synced) -> Vec<String> {
    let names = synced.fetched.iter().filter_map(|fetched| fetched.path.file_name()?.to_str());
    names.map(str::to_owned).collect()
}

#[tokio::test]
async fn every_file_is_fetched_once() {
    let (spar, folder) = three_files();
    let synced = sync(&spar, folder.path()).await.expect("synced");
    assert_eq!(fetched(&synced), ["a.zip", "b.zip", "c.zip"]);
    assert_eq!((synced.known, synced.problems.len()), (0, 0));
    assert_eq!(fetches(&spar), 3);

    spar.put("d.zip", 40, "\"1\"");
    let synced = sync(&spar, folder.path()).await.expect("synced");
    assert_eq!((fetched(&synced), synced.known), (vec!["d.zip".to_owned()], 3));
    assert_eq!(fetches(&spar), 1);
    for (name, bytes) in [("a.zip", 10), ("b.zip", 200_000), ("c.zip", 30), ("d.zip", 40)] {
        let file = fs::read(folder.path().join(name)).expect("file");
        assert_eq!(file, content(name, bytes, "\"1\""));
    }
    let ledger = fs::read_to_string(folder.path().join(LEDGER)).expect("ledger");
    assert_eq!(ledger.lines().count(), 4);
    assert!(ledger.lines().all(|line| line.contains(r#""fetched":"2026-11-25T12:00:00Z""#)));
}

// DL-15: the status at SPAR plays no part; every file is asked for, new or not.
#[tokio::test]
async fn the_status_at_spar_plays_no_part() {
    let (spar, folder) = three_files();
    spar.next([status(200, r#"{"utfiler":[{"filnamn":"a.zip","filstatus":"HAMTAD"}]}"#)]);
    let synced = sync(&spar, folder.path()).await.expect("synced");
    assert_eq!(fetched(&synced), ["a.zip"]);
    assert_eq!(spar.seen()[0], "GET /v3/utfil");
}

// DL-15: a failure after SPAR has noted the fetch is made good by the next run; others go on.
#[tokio::test]
async fn one_failure_does_not_stop_the_others() {
    let (spar, folder) = three_files();
    let list = r#"{"utfiler":[{"filnamn":"a.zip"},{"filnamn":"b.zip"},{"filnamn":"c.zip"}]}"#;
    spar.next([status(200, list), status(200, ""), Act::CutAfter(5_000)]);
    let synced = sync(&spar, folder.path()).await.expect("synced");
    let failed = match &synced.problems[..] {
        [Problem::Failed(name, _)] => name.as_str(),
        other => panic!("{other:?}"),
    };
    assert_eq!((failed, fetched(&synced).len()), ("b.zip", 2));
    let synced = sync(&spar, folder.path()).await.expect("synced");
    assert_eq!((fetched(&synced), synced.known), (vec!["b.zip".to_owned()], 2));
    assert_eq!(synced.fetched[0].resumed_from, 5_000);
}

// DL-16: the crash between "safe under its name" and "noted".
#[tokio::test]
async fn a_file_that_is_safe_but_not_noted_is_confirmed() {
    let (spar, folder) = three_files();
    sync(&spar, folder.path()).await.expect("synced");
    let ledger = folder.path().join(LEDGER);
    let text = fs::read_to_string(&ledger).expect("ledger");
    let cut = text.len() - 20;
    for keep in [0, cut] {
        // Nothing, or a torn last line.
        fs::write(&ledger, &text[..keep]).expect("ledger");
        fetches(&spar);
        let synced = sync(&spar, folder.path()).await.expect("synced");
        assert!(synced.problems.is_empty(), "{:?}", synced.problems);
        assert_eq!(fetches(&spar), if keep == 0 { 3 } else { 1 });
        assert_eq!(fs::read_to_string(&ledger).expect("ledger"), text);
        assert_eq!(fs::read_dir(folder.path()).expect("folder").count(), 4);
    }
}

// DL-19: another file under a name that is taken is never put over it.
#[tokio::test]
async fn another_file_of_that_name_is_reported() {
    let (spar, folder) = three_files();
    fs::write(folder.path().join("a.zip"), "mine").expect("file");
    let synced = sync(&spar, folder.path()).await.expect("synced");
    match &synced.problems[..] {
        [Problem::Failed(name, error)] => {
            assert_eq!((name.as_str(), error.kind()), ("a.zip", ErrorKind::Exists));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(fs::read(folder.path().join("a.zip")).expect("file"), b"mine");
    assert_eq!(fetched(&synced), ["b.zip", "c.zip"]);
}

#[tokio::test]
async fn files_that_vanished_or_changed_are_reported_and_not_fetched_again() {
    let (spar, folder) = three_files();
    sync(&spar, folder.path()).await.expect("synced");
    fs::remove_file(folder.path().join("a.zip")).expect("removed");
    fs::write(folder.path().join("b.zip"), "other").expect("changed");
    fetches(&spar);
    let synced = sync(&spar, folder.path()).await.expect("synced");
    assert_eq!((synced.fetched.len(), synced.known, fetches(&spar)), (0, 3, 0));
    match &synced.problems[..] {
        [Problem::Vanished(a), Problem::Changed(b)] => {
            assert_eq!((a.as_str(), b.as_str()), ("a.zip", "b.zip"));
        }
        other => panic!("{other:?}"),
    }
}

// DL-10: a name from the server never becomes a path unless it follows the rule.
#[tokio::test]
async fn names_that_are_none_are_reported() {
    let (spar, folder) = three_files();
    let list = r#"{"utfiler":[{"filnamn":"../a.zip"},{},{"filnamn":"a.zip"},{"filnamn":"a.zip"}]}"#;
    spar.next([status(200, list)]);
    let synced = sync(&spar, folder.path()).await.expect("synced");
    assert!(matches!(synced.problems[..], [Problem::Unnamed, Problem::Unnamed]));
    assert_eq!(fetched(&synced), ["a.zip"]);
}

// DL-17: a warning before the 60 days are over, and the others go on.
#[tokio::test]
async fn files_that_go_soon_are_named() {
    let rows = [
        ("SPARAvisering_20261020120000_SPAR500243-949.zip", false),
        ("SPARAvisering_20261010120000_SPAR500243-949.zip", true),
        ("SPARAvisering_20260926120000_SPAR500243-949.zip", true),
        ("SPARAvisering_20260920120000_SPAR500243-949.zip", true),
        ("SPARAvisering_20279999120000_SPAR500243-949.zip", false),
        ("utfil.zip", false),
    ];
    for (name, expires) in rows {
        let folder = tempfile::tempdir().expect("folder");
        let spar = Spar::default();
        spar.put("z.zip", 10, "\"1\"");
        let list = format!(r#"{{"utfiler":[{{"filnamn":"{name}"}},{{"filnamn":"z.zip"}}]}}"#);
        spar.next([status(200, &list)]);
        let synced = sync(&spar, folder.path()).await.expect("synced");
        assert_eq!(synced.expiring.len(), usize::from(expires), "{name}");
        assert_eq!(synced.problems.len(), 1, "{name}");
        assert_eq!(fetched(&synced), ["z.zip"]);
    }
}

#[tokio::test]
async fn two_runs_keep_each_other_out() {
    let (spar, folder) = three_files();
    let held = fs::File::create(folder.path().join(LEDGER)).expect("ledger");
    held.lock().expect("lock");
    let error = sync(&spar, folder.path()).await.expect_err("busy");
    assert_eq!(error.kind(), ErrorKind::Busy);
    assert!(spar.seen().is_empty());
    drop(held);
    assert_eq!(sync(&spar, folder.path()).await.expect("synced").fetched.len(), 3);
}

#[tokio::test]
async fn a_ledger_that_makes_no_sense_is_named() {
    let (spar, folder) = three_files();
    sync(&spar, folder.path()).await.expect("synced");
    let ledger = folder.path().join(LEDGER);
    let text = fs::read_to_string(&ledger).expect("ledger");
    fs::write(&ledger, format!("{text}rubbish\n{text}")).expect("ledger");
    let error = sync(&spar, folder.path()).await.expect_err("rubbish");
    assert_eq!(error.kind(), ErrorKind::Ledger);
    let source = std::error::Error::source(&error).expect("source").to_string();
    assert_eq!(source, format!("line 4 of {LEDGER}"));
}
