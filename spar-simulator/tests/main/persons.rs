//! The register: the built-in one and others.

use std::collections::BTreeSet;

use spar_simulator::{ErrorKind, Persons};

/// Numbers that SPAR has published for its kundtest.
const PUBLISHED: [&str; 4] = ["198111309285", "197910312391", "198106039228", "195704133106"];

#[test]
fn built_in_persons_cannot_exist() {
    // PII-08.
    let persons = Persons::built_in();
    let mut ids = BTreeSet::new();
    for person in persons.iter() {
        let id = person.person_id.id_nummer.as_str();
        let related =
            person.relation.iter().flatten().filter_map(|relation| relation.id_nummer.as_ref());
        let hanvisningar =
            person.persondetaljer.iter().flatten().flat_map(|row| row.hanvisning.iter().flatten());
        let others = hanvisningar.map(|hanvisning| &hanvisning.id_nummer).chain(related);
        for id in others.map(|other| other.as_str()).chain([id]) {
            let serial: u32 = id[8..11].parse().expect("digits");
            assert!(serial >= 980 || PUBLISHED.contains(&id), "serial {serial}");
        }
        assert!(ids.insert(id.to_owned()));
    }
    assert_eq!(persons.len(), 220);
}

#[test]
fn a_register_in_the_namespaces_of_spar_is_read_as_well() {
    let document = r#"<AviseringPoster
        xmlns="http://statenspersonadressregister.se/schema/komponent/person/aviseringpost-1.2"
        xmlns:p="http://statenspersonadressregister.se/schema/komponent/person/person-1.2"
        xmlns:s="http://statenspersonadressregister.se/schema/komponent/person/skyddadepersonuppgifter-1.1">
      <AviseringPost>
        <p:PersonId><p:IdNummer>198001159949</p:IdNummer><p:Typ>PERSONNUMMER</p:Typ></p:PersonId>
        <s:Sekretessmarkering>NEJ</s:Sekretessmarkering>
        <s:SkyddadFolkbokforing>NEJ</s:SkyddadFolkbokforing>
      </AviseringPost></AviseringPoster>"#;
    let persons = Persons::from_xml(document.as_bytes()).expect("by the schema");
    assert_eq!((persons.len(), persons.is_empty()), (1, false));
}

#[test]
fn what_breaks_a_rule_is_refused_by_place_and_rule() {
    let person = |id: &str, rest: &str| {
        format!(
            "<AviseringPost><PersonId><IdNummer>{id}</IdNummer><Typ>PERSONNUMMER</Typ></PersonId>\
             <Sekretessmarkering>NEJ</Sekretessmarkering>\
             <SkyddadFolkbokforing>NEJ</SkyddadFolkbokforing>{rest}</AviseringPost>"
        )
    };
    let check = |persons: &[String], expected: &str| {
        let document = format!(
            "<AviseringPoster xmlns=\"http://statenspersonadressregister.se/schema/simulator\">\n{}\n\
             </AviseringPoster>",
            persons.join("\n\n\n")
        );
        let error = Persons::from_xml(document.as_bytes()).expect_err("breaks a rule");
        assert_eq!(error.kind(), ErrorKind::Persons);
        let text = error.to_string();
        assert_eq!(text, expected);
        assert!(!format!("{error} {error:?}").contains("MARKER"));
    };
    let first = person("198001159949", "");
    check(
        &[first.clone(), person("198001159808", "<Marker>MARKER</Marker>")],
        "the persons: line 5: unknown element in AviseringPoster/AviseringPost[2]/*",
    );
    check(
        &[person("198001159808", "<InkomstAr>MARKER</InkomstAr>")],
        "the persons: line 2: value does not match the pattern 2[0-9]{3} \
         in AviseringPoster/AviseringPost/InkomstAr",
    );
    check(
        &[person("198001159808", "<Namn/><InkomstAr>2022</InkomstAr>")],
        "the persons: line 2: element is repeated, out of order or excluded by another one \
         in AviseringPoster/AviseringPost/InkomstAr",
    );
    check(
        &[first.clone(), first.clone()],
        "the persons: line 5: AviseringPost[2] has the number of an earlier one",
    );
    check(
        &[first, "<AviseringPost/>".to_owned()],
        "the persons: line 5: required element PersonId is missing \
         in AviseringPoster/AviseringPost[2]",
    );
    check(&["<".to_owned()], "the persons: line 2: not well-formed XML: name in AviseringPoster");
}

#[test]
fn debug_shows_nobody() {
    assert_eq!(format!("{:?}", Persons::built_in()), "Persons { len: 220, .. }");
}
