//! Which reads are repeated, how often, and when.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use spar_http::{ErrorKind as Transport, Phase, Sent};

use crate::error::{Error, ErrorKind};

/// How reads are repeated that failed for a passing reason: no connection, an answer that broke off,
/// and the statuses 429, 502, 503 and 504. A file that is handed in is never sent again.
///
/// The waits grow from [`first_wait`](Self::first_wait) by a factor of 2 up to
/// [`longest_wait`](Self::longest_wait), and each is a random part of that, so that clients do not come
/// back together (HTTP-17). `Retry-After` is obeyed up to the longest wait (HTTP-14).
///
/// All clones of a client share one budget of repetitions: 20 at first, and one more for every 5 calls
/// that succeed. When it is used up, failures are final at once, so that a service in trouble is not
/// flooded (HTTP-16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retry {
    /// How many times a read is made at the most. Default 3; 1 means never again.
    pub attempts: u32,
    /// The longest first wait. Default 1 s.
    pub first_wait: Duration,
    /// The longest wait. Default 30 s.
    pub longest_wait: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 3,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(30),
        }
    }
}

impl Retry {
    /// Sets [`attempts`](Self::attempts).
    #[must_use]
    pub fn with_attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// Sets [`first_wait`](Self::first_wait).
    #[must_use]
    pub fn with_first_wait(self, first_wait: Duration) -> Self {
        Self { first_wait, ..self }
    }

    /// Sets [`longest_wait`](Self::longest_wait).
    #[must_use]
    pub fn with_longest_wait(self, longest_wait: Duration) -> Self {
        Self { longest_wait, ..self }
    }
}

/// The state of all repetitions of a client and its clones.
#[derive(Clone)]
pub(crate) struct Retries {
    policy: Retry,
    shared: Arc<Mutex<Shared>>,
    now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

struct Shared {
    budget: u32,
    random: fastrand::Rng,
}

const FULL: u32 = 100;
const PRICE: u32 = 5;

impl Retries {
    pub(crate) fn new(
        policy: Retry,
        seed: u64,
        now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    ) -> Self {
        let shared = Shared { budget: FULL, random: fastrand::Rng::with_seed(seed) };
        Self { policy, shared: Arc::new(Mutex::new(shared)), now }
    }

    pub(crate) fn succeeded(&self) {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.budget = FULL.min(shared.budget + 1);
    }

    /// How long to wait before the call that failed is made again; `None` if it is not.
    pub(crate) fn wait(&self, error: &Error, attempt: u32) -> Option<Duration> {
        if attempt >= self.policy.attempts || !is_passing(error) {
            return None;
        }
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.budget = shared.budget.checked_sub(PRICE)?;
        let longest = self.policy.longest_wait;
        let wait = self.policy.first_wait.saturating_mul(2_u32.saturating_pow(attempt - 1));
        // Not below a half: a wait of nothing helps nobody.
        let wait = wait.min(longest).mul_f64(0.5 + shared.random.f64() / 2.0);
        let asked = error.retry_after().and_then(|text| retry_after(text, (self.now)()));
        Some(asked.map_or(wait, |asked| asked.max(wait).min(longest)))
    }
}

fn is_passing(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Unavailable => matches!(error.status(), Some(429 | 502..=504)),
        ErrorKind::Transport(kind) => match kind {
            Transport::Connect | Transport::Disconnected | Transport::Truncated => true,
            Transport::Timeout(phase) => phase != Phase::Total,
            Transport::Proxy(_) => error.sent() == Sent::No,
            _ => false,
        },
        _ => false,
    }
}

/// Seconds, or a date.
fn retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    httpdate::parse_http_date(text).ok().map(|date| date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(kind: ErrorKind) -> Error {
        Error::new(kind, Sent::Unknown)
    }

    fn retries(seed: u64) -> Retries {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_767);
        Retries::new(Retry::default().with_attempts(9), seed, Arc::new(move || now))
    }

    const DISCONNECTED: ErrorKind = ErrorKind::Transport(Transport::Disconnected);

    // HTTP-17: deterministic under a seed, apart under two.
    #[test]
    fn waits_grow_and_do_not_align() {
        let waits = |seed| {
            let retries = retries(seed);
            (1..9)
                .map(|n| retries.wait(&failed(DISCONNECTED), n).expect("wait"))
                .collect::<Vec<_>>()
        };
        assert_eq!(waits(1), waits(1));
        assert_ne!(waits(1), waits(2));
        for (n, wait) in (0..).zip(waits(3)) {
            let most = Duration::from_secs(30.min(1 << n));
            assert!(wait >= most / 2 && wait <= most, "{n}: {wait:?}");
        }
    }

    // HTTP-14: seconds and a date, capped; nonsense is not obeyed.
    #[test]
    fn retry_after_is_obeyed_within_the_limit() {
        let rows = [
            ("7", 7),
            ("0", 1),
            ("3600", 30),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 10),
            ("Sun, 06 Nov 1994 08:49:27 GMT", 1),
            ("soon", 1),
        ];
        for (text, seconds) in rows {
            let error = failed(DISCONNECTED).with_retry_after(Some(text.to_owned()));
            let wait = retries(1).wait(&error, 1).expect("wait");
            assert_eq!(wait.as_secs_f64().ceil() as u64, seconds, "{text}");
        }
    }

    // HTTP-16: however many calls fail, the repetitions are bounded.
    #[test]
    fn the_budget_is_shared_and_refilled() {
        let retries = retries(1);
        let count = |retries: &Retries| {
            (0..1000).filter(|_| retries.wait(&failed(DISCONNECTED), 1).is_some()).count()
        };
        let other = retries.clone();
        assert_eq!((count(&other), count(&retries)), (20, 0));
        (0..10).for_each(|_| retries.succeeded());
        assert_eq!(count(&retries), 2);
    }

    #[test]
    fn what_does_not_pass_is_final() {
        use spar_http::{ClientCertificateFault, IdentityFault};
        let rows = [
            (ErrorKind::Permission, false),
            (ErrorKind::NotFound, false),
            (ErrorKind::Status(400), false),
            (ErrorKind::UnexpectedAnswer, false),
            (ErrorKind::Transport(Transport::Connect), true),
            (ErrorKind::Transport(Transport::Truncated), true),
            (ErrorKind::Transport(Transport::Timeout(Phase::Idle)), true),
            (ErrorKind::Transport(Transport::Timeout(Phase::Total)), false),
            (ErrorKind::Transport(Transport::TlsProtocol), false),
            (ErrorKind::Transport(Transport::ServerCertificate), false),
            (
                ErrorKind::Transport(Transport::ClientCertificate(ClientCertificateFault::Expired)),
                false,
            ),
            (ErrorKind::Transport(Transport::Identity(IdentityFault::Expired)), false),
        ];
        for (kind, again) in rows {
            assert_eq!(retries(1).wait(&failed(kind), 1).is_some(), again, "{kind:?}");
        }
        assert_eq!(retries(1).wait(&failed(DISCONNECTED), 9), None);
    }
}
