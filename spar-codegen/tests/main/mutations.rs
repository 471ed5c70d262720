//! Schemas that something has happened to: code or an error, never a panic, and never without an end.

use spar_codegen::{Bindings, Tables};

use crate::constructs::folder;

/// The schemas, and how often something happens to each.
const SCHEMAS: [&str; 11] = [
    "alla.xsd",
    "anonyma.xsd",
    "annat.xsd",
    "arv.xsd",
    "attribut.xsd",
    "jokrar.xsd",
    "namn.xsd",
    "nil.xsd",
    "rekursiv.xsd",
    "steg.xsd",
    "upprepade.xsd",
];
const MUTATIONS: usize = 30;

/// Words that mean something in schemas.
const WORDS: [&str; 16] = [
    "sequence",
    "choice",
    "all",
    "group",
    "element",
    "extension",
    "restriction",
    "simpleType",
    "complexType",
    "union",
    "list",
    "unbounded",
    "0",
    "required",
    "##other",
    "p:",
];

/// Numbers that look random, and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }

    fn place(&mut self, text: &str) -> usize {
        let mut place = self.below(text.len());
        while !text.is_char_boundary(place) {
            place -= 1;
        }
        place
    }
}

/// A tag is left out or comes twice, a word takes the place of another, text is cut or changes places.
fn mutate(text: &str, numbers: &mut Numbers) -> String {
    let tags: Vec<_> = text.match_indices('<').map(|(start, _)| start).collect();
    if tags.is_empty() {
        return text.to_owned();
    }
    let tag = |numbers: &mut Numbers| {
        let start = tags[numbers.below(tags.len())];
        let end = text[start..].find('>').map_or(text.len(), |end| start + end + 1);
        (start, end)
    };
    match numbers.below(6) {
        0 => {
            let (start, end) = tag(numbers);
            format!("{}{}", &text[..start], &text[end..])
        }
        1 => {
            let (start, end) = tag(numbers);
            format!("{}{}", &text[..end], &text[start..])
        }
        2 | 3 => {
            let word = WORDS[numbers.below(WORDS.len())];
            let words: Vec<_> = WORDS.iter().flat_map(|word| text.match_indices(word)).collect();
            let Some(&(start, old)) = words.get(numbers.below(words.len())) else {
                return text.to_owned();
            };
            format!("{}{word}{}", &text[..start], &text[start + old.len()..])
        }
        4 => {
            let quoted: Vec<_> = text.split('"').collect();
            let pairs = (quoted.len() - 1) / 2;
            let (one, other) = (numbers.below(pairs), numbers.below(pairs));
            let mut changed = quoted;
            if pairs > 0 {
                changed.swap(one * 2 + 1, other * 2 + 1);
            }
            changed.join("\"")
        }
        _ => text[..numbers.place(text)].to_owned(),
    }
}

#[test]
fn of_schemas_end_in_code_or_in_an_error() {
    // GEN-04.
    let copy = tempfile::tempdir().unwrap();
    std::fs::copy(folder().join("kameleont.xsd"), copy.path().join("kameleont.xsd")).unwrap();
    let (mut good, mut bad) = (0, 0);
    let mut numbers = Numbers(2021);
    for schema in SCHEMAS {
        let text = std::fs::read_to_string(folder().join(schema)).unwrap();
        for _ in 0..MUTATIONS {
            let mut mutated = mutate(&text, &mut numbers);
            for _ in 0..numbers.below(3) {
                mutated = mutate(&mutated, &mut numbers);
            }
            std::fs::write(copy.path().join(schema), mutated).unwrap();
            let tables = Tables::default();
            let bindings = Bindings::new("prov/1.0", copy.path(), schema).tables(tables);
            match bindings.json(true).generate() {
                Ok(_) => good += 1,
                Err(error) => {
                    bad += 1;
                    assert!(error.report().starts_with("error: "));
                }
            }
        }
    }
    // Both happen often, or the mutations are no good.
    assert!(good > 5 && bad > 100, "{good} of {}", good + bad);
}
