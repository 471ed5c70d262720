//! Making a search again that may have been executed: for those alone who ask for it.

use std::time::Duration;

use spar_http::Phase;

use crate::error::{Error, ErrorKind};

/// Makes a search again that brought no answer, although SPAR may have executed it. Never done unless
/// given to [`Client::with_resend`](crate::Client::with_resend).
///
/// **Each attempt may be billed and logged against the person.** How many there were,
/// [`Meta::attempts`](crate::Meta::attempts) says of results and errors, and the span of the search;
/// each further one is an event of level WARN.
///
/// Made again is what may go better in a moment: a lost connection, a truncated answer, a wait that ran out,
/// and the statuses 429, 502, 503 and 504. Faults, refusals and answers that cannot be read are not: they
/// would come again. (That no connection could be opened is the transport's business: nothing has been sent
/// then, and it tries again by [`Retries`](spar_http::Retries).)
///
/// ```
/// # fn example(client: spar_soap::Client) -> spar_soap::Client {
/// // A nightly run whose owner has decided that an answer may cost twice.
/// client.with_resend(spar_soap::Resend::at_most(1))
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resend {
    /// Attempts after the first, at most.
    pub times: u32,
    /// The pause before the second attempt, twice as long before each further one. Default 1 s.
    pub pause: Duration,
    /// The longest wait that a server may ask for by `Retry-After` in seconds. If it asks for more, or for a
    /// date, the search is not made again. Default 60 s.
    pub max_pause: Duration,
}

impl Resend {
    /// At most so many attempts after the first.
    #[must_use]
    pub fn at_most(times: u32) -> Self {
        Self { times, pause: Duration::from_secs(1), max_pause: Duration::from_secs(60) }
    }

    /// Sets [`pause`](Self::pause).
    #[must_use]
    pub fn with_pause(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }

    /// Sets [`max_pause`](Self::max_pause).
    #[must_use]
    pub fn with_max_pause(self, max_pause: Duration) -> Self {
        Self { max_pause, ..self }
    }

    /// How long to wait before the search is made again after so many attempts; `None` if it is not.
    pub(crate) fn pause_after(&self, attempts: u32, error: &Error) -> Option<Duration> {
        use spar_http::ErrorKind::{Disconnected, Timeout, Truncated};

        let is_passing = matches!(
            error.kind(),
            ErrorKind::Transport(
                Disconnected | Truncated | Timeout(Phase::FirstByte | Phase::Idle | Phase::Total)
            ) | ErrorKind::Status(429 | 502..=504)
        );
        if !is_passing || attempts > self.times {
            return None;
        }
        let pause = self.pause.saturating_mul(2_u32.saturating_pow(attempts - 1));
        match error.retry_after() {
            None => Some(pause),
            Some(text) => {
                let wanted = Duration::from_secs(text.parse().ok()?);
                (wanted <= self.max_pause).then(|| pause.max(wanted))
            }
        }
    }
}
