//! Records straight from their text, where nothing about them is unusual.
//!
//! Most records of a file have nothing that a schema does not foresee: the children stand in order,
//! their tags have no attributes, their text no references, and every value keeps to its facets. Such
//! a record needs no [`Document`](crate::xml::Document). [`Direct`] gives up at the first thing that is
//! otherwise, and the record is read anew through the guard. So it must not tell what is wrong; it must
//! not accept what the guard would refuse or report.

use std::fmt;

use crate::simple::SimpleType;
use crate::xml::children::{Content, Cursor};
use crate::xml::document::Origin;
use crate::xml::entries::Entries;
use crate::xml::guard::{self, BYTE_ORDER_MARK, SPACE};
use crate::xml::limits::Limits;
use crate::xml::name::Name;
use crate::xml::reading::FromXml;
use crate::xml::scope::{NO_NAMESPACE, Scope};
use crate::xml::stream::{Next, Siblings, Window};
use crate::xml::tags::{Tags, begins};

/// Text on its way into a record, without a detour.
pub struct Direct<'x> {
    source: &'x str,
    position: usize,
    scope: &'x Scope,
    tags: Tags,
    /// The tag that was looked at last.
    last: usize,
    /// [`Name`]'s number of the start tag that is next, [`NONE`] if an end tag is.
    next: u64,
    /// The tag whose element is being read.
    opened: usize,
    /// Elements around the next one.
    depth: usize,
    elements: usize,
    /// Of these only one may be there: the one that was.
    alternatives: &'static [Name],
    chosen: u64,
    max_depth: usize,
    max_elements: usize,
    max_event: usize,
}

/// Something stands there that the guard is to judge.
#[derive(Clone, Copy, Debug)]
pub struct Unusual;

/// The record that is the root of a document which [`guard::decode`] has let through.
pub(super) fn document<T: FromXml>(
    source: &str,
    name: Name,
    limits: &Limits,
) -> Result<T, Unusual> {
    let mut start = if source.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let window = Window { source, is_last: true, is_full: false };
    match Siblings::of_document().next(window, &mut start, false, limits) {
        Ok(Next::Start(_)) => {}
        _ => return Err(Unusual),
    }
    let tag = guard::parse_start(&source[start..], limits, Scope::outermost(), Origin::default());
    let tag = tag.map_err(|_| Unusual)?;
    let root = tag.document.root();
    if !root.is(name) || root.has_attributes() || tag.is_empty {
        return Err(Unusual);
    }
    let mut direct = Direct::new(source, &tag.inner, limits);
    direct.root(start + tag.len, tag.name)
}

/// Number of no name.
const NONE: u64 = 0;

impl<'x> Direct<'x> {
    /// `scope` is what stands around the records.
    pub(super) fn new(source: &'x str, scope: &'x Scope, limits: &Limits) -> Self {
        Self {
            source,
            position: 0,
            scope,
            tags: Tags::of(scope),
            last: 0,
            next: NONE,
            opened: 0,
            depth: scope.depth,
            elements: 0,
            alternatives: &[],
            chosen: NONE,
            max_depth: limits.depth,
            max_elements: limits.elements,
            max_event: limits.event_bytes,
        }
    }

    /// Reads the element of this name that begins at the position. The position behind it besides.
    pub(super) fn element<T: FromXml>(
        &mut self,
        position: usize,
        name: Name,
    ) -> Result<(T, usize), Unusual> {
        self.position = position;
        self.last = 0;
        self.depth = self.scope.depth;
        self.elements = 0;
        self.alternatives = &[];
        self.look()?;
        if !self.pass(name)? {
            return Err(Unusual);
        }
        let value = T::read_direct(self)?;
        Ok((value, self.position))
    }

    /// Reads the root element, whose start tag has this name and ends at the position.
    fn root<T: FromXml>(&mut self, position: usize, name: &str) -> Result<T, Unusual> {
        let end = self.source.trim_end_matches(SPACE).len();
        if self.source.len() - end > self.max_event || self.max_elements == 0 {
            return Err(Unusual);
        }
        let start = end.checked_sub(name.len() + 1).filter(|start| *start >= position);
        let tag = start.and_then(|start| self.source.get(start..end)).ok_or(Unusual)?;
        if tag.strip_suffix('>') != Some(name) {
            return Err(Unusual);
        }
        self.opened = self.tags.add(tag, name.len(), NO_NAMESPACE, "");
        self.position = position;
        self.depth = 0;
        self.elements = 1;
        let value = T::read_direct(self)?;
        if self.position == end { Ok(value) } else { Err(Unusual) }
    }

    /// Reads the element whose start tag was passed, and which holds nothing but text.
    pub fn value<T: SimpleType>(&mut self) -> Result<T, Unusual> {
        let value = T::from_register(self.text()?);
        if value.check().is_err() {
            return Err(Unusual);
        }
        Ok(value)
    }

    /// Reads the element whose start tag was passed, and which holds elements.
    pub(super) fn content<T: Content>(&mut self) -> Result<T, Unusual> {
        let opened = self.opened;
        let around = (self.alternatives, self.chosen);
        self.alternatives = &[];
        let is_empty = self.tags.known[opened].is_empty;
        self.depth += 1;
        if is_empty {
            self.next = NONE;
        } else {
            self.look()?;
        }
        let value = T::read(self)?;
        if self.next != NONE {
            return Err(Unusual);
        }
        if !is_empty {
            self.end(opened)?;
        }
        self.depth -= 1;
        (self.alternatives, self.chosen) = around;
        Ok(value)
    }

    /// The text of the element whose start tag was passed, which is passed too.
    fn text(&mut self) -> Result<&'x str, Unusual> {
        if self.tags.known[self.opened].is_empty {
            return Ok("");
        }
        let rest = &self.source[self.position..];
        let len = plain(rest.as_bytes());
        if len > self.max_event {
            return Err(Unusual);
        }
        self.position += len;
        self.end(self.opened)?;
        Ok(&rest[..len])
    }

    /// Passes the end tag of this element.
    fn end(&mut self, opened: usize) -> Result<(), Unusual> {
        let tag = self.tags.known[opened].tag.as_bytes();
        match self.source.as_bytes()[self.position..].strip_prefix(b"</") {
            Some(name) if begins(name, tag) => {
                self.position += "</".len() + tag.len();
                Ok(())
            }
            _ => Err(Unusual),
        }
    }

    /// Looks what tag is next, behind white space at most.
    fn look(&mut self) -> Result<(), Unusual> {
        let bytes = self.source.as_bytes();
        if bytes.get(self.position) != Some(&b'<') {
            let rest = &bytes[self.position..];
            let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
            let len = rest.iter().position(|byte| !is_space(byte)).ok_or(Unusual)?;
            if len > self.max_event {
                return Err(Unusual);
            }
            self.position += len;
        }
        let (b'<', behind) = bytes[self.position..].split_first().ok_or(Unusual)? else {
            return Err(Unusual);
        };
        if behind.first() == Some(&b'/') {
            self.next = NONE;
            return Ok(());
        }
        // What followed the last time follows most often.
        let mut next = self.tags.known[self.last].next;
        if !begins(behind, self.tags.known[next].tag.as_bytes()) {
            next = self.tags.find(&self.source[self.position + 1..], self.scope).ok_or(Unusual)?;
            self.tags.known[self.last].next = next;
        }
        self.last = next;
        self.next = self.tags.known[next].number;
        Ok(())
    }

    /// Passes the start tag that is next, if it has this name.
    #[inline]
    fn pass(&mut self, name: Name) -> Result<bool, Unusual> {
        // Most particles are absent, which is told by a look.
        if self.next == name.number() { self.pass_alike(name) } else { Ok(false) }
    }

    fn pass_alike(&mut self, name: Name) -> Result<bool, Unusual> {
        if !self.tags.known[self.last].is(name, self.scope) {
            return Ok(false);
        }
        if self.depth >= self.max_depth || self.elements >= self.max_elements {
            return Err(Unusual);
        }
        if !self.alternatives.is_empty() {
            self.choose(name)?;
        }
        self.elements += 1;
        self.opened = self.last;
        self.position += 1 + self.tags.known[self.last].tag.len();
        Ok(true)
    }

    fn choose(&mut self, name: Name) -> Result<(), Unusual> {
        if self.alternatives.iter().all(|alternative| alternative.number() != name.number()) {
            return Ok(());
        }
        if self.chosen != NONE && self.chosen != name.number() {
            return Err(Unusual);
        }
        self.chosen = name.number();
        Ok(())
    }

    /// Reads the element whose start tag was passed, and looks what follows.
    fn passed<T: FromXml>(&mut self) -> Result<T, Unusual> {
        let value = T::read_direct(self)?;
        self.look()?;
        Ok(value)
    }

    fn list<T, E>(
        &mut self,
        name: Name,
        min: usize,
        max: usize,
        entry: impl Fn(T) -> E,
    ) -> Result<Vec<E>, Unusual>
    where
        T: FromXml,
    {
        let mut entries = Vec::new();
        if self.next != name.number() {
            return if min > 0 { Err(Unusual) } else { Ok(entries) };
        }
        let tag = self.last;
        while self.pass(name)? {
            match entries.len() {
                // As many as the last time, most often.
                0 => entries.reserve_exact(self.tags.known[tag].count.max(1)),
                len if len == max => return Err(Unusual),
                _ => {}
            }
            entries.push(entry(T::read_direct(self)?));
            self.look()?;
        }
        if !entries.is_empty() {
            self.tags.known[tag].count = entries.len().min(MAX_RESERVED);
        }
        if entries.len() < min { Err(Unusual) } else { Ok(entries) }
    }
}

impl Drop for Direct<'_> {
    fn drop(&mut self) {
        self.tags.put_back(self.scope);
    }
}

impl fmt::Debug for Direct<'_> {
    /// Shows the place, not the text: that is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Direct").field("position", &self.position).finish_non_exhaustive()
    }
}

/// Room that is made for the entries of a list before they are read.
const MAX_RESERVED: usize = 8;

impl Cursor for Direct<'_> {
    type Refusal = Unusual;

    #[inline]
    fn required<T: FromXml>(&mut self, name: Name) -> Result<T, Unusual> {
        if self.pass(name)? { self.passed() } else { Err(Unusual) }
    }

    fn expected<T: FromXml>(&mut self, name: Name) -> Result<Option<T>, Unusual> {
        self.required(name).map(Some)
    }

    #[inline]
    fn optional<T: FromXml>(&mut self, name: Name) -> Result<Option<T>, Unusual> {
        if self.pass(name)? { self.passed().map(Some) } else { Ok(None) }
    }

    fn optional_as<T: SimpleType + FromXml, Judge: SimpleType>(
        &mut self,
        name: Name,
    ) -> Result<Option<T>, Unusual> {
        if !self.pass(name)? {
            return Ok(None);
        }
        let text = self.text()?;
        if Judge::from_register(text).check().is_err() {
            return Err(Unusual);
        }
        self.look()?;
        Ok(Some(T::from_register(text)))
    }

    #[inline]
    fn values<T: FromXml>(
        &mut self,
        name: Name,
        min: usize,
        max: usize,
    ) -> Result<Vec<T>, Unusual> {
        self.list(name, min, max, |value| value)
    }

    #[inline]
    fn records<T: FromXml>(
        &mut self,
        name: Name,
        min: usize,
        max: usize,
    ) -> Result<Entries<T>, Unusual> {
        self.list(name, min, max, Ok)
    }

    fn one_of(&mut self, alternatives: &'static [Name]) -> Result<(), Unusual> {
        (self.alternatives, self.chosen) = (alternatives, NONE);
        Ok(())
    }

    #[inline]
    fn group<T: Content>(&mut self) -> Result<T, Unusual> {
        T::read(self)
    }

    #[inline]
    fn at(&self, names: &[Name]) -> bool {
        names.iter().any(|name| name.number() == self.next)
    }

    fn no_alternative(&self, _: &'static [Name]) -> Unusual {
        Unusual
    }
}

/// How many bytes of text stand at the start that need no closer look.
fn plain(bytes: &[u8]) -> usize {
    let is_special = |byte: &u8| matches!(byte, b'<' | b'&' | b'>' | b'\r');
    bytes.iter().position(is_special).unwrap_or(bytes.len())
}
