//! What an earlier run has answered already.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde::Deserialize;
use spar_types::personsok::newest::IdNummer;

use crate::failure::Problem;

/// What is searched for again although the earlier search may be billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Repeat {
    /// Searches of which nobody knows whether SPAR executed them (`sent: unknown`).
    Unknown,
    /// Searches whose answer could not be used (`failed`, `sent: yes`).
    Failed,
    /// Searches that SPAR refused with a SOAP fault.
    Fault,
}

/// The numbers of an earlier run, with what stands between them and a new search.
#[derive(Default)]
pub(super) struct Earlier(HashMap<String, Stand>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Stand {
    Answered,
    /// Without answer, and possibly billed.
    Open(Vec<Repeat>),
}

/// Of a line of the earlier output, what matters here.
#[derive(Deserialize)]
struct Line {
    id_nummer: Option<String>,
    outcome: String,
    sent: String,
}

impl Earlier {
    /// Reads the output of an earlier run.
    ///
    /// # Errors
    ///
    /// It cannot be read, or a line is not whole: then it is not known what was answered.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let what =
            || Problem::of(format!("the earlier output {} cannot be read", path.display()), "");
        let file = File::open(path).with_context(what)?;
        let mut earlier = Self::default();
        for (index, line) in BufReader::new(file).lines().enumerate() {
            let line = line.with_context(what)?;
            if line.trim().is_empty() {
                continue;
            }
            // The parser's error could quote the line.
            let line = serde_json::from_str(&line).map_err(|_| {
                Problem::new(
                    format!("the earlier output {} cannot be resumed", path.display()),
                    format!("line {} is not whole, or not of this command", index + 1),
                    "look at the line: an answer that is cut off was paid for. Remove it to search anew",
                )
            })?;
            earlier.add(line);
        }
        Ok(earlier)
    }

    fn add(&mut self, Line { id_nummer, outcome, sent }: Line) {
        let Some(number) = id_nummer else { return };
        let stand = match (outcome.as_str(), sent.as_str()) {
            (_, "no") => return,
            (_, "unknown") => Stand::Open(vec![Repeat::Unknown]),
            ("fault", _) => Stand::Open(vec![Repeat::Fault]),
            ("failed", _) => Stand::Open(vec![Repeat::Failed]),
            _ => Stand::Answered,
        };
        match (self.0.get_mut(&number), stand) {
            (Some(Stand::Answered), _) => {}
            (Some(Stand::Open(open)), Stand::Open(more)) => open.extend(more),
            (_, stand) => {
                self.0.insert(number, stand);
            }
        }
    }

    /// Whether the number is left alone.
    pub(super) fn is_done(&self, number: &IdNummer, repeat: &[Repeat]) -> bool {
        match self.0.get(number.as_str()) {
            None => false,
            Some(Stand::Answered) => true,
            Some(Stand::Open(open)) => !open.iter().all(|kind| repeat.contains(kind)),
        }
    }

    /// Whether the number is left alone without having been answered.
    pub(super) fn is_open(&self, number: &IdNummer) -> bool {
        matches!(self.0.get(number.as_str()), Some(Stand::Open(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_billed_is_searched_for_again_unasked() {
        use Repeat::{Failed, Fault, Unknown};
        let number: IdNummer = "197503029865".parse().unwrap();
        let check = |lines: &[(&str, &str)], repeat: &[Repeat], is_done: bool| {
            let mut earlier = Earlier::default();
            for (outcome, sent) in lines {
                earlier.add(Line {
                    id_nummer: Some("197503029865".to_owned()),
                    outcome: (*outcome).to_owned(),
                    sent: (*sent).to_owned(),
                });
            }
            assert_eq!(earlier.is_done(&number, repeat), is_done, "{lines:?} {repeat:?}");
        };
        check(&[], &[], false);
        for outcome in ["hit", "no_hit", "too_many", "undantag"] {
            check(&[(outcome, "yes")], &[Unknown, Failed, Fault], true);
        }
        check(&[("failed", "no")], &[], false);
        check(&[("failed", "unknown")], &[], true);
        check(&[("failed", "unknown")], &[Unknown], false);
        check(&[("failed", "yes")], &[Unknown], true);
        check(&[("failed", "yes")], &[Failed], false);
        check(&[("fault", "yes")], &[], true);
        check(&[("fault", "yes")], &[Fault], false);
        check(&[("failed", "unknown"), ("hit", "yes")], &[Unknown], true);
        check(&[("hit", "yes"), ("failed", "unknown")], &[Unknown], true);
        check(&[("failed", "unknown"), ("fault", "yes")], &[Unknown], true);
    }
}
