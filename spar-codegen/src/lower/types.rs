//! Complex types: content, simple content, attributes.

use super::parse::xs;
use super::{File, documentation};
use crate::error::{Error, Result};
use crate::ir::{Attribute, ParticleKind, TypeKind};
use crate::source::Node;

impl File<'_> {
    pub(super) fn complex_type(
        &self,
        complex: &xs::ComplexBaseType,
        node: &Node,
    ) -> Result<TypeKind> {
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

    pub(super) fn simple_content(
        &self,
        content: &xs::SimpleContent,
        node: &Node,
    ) -> Result<TypeKind> {
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

    pub(super) fn attribute(
        &self,
        attribute: &xs::AttributeInnerType,
        node: &Node,
    ) -> Result<Attribute> {
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
}
