//! One request and its answer on one connection.

use std::error::Error as StdError;
use std::io;
use std::pin::pin;

use bytes::Bytes;
use http::header::{AsHeaderName, CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};
use http::response::Parts;
use http::{HeaderValue, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;

use crate::body::{Outgoing, Permission, SourceFailed};
use crate::clock::Clock;
use crate::connection::Connection;
use crate::connector::verdict_in;
use crate::error::{Error, ErrorKind, Phase, Sent, Verdict};
use crate::settings::Timeouts;

/// Sends the request once and reads the head of the answer.
pub(crate) async fn exchange(
    connection: &mut Connection,
    (request, permission): (http::Request<Outgoing>, Option<Permission>),
    timeouts: &Timeouts,
    clock: &Clock,
) -> Result<Head, Error> {
    let head = read_head(connection, request, timeouts, clock).await?;
    let (parts, body) = head.into_parts();
    let body_was_refused = permission.is_some_and(|permission| permission.refuse());
    if !(body_was_refused && parts.status == StatusCode::EXPECTATION_FAILED) {
        check_head(parts.status, &parts.headers)?;
    }
    Ok(Head { parts, body, body_was_refused })
}

/// The head of an answer, and its body to come.
pub(crate) struct Head {
    pub(crate) parts: Parts,
    pub(crate) body: Incoming,
    /// Not a byte of the request's body was sent, nor will be.
    pub(crate) body_was_refused: bool,
}

async fn read_head(
    connection: &mut Connection,
    request: http::Request<Outgoing>,
    timeouts: &Timeouts,
    clock: &Clock,
) -> Result<http::Response<Incoming>, Error> {
    let mut answer = pin!(connection.send(request));
    loop {
        // A long request may take its time as long as it moves.
        let left = timeouts.first_byte.saturating_sub(connection.meter().since_last_write());
        match clock.within(Phase::FirstByte, left, connection.drive(answer.as_mut())).await {
            Ok(Ok(head)) => return Ok(head),
            Ok(Err(error)) => return Err(broken_head(connection, error)),
            Err(Phase::FirstByte)
                if connection.meter().since_last_write() < timeouts.first_byte => {}
            Err(phase) => {
                return Err(Error::new(ErrorKind::Timeout(phase).into(), sent(connection)));
            }
        }
    }
}

/// Refuses what the caller could only misread. Its body is not read.
fn check_head(status: StatusCode, headers: &HeaderMap) -> Result<(), Error> {
    let refuse = |message| Err(Error::new(Verdict::new(ErrorKind::Protocol, message), Sent::Yes));
    if status.is_redirection() {
        return Err(Error::new(
            Verdict::new(ErrorKind::Protocol, "the server redirects to another address")
                .with_hint("redirects are not followed: check host and path of the endpoint"),
            Sent::Yes,
        ));
    }
    if matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT) {
        return refuse("the answer has no content");
    }
    if status.as_u16() < 200 || status.as_u16() >= 600 {
        return refuse("the answer's status is not a final one");
    }
    if !values_are(headers, CONTENT_ENCODING, "identity") {
        return refuse("the answer is compressed, which was not asked for");
    }
    // hyper undoes the last coding only, so "gzip, chunked" would go unnoticed.
    if !values_are(headers, TRANSFER_ENCODING, "chunked") {
        return refuse("the answer has an unknown transfer coding");
    }
    if headers.contains_key(TRANSFER_ENCODING) && headers.contains_key(CONTENT_LENGTH) {
        return refuse("the answer has two lengths");
    }
    Ok(())
}

/// The next piece of the answer's body; `None` after the last one.
pub(crate) async fn read_piece(
    connection: &mut Connection,
    body: &mut Incoming,
    timeouts: &Timeouts,
    clock: &Clock,
) -> Result<Option<Bytes>, Error> {
    loop {
        let frame = connection.drive(body.frame());
        let frame = match clock.within(Phase::Idle, timeouts.idle, frame).await {
            Ok(None) => return Ok(None),
            Ok(Some(Ok(frame))) => frame,
            Ok(Some(Err(error))) => return Err(broken_body(connection, error)),
            Err(phase) => return Err(Error::new(ErrorKind::Timeout(phase).into(), Sent::Yes)),
        };
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
}

fn broken_head(connection: &Connection, error: hyper::Error) -> Error {
    let meter = connection.meter();
    let verdict = tls_verdict(connection, &error).unwrap_or_else(|| {
        if source_failed(&error) || connection.failure().is_some_and(source_failed) {
            ErrorKind::Source.into()
        } else if error.is_parse_too_large() {
            Verdict::new(ErrorKind::TooLarge, "the answer's head exceeds the limit")
        } else if error.is_parse() {
            Verdict::new(ErrorKind::Protocol, "the answer is not HTTP/1.1")
        } else if meter.received() == 0 {
            ErrorKind::Disconnected.into()
        } else if !meter.offered() {
            Verdict::new(ErrorKind::Protocol, "the server spoke before it was asked")
        } else {
            ErrorKind::Truncated.into()
        }
    });
    Error::new(verdict, sent(connection)).with_source(error)
}

fn broken_body(connection: &Connection, error: hyper::Error) -> Error {
    let verdict = tls_verdict(connection, &error).unwrap_or_else(|| {
        if is_malformed(&error) {
            Verdict::new(ErrorKind::Protocol, "the answer's body is not framed as HTTP/1.1 wants")
        } else {
            ErrorKind::Truncated.into()
        }
    });
    Error::new(verdict, Sent::Yes).with_source(error)
}

fn tls_verdict(connection: &Connection, error: &hyper::Error) -> Option<Verdict> {
    verdict_in(error).or_else(|| connection.failure().and_then(verdict_in))
}

/// Whether it was not the connection that failed, but what was to be sent over it.
fn source_failed(error: &(dyn StdError + 'static)) -> bool {
    error.is::<SourceFailed>() || error.source().is_some_and(source_failed)
}

/// hyper reports a broken chunk as an I/O error of these kinds.
fn is_malformed(error: &hyper::Error) -> bool {
    let source = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    source.is_some_and(|error| {
        matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData)
    })
}

/// As long as there is no answer: whether the request may have left.
fn sent(connection: &Connection) -> Sent {
    if connection.meter().offered() { Sent::Unknown } else { Sent::No }
}

fn values_are(headers: &HeaderMap, name: impl AsHeaderName, only: &str) -> bool {
    let mut values = headers.get_all(name).iter();
    let is_only = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(only.as_bytes());
    values.next().is_none_or(is_only) && values.next().is_none()
}
