//! A document that passed the guard, laid out for reading in any order.
//!
//! The guard writes one [`Node`] per element into a flat list; an [`Element`] is a place in that
//! list. What is here has balanced tags, resolved namespaces and bounded size, so the readers
//! generated from the schemas deal with the schema alone.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::error::Error;
use crate::generated::ELEMENT_NAMES;
use crate::xml::guard;
use crate::xml::limits::Limits;
use crate::xml::name::{Name, SPAR_NAMESPACE_STEM, XSI};
use crate::xml::scope::Namespaces;

/// A well-formed XML document within the [`Limits`].
pub struct Document<'x> {
    pub(super) source: &'x str,
    pub(super) nodes: Vec<Node>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) namespaces: Arc<Namespaces>,
    pub(super) unescaped: String,
    pub(super) origin: Origin<'x>,
    /// See [`Document::numbers`].
    pub(super) numbers: OnceLock<Vec<u32>>,
}

/// An element of a [`Document`].
#[derive(Clone, Copy)]
pub struct Element<'d> {
    document: &'d Document<'d>,
    index: usize,
}

/// Where the root element stands, if what is laid out is a piece of a larger document.
#[derive(Clone, Copy, Default)]
pub(super) struct Origin<'x> {
    /// Offset in bytes of the source.
    pub(super) offset: usize,
    /// Path of the element around it.
    pub(super) path: &'x str,
    /// Number among the siblings of its name, 0 if it is not counted.
    pub(super) number: u64,
    /// The names that may be shown in a path, in order.
    pub(super) known_names: &'static [&'static str],
}

/// An element in the flat list. Offsets count bytes of the source.
pub(super) struct Node {
    pub(super) parent: u32,
    /// Index behind the last descendant.
    pub(super) end: u32,
    pub(super) start_offset: u32,
    pub(super) end_offset: u32,
    pub(super) name: Span,
    pub(super) namespace: u16,
    /// Number of the tag, [`NO_TAG`] if it has none. Elements of the same number have the same name.
    pub(super) tag: u16,
    pub(super) attribute_count: u16,
    pub(super) first_attribute: u32,
    pub(super) text: Text,
}

pub(super) struct Attribute {
    pub(super) name: Span,
    pub(super) namespace: u16,
    pub(super) value: Text,
}

#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// Where the text of an element or attribute stands.
#[derive(Clone, Copy)]
pub(super) enum Text {
    None,
    /// As it stands in the source: one piece, nothing escaped.
    Source(Span),
    /// Put together in [`Document::unescaped`].
    Unescaped(Span),
}

/// Number of tags that were not counted.
pub(super) const NO_TAG: u16 = u16::MAX;

/// Parent of the root element.
pub(super) const NO_PARENT: u32 = u32::MAX;

impl<'x> Document<'x> {
    /// Checks the bytes and lays them out.
    ///
    /// # Errors
    ///
    /// Everything that [`ErrorKind`](crate::ErrorKind) names, but for `UnexpectedRoot` and `Schema`.
    pub fn parse(bytes: &'x [u8], limits: &Limits) -> Result<Self, Error> {
        Self::parse_naming(bytes, limits, ELEMENT_NAMES)
    }

    /// As [`parse`](Self::parse), for documents of other schemas than SPAR's, which have these names of
    /// elements, in order.
    pub(crate) fn parse_naming(
        bytes: &'x [u8],
        limits: &Limits,
        known_names: &'static [&'static str],
    ) -> Result<Self, Error> {
        guard::parse(bytes, limits, known_names)
    }

    /// The root element.
    #[must_use]
    pub fn root(&self) -> Element<'_> {
        Element { document: self, index: 0 }
    }

    fn span(&self, span: Span) -> &str {
        &self.source[span.start as usize..span.end as usize]
    }

    /// For each element its number among the siblings of its name, 0 if it has none.
    ///
    /// Counted once, when the first path is asked for: counting for each path would take a document
    /// with many siblings and many deviations quadratic time.
    fn numbers(&self) -> &[u32] {
        self.numbers.get_or_init(|| {
            let mut numbers = vec![0; self.nodes.len()];
            // Of each name in an element the first element and how many there are.
            type Names<'d> = Vec<(&'d str, usize, u32)>;
            let mut open: Vec<(u32, Names<'_>)> = Vec::new();
            for (index, node) in self.nodes.iter().enumerate() {
                while open.pop_if(|(end, _)| *end as usize <= index).is_some() {}
                let name = presentable(self.span(node.name), self.origin.known_names);
                if let Some((_, names)) = open.last_mut().filter(|_| name != UNKNOWN_NAME) {
                    match names.iter_mut().find(|(known, ..)| *known == name) {
                        Some((_, first, count)) => {
                            *count += 1;
                            numbers[*first] = 1;
                            numbers[index] = *count;
                        }
                        None => names.push((name, index, 1)),
                    }
                }
                open.push((node.end, Vec::new()));
            }
            numbers
        })
    }

    pub(super) fn text(&self, text: Text) -> &str {
        match text {
            Text::None => "",
            Text::Source(span) => self.span(span),
            Text::Unescaped(span) => &self.unescaped[span.start as usize..span.end as usize],
        }
    }
}

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").field("elements", &self.nodes.len()).finish_non_exhaustive()
    }
}

impl<'d> Element<'d> {
    fn node(self) -> &'d Node {
        &self.document.nodes[self.index]
    }

    /// The name without prefix.
    #[must_use]
    pub fn local_name(self) -> &'d str {
        self.document.span(self.node().name)
    }

    /// The namespace URI, empty for none.
    #[must_use]
    pub fn namespace(self) -> &'d str {
        self.document.namespaces.uri(self.node().namespace)
    }

    /// Whether the element has exactly this name.
    #[must_use]
    pub fn is(self, name: Name) -> bool {
        self.has_local_name(name) && self.namespace() == name.namespace
    }

    /// Whether the element has this name in this or another namespace of SPAR.
    #[must_use]
    pub fn is_like(self, name: Name) -> bool {
        self.has_local_name(name)
            && (self.namespace() == name.namespace || self.is_in_spar_namespace())
    }

    /// Whether the element stands in a namespace of SPAR.
    #[must_use]
    pub fn is_in_spar_namespace(self) -> bool {
        self.namespace().starts_with(SPAR_NAMESPACE_STEM)
    }

    /// The elements in this one, in document order.
    pub fn children(self) -> impl Iterator<Item = Element<'d>> {
        let end = self.node().end as usize;
        let mut next = self.index + 1;
        std::iter::from_fn(move || {
            let child = Self { index: next, ..self };
            (next < end).then(|| {
                next = child.node().end as usize;
                child
            })
        })
    }

    /// The text of an element that holds no elements.
    #[must_use]
    pub fn text(self) -> &'d str {
        self.document.text(self.node().text)
    }

    /// The value of an attribute without namespace.
    #[must_use]
    pub fn attribute(self, name: &str) -> Option<&'d str> {
        self.attributes()
            .find(|attribute| attribute.0.is_empty() && attribute.1 == name)
            .map(|a| a.2)
    }

    /// The value of an attribute in a namespace.
    #[must_use]
    pub fn attribute_in(self, namespace: &str, name: &str) -> Option<&'d str> {
        self.attributes()
            .find(|attribute| (attribute.0, attribute.1) == (namespace, name))
            .map(|a| a.2)
    }

    /// Offset in bytes of the start tag.
    #[must_use]
    pub fn offset(self) -> usize {
        self.document.origin.offset + self.node().start_offset as usize
    }

    /// The bytes of the element, from its start tag to its end tag.
    #[must_use]
    pub fn source(self) -> &'d str {
        let node = self.node();
        &self.document.source[node.start_offset as usize..node.end_offset as usize]
    }

    /// Where the element stands, such as `SPARPersonsokningSvar/PersonsokningSvarspost[3]`.
    ///
    /// An element that has siblings of its name carries its number. Names that the schemas do not
    /// know are written as `*`: what a stranger put into a document does not reach a message.
    #[must_use]
    pub fn path(self) -> String {
        let mut steps = Vec::new();
        let mut place = Some(self);
        while let Some(element) = place {
            let name = presentable(element.local_name(), self.document.origin.known_names);
            let number = match element.index {
                0 => self.document.origin.number,
                index => u64::from(self.document.numbers()[index]),
            };
            steps.push(match number {
                0 => Cow::Borrowed(name),
                number => Cow::Owned(format!("{name}[{number}]")),
            });
            place = element.parent();
        }
        if !self.document.origin.path.is_empty() {
            steps.push(Cow::Borrowed(self.document.origin.path));
        }
        steps.reverse();
        steps.join("/")
    }

    pub(crate) fn first_child(self) -> Option<Self> {
        let index = self.index + 1;
        (index < self.node().end as usize).then_some(Self { index, ..self })
    }

    /// A number that only elements of this name have in the document. Not every element has one.
    pub(crate) fn tag(self) -> Option<usize> {
        let tag = self.node().tag;
        (tag != NO_TAG).then_some(usize::from(tag))
    }

    /// As its document counts elements.
    pub(crate) fn index(self) -> usize {
        self.index
    }

    /// The element of the same document that has this index.
    pub(crate) fn at(self, index: usize) -> Self {
        Self { index, ..self }
    }

    /// Whether the name without prefix is this one. Most names differ in length already.
    fn has_local_name(self, name: Name) -> bool {
        let Span { start, end } = self.node().name;
        (end - start) as usize == name.local.len()
            && self.document.source.as_bytes()[start as usize..end as usize]
                == *name.local.as_bytes()
    }

    fn parent(self) -> Option<Self> {
        let parent = self.node().parent;
        (parent != NO_PARENT).then_some(Self { index: parent as usize, ..self })
    }

    /// Whether text other than white space stands in the element.
    pub(crate) fn has_text(self) -> bool {
        !self.text().bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
    }

    /// Namespace, local name and value of the attributes, without namespace declarations.
    pub(crate) fn attributes(self) -> impl Iterator<Item = (&'d str, &'d str, &'d str)> {
        let node = self.node();
        let first = node.first_attribute as usize;
        let document = self.document;
        document.attributes[first..first + usize::from(node.attribute_count)].iter().map(
            move |attribute| {
                (
                    document.namespaces.uri(attribute.namespace),
                    document.span(attribute.name),
                    document.text(attribute.value),
                )
            },
        )
    }

    pub(crate) fn has_attributes(self) -> bool {
        self.node().attribute_count > 0
    }

    /// Whether `xsi:nil` says that the element is absent.
    pub(crate) fn is_nil(self) -> bool {
        self.has_attributes()
            && self.attributes().any(|(namespace, name, value)| {
                namespace == XSI && name == "nil" && matches!(value.trim(), "true" | "1")
            })
    }
}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Element").field("path", &self.path()).finish_non_exhaustive()
    }
}

/// What stands in a path for a name that is not to be shown.
const UNKNOWN_NAME: &str = "*";

/// The name if it is one of the schemas' or of SOAP's, otherwise `*`.
pub(super) fn presentable<'n>(local_name: &'n str, known_names: &[&str]) -> &'n str {
    const SOAP: [&str; 4] = ["Body", "Envelope", "Fault", "Header"];
    let known = known_names.binary_search(&local_name).is_ok() || SOAP.contains(&local_name);
    if known { local_name } else { UNKNOWN_NAME }
}

/// Text with leading, trailing and repeated white space removed, as XSD collapses it.
pub(crate) fn collapse(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte > b' ') {
        return Cow::Borrowed(text);
    }
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    let trimmed = text.trim_matches(is_space);
    if trimmed.contains(['\t', '\r', '\n']) || trimmed.contains("  ") {
        Cow::Owned(
            trimmed.split(is_space).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "),
        )
    } else {
        Cow::Borrowed(trimmed)
    }
}
