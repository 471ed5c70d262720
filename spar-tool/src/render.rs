//! Records as text for a person.

use std::fmt::Write;

use spar_types::personsok::newest::{
    AviseringPost, InternationellAdress, JaNej, Kontaktadress, SarskildPostadress, SvenskAdress,
};

/// The current state of a record, one fact per line. History is in the JSON form only.
pub(crate) fn text(post: &AviseringPost) -> String {
    let mut out = String::new();
    let mut line = |label: &str, value: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(out, "  {label:<22}{value}");
    };
    line("id number", post.person_id.id_nummer.as_str());
    line("kind", post.person_id.typ.as_str());
    if post.is_skyddad() {
        line("protected", "yes: name and address are not given out");
    }
    for namn in post.current_namn() {
        line("name", &namn.display_name());
    }
    for details in post.current_persondetaljer() {
        if let Some(datum) = &details.fodelsedatum {
            line("born", datum.as_str());
        }
        if let Some(kod) = &details.avregistreringsorsak_kod {
            line("deregistered because", kod.as_str());
        }
        if let Some(datum) = &details.avlidendatum {
            line("died", datum.as_str());
        }
        if details.svensk_medborgare == Some(JaNej::Nej) {
            line("citizenship", "not Swedish");
        }
    }
    for row in post.current_folkbokforingsadress() {
        line("registered address", &swedish(&row.svensk_adress));
    }
    for row in post.current_sarskild_postadress() {
        line(
            "special address",
            &match row {
                SarskildPostadress::SvenskAdress(adress) => swedish(adress),
                SarskildPostadress::InternationellAdress(adress) => international(adress),
                _ => continue,
            },
        );
    }
    for row in post.current_utlandsadress() {
        line("address abroad", &international(&row.internationell_adress));
    }
    for row in post.current_kontaktadress() {
        line(
            "contact address",
            &match row {
                Kontaktadress::SvenskAdress(adress) => swedish(adress),
                Kontaktadress::InternationellAdress(adress) => international(adress),
                _ => continue,
            },
        );
    }
    out
}

/// The head of the table, above [`row`].
pub(crate) fn head() -> String {
    columns(["id number", "outcome", "born", "name", "address"])
}

/// A record as a row. Of a protected person only the number is there.
pub(crate) fn row(post: &AviseringPost, outcome: &str) -> String {
    let born = post.current_persondetaljer().find_map(|row| row.fodelsedatum.as_ref());
    let namn = post.current_namn().map(|namn| namn.display_name()).next();
    let folkbokford = post.current_folkbokforingsadress().map(|row| swedish(&row.svensk_adress));
    let abroad = post.current_utlandsadress().map(|row| international(&row.internationell_adress));
    let contact = post.current_kontaktadress().filter_map(|row| match row {
        Kontaktadress::SvenskAdress(adress) => Some(swedish(adress)),
        Kontaktadress::InternationellAdress(adress) => Some(international(adress)),
        _ => None,
    });
    let adress = folkbokford.chain(abroad).chain(contact).next();
    columns([
        post.person_id.id_nummer.as_str(),
        if post.is_skyddad() { "protected" } else { outcome },
        born.map(|datum| datum.as_str()).unwrap_or_default(),
        namn.as_deref().unwrap_or_default(),
        adress.as_deref().unwrap_or_default(),
    ])
}

/// Columns of fixed width, so that rows can be written as they come. None is cut off.
pub(crate) fn columns([number, outcome, born, namn, adress]: [&str; 5]) -> String {
    format!("{number:<12}  {outcome:<10}  {born:<10}  {namn:<32}  {adress}").trim_end().to_owned()
}

fn swedish(adress: &SvenskAdress) -> String {
    adress.lines().join(", ")
}

fn international(adress: &InternationellAdress) -> String {
    adress.lines().join(", ")
}
