//! Types whose content is elements: records and choices.

use super::build::Builder;
use super::{
    ElementUse, Field, FieldKind, Item, ItemKind, Record, Root, RustAttribute, RustType, Shape,
    Variant, VariantKind, Wildcard,
};
use crate::error::{Error, Proposal, Result};
use crate::ir::{Occurs, Owner, Particle, ParticleKind, Place, QName, TypeKind, TypeRef};
use crate::names::{field_ident, proposal, type_ident};

/// A choice of at most this many elements in sequence becomes a variant with fields.
const MAX_INLINE_FIELDS: usize = 3;

/// What a type has besides its elements.
#[derive(Default)]
pub(super) struct Outside {
    pub(super) docs: String,
    pub(super) attributes: Vec<RustAttribute>,
    pub(super) any_attribute: Option<String>,
    /// Where the type is declared, if not where its content is.
    pub(super) place: Option<Place>,
}

impl Builder<'_> {
    /// A type whose content is elements.
    pub(super) fn composite(
        &mut self,
        name: &QName,
        ident: String,
        origin: String,
        particle: Option<&Particle>,
        outside: Outside,
    ) -> Result<()> {
        let Outside { docs, attributes, any_attribute, place } = outside;
        let place = place.or_else(|| particle.map(|particle| particle.place.clone()));
        let Some(place) = place else { return Err(Error::new(format!("{origin} is nowhere"))) };
        let has_attributes = !attributes.is_empty() || any_attribute.is_some();
        let mut content = particle;
        // A sequence of nothing but a choice is a choice.
        while let Some(Particle { kind: ParticleKind::Sequence(members), occurs, .. }) = content
            && let [only] = &members[..]
            && *occurs == Occurs::ONCE
            && matches!(only.kind, ParticleKind::Choice(_))
        {
            content = Some(only);
        }
        let outer_docs = std::mem::replace(&mut self.inlined_docs, vec![docs]);
        let outer_coinciding = std::mem::take(&mut self.coinciding);
        let outer_wildcards = std::mem::take(&mut self.wildcards);
        self.inlined_docs.extend(content.map(|content| content.docs.clone()));
        let root = self.root(name, &ident)?;
        let kind = match content {
            Some(Particle {
                kind: ParticleKind::Choice(members), occurs: Occurs::ONCE, ..
            }) if !has_attributes && self.has_only_choice(members)? => {
                let (variants, fallback) = self.choice(name, members, true)?;
                ItemKind::Choice { variants, fallback, root }
            }
            _ => {
                let mut fields = Vec::new();
                if let Some(content) = content {
                    self.fields(name, content, &mut fields)?;
                }
                let mut record = Record {
                    attributes,
                    any_attribute,
                    fields,
                    wildcards: std::mem::take(&mut self.wildcards),
                    is_all: content.is_some_and(|c| matches!(c.kind, ParticleKind::All(_))),
                    coinciding: std::mem::take(&mut self.coinciding),
                    root,
                };
                self.tell_apart(&mut record)?;
                ItemKind::Record(record)
            }
        };
        self.coinciding = outer_coinciding;
        self.wildcards = outer_wildcards;
        let mut paragraphs = std::mem::replace(&mut self.inlined_docs, outer_docs);
        paragraphs.retain(|paragraph| !paragraph.is_empty());
        paragraphs.dedup();
        let docs = paragraphs.join("\n\n");
        // An anonymous group has a name of ours, which needs no gloss.
        let is_named = type_ident(&name.local).is_ok_and(|named| named == ident);
        let aliases = if is_named { self.tables.glossary.aliases(&name.local) } else { Vec::new() };
        self.items.push(Item { ident, docs, origin, place, aliases, kind });
        Ok(())
    }

    /// An element with an anonymous type is that type's only use.
    fn root(&mut self, name: &QName, ident: &str) -> Result<Option<Root>> {
        let Some(Owner::Element(element)) = self.ir.type_of(name).map(|type_| &type_.owner) else {
            return Ok(None);
        };
        if self.tables.names.type_name(name)? != ident {
            return Ok(None);
        }
        let element = QName::new(&name.namespace, element);
        let name = self.element_name(&element, "")?;
        Ok(Some(Root { name, namespaces: Vec::new(), has_own_names: false }))
    }

    /// Fields of one name: those of other namespaces have the name of theirs before it, attributes what
    /// they are behind it.
    fn tell_apart(&self, record: &mut Record) -> Result<()> {
        let names: Vec<_> = record.fields.iter().map(|field| field.ident.clone()).collect();
        let is_shared = |ident: &String| names.iter().filter(|name| *name == ident).count() > 1;
        for field in record.fields.iter_mut().filter(|field| is_shared(&field.ident)) {
            let Some(module) = field.element().map(|element| &element.name.module) else {
                continue;
            };
            if *module != self.module {
                let prefix = module.split("_v").next().unwrap_or(module).to_owned();
                field.ident = format!("{prefix}_{}", field.ident.trim_end_matches('_'));
                field.schema_name = format!("{prefix}:{}", field.schema_name);
            }
        }
        for attribute in &mut record.attributes {
            if record.fields.iter().any(|field| field.ident == attribute.ident) {
                attribute.ident = format!("{}_attribute", attribute.ident.trim_end_matches('_'));
                attribute.member = format!("@{}", attribute.name);
            }
        }
        Ok(())
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
            ParticleKind::Element { name, .. } => fields.push(Field {
                ident: field_ident(&name.local)?,
                schema_name: name.local.clone(),
                docs,
                aliases: self.tables.glossary.aliases(&name.local),
                is_public: self.tables.names.is_public(name),
                kind: FieldKind::Element(self.element_use(owner, particle, occurs)?),
            }),
            ParticleKind::Any(namespaces) => {
                if occurs.max.is_some_and(|max| max > 1) {
                    let message = "<any> with a limit above 1 is not supported by the generator";
                    return Err(self.error(particle, message).hint("say maxOccurs=\"unbounded\""));
                }
                self.inlined_docs.push(docs);
                self.wildcards.push(Wildcard {
                    before: fields.len(),
                    namespaces: namespaces.clone(),
                    is_list: occurs.is_list(),
                });
            }
            ParticleKind::Sequence(members) if occurs == Occurs::ONCE => {
                for member in members {
                    self.fields(owner, member, fields)?;
                }
            }
            ParticleKind::All(members) => {
                if occurs.min == 0 {
                    let message = "<all> that may be absent is not supported by the generator";
                    let hint = "say minOccurs=\"0\" of each of its elements";
                    return Err(self.error(particle, message).hint(hint));
                }
                for member in members {
                    self.fields(owner, member, fields)?;
                }
            }
            ParticleKind::Group(name) if occurs == Occurs::ONCE && !self.has_parts(name) => {
                let group = self.group(name)?;
                self.inlined_docs.extend([docs, group.docs.clone()]);
                self.fields(owner, &group, fields)?;
            }
            ParticleKind::Group(name) => {
                let of = self.group_type(name)?;
                let group = self.group(name)?;
                let docs = if docs.is_empty() { group.docs.clone() } else { docs };
                let is_optional = occurs.min == 0 || self.is_absent_if_empty(&group, true)?;
                fields.push(self.group_field(particle, of, docs, is_optional)?);
            }
            ParticleKind::Sequence(_) => {
                let of = self.anonymous_composite(owner, particle)?;
                fields.push(self.group_field(particle, of, docs, occurs.min == 0)?);
            }
            ParticleKind::Choice(members) if self.may_coincide(owner, particle)? => {
                self.inlined_docs.push(docs);
                let mut alternatives = Vec::new();
                for member in members {
                    let ParticleKind::Element { name, .. } = &member.kind else {
                        let message = "alternatives that may coincide must be elements";
                        return Err(self.error(member, message));
                    };
                    alternatives.push(self.element_name(name, &member.docs)?);
                    // Each may be absent: another one is there.
                    let occurs = Occurs { min: 0, ..member.occurs };
                    self.fields(owner, &Particle { occurs, ..member.clone() }, fields)?;
                }
                self.coinciding.push(alternatives);
            }
            ParticleKind::Choice(members) => {
                let (of, is_made) = self.anonymous(particle)?;
                let has_fallback = self.has_fallback(members, false)?;
                let is_optional =
                    (occurs.min == 0 || self.is_emptiable(particle)?) && !has_fallback;
                if !is_made {
                    let (variants, fallback) = self.choice(owner, members, false)?;
                    let kind = ItemKind::Choice { variants, fallback, root: None };
                    let origin = format!("choice in `{}`", particle.owner.local);
                    let (ident, docs) = (of.ident.clone(), docs.clone());
                    let place = particle.place.clone();
                    self.items.push(Item { ident, docs, origin, place, aliases: Vec::new(), kind });
                }
                fields.push(self.group_field(particle, of, docs, is_optional)?);
            }
        }
        Ok(())
    }

    /// The type of an anonymous group.
    fn anonymous_composite(&mut self, owner: &QName, particle: &Particle) -> Result<RustType> {
        let (of, is_made) = self.anonymous(particle)?;
        if !is_made {
            let is_choice = matches!(particle.kind, ParticleKind::Choice(_));
            let what = if is_choice { "choice" } else { "group" };
            let origin = format!("{what} in `{}`", particle.owner.local);
            let once = Particle { occurs: Occurs::ONCE, ..particle.clone() };
            let outside = Outside { docs: particle.docs.clone(), ..Outside::default() };
            self.composite(owner, of.ident.clone(), origin, Some(&once), outside)?;
        }
        Ok(of)
    }

    fn group_type(&self, name: &QName) -> Result<RustType> {
        let module = Some(self.tables.names.module(&name.namespace)?);
        Ok(RustType { module, ident: self.tables.names.group_type(name)? })
    }

    fn element_use(
        &mut self,
        owner: &QName,
        particle: &Particle,
        occurs: Occurs,
    ) -> Result<ElementUse> {
        let ParticleKind::Element { name, type_ref, is_nillable } = &particle.kind else {
            return Err(self.error(particle, "not an element"));
        };
        let fixups = &self.tables.fixups;
        let is_record = match type_ref {
            TypeRef::Builtin(_) => false,
            TypeRef::Named(of) | TypeRef::OfElement(of) => {
                let of = self.ir.type_of(of);
                of.is_some_and(|of| matches!(of.kind, TypeKind::Complex { .. }))
            }
        };
        let is_list = occurs.is_list() || fixups.may_repeat(owner, name, occurs);
        let shape = match (is_list, is_record && !is_nillable) {
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
        let read_as = fixups.read_as(owner, name, runtime.unwrap_or(&declared.ident));
        let (of, judged_as) = match read_as {
            Some(_) if shape != Shape::Optional || *is_nillable => {
                let message = "another type than the schema's is supported on optional elements";
                return Err(self.error(particle, message));
            }
            Some(other) => (RustType { module: None, ident: other.to_owned() }, Some(declared)),
            None => (declared, None),
        };
        Ok(ElementUse {
            name: self.element_name(name, &particle.docs)?,
            of,
            occurs,
            shape,
            is_nillable: *is_nillable,
            is_boxed: false,
            is_recursive: false,
            judged_as,
        })
    }

    fn may_coincide(&self, owner: &QName, choice: &Particle) -> Result<bool> {
        let first = self.first_element(choice)?.unwrap_or_default();
        Ok(choice.occurs == Occurs::ONCE && self.tables.fixups.may_coincide(owner, &first))
    }

    fn group_field(
        &self,
        particle: &Particle,
        of: RustType,
        docs: String,
        is_optional: bool,
    ) -> Result<Field> {
        let occurs = particle.occurs;
        Ok(Field {
            ident: field_ident(&of.ident)?,
            schema_name: of.ident.clone(),
            docs,
            aliases: Vec::new(),
            is_public: false,
            kind: if occurs.is_list() {
                FieldKind::Groups { of, occurs }
            } else {
                FieldKind::Group { of, is_optional, has_default: true }
            },
        })
    }

    /// The alternatives. Of a choice that may be empty, the one that stands for that is the fallback:
    /// in a type of its own any that may be empty, in a field only a list.
    fn choice(
        &mut self,
        owner: &QName,
        members: &[Particle],
        is_own_type: bool,
    ) -> Result<(Vec<Variant>, Option<usize>)> {
        let mut variants: Vec<Variant> = Vec::new();
        let mut fallback = None;
        for member in flat(members) {
            let is_list = member.occurs.is_list();
            if self.is_emptiable(member)? && (is_own_type || is_list) && fallback.is_none() {
                fallback = Some(variants.len());
            }
            let variant = self.variant(owner, member)?;
            if variants.iter().any(|other| other.ident == variant.ident) {
                let message = format!("two alternatives would both be named {}", variant.ident);
                return Err(self.error(member, &message));
            }
            variants.push(variant);
        }
        if variants.is_empty() {
            return Err(Error::new(format!("a choice of nothing in `{}`", owner.local)));
        }
        Ok((variants, fallback))
    }

    /// Whether a type can be the choice that it holds. If nothing may be there and no alternative can
    /// stand for that, it is a record with a choice that may be absent.
    fn has_only_choice(&self, members: &[Particle]) -> Result<bool> {
        for member in flat(members) {
            // Of a record that may be empty, everything is optional.
            let is_record = matches!(member.kind, ParticleKind::Sequence(_));
            let can_be_empty =
                member.occurs.is_list() || is_record && member.occurs == Occurs::ONCE;
            if self.is_emptiable(member)? && !can_be_empty {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a group that holds nothing cannot be told from one that is not there.
    fn is_absent_if_empty(&self, group: &Particle, is_own_type: bool) -> Result<bool> {
        let mut content = group;
        while let ParticleKind::Sequence(members) = &content.kind
            && let [only] = &members[..]
            && content.occurs == Occurs::ONCE
        {
            content = only;
        }
        let ParticleKind::Choice(members) = &content.kind else { return Ok(false) };
        if content.occurs != Occurs::ONCE {
            return Ok(false);
        }
        Ok(!self.has_fallback(members, is_own_type)? && self.is_emptiable(content)?)
    }

    /// Whether an alternative stands for nothing.
    fn has_fallback(&self, members: &[Particle], is_own_type: bool) -> Result<bool> {
        for member in flat(members) {
            if self.is_emptiable(member)? && (is_own_type || member.occurs.is_list()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn variant(&mut self, owner: &QName, member: &Particle) -> Result<Variant> {
        let docs = member.docs.clone();
        let variant = |ident: String, schema_name: String, docs: String, kind| Variant {
            ident,
            schema_name,
            docs,
            kind,
        };
        let apart = |of: RustType| match member.occurs {
            occurs if occurs.is_list() => VariantKind::Groups { of, occurs },
            _ => VariantKind::Group(of),
        };
        match &member.kind {
            ParticleKind::Element { name, .. } => {
                // An alternative that is absent is not chosen.
                let occurs = if member.occurs.is_list() { member.occurs } else { Occurs::ONCE };
                let kind = VariantKind::Element(self.element_use(owner, member, occurs)?);
                Ok(variant(type_ident(&name.local)?, name.local.clone(), docs, kind))
            }
            ParticleKind::Sequence(members) if is_flat(member) => {
                // The name is the variant's: a type it has none.
                let ident = self.group_name(member)?;
                let mut fields = Vec::new();
                for member in members {
                    self.fields(owner, member, &mut fields)?;
                }
                Ok(variant(ident.clone(), ident, docs, VariantKind::Fields(fields)))
            }
            ParticleKind::Sequence(_) | ParticleKind::Choice(_) => {
                let of = self.anonymous_composite(owner, member)?;
                let ident = of.ident.clone();
                Ok(variant(ident.clone(), ident, docs, apart(of)))
            }
            ParticleKind::Group(name) => {
                let of = self.group_type(name)?;
                let group = self.group(name)?;
                let docs = if docs.is_empty() { group.docs } else { docs };
                let ident = of.ident.clone();
                Ok(variant(ident.clone(), ident, docs, apart(of)))
            }
            ParticleKind::Any(_) => {
                let message = "<any> as an alternative of a choice is not supported";
                Err(self.error(member, message).hint("put it behind the choice"))
            }
            ParticleKind::All(_) => Err(self.error(member, "<all> within a choice")),
        }
    }

    /// The type of an anonymous group, and whether it is there already: that of a base comes again in the
    /// types that extend it.
    fn anonymous(&mut self, particle: &Particle) -> Result<(RustType, bool)> {
        let owner = &*particle.owner;
        let name = self.group_name(particle)?;
        if owner.namespace != self.uri {
            let module = Some(self.tables.names.module(&owner.namespace)?);
            return Ok((RustType { module, ident: name }, true));
        }
        let is_choice = matches!(particle.kind, ParticleKind::Choice(_));
        let first = self.first_element(particle)?.unwrap_or_default();
        let content = format!("{:?}", particle.kind);
        match self.made.insert((owner.clone(), is_choice, first), content.clone()) {
            Some(before) if before != content => {
                let message = "two groups of one kind that begin with the same element";
                Err(self.error(particle, message).hint("write one of them into a named group"))
            }
            before => Ok((self.own(name), before.is_some())),
        }
    }

    /// The name of an anonymous group, from the table. If there is none, one that is made up, and noted.
    fn group_name(&mut self, particle: &Particle) -> Result<String> {
        let owner = &*particle.owner;
        let kind = match particle.kind {
            ParticleKind::Choice(_) => "choice",
            _ => "sequence",
        };
        let first = self.first_element(particle)?.unwrap_or_default();
        if let Some(name) = self.tables.names.group(owner, kind, &first) {
            return crate::names::checked(name.to_owned(), "names.toml, [[group]]");
        }
        let mut members = Vec::new();
        self.member_names(particle, &mut members)?;
        let name = proposal(kind, &members)?;
        let about = format!("the {kind} that begins with `{first}`");
        let key = crate::names::key(owner);
        let toml = format!(
            "[[group]]\ntype = \"{key}\"\nkind = \"{kind}\"\nfirst = \"{first}\"\nname = \"{name}\""
        );
        let noted = (particle.place.clone(), Proposal { about, toml });
        if !self.unnamed.contains(&noted) {
            self.unnamed.push(noted);
        }
        Ok(name)
    }

    /// The elements and named groups that a particle is made of.
    fn member_names(&self, particle: &Particle, found: &mut Vec<String>) -> Result<()> {
        match &particle.kind {
            ParticleKind::Element { name, .. } | ParticleKind::Group(name) => {
                found.push(type_ident(&name.local)?);
                Ok(())
            }
            _ => particle.members().iter().try_for_each(|one| self.member_names(one, found)),
        }
    }

    fn first_element(&self, particle: &Particle) -> Result<Option<String>> {
        match &particle.kind {
            ParticleKind::Element { name, .. } => Ok(Some(name.local.clone())),
            ParticleKind::Group(name) => self.first_element(&self.group(name)?),
            ParticleKind::Any(_) => Ok(None),
            _ => {
                let first = particle.members().first();
                first.map_or(Ok(None), |member| self.first_element(member))
            }
        }
    }

    fn is_emptiable(&self, particle: &Particle) -> Result<bool> {
        if particle.occurs.min == 0 {
            return Ok(true);
        }
        match &particle.kind {
            ParticleKind::Element { .. } | ParticleKind::Any(_) => Ok(false),
            ParticleKind::Group(name) => self.is_emptiable(&self.group(name)?),
            ParticleKind::Sequence(members) | ParticleKind::All(members) => {
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

    fn group(&self, name: &QName) -> Result<Particle> {
        let group = self.ir.group(name);
        let group = group.ok_or_else(|| Error::new(format!("group {name} is not declared")))?;
        Ok(Particle { docs: group.docs.clone(), ..group.particle.clone() })
    }
}

/// A choice of choices is one choice.
fn flat(members: &[Particle]) -> Vec<&Particle> {
    members
        .iter()
        .flat_map(|member| match &member.kind {
            ParticleKind::Choice(inner) if member.occurs == Occurs::ONCE => flat(inner),
            _ => vec![member],
        })
        .collect()
}

/// Whether the particle becomes a variant with fields.
fn is_flat(particle: &Particle) -> bool {
    let members = particle.members();
    particle.occurs == Occurs::ONCE
        && members.len() <= MAX_INLINE_FIELDS
        && members.iter().all(|member| matches!(member.kind, ParticleKind::Element { .. }))
}
