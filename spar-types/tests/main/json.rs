//! The form in JSON: what is written is read back, what is read is judged, and no message repeats it.

use std::collections::BTreeMap;
use std::fmt::Debug;

use expect_test::{ExpectFile, expect_file};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, from_str, from_value, json, to_string, to_string_pretty, to_value};
use spar_types::personsok::v2023_1::{AviseringPost, JaNej, PersonsokningFraga};
use spar_types::personsok::{v2021_1, v2023_1};
use spar_types::xml::{self, Mode, Root, WriteOptions};
use spar_types::{Datum, Inspect, JSON_FORM};

use crate::privacy::{MARKER, marked};
use crate::support::{Node, Tree, answer, answers, post, request, requests, tolerant};
use crate::verdicts::mutated;

/// A message in all its forms.
trait Message: Root + Serialize + DeserializeOwned + PartialEq + Inspect {}

impl<T: Root + Serialize + DeserializeOwned + PartialEq + Inspect> Message for T {}

/// What only the newest version has, beside what both have.
fn newest_answers() -> Vec<String> {
    let newest = "<sam:SnIdentitetsniva>STYRKT</sam:SnIdentitetsniva>\
        <sam:SnIdentitetsnivaDatum>2023-00-00</sam:SnIdentitetsnivaDatum><sam:SnStatus>";
    let utvandrad = "<sva:Utvandrad><sva:Aterinlasningsdatum>2023-07-01</sva:Aterinlasningsdatum>\
        <sva:Forlangningsdatum>2026-07-01</sva:Forlangningsdatum></sva:Utvandrad>\
        </sva:PersonsokningSvarspost>";
    let of = |sample: String| {
        sample.replace("<sam:SnStatus>", newest).replacen(
            "</sva:PersonsokningSvarspost>",
            utvandrad,
            1,
        )
    };
    answers().into_iter().map(of).collect()
}

#[test]
fn a_record_has_the_names_of_the_schema_and_the_text_as_sent() {
    // REC-31: nothing is taken for a number.
    let answer = tolerant::<v2021_1::SparPersonsokningSvar>(&answers()[2]).0;
    let json = to_value(&answer).expect("an answer as JSON");
    let post = &json["PersonsokningSvarspost"][0];
    assert_eq!(post["PersonId"]["IdNummer"], "198001019803");
    assert_eq!(post["SummeradInkomst"], "00312000");
    assert_eq!(post["Sekretessmarkering"]["sattAvSPAR"], "JA");
    assert_eq!(post["Namn"][0]["Fornamn"], "Åsa Märta");
    assert_eq!(post["Namn"][0]["Tilltalsnamn"], "10");
    assert_eq!(post["Persondetaljer"][0]["AntraffadDodDatum"], "");
    assert_eq!(post["SarskildPostadress"][0]["SvenskAdress"]["CareOf"], "c/o Å & Ö");
    assert_eq!(post["Relation"][1]["Relationstyp"], "MAKE/MAKA/REGISTRERAD PARTNER");
    assert_eq!(post["Fastighet"][0]["FastighetDel"][0]["AndelstalNamnare"], "2");
    assert_eq!(json["PersonsokningFraga"]["IdNummer"], "198001019803");
    // What is absent is left out.
    let minimal = &json["PersonsokningSvarspost"][1];
    let names = minimal.as_object().expect("an object").keys().collect::<Vec<_>>();
    assert_eq!(names, ["PersonId", "Sekretessmarkering", "SkyddadFolkbokforing"]);
}

#[test]
fn groups_lie_flat_as_in_xml() {
    let rows = &to_value(tolerant::<v2021_1::SparPersonsokningSvar>(&answers()[2]).0)
        .expect("JSON")["PersonsokningSvarspost"][0];
    assert_eq!(rows["Namn"][0]["DatumFrom"], "2019-02-01");
    assert_eq!(rows["SarskildPostadress"][0]["SvenskAdress"]["DatumTill"], "9999-12-31");
    let intervals = tolerant::<v2021_1::SparPersonsokningFraga>(&requests()[4]).0;
    let expected = json!({
        "FornamnSokArgument": "Åsa", "MellanEfternamnSokArgument": "Efternamn1",
        "PostNrFrom": "10000", "PostNrTom": "19999",
        "FodelsedatumFrom": "1980-01-01", "FodelsedatumTom": "1980-12-31",
        "DistriktKodFrom": "101001", "DistriktKodTom": "101999",
    });
    assert_eq!(to_value(&intervals.personsokning_fraga).expect("JSON"), expected);
    // No member has a name that no element or attribute of the sample has.
    for sample in answers().iter().chain(&requests()) {
        let written = match sample.contains(":SPARPersonsokningSvar") {
            true => to_value(tolerant::<v2021_1::SparPersonsokningSvar>(sample).0),
            false => to_value(tolerant::<v2021_1::SparPersonsokningFraga>(sample).0),
        };
        visit(&mut written.expect("JSON"), &mut |_, name, _| {
            let is_known = sample.contains(&format!(":{name}")) || sample.contains("sattAvSPAR");
            assert!(is_known || name.is_empty() || name == "value", "{name}");
        });
    }
}

#[test]
fn every_text_of_an_answer_is_there() {
    // REC-31.
    for sample in answers() {
        let json = to_string(&tolerant::<v2021_1::SparPersonsokningSvar>(&marked(&sample)).0)
            .expect("JSON");
        let mut leaves = 0;
        Tree::parse(&marked(&sample)).visit(&mut |tree| {
            let is_text =
                matches!(tree.content.as_slice(), [Node::Raw(_)]) && !tree.name.starts_with("SPAR");
            leaves += usize::from(is_text) + usize::from(tree.attributes.contains("sattAvSPAR"));
        });
        assert_eq!(json.matches(MARKER).count(), leaves);
    }
}

#[test]
fn what_was_written_is_read_back() {
    // REC-31, REC-14, REC-28.
    fn check<T: Message>(sample: &str) {
        let value = tolerant::<T>(sample).0;
        let json = to_string(&value).expect("JSON");
        assert!(from_str::<T>(&json).expect("the same form") == value, "{json}");
        assert!(from_value::<T>(to_value(&value).expect("JSON")).expect("the same form") == value);
    }
    for sample in answers().iter().flat_map(|sample| [sample.clone(), marked(sample)]) {
        check::<v2021_1::SparPersonsokningSvar>(&sample);
    }
    for sample in newest_answers().iter().flat_map(|sample| [sample.clone(), marked(sample)]) {
        check::<v2023_1::SparPersonsokningSvar>(&sample);
    }
    for sample in requests().iter().flat_map(|sample| [sample.clone(), marked(sample)]) {
        check::<v2021_1::SparPersonsokningFraga>(&sample);
        check::<v2023_1::SparPersonsokningFraga>(&sample);
    }
    for text in
        ["01", "0E68", "S:T ERIKSGATAN 5", "  A & B\u{a0}", "\u{1}\"\\", "9".repeat(40).as_str()]
    {
        let mut fraga = json!({ "PostortSokArgument": text });
        let read: PersonsokningFraga = from_value(fraga.clone()).expect("any text");
        assert_eq!(to_value(&read).expect("JSON"), fraga);
        fraga["PostortSokArgument"] = Value::Null;
        assert!(
            from_value::<PersonsokningFraga>(fraga).expect("nothing")
                == PersonsokningFraga::default()
        );
    }
}

#[test]
fn what_broke_the_schema_is_read_back_too() {
    // REC-21: entries of which no record was made among them.
    fn check<T: Message>(samples: &[String], seed: u64) -> usize {
        let mut lost = 0;
        for sample in mutated(samples, 2_000, seed) {
            let Ok(read) = crate::support::read::<T>(&sample, Mode::Tolerant) else { continue };
            let json = to_string(&read.value).expect("JSON");
            let again = from_str::<T>(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
            assert_eq!(to_string(&again).expect("JSON"), json);
            // A group of which nothing is there is absent, as in XML.
            let shown = format!("{:?}", read.value.unredacted());
            let has_empty_group = shown.contains("{ datum_from: None, datum_till: None }")
                || shown
                    .contains("fornamn_sok_argument: None, mellan_efternamn_sok_argument: None");
            assert!(again == read.value || has_empty_group, "{json}");
            lost += json.matches("\"unrepresentable\"").count();
        }
        lost
    }
    assert!(check::<v2021_1::SparPersonsokningSvar>(&answers(), 5) > 0);
    assert!(check::<v2023_1::SparPersonsokningSvar>(&newest_answers(), 6) > 0);
    check::<v2021_1::SparPersonsokningFraga>(&requests(), 7);
    check::<v2023_1::SparPersonsokningFraga>(&requests(), 8);
}

/// Why a part of a message cannot be read.
#[track_caller]
fn refused<T: DeserializeOwned>(json: &str) -> String {
    match from_str::<T>(json) {
        Ok(_) => panic!("{json} was read"),
        // Line and column are serde_json's.
        Err(error) => match error.to_string().split_once(" at line ") {
            Some((message, _)) => message.to_owned(),
            None => error.to_string(),
        },
    }
}

#[test]
fn a_question_that_says_more_or_less_than_one_thing_is_refused() {
    // GEN-23: nothing is dropped, since what is left would be a broader search.
    let check = |json: &str, expected: &str| {
        let refused = refused::<PersonsokningFraga>(json);
        assert!(refused.starts_with(expected), "{refused}");
    };
    check(
        r#"{"NamnSokArgument": "Ek", "FornamnSokArgument": "Åsa"}"#,
        "member FornamnSokArgument is excluded by another one",
    );
    check(r#"{"IdNummer": "198001019803", "Kon": "MAN"}"#, "member Kon is excluded by another one");
    check(
        r#"{"PostNr": "11234", "PostNrTom": "19999"}"#,
        "member PostNrTom is excluded by another one",
    );
    check(r#"{"PostNrTom": "19999"}"#, "required member PostNrFrom is missing");
    check(r#"{"PostNrFrom": "1", "PostNrTom": null}"#, "required member PostNrTom is missing");
    check(
        r#"{"Postnr": "11234"}"#,
        "unknown member; known are IdNummer, FonetiskSokning, NamnSokArgument, ",
    );
    check(r#"{"Postnr": null}"#, "unknown member; known are IdNummer");
    check(r#"{"Kon": "MAN", "Kon": "MAN"}"#, "a member stands twice in one object");
    check(r#"{"Kon": null, "Kon": "MAN"}"#, "a member stands twice in one object");
    check(r#"{"PostNr": 11234}"#, "PostNr: a string is expected, for numbers too");
    check(r#"{"PostNr": ["11234"]}"#, "PostNr: a string is expected, for numbers too");
    check(r#"["PostNr"]"#, "an object is expected");
    check("null", "an object is expected");
    // Of one name in two namespaces the place tells which is meant.
    let both = r#"{"PersonsokningFraga": {"SvenskAdress": {}}}"#;
    let refused = refused::<v2023_1::SparPersonsokningSvar>(both);
    assert!(refused.starts_with("PersonsokningFraga: unknown member; known are"), "{refused}");
}

#[test]
fn a_refusal_tells_the_place() {
    let check = |json: &str, expected: &str| {
        assert_eq!(refused::<v2023_1::SparPersonsokningSvar>(json), expected);
    };
    let post = |content: &str| {
        format!(
            r#"{{"PersonsokningSvarspost": [{{"PersonId": {{"IdNummer": "", "Typ": ""}}}},
               {{"PersonId": {{"IdNummer": "", "Typ": ""}}, {content}}}]}}"#
        )
    };
    let first = r#"{"PersonsokningSvarspost": [{}]}"#;
    check(first, "PersonsokningSvarspost[1]: required member PersonId is missing");
    check(r#"{"PersonsokningSvarspost": {}}"#, "PersonsokningSvarspost: an array is expected");
    check(
        &post(r#""Namn": [{}, {"Fornamn": true}]"#),
        "PersonsokningSvarspost[2]/Namn[2]/Fornamn: a string is expected, for numbers too",
    );
    check(&post(r#""Namn": [null]"#), "PersonsokningSvarspost[2]/Namn[1]: an object is expected");
    check(
        &post(r#""Sekretessmarkering": "JA""#),
        "PersonsokningSvarspost[2]/Sekretessmarkering: an object is expected",
    );
    check(
        &post(r#""Kontaktadress": [{}]"#),
        "PersonsokningSvarspost[2]/Kontaktadress[1]: none of the alternatives is there: \
         SvenskAdress, InternationellAdress",
    );
    check(
        &post(r#""Kontaktadress": [{"SvenskAdress": {}, "InternationellAdress": {}}]"#),
        "PersonsokningSvarspost[2]/Kontaktadress[1]: member InternationellAdress is excluded by \
         another one",
    );
    // A part by itself, and a value.
    assert_eq!(refused::<AviseringPost>("{}"), "required member PersonId is missing");
    assert_eq!(refused::<JaNej>("true"), "a string is expected, for numbers too");
    assert!(from_str::<JaNej>("\"JA\"").expect("a code") == JaNej::Ja);
    assert_eq!(from_str::<Datum>("\"i fjol\"").expect("any text").as_str(), "i fjol");
}

#[test]
fn nothing_is_deeper_than_a_record() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert_eq!(refused::<JaNej>(&nested(16)), "a string is expected, for numbers too");
    assert_eq!(refused::<JaNej>(&nested(17)), "nested more than 16 levels deep");
    let nested = |levels: usize| format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels));
    assert_eq!(refused::<JaNej>(&nested(17)), "nested more than 16 levels deep");
}

#[test]
fn an_entry_of_which_no_record_was_made_is_read_back() {
    // REC-21.
    let neither = answer("<sva:PersonsokningSvarspost><nam:Namn/></sva:PersonsokningSvarspost>");
    let json = to_value(tolerant::<v2023_1::SparPersonsokningSvar>(&neither).0).expect("JSON");
    let told = &json["PersonsokningSvarspost"][0]["unrepresentable"];
    assert_eq!(told["path"], "SPARPersonsokningSvar/PersonsokningSvarspost");
    assert_eq!(told["rule"], "required element PersonId is missing");
    assert!(told["source"].as_str().is_some_and(|source| source.contains("<nam:Namn/>")));
    // What is shown of it must be what a reader could have told.
    let check = |member: &str, text: &str, is_read: bool| {
        let mut json = json.clone();
        json["PersonsokningSvarspost"][0]["unrepresentable"][member] = text.into();
        match from_value::<v2023_1::SparPersonsokningSvar>(json) {
            Ok(answer) => {
                assert!(is_read, "{member} {text}");
                assert!(!format!("{answer:?}").contains("4711"));
            }
            Err(error) => {
                assert!(!is_read, "{error}");
                let expected = match member {
                    "4711" => "unknown member; known are path, offset, rule, source",
                    _ => "no place, offset and rule that a reader tells of",
                };
                assert_eq!(error.to_string(), format!("PersonsokningSvarspost[1]: {expected}"));
            }
        }
    };
    check("source", MARKER, true);
    check("path", "Envelope/Body/SPARPersonsokningSvar/PersonsokningSvarspost[17]/*", true);
    for path in [MARKER, "", "Namn/", "Namn[4711", "Namn[Märkö]", "Märkö[1]", "Namn[1][4711]"] {
        check("path", path, false);
    }
    check("offset", "0", true);
    check("offset", MARKER, false);
    check("rule", "element is repeated, out of order or excluded by another one", true);
    check("rule", "none of the alternatives SvenskAdress … is there", true);
    check("rule", "required element Märkö4711 is missing", false);
    check("rule", "unknown element", false);
    check("4711", "", false);
}

/// Calls the function with each object of a tree, the name of each member and what stands there.
fn visit(json: &mut Value, change: &mut impl FnMut(usize, &str, &mut Value)) {
    fn inner(
        json: &mut Value,
        name: &str,
        place: &mut usize,
        change: &mut impl FnMut(usize, &str, &mut Value),
    ) {
        change(*place, name, json);
        *place += 1;
        match json {
            Value::Object(members) => {
                members
                    .iter_mut()
                    .for_each(|(name, value)| inner(value, &name.clone(), place, change));
            }
            Value::Array(values) => {
                values.iter_mut().for_each(|value| inner(value, "", place, change));
            }
            _ => {}
        }
    }
    inner(json, "", &mut 0, change);
}

fn size(json: &Value) -> usize {
    let mut size = 0;
    visit(&mut json.clone(), &mut |_, _, _| size += 1);
    size
}

/// The tree with another value at this place.
fn with(json: &Value, place: usize, change: impl Fn(&mut Value)) -> Value {
    let mut changed = json.clone();
    visit(&mut changed, &mut |at, _, value| {
        if at == place {
            change(value);
        }
    });
    changed
}

#[test]
fn no_message_holds_a_word_of_the_input() {
    // PII-02: the marker in every place and every form.
    fn check<T: Message + Debug>(sample: &str) {
        let json = to_value(tolerant::<T>(&marked(sample)).0).expect("JSON");
        let hostile = [
            json!(MARKER),
            json!(4711),
            json!(-4711),
            json!(4711.5),
            json!([MARKER]),
            json!({ MARKER: MARKER }),
            json!({ "unrepresentable": MARKER }),
            json!({ "unrepresentable": { MARKER: MARKER } }),
        ];
        let mut count = 0;
        for place in 0..size(&json) {
            let replaced =
                hostile.iter().map(|hostile| with(&json, place, |value| *value = hostile.clone()));
            let added = with(&json, place, |value| {
                if let Value::Object(members) = value {
                    members.insert(MARKER.to_owned(), MARKER.into());
                }
            });
            for changed in replaced.chain([added]) {
                let report = match from_value::<T>(changed) {
                    Ok(value) => format!("{value:?}"),
                    Err(error) => format!("{error} {error:?} {error:#?}"),
                };
                assert!(!report.contains("4711") && !report.contains("Märkö"), "{report}");
                count += 1;
            }
        }
        assert!(count > 50, "{count}");
    }
    check::<v2021_1::SparPersonsokningSvar>(&answers()[2]);
    check::<v2023_1::SparPersonsokningSvar>(&newest_answers()[2]);
    check::<v2023_1::SparPersonsokningSvar>(&answers()[5]);
    check::<v2023_1::SparPersonsokningFraga>(&requests()[3]);
    // Text that is no JSON, too.
    for text in [
        MARKER.to_owned(),
        format!("\"{MARKER}"),
        format!("{{\"{MARKER}\": \"{MARKER}\", \"{MARKER}\": 1}}"),
        format!("{{\"PersonsokningFraga\": {MARKER}}}"),
        format!("\"{MARKER}\" {MARKER}"),
        format!("\"\\{MARKER}\""),
        "47114711471147114711471147114711471147114711".to_owned(),
    ] {
        for message in
            [refused::<v2023_1::SparPersonsokningFraga>(&text), refused::<AviseringPost>(&text)]
        {
            assert!(!message.contains("4711") && !message.contains("Märkö"), "{message}");
        }
    }
}

/// The JSON Schema of a message, by a validator that shares nothing with this project.
struct Judge {
    validator: jsonschema::Validator,
}

impl Judge {
    fn new(schema: &str) -> Self {
        let schema: Value = from_str(schema).expect("JSON");
        let title = schema["title"].as_str().expect("a title");
        assert!(title.ends_with(&format!("JSON form {JSON_FORM}")), "{title}");
        jsonschema::meta::validate(&schema).expect("a schema of draft 2020-12");
        Self { validator: jsonschema::validator_for(&schema).expect("a schema") }
    }

    fn allows(&self, json: &Value) -> bool {
        self.validator.is_valid(json)
    }
}

/// Whether the reader takes it and the writer would send it.
fn is_sent<T: Message>(json: &Value) -> bool {
    from_value::<T>(json.clone()).is_ok_and(|value| xml::write(&value).is_ok())
}

/// What strings cannot be held to: bounds of numbers.
const NUMBERS: [&str; 6] = [
    "AntalPoster",
    "KundNrLeveransMottagare",
    "KundNrSlutkund",
    "MaxAntalSvarsposter",
    "Tilltalsnamn",
    "UppdragId",
];

/// The schema and the writer come to the same verdict on the samples, and on them with one thing changed.
fn same_verdicts<T: Message>(schema: &str, samples: &[String]) {
    let judge = Judge::new(schema);
    let samples: Vec<_> =
        samples.iter().map(|sample| to_value(tolerant::<T>(sample).0).expect("JSON")).collect();
    // Members from anywhere, to be put anywhere else.
    let mut members = BTreeMap::new();
    for sample in &samples {
        visit(&mut sample.clone(), &mut |_, name, value| {
            members.entry(name.to_owned()).or_insert_with(|| value.clone());
        });
    }
    members.remove("");
    let long = "å".repeat(257);
    let texts = [
        "",
        " ",
        "x",
        "1",
        "01",
        "12345",
        "123456",
        "198001019803",
        "JA",
        "Relationer",
        "2019-02-28",
        "2019-2-8",
        "19-02-28Z",
        "2019-02-28Z",
        "-2019-02-28+01:00",
        "åä ö",
        "*a",
        "a*",
        "a_b",
        "S:T",
        "a\u{a0}b",
        "a\nb",
        "+1",
        "１２",
        &long[..80],
        &long[..82],
        &long,
    ];
    let (mut allowed, mut refused) = (0, 0);
    let mut check = |json: &Value, name: &str| {
        let (is_allowed, is_sent) = (judge.allows(json), is_sent::<T>(json));
        let is_lenient = is_allowed && NUMBERS.contains(&name);
        assert!(is_allowed == is_sent || is_lenient, "{name}: {is_allowed}, {is_sent}: {json}");
        *if is_sent { &mut allowed } else { &mut refused } += 1;
    };
    for sample in &samples {
        assert!(judge.allows(sample), "{sample}");
        check(sample, "");
        let mut names = Vec::new();
        visit(&mut sample.clone(), &mut |_, name, _| names.push(name.to_owned()));
        for (place, name) in names.iter().enumerate() {
            for text in texts {
                let has_changed = std::cell::Cell::new(false);
                let changed = with(sample, place, |value| {
                    if value.is_string() {
                        *value = text.into();
                        has_changed.set(true);
                    }
                });
                if has_changed.get() {
                    check(&changed, name);
                }
            }
            for other in [json!(1), json!({}), json!([{}])] {
                check(&with(sample, place, |value| *value = other.clone()), name);
            }
            // An entry more, and one that is no record.
            let repeated = with(sample, place, |value| {
                if let Value::Array(entries) = value {
                    entries.extend(entries.clone());
                }
            });
            check(&repeated, name);
            // A member less, and one more.
            let inside: Vec<String> = match &sample_at(sample, place) {
                Value::Object(members) => members.keys().cloned().collect(),
                _ => continue,
            };
            for gone in &inside {
                let change = |value: &mut Value| {
                    value.as_object_mut().and_then(|members| members.remove(gone));
                };
                check(&with(sample, place, change), name);
            }
            for (new, value) in members.iter().filter(|(new, _)| !inside.contains(new)) {
                let change = |object: &mut Value| object[new] = value.clone();
                check(&with(sample, place, change), name);
            }
        }
    }
    assert!(allowed > 50 && refused > 1_000, "{allowed} {refused}");
}

fn sample_at(json: &Value, place: usize) -> Value {
    let mut found = Value::Null;
    visit(&mut json.clone(), &mut |at, _, value| {
        if at == place {
            found = value.clone();
        }
    });
    found
}

#[test]
fn the_json_schema_of_an_answer_says_what_the_writer_says() {
    let schema = v2021_1::json_schema::SPAR_PERSONSOKNING_SVAR;
    same_verdicts::<v2021_1::SparPersonsokningSvar>(schema, &answers());
    let schema = v2023_1::json_schema::SPAR_PERSONSOKNING_SVAR;
    same_verdicts::<v2023_1::SparPersonsokningSvar>(schema, &newest_answers());
}

#[test]
fn the_json_schema_of_a_request_says_what_the_writer_says() {
    // GEN-23.
    let schema = v2021_1::json_schema::SPAR_PERSONSOKNING_FRAGA;
    same_verdicts::<v2021_1::SparPersonsokningFraga>(schema, &requests());
    let schema = v2023_1::json_schema::SPAR_PERSONSOKNING_FRAGA;
    same_verdicts::<v2023_1::SparPersonsokningFraga>(schema, &requests());
}

#[test]
fn what_the_json_schema_cannot_say_is_known() {
    let judge = Judge::new(v2023_1::json_schema::SPAR_PERSONSOKNING_FRAGA);
    let sample =
        to_value(tolerant::<v2023_1::SparPersonsokningFraga>(&requests()[3]).0).expect("JSON");
    let check = |of: &str, member: &str, value: Value, verdicts: (bool, bool)| {
        let mut changed = sample.clone();
        changed[of][member] = value;
        let sent = is_sent::<v2023_1::SparPersonsokningFraga>(&changed);
        assert_eq!((judge.allows(&changed), sent), verdicts, "{of}/{member}");
    };
    // Not said: bounds of numbers, the calendar, the characters of XML.
    check("Identifieringsinformation", "KundNrSlutkund", json!("600000"), (true, false));
    check("Identifieringsinformation", "UppdragId", json!("0"), (true, false));
    check("Identifieringsinformation", "SlutAnvandarId", json!("a\u{1}"), (true, false));
    check("PersonsokningFraga", "Fodelsedatum", json!("1980-02-30"), (true, false));
    // Said of what is written; reading takes more.
    check("PersonsokningFraga", "Fodelsedatum", json!(" 1980-02-28"), (false, true));
    check("PersonsokningFraga", "LanKod", json!(null), (false, true));
    let permissions = "SlutAnvandarUtokadBehorighet";
    check("Identifieringsinformation", permissions, json!([]), (false, true));
    // What was kept as sent can be written as sent, if asked for.
    let fraga = json!({ "LanKod": "1" });
    let fraga = request_of(&sample, fraga);
    assert!(xml::write(&fraga).is_err());
    let mut as_sent = WriteOptions::default();
    as_sent.mode = Mode::Tolerant;
    let mut out = String::new();
    xml::write_into(&fraga, &as_sent, &mut out).expect("XML can carry it");
    assert!(out.contains(">1</"));
}

fn request_of(sample: &Value, fraga: Value) -> v2023_1::SparPersonsokningFraga {
    let mut changed = sample.clone();
    changed["PersonsokningFraga"] = fraga;
    from_value(changed).expect("any text")
}

/// The form as files. Whoever changes one of them changes the form: `docs/json.md` says what that takes.
#[test]
fn the_form_is_what_it_was() {
    fn check<T: Message>(sample: &str, schema: &str, is_valid: bool, expected: ExpectFile) {
        let value = tolerant::<T>(sample).0;
        let json = to_string_pretty(&value).expect("JSON");
        expected.assert_eq(&format!("{json}\n"));
        assert!(from_str::<T>(&json).expect("the form") == value);
        assert_eq!(Judge::new(schema).allows(&from_str(&json).expect("JSON")), is_valid);
    }
    assert_eq!(JSON_FORM, 1);
    let interval =
        "<dat:DatumFrom>2019-02-01</dat:DatumFrom><dat:DatumTill>9999-12-31</dat:DatumTill>";
    let common = format!(
        "<ink:SummeradInkomst>00312000</ink:SummeradInkomst><ink:InkomstAr>2020</ink:InkomstAr>\
         <nam:Namn>{interval}<nel:Fornamn>Åsa Märta</nel:Fornamn>\
         <nel:Tilltalsnamn>20</nel:Tilltalsnamn><nel:Efternamn>Ek</nel:Efternamn></nam:Namn>\
         <nam:Namn><nel:Efternamn>S:T &amp; Ö</nel:Efternamn></nam:Namn>\
         <kon:Kontaktadress><adr:InternationellAdress>{interval}<adr:Land>NORGE</adr:Land>\
         </adr:InternationellAdress></kon:Kontaktadress>"
    );
    let sekretess = "<sky:Sekretessmarkering sattAvSPAR=\"JA\">JA";
    let uuid =
        "<sva:UUID>0b8c3a1e-0000-4000-8000-00000000000a</sva:UUID></sva:SPARPersonsokningSvar>";
    let svar = post(&common)
        .replace("<sky:Sekretessmarkering>NEJ", sekretess)
        .replace("</sva:SPARPersonsokningSvar>", uuid);
    let newest = svar.replace(
        "<kon:Kontaktadress>",
        "<pde:Persondetaljer><sam:SnIdentitetsniva>STYRKT</sam:SnIdentitetsniva></pde:Persondetaljer>\
         <sva:Utvandrad><sva:Forlangningsdatum>2026-07-01</sva:Forlangningsdatum></sva:Utvandrad>\
         <kon:Kontaktadress>",
    );
    let fraga = request(
        "<sok:NamnSokArgument>mikael efter*</sok:NamnSokArgument><sok:PostNrFrom>10000</sok:PostNrFrom>\
         <sok:PostNrTom>19999</sok:PostNrTom><sok:Kon>MAN</sok:Kon>",
    );
    check::<v2021_1::SparPersonsokningSvar>(
        &svar,
        v2021_1::json_schema::SPAR_PERSONSOKNING_SVAR,
        true,
        expect_file!["json/2021.1-svar.json"],
    );
    check::<v2021_1::SparPersonsokningFraga>(
        &fraga,
        v2021_1::json_schema::SPAR_PERSONSOKNING_FRAGA,
        true,
        expect_file!["json/2021.1-fraga.json"],
    );
    check::<v2023_1::SparPersonsokningSvar>(
        &newest,
        v2023_1::json_schema::SPAR_PERSONSOKNING_SVAR,
        true,
        expect_file!["json/2023.1-svar.json"],
    );
    check::<v2023_1::SparPersonsokningFraga>(
        &fraga,
        v2023_1::json_schema::SPAR_PERSONSOKNING_FRAGA,
        true,
        expect_file!["json/2023.1-fraga.json"],
    );
    // An entry of which no record was made, and Undantag, a list since older versions had several.
    let broken = answer(
        "<sva:PersonsokningSvarspost><nam:Namn/></sva:PersonsokningSvarspost>\
         <und:Undantag><und:Kod>GENERELLT_FEL</und:Kod><und:Beskrivning>x</und:Beskrivning></und:Undantag>",
    );
    check::<v2023_1::SparPersonsokningSvar>(
        &broken,
        v2023_1::json_schema::SPAR_PERSONSOKNING_SVAR,
        false,
        expect_file!["json/2023.1-unrepresentable.json"],
    );
}
