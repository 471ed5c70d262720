//! What a type is made of, directly and in the end.

use std::collections::{BTreeMap, BTreeSet};

use super::{ElementRef, ElementUse, Field, Item, ItemKind, Module, RustType, VariantKind};

pub(crate) fn find<'m>(modules: &'m [Module], of: &RustType) -> Option<&'m Item> {
    let module = modules.iter().find(|module| Some(&module.name) == of.module.as_ref())?;
    module.items.iter().find(|item| item.ident == of.ident)
}

/// The types that an item is made of.
pub(super) fn parts(item: &Item) -> Vec<&RustType> {
    match &item.kind {
        ItemKind::Record { fields, .. } => fields.iter().map(Field::of).collect(),
        ItemKind::Choice { variants, .. } => variants
            .iter()
            .flat_map(|variant| match &variant.kind {
                VariantKind::Element(ElementUse { of, .. }) | VariantKind::Group(of) => vec![of],
                VariantKind::Fields(fields) => fields.iter().map(Field::of).collect(),
            })
            .collect(),
        ItemKind::SimpleContent { value, attributes } => {
            std::iter::once(value).chain(attributes.iter().map(|attribute| &attribute.of)).collect()
        }
        ItemKind::Alias(of) => vec![of],
        ItemKind::Text(_) | ItemKind::Number { .. } | ItemKind::Code(_) => Vec::new(),
    }
}

pub(super) fn reach(modules: &[Module], of: &RustType, found: &mut BTreeSet<RustType>) {
    if of.module.is_some() && found.insert(of.clone()) {
        for part in find(modules, of).map(parts).unwrap_or_default() {
            reach(modules, part, found);
        }
    }
}

/// Gives every root the namespaces of the elements that may stand in it.
pub(super) fn set_namespaces(modules: &mut [Module]) {
    let mut found = BTreeMap::new();
    for module in modules.iter() {
        for item in &module.items {
            if let ItemKind::Record { root: Some(_), .. } = item.kind {
                let of = RustType { module: Some(module.name.clone()), ident: item.ident.clone() };
                let mut reachable = BTreeSet::new();
                reach(modules, &of, &mut reachable);
                let mut used: BTreeSet<&str> = BTreeSet::new();
                for name in reachable
                    .iter()
                    .filter_map(|of| find(modules, of))
                    .flat_map(|item| element_refs(&item.kind))
                {
                    let declared = modules.iter().find(|module| module.name == name.module);
                    used.extend(declared.map(|module| module.namespace.as_str()));
                }
                used.remove(module.namespace.as_str());
                let first = std::iter::once(module.namespace.as_str());
                let namespaces: Vec<_> = first.chain(used).map(str::to_owned).collect();
                found.insert((module.name.clone(), item.ident.clone()), namespaces);
            }
        }
    }
    for module in modules {
        let name = module.name.clone();
        for item in &mut module.items {
            if let ItemKind::Record { root: Some(root), .. } = &mut item.kind {
                let found = found.remove(&(name.clone(), item.ident.clone()));
                root.namespaces = found.unwrap_or_default();
            }
        }
    }
}

/// The elements that an item names itself.
pub(super) fn element_refs(kind: &ItemKind) -> Vec<&ElementRef> {
    fn of_field(field: &Field) -> Option<&ElementRef> {
        field.element().map(|element| &element.name)
    }
    match kind {
        ItemKind::Record { fields, .. } => fields.iter().filter_map(of_field).collect(),
        ItemKind::Choice { variants, .. } => variants
            .iter()
            .flat_map(|variant| match &variant.kind {
                VariantKind::Element(element) => vec![&element.name],
                VariantKind::Group(_) => Vec::new(),
                VariantKind::Fields(fields) => fields.iter().filter_map(of_field).collect(),
            })
            .collect(),
        _ => Vec::new(),
    }
}
