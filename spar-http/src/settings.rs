//! Every wait and every limit, with its name, its default and the reason for it.

use std::time::Duration;

use crate::error::Error;

/// How long each phase of a call may take. None may be zero.
///
/// ```
/// use std::time::Duration;
/// use spar_http::Timeouts;
///
/// let timeouts = Timeouts::default().with_total(Duration::from_secs(30));
/// assert_eq!(timeouts.connect, Duration::from_secs(5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// Finding the address and opening the TCP connection, or having a proxy open it. Default 5 s:
    /// a lost first packet is sent again after 1 and 3 s.
    pub connect: Duration,
    /// The TLS handshake. Default 10 s.
    pub tls: Duration,
    /// Silence from the last byte of the request that could be written to the complete head of the
    /// answer. Default 60 s: a phonetic search in the whole register may take its time, and giving
    /// up early does not undo the bill.
    pub first_byte: Duration,
    /// Silence between two pieces of the answer's body. Default 20 s.
    pub idle: Duration,
    /// The whole call, connecting included. Default 120 s.
    pub total: Duration,
    /// The same for a call that streams a body in either direction. Default 1 h: 100 MB, the most that
    /// SPAR takes, in that time are 28 kB/s.
    pub transfer: Duration,
    /// How long an unused connection is kept for the next call. Default 30 s: shorter than most
    /// servers keep it, so that it is rarely found closed.
    pub keep_alive: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            tls: Duration::from_secs(10),
            first_byte: Duration::from_secs(60),
            idle: Duration::from_secs(20),
            total: Duration::from_secs(120),
            transfer: Duration::from_secs(3600),
            keep_alive: Duration::from_secs(30),
        }
    }
}

impl Timeouts {
    /// Sets [`connect`](Self::connect).
    #[must_use]
    pub fn with_connect(self, connect: Duration) -> Self {
        Self { connect, ..self }
    }

    /// Sets [`tls`](Self::tls).
    #[must_use]
    pub fn with_tls(self, tls: Duration) -> Self {
        Self { tls, ..self }
    }

    /// Sets [`first_byte`](Self::first_byte).
    #[must_use]
    pub fn with_first_byte(self, first_byte: Duration) -> Self {
        Self { first_byte, ..self }
    }

    /// Sets [`idle`](Self::idle).
    #[must_use]
    pub fn with_idle(self, idle: Duration) -> Self {
        Self { idle, ..self }
    }

    /// Sets [`total`](Self::total).
    #[must_use]
    pub fn with_total(self, total: Duration) -> Self {
        Self { total, ..self }
    }

    /// Sets [`transfer`](Self::transfer).
    #[must_use]
    pub fn with_transfer(self, transfer: Duration) -> Self {
        Self { transfer, ..self }
    }

    /// Sets [`keep_alive`](Self::keep_alive).
    #[must_use]
    pub fn with_keep_alive(self, keep_alive: Duration) -> Self {
        Self { keep_alive, ..self }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let Self { connect, tls, first_byte, idle, total, transfer, keep_alive } = *self;
        let all = [connect, tls, first_byte, idle, total, transfer, keep_alive];
        if all.contains(&Duration::ZERO) {
            return Err(Error::configuration("a timeout is zero"));
        }
        Ok(())
    }
}

/// How much of an answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Largest body of an answer, in bytes. Default 16 MiB: SPAR answers a search with at most 100
    /// posts, which leaves 160 KiB for each; a post with all its history takes a fraction of that.
    pub max_response_bytes: usize,
    /// Largest head of an answer (status line and headers), in bytes; at least 8192. Default
    /// 64 KiB, several times what common servers send. The number of headers is limited to 100.
    pub max_head_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_response_bytes: 16 * 1024 * 1024, max_head_bytes: 64 * 1024 }
    }
}

impl Limits {
    /// Sets [`max_response_bytes`](Self::max_response_bytes).
    #[must_use]
    pub fn with_max_response_bytes(self, max_response_bytes: usize) -> Self {
        Self { max_response_bytes, ..self }
    }

    /// Sets [`max_head_bytes`](Self::max_head_bytes).
    #[must_use]
    pub fn with_max_head_bytes(self, max_head_bytes: usize) -> Self {
        Self { max_head_bytes, ..self }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        // hyper panics on a smaller buffer.
        if self.max_head_bytes < 8192 {
            return Err(Error::configuration("max_head_bytes is below 8192"));
        }
        Ok(())
    }
}

/// How often opening a connection is tried again.
///
/// Until a connection stands, TLS included, nothing of the request has left: trying again cannot
/// have it executed or billed twice. So this holds for every kind of request. What fails later is
/// never repeated here.
///
/// Tried again is what may be better in a moment: a name that was not found, a refused or broken
/// connection, a timeout, a proxy that cannot be reached. A certificate that is not accepted, on
/// either side, and a server without common ground in TLS are not. All attempts and pauses share
/// [`Timeouts::total`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retries {
    /// Further attempts after the first. Default 2; with 0 the first failure is the error.
    pub connect: u32,
    /// The pause before the second attempt; before each further one it is twice as long. Default
    /// 250 ms.
    pub pause: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self { connect: 2, pause: Duration::from_millis(250) }
    }
}

impl Retries {
    /// Sets [`connect`](Self::connect).
    #[must_use]
    pub fn with_connect(self, connect: u32) -> Self {
        Self { connect, ..self }
    }

    /// Sets [`pause`](Self::pause).
    #[must_use]
    pub fn with_pause(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }

    /// The pause after so many failures, at least one.
    pub(crate) fn pause_after(&self, failures: u32) -> Duration {
        self.pause.saturating_mul(2_u32.saturating_pow(failures - 1))
    }
}

/// How many calls begin, and how many run at a time, per client with all its clones. Default
/// without limits.
///
/// A call waits for its turn, in the order in which they came. No timeout runs meanwhile: nothing
/// has begun. Dropping the call gives up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pace {
    /// How many calls run at a time; at least 1.
    pub max_concurrent: Option<usize>,
    /// How many calls begin in a second; at least 1. They begin evenly spaced, without bursts: with
    /// 4, one each 250 ms at most.
    pub max_per_second: Option<u32>,
}

impl Pace {
    /// Sets [`max_concurrent`](Self::max_concurrent).
    #[must_use]
    pub fn with_max_concurrent(self, max_concurrent: usize) -> Self {
        Self { max_concurrent: Some(max_concurrent), ..self }
    }

    /// Sets [`max_per_second`](Self::max_per_second).
    #[must_use]
    pub fn with_max_per_second(self, max_per_second: u32) -> Self {
        Self { max_per_second: Some(max_per_second), ..self }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.max_concurrent == Some(0) || self.max_per_second == Some(0) {
            return Err(Error::configuration("a pace is zero"));
        }
        Ok(())
    }
}
