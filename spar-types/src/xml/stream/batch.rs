//! Records that were cut off a stream.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::error::{Deviation, Error, ErrorKind, Rule};
use crate::xml::direct::Direct;
use crate::xml::document::{Document, Origin};
use crate::xml::entries::Unrepresentable;
use crate::xml::guard;
use crate::xml::limits::Limits;
use crate::xml::name::Name;
use crate::xml::reading::{FromXml, Mode, Read, Reading, Refusal, read_entry};
use crate::xml::scope::Scope;
use crate::xml::stream::input::Window;
use crate::xml::stream::siblings::{Next, Siblings};

/// Whole elements of one name that stand side by side, cut off a [`Stream`](crate::xml::stream::Stream).
///
/// It knows what stood around them and needs the stream no more: it may be read on another thread.
pub struct Batch {
    pub(super) text: String,
    pub(super) scope: Arc<Scope>,
    pub(super) name: Name,
    pub(super) mode: Mode,
    pub(super) limits: Limits,
    pub(super) known_names: &'static [&'static str],
    pub(super) offset: usize,
    /// Records of the same list before this one.
    pub(super) before: u64,
    pub(super) records: u64,
}

/// A record of a [`Batch`].
#[derive(Debug)]
#[non_exhaustive]
pub struct Record<T> {
    /// Its number in the list, from 1 on, as paths have it.
    pub number: u64,
    /// Offset in bytes of its start tag from the start of the document.
    pub offset: usize,
    /// How many bytes it takes.
    pub len: usize,
    /// What was read: the record, or why none could be made of the element.
    pub read: Read<Result<T, Unrepresentable>>,
}

/// The records of a [`Batch`], in their order.
///
/// Text between them is passed over: see [`take_deviations`](Self::take_deviations). After an error there
/// are no more.
pub struct Records<'b, T> {
    batch: &'b Batch,
    direct: Direct<'b>,
    siblings: Siblings,
    position: usize,
    number: u64,
    deviations: Reading,
    is_ended: bool,
    record: PhantomData<fn() -> T>,
}

impl Batch {
    /// Reads the records.
    #[must_use]
    pub fn records<T: FromXml>(&self) -> Records<'_, T> {
        Records {
            batch: self,
            direct: Direct::new(&self.text, &self.scope, &self.limits),
            siblings: Siblings::of_element(),
            position: 0,
            number: self.before,
            deviations: Reading::new(self.mode, &self.limits),
            is_ended: false,
            record: PhantomData,
        }
    }

    /// Offset in bytes of the batch from the start of the document.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Size in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.text.len()
    }

    /// How many records it holds.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.records
    }

    /// How many records of the list stand before it.
    #[must_use]
    pub fn count_before(&self) -> u64 {
        self.before
    }
}

impl fmt::Debug for Batch {
    /// Shows the size, not the content: that is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("records", &self.records).finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Records<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").field("number", &self.number).finish_non_exhaustive()
    }
}

impl<T: FromXml> Records<'_, T> {
    /// The text that was met between the records so far. None in strict mode, in which it is an error.
    pub fn take_deviations(&mut self) -> Vec<Deviation> {
        self.deviations.take()
    }

    fn read_next(&mut self) -> Result<Option<Record<T>>, Error> {
        let Batch { scope, limits, mode, name, .. } = self.batch;
        let text = &self.batch.text;
        loop {
            let window = Window { source: text, is_last: true, is_full: false };
            let next = self.siblings.next(window, &mut self.position, true, limits);
            let offset = self.batch.offset + self.position;
            match next {
                Ok(Next::Start(_)) => {}
                Ok(Next::Text(len)) => {
                    let deviation = Deviation {
                        offset: offset - len,
                        ..Deviation::new(&scope.path, Rule::UnexpectedText)
                    };
                    self.deviations.report(deviation).map_err(into_error)?;
                    continue;
                }
                Ok(Next::Eof | Next::End(..)) => return Ok(None),
                Ok(Next::Incomplete) => {
                    return Err(Error::new(ErrorKind::Truncated, scope.path.clone(), offset));
                }
                Err(kind) => {
                    let offset = offset - self.siblings.run;
                    return Err(Error::new(kind, scope.path.clone(), offset));
                }
            }
            if let Ok((value, end)) = self.direct.element(self.position, *name) {
                let len = end - self.position;
                if len <= limits.document_bytes {
                    self.position = end;
                    self.number += 1;
                    let read = Reading::new(*mode, limits).close(Ok(value));
                    return Ok(Some(Record { number: self.number, offset, len, read }));
                }
            }
            let known_names = self.batch.known_names;
            let origin = Origin { offset, path: &scope.path, number: self.number + 1, known_names };
            let element = element(&text[self.position..], limits, scope, origin);
            let (document, len) = element.map_err(|(error, is_cut)| {
                // The batch was cut where the name of the records ends a tag. That it was none, but part of
                // an attribute, is the only way for a record not to end.
                let kind = guard::malformed("`<` in an attribute value");
                if is_cut {
                    Error::new(kind, error.path().to_owned(), error.offset())
                } else {
                    error
                }
            })?;
            self.position += len;
            self.number += 1;
            if *mode == Mode::Tolerant && document.root().is_nil() {
                self.deviations.deviate(document.root(), Rule::Nil).map_err(into_error)?;
                continue;
            }
            let read = read_entry(document.root(), *name, true, *mode, limits);
            return Ok(Some(Record { number: self.number, offset, len, read }));
        }
    }
}

impl<T: FromXml> Iterator for Records<'_, T> {
    type Item = Result<Record<T>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_ended {
            return None;
        }
        let record = self.read_next();
        self.is_ended = !matches!(record, Ok(Some(_)));
        record.transpose()
    }
}

fn into_error(refusal: Refusal) -> Error {
    Error::from(refusal.into_deviation())
}

/// The element with which the source begins and its size, which is bounded by the limits. With the error:
/// whether it is that the source ends too early.
pub(super) fn element<'x>(
    source: &'x str,
    limits: &Limits,
    scope: &'x Scope,
    origin: Origin<'x>,
) -> Result<(Document<'x>, usize), (Error, bool)> {
    let mut end = source.len().min(limits.document_bytes);
    while !source.is_char_boundary(end) {
        end -= 1;
    }
    guard::parse_element(&source[..end], limits, scope, origin).map_err(|error| {
        let is_cut = *error.kind() == ErrorKind::Truncated;
        if is_cut && end < source.len() {
            let kind = ErrorKind::LimitExceeded("document_bytes");
            let offset = origin.offset + limits.document_bytes;
            return (Error::new(kind, scope.path.clone(), offset), false);
        }
        (error, is_cut)
    })
}
