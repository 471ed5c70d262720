//! An answer whose body is read piece by piece, or gathered.

use std::fmt;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::HeaderValue;
use http::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use hyper::body::{Body, Incoming};
use tokio::sync::OwnedSemaphorePermit;

use crate::clock::Clock;
use crate::connection::Connection;
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind, Sent, Verdict};
use crate::exchange::read_piece;
use crate::message::{Exchange, Response};
use crate::pool::Pool;
use crate::settings::Timeouts;

/// An answer whose body is still to come, from [`Client::open`](crate::Client::open). Dropping it
/// closes the connection. `Debug` shows no header and nothing of the body.
pub struct Transfer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Incoming,
    /// Not a byte of the request's body was sent, nor will be.
    pub(crate) body_was_refused: bool,
    /// `None` after the last piece.
    pub(crate) connection: Option<Connection>,
    pub(crate) pool: Arc<Pool>,
    pub(crate) endpoint: Endpoint,
    pub(crate) timeouts: Timeouts,
    pub(crate) clock: Clock,
    pub(crate) meta: Exchange,
    /// The call's turn, which lasts as long as the transfer.
    pub(crate) turn: Option<OwnedSemaphorePermit>,
}

impl Transfer {
    /// The status code, as [`Response::status`].
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The media type, as [`Response::content_type`].
    pub fn content_type(&self) -> Option<String> {
        media_type(self.headers.get(CONTENT_TYPE))
    }

    /// The value of another header; `None` if it is missing, repeated, not ASCII text, or longer than
    /// 256 characters.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?.to_str().ok()?;
        (values.next().is_none() && value.len() <= 256).then_some(value)
    }

    /// How many bytes are still to come; `None` if the server does not say.
    pub fn remaining(&self) -> Option<u64> {
        self.body.size_hint().exact()
    }

    /// The next piece of the body; `None` after the last one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Truncated`] if the body ends before it is complete, whatever announced its end;
    /// [`ErrorKind::Timeout`]; what is wrong with its framing or with TLS. After an error there is
    /// nothing more to read.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        let Some(connection) = &mut self.connection else {
            return Ok(None);
        };
        let piece = read_piece(connection, &mut self.body, &self.timeouts, &self.clock).await;
        if !matches!(piece, Ok(Some(_)))
            && let Some(mut connection) = self.connection.take()
        {
            self.meta = numbers(&connection, &self.clock, self.meta);
            self.turn = None;
            if piece.is_ok() && connection.is_ready().await {
                self.pool.put(&self.endpoint, connection);
            }
        }
        piece
    }

    /// The numbers of the exchange so far.
    pub fn meta(&self) -> Exchange {
        match &self.connection {
            Some(connection) => numbers(connection, &self.clock, self.meta),
            None => self.meta,
        }
    }

    /// Reads the rest of the body into memory.
    ///
    /// # Errors
    ///
    /// As [`next`](Self::next), and [`ErrorKind::TooLarge`] if it is longer than `max` bytes; reading
    /// stops there.
    pub async fn collect(mut self, max: usize) -> Result<Response, Error> {
        let too_large = || {
            let verdict = Verdict::new(ErrorKind::TooLarge, "the answer's body exceeds the limit");
            Error::new(verdict.with_hint("raise max_response_bytes if this is expected"), Sent::Yes)
        };
        let announced = self.body.size_hint().lower();
        if announced > max as u64 {
            return Err(too_large());
        }
        let mut whole = Collected::default();
        while let Some(piece) = self.next().await? {
            if piece.len() > max - whole.len() {
                return Err(too_large());
            }
            whole.push(piece, announced);
        }
        Ok(Response {
            status: self.status,
            content_type: self.content_type(),
            retry_after: short_text(self.headers.get(RETRY_AFTER)),
            body: whole.into_bytes(),
            meta: self.meta,
        })
    }
}

impl fmt::Debug for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transfer")
            .field("status", &self.status)
            .field("meta", &self.meta())
            .finish_non_exhaustive()
    }
}

fn numbers(connection: &Connection, clock: &Clock, meta: Exchange) -> Exchange {
    let meter = connection.meter();
    Exchange {
        duration: clock.elapsed(),
        bytes_sent: meter.sent(),
        bytes_received: meter.received(),
        ..meta
    }
}

/// The body so far. One that comes in a single piece is not copied.
#[derive(Default)]
struct Collected {
    first: Bytes,
    rest: BytesMut,
}

impl Collected {
    fn len(&self) -> usize {
        self.first.len() + self.rest.len()
    }

    fn push(&mut self, data: Bytes, announced: u64) {
        if self.len() == 0 {
            self.first = data;
            return;
        }
        if self.rest.is_empty() {
            // What is announced need not come, so it is not believed beyond this.
            let size = usize::try_from(announced).unwrap_or(usize::MAX).min(MAX_RESERVED);
            self.rest.reserve(size.max(self.first.len() + data.len()));
            self.rest.extend_from_slice(&std::mem::take(&mut self.first));
        }
        self.rest.extend_from_slice(&data);
    }

    fn into_bytes(self) -> Bytes {
        if self.rest.is_empty() { self.first } else { self.rest.freeze() }
    }
}

const MAX_RESERVED: usize = 1024 * 1024;

fn media_type(value: Option<&HeaderValue>) -> Option<String> {
    let value = value?.to_str().ok()?;
    let media_type = value.split(';').next().unwrap_or_default().trim();
    let (kind, subtype) = media_type.split_once('/')?;
    let is_token = |text: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        (1..=127).contains(&text.len()) && text.bytes().all(allowed)
    };
    (is_token(kind) && is_token(subtype)).then(|| media_type.to_ascii_lowercase())
}

fn short_text(value: Option<&HeaderValue>) -> Option<String> {
    let value = value?.to_str().ok()?.trim();
    (1..=64).contains(&value.len()).then(|| value.to_owned())
}
