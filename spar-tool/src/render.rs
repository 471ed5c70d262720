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

fn swedish(adress: &SvenskAdress) -> String {
    adress.lines().join(", ")
}

fn international(adress: &InternationellAdress) -> String {
    adress.lines().join(", ")
}
