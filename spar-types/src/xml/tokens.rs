//! Cuts a document into tags and text.
//!
//! Most of a document is tags and text, which are cut here. quick-xml cuts what is rare and has more
//! rules: comments, CDATA sections, processing instructions, the XML declaration and references. That
//! nothing is cut otherwise than XML says, verdicts on mutated documents hold, against xmllint's.

use memchr::{memchr2, memchr3_iter};
use quick_xml::Reader;
use quick_xml::errors::{Error as QuickError, IllFormedError, SyntaxError};
use quick_xml::events::Event;

use crate::error::ErrorKind;

/// A piece of a document.
pub(super) enum Token<'x> {
    /// A start tag, without its brackets.
    Start(&'x str),
    /// The tag of an empty element, without its brackets and the slash.
    Empty(&'x str),
    /// An end tag, without its brackets and the slash.
    End(&'x str),
    /// Text without references.
    Text(&'x str),
    /// Anything else that stands in brackets, or a reference. [`Tokens::other`] takes it.
    Other,
    Eof,
}

/// The pieces of a document, in order.
pub(super) struct Tokens<'x> {
    source: &'x str,
    position: usize,
    /// Whether quick-xml cuts tags and text too.
    #[cfg(feature = "quick-xml-tokenizer")]
    is_oracle: bool,
}

impl<'x> Tokens<'x> {
    /// The pieces from this position on.
    pub(super) fn new(source: &'x str, position: usize) -> Self {
        Self {
            source,
            position,
            #[cfg(feature = "quick-xml-tokenizer")]
            is_oracle: false,
        }
    }

    /// The pieces as quick-xml cuts them.
    #[cfg(feature = "quick-xml-tokenizer")]
    pub(super) fn of_quick_xml(source: &'x str, position: usize) -> Self {
        Self { source, position, is_oracle: true }
    }

    /// Offset in bytes of the next piece.
    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// The next piece, behind which the position is then. After an error there is none.
    pub(super) fn next(&mut self) -> Result<Token<'x>, ErrorKind> {
        #[cfg(feature = "quick-xml-tokenizer")]
        if self.is_oracle {
            return self.next_of_quick_xml();
        }
        let rest = &self.source[self.position..];
        match rest.as_bytes() {
            [] => Ok(Token::Eof),
            [b'<', b'!' | b'?', ..] | [b'&', ..] => Ok(Token::Other),
            [b'<', behind, ..] => {
                let end = tag_end(rest).ok_or(ErrorKind::Truncated)?;
                self.position += end + 1;
                Ok(match (behind, &rest.as_bytes()[end - 1]) {
                    (b'/', _) => Token::End(&rest[2..end]),
                    (_, b'/') => Token::Empty(&rest[1..end - 1]),
                    _ => Token::Start(&rest[1..end]),
                })
            }
            [b'<'] => Err(ErrorKind::Truncated),
            bytes => {
                let end = memchr2(b'<', b'&', bytes).unwrap_or(bytes.len());
                self.position += end;
                Ok(Token::Text(&rest[..end]))
            }
        }
    }

    /// The piece for which [`Token::Other`] stands, which is not passed before.
    pub(super) fn other(&mut self) -> Result<Event<'x>, ErrorKind> {
        let rest = &self.source[self.position..];
        if rest.starts_with("<!DOCTYPE") {
            // Refused before any of it is looked at.
            return Err(ErrorKind::DtdForbidden);
        }
        let mut reader = Reader::from_str(rest);
        reader.config_mut().check_comments = true;
        let event = reader.read_event().map_err(|error| error_kind(&error, rest))?;
        self.position += reader.buffer_position() as usize;
        Ok(event)
    }

    #[cfg(feature = "quick-xml-tokenizer")]
    fn next_of_quick_xml(&mut self) -> Result<Token<'x>, ErrorKind> {
        let rest = &self.source[self.position..];
        let mut reader = Reader::from_str(rest);
        reader.config_mut().allow_unmatched_ends = true;
        let event = match rest.as_bytes() {
            // What is told about these is the same in both ways.
            [b'<', b'!' | b'?', ..] | [b'&', ..] => return Ok(Token::Other),
            _ => reader.read_event().map_err(|error| error_kind(&error, rest))?,
        };
        let len = reader.buffer_position() as usize;
        let token = match event {
            Event::Start(_) => Token::Start(&rest[1..len - 1]),
            Event::Empty(_) => Token::Empty(&rest[1..len - 2]),
            Event::End(_) => Token::End(&rest[2..len - 1]),
            Event::Text(_) => Token::Text(&rest[..len]),
            Event::Eof => Token::Eof,
            _ => return Ok(Token::Other),
        };
        self.position += len;
        Ok(token)
    }

    /// Takes text and end tag of the element whose start tag was next, if it holds nothing else and
    /// neither is longer than `longest`. Three pieces at once, since this is what most elements are.
    ///
    /// Text that needs a closer look is left: with a reference, `>` or a carriage return.
    pub(super) fn leaf(&mut self, name: &str, longest: usize) -> Option<&'x str> {
        #[cfg(feature = "quick-xml-tokenizer")]
        if self.is_oracle {
            return None;
        }
        let rest = &self.source[self.position..];
        let is_special = |byte: &u8| matches!(byte, b'<' | b'&' | b'>' | b'\r');
        let len = rest.bytes().position(|byte| is_special(&byte))?;
        let behind = rest.as_bytes()[len..].strip_prefix(b"</")?.strip_prefix(name.as_bytes())?;
        let end_tag = name.len() + "</>".len();
        if behind.first() != Some(&b'>') || len.max(end_tag) > longest {
            return None;
        }
        self.position += len + end_tag;
        Some(&rest[..len])
    }
}

/// Where the bracket stands that ends the tag: the first one outside of quotes.
pub(super) fn tag_end(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut quote = None;
    for place in memchr3_iter(b'>', b'"', b'\'', bytes) {
        match (quote, bytes[place]) {
            (None, b'>') => return Some(place),
            (None, opening) => quote = Some(opening),
            (Some(opening), byte) if opening == byte => quote = None,
            (Some(_), _) => {}
        }
    }
    None
}

/// `rest` is the source from the event on in which quick-xml found the error.
fn error_kind(error: &QuickError, rest: &str) -> ErrorKind {
    match error {
        QuickError::Syntax(error) => match error {
            SyntaxError::InvalidBangMarkup if rest.len() > "<!".len() => {
                ErrorKind::Malformed("markup")
            }
            // What quick-xml calls unclosed it has looked for up to the end, but for these.
            SyntaxError::UnclosedPI if rest.starts_with("<?>") => {
                ErrorKind::Malformed("processing instruction")
            }
            SyntaxError::UnclosedComment
            | SyntaxError::UnclosedCData
            | SyntaxError::UnclosedDoctype
                if !["<!--", "<![CDATA[", "<!DOCTYPE"]
                    .iter()
                    .any(|start| is_prefix(start, rest)) =>
            {
                ErrorKind::Malformed("markup")
            }
            _ => ErrorKind::Truncated,
        },
        QuickError::IllFormed(error) => ErrorKind::Malformed(match error {
            // A name behind `&` may lack its end because the document does.
            IllFormedError::UnclosedReference if !rest[1..].contains(['<', '&']) => {
                return ErrorKind::Truncated;
            }
            IllFormedError::UnclosedReference => "`&` without reference",
            IllFormedError::MissingEndTag(_) => return ErrorKind::Truncated,
            IllFormedError::UnmatchedEndTag(_) => "end tag without start tag",
            IllFormedError::MismatchedEndTag { .. } => "end tag does not match its start tag",
            IllFormedError::DoubleHyphenInComment => "`--` in a comment",
            IllFormedError::MissingDoctypeName => return ErrorKind::DtdForbidden,
            IllFormedError::MissingDeclVersion(_) | IllFormedError::UnknownVersion => {
                "XML declaration"
            }
        }),
        QuickError::InvalidAttr(_) => ErrorKind::Malformed("attribute"),
        QuickError::Encoding(_) => ErrorKind::UnsupportedEncoding,
        QuickError::Escape(_) => ErrorKind::Malformed("reference"),
        QuickError::Namespace(_) => ErrorKind::Malformed("namespace"),
        QuickError::Io(_) => ErrorKind::Truncated,
    }
}

/// Whether one of the texts begins as the other, as far as both go.
fn is_prefix(one: &str, other: &str) -> bool {
    one.bytes().zip(other.bytes()).all(|(one, other)| one == other)
}
