//! TCP: finds the addresses of a host and connects to the first that answers, or asks a proxy to.

use std::future::{Ready, ready};
use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout};
use tower_service::Service;

use crate::connector::{ConnectError, Target};
use crate::error::{ErrorKind, Phase};
use crate::tunnel::tunnel;

/// Connects within the target's connect timeout, through a proxy if there is one for it.
pub(crate) async fn dial(target: &Target) -> Result<TcpStream, ConnectError> {
    match target.proxy() {
        Some(proxy) => tunnel(proxy, target).await,
        None => connect(target.host(), target.port(), target.connect_timeout()).await,
    }
}

/// Finds the addresses of the host and connects to one of them, both within the limit.
pub(crate) async fn connect(
    host: &str,
    port: u16,
    limit: Duration,
) -> Result<TcpStream, ConnectError> {
    let started = Instant::now();
    let addresses = lookup(host, port, limit).await?;
    connect_to(&addresses, limit.saturating_sub(started.elapsed())).await
}

/// Finds the addresses of the host within the limit.
pub(crate) async fn lookup(
    host: &str,
    port: u16,
    limit: Duration,
) -> Result<Vec<SocketAddr>, ConnectError> {
    match timeout(limit, lookup_host((host, port))).await {
        Ok(Ok(addresses)) => Ok(addresses.collect()),
        Ok(Err(error)) => Err(ConnectError::new(ErrorKind::Connect)
            .with_message("the server's name was not found")
            .with_hint("check the host's spelling, and that this machine can look up names")
            .with_source(error)),
        Err(_) => Err(too_slow()),
    }
}

/// Connects to the first address that answers, within the limit. The addresses share what is left
/// of it evenly, so that one that swallows packets does not take it all.
pub(crate) async fn connect_to(
    addresses: &[SocketAddr],
    limit: Duration,
) -> Result<TcpStream, ConnectError> {
    let started = Instant::now();
    let mut last = None;
    for (index, address) in addresses.iter().enumerate() {
        let left = limit.saturating_sub(started.elapsed());
        let share = u32::try_from(addresses.len() - index).unwrap_or(u32::MAX);
        last = Some(match timeout(left / share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Head and body leave in one or two writes; waiting for an ACK only costs time.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Ok(Err(error)) => refused(error),
            Err(_) => too_slow(),
        });
    }
    Err(last.unwrap_or_else(|| ConnectError::new(ErrorKind::Connect)))
}

fn too_slow() -> ConnectError {
    ConnectError::new(ErrorKind::Timeout(Phase::Connect))
        .with_hint("nothing answers: check the port, and that a firewall lets this machine through")
}

fn refused(error: io::Error) -> ConnectError {
    ConnectError::new(ErrorKind::Connect)
        .with_hint("check host and port, and that a firewall lets this machine through")
        .with_source(error)
}

/// A connection that is there already, in the form in which hyper-rustls asks for one.
pub(crate) struct Dialed<S>(Option<TokioIo<S>>);

impl<S> Dialed<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self(Some(TokioIo::new(stream)))
    }
}

impl<S> Service<Uri> for Dialed<S> {
    type Response = TokioIo<S>;
    type Error = io::Error;
    type Future = Ready<io::Result<Self::Response>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        ready(self.0.take().ok_or_else(|| io::ErrorKind::NotConnected.into()))
    }
}
