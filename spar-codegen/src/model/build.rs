//! The modules of an interface version, one per namespace.

use std::collections::{BTreeMap, BTreeSet};

use super::content::Outside;
use super::graph::{self, reach};
use super::{ElementName, ElementRef, Item, Model, Module, RustOperation, RustType, Wildcard};
use crate::error::{Error, Proposal, Result};
use crate::ir::{
    Builtin, Ir, Namespace, Occurs, Operation, Particle, ParticleKind, Place, QName, TypeRef,
};
use crate::names::{Names, const_ident, interface_idents, longer_module_ident, stem_and_version};
use crate::tables::Tables;

/// `irs` are all interface versions, this one among them: a component that they share is the same in each.
pub(crate) fn build(ir: &Ir, irs: &[Ir], tables: &Tables) -> Result<Model> {
    let names = &tables.names;
    let mut modules = Vec::new();
    let mut unnamed = Vec::new();
    check_modules(ir, names)?;
    for (uri, namespace) in &ir.namespaces {
        modules.push(Builder::new(ir, irs, tables, uri, &mut unnamed)?.module(namespace)?);
    }
    refuse_unnamed(unnamed)?;
    graph::complete(&mut modules)?;
    let operations =
        ir.operations.iter().map(|o| operation(ir, names, o)).collect::<Result<Vec<_>>>()?;
    let mut reachable = BTreeSet::new();
    for operation in &operations {
        reach(&modules, &operation.request, &mut reachable);
        reach(&modules, &operation.response, &mut reachable);
    }
    let root = |name: &QName| element_type(ir, names, name);
    let documents = ir.documents.iter().map(root).collect::<Result<Vec<_>>>()?;
    for document in &documents {
        reach(&modules, document, &mut reachable);
    }
    check_facade(&reachable)?;
    graph::set_namespaces(&mut modules);
    let (facade, note) = (interface_idents(&ir.interface)?, ir.note.clone());
    Ok(Model { facade, note, modules, operations, documents, reachable })
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
    /// Of the content at hand, where any elements may stand.
    pub(super) wildcards: Vec<Wildcard>,
    /// What is in the anonymous groups that have a type, by what declares them, whether they are choices, and
    /// first element.
    pub(super) made: BTreeMap<(QName, bool, String), String>,
    /// Anonymous groups that no line of the table names, with lines that would.
    pub(super) unnamed: &'i mut Vec<(Place, Proposal)>,
}

impl<'i> Builder<'i> {
    fn new(
        ir: &'i Ir,
        irs: &'i [Ir],
        tables: &'i Tables,
        uri: &'i str,
        unnamed: &'i mut Vec<(Place, Proposal)>,
    ) -> Result<Self> {
        let module = tables.names.module(uri)?;
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
            wildcards: Vec::new(),
            made: BTreeMap::new(),
            unnamed,
        })
    }

    fn module(mut self, namespace: &Namespace) -> Result<Module> {
        for (local, element) in &namespace.elements {
            self.element_name(&QName::new(self.uri, local), &element.docs)?;
        }
        for (local, group) in &namespace.groups {
            if self.needs_type(&QName::new(self.uri, local)) {
                let name = QName::new(self.uri, local);
                let origin = format!("group `{local}` in `{}`", group.particle.place.file);
                let ident = self.tables.names.group_type(&name)?;
                let outside = Outside { docs: group.docs.clone(), ..Outside::default() };
                self.composite(&name, ident, origin, Some(&group.particle), outside)?;
            }
        }
        for (local, type_) in &namespace.types {
            self.type_item(&QName::new(self.uri, local), type_)?;
        }
        self.check_collisions()?;
        self.items.sort_by(|a, b| a.ident.cmp(&b.ident));
        let (stem, version) = stem_and_version(self.uri);
        Ok(Module {
            name: self.module,
            namespace: self.uri.to_owned(),
            stem,
            version,
            file: namespace.label(),
            docs: namespace.docs.clone(),
            is_reconstructed: namespace.is_reconstructed,
            elements: self.elements.into_values().collect(),
            items: self.items,
        })
    }

    /// A group needs a type where it may be absent, repeated or chosen; where it must be there once, its
    /// members are the content's own.
    fn needs_type(&self, group: &QName) -> bool {
        fn uses(particle: &Particle, group: &QName, is_alternative: bool) -> bool {
            let is_apart = is_alternative || particle.occurs != Occurs::ONCE;
            let is_choice = matches!(particle.kind, ParticleKind::Choice(_));
            matches!(&particle.kind, ParticleKind::Group(name) if name == group && is_apart)
                || particle.members().iter().any(|member| uses(member, group, is_choice))
        }
        self.has_parts(group)
            || self.irs.iter().flat_map(|ir| ir.namespaces.values()).any(|namespace| {
                let mut types = namespace.types.values().filter_map(|type_| type_.kind.particle());
                types.any(|particle| uses(particle, group, false))
                    || namespace.groups.values().any(|g| uses(&g.particle, group, false))
            })
    }

    /// Whether groups within the group have types of their own: then so has the group, or each type that
    /// holds it would have them again.
    pub(super) fn has_parts(&self, group: &QName) -> bool {
        fn has(particle: &Particle) -> bool {
            match &particle.kind {
                ParticleKind::Choice(_) => true,
                ParticleKind::Sequence(_) if particle.occurs != Occurs::ONCE => true,
                _ => particle.members().iter().any(has),
            }
        }
        self.ir.group(group).is_some_and(|group| has(&group.particle))
    }

    pub(super) fn element_name(&mut self, name: &QName, docs: &str) -> Result<ElementRef> {
        let module = if name.namespace.is_empty() {
            self.module.clone()
        } else {
            self.tables.names.module(&name.namespace)?
        };
        let mut ident = const_ident(&name.local)?;
        let namespace = self.ir.namespaces.get(self.uri);
        if name.namespace.is_empty()
            && namespace.is_some_and(|namespace| namespace.elements.contains_key(&name.local))
        {
            ident.push_str("_UNQUALIFIED");
        }
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

    pub(super) fn error(&self, particle: &Particle, message: &str) -> Error {
        Error::at(&particle.place.file, particle.place.line, message)
    }

    fn check_collisions(&self) -> Result<()> {
        let mut seen = BTreeMap::new();
        for item in &self.items {
            if let Some(other) = seen.insert(&item.ident, &item.origin) {
                let message =
                    format!("{other} and {} would both be named {}", item.origin, item.ident);
                let error = Error::at(&item.place.file, item.place.line, message);
                return Err(error.hint("name one of them in names.toml"));
            }
        }
        Ok(())
    }
}

fn rust_type(names: &Names, type_ref: &TypeRef) -> Result<RustType> {
    match type_ref {
        TypeRef::Builtin(builtin) => Ok(runtime_type(*builtin)),
        TypeRef::Named(name) | TypeRef::OfElement(name) => Ok(RustType {
            module: Some(names.module(&name.namespace)?),
            ident: names.type_name(name)?,
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

/// The type of a global element.
fn element_type(ir: &Ir, names: &Names, name: &QName) -> Result<RustType> {
    match ir.namespaces.get(&name.namespace).and_then(|n| n.elements.get(&name.local)) {
        Some(element) => rust_type(names, &element.type_ref),
        None => {
            let message = format!("the WSDL refers to element {name}, which no file declares");
            Err(Error::new(message))
        }
    }
}

fn operation(ir: &Ir, names: &Names, operation: &Operation) -> Result<RustOperation> {
    Ok(RustOperation {
        operation: operation.name.clone(),
        docs: operation.docs.clone(),
        soap_action: operation.soap_action.clone(),
        request: element_type(ir, names, &operation.request)?,
        response: element_type(ir, names, &operation.response)?,
    })
}

/// Two namespaces that would share a module.
fn check_modules(ir: &Ir, names: &Names) -> Result<()> {
    let mut seen = BTreeMap::new();
    for uri in ir.namespaces.keys() {
        let module = names.module(uri)?;
        if let Some(other) = seen.insert(module.clone(), uri) {
            let message = format!("namespaces `{other}` and `{uri}` would both be named {module}");
            let about = format!("the module of `{uri}`");
            let toml = format!("[modules]\n\"{uri}\" = \"{}\"", longer_module_ident(uri));
            return Err(Error::new(message).propose(vec![Proposal { about, toml }]));
        }
    }
    Ok(())
}

/// All groups without a name at once, so that one round of naming is enough.
fn refuse_unnamed(unnamed: Vec<(Place, Proposal)>) -> Result<()> {
    let Some((place, first)) = unnamed.first() else { return Ok(()) };
    let more = match unnamed.len() - 1 {
        0 => String::new(),
        more => format!(", and neither have {more} more"),
    };
    let message = format!("{} has no name{more}", first.about);
    let error = Error::at(&place.file, place.line, message);
    Err(error.propose(unnamed.into_iter().map(|(_, proposal)| proposal).collect()))
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
