//! One HTTP/1.1 connection, driven by the call that uses it instead of a task of its own.

use std::error::Error as StdError;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use crate::body::Outgoing;
use crate::connector::BoxedStream;
use crate::meter::{Meter, Metered};
use crate::settings::Limits;

pub(crate) struct Connection {
    sender: http1::SendRequest<Outgoing>,
    /// `None` once it has ended; dropping it hands pending errors to the response.
    driver: Option<http1::Connection<TokioIo<Metered>, Outgoing>>,
    failure: Option<hyper::Error>,
    meter: Arc<Meter>,
}

impl Connection {
    pub(crate) async fn new(stream: BoxedStream, limits: &Limits) -> hyper::Result<Self> {
        let (stream, meter) = Metered::new(stream);
        let (sender, driver) = http1::Builder::new()
            .max_buf_size(limits.max_head_bytes)
            .handshake(TokioIo::new(stream))
            .await?;
        Ok(Self { sender, driver: Some(driver), failure: None, meter })
    }

    /// Hands the request to the connection. The answer comes while the result is driven.
    pub(crate) fn send(
        &mut self,
        request: http::Request<Outgoing>,
    ) -> impl Future<Output = hyper::Result<http::Response<Incoming>>> + use<> {
        self.meter.begin();
        self.sender.send_request(request)
    }

    /// Waits for something that the connection delivers.
    pub(crate) async fn drive<F: Future>(&mut self, future: F) -> F::Output {
        let mut future = pin!(future);
        poll_fn(|cx| {
            self.poll(cx);
            future.as_mut().poll(cx)
        })
        .await
    }

    /// Looks once whether the connection can take a request now. Finds what the server has sent
    /// meanwhile, most of all its good-bye.
    pub(crate) async fn is_ready(&mut self) -> bool {
        poll_fn(|cx| {
            self.poll(cx);
            Poll::Ready(self.driver.is_some() && self.sender.is_ready())
        })
        .await
    }

    pub(crate) fn meter(&self) -> &Meter {
        &self.meter
    }

    /// What ended the connection, where the response could not be told.
    pub(crate) fn failure(&self) -> Option<&(dyn StdError + 'static)> {
        self.failure.as_ref().map(|failure| failure as _)
    }

    fn poll(&mut self, cx: &mut Context<'_>) {
        if let Some(driver) = &mut self.driver
            && let Poll::Ready(end) = Pin::new(driver).poll(cx)
        {
            self.driver = None;
            self.failure = end.err();
        }
    }
}
