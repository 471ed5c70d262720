//! Numbers with commas between them, which SPAR takes in place of XML.
//!
//! That SPAR takes such files is certain; how their lines look is not known.

use std::io::{self, BufRead};

use spar_types::infil_id_nummer::newest::{IdNummer, InfilIdNummer};

use super::document::WritePost;
use crate::error::{Error, Refusal, Result};

/// How numbers stand in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CsvLines {
    /// Each on a line of its own, with a comma behind it but for the last one.
    OnePerLine,
    /// All on one line.
    OneLine,
}

/// Digits of a number in full.
const DIGITS: usize = 12;

pub(super) fn separator(lines: CsvLines) -> &'static str {
    match lines {
        CsvLines::OnePerLine => ",\n",
        CsvLines::OneLine => ",",
    }
}

/// The numbers of records as text, or which of them is none.
pub(super) fn cells<T: WritePost>(
    records: &[T],
    separator: &str,
) -> Result<String, (u64, Refusal)> {
    let mut text = String::with_capacity(records.len() * (DIGITS + separator.len()));
    for (nth, record) in records.iter().enumerate() {
        let number = record.number().unwrap_or_default();
        if number.len() != DIGITS || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err((nth as u64, Refusal::NotANumber));
        }
        if nth > 0 {
            text.push_str(separator);
        }
        text.push_str(number);
    }
    Ok(text)
}

/// Reads numbers from text: separated by commas, semicolons, blanks or line breaks, with or without
/// hyphens, a header row and a byte order mark.
///
/// Cells are counted from 1 on, empty ones left out.
///
/// # Errors
///
/// Of each cell that is no number of 12 digits; reading goes on behind it. A source that cannot be read
/// ends the reading.
pub fn read_csv<R: BufRead>(source: R) -> impl Iterator<Item = Result<InfilIdNummer>> {
    Cells { source: Some(source), cell: Vec::new(), number: 0, is_first_line: true }
}

struct Cells<R> {
    /// None after its end.
    source: Option<R>,
    cell: Vec<u8>,
    number: u64,
    is_first_line: bool,
}

/// What ended a cell.
enum End {
    Cell,
    Line,
    File,
}

impl<R: BufRead> Cells<R> {
    /// The next cell into `self.cell`. One that is too long for anything is cut short.
    fn read(&mut self, source: &mut R) -> io::Result<End> {
        self.cell.clear();
        loop {
            let bytes = source.fill_buf()?;
            if bytes.is_empty() {
                return Ok(End::File);
            }
            let is_end = |byte: &u8| matches!(byte, b',' | b';' | b'\n' | b'\r' | b'\t');
            let end = bytes.iter().position(is_end);
            let room = MAX_CELL.saturating_sub(self.cell.len());
            let found = &bytes[..end.unwrap_or(bytes.len())];
            self.cell.extend_from_slice(&found[..found.len().min(room)]);
            let Some(end) = end else {
                let count = bytes.len();
                source.consume(count);
                continue;
            };
            let ended = if matches!(bytes[end], b'\n' | b'\r') { End::Line } else { End::Cell };
            source.consume(end + 1);
            return Ok(ended);
        }
    }
}

/// Bytes of a cell that are kept: a number has 13, with its hyphen.
const MAX_CELL: usize = 64;

impl<R: BufRead> Iterator for Cells<R> {
    type Item = Result<InfilIdNummer>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut source = self.source.take()?;
            let end = match self.read(&mut source) {
                Ok(end) => end,
                Err(error) => return Some(Err(error.into())),
            };
            if !matches!(end, End::File) {
                self.source = Some(source);
            }
            let cell = String::from_utf8_lossy(&self.cell);
            let text = cell.trim_start_matches('\u{feff}').trim().trim_matches('"').trim();
            let is_header = self.is_first_line && !text.contains(|c: char| c.is_ascii_digit());
            if matches!(end, End::Line) && !text.is_empty() {
                self.is_first_line = false;
            }
            if text.is_empty() || is_header {
                continue;
            }
            self.is_first_line = false;
            self.number += 1;
            let number = self.number;
            return Some(parse(text).map_err(|e| Error::refused(e).in_record(number)));
        }
    }
}

fn parse(text: &str) -> Result<InfilIdNummer, Refusal> {
    let digits: String = text.chars().filter(|c| !matches!(c, '-' | '+')).collect();
    let is_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits && digits.len() == 10 {
        return Err(Refusal::TenDigits);
    }
    let is_form = matches!(text.find(['-', '+']), None | Some(8));
    let number = digits.parse::<IdNummer>().ok().filter(|_| is_form && is_digits);
    number.map(InfilIdNummer::new).ok_or(Refusal::NotANumber)
}
