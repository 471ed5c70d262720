//! From parsed schemas to the IR.
//!
//! Each construct is read from xsd-parser's tree and, in step with it, looked up in the tree that
//! knows the lines. What xsd-parser lost shows as a mismatch, what lowering passes over as an
//! untaken node; both are errors.

mod parse;
mod particles;
mod resolve;
mod simple;
mod types;

use std::collections::BTreeMap;

use parse::{XsQName, xs};

use crate::error::{Error, Result};
use crate::ir::{Builtin, Element, Group, Namespace, QName, Type, TypeKind, TypeRef};
use crate::source::{Node, Source, XS};

/// The namespaces that the files declare, with every reference resolved.
pub(crate) fn lower(sources: &[Source]) -> Result<BTreeMap<String, Namespace>> {
    let mut namespaces = BTreeMap::new();
    for source in sources {
        let schema = parse::parse(source)?;
        let (uri, namespace) = File::new(source, &schema)?.lower(&schema)?;
        if namespaces.insert(uri.clone(), namespace).is_some() {
            let message = format!("namespace `{uri}` is declared by more than one file");
            return Err(Error::at(&source.path, source.root.line, message));
        }
    }
    resolve::resolve(&mut namespaces)?;
    Ok(namespaces)
}

/// The documentation of a construct, marked as understood. Lines are kept, their indentation is not.
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

/// A schema file on its way into a namespace.
struct File<'s> {
    path: &'s str,
    root: &'s Node,
    target: String,
    is_qualified: bool,
    namespace: Namespace,
}

impl<'s> File<'s> {
    fn new(source: &'s Source, schema: &xs::Schema) -> Result<Self> {
        let root = source.root.take();
        root.attribute("elementFormDefault");
        let target = root.required_attribute(&source.path, "targetNamespace")?.to_owned();
        let docs = root.children.iter().find(|child| child.is_xs("annotation"));
        Ok(Self {
            path: &source.path,
            root,
            target,
            // Taken per document: what includes this file may say otherwise.
            is_qualified: schema.element_form_default == xs::FormChoiceType::Qualified,
            namespace: Namespace {
                file: source.path.clone(),
                docs: docs.map(annotation_text).unwrap_or_default(),
                is_reconstructed: false,
                elements: BTreeMap::new(),
                types: BTreeMap::new(),
                groups: BTreeMap::new(),
            },
        })
    }

    fn lower(mut self, schema: &xs::Schema) -> Result<(String, Namespace)> {
        let root = self.root;
        for (content, node) in self.pairs(&schema.content, &root.children, root)? {
            match content {
                // A schema-level annotation belongs to no declaration, wherever it stands.
                xs::SchemaContent::Annotation(_) => node.take_all(),
                xs::SchemaContent::Include(_) | xs::SchemaContent::Import(_) => {
                    node.take().attribute("schemaLocation");
                    node.attribute("namespace");
                }
                xs::SchemaContent::Element(element) => self.global_element(element, node)?,
                xs::SchemaContent::SimpleType(simple) => {
                    let name = node.required_attribute(self.path, "name")?;
                    let kind = TypeKind::Simple(self.simple_type(simple, node)?);
                    self.add_type(name, documentation(node), kind, node, false)?;
                }
                xs::SchemaContent::ComplexType(complex) => {
                    let name = node.required_attribute(self.path, "name")?;
                    let kind = self.complex_type(complex, node)?;
                    self.add_type(name, documentation(node), kind, node, false)?;
                }
                xs::SchemaContent::Group(group) => self.global_group(group, node)?,
                _ => return self.unsupported(node),
            }
        }
        Ok((self.target, self.namespace))
    }

    fn global_element(&mut self, element: &xs::ElementType, node: &Node) -> Result<()> {
        let name = node.take().required_attribute(self.path, "name")?.to_owned();
        let docs = documentation(node);
        let type_ref = match &element.type_ {
            Some(type_) => {
                node.attribute("type");
                self.type_ref(type_, node)?
            }
            None => self.anonymous_type(element, &name, &docs, node)?,
        };
        let declared = Element { docs, type_ref };
        match self.namespace.elements.insert(name, declared) {
            None => Ok(()),
            Some(_) => Err(Error::at(self.path, node.line, "element declared twice")),
        }
    }

    /// The type inside a global element, which takes the element's name.
    fn anonymous_type(
        &mut self,
        element: &xs::ElementType,
        name: &str,
        docs: &str,
        node: &Node,
    ) -> Result<TypeRef> {
        for (content, child) in self.pairs(&element.content, &node.children, node)? {
            let kind = match content {
                xs::ElementTypeContent::Annotation(_) => continue,
                xs::ElementTypeContent::SimpleType(simple) => {
                    TypeKind::Simple(self.simple_type(simple, child)?)
                }
                xs::ElementTypeContent::ComplexType(complex) => {
                    self.complex_type(complex, child)?
                }
                _ => return self.unsupported(child),
            };
            let inner = documentation(child);
            let docs = if inner.is_empty() { docs.to_owned() } else { inner };
            self.add_type(name, docs, kind, child, true)?;
            return Ok(TypeRef::Named(QName::new(&self.target, name)));
        }
        Err(Error::at(self.path, node.line, format!("element `{name}` has no type")))
    }

    fn add_type(
        &mut self,
        name: &str,
        docs: String,
        kind: TypeKind,
        node: &Node,
        is_anonymous: bool,
    ) -> Result<()> {
        let place = (self.path.to_owned(), node.line);
        let type_ = Type { docs, is_anonymous, kind, place };
        match self.namespace.types.insert(name.to_owned(), type_) {
            None => Ok(()),
            Some(_) => {
                Err(Error::at(self.path, node.line, format!("type `{name}` declared twice")))
            }
        }
    }

    fn global_group(&mut self, group: &xs::GroupType, node: &Node) -> Result<()> {
        let name = node.take().required_attribute(self.path, "name")?.to_owned();
        let docs = documentation(node);
        let mut particle = None;
        for (content, child) in self.pairs(&group.content, &node.children, node)? {
            particle = match content {
                xs::GroupTypeContent::Annotation(_) => continue,
                _ => self.particle(content, child)?,
            };
        }
        let empty = || Error::at(self.path, node.line, format!("group `{name}` is empty"));
        let particle = particle.ok_or_else(empty)?;
        self.namespace.groups.insert(name, Group { docs, particle });
        Ok(())
    }

    fn type_ref(&self, name: &XsQName, node: &Node) -> Result<TypeRef> {
        let name = self.name(name, node)?;
        if name.namespace != XS {
            return Ok(TypeRef::Named(name));
        }
        Builtin::find(&name.local).map(TypeRef::Builtin).ok_or_else(|| {
            let message = format!("type `xs:{}` is not supported by the generator", name.local);
            Error::at(self.path, node.line, message)
        })
    }

    fn name(&self, name: &XsQName, node: &Node) -> Result<QName> {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        match name.namespace() {
            Some(namespace) => {
                Ok(QName { namespace: text(&namespace.0), local: text(name.local_name()) })
            }
            None => Err(Error::at(
                self.path,
                node.line,
                format!("`{}` is in no namespace", text(name.as_bytes())),
            )),
        }
    }

    /// xsd-parser's constructs beside ours. A difference in number means that it lost one.
    fn pairs<'a, T>(
        &self,
        contents: &'a [T],
        children: &'a [Node],
        parent: &Node,
    ) -> Result<Vec<(&'a T, &'a Node)>> {
        let elements: Vec<_> = children.iter().collect();
        if contents.len() != elements.len() {
            let message = format!(
                "xsd-parser sees {} constructs in <{}>, the file has {}",
                contents.len(),
                parent.name.local,
                elements.len()
            );
            return Err(Error::at(self.path, parent.line, message));
        }
        Ok(contents.iter().zip(elements).collect())
    }

    fn unsupported<T>(&self, node: &Node) -> Result<T> {
        let message = format!("<{}> is not supported by the generator here", node.name.local);
        Err(Error::at(self.path, node.line, message))
    }
}

fn annotation_text(node: &Node) -> String {
    let texts = node.children.iter().filter(|child| child.is_xs("documentation"));
    texts.map(|doc| dedent(&doc.text)).collect::<Vec<_>>().join("\n\n")
}
