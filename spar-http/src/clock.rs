//! The waits of one call: each phase has its limit, and all share the total. And the time of day.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, timeout};

use crate::error::Phase;

#[derive(Clone, Copy)]
pub(crate) struct Clock {
    started: Instant,
    total: Duration,
}

impl Clock {
    pub(crate) fn start(total: Duration) -> Self {
        Self { started: Instant::now(), total }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) fn left(&self) -> Duration {
        self.total.saturating_sub(self.elapsed())
    }

    /// Waits for `future` at most `limit`, or to the end of the total if that comes first; the
    /// error says which of the two ran out.
    pub(crate) async fn within<F: Future>(
        &self,
        phase: Phase,
        limit: Duration,
        future: F,
    ) -> Result<F::Output, Phase> {
        let left = self.left();
        let (limit, phase) = if left < limit { (left, Phase::Total) } else { (limit, phase) };
        timeout(limit, future).await.map_err(|_| phase)
    }
}

/// The time of day, by which certificates are judged. Waits never depend on it.
#[derive(Clone)]
pub(crate) struct WallClock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl WallClock {
    pub(crate) fn new(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub(crate) fn now(&self) -> SystemTime {
        (self.0)()
    }
}

impl Default for WallClock {
    fn default() -> Self {
        Self::new(SystemTime::now)
    }
}
