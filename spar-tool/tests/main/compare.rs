//! `spar compare` gives verdicts, and nothing else of a record.

use crate::embedded::{ANNA, NOBODY, PROTECTED, Spar, without_uuid};

#[test]
fn verdicts_come_in_order_and_hold_no_value() {
    let spar = Spar::start();
    let input = format!(
        r#"{{"id_nummer": "{ANNA}", "referens": "a", "namn": "Anna Exempelson", "post_nr": "652 24", "postort": "Solna"}}
{{"id_nummer": "{NOBODY}", "efternamn": "Ek"}}
{{"id_nummer": "{ANNA}", "fodelsedatum": "1975-03-02", "care_of": "Berg"}}

{{"efternam": "Hemligsson"}}
{{"id_nummer": "hemligt"}}
{{"id_nummer": "{ANNA}", "fodelsedatum": "hemligt"}}
{{"id_nummer": 197503029865}}
hemligt
"#
    );
    let ran = spar.run(&["compare", "--max-searches", "3"], &input);
    assert_eq!(
        without_uuid(&ran.stdout).lines().collect::<Vec<_>>(),
        [
            r#"{"line":1,"referens":"a","outcome":"hit","sent":"yes","verdicts":{"namn":"similar","post_nr":"same","postort":"different"},"uuid":"UUID"}"#,
            r#"{"line":2,"outcome":"no_hit","sent":"yes","uuid":"UUID"}"#,
            r#"{"line":3,"outcome":"hit","sent":"yes","verdicts":{"care_of":"absent","fodelsedatum":"same"},"uuid":"UUID"}"#,
            r#"{"line":5,"outcome":"invalid","sent":"no","error":"it has a field that is none; efternamn is one like it"}"#,
            r#"{"line":6,"outcome":"invalid","sent":"no","error":"id_nummer is not 12 digits"}"#,
            r#"{"line":7,"outcome":"invalid","sent":"no","error":"fodelsedatum: not a date of the form YYYY-MM-DD"}"#,
            r#"{"line":8,"outcome":"invalid","sent":"no","error":"id_nummer is not text"}"#,
            r#"{"line":9,"outcome":"invalid","sent":"no","error":"not a JSON object"}"#,
        ]
    );
    assert_eq!(ran.status, Some(1));
    // PII-02: neither what was typed nor what SPAR has.
    let shown = format!("{}{}", ran.stdout, ran.stderr);
    for value in ["hemligt", "Hemligsson", "Exempelsson", "KARLSTAD", "Provgatan", ANNA] {
        assert!(!shown.contains(value), "{value} in {shown}");
    }
}

#[test]
fn of_a_protected_person_every_field_is_protected() {
    let spar = Spar::start();
    let input = format!(r#"{{"id_nummer": "{PROTECTED}", "efternamn": "Ek"}}"#);
    let ran = spar.run(&["compare"], &input);
    assert!(ran.stdout.contains(r#""efternamn":"protected""#), "{ran:?}");
    assert!(!ran.stdout.contains("same") && !ran.stdout.contains("different"), "{ran:?}");
    assert_eq!(ran.status, Some(0));
}

#[test]
fn comparing_is_searching_and_has_to_be_allowed() {
    let spar = Spar::start();
    let line = format!("{{\"id_nummer\": \"{ANNA}\"}}\n");
    let ran = spar.run(&["compare"], &line.repeat(2));
    assert_eq!((ran.status, spar.simulator.requests()), (Some(2), 0), "{ran:?}");
    let ran = spar.run(&["compare"], "");
    assert_eq!(ran.status, Some(2), "{ran:?}");
}
