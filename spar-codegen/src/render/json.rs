//! `json.rs`: the form in JSON, one statement per particle. Groups lie flat in their object, as in XML.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    JSON_RUNTIME, Scope, field_idents, find_in, ident, is_composite, is_empty, variant_ident,
};
use crate::error::{Error, Result};
use crate::model::{
    ElementUse, Field, FieldKind, Item, ItemKind, Module, Record, RustAttribute, Shape, Variant,
    VariantKind,
};

/// The number of the form that this module and `json.rs` of spar-types give a record (`docs/json.md`).
pub(super) const FORM: u32 = 1;

/// The member that holds the text of an element which has attributes.
pub(super) const VALUE: &str = "value";

/// The member of an object that stands for an element without value.
pub(super) const NIL: &str = "xsi:nil";

pub(super) fn render(
    module: &Module,
    modules: &BTreeMap<&str, &Module>,
) -> Result<Option<TokenStream>> {
    let items: Vec<_> = module.items.iter().filter(|item| is_composite(item)).collect();
    if items.is_empty() {
        return Ok(None);
    }
    let mut scope = Scope::reserving(module, &JSON_RUNTIME);
    for used in ["Fields", "Members", "Object", "Refusal", "object"] {
        scope.path("crate::json", used);
    }
    let mut impls = Vec::new();
    for item in &items {
        let name = scope.item(item);
        let members = members(item, modules);
        check_unique(&members, item)?;
        let (read, write) = body(item, &mut scope);
        let (members_name, fields_name) = match is_empty(item) {
            true => (ident("_members"), ident("_fields")),
            false => (ident("members"), ident("fields")),
        };
        impls.push(quote! {
            impl Object for #name {
                const MEMBERS: &'static [&'static str] = &[#(#members),*];
                fn read(#members_name: &mut Members<'_>) -> Result<Self, Refusal> {
                    #read
                }
                fn write<M: SerializeMap>(&self, #fields_name: &mut Fields<M>) -> Result<(), M::Error> {
                    #write
                    Ok(())
                }
            }
        });
    }
    let names: Vec<_> = items.iter().map(|item| scope.item(item)).collect();
    let uses = scope.uses(false);
    Ok(Some(quote! {
        #![doc = " JSON and other formats, by serde."]
        use serde::ser::SerializeMap;
        #uses
        #(#impls)*
        object!(#(#names),*);
    }))
}

/// The members of an object, those of its groups included, in the order of the schema.
pub(super) fn members<'m>(item: &'m Item, modules: &BTreeMap<&str, &'m Module>) -> Vec<&'m str> {
    let of_fields = |fields: &'m [Field]| -> Vec<&'m str> {
        fields.iter().flat_map(|field| members_of_field(field, modules)).collect()
    };
    match &item.kind {
        ItemKind::Record(Record { attributes, fields, .. }) => {
            attributes.iter().map(|one| one.member.as_str()).chain(of_fields(fields)).collect()
        }
        ItemKind::Choice { variants, .. } => variants
            .iter()
            .flat_map(|variant| match &variant.kind {
                VariantKind::Element(_) | VariantKind::Groups { .. } => {
                    vec![variant.schema_name.as_str()]
                }
                VariantKind::Fields(fields) => of_fields(fields),
                VariantKind::Group(of) => {
                    find_in(modules, of).map_or_else(Vec::new, |item| members(item, modules))
                }
            })
            .collect(),
        ItemKind::SimpleContent { attributes, .. } => {
            let names = attributes.iter().map(|attribute| attribute.member.as_str());
            std::iter::once(VALUE).chain(names).collect()
        }
        _ => Vec::new(),
    }
}

pub(super) fn members_of_field<'m>(
    field: &'m Field,
    modules: &BTreeMap<&str, &'m Module>,
) -> Vec<&'m str> {
    match &field.kind {
        FieldKind::Element(_) | FieldKind::Groups { .. } => vec![&field.schema_name],
        FieldKind::Group { of, .. } => {
            find_in(modules, of).map_or_else(Vec::new, |item| members(item, modules))
        }
    }
}

/// JSON knows no namespaces, and groups have no object of their own.
fn check_unique(members: &[&str], item: &Item) -> Result<()> {
    let mut seen = BTreeSet::new();
    match members.iter().find(|name| !seen.insert(**name)) {
        None => Ok(()),
        Some(name) => Err(Error::new(format!(
            "{}: two members would both be named `{name}` in JSON, which is not supported",
            item.origin
        ))),
    }
}

fn body(item: &Item, scope: &mut Scope) -> (TokenStream, TokenStream) {
    match &item.kind {
        ItemKind::Record(Record { attributes, fields, .. }) => {
            let idents = field_idents(fields);
            let reads = fields.iter().map(read_field);
            let writes = fields
                .iter()
                .zip(&idents)
                .map(|(field, ident)| write_field(field, &quote!(&self.#ident)));
            let (of_attributes, write_attributes) = attributes_of(attributes);
            (
                quote!(Ok(Self { #of_attributes #(#idents: #reads),* })),
                quote!(#write_attributes #(#writes)*),
            )
        }
        ItemKind::SimpleContent { attributes, .. } => {
            let (read, write) = attributes_of(attributes);
            (
                quote!(Ok(Self { value: members.required(#VALUE)?, #read })),
                quote!(fields.required(#VALUE, &self.value)?; #write),
            )
        }
        ItemKind::Choice { variants, fallback, .. } => choice(variants, *fallback, scope),
        _ => (TokenStream::new(), TokenStream::new()),
    }
}

/// One `if` per alternative. Members of the others are left over then, which is an error.
fn choice(
    variants: &[Variant],
    fallback: Option<usize>,
    scope: &mut Scope,
) -> (TokenStream, TokenStream) {
    let mut branches = Vec::new();
    let mut arms = Vec::new();
    for variant in variants {
        let ident = variant_ident(variant);
        let name = &variant.schema_name;
        let (condition, value, arm) = match &variant.kind {
            VariantKind::Element(element) => {
                let read = read_element(name, element);
                let write = write_element(name, element.shape, &quote!(value));
                (
                    quote!(&[#name]),
                    quote!(Self::#ident(#read)),
                    quote!(Self::#ident(value) => { #write }),
                )
            }
            VariantKind::Group(of) => {
                let of = scope.of(of);
                (
                    quote!(#of::MEMBERS),
                    quote!(Self::#ident(Box::new(members.group()?))),
                    quote!(Self::#ident(group) => { fields.group(&**group)?; }),
                )
            }
            VariantKind::Groups { .. } => (
                quote!(&[#name]),
                quote!(Self::#ident(members.values(#name)?)),
                quote!(Self::#ident(groups) => { fields.values(#name, groups)?; }),
            ),
            VariantKind::Fields(fields) => {
                let idents = field_idents(fields);
                let names = fields.iter().map(|field| &field.schema_name);
                let reads = fields.iter().map(read_field);
                let writes = fields
                    .iter()
                    .zip(&idents)
                    .map(|(field, ident)| write_field(field, &quote!(#ident)));
                (
                    quote!(&[#(#names),*]),
                    quote!(Self::#ident { #(#idents: #reads),* }),
                    quote!(Self::#ident { #(#idents),* } => { #(#writes)* }),
                )
            }
        };
        branches.push(quote!(if members.has(#condition) { Ok(#value) }));
        arms.push(arm);
    }
    let otherwise = match fallback {
        Some(_) => quote!(Ok(Self::default())),
        None => quote!(Err(members.no_alternative(Self::MEMBERS))),
    };
    (quote!(#(#branches else)* { #otherwise }), quote!(match self { #(#arms)* }))
}

fn read_field(field: &Field) -> TokenStream {
    match &field.kind {
        FieldKind::Element(element) => read_element(&field.schema_name, element),
        FieldKind::Groups { .. } => {
            let name = &field.schema_name;
            quote!(members.values(#name)?)
        }
        FieldKind::Group { is_optional: true, .. } => quote!(members.optional_group()?),
        FieldKind::Group { is_optional: false, .. } => quote!(members.group()?),
    }
}

fn read_element(name: &str, element: &ElementUse) -> TokenStream {
    match element.shape {
        Shape::Values => quote!(members.values(#name)?),
        Shape::Records => quote!(members.records(#name)?),
        Shape::Optional if element.is_boxed => quote!(members.optional(#name)?.map(Box::new)),
        Shape::Optional => quote!(members.optional(#name)?),
        Shape::One if element.is_boxed => quote!(Box::new(members.required(#name)?)),
        Shape::One => quote!(members.required(#name)?),
    }
}

/// How the attributes are read, as fields, and written.
fn attributes_of(attributes: &[RustAttribute]) -> (TokenStream, TokenStream) {
    let mut reads = TokenStream::new();
    let mut writes = TokenStream::new();
    for attribute in attributes {
        let (name, member) = (ident(&attribute.ident), &attribute.member);
        let method = ident(if attribute.is_required { "required" } else { "optional" });
        reads.extend(quote!(#name: members.#method(#member)?,));
        writes.extend(quote!(fields.#method(#member, &self.#name)?;));
    }
    (reads, writes)
}

/// Writes what `value`, a reference, points at. An absent element and an empty list are left out.
fn write_field(field: &Field, value: &TokenStream) -> TokenStream {
    match &field.kind {
        FieldKind::Element(element) => write_element(&field.schema_name, element.shape, value),
        FieldKind::Groups { .. } => write_element(&field.schema_name, Shape::Values, value),
        FieldKind::Group { is_optional: true, .. } => quote!(fields.optional_group(#value)?;),
        FieldKind::Group { is_optional: false, .. } => quote!(fields.group(#value)?;),
    }
}

fn write_element(name: &str, shape: Shape, value: &TokenStream) -> TokenStream {
    match shape {
        Shape::Values => quote!(fields.values(#name, #value)?;),
        Shape::Records => quote!(fields.records(#name, #value)?;),
        Shape::Optional => quote!(fields.optional(#name, #value)?;),
        Shape::One => quote!(fields.required(#name, #value)?;),
    }
}
