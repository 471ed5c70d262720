//! What a search leaves on the machine: nothing but what was asked for.

use std::collections::BTreeSet;
use std::path::Path;

use spar_simulator::{Answer, Cut, Script};

use crate::embedded::{ANNA, PROTECTED, Spar, begin, finish};

/// What is known of the persons who are searched for, and what is typed.
const MARKERS: &[&str] = &[
    ANNA,
    PROTECTED,
    "19750302",
    "Exempelsson",
    "Elisabet",
    "Provgatan",
    "KARLSTAD",
    "65224",
    "Hemligsson",
    "hemlig.handlaggare",
];

#[test]
fn no_log_holds_a_value_of_question_or_answer() {
    // PII-03, PII-11, PII-14, over every way in which a search can go.
    let spar = Spar::start();
    let check = |arguments: &[&str], input: &str| {
        let mut command = spar.command(arguments);
        command.env("RUST_LOG", "trace").env("SPAR_SLUT_ANVANDAR_ID", "hemlig.handlaggare");
        command.env("SPAR_AUDIT_KEY", "0123456789abcdef0123456789abcdef");
        let ran = finish(begin(command, input));
        for marker in MARKERS {
            assert!(!ran.stderr.contains(marker), "{marker} in {arguments:?}\n{}", ran.stderr);
        }
        ran
    };
    let ran = check(&["personsok"], ANNA);
    assert!(ran.stderr.contains("outcome=\"hit\"") || ran.stderr.contains("status=200"), "{ran:?}");
    check(&["personsok", "--id-nummer", ANNA], "");
    check(&["personsok", "--verbose"], PROTECTED);
    check(&["personsok", "--namn-sok-argument", "Hemligsson"], "");
    check(&["personsok", "--namn-sok-argument", "Hemligsson*", "--post-nr", "65224x"], "");
    check(&["personsok", "--fraga", "-"], r#"{"NamnSokArgument": "Exempelsson"}"#);
    check(&["personsok", "--fraga", "-"], r#"{"NamnSokArgument": "Hemligsson*", "Kon": 1}"#);
    check(&["personsok", "Hemligsson"], "");
    check(&["personsok", "--Hemligsson=x"], "");
    check(&["personsok", "--kon", "Hemligsson"], "");
    check(&["personsok", "--behorighet", "Hemligsson"], "");
    check(&["Hemligsson"], "");
    check(&["personsok", "--id-nummer", "19750302-9865"], "");
    check(&["personsok", "--max-searches", "3"], &format!("{ANNA}\nHemligsson\n{PROTECTED}"));
    let claim =
        format!("{{\"id_nummer\":\"{ANNA}\",\"efternamn\":\"Hemligsson\"}}\n{{\"Hemligsson\":1}}");
    check(&["compare"], &claim);
    check(&["personsok", "--audit", "audit.ndjson", "--purpose", "Hemligsson"], ANNA);
    let whole = Script::from(Answer::Usual);
    spar.script([
        Answer::fault().into(),
        Answer::undantag().into(),
        Answer::Page.into(),
        Answer::Status(503).into(),
        Answer::WrongEcho.into(),
        whole.clone().cut(Cut::Truncate(Some(2000))),
        whole.cut(Cut::Reset(None)),
    ]);
    for _ in 0..7 {
        check(&["personsok", "--format", "json"], ANNA);
    }
    // What was asked for is where it belongs.
    assert!(check(&["personsok"], ANNA).stdout.contains("Exempelsson"));
}

#[test]
#[cfg(target_os = "linux")]
fn the_process_shows_no_number_and_leaves_no_core() {
    // PII-05, PII-18.
    let spar = Spar::start();
    spar.script([Script::from(Answer::Usual).cut(Cut::Stall(None))]);
    let mut child = spar.spawn(&["personsok"], ANNA);
    spar.wait_for_requests(1);
    let of = |name: &str| {
        let path = format!("/proc/{}/{name}", child.id());
        String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()
    };
    for name in ["cmdline", "environ", "status", "stat"] {
        assert!(!of(name).contains(ANNA), "{name}");
    }
    let limits = of("limits");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    child.kill().unwrap();
    child.wait().unwrap();

    // The argument form is possible, and warned about.
    let ran = spar.run(&["personsok", "--id-nummer", ANNA], "");
    assert_eq!(ran.status, Some(0));
    assert!(ran.stderr.contains("give it on standard input"), "{ran:?}");
}

#[test]
fn no_file_is_left_and_nothing_is_cached() {
    // PII-09, PII-17.
    let spar = Spar::start();
    let temporary = tempfile::tempdir().unwrap();
    let before = files(spar.path());
    for _ in 0..2 {
        for (arguments, input) in [
            (&["personsok"][..], ANNA.to_owned()),
            (&["personsok", "--max-searches", "2"], format!("{ANNA}\n{PROTECTED}")),
            (&["compare"], format!("{{\"id_nummer\": \"{ANNA}\", \"efternamn\": \"Ek\"}}")),
        ] {
            let mut command = spar.command(arguments);
            command.env("TMPDIR", temporary.path());
            assert_eq!(finish(begin(command, &input)).status, Some(0), "{arguments:?}");
        }
    }
    assert_eq!(files(spar.path()), before);
    assert_eq!(files(temporary.path()), BTreeSet::new());
    // A search repeated is a search made.
    assert_eq!(spar.simulator.searches(), 8);
}

fn files(folder: &Path) -> BTreeSet<std::path::PathBuf> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        }
        found.insert(path);
    }
    found
}

#[test]
fn a_number_of_the_wrong_form_is_not_repeated_in_the_message() {
    // PII-02.
    let spar = Spar::start();
    for number in ["19750302-9865", "000000000000", "", "Hemligsson"] {
        let ran = spar.run(&["personsok"], number);
        assert_eq!(ran.status, Some(2), "{number}");
        assert!(number.is_empty() || !ran.stderr.contains(number), "{ran:?}");
    }
    assert_eq!(spar.simulator.requests(), 0);
}
