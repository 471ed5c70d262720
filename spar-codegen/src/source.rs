//! Schema files as trees that know their lines, and what of them was understood.
//!
//! xsd-parser keeps no positions and drops some constructs silently. These trees are read apart from
//! it. The steps that follow mark every element and attribute that they take into account;
//! [`Source::check_coverage`] turns what is left over into an error.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::error::{Error, Result};
use crate::ir::QName;

/// The namespace of XML Schema.
pub(crate) const XS: &str = "http://www.w3.org/2001/XMLSchema";

/// A schema file or WSDL.
#[derive(Debug)]
pub(crate) struct Source {
    /// Path below the schema folder, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) root: Node,
    /// The namespace that the file declares: its own or, if it names none, that of the file which
    /// includes it. Empty for a WSDL.
    pub(crate) target: String,
}

/// An element of a file.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) name: QName,
    pub(crate) line: usize,
    pub(crate) children: Vec<Self>,
    /// All text in the element, its descendants' included.
    pub(crate) text: String,
    attributes: BTreeMap<String, String>,
    bindings: Rc<BTreeMap<String, String>>,
    is_taken: Cell<bool>,
    taken_attributes: RefCell<BTreeSet<String>>,
}

impl Source {
    pub(crate) fn parse(path: &str, text: String) -> Result<Self> {
        let root = parse(path, &text)?;
        let target = root.attribute("targetNamespace").unwrap_or_default().to_owned();
        Ok(Self { path: path.to_owned(), text, root, target })
    }

    /// Every element and attribute that no step took into account is an error.
    pub(crate) fn check_coverage(&self) -> Result<()> {
        check_coverage(&self.path, &self.root)
    }
}

impl Node {
    /// Marks the element as understood.
    pub(crate) fn take(&self) -> &Self {
        self.is_taken.set(true);
        self
    }

    /// Marks the element and everything in it as understood.
    pub(crate) fn take_all(&self) {
        self.take();
        self.taken_attributes.borrow_mut().extend(self.attributes.keys().cloned());
        self.children.iter().for_each(Self::take_all);
    }

    /// The value of an attribute without namespace, marked as understood.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let value = self.attributes.get(name)?;
        self.taken_attributes.borrow_mut().insert(name.to_owned());
        Some(value)
    }

    /// Marks attributes as understood that say nothing about documents.
    pub(crate) fn take_attributes(&self, names: &[&str]) {
        for name in names {
            self.attribute(name);
        }
    }

    pub(crate) fn required_attribute(&self, file: &str, name: &str) -> Result<&str> {
        let missing =
            || Error::at(file, self.line, format!("<{}> lacks `{name}`", self.name.local));
        self.attribute(name).ok_or_else(missing)
    }

    /// The name that a prefixed value stands for.
    pub(crate) fn resolve(&self, file: &str, value: &str) -> Result<QName> {
        let (prefix, local) = value.split_once(':').unwrap_or(("", value));
        match self.bindings.get(prefix) {
            Some(namespace) => Ok(QName::new(namespace, local)),
            None if prefix.is_empty() => Ok(QName::new("", local)),
            None => Err(Error::at(file, self.line, format!("undeclared prefix `{prefix}`"))),
        }
    }

    /// The children of this name.
    pub(crate) fn all<'n>(
        &'n self,
        namespace: &str,
        local: &str,
    ) -> impl Iterator<Item = &'n Self> {
        let name = QName::new(namespace, local);
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The only child of this name.
    pub(crate) fn only(&self, file: &str, namespace: &str, local: &str) -> Result<&Self> {
        let mut found = self.all(namespace, local);
        match (found.next(), found.next()) {
            (Some(child), None) => Ok(child.take()),
            (None, _) => {
                Err(Error::at(file, self.line, format!("<{}> holds no <{local}>", self.name.local)))
            }
            (Some(_), Some(second)) => {
                Err(Error::at(file, second.line, format!("more than one <{local}>")))
            }
        }
    }

    pub(crate) fn is_xs(&self, local: &str) -> bool {
        self.xs_name() == local
    }

    /// The name without prefix if it is one of XML Schema's, or nothing.
    pub(crate) fn xs_name(&self) -> &str {
        if self.name.namespace == XS { &self.name.local } else { "" }
    }
}

fn check_coverage(path: &str, node: &Node) -> Result<()> {
    let refuse = |what: String| {
        let message =
            format!("{what} is not supported by the generator, and nothing is dropped silently");
        let hint = "say it with what is supported, see spar-codegen/README.md, or take it out";
        Err(Error::at(path, node.line, message).hint(hint))
    };
    let name = &node.name.local;
    if !node.is_taken.get() {
        return refuse(format!("<{name}>"));
    }
    let taken = node.taken_attributes.borrow();
    for attribute in node.attributes.keys().filter(|attribute| !taken.contains(*attribute)) {
        let is_note = node.name.namespace == XS
            && attribute.split_once(':').is_some_and(|(prefix, _)| node.is_note(prefix));
        if !is_note {
            return refuse(format!("attribute `{attribute}` of <{name}>"));
        }
    }
    node.children.iter().try_for_each(|child| check_coverage(path, child))
}

/// Namespaces whose attributes change what a schema means: they choose by version what is declared, or
/// make an array of what is declared.
const NO_NOTES: [&str; 2] =
    ["http://www.w3.org/2007/XMLSchema-versioning", "http://schemas.xmlsoap.org/wsdl/"];

impl Node {
    /// Whether attributes of the prefix are notes for other programs, as XML Schema has it.
    fn is_note(&self, prefix: &str) -> bool {
        let namespace = self.bindings.get(prefix).map(String::as_str);
        prefix == "xml" || namespace.is_some_and(|uri| uri != XS && !NO_NOTES.contains(&uri))
    }
}

fn parse(path: &str, text: &str) -> Result<Node> {
    let line_starts: Vec<usize> =
        std::iter::once(0).chain(text.match_indices('\n').map(|(index, _)| index + 1)).collect();
    let line_of = |offset: usize| line_starts.partition_point(|start| *start <= offset);
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut open: Vec<Node> = Vec::new();
    let mut root = None;
    loop {
        let line = line_of(reader.buffer_position() as usize);
        let event = reader.read_event().map_err(|error| {
            Error::at(path, line_of(reader.error_position() as usize), error.to_string())
        })?;
        let fail = |message: &str| Err(Error::at(path, line, message));
        match event {
            Event::Start(tag) => open.push(start(path, line, &tag, open.last())?),
            Event::End(_) => {
                let Some(node) = open.pop() else { return fail("end tag without start tag") };
                match open.last_mut() {
                    Some(parent) => {
                        parent.text.push_str(&node.text);
                        parent.children.push(node);
                    }
                    None => root = Some(node),
                }
            }
            Event::Text(text) => {
                if let Some(node) = open.last_mut() {
                    node.text.push_str(&text.into_inner());
                }
            }
            Event::GeneralRef(reference) => {
                let character = match &*reference {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "apos" => '\'',
                    _ => match reference.resolve_char_ref() {
                        Ok(Some(character)) => character,
                        _ => return fail("undefined entity"),
                    },
                };
                if let Some(node) = open.last_mut() {
                    node.text.push(character);
                }
            }
            Event::CData(data) => {
                if let Some(node) = open.last_mut() {
                    node.text.push_str(&data);
                }
            }
            Event::DocType(_) => return fail("a DOCTYPE is refused"),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Empty(_) => return fail("empty element"),
            Event::Eof => break,
        }
    }
    match (root, open.is_empty()) {
        (Some(root), true) => Ok(root),
        _ => Err(Error::at(path, line_of(text.len()), "file ends too early")),
    }
}

fn start(path: &str, line: usize, tag: &BytesStart<'_>, parent: Option<&Node>) -> Result<Node> {
    let fail = |message: String| Error::at(path, line, message);
    let mut bindings = parent.map(|parent| Rc::clone(&parent.bindings)).unwrap_or_default();
    let mut attributes = BTreeMap::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| fail(error.to_string()))?;
        let value = quick_xml::escape::unescape(&attribute.value)
            .map_err(|error| fail(error.to_string()))?
            .into_owned();
        let name = attribute.key.as_ref();
        match name.strip_prefix("xmlns") {
            Some("") => _ = Rc::make_mut(&mut bindings).insert(String::new(), value),
            Some(prefix) if prefix.starts_with(':') => {
                Rc::make_mut(&mut bindings).insert(prefix[1..].to_owned(), value);
            }
            // Attributes in a namespace (`xml:lang`) keep their prefix; none is supported.
            _ => _ = attributes.insert(name.to_owned(), value),
        }
    }
    let mut node = Node {
        name: QName::new("", ""),
        line,
        children: Vec::new(),
        text: String::new(),
        attributes,
        bindings,
        is_taken: Cell::new(false),
        taken_attributes: RefCell::default(),
    };
    node.name = node.resolve(path, tag.name().as_ref())?;
    Ok(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_took_is_an_error_with_file_line_and_construct() {
        // GEN-04.
        let source = Source::parse("a.xsd", "<s>\n  <a x='1'/>\n  <b/>\n</s>".to_owned()).unwrap();
        let refused = |source: &Source| source.check_coverage().unwrap_err().to_string();
        source.root.take();
        assert!(refused(&source).starts_with("a.xsd:2: <a> is not supported"));
        source.root.children[0].take();
        assert!(refused(&source).starts_with("a.xsd:2: attribute `x` of <a> is not supported"));
        assert_eq!(source.root.children[0].attribute("x"), Some("1"));
        assert!(refused(&source).starts_with("a.xsd:3: <b> is not supported"));
        source.root.children[1].take();
        assert!(source.check_coverage().is_ok());
    }
}
