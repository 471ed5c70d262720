//! Rows of REC: what SPAR may put into a record reaches the newest record character by character.

use spar_types::components::sokargument_v1_3::EgenReferens;
use spar_types::personsok::v2023_1::{
    AviseringPost, Hemvist, IdNummer, SnIdentitetsniva, SparPersonsokningSvar, Typ,
};
use spar_types::xml::Mode;
use spar_types::{Rule, SimpleType};

use crate::support::{FLAGGOR, NUMMER, answer, post, read, row, tolerant};

/// The one post of an answer, in the newest record, and the rules that it breaks. Samples are written in
/// namespaces of 2021.1, which is no finding here.
fn of(document: &str) -> (AviseringPost, Vec<Rule>) {
    let (answer, deviations) = tolerant::<SparPersonsokningSvar>(document);
    let rules = deviations.into_iter().map(|deviation| deviation.rule);
    let post = answer.personsokning_svarspost.into_iter().next().expect("a post");
    (post.expect("a record"), rules.filter(|rule| *rule != Rule::OtherNamespace).collect())
}

fn record(content: &str) -> AviseringPost {
    let (record, rules) = of(&post(content));
    assert_eq!(rules, [], "{content}");
    record
}

fn text<T: AsRef<str>>(value: &Option<T>) -> Option<&str> {
    value.as_ref().map(AsRef::as_ref)
}

#[test]
fn texts_arrive_unchanged() {
    // REC-08, REC-28, XML-29: one character, the most, apostrophes, capitals, decomposed letters.
    let eighty = "å".repeat(80);
    for name in ["Å", &eighty, "d'Arc O'Neill", "ÅSA", "A\u{30a}sa", "Ťśç", " Åsa  Li "] {
        let namn = format!("<nam:Namn><nel:Fornamn>{name}</nel:Fornamn></nam:Namn>");
        assert_eq!(text(&row(&record(&namn).namn, 0).fornamn), Some(name));
    }
    // REC-20, REC-31: no line is put in order or corrected.
    let adress = "<utl:Utlandsadress><adr:InternationellAdress>\
        <adr:Utdelningsadress2>GATAN 1</adr:Utdelningsadress2>\
        <adr:Utdelningsadress3>11234 STOCKHOLM</adr:Utdelningsadress3>\
        <adr:Land>SVERIGE</adr:Land></adr:InternationellAdress></utl:Utlandsadress>";
    let record = record(adress);
    let adress = &row(&record.utlandsadress, 0).internationell_adress;
    assert_eq!(text(&adress.utdelningsadress1), None);
    assert_eq!(text(&adress.utdelningsadress2), Some("GATAN 1"));
    assert_eq!(text(&adress.land), Some("SVERIGE"));
}

#[test]
fn codes_are_open() {
    // REC-12: old codes and unknown ones stay what they are.
    for kod in ["AV", "UV", "GN", "GS", "AS", "OB", "TA", "FI", "A", "G", "O", "ZZ"] {
        let detaljer = format!(
            "<pde:Persondetaljer><avr:AvregistreringsorsakKod>{kod}</avr:AvregistreringsorsakKod>\
             </pde:Persondetaljer>"
        );
        let record = record(&detaljer);
        assert_eq!(text(&row(&record.persondetaljer, 0).avregistreringsorsak_kod), Some(kod));
    }
    // REC-25: the spelling of these is not known.
    for status in ["AKTIVT", "Vilandeförklarat", "", "EJ_AKTUELLT"] {
        let detaljer = format!(
            "<pde:Persondetaljer><sam:SnStatus>{status}</sam:SnStatus>\
             <sam:SnVilandeorsak>{status}</sam:SnVilandeorsak></pde:Persondetaljer>"
        );
        let record = record(&detaljer);
        let row = row(&record.persondetaljer, 0);
        assert_eq!(
            (text(&row.sn_status), text(&row.sn_vilandeorsak)),
            (Some(status), Some(status))
        );
    }
    // REC-23: four values, one of them spelled in two ways, and one more.
    for (niva, is_known) in [
        ("STYRKT", true),
        ("SANNOLIK", true),
        ("INTE_TILLAMPLIG", true),
        ("OSÄKER", true),
        ("OSAKER", true),
        ("OKÄND", false),
    ] {
        let detaljer = format!(
            "<pde:Persondetaljer><sam:SnIdentitetsniva>{niva}</sam:SnIdentitetsniva></pde:Persondetaljer>"
        );
        let (record, rules) = of(&post(&detaljer));
        let found = row(&record.persondetaljer, 0).sn_identitetsniva.clone().expect("a level");
        assert_eq!(found.as_str(), niva);
        assert_eq!(matches!(found, SnIdentitetsniva::Unknown(_)), !is_known);
        assert_eq!(rules.is_empty(), is_known);
    }
    // REC-26: three kinds of number, and others.
    for (typ, is_known) in [
        ("PERSONNUMMER", true),
        ("SAMORDNINGSNUMMER", true),
        ("IMMUNITETSNUMMER", true),
        ("IDENTITETSNUMMER", false),
        ("", false),
    ] {
        let (record, rules) = of(&post("").replace("PERSONNUMMER", typ));
        assert_eq!(record.person_id.typ.as_str(), typ);
        assert_eq!(matches!(record.person_id.typ, Typ::Unknown(_)), !is_known);
        assert_eq!(rules.is_empty(), is_known);
    }
    // REC-14: text is kept to the letter.
    for (hemvist, is_known) in
        [("Skriven på adressen", true), ("Utan känt hemvist", true), ("Utan kant hemvist", false)]
    {
        let folkbokforing =
            format!("<fol:Folkbokforing><fol:Hemvist>{hemvist}</fol:Hemvist></fol:Folkbokforing>");
        let (record, rules) = of(&post(&folkbokforing));
        let found = row(&record.folkbokforing, 0).hemvist.clone().expect("a dwelling");
        assert_eq!(found.as_str(), hemvist);
        assert_eq!(matches!(found, Hemvist::Unknown(_)), !is_known);
        assert_eq!(rules.is_empty(), is_known);
    }
}

#[test]
fn references_to_other_numbers_keep_their_order() {
    // REC-13: nothing follows them, since that would be another search.
    let hanvisningar = [("198001019803", "Till"), ("199001019803", "Fran"), ("19", "")];
    let rows: String = hanvisningar
        .map(|(id, typ)| {
            let typ =
                if typ.is_empty() { String::new() } else { format!("<han:Typ>{typ}</han:Typ>") };
            format!("<pde:Hanvisning><per:IdNummer>{id}</per:IdNummer>{typ}</pde:Hanvisning>")
        })
        .concat();
    let (record, _) = of(&post(&format!("<pde:Persondetaljer>{rows}</pde:Persondetaljer>")));
    let found: Vec<_> = row(&record.persondetaljer, 0)
        .hanvisning
        .iter()
        .flatten()
        .map(|hanvisning| {
            let typ = hanvisning.typ.as_ref().map_or("", |typ| typ.as_str());
            (hanvisning.id_nummer.as_str(), typ)
        })
        .collect();
    assert_eq!(found, hanvisningar);
}

#[test]
fn parts_that_are_optional_may_be_absent() {
    // REC-30: the protected person.
    let protected = post("").replace(">NEJ<", ">JA<");
    let (record, rules) = of(&protected);
    assert!(rules.is_empty() && record.is_skyddad() && record.namn.is_empty());
    assert!(
        read::<spar_types::personsok::v2021_1::SparPersonsokningSvar>(&protected, Mode::Strict)
            .is_ok()
    );
    // REC-15, REC-16.
    for relationstyp in ["MAKE/MAKA/REGISTRERAD PARTNER", "VÅRDNADSHAVARE"] {
        let relation = format!(
            "<rel:Relation><rel:Relationstyp>{relationstyp}</rel:Relationstyp></rel:Relation>"
        );
        let record = self::record(&relation);
        let relation = row(&record.relation, 0);
        assert_eq!(relation.relationstyp.as_str(), relationstyp);
        assert!(relation.id_nummer.is_none() && relation.fornamn.is_none());
    }
    let (answer, _) = tolerant::<SparPersonsokningSvar>(&post("<rel:Relation/>"));
    let without = &row(&answer.personsokning_svarspost, 0).relation;
    let [Err(error)] = &without[..] else { panic!("an error in its place") };
    assert_eq!(error.rule(), &Rule::MissingElement("Relationstyp"));
    // REC-19: a kind of property outside the list, and no value. REC-18: numbers of any size.
    let denominator = "9".repeat(30);
    for (taljare, namnare) in [("1", "0"), ("-1", "2"), ("1", denominator.as_str())] {
        let fastighet = format!(
            "<fas:Fastighet><fas:Taxeringsenhetsnummer>1</fas:Taxeringsenhetsnummer>\
             <fas:LanKod>01</fas:LanKod><fas:KommunKod>80</fas:KommunKod>\
             <fas:FastighetKod>999</fas:FastighetKod><fas:FastighetDel>\
             <fas:Taxeringsidentitet>1</fas:Taxeringsidentitet>\
             <fas:FastighetBeteckning>A 1:1</fas:FastighetBeteckning>\
             <fas:AndelstalTaljare>{taljare}</fas:AndelstalTaljare>\
             <fas:AndelstalNamnare>{namnare}</fas:AndelstalNamnare></fas:FastighetDel></fas:Fastighet>"
        );
        let record = self::record(&fastighet);
        let fastighet = row(&record.fastighet, 0);
        assert_eq!((fastighet.fastighet_kod.as_str(), &fastighet.taxeringsvarde), ("999", &None));
        let del = row(&fastighet.fastighet_del, 0);
        assert_eq!(del.andelstal_taljare.as_str(), taljare);
        assert_eq!(del.andelstal_namnare.as_str(), namnare);
    }
    // REC-09.
    let flag = |attribute: &str| {
        let flag = format!("<sky:Sekretessmarkering{attribute}>");
        let (record, _) = of(&post("").replace("<sky:Sekretessmarkering>", &flag));
        let satt = record.sekretessmarkering.expect("the flag").satt_av_spar;
        satt.map(|satt| satt.as_str().to_owned())
    };
    assert_eq!(flag(""), None);
    assert_eq!(flag(" sattAvSPAR='JA'").as_deref(), Some("JA"));
    assert_eq!(flag(" sattAvSPAR='NEJ'").as_deref(), Some("NEJ"));
}

#[test]
fn emigration_may_be_told_anywhere_and_repeatedly() {
    // REC-24: absent, once, several times, with one or both dates, in another place of the record.
    const UTVANDRAD: &str =
        "http://statenspersonadressregister.se/schema/komponent/person/utvandrad-1.0";
    let utvandrad =
        |content: &str| format!("<u:Utvandrad xmlns:u=\"{UTVANDRAD}\">{content}</u:Utvandrad>");
    let aterinlast = "<u:Aterinlasningsdatum>2023-09-01</u:Aterinlasningsdatum>";
    let forlangd = "<u:Forlangningsdatum>2024-01-01</u:Forlangningsdatum>";
    let both = utvandrad(&format!("{aterinlast}{forlangd}"));
    let namn = "<nam:Namn><nel:Efternamn>Ek</nel:Efternamn></nam:Namn>";
    for (content, expected) in [
        (namn.to_owned(), vec![]),
        (utvandrad(aterinlast), vec![(Some("2023-09-01"), None)]),
        (utvandrad(forlangd), vec![(None, Some("2024-01-01"))]),
        (format!("{both}{namn}"), vec![(Some("2023-09-01"), Some("2024-01-01"))]),
        (
            format!("{}{namn}{both}", utvandrad("")),
            vec![(None, None), (Some("2023-09-01"), Some("2024-01-01"))],
        ),
    ] {
        let (record, _) = of(&post(&content));
        let found: Vec<_> = record
            .utvandrad
            .iter()
            .flatten()
            .map(|row| (text(&row.aterinlasningsdatum), text(&row.forlangningsdatum)))
            .collect();
        assert_eq!(found, expected, "{content}");
    }
}

#[test]
fn ten_thousand_rows_are_read() {
    // REC-29, SOAP-18: the limits hold what an answer with 100 full records needs, many times over.
    let row = "<nam:Namn><nel:Efternamn>Ek</nel:Efternamn></nam:Namn>";
    assert_eq!(record(&row.repeat(10_000)).namn.len(), 10_000);
    let post =
        format!("<sva:PersonsokningSvarspost>{NUMMER}{FLAGGOR}{row}</sva:PersonsokningSvarspost>");
    let many = tolerant::<SparPersonsokningSvar>(&answer(&post.repeat(100))).0;
    // SOAP-19: in the order of the document, whatever that means.
    assert_eq!(many.personsokning_svarspost.iter().flatten().count(), 100);
}

#[test]
fn an_element_that_is_nil_is_absent() {
    // XML-38: allowed in 20160213.
    let nil =
        "<nam:Namn><nel:Fornamn xsi:nil=\"true\"/><nel:Efternamn>Ek</nel:Efternamn></nam:Namn>";
    let (record, rules) = of(&post(nil));
    assert_eq!(text(&row(&record.namn, 0).fornamn), None);
    assert_eq!(text(&row(&record.namn, 0).efternamn), Some("Ek"));
    assert_eq!(rules, [Rule::Nil]);
}

#[test]
fn a_reference_of_ones_own_keeps_to_its_pattern() {
    // REQ-17: 1 to 80 letters, digits, blanks and `-/_.,:`.
    let check = |text: &str, is_valid: bool| {
        assert_eq!(text.parse::<EgenReferens>().is_ok(), is_valid, "{text:?}");
    };
    check("A", true);
    check("Ärende 12/34_5-6.7,8:9", true);
    check(&"å".repeat(80), true);
    check(&"å".repeat(81), false);
    check("", false);
    check("a;b", false);
    check("a\tb", false);
}

#[test]
fn any_number_is_kept() {
    // REC-27: what is no number at all does not reject the record.
    for number in ["", "1", "19800101980", "ABC", "１９８００１０１９８０３"] {
        assert_eq!(IdNummer::from_register(number).as_str(), number);
    }
}
