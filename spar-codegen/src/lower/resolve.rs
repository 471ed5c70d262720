//! References: between the files, from elements to types, from types to those that they extend.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::ir::{
    Attributes, Namespace, Occurs, Particle, ParticleKind, Place, QName, Simple, Type, TypeKind,
    TypeRef,
};

/// Gives references to elements their types and extensions what they extend, and makes sure that
/// everything referred to exists.
pub(super) fn resolve(namespaces: &mut BTreeMap<String, Namespace>) -> Result<()> {
    let known = Known::of(namespaces);
    for namespace in namespaces.values_mut() {
        for element in namespace.elements.values() {
            known.check_type(&element.place, &element.type_ref)?;
            known.check_concrete(&element.place, &element.type_ref)?;
        }
        for group in namespace.groups.values_mut() {
            known.particle(&mut group.particle)?;
        }
        for type_ in namespace.types.values_mut() {
            known.type_(type_)?;
        }
    }
    check_groups(namespaces)?;
    extend(namespaces)
}

struct Known {
    types: BTreeSet<QName>,
    abstract_types: BTreeSet<QName>,
    groups: BTreeSet<QName>,
    elements: BTreeMap<QName, KnownElement>,
}

struct KnownElement {
    type_ref: TypeRef,
    is_nillable: bool,
    docs: String,
}

impl Known {
    fn of(namespaces: &BTreeMap<String, Namespace>) -> Self {
        let mut known = Self {
            types: BTreeSet::new(),
            abstract_types: BTreeSet::new(),
            groups: BTreeSet::new(),
            elements: BTreeMap::new(),
        };
        for (uri, namespace) in namespaces {
            let name = |local: &String| QName::new(uri, local);
            known.types.extend(namespace.types.keys().map(name));
            let are_abstract = namespace.types.iter().filter(|(_, type_)| type_.is_abstract);
            known.abstract_types.extend(are_abstract.map(|(local, _)| name(local)));
            known.groups.extend(namespace.groups.keys().map(name));
            known.elements.extend(namespace.elements.iter().map(|(local, element)| {
                let element = KnownElement {
                    type_ref: element.type_ref.clone(),
                    is_nillable: element.is_nillable,
                    docs: element.docs.clone(),
                };
                (name(local), element)
            }));
        }
        known
    }

    fn type_(&self, type_: &mut Type) -> Result<()> {
        let place = &type_.place;
        match &mut type_.kind {
            TypeKind::Complex { extends, content, attributes } => {
                if let Some(base) = extends {
                    self.check_type(place, &TypeRef::Named(base.clone()))?;
                }
                content.as_mut().map_or(Ok(()), |content| self.particle(content))?;
                self.attributes(attributes)
            }
            TypeKind::Simple(Simple::Restriction { base: of, .. } | Simple::List { item: of }) => {
                self.check_type(place, of)
            }
            TypeKind::Simple(Simple::Union { members }) => {
                members.iter().try_for_each(|member| self.check_type(place, member))
            }
            TypeKind::SimpleContent { base, attributes } => {
                self.check_type(place, base)?;
                self.attributes(attributes)
            }
        }
    }

    fn attributes(&self, attributes: &Attributes) -> Result<()> {
        let mut attributes = attributes.list.iter();
        attributes.try_for_each(|one| self.check_type(&one.place, &one.type_ref))
    }

    fn check_type(&self, place: &Place, type_ref: &TypeRef) -> Result<()> {
        match type_ref {
            TypeRef::Named(name) if !self.types.contains(name) => {
                Err(undeclared("type", name, place))
            }
            _ => Ok(()),
        }
    }

    /// What an abstract type stands for, a document says by `xsi:type`.
    fn check_concrete(&self, place: &Place, type_ref: &TypeRef) -> Result<()> {
        match type_ref {
            TypeRef::Named(name) if self.abstract_types.contains(name) => {
                let message = format!("an element of the abstract type {name} is not supported");
                let hint = "give the element one of the types that extend it";
                Err(Error::at(&place.file, place.line, message).hint(hint))
            }
            _ => Ok(()),
        }
    }

    fn particle(&self, particle: &mut Particle) -> Result<()> {
        let place = &particle.place;
        match &mut particle.kind {
            ParticleKind::Element { type_ref, is_nillable, .. } => {
                if let TypeRef::OfElement(name) = type_ref {
                    let Some(declared) = self.elements.get(name) else {
                        return Err(undeclared("element", name, place));
                    };
                    if particle.docs.is_empty() {
                        particle.docs.clone_from(&declared.docs);
                    }
                    *is_nillable = declared.is_nillable;
                    *type_ref = declared.type_ref.clone();
                }
                self.check_type(place, type_ref)?;
                self.check_concrete(place, type_ref)
            }
            ParticleKind::Group(name) if !self.groups.contains(name) => {
                Err(undeclared("group", name, place))
            }
            _ => particle.members_mut().iter_mut().try_for_each(|member| self.particle(member)),
        }
    }
}

fn undeclared(kind: &str, name: &QName, place: &Place) -> Error {
    let error = Error::at(&place.file, place.line, format!("{kind} {name} is not declared"));
    error.hint("no file that is reached declares it: is a schemaLocation missing?")
}

/// A group that holds itself has no end.
fn check_groups(namespaces: &BTreeMap<String, Namespace>) -> Result<()> {
    fn visit<'n>(
        particle: &'n Particle,
        namespaces: &'n BTreeMap<String, Namespace>,
        open: &mut Vec<&'n QName>,
        done: &mut BTreeSet<&'n QName>,
    ) -> Result<()> {
        if let ParticleKind::Group(name) = &particle.kind {
            if open.contains(&name) {
                let place = &particle.place;
                let message = format!("group {name} holds itself");
                return Err(Error::at(&place.file, place.line, message));
            }
            if done.insert(name) {
                let group = namespaces.get(&name.namespace).and_then(|n| n.groups.get(&name.local));
                if let Some(group) = group {
                    open.push(name);
                    visit(&group.particle, namespaces, open, done)?;
                    open.pop();
                }
            }
        }
        particle.members().iter().try_for_each(|member| visit(member, namespaces, open, done))
    }
    let mut done = BTreeSet::new();
    let mut groups = namespaces.values().flat_map(|namespace| namespace.groups.values());
    groups.try_for_each(|group| visit(&group.particle, namespaces, &mut Vec::new(), &mut done))
}

/// Puts the content and the attributes of the base before those of the extension, until none is left.
fn extend(namespaces: &mut BTreeMap<String, Namespace>) -> Result<()> {
    loop {
        let mut open = Vec::new();
        let mut ready = Vec::new();
        for (uri, namespace) in namespaces.iter() {
            for (local, type_) in &namespace.types {
                let TypeKind::Complex { extends: Some(base), content, attributes } = &type_.kind
                else {
                    continue;
                };
                open.push(type_.place.clone());
                let found = namespaces.get(&base.namespace).and_then(|n| n.types.get(&base.local));
                match found.map(|base| &base.kind) {
                    Some(TypeKind::Complex { extends: Some(_), .. }) | None => {}
                    Some(TypeKind::Complex { extends: None, content: first, attributes: more }) => {
                        let content = together(first.as_ref(), content.as_ref(), &type_.place)?;
                        let attributes = joined(more, attributes, &type_.place)?;
                        ready.push((uri.clone(), local.clone(), content, attributes));
                    }
                    Some(_) => {
                        let message = format!("the base {base} has no content of elements");
                        return Err(Error::at(&type_.place.file, type_.place.line, message));
                    }
                }
            }
        }
        let Some(place) = open.first() else { return Ok(()) };
        if ready.is_empty() {
            return Err(Error::at(&place.file, place.line, "a type that extends itself"));
        }
        for (uri, local, content, attributes) in ready {
            let type_ = namespaces.get_mut(&uri).and_then(|n| n.types.get_mut(&local));
            if let Some(type_) = type_ {
                type_.kind = TypeKind::Complex { extends: None, content, attributes };
            }
        }
    }
}

fn together(
    base: Option<&Particle>,
    own: Option<&Particle>,
    place: &Place,
) -> Result<Option<Particle>> {
    let (Some(base), Some(own)) = (base, own) else { return Ok(base.or(own).cloned()) };
    let is_all = |particle: &Particle| matches!(particle.kind, ParticleKind::All(_));
    if is_all(base) || is_all(own) {
        let message = "an extension of <all>, or by it, is not supported";
        return Err(Error::at(&place.file, place.line, message).hint("write it as a sequence"));
    }
    Ok(Some(Particle {
        docs: String::new(),
        occurs: Occurs::ONCE,
        kind: ParticleKind::Sequence(vec![base.clone(), own.clone()]),
        place: place.clone(),
        owner: Arc::clone(&own.owner),
    }))
}

/// The attributes of both. One that stands in both is the extension's.
pub(crate) fn joined(base: &Attributes, own: &Attributes, place: &Place) -> Result<Attributes> {
    let any = match (&base.any, &own.any) {
        (Some(base), Some(own)) if base != own => {
            let message = "anyAttribute of other namespaces than the base's is not supported";
            return Err(Error::at(&place.file, place.line, message)
                .hint("say namespace=\"##any\" in the base"));
        }
        (base, own) => base.clone().or_else(|| own.clone()),
    };
    let is_replaced = |name: &str| own.list.iter().any(|attribute| attribute.name == name);
    let kept = base.list.iter().filter(|attribute| !is_replaced(&attribute.name));
    Ok(Attributes { list: kept.chain(&own.list).cloned().collect(), any })
}
