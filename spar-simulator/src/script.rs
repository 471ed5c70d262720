//! What is done with one request, when it is not the usual thing.

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What the simulator answers to one request. See [`Script`] for how it is delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// What it would answer anyway. Leaves a request alone, so that a later one can be meant.
    Usual,
    /// A SOAP fault with HTTP status 500. Does not count as a search.
    Fault {
        /// `Server` or `Client`, or another code of SOAP 1.1.
        code: String,
        /// What a person reads.
        text: String,
    },
    /// An HTTP status with a page in HTML, as from a proxy before the service. Does not count as a
    /// search. A number that is not between 200 and 599 is sent as 500.
    Status(u16),
    /// A page in HTML with HTTP status 200, as from a login page before the service. Does not count
    /// as a search.
    Page,
    /// An `Undantag` in an ordinary answer. Counts as a search.
    Undantag {
        /// The code, such as `GENERELLT_FEL`.
        kod: String,
        /// What a person reads.
        beskrivning: String,
    },
    /// The usual answer, but with the echo of another question. Counts as a search.
    WrongEcho,
}

impl Answer {
    /// A SOAP fault with the code `Server`.
    #[must_use]
    pub fn fault() -> Self {
        Self::fault_with("Server")
    }

    /// An `Undantag` with the code `GENERELLT_FEL`.
    #[must_use]
    pub fn undantag() -> Self {
        Self::undantag_with("GENERELLT_FEL")
    }

    fn fault_with(code: &str) -> Self {
        let text = "A fault that was asked for";
        Self::Fault { code: code.to_owned(), text: text.to_owned() }
    }

    fn undantag_with(kod: &str) -> Self {
        let beskrivning = "Ett fel som var beställt";
        Self::Undantag { kod: kod.to_owned(), beskrivning: beskrivning.to_owned() }
    }
}

/// Where and how the delivery of an answer ends. The number is that of the bytes of the body which are
/// sent before; with none, nothing of the answer is sent, not even its head.
///
/// The request is executed all the same, and counts as a search if the answer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cut {
    /// Nothing more comes, and the connection stays open.
    Stall(Option<usize>),
    /// The connection is closed, without the end that TLS has.
    Truncate(Option<usize>),
    /// The connection is reset (TCP RST).
    Reset(Option<usize>),
}

/// What is done with one request: which answer, when, and how much of it.
///
/// Given to [`Simulator::script`] for a request to come, or sent along with the request it is meant for,
/// in the header [`Script::HEADER`]: a real SPAR would ignore that header. It holds directives, separated
/// by semicolons, such as `X-Spar-Simulator: delay=200; fault=Client`.
///
/// | directive | effect | in Rust |
/// |---|---|---|
/// | `delay=MS` | the answer begins so many milliseconds later | [`after`](Self::after) |
/// | `stall`, `stall=BYTES` | no answer; no more of its body than that | [`Cut::Stall`] |
/// | `truncate`, `truncate=BYTES` | the same, and the connection is closed | [`Cut::Truncate`] |
/// | `reset`, `reset=BYTES` | the same, and the connection is reset | [`Cut::Reset`] |
/// | `page` | a page in HTML, with status 200 | [`Answer::Page`] |
/// | `status=CODE` | alone: a page in HTML with that status | [`Answer::Status`] |
/// | | with another answer: that one, with the status | [`with_status`](Self::with_status) |
/// | `fault`, `fault=CODE` | a SOAP fault, `Server` by default | [`Answer::Fault`] |
/// | `undantag`, `undantag=KOD` | an `Undantag`, `GENERELLT_FEL` by default | [`Answer::Undantag`] |
/// | `wrong-echo` | the echo of another question | [`Answer::WrongEcho`] |
/// | `usual` | the usual answer, to go with `status` | [`Answer::Usual`] |
///
/// A header with another directive, or with two answers or two cuts, is answered with status 400 and the
/// rule. A request with the header uses up none of the scripts that were set beforehand.
///
/// ```
/// use std::time::Duration;
///
/// use spar_simulator::{Answer, Cut, Script};
///
/// let script = Script::from(Answer::fault()).after(Duration::from_millis(200));
/// assert_eq!("delay=200; fault".parse(), Ok(script));
/// let script = Script::from(Answer::Usual).cut(Cut::Truncate(Some(1000)));
/// assert_eq!("truncate=1000".parse(), Ok(script));
/// ```
///
/// [`Simulator::script`]: crate::Simulator::script
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    pub(crate) answer: Answer,
    pub(crate) status: Option<u16>,
    pub(crate) delay: Duration,
    pub(crate) cut: Option<Cut>,
}

impl Script {
    /// The request header that holds a script.
    pub const HEADER: &'static str = "X-Spar-Simulator";

    /// The usual thing.
    pub(crate) const USUAL: Self =
        Self { answer: Answer::Usual, status: None, delay: Duration::ZERO, cut: None };

    /// The same, but the answer begins later.
    #[must_use]
    pub fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// The same, but the delivery ends early.
    #[must_use]
    pub fn cut(self, cut: Cut) -> Self {
        Self { cut: Some(cut), ..self }
    }

    /// The same with another HTTP status, 200 to 599. Another number is sent as 500.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }
}

impl From<Answer> for Script {
    fn from(answer: Answer) -> Self {
        Self { answer, ..Self::USUAL }
    }
}

impl FromStr for Script {
    type Err = InvalidScript;

    fn from_str(text: &str) -> Result<Self, InvalidScript> {
        let (mut answer, mut status, mut delay, mut cut) = (None, None, None, None);
        for directive in text.split(';').map(str::trim).filter(|directive| !directive.is_empty()) {
            let (name, value) = match directive.split_once('=') {
                Some((name, value)) => (name.trim_end(), Some(value.trim_start())),
                None => (directive, None),
            };
            let place = || value.map(number).transpose();
            match (name, value) {
                ("delay", Some(value)) => {
                    once(&mut delay, Duration::from_millis(number(value)? as u64))?;
                }
                ("stall", _) => once(&mut cut, Cut::Stall(place()?))?,
                ("truncate", _) => once(&mut cut, Cut::Truncate(place()?))?,
                ("reset", _) => once(&mut cut, Cut::Reset(place()?))?,
                ("status", Some(value)) => once(&mut status, status_of(value)?)?,
                ("page", None) => once(&mut answer, Answer::Page)?,
                ("fault", code) => {
                    once(&mut answer, Answer::fault_with(code.unwrap_or("Server")))?;
                }
                ("undantag", kod) => {
                    once(&mut answer, Answer::undantag_with(kod.unwrap_or("GENERELLT_FEL")))?;
                }
                ("wrong-echo", None) => once(&mut answer, Answer::WrongEcho)?,
                ("usual", None) => once(&mut answer, Answer::Usual)?,
                _ => return Err(InvalidScript(Fault::Directive)),
            }
        }
        let (answer, status) = match (answer, status) {
            (None, Some(status)) => (Answer::Status(status), None),
            (answer, status) => (answer.unwrap_or(Answer::Usual), status),
        };
        Ok(Self { answer, status, delay: delay.unwrap_or_default(), cut })
    }
}

fn once<T>(slot: &mut Option<T>, value: T) -> Result<(), InvalidScript> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(InvalidScript(Fault::Twice)),
    }
}

/// A number of milliseconds or bytes; nine digits are enough for any.
fn number(text: &str) -> Result<usize, InvalidScript> {
    let is_number = (1..=9).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_number);
    number.ok_or(InvalidScript(Fault::Number))
}

fn status_of(text: &str) -> Result<u16, InvalidScript> {
    let status = text.parse().ok().filter(|status| (200..=599).contains(status));
    status.ok_or(InvalidScript(Fault::Status))
}

/// A text that is no [`Script`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidScript(Fault);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Directive,
    Number,
    Status,
    Twice,
}

impl fmt::Display for InvalidScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Fault::Directive => {
                "not a directive of a script; those are delay=MS, stall[=BYTES], truncate[=BYTES], \
                 reset[=BYTES], status=CODE, page, fault[=CODE], undantag[=KOD], wrong-echo, usual"
            }
            Fault::Number => "a number of milliseconds or bytes has one to nine digits",
            Fault::Status => "a status is a number from 200 to 599",
            Fault::Twice => "a script holds one answer, one delay, one status and one cut at most",
        })
    }
}

impl std::error::Error for InvalidScript {}

/// Scripts for the requests to come, one each.
#[derive(Debug, Default)]
pub(crate) struct Scripts(Mutex<VecDeque<Script>>);

impl Scripts {
    pub(crate) fn add(&self, script: Script) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(script);
    }

    /// The script for the request that has come.
    pub(crate) fn next(&self) -> Script {
        let mut scripts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        scripts.pop_front().unwrap_or(Script::USUAL)
    }
}
