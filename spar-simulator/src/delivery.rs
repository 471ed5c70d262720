//! The body of an answer on its way, whole or cut.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// How a connection ends before the answer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cutoff {
    /// Closed.
    Close,
    /// Reset.
    Reset,
}

impl fmt::Display for Cutoff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection ends here, as it was scripted")
    }
}

impl Error for Cutoff {}

/// What comes after the bytes of a [`Delivery`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The end that was announced.
    Whole,
    /// Nothing, ever.
    Stall,
    /// The end of the connection.
    Cutoff(Cutoff),
}

/// A body that announces its whole length, whatever becomes of it.
pub(crate) struct Delivery {
    length: u64,
    content: Option<Bytes>,
    end: End,
    is_flushed: bool,
}

impl Delivery {
    /// All of the content.
    pub(crate) fn whole(content: Bytes) -> Self {
        Self::cut(content, usize::MAX, End::Whole)
    }

    /// As much of the content, then an end.
    pub(crate) fn cut(mut content: Bytes, bytes: usize, end: End) -> Self {
        let length = content.len() as u64;
        content.truncate(bytes);
        Self { length, content: Some(content), end, is_flushed: false }
    }
}

impl Body for Delivery {
    type Data = Bytes;
    type Error = Cutoff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cutoff>>> {
        if let Some(content) = self.content.take().filter(|content| !content.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(content))));
        }
        match self.end {
            End::Whole => Poll::Ready(None),
            End::Stall => Poll::Pending,
            End::Cutoff(cutoff) if self.is_flushed => Poll::Ready(Some(Err(cutoff))),
            // hyper sends what it has when a body has nothing for the moment, and drops it on an error.
            End::Cutoff(_) => {
                self.is_flushed = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.content.is_none() && self.end == End::Whole
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
