//! Particles: elements, groups, sequences and choices.

use super::parse::{MaxOccurs, xs};
use super::{File, documentation};
use crate::error::Result;
use crate::ir::{Occurs, Particle, ParticleKind, QName, TypeRef};
use crate::source::Node;

impl File<'_> {
    pub(super) fn members(
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

    pub(super) fn particle(
        &self,
        content: &xs::GroupTypeContent,
        node: &Node,
    ) -> Result<Option<Particle>> {
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

    pub(super) fn local_element(&self, element: &xs::ElementType, node: &Node) -> Result<Particle> {
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
