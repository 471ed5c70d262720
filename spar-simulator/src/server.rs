//! Mutual TLS, HTTP/1.1 connections, and their end.

use std::error::Error as StdError;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::crypto::CryptoProvider;
use rustls::server::WebPkiClientVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::certificates::Certificates;
use crate::delivery::Cutoff;
use crate::error::{Error, ErrorKind};
use crate::service::Service;

/// How long a handshake may take: a peer that says nothing does not keep its place.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a request's head may take, and how long a connection may be idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// The largest head of a request, and the size of hyper's read buffer.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// How long requests under way may take when the server ends.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// How long to wait when no connection can be accepted, as when there are too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A server that is listening. Ends when dropped, at once.
pub(crate) struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Server {
    /// Listens. Connections are accepted from the return on.
    pub(crate) async fn start(
        address: SocketAddr,
        certificates: &Certificates,
        provider: CryptoProvider,
        service: Arc<Service>,
    ) -> Result<Self, Error> {
        let acceptor = TlsAcceptor::from(Arc::new(tls(certificates, provider)?));
        let failed = |error| Error::because(ErrorKind::Address, "cannot listen", error);
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(accept(listener, acceptor, service, stopped));
        Ok(Self { address, stop, task })
    }

    /// The address it listens on.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts no more, answers what is under way and ends.
    pub(crate) async fn shutdown(mut self) {
        self.stop.send_replace(true);
        // A panic in the task ends it as well.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// TLS 1.2 and 1.3, with a client certificate of the simulator's own authority.
fn tls(certificates: &Certificates, provider: CryptoProvider) -> Result<ServerConfig, Error> {
    let failed =
        |error| Error::because(ErrorKind::Certificates, "TLS cannot be set up", Box::new(error));
    let provider = Arc::new(provider);
    let mut roots = RootCertStore::empty();
    roots.add(certificates.ca_certificate()).map_err(failed)?;
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .map_err(|error| {
                Error::because(ErrorKind::Certificates, "TLS cannot be set up", error)
            })?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS12, &TLS13])
        .map_err(failed)?
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificates.server_certificate()], certificates.server_key())
        .map_err(failed)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

async fn accept(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    service: Arc<Service>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = stopped.changed() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let (acceptor, service) = (acceptor.clone(), Arc::clone(&service));
                    connections.spawn(serve(stream, acceptor, service, stopped.clone()));
                }
                Err(_) => sleep(ACCEPT_PAUSE).await,
            },
        }
    }
    drop(listener);
    let end = async { while connections.join_next().await.is_some() {} };
    // What is still open then is cut off when the set is dropped.
    let _ = timeout(SHUTDOWN_TIMEOUT, end).await;
}

/// Serves one connection. Its failures are the client's to notice.
async fn serve(
    stream: TcpStream,
    acceptor: TlsAcceptor,
    service: Arc<Service>,
    mut stopped: watch::Receiver<bool>,
) {
    // An answer is one write, and the next request waits for it.
    let _ = stream.set_nodelay(true);
    let handshake = tokio::select! {
        handshake = timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)) => handshake,
        _ = stopped.changed() => return,
    };
    let Ok(Ok(stream)) = handshake else { return };
    service.connections.fetch_add(1, Ordering::SeqCst);
    let respond = service_fn(move |request| Arc::clone(&service).respond(request));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), respond);
    let end = tokio::select! {
        end = &mut connection => Some(end),
        _ = stopped.changed() => None,
    };
    let end = match end {
        Some(end) => end,
        None => {
            Pin::new(&mut connection).graceful_shutdown();
            (&mut connection).await
        }
    };
    if end.is_err_and(|error| is_reset(&error)) {
        let stream = connection.into_parts().io.into_inner();
        // Closed with this set, a connection is reset.
        let _ = stream.get_ref().0.set_zero_linger();
    }
}

/// Whether the connection ended because a reset was scripted.
fn is_reset(error: &hyper::Error) -> bool {
    error.source().and_then(|source| source.downcast_ref()) == Some(&Cutoff::Reset)
}
