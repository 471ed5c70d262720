//! Records from documents: modes, what was met, and how names are found.

use crate::error::{Deviation, Error, ErrorKind, Rule};
use crate::xml::Root;
use crate::xml::direct::{self, Direct, Unusual};
use crate::xml::document::Element;
use crate::xml::entries::Unrepresentable;
use crate::xml::guard::{self, is_xsi_location};
use crate::xml::limits::Limits;
use crate::xml::name::{Name, XSI};

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
/// Bytes that [`Document::parse`](crate::xml::Document::parse) refuses, another root element than `T`'s, and a document of which
/// nothing can be made in the mode asked for.
pub fn read<T: Root>(bytes: &[u8], mode: Mode, limits: &Limits) -> Result<Read<T>, Error> {
    let source = guard::decode(bytes, limits)?;
    if let Ok(value) = direct::document(source, T::NAME, limits) {
        return Ok(Reading::new(mode, limits).close(value));
    }
    let document = guard::parse_text(source, limits, T::ELEMENT_NAMES)?;
    read_element(document.root(), mode, limits)
}

/// Reads an element of a document that was parsed before, such as the payload of a SOAP body.
///
/// # Errors
///
/// As [`read`], but for those of [`Document::parse`](crate::xml::Document::parse).
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

    /// Makes the value of an element of which only the start tag was passed.
    #[doc(hidden)]
    fn read_direct(direct: &mut Direct<'_>) -> Result<Self, Unusual> {
        let _ = direct;
        Err(Unusual)
    }

    /// Whether this is the empty text of a type that allows none. Tolerant reading takes it as absent.
    fn is_blank(&self) -> bool {
        false
    }
}

/// Why the type asked for cannot be made of an element.
#[derive(Debug)]
pub struct Refusal(pub(super) Box<Deviation>);

impl Refusal {
    pub(super) fn into_deviation(self) -> Deviation {
        *self.0
    }
}

/// One reading of a document: its mode and what was met so far.
#[derive(Debug)]
pub struct Reading {
    pub(super) mode: Mode,
    deviations: Vec<Deviation>,
    further: usize,
    limit: usize,
    lost: usize,
    /// Records of lists that the reader is in.
    pub(super) open_records: usize,
    /// Children that wait to be read, of all elements on the way to the one at hand. One list for all
    /// of them, since one for each would be an allocation for each.
    pub(super) waiting: Vec<Waiting>,
    /// Of each tag of the document where it was found last.
    places: Vec<Option<Found>>,
}

/// Where a name was found: as the only one of its kind among these, at this place.
#[derive(Clone, Copy, Debug)]
struct Found {
    known: &'static [Name],
    place: usize,
}

/// A child whose name its element knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    /// Its place among the names known.
    pub(super) place: usize,
    /// The child, as its document counts elements.
    pub(super) index: usize,
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
    pub(super) fn lose(&mut self, mut deviation: Deviation) {
        self.lost += 1;
        deviation.is_lost = true;
        self.keep(deviation);
    }

    /// Reports an element that is there once more than the record can hold. In a record of a list that
    /// is an error in its place; elsewhere the first one counts.
    pub(super) fn refuse_surplus(&mut self, element: Element<'_>) -> Result<(), Refusal> {
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
    pub(super) fn place(
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
            (None, Mode::Tolerant) => {
                known.iter().position(|name| child.is_like(*name)).map(|place| (place, false))
            }
            (None, Mode::Strict) => None,
        }
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
        if !element.has_attributes() {
            return Ok(());
        }
        for (namespace, name, _) in element.attributes() {
            match namespace {
                "" if known.contains(&name) => {}
                XSI if is_xsi_location(namespace, name) => {}
                XSI if name == "nil" => self.deviate(element, Rule::Nil)?,
                _ => self.deviate(element, Rule::UnknownAttribute)?,
            }
        }
        Ok(())
    }
}

pub(super) fn refusal(element: Element<'_>, rule: Rule) -> Refusal {
    Refusal(Box::new(deviation(element, rule)))
}

fn deviation(element: Element<'_>, rule: Rule) -> Deviation {
    Deviation { path: element.path(), offset: element.offset(), rule, is_lost: false }
}
