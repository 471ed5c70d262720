//! XML-21, XML-25, XML-28, XML-32, XML-33, XML-37, REQ-03, REQ-05, REQ-06, REQ-14, GEN-13, GEN-15, PII-01:
//! what holds of every value that the schemas allow.
//!
//! The values are made up by strategies that are generated from the schemas. They are the same in every
//! run; the fuzz targets look further.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use spar_types::Inspect;
use spar_types::personsok::{v2021_1, v2023_1};
use spar_types::xml::{self, Root};

use crate::generated::TEXT_TYPES;
use crate::laws;
use crate::privacy::{MARKER, marked};
use crate::strategy::{Any, TextType, made_of};
use crate::support::{Dice, lines_that_xmllint_refuses, tolerant, xmllint};

/// Values of each type for each law.
const CASES: u32 = 64;

fn runner() -> TestRunner {
    TestRunner::new(Config {
        cases: CASES,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(2),
        ..Config::default()
    })
}

/// Holds a law for values of one type.
fn hold<T: Any>(law: impl Fn(T)) {
    let held = runner().run(&T::any(), |value| {
        law(value);
        Ok(())
    });
    if let Err(error) = held {
        panic!("{error}");
    }
}

/// Holds a law for the documents of all messages of all versions.
macro_rules! hold_for_documents {
    ($law:ident) => {
        hold_for_documents!($law: v2021_1::SparPersonsokningFraga);
        hold_for_documents!($law: v2021_1::SparPersonsokningSvar);
        hold_for_documents!($law: v2023_1::SparPersonsokningFraga);
        hold_for_documents!($law: v2023_1::SparPersonsokningSvar);
    };
    ($law:ident: $message:ty) => {
        hold(|value: $message| {
            let document = xml::write(&value).expect("what can be built can be written");
            laws::$law::<$message>(&document, &mut Dice::new(document.len() as u64));
        });
    };
}

#[test]
fn what_can_be_built_is_valid_and_read_as_it_was() {
    fn check<T: Any + Root + PartialEq>(schema: &str) {
        let (strategy, mut runner) = (T::any(), runner());
        let one = |_| {
            let value = strategy.new_tree(&mut runner).expect("a value").current();
            laws::written_is_read(&value)
        };
        let documents = (0..2 * CASES).map(one).collect::<Vec<_>>();
        let Some(verdicts) = xmllint(schema, schema, &documents) else { return };
        for (document, is_valid) in documents.iter().zip(verdicts) {
            assert!(is_valid, "{document}");
        }
    }
    check::<v2021_1::SparPersonsokningFraga>("2021.1/PersonsokningFraga.xsd");
    check::<v2021_1::SparPersonsokningSvar>("2021.1/PersonsokningSvar.xsd");
    check::<v2023_1::SparPersonsokningFraga>("2023.1/PersonsokningFraga.xsd");
    check::<v2023_1::SparPersonsokningSvar>("2023.1/PersonsokningSvar.xsd");
}

#[test]
fn a_fuzzers_input_makes_a_value() {
    // Each fuzz target begins with no input at all.
    fn check<T: Any + Root + PartialEq>() {
        let mut dice = Dice::new(14);
        for length in (0..16).chain([100, 1_000]) {
            let bytes = (0..length).map(|_| dice.next() as u8).collect::<Vec<_>>();
            let value: T = made_of(&bytes).expect("a value");
            laws::written_is_read(&value);
        }
    }
    check::<v2021_1::SparPersonsokningFraga>();
    check::<v2021_1::SparPersonsokningSvar>();
    check::<v2023_1::SparPersonsokningFraga>();
    check::<v2023_1::SparPersonsokningSvar>();
}

#[test]
fn the_order_of_children_means_nothing() {
    hold_for_documents!(order_means_nothing);
}

#[test]
fn prefixes_mean_nothing() {
    hold_for_documents!(prefixes_mean_nothing);
}

#[test]
fn versions_of_components_mean_nothing() {
    hold_for_documents!(versions_mean_nothing);
}

#[test]
fn space_and_comments_mean_nothing() {
    hold_for_documents!(space_means_nothing);
}

#[test]
fn a_document_of_the_older_version_is_read_as_the_newest_value() {
    // GEN-15, XML-33.
    fn check<Old: Any + Root, New: Root + From<Old> + PartialEq>() {
        hold(|old: Old| {
            let document = xml::write(&old).expect("what can be built can be written");
            // Root and components stand in namespaces of the older version.
            let (new, _) = tolerant::<New>(&document);
            assert!(new == New::from(old), "{document}");
        });
    }
    check::<v2021_1::SparPersonsokningFraga, v2023_1::SparPersonsokningFraga>();
    check::<v2021_1::SparPersonsokningSvar, v2023_1::SparPersonsokningSvar>();
}

#[test]
fn debug_shows_no_text_of_any_document() {
    // PII-01: a marker as every text, in whatever is built.
    fn check<T: Any + Root + Inspect>() {
        hold(|value: T| {
            let document = xml::write(&value).expect("what can be built can be written");
            let (value, _) = tolerant::<T>(&marked(&document));
            let type_name = std::any::type_name::<T>().rsplit("::").next().unwrap_or_default();
            for shown in [format!("{value:?}"), format!("{value:#?}")] {
                assert!(!shown.contains("4711") && !shown.contains("Märkö"), "{shown}");
                assert!(shown.starts_with(type_name), "{shown}");
            }
            let texts = document.matches("</").count();
            assert!(texts < 2 || format!("{:?}", value.unredacted()).contains(MARKER));
        });
    }
    check::<v2021_1::SparPersonsokningFraga>();
    check::<v2021_1::SparPersonsokningSvar>();
    check::<v2023_1::SparPersonsokningFraga>();
    check::<v2023_1::SparPersonsokningSvar>();
}

#[test]
fn types_of_text_take_what_xmllint_takes() {
    // REQ-03, REQ-05, REQ-06, REQ-14, GEN-13: facets as the schema writes them, one type after another.
    let mut types = String::new();
    let mut dice = Dice::new(6);
    let mut texts = Vec::new();
    for (index, of) in TEXT_TYPES.iter().enumerate() {
        types.push_str(&declaration(index, of));
        texts.extend(edge_cases(of, &mut dice).into_iter().map(|text| (index, text)));
    }
    let schema = format!(
        "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"><xs:element name=\"Texts\"><xs:complexType>\
         <xs:choice maxOccurs=\"unbounded\">{types}</xs:choice></xs:complexType></xs:element></xs:schema>"
    );
    // One text a line.
    let line = |(index, text): &(usize, String)| format!("<T{index}>{}</T{index}>", escaped(text));
    let lines = texts.iter().map(line).collect::<Vec<_>>().join("\n");
    let document = format!("<Texts>{lines}</Texts>");
    let Some(refused) = lines_that_xmllint_refuses("texts", &schema, &document) else { return };
    let mut accepted = vec![(0, 0); TEXT_TYPES.len()];
    for (line, (index, text)) in texts.iter().enumerate() {
        let (of, expected) = (&TEXT_TYPES[*index], !refused.contains(&line));
        assert_eq!((of.accepts)(text), expected, "{} and {text:?}", (of.name)());
        let (yes, no) = &mut accepted[*index];
        *(if expected { yes } else { no }) += 1;
    }
    for (of, (yes, no)) in TEXT_TYPES.iter().zip(accepted) {
        let is_free = of.facets.pattern.is_none() && of.facets.max_length.is_none();
        assert!(yes >= 5 && (no >= 5 || is_free), "{}: {yes} and {no}", (of.name)());
    }
}

fn declaration(index: usize, of: &TextType) -> String {
    let mut facets = String::new();
    let mut facet = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            facets.push_str(&format!("<xs:{name} value=\"{}\"/>", escaped(&value)));
        }
    };
    facet("minLength", Some(of.facets.min_length.to_string()));
    facet("maxLength", of.facets.max_length.map(|max| max.to_string()));
    facet("pattern", of.facets.pattern.map(|(xsd, _)| xsd.to_owned()));
    format!(
        "<xs:element name=\"T{index}\"><xs:simpleType><xs:restriction base=\"xs:string\">{facets}\
         </xs:restriction></xs:simpleType></xs:element>"
    )
}

/// Texts at the edge of what the facets allow.
fn edge_cases(of: &TextType, dice: &mut Dice) -> Vec<String> {
    // All of them were assigned in Unicode 4, which is what libxml2 knows, as what they still are.
    const CHARACTERS: [&str; 44] = [
        "a",
        "Z",
        "0",
        "9",
        "_",
        "+",
        "<",
        "=",
        ">",
        "*",
        "-",
        "'",
        "\"",
        "&",
        "^",
        "$",
        "|",
        "~",
        ".",
        ",",
        ":",
        "/",
        "\\",
        " ",
        "\t",
        "\n",
        "å",
        "É",
        "e\u{301}",
        "\u{308}",
        "ß",
        "Ж",
        "ا",
        "中",
        "²",
        "½",
        "٣",
        "３",
        "€",
        "\u{a0}",
        "\u{2003}",
        "\u{ad}",
        "\u{10400}",
        "\u{1d11e}",
    ];
    let (strategy, mut runner) = (of.facets.texts(), runner());
    let mut texts = vec![String::new()];
    for _ in 0..40 {
        let mut text = strategy.new_tree(&mut runner).expect("a text").current();
        texts.push(text.clone());
        let places = text.char_indices().map(|(place, c)| place..place + c.len_utf8());
        let places = places.chain(std::iter::once(text.len()..text.len())).collect::<Vec<_>>();
        let place = dice.pick(&places).clone();
        text.replace_range(place, dice.pick::<&str>(&CHARACTERS));
        texts.push(text);
        texts.push((0..=dice.below(4)).map(|_| *dice.pick(&CHARACTERS)).collect());
    }
    // REQ-03: letters of one, two, three and four bytes, and one that is two code points.
    for max in of.facets.max_length.into_iter().chain([of.facets.min_length, 12]) {
        for letter in ["a", "1", "å", "中", "\u{10400}", "e\u{301}"] {
            texts.extend([max.saturating_sub(1), max, max + 1].map(|length| letter.repeat(length)));
        }
    }
    texts
}

fn escaped(text: &str) -> String {
    let escape = |c| match c {
        '&' | '<' | '"' | '\r' | '\n' | '\t' => format!("&#{};", u32::from(c)),
        c => c.to_string(),
    };
    text.chars().map(escape).collect()
}
