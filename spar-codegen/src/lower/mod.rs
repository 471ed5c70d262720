//! From parsed schemas to the IR.
//!
//! xsd-parser judges the syntax; what a construct says is read from the tree that knows the lines. What
//! lowering passes over stays an untaken node, which is an error.

mod parse;
mod particles;
mod resolve;
mod simple;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::ir::{Builtin, Element, Group, Namespace, Owner, Place, QName, Type, TypeKind, TypeRef};
use crate::source::{Node, Source, XS};

pub(crate) use resolve::joined;

/// The namespaces that the files declare, with every reference resolved.
pub(crate) fn lower(sources: &[Source]) -> Result<BTreeMap<String, Namespace>> {
    let mut namespaces = BTreeMap::new();
    let named = sources.iter().flat_map(named_types).collect();
    for source in sources {
        parse::check(source)?;
        let namespace = namespaces.entry(source.target.clone()).or_default();
        File::new(source, &named, namespace).lower()?;
    }
    resolve::resolve(&mut namespaces)?;
    Ok(namespaces)
}

/// The documentation of a construct, marked as understood. Lines are kept, their indentation is not.
///
/// What `appinfo` holds is for other programs, in whatever markup.
pub(crate) fn documentation(node: &Node) -> String {
    let direct = node.children.iter().filter(|child| child.name.local == "documentation");
    let annotated = node
        .children
        .iter()
        .filter(|child| child.is_xs("annotation"))
        .flat_map(|annotation| &annotation.children)
        .filter(|child| child.is_xs("documentation"));
    let texts: Vec<_> = direct.chain(annotated).map(|doc| dedent(&doc.text)).collect();
    node.children
        .iter()
        .filter(|child| matches!(&*child.name.local, "documentation" | "annotation"))
        .for_each(Node::take_all);
    texts.join("\n\n")
}

fn dedent(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    lines.join("\n").trim().to_owned()
}

/// The types that a file gives a name.
fn named_types(source: &Source) -> impl Iterator<Item = QName> {
    let is_type = |node: &&Node| node.is_xs("simpleType") || node.is_xs("complexType");
    source
        .root
        .children
        .iter()
        .filter(is_type)
        .filter_map(|node| node.attribute("name").map(|local| QName::new(&source.target, local)))
}

/// A schema file on its way into a namespace.
struct File<'s> {
    path: Arc<str>,
    root: &'s Node,
    target: &'s str,
    is_qualified: bool,
    /// Whether the file has its namespace from the one that includes it.
    is_chameleon: bool,
    named: &'s BTreeSet<QName>,
    namespace: &'s mut Namespace,
}

impl<'s> File<'s> {
    fn new(source: &'s Source, named: &'s BTreeSet<QName>, namespace: &'s mut Namespace) -> Self {
        Self {
            path: source.path.as_str().into(),
            root: &source.root,
            target: &source.target,
            is_qualified: false,
            is_chameleon: false,
            named,
            namespace,
        }
    }

    fn lower(mut self) -> Result<()> {
        let root = self.root.take();
        self.namespace.files.push(self.path.to_string());
        self.is_chameleon = root.attribute("targetNamespace").is_none();
        // Taken per document: what includes this file may say otherwise.
        self.is_qualified = self.is_qualified_form(root, "elementFormDefault")?.unwrap_or(false);
        if self.is_qualified_form(root, "attributeFormDefault")? == Some(true) {
            return self.refuse(root, "attributeFormDefault=\"qualified\"", "say `unqualified`");
        }
        root.take_attributes(&["version", "id", "blockDefault", "finalDefault"]);
        let docs = root.children.iter().find(|child| child.is_xs("annotation"));
        if let Some(docs) = docs.map(annotation_text).filter(|docs| !docs.is_empty()) {
            let all = &mut self.namespace.docs;
            let gap = if all.is_empty() { "" } else { "\n\n" };
            all.push_str(&format!("{gap}{docs}"));
        }
        for node in &root.children {
            match node.xs_name() {
                // A schema-level annotation belongs to no declaration, wherever it stands.
                "annotation" => node.take_all(),
                "include" | "import" => {
                    documentation(node.take());
                    node.take_attributes(&["id", "namespace", "schemaLocation"]);
                }
                "element" => self.global_element(node)?,
                "simpleType" => {
                    let name = self.required(node, "name")?;
                    let kind = TypeKind::Simple(self.simple_type(node, name)?);
                    self.add_type(name, documentation(node), kind, node, Owner::Itself)?;
                }
                "complexType" => {
                    let name = self.required(node, "name")?;
                    let kind = self.complex_type(node, name)?;
                    self.add_type(name, documentation(node), kind, node, Owner::Itself)?;
                }
                "group" => self.global_group(node)?,
                _ => return self.unsupported(node),
            }
        }
        Ok(())
    }

    fn global_element(&mut self, node: &'s Node) -> Result<()> {
        let name = self.required(node.take(), "name")?;
        let docs = documentation(node);
        let type_ref = match node.attribute("type") {
            Some(type_) => self.type_ref(type_, node)?,
            None => {
                let is_taken = self.named.contains(&QName::new(self.target, name));
                let key = if is_taken { format!("{name}/element") } else { name.to_owned() };
                self.anonymous_type(node, &key, &docs, Owner::Element(name.to_owned()))?
            }
        };
        let is_nillable = self.is_true(node, "nillable")?;
        self.element_attributes(node)?;
        let declared = Element { docs, type_ref, is_nillable, place: self.place(node) };
        match self.namespace.elements.insert(name.to_owned(), declared) {
            None => Ok(()),
            Some(_) => self.fail(node, format!("element `{name}` declared twice")),
        }
    }

    /// What any declaration of an element may say without changing a document that this crate reads.
    fn element_attributes(&self, node: &Node) -> Result<()> {
        node.take_attributes(&["id", "block", "final"]);
        if node.attribute("substitutionGroup").is_some() {
            let hint = "write the members as a choice where the group stands";
            return self.refuse(node, "a substitution group", hint);
        }
        if self.is_true(node, "abstract")? {
            let hint = "write the elements that may stand for it as a choice";
            return self.refuse(node, "an abstract element", hint);
        }
        for (attribute, hint) in [
            ("default", "let the program that reads the element put the value in"),
            ("fixed", "give the element a type with one value"),
        ] {
            if node.attribute(attribute).is_some() {
                let what = format!("attribute `{attribute}` of <element>");
                return self.refuse(node, &what, hint);
            }
        }
        Ok(())
    }

    /// The type inside a declaration.
    fn anonymous_type(
        &mut self,
        node: &'s Node,
        key: &str,
        docs: &str,
        owner: Owner,
    ) -> Result<TypeRef> {
        let mut found = None;
        for child in &node.children {
            let kind = match child.xs_name() {
                "annotation" => continue,
                "simpleType" => TypeKind::Simple(self.simple_type(child, key)?),
                "complexType" => self.complex_type(child, key)?,
                "key" | "keyref" | "unique" => {
                    let what = format!("the constraint <{}>", child.name.local);
                    return self.refuse(child, &what, "check it where the record is used");
                }
                _ => return self.unsupported(child),
            };
            let inner = documentation(child);
            let docs = if inner.is_empty() { docs.to_owned() } else { inner };
            self.add_type(key, docs, kind, child, owner.clone())?;
            found = Some(TypeRef::Named(QName::new(self.target, key)));
        }
        found.map_or_else(
            || {
                let name = &node.name.local;
                let hint = "name one with `type`, or write it inside";
                self.refuse(node, &format!("<{name}> without a type (xs:anyType)"), hint)
            },
            Ok,
        )
    }

    fn add_type(
        &mut self,
        key: &str,
        docs: String,
        kind: TypeKind,
        node: &Node,
        owner: Owner,
    ) -> Result<()> {
        let is_abstract = self.is_true(node, "abstract")?;
        node.take_attributes(&["id", "block", "final"]);
        let type_ = Type { docs, owner, is_abstract, kind, place: self.place(node) };
        match self.namespace.types.insert(key.to_owned(), type_) {
            None => Ok(()),
            Some(_) => self.fail(node, format!("type `{key}` declared twice")),
        }
    }

    fn global_group(&mut self, node: &'s Node) -> Result<()> {
        let name = self.required(node.take(), "name")?;
        node.attribute("id");
        let docs = documentation(node);
        let mut particle = None;
        for child in node.children.iter().filter(|child| !child.is_xs("annotation")) {
            particle = Some(self.particle(child, name)?);
        }
        let Some(particle) = particle else {
            return self.fail(node, format!("group `{name}` is empty"));
        };
        match self.namespace.groups.insert(name.to_owned(), Group { docs, particle }) {
            None => Ok(()),
            Some(_) => self.fail(node, format!("group `{name}` declared twice")),
        }
    }

    fn type_ref(&self, name: &str, node: &Node) -> Result<TypeRef> {
        let name = self.name(name, node)?;
        if name.namespace != XS {
            return Ok(TypeRef::Named(name));
        }
        Builtin::find(&name.local).map(TypeRef::Builtin).ok_or_else(|| {
            let message = format!("type `xs:{}` is not supported by the generator", name.local);
            let known: Vec<_> = Builtin::ALL.iter().map(|builtin| builtin.name()).collect();
            self.error(node, message).hint(&format!("supported are xs:{}", known.join(", xs:")))
        })
    }

    /// The name that a prefixed value stands for. Without prefix, in a file that has its namespace from
    /// another, it is a name of that one.
    fn name(&self, value: &str, node: &Node) -> Result<QName> {
        let name = node.resolve(&self.path, value.trim())?;
        match (name.namespace.is_empty(), self.is_chameleon) {
            (false, _) => Ok(name),
            (true, true) => Ok(QName::new(self.target, &name.local)),
            (true, false) => self.fail(node, format!("`{value}` is in no namespace")),
        }
    }

    fn required<'n>(&self, node: &'n Node, name: &str) -> Result<&'n str> {
        node.required_attribute(&self.path, name)
    }

    fn is_true(&self, node: &Node, attribute: &str) -> Result<bool> {
        match node.attribute(attribute).map(str::trim) {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(_) => self.fail(node, format!("`{attribute}` is neither true nor false")),
        }
    }

    fn is_qualified_form(&self, node: &Node, attribute: &str) -> Result<Option<bool>> {
        match node.attribute(attribute).map(str::trim) {
            None => Ok(None),
            Some("qualified") => Ok(Some(true)),
            Some("unqualified") => Ok(Some(false)),
            Some(_) => self.fail(node, format!("`{attribute}` is no form")),
        }
    }

    fn place(&self, node: &Node) -> Place {
        Place { file: Arc::clone(&self.path), line: node.line }
    }

    fn error(&self, node: &Node, message: impl Into<String>) -> Error {
        Error::at(&self.path, node.line, message)
    }

    fn fail<T>(&self, node: &Node, message: impl Into<String>) -> Result<T> {
        Err(self.error(node, message))
    }

    fn refuse<T>(&self, node: &Node, what: &str, hint: &str) -> Result<T> {
        Err(self.error(node, format!("{what} is not supported by the generator")).hint(hint))
    }

    fn unsupported<T>(&self, node: &Node) -> Result<T> {
        let name = &node.name.local;
        let what = format!("<{name}>");
        let hint = match name.as_str() {
            "redefine" | "override" => {
                "include the file that is redefined in a form that says what is meant"
            }
            "attributeGroup" => "write its attributes where it is used",
            "attribute" => "declare the attribute where it is used",
            "notation" => "take it out: no document depends on it",
            "restriction" => "write the restricted type as a type of its own",
            _ => "say it with what is supported, see spar-codegen/README.md",
        };
        Err(self.error(node, format!("{what} is not supported by the generator here")).hint(hint))
    }
}

fn annotation_text(node: &Node) -> String {
    let texts = node.children.iter().filter(|child| child.is_xs("documentation"));
    texts.map(|doc| dedent(&doc.text)).collect::<Vec<_>>().join("\n\n")
}
