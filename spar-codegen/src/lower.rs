//! From parsed schemas to the IR. The one file that names xsd-parser.
//!
//! Each construct is read from xsd-parser's tree and, in step with it, looked up in the tree that
//! knows the lines. What xsd-parser lost shows as a mismatch, what this file passes over as an
//! untaken node; both are errors.

use std::collections::BTreeMap;

use xsd_parser::models::schema::xs;
use xsd_parser::models::schema::{MaxOccurs, QName as XsQName};
use xsd_parser::pipeline::parser::Parser;

use crate::error::{Error, Result};
use crate::ir::{
    Attribute, Builtin, Element, EnumValue, Facets, Group, Namespace, Occurs, Particle,
    ParticleKind, QName, Simple, Type, TypeKind, TypeRef,
};
use crate::source::{Node, Source, XS};

/// The namespaces that the files declare, with every reference resolved.
pub(crate) fn lower(sources: &[Source]) -> Result<BTreeMap<String, Namespace>> {
    let mut namespaces = BTreeMap::new();
    for source in sources {
        let schema = parse(source)?;
        let (uri, namespace) = File::new(source, &schema)?.lower(&schema)?;
        if namespaces.insert(uri.clone(), namespace).is_some() {
            let message = format!("namespace `{uri}` is declared by more than one file");
            return Err(Error::at(&source.path, source.root.line, message));
        }
    }
    resolve(&mut namespaces)?;
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

fn parse(source: &Source) -> Result<xs::Schema> {
    let fail = |error: String| Error::at(&source.path, source.root.line, error);
    let schemas = Parser::new()
        .with_default_namespaces()
        .add_schema_from_str(&source.text)
        .map_err(|error| fail(format!("xsd-parser: {error}")))?
        .finish();
    let (_, info) = schemas.schemas().next().ok_or_else(|| fail("no schema".to_owned()))?;
    Ok(info.schema.clone())
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

    fn simple_type(&self, simple: &xs::SimpleBaseType, node: &Node) -> Result<Simple> {
        node.take();
        for (content, child) in self.pairs(&simple.content, &node.children, node)? {
            match content {
                xs::SimpleBaseTypeContent::Annotation(_) => {}
                xs::SimpleBaseTypeContent::Restriction(restriction) => {
                    return self.restriction(restriction, child);
                }
                _ => return self.unsupported(child),
            }
        }
        Err(Error::at(self.path, node.line, "a simple type without restriction"))
    }

    fn restriction(&self, restriction: &xs::Restriction, node: &Node) -> Result<Simple> {
        node.take().attribute("base");
        documentation(node);
        let Some(base) = &restriction.base else { return self.unsupported(node) };
        let mut facets = Facets::default();
        for (content, child) in self.pairs(&restriction.content, &node.children, node)? {
            match content {
                xs::RestrictionContent::Annotation(_) => {}
                xs::RestrictionContent::Facet(facet) => self.facet(facet, child, &mut facets)?,
                xs::RestrictionContent::SimpleType(_) => return self.unsupported(child),
            }
        }
        Ok(Simple { base: self.type_ref(base, node)?, facets })
    }

    fn facet(&self, facet: &xs::Facet, node: &Node, facets: &mut Facets) -> Result<()> {
        fn number<T: std::str::FromStr>(file: &str, node: &Node, value: &str) -> Result<Option<T>> {
            let fail = |_| Error::at(file, node.line, format!("`{value}` is not a number"));
            value.trim().parse().map(Some).map_err(fail)
        }
        node.take().attribute("value");
        let docs = documentation(node);
        let file = self.path;
        match facet {
            xs::Facet::Pattern(facet) => facets.patterns.push(facet.value.clone()),
            xs::Facet::MinLength(facet) => facets.min_length = number(file, node, &facet.value)?,
            xs::Facet::MaxLength(facet) => facets.max_length = number(file, node, &facet.value)?,
            xs::Facet::MinInclusive(facet) => {
                facets.min_inclusive = number(file, node, &facet.value)?
            }
            xs::Facet::MaxInclusive(facet) => {
                facets.max_inclusive = number(file, node, &facet.value)?
            }
            xs::Facet::Enumeration(facet) => {
                facets.enumeration.push(EnumValue { value: facet.value.clone(), docs });
            }
            _ => return self.unsupported(node),
        }
        Ok(())
    }

    fn complex_type(&self, complex: &xs::ComplexBaseType, node: &Node) -> Result<TypeKind> {
        node.take();
        for (content, child) in self.pairs(&complex.content, &node.children, node)? {
            let kind = match content {
                xs::ComplexBaseTypeContent::Annotation(_) => continue,
                xs::ComplexBaseTypeContent::SimpleContent(simple) => {
                    self.simple_content(simple, child)?
                }
                xs::ComplexBaseTypeContent::Sequence(group) => {
                    TypeKind::Complex(self.members(group, child, ParticleKind::Sequence)?)
                }
                xs::ComplexBaseTypeContent::Choice(group) => {
                    TypeKind::Complex(self.members(group, child, ParticleKind::Choice)?)
                }
                _ => return self.unsupported(child),
            };
            // Attributes beside elements follow the particle; they are left untaken.
            return Ok(kind);
        }
        Err(Error::at(self.path, node.line, "a complex type without content"))
    }

    fn simple_content(&self, content: &xs::SimpleContent, node: &Node) -> Result<TypeKind> {
        documentation(node.take());
        for (content, child) in self.pairs(&content.content, &node.children, node)? {
            let extension = match content {
                xs::SimpleContentContent::Annotation(_) => continue,
                xs::SimpleContentContent::Extension(extension) => extension,
                xs::SimpleContentContent::Restriction(_) => return self.unsupported(child),
            };
            child.take().attribute("base");
            documentation(child);
            let mut attributes = Vec::new();
            for (content, child) in self.pairs(&extension.content, &child.children, child)? {
                match content {
                    xs::ExtensionTypeContent::Annotation(_) => {}
                    xs::ExtensionTypeContent::Attribute(attribute) => {
                        attributes.push(self.attribute(&attribute.inner, child)?);
                    }
                    _ => return self.unsupported(child),
                }
            }
            return Ok(TypeKind::SimpleContent {
                base: self.type_ref(&extension.base, child)?,
                attributes,
            });
        }
        Err(Error::at(self.path, node.line, "simple content without extension"))
    }

    fn attribute(&self, attribute: &xs::AttributeInnerType, node: &Node) -> Result<Attribute> {
        let name = node.take().required_attribute(self.path, "name")?;
        if attribute.use_ != xs::AttributeUseType::Optional {
            return self.unsupported(node);
        }
        node.attribute("use");
        node.required_attribute(self.path, "type")?;
        let Some(type_) = &attribute.type_ else { return self.unsupported(node) };
        Ok(Attribute {
            name: name.to_owned(),
            docs: documentation(node),
            type_ref: self.type_ref(type_, node)?,
        })
    }

    fn members(
        &self,
        group: &xs::GroupType,
        node: &Node,
        kind: fn(Vec<Particle>) -> ParticleKind,
    ) -> Result<Particle> {
        let docs = documentation(node.take());
        let mut members = Vec::new();
        for (content, child) in self.pairs(&group.content, &node.children, node)? {
            members.extend(self.particle(content, child)?);
        }
        let occurs = occurs(node, group.min_occurs, group.max_occurs);
        Ok(Particle { occurs, kind: kind(members), docs, line: node.line })
    }

    fn particle(&self, content: &xs::GroupTypeContent, node: &Node) -> Result<Option<Particle>> {
        Ok(Some(match content {
            xs::GroupTypeContent::Annotation(_) => return Ok(None),
            xs::GroupTypeContent::Element(element) => self.local_element(element, node)?,
            xs::GroupTypeContent::Sequence(group) => {
                self.members(group, node, ParticleKind::Sequence)?
            }
            xs::GroupTypeContent::Choice(group) => {
                self.members(group, node, ParticleKind::Choice)?
            }
            xs::GroupTypeContent::Group(group) => {
                let docs = documentation(node.take());
                node.required_attribute(self.path, "ref")?;
                let Some(name) = &group.ref_ else { return self.unsupported(node) };
                Particle {
                    occurs: occurs(node, group.min_occurs, group.max_occurs),
                    kind: ParticleKind::Group(self.name(name, node)?),
                    docs,
                    line: node.line,
                }
            }
            _ => return self.unsupported(node),
        }))
    }

    fn local_element(&self, element: &xs::ElementType, node: &Node) -> Result<Particle> {
        let docs = documentation(node.take());
        let (name, type_ref) = match (&element.ref_, &element.type_) {
            (Some(reference), None) => {
                node.attribute("ref");
                let name = self.name(reference, node)?;
                (name.clone(), TypeRef::OfElement(name))
            }
            (None, Some(type_)) => {
                let local = node.required_attribute(self.path, "name")?;
                node.attribute("type");
                let is_qualified = match element.form {
                    None => self.is_qualified,
                    Some(form) => {
                        node.attribute("form");
                        form == xs::FormChoiceType::Qualified
                    }
                };
                let namespace = if is_qualified { &*self.target } else { "" };
                (QName::new(namespace, local), self.type_ref(type_, node)?)
            }
            _ => return self.unsupported(node),
        };
        Ok(Particle {
            occurs: occurs(node, element.min_occurs, element.max_occurs),
            kind: ParticleKind::Element { name, type_ref },
            docs,
            line: node.line,
        })
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

fn occurs(node: &Node, min: usize, max: MaxOccurs) -> Occurs {
    node.attribute("minOccurs");
    node.attribute("maxOccurs");
    let max = match max {
        MaxOccurs::Unbounded => None,
        MaxOccurs::Bounded(max) => Some(max),
    };
    Occurs { min, max }
}

/// Gives references to elements their types, and makes sure that everything referred to exists.
fn resolve(namespaces: &mut BTreeMap<String, Namespace>) -> Result<()> {
    let elements: BTreeMap<QName, (TypeRef, String)> = namespaces
        .iter()
        .flat_map(|(uri, namespace)| {
            namespace.elements.iter().map(|(name, element)| {
                (QName::new(uri, name), (element.type_ref.clone(), element.docs.clone()))
            })
        })
        .collect();
    let known = Known {
        types: names(namespaces, |namespace| namespace.types.keys()),
        groups: names(namespaces, |namespace| namespace.groups.keys()),
        elements,
    };
    for namespace in namespaces.values_mut() {
        let file = namespace.file.clone();
        for element in namespace.elements.values() {
            known.check_type(&file, 1, &element.type_ref)?;
        }
        for group in namespace.groups.values_mut() {
            known.particle(&file, &mut group.particle)?;
        }
        for type_ in namespace.types.values_mut() {
            let line = type_.place.1;
            match &mut type_.kind {
                TypeKind::Complex(particle) => known.particle(&file, particle)?,
                TypeKind::Simple(simple) => known.check_type(&file, line, &simple.base)?,
                TypeKind::SimpleContent { base, attributes } => {
                    known.check_type(&file, line, base)?;
                    for attribute in attributes {
                        known.check_type(&file, line, &attribute.type_ref)?;
                    }
                }
            }
        }
    }
    Ok(())
}

struct Known {
    types: Vec<QName>,
    groups: Vec<QName>,
    elements: BTreeMap<QName, (TypeRef, String)>,
}

fn names<'n, I: Iterator<Item = &'n String>>(
    namespaces: &'n BTreeMap<String, Namespace>,
    of: impl Fn(&'n Namespace) -> I,
) -> Vec<QName> {
    let mut found = Vec::new();
    for (uri, namespace) in namespaces {
        found.extend(of(namespace).map(|name| QName::new(uri, name)));
    }
    found
}

impl Known {
    fn check_type(&self, file: &str, line: usize, type_ref: &TypeRef) -> Result<()> {
        match type_ref {
            TypeRef::Named(name) if !self.types.contains(name) => {
                Err(Error::at(file, line, format!("type {name} is not declared")))
            }
            _ => Ok(()),
        }
    }

    fn particle(&self, file: &str, particle: &mut Particle) -> Result<()> {
        let line = particle.line;
        match &mut particle.kind {
            ParticleKind::Element { type_ref, .. } => {
                if let TypeRef::OfElement(name) = type_ref {
                    let Some((declared, declared_docs)) = self.elements.get(name) else {
                        return Err(Error::at(
                            file,
                            line,
                            format!("element {name} is not declared"),
                        ));
                    };
                    if particle.docs.is_empty() {
                        particle.docs.clone_from(declared_docs);
                    }
                    *type_ref = declared.clone();
                }
                self.check_type(file, line, type_ref)
            }
            ParticleKind::Group(name) if !self.groups.contains(name) => {
                Err(Error::at(file, line, format!("group {name} is not declared")))
            }
            ParticleKind::Group(_) => Ok(()),
            ParticleKind::Sequence(members) | ParticleKind::Choice(members) => {
                members.iter_mut().try_for_each(|member| self.particle(file, member))
            }
        }
    }
}
