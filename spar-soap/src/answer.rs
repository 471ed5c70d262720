//! What a search brings back.

use std::fmt;

use bytes::Bytes;
use spar_http::Exchange;
use spar_types::personsok::v2023_1::{
    AviseringPost, OverstigerMaxAntalSvarsposter, SparPersonsokningSvar, Undantag,
};
use spar_types::{Deviation, Entries, Unrepresentable};

/// The answer to a search, whole: what SPAR sent, and what may be logged about it.
///
/// [`utfall`](Self::utfall) tells what came. `Debug` shows no person.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Svar {
    /// The answer as sent, in the newest form of the record. Of its parts [`utfall`](Self::utfall) tells
    /// which one came.
    pub record: SparPersonsokningSvar,
    /// What may be logged.
    pub meta: Meta,
    /// Where the answer departs from the schema, and whether it repeats another question than the one
    /// asked. What was there has been kept.
    pub deviations: Vec<Deviation>,
    /// The body as received.
    pub raw: RawSvar,
}

/// What an answer brings. The schema allows one of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Utfall<'s> {
    /// Posts; none of them if nobody matches, which is billed all the same.
    Svarsposter(&'s [Result<AviseringPost, Unrepresentable>]),
    /// Too many persons match, so that SPAR hands out none.
    OverstigerMaxAntalSvarsposter(&'s OverstigerMaxAntalSvarsposter),
    /// SPAR did not answer the question. Never empty.
    Undantag(&'s [Result<Undantag, Unrepresentable>]),
}

impl Svar {
    /// What came. Should an answer hold several of the three, against the schema, an `Undantag` comes
    /// first and posts come last; the record holds all of them.
    #[must_use]
    pub fn utfall(&self) -> Utfall<'_> {
        match &self.record.overstiger_max_antal_svarsposter {
            _ if !self.record.undantag.is_empty() => Utfall::Undantag(&self.record.undantag),
            Some(found) => Utfall::OverstigerMaxAntalSvarsposter(found),
            None => Utfall::Svarsposter(&self.record.personsokning_svarspost),
        }
    }

    /// The persons who match, in no particular order. An entry that no record can hold is an error in its
    /// place; the others are there.
    pub fn poster(&self) -> &[Result<AviseringPost, Unrepresentable>] {
        &self.record.personsokning_svarspost
    }

    /// The posts, to keep. Take them to records with `?`, `flatten` or a `match` on each.
    pub fn into_poster(self) -> Entries<AviseringPost> {
        self.record.personsokning_svarspost
    }

    /// Whether more persons match than SPAR hands out, in either form in which SPAR says so.
    #[must_use]
    pub fn is_too_many(&self) -> bool {
        let is_it = |undantag: &Undantag| undantag.kod == "OVERSTIGER_MAX_ANTAL_TRAFFAR";
        self.record.overstiger_max_antal_svarsposter.is_some()
            || self.record.undantag.iter().flatten().any(is_it)
    }
}

/// What may be logged about a call: nothing in it says anything about a person.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Meta {
    /// SPAR's number of the exchange. Quote it when reporting a fault to SPAR.
    pub uuid: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// Duration, bytes, and whether a connection was opened.
    pub exchange: Exchange,
    /// Departures from the schema beyond those that [`Svar::deviations`] holds.
    pub further_deviations: usize,
    /// Elements of which no value could be made. Those in lists, posts among them, are errors in their
    /// places; all are in the body as received. 0: the answer is complete.
    pub lost: usize,
}

/// The body of an answer as received: personal data, not looked into. `Debug` shows its length only.
#[derive(Clone, PartialEq, Eq)]
pub struct RawSvar(Bytes);

impl RawSvar {
    pub(crate) fn new(bytes: Bytes) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.0
    }
}

impl AsRef<[u8]> for RawSvar {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for RawSvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawSvar(<{} bytes>)", self.0.len())
    }
}
