//! `convert.rs`: `From` between the versions of a component, in each direction in which nothing is lost.

use std::collections::BTreeMap;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{field_idents, find_in, ident, variant_ident};
use crate::model::{Field, Item, ItemKind, Module, RustType, Shape, Variant, VariantKind};

/// The conversions between the newest version of a component and the older ones.
pub(super) fn render(newest: &Module, modules: &BTreeMap<&str, &Module>) -> Option<TokenStream> {
    let versions = Versions { modules };
    let older: Vec<_> = modules
        .values()
        .filter(|module| module.stem == newest.stem && module.name != newest.name)
        .collect();
    if older.is_empty() || !versions.is_newest(newest) {
        return None;
    }
    let mut impls = Vec::new();
    let mut aliases = BTreeMap::from([(newest.name.as_str(), alias(newest))]);
    for older in older {
        aliases.insert(older.name.as_str(), alias(older));
        for new in &newest.items {
            let Some(old) = older.items.iter().find(|old| old.ident == new.ident) else { continue };
            impls.extend(versions.conversion((older, old), (newest, new)));
            impls.extend(versions.conversion((newest, new), (older, old)));
        }
    }
    if impls.is_empty() {
        return None;
    }
    let names = aliases.keys().map(|name| ident(name));
    let aliases = aliases.values();
    Some(quote! {
        #![doc = " Conversions between this version and older ones, where nothing is lost."]
        use crate::generated::components::{#(#names as #aliases),*};
        #(#impls)*
    })
}

/// Items of `from` that `to` cannot hold, with the reason: for the report of the generator.
pub(super) fn losses(newest: &Module, modules: &BTreeMap<&str, &Module>) -> Vec<String> {
    let versions = Versions { modules };
    if !versions.is_newest(newest) {
        return Vec::new();
    }
    let older = modules.values().filter(|m| m.stem == newest.stem && m.name != newest.name);
    older
        .flat_map(|older| older.items.iter().map(move |old| (older, old)))
        .filter_map(|(older, old)| {
            let new = newest.items.iter().find(|new| new.ident == old.ident);
            let lost = match new {
                None => Some("it is gone".to_owned()),
                Some(new) => versions.loss(old, new),
            };
            lost.map(|why| format!("{}::{} -> {}: {why}", older.name, old.ident, newest.name))
        })
        .collect()
}

/// Whether `to` holds all that `from` may hold, so that there is a `From`.
pub(super) fn is_lossless(
    from: &RustType,
    to: &RustType,
    modules: &BTreeMap<&str, &Module>,
) -> bool {
    Versions { modules }.type_loss(from, to).is_none()
}

type Place<'m> = (&'m Module, &'m Item);

struct Versions<'v, 'm> {
    modules: &'v BTreeMap<&'v str, &'m Module>,
}

impl Versions<'_, '_> {
    fn is_newest(&self, module: &Module) -> bool {
        let same = self.modules.values().filter(|other| other.stem == module.stem);
        same.map(|other| &other.version).max() == Some(&module.version)
    }

    fn conversion(&self, from: Place<'_>, to: Place<'_>) -> Option<TokenStream> {
        if self.loss(from.1, to.1).is_some() {
            return None;
        }
        let body = match (&from.1.kind, &to.1.kind) {
            (ItemKind::Record { fields: from, .. }, ItemKind::Record { fields: to, .. }) => {
                let idents = field_idents(to);
                let values = to.iter().map(|to| match find_field(from, to) {
                    Some(from) => {
                        let name = ident(&from.ident);
                        convert_field(&quote!(value.#name), from, to)
                    }
                    None => absent(to),
                });
                quote!(Self { #(#idents: #values),* })
            }
            (
                ItemKind::Choice { variants: from_variants, .. },
                ItemKind::Choice { variants, .. },
            ) => {
                let from_path = path(from);
                let arms = from_variants.iter().filter_map(|from| {
                    let to = variants.iter().find(|to| to.ident == from.ident)?;
                    Some(convert_variant(&from_path, from, to))
                });
                quote!(match value { #(#arms),* })
            }
            (ItemKind::SimpleContent { .. }, ItemKind::SimpleContent { attributes, .. }) => {
                let idents: Vec<_> = attributes.iter().map(|a| ident(&a.ident)).collect();
                quote!(Self { value: value.value, #(#idents: value.#idents),* })
            }
            (ItemKind::Alias(_), _) => return None,
            // Text of whatever facets: kept as it is.
            _ => quote!(crate::simple::SimpleType::from_register(value.as_str())),
        };
        let (from, to) = (path(from), path(to));
        Some(quote! {
            impl From<#from> for #to {
                fn from(value: #from) -> Self {
                    #body
                }
            }
        })
    }

    /// Why `to` cannot hold all that `from` may hold.
    fn loss(&self, from: &Item, to: &Item) -> Option<String> {
        match (&from.kind, &to.kind) {
            (ItemKind::Record { fields: from, .. }, ItemKind::Record { fields: to, .. }) => {
                let required =
                    to.iter().find(|to| find_field(from, to).is_none() && needs_value(to));
                if let Some(field) = required {
                    return Some(format!("`{}` is required", field.ident));
                }
                from.iter().find_map(|from| match to.iter().find(|to| to.ident == from.ident) {
                    None => Some(format!("`{}` is gone", from.ident)),
                    Some(to) => self.field_loss(from, to),
                })
            }
            (ItemKind::Choice { variants: from, .. }, ItemKind::Choice { variants: to, .. }) => {
                from.iter().find_map(|from| match to.iter().find(|to| to.ident == from.ident) {
                    None => Some(format!("`{}` is gone", from.ident)),
                    Some(to) => self.variant_loss(from, to),
                })
            }
            (
                ItemKind::SimpleContent { value, attributes },
                ItemKind::SimpleContent { value: to, attributes: to_attributes },
            ) => {
                let is_same = attributes.len() == to_attributes.len()
                    && attributes.iter().zip(to_attributes).all(|(a, b)| a.of == b.of);
                (value != to || !is_same).then(|| "its attributes differ".to_owned())
            }
            (ItemKind::Alias(from), ItemKind::Alias(to)) => {
                (from != to).then(|| "it is of another kind".to_owned())
            }
            (from, to) if is_text(from) && is_text(to) => None,
            _ => Some("it is of another kind".to_owned()),
        }
    }

    fn variant_loss(&self, from: &Variant, to: &Variant) -> Option<String> {
        match (&from.kind, &to.kind) {
            (VariantKind::Element(from), VariantKind::Element(to))
                if from.shape.is_list() == to.shape.is_list() =>
            {
                self.type_loss(&from.of, &to.of)
            }
            (VariantKind::Group(from), VariantKind::Group(to)) => self.type_loss(from, to),
            (VariantKind::Fields(from), VariantKind::Fields(to)) if from.len() == to.len() => {
                from.iter().zip(to).find_map(|(from, to)| self.field_loss(from, to))
            }
            _ => Some(format!("`{}` is of another kind", from.ident)),
        }
    }

    fn field_loss(&self, from: &Field, to: &Field) -> Option<String> {
        let is_loss = match (from.shape(), to.shape()) {
            (Shape::Values | Shape::Records, to) => !to.is_list(),
            (Shape::Optional, Shape::One) => true,
            _ => false,
        };
        if is_loss {
            return Some(format!("`{}` occurs otherwise", from.ident));
        }
        self.type_loss(from.of(), to.of())
    }

    fn type_loss(&self, from: &RustType, to: &RustType) -> Option<String> {
        if from == to {
            return None;
        }
        let other_kind = || Some(format!("`{}` is of another kind", from.ident));
        if from.ident != to.ident {
            return other_kind();
        }
        match (find_in(self.modules, from), find_in(self.modules, to)) {
            (Some(from), Some(to)) => self.loss(from, to),
            _ => other_kind(),
        }
    }
}

fn is_text(kind: &ItemKind) -> bool {
    matches!(kind, ItemKind::Text(_) | ItemKind::Number { .. } | ItemKind::Code(_))
}

fn needs_value(field: &Field) -> bool {
    field.is_required() && matches!(field.shape(), Shape::One)
}

fn find_field<'f>(fields: &'f [Field], like: &Field) -> Option<&'f Field> {
    fields.iter().find(|field| field.ident == like.ident)
}

fn path((module, item): Place<'_>) -> TokenStream {
    let (module, name) = (alias(module), ident(&item.ident));
    quote!(#module::#name)
}

/// A module by its version alone, such as `v1_2`.
fn alias(module: &Module) -> Ident {
    let version: Vec<_> = module.version.iter().map(u32::to_string).collect();
    format_ident!("v{}", version.join("_"))
}

fn absent(field: &Field) -> TokenStream {
    match field.shape() {
        Shape::Values | Shape::Records => quote!(Vec::new()),
        Shape::One => quote!(Default::default()),
        Shape::Optional => quote!(None),
    }
}

fn convert_field(value: &TokenStream, from: &Field, to: &Field) -> TokenStream {
    convert(value, (from.shape(), from.of()), (to.shape(), to.of()))
}

fn convert(
    value: &TokenStream,
    (from, from_type): (Shape, &RustType),
    (to, to_type): (Shape, &RustType),
) -> TokenStream {
    if from == to && from_type == to_type {
        return value.clone();
    }
    match (from, to) {
        (Shape::One, Shape::One) => quote!(#value.into()),
        (Shape::One, Shape::Optional) => quote!(Some(#value.into())),
        (Shape::One, Shape::Values) => quote!(vec![#value.into()]),
        (Shape::One, Shape::Records) => quote!(vec![Ok(#value.into())]),
        (Shape::Optional, Shape::Records) => {
            quote!(#value.into_iter().map(|record| Ok(record.into())).collect())
        }
        (Shape::Optional, Shape::Values) => quote!(#value.into_iter().map(Into::into).collect()),
        (Shape::Optional, _) => quote!(#value.map(Into::into)),
        (Shape::Records, _) => {
            quote!(#value.into_iter().map(|entry| entry.map(Into::into)).collect())
        }
        (Shape::Values, _) => quote!(#value.into_iter().map(Into::into).collect()),
    }
}

fn convert_variant(from_path: &TokenStream, from: &Variant, to: &Variant) -> TokenStream {
    let name = variant_ident(from);
    match (&from.kind, &to.kind) {
        (VariantKind::Element(from), VariantKind::Element(to)) => {
            let value = convert(&quote!(value), (from.shape, &from.of), (to.shape, &to.of));
            quote!(#from_path::#name(value) => Self::#name(#value))
        }
        (VariantKind::Fields(from), VariantKind::Fields(to)) => {
            let idents: Vec<_> = from.iter().map(|f| format_ident!("{}", f.ident)).collect();
            let fields = from.iter().zip(to).zip(&idents).map(|((from, to), name)| {
                let value = convert_field(&quote!(#name), from, to);
                let is_moved = from.of() == to.of();
                if is_moved { quote!(#name) } else { quote!(#name: #value) }
            });
            quote! {
                #from_path::#name { #(#idents),* } => Self::#name { #(#fields),* }
            }
        }
        _ => quote!(#from_path::#name(group) => Self::#name(Box::new((*group).into()))),
    }
}
