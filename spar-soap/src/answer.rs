//! What a search brings back.

use std::fmt;

use bytes::Bytes;
use spar_http::{Exchange, Response};
use spar_types::personsok::newest::{
    AviseringPost, OverstigerMaxAntalSvarsposter, SparPersonsokningSvar, Undantag,
};
use spar_types::xml::{Element, Read};
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
        is_too_many(&self.record)
    }
}

/// What may be logged about a call: nothing in it says anything about a person.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Meta {
    /// What came of it.
    pub outcome: Outcome,
    /// SPAR's number of the exchange. Quote it when reporting a fault to SPAR.
    ///
    /// Only if it has the form of a GUID, as in practice: the schema allows any text, and any text may say
    /// something about a person. As sent it is in [`Svar::record`].
    pub uuid: Option<String>,
    /// How often the search was made: 1, or more if a [`Resend`](crate::Resend) was given. Each may have been
    /// billed. Everything else here is about the last one.
    pub attempts: u32,
    /// The HTTP status. `None` if no HTTP answer came.
    pub status: Option<u16>,
    /// Duration, bytes, and whether a connection was opened. Without an HTTP answer the duration alone.
    pub exchange: Exchange,
    /// Entries of the list of posts.
    pub posts: usize,
    /// Departures of the answer from the schema, those beyond the limit of [`Svar::deviations`] included.
    pub deviations: usize,
    /// Elements of which no value could be made. Those in lists, posts among them, are errors in their
    /// places; all are in the body as received. 0: the answer is complete.
    pub lost: usize,
}

/// What came of a call, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// At least one post.
    Hit,
    /// Nobody matches.
    NoHit,
    /// More persons match than SPAR hands out.
    TooMany,
    /// SPAR did not answer the question.
    Undantag,
    /// SPAR refused the request with a SOAP fault.
    Fault,
    /// There is no answer to work with.
    Failed,
}

impl Outcome {
    /// The outcome as logs and machines write it, such as `no_hit`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::NoHit => "no_hit",
            Self::TooMany => "too_many",
            Self::Undantag => "undantag",
            Self::Fault => "fault",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Meta {
    /// Of a call that has not brought an answer so far.
    pub(crate) fn of_failure(outcome: Outcome) -> Self {
        Self {
            outcome,
            uuid: None,
            attempts: 1,
            status: None,
            exchange: Exchange::default(),
            posts: 0,
            deviations: 0,
            lost: 0,
        }
    }

    pub(crate) fn of_answer(read: &Read<SparPersonsokningSvar>, response: &Response) -> Self {
        let svar = &read.value;
        let is_too_many = is_too_many(svar);
        let outcome = match svar.personsokning_svarspost.len() {
            _ if is_too_many => Outcome::TooMany,
            _ if !svar.undantag.is_empty() => Outcome::Undantag,
            0 => Outcome::NoHit,
            _ => Outcome::Hit,
        };
        let uuid = svar.uuid.as_ref().filter(|uuid| is_guid(uuid.as_str()));
        Self {
            outcome,
            uuid: uuid.map(|uuid| uuid.as_str().to_owned()),
            attempts: 1,
            status: Some(response.status),
            exchange: response.meta,
            posts: svar.personsokning_svarspost.len(),
            deviations: read.deviations.len() + read.further_deviations,
            lost: read.lost,
        }
    }
}

/// The number that SPAR gave the exchange, wherever it stands in what cannot be read as an answer.
pub(crate) fn uuid_in(element: Element<'_>) -> Option<String> {
    let mut pending = vec![element];
    while let Some(element) = pending.pop() {
        let text = element.text().trim();
        if element.local_name().eq_ignore_ascii_case("uuid") && is_guid(text) {
            return Some(text.to_owned());
        }
        pending.extend(element.children());
    }
    None
}

fn is_guid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

/// In either form in which SPAR says so.
fn is_too_many(svar: &SparPersonsokningSvar) -> bool {
    let is_it = |undantag: &Undantag| undantag.kod == "OVERSTIGER_MAX_ANTAL_TRAFFAR";
    svar.overstiger_max_antal_svarsposter.is_some() || svar.undantag.iter().flatten().any(is_it)
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
