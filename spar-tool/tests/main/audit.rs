//! The audit log: a line for every search, on disk before its answer is shown.

use spar_simulator::{Answer, Cut, Script};

use crate::embedded::{ANNA, NOBODY, Spar, lines};

const KEY: &str = "0123456789abcdef0123456789abcdef";

fn run(spar: &Spar, arguments: &[&str], input: &str) -> crate::embedded::Ran {
    let mut command = spar.command(arguments);
    command.env("SPAR_AUDIT_KEY", KEY);
    crate::embedded::finish(crate::embedded::begin(command, input))
}

#[test]
fn every_search_has_a_line_that_does_not_hold_the_number() {
    let spar = Spar::start();
    let log = spar.file("audit.ndjson");
    let audit = |number: &str| {
        run(&spar, &["personsok", "--audit", &log, "--purpose", "ärende 4711"], number)
    };
    let hit = audit(ANNA);
    assert_eq!(hit.status, Some(0), "{hit:?}");
    audit(NOBODY);
    spar.script([Answer::fault().into(), Script::from(Answer::Usual).cut(Cut::Reset(None))]);
    audit(ANNA);
    audit(ANNA);
    run(&spar, &["personsok", "--audit", &log, "--namn-sok-argument", "Exempelsson"], "");
    let text = spar.read("audit.ndjson");
    assert!(!text.contains(ANNA) && !text.contains("Exempelsson"), "{text}");
    let lines = lines(&text);
    let outcomes: Vec<_> = lines.iter().map(|line| (&line["outcome"], &line["sent"])).collect();
    assert_eq!(
        format!("{outcomes:?}").replace("String", ""),
        r#"[(("hit"), ("yes")), (("no_hit"), ("yes")), (("fault"), ("yes")), (("failed"), ("unknown")), (("hit"), ("yes"))]"#
    );
    let first = &lines[0];
    assert_eq!(first["slut_anvandar_id"], "prov");
    assert_eq!(first["purpose"], "ärende 4711");
    assert_eq!(first["uppdrag_id"], "637");
    assert_eq!(first["uuid"].as_str().unwrap().len(), 36);
    assert!(first["time"].as_str().unwrap().ends_with('Z'));
    // The hash is found again by whoever has the key, and by nobody else.
    let hash = run(&spar, &["audit", "hash"], ANNA);
    assert_eq!(first["id_nummer_hmac"], hash.stdout.trim());
    assert_eq!(first["id_nummer_hmac"], lines[2]["id_nummer_hmac"]);
    assert_eq!(lines[4]["question"], "sokvillkor");
    assert_eq!(lines[4]["id_nummer_hmac"], serde_json::Value::Null);
    #[cfg(unix)]
    assert_eq!(mode(&log), 0o600);
}

#[test]
fn a_key_is_made_once_and_for_its_owner_alone() {
    let spar = Spar::start();
    let log = spar.file("audit.ndjson");
    let ran = spar.run(&["personsok", "--audit", &log], ANNA);
    assert_eq!((ran.status, spar.simulator.requests()), (Some(2), 0));
    assert!(ran.stderr.contains("spar audit new-key"), "{ran:?}");
    let key = spar.file("audit.key");
    assert_eq!(spar.run(&["audit", "new-key", &key], "").status, Some(0));
    let made = spar.read("audit.key");
    assert_eq!(made.trim().len(), 64);
    #[cfg(unix)]
    assert_eq!(mode(&key), 0o600);
    assert_eq!(spar.run(&["audit", "new-key", &key], "").status, Some(2));
    assert_eq!(spar.read("audit.key"), made);
    let ran = spar.run(&["personsok", "--audit", &log, "--audit-key-file", &key], ANNA);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let short = spar.write("short.key", "short");
    let ran = spar.run(&["personsok", "--audit", &log, "--audit-key-file", &short], ANNA);
    assert_eq!(ran.status, Some(2), "{ran:?}");
}

#[test]
fn a_line_that_a_crash_has_torn_spoils_no_other() {
    let spar = Spar::start();
    let log = spar.write("audit.ndjson", "{\"whole\":1}\n{\"torn\":");
    run(&spar, &["personsok", "--audit", &log], ANNA);
    run(&spar, &["personsok", "--audit", &log], ANNA);
    let text = spar.read("audit.ndjson");
    let lines: Vec<_> = text.lines().collect();
    assert_eq!((lines.len(), &lines[..2]), (4, &["{\"whole\":1}", "{\"torn\":"][..]));
    assert!(serde_json::from_str::<serde_json::Value>(lines[2]).is_ok(), "{text}");
}

#[test]
fn a_log_that_cannot_be_opened_makes_no_search() {
    let spar = Spar::start();
    let log = spar.file("no such folder/audit.ndjson");
    let ran = run(&spar, &["personsok", "--audit", &log], ANNA);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
    assert_eq!(spar.simulator.requests(), 0);
}

#[test]
#[cfg(target_os = "linux")]
fn what_cannot_be_recorded_is_not_shown_and_not_lost() {
    let spar = Spar::start();
    let withheld = spar.file("withheld.ndjson");
    let full = ["--audit", "/dev/full", "--audit-withheld", &withheld];
    let input = format!("{ANNA}\n{NOBODY}\n");
    let list = ["personsok", "--max-searches", "2", "--concurrency", "1"];
    let ran = run(&spar, &[&list[..], &full].concat(), &input);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(9), ""), "{ran:?}");
    for part in ["No space left on device", "spar audit release", "No further search begins"] {
        assert!(ran.stderr.contains(part), "{part} in {ran:?}");
    }
    assert!(!ran.stderr.contains("Exempelsson") && !ran.stderr.contains(ANNA), "{ran:?}");
    // PII-18.
    assert_eq!(mode(&withheld), 0o600);
    assert_eq!(spar.simulator.requests(), 1);

    // With the log mended, the line comes first, and then the answer.
    let log = spar.file("audit.ndjson");
    let ran = run(&spar, &["audit", "release", &withheld, "--audit", &log], "");
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert_eq!(lines(&ran.stdout)[0]["PersonsokningSvarspost"][0]["PersonId"]["IdNummer"], ANNA);
    assert_eq!(lines(&spar.read("audit.ndjson"))[0]["outcome"], "hit");
    assert!(!std::path::Path::new(&withheld).exists());

    // If there is no room for it either, that is told, and nothing is shown.
    let nowhere = ["--audit", "/dev/full", "--audit-withheld", "/dev/full"];
    let ran = run(&spar, &[&["personsok"][..], &nowhere].concat(), ANNA);
    assert_eq!(ran.stdout, "");
    assert_eq!(ran.status, Some(9), "{ran:?}");
    assert!(ran.stderr.contains("an answer that was paid for is lost"), "{ran:?}");
}

#[cfg(unix)]
fn mode(path: &str) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
