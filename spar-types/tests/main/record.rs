//! REC: what is asked of a record. Records are read from XML, as those of a user are.

use spar_types::personsok::v2023_1::{
    AviseringPost, AvregistreringsorsakKod, IdNummer, InkomstAr, Namn, SnIdentitetsniva,
    SparPersonsokningSvar, SummeradInkomst, Taxeringsar, Taxeringsvarde, Tilltalsnamn, Typ,
};
use spar_types::{Adress, Datum, SimpleType};

use crate::support::{NUMMER, answer, post, row, tolerant};

/// The record of this post, filled tolerantly: samples are of 2021.1, what is asked is of the newest.
pub(crate) fn record(sample: &str) -> AviseringPost {
    let answer = tolerant::<SparPersonsokningSvar>(sample).0;
    row(&answer.personsokning_svarspost, 0).clone()
}

pub(crate) const OPEN: &str =
    "<dat:DatumFrom>2020-01-01</dat:DatumFrom><dat:DatumTill>9999-12-31</dat:DatumTill>";
pub(crate) const CLOSED: &str =
    "<dat:DatumFrom>2019-01-01</dat:DatumFrom><dat:DatumTill>2019-12-31</dat:DatumTill>";

fn row_of_namn(intervall: &str, efternamn: &str) -> String {
    format!("<nam:Namn>{intervall}<nel:Efternamn>{efternamn}</nel:Efternamn></nam:Namn>")
}

fn svensk(intervall: &str, street: &str) -> String {
    format!(
        "<adr:SvenskAdress>{intervall}<adr:Utdelningsadress2>{street}</adr:Utdelningsadress2>\
         <adr:PostNr>11234</adr:PostNr><adr:Postort>STOCKHOLM</adr:Postort></adr:SvenskAdress>"
    )
}

fn internationell(intervall: &str, line: &str) -> String {
    format!(
        "<adr:InternationellAdress>{intervall}<adr:Utdelningsadress1>{line}</adr:Utdelningsadress1>\
         <adr:Land>NORGE</adr:Land></adr:InternationellAdress>"
    )
}

#[test]
fn current_rows_are_told_by_their_interval() {
    // REC-01, SOAP-05.
    let check = |rows: &[(&str, &str)], expected: &[&str]| {
        let rows: String =
            rows.iter().map(|(interval, name)| row_of_namn(interval, name)).collect();
        let post = record(&post(&rows));
        let names: Vec<_> = post.current_namn().map(Namn::display_name).collect();
        assert_eq!(names, expected);
    };
    check(&[], &[]);
    check(&[("", "Ek")], &["Ek"]);
    check(&[(OPEN, "Ek"), (CLOSED, "Alm")], &["Ek"]);
    check(&[(CLOSED, "Alm"), (OPEN, "Ek")], &["Ek"]);
    check(&[(CLOSED, "Alm")], &[]);
    check(&[("", "Alm"), ("", "Ek")], &["Alm", "Ek"]);
    check(&[(OPEN, "Alm"), (CLOSED, "Asp"), (OPEN, "Ek")], &["Alm", "Ek"]);
    // REC-02: an end that is not told is none.
    let from = "<dat:DatumFrom>2020-01-01</dat:DatumFrom>";
    check(&[(from, "Ek"), (CLOSED, "Alm")], &["Ek"]);
    let till = "<dat:DatumTill>2020-01-01</dat:DatumTill>";
    check(&[(till, "Ek"), (OPEN, "Alm")], &["Alm"]);
}

#[test]
fn every_list_of_rows_has_its_current_ones() {
    // REC-01. Both forms of address where there are two; the interval stands inside.
    let rows = |element: &str, content: &dyn Fn(&str) -> String| {
        let row = |interval| format!("<{element}>{}</{element}>", content(interval));
        [row(CLOSED), row(OPEN), row(CLOSED)].concat()
    };
    let content = [
        rows("pde:Persondetaljer", &|interval| interval.to_owned()),
        rows("fol:Folkbokforing", &|interval| interval.to_owned()),
        rows("fba:Folkbokforingsadress", &|interval| svensk(interval, "GATAN 1")),
        rows("spa:SarskildPostadress", &|interval| svensk(interval, "GATAN 1")),
        rows("spa:SarskildPostadress", &|interval| internationell(interval, "GATAN 1")),
        rows("utl:Utlandsadress", &|interval| internationell(interval, "GATAN 1")),
        rows("kon:Kontaktadress", &|interval| svensk(interval, "GATAN 1")),
        rows("kon:Kontaktadress", &|interval| internationell(interval, "GATAN 1")),
        rows("rel:Relation", &|interval| {
            format!("{interval}<rel:Relationstyp>VÅRDNADSHAVARE</rel:Relationstyp>")
        }),
    ];
    let check = |content: &str, expected: usize| {
        let post = record(&post(content));
        let counts = [
            post.current_persondetaljer().count(),
            post.current_folkbokforing().count(),
            post.current_folkbokforingsadress().count(),
            post.current_sarskild_postadress().count() / 2,
            post.current_utlandsadress().count(),
            post.current_kontaktadress().count() / 2,
            post.current_relation().count(),
        ];
        assert_eq!(counts, [expected; 7]);
    };
    check(&content.concat(), 1);
    check(&content.concat().replace(OPEN, CLOSED), 0);
    check(&content.concat().replace(CLOSED, OPEN), 3);
    check(&content.concat().replace(CLOSED, ""), 3);
    check("", 0);
}

#[test]
fn a_flag_that_is_not_nej_protects() {
    // REC-10, REC-11, SOAP-04.
    let check = |flags: &str, expected: bool| {
        let sample = answer(&format!(
            "<sva:PersonsokningSvarspost>{NUMMER}{flags}</sva:PersonsokningSvarspost>"
        ));
        assert_eq!(record(&sample).is_skyddad(), expected, "{flags}");
    };
    let sekretess = |text| format!("<sky:Sekretessmarkering>{text}</sky:Sekretessmarkering>");
    let skyddad = |text| format!("<sky:SkyddadFolkbokforing>{text}</sky:SkyddadFolkbokforing>");
    let both = |one, other| sekretess(one) + &skyddad(other);
    check(&both("NEJ", "NEJ"), false);
    check(&both("JA", "NEJ"), true);
    check(&both("NEJ", "JA"), true);
    check(&both("JA", "JA"), true);
    check(&both("", "NEJ"), true);
    check(&both("NEJ", "ja"), true);
    check(&both("NEJ ", "NEJ"), true);
    check(&sekretess("NEJ"), true);
    check(&skyddad("NEJ"), true);
    check("", true);
    // History does not protect, nor does it lift protection.
    let history = |text| format!("<pde:Persondetaljer>{}</pde:Persondetaljer>", both(text, text));
    check(&(both("NEJ", "NEJ") + &history("JA")), false);
    check(&(both("JA", "NEJ") + &history("NEJ")), true);
    // REC-09: who set the flag changes nothing, whatever the attribute holds.
    for value in ["JA", "NEJ", "?"] {
        let set = |text| {
            sekretess(text).replacen('>', &format!(" sattAvSPAR=\"{value}\">"), 1) + &skyddad("NEJ")
        };
        check(&set("JA"), true);
        check(&set("NEJ"), false);
    }
}

#[test]
fn the_display_name_is_aviseringsnamn_or_the_parts() {
    // REC-08, REC-28: as sent, capitals and all.
    let check = |content: &str, expected: &str| {
        let post = record(&post(&format!("<nam:Namn>{content}</nam:Namn>")));
        let names: Vec<_> = post.current_namn().map(Namn::display_name).collect();
        assert_eq!(names, [expected]);
    };
    let efternamn = "<nel:Efternamn>EK</nel:Efternamn>";
    let parts = format!(
        "<nel:Fornamn>Anna  Maria</nel:Fornamn><nel:Tilltalsnamn>20</nel:Tilltalsnamn>\
         <nel:Mellannamn>O'Neill</nel:Mellannamn>{efternamn}"
    );
    check("", "");
    check(efternamn, "EK");
    check(&parts, "Anna  Maria O'Neill EK");
    check(&format!("<nel:Aviseringsnamn>EK, Anna M</nel:Aviseringsnamn>{parts}"), "EK, Anna M");
}

#[test]
fn tilltalsnamn_points_at_given_names() {
    // REC-07.
    let check = |fornamn: &str, tilltalsnamn: &str, expected: Option<&str>| {
        let mut namn = Namn::default();
        namn.fornamn = fornamn.parse().ok();
        namn.tilltalsnamn = Some(Tilltalsnamn::from_register(tilltalsnamn));
        assert_eq!(namn.spelled_tilltalsnamn().as_deref(), expected, "{fornamn} {tilltalsnamn}");
        assert_eq!(namn.tilltalsnamn.as_ref().map(Tilltalsnamn::as_str), Some(tilltalsnamn));
    };
    check("Anna Maria", "10", Some("Anna"));
    check("Anna Maria", "20", Some("Maria"));
    check("Anna Maria", "12", Some("Anna Maria"));
    check("Anna Maria", "21", Some("Maria Anna"));
    check("A B-C D", "10", Some("A"));
    check("A B-C D", "23", Some("B-C"));
    check("A B-C D", "20", Some("B"));
    check("A B-C D", "40", Some("D"));
    check("A B-C D", "12", Some("A B"));
    check("A B-C D", "34", Some("C D"));
    check("A B-C D", "14", Some("A D"));
    check("Åsa-Märta", "20", Some("Märta"));
    check(" Anna  -Maria- ", "20", Some("Maria"));
    check("Anna Maria", "30", None);
    check("Anna Maria", "99", None);
    check("Anna Maria", "23", None);
    check("Anna Maria", "13", None);
    check("Anna Maria", "11", None);
    check("Anna Maria", "9", None);
    check("Anna Maria", "01", None);
    check("Anna Maria", "100", None);
    check("Anna Maria", "-10", None);
    check("Anna Maria", "", None);
    check("Anna Maria", "A", None);
    check("-", "10", None);
    check("", "10", None);
    let all = "A B C D E F G H I J";
    check(all, "90", Some("I"));
    check(all, "89", Some("H I"));
    assert_eq!(Namn::default().spelled_tilltalsnamn(), None);
}

#[test]
fn death_and_emigration_are_what_spar_says() {
    // REC-12: old codes are not taken for new ones.
    let check = |details: &[String], avliden: bool, utvandrad: bool| {
        let row = |content: &String| format!("<pde:Persondetaljer>{content}</pde:Persondetaljer>");
        let post = record(&post(&details.iter().map(row).collect::<String>()));
        assert_eq!((post.is_avliden(), post.is_utvandrad()), (avliden, utvandrad), "{details:?}");
    };
    let kod =
        |kod: &str| format!("<avr:AvregistreringsorsakKod>{kod}</avr:AvregistreringsorsakKod>");
    check(&[], false, false);
    check(&[String::new()], false, false);
    check(&[kod("AV")], true, false);
    check(&[kod("A")], true, false);
    check(&[kod("UV")], false, true);
    for other in ["GN", "GS", "AS", "OB", "TA", "FI", "G", "O", "XX", "av", ""] {
        check(&[kod(other)], false, false);
    }
    let day = |element: &str, day: &str| format!("<{element}>{day}</{element}>");
    for element in ["avr:Avlidendatum", "avr:AntraffadDodDatum", "sam:SnAvlidendatum"] {
        for known in ["2021-03-04", "2021-00-00", "2021", "20210304", "okänt"] {
            check(&[day(element, known)], true, false);
        }
        for unknown in ["", "0", "0000-00-00"] {
            check(&[day(element, unknown)], false, false);
        }
    }
    check(&[day("avr:Avregistreringsdatum", "2021-03-04")], false, false);
    // Rows that no longer hold say nothing about now; of several that do, one is enough.
    check(&[format!("{CLOSED}{}", kod("AV")), format!("{OPEN}{}", kod("UV"))], false, true);
    check(&[format!("{CLOSED}{}", kod("UV"))], false, false);
    check(&[kod("UV"), kod("AV")], true, true);
    // Addresses say nothing about it.
    let abroad = format!("<utl:Utlandsadress>{}</utl:Utlandsadress>", internationell("", "1 ROAD"));
    assert!(!record(&post(&abroad)).is_utvandrad());
    let code = AvregistreringsorsakKod::from_register("A");
    assert_eq!((code.is_avliden(), code.as_str()), (true, "A"));
}

#[test]
fn the_death_of_a_related_person_is_what_spar_says() {
    let check = |content: &str, expected: bool| {
        let relation = format!(
            "<rel:Relation><rel:Relationstyp>VÅRDNADSHAVARE</rel:Relationstyp>{content}</rel:Relation>"
        );
        let post = record(&post(&relation));
        let deaths: Vec<_> = post.current_relation().map(|row| row.is_avliden()).collect();
        assert_eq!(deaths, [expected], "{content}");
    };
    check("", false);
    check("<avr:AvregistreringsorsakKod>AV</avr:AvregistreringsorsakKod>", true);
    check("<avr:AvregistreringsorsakKod>UV</avr:AvregistreringsorsakKod>", false);
    check("<avr:Avlidendatum>2021-00-00</avr:Avlidendatum>", true);
    check("<avr:Avlidendatum/>", false);
}

#[test]
fn mail_goes_to_the_address_meant_for_it() {
    let registered = |interval, street| {
        format!("<fba:Folkbokforingsadress>{}</fba:Folkbokforingsadress>", svensk(interval, street))
    };
    let special =
        |content: String| format!("<spa:SarskildPostadress>{content}</spa:SarskildPostadress>");
    let contact = format!("<kon:Kontaktadress>{}</kon:Kontaktadress>", svensk("", "KONTAKT 1"));
    let abroad = |interval| {
        format!("<utl:Utlandsadress>{}</utl:Utlandsadress>", internationell(interval, "1 ROAD"))
    };
    let check = |content: &[&str], expected: &[&str]| {
        let sample = post(&content.concat());
        let lines = |sample: &str| {
            let post = record(sample);
            post.mailing_adress().map(|adress| adress.lines().join(", ")).collect::<Vec<_>>()
        };
        assert_eq!(lines(&sample), expected);
        // Whatever the record holds: a protected person has no address for mail.
        assert_eq!(lines(&sample.replace("markering>NEJ", "markering>JA")), [""; 0]);
    };
    let gatan = registered("", "GATAN 1");
    check(&[], &[]);
    check(&[&gatan], &["GATAN 1, 11234 STOCKHOLM"]);
    check(&[&gatan, &special(svensk("", "BOX 2"))], &["BOX 2, 11234 STOCKHOLM"]);
    check(&[&gatan, &special(internationell("", "1 ROAD"))], &["1 ROAD, NORGE"]);
    check(&[&gatan, &special(svensk(CLOSED, "BOX 2"))], &["GATAN 1, 11234 STOCKHOLM"]);
    // REC-21: an address that can be none.
    check(&[&gatan, &special(String::new())], &["GATAN 1, 11234 STOCKHOLM"]);
    check(&[&contact], &["KONTAKT 1, 11234 STOCKHOLM"]);
    check(&[&abroad("")], &["1 ROAD, NORGE"]);
    check(&[&abroad(OPEN), &registered(CLOSED, "GATAN 1")], &["1 ROAD, NORGE"]);
    check(
        &[&gatan, &registered(OPEN, "GATAN 2")],
        &["GATAN 1, 11234 STOCKHOLM", "GATAN 2, 11234 STOCKHOLM"],
    );
}

#[test]
fn the_lines_of_an_address_are_those_that_are_there() {
    // REC-20: no normalization, no line that is the right one.
    let check = |content: &str, expected: &[&str]| {
        let adress = format!("<kon:Kontaktadress>{content}</kon:Kontaktadress>");
        let post = record(&post(&adress));
        let adress: Vec<_> = post.current_kontaktadress().map(|row| row.adress()).collect();
        let lines: Vec<_> = adress.iter().flat_map(Adress::lines).collect();
        assert_eq!(lines, expected);
        assert!(!format!("{adress:?}").contains("GATAN"));
    };
    check(
        "<adr:SvenskAdress><adr:CareOf>C/O EK</adr:CareOf><adr:Utdelningsadress1>LGH 1101\
         </adr:Utdelningsadress1><adr:Utdelningsadress2>GATAN  1 </adr:Utdelningsadress2>\
         <adr:PostNr>112 34</adr:PostNr><adr:Postort>STOCKHOLM</adr:Postort></adr:SvenskAdress>",
        &["C/O EK", "LGH 1101", "GATAN  1 ", "112 34 STOCKHOLM"],
    );
    check(
        "<adr:SvenskAdress><adr:Postort>STOCKHOLM</adr:Postort></adr:SvenskAdress>",
        &["STOCKHOLM"],
    );
    check(
        "<adr:InternationellAdress><adr:Utdelningsadress1>GATAN 1</adr:Utdelningsadress1>\
         <adr:Utdelningsadress3>11234 STOCKHOLM</adr:Utdelningsadress3></adr:InternationellAdress>",
        &["GATAN 1", "11234 STOCKHOLM"],
    );
    check("<adr:SvenskAdress/>", &[]);
}

#[test]
fn the_first_row_of_an_emigrated_person_is_at_hand() {
    // REC-24.
    let check = |content: &str, expected: Option<Option<&str>>| {
        let post = record(&post(content));
        let first = post.first_utvandrad();
        let datum = first.map(|row| row.forlangningsdatum.as_ref().map(Datum::as_str));
        assert_eq!(datum, expected);
    };
    let row = |datum| {
        format!("<Utvandrad><Forlangningsdatum>{datum}</Forlangningsdatum></Utvandrad>").replace(
            "<Utvandrad>",
            "<Utvandrad xmlns=\"http://statenspersonadressregister.se/schema/komponent/person/utvandrad-1.0\">",
        )
    };
    check("", None);
    check(&row("2023-09-01"), Some(Some("2023-09-01")));
    check(&(row("2023-09-01") + &row("2028-09-01")), Some(Some("2023-09-01")));
    check(
        &format!("<fol:Folkbokforing/>{}<nam:Namn/>", row("2023-09-01")),
        Some(Some("2023-09-01")),
    );
}

#[test]
fn the_uncertain_level_has_two_spellings() {
    // REC-23.
    let check = |one: &str, other: &str, expected: bool| {
        let (one, other) =
            (SnIdentitetsniva::from_register(one), SnIdentitetsniva::from_register(other));
        assert_eq!(one.is_same_level(&other), expected, "{} {}", one.as_str(), other.as_str());
        assert_eq!(other.is_same_level(&one), expected);
    };
    let codes = ["STYRKT", "SANNOLIK", "INTE_TILLAMPLIG", "OSÄKER", "OSAKER", "NY", ""];
    for (row, one) in codes.iter().enumerate() {
        for (column, other) in codes.iter().enumerate() {
            check(one, other, row == column || (row.min(column), row.max(column)) == (3, 4));
        }
        let is_osaker = SnIdentitetsniva::from_register(one).is_osaker();
        assert_eq!(is_osaker, matches!(row, 3 | 4), "{one}");
    }
    check("OSA\u{308}KER", "OSÄKER", false);
}

#[test]
fn numbers_that_are_text_have_a_view() {
    // REC-17.
    let check = |text: &str, expected: Option<u64>| {
        let income = SummeradInkomst::from_register(text);
        let value = Taxeringsvarde::from_register(text);
        assert_eq!((income.value(), value.value()), (expected, expected), "{text}");
        assert_eq!((income.as_str(), value.as_str()), (text, text));
    };
    check("0", Some(0));
    check("00312000", Some(312_000));
    check("99999999999", Some(99_999_999_999));
    check("18446744073709551615", Some(u64::MAX));
    check("18446744073709551616", None);
    check("-1", None);
    check("+1", None);
    check(" 1", None);
    check("1.0", None);
    check("１", None);
    check("", None);
    let years = |text: &str| {
        (InkomstAr::from_register(text).value(), Taxeringsar::from_register(text).value())
    };
    assert_eq!(years("2020"), (Some(2020), Some(2020)));
    assert_eq!(years("65536"), (None, None));
    assert_eq!(years("+202"), (None, None));
}

#[test]
fn a_share_is_two_numbers_and_never_divided() {
    // REC-18.
    let check = |taljare: &str, namnare: &str, expected: (Option<i128>, Option<i128>)| {
        let sample = post(&format!(
            "<fas:Fastighet><fas:Taxeringsenhetsnummer>1</fas:Taxeringsenhetsnummer>\
             <fas:LanKod>01</fas:LanKod><fas:KommunKod>80</fas:KommunKod>\
             <fas:FastighetKod>220</fas:FastighetKod><fas:FastighetDel>\
             <fas:Taxeringsidentitet>1</fas:Taxeringsidentitet>\
             <fas:FastighetBeteckning>K 1:1</fas:FastighetBeteckning>\
             <fas:AndelstalTaljare>{taljare}</fas:AndelstalTaljare>\
             <fas:AndelstalNamnare>{namnare}</fas:AndelstalNamnare>\
             </fas:FastighetDel></fas:Fastighet>"
        ));
        let post = record(&sample);
        let del = row(&row(&post.fastighet, 0).fastighet_del, 0);
        assert_eq!((del.andelstal_taljare.value(), del.andelstal_namnare.value()), expected);
        assert_eq!(
            (del.andelstal_taljare.as_str(), del.andelstal_namnare.as_str()),
            (taljare, namnare)
        );
    };
    check("1", "2", (Some(1), Some(2)));
    check("1", "0", (Some(1), Some(0)));
    check("-1", "-2", (Some(-1), Some(-2)));
    let (thirty, forty) = ("9".repeat(30), "9".repeat(40));
    check("1", &thirty, (Some(1), thirty.parse().ok()));
    check("1", &forty, (Some(1), None));
    check("ett", "", (None, None));
}

#[test]
fn the_checksum_is_a_question() {
    // REQ-13, REC-27.
    let check = |text: &str, expected: bool| {
        assert_eq!(IdNummer::from_register(text).is_checksum_valid(), expected, "{text}");
    };
    check("198111309285", true);
    check("198111309286", false);
    check("191212121212", true);
    check("19811130928", false);
    check("19811130928X", false);
    check("", false);
}

#[test]
fn the_date_of_a_number_is_a_question() {
    // REQ-13, REC-27.
    let check = |text: &str, expected: Option<&str>| {
        let id = IdNummer::from_register(text);
        let date = id.birth_date();
        assert_eq!(date.as_ref().map(Datum::as_str), expected, "{text}");
    };
    check("198111309285", Some("1981-11-30"));
    check("198111309286", Some("1981-11-30"));
    check("200002299801", Some("2000-02-29"));
    check("190002299801", None);
    check("198001619801", Some("1980-01-01"));
    check("198001919801", Some("1980-01-31"));
    check("198001929801", None);
    check("198002909801", None);
    check("198002899801", Some("1980-02-29"));
    check("198001329801", None);
    check("198001609801", None);
    check("198001009801", None);
    check("198000019801", None);
    check("198013019801", None);
    // Day + 60 with month + 70, as was proposed for a kind of number that does not exist.
    check("198071619801", None);
    check("198099999999", None);
    check("000001019801", None);
    check("19800101980", None);
    check("19800101980X", None);
    check("1980-01-0198", None);
    check("１９８００１０１９８０１", None);
    check("", None);
}

#[test]
fn the_date_of_a_number_depends_on_its_kind() {
    let check = |typ: &str, expected: bool| {
        let sample = post("").replace("PERSONNUMMER", typ);
        let person_id = record(&sample).person_id;
        assert_eq!(person_id.birth_date().is_some(), expected, "{typ}");
        assert!(person_id.id_nummer.birth_date().is_some());
    };
    for typ in Typ::ALL {
        check(typ.as_str(), *typ != Typ::Immunitetsnummer);
    }
    check("", false);
    check("NYTT", false);
}

#[test]
fn short_forms_become_numbers_by_an_explicit_call() {
    // REQ-13.
    let check_on = |today: &str, text: &str, expected: Option<&str>| {
        let id = IdNummer::from_short_form(text, &Datum::from_register(today));
        assert_eq!(id.as_ref().ok().map(IdNummer::as_str), expected, "{text} on {today}");
        if let Err(error) = id {
            let digits = text.get(..6).filter(|digits| !digits.is_empty());
            let shown = format!("{error} {error:?}");
            assert!(digits.is_none_or(|digits| !shown.contains(digits)), "{shown}");
        }
    };
    let check = |text: &str, expected: Option<&str>| check_on("2026-11-23", text, expected);
    check("811130-9285", Some("198111309285"));
    check("8111309285", Some("198111309285"));
    check(" 811130-9285\n", Some("198111309285"));
    check("811130+9801", Some("188111309801"));
    check("19811130-9285", Some("198111309285"));
    check("198111309285", Some("198111309285"));
    check("18811130-9801", Some("188111309801"));
    check("19811130+9801", None);
    // The check digit is not asked for.
    check("811130-9286", Some("198111309286"));
    // The date of this century that is not after today, or the one before.
    check("261123-9801", Some("202611239801"));
    check("2611249801", Some("192611249801"));
    check("261124-9801", Some("192611249801"));
    check("270101-9801", Some("192701019801"));
    // The sign changes with the year in which a person turns 100.
    check("261231+9801", Some("192612319801"));
    check("260101+9801", Some("192601019801"));
    check("270101+9801", Some("182701019801"));
    check("250101+9801", Some("192501019801"));
    // Samordningsnummer: the day is 60 less.
    check("261183-9801", Some("202611839801"));
    check("261184-9801", Some("192611849801"));
    // The century of what is no date cannot be told; twelve digits are taken as they are.
    check("810230-9801", None);
    check("817161-9801", None);
    check("19817161-9801", Some("198171619801"));
    check_on("2026-11-23", "000229-9801", Some("200002299801"));
    check_on("2000-02-28", "000229-9801", None);
    check_on("2000-02-29", "000229-9801", Some("200002299801"));
    check_on("2000-01-01", "991231-9801", Some("199912319801"));
    check_on("2000-01-01", "000101+9801", Some("190001019801"));
    check_on("2000-01-01", "010101+9801", Some("180101019801"));
    for text in [
        "",
        "-",
        "9285",
        "811130",
        "811130 9285",
        "811130--9285",
        "811130−9285",
        "811130_9285",
        "81-11-30-9285",
        "811130-928",
        "811130-92855",
        "0811130-9285",
        "081111309285",
        "81113O-9285",
        "８１１１３０-9285",
        "811130-٩٢٨٥",
        "ååå-9285",
        "811130-928å",
        "+811130-9285",
        "000000-0000",
    ] {
        check(text, None);
    }
    for today in ["", "2026-02-30", "12026-01-01", "0099-01-01", "0100-01-01"] {
        check_on(today, "811130-9285", None);
        check_on(today, "811130+9285", None);
    }
    check_on("1100-01-01", "811130-9801", Some("108111309801"));
}
