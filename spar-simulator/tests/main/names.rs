//! Names by spelling, by wild card and by sound, on the persons of the register.

use spar_types::personsok::newest::{JaNej, NamnVillkor, PersonsokningFraga};

use crate::{by, by_name, by_sound, found};

/// Nos. 20 to 23: Mikael Karlsson, Michael Carlsson, Mikaell Karlson, Jan Mickael Carlson.
const KARLSSON: &str = "195802289990 196605179818 197109039870 198912129932";

/// Nos. 24 to 26: Kristina Eriksson, Christina Erikson, Kristina Ericsson.
const ERIKSSON: &str = "197906069849 198310239903 199101309962";

#[test]
fn spelling_is_exact_but_for_letter_case() {
    let check = |argument: &str, expected: &str| {
        assert_eq!(found(by_name(argument)), expected, "{argument}");
    };
    check("Mikael Karlsson", "196605179818");
    check("KARLSSON mikael", "196605179818");
    check("Mikaell", "198912129932");
    check("Mikae", "");
    check("Mikael Mikael Karlsson", "");
    check("Mickael Carlson", "195802289990");
    check("D'Exempel", "197707079872");
    check("Anna-Karin", "195609299929");
    check("Anna Karin", "");
    check("Müllerprov", "198511029954");
    check("Mullerprov", "");
    check("göran provstedt", found_id("GÖRAN PROVSTEDT").as_str());
    check("Y Å", "199009099830");
    // Middle name and surname alike.
    check("Karin Karlsson", "198605059941");
    check("Karin Mallbladh Karlsson", "198605059941");
}

fn found_id(argument: &str) -> String {
    let id = found(by_name(argument));
    assert_eq!(id.len(), 12);
    id
}

#[test]
fn given_names_and_surnames_are_kept_apart() {
    let check = |given: Option<&str>, sur: Option<&str>, expected: &str| {
        let fraga: PersonsokningFraga = by(|villkor| {
            villkor.namn_villkor = Some(NamnVillkor::Namndelar {
                fornamn_sok_argument: given.map(|name| name.parse().expect("a name")),
                mellan_efternamn_sok_argument: sur.map(|name| name.parse().expect("a name")),
            });
        });
        assert_eq!(found(fraga), expected, "{given:?} {sur:?}");
    };
    check(Some("Mikael"), None, "196605179818");
    check(Some("Karlsson"), None, "");
    check(None, Some("Mikael"), "");
    check(None, Some("Karlsson"), "196605179818 198605059941");
    check(Some("Karin"), Some("Karlsson"), "198605059941");
    // The two surnames stand on two rows.
    check(Some("Elin"), Some("Nymansson"), "199311119888");
    check(Some("Elin"), Some("Nymansson Gammelsson"), "");
}

#[test]
fn wild_cards_stand_within_each_word() {
    let check = |argument: &str, expected: &str| {
        assert_eq!(found(by_name(argument)), expected, "{argument}");
    };
    check("Mika* Karlss*", "196605179818");
    check("Mika*", "196605179818 198912129932");
    check("Mi*el Carl*", "195802289990 197109039870");
    check("Kristina Eri*", "197906069849 199101309962");
    check("Lind*vist", "199808089826 200103199881");
    check("Anna-*", "195609299929");
    check("Dag D'Ex*l", "197707079872");
}

#[test]
fn sound_finds_other_spellings() {
    let check = |argument: &str, expected: &str| {
        assert_eq!(found(by_sound(argument)), expected, "{argument}");
    };
    for argument in ["Mikael Karlsson", "michael carlsson", "Mickael Karlson", "Carlson Mikaell"] {
        check(argument, KARLSSON);
    }
    for argument in ["Kristina Eriksson", "Christina Ericson", "Kristina Erixon"] {
        check(argument, ERIKSSON);
    }
    check("Sofia Lindquist", "199808089826 200103199881");
    check("Anna-Karin", "195609299929");
    check("Annakarin", "195609299929");
    check("Andre Myllerprov", "198511029954");
    check("Dexempel", "197707079872");
    check("Hanna Exempelsson", "");
    check("Anna Exempelsson", "197503029865");
    check("Mikael Larsson", "");
}

#[test]
fn sound_goes_with_wild_cards() {
    let check = |argument: &str, expected: &str| {
        assert_eq!(found(by_sound(argument)), expected, "{argument}");
    };
    check("mikael k*", KARLSSON);
    check("Michael Carl*", KARLSSON);
    check("Christ* Eric*", ERIKSSON);
    check("Lindq*", "199808089826 200103199881");
    // A double letter before the wild card counts as one.
    check("Linn*", "199808089826 200103199881");
    check("Linnd*", "199808089826 200103199881");
    check("Limd*", "");
}

#[test]
fn sound_is_asked_for_by_ja_alone() {
    let fraga = |fonetisk_sokning: Option<JaNej>| {
        by(|villkor| {
            villkor.fonetisk_sokning = fonetisk_sokning;
            villkor.namn_villkor =
                Some(NamnVillkor::NamnSokArgument("Mikael Karlsson".parse().expect("a name")));
        })
    };
    assert_eq!(found(fraga(Some(JaNej::Ja))), KARLSSON);
    assert_eq!(found(fraga(Some(JaNej::Nej))), "196605179818");
    assert_eq!(found(fraga(None)), "196605179818");
}
