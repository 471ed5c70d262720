//! `types.rs`: what people read.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Scope, doc, docs, docs_or, field_idents, ident, variant_ident};
use crate::ir::{Builtin, Occurs};
use crate::model::{
    CodeValue, Field, FieldKind, Item, ItemKind, Module, RustAttribute, RustType, Shape,
    TextFacets, Variant, VariantKind,
};
use crate::pattern::{self, Run};

pub(super) fn render(module: &Module) -> Option<TokenStream> {
    if module.items.is_empty() {
        return None;
    }
    let mut scope = Scope::new(module);
    let items: Vec<_> = module.items.iter().map(|item| render_item(item, &mut scope)).collect();
    let uses = scope.uses(true);
    let about = doc_inner(&format!(" The types of `{}`.", module.file));
    Some(quote!(#about #uses #(#items)*))
}

fn doc_inner(line: &str) -> TokenStream {
    quote!(#![doc = #line])
}

fn render_item(item: &Item, scope: &mut Scope) -> TokenStream {
    let about = item_docs(item);
    let name = ident(&item.ident);
    let value_derives = quote!(#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]);
    match &item.kind {
        ItemKind::Record { fields, .. } => record(about, item, fields, scope),
        ItemKind::Choice { variants, fallback } => choice(about, item, variants, *fallback, scope),
        ItemKind::SimpleContent { value, attributes } => {
            simple_content(about, item, value, attributes, scope)
        }
        ItemKind::Text(facets) => {
            scope.path("crate::simple", "Text");
            scope.path("crate::simple", "Length");
            scope.path("crate::simple", "text_type");
            let facets = text_facets(facets);
            quote!(#about #value_derives pub struct #name(Text); text_type!(#name, #facets);)
        }
        // No order: that of the text is not that of the numbers.
        ItemKind::Number { builtin, min, max } => {
            scope.path("crate::simple", "Text");
            scope.path("crate::simple", "Number");
            scope.path("crate::simple", "number_type");
            let (number, base) = match builtin {
                Builtin::Int => (quote!(i32), quote!(Number::INT)),
                _ => (quote!(i64), quote!(Number::LONG)),
            };
            let bound = |method: &str, value: &Option<i64>| {
                value.map(|value| {
                    let (method, value) = (ident(method), Literal::i64_unsuffixed(value));
                    quote!(.#method(#value))
                })
            };
            let min = bound("min_inclusive", min);
            let max = bound("max_inclusive", max);
            quote! {
                #about #[derive(Clone, Eq, Hash, PartialEq)] pub struct #name(Text);
                number_type!(#name, #number, #base #min #max);
            }
        }
        ItemKind::Code(values) => code(about, item, values, scope),
        ItemKind::Alias(of) if of.module.is_none() && of.ident == item.ident => {
            quote!(#about pub use crate::simple::#name;)
        }
        ItemKind::Alias(of) => {
            let of = scope.of(of);
            quote!(#about pub type #name = #of;)
        }
    }
}

/// The schema's documentation, then where the type is declared.
fn item_docs(item: &Item) -> TokenStream {
    let text = if item.docs.is_empty() { format!("`{}`.", item.ident) } else { item.docs.clone() };
    let docs = docs(&format!("{text}\n\nSchema: {}.", item.origin));
    let aliases = aliases(&item.aliases);
    quote!(#docs #aliases)
}

/// The words by which rustdoc's search finds an item besides its name.
fn aliases(aliases: &[String]) -> TokenStream {
    quote!(#(#[doc(alias = #aliases)])*)
}

fn record(about: TokenStream, item: &Item, fields: &[Field], scope: &mut Scope) -> TokenStream {
    let name = ident(&item.ident);
    let idents = field_idents(fields);
    let types: Vec<_> = fields.iter().map(|field| field_type(field, scope)).collect();
    let field_docs = fields.iter().map(field_docs);
    let is_required: Vec<_> = fields.iter().map(Field::is_required).collect();
    let has_default =
        fields.iter().all(|field| field.shape() != Shape::One || !field.is_required());
    let derives = if has_default {
        quote!(#[derive(Clone, Default, Eq, Hash, PartialEq)])
    } else {
        quote!(#[derive(Clone, Eq, Hash, PartialEq)])
    };
    let new = is_required.contains(&true).then(|| {
        let required = fields.iter().zip(&is_required).filter(|(_, required)| **required);
        let names: Vec<_> = required.map(|(field, _)| format!("`{}`", field.ident)).collect();
        let about = match names.len() {
            n if n == fields.len() => doc(" Puts the parts together."),
            _ => doc(" The required parts; all others are absent, to be set as fields."),
        };
        let parameters: Vec<_> = idents
            .iter()
            .zip(fields)
            .filter(|(_, field)| field.is_required())
            .map(|(name, field)| {
                // What a fix-up lets be absent is there in what the schema allows.
                let shape = field.element().map_or(Shape::One, |element| match element.shape {
                    Shape::Optional => Shape::One,
                    shape => shape,
                });
                let of = occurring(scope.of(field.of()), shape, scope);
                quote!(#name: #of)
            })
            .collect();
        let values = idents.iter().zip(fields).map(|(name, field)| {
            match (field.is_required(), field.shape()) {
                (true, Shape::Optional) => quote!(#name: Some(#name)),
                (true, _) => quote!(#name),
                (false, Shape::Values | Shape::Records) => quote!(#name: Vec::new()),
                (false, Shape::One) => quote!(#name: Default::default()),
                (false, Shape::Optional) => quote!(#name: None),
            }
        });
        // The schema decides how many parts a record must have.
        let allow = (names.len() > 7).then(|| quote!(#[expect(clippy::too_many_arguments)]));
        quote! {
            impl #name {
                #about
                #[must_use]
                #allow
                pub fn new(#(#parameters),*) -> Self {
                    Self { #(#values),* }
                }
            }
        }
    });
    quote! {
        #about
        #derives
        #[non_exhaustive]
        pub struct #name { #(#field_docs pub #idents: #types),* }
        #new
    }
}

fn field_docs(field: &Field) -> TokenStream {
    let bounds = match &field.kind {
        FieldKind::Element(element) => match (element.occurs, element.shape) {
            (Occurs { max: Some(max), .. }, _) if max > 1 => format!("\n\nAt most {max}."),
            (Occurs { max: Some(1), .. }, Shape::Values | Shape::Records) => {
                "\n\nAt most 1 by the schema; more are kept as deviations.".to_owned()
            }
            (Occurs { min: 1, .. }, Shape::Optional) => {
                "\n\nRequired by the schema; `None` is a deviation.".to_owned()
            }
            _ => String::new(),
        },
        FieldKind::Group { .. } => String::new(),
    };
    let text = match field.docs.as_str() {
        "" => format!("`{}`.", field.schema_name),
        docs => docs.to_owned(),
    };
    let docs = docs(&format!("{text}{bounds}"));
    let aliases = aliases(&field.aliases);
    quote!(#docs #aliases)
}

fn field_type(field: &Field, scope: &mut Scope) -> TokenStream {
    let of = scope.of(field.of());
    occurring(of, field.shape(), scope)
}

fn occurring(of: TokenStream, shape: Shape, scope: &mut Scope) -> TokenStream {
    match shape {
        Shape::One => of,
        Shape::Optional => quote!(Option<#of>),
        Shape::Values => quote!(Vec<#of>),
        Shape::Records => {
            let entries = scope.path("crate::xml", "Entries");
            quote!(#entries<#of>)
        }
    }
}

fn choice(
    about: TokenStream,
    item: &Item,
    variants: &[Variant],
    fallback: Option<usize>,
    scope: &mut Scope,
) -> TokenStream {
    let name = ident(&item.ident);
    let rendered: Vec<_> = variants
        .iter()
        .map(|variant| {
            let about = docs_or(&variant.docs, &format!("`{}`.", variant.schema_name));
            let ident = variant_ident(variant);
            match &variant.kind {
                VariantKind::Element(element) => {
                    let of = scope.of(&element.of);
                    let of = occurring(of, element.shape, scope);
                    quote!(#about #ident(#of))
                }
                VariantKind::Group(of) => {
                    let of = scope.of(of);
                    quote!(#about #ident(Box<#of>))
                }
                VariantKind::Fields(fields) => {
                    let idents = field_idents(fields);
                    let types: Vec<_> = fields.iter().map(|f| field_type(f, scope)).collect();
                    let field_docs = fields.iter().map(field_docs);
                    quote!(#about #ident { #(#field_docs #idents: #types),* })
                }
            }
        })
        .collect();
    let default = fallback.map(|fallback| {
        let variant = &variants[fallback];
        let about = doc(&format!(" Nothing: an empty [`Self::{}`].", variant.ident));
        let ident = variant_ident(variant);
        let value = match &variant.kind {
            VariantKind::Element(_) => quote!(Self::#ident(Vec::new())),
            VariantKind::Group(_) => quote!(Self::#ident(Default::default())),
            VariantKind::Fields(fields) => {
                let idents = field_idents(fields);
                quote!(Self::#ident { #(#idents: None),* })
            }
        };
        quote!(impl Default for #name { #about fn default() -> Self { #value } })
    });
    quote! {
        #about
        #[derive(Clone, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum #name { #(#rendered),* }
        #default
    }
}

fn simple_content(
    about: TokenStream,
    item: &Item,
    value: &RustType,
    attributes: &[RustAttribute],
    scope: &mut Scope,
) -> TokenStream {
    let name = ident(&item.ident);
    let value = scope.of(value);
    let idents: Vec<_> = attributes.iter().map(|attribute| ident(&attribute.ident)).collect();
    let types: Vec<_> = attributes.iter().map(|attribute| scope.of(&attribute.of)).collect();
    let attribute_docs = attributes
        .iter()
        .map(|attribute| docs_or(&attribute.docs, &format!("Attribute `{}`.", attribute.name)));
    quote! {
        #about
        #[derive(Clone, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub struct #name {
            #[doc = " The text of the element."]
            pub value: #value,
            #(#attribute_docs pub #idents: Option<#types>),*
        }
        impl #name {
            #[doc = " The value without attributes."]
            #[must_use]
            pub fn new(value: #value) -> Self {
                Self { value, #(#idents: None),* }
            }
        }
        impl From<#value> for #name {
            fn from(value: #value) -> Self {
                Self::new(value)
            }
        }
    }
}

fn text_facets(facets: &TextFacets) -> TokenStream {
    let bound = |method: &str, value: Option<usize>| {
        value.map(|value| {
            let (method, value) = (ident(method), Literal::usize_unsuffixed(value));
            quote!(.#method(#value))
        })
    };
    let min = bound("min", facets.min_length);
    let max = bound("max", facets.max_length);
    let pattern = facets.pattern.as_ref().map(|(xsd, regex)| {
        let judge = match pattern::runs(xsd) {
            Some(runs) => runs_of(&runs),
            None => raw(regex),
        };
        let xsd = raw(xsd);
        quote!(, #xsd, #judge)
    });
    quote!(Length::any() #min #max #pattern)
}

/// What stands in for a regular expression that is no more than runs of characters.
fn runs_of(runs: &[Run]) -> TokenStream {
    let runs = runs.iter().map(|((first, last), (least, most))| {
        let [first, last] = [first, last].map(|c| Literal::byte_character(*c));
        let [least, most] = [least, most].map(|count| Literal::usize_unsuffixed(*count));
        quote!((#first..=#last, #least..=#most))
    });
    quote!(&[#(#runs),*])
}

/// A raw string literal, in which backslashes stand for themselves.
pub(super) fn raw(text: &str) -> TokenStream {
    let fence = if text.contains('"') { "#" } else { "" };
    let literal = format!("r{fence}\"{text}\"{fence}");
    literal.parse().unwrap_or_else(|_| quote!(#text))
}

fn code(about: TokenStream, item: &Item, values: &[CodeValue], scope: &mut Scope) -> TokenStream {
    scope.path("crate::simple", "UnknownCode");
    scope.path("crate::simple", "code_type");
    let name = ident(&item.ident);
    let idents: Vec<_> = values.iter().map(|value| ident(&value.ident)).collect();
    let codes: Vec<_> = values.iter().map(|value| &value.value).collect();
    let value_docs = values.iter().map(|value| {
        let docs = docs_or(&value.docs, &format!("`{}`.", value.value));
        let aliases = aliases(&value.aliases);
        quote!(#docs #aliases)
    });
    quote! {
        #about
        #[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum #name {
            #(#value_docs #idents,)*
            #[doc = " A code that the schema does not list, as sent. Made by reading only."]
            Unknown(UnknownCode),
        }
        code_type!(#name, { #(#idents = #codes),* });
    }
}
