//! A TCP stream that notices when the server of a TLS 1.2 connection asks for a second handshake.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::{Connected, Connection};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Passes everything on. The types of TLS records are in the clear, and nothing more is looked at.
pub(crate) struct Watched {
    stream: TcpStream,
    records: Records,
    asked: Arc<AtomicBool>,
}

impl Watched {
    /// The flag tells whether the server has asked for a second handshake.
    pub(crate) fn new(stream: TcpStream) -> (Self, Arc<AtomicBool>) {
        let asked = Arc::<AtomicBool>::default();
        let watched = Self { stream, records: Records::default(), asked: Arc::clone(&asked) };
        (watched, asked)
    }
}

impl Connection for Watched {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let poll = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.records.read(&buf.filled()[before..]);
        if self.records.ask_again() {
            self.asked.store(true, Relaxed);
        }
        poll
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// The records of a server, as far as they tell where its first handshake ends.
#[derive(Default)]
struct Records {
    header: [u8; HEADER],
    header_bytes: usize,
    /// What is left of the record's content.
    left: usize,
    has_changed_cipher: bool,
    /// Records of handshakes after the change of cipher.
    handshakes: u32,
}

impl Records {
    fn read(&mut self, mut bytes: &[u8]) {
        while let [first, rest @ ..] = bytes {
            if self.left > 0 {
                let skipped = self.left.min(bytes.len());
                self.left -= skipped;
                bytes = &bytes[skipped..];
                continue;
            }
            self.header[self.header_bytes] = *first;
            self.header_bytes += 1;
            bytes = rest;
            if self.header_bytes == HEADER {
                self.begin();
            }
        }
    }

    fn begin(&mut self) {
        let [kind, _, _, high, low] = self.header;
        self.header_bytes = 0;
        self.left = usize::from(u16::from_be_bytes([high, low]));
        match kind {
            CHANGE_CIPHER_SPEC => self.has_changed_cipher = true,
            HANDSHAKE if self.has_changed_cipher => self.handshakes += 1,
            _ => {}
        }
    }

    /// In TLS 1.2 one record of a handshake follows the change of cipher, `Finished`. Another one is
    /// `HelloRequest`. In TLS 1.3 all records look like data after the server's first or second
    /// `ServerHello`, and at most the second comes after a change of cipher, which means nothing
    /// there.
    fn ask_again(&self) -> bool {
        self.handshakes > 1
    }
}

const HEADER: usize = 5;

// RFC 5246, section 6.2.1.
const CHANGE_CIPHER_SPEC: u8 = 20;
const HANDSHAKE: u8 = 22;

#[cfg(test)]
mod tests {
    use super::*;

    /// A name, kinds and lengths of records, and whether the last of them asks again.
    type Row = (&'static str, &'static [(u8, u16)], bool);

    #[test]
    fn second_handshakes_are_noticed() {
        const HELLO: (u8, u16) = (HANDSHAKE, 300);
        const CHANGE: (u8, u16) = (CHANGE_CIPHER_SPEC, 1);
        const FINISHED: (u8, u16) = (HANDSHAKE, 40);
        const DATA: (u8, u16) = (23, 400);
        let rows: [Row; 5] = [
            ("1.2", &[HELLO, HELLO, CHANGE, FINISHED, DATA, DATA], false),
            ("1.2 with HelloRequest", &[HELLO, CHANGE, FINISHED, FINISHED], true),
            ("1.2 with it later", &[HELLO, CHANGE, FINISHED, DATA, FINISHED], true),
            ("1.3", &[HELLO, CHANGE, DATA, DATA], false),
            ("1.3 with HelloRetryRequest", &[HELLO, CHANGE, HELLO, DATA], false),
        ];
        for (name, records, expected) in rows {
            let mut bytes = Vec::new();
            for (kind, length) in records {
                bytes.extend([*kind, 3, 3]);
                bytes.extend(length.to_be_bytes());
                // Content that looks like headers of handshakes.
                bytes.resize(bytes.len() + usize::from(*length), 22);
            }
            for chunk in [1, 2, 7, bytes.len()] {
                let mut read = Records::default();
                bytes.chunks(chunk).for_each(|chunk| read.read(chunk));
                assert_eq!(read.ask_again(), expected, "{name} in pieces of {chunk}");
            }
        }
    }
}
