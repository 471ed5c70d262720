//! The documents that are measured, and how they are read.
//!
//! Two programs use them: `speed` takes times, `allocations` counts with an allocator that would
//! falsify times. Both print lines of a name, a tab and a number; `cargo xtask bench` judges them.

pub mod file;

use std::collections::BTreeMap;
use std::hint::black_box;

use quick_xml::Reader;
use quick_xml::events::Event;
use spar_types::personsok::newest::{
    Identifieringsinformation, PersonsokningFraga, SparPersonsokningFraga, SparPersonsokningSvar,
};
use spar_types::xml::{self, Document, Element, Limits, Mode, Read, WriteOptions};
use spar_types::{FreeText, SimpleType};

/// The invented persons of the simulator.
const PERSONS: [&str; 5] = [
    include_str!("../../spar-simulator/data/families.xml"),
    include_str!("../../spar-simulator/data/names.xml"),
    include_str!("../../spar-simulator/data/addresses.xml"),
    include_str!("../../spar-simulator/data/deregistered.xml"),
    include_str!("../../spar-simulator/data/many.xml"),
];

/// As many posts as an answer holds at most.
pub const POSTS: usize = 100;

/// Size of a post with history, which the posts are filled up to.
const POST_BYTES: usize = 2_800;

/// The elements of a post that may be repeated, in the order of the schema.
const ROWS: [&str; 9] = [
    "Namn",
    "Persondetaljer",
    "Folkbokforing",
    "Folkbokforingsadress",
    "SarskildPostadress",
    "Utlandsadress",
    "Kontaktadress",
    "Relation",
    "Fastighet",
];

/// Answers of 100 posts each, written as SPAR writes them.
#[must_use]
pub fn answers(count: usize) -> Vec<String> {
    let posts = posts();
    (0..count)
        .map(|answer| {
            let posts = (0..POSTS).map(|post| &posts[(answer * POSTS + post) % posts.len()]);
            written(&posts.map(String::as_str).collect::<String>())
        })
        .collect()
}

/// An answer of one post.
#[must_use]
pub fn answer_of_one() -> String {
    written(&posts()[0])
}

/// A question for a number.
#[must_use]
pub fn request() -> SparPersonsokningFraga {
    let number = |text: &str| text.parse().expect("a number of six digits");
    let who = Identifieringsinformation::new(
        number("500243"),
        "500243".parse().expect("a number of six digits"),
        "637".parse().expect("a number of an assignment"),
        "handläggare".parse().expect("a name of a user"),
    );
    let id_nummer = "198111309285".parse().expect("a number of kundtest");
    SparPersonsokningFraga::new(who, PersonsokningFraga::IdNummer(id_nummer))
}

/// One post for each person: what is not repeated is the person's own, rows are those of the
/// following persons as well, until the size is reached.
fn posts() -> Vec<String> {
    let limits = Limits::default();
    let parse = |text: &'static str| {
        Document::parse(text.as_bytes(), &limits).expect("the persons are XML")
    };
    let documents = PERSONS.map(parse);
    let persons =
        documents.iter().flat_map(|document| document.root().children()).collect::<Vec<_>>();
    let is_row = |element: &Element<'_>| ROWS.contains(&element.local_name());
    let squeezed =
        |element: Element<'_>| element.source().lines().map(str::trim).collect::<String>();
    let post = |first: usize| {
        let mut head = String::new();
        let mut rows = BTreeMap::new();
        let mut size = 0;
        for (nth, person) in persons[first..].iter().chain(&persons).enumerate() {
            for child in person.children() {
                let text = squeezed(child);
                // Written with a prefix before each name, which has five characters mostly.
                let written = text.len() + 5 * text.matches(['<']).count();
                if !is_row(&child) {
                    // Of the following persons only rows are taken.
                    if nth == 0 {
                        head.push_str(&text);
                        size += written;
                    }
                } else if size + written <= POST_BYTES {
                    let kind = ROWS.iter().position(|row| *row == child.local_name());
                    rows.entry(kind).or_insert_with(String::new).push_str(&text);
                    size += written;
                }
            }
            if size > POST_BYTES - 100 {
                break;
            }
        }
        let rows = rows.into_values().collect::<String>();
        format!("<PersonsokningSvarspost>{head}{rows}</PersonsokningSvarspost>")
    };
    (0..persons.len()).map(post).collect()
}

/// The answer with these posts, which stand in one namespace, in the namespaces of the schema.
fn written(posts: &str) -> String {
    let namespace = "http://statenspersonadressregister.se/schema/simulator";
    let document =
        format!("<SPARPersonsokningSvar xmlns=\"{namespace}\">{posts}</SPARPersonsokningSvar>");
    let mut svar = read(&document).value;
    svar.uuid = Some(FreeText::from_register("0b8c3a1e-0000-4000-8000-000000000001"));
    let mut options = WriteOptions::default();
    options.first_prefix = 2;
    options.unused_default = Some("http://www.w3.org/2000/09/xmldsig#");
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    xml::write_into(&svar, &options, &mut out).expect("the persons keep to the schema");
    out
}

/// Reads an answer the way a caller does: tolerant, with the default limits, into owned records.
#[must_use]
pub fn read(document: &str) -> Read<SparPersonsokningSvar> {
    xml::read(document.as_bytes(), Mode::Tolerant, &Limits::default()).expect("an answer")
}

/// How many posts the answer has.
#[must_use]
pub fn count_of_posts(svar: &SparPersonsokningSvar) -> usize {
    svar.personsokning_svarspost.iter().flatten().count()
}

/// All events of quick-xml over the slice, which borrow from it.
pub fn quick_xml_borrowed(document: &str) {
    let mut reader = Reader::from_str(document);
    loop {
        if black_box(reader.read_event().expect("well-formed")) == Event::Eof {
            break;
        }
    }
}

/// All events of quick-xml, read into a buffer.
pub fn quick_xml_buffered(document: &str) {
    let mut reader = Reader::from_reader(document.as_bytes());
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        if black_box(reader.read_event_into(&mut buffer).expect("well-formed")) == Event::Eof {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_as_described() {
        let answer = answers(1).swap_remove(0);
        let size = answer.len() / POSTS;
        assert!((2_700..2_900).contains(&size), "{size}");
        let read = read(&answer);
        assert!(read.deviations.is_empty(), "{:?}", read.deviations);
        assert_eq!(count_of_posts(&read.value), POSTS);
        quick_xml_borrowed(&answer);
        quick_xml_buffered(&answer);
        assert!(xml::write(&request()).is_ok());
    }
}
