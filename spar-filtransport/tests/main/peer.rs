//! A Filtransport in memory: a few files, and ways to misbehave at an exact point.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use spar_filtransport::transport::{
    self, BoxFuture, BoxedStream, ConnectError, Connector, Endpoint, Target,
};
use spar_filtransport::{Client, ClientBuilder, Filnamn, Names};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

/// The service, and what it has seen. Clones are one service.
#[derive(Clone, Default)]
pub(crate) struct Spar(Arc<Mutex<State>>);

#[derive(Default)]
pub(crate) struct State {
    /// The out-files, with what the server calls their content.
    pub(crate) files: BTreeMap<String, (Vec<u8>, &'static str)>,
    pub(crate) ranges: Ranges,
    /// Answers to the next requests, instead of the true ones.
    pub(crate) script: VecDeque<Act>,
    /// First lines of the requests and their `Range`.
    pub(crate) seen: Vec<String>,
    /// Bodies of files that were handed in, with their head.
    pub(crate) received: Vec<(String, Vec<u8>)>,
}

/// How a request for a part is answered.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Ranges {
    #[default]
    Honored,
    /// 200 and the whole file.
    Ignored,
    /// 206 with another part than was asked for.
    Wrong,
    /// 416.
    Refused,
}

#[derive(Clone)]
pub(crate) enum Act {
    /// These bytes, and the connection is closed.
    Say(String),
    /// The true answer, but only so many bytes of its body; then the connection is closed.
    CutAfter(usize),
    /// The connection is closed before a byte of an answer.
    HangUp,
}

pub(crate) const NAME: &str = "SPARAvisering_20261125031500_SPAR500243-949.xml.zip";

pub(crate) fn filnamn() -> Filnamn {
    NAME.parse().expect("name")
}

pub(crate) fn status(status: u16, body: &str) -> Act {
    let length = body.len();
    Act::Say(format!(
        "HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    ))
}

impl Spar {
    /// With one file of so many bytes.
    pub(crate) fn with_file(bytes: usize) -> Self {
        let spar = Self::default();
        spar.put(NAME, bytes, "\"1\"");
        spar
    }

    pub(crate) fn put(&self, name: &str, bytes: usize, etag: &'static str) {
        self.state().files.insert(name.to_owned(), (content(name, bytes, etag), etag));
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("state")
    }

    pub(crate) fn next(&self, acts: impl IntoIterator<Item = Act>) {
        self.state().script.extend(acts);
    }

    pub(crate) fn seen(&self) -> Vec<String> {
        std::mem::take(&mut self.state().seen)
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        let http = transport::Client::builder().connector(self.clone()).build().expect("transport");
        let endpoint = Endpoint::parse("https://filtransport.test/v3").expect("endpoint");
        Client::builder(http, endpoint).seed(1)
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().names(names()).build()
    }

    async fn serve(self, mut io: DuplexStream) {
        let mut buffer = Vec::new();
        while let Some((head, body)) = request(&mut io, &mut buffer).await {
            let (answer, close) = self.answer(&head, body);
            if io.write_all(&answer).await.is_err() || close {
                break;
            }
        }
        let _ = io.shutdown().await;
    }

    /// The bytes of an answer, and whether the connection ends after them.
    fn answer(&self, head: &str, body: Vec<u8>) -> (Vec<u8>, bool) {
        let mut state = self.state();
        let line = head.lines().next().unwrap_or_default();
        let line = line.strip_suffix(" HTTP/1.1").unwrap_or(line);
        let range = header(head, "range");
        let range_text = range.map(|range| format!(" {range}")).unwrap_or_default();
        state.seen.push(format!("{line}{range_text}"));
        if line.starts_with("POST") {
            state.received.push((head.to_owned(), body));
        }
        let act = state.script.pop_front();
        if let Some(Act::Say(text)) = act {
            return (text.into_bytes(), true);
        }
        let (head, body) = state.truth(line, head);
        let mut answer = format!("{head}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
        match act {
            Some(Act::HangUp) => (Vec::new(), true),
            Some(Act::CutAfter(bytes)) => {
                answer.extend_from_slice(&body[..bytes.min(body.len())]);
                (answer, true)
            }
            _ => {
                answer.extend_from_slice(&body);
                (answer, false)
            }
        }
    }
}

impl State {
    fn truth(&self, line: &str, head: &str) -> (String, Vec<u8>) {
        const JSON: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
        let path = line.split(' ').nth(1).unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default();
        if path.starts_with("/v3/infil") {
            return (JSON.to_owned(), br#"{"uuid":"u-2"}"#.to_vec());
        }
        if path == "/v3/utfil" || path.starts_with("/v3/utfil?") {
            let names = self.files.keys().map(|name| format!(r#"{{"filnamn":"{name}"}}"#));
            let names = names.collect::<Vec<_>>().join(",");
            return (
                JSON.to_owned(),
                format!(r#"{{"utfiler":[{names}],"uuid":"u-1"}}"#).into_bytes(),
            );
        }
        let Some((content, etag)) = self.files.get(name) else {
            return ("HTTP/1.1 404 Not Found\r\n".to_owned(), Vec::new());
        };
        let all = format!("HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\nETag: {etag}\r\n");
        let from = header(head, "range").and_then(|range| {
            range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok()
        });
        let Some(from) = from.filter(|_| header(head, "if-range") == Some(*etag)) else {
            return (all, content.clone());
        };
        let part = |from: usize, told: usize| {
            let (last, total) = (content.len() - 1, content.len());
            let head = format!(
                "HTTP/1.1 206 Partial\r\nETag: {etag}\r\nContent-Range: bytes {told}-{last}/{total}\r\n"
            );
            (head, content[from..].to_vec())
        };
        match self.ranges {
            Ranges::Ignored => (all, content.clone()),
            Ranges::Refused => ("HTTP/1.1 416 Range\r\n".to_owned(), Vec::new()),
            Ranges::Wrong => part(from.saturating_sub(1), from.saturating_sub(1)),
            Ranges::Honored if from >= content.len() => {
                ("HTTP/1.1 416 Range\r\n".to_owned(), Vec::new())
            }
            Ranges::Honored => part(from, from),
        }
    }
}

impl Connector for Spar {
    fn connect(&self, _: &Target) -> BoxFuture<Result<BoxedStream, ConnectError>> {
        let (client, server) = tokio::io::duplex(64 * 1024);
        tokio::spawn(self.clone().serve(server));
        Box::pin(async move { Ok(Box::new(client) as BoxedStream) })
    }
}

/// What the tests call the operations that have no names.
pub(crate) fn names() -> Names {
    [
        ("lamnaInfil.method", "POST"),
        ("lamnaInfil.path", "/infil/{uppdragId}"),
        ("lamnaInfil.part", "fil"),
        ("lamnaInfil.parameter.kundNr", "kundnr"),
        ("visaInformationInfil.method", "GET"),
        ("visaInformationInfil.path", "/infil/{filnamn}"),
        ("visaSchemaversion.method", "GET"),
        ("visaSchemaversion.path", "/uppdrag/{uppdragId}"),
    ]
    .into_iter()
    .fold(Names::default(), |names, (setting, value)| names.with(setting, value).expect("setting"))
}

/// Different for each name and each version, so that a file made of two is noticed.
pub(crate) fn content(name: &str, bytes: usize, etag: &str) -> Vec<u8> {
    let seed = name
        .bytes()
        .chain(etag.bytes())
        .fold(7_u32, |seed, byte| seed.wrapping_mul(31).wrapping_add(u32::from(byte)));
    (0..bytes as u32).map(|at| (at.wrapping_mul(seed | 1) >> 13) as u8).collect()
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(": ")?;
        found.eq_ignore_ascii_case(name).then_some(value)
    })
}

/// Head and body of the next request; the body is taken apart from its chunks.
async fn request(io: &mut DuplexStream, buffer: &mut Vec<u8>) -> Option<(String, Vec<u8>)> {
    let head_end = loop {
        if let Some(start) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break start + 4;
        }
        if io.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(buffer.drain(..head_end).collect()).ok()?;
    let mut body = Vec::new();
    if header(&head, "expect").is_some() {
        io.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.ok()?;
    }
    if header(&head, "transfer-encoding") == Some("chunked") {
        loop {
            let line = loop {
                if let Some(end) = buffer.windows(2).position(|window| window == b"\r\n") {
                    break end;
                }
                if io.read_buf(buffer).await.ok()? == 0 {
                    return None;
                }
            };
            let size = std::str::from_utf8(&buffer[..line]).ok()?;
            let size = usize::from_str_radix(size, 16).ok()?;
            while buffer.len() < line + size + 4 {
                if io.read_buf(buffer).await.ok()? == 0 {
                    return None;
                }
            }
            body.extend_from_slice(&buffer[line + 2..line + 2 + size]);
            buffer.drain(..line + size + 4);
            if size == 0 {
                break;
            }
        }
    }
    Some((head, body))
}
