//! Strict reading and `xmllint` give the same verdict, whatever is done to a document.
//!
//! Where they differ on purpose is listed in [`disagreements`], with a document each. On white space, on what a
//! CDATA section is, on categories of characters and on long numbers, other validators (Xerces, Python's
//! xmlschema) come to the verdict of strict reading.

use spar_types::personsok::v2021_1::{SparPersonsokningFraga, SparPersonsokningSvar};
use spar_types::personsok::v2023_1;
use spar_types::xml::{Limits, Mode, Root};

use crate::support::{
    Dice, Node, PREFIXES, STEM, Tree, answers, answers_with_additions, in_2023_1, post, read,
    request, requests, xmllint,
};

const FRAGA: &str = "2021.1/PersonsokningFraga.xsd";
const SVAR: &str = "2021.1/PersonsokningSvar.xsd";
const FRAGA_2023: &str = "2023.1/PersonsokningFraga.xsd";
const SVAR_2023: &str = "2023.1/PersonsokningSvar.xsd";

#[test]
fn mutated_answers_get_the_verdict_of_xmllint() {
    compare::<SparPersonsokningSvar>(SVAR, &mutated(&answers(), 1_700, 1));
    let newer = mutated(&answers_with_additions(), 1_700, 7);
    compare::<v2023_1::SparPersonsokningSvar>(SVAR_2023, &all_in_2023_1(&newer));
}

#[test]
fn mutated_requests_get_the_verdict_of_xmllint() {
    compare::<SparPersonsokningFraga>(FRAGA, &mutated(&requests(), 1_500, 2));
    let newer = mutated(&requests(), 1_500, 8);
    compare::<v2023_1::SparPersonsokningFraga>(FRAGA_2023, &all_in_2023_1(&newer));
}

#[test]
fn torn_documents_get_the_verdict_of_xmllint() {
    compare::<SparPersonsokningFraga>(FRAGA, &torn(&requests(), 2_000, 3));
}

/// Each element that holds text, with nothing in it, with blanks, with what fits nearly nowhere.
#[test]
fn every_type_takes_the_texts_that_xmllint_takes() {
    compare::<SparPersonsokningSvar>(SVAR, &emptied(&answers()));
    compare::<SparPersonsokningFraga>(FRAGA, &emptied(&requests()));
    let newer = emptied(&answers_with_additions()[2..3]);
    compare::<v2023_1::SparPersonsokningSvar>(SVAR_2023, &all_in_2023_1(&newer));
    let newer = emptied(&requests()[3..]);
    compare::<v2023_1::SparPersonsokningFraga>(FRAGA_2023, &all_in_2023_1(&newer));
}

fn all_in_2023_1(documents: &[String]) -> Vec<String> {
    documents.iter().map(|document| in_2023_1(document)).collect()
}

fn emptied(samples: &[String]) -> Vec<String> {
    let mut documents = Vec::new();
    for tree in samples.iter().map(|sample| Tree::parse(sample)) {
        for place in 0..tree.size() {
            for text in ["", " ", "\n", "x", "1", "<a/>", "<!-- -->", "å*"] {
                let mut changed = tree.clone();
                let mut index = 0;
                changed.visit(&mut |tree| {
                    if index == place && tree.is_leaf() {
                        tree.content = vec![Node::Raw(text.to_owned())];
                    }
                    index += 1;
                });
                documents.push(changed.write());
            }
        }
    }
    documents
}

fn compare<T: Root>(schema: &str, documents: &[String]) {
    let Some(verdicts) = xmllint("verdicts", schema, documents) else { return };
    let mut valid = 0;
    let mut cured = Vec::new();
    for (document, expected) in documents.iter().zip(verdicts) {
        valid += usize::from(expected);
        match (expected, read::<T>(document, Mode::Strict)) {
            (true, Ok(_)) | (false, Err(_)) => {}
            (true, Err(_)) if document.contains("xsi:type=") => {}
            (true, Err(error)) => panic!("{error}: {document}"),
            (false, Ok(_)) => cured.push(cure(document)),
        }
    }
    // Documents that are all refused at the first byte would prove nothing.
    let range = documents.len() / 20..documents.len() * 3 / 4;
    assert!(range.contains(&valid), "{valid} of {}", documents.len());
    assert!(cured.len() < documents.len() / 20, "{} of {}", cured.len(), documents.len());
    let verdicts = xmllint("verdicts", schema, &cured).unwrap_or_default();
    for (document, is_valid) in cured.iter().zip(verdicts) {
        assert!(is_valid, "accepted, but {document}");
    }
}

/// The document without what `xmllint` alone refuses: see [`disagreements`].
fn cure(document: &str) -> String {
    const COLLAPSED: [&str; 20] = [
        "AndelstalNamnare",
        "AndelstalTaljare",
        "Aterinlasningsdatum",
        "DatumFrom",
        "DatumTill",
        "Fodelsedatum",
        "FodelsedatumFrom",
        "FodelsedatumTom",
        "Fodelsetid",
        "Folkbokforingsdatum",
        "Forlangningsdatum",
        "KundNrLeveransMottagare",
        "KundNrSlutkund",
        "SekretessDatum",
        "SenasteAndringSPAR",
        "SkyddadFolkbokforingDatum",
        "Tilltalsnamn",
        "UppdragId",
        "AntalPoster",
        "MaxAntalSvarsposter",
    ];
    let document = document.replace("<![CDATA[]]>", "").replace("<![CDATA[ ]]>", " ");
    let mut is_collapsed = false;
    let mut pieces = Vec::new();
    for piece in document.split('<') {
        if !piece.starts_with(['!', '?']) {
            let tag = piece.split([' ', '>', '\t', '\r', '\n']).next().unwrap_or_default();
            let name = tag.rsplit(':').next().unwrap_or_default();
            is_collapsed = COLLAPSED.contains(&name);
        }
        match piece.rsplit_once('>').filter(|_| is_collapsed) {
            Some((tag, text)) => {
                pieces.push(format!("{tag}>{}", text.replace("&#32;", " ").trim()))
            }
            None => pieces.push(piece.to_owned()),
        }
    }
    pieces.join("<")
}

#[test]
fn disagreements() {
    let declared = |encoding: &str| {
        let ascii = request("").replace("handläggare", "x");
        format!("<?xml version='1.0' encoding='{encoding}'?>{ascii}")
    };
    let uppdrag = |attributes: &str| {
        request("").replace("<ide:UppdragId>", &format!("<ide:UppdragId {attributes}>"))
    };
    let meta = "komponent/metadata/delademetaelement-1.0";
    let cases: [(&str, bool, String); 10] = [
        // `xsi:type` may name the type an element has anyway, or one derived from it. SPAR's schemas
        // leave nothing to choose, so strict reading refuses it instead of resolving names in values.
        ("type", true, uppdrag(&format!("xmlns:t=\"{STEM}{meta}\" xsi:type=\"t:UppdragIdTYPE\""))),
        // White space in a CDATA section is white space; libxml2 takes any section for text.
        ("cdata", false, request("<![CDATA[ ]]>")),
        // Code points that are not assigned are in \p{C}, hence not in \w; libxml2 sees no category.
        ("unassigned", true, request("<sok:NamnSokArgument>A\u{378}</sok:NamnSokArgument>")),
        // xs:integer has no bound; libxml2 stops at 24 digits.
        ("digits", false, fastighet(&"9".repeat(30))),
        // White space is collapsed around numbers and dates of all types; libxml2 does so for those
        // of XML Schema itself, not for types derived from them.
        ("space", false, request("<sok:Fodelsedatum> 1980-01-01 </sok:Fodelsedatum>")),
        // XML-22: only UTF-8 is read, whatever else the bytes may be.
        ("ascii", true, declared("US-ASCII")),
        ("utf8", true, declared("UTF8")),
        ("latin", true, declared("ISO-8859-1")),
        // XML-03.
        ("doctype", true, format!("<!DOCTYPE x>{}", request(""))),
        // XML-11.
        ("limit", true, request(&format!("<!--{}-->", "x".repeat(Limits::default().event_bytes)))),
    ];
    for (name, is_valid_to_xmllint, document) in &cases {
        let is_answer = document.contains(":SPARPersonsokningSvar");
        let (schema, verdict) = if is_answer {
            (SVAR, read::<SparPersonsokningSvar>(document, Mode::Strict).is_ok())
        } else {
            (FRAGA, read::<SparPersonsokningFraga>(document, Mode::Strict).is_ok())
        };
        assert_eq!(verdict, !is_valid_to_xmllint, "{name}");
        if let Some(verdicts) = xmllint(name, schema, &[document]) {
            assert_eq!(verdicts, [*is_valid_to_xmllint], "{name}");
        }
    }
}

fn fastighet(namnare: &str) -> String {
    post(&format!(
        "<fas:Fastighet><fas:Taxeringsenhetsnummer/><fas:LanKod>01</fas:LanKod><fas:KommunKod>80</fas:KommunKod>\
         <fas:FastighetKod>220</fas:FastighetKod><fas:FastighetDel><fas:Taxeringsidentitet/>\
         <fas:FastighetBeteckning/><fas:AndelstalTaljare>-1</fas:AndelstalTaljare>\
         <fas:AndelstalNamnare>{namnare}</fas:AndelstalNamnare></fas:FastighetDel></fas:Fastighet>"
    ))
}

/// What tolerant reading makes of a mutated document can be written, or it is told why not: then what
/// was written is valid and gives the same value again.
#[test]
fn what_is_written_of_mutated_documents_is_valid() {
    fn check<T: Root + PartialEq>(schema: &str, documents: &[String]) {
        let mut written = Vec::new();
        let mut refused = 0;
        for document in documents {
            let Ok(read) = read::<T>(document, Mode::Tolerant) else { continue };
            match spar_types::xml::write(&read.value) {
                Ok(document) => {
                    let again = crate::support::read::<T>(&document, Mode::Strict);
                    assert!(again.expect("what was written is valid").value == read.value);
                    written.push(document);
                }
                Err(_) => refused += 1,
            }
        }
        let counts = format!("{} written, {refused} refused", written.len());
        assert!(written.len() > 250 && refused > 50, "{counts}");
        if let Some(verdicts) = xmllint("written", schema, &written) {
            assert!(verdicts.into_iter().all(|is_valid| is_valid));
        }
    }
    check::<SparPersonsokningSvar>(SVAR, &mutated(&answers(), 750, 5));
    let newer = all_in_2023_1(&mutated(&answers_with_additions(), 750, 9));
    check::<v2023_1::SparPersonsokningSvar>(SVAR_2023, &newer);
}

/// Samples with one to three changes each.
pub(crate) fn mutated(samples: &[String], count: usize, seed: u64) -> Vec<String> {
    let mut dice = Dice::new(seed);
    let trees = samples.iter().map(|sample| Tree::parse(sample)).collect::<Vec<_>>();
    // Elements from anywhere, to be put anywhere else.
    let mut parts = Vec::new();
    for tree in &trees {
        tree.clone().visit(&mut |tree| parts.push(tree.clone()));
    }
    let one = |_| {
        let mut tree = dice.pick(&trees).clone();
        for _ in 0..=dice.below(3) {
            let place = dice.below(tree.size());
            let mut index = 0;
            let mut change = |tree: &mut Tree| {
                if index == place {
                    mutate(tree, &parts, &mut dice);
                }
                index += 1;
            };
            tree.visit(&mut change);
        }
        tree.write()
    };
    (0..count).map(one).collect()
}

fn mutate(tree: &mut Tree, parts: &[Tree], dice: &mut Dice) {
    let len = tree.content.len();
    // Most elements hold text, and most rules are about text.
    if tree.is_leaf() && dice.below(3) > 0 {
        tree.content = vec![Node::Raw(mutated_text(tree, dice))];
        return;
    }
    match dice.below(12) {
        0 if len > 0 => drop(tree.content.remove(dice.below(len))),
        1 if len > 0 => {
            let copy = tree.content[dice.below(len)].clone();
            tree.content.insert(dice.below(len + 1), copy);
        }
        2 if len > 1 => tree.content.swap(dice.below(len), dice.below(len)),
        3 => {
            let part = dice.pick(parts).clone();
            tree.content.insert(dice.below(len + 1), Node::Element(part));
        }
        4 => {
            tree.name = dice
                .pick(&["Namn", "Kon", "namn", "Typ", "LanKod", "PostNr", "Ökänd", "a-1"])
                .to_string()
        }
        5 => tree.prefix = dice.pick(&PREFIXES).0.to_owned(),
        6 => {
            let namespace = dice.pick(&["", "u", "http://statenspersonadressregister.se/schema/x"]);
            tree.attributes.push_str(&format!(
                " xmlns:{}=\"{namespace}\"",
                dice.pick(&["q", "sok", "adr", &tree.prefix])
            ));
        }
        7 => {
            let namespace = tree.namespace_or_stem();
            tree.attributes.push_str(&format!(" xmlns=\"{namespace}\""));
            tree.prefix = String::new();
        }
        8 | 9 => tree.attributes.push_str(dice.pick::<&str>(&[
            " a=\"b\"",
            " xml:lang=\"sv\"",
            " xml:space=\"preserve\"",
            " xsi:nil=\"true\"",
            " xsi:nil=\"false\"",
            " xsi:type=\"per:IdNummerTYPE\"",
            " xsi:type=\"x\"",
            " xsi:schemaLocation=\"u nowhere.xsd\"",
            " xsi:noNamespaceSchemaLocation=\"nowhere.xsd\"",
            " xsi:other=\"\"",
            " sattAvSPAR=\"JA\"",
            " sattAvSPAR='NEJ'",
            " sattAvSPAR=' JA'",
            " sattAvSPAR=\"&#74;A\"",
            " sattAvSPAR=\"\"",
            " sky:sattAvSPAR=\"JA\"",
            " q:a=\"\"",
            " xmlns:q=\"u\" q:a=\"\"",
            " xmlns:xml=\"http://www.w3.org/XML/1998/namespace\"",
        ])),
        _ => {
            let raw = dice.pick(&[
                " ",
                "\r\n",
                "x",
                "&#32;",
                "&#160;",
                "&amp;",
                "\u{a0}",
                "<!-- å -->",
                "<?a b?>",
                "<![CDATA[x]]>",
                "<![CDATA[ ]]>",
                "<![CDATA[]]>",
                "<!-- -- -->",
                "<?xml a?>",
                "]]>",
                "&x;",
                "<a>",
                "</a>",
                "<a/>",
                "\u{1}",
            ]);
            tree.content.insert(dice.below(len + 1), Node::Raw(raw.to_string()));
        }
    }
}

impl Tree {
    fn namespace_or_stem(&self) -> String {
        let is_sample = PREFIXES.iter().any(|(prefix, _)| *prefix == self.prefix);
        if is_sample { self.namespace() } else { STEM.to_owned() }
    }
}

/// A text at the edge of some facet.
fn mutated_text(tree: &Tree, dice: &mut Dice) -> String {
    const LENGTHS: [usize; 15] = [1, 2, 26, 27, 28, 30, 31, 35, 36, 37, 60, 61, 80, 81, 101];
    const FIXED: [&str; 78] = [
        "",
        " ",
        "JA",
        "NEJ",
        "ja",
        " JA",
        "JA ",
        "J&#65;",
        "<![CDATA[JA]]>",
        "J<!-- -->A",
        "MAN",
        "KVINNA",
        "Till",
        "Fran",
        "Från",
        "Taxering",
        "VÅRDNADSHAVARE",
        "Skriven på adressen",
        "PERSONNUMMER",
        "20",
        " 20 ",
        "+20",
        "020",
        "-20",
        "-0",
        "2 0",
        "20.0",
        "9",
        "10",
        "99",
        "100",
        "0",
        "1",
        "500000",
        "500001",
        "599999",
        "600000",
        "2147483647",
        "2147483648",
        "-2147483648",
        "-2147483649",
        "9223372036854775807",
        "9223372036854775808",
        "00000000000000000000001",
        "٣",
        "２０",
        "2021-10-08",
        " 2021-10-08\n",
        "2021-02-29",
        "2020-02-29",
        "0000-01-01",
        "-0001-01-01",
        "10000-01-01",
        "02021-01-01",
        "2021-10-08Z",
        "2021-10-08+14:00",
        "2021-10-08+14:01",
        "2021-10-8",
        "2021-10-08T00:00:00",
        "9999-12-31",
        "01",
        "1a",
        "2000",
        "1999",
        "112",
        "000",
        "00000000000",
        "000000000000",
        "11234",
        "01234",
        "112 34",
        "101001",
        "198001019803",
        "098001019803",
        "1980010198034",
        "1980010198０3",
        "\t198001019803",
        "\u{feff}",
    ];
    // None of them was assigned after Unicode 4, which is what libxml2 knows.
    const LETTERS: [&str; 30] = [
        "a",
        "Å",
        "é",
        "e\u{301}",
        "ß",
        "ø",
        "Ж",
        "ا",
        "中",
        "\u{10400}",
        "0",
        "²",
        "*",
        "-",
        "'",
        "_",
        ".",
        ",",
        ":",
        "/",
        "+",
        "&lt;",
        "$",
        "€",
        "´",
        " ",
        "\t",
        "\u{a0}",
        "\u{2019}",
        "\u{ad}",
    ];
    match dice.below(6) {
        0 | 1 => dice.pick(&FIXED).to_string(),
        2 => dice.pick(&["a", "å", "\u{1f600}", "1"]).repeat(*dice.pick(&LENGTHS)),
        3 => "x".repeat(*dice.pick(&[255, 256, 257])),
        4 => {
            let old = match tree.content.first() {
                Some(Node::Raw(text)) => text.clone(),
                _ => String::new(),
            };
            let letter = dice.pick(&LETTERS);
            if dice.below(2) == 0 { format!("{letter}{old}") } else { format!("{old}{letter}") }
        }
        _ => (0..=dice.below(6)).map(|_| *dice.pick(&LETTERS)).collect(),
    }
}

/// Samples in which single pieces of markup are removed, added or replaced.
fn torn(samples: &[String], count: usize, seed: u64) -> Vec<String> {
    const PIECES: [&str; 40] = [
        "<",
        ">",
        "&",
        "\"",
        "'",
        "=",
        "/",
        "</",
        "/>",
        "<!",
        "<!--",
        "-->",
        "--",
        "<?",
        "?>",
        "]]>",
        "<![CDATA[",
        ";",
        "#",
        " ",
        "\n",
        "\r",
        "\t",
        "\u{a0}",
        "\u{feff}",
        "&amp;",
        "&lt;",
        "&#65;",
        "&#x41;",
        "&#0;",
        "&x;",
        " a=\"b\"",
        " a=''",
        "xmlns",
        ":",
        "<a/>",
        "<!-- a -->",
        "<?a?>",
        "é",
        "<?xml version=\"1.0\"?>",
    ];
    let mut dice = Dice::new(seed);
    let one = |_: usize| {
        let mut document = dice.pick(samples).clone();
        if dice.below(3) == 0 {
            document.insert_str(
                0,
                dice.pick::<&str>(&[
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
                    "<?xml version='1.0' standalone='no' ?>\n",
                    "\u{feff}",
                    "\n",
                    "<!-- a -->",
                    "<?a b?>",
                    "<?xml version='1.0' encoding='utf-8'?><!-- -->\r\n",
                ]),
            );
        }
        for _ in 0..=dice.below(2) {
            // Most of a short request is the declarations, in which most changes mean nothing.
            let from = if dice.below(4) == 0 { 0 } else { document.find("<ide:").unwrap_or(0) };
            let mut places = document
                .char_indices()
                .map(|(place, _)| place)
                .filter(|place| *place >= from)
                .collect::<Vec<_>>();
            places.push(document.len());
            let place = dice.below(places.len());
            let end = (place + dice.below(3)).min(places.len() - 1);
            let piece = if dice.below(4) == 0 { "" } else { dice.pick(&PIECES) };
            document.replace_range(places[place]..places[end], piece);
        }
        document
    };
    (0..count).map(one).collect()
}
