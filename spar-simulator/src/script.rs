//! Answers that are not the usual ones.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// What the simulator answers to one request, when told so by [`Simulator::script`].
///
/// [`Simulator::script`]: crate::Simulator::script
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// What it would answer anyway. Leaves a request alone, so that a later one can be meant.
    Usual,
    /// A SOAP fault with HTTP status 500. Does not count as a search.
    Fault {
        /// `Server` or `Client`, or another code of SOAP 1.1.
        code: String,
        /// What a person reads.
        text: String,
    },
    /// An HTTP status with a page in HTML, as from a proxy before the service. Does not count as a
    /// search. A number that is not between 200 and 599 is sent as 500.
    Status(u16),
    /// An `Undantag` in an ordinary answer. Counts as a search.
    Undantag {
        /// The code, such as `GENERELLT_FEL`.
        kod: String,
        /// What a person reads.
        beskrivning: String,
    },
}

impl Answer {
    /// A SOAP fault with the code `Server`.
    #[must_use]
    pub fn fault() -> Self {
        let text = "A fault that was asked for";
        Self::Fault { code: "Server".to_owned(), text: text.to_owned() }
    }

    /// An `Undantag` with the code `GENERELLT_FEL`.
    #[must_use]
    pub fn undantag() -> Self {
        let beskrivning = "Ett fel som var beställt";
        Self::Undantag { kod: "GENERELLT_FEL".to_owned(), beskrivning: beskrivning.to_owned() }
    }
}

/// Answers for the requests to come, one each.
#[derive(Debug, Default)]
pub(crate) struct Script(Mutex<VecDeque<Answer>>);

impl Script {
    pub(crate) fn add(&self, answer: Answer) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(answer);
    }

    /// The answer for the request that has come.
    pub(crate) fn next(&self) -> Answer {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers.pop_front().unwrap_or(Answer::Usual)
    }
}
