//! The register: the persons that a simulator knows.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, OnceLock};

use spar_types::personsok::v2021_1::AviseringPost;
use spar_types::xml::{
    self, Element, FromXml, Limits, Mode, Name, Reading, Refusal, Root, ToXml, Writer,
};
use spar_types::{Rule, components};

use crate::error::{Error, ErrorKind};

/// The persons that a simulator knows. Cheap to clone.
#[derive(Clone)]
pub struct Persons(Arc<[AviseringPost]>);

impl Persons {
    /// The persons that come with this crate: 198 invented ones, as the register stood on
    /// 2023-12-31.
    ///
    /// None of them can exist: their numbers come from a range that is kept for tests, or have a
    /// form that no number has. The file `data/persons.xml` of this crate says what each of them
    /// shows.
    #[must_use]
    pub fn built_in() -> Self {
        static BUILT_IN: OnceLock<Persons> = OnceLock::new();
        let read = || {
            Self::from_xml(include_bytes!("../data/persons.xml"))
                .expect("the file is part of this crate, and its tests read it")
        };
        BUILT_IN.get_or_init(read).clone()
    }

    /// Persons of the caller's own, in the form of `data/persons.xml`.
    ///
    /// The root is `AviseringPoster`; each `AviseringPost` has the elements, order and facets of
    /// interface 2021.1. The one freedom is the namespace: all may stand in one below
    /// `http://statenspersonadressregister.se/schema/`, such as `…/schema/simulator`.
    ///
    /// # Errors
    ///
    /// A document that breaks any other rule, and a number that two persons have. The place and the
    /// rule are named, never a value.
    pub fn from_xml(document: &[u8]) -> Result<Self, Error> {
        let mut limits = Limits::default();
        // With one namespace for all, nearly every element departs from the schema.
        limits.deviations = limits.elements;
        let read = xml::read::<Register>(document, Mode::Tolerant, &limits).map_err(|error| {
            Error::because(ErrorKind::Persons, "the persons cannot be read", error)
        })?;
        let fault = read.deviations.iter().find(|deviation| deviation.rule != Rule::OtherNamespace);
        if let Some(fault) = fault {
            return Err(Error::new(ErrorKind::Persons, format!("the persons: {fault}")));
        }
        // One that cannot be read is a deviation, and was refused above.
        let persons = Self(read.value.0.avisering_post.into_iter().flatten().collect());
        let mut seen = BTreeSet::new();
        for (index, person) in persons.iter().enumerate() {
            if !seen.insert(&person.person_id.id_nummer) {
                let place = format!("AviseringPoster/AviseringPost[{}]", index + 1);
                let message = format!("the persons: number of an earlier person in {place}");
                return Err(Error::new(ErrorKind::Persons, message));
            }
        }
        Ok(persons)
    }

    /// All persons, in the order of the document.
    pub fn iter(&self) -> impl Iterator<Item = &AviseringPost> {
        self.0.iter()
    }

    /// How many persons there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Persons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Persons").field("len", &self.len()).finish_non_exhaustive()
    }
}

/// A document of persons, with a root in the namespace of the simulator.
struct Register(components::aviseringpost_v1_2::AviseringPoster);

impl Root for Register {
    const NAME: Name =
        Name::new("http://statenspersonadressregister.se/schema/simulator", "AviseringPoster");
    const NAMESPACES: &'static [&'static str] = &[Self::NAME.namespace];
}

impl FromXml for Register {
    fn from_xml(element: Element<'_>, reading: &mut Reading) -> Result<Self, Refusal> {
        FromXml::from_xml(element, reading).map(Self)
    }
}

impl ToXml for Register {
    fn to_xml(&self, name: Name, writer: &mut Writer) {
        self.0.to_xml(name, writer);
    }
}
