//! What a type is made of, directly and in the end.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    ElementRef, ElementUse, Field, FieldKind, Item, ItemKind, Module, Record, Root, RustType,
    Shape, Variant, VariantKind,
};
use crate::error::{Error, Result};

pub(crate) fn find<'m>(modules: &'m [Module], of: &RustType) -> Option<&'m Item> {
    let module = modules.iter().find(|module| Some(&module.name) == of.module.as_ref())?;
    module.items.iter().find(|item| item.ident == of.ident)
}

/// The types that an item is made of.
pub(super) fn parts(item: &Item) -> Vec<&RustType> {
    match &item.kind {
        ItemKind::Record(Record { attributes, fields, .. }) => {
            attributes.iter().map(|a| &a.of).chain(fields.iter().map(Field::of)).collect()
        }
        ItemKind::Choice { variants, .. } => variants
            .iter()
            .flat_map(|variant| match &variant.kind {
                VariantKind::Element(ElementUse { of, .. })
                | VariantKind::Group(of)
                | VariantKind::Groups { of, .. } => vec![of],
                VariantKind::Fields(fields) => fields.iter().map(Field::of).collect(),
            })
            .collect(),
        ItemKind::SimpleContent { value, attributes, .. } => {
            std::iter::once(value).chain(attributes.iter().map(|attribute| &attribute.of)).collect()
        }
        ItemKind::Alias(of) | ItemKind::List { item: of, .. } => vec![of],
        ItemKind::Union(members) => members.iter().collect(),
        ItemKind::Text(_) | ItemKind::Number { .. } | ItemKind::Code(_) => Vec::new(),
    }
}

pub(super) fn reach(modules: &[Module], of: &RustType, found: &mut BTreeSet<RustType>) {
    let mut open = vec![of];
    while let Some(of) = open.pop() {
        if of.module.is_some() && found.insert(of.clone()) {
            open.extend(find(modules, of).map(parts).unwrap_or_default());
        }
    }
}

/// What can be told of a type only when all types are there: which fields are boxed, which groups have a
/// default, and that nothing contradicts itself.
pub(super) fn complete(modules: &mut [Module]) -> Result<()> {
    set_recursion(modules);
    set_defaults(modules);
    modules.iter().flat_map(|module| &module.items).try_for_each(|item| {
        check_elements(modules, item)
            .and_then(|()| check_repeated(modules, item))
            .and_then(|()| check_simple(modules, item))
            .map_err(|error| error.put_at(&item.place.file, item.place.line))
    })
}

/// The uses of elements in an item.
fn uses_mut(item: &mut Item) -> Vec<&mut ElementUse> {
    fn of_field(field: &mut Field) -> Option<&mut ElementUse> {
        match &mut field.kind {
            FieldKind::Element(element) => Some(element),
            _ => None,
        }
    }
    match &mut item.kind {
        ItemKind::Record(record) => record.fields.iter_mut().filter_map(of_field).collect(),
        ItemKind::Choice { variants, .. } => variants
            .iter_mut()
            .flat_map(|variant| match &mut variant.kind {
                VariantKind::Element(element) => vec![element],
                VariantKind::Fields(fields) => fields.iter_mut().filter_map(of_field).collect(),
                VariantKind::Group(_) | VariantKind::Groups { .. } => Vec::new(),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// An element that stands alone and leads back to its record is boxed.
fn set_recursion(modules: &mut [Module]) {
    let mut found = BTreeSet::new();
    for module in modules.iter() {
        for item in &module.items {
            let own = RustType { module: Some(module.name.clone()), ident: item.ident.clone() };
            for part in parts(item) {
                let mut reachable = BTreeSet::new();
                reach(modules, part, &mut reachable);
                if reachable.contains(&own) {
                    found.insert((own.clone(), part.clone()));
                }
            }
        }
    }
    for module in modules {
        for item in &mut module.items {
            let own = RustType { module: Some(module.name.clone()), ident: item.ident.clone() };
            for element in uses_mut(item) {
                element.is_recursive = found.contains(&(own.clone(), element.of.clone()));
                element.is_boxed = element.is_recursive && !element.shape.is_list();
            }
        }
    }
}

/// Whether a type has a value that holds nothing.
fn has_default(modules: &[Module], of: &RustType) -> bool {
    match find(modules, of).map(|item| &item.kind) {
        Some(ItemKind::Record(Record { attributes, fields, .. })) => {
            attributes.iter().all(|attribute| !attribute.is_required)
                && fields.iter().all(|field| match &field.kind {
                    FieldKind::Group { of, is_optional: false, .. } => has_default(modules, of),
                    _ => field.shape() != Shape::One,
                })
        }
        Some(ItemKind::Choice { fallback, .. }) => fallback.is_some(),
        _ => false,
    }
}

fn set_defaults(modules: &mut [Module]) {
    let mut without = BTreeSet::new();
    for item in modules.iter().flat_map(|module| &module.items) {
        without.extend(parts(item).into_iter().filter(|of| !has_default(modules, of)).cloned());
    }
    let set = |field: &mut Field| {
        if let FieldKind::Group { of, has_default, .. } = &mut field.kind {
            *has_default = !without.contains(of);
        }
    };
    for item in modules.iter_mut().flat_map(|module| &mut module.items) {
        match &mut item.kind {
            ItemKind::Record(record) => record.fields.iter_mut().for_each(set),
            ItemKind::Choice { variants, .. } => {
                for variant in variants {
                    if let VariantKind::Fields(fields) = &mut variant.kind {
                        fields.iter_mut().for_each(set);
                    }
                }
            }
            _ => {}
        }
    }
}

/// An element must stand for one field, so that the reader can tell by its name where it belongs.
fn check_elements(modules: &[Module], item: &Item) -> Result<()> {
    let mut seen = BTreeSet::new();
    let mut idents = BTreeSet::new();
    if let ItemKind::Record(Record { attributes, fields, .. }) = &item.kind {
        let attributes = attributes.iter().map(|attribute| &attribute.ident);
        for ident in attributes.chain(fields.iter().map(|field| &field.ident)) {
            if !idents.insert(ident) {
                let message = format!("two fields of {} would both be named {ident}", item.ident);
                return Err(Error::new(message).hint("rename one of the elements in the schema"));
            }
        }
    }
    match content_elements(modules, item).into_iter().find(|name| !seen.insert(*name)) {
        None => Ok(()),
        Some(name) => {
            let message = format!(
                "element {} stands in two places of the content of {}, which is not supported",
                name.ident, item.ident
            );
            Err(Error::new(message).hint("let one particle with maxOccurs stand for both"))
        }
    }
}

/// Any elements stand in one place, and not once for each of several groups.
fn check_repeated(modules: &[Module], item: &Item) -> Result<()> {
    fn has_wildcard(modules: &[Module], item: &Item) -> bool {
        matches!(&item.kind, ItemKind::Record(record) if !record.wildcards.is_empty())
            || groups(item).any(|of| find(modules, of).is_some_and(|of| has_wildcard(modules, of)))
    }
    for of in groups(item).filter(|of| is_repeated(item, of)) {
        if let Some(group) = find(modules, of)
            && has_wildcard(modules, group)
        {
            let message =
                format!("<any> in the group {} that is repeated is not supported", group.ident);
            return Err(Error::new(message).hint("put it behind the group"));
        }
    }
    Ok(())
}

/// The groups that an item holds.
fn groups(item: &Item) -> impl Iterator<Item = &RustType> {
    let (fields, variants): (&[Field], &[Variant]) = match &item.kind {
        ItemKind::Record(record) => (&record.fields, &[]),
        ItemKind::Choice { variants, .. } => (&[], variants),
        _ => (&[], &[]),
    };
    let of_fields = fields.iter().filter(|field| field.element().is_none()).map(Field::of);
    let of_variants = variants.iter().filter_map(|variant| match &variant.kind {
        VariantKind::Group(of) | VariantKind::Groups { of, .. } => Some(of),
        VariantKind::Element(_) | VariantKind::Fields(_) => None,
    });
    of_fields.chain(of_variants)
}

fn is_repeated(item: &Item, group: &RustType) -> bool {
    match &item.kind {
        ItemKind::Record(record) => record
            .fields
            .iter()
            .any(|field| matches!(&field.kind, FieldKind::Groups { of, .. } if of == group)),
        ItemKind::Choice { variants, .. } => variants
            .iter()
            .any(|variant| matches!(&variant.kind, VariantKind::Groups { of, .. } if of == group)),
        _ => false,
    }
}

/// Text is made of types of text.
fn check_simple(modules: &[Module], item: &Item) -> Result<()> {
    let of_text: Vec<&RustType> = match &item.kind {
        ItemKind::Record(record) => record.attributes.iter().map(|a| &a.of).collect(),
        ItemKind::SimpleContent { .. } | ItemKind::List { .. } | ItemKind::Union(_) => parts(item),
        _ => return Ok(()),
    };
    let is_complex = |of: &&&RustType| {
        let kind = find(modules, resolved(modules, of)).map(|item| &item.kind);
        matches!(
            kind,
            Some(ItemKind::Record(_) | ItemKind::Choice { .. } | ItemKind::SimpleContent { .. })
        )
    };
    match of_text.iter().find(is_complex) {
        None => Ok(()),
        Some(of) => {
            let message = format!("{}, which {} is made of, is no text", of.ident, item.ident);
            Err(Error::new(message))
        }
    }
}

/// The type that an alias stands for in the end.
fn resolved<'m>(modules: &'m [Module], of: &'m RustType) -> &'m RustType {
    let mut of = of;
    // An alias names another type, so this ends; the limit is for schemas that contradict themselves.
    for _ in 0..64 {
        match find(modules, of).map(|item| &item.kind) {
            Some(ItemKind::Alias(other)) => of = other,
            _ => break,
        }
    }
    of
}

/// The elements of a content, those of its groups included.
fn content_elements<'m>(modules: &'m [Module], item: &'m Item) -> Vec<&'m ElementRef> {
    let of_group = |of: &RustType| match find(modules, of) {
        Some(group) => content_elements(modules, group),
        None => Vec::new(),
    };
    let of_field = |field: &'m Field| match &field.kind {
        FieldKind::Element(element) => vec![&element.name],
        FieldKind::Group { of, .. } | FieldKind::Groups { of, .. } => of_group(of),
    };
    match &item.kind {
        ItemKind::Record(record) => record.fields.iter().flat_map(of_field).collect(),
        ItemKind::Choice { variants, .. } => variants
            .iter()
            .flat_map(|variant| match &variant.kind {
                VariantKind::Element(element) => vec![&element.name],
                VariantKind::Group(of) | VariantKind::Groups { of, .. } => of_group(of),
                VariantKind::Fields(fields) => fields.iter().flat_map(of_field).collect(),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// What makes an item a document of its own.
pub(crate) fn root_of(kind: &ItemKind) -> Option<&Root> {
    match kind {
        ItemKind::Record(Record { root, .. }) | ItemKind::Choice { root, .. } => root.as_ref(),
        _ => None,
    }
}

/// Gives every root the namespaces of the elements that may stand in it.
pub(super) fn set_namespaces(modules: &mut [Module]) {
    let mut found = BTreeMap::new();
    for module in modules.iter() {
        for item in &module.items {
            if root_of(&item.kind).is_some() {
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
            if let ItemKind::Record(Record { root: Some(root), .. })
            | ItemKind::Choice { root: Some(root), .. } = &mut item.kind
            {
                let found = found.remove(&(name.clone(), item.ident.clone()));
                root.namespaces = found.unwrap_or_default();
            }
        }
    }
}

/// The elements that an item names itself.
fn element_refs(kind: &ItemKind) -> Vec<&ElementRef> {
    fn of_field(field: &Field) -> Option<&ElementRef> {
        field.element().map(|element| &element.name)
    }
    match kind {
        ItemKind::Record(record) => record.fields.iter().filter_map(of_field).collect(),
        ItemKind::Choice { variants, .. } => variants
            .iter()
            .flat_map(|variant| match &variant.kind {
                VariantKind::Element(element) => vec![&element.name],
                VariantKind::Group(_) | VariantKind::Groups { .. } => Vec::new(),
                VariantKind::Fields(fields) => fields.iter().filter_map(of_field).collect(),
            })
            .collect(),
        _ => Vec::new(),
    }
}
