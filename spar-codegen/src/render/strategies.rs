//! Strategies of proptest: for each type the values that the schema allows, made by public constructors.
//!
//! They are tests, not API: beside the tests of `spar-types`, another crate than the one that declares
//! the types.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote};

use super::{Files, Rendered, Target, field_idents, ident, insert, source, variant_ident};
use crate::error::Result;
use crate::ir::{Builtin, Occurs};
use crate::model::{
    ElementRef, ElementUse, Field, FieldKind, Item, ItemKind, Module, Record, RustAttribute,
    RustType, Shape, TextFacets, Variant, VariantKind,
};

/// proptest has strategies for tuples of at most this many parts.
const MAX_PARTS: usize = 10;

/// The files of `spar-types/tests/main/generated`.
pub(super) fn render(modules: &BTreeMap<&str, &Module>, target: &Target) -> Result<Files> {
    let mut files = Rendered::new(target);
    let mut names = Vec::new();
    let mut text_types = Vec::new();
    for module in modules.values() {
        let mut used = BTreeSet::new();
        let mut impls = Vec::new();
        let mut types = Vec::new();
        for item in &module.items {
            if let Some(code) = render_item(item, &mut used) {
                types.push(ident(&item.ident));
                impls.push(code);
            }
            if let ItemKind::Text(_) = item.kind {
                let (module, name) = (ident(&module.name), ident(&item.ident));
                text_types.push(quote!(TextType::of::<components::#module::#name>()));
            }
        }
        if impls.is_empty() {
            continue;
        }
        let about = format!(" Values of the types of `{}`.", module.file);
        let module_ident = ident(&module.name);
        let declared = braced(&types);
        let used = braced(&used.iter().map(|name| ident(name)).collect::<Vec<_>>());
        let tokens = quote! {
            #![doc = #about]
            use spar_types::components::#module_ident::#declared;
            use crate::strategy::#used;
            #(#impls)*
        };
        insert(&mut files, &format!("{}.rs", module.name), &source(module), tokens)?;
        names.push(module_ident);
    }
    let root = quote! {
        #![doc = " Values of all types that are generated: what the schemas allow, and nothing else."]
        #(mod #names;)*
        use spar_types::components;
        use crate::strategy::TextType;
        #[doc = " The types of text with facets."]
        pub(crate) const TEXT_TYPES: &[TextType] = &[#(#text_types),*];
    };
    insert(&mut files, "mod.rs", "schemas/manifest.toml", root)?;
    Ok(files.into_files())
}

fn braced(names: &[Ident]) -> TokenStream {
    match names {
        [name] => quote!(#name),
        names => quote!({ #(#names),* }),
    }
}

/// What a file uses of the module by hand.
type Used = BTreeSet<&'static str>;

fn render_item(item: &Item, used: &mut Used) -> Option<TokenStream> {
    let name = ident(&item.ident);
    let strategy = match &item.kind {
        ItemKind::Record(made) => record(made, used),
        ItemKind::Choice { variants, fallback, .. } => choice(variants, *fallback, used),
        ItemKind::SimpleContent { attributes, .. } => {
            used.extend(["any", "made"]);
            let required: Vec<_> = attributes.iter().filter(|a| a.is_required).collect();
            let statements = optional_attributes(attributes, used);
            if required.is_empty() {
                quote!(made(any(), Self::new) #(#statements)*)
            } else {
                let names: Vec<_> = required.iter().map(|a| ident(&a.ident)).collect();
                let parts = names.iter().map(|_| quote!(any()));
                quote! {
                    made((any(), #(#parts),*), |(value, #(#names),*)| Self::new(value, #(#names),*))
                    #(#statements)*
                }
            }
        }
        ItemKind::Text(facets) => {
            used.extend(["Facets", "Text"]);
            let facets = text_facets(facets);
            return Some(quote! {
                impl Text for #name {
                    const FACETS: Facets = #facets;
                }
            });
        }
        ItemKind::Number { builtin, min, max } => {
            used.insert("number");
            let (least, most) = match builtin {
                Builtin::Int => (i64::from(i32::MIN), i64::from(i32::MAX)),
                _ => (i64::MIN, i64::MAX),
            };
            let min = Literal::i64_unsuffixed(min.unwrap_or(least));
            let max = Literal::i64_unsuffixed(max.unwrap_or(most));
            quote!(number(#min, #max))
        }
        ItemKind::Code(_) => {
            used.insert("code");
            quote!(code(Self::ALL))
        }
        ItemKind::List { item, min_length, max_length } => {
            used.extend(["made", "values"]);
            let item = of_type(item);
            let min = Literal::usize_unsuffixed(min_length.unwrap_or(0));
            let max = optional_number(*max_length);
            quote!(made(values::<#item>(#min, #max), |items| items.into_iter().collect()))
        }
        ItemKind::Union(members) => {
            used.extend(["any", "made", "one_of"]);
            let members = members.iter().map(|member| {
                let member = of_type(member);
                let from = quote!(spar_types::SimpleType::from_register);
                quote!(made(any::<#member>(), |value| #from(value.as_str())))
            });
            quote!(one_of([#(#members),*]))
        }
        ItemKind::Alias(_) => return None,
    };
    used.extend(["Any", "BoxedStrategy"]);
    Some(quote! {
        impl Any for #name {
            fn any() -> BoxedStrategy<Self> {
                #strategy
            }
        }
    })
}

/// The constructor with the required parts, then one statement per further part.
fn record(record: &Record, used: &mut Used) -> TokenStream {
    let Record { attributes, fields, coinciding, .. } = record;
    let (required, further): (Vec<_>, Vec<_>) = fields.iter().partition(|f| f.is_required());
    let required_attributes: Vec<_> = attributes.iter().filter(|a| a.is_required).collect();
    let mut parts = Vec::new();
    for _ in &required_attributes {
        used.insert("any");
        parts.push(quote!(any()));
    }
    parts.extend(required.iter().map(|field| part(field, true, used)));
    let names = required_attributes.iter().map(|attribute| ident(&attribute.ident));
    let names: Vec<_> = names.chain(required.iter().map(|field| ident(&field.ident))).collect();
    let new = match &parts[..] {
        [] => {
            used.insert("empty");
            quote!(empty::<Self>())
        }
        [part] => {
            used.insert("made");
            quote!(made(#part, Self::new))
        }
        parts => {
            used.insert("made");
            let (parts, pattern) = (tuple(parts), tuple(&names));
            quote!(made(#parts, |#pattern| Self::new(#(#names),*)))
        }
    };
    let mut statements = optional_attributes(attributes, used);
    let mut done: Vec<&[ElementRef]> = Vec::new();
    for field in further {
        let is_one = |alternatives: &&Vec<ElementRef>| {
            field.element().is_some_and(|element| alternatives.contains(&element.name))
        };
        match coinciding.iter().find(is_one) {
            Some(alternatives) if !done.contains(&alternatives.as_slice()) => {
                done.push(alternatives);
                statements.push(one_of_fields(fields, alternatives, used));
            }
            Some(_) => {}
            // What would hold the record again stays absent, or there would be no end.
            None if field.element().is_some_and(|element| element.is_recursive) => {}
            None => {
                let part = part(field, false, used);
                statements.push(statement(&ident(&field.ident), &part, used));
            }
        }
    }
    quote!(#new #(#statements)*)
}

fn tuple<T: ToTokens>(parts: &[T]) -> TokenStream {
    if parts.len() <= MAX_PARTS {
        return quote!((#(#parts),*));
    }
    let chunks = parts.chunks(MAX_PARTS).map(|chunk| quote!((#(#chunk),*)));
    quote!((#(#chunks),*))
}

fn statement(field: &Ident, part: &TokenStream, used: &mut Used) -> TokenStream {
    used.insert("With");
    quote!(.with(#part, |made, value| made.#field = value))
}

fn optional_attributes(attributes: &[RustAttribute], used: &mut Used) -> Vec<TokenStream> {
    let mut statements = Vec::new();
    // One value is allowed of a fixed attribute, which no strategy of its type knows.
    for attribute in attributes.iter().filter(|a| !a.is_required && a.fixed.is_none()) {
        used.insert("optional");
        statements.push(statement(&ident(&attribute.ident), &quote!(optional()), used));
    }
    statements
}

/// A type, as the tests of spar-types name it.
fn of_type(of: &RustType) -> TokenStream {
    let name = ident(&of.ident);
    match &of.module {
        Some(module) => {
            let module = ident(module);
            quote!(spar_types::components::#module::#name)
        }
        None => quote!(spar_types::#name),
    }
}

/// A choice whose alternatives are fields side by side: the schema allows one of them.
fn one_of_fields(fields: &[Field], alternatives: &[ElementRef], used: &mut Used) -> TokenStream {
    let is_one = |field: &&Field| {
        field.element().is_some_and(|element| alternatives.contains(&element.name))
    };
    let statements = fields.iter().filter(is_one).map(|field| {
        let part = part(field, false, used);
        let statement = statement(&ident(&field.ident), &part, used);
        quote!(|made| made #statement)
    });
    let statements: Vec<_> = statements.collect();
    quote!(.with_one_of([#(#statements),*]))
}

fn choice(variants: &[Variant], fallback: Option<usize>, used: &mut Used) -> TokenStream {
    used.extend(["made", "one_of"]);
    let is_finite = |variant: &&Variant| match &variant.kind {
        VariantKind::Element(element) => !element.is_recursive,
        _ => true,
    };
    let finite: Vec<_> = variants.iter().filter(is_finite).collect();
    let alternatives = finite.into_iter().enumerate().map(|(index, variant)| {
        let name = variant_ident(variant);
        match &variant.kind {
            VariantKind::Element(element) => {
                let part = element_part(element, element.shape, used);
                quote!(made(#part, Self::#name))
            }
            VariantKind::Group(_) => {
                used.insert("any");
                quote!(made(any(), |group| Self::#name(Box::new(group))))
            }
            VariantKind::Groups { occurs: Occurs { min, max }, .. } => {
                used.insert("values");
                let min = Literal::usize_unsuffixed((*min).max(1));
                let max = optional_number(*max);
                quote!(made(values(#min, #max), Self::#name))
            }
            VariantKind::Fields(fields) => {
                fields_variant(&name, fields, fallback == Some(index), used)
            }
        }
    });
    let alternatives: Vec<_> = alternatives.collect();
    quote!(one_of([#(#alternatives),*]))
}

/// A variant of few fields. Where it would not be there without any of them, there is one.
fn fields_variant(
    name: &Ident,
    fields: &[Field],
    may_be_empty: bool,
    used: &mut Used,
) -> TokenStream {
    let parts = fields.iter().map(|field| part(field, field.is_required(), used));
    let parts = parts.collect::<Vec<_>>();
    let idents = field_idents(fields);
    if may_be_empty || fields.iter().any(|field| field.shape() != Shape::Optional) {
        return quote!(made((#(#parts),*), |(#(#idents),*)| Self::#name { #(#idents),* }));
    }
    used.insert("any");
    let first = &idents[0];
    let others = &idents[1..];
    quote! {
        made((#(#parts,)* any()), |(#(#idents,)* otherwise)| {
            let is_there = #first.is_some() #(|| #others.is_some())*;
            let #first = if is_there { #first } else { Some(otherwise) };
            Self::#name { #(#idents),* }
        })
    }
}

/// What a field may hold. A constructor takes what the schema requires, whatever the record can do without.
fn part(field: &Field, is_parameter: bool, used: &mut Used) -> TokenStream {
    match &field.kind {
        FieldKind::Element(element) => {
            let shape = match element.shape {
                Shape::Optional if is_parameter => Shape::One,
                shape => shape,
            };
            element_part(element, shape, used)
        }
        FieldKind::Groups { occurs: Occurs { min, max }, .. } => {
            used.insert("values");
            let (min, max) = (Literal::usize_unsuffixed(*min), optional_number(*max));
            quote!(values(#min, #max))
        }
        FieldKind::Group { is_optional, .. } => {
            let function = if *is_optional { "optional" } else { "any" };
            used.insert(function);
            let function = ident(function);
            quote!(#function())
        }
    }
}

fn element_part(element: &ElementUse, shape: Shape, used: &mut Used) -> TokenStream {
    if let Some(judged_as) = &element.judged_as {
        used.insert("optional_as");
        let of = of_type(judged_as);
        return quote!(optional_as::<#of, _>());
    }
    let function = match shape {
        Shape::One => "any",
        Shape::Optional => "optional",
        Shape::Values => "values",
        Shape::Records => "records",
    };
    used.insert(function);
    let name = ident(function);
    if !shape.is_list() {
        return quote!(#name());
    }
    let Occurs { min, max } = element.occurs;
    let (min, max) = (Literal::usize_unsuffixed(min), optional_number(max));
    quote!(#name(#min, #max))
}

fn text_facets(facets: &TextFacets) -> TokenStream {
    let min = Literal::usize_unsuffixed(facets.min_length.unwrap_or(0));
    let max = optional_number(facets.max_length);
    // A value of the last step is checked for the others when it is made.
    let pattern = match facets.patterns.last() {
        Some((xsd, regex)) => {
            let (xsd, regex) = (super::types::raw(xsd), super::types::raw(regex));
            quote!(Some((#xsd, #regex)))
        }
        None => quote!(None),
    };
    quote!(Facets { min_length: #min, max_length: #max, pattern: #pattern })
}

fn optional_number(number: Option<usize>) -> TokenStream {
    match number.map(Literal::usize_unsuffixed) {
        Some(number) => quote!(Some(#number)),
        None => quote!(None),
    }
}
