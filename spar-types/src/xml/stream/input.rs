//! The bytes of a stream, as far as they are there.

use crate::error::ErrorKind;
use crate::xml::guard::{BYTE_ORDER_MARK, FORBIDDEN_CHARACTER, forbidden_character, is_utf16};

/// What was fed and is not passed yet, as text. Judged as it comes, each byte once.
#[derive(Default)]
pub(super) struct Input {
    text: String,
    /// Where in the text the stream is.
    position: usize,
    /// Offset in bytes of the text.
    offset: usize,
    /// The start of a character whose rest did not come yet.
    partial: Vec<u8>,
    is_finished: bool,
    /// What ends the text early, and its offset in bytes.
    broken: Option<(ErrorKind, usize)>,
    /// Whether a byte order mark may still come.
    is_begun: bool,
    /// How much must be ahead before it is worth to look again.
    awaited: usize,
}

/// What is ahead in the input, up to a limit.
#[derive(Clone, Copy)]
pub(in crate::xml) struct Window<'i> {
    pub(in crate::xml) source: &'i str,
    /// Whether nothing comes behind it.
    pub(in crate::xml) is_last: bool,
    /// Whether the limit cut it.
    pub(in crate::xml) is_full: bool,
}

impl Input {
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        if self.is_finished || self.broken.is_some() {
            return;
        }
        self.text.drain(..self.position);
        self.offset += std::mem::take(&mut self.position);
        if self.partial.is_empty() {
            self.judge(bytes);
        } else {
            let mut joined = std::mem::take(&mut self.partial);
            joined.extend_from_slice(bytes);
            self.judge(&joined);
        }
    }

    pub(super) fn finish(&mut self) {
        if !self.is_finished && !self.partial.is_empty() {
            self.break_off(ErrorKind::Truncated, self.end());
        }
        self.is_finished = true;
    }

    /// Offset in bytes of what is next.
    pub(super) fn offset(&self) -> usize {
        self.offset + self.position
    }

    /// Whether more is needed before looking again makes sense.
    pub(super) fn is_waiting(&self) -> bool {
        !self.is_final() && self.text.len() - self.position < self.awaited
    }

    /// Asks for twice as much as there is, so that an element that comes in a thousand pieces is not
    /// looked at a thousand times.
    pub(super) fn wait(&mut self) {
        self.awaited = 2 * (self.text.len() - self.position).max(1);
    }

    pub(super) fn window(&self, limit: usize) -> Window<'_> {
        let rest = &self.text[self.position..];
        let mut end = rest.len().min(limit);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let is_full = end < rest.len();
        Window { source: &rest[..end], is_last: !is_full && self.is_final(), is_full }
    }

    pub(super) fn advance(&mut self, bytes: usize) {
        self.position += bytes;
        self.awaited = 0;
    }

    /// Takes the text ahead up to this place.
    pub(super) fn take(&mut self, bytes: usize) -> String {
        self.text.drain(..self.position);
        self.offset += std::mem::take(&mut self.position) + bytes;
        self.awaited = 0;
        let mut rest = String::with_capacity(self.text.capacity());
        rest.push_str(&self.text[bytes..]);
        self.text.truncate(bytes);
        std::mem::replace(&mut self.text, rest)
    }

    /// What ended the text, if it is not its end.
    pub(super) fn broken(&self) -> Option<&(ErrorKind, usize)> {
        self.broken.as_ref()
    }

    fn is_final(&self) -> bool {
        self.is_finished || self.broken.is_some()
    }

    fn end(&self) -> usize {
        self.offset + self.text.len()
    }

    fn break_off(&mut self, kind: ErrorKind, offset: usize) {
        self.broken = Some((kind, offset));
    }

    fn judge(&mut self, bytes: &[u8]) {
        if self.end() == 0 {
            if bytes.len() < 2 && !self.is_begun {
                self.is_begun = true;
                return self.partial.extend_from_slice(bytes);
            }
            if is_utf16(bytes) {
                return self.break_off(ErrorKind::UnsupportedEncoding, 0);
            }
        }
        let (valid, error) = match simdutf8::compat::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let (valid, rest) = bytes.split_at(error.valid_up_to());
                if error.error_len().is_none() {
                    self.partial.extend_from_slice(rest);
                }
                (std::str::from_utf8(valid).unwrap_or_default(), error.error_len())
            }
        };
        let start = self.end();
        let forbidden = forbidden_character(valid);
        let valid = &valid[..forbidden.unwrap_or(valid.len())];
        if start == 0 {
            let skipped = valid.strip_prefix(BYTE_ORDER_MARK).map_or(0, |_| BYTE_ORDER_MARK.len());
            self.position = skipped;
        }
        self.text.push_str(valid);
        if forbidden.is_some() {
            self.break_off(FORBIDDEN_CHARACTER, self.end());
        } else if error.is_some() {
            self.break_off(ErrorKind::UnsupportedEncoding, self.end());
        }
    }
}
