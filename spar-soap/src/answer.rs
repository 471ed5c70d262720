//! What a search brings back.

use std::fmt;

use bytes::Bytes;
use spar_http::Exchange;
use spar_types::Deviation;
use spar_types::personsok::v2023_1::{AviseringPost, PersonsokningFraga, Utfall};

/// The answer to a search: one of three outcomes, and what may be logged about it.
///
/// `Debug` shows no person.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Svar {
    /// Posts (none of them if nobody matches), too many hits, or an `Undantag`.
    pub utfall: Utfall,
    /// The question as SPAR repeats it, if it does.
    pub echo: Option<PersonsokningFraga>,
    /// What may be logged.
    pub meta: Meta,
    /// Where the answer departs from the schema. What was there has been kept.
    pub deviations: Vec<Deviation>,
    /// The body as received.
    pub raw: RawSvar,
}

impl Svar {
    /// The posts. None if nobody matches, if too many do, and if SPAR made an exception.
    ///
    /// They come in no particular order.
    #[must_use]
    pub fn poster(&self) -> &[AviseringPost] {
        match &self.utfall {
            Utfall::PersonsokningSvarspost(poster) => poster,
            _ => &[],
        }
    }

    /// Whether more persons match than SPAR hands out, in either form in which SPAR says so.
    #[must_use]
    pub fn is_too_many(&self) -> bool {
        match &self.utfall {
            Utfall::OverstigerMaxAntalSvarsposter(_) => true,
            Utfall::Undantag(undantag) => undantag.kod == "OVERSTIGER_MAX_ANTAL_TRAFFAR",
            _ => false,
        }
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
    /// Entries of lists, posts among them, of which nothing could be made. They are in the body as
    /// received. 0: the answer is complete.
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
