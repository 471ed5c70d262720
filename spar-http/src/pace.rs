//! Holds calls back until it is their turn.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

use crate::settings::Pace;

pub(crate) struct Gate {
    running: Option<Arc<Semaphore>>,
    interval: Option<Duration>,
    /// When the next call may begin. Held by the call that waits for it, so that they begin in the
    /// order in which they came and one that gives up takes no turn.
    next: Mutex<Option<Instant>>,
}

impl Gate {
    pub(crate) fn new(pace: &Pace) -> Self {
        Self {
            running: pace
                .max_concurrent
                .map(|max| Arc::new(Semaphore::new(max.min(Semaphore::MAX_PERMITS)))),
            interval: pace.max_per_second.map(|max| Duration::from_secs(1) / max),
            next: Mutex::new(None),
        }
    }

    /// Waits for the call's turn. It ends when the result is dropped.
    pub(crate) async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        let running = match &self.running {
            // Never closed, so a permit always comes.
            Some(running) => Arc::clone(running).acquire_owned().await.ok(),
            None => None,
        };
        if let Some(interval) = self.interval {
            let mut next = self.next.lock().await;
            if let Some(next) = *next {
                sleep_until(next).await;
            }
            *next = Some(Instant::now() + interval);
        }
        running
    }
}
