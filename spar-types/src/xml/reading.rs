//! The cursor under the generated readers.

use std::ops::Range;

use crate::error::{Deviation, Error, ErrorKind, Rule};
use crate::simple::{SimpleType, read_attribute, read_fixed_attribute, read_required_attribute};
use crate::xml::Root;
use crate::xml::document::{Document, Element};
use crate::xml::entries::{Entries, Unrepresentable};
use crate::xml::guard::is_xsi_location;
use crate::xml::leeway::{Leeway, admits};
use crate::xml::limits::Limits;
use crate::xml::name::{Name, XSI};
use crate::xml::writing::Writer;

/// How a reader takes departures from the schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Reports them and goes on. The default: the register decides what it sends.
    #[default]
    Tolerant,
    /// Refuses the document at the first one, as a validator does.
    ///
    /// `xsi:type` is refused too, even where it names the type that the element has anyway.
    Strict,
}

/// A record as read, with what the document departed from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Read<T> {
    /// The record.
    pub value: T,
    /// Departures from the schema, in the order met. Empty after strict reading.
    pub deviations: Vec<Deviation>,
    /// Departures beyond [`Limits::deviations`], which were counted only.
    pub further_deviations: usize,
    /// Elements of which no value could be made. A record of a list is an error in its place
    /// ([`Entries`]); an element that stands alone is absent, or was one too many. Those within the limit
    /// are told by [`Deviation::is_lost`]. 0: the record holds all that was sent and is known.
    pub lost: usize,
}

impl<T> Read<T> {
    /// The same reading of another form of the record.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Read<U> {
        Read {
            value: convert(self.value),
            deviations: self.deviations,
            further_deviations: self.further_deviations,
            lost: self.lost,
        }
    }
}

/// Reads a document.
///
/// ```
/// use spar_types::personsok::v2021_1::SparPersonsokningSvar;
/// use spar_types::xml::{self, Limits, Mode};
///
/// let document = r#"<SPARPersonsokningSvar
///     xmlns="http://statenspersonadressregister.se/schema/personsok/2021.1/personsokningsvar">
///     <UUID>0b8c3a1e-0000-4000-8000-000000000001</UUID>
///   </SPARPersonsokningSvar>"#;
/// let read = xml::read::<SparPersonsokningSvar>(document.as_bytes(), Mode::Strict, &Limits::default())?;
/// assert!(read.value.uuid.is_some());
/// # Ok::<(), spar_types::Error>(())
/// ```
///
/// # Errors
///
/// Bytes that [`Document::parse`] refuses, another root element than `T`'s, and a document of which
/// nothing can be made in the mode asked for.
pub fn read<T: Root>(bytes: &[u8], mode: Mode, limits: &Limits) -> Result<Read<T>, Error> {
    let document = Document::parse_naming(bytes, limits, T::ELEMENT_NAMES)?;
    read_element(document.root(), mode, limits)
}

/// Reads an element of a document that was parsed before, such as the payload of a SOAP body.
///
/// # Errors
///
/// As [`read`], but for those of [`Document::parse`].
pub fn read_element<T: Root>(
    element: Element<'_>,
    mode: Mode,
    limits: &Limits,
) -> Result<Read<T>, Error> {
    let is_expected = match mode {
        Mode::Strict => element.is(T::NAME),
        Mode::Tolerant => element.is_like(T::NAME),
    };
    if !is_expected {
        return Err(Error::new(ErrorKind::UnexpectedRoot, element.path(), element.offset()));
    }
    let mut reading = Reading::new(mode, limits);
    if !element.is(T::NAME) {
        // Tolerant, so the report cannot end the reading.
        let _ = reading.deviate(element, Rule::OtherNamespace);
    }
    match T::from_xml(element, &mut reading) {
        Ok(value) => Ok(reading.close(value)),
        Err(Refusal(deviation)) => Err(Error::from(*deviation)),
    }
}

/// Reads an element that stands alone, or as a record of a list, which is an error in its place if it
/// cannot be made as a whole.
pub(super) fn read_entry<T: FromXml>(
    element: Element<'_>,
    name: Name,
    is_in_list: bool,
    mode: Mode,
    limits: &Limits,
) -> Read<Result<T, Unrepresentable>> {
    let mut reading = Reading::new(mode, limits);
    let is_exact = element.is(name);
    let named = match (is_exact, mode) {
        (true, _) => Ok(()),
        (false, _) if element.is_like(name) => reading.deviate(element, Rule::OtherNamespace),
        (false, _) => Err(refusal(element, Rule::UnknownElement)),
    };
    reading.open_records = usize::from(is_in_list);
    let record = named.and_then(|()| T::from_xml(element, &mut reading));
    let entry = record.map_err(|Refusal(cause)| {
        if mode == Mode::Tolerant {
            reading.lose((*cause).clone());
        }
        Unrepresentable::new(*cause, element.source())
    });
    reading.close(entry)
}

/// A type that can be made of an element.
pub trait FromXml: Sized {
    /// Makes the value.
    ///
    /// # Errors
    ///
    /// In strict mode the first departure from the schema, in tolerant mode a document of which the
    /// type cannot be made.
    fn from_xml(element: Element<'_>, reading: &mut Reading) -> Result<Self, Refusal>;

    /// Whether this is the empty text of a type that allows none. Tolerant reading takes it as absent.
    fn is_blank(&self) -> bool {
        false
    }
}

/// Why the type asked for cannot be made of an element.
#[derive(Debug)]
pub struct Refusal(Box<Deviation>);

impl Refusal {
    pub(super) fn into_deviation(self) -> Deviation {
        *self.0
    }
}

/// One reading of a document: its mode and what was met so far.
#[derive(Debug)]
pub struct Reading {
    mode: Mode,
    deviations: Vec<Deviation>,
    further: usize,
    limit: usize,
    lost: usize,
    /// The element that may say that it has no value, by its offset.
    nillable: Option<usize>,
    /// Records of lists that the reader is in.
    open_records: usize,
    /// Children that wait to be read, of all elements on the way to the one at hand. One list for all
    /// of them, since one for each would be an allocation for each.
    waiting: Vec<Waiting>,
    /// Of each tag of the document where it was found last.
    places: Vec<Option<Found>>,
}

/// Where a name was found: as the only one of its kind among these, at this place.
#[derive(Clone, Copy, Debug)]
struct Found {
    known: &'static [Name],
    place: usize,
}

/// Room that is made for the entries of a list before they are read. An answer has 100 at most.
const MAX_RESERVED: usize = 100;

/// A child whose name its element knows.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    /// Its place among the names known.
    place: usize,
    /// The child, as its document counts elements.
    index: usize,
}

impl Reading {
    pub(super) fn new(mode: Mode, limits: &Limits) -> Self {
        Self {
            mode,
            deviations: Vec::new(),
            further: 0,
            limit: limits.deviations,
            lost: 0,
            waiting: Vec::new(),
            nillable: None,
            places: Vec::new(),
            open_records: 0,
        }
    }

    /// Ends the reading with what came of it.
    pub(super) fn close<T>(self, value: T) -> Read<T> {
        Read {
            value,
            deviations: self.deviations,
            further_deviations: self.further,
            lost: self.lost,
        }
    }

    /// Reports a departure from the schema; an error in strict mode.
    pub(crate) fn deviate(&mut self, element: Element<'_>, rule: Rule) -> Result<(), Refusal> {
        if self.mode == Mode::Strict {
            return Err(refusal(element, rule));
        }
        if self.deviations.len() < self.limit {
            self.keep(deviation(element, rule));
        } else {
            self.further += 1;
        }
        Ok(())
    }

    /// Reports a departure that is no element's; an error in strict mode.
    pub(super) fn report(&mut self, deviation: Deviation) -> Result<(), Refusal> {
        if self.mode == Mode::Strict {
            return Err(Refusal(Box::new(deviation)));
        }
        self.keep(deviation);
        Ok(())
    }

    /// The departures reported so far.
    pub(super) fn take(&mut self) -> Vec<Deviation> {
        std::mem::take(&mut self.deviations)
    }

    /// Reports an element of which no value is made.
    fn lose(&mut self, mut deviation: Deviation) {
        self.lost += 1;
        deviation.is_lost = true;
        self.keep(deviation);
    }

    /// Reports an element that is there once more than the record can hold. In a record of a list that
    /// is an error in its place; elsewhere the first one counts.
    fn refuse_surplus(&mut self, element: Element<'_>) -> Result<(), Refusal> {
        let refusal = refusal(element, Rule::UnexpectedElement);
        if self.mode == Mode::Strict || self.open_records > 0 {
            return Err(refusal);
        }
        self.lose(*refusal.0);
        Ok(())
    }

    fn keep(&mut self, deviation: Deviation) {
        if self.deviations.len() < self.limit {
            self.deviations.push(deviation);
        } else {
            self.further += 1;
        }
    }

    /// Which of the known elements this is, looked for from the last one on, and whether its
    /// namespace is that of the schema.
    fn place(
        &mut self,
        child: Element<'_>,
        known: &'static [Name],
        last: usize,
    ) -> Option<(usize, bool)> {
        let tag = child.tag();
        match tag.and_then(|tag| *self.places.get(tag)?) {
            Some(found) if std::ptr::eq(found.known, known) => return Some((found.place, true)),
            _ => {}
        }
        let exact = |name: &Name| child.is(*name);
        let ahead = known[last..].iter().position(exact).map(|place| last + place);
        let place = ahead.or_else(|| known[..last].iter().position(exact));
        match (place, self.mode) {
            (Some(place), _) => {
                let is_only = known.iter().filter(|name| **name == known[place]).count() == 1;
                if let Some(tag) = tag.filter(|_| is_only) {
                    self.places.resize(self.places.len().max(tag + 1), None);
                    self.places[tag] = Some(Found { known, place });
                }
                Some((place, true))
            }
            (None, mode) => {
                let is_meant =
                    |name: &Name| name.is_wildcard() && admits(name.namespace, child.namespace());
                let ahead = known[last..].iter().position(is_meant).map(|place| last + place);
                let any = ahead.or_else(|| known[..last].iter().position(is_meant));
                any.map(|place| (place, true)).or_else(|| {
                    let is_like = |name: &Name| mode == Mode::Tolerant && child.is_like(*name);
                    known.iter().position(is_like).map(|place| (place, false))
                })
            }
        }
    }

    /// Takes `xsi:nil` on this element, whatever it says.
    pub(crate) fn allow_nil(&mut self, element: Element<'_>) {
        self.nillable = Some(element.offset());
    }

    /// Reports what an element holds that says it has no value.
    pub(crate) fn nothing(&mut self, element: Element<'_>) -> Result<(), Refusal> {
        if let Some(child) = element.first_child() {
            self.deviate(child, Rule::UnknownElement)?;
        }
        if element.text().is_empty() { Ok(()) } else { self.deviate(element, Rule::UnexpectedText) }
    }

    /// Reports an attribute that is not there.
    pub(crate) fn missing_attribute(element: Element<'_>, name: &'static str) -> Refusal {
        refusal(element, Rule::MissingAttribute(name))
    }

    /// The text of an element that may hold nothing else.
    pub(crate) fn text<'d>(&mut self, element: Element<'d>) -> Result<&'d str, Refusal> {
        if let Some(child) = element.first_child() {
            self.deviate(child, Rule::UnknownElement)?;
        }
        Ok(element.text())
    }

    /// Reports all attributes but these and the harmless ones of XML Schema itself.
    #[doc(hidden)]
    pub fn attributes(&mut self, element: Element<'_>, known: &[&str]) -> Result<(), Refusal> {
        self.attributes_and(element, known, None)
    }

    /// As [`attributes`](Self::attributes), and all of the namespaces that a wildcard means.
    #[doc(hidden)]
    pub fn attributes_and(
        &mut self,
        element: Element<'_>,
        known: &[&str],
        any: Option<&str>,
    ) -> Result<(), Refusal> {
        if !element.has_attributes() {
            return Ok(());
        }
        for (namespace, name, _) in element.attributes() {
            match namespace {
                "" if known.contains(&name) => {}
                XSI if is_xsi_location(namespace, name) => {}
                XSI if name == "nil" && self.nillable == Some(element.offset()) => {}
                XSI if name == "nil" => self.deviate(element, Rule::Nil)?,
                _ if any.is_some_and(|any| admits(any, namespace)) => {}
                _ => self.deviate(element, Rule::UnknownAttribute)?,
            }
        }
        Ok(())
    }
}

fn refusal(element: Element<'_>, rule: Rule) -> Refusal {
    Refusal(Box::new(deviation(element, rule)))
}

fn deviation(element: Element<'_>, rule: Rule) -> Deviation {
    Deviation { path: element.path(), offset: element.offset(), rule, is_lost: false }
}

/// A type whose content is elements: a whole complex type, or a group within one.
///
/// Implemented by generated code only: one statement per particle of the schema.
#[doc(hidden)]
pub trait Content: Sized {
    /// The elements of the content, in the order of the schema.
    const ELEMENTS: &'static [Name];

    /// What the content allows besides.
    const LEEWAY: Leeway = Leeway::NONE;

    /// Reads the content.
    fn read(children: &mut Children<'_, '_>) -> Result<Self, Refusal>;

    /// Writes the attributes into the start tag.
    fn write_attributes(&self, _writer: &mut Writer) {}

    /// Writes the content.
    fn write(&self, writer: &mut Writer);
}

/// The children of one element on their way into a record, in the order of the schema.
///
/// The particles are asked for in that order, so each is answered by a look at the next child.
#[doc(hidden)]
pub struct Children<'d, 'r> {
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
    /// Whether children are taken one behind the other as they come, in groups that are repeated.
    is_sequential: bool,
}

#[doc(hidden)]
impl<'d, 'r> Children<'d, 'r> {
    pub fn open(
        parent: Element<'d>,
        reading: &'r mut Reading,
        known: &'static [Name],
        leeway: &Leeway,
    ) -> Result<Self, Refusal> {
        reading.attributes_and(parent, leeway.attributes, leeway.any_attribute)?;
        if parent.has_text() {
            reading.deviate(parent, Rule::UnexpectedText)?;
        }
        let first = reading.waiting.len();
        let mut in_order = true;
        let mut last = 0;
        let mut has_wildcard = false;
        for child in parent.children() {
            let Some((place, is_exact)) = reading.place(child, known, last) else {
                reading.deviate(child, Rule::UnknownElement)?;
                continue;
            };
            if !is_exact {
                reading.deviate(child, Rule::OtherNamespace)?;
            }
            let name = known[place];
            if reading.mode == Mode::Tolerant && child.is_nil() && !leeway.is_nillable(name) {
                reading.deviate(child, Rule::Nil)?;
                continue;
            }
            if place < last && leeway.rank(known, place) < leeway.rank(known, last) {
                in_order = false;
                if !leeway.is_any_order {
                    reading.deviate(child, Rule::UnexpectedElement)?;
                }
            }
            if name.is_wildcard() {
                if name.local == "?" && place == last && has_wildcard {
                    reading.deviate(child, Rule::UnexpectedElement)?;
                }
                (last, has_wildcard) = (place, true);
                continue;
            }
            (last, has_wildcard) = (place, false);
            reading.waiting.push(Waiting { place, index: child.index() });
        }
        if !in_order {
            reading.waiting[first..].sort_by_key(|child| leeway.rank(known, child.place));
        }
        let waiting = first..reading.waiting.len();
        Ok(Self { parent, reading, known, waiting, first, asked: 0, is_sequential: false })
    }

    /// Ends the content: what was not asked for does not belong there.
    pub fn close(self) -> Result<(), Refusal> {
        for place in self.waiting {
            let child = self.parent.at(self.reading.waiting[place].index);
            self.reading.refuse_surplus(child)?;
        }
        self.reading.waiting.truncate(self.first);
        Ok(())
    }

    /// An attribute that must be there.
    pub fn required_attribute<T: SimpleType>(&mut self, name: &'static str) -> Result<T, Refusal> {
        read_required_attribute(self.parent, name, self.reading)
    }

    /// An attribute that may be there.
    pub fn optional_attribute<T: SimpleType>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>, Refusal> {
        read_attribute(self.parent, name, self.reading)
    }

    /// Reports an attribute that has another value than the only one allowed.
    pub fn fixed_attribute(
        &mut self,
        name: &'static str,
        fixed: &'static str,
    ) -> Result<(), Refusal> {
        read_fixed_attribute(self.parent, name, fixed, self.reading)
    }

    /// An element that must be there once.
    pub fn required<T: FromXml>(&mut self, name: Name) -> Result<T, Refusal> {
        match self.take(name)? {
            Some(child) => T::from_xml(child, self.reading),
            None => Err(refusal(self.parent, Rule::MissingElement(name.local))),
        }
    }

    /// An element that must be there once, by the schema. The record can do without.
    pub fn expected<T: FromXml>(&mut self, name: Name) -> Result<Option<T>, Refusal> {
        let value = self.optional(name)?;
        if value.is_none() {
            self.reading.deviate(self.parent, Rule::MissingElement(name.local))?;
        }
        Ok(value)
    }

    /// An element that may be there once. A blank where the type allows none is read as absent.
    pub fn optional<T: FromXml>(&mut self, name: Name) -> Result<Option<T>, Refusal> {
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

    /// An element that may be there once and is kept as another type than the one that judges it.
    pub fn optional_as<T: SimpleType + FromXml, Judge: SimpleType>(
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

    /// An element of a simple type that may be repeated.
    pub fn values<T: FromXml>(
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

    /// A record that may be repeated. One that cannot be made is an error in its place.
    pub fn records<T: FromXml>(
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

    /// Reports what stands beside the first of these alternatives that is there. All of them are read.
    pub fn one_of(&mut self, alternatives: &[Name]) -> Result<(), Refusal> {
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

    /// A group that must be there.
    pub fn group<T: Content>(&mut self) -> Result<T, Refusal> {
        T::read(self)
    }

    /// A group that may be there: it is if one of its elements is.
    pub fn optional_group<T: Content>(&mut self) -> Result<Option<T>, Refusal> {
        if self.at(T::ELEMENTS) { T::read(self).map(Some) } else { Ok(None) }
    }

    /// A group that may be repeated: as long as one of its elements is next.
    pub fn groups<T: Content>(&mut self, min: usize, max: usize) -> Result<Vec<T>, Refusal> {
        let mut groups = Vec::new();
        let was_sequential = std::mem::replace(&mut self.is_sequential, true);
        while let Some(next) = self.next().filter(|_| self.at(T::ELEMENTS)) {
            let child = self.parent.at(next.index);
            self.check_max(groups.len(), max, child)?;
            let left = self.waiting.len();
            groups.push(T::read(self)?);
            if self.waiting.len() == left {
                // No particle of the group asked for it.
                self.reading.refuse_surplus(child)?;
                self.waiting.start += 1;
            }
        }
        self.is_sequential = was_sequential;
        if groups.len() < min {
            let first = T::ELEMENTS.first().map_or("", |name| name.local);
            let rule =
                if groups.is_empty() { Rule::MissingAlternative(first) } else { Rule::TooFew(min) };
            self.reading.deviate(self.parent, rule)?;
        }
        Ok(groups)
    }

    /// Whether one of these elements, given in the order of the schema, is next.
    pub fn at(&self, names: &[Name]) -> bool {
        if self.is_sequential {
            return self.next().is_some_and(|next| names.contains(&self.known[next.place]));
        }
        let Some(first) = names.first().and_then(|name| self.place(*name)) else { return false };
        let mut waiting = self.reading.waiting[self.waiting.clone()].iter();
        let next = waiting.find(|child| child.place >= first);
        next.is_some_and(|child| names.contains(&self.known[child.place]))
    }

    /// None of the alternatives is there, and none of them may be empty.
    pub fn no_alternative(&self, alternatives: &'static [Name]) -> Refusal {
        let first = alternatives.first().map_or("", |name| name.local);
        refusal(self.parent, Rule::MissingAlternative(first))
    }

    /// The next child, if it has this name.
    ///
    /// What stands before it was asked for already and is one too many: where that can be passed over, it
    /// does not hide what follows.
    fn take(&mut self, name: Name) -> Result<Option<Element<'d>>, Refusal> {
        let Some(next) = self.next() else { return Ok(None) };
        if self.is_sequential {
            let is_asked = self.known[next.place] == name;
            self.waiting.start += usize::from(is_asked);
            return Ok(is_asked.then(|| self.parent.at(next.index)));
        }
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

impl<T: Content> FromXml for T {
    fn from_xml(element: Element<'_>, reading: &mut Reading) -> Result<Self, Refusal> {
        let mut children = Children::open(element, reading, T::ELEMENTS, &T::LEEWAY)?;
        let value = T::read(&mut children)?;
        children.close()?;
        Ok(value)
    }
}
