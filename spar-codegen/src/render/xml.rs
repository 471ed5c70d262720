//! `xml.rs`: reading and writing, one statement per particle.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::content::{Content, Place};
use super::{Scope, field_idents, ident, is_composite, is_empty, variant_ident};
use crate::ir::Occurs;
use crate::model::{
    ElementRef, ElementUse, Field, FieldKind, Item, ItemKind, Module, Record, RustAttribute, Shape,
    Variant, VariantKind, Wildcard,
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
        ItemKind::SimpleContent { attributes, any_attribute, .. } => {
            return simple_content(&name, attributes, any_attribute.as_deref(), scope);
        }
        ItemKind::Record(made) => record(made, scope),
        ItemKind::Choice { variants, fallback, .. } => choice(variants, *fallback, scope),
        _ => return TokenStream::new(),
    };
    for used in ["Children", "Content", "Name", "Refusal", "Writer"] {
        scope.path("crate::xml", used);
    }
    // An attribute is read from the children's element, and written elsewhere.
    let has_fields = !matches!(&item.kind, ItemKind::Record(record) if record.fields.is_empty());
    let children = ident(if is_empty(item) { "_children" } else { "children" });
    let writer = ident(if has_fields { "writer" } else { "_writer" });
    let content = Content::of(item, modules);
    let elements: Vec<_> = content.places.iter().map(|place| place_name(place, scope)).collect();
    let leeway = leeway(item, &content, scope);
    let attributes = write_attributes(item);
    let root = match &item.kind {
        ItemKind::Record(Record { root: Some(root), .. })
        | ItemKind::Choice { root: Some(root), .. } => {
            scope.path("crate::xml", "Root");
            let element = scope.element(&root.name);
            let namespaces = &root.namespaces;
            let names = root.has_own_names.then(|| {
                let names = scope.path("crate::generated", "ELEMENT_NAMES");
                quote!(const ELEMENT_NAMES: &'static [&'static str] = #names;)
            });
            Some(quote! {
                impl Root for #name {
                    const NAME: Name = #element;
                    const NAMESPACES: &'static [&'static str] = &[#(#namespaces),*];
                    #names
                }
            })
        }
        _ => None,
    };
    quote! {
        impl Content for #name {
            const ELEMENTS: &'static [Name] = &[#(#elements),*];
            #leeway
            fn read(#children: &mut Children<'_, '_>) -> Result<Self, Refusal> {
                #read
            }
            #attributes
            fn write(&self, #writer: &mut Writer) {
                #write
            }
        }
        #root
    }
}

fn place_name(place: &Place<'_>, scope: &mut Scope) -> TokenStream {
    match place {
        Place::Element(name) => scope.element(name),
        Place::Any(Wildcard { namespaces, is_list: true, .. }) => quote!(Name::any(#namespaces)),
        Place::Any(Wildcard { namespaces, is_list: false, .. }) => {
            quote!(Name::any_one(#namespaces))
        }
    }
}

/// What the content allows besides its elements in their order.
fn leeway(item: &Item, content: &Content<'_>, scope: &mut Scope) -> Option<TokenStream> {
    let mut parts = Vec::new();
    if let ItemKind::Record(Record { attributes, any_attribute, is_all, .. }) = &item.kind {
        if !attributes.is_empty() {
            let names = attributes.iter().map(|attribute| &attribute.name);
            parts.push(quote!(.attributes(&[#(#names),*])));
        }
        if let Some(namespaces) = any_attribute {
            parts.push(quote!(.any_attribute(#namespaces)));
        }
        if *is_all {
            parts.push(quote!(.any_order()));
        }
    }
    if !content.nillable.is_empty() {
        let names = elements_of(&content.nillable, scope);
        parts.push(quote!(.nillable(&[#(#names),*])));
    }
    if !content.repeated.is_empty() {
        let groups = content.repeated.iter().map(|of| scope.of(of));
        parts.push(quote!(.repeated(&[#(#groups::ELEMENTS),*])));
    }
    if parts.is_empty() {
        return None;
    }
    let leeway = scope.path("crate::xml", "Leeway");
    Some(quote!(const LEEWAY: #leeway = #leeway::NONE #(#parts)*;))
}

/// The attributes beside elements, which stand in the start tag.
fn write_attributes(item: &Item) -> Option<TokenStream> {
    let ItemKind::Record(Record { attributes, .. }) = &item.kind else { return None };
    if attributes.is_empty() {
        return None;
    }
    let writes =
        attributes.iter().map(|RustAttribute { ident: name, name: schema_name, .. }| {
            let name = ident(name);
            quote!(#schema_name, &self.#name)
        });
    let methods = attributes.iter().map(|attribute| match attribute.is_required {
        true => ident("required_attribute"),
        false => ident("optional_attribute"),
    });
    let fixed = attributes.iter().filter_map(|attribute| {
        let (name, fixed) = (ident(&attribute.ident), attribute.fixed.as_ref()?);
        Some(match attribute.is_required {
            true => quote!(writer.fixed(Some(&self.#name), #fixed);),
            false => quote!(writer.fixed(self.#name.as_ref(), #fixed);),
        })
    });
    Some(quote! {
        fn write_attributes(&self, writer: &mut Writer) {
            #(writer.#methods(#writes);)*
            #(#fixed)*
        }
    })
}

fn record(record: &Record, scope: &mut Scope) -> (TokenStream, TokenStream) {
    let Record { attributes, fields, coinciding, .. } = record;
    let attribute_idents: Vec<_> = attributes.iter().map(|one| ident(&one.ident)).collect();
    let attribute_reads = attributes.iter().map(|attribute| {
        let name = &attribute.name;
        match attribute.is_required {
            true => quote!(children.required_attribute(#name)?),
            false => quote!(children.optional_attribute(#name)?),
        }
    });
    let attribute_reads: Vec<_> = attribute_reads.collect();
    let idents = field_idents(fields);
    let reads: Vec<_> = fields.iter().map(|field| read_field(field, scope)).collect();
    let writes: Vec<_> = fields
        .iter()
        .zip(&idents)
        .map(|(field, ident)| write_field(field, &quote!(&self.#ident), scope))
        .collect();
    let fixed = attributes.iter().filter_map(|attribute| {
        let (name, fixed) = (&attribute.name, attribute.fixed.as_ref()?);
        Some(quote!(children.fixed_attribute(#name, #fixed)?;))
    });
    let mut guards: Vec<_> = fixed.collect();
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
    let read = quote! {
        #(#guards)*
        Ok(Self { #(#attribute_idents: #attribute_reads,)* #(#idents: #reads),* })
    };
    (read, quote!(#(#verdicts)* #(#writes)*))
}

fn read_field(field: &Field, scope: &mut Scope) -> TokenStream {
    match &field.kind {
        FieldKind::Element(element) => read_element(element, scope),
        FieldKind::Group { is_optional: true, .. } => quote!(children.optional_group()?),
        FieldKind::Group { is_optional: false, .. } => quote!(children.group()?),
        FieldKind::Groups { occurs, .. } => {
            let (min, max) = bounds(*occurs);
            quote!(children.groups(#min, #max)?)
        }
    }
}

fn read_element(element: &ElementUse, scope: &mut Scope) -> TokenStream {
    let name = scope.element(&element.name);
    if let Some(judged_as) = &element.judged_as {
        let judged_as = scope.of(judged_as);
        return quote!(children.optional_as::<_, #judged_as>(#name)?);
    }
    match element.shape {
        Shape::One if element.is_boxed => quote!(Box::new(children.required(#name)?)),
        Shape::One => quote!(children.required(#name)?),
        Shape::Optional if element.is_boxed => quote!(children.optional(#name)?.map(Box::new)),
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
        FieldKind::Groups { occurs, .. } => {
            let (min, max) = bounds(*occurs);
            quote!(writer.groups(#value, #min, #max);)
        }
    }
}

fn write_element(element: &ElementUse, value: &TokenStream, scope: &mut Scope) -> TokenStream {
    let name = scope.element(&element.name);
    if let Some(judged_as) = &element.judged_as {
        let judged_as = scope.of(judged_as);
        return quote!(writer.optional_as::<_, #judged_as>(#name, #value););
    }
    match element.shape {
        Shape::One if element.is_boxed => quote!(writer.required(#name, #value.as_ref());),
        Shape::One => quote!(writer.required(#name, #value);),
        Shape::Optional if element.is_boxed => quote!(writer.boxed(#name, #value);),
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
            VariantKind::Group(of) | VariantKind::Groups { of, .. } => {
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
            VariantKind::Groups { occurs, .. } => {
                let (min, max) = bounds(*occurs);
                (
                    quote!(Self::#ident(children.groups(#min, #max)?)),
                    quote!(Self::#ident(groups) => writer.groups(groups, #min, #max)),
                )
            }
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
    any_attribute: Option<&str>,
    scope: &mut Scope,
) -> TokenStream {
    for used in ["Element", "FromXml", "Name", "Reading", "ToXml", "Refusal", "Writer"] {
        scope.path("crate::xml", used);
    }
    for used in ["SimpleType", "read_simple_content"] {
        scope.path("crate::simple", used);
    }
    let names: Vec<_> = attributes.iter().map(|attribute| &attribute.name).collect();
    let known = match any_attribute {
        None => quote!(reading.attributes(element, &[#(#names),*])?;),
        Some(any) => quote!(reading.attributes_and(element, &[#(#names),*], Some(#any))?;),
    };
    let mut guards = Vec::new();
    let mut reads = Vec::new();
    let mut writes = Vec::new();
    let mut required = Vec::new();
    for attribute in attributes {
        let RustAttribute { name, is_required, fixed, .. } = attribute;
        let binding = ident(&attribute.ident);
        let read = ident(if *is_required { "read_required_attribute" } else { "read_attribute" });
        scope.path("crate::simple", &read.to_string());
        reads.push(quote!(#binding: #read(element, #name, reading)?));
        let value = if *is_required { quote!(self.#binding) } else { quote!(#binding) };
        let pair = quote!((#name, #value.as_str()));
        let mut write = quote!(writer.check(#value.check()););
        if let Some(fixed) = fixed {
            scope.path("crate::simple", "read_fixed_attribute");
            guards.push(quote!(read_fixed_attribute(element, #name, #fixed, reading)?;));
            let value = if *is_required { quote!(&#value) } else { value };
            write.extend(quote!(writer.fixed(Some(#value), #fixed);));
        }
        if *is_required {
            required.push(pair);
            writes.push(write);
        } else {
            writes.push(quote! {
                if let Some(#binding) = &self.#binding {
                    attributes.push(#pair);
                    #write
                }
            });
        }
    }
    let has_optional = attributes.iter().any(|attribute| !attribute.is_required);
    let list = match (required.is_empty(), has_optional) {
        (true, true) => quote!(let mut attributes = Vec::new();),
        (false, true) => quote!(let mut attributes = vec![#(#required),*];),
        (_, false) => quote!(let attributes = [#(#required),*];),
    };
    quote! {
        impl FromXml for #name {
            fn from_xml(
                element: Element<'_>,
                reading: &mut Reading,
            ) -> Result<Self, Refusal> {
                #known
                #(#guards)*
                Ok(Self {
                    value: read_simple_content(element, reading)?,
                    #(#reads),*
                })
            }
        }
        impl ToXml for #name {
            fn to_xml(&self, name: Name, writer: &mut Writer) {
                #list
                #(#writes)*
                writer.start(name, &attributes);
                writer.text(self.value.as_str());
                writer.check(self.value.check());
                writer.end(name);
            }
        }
    }
}
