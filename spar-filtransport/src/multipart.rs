//! A multipart/form-data body of one file (RFC 7578), read from disk while it is sent.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use spar_http::{BoxedReader, Upload};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};

use crate::filnamn::Filnamn;

/// The body, and its content type.
pub(crate) fn body(
    path: &Path,
    len: u64,
    part: &str,
    filnamn: &Filnamn,
) -> io::Result<(String, Upload)> {
    // 128 random bits: that they occur in the file is out of the question.
    let boundary = format!("spar-{:032x}", fastrand::u128(..));
    let head: Arc<[u8]> = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{filnamn}\"\r\n\
         Content-Type: {}\r\n\r\n",
        escaped(part),
        media_type(path)?
    )
    .into_bytes()
    .into();
    let tail: Arc<[u8]> = format!("\r\n--{boundary}--\r\n").into_bytes().into();
    let path = path.to_owned();
    let upload = Upload::new(move || -> BoxedReader {
        let head = Cursor::new(Arc::clone(&head));
        let tail = Cursor::new(Arc::clone(&tail));
        let file = Exactly::open(&path, len);
        Box::pin(AsyncReadExt::chain(AsyncReadExt::chain(head, file), tail))
    });
    Ok((format!("multipart/form-data; boundary={boundary}"), upload))
}

/// As HTML has it (RFC 7578, 2): quotes and line ends would end the name.
fn escaped(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// By the first bytes of the file, whatever its name.
fn media_type(path: &Path) -> io::Result<&'static str> {
    let mut start = Vec::new();
    File::open(path)?.take(4).read_to_end(&mut start)?;
    Ok(match start[..] {
        [b'P', b'K', 3, 4] => "application/zip",
        [b'<', ..] | [0xEF, 0xBB, 0xBF, b'<'] => "application/xml",
        [byte, ..] if byte.is_ascii_digit() => "text/csv",
        _ => "application/octet-stream",
    })
}

/// A file of a known size. One that has another size when it is read is an error: SPAR would get
/// something that nobody looked at.
enum Exactly {
    Open { file: tokio::fs::File, left: u64 },
    Failed(Option<io::Error>),
}

impl Exactly {
    fn open(path: &Path, left: u64) -> Self {
        match File::open(path) {
            Ok(file) => Self::Open { file: tokio::fs::File::from_std(file), left },
            Err(error) => Self::Failed(Some(error)),
        }
    }
}

impl AsyncRead for Exactly {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let (file, left) = match &mut *self {
            Self::Open { file, left } => (file, left),
            Self::Failed(error) => {
                return Poll::Ready(Err(error.take().unwrap_or_else(changed)));
            }
        };
        let before = buf.filled().len();
        ready!(Pin::new(file).poll_read(cx, buf))?;
        let read = (buf.filled().len() - before) as u64;
        let is_short = read == 0 && *left > 0;
        match left.checked_sub(read) {
            Some(rest) if !is_short => {
                *left = rest;
                Poll::Ready(Ok(()))
            }
            _ => Poll::Ready(Err(changed())),
        }
    }
}

fn changed() -> io::Error {
    io::Error::other("the file changed while it was handed in")
}
