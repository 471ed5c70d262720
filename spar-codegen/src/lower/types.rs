//! Complex types: content, simple content, attributes.

use super::{File, documentation};
use crate::error::{Error, Result};
use crate::ir::{Attribute, Attributes, Owner, Particle, QName, TypeKind};
use crate::source::{Node, XS};

impl<'s> File<'s> {
    /// `key` is the name of the type, or what stands for one.
    pub(super) fn complex_type(&mut self, node: &'s Node, key: &str) -> Result<TypeKind> {
        self.refuse_mixed(node.take())?;
        documentation(node);
        let mut derived = None;
        for child in &node.children {
            derived = match child.xs_name() {
                "simpleContent" => Some(self.simple_content(child, key)?),
                "complexContent" => Some(self.complex_content(child, key)?),
                _ => continue,
            };
        }
        match derived {
            Some(kind) => Ok(kind),
            None => {
                let (content, attributes) = self.content(node, key)?;
                Ok(TypeKind::Complex { extends: None, content, attributes })
            }
        }
    }

    /// The particle of a type or extension, and the attributes behind it.
    fn content(&mut self, node: &'s Node, key: &str) -> Result<(Option<Particle>, Attributes)> {
        let mut particle = None;
        let mut attributes = Attributes::default();
        for child in &node.children {
            match child.xs_name() {
                "annotation" => {}
                "sequence" | "choice" | "all" | "group" => {
                    particle = Some(self.particle(child, key)?);
                }
                "attribute" => attributes.list.extend(self.attribute(child, key)?),
                "anyAttribute" => attributes.any = Some(self.wildcard(child)?),
                _ => return self.unsupported(child),
            }
        }
        Ok((particle, attributes))
    }

    fn complex_content(&mut self, node: &'s Node, key: &str) -> Result<TypeKind> {
        self.refuse_mixed(node.take())?;
        let (child, base) = self.derivation(node)?;
        let (content, attributes) = match child.xs_name() {
            "extension" => self.content(child, key)?,
            // Of the type that allows everything, a restriction is what it says.
            _ if base == QName::new(XS, "anyType") => {
                let (content, attributes) = self.content(child, key)?;
                return Ok(TypeKind::Complex { extends: None, content, attributes });
            }
            _ => return self.unsupported(child),
        };
        Ok(TypeKind::Complex { extends: Some(base), content, attributes })
    }

    fn simple_content(&mut self, node: &'s Node, key: &str) -> Result<TypeKind> {
        let (child, _) = self.derivation(node.take())?;
        if !child.is_xs("extension") {
            return self.unsupported(child);
        }
        let (content, attributes) = self.content(child, key)?;
        if let Some(content) = content {
            let message = "elements within simple content";
            return Err(Error::at(&content.place.file, content.place.line, message));
        }
        let base = self.type_ref(self.required(child, "base")?, child)?;
        Ok(TypeKind::SimpleContent { base, attributes })
    }

    /// The extension or restriction, and what it is of.
    fn derivation(&self, node: &'s Node) -> Result<(&'s Node, QName)> {
        node.attribute("id");
        documentation(node);
        let Some(child) = node.children.iter().find(|child| !child.is_xs("annotation")) else {
            return self.fail(node, format!("<{}> is empty", node.name.local));
        };
        if !matches!(child.xs_name(), "extension" | "restriction") {
            return self.unsupported(child);
        }
        child.take().attribute("id");
        documentation(child);
        Ok((child, self.name(self.required(child, "base")?, child)?))
    }

    fn refuse_mixed(&self, node: &Node) -> Result<()> {
        if self.is_true(node, "mixed")? {
            let hint = "say mixed=\"false\", and what stands between the elements is reported";
            return self.refuse(node, "text between elements (mixed content)", hint);
        }
        Ok(())
    }

    /// `None` if the attribute is prohibited.
    fn attribute(&mut self, node: &'s Node, owner: &str) -> Result<Option<Attribute>> {
        if node.take().attribute("ref").is_some() {
            let hint = "declare the attribute where it is used, without namespace";
            return self.refuse(node, "an attribute by reference", hint);
        }
        let name = self.required(node, "name")?;
        if self.is_qualified_form(node, "form")? == Some(true) {
            return self.refuse(node, "an attribute in a namespace", "say form=\"unqualified\"");
        }
        node.attribute("id");
        let docs = documentation(node);
        let is_required = match node.attribute("use").map(str::trim) {
            None | Some("optional") => false,
            Some("required") => true,
            Some("prohibited") => {
                node.take_all();
                return Ok(None);
            }
            Some(_) => return self.fail(node, "`use` has no such value"),
        };
        let type_ref = match node.attribute("type") {
            Some(type_) => self.type_ref(type_, node)?,
            None => {
                let key = format!("{owner}/{name}");
                self.anonymous_type(node, &key, &docs, Owner::Part)?
            }
        };
        let value = |kind| node.attribute(kind).map(str::to_owned);
        Ok(Some(Attribute {
            name: name.to_owned(),
            docs,
            type_ref,
            is_required,
            default: value("default"),
            fixed: value("fixed"),
            place: self.place(node),
        }))
    }
}
