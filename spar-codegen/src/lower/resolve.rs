//! References: between the files, and from elements to types.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::ir::{Namespace, Particle, ParticleKind, QName, TypeKind, TypeRef};

/// Gives references to elements their types, and makes sure that everything referred to exists.
pub(super) fn resolve(namespaces: &mut BTreeMap<String, Namespace>) -> Result<()> {
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
