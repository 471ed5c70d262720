//! Has a proxy connect to the server.

use std::future::poll_fn;
use std::pin::pin;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, PROXY_AUTHORIZATION};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, Connection};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::connector::{ConnectError, Target};
use crate::dial::connect;
use crate::error::{BoxError, ErrorKind, Phase, ProxyFault};
use crate::proxy::{Address, Proxy};

/// Connects to the proxy and has it connect to the target, both within the connect timeout.
pub(crate) async fn tunnel(proxy: &Proxy, target: &Target) -> Result<TcpStream, ConnectError> {
    let limit = target.connect_timeout();
    let opening = async {
        let Address { host, port, .. } = proxy.address();
        let stream = connect(host, *port, limit).await.map_err(|error| match error.kind() {
            ErrorKind::Timeout(_) => too_slow(),
            _ => ConnectError::new(ErrorKind::Proxy(ProxyFault::Unreachable)).with_source(error),
        })?;
        ask(stream, request(proxy.address(), target)?).await
    };
    timeout(limit, opening).await.map_err(|_| too_slow())?
}

/// Has a proxy that is connected connect to the target within the connect timeout.
pub(crate) async fn tunnel_over(
    stream: TcpStream,
    proxy: &Proxy,
    target: &Target,
) -> Result<TcpStream, ConnectError> {
    let asking = ask(stream, request(proxy.address(), target)?);
    timeout(target.connect_timeout(), asking).await.map_err(|_| too_slow())?
}

fn too_slow() -> ConnectError {
    ConnectError::new(ErrorKind::Timeout(Phase::Proxy))
}

fn request(proxy: &Address, target: &Target) -> Result<Request<Empty<Bytes>>, ConnectError> {
    let authority = target.authority();
    let invalid = || {
        ConnectError::new(ErrorKind::Configuration)
            .with_message("the host is neither a name nor an address")
    };
    let mut request = Request::new(Empty::new());
    *request.method_mut() = Method::CONNECT;
    *request.uri_mut() = authority.parse::<Uri>().map_err(|_| invalid())?;
    let host = HeaderValue::try_from(authority).map_err(|_| invalid())?;
    request.headers_mut().insert(HOST, host);
    if let Some(authorization) = &proxy.authorization {
        request.headers_mut().insert(PROXY_AUTHORIZATION, authorization.clone());
    }
    Ok(request)
}

/// Sends the request and judges the answer. What comes after it is the server's.
async fn ask(stream: TcpStream, request: Request<Empty<Bytes>>) -> Result<TcpStream, ConnectError> {
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(MAX_HEAD_BYTES)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| unexpected().with_source(error))?;
    let mut connection = Some(connection);
    let mut answer = pin!(sender.send_request(request));
    let answer = poll_fn(|cx| {
        let ended = connection.as_mut().is_some_and(|c| c.poll_without_shutdown(cx).is_ready());
        let answered = answer.as_mut().poll(cx);
        if ended && answered.is_pending() {
            // Dropping it is what tells the answer.
            connection = None;
            return answer.as_mut().poll(cx);
        }
        answered
    });
    let answer = answer.await.map_err(|error| unexpected().with_source(error))?;
    judge(&answer)?;
    let parts = connection.map(Connection::into_parts).ok_or_else(unexpected)?;
    // A TLS server waits for the client, so this is not the server.
    if !parts.read_buf.is_empty() {
        return Err(unexpected());
    }
    Ok(parts.io.into_inner())
}

fn judge(answer: &Response<Incoming>) -> Result<(), ConnectError> {
    let status = answer.status();
    let fault = match status {
        _ if status.is_success() && !is_html(answer.headers()) => return Ok(()),
        // A page to log in at, instead of a way.
        _ if status.is_success() => ProxyFault::Unexpected,
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => ProxyFault::AuthenticationRequired,
        _ => ProxyFault::Refused,
    };
    let source = format!("the proxy answered with status {}", status.as_u16());
    Err(ConnectError::new(ErrorKind::Proxy(fault)).with_source(BoxError::from(source)))
}

fn unexpected() -> ConnectError {
    ConnectError::new(ErrorKind::Proxy(ProxyFault::Unexpected))
}

fn is_html(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    value.get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"text/html"))
}

/// Largest head of a proxy's answer. The smallest that hyper takes, and a proxy has little to say.
const MAX_HEAD_BYTES: usize = 8192;
