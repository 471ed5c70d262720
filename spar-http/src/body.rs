//! What a request carries: bytes at hand, or bytes that are read while they are sent.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::{Sleep, sleep};

/// Where the bytes of an [`Upload`] come from.
pub type BoxedReader = Pin<Box<dyn AsyncRead + Send>>;

/// A body that is read while it is sent, in chunks and with memory for one of them.
///
/// ```
/// use std::time::Duration;
/// use spar_http::{Request, Upload};
///
/// let upload = Upload::new(|| Box::pin(&b"any reader"[..]))
///     .with_expect_continue(Duration::from_secs(5));
/// let request = Request::upload("application/octet-stream", upload);
/// ```
#[derive(Clone)]
pub struct Upload {
    open: Arc<dyn Fn() -> BoxedReader + Send + Sync>,
    expect_continue: Option<Duration>,
}

impl Upload {
    /// A body whose reader is made anew for each attempt. There is a second attempt only after one
    /// of which no byte of the body was sent.
    pub fn new(open: impl Fn() -> BoxedReader + Send + Sync + 'static) -> Self {
        Self { open: Arc::new(open), expect_continue: None }
    }

    /// Sends `Expect: 100-continue` and holds the body back until the server asks for it, or for
    /// `wait` at most. If the server refuses before, nothing of the body is sent and its answer is
    /// the call's; if it does not know the expectation (417), the request is sent once more without.
    #[must_use]
    pub fn with_expect_continue(mut self, wait: Duration) -> Self {
        self.expect_continue = Some(wait);
        self
    }

    pub(crate) fn expects_continue(&self) -> bool {
        self.expect_continue.is_some()
    }

    /// The same without the expectation.
    pub(crate) fn without_expectation(mut self) -> Self {
        self.expect_continue = None;
        self
    }

    pub(crate) fn begin(&self) -> (Outgoing, Permission) {
        let permission = Permission::default();
        let body = Streamed {
            reader: (self.open)(),
            chunk: BytesMut::new(),
            wait: self.expect_continue.map(|limit| Wait { limit, sleep: None }),
            permission: permission.clone(),
        };
        (Outgoing::Streamed(body), permission)
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("expect_continue", &self.expect_continue)
            .finish_non_exhaustive()
    }
}

/// The body of a request on its way.
pub(crate) enum Outgoing {
    Whole(Full<Bytes>),
    Streamed(Streamed),
}

pub(crate) struct Streamed {
    reader: BoxedReader,
    chunk: BytesMut,
    /// `None` once the body may go.
    wait: Option<Wait>,
    permission: Permission,
}

struct Wait {
    limit: Duration,
    /// Begins when the connection asks for the body, which is when the head has been written.
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Streamed {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, SourceFailed>>> {
        if let Some(Wait { limit, sleep: timer }) = &mut self.wait {
            let timer = timer.get_or_insert_with(|| Box::pin(sleep(*limit)));
            if !self.permission.poll_granted(cx) {
                ready!(timer.as_mut().poll(cx));
            }
            self.wait = None;
        }
        if !self.permission.begin() {
            return Poll::Pending;
        }
        self.chunk.reserve(CHUNK);
        let read = ready!(pin!(self.reader.read_buf(&mut self.chunk)).poll(cx));
        Poll::Ready(match read {
            Ok(0) => None,
            Ok(_) => Some(Ok(Frame::data(self.chunk.split().freeze()))),
            Err(error) => Some(Err(SourceFailed(error))),
        })
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = SourceFailed;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, SourceFailed>>> {
        match self.get_mut() {
            Self::Whole(body) => Pin::new(body).poll_frame(cx).map_err(|never| match never {}),
            Self::Streamed(body) => body.poll(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(body) => body.is_end_stream(),
            Self::Streamed(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => body.size_hint(),
            // Unknown, so that hyper sends chunks: SPAR requires them above 10 MB.
            Self::Streamed(_) => SizeHint::default(),
        }
    }
}

/// Large enough that the work for each chunk does not show.
const CHUNK: usize = 64 * 1024;

/// The reader of an upload failed: nothing is wrong with the server.
#[derive(Debug)]
pub(crate) struct SourceFailed(pub(crate) io::Error);

impl fmt::Display for SourceFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body of the request cannot be read")
    }
}

impl std::error::Error for SourceFailed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// Whether the server wants the body. Shared by the body and whoever hears the server.
#[derive(Clone, Default)]
pub(crate) struct Permission(Arc<Mutex<Stage>>);

#[derive(Default)]
enum Stage {
    #[default]
    Waiting,
    WaitingWith(Waker),
    Granted,
    Begun,
    Refused,
}

impl Permission {
    /// The server said 100.
    pub(crate) fn grant(&self) {
        let mut stage = self.lock();
        if let Stage::WaitingWith(waker) = std::mem::replace(&mut *stage, Stage::Granted) {
            waker.wake();
        }
    }

    /// The server has answered: what has not been begun is not sent any more. False if it has been.
    pub(crate) fn refuse(&self) -> bool {
        let mut stage = self.lock();
        if !matches!(*stage, Stage::Begun) {
            *stage = Stage::Refused;
        }
        matches!(*stage, Stage::Refused)
    }

    fn poll_granted(&self, cx: &Context<'_>) -> bool {
        let mut stage = self.lock();
        if matches!(*stage, Stage::Waiting | Stage::WaitingWith(_)) {
            *stage = Stage::WaitingWith(cx.waker().clone());
        }
        matches!(*stage, Stage::Granted)
    }

    /// False if the body has been refused.
    fn begin(&self) -> bool {
        let mut stage = self.lock();
        if !matches!(*stage, Stage::Refused) {
            *stage = Stage::Begun;
        }
        matches!(*stage, Stage::Begun)
    }

    fn lock(&self) -> MutexGuard<'_, Stage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
