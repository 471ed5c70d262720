//! `xml.rs`: reading and writing, one statement per particle.

use std::collections::BTreeMap;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::{Scope, content_elements, field_idents, ident, is_composite, variant_ident};
use crate::ir::Occurs;
use crate::model::{
    ElementRef, Field, FieldKind, Item, ItemKind, Module, RustAttribute, RustType, Variant,
    VariantKind,
};

pub(super) fn render(module: &Module, modules: &BTreeMap<&str, &Module>) -> Option<TokenStream> {
    let items: Vec<_> = module.items.iter().filter(|item| is_composite(item)).collect();
    if items.is_empty() {
        return None;
    }
    let mut scope = Scope::new(module);
    let impls: Vec<_> = items.iter().map(|item| render_item(item, modules, &mut scope)).collect();
    let uses = scope.uses(false);
    Some(quote! {
        #![doc = " Reading and writing."]
        #uses
        #(#impls)*
    })
}

fn render_item(item: &Item, modules: &BTreeMap<&str, &Module>, scope: &mut Scope) -> TokenStream {
    let name = scope.item(item);
    let (read, write) = match &item.kind {
        ItemKind::SimpleContent { value, attributes } => {
            return simple_content(&name, value, attributes, scope);
        }
        ItemKind::Record { fields, .. } => record(fields, scope),
        ItemKind::Choice { variants, fallback } => choice(variants, *fallback, scope),
        _ => return TokenStream::new(),
    };
    for used in ["Children", "Content", "Name", "Unrepresentable", "Writer"] {
        scope.path("crate::xml", used);
    }
    let elements = elements_of(&content_elements(item, modules), scope);
    let root = match &item.kind {
        ItemKind::Record { root: Some(root), .. } => {
            scope.path("crate::xml", "Root");
            let element = scope.element(&root.name);
            let namespaces = &root.namespaces;
            Some(quote! {
                impl Root for #name {
                    const NAME: Name = #element;
                    const NAMESPACES: &'static [&'static str] = &[#(#namespaces),*];
                }
            })
        }
        _ => None,
    };
    quote! {
        impl Content for #name {
            const ELEMENTS: &'static [Name] = &[#(#elements),*];
            fn read(children: &mut Children<'_, '_>) -> Result<Self, Unrepresentable> {
                #read
            }
            fn write(&self, writer: &mut Writer) {
                #write
            }
        }
        #root
    }
}

fn record(fields: &[Field], scope: &mut Scope) -> (TokenStream, TokenStream) {
    let idents = field_idents(fields);
    let reads: Vec<_> = fields.iter().map(|field| read_field(field, scope)).collect();
    let writes: Vec<_> = fields
        .iter()
        .zip(&idents)
        .map(|(field, ident)| write_field(field, &quote!(&self.#ident), scope))
        .collect();
    (quote!(Ok(Self { #(#idents: #reads),* })), quote!(#(#writes)*))
}

fn read_field(field: &Field, scope: &mut Scope) -> TokenStream {
    match &field.kind {
        FieldKind::Element { name, occurs, .. } => read_element(name, *occurs, scope),
        FieldKind::Group { is_optional: true, .. } => quote!(children.optional_group()?),
        FieldKind::Group { is_optional: false, .. } => quote!(children.group()?),
    }
}

fn read_element(name: &ElementRef, occurs: Occurs, scope: &mut Scope) -> TokenStream {
    let name = scope.element(name);
    match occurs {
        occurs if occurs.is_list() => {
            let (min, max) = bounds(occurs);
            quote!(children.list(#name, #min, #max)?)
        }
        Occurs { min: 0, .. } => quote!(children.optional(#name)?),
        _ => quote!(children.required(#name)?),
    }
}

/// Writes what `value`, a reference, points at.
fn write_field(field: &Field, value: &TokenStream, scope: &mut Scope) -> TokenStream {
    match &field.kind {
        FieldKind::Element { name, occurs, .. } => write_element(name, *occurs, value, scope),
        FieldKind::Group { is_optional: true, .. } => quote!(writer.optional_group(#value);),
        FieldKind::Group { is_optional: false, .. } => quote!(writer.group(#value);),
    }
}

fn write_element(
    name: &ElementRef,
    occurs: Occurs,
    value: &TokenStream,
    scope: &mut Scope,
) -> TokenStream {
    let name = scope.element(name);
    match occurs {
        occurs if occurs.is_list() => {
            let (min, max) = bounds(occurs);
            quote!(writer.list(#name, #value, #min, #max);)
        }
        Occurs { min: 0, .. } => quote!(writer.optional(#name, #value);),
        _ => quote!(writer.required(#name, #value);),
    }
}

fn bounds(occurs: Occurs) -> (TokenStream, TokenStream) {
    let min = Literal::usize_unsuffixed(occurs.min);
    let max = match occurs.max {
        Some(max) => {
            let max = Literal::usize_unsuffixed(max);
            quote!(#max)
        }
        None => quote!(usize::MAX),
    };
    (quote!(#min), max)
}

/// One `if` per alternative. Nothing there is the fallback, or an error.
fn choice(
    variants: &[Variant],
    fallback: Option<usize>,
    scope: &mut Scope,
) -> (TokenStream, TokenStream) {
    let mut branches = Vec::new();
    let mut arms = Vec::new();
    for variant in variants {
        let ident = variant_ident(variant);
        let condition = match &variant.kind {
            VariantKind::Group(of) => {
                let of = scope.of(of);
                quote!(#of::ELEMENTS)
            }
            VariantKind::Element { name, .. } => {
                let name = scope.element(name);
                quote!(&[#name])
            }
            VariantKind::Fields(fields) => {
                let names: Vec<_> = fields.iter().filter_map(element_of).collect();
                let names = elements_of(&names, scope);
                quote!(&[#(#names),*])
            }
        };
        let (value, arm) = match &variant.kind {
            VariantKind::Element { name, occurs, .. } => {
                let read = read_element(name, *occurs, scope);
                let write = write_element(name, *occurs, &quote!(value), scope);
                (quote!(Self::#ident(#read)), quote!(Self::#ident(value) => { #write }))
            }
            VariantKind::Group(_) => (
                quote!(Self::#ident(Box::new(children.group()?))),
                quote!(Self::#ident(group) => writer.group(&**group)),
            ),
            VariantKind::Fields(fields) => {
                let idents = field_idents(fields);
                let reads = fields.iter().map(|field| read_field(field, scope)).collect::<Vec<_>>();
                let writes = fields
                    .iter()
                    .zip(&idents)
                    .map(|(field, ident)| write_field(field, &quote!(#ident), scope))
                    .collect::<Vec<_>>();
                (
                    quote!(Self::#ident { #(#idents: #reads),* }),
                    quote!(Self::#ident { #(#idents),* } => { #(#writes)* }),
                )
            }
        };
        branches.push(quote!(if children.at(#condition) { Ok(#value) }));
        arms.push(arm);
    }
    let otherwise = match fallback {
        Some(_) => quote!(Ok(Self::default())),
        None => quote!(Err(children.no_alternative(Self::ELEMENTS))),
    };
    let read = quote!(#(#branches else)* { #otherwise });
    (read, quote!(match self { #(#arms)* }))
}

fn element_of(field: &Field) -> Option<&ElementRef> {
    match &field.kind {
        FieldKind::Element { name, .. } => Some(name),
        FieldKind::Group { .. } => None,
    }
}

fn elements_of(names: &[&ElementRef], scope: &mut Scope) -> Vec<TokenStream> {
    names.iter().map(|name| scope.element(name)).collect()
}

fn simple_content(
    name: &TokenStream,
    value: &RustType,
    attributes: &[RustAttribute],
    scope: &mut Scope,
) -> TokenStream {
    for used in ["Element", "FromXml", "Name", "Reading", "ToXml", "Unrepresentable", "Writer"] {
        scope.path("crate::xml", used);
    }
    for used in ["SimpleType", "read_attribute", "read_simple_content"] {
        scope.path("crate::simple", used);
    }
    let value = scope.of(value);
    let idents: Vec<_> = attributes.iter().map(|attribute| ident(&attribute.ident)).collect();
    let names: Vec<_> = attributes.iter().map(|attribute| &attribute.name).collect();
    let bindings: Vec<_> = idents.iter().map(|ident| format_ident!("{ident}")).collect();
    quote! {
        impl FromXml for #name {
            fn from_xml(
                element: Element<'_>,
                reading: &mut Reading,
            ) -> Result<Self, Unrepresentable> {
                reading.attributes(element, &[#(#names),*])?;
                Ok(Self {
                    value: read_simple_content(element, reading)?,
                    #(#idents: read_attribute(element, #names, reading)?),*
                })
            }
            fn missing() -> Option<Self> {
                #value::missing().map(Self::new)
            }
        }
        impl ToXml for #name {
            fn to_xml(&self, name: Name, writer: &mut Writer) {
                let mut attributes = Vec::new();
                #(
                    if let Some(#bindings) = &self.#idents {
                        attributes.push((#names, #bindings.as_str()));
                        writer.check(#bindings.check());
                    }
                )*
                writer.start(name, &attributes);
                writer.text(self.value.as_str());
                writer.check(self.value.check());
                writer.end(name);
            }
        }
    }
}
