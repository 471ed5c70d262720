//! XML-20, XML-21, XML-23 to XML-27, XML-31 to XML-37, XML-39 and rows of REC: what is made of a document.

use spar_types::ErrorKind;
use spar_types::Rule;
use spar_types::SimpleType;
use spar_types::personsok::v2021_1::{
    AviseringPost, DistriktKod, DistriktKodVillkor, FastighetKommunKod, FastighetLanKod,
    FodelsedatumVillkor, HanvisningTyp, Hemvist, KommunKod, KommunKodSokArgument, Kon, LanKod,
    LanKodSokArgument, PersonsokningFraga, PostNr, PostNrVillkor, SarskildPostadress,
    SekretessSattAvSpar, SparPersonsokningFraga, SparPersonsokningSvar,
};
use spar_types::personsok::v2023_1;
use spar_types::xml::{self, Document, Element, Limits, Mode, Root};

use crate::laws;
use crate::support::{
    Dice, FLAGGOR, NUMMER, PREFIXES, STEM, Tree, answer, answers, answers_with_additions, document,
    in_2023_1, post, read, request, requests, row, tolerant,
};

const POST: &str = "SPARPersonsokningSvar/PersonsokningSvarspost";

fn posts(answer: SparPersonsokningSvar) -> Vec<AviseringPost> {
    answer.personsokning_svarspost.into_iter().flatten().collect()
}

/// Reads an answer tolerantly: its posts, and path, rule and loss of each deviation.
fn posts_of(document: &str) -> (Vec<AviseringPost>, Vec<(String, Rule, bool)>) {
    let (value, deviations) = tolerant::<SparPersonsokningSvar>(document);
    let deviations = deviations.into_iter().map(|d| (d.path, d.rule, d.is_lost)).collect();
    (posts(value), deviations)
}

/// Reads a post tolerantly: exactly these deviations, each below the post; strictly: an error.
#[track_caller]
fn check(content: &str, expected: &[(&str, Rule)]) -> AviseringPost {
    let document = post(content);
    let (mut posts, deviations) = posts_of(&document);
    let expected = expected
        .iter()
        .map(|(path, rule)| (format!("{POST}{path}"), rule.clone(), false))
        .collect::<Vec<_>>();
    assert_eq!(deviations, expected);
    let strict = read::<SparPersonsokningSvar>(&document, Mode::Strict);
    assert_eq!(strict.is_err(), !expected.is_empty());
    posts.remove(0)
}

/// Holds one of the laws for every sample, many times.
macro_rules! each_sample {
    ($law:ident) => {
        let mut dice = Dice::new(21);
        for _ in 0..20 {
            answers().iter().for_each(|d| laws::$law::<SparPersonsokningSvar>(d, &mut dice));
            requests().iter().for_each(|d| laws::$law::<SparPersonsokningFraga>(d, &mut dice));
        }
    };
}

#[test]
fn samples_are_read_strictly_without_deviation() {
    for document in answers() {
        let strict =
            read::<SparPersonsokningSvar>(&document, Mode::Strict).expect("a valid answer");
        let (value, deviations) = tolerant::<SparPersonsokningSvar>(&document);
        assert!(strict.value == value && strict.deviations.is_empty() && deviations.is_empty());
        assert!(read::<SparPersonsokningFraga>(&document, Mode::Strict).is_err());
    }
    for document in requests() {
        let strict =
            read::<SparPersonsokningFraga>(&document, Mode::Strict).expect("a valid request");
        assert!(strict.value == tolerant(&document).0);
        let other =
            read::<SparPersonsokningSvar>(&document, Mode::Tolerant).expect_err("another root");
        assert_eq!(
            (other.kind(), other.path()),
            (&ErrorKind::UnexpectedRoot, "SPARPersonsokningFraga")
        );
    }
}

#[test]
fn the_order_of_children_does_not_matter() {
    // XML-25.
    each_sample!(order_means_nothing);
}

#[test]
fn prefixes_do_not_matter() {
    // XML-21.
    each_sample!(prefixes_mean_nothing);
}

#[test]
fn other_versions_of_namespaces_give_the_same_value() {
    // XML-33: also a stem without the version, and another interface version.
    each_sample!(versions_mean_nothing);
    // One deviation for each element, with its path; an error where reading is strict.
    let other = post("").replace("person-1.2", "person-1.3");
    let (_, deviations) = posts_of(&other);
    let paths =
        deviations.iter().map(|(path, ..)| path.trim_start_matches(POST)).collect::<Vec<_>>();
    assert_eq!(paths, ["/PersonId", "/PersonId/IdNummer", "/PersonId/Typ"]);
    assert!(read::<SparPersonsokningSvar>(&other, Mode::Strict).is_err());
    // XML-20: below another stem, or in no namespace, it is another element.
    for namespace in [
        "http://example.org/schema/komponent/person/namn/namn-1.0",
        "http://statenspersonadressregister.se/",
    ] {
        let foreign = format!("<x:Namn xmlns:x=\"{namespace}\"><x:Fornamn>A</x:Fornamn></x:Namn>");
        assert!(check(&foreign, &[("/*", Rule::UnknownElement)].map(known_name)).namn.is_empty());
    }
    assert!(check("<Namn/>", &[("/Namn", Rule::UnknownElement)]).namn.is_empty());
}

/// The path shows the name where the schemas know it, whatever its namespace.
fn known_name((_, rule): (&'static str, Rule)) -> (&'static str, Rule) {
    ("/Namn", rule)
}

#[test]
fn what_is_missing_or_unknown_loses_nothing_else() {
    let namn = "<nam:Namn><nel:Fornamn>Åsa</nel:Fornamn></nam:Namn>";
    // XML-23.
    let unknown = "<x:a xmlns:x=\"u\" b=\"c\"><x:d>e</x:d></x:a>";
    let post = check(&format!("{unknown}{namn}"), &[("/*", Rule::UnknownElement)]);
    assert_eq!(post.namn.len(), 1);
    let attributes = namn.replace("<nel:Fornamn>", "<nel:Fornamn a=\"b\" nel:c=\"d\">");
    let unknown_attribute = ("/Namn/Fornamn", Rule::UnknownAttribute);
    let post = check(&attributes, &[unknown_attribute.clone(), unknown_attribute]);
    assert_eq!(row(&post.namn, 0).fornamn.as_ref().map(AsRef::as_ref), Some("Åsa"));
    // XML-26: text between elements, elements inside text.
    let text = namn.replace("<nel:", "x<nel:");
    assert_eq!(
        row(&check(&text, &[("/Namn", Rule::UnexpectedText)]).namn, 0)
            .fornamn
            .as_ref()
            .map(AsRef::as_ref),
        Some("Åsa")
    );
    let inside = namn.replace("Åsa", "Åsa<b/>");
    assert_eq!(
        row(&check(&inside, &[("/Namn/Fornamn/*", Rule::UnknownElement)]).namn, 0)
            .fornamn
            .as_ref()
            .map(AsRef::as_ref),
        Some("Åsa")
    );
    // REC-02: half an interval.
    let half = namn.replace("<nel:", "<dat:DatumFrom>2019-01-01</dat:DatumFrom><nel:");
    let post = check(&half, &[("/Namn", Rule::MissingElement("DatumTill"))]);
    let interval = row(&post.namn, 0).datum_intervall.as_ref().expect("half an interval");
    assert_eq!(interval.datum_from.as_ref().map(AsRef::as_ref), Some("2019-01-01"));
    assert_eq!(interval.datum_till, None);
    // REC-03: the interval of the wrapper is not known there, the inner one counts.
    let wrapped = "<fba:Folkbokforingsadress><dat:DatumFrom>2019-01-01</dat:DatumFrom>\
        <adr:SvenskAdress><adr:PostNr>11234</adr:PostNr></adr:SvenskAdress></fba:Folkbokforingsadress>";
    let post = check(wrapped, &[("/Folkbokforingsadress/DatumFrom", Rule::UnknownElement)]);
    assert_eq!(post.folkbokforingsadress.len(), 1);
}

#[test]
fn an_element_too_many_is_an_error_in_the_place_of_its_record() {
    // XML-26: the smallest record of a list around it; what follows is there.
    let namn = "<nam:Namn><nel:Fornamn>A</nel:Fornamn><nel:Fornamn>B</nel:Fornamn></nam:Namn>\
        <nam:Namn><nel:Efternamn>C</nel:Efternamn></nam:Namn>";
    let (posts, deviations) = posts_of(&post(namn));
    let fornamn = format!("{POST}/Namn[1]/Fornamn[2]");
    assert_eq!(deviations, [(fornamn.clone(), Rule::UnexpectedElement, true)]);
    let unrepresentable = posts[0].namn[0].as_ref().expect_err("two given names");
    assert_eq!(unrepresentable.path(), fornamn);
    assert_eq!(unrepresentable.rule(), &Rule::UnexpectedElement);
    assert!(namn.starts_with(unrepresentable.source_text()));
    assert_eq!(row(&posts[0].namn, 1).efternamn.as_ref().map(AsRef::as_ref), Some("C"));
    // PII-02: neither way of showing it shows what was sent.
    let shown = format!("{unrepresentable} {unrepresentable:?}");
    assert!(shown.contains("Fornamn[2]") && !shown.contains("</"));
    for (repeated, place) in [
        ("<sky:SkyddadFolkbokforing>JA</sky:SkyddadFolkbokforing>", "SkyddadFolkbokforing[2]"),
        ("<per:PersonId><per:IdNummer/><per:Typ/></per:PersonId>", "PersonId[2]"),
    ] {
        let document = post("").replace(FLAGGOR, &format!("{FLAGGOR}{repeated}"));
        let value = tolerant::<SparPersonsokningSvar>(&document).0;
        let lost = value.personsokning_svarspost[0].as_ref().expect_err("twice");
        assert_eq!(lost.path(), format!("{POST}/{place}"));
    }
    // REC-21: both forms of an address.
    let both = "<spa:SarskildPostadress><adr:InternationellAdress/>\
        <adr:SvenskAdress/></spa:SarskildPostadress>\
        <spa:SarskildPostadress><adr:InternationellAdress/></spa:SarskildPostadress>";
    let (posts, deviations) = posts_of(&post(both));
    assert_eq!(deviations.iter().filter(|(.., is_lost)| *is_lost).count(), 1, "{deviations:?}");
    assert!(matches!(
        posts[0].sarskild_postadress.as_slice(),
        [Err(_), Ok(SarskildPostadress::InternationellAdress(_))]
    ));
}

#[test]
fn posts_beside_undantag_are_delivered() {
    // SOAP-13: what was paid for is there, and so is the identity of the answer.
    let undantag =
        "<und:Undantag><und:Kod>A</und:Kod><und:Beskrivning>B</und:Beskrivning></und:Undantag>";
    let single =
        format!("<sva:PersonsokningSvarspost>{NUMMER}{FLAGGOR}</sva:PersonsokningSvarspost>");
    let check = |content: &str, counts: (usize, usize), expected: &[Rule]| {
        let document = answer(&format!("{content}<sva:UUID>u</sva:UUID>"));
        let (value, deviations) = tolerant::<SparPersonsokningSvar>(&document);
        assert_eq!((value.personsokning_svarspost.len(), value.undantag.len()), counts);
        assert_eq!(value.uuid.as_ref().map(|uuid| uuid.as_str()), Some("u"));
        let rules: Vec<_> = deviations.into_iter().map(|deviation| deviation.rule).collect();
        assert_eq!(rules, expected);
        assert!(read::<SparPersonsokningSvar>(&document, Mode::Strict).is_err());
        assert!(xml::write(&value).is_err());
    };
    let excluded = Rule::UnexpectedElement;
    check(&format!("{single}{undantag}"), (1, 1), std::slice::from_ref(&excluded));
    check(&format!("{single}{undantag}{single}"), (2, 1), &[excluded.clone(), excluded]);
    check(&format!("{undantag}{undantag}"), (0, 2), &[Rule::TooMany(1)]);
}

#[test]
fn codes_of_an_exception_are_open_and_its_text_may_be_empty() {
    // SOAP-10: the schema takes any text, so nothing of this is a departure.
    for kod in
        ["OGILTIG_INPARAMETER", "OVERSTIGER_MAX_ANTAL_TRAFFAR", "GENERELLT_FEL", "NY_KOD", ""]
    {
        let undantag =
            format!("<und:Undantag><und:Kod>{kod}</und:Kod><und:Beskrivning/></und:Undantag>");
        let read = read::<SparPersonsokningSvar>(&answer(&undantag), Mode::Strict);
        let value = read.expect("an answer").value;
        let undantag = row(&value.undantag, 0);
        assert_eq!((undantag.kod.as_str(), undantag.beskrivning.as_str()), (kod, ""));
    }
}

#[test]
fn an_echo_that_cannot_be_represented_loses_nothing_else() {
    // Arguments that exclude each other, in an echo.
    let echo = "<par:PersonsokningFraga><sok:NamnSokArgument>A</sok:NamnSokArgument>\
        <sok:FornamnSokArgument>B</sok:FornamnSokArgument><sok:PostNr>11111</sok:PostNr>\
        <sok:PostNrTom>22222</sok:PostNrTom><sok:LanKod>01</sok:LanKod></par:PersonsokningFraga>";
    let (value, deviations) = tolerant::<SparPersonsokningSvar>(&answer(echo));
    let paths = deviations.iter().map(|d| d.path.rsplit('/').next()).collect::<Vec<_>>();
    assert_eq!(paths, [Some("FornamnSokArgument"), Some("PostNrTom")]);
    let Some(PersonsokningFraga::Sokvillkor(villkor)) = value.personsokning_fraga else {
        panic!("an echo of arguments");
    };
    assert!(matches!(villkor.post_nr_villkor, Some(PostNrVillkor::PostNr(_))));
    assert_eq!(villkor.lan_kod.as_ref().map(AsRef::as_ref), Some("01"));
}

#[test]
fn an_entry_of_which_nothing_can_be_made_is_lost_alone() {
    // XML-26: a post without its number, between two others.
    let post_of = |content: &str| {
        format!("<sva:PersonsokningSvarspost>{content}</sva:PersonsokningSvarspost>")
    };
    let whole = post_of(&format!("{NUMMER}{FLAGGOR}"));
    let document = answer(&format!("{whole}{}{whole}<sva:UUID>u</sva:UUID>", post_of(FLAGGOR)));
    let read = read::<SparPersonsokningSvar>(&document, Mode::Tolerant).expect("an answer");
    assert_eq!((read.lost, read.deviations.len()), (1, 1));
    let deviation = &read.deviations[0];
    assert!(deviation.is_lost);
    assert_eq!(deviation.rule, Rule::MissingElement("PersonId"));
    assert_eq!(deviation.path, format!("{POST}[2]"));
    assert_eq!(read.value.uuid.as_ref().map(|uuid| uuid.as_str()), Some("u"));
    let entries = &read.value.personsokning_svarspost;
    assert_eq!(entries.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    // The limit on deviations does not hide a loss.
    let mut limits = Limits::default();
    limits.deviations = 0;
    let read = xml::read::<SparPersonsokningSvar>(document.as_bytes(), Mode::Tolerant, &limits)
        .expect("an answer");
    assert_eq!((read.lost, read.deviations.len(), read.further_deviations), (1, 0, 1));
    // REC-21: neither form of an address.
    let address = "<fba:Folkbokforingsadress/>\
        <kon:Kontaktadress/><kon:Kontaktadress><adr:SvenskAdress/></kon:Kontaktadress>";
    let (posts, deviations) = posts_of(&post(address));
    assert!(matches!(posts[0].kontaktadress.as_slice(), [Err(_), Ok(_)]));
    assert!(matches!(posts[0].folkbokforingsadress.as_slice(), [Err(_)]));
    assert_eq!(
        deviations,
        [
            (format!("{POST}/Folkbokforingsadress"), Rule::MissingElement("SvenskAdress"), true),
            (format!("{POST}/Kontaktadress[1]"), Rule::MissingAlternative("SvenskAdress"), true),
        ]
    );
    // REC-11: flags that are missing do not lose the post, and are not taken for a no.
    let (posts, deviations) = posts_of(&answer(&post_of(NUMMER)));
    assert_eq!(deviations.len(), 2);
    assert_eq!((&posts[0].sekretessmarkering, &posts[0].skyddad_folkbokforing), (&None, &None));
    // A request without identification is refused: there is no list around it.
    let request = document_without_identification();
    let error = crate::support::read::<SparPersonsokningFraga>(&request, Mode::Tolerant)
        .expect_err("no request");
    assert_eq!(error.kind(), &ErrorKind::Schema(Rule::MissingElement("Identifieringsinformation")));
}

fn document_without_identification() -> String {
    document("fra:SPARPersonsokningFraga", "<par:PersonsokningFraga/>")
}

#[test]
fn strict_reading_names_the_first_departure() {
    let check = |content: &str, path: &str, rule: Rule| {
        let error = read::<SparPersonsokningSvar>(&post(content), Mode::Strict)
            .expect_err("an invalid post");
        assert_eq!(error.kind(), &ErrorKind::Schema(rule));
        assert_eq!(error.path(), format!("{POST}{path}"));
    };
    check("<per:PersonId/>", "/PersonId[2]", Rule::UnexpectedElement);
    check(
        "<nam:Namn/><per:SenasteAndringSPAR>2021-01-01</per:SenasteAndringSPAR>",
        "/SenasteAndringSPAR",
        Rule::UnexpectedElement,
    );
    check("<nam:Namn><nel:Fornamn/></nam:Namn>", "/Namn/Fornamn", Rule::MinLength(1));
    check("<rel:Relation/>", "/Relation", Rule::MissingElement("Relationstyp"));
    check("<kon:Kontaktadress/>", "/Kontaktadress", Rule::MissingAlternative("SvenskAdress"));
    check("<x/>", "/*", Rule::UnknownElement);
    check("x", "", Rule::UnexpectedText);
}

#[test]
fn xsi_attributes_are_passed_over() {
    // XML-27: a location is harmless, absence is believed, a type is reported.
    let namn = |attribute: &str| {
        format!("<nam:Namn {attribute}><nel:Fornamn {attribute}>A</nel:Fornamn></nam:Namn>")
    };
    check(
        &namn("xsi:schemaLocation=\"u nowhere.xsd\" xsi:noNamespaceSchemaLocation=\"nowhere.xsd\""),
        &[],
    );
    let post = check(&namn("xsi:nil=\"true\""), &[("/Namn", Rule::Nil)]);
    assert!(post.namn.is_empty());
    let post =
        check("<per:SenasteAndringSPAR xsi:nil=\" 1 \"/>", &[("/SenasteAndringSPAR", Rule::Nil)]);
    assert!(post.senaste_andring_spar.is_none());
    let post =
        check(&namn("xsi:nil=\"false\""), &[("/Namn", Rule::Nil), ("/Namn/Fornamn", Rule::Nil)]);
    assert_eq!(row(&post.namn, 0).fornamn.as_ref().map(AsRef::as_ref), Some("A"));
    let type_attribute = Rule::UnknownAttribute;
    let post = check(
        &namn("xsi:type=\"x\""),
        &[("/Namn", type_attribute.clone()), ("/Namn/Fornamn", type_attribute)],
    );
    assert_eq!(post.namn.len(), 1);
}

#[test]
fn values_are_kept_as_sent() {
    // XML-24, XML-26, REC-14, REC-22, REC-27: what breaks a facet stays, and is reported.
    let persondetaljer = "<pde:Persondetaljer><pde:FodelselanKod>1</pde:FodelselanKod>\
        <pde:Kon>ANNAT</pde:Kon></pde:Persondetaljer>";
    let post = check(
        persondetaljer,
        &[
            ("/Persondetaljer/FodelselanKod", Rule::Pattern("[0-9]{2}")),
            ("/Persondetaljer/Kon", Rule::Enumeration),
        ],
    );
    let detaljer = row(&post.persondetaljer, 0);
    assert!(matches!(&detaljer.kon, Some(Kon::Unknown(code)) if code.as_str() == "ANNAT"));
    assert_eq!(detaljer.fodelselan_kod.as_ref().map(AsRef::as_ref), Some("1"));
    let adress = "<fba:Folkbokforingsadress><adr:SvenskAdress>\
        <adr:PostNr>012 34</adr:PostNr></adr:SvenskAdress></fba:Folkbokforingsadress>";
    let path = "/Folkbokforingsadress/SvenskAdress/PostNr";
    let post = check(adress, &[(path, Rule::Pattern("[1-9][0-9]{4}"))]);
    assert_eq!(
        row(&post.folkbokforingsadress, 0).svensk_adress.post_nr.as_ref().map(AsRef::as_ref),
        Some("012 34")
    );
    let flagga = post_with_flag("sattAvSPAR=\"KANSKE\"");
    let (posts, deviations) = posts_of(&flagga);
    assert_eq!(deviations.len(), 1);
    assert_eq!(
        posts[0].sekretessmarkering.as_ref().and_then(|flag| flag.satt_av_spar.as_ref()),
        Some(&SekretessSattAvSpar::from_register("KANSKE"))
    );
    let numbers = ["1234", "19800101-9803", "ÅÄÖ", " 198001019803", "19800101980３"];
    for number in numbers {
        let (posts, deviations) = posts_of(&post_of_number(number));
        assert_eq!(posts[0].person_id.id_nummer.as_str(), number);
        assert_eq!(deviations.len(), 1);
    }
    // XML-31, REC-31: characters are those that were sent.
    let text = "&#229; A &amp; B ]]&gt; S:T 0E68 01  ";
    let post = check(&format!("<nam:Namn><nel:Fornamn> {text}</nel:Fornamn></nam:Namn>"), &[]);
    assert_eq!(
        row(&post.namn, 0).fornamn.as_ref().map(AsRef::as_ref),
        Some(" å A & B ]]> S:T 0E68 01  ")
    );
    let hemvist =
        "<fol:Folkbokforing><fol:Hemvist>På kommunen skriven</fol:Hemvist></fol:Folkbokforing>";
    assert_eq!(
        row(&check(hemvist, &[]).folkbokforing, 0).hemvist,
        Some(Hemvist::PaKommunenSkriven)
    );
}

fn post_with_flag(attribute: &str) -> String {
    post("").replace("<sky:Sekretessmarkering>", &format!("<sky:Sekretessmarkering {attribute}>"))
}

fn post_of_number(number: &str) -> String {
    post("").replace("198001019803", number)
}

#[test]
fn white_space_is_collapsed_in_numbers_and_dates_only() {
    // XML-36.
    let namn = |number: &str| {
        format!("<nam:Namn><nel:Tilltalsnamn>{number}</nel:Tilltalsnamn></nam:Namn>")
    };
    for (text, value) in [(" 20 ", 20), ("+20", 20), ("020", 20), ("\n20\t", 20)] {
        let post = check(&namn(text), &[]);
        assert_eq!(
            row(&post.namn, 0).tilltalsnamn.as_ref().and_then(|number| number.value()),
            Some(value)
        );
    }
    let form = Rule::Form("xs:int");
    for (text, rule) in [
        ("9", Rule::MinInclusive(10)),
        ("100", Rule::MaxInclusive(99)),
        ("2 0", form.clone()),
        ("20.0", form),
    ] {
        check(&namn(text), &[("/Namn/Tilltalsnamn", rule)]);
    }
    let senaste = |date: &str| format!("<per:SenasteAndringSPAR>{date}</per:SenasteAndringSPAR>");
    for (text, kept) in [
        (" 2021-10-08 ", "2021-10-08"),
        ("2021-10-08Z", "2021-10-08Z"),
        ("2021-10-08+02:00", "2021-10-08+02:00"),
    ] {
        let post = check(&senaste(text), &[]);
        assert_eq!(post.senaste_andring_spar.as_ref().map(AsRef::as_ref), Some(kept));
    }
    check(&senaste("2021-02-30"), &[("/SenasteAndringSPAR", Rule::Form("xs:date"))]);
    check(
        "<pde:Persondetaljer><pde:Kon> MAN</pde:Kon></pde:Persondetaljer>",
        &[("/Persondetaljer/Kon", Rule::Enumeration)],
    );
}

#[test]
fn blanks_are_absent_where_they_are_not_allowed() {
    // XML-39, REC-04, REC-06: an empty name is absent, an incomplete date may be empty.
    let persondetaljer = "<pde:Persondetaljer><avr:Avlidendatum/><pde:Kon/>\
        <pde:SvenskMedborgare></pde:SvenskMedborgare>\
        <sam:SnStatus/><sam:SnAvlidendatum></sam:SnAvlidendatum></pde:Persondetaljer>";
    let post = check(
        persondetaljer,
        &[
            ("/Persondetaljer/Kon", Rule::Enumeration),
            ("/Persondetaljer/SvenskMedborgare", Rule::Enumeration),
        ],
    );
    let detaljer = row(&post.persondetaljer, 0);
    assert_eq!((&detaljer.kon, &detaljer.svensk_medborgare), (&None, &None));
    assert_eq!(detaljer.sn_avlidendatum.as_ref().map(AsRef::as_ref), Some(""));
    assert_eq!(detaljer.sn_status.as_ref().map(AsRef::as_ref), Some(""));
    let empty =
        "<nam:Namn><nel:Fornamn/><nel:Tilltalsnamn/><nel:Efternamn>A</nel:Efternamn></nam:Namn>";
    let post = check(
        empty,
        &[("/Namn/Fornamn", Rule::MinLength(1)), ("/Namn/Tilltalsnamn", Rule::Form("xs:int"))],
    );
    assert!(row(&post.namn, 0).fornamn.is_none() && row(&post.namn, 0).tilltalsnamn.is_none());
    let relation = "<rel:Relation><rel:Relationstyp>VÅRDNADSHAVARE</rel:Relationstyp>\
        <rel:Fodelsetid/></rel:Relation>";
    let post = check(relation, &[("/Relation/Fodelsetid", Rule::Form("xs:date"))]);
    assert_eq!(row(&post.relation, 0).fodelsetid.as_ref().map(AsRef::as_ref), Some(""));
    let incomplete =
        relation.replace("<rel:Fodelsetid/>", "<rel:Fodelsetid>1950-00-00</rel:Fodelsetid>");
    let post = check(&incomplete, &[("/Relation/Fodelsetid", Rule::Form("xs:date"))]);
    assert_eq!(row(&post.relation, 0).fodelsetid.as_ref().map(AsRef::as_ref), Some("1950-00-00"));
    // What is required and empty is kept, and reported once.
    let (posts, deviations) = posts_of(&post_of_number(""));
    assert_eq!((posts.len(), deviations.len()), (1, 1));
}

#[test]
fn a_name_means_what_its_parent_says() {
    // XML-35: Typ, PostNr, Kon, LanKod, KommunKod, DistriktKod and Fodelsedatum are declared in several
    // places, with other types.
    let answers = answers();
    let (value, _) = tolerant::<SparPersonsokningSvar>(&answers[2]);
    let post = posts(value).remove(0);
    assert_eq!(post.person_id.typ.as_str(), "PERSONNUMMER");
    let detaljer = row(&post.persondetaljer, 0);
    let typ: &HanvisningTyp = row(&detaljer.hanvisning, 0).typ.as_ref().expect("a type");
    assert_eq!(typ.as_str(), "Till");
    assert_eq!(detaljer.kon, Some(Kon::Kvinna));
    assert_eq!(detaljer.fodelsedatum.as_ref().map(AsRef::as_ref), Some("1980-01-01"));
    let fastighet = row(&post.fastighet, 0);
    let lan: &FastighetLanKod = &fastighet.lan_kod;
    let kommun: &FastighetKommunKod = &fastighet.kommun_kod;
    assert_eq!((lan.as_str(), kommun.as_str()), ("01", "80"));
    let folkbokforing = row(&post.folkbokforing, 0);
    let lan: Option<&LanKod> = folkbokforing.folkbokford_lan_kod.as_ref();
    let kommun: Option<&KommunKod> = folkbokforing.folkbokford_kommun_kod.as_ref();
    assert_eq!(lan.map(AsRef::as_ref).zip(kommun.map(AsRef::as_ref)), Some(("01", "80")));
    let distrikt: Option<&DistriktKod> = folkbokforing.distrikt_kod.as_ref();
    assert_eq!(distrikt.map(AsRef::as_ref), Some("101001"));
    let post_nr: Option<&PostNr> =
        row(&post.folkbokforingsadress, 0).svensk_adress.post_nr.as_ref();
    assert_eq!(post_nr.map(AsRef::as_ref), Some("11234"));
    let (value, _) = tolerant::<SparPersonsokningSvar>(&answers[3]);
    let Some(PersonsokningFraga::Sokvillkor(villkor)) = value.personsokning_fraga else {
        panic!("an echo of arguments");
    };
    assert_eq!(villkor.kon, Some(Kon::Kvinna));
    let lan: Option<&LanKodSokArgument> = villkor.lan_kod.as_ref();
    let kommun: Option<&KommunKodSokArgument> = villkor.kommun_kod.as_ref();
    assert_eq!(lan.map(AsRef::as_ref).zip(kommun.map(AsRef::as_ref)), Some(("17", "85")));
    let expected = "66231".parse().map(PostNrVillkor::PostNr).ok();
    assert_eq!(villkor.post_nr_villkor, expected);
    let expected = "1980-01-01".parse().map(FodelsedatumVillkor::Fodelsedatum).ok();
    assert_eq!(villkor.fodelsedatum_villkor, expected);
    let expected = "101001".parse().map(DistriktKodVillkor::DistriktKod).ok();
    assert_eq!(villkor.distrikt_kod_villkor, expected);
    // An argument does not stand in a record, though the record has an element of its name.
    let wrong = "<pde:Persondetaljer><sok:Kon>MAN</sok:Kon></pde:Persondetaljer>";
    let (posts, deviations) = posts_of(&crate::support::post(wrong));
    assert_eq!(deviations[0].1, Rule::OtherNamespace);
    assert_eq!(row(&posts[0].persondetaljer, 0).kon, Some(Kon::Man));
}

#[test]
fn an_answer_in_the_shape_of_real_ones_is_read() {
    // XML-34: single quotes in the declaration, prefixes by number, a default namespace nobody uses, no
    // header.
    check_real_shape::<SparPersonsokningSvar>(&answers()[2], 26);
    let newer = answers_with_additions().swap_remove(2);
    check_real_shape::<v2023_1::SparPersonsokningSvar>(&in_2023_1(&newer), 26);
}

fn check_real_shape<T: Root + PartialEq>(sample: &str, last_prefix: usize) {
    let mut tree = Tree::parse(sample);
    let declarations = tree.attributes.clone();
    let namespaces = declarations.split('"').filter(|part| part.starts_with(STEM));
    tree.visit(&mut |tree| {
        let number =
            PREFIXES.iter().position(|(prefix, _)| *prefix == tree.prefix).expect("a prefix");
        tree.prefix = format!("ns{}", number + 2);
    });
    tree.attributes = format!(" xmlns=\"{STEM}komponent/sok/oanvand-1.0\"");
    for (number, namespace) in namespaces.enumerate() {
        tree.attributes.push_str(&format!(" xmlns:ns{}=\"{namespace}\"", number + 2));
    }
    let payload = tree.write();
    assert!(payload.contains(&format!(" xmlns:ns{last_prefix}=")));
    let envelope = format!(
        "<?xml version='1.0' encoding='UTF-8'?><S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\">\
         <S:Body>{payload}</S:Body></S:Envelope>"
    );
    let document = Document::parse(envelope.as_bytes(), &Limits::default()).expect("well-formed");
    let element = payload_of(&document);
    assert_eq!(element.source(), payload);
    for mode in [Mode::Strict, Mode::Tolerant] {
        let read = xml::read_element::<T>(element, mode, &Limits::default()).expect("an answer");
        assert!(read.deviations.is_empty());
        assert!(read.value == tolerant(sample).0);
    }
    // The place of a deviation is told from the root of the document.
    let broken = envelope.replace(">STOCKHOLM<", "><");
    let document = Document::parse(broken.as_bytes(), &Limits::default()).expect("well-formed");
    let element = payload_of(&document);
    let read = xml::read_element::<T>(element, Mode::Tolerant, &Limits::default());
    let path = &read.expect("an answer").deviations[0].path;
    let expected = "Envelope/Body/SPARPersonsokningSvar/PersonsokningSvarspost[1]/";
    assert!(path.starts_with(expected), "{path}");
}

fn payload_of<'d>(document: &'d Document<'_>) -> Element<'d> {
    let body = document.root().children().next().expect("a body");
    body.children().next().expect("a payload")
}

#[test]
fn white_space_and_comments_between_elements_do_not_matter() {
    // XML-37, XML-28.
    each_sample!(space_means_nothing);
}

#[test]
fn limits_on_deviations_hold_at_the_edge() {
    let mut limits = Limits::default();
    limits.deviations = 2;
    for (surplus, kept, further) in [(2, 2, 0), (3, 2, 1)] {
        let document = request(&"<x/>".repeat(surplus));
        let read =
            xml::read::<SparPersonsokningFraga>(document.as_bytes(), Mode::Tolerant, &limits)
                .expect("a request with unknown elements");
        assert_eq!((read.deviations.len(), read.further_deviations), (kept, further));
    }
}
