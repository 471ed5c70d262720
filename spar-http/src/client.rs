//! The client: builder, pool, and the rule that nothing is sent twice.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::sleep;
use tracing::{debug, warn};

use crate::body::{Outgoing, Permission};
use crate::clock::{Clock, WallClock};
use crate::connection::Connection;
use crate::connector::{Connector, Target};
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind, Phase, ProxyFault, Sent};
use crate::exchange::exchange;
use crate::identity::Identity;
use crate::message::{Exchange, Request, Response};
use crate::pace::Gate;
use crate::pool::Pool;
use crate::proxy::Proxy;
use crate::roots::Roots;
use crate::settings::{Limits, Pace, Retries, Timeouts};
use crate::tls::TlsBackend;
use crate::transfer::Transfer;

/// Posts requests over mutual TLS. Cheap to clone; clones share the pool of connections.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    /// Replaced as a whole: a call keeps the one it began with.
    session: RwLock<Arc<Session>>,
    /// What a new identity is put into; `None` with a connector of the caller's.
    tls: Option<(TlsBackend, Roots)>,
    timeouts: Timeouts,
    limits: Limits,
    max_idle_connections: usize,
    retries: Retries,
    proxy: Option<Proxy>,
    gate: Gate,
    wall_clock: WallClock,
}

/// An identity, and the connections on which the client is known by it.
struct Session {
    connector: Box<dyn Connector>,
    identity: Option<Identity>,
    pool: Arc<Pool>,
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
            max_idle_connections: usize::MAX,
            retries: Retries::default(),
            connector: None,
            proxy: None,
            pace: Pace::default(),
            wall_clock: WallClock::default(),
        }
    }

    /// Replaces the identity of this client and its clones, such as after the certificate's renewal
    /// on disk. New connections use the new one, and idle ones are closed; a call that is running
    /// finishes on its connection. If it fails, the old identity stays.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Identity`] as when [building](ClientBuilder::build), and
    /// [`ErrorKind::Configuration`] if the client has a connector of yours, which has its own.
    pub fn replace_identity(&self, identity: Identity) -> Result<(), Error> {
        let Some((backend, roots)) = &self.0.tls else {
            return Err(Error::configuration(BELONGS_TO_CONNECTOR));
        };
        check_dates(&identity, &self.0.wall_clock)?;
        let session = Arc::new(Session {
            connector: backend.connector(Some(&identity), roots)?,
            identity: Some(identity),
            pool: Arc::new(Pool::new(self.0.max_idle_connections, self.0.timeouts.keep_alive)),
        });
        *self.0.session.write().unwrap_or_else(PoisonError::into_inner) = session;
        Ok(())
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
        let (turn, clock) = self.enter(&request).await?;
        let session = self.0.session();
        let result = match self.0.begin(&session, endpoint, &request, clock).await {
            Ok(transfer) => transfer.collect(self.0.limits.max_response_bytes).await,
            Err(error) => Err(error),
        };
        drop(turn);
        let host = endpoint.host();
        match result {
            Ok(response) => {
                debug!(
                    host,
                    status = response.status,
                    duration_ms = milliseconds(response.meta.duration),
                    bytes_sent = response.meta.bytes_sent,
                    bytes_received = response.meta.bytes_received,
                    new_connection = response.meta.new_connection,
                    "answered"
                );
                Ok(response)
            }
            Err(error) => Err(session.explain(endpoint, error, &clock)),
        }
    }

    /// Sends the request and reads the head of the answer; the body is the caller's to read, however
    /// long it is. [`Timeouts::transfer`] limits the whole, and [`Limits::max_response_bytes`] does not
    /// apply.
    ///
    /// # Errors
    ///
    /// As [`post`](Self::post).
    pub async fn open(&self, endpoint: &Endpoint, request: Request) -> Result<Transfer, Error> {
        let (turn, _) = self.enter(&request).await?;
        let clock = Clock::start(self.0.timeouts.transfer);
        let session = self.0.session();
        match self.0.begin(&session, endpoint, &request, clock).await {
            Ok(mut transfer) => {
                let (host, status) = (endpoint.host(), transfer.status());
                debug!(host, status, duration_ms = milliseconds(clock.elapsed()), "answers");
                transfer.turn = turn;
                Ok(transfer)
            }
            Err(error) => Err(session.explain(endpoint, error, &clock)),
        }
    }

    /// Waits for the call's turn. The clock starts after it.
    async fn enter(
        &self,
        request: &Request,
    ) -> Result<(Option<OwnedSemaphorePermit>, Clock), Error> {
        if Handle::try_current().is_err() {
            return Err(Error::configuration("there is no tokio runtime"));
        }
        let turn = self.0.gate.enter().await;
        let timeouts = &self.0.timeouts;
        let limit = if request.is_streamed() { timeouts.transfer } else { timeouts.total };
        Ok((turn, Clock::start(limit)))
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl Session {
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

    /// Adds to a failed call's error what is known here, and logs it.
    fn explain(&self, endpoint: &Endpoint, error: Error, clock: &Clock) -> Error {
        let error = self.name_dates(error);
        let (host, duration_ms) = (endpoint.host(), milliseconds(clock.elapsed()));
        debug!(host, kind = ?error.kind(), sent = ?error.sent(), duration_ms, "failed");
        error
    }

    /// A server that rejects a certificate seldom says why, and its dates are the first to look at.
    fn name_dates(&self, error: Error) -> Error {
        match (error.kind(), &self.identity) {
            (ErrorKind::ClientCertificate(_), Some(identity)) => {
                let certificate = identity.certificate();
                let (from, to) = (certificate.not_before_utc(), certificate.not_after_utc());
                error.with_detail(&format!("it is valid from {from} to {to}"))
            }
            _ => error,
        }
    }
}

impl Inner {
    fn session(&self) -> Arc<Session> {
        Arc::clone(&self.session.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn begin(
        &self,
        session: &Session,
        endpoint: &Endpoint,
        request: &Request,
        clock: Clock,
    ) -> Result<Transfer, Error> {
        let transfer = self.attempt(session, endpoint, request, clock).await?;
        if transfer.status() == EXPECTATION_FAILED
            && transfer.body_was_refused
            && let Some(request) = request.without_expectation()
        {
            // Nothing of the body has been sent, so there was nothing to execute.
            return self.attempt(session, endpoint, &request, clock).await;
        }
        Ok(transfer)
    }

    async fn attempt(
        &self,
        session: &Session,
        endpoint: &Endpoint,
        request: &Request,
        clock: Clock,
    ) -> Result<Transfer, Error> {
        // An impossible request opens no connection.
        let mut attempt = request.begin(endpoint)?;
        if let Some(connection) = session.take_idle(endpoint).await {
            match self.exchange(session, endpoint, connection, attempt, clock).await {
                // The server had closed it in the meantime. Not a byte was handed to the
                // connection, so the request is still to be sent for the first time.
                Err(error) if error.sent() == Sent::No => attempt = request.begin(endpoint)?,
                result => return result,
            }
        }
        let (connection, failures) = self.connect(session, endpoint, &clock).await?;
        let mut transfer = self.exchange(session, endpoint, connection, attempt, clock).await?;
        transfer.meta.new_connection = true;
        transfer.meta.failed_connections = failures;
        Ok(transfer)
    }

    /// Opens a connection, at most as often as the retries allow, and says how often that failed
    /// before.
    async fn connect(
        &self,
        session: &Session,
        endpoint: &Endpoint,
        clock: &Clock,
    ) -> Result<(Connection, u32), Error> {
        let mut failures = 0;
        loop {
            let error = match self.open(session, endpoint, clock).await {
                Ok(connection) => return Ok((connection, failures)),
                Err(error) => error,
            };
            failures += 1;
            let pause = self.retries.pause_after(failures);
            if failures > self.retries.connect
                || !is_worth_another_attempt(error.kind())
                || clock.left() <= pause
            {
                return Err(error);
            }
            debug!(host = endpoint.host(), kind = ?error.kind(), failures, "not connected");
            sleep(pause).await;
        }
    }

    async fn open(
        &self,
        session: &Session,
        endpoint: &Endpoint,
        clock: &Clock,
    ) -> Result<Connection, Error> {
        // It may have expired since the client was built.
        if let Some(identity) = &session.identity {
            identity.certificate().check(self.wall_clock.now())?;
        }
        let target = Target::new(endpoint, &self.timeouts).through(self.proxy.clone());
        let limit = self.timeouts.connect.saturating_add(self.timeouts.tls);
        let stream = session.connector.connect(&target);
        let stream = match clock.within(Phase::Connect, limit, stream).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(error.into_error()),
            Err(phase) => return Err(Error::new(ErrorKind::Timeout(phase).into(), Sent::No)),
        };
        Connection::new(stream, &self.limits)
            .await
            .map_err(|error| Error::new(ErrorKind::Connect.into(), Sent::No).with_source(error))
    }

    async fn exchange(
        &self,
        session: &Session,
        endpoint: &Endpoint,
        mut connection: Connection,
        attempt: (http::Request<Outgoing>, Option<Permission>),
        clock: Clock,
    ) -> Result<Transfer, Error> {
        let head = exchange(&mut connection, attempt, &self.timeouts, &clock).await?;
        Ok(Transfer {
            status: head.parts.status.as_u16(),
            headers: head.parts.headers,
            body: head.body,
            body_was_refused: head.body_was_refused,
            connection: Some(connection),
            pool: Arc::clone(&session.pool),
            endpoint: endpoint.clone(),
            timeouts: self.timeouts,
            clock,
            meta: Exchange::default(),
            turn: None,
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("timeouts", &self.0.timeouts)
            .field("limits", &self.0.limits)
            .field("proxy", &self.0.proxy)
            .finish_non_exhaustive()
    }
}

/// Builds a [`Client`].
#[must_use]
pub struct ClientBuilder {
    pub(crate) identity: Option<Identity>,
    pub(crate) roots: Option<Roots>,
    pub(crate) tls_backend: Option<TlsBackend>,
    pub(crate) timeouts: Timeouts,
    pub(crate) limits: Limits,
    max_idle_connections: usize,
    retries: Retries,
    pub(crate) connector: Option<Box<dyn Connector>>,
    pub(crate) proxy: Option<Proxy>,
    pace: Pace,
    pub(crate) wall_clock: WallClock,
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

    /// How many unused connections are kept for later calls, over all endpoints; with 0 each call
    /// opens its own. Default as many as have run at a time: who bounds the calls, as
    /// [`Pace::max_concurrent`] does, bounds the connections too. Those kept longer than
    /// [`Timeouts::keep_alive`] are closed by the next call.
    pub fn max_idle_connections(mut self, max_idle_connections: usize) -> Self {
        self.max_idle_connections = max_idle_connections;
        self
    }

    /// How often opening a connection is tried again, before anything is sent.
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// The proxy between this machine and the servers. Default none, whatever the environment says.
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// How many calls begin, and how many run at a time.
    pub fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// Where the time of day comes from by which the identity's dates are judged. Default
    /// [`SystemTime::now`]. The server's certificate is judged by the machine's clock in any case.
    pub fn wall_clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.wall_clock = WallClock::new(now);
        self
    }

    /// Replaces the TLS backend and TCP. The connector brings its own identity, roots and proxy.
    pub fn connector(mut self, connector: impl Connector) -> Self {
        self.connector = Some(Box::new(connector));
        self
    }

    /// Builds the client. Connects to nothing. If the identity's certificate expires within 30 days,
    /// a warning is logged.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for impossible settings, for unusable roots, and if there is
    /// neither a TLS feature nor a connector, or not the one of the chosen backend;
    /// [`ErrorKind::Identity`] if the certificate has expired or is not yet valid, and if the key does
    /// not belong to it or is not supported. A certificate that expires later is refused before the
    /// next connection is opened.
    pub fn build(self) -> Result<Client, Error> {
        self.timeouts.check()?;
        self.limits.check()?;
        self.pace.check()?;
        if let Some(identity) = &self.identity {
            check_dates(identity, &self.wall_clock)?;
        }
        let brings_tls = self.identity.is_some()
            || self.roots.is_some()
            || self.proxy.is_some()
            || self.tls_backend.is_some();
        let (connector, tls) = match self.connector {
            Some(_) if brings_tls => {
                return Err(Error::configuration(BELONGS_TO_CONNECTOR));
            }
            Some(connector) => (connector, None),
            None => {
                let default = || TlsBackend::compiled().first().copied();
                let backend = self.tls_backend.or_else(default).ok_or_else(no_backend)?;
                let roots = self.roots.unwrap_or_default();
                (backend.connector(self.identity.as_ref(), &roots)?, Some((backend, roots)))
            }
        };
        let pool = Arc::new(Pool::new(self.max_idle_connections, self.timeouts.keep_alive));
        Ok(Client(Arc::new(Inner {
            session: RwLock::new(Arc::new(Session { connector, identity: self.identity, pool })),
            tls,
            timeouts: self.timeouts,
            limits: self.limits,
            max_idle_connections: self.max_idle_connections,
            retries: self.retries,
            proxy: self.proxy,
            gate: Gate::new(&self.pace),
            wall_clock: self.wall_clock,
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
            .field("retries", &self.retries)
            .field("connector", &self.connector.is_some())
            .field("proxy", &self.proxy)
            .field("pace", &self.pace)
            .finish_non_exhaustive()
    }
}

/// Whether it may go better in a moment.
fn is_worth_another_attempt(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Connect
            | ErrorKind::Proxy(ProxyFault::Unreachable)
            | ErrorKind::Timeout(Phase::Connect | Phase::Proxy | Phase::Tls)
    )
}

/// Refuses an identity outside its dates, and warns before it is too late.
fn check_dates(identity: &Identity, wall_clock: &WallClock) -> Result<(), Error> {
    let (certificate, now) = (identity.certificate(), wall_clock.now());
    certificate.check(now)?;
    if certificate.expires_within(EXPIRES_SOON_DAYS, now) {
        let not_after = certificate.not_after_utc();
        warn!(not_after, "the client certificate expires soon: order a new one");
    }
    Ok(())
}

/// The server does not know `Expect: 100-continue` (RFC 9110, 15.5.18).
const EXPECTATION_FAILED: u16 = 417;

const BELONGS_TO_CONNECTOR: &str =
    "identity, roots, proxy and TLS backend belong to the connector if one is given";

/// A new certificate takes up to a week to be issued, and then SPAR has to be told about it; that
/// leaves time for holidays.
pub(crate) const EXPIRES_SOON_DAYS: u32 = 30;

pub(crate) fn no_backend() -> Error {
    Error::configuration("there is no TLS backend")
        .with_hint("enable a TLS feature of spar-http, or give the builder a connector")
}
