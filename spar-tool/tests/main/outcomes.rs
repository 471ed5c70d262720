//! One search: what is shown, where, and with which exit status.

use expect_test::{Expect, expect};
use spar_simulator::{Answer, Cut, Script};

use crate::embedded::{ANNA, NOBODY, PROTECTED, Ran, Spar, begin, finish, lines, without_uuid};
use crate::{spar, text};

#[test]
fn the_demonstration_comes_out_as_expected() {
    let output = spar().arg("demo").output().unwrap();
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    for expected in [
        "Anna Maria Elisabet Exempelsson",
        "110 persons match, 100 are handed out at most",
        "refused: NamnSokArgument: a wild card needs two letters before it",
        "Undantag, code OGILTIG_INPARAMETER",
        "SPAR refused the request with the fault",
        "A real SPAR would have billed 6 searches; the embedded one counted 6.",
    ] {
        assert!(shown.contains(expected), "{expected} in\n{shown}");
    }
}

/// Data is on stdout, everything else on stderr, and the status tells outcomes apart.
#[test]
fn an_outcome_has_its_words_and_its_status() {
    let spar = Spar::start();
    let check = |number: &str, expected: Expect| {
        let Ran { status, stdout, stderr } = spar.run(&["personsok"], &format!("{number}\n"));
        let stderr = without_uuid(&stderr);
        expected.assert_eq(&format!("{stdout}stderr:\n{stderr}status: {}\n", status.unwrap()));
    };
    check(
        ANNA,
        expect![[r#"
          id number             197503029865
          kind                  PERSONNUMMER
          name                  Anna Maria Elisabet Exempelsson
          born                  1975-03-02
          registered address    Provgatan 12, 65224 KARLSTAD
        stderr:
        note: SPAR's number of the exchange: UUID
        status: 0
    "#]],
    );
    // SOAP-04: absence stays absence.
    check(
        PROTECTED,
        expect![[r#"
          id number             198104099968
          kind                  PERSONNUMMER
          protected             yes: name and address are not given out
          born                  1981-04-09
        stderr:
        note: SPAR's number of the exchange: UUID
        status: 0
    "#]],
    );
    // SOAP-08.
    check(
        NOBODY,
        expect![[r#"
        nobody matches
        stderr:
        note: SPAR's number of the exchange: UUID
        status: 3
    "#]],
    );
    spar.script([Script::from(Answer::undantag())]);
    check(
        ANNA,
        expect![[r#"
        SPAR made an exception, GENERELLT_FEL: Ett fel som var beställt
        stderr:
        note: SPAR's number of the exchange: UUID
        status: 5
    "#]],
    );
    // SOAP-11.
    spar.script([Script::from(Answer::fault())]);
    check(
        ANNA,
        expect![[r#"
        stderr:
        error: SPAR refused the request with the fault Server
          why: SPAR says: A fault that was asked for
          billed: not as far as known: SPAR refused the request
          try: check customer numbers and uppdrag, and that SPAR has been told about the certificate if it is new; SPAR's text tells more
        status: 6
    "#]],
    );
    spar.script([Script::from(Answer::Status(503))]);
    check(
        ANNA,
        expect![[r#"
        stderr:
        error: SPAR answered with HTTP status 503
          billed: probably: the server answered. It is not repeated
          try: SPAR may be closed for service; its site announces the windows
        status: 8
    "#]],
    );
}

#[test]
fn a_search_that_may_have_been_executed_is_told_as_possibly_billed() {
    let spar = Spar::start();
    spar.script([Script::from(Answer::Usual).cut(Cut::Reset(None))]);
    let ran = spar.run(&["personsok"], ANNA);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(8), ""));
    // What the system says of the connection is its own.
    let told: Vec<_> = ran.stderr.lines().filter(|line| !line.starts_with("  why: ")).collect();
    assert_eq!(
        told,
        [
            "error: no answer from SPAR",
            "  billed: possibly: the search may have been executed. It is not repeated",
            "  try: check network, address and proxy; `spar config` shows what is in force",
        ]
    );
    assert!(ran.stderr.contains("why: the connection was lost before an answer"), "{ran:?}");
}

/// What happened, why, whether it may have been billed, what to do: for each kind of failure.
#[test]
fn every_failure_is_told_in_its_parts() {
    let spar = Spar::start();
    let check = |script: &str, arguments: &[&str], input: &str, expected: (i32, &str, &str)| {
        let (status, billed, advice) = expected;
        if !script.is_empty() {
            spar.script([script.parse::<Script>().unwrap()]);
        }
        let ran = spar.run(&[&["personsok"], arguments].concat(), input);
        assert_eq!(ran.status, Some(status), "{script} {arguments:?} {ran:?}");
        let lines: Vec<_> = ran.stderr.lines().collect();
        let [what, why @ .., last] = &lines[..] else { panic!("{ran:?}") };
        assert!(what.starts_with("error: ") && last.starts_with("  try: "), "{ran:?}");
        assert!(last.contains(advice), "{advice} in {ran:?}");
        let told = why.iter().find_map(|line| line.strip_prefix("  billed: "));
        assert_eq!(
            told.map(|told| told.split([',', ':', ' ']).next().unwrap()),
            match billed {
                "" => None,
                billed => Some(billed),
            }
        );
        let is_why = |line: &&str| line.starts_with("  why: ") || line.starts_with("  billed: ");
        assert!(why.iter().all(is_why), "{ran:?}");
    };
    // Nothing listens there.
    check("", &["--url", "https://localhost:1/2023.1/"], ANNA, (7, "no", "firewall"));
    check("", &["--proxy", "http://127.0.0.1:1"], ANNA, (7, "no", "proxy"));
    check("stall", &["--timeout-total", "0.5"], ANNA, (8, "possibly", "spar config"));
    check("truncate", &[], ANNA, (8, "possibly", "spar config"));
    check("truncate=500", &[], ANNA, (8, "probably", "spar config"));
    check("page", &[], ANNA, (8, "probably", "closed for service"));
    check("status=403", &[], ANNA, (8, "probably", "registered with SPAR"));
    check("status=404", &[], ANNA, (8, "probably", "endpoint"));
    check("status=503", &[], ANNA, (8, "probably", "closed for service"));
    check("fault", &[], ANNA, (6, "not", "customer numbers"));
    check("", &["--fraga=-"], r#"{"PostNr": "1"}"#, (2, "no", "correct the question"));
    check("", &["--namn-sok-argument=a*"], "", (2, "", "waived"));
    check("", &["--certificate=/no/such"], ANNA, (2, "", "check the path"));
    check("", &["--roots=/no/such"], ANNA, (2, "", "authorities"));
    check("", &["--id-nummer=/no/such"], "", (2, "", "check the path"));
    check("", &["--resume=/no/such"], ANNA, (2, "", "check the path"));
    check("", &[], "", (2, "", "give one per line"));
    check("", &["--log=spar=loud"], ANNA, (2, "", "--log debug"));
}

#[test]
fn the_environments_proxy_is_not_asked_for_this_machine() {
    let spar = Spar::start();
    let mut command = spar.command(&["personsok"]);
    command.env("HTTPS_PROXY", "http://127.0.0.1:1");
    let ran = finish(begin(command, ANNA));
    assert_eq!(ran.status, Some(0), "{ran:?}");
}

#[test]
fn a_search_that_never_left_is_told_as_not_billed() {
    let spar = Spar::start();
    // Another authority's roots: the server is not believed, and nothing is sent.
    let foreign = Spar::start();
    let roots = foreign.file("certificates/ca.pem");
    let ran = spar.run(&["personsok", "--roots", &roots], ANNA);
    assert_eq!(ran.status, Some(7), "{ran:?}");
    assert!(ran.stderr.contains("billed: no, nothing was sent"), "{ran:?}");
    assert_eq!((ran.stdout.as_str(), spar.simulator.requests()), ("", 0));
}

#[test]
fn too_many_is_an_outcome_of_its_own() {
    // SOAP-09.
    let spar = Spar::start();
    let ran = spar.run(&["personsok", "--namn-sok-argument", "Testsson"], "");
    assert_eq!(ran.status, Some(4));
    assert_eq!(ran.stdout, "110 persons match, SPAR hands out 100 at most\n");
}

#[test]
fn json_holds_everything() {
    let spar = Spar::start();
    let ran = spar.run(&["personsok", "--format", "json"], ANNA);
    let json = &lines(&ran.stdout)[0];
    assert_eq!((&json["outcome"], &json["sent"]), (&"hit".into(), &"yes".into()));
    assert_eq!(json["id_nummer"], ANNA);
    assert_eq!(json["PersonsokningSvarspost"][0]["PersonId"]["IdNummer"], ANNA);
    assert_eq!(json["PersonsokningSvarspost"][0]["Sekretessmarkering"]["value"], "NEJ");
    assert_eq!(json["PersonsokningSvarspost"][0]["Namn"][0]["Efternamn"], "Exempelsson");
    assert_eq!(json["deviations"], serde_json::json!([]));

    spar.script([Script::from(Answer::Usual).cut(Cut::Reset(None)), Answer::fault().into()]);
    let ran = spar.run(&["personsok", "--format", "json"], ANNA);
    let json = &lines(&ran.stdout)[0];
    assert_eq!((&json["outcome"], &json["sent"]), (&"failed".into(), &"unknown".into()));
    let ran = spar.run(&["personsok", "--format", "json"], ANNA);
    let json = &lines(&ran.stdout)[0];
    assert_eq!(
        (&json["outcome"], &json["fault"]),
        (&"fault".into(), &"A fault that was asked for".into())
    );
}

#[test]
fn a_table_has_a_row_per_person() {
    let spar = Spar::start();
    let ran = spar.run(
        &[
            "personsok",
            "--format",
            "table",
            "--namn-sok-argument",
            "Mikael Karlsson",
            "--fonetisk-sokning",
        ],
        "",
    );
    expect![[r#"
        id number     outcome     born        name                              address
        196605179818  hit         1966-05-17  Mikael Karlsson                   Provbanan 18, 41319 GÖTEBORG
        197109039870  hit         1971-09-03  Michael Carlsson                  Modellgatan 22, 41655 GÖTEBORG
        198912129932  hit         1989-12-12  Mikaell Karlson                   Testparken 5, 21145 MALMÖ
        195802289990  hit         1958-02-28  Jan Mickael Carlson               Kontrollvägen 9, 16953 SOLNA
    "#]].assert_eq(&ran.stdout);
    let ran = spar.run(&["personsok", "--format", "table"], PROTECTED);
    expect![[r#"
        id number     outcome     born        name                              address
        198104099968  protected   1981-04-09
    "#]]
    .assert_eq(&ran.stdout);
}

#[test]
fn a_permission_opens_what_it_names() {
    // REQ-04: never added by itself.
    let spar = Spar::start();
    let related = spar.simulator.persons().iter().find(|post| !post.relation.is_empty());
    let number = related.unwrap().person_id.id_nummer.as_str().to_owned();
    let without = spar.run(&["personsok", "--format", "json"], &number);
    let with = spar.run(&["personsok", "--format", "json", "--behorighet", "Relationer"], &number);
    let relation =
        |json: &str| lines(json)[0]["PersonsokningSvarspost"][0].get("Relation").is_some();
    assert!(!relation(&without.stdout) && relation(&with.stdout));
}

#[test]
fn the_form_is_the_schemas() {
    let spar = Spar::start();
    let check = |arguments: &[&str], input: &str, status: i32, told: &str| {
        let before = spar.simulator.requests();
        let ran = spar.run(&[&["personsok"], arguments].concat(), input);
        assert_eq!(ran.status, Some(status), "{arguments:?} {ran:?}");
        assert!(ran.stderr.contains(told), "{told} in\n{}", ran.stderr);
        if status == 2 {
            assert_eq!(spar.simulator.requests(), before, "{arguments:?}");
        }
    };
    let all: &[&str] = &[
        "--fonetisk-sokning",
        "--fornamn-sok-argument=Anna",
        "--mellan-efternamn-sok-argument=Exempelsson",
        "--utdelningsadress-sok-argument=Provgatan",
        "--postort-sok-argument=karlstad",
        "--post-nr-from=60000",
        "--post-nr-tom=69999",
        "--fodelsedatum-from=1975-01-01",
        "--fodelsedatum-tom=1975-12-31",
        "--kon=KVINNA",
    ];
    check(all, "", 0, "");
    check(
        &["--namn-sok-argument=Exempelsson", "--fodelsedatum=1975-03-02", "--post-nr=65224"],
        "",
        0,
        "",
    );
    check(&["--namn-sok-argument=Exempelsson", "--lan-kod=99", "--kommun-kod=99"], "", 3, "");
    check(&["--distrikt-kod-from=999998", "--distrikt-kod-tom=999999"], "", 3, "");
    check(&["--distrikt-kod=999999"], "", 3, "");
    // REQ-07, REQ-08, REQ-09, REQ-10, REQ-11, REQ-12, and all that is wrong at once.
    check(&["--namn-sok-argument=a*", "--post-nr=1"], "", 2, "PostNr: value does not match");
    check(&["--namn-sok-argument=a*"], "", 2, "waived with --waive");
    check(&["--namn-sok-argument=ck*"], "", 3, "note: NamnSokArgument: the letters before the");
    check(&["--namn-sok-argument=a*", "--waive=short-wildcard"], "", 5, "");
    check(&["--namn-sok-argument=a", "--fornamn-sok-argument=b"], "", 2, "cannot stand beside");
    check(&["--post-nr-from=11111"], "", 2, "missing: --post-nr-tom");
    check(
        &["--post-nr=11111", "--post-nr-from=11111", "--post-nr-tom=11112"],
        "",
        2,
        "cannot stand beside",
    );
    check(&["--post-nr-from=20000", "--post-nr-tom=10000"], "", 2, "runs backward");
    check(&["--kommun-kod=80"], "", 2, "LanKod");
    check(&["--fonetisk-sokning"], "", 2, "a search needs an argument");
    check(&["--fonetisk-sokning", "--lan-kod=17"], "", 2, "only names are compared by sound");
    check(&["--kon=man"], "", 2, "give one of MAN, KVINNA");
    check(&["--kon=MAN", "--id-nummer=-"], ANNA, 2, "both id numbers and options");
    // The same as JSON, for what must not be in process lists.
    check(&["--fraga=-"], r#"{"NamnSokArgument": "Exempelsson", "Kon": "KVINNA"}"#, 0, "");
    check(&["--fraga=-"], r#"{"NamnSokArgument": "a*"}"#, 2, "a wild card needs two letters");
    check(&["--fraga=-", "--waive=short-wildcard"], r#"{"NamnSokArgument": "a*"}"#, 5, "");
    check(&["--fraga=-"], r#"{"NamnSokArgumen": "ek"}"#, 2, "the question cannot be used");
    check(&["--fraga=-"], "ek", 2, "it is not JSON");
    check(&["--fraga=-", "--kon=MAN"], "{}", 2, "--fraga holds the whole question");
}

#[test]
fn a_reader_who_leaves_is_no_panic() {
    let spar = Spar::start();
    for arguments in [&["personsok"][..], &["demo"], &["config"], &["completions", "bash"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = spar.command(arguments);
        command.stdout(writer);
        let ran = finish(begin(command, ANNA));
        assert_eq!(ran.status, Some(10), "{arguments:?} {ran:?}");
        assert!(!ran.stderr.contains("panic") && ran.stderr.contains("  try: "), "{ran:?}");
    }
}
