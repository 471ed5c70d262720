//! The register: the persons that a simulator knows.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use spar_types::personsok::newest::{AviseringPost, IdNummer};
use spar_types::xml::{
    self, Document, Element, FromXml, Limits, Mode, Name, Reading, Refusal, Root, ToXml, Writer,
};
use spar_types::{Rule, components};

use crate::error::{Error, ErrorKind};

/// The files of the built-in register. `data/README.md` says what holds for all of them.
const BUILT_IN: [(&str, &str); 11] = [
    ("families.xml", include_str!("../data/families.xml")),
    ("criteria.xml", include_str!("../data/criteria.xml")),
    ("names.xml", include_str!("../data/names.xml")),
    ("addresses.xml", include_str!("../data/addresses.xml")),
    ("taxation.xml", include_str!("../data/taxation.xml")),
    ("protected.xml", include_str!("../data/protected.xml")),
    ("deregistered.xml", include_str!("../data/deregistered.xml")),
    ("emigrated.xml", include_str!("../data/emigrated.xml")),
    ("numbers.xml", include_str!("../data/numbers.xml")),
    ("kundtest.xml", include_str!("../data/kundtest.xml")),
    ("many.xml", include_str!("../data/many.xml")),
];

/// The persons that a simulator knows. Cheap to clone.
#[derive(Clone)]
pub struct Persons(Arc<Register>);

struct Register {
    posts: Vec<AviseringPost>,
    places: HashMap<IdNummer, usize>,
}

impl Persons {
    /// The persons that come with this crate: 220 invented ones, as the register stood on
    /// 2023-12-31.
    ///
    /// None of them can exist: their numbers come from a range that is kept for tests, have a form
    /// that no number has, or are SPAR's own test numbers. The files below `data/` of this crate say
    /// what each of them shows.
    #[must_use]
    pub fn built_in() -> Self {
        static PERSONS: OnceLock<Persons> = OnceLock::new();
        let read = || {
            let files = BUILT_IN.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
            Self::from_files(&files)
                .expect("the files are part of this crate, and its tests read them")
        };
        PERSONS.get_or_init(read).clone()
    }

    /// Persons of the caller's own.
    ///
    /// The root is `AviseringPoster`; each `AviseringPost` has the elements, order and facets of
    /// interface 2023.1. The one freedom is the namespace: all may stand in one below
    /// `http://statenspersonadressregister.se/schema/`, such as `…/schema/simulator`. Records of 2021.1
    /// are taken as well, since the newer form holds all of them.
    ///
    /// ```
    /// let persons = spar_simulator::Persons::from_xml(
    ///     br#"<AviseringPoster xmlns="http://statenspersonadressregister.se/schema/simulator">
    ///           <AviseringPost>
    ///             <PersonId><IdNummer>199001019984</IdNummer><Typ>PERSONNUMMER</Typ></PersonId>
    ///             <Sekretessmarkering>NEJ</Sekretessmarkering>
    ///             <SkyddadFolkbokforing>NEJ</SkyddadFolkbokforing>
    ///           </AviseringPost>
    ///         </AviseringPoster>"#,
    /// )?;
    /// assert_eq!(persons.len(), 1);
    /// # Ok::<(), spar_simulator::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A document that breaks any other rule, and a number that two persons have. Line, place and
    /// rule are named, never a value.
    pub fn from_xml(document: &[u8]) -> Result<Self, Error> {
        Self::from_files(&[(String::new(), document.to_vec())])
    }

    /// The persons of a file in the form of [`from_xml`](Self::from_xml), or of all files `*.xml` of
    /// a folder, in the order of their names. Folders within it are not looked into.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, a folder without such a file, and what [`from_xml`](Self::from_xml)
    /// refuses. The file is named.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let failed = |path: &Path| {
            let message = format!("the persons: {} cannot be read", path.display());
            move |error| Error::because(ErrorKind::Persons, message, error)
        };
        let mut paths = Vec::new();
        if fs::metadata(path).map_err(failed(path))?.is_dir() {
            for entry in fs::read_dir(path).map_err(failed(path))? {
                let entry = entry.map_err(failed(path))?.path();
                if entry.extension().is_some_and(|extension| extension == "xml") {
                    paths.push(entry);
                }
            }
            paths.sort();
            if paths.is_empty() {
                let message = format!("the persons: {} holds no file *.xml", path.display());
                return Err(Error::new(ErrorKind::Persons, message));
            }
        } else {
            paths.push(path.to_owned());
        }
        let read = |path: &std::path::PathBuf| {
            Ok((path.display().to_string(), fs::read(path).map_err(failed(path))?))
        };
        Self::from_files(&paths.iter().map(read).collect::<Result<Vec<_>, Error>>()?)
    }

    /// Persons of several documents, each with the name that errors use; empty if there is none.
    fn from_files(files: &[(String, Vec<u8>)]) -> Result<Self, Error> {
        let mut register = Register { posts: Vec::new(), places: HashMap::new() };
        for (file, document) in files {
            for (index, post) in read(file, document)?.into_iter().enumerate() {
                let place = register.posts.len();
                if register.places.insert(post.person_id.id_nummer.clone(), place).is_some() {
                    let at = Place { file, line: line_of_post(document, index) };
                    let message = format!(
                        "{at}: AviseringPost[{}] has the number of an earlier one",
                        index + 1
                    );
                    return Err(Error::new(ErrorKind::Persons, message));
                }
                register.posts.push(post);
            }
        }
        Ok(Self(Arc::new(register)))
    }

    /// All persons, in the order of the documents.
    pub fn iter(&self) -> impl Iterator<Item = &AviseringPost> {
        self.0.posts.iter()
    }

    /// The person with a number.
    #[must_use]
    pub fn get(&self, id_nummer: &IdNummer) -> Option<&AviseringPost> {
        self.0.places.get(id_nummer).map(|place| &self.0.posts[*place])
    }

    /// How many persons there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.posts.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.posts.is_empty()
    }
}

impl fmt::Debug for Persons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Persons").field("len", &self.len()).finish_non_exhaustive()
    }
}

/// Where in which file, for errors.
struct Place<'a> {
    file: &'a str,
    line: usize,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the persons: ")?;
        match self.file {
            "" => write!(f, "line {}", self.line),
            file => write!(f, "{file}, line {}", self.line),
        }
    }
}

/// The records of one document, read strictly but for the namespaces.
fn read(file: &str, document: &[u8]) -> Result<Vec<AviseringPost>, Error> {
    let mut limits = Limits::default();
    // With one namespace for all, nearly every element departs from the schema.
    limits.deviations = limits.elements;
    let read = xml::read::<Posts>(document, Mode::Tolerant, &limits).map_err(|error| {
        let at = Place { file, line: line_of(document, error.offset()) };
        Error::new(ErrorKind::Persons, format!("{at}: {} in {}", error.kind(), error.path()))
    })?;
    let mut faults =
        read.deviations.iter().filter(|deviation| deviation.rule != Rule::OtherNamespace);
    if let Some(fault) = faults.next() {
        let at = Place { file, line: line_of(document, fault.offset) };
        let mut message = format!("{at}: {} in {}", fault.rule, fault.path);
        match faults.count() {
            0 => {}
            further => message.push_str(&format!(" (and {further} more)")),
        }
        return Err(Error::new(ErrorKind::Persons, message));
    }
    // One that cannot be read is a deviation, and was refused above.
    Ok(read.value.0.avisering_post.into_iter().flatten().collect())
}

/// The line of a byte, counted from 1.
fn line_of(document: &[u8], offset: usize) -> usize {
    1 + document.iter().take(offset).filter(|byte| **byte == b'\n').count()
}

fn line_of_post(document: &[u8], index: usize) -> usize {
    let limits = Limits::default();
    let parsed = Document::parse(document, &limits).ok();
    let post = parsed.as_ref().and_then(|document| document.root().children().nth(index));
    line_of(document, post.map_or(0, |post| post.offset()))
}

/// A document of persons, with a root in the namespace of the simulator.
struct Posts(components::aviseringpost::AviseringPoster);

impl Root for Posts {
    const NAME: Name =
        Name::new("http://statenspersonadressregister.se/schema/simulator", "AviseringPoster");
    const NAMESPACES: &'static [&'static str] = &[Self::NAME.namespace];
}

impl FromXml for Posts {
    fn from_xml(element: Element<'_>, reading: &mut Reading) -> Result<Self, Refusal> {
        FromXml::from_xml(element, reading).map(Self)
    }
}

impl ToXml for Posts {
    fn to_xml(&self, name: Name, writer: &mut Writer) {
        self.0.to_xml(name, writer);
    }
}
