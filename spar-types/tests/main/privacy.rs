//! PII-01, PII-02, PII-04, PII-06, PII-07: what is shown of a person, and what is not.

use std::cell::RefCell;
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};

use spar_types::personsok::v2021_1::{
    AviseringPost, Kontaktadress, PersonsokningFraga, SarskildPostadress, SekretessSattAvSpar,
    SlutAnvandarId, Sokvillkor, SparPersonsokningFraga, SparPersonsokningSvar,
};
use spar_types::xml::{
    self, Document, Element, FromXml, Limits, Mode, Name, Reading, Refusal, Root, ToXml, Writer,
};
use spar_types::{FreeText, Inspect, SimpleType, Unrepresentable};

use crate::support::{Node, Tree, answers, requests, tolerant};

/// Stands for something about a person. It breaks the facets of every type that has some but length.
pub(crate) const MARKER: &str = "Märkö 4711";

/// The sample with the marker as text of every element and value of every attribute of the record.
pub(crate) fn marked(sample: &str) -> String {
    let mut tree = Tree::parse(sample);
    tree.visit(&mut |tree| {
        if tree.is_leaf() {
            tree.content = vec![Node::Raw(MARKER.to_owned())];
        }
        tree.attributes =
            tree.attributes.replace("sattAvSPAR=\"JA\"", &format!("sattAvSPAR=\"{MARKER}\""));
    });
    tree.write()
}

/// `Debug` shows nothing, `unredacted` does.
#[track_caller]
fn check<T: Inspect + Debug>(value: &T) {
    for shown in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!shown.contains("4711") && shown.contains("<redacted>"), "{shown}");
    }
    let type_name = std::any::type_name::<T>();
    assert!(format!("{:?}", value.unredacted()).contains(MARKER), "{type_name}");
    assert!(format!("{:#?}", value.unredacted()).contains(MARKER), "{type_name}");
}

#[track_caller]
fn first<T: Inspect + Debug>(entries: &[Result<T, Unrepresentable>]) -> &T {
    let first = entries.first().expect("an entry").as_ref().expect("a record");
    check(first);
    first
}

#[track_caller]
fn some<T: Inspect + Debug>(value: &Option<T>) -> &T {
    let value = value.as_ref().expect("a value");
    check(value);
    value
}

#[test]
fn debug_of_a_record_shows_no_value() {
    // PII-01, PII-13: every record that an answer holds, and every value of each.
    let answer = tolerant::<SparPersonsokningSvar>(&marked(&answers()[2])).0;
    check(&answer);
    check(&answer.personsokning_fraga.clone().expect("an echo"));
    let post: &AviseringPost = first(&answer.personsokning_svarspost);
    check(&post.person_id);
    check(&post.person_id.id_nummer);
    check(&post.person_id.typ);
    let sekretess = some(&post.sekretessmarkering);
    check(&sekretess.value);
    let satt: &SekretessSattAvSpar = some(&sekretess.satt_av_spar);
    let SekretessSattAvSpar::Unknown(code) = satt else { panic!("an unknown code") };
    assert_eq!(format!("{code:?}"), "<redacted>");
    some(&post.sekretess_datum);
    some(&post.skyddad_folkbokforing);
    some(&post.summerad_inkomst);
    some(&post.inkomst_ar);
    let namn = first(&post.namn);
    let interval = some(&namn.datum_intervall);
    some(&interval.datum_from);
    some(&namn.aviseringsnamn);
    some(&namn.fornamn);
    some(&namn.tilltalsnamn);
    some(&namn.mellannamn);
    some(&namn.efternamn);
    let detaljer = first(&post.persondetaljer);
    some(&detaljer.avregistreringsorsak_kod);
    some(&detaljer.avlidendatum);
    some(&detaljer.fodelselan_kod);
    some(&detaljer.fodelseforsamling);
    some(&detaljer.kon);
    some(&detaljer.svensk_medborgare);
    let hanvisning = first(&detaljer.hanvisning);
    some(&hanvisning.typ);
    let folkbokforing = first(&post.folkbokforing);
    some(&folkbokforing.folkbokford_lan_kod);
    some(&folkbokforing.folkbokford_kommun_kod);
    some(&folkbokforing.hemvist);
    some(&folkbokforing.distrikt_kod);
    let svensk = &first(&post.folkbokforingsadress).svensk_adress;
    check(svensk);
    some(&svensk.care_of);
    some(&svensk.utdelningsadress1);
    some(&svensk.post_nr);
    some(&svensk.postort);
    assert!(matches!(first(&post.sarskild_postadress), SarskildPostadress::SvenskAdress(_)));
    assert!(matches!(first(&post.kontaktadress), Kontaktadress::InternationellAdress(_)));
    let internationell = &first(&post.utlandsadress).internationell_adress;
    check(internationell);
    some(&internationell.land);
    let relation = first(&post.relation);
    check(&relation.relationstyp);
    some(&relation.fodelsetid);
    let fastighet = first(&post.fastighet);
    check(&fastighet.taxeringsenhetsnummer);
    check(&fastighet.lan_kod);
    check(&fastighet.kommun_kod);
    check(&fastighet.fastighet_kod);
    some(&fastighet.taxeringsar);
    some(&fastighet.taxeringsvarde);
    let del = first(&fastighet.fastighet_del);
    check(&del.taxeringsidentitet);
    check(&del.fastighet_beteckning);
    check(&del.andelstal_taljare);
    // The other outcomes. What they say in public, they say only in the form that the schema allows.
    for sample in &answers()[4..] {
        let answer = tolerant::<SparPersonsokningSvar>(&marked(sample)).0;
        check(&answer);
        match &answer.overstiger_max_antal_svarsposter {
            Some(antal) => check(antal),
            None => check(first(&answer.undantag)),
        }
    }
    // PII-11: the arguments of a search.
    for sample in &requests()[2..] {
        let request = tolerant::<SparPersonsokningFraga>(&marked(sample)).0;
        check(&request);
        check(&request.identifieringsinformation);
        check(&request.identifieringsinformation.slut_anvandar_id);
        check(&request.personsokning_fraga);
        let PersonsokningFraga::Sokvillkor(villkor) = &request.personsokning_fraga else {
            panic!("arguments")
        };
        let villkor: &Sokvillkor = villkor;
        check(villkor);
        some(&villkor.namn_villkor);
    }
    let request = tolerant::<SparPersonsokningFraga>(&requests()[4]).0;
    let PersonsokningFraga::Sokvillkor(villkor) = &request.personsokning_fraga else {
        panic!("arguments")
    };
    for shown in [
        format!("{:?}", villkor.post_nr_villkor),
        format!("{:?}", villkor.fodelsedatum_villkor),
        format!("{:?}", villkor.distrikt_kod_villkor),
    ] {
        assert_eq!(shown.matches("<redacted>").count(), 2, "{shown}");
    }
}

#[test]
fn debug_shows_what_says_nothing_about_anybody() {
    // PII-12.
    let request = tolerant::<SparPersonsokningFraga>(&requests()[3]).0;
    assert_eq!(
        format!("{request:?}"),
        "SparPersonsokningFraga { identifieringsinformation: Identifieringsinformation { \
         kund_nr_leverans_mottagare: \"500243\", kund_nr_slutkund: \"500243\", uppdrag_id: \"637\", \
         slut_anvandar_id: <redacted>, slut_anvandar_utokad_behorighet: [\"Relationer\", \"Medborgarskap\", \
         \"Taxering\", \"Sekretess\"] }, personsokning_fraga: PersonsokningFraga::Sokvillkor(Sokvillkor { \
         fonetisk_sokning: <redacted>, namn_villkor: <redacted>, utdelningsadress_sok_argument: <redacted>, \
         postort_sok_argument: <redacted>, post_nr_villkor: <redacted>, fodelsedatum_villkor: <redacted>, \
         kon: <redacted>, lan_kod: <redacted>, kommun_kod: <redacted>, distrikt_kod_villkor: <redacted> }) }"
    );
    let answer = tolerant::<SparPersonsokningSvar>(&answers()[5]).0;
    assert_eq!(
        format!("{answer:?}"),
        "SparPersonsokningSvar { personsokning_fraga: <redacted>, personsokning_svarspost: <redacted>, \
         undantag: <redacted>, overstiger_max_antal_svarsposter: <redacted>, \
         uuid: Some(\"0b8c3a1e-0000-4000-8000-00000000000a\") }"
    );
    // The number of a person in a public field is no code.
    for (text, is_shown) in [
        ("198001019803", false),
        ("19800101-9803", false),
        ("A B", false),
        ("", false),
        ("GENERELLT_FEL", true),
    ] {
        let mut answer = SparPersonsokningSvar::default();
        answer.uuid = Some(FreeText::from_register(text));
        assert_eq!(format!("{answer:?}").contains(&format!("Some({text:?})")), is_shown, "{text}");
    }
}

#[test]
fn errors_and_deviations_show_no_value_and_no_name_of_a_stranger() {
    // PII-02. The marker as name, prefix, attribute, text and everything else, alone and in samples.
    const NAME: &str = "Märkö4711";
    let hostile = [
        MARKER.to_owned(),
        format!("<{NAME}"),
        format!("<{NAME}/>"),
        format!("<{NAME}>{MARKER}"),
        format!("<{NAME}><{NAME}></{NAME}x></{NAME}>"),
        format!("</{NAME}>"),
        format!("<Namn></{NAME}>"),
        format!("<{NAME}:Namn/>"),
        format!("<Namn {NAME}:a=''/>"),
        format!("<Namn {NAME}='' {NAME}=''/>"),
        format!("<Namn {NAME}=4711/>"),
        format!("<Namn xmlns:{NAME}=''/>"),
        format!("<Namn xmlns:xml='{MARKER}'/>"),
        format!("<Namn a='&{NAME};'/>"),
        format!("<Namn a='{MARKER}<'/>"),
        format!("<Namn>&{NAME};</Namn>"),
        format!("<Namn>&#{NAME};</Namn>"),
        format!("<Namn>{MARKER}]]></Namn>"),
        format!("<Namn>{MARKER}\u{1}</Namn>"),
        format!("<!DOCTYPE {NAME}><Namn/>"),
        format!("<!{NAME}>"),
        format!("<!--{MARKER}-- --><Namn/>"),
        format!("<!--{MARKER}"),
        format!("<?xml {NAME}?><Namn/>"),
        format!("<?xml version='{MARKER}'?><Namn/>"),
        format!("<?xml version='1.0' encoding='{NAME}'?><Namn/>"),
        format!("<?{NAME}:a?><Namn/>"),
        format!("<Namn/>{MARKER}"),
        format!("<Namn/><{NAME}/>"),
        format!("<1{NAME}/>"),
        format!("<Namn><a:b:{NAME}/></Namn>"),
    ];
    let strangers = |sample: &String| {
        let mut tree = Tree::parse(&marked(sample));
        tree.visit(&mut |tree| {
            let stranger = format!("<{NAME} {NAME}=\"{MARKER}\">{MARKER}</{NAME}>");
            tree.content.extend([Node::Raw(stranger), Node::Raw(MARKER.to_owned())]);
            tree.attributes
                .push_str(&format!(" {NAME}=\"{MARKER}\" xmlns:{NAME}=\"{MARKER}\" {NAME}:a=\"\""));
        });
        tree.write()
    };
    let samples = answers().into_iter().chain(requests()).collect::<Vec<_>>();
    let documents = hostile
        .into_iter()
        .chain(samples.iter().map(|s| marked(s)))
        .chain(samples.iter().map(strangers));
    let mut shown = Vec::new();
    for document in documents {
        reports::<SparPersonsokningSvar>(&document, &mut shown);
        reports::<SparPersonsokningFraga>(&document, &mut shown);
    }
    assert!(shown.len() > 500, "{}", shown.len());
    for report in shown {
        assert!(!report.contains("4711") && !report.contains("Märkö"), "{report}");
    }
}

/// Everything that is told of a document while it is parsed and read.
fn reports<T: Root + Inspect + Debug>(document: &str, shown: &mut Vec<String>) {
    let limits = Limits::default();
    for mode in [Mode::Tolerant, Mode::Strict] {
        match xml::read::<T>(document.as_bytes(), mode, &limits) {
            Ok(read) => {
                shown.push(format!("{read:?}"));
                for deviation in &read.deviations {
                    shown.push(format!("{deviation} {deviation:?} {deviation:#?}"));
                }
                if let Err(error) = xml::write(&read.value) {
                    shown.push(format!("{error} {error:?}"));
                }
            }
            Err(error) => shown.push(format!("{error} {error:?} {error:#?} {:?}", error.kind())),
        }
    }
    if let Ok(document) = Document::parse(document.as_bytes(), &limits) {
        let mut open = vec![document.root()];
        while let Some(element) = open.pop() {
            shown.push(format!("{document:?} {element:?} {}", element.path()));
            open.extend(element.children());
        }
    }
}

#[test]
fn errors_of_values_show_no_value() {
    // PII-02.
    let long = format!("{MARKER}{}", "x".repeat(300));
    let error = long.parse::<SlutAnvandarId>().expect_err("too long");
    assert_eq!(format!("{error}"), "SlutAnvandarId: value is longer than 256 characters");
    assert!(!format!("{error:?}").contains("4711"));
    assert_eq!(SlutAnvandarId::from_register(&long).as_str(), long);
}

#[test]
fn a_panic_shows_no_value() {
    // PII-04: what `unwrap` and `expect` say of an error or a record is its `Debug`.
    let wrong = marked(&answers()[2]);
    let answer = tolerant::<SparPersonsokningSvar>(&wrong).0;
    let lost = answers()[2].replace("<rel:Relationstyp>VÅRDNADSHAVARE</rel:Relationstyp>", MARKER);
    let lost = tolerant::<SparPersonsokningSvar>(&lost).0;
    let post = lost.personsokning_svarspost[0].as_ref().expect("a post");
    let unrepresentable = post.relation[0].as_ref().expect_err("a relation of no kind").clone();
    assert!(unrepresentable.source_text().contains(MARKER));
    let strict =
        xml::read::<SparPersonsokningSvar>(wrong.as_bytes(), Mode::Strict, &Limits::default());
    let written = xml::write(&answer).expect_err("an invalid record");
    let value = MARKER.repeat(40).parse::<SlutAnvandarId>().expect_err("too long");
    let search = spar_types::personsok::v2023_1::Sokvillkor::builder()
        .namn_sok_argument(MARKER)
        .post_nr(MARKER)
        .build();
    for told in [
        panic_of(strict.expect_err("invalid")),
        panic_of(written),
        panic_of(value),
        panic_of(search.expect_err("no postal code")),
        panic_of(unrepresentable),
        panic_of(answer),
    ] {
        assert!(told.starts_with("expected: "), "{told}");
        assert!(!told.contains("4711") && !told.contains("Märkö"), "{told}");
    }
}

/// The message of a program that expected no error.
fn panic_of<E: Debug>(error: E) -> String {
    let unexpected = |result: Result<(), E>| result.expect("expected");
    let panics = AssertUnwindSafe(move || unexpected(Err(error)));
    let payload = catch_unwind(panics).expect_err("a panic");
    *payload.downcast::<String>().expect("a message")
}

/// Whether a type has the trait: a method of the type's own hides that of the trait `Not`.
#[cfg(feature = "serde")]
macro_rules! is_serialize {
    ($type:ty) => {{
        struct Probe<T>(std::marker::PhantomData<T>);
        #[allow(dead_code, reason = "one of the two constants is")]
        trait Not {
            const IS: bool = false;
        }
        impl<T> Not for Probe<T> {}
        #[allow(dead_code, reason = "one of the two constants is")]
        impl<T: serde::Serialize> Probe<T> {
            const IS: bool = true;
        }
        Probe::<$type>::IS
    }};
}

#[cfg(feature = "serde")]
#[test]
fn records_are_serialized_and_nothing_else_is() {
    // PII-06.
    const { assert!(is_serialize!(SparPersonsokningSvar) && is_serialize!(SlutAnvandarId)) };
    const {
        assert!(
            !is_serialize!(spar_types::Error)
                && !is_serialize!(spar_types::InvalidValue)
                && !is_serialize!(spar_types::InvalidDocument)
                && !is_serialize!(spar_types::Deviation)
                && !is_serialize!(spar_types::search::InvalidSearch)
                && !is_serialize!(spar_types::comparison::InvalidClaim)
                && !is_serialize!(spar_types::comparison::Claim)
        );
    };
}

#[test]
fn the_writer_shows_nothing_of_what_it_wrote() {
    let spy = Spy { answer: tolerant(&answers()[2]).0, shown: RefCell::default() };
    let written = xml::write(&spy).expect("a valid answer");
    assert!(written.contains("Åsa"));
    assert_eq!(*spy.shown.borrow(), "Writer { path: [], .. }");
}

/// An answer that looks at the writer behind its back.
struct Spy {
    answer: SparPersonsokningSvar,
    shown: RefCell<String>,
}

impl ToXml for Spy {
    fn to_xml(&self, name: Name, writer: &mut Writer) {
        self.answer.to_xml(name, writer);
        *self.shown.borrow_mut() = format!("{writer:?}");
    }
}

impl FromXml for Spy {
    fn from_xml(element: Element<'_>, reading: &mut Reading) -> Result<Self, Refusal> {
        let answer = SparPersonsokningSvar::from_xml(element, reading)?;
        Ok(Self { answer, shown: RefCell::default() })
    }
}

impl Root for Spy {
    const NAME: Name = SparPersonsokningSvar::NAME;
    const NAMESPACES: &'static [&'static str] = SparPersonsokningSvar::NAMESPACES;
}
