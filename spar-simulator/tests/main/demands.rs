//! What is refused beyond the schema, as `Undantag`.

use spar_types::personsok::newest::{
    DistriktKodVillkor, FodelsedatumVillkor, JaNej, NamnVillkor, PersonsokningFraga, PostNrVillkor,
    Sokvillkor,
};

use crate::{by, by_name, by_sound, found};

fn is_refused(fraga: PersonsokningFraga) -> bool {
    found(fraga) == "OGILTIG_INPARAMETER"
}

#[test]
fn a_wild_card_needs_two_letters_before_it() {
    let check = |argument: &str, spelled: bool, by_its_sound: bool| {
        assert_eq!(is_refused(by_name(argument)), spelled, "spelled {argument}");
        assert_eq!(is_refused(by_sound(argument)), by_its_sound, "by sound {argument}");
    };
    check("a*", true, true);
    check("å*", true, true);
    check("an*", false, false);
    check("a", false, false);
    // Two letters, one sound.
    check("ck*", false, true);
    check("nn*", false, true);
    // Answered by SPAR when phonetic.
    check("Mikael M*", true, false);
    check("Mikael *son", true, false);
    check("A' *", true, true);
    let parts = by(|villkor| {
        villkor.namn_villkor = Some(NamnVillkor::Namndelar {
            fornamn_sok_argument: Some("Mikael".parse().expect("a name")),
            mellan_efternamn_sok_argument: Some("K*".parse().expect("a name")),
        });
    });
    assert!(is_refused(parts));
}

#[test]
fn in_an_address_the_argument_needs_two() {
    let street = |argument: &str| {
        is_refused(by(|villkor| {
            villkor.utdelningsadress_sok_argument = Some(argument.parse().expect("an address"));
        }))
    };
    assert!(street("E*"));
    assert!(street("E *gatan"));
    assert!(!street("Ek*"));
    assert!(!street("Ekprovsgatan 1*"));
    let postort = |argument: &str| {
        is_refused(by(|villkor| {
            villkor.postort_sok_argument = Some(argument.parse().expect("a town"));
        }))
    };
    assert!(postort("S*"));
    assert!(!postort("So*"));
}

#[test]
fn a_search_needs_an_argument() {
    assert!(is_refused(by(|_| {})));
    assert!(is_refused(by(|villkor| villkor.fonetisk_sokning = Some(JaNej::Ja))));
    assert!(is_refused(by(|villkor| {
        villkor.namn_villkor = Some(NamnVillkor::Namndelar {
            fornamn_sok_argument: None,
            mellan_efternamn_sok_argument: None,
        });
    })));
}

#[test]
fn an_interval_runs_forward() {
    let check = |set: &dyn Fn(&mut Sokvillkor), expected: bool| {
        assert_eq!(is_refused(by(|villkor| set(villkor))), expected);
    };
    let post_nr = |from: &str, tom: &str| PostNrVillkor::Intervall {
        post_nr_from: from.parse().expect("a code"),
        post_nr_tom: tom.parse().expect("a code"),
    };
    check(&|v| v.post_nr_villkor = Some(post_nr("11221", "11220")), true);
    check(&|v| v.post_nr_villkor = Some(post_nr("11220", "11220")), false);
    let born = |from: &str, tom: &str| FodelsedatumVillkor::Intervall {
        fodelsedatum_from: from.parse().expect("a date"),
        fodelsedatum_tom: tom.parse().expect("a date"),
    };
    check(&|v| v.fodelsedatum_villkor = Some(born("1980-01-16", "1980-01-15")), true);
    check(&|v| v.fodelsedatum_villkor = Some(born("1980-01-15", "1980-01-15")), false);
    let distrikt = |from: &str, tom: &str| DistriktKodVillkor::Intervall {
        distrikt_kod_from: from.parse().expect("a code"),
        distrikt_kod_tom: tom.parse().expect("a code"),
    };
    check(&|v| v.distrikt_kod_villkor = Some(distrikt("215022", "215021")), true);
    check(&|v| v.distrikt_kod_villkor = Some(distrikt("215021", "215021")), false);
}

#[test]
fn a_municipality_needs_its_county() {
    let kommun_kod = || Some("80".parse().expect("a code"));
    assert!(is_refused(by(|villkor| villkor.kommun_kod = kommun_kod())));
    assert!(!is_refused(by(|villkor| {
        villkor.lan_kod = Some("03".parse().expect("a code"));
        villkor.kommun_kod = kommun_kod();
    })));
}
