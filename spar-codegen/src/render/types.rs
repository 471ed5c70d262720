//! `types.rs`: what people read.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::{Scope, doc, docs, docs_or, field_idents, ident, variant_ident};
use crate::ir::{Builtin, Occurs};
use crate::model::{
    CodeValue, ElementUse, Field, FieldKind, Item, ItemKind, Module, Record, RustAttribute,
    RustType, Shape, TextFacets, Variant, VariantKind,
};

pub(super) fn render(module: &Module) -> Option<TokenStream> {
    if module.items.is_empty() {
        return None;
    }
    let mut scope = Scope::declaring(module);
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
    scope.current = Some(item.ident.clone());
    let value_derives = quote!(#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]);
    match &item.kind {
        ItemKind::Record(made) => record(about, item, made, scope),
        ItemKind::Choice { variants, fallback, .. } => {
            choice(about, item, variants, *fallback, scope)
        }
        ItemKind::SimpleContent { value, attributes, .. } => {
            simple_content(about, item, value, attributes, scope)
        }
        ItemKind::Text(facets) => {
            let text = scope.path("crate::simple", "Text");
            let text_type = scope.path("crate::simple", "text_type");
            let facets = text_facets(facets, scope);
            quote!(#about #value_derives pub struct #name(#text); #text_type!(#name, #facets);)
        }
        ItemKind::List { item, min_length, max_length } => {
            let text = scope.path("crate::simple", "Text");
            let list_type = scope.path("crate::simple", "list_type");
            let length = length(*min_length, *max_length, scope);
            let item = scope.of(item);
            quote! {
                #about #[derive(Clone, Eq, Hash, PartialEq)] pub struct #name(#text);
                #list_type!(#name, #item, #length);
            }
        }
        ItemKind::Union(members) => {
            let text = scope.path("crate::simple", "Text");
            let union_type = scope.path("crate::simple", "union_type");
            let members = members.iter().map(|member| scope.of(member));
            quote! {
                #about #[derive(Clone, Eq, Hash, PartialEq)] pub struct #name(#text);
                #union_type!(#name, { #(#members),* });
            }
        }
        // No order: that of the text is not that of the numbers.
        ItemKind::Number { builtin, min, max } => {
            let text = scope.path("crate::simple", "Text");
            let bounds = scope.path("crate::simple", "Number");
            let number_type = scope.path("crate::simple", "number_type");
            let (number, base) = match builtin {
                Builtin::Int => (quote!(i32), quote!(#bounds::INT)),
                _ => (quote!(i64), quote!(#bounds::LONG)),
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
                #about #[derive(Clone, Eq, Hash, PartialEq)] pub struct #name(#text);
                #number_type!(#name, #number, #base #min #max);
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

fn record(about: TokenStream, item: &Item, made: &Record, scope: &mut Scope) -> TokenStream {
    let Record { attributes, fields, .. } = made;
    let name = ident(&item.ident);
    let attribute_fields = attributes.iter().map(|one| attribute_field(one, scope));
    let attribute_fields: Vec<_> = attribute_fields.collect();
    let defaults = attribute_defaults(&name, attributes, scope);
    let idents = field_idents(fields);
    let types: Vec<_> = fields.iter().map(|field| field_type(field, scope)).collect();
    let field_docs = fields.iter().map(field_docs);
    let is_required: Vec<_> = fields.iter().map(Field::is_required).collect();
    let has_default =
        fields.iter().all(|field| field.shape() != Shape::One || !field.is_required())
            && attributes.iter().all(|attribute| !attribute.is_required);
    let derives = if has_default {
        quote!(#[derive(Clone, Default, Eq, Hash, PartialEq)])
    } else {
        quote!(#[derive(Clone, Eq, Hash, PartialEq)])
    };
    let required_attributes: Vec<_> = attributes.iter().filter(|a| a.is_required).collect();
    let has_required = is_required.contains(&true) || !required_attributes.is_empty();
    let new = has_required.then(|| {
        let count = is_required.iter().filter(|is| **is).count() + required_attributes.len();
        let about = match count {
            n if n == fields.len() + attributes.len() => doc(" Puts the parts together."),
            _ => doc(" The required parts; all others are absent, to be set as fields."),
        };
        let attribute_parameters = required_attributes.iter().map(|attribute| {
            let (name, of) = (ident(&attribute.ident), scope.of(&attribute.of));
            quote!(#name: #of)
        });
        let mut parameters: Vec<_> = attribute_parameters.collect();
        parameters.extend(idents.iter().zip(fields).filter(|(_, field)| field.is_required()).map(
            |(name, field)| {
                // What a fix-up lets be absent is there in what the schema allows.
                let shape = match field.shape() {
                    Shape::Optional => Shape::One,
                    shape => shape,
                };
                let of = used_type(field, scope);
                let of = occurring(of, shape, scope);
                quote!(#name: #of)
            },
        ));
        let attribute_values = attributes.iter().map(|attribute| {
            let name = ident(&attribute.ident);
            if attribute.is_required { quote!(#name) } else { quote!(#name: None) }
        });
        let values = idents.iter().zip(fields).map(|(name, field)| {
            match (field.is_required(), field.shape()) {
                (true, Shape::Optional) => quote!(#name: Some(#name)),
                (true, Shape::One) if is_boxed(field) => quote!(#name: Box::new(#name)),
                (true, _) => quote!(#name),
                (false, Shape::Values | Shape::Records) => quote!(#name: Vec::new()),
                (false, Shape::One) => quote!(#name: Default::default()),
                (false, Shape::Optional) => quote!(#name: None),
            }
        });
        // The schema decides how many parts a record must have.
        let allow = (count > 7).then(|| quote!(#[expect(clippy::too_many_arguments)]));
        quote! {
            impl #name {
                #about
                #[must_use]
                #allow
                pub fn new(#(#parameters),*) -> Self {
                    Self { #(#attribute_values,)* #(#values),* }
                }
            }
        }
    });
    quote! {
        #about
        #derives
        #[non_exhaustive]
        pub struct #name { #(#attribute_fields,)* #(#field_docs pub #idents: #types),* }
        #new
        #defaults
    }
}

fn attribute_field(attribute: &RustAttribute, scope: &mut Scope) -> TokenStream {
    let RustAttribute { name: schema_name, docs, default, fixed, .. } = attribute;
    let mut text = match docs.as_str() {
        "" => format!("Attribute `{schema_name}`."),
        docs => docs.to_owned(),
    };
    if let Some(default) = default {
        text.push_str(&format!("\n\nAbsent, it means `{default}`."));
    }
    if let Some(fixed) = fixed {
        text.push_str(&format!("\n\nThe schema allows `{fixed}` only."));
    }
    let (docs, name, of) = (docs_or(&text, ""), ident(&attribute.ident), scope.of(&attribute.of));
    match attribute.is_required {
        true => quote!(#docs pub #name: #of),
        false => quote!(#docs pub #name: Option<#of>),
    }
}

/// What absent attributes mean, by the schema.
fn attribute_defaults(
    name: &Ident,
    attributes: &[RustAttribute],
    scope: &mut Scope,
) -> Option<TokenStream> {
    let methods = attributes.iter().filter_map(|attribute| {
        let default = attribute.default.as_ref()?;
        let about =
            format!(" `{}`, or `{default}`, which it means if it is absent.", attribute.ident);
        let method = format_ident!("{}_or_default", attribute.ident.trim_end_matches('_'));
        let (attribute, of) = (ident(&attribute.ident), scope.of(&attribute.of));
        let simple_type = scope.path("crate::simple", "SimpleType");
        Some(quote! {
            #[doc = #about]
            #[must_use]
            pub fn #method(&self) -> #of {
                self.#attribute.clone().unwrap_or_else(|| #simple_type::from_register(#default))
            }
        })
    });
    let methods: Vec<_> = methods.collect();
    (!methods.is_empty()).then(|| quote!(impl #name { #(#methods)* }))
}

fn is_boxed(field: &Field) -> bool {
    field.element().is_some_and(|element| element.is_boxed)
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
        FieldKind::Groups { occurs: Occurs { max: Some(max), .. }, .. } => {
            format!("\n\nAt most {max}.")
        }
        FieldKind::Group { .. } | FieldKind::Groups { .. } => String::new(),
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
    let of = used_type(field, scope);
    let of = if is_boxed(field) { quote!(Box<#of>) } else { of };
    occurring(of, field.shape(), scope)
}

/// The type of one value of a field.
fn used_type(field: &Field, scope: &mut Scope) -> TokenStream {
    match field.element() {
        Some(element) => element_type(element, scope),
        None => scope.of(field.of()),
    }
}

fn element_type(element: &ElementUse, scope: &mut Scope) -> TokenStream {
    let of = scope.of(&element.of);
    if element.is_nillable {
        let nillable = scope.path("crate::xml", "Nillable");
        return quote!(#nillable<#of>);
    }
    of
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
                    let of = element_type(element, scope);
                    let of = if element.is_boxed { quote!(Box<#of>) } else { of };
                    let of = occurring(of, element.shape, scope);
                    quote!(#about #ident(#of))
                }
                VariantKind::Group(of) => {
                    let of = scope.of(of);
                    quote!(#about #ident(Box<#of>))
                }
                VariantKind::Groups { of, .. } => {
                    let of = scope.of(of);
                    quote!(#about #ident(Vec<#of>))
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
            VariantKind::Element(_) | VariantKind::Groups { .. } => {
                quote!(Self::#ident(Vec::new()))
            }
            VariantKind::Group(_) => quote!(Self::#ident(Default::default())),
            VariantKind::Fields(fields) => {
                let values = fields.iter().zip(field_idents(fields)).map(|(field, name)| {
                    let value =
                        if field.shape().is_list() { quote!(Vec::new()) } else { quote!(None) };
                    quote!(#name: #value)
                });
                quote!(Self::#ident { #(#values),* })
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
    let attribute_fields = attributes.iter().map(|one| attribute_field(one, scope));
    let attribute_fields: Vec<_> = attribute_fields.collect();
    let defaults = attribute_defaults(&name, attributes, scope);
    let required: Vec<_> = attributes.iter().filter(|a| a.is_required).collect();
    let required_idents: Vec<_> = required.iter().map(|a| ident(&a.ident)).collect();
    let required_types: Vec<_> = required.iter().map(|a| scope.of(&a.of)).collect();
    let values = attributes.iter().map(|attribute| {
        let name = ident(&attribute.ident);
        if attribute.is_required { quote!(#name) } else { quote!(#name: None) }
    });
    let about_new = match required.is_empty() {
        true => doc(" The value without attributes."),
        false => doc(" The value with the required attributes only."),
    };
    let from = required.is_empty().then(|| {
        quote! {
            impl From<#value> for #name {
                fn from(value: #value) -> Self {
                    Self::new(value)
                }
            }
        }
    });
    quote! {
        #about
        #[derive(Clone, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub struct #name {
            #[doc = " The text of the element."]
            pub value: #value,
            #(#attribute_fields),*
        }
        impl #name {
            #about_new
            #[must_use]
            pub fn new(value: #value, #(#required_idents: #required_types),*) -> Self {
                Self { value, #(#values),* }
            }
        }
        #from
        #defaults
    }
}

fn text_facets(facets: &TextFacets, scope: &mut Scope) -> TokenStream {
    let length = length(facets.min_length, facets.max_length, scope);
    let patterns = facets.patterns.iter().map(|(xsd, regex)| {
        let (xsd, regex) = (raw(xsd), raw(regex));
        quote!(, #xsd, #regex)
    });
    quote!(#length #(#patterns)*)
}

fn length(min: Option<usize>, max: Option<usize>, scope: &mut Scope) -> TokenStream {
    let length = scope.path("crate::simple", "Length");
    let bound = |method: &str, value: Option<usize>| {
        value.map(|value| {
            let (method, value) = (ident(method), Literal::usize_unsuffixed(value));
            quote!(.#method(#value))
        })
    };
    let (min, max) = (bound("min", min), bound("max", max));
    quote!(#length::any() #min #max)
}

/// A raw string literal, in which backslashes stand for themselves.
pub(super) fn raw(text: &str) -> TokenStream {
    let fence = if text.contains('"') { "#" } else { "" };
    let literal = format!("r{fence}\"{text}\"{fence}");
    literal.parse().unwrap_or_else(|_| quote!(#text))
}

fn code(about: TokenStream, item: &Item, values: &[CodeValue], scope: &mut Scope) -> TokenStream {
    let unknown_code = scope.path("crate::simple", "UnknownCode");
    let code_type = scope.path("crate::simple", "code_type");
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
            Unknown(#unknown_code),
        }
        #code_type!(#name, { #(#idents = #codes),* });
    }
}
