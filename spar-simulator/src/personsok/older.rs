//! What an answer of 2023.1 is in 2021.1.
//!
//! The generator writes no such conversion, since something is lost: `Utvandrad`, `SnIdentitetsniva`
//! and `SnIdentitetsnivaDatum`, which 2021.1 does not have.

use spar_types::personsok::{v2021_1, v2023_1};
use spar_types::xml::Entries;

/// The answer in the older version.
pub(super) fn svar(svar: v2023_1::SparPersonsokningSvar) -> v2021_1::SparPersonsokningSvar {
    let mut older = v2021_1::SparPersonsokningSvar::default();
    older.personsokning_fraga = svar.personsokning_fraga.map(Into::into);
    older.personsokning_svarspost = each(svar.personsokning_svarspost, post);
    older.undantag = svar.undantag;
    older.overstiger_max_antal_svarsposter = svar.overstiger_max_antal_svarsposter;
    older.uuid = svar.uuid;
    older
}

fn post(post: v2023_1::AviseringPost) -> v2021_1::AviseringPost {
    // The flags are set as they are, below.
    let nej = v2021_1::JaNej::Nej;
    let mut older = v2021_1::AviseringPost::new(post.person_id.into(), nej.clone().into(), nej);
    older.sekretessmarkering = post.sekretessmarkering;
    older.sekretess_datum = post.sekretess_datum;
    older.skyddad_folkbokforing = post.skyddad_folkbokforing;
    older.skyddad_folkbokforing_datum = post.skyddad_folkbokforing_datum;
    older.senaste_andring_spar = post.senaste_andring_spar;
    older.summerad_inkomst = post.summerad_inkomst;
    older.inkomst_ar = post.inkomst_ar;
    older.namn = post.namn;
    older.persondetaljer = each(post.persondetaljer, persondetaljer);
    older.folkbokforing = post.folkbokforing;
    older.folkbokforingsadress = post.folkbokforingsadress;
    older.sarskild_postadress = post.sarskild_postadress;
    older.utlandsadress = post.utlandsadress;
    older.kontaktadress = post.kontaktadress;
    older.relation = each(post.relation, Into::into);
    older.fastighet = post.fastighet;
    older
}

fn persondetaljer(row: v2023_1::Persondetaljer) -> v2021_1::Persondetaljer {
    let mut older = v2021_1::Persondetaljer::default();
    older.datum_intervall = row.datum_intervall;
    older.sekretessmarkering = row.sekretessmarkering;
    older.skyddad_folkbokforing = row.skyddad_folkbokforing;
    older.avregistreringsorsak_kod = row.avregistreringsorsak_kod;
    older.avregistreringsdatum = row.avregistreringsdatum;
    older.avlidendatum = row.avlidendatum;
    older.antraffad_dod_datum = row.antraffad_dod_datum;
    older.fodelsedatum = row.fodelsedatum;
    older.fodelselan_kod = row.fodelselan_kod.map(Into::into);
    older.fodelseforsamling = row.fodelseforsamling.map(Into::into);
    older.kon = row.kon;
    older.svensk_medborgare = row.svensk_medborgare;
    older.hanvisning = each(row.hanvisning, Into::into);
    older.sn_status = row.sn_status;
    older.sn_tilldelningsdatum = row.sn_tilldelningsdatum;
    older.sn_preliminart_vilandeforklaringsdatum = row.sn_preliminart_vilandeforklaringsdatum;
    older.sn_fornyelsedatum = row.sn_fornyelsedatum;
    older.sn_vilandeorsak = row.sn_vilandeorsak;
    older.sn_vilandeforklaringsdatum = row.sn_vilandeforklaringsdatum;
    older.sn_avlidendatum = row.sn_avlidendatum;
    older
}

fn each<T, U>(entries: Entries<T>, convert: impl Fn(T) -> U) -> Entries<U> {
    entries.into_iter().map(|entry| entry.map(&convert)).collect()
}
