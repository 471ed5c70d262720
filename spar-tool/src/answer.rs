//! What came of a search, as JSON and as text.

use std::fmt::Write;

use anyhow::Result;
use serde::Serialize;
use spar_soap::{Error, ErrorKind, Outcome, Sent, Svar, Utfall};
use spar_types::personsok::newest::{IdNummer, SparPersonsokningSvar};

use crate::exit::Exit;
use crate::{failure, render};

/// What came of one line of the input.
pub(crate) enum Came {
    /// An answer.
    Svar(Box<Svar>),
    /// No answer.
    Error(Error),
    /// Given up while it was under way.
    Abandoned,
    /// Not searched for, and why.
    NotSearched(&'static str, String),
}

/// The place in the input and the number that was asked for, as far as there are any.
#[derive(Clone, Default, Serialize)]
pub(crate) struct Asked {
    /// From 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id_nummer: Option<IdNummer>,
}

/// The JSON form.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    asked: &'a Asked,
    outcome: &'static str,
    sent: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// The fault's text, in SPAR's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<&'a str>,
    /// An answer that could not be read, as received.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<String>,
    #[serde(flatten)]
    svar: Option<&'a SparPersonsokningSvar>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deviations: Option<Vec<String>>,
}

impl Came {
    /// What came, in one word.
    pub(crate) fn outcome(&self) -> &'static str {
        match self {
            Self::Svar(svar) => svar.meta.outcome.as_str(),
            Self::Error(error) => error.meta().outcome.as_str(),
            Self::Abandoned => Outcome::Failed.as_str(),
            Self::NotSearched(outcome, _) => outcome,
        }
    }

    /// Whether SPAR may have executed the search: `yes`, `no` or `unknown`.
    pub(crate) fn sent(&self) -> &'static str {
        match self {
            Self::Svar(_) => sent(Sent::Yes),
            Self::Error(error) => sent(error.sent()),
            Self::Abandoned => sent(Sent::Unknown),
            Self::NotSearched(..) => sent(Sent::No),
        }
    }

    /// Why there is no answer, without values.
    pub(crate) fn error(&self) -> Option<String> {
        match self {
            Self::Svar(_) => None,
            Self::Error(error) => Some(chain(error)),
            Self::Abandoned => Some("given up while it was under way".to_owned()),
            Self::NotSearched(_, why) => Some(why.clone()),
        }
    }

    /// An answer that could not be read, as received. It was paid for.
    fn raw(&self) -> Option<String> {
        match self {
            Self::Error(error) if matches!(error.kind(), ErrorKind::Envelope | ErrorKind::Xml) => {
                Some(String::from_utf8_lossy(error.raw()?.as_ref()).into_owned())
            }
            _ => None,
        }
    }

    /// The exit status, if this is all that was asked.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Svar(svar) => match svar.meta.outcome {
                Outcome::Hit => Exit::Success,
                Outcome::NoHit => Exit::NoHit,
                Outcome::TooMany => Exit::TooMany,
                _ => Exit::Undantag,
            },
            Self::Error(error) => failure::exit_of_search(error),
            Self::Abandoned => Exit::Interrupted,
            Self::NotSearched(..) => Exit::Error,
        }
    }

    /// One JSON object on one line.
    pub(crate) fn json(&self, asked: &Asked) -> Result<String> {
        let svar = match self {
            Self::Svar(svar) => Some(svar),
            _ => None,
        };
        let fault = match self {
            Self::Error(error) => error.fault().map(|fault| fault.text()),
            _ => None,
        };
        Ok(serde_json::to_string(&Line {
            asked,
            outcome: self.outcome(),
            sent: self.sent(),
            error: self.error(),
            fault,
            raw: self.raw(),
            svar: svar.map(|svar| &svar.record),
            deviations: svar.map(|svar| svar.deviations.iter().map(ToString::to_string).collect()),
        })?)
    }

    /// The current state of whom was found, for a person to read. What is not data is not here.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Svar(svar) => text(svar),
            _ => self.raw().map(|raw| raw + "\n").unwrap_or_default(),
        }
    }

    /// One row per person, and one for an outcome without any.
    pub(crate) fn rows(&self, asked: &Asked) -> Vec<String> {
        let poster = match self {
            Self::Svar(svar) => svar.poster(),
            _ => &[],
        };
        let number = asked.id_nummer.as_ref().map(|number| number.as_str());
        let rows: Vec<_> = poster
            .iter()
            .map(|post| match post {
                Ok(post) => render::row(post, self.outcome()),
                Err(_) => render::columns([number.unwrap_or_default(), "unreadable", "", "", ""]),
            })
            .collect();
        if rows.is_empty() {
            return vec![render::columns([number.unwrap_or_default(), self.outcome(), "", "", ""])];
        }
        rows
    }
}

/// `yes`, `no` or `unknown`.
pub(crate) fn sent(sent: Sent) -> &'static str {
    match sent {
        Sent::No => "no",
        Sent::Yes => "yes",
        _ => "unknown",
    }
}

fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        // Writing to a string does not fail.
        let _ = write!(text, ": {cause}");
        source = cause.source();
    }
    text
}

fn text(svar: &Svar) -> String {
    let mut text = String::new();
    match svar.utfall() {
        Utfall::Svarsposter([]) => text.push_str("nobody matches\n"),
        Utfall::OverstigerMaxAntalSvarsposter(found) => {
            let _ = writeln!(
                text,
                "{} persons match, SPAR hands out {} at most",
                found.antal_poster.as_str(),
                found.max_antal_svarsposter.as_str()
            );
        }
        Utfall::Undantag(undantag) => {
            for undantag in undantag.iter().flatten() {
                let _ = writeln!(
                    text,
                    "SPAR made an exception, {}: {}",
                    undantag.kod.as_str(),
                    undantag.beskrivning.as_str()
                );
            }
        }
        _ => {}
    }
    // Should posts come beside one of the others, they were paid for as well.
    for (index, post) in svar.poster().iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        match post {
            Ok(post) => text.push_str(&render::text(post)),
            Err(error) => {
                let _ = writeln!(text, "  a post that cannot be shown: {error}");
            }
        }
    }
    text
}
