//! Connections at rest between two calls.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::connection::Connection;
use crate::endpoint::Endpoint;

pub(crate) struct Pool {
    idle: Mutex<Vec<Idle>>,
    max_idle: usize,
    keep_alive: Duration,
}

struct Idle {
    host: Arc<str>,
    port: u16,
    connection: Connection,
    since: Instant,
}

impl Pool {
    pub(crate) fn new(max_idle: usize, keep_alive: Duration) -> Self {
        Self { idle: Mutex::new(Vec::new()), max_idle, keep_alive }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// The connection to this server that was used last; those kept too long are closed.
    pub(crate) fn take(&self, endpoint: &Endpoint) -> Option<Connection> {
        let mut idle = self.lock();
        idle.retain(|idle| idle.since.elapsed() < self.keep_alive);
        let found = idle
            .iter()
            .rposition(|idle| *idle.host == *endpoint.host() && idle.port == endpoint.port())?;
        Some(idle.remove(found).connection)
    }

    pub(crate) fn put(&self, endpoint: &Endpoint, connection: Connection) {
        let (host, port) = (endpoint.shared_host(), endpoint.port());
        let mut idle = self.lock();
        idle.retain(|idle| idle.since.elapsed() < self.keep_alive);
        idle.push(Idle { host, port, connection, since: Instant::now() });
        if idle.len() > self.max_idle {
            idle.remove(0);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
