//! The client: builder, pool, and the rule that nothing is sent twice.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use tokio::runtime::Handle;
use tracing::debug;

use crate::clock::Clock;
use crate::connection::Connection;
use crate::connector::{ConnectError, Connector, Target};
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind, Phase, Sent};
use crate::exchange::exchange;
use crate::identity::Identity;
use crate::message::{Request, Response};
use crate::pool::Pool;
use crate::roots::Roots;
use crate::settings::{Limits, Timeouts};
use crate::tls::TlsBackend;

/// Posts requests over mutual TLS. Cheap to clone; clones share the pool of connections.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    connector: Box<dyn Connector>,
    timeouts: Timeouts,
    limits: Limits,
    pool: Pool,
}

impl Client {
    /// Begins to build a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder {
            identity: None,
            roots: None,
            tls_backend: None,
            timeouts: Timeouts::default(),
            limits: Limits::default(),
            max_idle_connections: 8,
            connector: None,
        }
    }

    /// Posts the request and reads the whole answer. Needs a tokio runtime with I/O and time
    /// enabled.
    ///
    /// The request is sent at most once. If the future is dropped, its connection is closed; what
    /// had been sent by then may still be executed.
    ///
    /// # Errors
    ///
    /// [`Error::kind`] says what happened, [`Error::sent`] whether the request may have reached the
    /// server. Statuses are no errors, except that a redirect and an answer without content are
    /// [`ErrorKind::Protocol`].
    pub async fn post(&self, endpoint: &Endpoint, request: Request) -> Result<Response, Error> {
        if Handle::try_current().is_err() {
            return Err(Error::configuration("there is no tokio runtime"));
        }
        let clock = Clock::start(self.0.timeouts.total);
        let result = self.0.post(endpoint, request, &clock).await;
        let duration_ms = u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX);
        let host = endpoint.host();
        match result {
            Ok(mut response) => {
                response.meta.duration = clock.elapsed();
                debug!(
                    host,
                    status = response.status,
                    duration_ms,
                    bytes_sent = response.meta.bytes_sent,
                    bytes_received = response.meta.bytes_received,
                    new_connection = response.meta.new_connection,
                    "answered"
                );
                Ok(response)
            }
            Err(error) => {
                debug!(host, kind = ?error.kind(), sent = ?error.sent(), duration_ms, "failed");
                Err(error)
            }
        }
    }
}

impl Inner {
    async fn post(
        &self,
        endpoint: &Endpoint,
        request: Request,
        clock: &Clock,
    ) -> Result<Response, Error> {
        let request = request.into_http(endpoint)?;
        if let Some(connection) = self.take_idle(endpoint).await {
            match self.exchange(endpoint, connection, request.clone(), clock).await {
                // The server had closed it in the meantime. Not a byte was handed to the
                // connection, so the request is still to be sent for the first time.
                Err(error) if error.sent() == Sent::No => {}
                result => return result,
            }
        }
        let connection = self.open(endpoint, clock).await?;
        let mut response = self.exchange(endpoint, connection, request, clock).await?;
        response.meta.new_connection = true;
        Ok(response)
    }

    async fn take_idle(&self, endpoint: &Endpoint) -> Option<Connection> {
        if self.pool.is_empty() {
            return None;
        }
        // Lets the runtime look at the sockets first, so that a good-bye of the server that has
        // arrived is also seen.
        tokio::task::yield_now().await;
        while let Some(mut connection) = self.pool.take(endpoint) {
            if connection.is_ready().await {
                return Some(connection);
            }
        }
        None
    }

    async fn open(&self, endpoint: &Endpoint, clock: &Clock) -> Result<Connection, Error> {
        let target = Target::new(endpoint, &self.timeouts);
        let limit = self.timeouts.connect.saturating_add(self.timeouts.tls);
        let stream = self.connector.connect(&target);
        let stream = match clock.within(Phase::Connect, limit, stream).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(ConnectError { verdict, source: None })) => {
                return Err(Error::new(verdict, Sent::No));
            }
            Ok(Err(ConnectError { verdict, source: Some(source) })) => {
                return Err(Error::new(verdict, Sent::No).with_source(source));
            }
            Err(phase) => return Err(Error::new(ErrorKind::Timeout(phase).into(), Sent::No)),
        };
        Connection::new(stream, &self.limits)
            .await
            .map_err(|error| Error::new(ErrorKind::Connect.into(), Sent::No).with_source(error))
    }

    async fn exchange(
        &self,
        endpoint: &Endpoint,
        mut connection: Connection,
        request: http::Request<Full<Bytes>>,
        clock: &Clock,
    ) -> Result<Response, Error> {
        let response =
            exchange(&mut connection, request, &self.timeouts, &self.limits, clock).await?;
        if connection.is_ready().await {
            self.pool.put(endpoint, connection);
        }
        Ok(response)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("timeouts", &self.0.timeouts)
            .field("limits", &self.0.limits)
            .finish_non_exhaustive()
    }
}

/// Builds a [`Client`].
#[must_use]
pub struct ClientBuilder {
    identity: Option<Identity>,
    roots: Option<Roots>,
    tls_backend: Option<TlsBackend>,
    timeouts: Timeouts,
    limits: Limits,
    max_idle_connections: usize,
    connector: Option<Box<dyn Connector>>,
}

impl ClientBuilder {
    /// The client's certificate and key. Default none, which SPAR does not accept.
    pub fn identity(mut self, identity: Identity) -> Self {
        self.identity = Some(identity);
        self
    }

    /// The authorities that may certify the server. Default [`Roots::platform`].
    pub fn roots(mut self, roots: Roots) -> Self {
        self.roots = Some(roots);
        self
    }

    /// Who speaks TLS. Default the first of [`TlsBackend::compiled`]: rustls where it is there.
    pub fn tls_backend(mut self, tls_backend: TlsBackend) -> Self {
        self.tls_backend = Some(tls_backend);
        self
    }

    /// How long things may take.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// How much is read.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How many unused connections are kept for later calls, over all endpoints. Default 8; with 0
    /// each call opens its own. It does not limit how many are open at a time: calls do.
    pub fn max_idle_connections(mut self, max_idle_connections: usize) -> Self {
        self.max_idle_connections = max_idle_connections;
        self
    }

    /// Replaces the TLS backend and TCP. The connector brings its own identity and roots.
    pub fn connector(mut self, connector: impl Connector) -> Self {
        self.connector = Some(Box::new(connector));
        self
    }

    /// Builds the client. Connects to nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for impossible settings, for unusable roots, and if there is
    /// neither a TLS feature nor a connector, or not the one of the chosen backend;
    /// [`ErrorKind::Identity`] if the key does not belong to the certificate or is not supported.
    pub fn build(self) -> Result<Client, Error> {
        self.timeouts.check()?;
        self.limits.check()?;
        let brings_tls =
            self.identity.is_some() || self.roots.is_some() || self.tls_backend.is_some();
        let connector = match self.connector {
            Some(_) if brings_tls => {
                return Err(Error::configuration(
                    "identity, roots and TLS backend belong to the connector if one is given",
                ));
            }
            Some(connector) => connector,
            None => {
                let default = || TlsBackend::compiled().first().copied();
                let backend = self.tls_backend.or_else(default).ok_or_else(no_backend)?;
                backend.connector(self.identity.as_ref(), &self.roots.unwrap_or_default())?
            }
        };
        Ok(Client(Arc::new(Inner {
            connector,
            timeouts: self.timeouts,
            limits: self.limits,
            pool: Pool::new(self.max_idle_connections, self.timeouts.keep_alive),
        })))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("identity", &self.identity)
            .field("roots", &self.roots)
            .field("tls_backend", &self.tls_backend)
            .field("timeouts", &self.timeouts)
            .field("limits", &self.limits)
            .field("max_idle_connections", &self.max_idle_connections)
            .field("connector", &self.connector.is_some())
            .finish()
    }
}

fn no_backend() -> Error {
    Error::configuration("there is no TLS backend")
        .with_hint("enable a TLS feature of spar-http, or give the builder a connector")
}
