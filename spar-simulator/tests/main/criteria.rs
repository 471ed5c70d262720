//! Each argument filters. The persons of `criteria.xml` are a base and ten that differ from it in one
//! argument each.

use std::str::FromStr;

use spar_simulator::Persons;
use spar_types::personsok::newest::{
    AviseringPost, DistriktKodVillkor, FodelsedatumVillkor, Kon, NamnVillkor, PersonsokningFraga,
    PostNrVillkor, Sokvillkor,
};

use crate::{answer, by, by_id, by_name, found, outcome, request};

/// The arguments that the base meets. Argument n is met by all of the family but its member n,
/// counted from the base as 0.
const ARGUMENTS: [fn(&mut Sokvillkor); 10] = [
    |v| *names(v).0 = Some(value("Kim")),
    |v| *names(v).1 = Some(value("Provström")),
    |v| v.utdelningsadress_sok_argument = Some(value("Ekprovsgatan 1")),
    |v| v.postort_sok_argument = Some(value("Stockholm")),
    |v| v.post_nr_villkor = Some(PostNrVillkor::PostNr(value("11220"))),
    |v| v.fodelsedatum_villkor = Some(FodelsedatumVillkor::Fodelsedatum(value("1980-01-15"))),
    |v| v.kon = Some(Kon::Kvinna),
    |v| v.lan_kod = Some(value("01")),
    |v| v.kommun_kod = Some(value("80")),
    |v| v.distrikt_kod_villkor = Some(DistriktKodVillkor::DistriktKod(value("215021"))),
];

/// The place of `LanKod`, without which `KommunKod` is not taken.
const LAN_KOD: usize = 7;
const KOMMUN_KOD: usize = 8;

fn value<T: FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text} is allowed by the schema"))
}

type Names<'a> = (
    &'a mut Option<spar_types::personsok::newest::FornamnSokArgument>,
    &'a mut Option<spar_types::personsok::newest::MellanEfternamnSokArgument>,
);

fn names(villkor: &mut Sokvillkor) -> Names<'_> {
    let namn_villkor = villkor.namn_villkor.get_or_insert(NamnVillkor::Namndelar {
        fornamn_sok_argument: None,
        mellan_efternamn_sok_argument: None,
    });
    match namn_villkor {
        NamnVillkor::Namndelar { fornamn_sok_argument, mellan_efternamn_sok_argument } => {
            (fornamn_sok_argument, mellan_efternamn_sok_argument)
        }
        _ => unreachable!("only this is put in"),
    }
}

/// The numbers of the base and its ten variants, in the order of the register.
fn family() -> Vec<String> {
    let number = |post: &AviseringPost| post.person_id.id_nummer.as_str().to_owned();
    family_register().iter().map(number).collect()
}

/// A register of the family alone.
fn family_register() -> Persons {
    let document = include_str!("../../data/criteria.xml");
    Persons::from_xml(document.as_bytes()).expect("a part of the register")
}

fn numbers(family: &[String], is_in: impl Fn(usize) -> bool) -> String {
    let mut numbers: Vec<&str> = (0..family.len())
        .filter(|place| is_in(*place))
        .map(|place| family[place].as_str())
        .collect();
    numbers.sort_unstable();
    numbers.join(" ")
}

#[test]
fn each_argument_alone_leaves_one_out() {
    let (family, register) = (family(), family_register());
    for (place, argument) in ARGUMENTS.iter().enumerate() {
        let fraga = by(|villkor| {
            argument(villkor);
            if place == KOMMUN_KOD {
                ARGUMENTS[LAN_KOD](villkor);
            }
        });
        let expected = numbers(&family, |member| {
            member != place + 1 && (place != KOMMUN_KOD || member != LAN_KOD + 1)
        });
        assert_eq!(outcome(&register.answer(&request(fraga))), expected, "argument {place}");
    }
}

#[test]
fn all_arguments_together_find_the_base() {
    let fraga = by(|villkor| ARGUMENTS.iter().for_each(|argument| argument(villkor)));
    assert_eq!(found(fraga), family()[0]);
}

#[test]
fn all_arguments_but_one_find_one_more() {
    let family = family();
    for left_out in (0..ARGUMENTS.len()).filter(|place| *place != LAN_KOD) {
        let arguments = ARGUMENTS.iter().enumerate().filter(|(place, _)| *place != left_out);
        let fraga = by(|villkor| arguments.for_each(|(_, argument)| argument(villkor)));
        let expected = numbers(&family, |member| member == 0 || member == left_out + 1);
        assert_eq!(found(fraga), expected, "argument {left_out}");
    }
    // Without LanKod, KommunKod cannot be given either.
    let arguments =
        ARGUMENTS.iter().enumerate().filter(|(place, _)| ![LAN_KOD, KOMMUN_KOD].contains(place));
    let fraga = by(|villkor| arguments.for_each(|(_, argument)| argument(villkor)));
    let others = [0, LAN_KOD + 1, KOMMUN_KOD + 1];
    assert_eq!(found(fraga), numbers(&family, |member| others.contains(&member)));
}

#[test]
fn all_names_in_one_argument_filter_as_well() {
    let expected = numbers(&family(), |member| ![1, 2].contains(&member));
    assert_eq!(found(by_name("Kim Provström")), expected);
}

#[test]
fn intervals_hold_both_ends() {
    let (family, register) = (family(), family_register());
    let check = |set: &dyn Fn(&mut Sokvillkor), left_out: &[usize]| {
        let expected = numbers(&family, |member| !left_out.contains(&member));
        assert_eq!(outcome(&register.answer(&request(by(|v| set(v))))), expected);
    };
    let post_nr = |from: &str, tom: &str| PostNrVillkor::Intervall {
        post_nr_from: value(from),
        post_nr_tom: value(tom),
    };
    let others: Vec<usize> = (0..11).filter(|member| *member != 5).collect();
    check(&|v| v.post_nr_villkor = Some(post_nr("11220", "11229")), &[]);
    check(&|v| v.post_nr_villkor = Some(post_nr("11220", "11228")), &[5]);
    check(&|v| v.post_nr_villkor = Some(post_nr("11221", "11229")), &others);
    let fodelsedatum = |from: &str, tom: &str| FodelsedatumVillkor::Intervall {
        fodelsedatum_from: value(from),
        fodelsedatum_tom: value(tom),
    };
    let others: Vec<usize> = (0..11).filter(|member| *member != 6).collect();
    check(&|v| v.fodelsedatum_villkor = Some(fodelsedatum("1980-01-15", "1980-01-16")), &[]);
    check(&|v| v.fodelsedatum_villkor = Some(fodelsedatum("1979-12-31", "1980-01-15")), &[6]);
    check(&|v| v.fodelsedatum_villkor = Some(fodelsedatum("1980-01-16", "1980-01-16")), &others);
    let distrikt_kod = |from: &str, tom: &str| DistriktKodVillkor::Intervall {
        distrikt_kod_from: value(from),
        distrikt_kod_tom: value(tom),
    };
    let others: Vec<usize> = (0..11).filter(|member| *member != 10).collect();
    check(&|v| v.distrikt_kod_villkor = Some(distrikt_kod("215021", "215029")), &[]);
    check(&|v| v.distrikt_kod_villkor = Some(distrikt_kod("215021", "215028")), &[10]);
    check(&|v| v.distrikt_kod_villkor = Some(distrikt_kod("215022", "215030")), &others);
}

#[test]
fn a_number_finds_one_or_none() {
    assert_eq!(found(by_id("198001159949")), "198001159949");
    assert_eq!(found(by_id("191212121212")), "");
    // A wrong check digit.
    assert_eq!(found(by_id("198001159948")), "");
    // A number that was replaced has its own record, and the new number does not find it.
    assert_eq!(found(by_id("199709819842")), "199709819842");
}

#[test]
fn the_echo_repeats_the_question() {
    for fraga in [by_id("191212121212"), by_name("Kim"), by_name("a*"), by_name("Testsson")] {
        let svar = answer(fraga.clone());
        assert!(svar.personsokning_fraga == Some(fraga));
        assert!(svar.uuid.is_none());
    }
}

#[test]
fn history_is_searched() {
    let street = |street: &str| by(|v| v.utdelningsadress_sok_argument = Some(value(street)));
    assert_eq!(found(street("Gamla Provgatan 33")), "199507019967");
    assert_eq!(found(street("klarprovet 9")), "199507019967");
    assert_eq!(found(by_name("Elin Gammelsson")), "199311119888");
    let lan = by(|v| {
        *names(v).0 = Some(value("Amanda"));
        v.lan_kod = Some(value("14"));
    });
    assert_eq!(found(lan), "199507019967");
}

#[test]
fn arguments_of_an_address_match_on_one_address() {
    let check = |postort: &str, post_nr: &str, expected: &str| {
        let fraga = by(|v| {
            v.postort_sok_argument = Some(value(postort));
            v.post_nr_villkor = Some(PostNrVillkor::PostNr(value(post_nr)));
        });
        assert_eq!(found(fraga), expected, "{postort} {post_nr}");
    };
    check("Göteborg", "41463", "199507019967");
    check("Karlstad", "65340", "199507019967");
    check("Karlstad", "41463", "");
    check("Borås", "50113", "199202209921");
    check("Borås", "50335", "199202209921");
    check("Helsingborg", "25360", "198405729818");
}

#[test]
fn codes_of_a_registration_match_on_one_row() {
    let check = |lan_kod: &str, distrikt_kod: &str, expected: &str| {
        let fraga = by(|v| {
            v.lan_kod = Some(value(lan_kod));
            v.distrikt_kod_villkor = Some(DistriktKodVillkor::DistriktKod(value(distrikt_kod)));
        });
        assert_eq!(found(fraga), expected);
    };
    check("17", "214035", "199507019967");
    check("14", "107212", "199507019967");
    check("14", "214035", "");
}

#[test]
fn an_address_is_searched_by_words_without_the_care_of_line() {
    let street = |street: &str| by(|v| v.utdelningsadress_sok_argument = Some(value(street)));
    assert_eq!(found(street("försöksgränd 4 B")), "196208259892");
    assert_eq!(found(street("Gårdshuset 4")), "196208259892");
    assert_eq!(found(street("Gårdshuset, 3 tr")), "196208259892");
    assert_eq!(found(street("Mallström")), "");
    assert_eq!(found(street("S:t Eriks*")), "198212059805");
    assert_eq!(found(street("Försöksgränd 4 4")), "");
}

#[test]
fn protected_persons_are_found_by_number_only() {
    let ids = ["198104099968", "197808199835", "199610319882", "196502069955", "200706189800"];
    for id in ids {
        assert_eq!(found(by_id(id)), id);
    }
    let born = by(|v| {
        v.fodelsedatum_villkor = Some(FodelsedatumVillkor::Fodelsedatum(value("1981-04-09")));
    });
    assert_eq!(found(born), "");
}

#[test]
fn more_than_a_hundred_hits_are_counted_and_not_given() {
    assert_eq!(found(by_name("Testsson")), "110 > 100");
    let given = |set: fn(&mut Sokvillkor)| {
        let fraga = by(|villkor| {
            *names(villkor).1 = Some(value("Testsson"));
            set(villkor);
        });
        answer(fraga).personsokning_svarspost.len()
    };
    assert_eq!(given(|v| v.kon = Some(Kon::Kvinna)), 55);
    assert_eq!(given(|v| v.post_nr_villkor = Some(PostNrVillkor::PostNr(value("60210")))), 22);
}

#[test]
fn a_hundred_hits_are_given_and_one_more_is_not() {
    let check = |count: usize, expected: &str| {
        let person = |place: usize| {
            format!(
                "<AviseringPost><PersonId><IdNummer>198001{:06}</IdNummer>\
                 <Typ>PERSONNUMMER</Typ></PersonId><Sekretessmarkering>NEJ</Sekretessmarkering>\
                 <SkyddadFolkbokforing>NEJ</SkyddadFolkbokforing>\
                 <Namn><Efternamn>Mall</Efternamn></Namn></AviseringPost>",
                // No day of a month.
                990_000 + place
            )
        };
        let document = format!(
            "<AviseringPoster xmlns=\"http://statenspersonadressregister.se/schema/simulator\">{}\
             </AviseringPoster>",
            (0..count).map(person).collect::<String>()
        );
        let register = Persons::from_xml(document.as_bytes()).expect("by the schema");
        let svar = register.answer(&request(by_name("Mall")));
        let outcome = match svar.personsokning_svarspost.len() {
            0 => outcome(&svar),
            posts => format!("{posts} posts"),
        };
        assert_eq!(outcome, expected);
    };
    check(100, "100 posts");
    check(101, "101 > 100");
}

#[test]
fn an_empty_register_finds_nobody() {
    let document =
        "<AviseringPoster xmlns=\"http://statenspersonadressregister.se/schema/simulator\"/>";
    let register = Persons::from_xml(document.as_bytes()).expect("by the schema");
    let fraga: PersonsokningFraga = by_name("Kim");
    assert_eq!(outcome(&register.answer(&request(fraga))), "");
}
