//! From one child of an element to the next.

use crate::error::ErrorKind;
use crate::xml::guard::{self, Other, is_space, malformed};
use crate::xml::limits::Limits;
use crate::xml::stream::input::Window;
use crate::xml::tokens::{Token, Tokens};

/// What stands next among the children of an element.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::xml) enum Next<'i> {
    /// A start tag, which is not passed: its name and what else is in its brackets.
    Start(&'i str),
    /// An end tag, which is not passed: its name, and how many bytes it takes.
    End(&'i str, usize),
    /// Text that is not white space, which is passed and began this many bytes before.
    Text(usize),
    /// The window ends within a piece.
    Incomplete,
    /// The window ends.
    Eof,
}

/// A walk over the children of one element after the other.
pub(in crate::xml) struct Siblings {
    /// White space before the position that belongs to the piece at hand.
    pub(super) run: usize,
    /// Whether nothing was passed yet.
    is_first: bool,
    /// Whether nothing but white space was passed yet.
    pub(super) is_blank: bool,
}

impl Siblings {
    /// A walk from the start of a document on.
    pub(in crate::xml) fn of_document() -> Self {
        Self { run: 0, is_first: true, is_blank: true }
    }

    /// A walk from one child of an element on.
    pub(super) fn of_element() -> Self {
        Self { run: 0, is_first: false, is_blank: false }
    }

    /// Looks for the next element. Adds to `passed` what need not be looked at again.
    pub(in crate::xml) fn next<'i>(
        &mut self,
        window: Window<'i>,
        passed: &mut usize,
        is_in_element: bool,
        limits: &Limits,
    ) -> Result<Next<'i>, ErrorKind> {
        loop {
            let mut tokens = Tokens::new(window.source, *passed);
            let token = match tokens.next() {
                Err(ErrorKind::Truncated) => return Ok(Next::Incomplete),
                token => token?,
            };
            if let Token::Text(text) = token {
                let is_blank = is_space(text);
                let is_partial = tokens.position() == window.source.len() && !window.is_last;
                if is_partial && !is_blank {
                    return Ok(Next::Incomplete);
                }
                if self.run + text.len() > limits.event_bytes {
                    return Err(ErrorKind::LimitExceeded("event_bytes"));
                }
                if text.contains("]]>") {
                    return Err(malformed("`]]>` in text"));
                }
                if !is_blank && !is_in_element {
                    return Err(malformed("text outside the root element"));
                }
                self.is_first = false;
                *passed = tokens.position();
                if is_blank {
                    self.run += text.len();
                    continue;
                }
                return Ok(Next::Text(std::mem::take(&mut self.run) + text.len()));
            }
            if let Token::Eof = token {
                return Ok(Next::Eof);
            }
            self.run = 0;
            let start = *passed;
            let other = match token {
                Token::Other => match tokens.other() {
                    Err(ErrorKind::Truncated) => return Ok(Next::Incomplete),
                    event => Some(event?),
                },
                _ => None,
            };
            let len = tokens.position() - start;
            if len > limits.event_bytes {
                return Err(ErrorKind::LimitExceeded("event_bytes"));
            }
            let Some(event) = other else {
                return Ok(match token {
                    Token::End(name) => Next::End(name, len),
                    Token::Start(tag) | Token::Empty(tag) => Next::Start(tag),
                    _ => Next::Eof,
                });
            };
            let text = match guard::judge(event, self.is_first)? {
                Other::Nothing => None,
                Other::Data(data) => Some(is_space(&data)),
                Other::Reference(c) => Some(matches!(c, ' ' | '\t' | '\r' | '\n')),
            };
            if text.is_some() && !is_in_element {
                return Err(malformed("text outside the root element"));
            }
            *passed += len;
            (self.is_first, self.is_blank) = (false, false);
            if text == Some(false) {
                return Ok(Next::Text(len));
            }
        }
    }
}
