//! The modules of an interface version, one per namespace.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{element_refs, reach, set_namespaces};
use super::{ElementName, ElementRef, Item, ItemKind, Model, Module, RustOperation, RustType};
use crate::error::{Error, Result};
use crate::ir::{
    Builtin, Ir, Namespace, Occurs, Operation, Particle, ParticleKind, QName, TypeKind, TypeRef,
};
use crate::names::{
    Names, const_ident, interface_idents, module_ident, stem_and_version, type_ident,
};
use crate::tables::Tables;

/// `irs` are all interface versions, this one among them: a component that they share is the same in each.
pub(crate) fn build(ir: &Ir, irs: &[Ir], tables: &Tables) -> Result<Model> {
    let names = &tables.names;
    let mut modules = Vec::new();
    for (uri, namespace) in &ir.namespaces {
        modules.push(Builder::new(ir, irs, tables, uri)?.module(namespace)?);
    }
    let operations =
        ir.operations.iter().map(|o| operation(ir, names, o)).collect::<Result<Vec<_>>>()?;
    let mut reachable = BTreeSet::new();
    for operation in &operations {
        reach(&modules, &operation.request, &mut reachable);
        reach(&modules, &operation.response, &mut reachable);
    }
    for name in &ir.documents {
        let document = rust_type(names, &TypeRef::OfElement(name.clone()))?;
        reach(&modules, &document, &mut reachable);
    }
    check_facade(&reachable)?;
    set_namespaces(&mut modules);
    let (facade, note) = (interface_idents(&ir.interface)?, ir.note.clone());
    Ok(Model { facade, note, modules, operations, reachable })
}

pub(super) struct Builder<'i> {
    pub(super) ir: &'i Ir,
    irs: &'i [Ir],
    pub(super) tables: &'i Tables,
    pub(super) uri: &'i str,
    pub(super) module: String,
    pub(super) items: Vec<Item>,
    pub(super) elements: BTreeMap<String, ElementName>,
    /// Documentation of particles that get no field and no type of their own, for the type around them.
    pub(super) inlined_docs: Vec<String>,
    /// Of the content at hand, the choices whose alternatives are fields.
    pub(super) coinciding: Vec<Vec<ElementRef>>,
}

impl<'i> Builder<'i> {
    fn new(ir: &'i Ir, irs: &'i [Ir], tables: &'i Tables, uri: &'i str) -> Result<Self> {
        let module = module_ident(uri)?;
        Ok(Self {
            ir,
            irs,
            tables,
            uri,
            module,
            items: Vec::new(),
            elements: BTreeMap::new(),
            inlined_docs: Vec::new(),
            coinciding: Vec::new(),
        })
    }

    fn module(mut self, namespace: &Namespace) -> Result<Module> {
        for (local, element) in &namespace.elements {
            self.element_name(&QName::new(self.uri, local), &element.docs)?;
        }
        for (local, group) in &namespace.groups {
            if self.needs_type(&QName::new(self.uri, local)) {
                let name = QName::new(self.uri, local);
                let origin = format!("group `{local}` in `{}`", namespace.file);
                let ident = type_ident(local);
                self.composite(&name, ident, group.docs.clone(), origin, &group.particle)?;
            }
        }
        for (local, type_) in &namespace.types {
            self.type_item(&QName::new(self.uri, local), type_)?;
        }
        self.check_collisions(&namespace.file)?;
        self.items.sort_by(|a, b| a.ident.cmp(&b.ident));
        let (stem, version) = stem_and_version(self.uri)?;
        Ok(Module {
            name: self.module,
            namespace: self.uri.to_owned(),
            stem,
            version,
            file: namespace.file.clone(),
            docs: namespace.docs.clone(),
            is_reconstructed: namespace.is_reconstructed,
            elements: self.elements.into_values().collect(),
            items: self.items,
        })
    }

    /// A group needs a type where it may be absent; where it must be there once, its members are
    /// the content's own.
    fn needs_type(&self, group: &QName) -> bool {
        fn uses(particle: &Particle, group: &QName) -> bool {
            match &particle.kind {
                ParticleKind::Group(name) => name == group && particle.occurs != Occurs::ONCE,
                ParticleKind::Sequence(members) | ParticleKind::Choice(members) => {
                    members.iter().any(|member| uses(member, group))
                }
                ParticleKind::Element { .. } => false,
            }
        }
        self.irs.iter().flat_map(|ir| ir.namespaces.values()).any(|namespace| {
            let in_types = namespace.types.values().any(|type_| match &type_.kind {
                TypeKind::Complex(particle) => uses(particle, group),
                _ => false,
            });
            in_types || namespace.groups.values().any(|g| uses(&g.particle, group))
        })
    }

    pub(super) fn element_name(&mut self, name: &QName, docs: &str) -> Result<ElementRef> {
        let module = if name.namespace.is_empty() {
            self.module.clone()
        } else {
            module_ident(&name.namespace)?
        };
        let ident = const_ident(&name.local);
        if module == self.module {
            let entry = self.elements.entry(ident.clone()).or_insert_with(|| ElementName {
                ident: ident.clone(),
                local: name.local.clone(),
                namespace: name.namespace.clone(),
                docs: docs.to_owned(),
            });
            if entry.local != name.local || entry.namespace != name.namespace {
                return Err(Error::new(format!(
                    "elements `{}` and `{}` of `{module}` would both be named {ident}",
                    entry.local, name.local
                )));
            }
        }
        Ok(ElementRef { module, ident })
    }

    pub(super) fn rust_type(&self, type_ref: &TypeRef) -> Result<RustType> {
        rust_type(&self.tables.names, type_ref)
    }

    pub(super) fn own(&self, ident: String) -> RustType {
        RustType { module: Some(self.module.clone()), ident }
    }

    pub(super) fn error(&self, owner: &QName, particle: &Particle, message: &str) -> Error {
        let file = self.ir.namespaces.get(&owner.namespace).map_or("", |n| n.file.as_str());
        Error::at(file, particle.line, message)
    }

    fn check_collisions(&self, file: &str) -> Result<()> {
        let mut seen = BTreeMap::new();
        for item in &self.items {
            if let Some(other) = seen.insert(&item.ident, &item.origin) {
                return Err(Error::new(format!(
                    "{file}: {other} and {} would both be named {}; name one in names.toml",
                    item.origin, item.ident
                )));
            }
        }
        Ok(())
    }
}

fn rust_type(names: &Names, type_ref: &TypeRef) -> Result<RustType> {
    match type_ref {
        TypeRef::Builtin(builtin) => Ok(runtime_type(*builtin)),
        TypeRef::Named(name) | TypeRef::OfElement(name) => Ok(RustType {
            module: Some(module_ident(&name.namespace)?),
            ident: names.type_name(name),
        }),
    }
}

pub(super) fn runtime_type(builtin: Builtin) -> RustType {
    let ident = match builtin {
        Builtin::String => "FreeText",
        Builtin::Int => "Int",
        Builtin::Long => "Long",
        Builtin::Integer => "Integer",
        Builtin::Date => "Datum",
        Builtin::DateTime => "Tidsstampel",
    };
    RustType { module: None, ident: ident.to_owned() }
}

fn operation(ir: &Ir, names: &Names, operation: &Operation) -> Result<RustOperation> {
    let message = |name: &QName| -> Result<RustType> {
        let element = ir.namespaces.get(&name.namespace).and_then(|n| n.elements.get(&name.local));
        match element {
            Some(element) => rust_type(names, &element.type_ref),
            None => Err(Error::new(format!(
                "the WSDL refers to element {name}, which no file declares"
            ))),
        }
    };
    Ok(RustOperation {
        operation: operation.name.clone(),
        docs: operation.docs.clone(),
        soap_action: operation.soap_action.clone(),
        request: message(&operation.request)?,
        response: message(&operation.response)?,
    })
}

/// An element must stand for one field, so that the reader can tell by its name where it belongs.
pub(super) fn check_unique_elements(kind: &ItemKind, origin: &str) -> Result<()> {
    let mut seen = BTreeSet::new();
    match element_refs(kind).into_iter().find(|name| !seen.insert(*name)) {
        None => Ok(()),
        Some(name) => Err(Error::new(format!(
            "{origin}: element {} stands in two places of one content, which is not supported",
            name.ident
        ))),
    }
}

/// The facade puts the types of all namespaces side by side.
fn check_facade(reachable: &BTreeSet<RustType>) -> Result<()> {
    let mut seen = BTreeMap::new();
    for type_ in reachable {
        if let Some(other) = seen.insert(&type_.ident, &type_.module) {
            let (one, two) =
                (other.as_deref().unwrap_or(""), type_.module.as_deref().unwrap_or(""));
            return Err(Error::new(format!(
                "{one} and {two} both hold a type {}; name one of them in names.toml, [types]",
                type_.ident
            )));
        }
    }
    Ok(())
}
