//! The stream below HTTP: counts bytes, and knows whether any was offered to the connection.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use crate::connector::BoxedStream;

/// What happened on a stream since [`Meter::begin`].
pub(crate) struct Meter {
    origin: Instant,
    offered: AtomicBool,
    sent: AtomicU64,
    received: AtomicU64,
    last_write_micros: AtomicU64,
}

impl Meter {
    /// Starts counting anew, for the next request on the connection.
    pub(crate) fn begin(&self) {
        self.offered.store(false, Relaxed);
        self.sent.store(0, Relaxed);
        self.received.store(0, Relaxed);
        self.touch();
    }

    /// Whether a byte was handed to the stream below. Judged by the attempt, not by its success: a
    /// TLS stream may report an error after a part has left.
    pub(crate) fn offered(&self) -> bool {
        self.offered.load(Relaxed)
    }

    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Relaxed)
    }

    pub(crate) fn received(&self) -> u64 {
        self.received.load(Relaxed)
    }

    /// How long ago the last byte was taken by the stream below.
    pub(crate) fn since_last_write(&self) -> Duration {
        let last = Duration::from_micros(self.last_write_micros.load(Relaxed));
        self.origin.elapsed().saturating_sub(last)
    }

    fn touch(&self) {
        let micros = u64::try_from(self.origin.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.last_write_micros.store(micros, Relaxed);
    }
}

pub(crate) struct Metered {
    stream: BoxedStream,
    meter: Arc<Meter>,
    broken: bool,
}

impl Metered {
    pub(crate) fn new(stream: BoxedStream) -> (Self, Arc<Meter>) {
        let meter = Arc::new(Meter {
            origin: Instant::now(),
            offered: AtomicBool::new(false),
            sent: AtomicU64::new(0),
            received: AtomicU64::new(0),
            last_write_micros: AtomicU64::new(0),
        });
        (Self { stream, meter: Arc::clone(&meter), broken: false }, meter)
    }

    fn write(
        &mut self,
        len: usize,
        write: impl FnOnce(Pin<&mut BoxedStream>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if self.broken || len == 0 {
            return Poll::Ready(Ok(len));
        }
        self.meter.offered.store(true, Relaxed);
        match write(Pin::new(&mut self.stream)) {
            Poll::Ready(Ok(written)) => {
                self.meter.sent.fetch_add(written as u64, Relaxed);
                self.meter.touch();
                Poll::Ready(Ok(written))
            }
            // A server that gives up early says why before it closes: a TLS alert or an answer is
            // still to be read. So the rest of the request goes nowhere, and reading decides.
            Poll::Ready(Err(_)) => {
                self.broken = true;
                Poll::Ready(Ok(len))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Metered {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buf) {
            Poll::Ready(Ok(())) => {
                let read = buf.filled().len() - before;
                self.meter.received.fetch_add(read as u64, Relaxed);
                Poll::Ready(Ok(()))
            }
            // Closed without `close_notify`. Whether something is missing, the framing of HTTP says.
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Poll::Ready(Ok(()))
            }
            other => other,
        }
    }
}

impl AsyncWrite for Metered {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.write(buf.len(), |stream| stream.poll_write(cx, buf))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let len = bufs.iter().map(|buf| buf.len()).sum();
        self.write(len, |stream| stream.poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.broken {
            return Poll::Ready(Ok(()));
        }
        match Pin::new(&mut self.stream).poll_flush(cx) {
            Poll::Ready(Err(_)) => {
                self.broken = true;
                Poll::Ready(Ok(()))
            }
            other => other,
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Drop for Metered {
    /// Says good-bye to the server, as TLS wants it; OpenSSL resumes no session otherwise. What does
    /// not fit into the socket's buffer at once is not worth waiting for.
    fn drop(&mut self) {
        let mut context = Context::from_waker(Waker::noop());
        let _ = Pin::new(&mut self.stream).poll_shutdown(&mut context);
    }
}
