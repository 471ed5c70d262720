//! Whom a search finds.
//!
//! The documentation of [`Persons::answer`](crate::Persons::answer) says which rules are guesses.
//! Letters are compared as they are sent: no Unicode normalization.

use spar_types::Datum;
use spar_types::personsok::newest::{
    AviseringPost, DistriktKodVillkor, FodelsedatumVillkor, Folkbokforing, JaNej, Kontaktadress,
    Namn, NamnVillkor, Persondetaljer, PostNrVillkor, SarskildPostadress, Sokvillkor,
};

use crate::personsok::words::{Comparison, all_match};

/// Whether a search with these arguments finds the person.
pub(crate) fn finds(villkor: &Sokvillkor, post: &AviseringPost) -> bool {
    !is_protected(post)
        && name_matches(villkor, post)
        && address_matches(villkor, post)
        && details_match(villkor, post)
        && registration_matches(villkor, post)
}

fn is_protected(post: &AviseringPost) -> bool {
    let sekretess = post.sekretessmarkering.as_ref().map(|flag| &flag.value);
    sekretess != Some(&JaNej::Nej) || post.skyddad_folkbokforing != Some(JaNej::Nej)
}

fn name_matches(villkor: &Sokvillkor, post: &AviseringPost) -> bool {
    let Some(namn_villkor) = &villkor.namn_villkor else { return true };
    let comparison = comparison(villkor);
    post.namn.iter().flatten().any(|namn| match namn_villkor {
        NamnVillkor::NamnSokArgument(argument) => {
            let words: Vec<&str> = given_names(namn).chain(surnames(namn)).collect();
            words_match(argument.as_str(), &words, comparison)
        }
        NamnVillkor::Namndelar { fornamn_sok_argument, mellan_efternamn_sok_argument } => {
            let given: Vec<&str> = given_names(namn).collect();
            let sur: Vec<&str> = surnames(namn).collect();
            fornamn_sok_argument
                .as_ref()
                .is_none_or(|argument| words_match(argument.as_str(), &given, comparison))
                && mellan_efternamn_sok_argument
                    .as_ref()
                    .is_none_or(|argument| words_match(argument.as_str(), &sur, comparison))
        }
        _ => false,
    })
}

/// How the name arguments are compared.
pub(crate) fn comparison(villkor: &Sokvillkor) -> Comparison {
    match villkor.fonetisk_sokning {
        Some(JaNej::Ja) => Comparison::Sound,
        _ => Comparison::Spelling,
    }
}

fn words_match(argument: &str, register: &[&str], comparison: Comparison) -> bool {
    // A word without sound, such as a hyphen that stands alone, asks for nothing.
    let has_content = |word: &&str| word.contains('*') || !comparison.form(word).is_empty();
    let words: Vec<&str> = argument.split_whitespace().filter(has_content).collect();
    all_match(&words, register, comparison)
}

fn given_names(namn: &Namn) -> impl Iterator<Item = &str> {
    namn.fornamn.iter().flat_map(|names| names.as_str().split_whitespace())
}

fn surnames(namn: &Namn) -> impl Iterator<Item = &str> {
    let middle = namn.mellannamn.iter().flat_map(|names| names.as_str().split_whitespace());
    middle.chain(namn.efternamn.iter().flat_map(|names| names.as_str().split_whitespace()))
}

/// What is searched of an address.
struct Address<'a> {
    lines: Vec<&'a str>,
    post_nr: Option<&'a str>,
    postort: Option<&'a str>,
}

fn address_matches(villkor: &Sokvillkor, post: &AviseringPost) -> bool {
    let is_asked_for = villkor.utdelningsadress_sok_argument.is_some()
        || villkor.postort_sok_argument.is_some()
        || villkor.post_nr_villkor.is_some();
    !is_asked_for || addresses(post).any(|address| is_address(villkor, &address))
}

fn is_address(villkor: &Sokvillkor, address: &Address<'_>) -> bool {
    let words = |text: &str, argument: &str| {
        let is_gap = |c: char| c.is_whitespace() || c == ',';
        let split = |text| str::split(text, is_gap).filter(|word: &&str| !word.is_empty());
        all_match(
            &split(argument).collect::<Vec<_>>(),
            &split(text).collect::<Vec<_>>(),
            Comparison::Spelling,
        )
    };
    let lines = villkor
        .utdelningsadress_sok_argument
        .as_ref()
        .is_none_or(|argument| words(&address.lines.join(" "), argument.as_str()));
    let postort = villkor.postort_sok_argument.as_ref().is_none_or(|argument| {
        address.postort.is_some_and(|postort| words(postort, argument.as_str()))
    });
    let post_nr = villkor.post_nr_villkor.as_ref().is_none_or(|villkor| {
        address.post_nr.is_some_and(|post_nr| match villkor {
            PostNrVillkor::PostNr(one) => post_nr == one.as_str(),
            PostNrVillkor::Intervall { post_nr_from, post_nr_tom } => {
                (post_nr_from.as_str()..=post_nr_tom.as_str()).contains(&post_nr)
            }
            _ => false,
        })
    });
    lines && postort && post_nr
}

fn addresses(post: &AviseringPost) -> impl Iterator<Item = Address<'_>> {
    macro_rules! lines {
        ($adress:expr, $($line:ident),+) => {
            [$($adress.$line.as_ref()),+].into_iter().flatten().map(|line| line.as_str()).collect()
        };
    }
    macro_rules! svensk {
        ($adress:expr) => {
            Address {
                lines: lines!($adress, utdelningsadress1, utdelningsadress2),
                post_nr: $adress.post_nr.as_ref().map(|post_nr| post_nr.as_str()),
                postort: $adress.postort.as_ref().map(|postort| postort.as_str()),
            }
        };
    }
    macro_rules! internationell {
        ($adress:expr) => {
            Address {
                lines: lines!($adress, utdelningsadress1, utdelningsadress2, utdelningsadress3),
                post_nr: None,
                postort: None,
            }
        };
    }
    let registered = post.folkbokforingsadress.iter().flatten();
    let registered = registered.map(|adress| svensk!(adress.svensk_adress));
    let special = post.sarskild_postadress.iter().flatten().filter_map(|adress| match adress {
        SarskildPostadress::SvenskAdress(adress) => Some(svensk!(adress)),
        SarskildPostadress::InternationellAdress(adress) => Some(internationell!(adress)),
        _ => None,
    });
    let contact = post.kontaktadress.iter().flatten().filter_map(|adress| match adress {
        Kontaktadress::SvenskAdress(adress) => Some(svensk!(adress)),
        Kontaktadress::InternationellAdress(adress) => Some(internationell!(adress)),
        _ => None,
    });
    registered.chain(special).chain(contact)
}

fn details_match(villkor: &Sokvillkor, post: &AviseringPost) -> bool {
    let is_asked_for = villkor.fodelsedatum_villkor.is_some() || villkor.kon.is_some();
    !is_asked_for || post.persondetaljer.iter().flatten().any(|row| is_row_of_details(villkor, row))
}

fn is_row_of_details(villkor: &Sokvillkor, row: &Persondetaljer) -> bool {
    let born = villkor.fodelsedatum_villkor.as_ref().is_none_or(|villkor| {
        row.fodelsedatum.as_ref().and_then(Datum::ymd).is_some_and(|born| match villkor {
            FodelsedatumVillkor::Fodelsedatum(day) => day.ymd() == Some(born),
            FodelsedatumVillkor::Intervall { fodelsedatum_from, fodelsedatum_tom } => {
                let (from, until) = (fodelsedatum_from.ymd(), fodelsedatum_tom.ymd());
                from.is_some_and(|from| from <= born) && until.is_some_and(|until| born <= until)
            }
            _ => false,
        })
    });
    born && villkor.kon.as_ref().is_none_or(|kon| row.kon.as_ref() == Some(kon))
}

fn registration_matches(villkor: &Sokvillkor, post: &AviseringPost) -> bool {
    let is_asked_for = villkor.lan_kod.is_some()
        || villkor.kommun_kod.is_some()
        || villkor.distrikt_kod_villkor.is_some();
    !is_asked_for || post.folkbokforing.iter().flatten().any(|row| is_registration(villkor, row))
}

fn is_registration(villkor: &Sokvillkor, row: &Folkbokforing) -> bool {
    let lan_kod = row.folkbokford_lan_kod.as_ref().map(|kod| kod.as_str());
    let kommun_kod = row.folkbokford_kommun_kod.as_ref().map(|kod| kod.as_str());
    let distrikt = villkor.distrikt_kod_villkor.as_ref().is_none_or(|villkor| {
        row.distrikt_kod.as_ref().is_some_and(|kod| match villkor {
            DistriktKodVillkor::DistriktKod(one) => kod.as_str() == one.as_str(),
            DistriktKodVillkor::Intervall { distrikt_kod_from, distrikt_kod_tom } => {
                (distrikt_kod_from.as_str()..=distrikt_kod_tom.as_str()).contains(&kod.as_str())
            }
            _ => false,
        })
    });
    villkor.lan_kod.as_ref().is_none_or(|kod| lan_kod == Some(kod.as_str()))
        && villkor.kommun_kod.as_ref().is_none_or(|kod| kommun_kod == Some(kod.as_str()))
        && distrikt
}
