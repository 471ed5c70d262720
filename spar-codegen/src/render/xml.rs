//! `xml.rs`: reading and writing, one statement per particle.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::{Scope, content_elements, field_idents, ident, is_composite, variant_ident};
use crate::ir::Occurs;
use crate::model::{
    ElementRef, ElementUse, Field, FieldKind, Item, ItemKind, Module, RustAttribute, Shape,
    Variant, VariantKind,
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
        ItemKind::SimpleContent { attributes, .. } => {
            return simple_content(&name, attributes, scope);
        }
        ItemKind::Record { fields, coinciding, .. } => record(fields, coinciding, scope),
        ItemKind::Choice { variants, fallback } => choice(variants, *fallback, scope),
        _ => return TokenStream::new(),
    };
    for used in ["Content", "Cursor", "Name", "Writer"] {
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
            fn read<C: Cursor>(children: &mut C) -> Result<Self, C::Refusal> {
                #read
            }
            fn write(&self, writer: &mut Writer) {
                #write
            }
        }
        #root
    }
}

fn record(
    fields: &[Field],
    coinciding: &[Vec<ElementRef>],
    scope: &mut Scope,
) -> (TokenStream, TokenStream) {
    let idents = field_idents(fields);
    let reads: Vec<_> = fields.iter().map(|field| read_field(field, scope)).collect();
    let writes: Vec<_> = fields
        .iter()
        .zip(&idents)
        .map(|(field, ident)| write_field(field, &quote!(&self.#ident), scope))
        .collect();
    let mut guards = Vec::new();
    let mut verdicts = Vec::new();
    for alternatives in coinciding {
        let are_there = fields.iter().zip(&idents).filter_map(|(field, ident)| {
            let element = field.element().filter(|element| alternatives.contains(&element.name))?;
            Some(match element.shape {
                Shape::Values | Shape::Records => quote!(!self.#ident.is_empty()),
                _ => quote!(self.#ident.is_some()),
            })
        });
        verdicts.push(quote!(writer.one_of(&[#(#are_there),*]);));
        let names = elements_of(&alternatives.iter().collect::<Vec<_>>(), scope);
        guards.push(quote!(children.one_of(&[#(#names),*])?;));
    }
    (quote!(#(#guards)* Ok(Self { #(#idents: #reads),* })), quote!(#(#verdicts)* #(#writes)*))
}

fn read_field(field: &Field, scope: &mut Scope) -> TokenStream {
    match &field.kind {
        FieldKind::Element(element) => read_element(element, scope),
        FieldKind::Group { is_optional: true, .. } => quote!(children.optional_group()?),
        FieldKind::Group { is_optional: false, .. } => quote!(children.group()?),
    }
}

fn read_element(element: &ElementUse, scope: &mut Scope) -> TokenStream {
    let name = scope.element(&element.name);
    if let Some(judged_as) = &element.judged_as {
        let judged_as = scope.of(judged_as);
        return quote!(children.optional_as::<_, #judged_as>(#name)?);
    }
    match element.shape {
        Shape::One => quote!(children.required(#name)?),
        Shape::Optional if element.occurs.min > 0 => quote!(children.expected(#name)?),
        Shape::Optional => quote!(children.optional(#name)?),
        Shape::Values | Shape::Records => {
            let (min, max) = bounds(element.occurs);
            let method = list_method(element.shape);
            quote!(children.#method(#name, #min, #max)?)
        }
    }
}

/// Writes what `value`, a reference, points at.
fn write_field(field: &Field, value: &TokenStream, scope: &mut Scope) -> TokenStream {
    match &field.kind {
        FieldKind::Element(element) => write_element(element, value, scope),
        FieldKind::Group { is_optional: true, .. } => quote!(writer.optional_group(#value);),
        FieldKind::Group { is_optional: false, .. } => quote!(writer.group(#value);),
    }
}

fn write_element(element: &ElementUse, value: &TokenStream, scope: &mut Scope) -> TokenStream {
    let name = scope.element(&element.name);
    if let Some(judged_as) = &element.judged_as {
        let judged_as = scope.of(judged_as);
        return quote!(writer.optional_as::<_, #judged_as>(#name, #value););
    }
    match element.shape {
        Shape::One => quote!(writer.required(#name, #value);),
        Shape::Optional if element.occurs.min > 0 => quote!(writer.expected(#name, #value);),
        Shape::Optional => quote!(writer.optional(#name, #value);),
        Shape::Values | Shape::Records => {
            let (min, max) = bounds(element.occurs);
            let method = list_method(element.shape);
            quote!(writer.#method(#name, #value, #min, #max);)
        }
    }
}

fn list_method(shape: Shape) -> Ident {
    ident(if shape == Shape::Records { "records" } else { "values" })
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
            VariantKind::Element(element) => {
                let name = scope.element(&element.name);
                quote!(&[#name])
            }
            VariantKind::Fields(fields) => {
                let names: Vec<_> = fields.iter().filter_map(element_of).collect();
                let names = elements_of(&names, scope);
                quote!(&[#(#names),*])
            }
        };
        let (value, arm) = match &variant.kind {
            VariantKind::Element(element) => {
                let read = read_element(element, scope);
                let write = write_element(element, &quote!(value), scope);
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
    field.element().map(|element| &element.name)
}

fn elements_of(names: &[&ElementRef], scope: &mut Scope) -> Vec<TokenStream> {
    names.iter().map(|name| scope.element(name)).collect()
}

fn simple_content(
    name: &TokenStream,
    attributes: &[RustAttribute],
    scope: &mut Scope,
) -> TokenStream {
    for used in
        ["Direct", "Element", "FromXml", "Name", "Reading", "ToXml", "Refusal", "Unusual", "Writer"]
    {
        scope.path("crate::xml", used);
    }
    for used in ["SimpleType", "read_attribute", "read_simple_content"] {
        scope.path("crate::simple", used);
    }
    let idents: Vec<_> = attributes.iter().map(|attribute| ident(&attribute.ident)).collect();
    let names: Vec<_> = attributes.iter().map(|attribute| &attribute.name).collect();
    let bindings: Vec<_> = idents.iter().map(|ident| format_ident!("{ident}")).collect();
    quote! {
        impl FromXml for #name {
            fn from_xml(
                element: Element<'_>,
                reading: &mut Reading,
            ) -> Result<Self, Refusal> {
                reading.attributes(element, &[#(#names),*])?;
                Ok(Self {
                    value: read_simple_content(element, reading)?,
                    #(#idents: read_attribute(element, #names, reading)?),*
                })
            }
            fn read_direct(direct: &mut Direct<'_>) -> Result<Self, Unusual> {
                // A tag with attributes is unusual.
                Ok(Self { value: direct.value()?, #(#idents: None),* })
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
