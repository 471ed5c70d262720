//! Id numbers as they come: one per line, some of them broken.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::path::Path;

use anyhow::{Context, Result};
use spar_types::personsok::newest::IdNummer;

use crate::failure::Problem;
use crate::output;

/// The numbers to search for.
pub(super) struct Numbers {
    pub(super) lines: Vec<Line>,
    /// Whether they are lines of a list, even if it holds but one.
    pub(super) is_list: bool,
}

/// A line that is not blank.
pub(super) struct Line {
    /// From 1.
    pub(super) place: usize,
    /// The number, or what the line is instead.
    pub(super) number: Result<IdNummer, Broken>,
}

/// Why a line is not searched for. Holds nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// Not twelve digits.
    Form,
    /// The number of an earlier line.
    DuplicateOf(usize),
}

/// Reads what `--id-nummer` says: `-`, a file, or the number itself.
///
/// # Errors
///
/// Nothing to read, and a single number that is none. No message repeats the number.
pub(super) fn read(argument: &str) -> Result<Numbers> {
    let lines = match argument {
        "-" if io::stdin().is_terminal() => {
            eprintln!("id number, 12 digits:");
            let mut line = String::new();
            io::stdin().lock().read_line(&mut line).context("standard input cannot be read")?;
            parse(line.as_bytes())?
        }
        "-" => parse(io::stdin().lock()).context("standard input cannot be read")?,
        number if looks_like_a_number(number) => {
            output::note(
                "process lists and shell history show the number; give it on standard input",
            );
            parse(number.as_bytes())?
        }
        path => {
            let problem = || Problem::of(format!("the file {path} cannot be read"), "");
            let lines = File::open(Path::new(path))
                .and_then(|file| parse(BufReader::new(file)))
                .with_context(problem)?;
            return if lines.is_empty() { Err(nothing().into()) } else { Ok(list(lines)) };
        }
    };
    match &lines[..] {
        [] => Err(nothing().into()),
        [Line { number: Err(_), .. }] => Err(Problem::new(
            "the id number cannot be used",
            "it is not 12 digits without hyphen, the first of them not 0",
            "write it as YYYYMMDDNNNN",
        )
        .into()),
        [_] => Ok(Numbers { lines, is_list: false }),
        _ => Ok(list(lines)),
    }
}

fn list(lines: Vec<Line>) -> Numbers {
    Numbers { lines, is_list: true }
}

fn nothing() -> Problem {
    Problem::new(
        "there is nobody to search for",
        "there is no line with an id number",
        "give one per line",
    )
}

/// Whether this is an id number, well-formed or not, rather than the name of a file.
fn looks_like_a_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || b"-+ ".contains(&byte))
}

fn parse(input: impl BufRead) -> io::Result<Vec<Line>> {
    let mut lines = Vec::new();
    let mut seen = HashMap::new();
    let mut input = input.take(MAX_BYTES + 1);
    let mut bytes = Vec::new();
    for place in 1.. {
        bytes.clear();
        if input.read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        if input.limit() == 0 {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "there is more than 64 MiB"));
        }
        let text = str::from_utf8(&bytes).map(|text| text.trim_start_matches('\u{feff}').trim());
        if text == Ok("") {
            continue;
        }
        let number = text.ok().and_then(|text| text.parse::<IdNummer>().ok());
        let number =
            number.ok_or(Broken::Form).and_then(|number| match seen.get(number.as_str()) {
                Some(first) => Err(Broken::DuplicateOf(*first)),
                None => {
                    seen.insert(number.as_str().to_owned(), place);
                    Ok(number)
                }
            });
        lines.push(Line { place, number });
    }
    Ok(lines)
}

impl Broken {
    /// The outcome that is written for the line, and why.
    pub(super) fn outcome(self) -> (&'static str, String) {
        match self {
            Self::Form => ("invalid", "not 12 digits without hyphen".to_owned()),
            Self::DuplicateOf(line) => ("duplicate", format!("the number of line {line}")),
        }
    }
}

/// Some five million numbers.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbers_or_say_why_not() {
        let text = b"\xef\xbb\xbf197503029865\r\n\n 199001019984\n19750302-9865\n\xff\n197503029865\n000000000000";
        let lines = parse(&text[..]).unwrap();
        let told: Vec<_> = lines
            .iter()
            .map(|line| (line.place, line.number.as_ref().map(|n| n.as_str()).map_err(|e| *e)))
            .collect();
        assert_eq!(
            told,
            [
                (1, Ok("197503029865")),
                (3, Ok("199001019984")),
                (4, Err(Broken::Form)),
                (5, Err(Broken::Form)),
                (6, Err(Broken::DuplicateOf(1))),
                (7, Err(Broken::Form)),
            ]
        );
    }

    #[test]
    fn a_number_is_not_taken_for_a_file() {
        for number in ["197503029865", "19750302-9865", "750302+9865"] {
            assert!(looks_like_a_number(number), "{number}");
        }
        assert!(!looks_like_a_number("./197503029865"));
    }
}
