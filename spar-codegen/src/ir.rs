//! What the schemas say, free of prefixes, file order and notation.
//!
//! [`Ir::facts`] is the text form: a sorted list of statements without documentation. The dump beside
//! the generated code, the semantic hash and the semantic comparison are all made of it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

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

/// A target namespace.
#[derive(Debug, Default)]
pub(crate) struct Namespace {
    /// The files that declare it, in the order of their paths.
    pub(crate) files: Vec<String>,
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
    pub(crate) is_nillable: bool,
    pub(crate) place: Place,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: Arc<str>,
    pub(crate) line: usize,
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

/// A type, by its name or, if it has none, by the place that it stands in.
///
/// The anonymous type of a global element carries the element's name, or, if a type has that already, the
/// name with `/element` behind. One further in has the names on the way: `PersonTYPE/Adress`.
#[derive(Debug)]
pub(crate) struct Type {
    pub(crate) docs: String,
    pub(crate) owner: Owner,
    pub(crate) is_abstract: bool,
    pub(crate) kind: TypeKind,
    pub(crate) place: Place,
}

/// What a type belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Nothing: it has a name.
    Itself,
    /// The global element of this name, as its only use.
    Element(String),
    /// An element, attribute or type within another declaration.
    Part,
}

#[derive(Debug)]
pub(crate) enum TypeKind {
    Simple(Simple),
    /// Text with attributes.
    SimpleContent {
        base: TypeRef,
        attributes: Attributes,
    },
    /// Elements, with attributes.
    Complex {
        /// The type whose content and attributes come first. None is left once all files are lowered.
        extends: Option<QName>,
        content: Option<Particle>,
        attributes: Attributes,
    },
}

#[derive(Debug)]
pub(crate) enum Simple {
    Restriction {
        base: TypeRef,
        facets: Facets,
    },
    /// Values of another type, with white space between them.
    List {
        item: TypeRef,
    },
    /// Values of any of these types.
    Union {
        members: Vec<TypeRef>,
    },
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Facets {
    /// Alternatives, as the schema writes them.
    pub(crate) patterns: Vec<String>,
    pub(crate) min_length: Option<usize>,
    pub(crate) max_length: Option<usize>,
    pub(crate) min_inclusive: Option<i64>,
    pub(crate) max_inclusive: Option<i64>,
    pub(crate) enumeration: Vec<EnumValue>,
}

#[derive(Clone, Debug)]
pub(crate) struct EnumValue {
    pub(crate) value: String,
    pub(crate) docs: String,
}

/// The attributes of a type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attributes {
    pub(crate) list: Vec<Attribute>,
    /// The namespaces of further attributes, see [`ParticleKind::Any`].
    pub(crate) any: Option<String>,
}

/// An attribute without namespace.
#[derive(Clone, Debug)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) docs: String,
    pub(crate) type_ref: TypeRef,
    pub(crate) is_required: bool,
    /// What an absent attribute means.
    pub(crate) default: Option<String>,
    /// The only value that the attribute may have.
    pub(crate) fixed: Option<String>,
    pub(crate) place: Place,
}

#[derive(Clone, Debug)]
pub(crate) struct Particle {
    /// The particle's own documentation, else that of the element it refers to.
    pub(crate) docs: String,
    pub(crate) occurs: Occurs,
    pub(crate) kind: ParticleKind,
    pub(crate) place: Place,
    /// The type or group that declares it: a type that extends another holds particles of that one.
    pub(crate) owner: Arc<QName>,
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
        is_nillable: bool,
    },
    /// Any element of these namespaces: `##any`, `##other` and the one that is not meant, or a list in
    /// which `##local` is none.
    Any(String),
    /// A named group of this or another namespace.
    Group(QName),
    Sequence(Vec<Particle>),
    Choice(Vec<Particle>),
    /// Elements in any order.
    All(Vec<Particle>),
}

impl Namespace {
    /// What to call the files: the only one, or the folder of them.
    pub(crate) fn label(&self) -> String {
        match &self.files[..] {
            [only] => only.clone(),
            files => {
                let folder = |file: &str| file.rfind('/').map_or(0, |slash| slash + 1);
                let first = files.first().map_or("", String::as_str);
                let shared = files.iter().fold(first, |shared, file| {
                    let same = shared.bytes().zip(file.bytes()).take_while(|(a, b)| a == b).count();
                    &shared[..folder(shared.get(..same).unwrap_or_default())]
                });
                format!("{shared}*.xsd")
            }
        }
    }
}

impl TypeKind {
    /// The content of a complex type.
    pub(crate) fn particle(&self) -> Option<&Particle> {
        match self {
            Self::Complex { content, .. } => content.as_ref(),
            _ => None,
        }
    }
}

impl Particle {
    /// The particles within.
    pub(crate) fn members(&self) -> &[Self] {
        match &self.kind {
            ParticleKind::Sequence(members)
            | ParticleKind::Choice(members)
            | ParticleKind::All(members) => members,
            ParticleKind::Element { .. } | ParticleKind::Group(_) | ParticleKind::Any(_) => &[],
        }
    }

    /// As [`members`](Self::members).
    pub(crate) fn members_mut(&mut self) -> &mut [Self] {
        match &mut self.kind {
            ParticleKind::Sequence(members)
            | ParticleKind::Choice(members)
            | ParticleKind::All(members) => members,
            ParticleKind::Element { .. } | ParticleKind::Group(_) | ParticleKind::Any(_) => &mut [],
        }
    }
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
    pub(crate) const ALL: [Self; 6] =
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
            facts.namespace(uri, namespace, |_| true);
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
        for (uri, namespace) in &self.namespaces {
            facts.namespace(uri, namespace, |place| &*place.file == file);
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
    for (uri, namespace) in namespaces {
        for type_ in namespace.types.values() {
            if let Owner::Element(name) = &type_.owner
                && files.iter().any(|file| **file == *type_.place.file)
            {
                found.push(QName::new(uri, name));
            }
        }
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

    /// What is declared at the places of interest.
    fn namespace(&mut self, uri: &str, namespace: &Namespace, is_meant: impl Fn(&Place) -> bool) {
        for (name, element) in namespace.elements.iter().filter(|(_, e)| is_meant(&e.place)) {
            let nillable = if element.is_nillable { ", nillable" } else { "" };
            let what = format_args!("{}{nillable}", element.type_ref);
            self.add(&format!("{{{uri}}} element {name}"), "type", what);
        }
        for (name, group) in namespace.groups.iter().filter(|(_, g)| is_meant(&g.particle.place)) {
            self.particle(&format!("{{{uri}}} group {name}"), "content", &group.particle);
        }
        for (name, type_) in namespace.types.iter().filter(|(_, t)| is_meant(&t.place)) {
            let about = format!("{{{uri}}} type {name}");
            if type_.is_abstract {
                self.add(&about, "abstract", "yes");
            }
            match &type_.kind {
                TypeKind::Simple(simple) => self.simple(&about, simple),
                TypeKind::SimpleContent { base, attributes } => {
                    self.add(&about, "text", base);
                    self.attributes(&about, attributes);
                }
                TypeKind::Complex { content, attributes, .. } => {
                    match content {
                        Some(particle) => self.particle(&about, "content", particle),
                        None => self.add(&about, "content", "nothing"),
                    }
                    self.attributes(&about, attributes);
                }
            }
        }
    }

    fn attributes(&mut self, about: &str, attributes: &Attributes) {
        for attribute in &attributes.list {
            let mut what = attribute.type_ref.to_string();
            if attribute.is_required {
                what.push_str(", required");
            }
            let values = [("default", &attribute.default), ("fixed", &attribute.fixed)];
            for (kind, value) in values {
                if let Some(value) = value {
                    what.push_str(&format!(", {kind} `{value}`"));
                }
            }
            self.add(about, &format!("attribute {}", attribute.name), what);
        }
        if let Some(namespaces) = &attributes.any {
            self.add(about, "attributes of", namespaces);
        }
    }

    fn simple(&mut self, about: &str, simple: &Simple) {
        let (base, facets) = match simple {
            Simple::Restriction { base, facets } => (base, facets),
            Simple::List { item } => return self.add(about, "list of", item),
            Simple::Union { members } => {
                for (index, member) in members.iter().enumerate() {
                    self.add(about, &format!("member {:02}", index + 1), member);
                }
                return;
            }
        };
        let Facets { patterns, min_length, max_length, min_inclusive, max_inclusive, enumeration } =
            facets;
        self.add(about, "base", base);
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
            ParticleKind::Element { name, type_ref, is_nillable } => {
                let nillable = if *is_nillable { ", nillable" } else { "" };
                let what = format_args!("element {name} {occurs} of {type_ref}{nillable}");
                self.add(about, path, what);
            }
            ParticleKind::Any(namespaces) => {
                self.add(about, path, format_args!("any {occurs} of {namespaces}"));
            }
            ParticleKind::Group(name) => {
                self.add(about, path, format_args!("group {name} {occurs}"));
            }
            ParticleKind::All(members) => self.members(about, path, "all", occurs, members),
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
