//! Types whose content is elements: records and choices.

use super::build::{Builder, check_unique_elements};
use super::{
    ElementUse, Field, FieldKind, Item, ItemKind, Root, RustType, Shape, Variant, VariantKind,
};
use crate::error::{Error, Result};
use crate::ir::{Occurs, Particle, ParticleKind, QName, TypeKind, TypeRef};
use crate::names::{field_ident, module_ident, type_ident};

/// A choice of at most this many elements in sequence becomes a variant with fields.
const MAX_INLINE_FIELDS: usize = 3;

impl Builder<'_> {
    /// A type whose content is elements.
    pub(super) fn composite(
        &mut self,
        name: &QName,
        ident: String,
        docs: String,
        origin: String,
        particle: &Particle,
    ) -> Result<()> {
        let mut content = particle;
        // A sequence of nothing but a choice is a choice.
        while let ParticleKind::Sequence(members) = &content.kind
            && let [only] = &members[..]
            && content.occurs == Occurs::ONCE
            && matches!(only.kind, ParticleKind::Choice(_))
        {
            content = only;
        }
        let outer_docs = std::mem::replace(&mut self.inlined_docs, vec![docs]);
        let outer_coinciding = std::mem::take(&mut self.coinciding);
        self.inlined_docs.push(content.docs.clone());
        let kind = match &content.kind {
            ParticleKind::Choice(members) if content.occurs == Occurs::ONCE => {
                self.choice(name, members, true)?
            }
            _ => {
                let mut fields = Vec::new();
                self.fields(name, content, &mut fields)?;
                let root = self.is_root(name).then(|| -> Result<_> {
                    Ok(Root { name: self.element_name(name, "")?, namespaces: Vec::new() })
                });
                let coinciding = std::mem::take(&mut self.coinciding);
                ItemKind::Record { fields, coinciding, root: root.transpose()? }
            }
        };
        check_unique_elements(&kind, &origin)?;
        self.coinciding = outer_coinciding;
        let mut paragraphs = std::mem::replace(&mut self.inlined_docs, outer_docs);
        paragraphs.retain(|paragraph| !paragraph.is_empty());
        paragraphs.dedup();
        let docs = paragraphs.join("\n\n");
        // An anonymous group has a name of ours, which needs no gloss.
        let is_named = type_ident(&name.local) == ident;
        let aliases = if is_named { self.tables.glossary.aliases(&name.local) } else { Vec::new() };
        self.items.push(Item { ident, docs, origin, aliases, kind });
        Ok(())
    }

    /// An element with an anonymous type is that type's only use.
    pub(super) fn is_root(&self, name: &QName) -> bool {
        self.ir.type_of(name).is_some_and(|type_| type_.is_anonymous)
    }

    pub(super) fn fields(
        &mut self,
        owner: &QName,
        particle: &Particle,
        fields: &mut Vec<Field>,
    ) -> Result<()> {
        let occurs = particle.occurs;
        let docs = particle.docs.clone();
        match &particle.kind {
            ParticleKind::Element { name, type_ref } => fields.push(Field {
                ident: field_ident(&name.local),
                schema_name: name.local.clone(),
                docs,
                aliases: self.tables.glossary.aliases(&name.local),
                is_public: self.tables.names.is_public(name),
                kind: FieldKind::Element(
                    self.element_use(owner, particle, name, type_ref, occurs)?,
                ),
            }),
            ParticleKind::Sequence(members) if occurs == Occurs::ONCE => {
                for member in members {
                    self.fields(owner, member, fields)?;
                }
            }
            ParticleKind::Group(name) if occurs == Occurs::ONCE => {
                let group = self.group(name)?;
                self.inlined_docs.extend([docs, group.docs.clone()]);
                self.fields(owner, &group, fields)?;
            }
            ParticleKind::Group(name) => {
                let of = RustType {
                    module: Some(module_ident(&name.namespace)?),
                    ident: type_ident(&name.local),
                };
                let group = self.group(name)?;
                let docs = if docs.is_empty() { group.docs } else { docs };
                fields.push(self.group_field(owner, particle, of, docs, true)?);
            }
            ParticleKind::Sequence(_) => {
                let (ident, _) = self.anonymous(owner, particle)?;
                let origin = format!("group in `{}`", owner.local);
                let once = Particle { occurs: Occurs::ONCE, ..particle.clone() };
                self.composite(owner, ident.clone(), docs.clone(), origin, &once)?;
                let of = self.own(ident);
                fields.push(self.group_field(owner, particle, of, docs, true)?);
            }
            ParticleKind::Choice(members) if self.may_coincide(owner, particle)? => {
                self.inlined_docs.push(docs);
                let mut alternatives = Vec::new();
                for member in members {
                    let ParticleKind::Element { name, .. } = &member.kind else {
                        let message = "alternatives that may coincide must be elements";
                        return Err(self.error(owner, member, message));
                    };
                    alternatives.push(self.element_name(name, &member.docs)?);
                    // Each may be absent: another one is there.
                    let occurs = Occurs { min: 0, ..member.occurs };
                    self.fields(owner, &Particle { occurs, ..member.clone() }, fields)?;
                }
                self.coinciding.push(alternatives);
            }
            ParticleKind::Choice(members) => {
                let (ident, _) = self.anonymous(owner, particle)?;
                let kind = self.choice(owner, members, false)?;
                let has_fallback = matches!(kind, ItemKind::Choice { fallback: Some(_), .. });
                let is_optional =
                    (occurs.min == 0 || self.is_emptiable(particle)?) && !has_fallback;
                let origin = format!("choice in `{}`", owner.local);
                let of = self.own(ident.clone());
                let aliases = Vec::new();
                self.items.push(Item { ident, docs: docs.clone(), origin, aliases, kind });
                fields.push(self.group_field(owner, particle, of, docs, is_optional)?);
            }
        }
        Ok(())
    }

    pub(super) fn element_use(
        &mut self,
        owner: &QName,
        particle: &Particle,
        name: &QName,
        type_ref: &TypeRef,
        occurs: Occurs,
    ) -> Result<ElementUse> {
        let fixups = &self.tables.fixups;
        let is_record = match type_ref {
            TypeRef::Builtin(_) => false,
            TypeRef::Named(of) | TypeRef::OfElement(of) => {
                let of = self.ir.type_of(of);
                of.is_some_and(|of| matches!(of.kind, TypeKind::Complex(_)))
            }
        };
        let is_list = occurs.is_list() || fixups.may_repeat(owner, name, occurs);
        let shape = match (is_list, is_record) {
            (true, true) => Shape::Records,
            (true, false) => Shape::Values,
            (false, _) if occurs.min == 0 || fixups.may_be_absent(owner, name, occurs) => {
                Shape::Optional
            }
            (false, _) => Shape::One,
        };
        let declared = self.rust_type(type_ref)?;
        let runtime = match type_ref {
            TypeRef::Named(name) => self.tables.names.runtime(name),
            _ => None,
        };
        let (of, judged_as) = match fixups.read_as(owner, name, runtime.unwrap_or(&declared.ident))
        {
            Some(_) if shape != Shape::Optional => {
                let message = "another type than the schema's is supported on optional elements";
                return Err(self.error(owner, particle, message));
            }
            Some(other) => (RustType { module: None, ident: other.to_owned() }, Some(declared)),
            None => (declared, None),
        };
        Ok(ElementUse {
            name: self.element_name(name, &particle.docs)?,
            of,
            occurs,
            shape,
            judged_as,
        })
    }

    pub(super) fn may_coincide(&self, owner: &QName, choice: &Particle) -> Result<bool> {
        let first = self.first_element(choice)?.unwrap_or_default();
        Ok(choice.occurs == Occurs::ONCE && self.tables.fixups.may_coincide(owner, &first))
    }

    pub(super) fn group_field(
        &self,
        owner: &QName,
        particle: &Particle,
        of: RustType,
        docs: String,
        is_optional: bool,
    ) -> Result<Field> {
        if particle.occurs.is_list() {
            return Err(self.error(
                owner,
                particle,
                "a group that may be repeated is not supported",
            ));
        }
        Ok(Field {
            ident: field_ident(&of.ident),
            schema_name: of.ident.clone(),
            docs,
            aliases: Vec::new(),
            is_public: false,
            kind: FieldKind::Group { of, is_optional },
        })
    }

    /// The alternatives. Of a choice that may be empty, the one that stands for that is the fallback:
    /// in a type of its own any that may be empty, in a field only a list.
    pub(super) fn choice(
        &mut self,
        owner: &QName,
        members: &[Particle],
        is_own_type: bool,
    ) -> Result<ItemKind> {
        let mut variants = Vec::new();
        let mut fallback = None;
        for member in members {
            let is_list = member.occurs.is_list();
            if self.is_emptiable(member)? && (is_own_type || is_list) && fallback.is_none() {
                fallback = Some(variants.len());
            }
            variants.push(self.variant(owner, member)?);
        }
        Ok(ItemKind::Choice { variants, fallback })
    }

    pub(super) fn variant(&mut self, owner: &QName, member: &Particle) -> Result<Variant> {
        let docs = member.docs.clone();
        match &member.kind {
            ParticleKind::Element { name, type_ref } => Ok(Variant {
                ident: type_ident(&name.local),
                schema_name: name.local.clone(),
                docs,
                kind: VariantKind::Element({
                    // An alternative that is absent is not chosen.
                    let occurs = if member.occurs.is_list() { member.occurs } else { Occurs::ONCE };
                    self.element_use(owner, member, name, type_ref, occurs)?
                }),
            }),
            ParticleKind::Sequence(members) if member.occurs == Occurs::ONCE => {
                let (ident, _) = self.anonymous(owner, member)?;
                let is_flat =
                    members.iter().all(|m| matches!(m.kind, ParticleKind::Element { .. }));
                let kind = if is_flat && members.len() <= MAX_INLINE_FIELDS {
                    let mut fields = Vec::new();
                    self.fields(owner, member, &mut fields)?;
                    VariantKind::Fields(fields)
                } else {
                    let origin = format!("group in `{}`", owner.local);
                    self.composite(owner, ident.clone(), docs.clone(), origin, member)?;
                    VariantKind::Group(self.own(ident.clone()))
                };
                Ok(Variant { schema_name: ident.clone(), ident, docs, kind })
            }
            _ => Err(self.error(owner, member, "this alternative of a choice is not supported")),
        }
    }

    /// The name of an anonymous group, from the table.
    pub(super) fn anonymous(
        &self,
        owner: &QName,
        particle: &Particle,
    ) -> Result<(String, &'static str)> {
        let kind = match particle.kind {
            ParticleKind::Choice(_) => "choice",
            _ => "sequence",
        };
        let first = self.first_element(particle)?.unwrap_or_default();
        match self.tables.names.group(owner, kind, &first) {
            Some(name) => Ok((name.to_owned(), kind)),
            None => {
                let message = format!(
                    "the {kind} that begins with `{first}` has no name; add to names.toml:\n\
                     [[group]]\ntype = \"…/{}\"\nkind = \"{kind}\"\nfirst = \"{first}\"\nname = \"…\"",
                    owner.local
                );
                Err(self.error(owner, particle, &message))
            }
        }
    }

    pub(super) fn first_element(&self, particle: &Particle) -> Result<Option<String>> {
        match &particle.kind {
            ParticleKind::Element { name, .. } => Ok(Some(name.local.clone())),
            ParticleKind::Group(name) => self.first_element(&self.group(name)?),
            ParticleKind::Sequence(members) | ParticleKind::Choice(members) => {
                members.first().map_or(Ok(None), |member| self.first_element(member))
            }
        }
    }

    pub(super) fn is_emptiable(&self, particle: &Particle) -> Result<bool> {
        if particle.occurs.min == 0 {
            return Ok(true);
        }
        match &particle.kind {
            ParticleKind::Element { .. } => Ok(false),
            ParticleKind::Group(name) => self.is_emptiable(&self.group(name)?),
            ParticleKind::Sequence(members) => {
                for member in members {
                    if !self.is_emptiable(member)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            ParticleKind::Choice(members) => {
                for member in members {
                    if self.is_emptiable(member)? {
                        return Ok(true);
                    }
                }
                Ok(members.is_empty())
            }
        }
    }

    pub(super) fn group(&self, name: &QName) -> Result<Particle> {
        let group = self.ir.group(name);
        let group = group.ok_or_else(|| Error::new(format!("group {name} is not declared")))?;
        Ok(Particle { docs: group.docs.clone(), ..group.particle.clone() })
    }
}
