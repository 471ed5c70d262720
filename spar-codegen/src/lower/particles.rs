//! Particles: elements, groups, sequences, choices and wildcards.

use std::sync::Arc;

use super::{File, documentation};
use crate::error::{Error, Result};
use crate::ir::{Occurs, Owner, Particle, ParticleKind, QName, TypeRef};
use crate::source::Node;

impl<'s> File<'s> {
    /// A particle of the type or group `owner`.
    pub(super) fn particle(&mut self, node: &'s Node, owner: &str) -> Result<Particle> {
        match node.xs_name() {
            "element" => self.local_element(node, owner),
            "sequence" => self.members(node, owner, ParticleKind::Sequence),
            "choice" => self.members(node, owner, ParticleKind::Choice),
            "all" => self.members(node, owner, ParticleKind::All),
            "any" => {
                let kind = ParticleKind::Any(self.wildcard(node)?);
                let occurs = self.occurs(node)?;
                if occurs.min > 0 {
                    let hint = "say minOccurs=\"0\": what stands there is not kept, so it cannot be \
                                written";
                    return self.refuse(node, "<any> that must be there", hint);
                }
                Ok(self.made(node, owner, occurs, kind))
            }
            "group" => {
                node.take().attribute("id");
                let kind = ParticleKind::Group(self.name(self.required(node, "ref")?, node)?);
                let occurs = self.occurs(node)?;
                Ok(self.made(node, owner, occurs, kind))
            }
            _ => self.unsupported(node),
        }
    }

    fn members(
        &mut self,
        node: &'s Node,
        owner: &str,
        kind: fn(Vec<Particle>) -> ParticleKind,
    ) -> Result<Particle> {
        node.take().attribute("id");
        let occurs = self.occurs(node)?;
        let mut members = Vec::new();
        for child in node.children.iter().filter(|child| !child.is_xs("annotation")) {
            members.push(self.particle(child, owner)?);
        }
        if occurs.is_list()
            && let Some(any) = members.iter().find_map(wildcard_in)
        {
            let message = "<any> in a group that is repeated is not supported";
            let error = Error::at(&any.place.file, any.place.line, message);
            return Err(error.hint("put it behind the group"));
        }
        Ok(self.made(node, owner, occurs, kind(members)))
    }

    fn made(&self, node: &Node, owner: &str, occurs: Occurs, kind: ParticleKind) -> Particle {
        let owner = Arc::new(QName::new(self.target, owner));
        Particle { docs: documentation(node), occurs, kind, place: self.place(node), owner }
    }

    fn local_element(&mut self, node: &'s Node, owner: &str) -> Result<Particle> {
        let occurs = self.occurs(node.take())?;
        let docs = documentation(node);
        self.element_attributes(node)?;
        let mut is_nillable = self.is_true(node, "nillable")?;
        let (name, type_ref) = match (node.attribute("ref"), node.attribute("type")) {
            (Some(reference), None) => {
                let name = self.name(reference, node)?;
                // The element itself says whether it may be nil.
                is_nillable = false;
                (name.clone(), TypeRef::OfElement(name))
            }
            (None, type_) => {
                let local = self.required(node, "name")?;
                let is_qualified = self.is_qualified_form(node, "form")?;
                let is_qualified = is_qualified.unwrap_or(self.is_qualified);
                let namespace = if is_qualified { self.target } else { "" };
                let type_ref = match type_ {
                    Some(type_) => self.type_ref(type_, node)?,
                    None => {
                        let key = format!("{owner}/{local}");
                        self.anonymous_type(node, &key, &docs, Owner::Part)?
                    }
                };
                (QName::new(namespace, local), type_ref)
            }
            (Some(_), Some(_)) => return self.fail(node, "an element with both `ref` and `type`"),
        };
        let kind = ParticleKind::Element { name, type_ref, is_nillable };
        Ok(Particle { docs, ..self.made(node, owner, occurs, kind) })
    }

    /// The namespaces of a wildcard, with those spelled out that have another sign in the schema.
    pub(super) fn wildcard(&self, node: &Node) -> Result<String> {
        documentation(node.take());
        // What stands there is passed over without a judgment of its content.
        node.take_attributes(&["id", "processContents"]);
        let target = self.target;
        Ok(match node.attribute("namespace").map(str::trim) {
            None | Some("##any") => "##any".to_owned(),
            Some("##other") => format!("##other {target}"),
            Some(list) => {
                let names = list.split_ascii_whitespace().map(|name| match name {
                    "##targetNamespace" => target,
                    name => name,
                });
                names.collect::<Vec<_>>().join(" ")
            }
        })
    }

    fn occurs(&self, node: &Node) -> Result<Occurs> {
        let number = |attribute: &str| match node.attribute(attribute).map(str::trim) {
            None => Ok(Some(1)),
            Some("unbounded") if attribute == "maxOccurs" => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| {
                self.error(node, format!("`{attribute}` is not a number that the generator reads"))
            }),
        };
        let (min, max) = (number("minOccurs")?.unwrap_or(1), number("maxOccurs")?);
        match max {
            Some(0) => {
                let hint = "take it out: it may never be there";
                self.refuse(node, "maxOccurs=\"0\"", hint)
            }
            Some(max) if max < min => self.fail(node, "maxOccurs is below minOccurs"),
            max => Ok(Occurs { min, max }),
        }
    }
}

fn wildcard_in(particle: &Particle) -> Option<&Particle> {
    match &particle.kind {
        ParticleKind::Any(_) => Some(particle),
        _ => particle.members().iter().find_map(wildcard_in),
    }
}
