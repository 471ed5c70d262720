//! The cursor under the generated readers.

use std::ops::Range;

use crate::error::Rule;
use crate::simple::SimpleType;
use crate::xml::direct::{Direct, Unusual};
use crate::xml::document::Element;
use crate::xml::entries::{Entries, Unrepresentable};
use crate::xml::name::Name;
use crate::xml::reading::{FromXml, Mode, Reading, Refusal, Waiting, refusal};
use crate::xml::writing::Writer;

/// A type whose content is elements: a whole complex type, or a group within one.
///
/// Implemented by generated code only: one statement per particle of the schema.
#[doc(hidden)]
pub trait Content: Sized {
    /// The elements of the content, in the order of the schema.
    const ELEMENTS: &'static [Name];

    /// Reads the content.
    fn read<C: Cursor>(children: &mut C) -> Result<Self, C::Refusal>;

    /// Writes the content.
    fn write(&self, writer: &mut Writer);
}

/// The children of one element on their way into a record, in the order of the schema.
///
/// Implemented for what a document holds, and for text that needs no document.
#[doc(hidden)]
pub trait Cursor {
    /// Why no record can be made.
    type Refusal;

    /// An element that must be there once.
    fn required<T: FromXml>(&mut self, name: Name) -> Result<T, Self::Refusal>;

    /// An element that must be there once, by the schema. The record can do without.
    fn expected<T: FromXml>(&mut self, name: Name) -> Result<Option<T>, Self::Refusal>;

    /// An element that may be there once. A blank where the type allows none is read as absent.
    fn optional<T: FromXml>(&mut self, name: Name) -> Result<Option<T>, Self::Refusal>;

    /// An element that may be there once and is kept as another type than the one that judges it.
    fn optional_as<T: SimpleType + FromXml, Judge: SimpleType>(
        &mut self,
        name: Name,
    ) -> Result<Option<T>, Self::Refusal>;

    /// An element of a simple type that may be repeated.
    fn values<T: FromXml>(
        &mut self,
        name: Name,
        min: usize,
        max: usize,
    ) -> Result<Vec<T>, Self::Refusal>;

    /// A record that may be repeated. One that cannot be made is an error in its place.
    fn records<T: FromXml>(
        &mut self,
        name: Name,
        min: usize,
        max: usize,
    ) -> Result<Entries<T>, Self::Refusal>;

    /// Reports what stands beside the first of these alternatives that is there. All of them are read.
    fn one_of(&mut self, alternatives: &'static [Name]) -> Result<(), Self::Refusal>;

    /// A group that must be there.
    fn group<T: Content>(&mut self) -> Result<T, Self::Refusal>;

    /// A group that may be there: it is if one of its elements is.
    fn optional_group<T: Content>(&mut self) -> Result<Option<T>, Self::Refusal> {
        if self.at(T::ELEMENTS) { self.group().map(Some) } else { Ok(None) }
    }

    /// Whether one of these elements, given in the order of the schema, is next.
    fn at(&self, names: &[Name]) -> bool;

    /// None of the alternatives is there, and none of them may be empty.
    fn no_alternative(&self, alternatives: &'static [Name]) -> Self::Refusal;
}

/// Room that is made for the entries of a list before they are read. An answer has 100 at most.
const MAX_RESERVED: usize = 100;

/// The children of an element of a document.
///
/// The particles are asked for in that order, so each is answered by a look at the next child.
pub(crate) struct Children<'d, 'r> {
    parent: Element<'d>,
    reading: &'r mut Reading,
    known: &'static [Name],
    /// Which of `reading.waiting` are children of this element, in the order of their places. Those
    /// that were taken are not among them.
    waiting: Range<usize>,
    /// Where the first one of them was.
    first: usize,
    /// Place of the particle asked for last.
    asked: usize,
}

impl<'d, 'r> Children<'d, 'r> {
    pub(crate) fn open(
        parent: Element<'d>,
        reading: &'r mut Reading,
        known: &'static [Name],
    ) -> Result<Self, Refusal> {
        reading.attributes(parent, &[])?;
        if parent.has_text() {
            reading.deviate(parent, Rule::UnexpectedText)?;
        }
        let first = reading.waiting.len();
        let mut in_order = true;
        let mut last = 0;
        for child in parent.children() {
            let Some((place, is_exact)) = reading.place(child, known, last) else {
                reading.deviate(child, Rule::UnknownElement)?;
                continue;
            };
            if !is_exact {
                reading.deviate(child, Rule::OtherNamespace)?;
            }
            if reading.mode == Mode::Tolerant && child.is_nil() {
                reading.deviate(child, Rule::Nil)?;
                continue;
            }
            if place < last {
                in_order = false;
                reading.deviate(child, Rule::UnexpectedElement)?;
            }
            last = place;
            reading.waiting.push(Waiting { place, index: child.index() });
        }
        if !in_order {
            reading.waiting[first..].sort_by_key(|child| child.place);
        }
        let waiting = first..reading.waiting.len();
        Ok(Self { parent, reading, known, waiting, first, asked: 0 })
    }

    /// Ends the content: what was not asked for does not belong there.
    pub(crate) fn close(self) -> Result<(), Refusal> {
        for place in self.waiting {
            let child = self.parent.at(self.reading.waiting[place].index);
            self.reading.refuse_surplus(child)?;
        }
        self.reading.waiting.truncate(self.first);
        Ok(())
    }

    fn check_max(&mut self, count: usize, max: usize, next: Element<'_>) -> Result<(), Refusal> {
        if count == max { self.reading.deviate(next, Rule::TooMany(max)) } else { Ok(()) }
    }

    fn check_min(&mut self, count: usize, min: usize, name: Name) -> Result<(), Refusal> {
        match count {
            0 if min > 0 => self.reading.deviate(self.parent, Rule::MissingElement(name.local)),
            count if count < min => self.reading.deviate(self.parent, Rule::TooFew(min)),
            _ => Ok(()),
        }
    }

    /// The next child, if it has this name.
    ///
    /// What stands before it was asked for already and is one too many: where that can be passed over, it
    /// does not hide what follows.
    fn take(&mut self, name: Name) -> Result<Option<Element<'d>>, Refusal> {
        let Some(next) = self.next() else { return Ok(None) };
        if next.place < self.asked || !self.known[next.place].is_same_constant(name) {
            return self.take_behind(name);
        }
        self.asked = next.place;
        self.waiting.start += 1;
        Ok(Some(self.parent.at(next.index)))
    }

    fn take_behind(&mut self, name: Name) -> Result<Option<Element<'d>>, Refusal> {
        let Some(asked) = self.place(name) else { return Ok(None) };
        self.asked = asked;
        while let Some(next) = self.next().filter(|next| next.place <= asked) {
            self.waiting.start += 1;
            let child = self.parent.at(next.index);
            if next.place == asked {
                return Ok(Some(child));
            }
            self.reading.refuse_surplus(child)?;
        }
        Ok(None)
    }

    /// The child that waits first.
    fn next(&self) -> Option<Waiting> {
        (!self.waiting.is_empty()).then(|| self.reading.waiting[self.waiting.start])
    }

    /// How many children wait that have this name.
    fn count(&self, name: Name) -> usize {
        let waiting = &self.reading.waiting[self.waiting.clone()];
        let is_asked = |child: &&Waiting| self.known[child.place].is_same_constant(name);
        let Some(first) = waiting.iter().position(|child| is_asked(&child)) else { return 0 };
        waiting[first..].iter().take_while(is_asked).count()
    }

    /// The place of the particle, looked for from the last one on.
    fn place(&self, name: Name) -> Option<usize> {
        let ahead = &self.known[self.asked..];
        // Both are constants, so most often the same ones.
        let place = ahead.iter().position(|known| known.is_same_constant(name));
        let place = place.or_else(|| ahead.iter().position(|known| *known == name));
        place.map(|place| self.asked + place)
    }
}

impl Cursor for Children<'_, '_> {
    type Refusal = Refusal;

    fn required<T: FromXml>(&mut self, name: Name) -> Result<T, Refusal> {
        match self.take(name)? {
            Some(child) => T::from_xml(child, self.reading),
            None => Err(refusal(self.parent, Rule::MissingElement(name.local))),
        }
    }

    fn expected<T: FromXml>(&mut self, name: Name) -> Result<Option<T>, Refusal> {
        let value = self.optional(name)?;
        if value.is_none() {
            self.reading.deviate(self.parent, Rule::MissingElement(name.local))?;
        }
        Ok(value)
    }

    fn optional<T: FromXml>(&mut self, name: Name) -> Result<Option<T>, Refusal> {
        let Some(child) = self.take(name)? else { return Ok(None) };
        match T::from_xml(child, self.reading) {
            Ok(value) => Ok(Some(value).filter(|value| !value.is_blank())),
            // What stands in no list is told apart from its surroundings here.
            Err(Refusal(cause))
                if self.reading.mode == Mode::Tolerant && self.reading.open_records == 0 =>
            {
                self.reading.lose(*cause);
                Ok(None)
            }
            Err(refusal) => Err(refusal),
        }
    }

    fn optional_as<T: SimpleType + FromXml, Judge: SimpleType>(
        &mut self,
        name: Name,
    ) -> Result<Option<T>, Refusal> {
        let Some(child) = self.take(name)? else { return Ok(None) };
        self.reading.attributes(child, &[])?;
        let text = self.reading.text(child)?;
        if let Err(rule) = Judge::from_register(text).check() {
            self.reading.deviate(child, rule)?;
        }
        Ok(Some(T::from_register(text)).filter(|value| !value.is_blank()))
    }

    fn values<T: FromXml>(
        &mut self,
        name: Name,
        min: usize,
        max: usize,
    ) -> Result<Vec<T>, Refusal> {
        let mut values = Vec::with_capacity(self.count(name).min(MAX_RESERVED));
        while let Some(child) = self.take(name)? {
            self.check_max(values.len(), max, child)?;
            values.push(T::from_xml(child, self.reading)?);
        }
        self.check_min(values.len(), min, name)?;
        Ok(values)
    }

    fn records<T: FromXml>(
        &mut self,
        name: Name,
        min: usize,
        max: usize,
    ) -> Result<Entries<T>, Refusal> {
        let mut entries = Vec::with_capacity(self.count(name).min(MAX_RESERVED));
        while let Some(child) = self.take(name)? {
            self.check_max(entries.len(), max, child)?;
            self.reading.open_records += 1;
            let record = T::from_xml(child, self.reading);
            self.reading.open_records -= 1;
            entries.push(match record {
                Err(Refusal(cause)) if self.reading.mode == Mode::Tolerant => {
                    self.reading.lose((*cause).clone());
                    Err(Unrepresentable::new(*cause, child.source()))
                }
                record => Ok(record?),
            });
        }
        self.check_min(entries.len(), min, name)?;
        Ok(entries)
    }

    fn one_of(&mut self, alternatives: &'static [Name]) -> Result<(), Refusal> {
        let mut chosen = None;
        for waiting in self.waiting.clone() {
            let Waiting { place, index } = self.reading.waiting[waiting];
            let is_alternative = alternatives.contains(&self.known[place]);
            if is_alternative && *chosen.get_or_insert(place) != place {
                self.reading.deviate(self.parent.at(index), Rule::UnexpectedElement)?;
            }
        }
        Ok(())
    }

    fn group<T: Content>(&mut self) -> Result<T, Refusal> {
        T::read(self)
    }

    fn at(&self, names: &[Name]) -> bool {
        let Some(first) = names.first().and_then(|name| self.place(*name)) else { return false };
        let mut waiting = self.reading.waiting[self.waiting.clone()].iter();
        let next = waiting.find(|child| child.place >= first);
        next.is_some_and(|child| names.contains(&self.known[child.place]))
    }

    fn no_alternative(&self, alternatives: &'static [Name]) -> Refusal {
        let first = alternatives.first().map_or("", |name| name.local);
        refusal(self.parent, Rule::MissingAlternative(first))
    }
}

impl<T: Content> FromXml for T {
    fn from_xml(element: Element<'_>, reading: &mut Reading) -> Result<Self, Refusal> {
        let mut children = Children::open(element, reading, T::ELEMENTS)?;
        let value = T::read(&mut children)?;
        children.close()?;
        Ok(value)
    }

    fn read_direct(direct: &mut Direct<'_>) -> Result<Self, Unusual> {
        direct.content()
    }
}
