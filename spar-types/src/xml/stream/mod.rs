//! Documents larger than memory: bytes in, records out.
//!
//! A [`Stream`] takes a document in pieces of any size and does no I/O itself. It shows the elements
//! around the records one by one, to be entered, read or passed over, and cuts the records off in
//! [`Batch`]es, which are read here or on another thread. What comes out does not depend on where the
//! pieces were cut: what does not fit is begun anew when more is there.
//!
//! ```
//! use spar_types::personsok::v2023_1::{AviseringPost, SparPersonsokningSvar};
//! use spar_types::xml::stream::{Step, Stream};
//! use spar_types::xml::{Limits, Mode, Name, Root};
//!
//! const NAMESPACE: &str = SparPersonsokningSvar::NAME.namespace;
//! const POST: Name = Name::new(NAMESPACE, "PersonsokningSvarspost");
//!
//! # let person = "http://statenspersonadressregister.se/schema/komponent/person/person-1.3";
//! # let id = "<p:PersonId><p:IdNummer>198012319802</p:IdNummer><p:Typ>PERSONNUMMER</p:Typ></p:PersonId>";
//! # let file = format!("<SPARPersonsokningSvar xmlns='{NAMESPACE}' xmlns:p='{person}'>
//! #     <PersonsokningSvarspost>{id}</PersonsokningSvarspost>
//! #     <PersonsokningSvarspost>{id}</PersonsokningSvarspost>
//! # </SPARPersonsokningSvar>");
//! let mut pieces = file.as_bytes().chunks(100);
//! let mut stream = Stream::new(Mode::Tolerant, &Limits::default());
//! let mut count = 0;
//! loop {
//!     let is_done = match stream.step()? {
//!         Step::Start(tag) if tag.is_like(SparPersonsokningSvar::NAME) => stream.enter()?,
//!         Step::Start(tag) if tag.is_like(POST) => match stream.batch(POST)? {
//!             Some(batch) => {
//!                 for record in batch.records::<AviseringPost>() {
//!                     count += usize::from(record?.read.value.is_ok());
//!                 }
//!                 true
//!             }
//!             None => false,
//!         },
//!         Step::Start(_) => stream.skip()?,
//!         Step::End => true,
//!         Step::Done => break,
//!         Step::More => false,
//!     };
//!     if !is_done {
//!         match pieces.next() {
//!             Some(piece) => stream.feed(piece),
//!             None => stream.finish(),
//!         }
//!     }
//! }
//! assert_eq!(count, 2);
//! # Ok::<(), spar_types::Error>(())
//! ```

mod batch;
mod cut;
mod input;
mod siblings;

use std::fmt;
use std::sync::Arc;

use crate::error::{Deviation, Error, ErrorKind, Rule};
use crate::generated::ELEMENT_NAMES;
use crate::xml::document::{Origin, presentable};
use crate::xml::entries::Unrepresentable;
use crate::xml::guard::{self, SPACE, StartTag, malformed};
use crate::xml::limits::Limits;
use crate::xml::name::{Name, SPAR_NAMESPACE_STEM};
use crate::xml::reading::{FromXml, Mode, Read, Reading, read_entry};
use crate::xml::scope::Scope;
use crate::xml::stream::input::Input;

pub use batch::{Batch, Record, Records};

pub(super) use input::Window;
pub(super) use siblings::{Next, Siblings};

/// A document that comes in pieces.
///
/// Holds the piece at hand and what an element took that did not end in it. The [`Limits`] bound one
/// element that is read or passed over, not the whole document: `document_bytes` is the size up to
/// which the stream waits for its end. Elements that are entered have no bound but those on depth,
/// attributes and namespaces.
pub struct Stream {
    mode: Mode,
    limits: Limits,
    known_names: &'static [&'static str],
    input: Input,
    /// The elements that were entered, the innermost last.
    frames: Vec<Frame>,
    siblings: Siblings,
    /// The start tag at hand: its namespace and local name.
    tag: Option<(String, String)>,
    has_root: bool,
    deviations: Reading,
    /// Why the stream ended early.
    failed: Option<Error>,
}

/// An element that was entered.
struct Frame {
    /// Its name as written, with prefix.
    name: String,
    scope: Arc<Scope>,
    /// How many children it had so far of each name that a path may tell.
    counts: Vec<(String, u64)>,
    /// Whether its tag ended it.
    is_empty: bool,
}

/// What comes next in a [`Stream`].
#[derive(Clone, Copy, Debug)]
pub enum Step<'s> {
    /// Not to be told before there are more bytes: [`feed`](Stream::feed) them, or say that there are
    /// none with [`finish`](Stream::finish).
    More,
    /// An element begins, to be taken by [`enter`](Stream::enter), [`element`](Stream::element),
    /// [`skip`](Stream::skip) or [`batch`](Stream::batch). Until then every step is this one.
    Start(Tag<'s>),
    /// The element that was entered last has ended.
    End,
    /// The document has ended, with nothing missing.
    Done,
}

/// The name of an element that begins.
#[derive(Clone, Copy)]
pub struct Tag<'s> {
    namespace: &'s str,
    local_name: &'s str,
    offset: usize,
    known_names: &'static [&'static str],
}

impl<'s> Tag<'s> {
    /// The namespace URI, empty for none.
    #[must_use]
    pub fn namespace(self) -> &'s str {
        self.namespace
    }

    /// The name without prefix. A stranger may have chosen it: not for messages.
    #[must_use]
    pub fn local_name(self) -> &'s str {
        self.local_name
    }

    /// Offset in bytes of the tag from the start of the document.
    #[must_use]
    pub fn offset(self) -> usize {
        self.offset
    }

    /// Whether the element has exactly this name.
    #[must_use]
    pub fn is(self, name: Name) -> bool {
        self.local_name == name.local && self.namespace == name.namespace
    }

    /// Whether the element has this name in this or another namespace of SPAR.
    #[must_use]
    pub fn is_like(self, name: Name) -> bool {
        let is_of_spar = self.namespace.starts_with(SPAR_NAMESPACE_STEM);
        self.local_name == name.local && (self.namespace == name.namespace || is_of_spar)
    }
}

impl fmt::Debug for Tag<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tag").field(&presentable(self.local_name, self.known_names)).finish()
    }
}

/// [`Step`] without the tag.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    More,
    Start,
    End,
    Done,
}

impl Stream {
    /// A stream without bytes. The mode is that of everything read from it.
    #[must_use]
    pub fn new(mode: Mode, limits: &Limits) -> Self {
        Self::new_naming(mode, limits, ELEMENT_NAMES)
    }

    /// As [`new`](Self::new), for a document of other schemas: these are the names that a path may tell,
    /// in order.
    #[doc(hidden)]
    #[must_use]
    pub fn new_naming(mode: Mode, limits: &Limits, known_names: &'static [&'static str]) -> Self {
        Self {
            mode,
            limits: limits.clone(),
            known_names,
            input: Input::default(),
            frames: Vec::new(),
            siblings: Siblings::of_document(),
            tag: None,
            has_root: false,
            deviations: Reading::new(mode, limits),
            failed: None,
        }
    }

    /// Takes the next bytes of the document, any number of them, and copies them.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.input.feed(bytes);
    }

    /// Says that there are no more bytes.
    pub fn finish(&mut self) {
        self.input.finish();
    }

    /// Tells what comes next.
    ///
    /// # Errors
    ///
    /// What is no document, as [`Document::parse`](crate::xml::Document::parse) tells it; in strict mode
    /// also text between elements. The stream ends with it: every later call tells it again.
    pub fn step(&mut self) -> Result<Step<'_>, Error> {
        let found = self.attempt(Self::next)?;
        Ok(match (found, &self.tag) {
            (Found::More, _) => Step::More,
            (Found::Start, Some((namespace, local_name))) => {
                let (offset, known_names) = (self.input.offset(), self.known_names);
                Step::Start(Tag { namespace, local_name, offset, known_names })
            }
            (Found::End, _) => Step::End,
            (Found::Start | Found::Done, _) => Step::Done,
        })
    }

    /// Goes into the element that begins. `false` if none does before there are more bytes.
    ///
    /// # Errors
    ///
    /// As [`step`](Self::step); in strict mode also attributes that the element does not have.
    pub fn enter(&mut self) -> Result<bool, Error> {
        self.attempt(|stream| Ok(stream.is_at_element()? && stream.enter_tag()?))
    }

    /// Reads the element that begins. `None` if it does not end in the bytes that are there.
    ///
    /// # Errors
    ///
    /// As [`step`](Self::step). What departs from the schema is told by what is read.
    pub fn element<T: FromXml>(
        &mut self,
        name: Name,
    ) -> Result<Option<Read<Result<T, Unrepresentable>>>, Error> {
        let (mode, limits) = (self.mode, self.limits.clone());
        self.attempt(|stream| {
            stream.whole(|element| read_entry(element, name, false, mode, &limits))
        })
    }

    /// Passes over the element that begins. `false` if it does not end in the bytes that are there.
    ///
    /// # Errors
    ///
    /// As [`step`](Self::step).
    pub fn skip(&mut self) -> Result<bool, Error> {
        self.attempt(|stream| Ok(stream.whole(|_| ())?.is_some()))
    }

    /// Cuts off the element that begins and all that follow it with the same name, as many as are there.
    /// Read as records, they must be like `name`. `None` if not even the first one ends in the bytes
    /// that are there.
    ///
    /// # Errors
    ///
    /// As [`step`](Self::step). What is wrong within the elements is told by reading the batch.
    pub fn batch(&mut self, name: Name) -> Result<Option<Batch>, Error> {
        self.attempt(|stream| stream.cut(name))
    }

    /// Offset in bytes of what comes next.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.input.offset()
    }

    /// The elements that were entered, such as `SPARAvisering/AviseringPoster`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.scope().path
    }

    /// What was met so far in the elements entered, outside of those that were read, that does not
    /// belong there: attributes and text. None in strict mode, in which it is an error.
    pub fn take_deviations(&mut self) -> Vec<Deviation> {
        self.deviations.take()
    }

    /// Ends the stream with the first error.
    fn attempt<R>(&mut self, step: impl FnOnce(&mut Self) -> Result<R, Error>) -> Result<R, Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        step(self).inspect_err(|error| self.failed = Some(error.clone()))
    }

    fn scope(&self) -> &Scope {
        match self.frames.last() {
            Some(frame) => &frame.scope,
            None => Scope::outermost(),
        }
    }

    fn origin<'s>(&self, scope: &'s Scope) -> Origin<'s> {
        let (offset, known_names) = (self.input.offset(), self.known_names);
        Origin { offset, path: &scope.path, number: 0, known_names }
    }

    fn next(&mut self) -> Result<Found, Error> {
        if self.tag.is_some() {
            return Ok(Found::Start);
        }
        if self.frames.last().is_some_and(|frame| frame.is_empty) {
            self.frames.pop();
            return Ok(Found::End);
        }
        if self.input.is_waiting() {
            return Ok(Found::More);
        }
        loop {
            let window = self.input.window(self.limits.document_bytes);
            let is_in_element = !self.frames.is_empty();
            let mut passed = 0;
            let next = self.siblings.next(window, &mut passed, is_in_element, &self.limits);
            let found = match next {
                Err(kind) => {
                    self.input.advance(passed);
                    return Err(self.fail(kind, self.input.offset() - self.siblings.run));
                }
                Ok(Next::Start(_)) => {
                    self.input.advance(passed);
                    self.find_tag()?;
                    return Ok(Found::Start);
                }
                Ok(Next::End(name, len)) => {
                    let is_own = |frame: &Frame| {
                        frame.name == name || frame.name == name.trim_end_matches(SPACE)
                    };
                    let rule = match self.frames.last() {
                        None => Some("end tag without start tag"),
                        Some(frame) if is_own(frame) => None,
                        Some(_) => Some("end tag does not match its start tag"),
                    };
                    self.input.advance(passed);
                    if let Some(rule) = rule {
                        return Err(self.fail(malformed(rule), self.input.offset()));
                    }
                    self.input.advance(len);
                    self.frames.pop();
                    return Ok(Found::End);
                }
                Ok(found) => found,
            };
            let is_eof = found == Next::Eof;
            let text = if let Next::Text(len) = found { Some(len) } else { None };
            self.input.advance(passed);
            match text {
                Some(len) => self.report_text(len)?,
                None => return self.wait(is_eof),
            }
        }
    }

    /// Looks at the start tag that is next.
    fn find_tag(&mut self) -> Result<(), Error> {
        if self.has_root && self.frames.is_empty() {
            let rule = malformed("more than one root element");
            return Err(self.fail(rule, self.input.offset()));
        }
        let tag = self.start_tag()?;
        let root = tag.document.root();
        self.tag = Some((root.namespace().to_owned(), root.local_name().to_owned()));
        Ok(())
    }

    /// The start tag that is next, which is there.
    fn start_tag(&self) -> Result<StartTag<'_>, Error> {
        let window = self.input.window(self.limits.document_bytes);
        let scope = self.scope();
        let origin = self.origin(scope);
        guard::parse_start(window.source, &self.limits, scope, origin)
    }

    fn is_at_element(&mut self) -> Result<bool, Error> {
        Ok(self.next()? == Found::Start && !self.input.is_waiting())
    }

    fn enter_tag(&mut self) -> Result<bool, Error> {
        let mut deviations =
            std::mem::replace(&mut self.deviations, Reading::new(self.mode, &self.limits));
        let tag = self.start_tag()?;
        let known = deviations.attributes(tag.document.root(), &[]);
        let len = tag.len;
        let frame = Frame {
            name: tag.name.to_owned(),
            scope: Arc::new(tag.inner),
            counts: Vec::new(),
            is_empty: tag.is_empty,
        };
        self.deviations = deviations;
        known.map_err(|refusal| Error::from(refusal.into_deviation()))?;
        self.pass_element(len, 1);
        self.frames.push(frame);
        Ok(true)
    }

    /// Lays out the element that is next and passes it, if it is there as a whole.
    fn whole<R>(
        &mut self,
        read: impl FnOnce(crate::xml::Element<'_>) -> R,
    ) -> Result<Option<R>, Error> {
        if !self.is_at_element()? {
            return Ok(None);
        }
        let scope = self.scope();
        let origin = self.origin(scope);
        let window = self.input.window(usize::MAX);
        match batch::element(window.source, &self.limits, scope, origin) {
            Ok((document, len)) => {
                let read = read(document.root());
                self.pass_element(len, 1);
                Ok(Some(read))
            }
            Err((error, is_cut)) => self.wait_for_element(error, is_cut).map(|()| None),
        }
    }

    fn cut(&mut self, name: Name) -> Result<Option<Batch>, Error> {
        if !self.is_at_element()? || self.frames.is_empty() {
            return Ok(None);
        }
        let window = self.input.window(usize::MAX);
        let Some((len, records)) = cut::cut(window.source) else {
            return self.whole_or_wait().map(|()| None);
        };
        let offset = self.input.offset();
        let before = self.pass_element(0, records);
        let text = self.input.take(len);
        // Checked above to be there.
        let Some(frame) = self.frames.last() else { return Ok(None) };
        Ok(Some(Batch {
            text,
            scope: Arc::clone(&frame.scope),
            name,
            mode: self.mode,
            limits: self.limits.clone(),
            known_names: self.known_names,
            offset,
            before,
            records,
        }))
    }

    /// Tells what is wrong with the element that is next and does not end, or waits.
    fn whole_or_wait(&mut self) -> Result<(), Error> {
        let scope = self.scope();
        let origin = self.origin(scope);
        let window = self.input.window(usize::MAX);
        match batch::element(window.source, &self.limits, scope, origin) {
            // Not cut off, so it does not end.
            Ok(_) => Ok(()),
            Err((error, is_cut)) => self.wait_for_element(error, is_cut),
        }
    }

    /// The element at hand, or its tag, is passed, or so many of its name. How many of it there were
    /// before.
    fn pass_element(&mut self, len: usize, elements: u64) -> u64 {
        self.has_root = true;
        self.siblings = Siblings::of_element();
        self.input.advance(len);
        match (self.tag.take(), self.frames.last_mut()) {
            (Some((_, local_name)), Some(frame)) => {
                frame.count(local_name, elements, self.known_names)
            }
            _ => 0,
        }
    }

    /// Asks for more, if more can come; `error` is what it means that nothing does.
    fn wait_for_element(&mut self, error: Error, is_cut: bool) -> Result<(), Error> {
        if !is_cut {
            return Err(error);
        }
        if !self.input.window(usize::MAX).is_last {
            self.input.wait();
            return Ok(());
        }
        Err(self.input.broken().map_or(error, |(kind, offset)| broken(kind, *offset)))
    }

    /// Asks for more, or ends.
    fn wait(&mut self, is_eof: bool) -> Result<Found, Error> {
        let window = self.input.window(self.limits.document_bytes);
        if window.is_full {
            let kind = ErrorKind::LimitExceeded("document_bytes");
            return Err(self.fail(kind, self.input.offset() + self.limits.document_bytes));
        }
        if !window.is_last {
            self.input.wait();
            return Ok(Found::More);
        }
        if let Some((kind, offset)) = self.input.broken() {
            return Err(broken(kind, *offset));
        }
        match (self.has_root, is_eof && self.frames.is_empty()) {
            (true, true) => Ok(Found::Done),
            (false, true) if self.siblings.is_blank => {
                Err(self.fail(ErrorKind::Empty, self.input.offset()))
            }
            _ => Err(self.fail(ErrorKind::Truncated, self.input.offset())),
        }
    }

    /// Reports text that began this many bytes before.
    fn report_text(&mut self, len: usize) -> Result<(), Error> {
        let deviation = Deviation {
            offset: self.input.offset() - len,
            ..Deviation::new(self.path(), Rule::UnexpectedText)
        };
        let reported = self.deviations.report(deviation);
        reported.map_err(|refusal| Error::from(refusal.into_deviation()))
    }

    fn fail(&self, kind: ErrorKind, offset: usize) -> Error {
        Error::new(kind, self.path().to_owned(), offset)
    }
}

impl fmt::Debug for Stream {
    /// Shows the place, not the content: that is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("path", &self.path())
            .field("offset", &self.offset())
            .finish_non_exhaustive()
    }
}

impl Frame {
    /// Counts children of a name. How many there were before.
    fn count(&mut self, name: String, children: u64, known_names: &[&str]) -> u64 {
        match self.counts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => {
                *count += children;
                *count - children
            }
            None => {
                // All others are told by the same sign, so that a stranger cannot make the list long.
                if presentable(&name, known_names) == name {
                    self.counts.push((name, children));
                }
                0
            }
        }
    }
}

/// An error that is found before the text is cut into elements has no path.
fn broken(kind: &ErrorKind, offset: usize) -> Error {
    Error::new(kind.clone(), String::new(), offset)
}
