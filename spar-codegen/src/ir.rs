//! What the schemas say, free of prefixes, file order and notation.
//!
//! [`Ir::facts`] is the text form: a sorted list of statements without documentation. The dump beside
//! the generated code, the semantic hash and the semantic comparison are all made of it.

use std::collections::BTreeMap;
use std::fmt;

use sha2::{Digest, Sha256};

use crate::openapi::Api;

/// A name with its namespace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct QName {
    pub(crate) namespace: String,
    pub(crate) local: String,
}

/// One interface version: everything that its entry documents reach.
#[derive(Debug)]
pub struct Ir {
    /// Such as `personsok/2021.1`.
    pub interface: String,
    /// What users should know before they speak this version.
    pub(crate) note: String,
    pub(crate) operations: Vec<Operation>,
    /// The roots of a file format's documents.
    pub(crate) documents: Vec<QName>,
    pub(crate) namespaces: BTreeMap<String, Namespace>,
    /// What an OpenAPI file says, if that is what describes the interface.
    pub(crate) api: Option<Api>,
}

/// An operation of a SOAP 1.1 document/literal binding.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) docs: String,
    pub(crate) service: String,
    pub(crate) service_namespace: String,
    pub(crate) name: String,
    pub(crate) soap_action: String,
    pub(crate) request: QName,
    pub(crate) response: QName,
}

/// A target namespace, which one file declares.
#[derive(Debug)]
pub(crate) struct Namespace {
    pub(crate) file: String,
    pub(crate) docs: String,
    /// Whether the file was put together from descriptions, by the manifest.
    pub(crate) is_reconstructed: bool,
    pub(crate) elements: BTreeMap<String, Element>,
    pub(crate) types: BTreeMap<String, Type>,
    pub(crate) groups: BTreeMap<String, Group>,
}

/// A global element.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) docs: String,
    pub(crate) type_ref: TypeRef,
}

/// A named group of particles.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) docs: String,
    pub(crate) particle: Particle,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TypeRef {
    Builtin(Builtin),
    Named(QName),
    /// The type of a global element. None is left once all files are lowered.
    OfElement(QName),
}

/// The types of XML Schema itself that SPAR builds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Builtin {
    String,
    Int,
    Long,
    Integer,
    Date,
    DateTime,
}

/// A named type, or the anonymous one of a global element, which then carries the element's name.
#[derive(Debug)]
pub(crate) struct Type {
    pub(crate) docs: String,
    pub(crate) is_anonymous: bool,
    pub(crate) kind: TypeKind,
    pub(crate) place: (String, usize),
}

#[derive(Debug)]
pub(crate) enum TypeKind {
    Simple(Simple),
    /// Text with attributes.
    SimpleContent {
        base: TypeRef,
        attributes: Vec<Attribute>,
    },
    /// Elements.
    Complex(Particle),
}

#[derive(Debug)]
pub(crate) struct Simple {
    pub(crate) base: TypeRef,
    pub(crate) facets: Facets,
}

#[derive(Debug, Default)]
pub(crate) struct Facets {
    /// Alternatives, as the schema writes them.
    pub(crate) patterns: Vec<String>,
    pub(crate) min_length: Option<usize>,
    pub(crate) max_length: Option<usize>,
    pub(crate) min_inclusive: Option<i64>,
    pub(crate) max_inclusive: Option<i64>,
    pub(crate) enumeration: Vec<EnumValue>,
}

#[derive(Debug)]
pub(crate) struct EnumValue {
    pub(crate) value: String,
    pub(crate) docs: String,
}

/// An optional attribute without namespace.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) docs: String,
    pub(crate) type_ref: TypeRef,
}

#[derive(Clone, Debug)]
pub(crate) struct Particle {
    /// The particle's own documentation, else that of the element it refers to.
    pub(crate) docs: String,
    pub(crate) occurs: Occurs,
    pub(crate) kind: ParticleKind,
    pub(crate) line: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Occurs {
    pub(crate) min: usize,
    /// `None` is unbounded.
    pub(crate) max: Option<usize>,
}

#[derive(Clone, Debug)]
pub(crate) enum ParticleKind {
    Element {
        name: QName,
        type_ref: TypeRef,
    },
    /// A named group of this or another namespace.
    Group(QName),
    Sequence(Vec<Particle>),
    Choice(Vec<Particle>),
}

impl QName {
    pub(crate) fn new(namespace: &str, local: &str) -> Self {
        Self { namespace: namespace.to_owned(), local: local.to_owned() }
    }
}

impl fmt::Display for QName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}{}", self.namespace, self.local)
    }
}

impl Occurs {
    pub(crate) const ONCE: Self = Self { min: 1, max: Some(1) };

    pub(crate) fn is_list(self) -> bool {
        self.max != Some(1)
    }
}

impl fmt::Display for Occurs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.max {
            Some(max) => write!(f, "{}..{max}", self.min),
            None => write!(f, "{}..unbounded", self.min),
        }
    }
}

impl Builtin {
    const ALL: [Self; 6] =
        [Self::String, Self::Int, Self::Long, Self::Integer, Self::Date, Self::DateTime];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Int => "int",
            Self::Long => "long",
            Self::Integer => "integer",
            Self::Date => "date",
            Self::DateTime => "dateTime",
        }
    }

    pub(crate) fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|builtin| builtin.name() == name)
    }
}

impl fmt::Display for TypeRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Builtin(builtin) => write!(f, "xs:{}", builtin.name()),
            Self::Named(name) | Self::OfElement(name) => name.fmt(f),
        }
    }
}

impl Ir {
    /// An interface that an OpenAPI file describes.
    pub(crate) fn of_api(api: Api) -> Self {
        Self {
            interface: api.interface.clone(),
            note: String::new(),
            operations: Vec::new(),
            documents: Vec::new(),
            namespaces: BTreeMap::new(),
            api: Some(api),
        }
    }

    pub(crate) fn type_of(&self, name: &QName) -> Option<&Type> {
        self.namespaces.get(&name.namespace)?.types.get(&name.local)
    }

    pub(crate) fn group(&self, name: &QName) -> Option<&Group> {
        self.namespaces.get(&name.namespace)?.groups.get(&name.local)
    }

    /// Everything that the schemas state, one fact per line: what it is about and what is stated.
    #[must_use]
    pub fn facts(&self) -> BTreeMap<String, String> {
        let mut facts = Facts::default();
        for operation in &self.operations {
            let about = format!("operation {}", operation.name);
            facts.add(&about, "service", &operation.service);
            facts.add(&about, "service namespace", &operation.service_namespace);
            facts.add(&about, "SOAPAction", &operation.soap_action);
            facts.add(&about, "request", &operation.request);
            facts.add(&about, "response", &operation.response);
        }
        for (uri, namespace) in &self.namespaces {
            facts.namespace(uri, namespace);
        }
        if let Some(api) = &self.api {
            facts.0.extend(api.facts());
        }
        facts.0
    }

    /// [`Ir::facts`] as text, for review beside the generated code.
    #[must_use]
    pub fn dump(&self) -> String {
        text(&self.facts())
    }

    /// SHA-256 of what one file states, whatever its wording.
    #[must_use]
    pub fn semantic_sha256(&self, file: &str) -> Option<String> {
        let mut facts = Facts::default();
        let declared = self.namespaces.iter().filter(|(_, namespace)| namespace.file == file);
        for (uri, namespace) in declared {
            facts.namespace(uri, namespace);
        }
        if let Some(api) = self.api.as_ref().filter(|api| api.file == file) {
            facts.0.extend(api.facts());
        }
        if facts.0.is_empty() {
            return None;
        }
        Some(sha256(text(&facts.0)))
    }

    /// SHA-256 of the operations, which the entry document states.
    #[must_use]
    pub fn operations_sha256(&self) -> String {
        let mut facts = self.facts();
        facts.retain(|about, _| about.starts_with("operation "));
        sha256(text(&facts))
    }
}

/// The elements with a type of their own in these files: the roots of documents.
pub(crate) fn documents(namespaces: &BTreeMap<String, Namespace>, files: &[String]) -> Vec<QName> {
    let mut found = Vec::new();
    for (uri, namespace) in namespaces.iter().filter(|(_, of)| files.contains(&of.file)) {
        let is_root = |name: &&String| namespace.types.get(*name).is_some_and(|t| t.is_anonymous);
        let roots = namespace.elements.keys().filter(is_root);
        found.extend(roots.map(|name| QName::new(uri, name)));
    }
    found
}

/// Facts, one per line.
fn text(facts: &BTreeMap<String, String>) -> String {
    facts.iter().map(|(about, what)| format!("{about} = {what}\n")).collect()
}

/// SHA-256 in lower-case hexadecimal digits.
#[must_use]
pub fn sha256(bytes: impl AsRef<[u8]>) -> String {
    Sha256::digest(bytes.as_ref()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Default)]
struct Facts(BTreeMap<String, String>);

impl Facts {
    fn add(&mut self, about: &str, aspect: &str, what: impl fmt::Display) {
        self.0.insert(format!("{about} {aspect}"), what.to_string());
    }

    fn namespace(&mut self, uri: &str, namespace: &Namespace) {
        for (name, element) in &namespace.elements {
            self.add(&format!("{{{uri}}} element {name}"), "type", &element.type_ref);
        }
        for (name, group) in &namespace.groups {
            self.particle(&format!("{{{uri}}} group {name}"), "content", &group.particle);
        }
        for (name, type_) in &namespace.types {
            let about = format!("{{{uri}}} type {name}");
            match &type_.kind {
                TypeKind::Simple(simple) => self.simple(&about, simple),
                TypeKind::SimpleContent { base, attributes } => {
                    self.add(&about, "text", base);
                    for attribute in attributes {
                        let aspect = format!("attribute {}", attribute.name);
                        self.add(&about, &aspect, &attribute.type_ref);
                    }
                }
                TypeKind::Complex(particle) => self.particle(&about, "content", particle),
            }
        }
    }

    fn simple(&mut self, about: &str, simple: &Simple) {
        let Facets { patterns, min_length, max_length, min_inclusive, max_inclusive, enumeration } =
            &simple.facets;
        self.add(about, "base", &simple.base);
        for (index, pattern) in patterns.iter().enumerate() {
            self.add(about, &format!("pattern {}", index + 1), pattern);
        }
        let mut bound = |aspect, value: Option<i128>| {
            if let Some(value) = value {
                self.add(about, aspect, value);
            }
        };
        bound("minLength", min_length.map(|n| n as i128));
        bound("maxLength", max_length.map(|n| n as i128));
        bound("minInclusive", min_inclusive.map(i128::from));
        bound("maxInclusive", max_inclusive.map(i128::from));
        for (index, value) in enumeration.iter().enumerate() {
            self.add(about, &format!("value {:02}", index + 1), &value.value);
        }
    }

    /// A particle at a path such as `content/03/choice/1`.
    fn particle(&mut self, about: &str, path: &str, particle: &Particle) {
        let occurs = particle.occurs;
        match &particle.kind {
            ParticleKind::Element { name, type_ref } => {
                self.add(about, path, format_args!("element {name} {occurs} of {type_ref}"));
            }
            ParticleKind::Group(name) => {
                self.add(about, path, format_args!("group {name} {occurs}"));
            }
            ParticleKind::Sequence(members) => {
                self.members(about, path, "sequence", occurs, members)
            }
            ParticleKind::Choice(members) => self.members(about, path, "choice", occurs, members),
        }
    }

    fn members(
        &mut self,
        about: &str,
        path: &str,
        kind: &str,
        occurs: Occurs,
        members: &[Particle],
    ) {
        self.add(about, path, format_args!("{kind} {occurs}"));
        for (index, member) in members.iter().enumerate() {
            self.particle(about, &format!("{path}/{:02}", index + 1), member);
        }
    }
}
