//! `inspect.rs`: what `Debug` shows, and what it does not.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Scope, field_idents, ident, is_composite, variant_ident};
use crate::model::{Field, Item, ItemKind, Module, Record, VariantKind};

pub(super) fn render(module: &Module) -> Option<TokenStream> {
    let items: Vec<_> = module.items.iter().filter(|item| is_composite(item)).collect();
    if items.is_empty() {
        return None;
    }
    let mut scope = Scope::new(module);
    for used in ["Inspect", "Inspector", "redacted_debug"] {
        scope.path("crate::inspect", used);
    }
    let impls: Vec<_> = items
        .iter()
        .map(|item| {
            let name = scope.item(item);
            let body = body(item, &mut scope);
            quote! {
                impl Inspect for #name {
                    fn inspect(&self, inspector: &mut Inspector<'_, '_>) -> fmt::Result {
                        #body
                    }
                }
            }
        })
        .collect();
    let names: Vec<_> = items.iter().map(|item| scope.item(item)).collect();
    let uses = scope.uses(false);
    Some(quote! {
        #![doc = " What `Debug` shows."]
        use std::fmt;
        #uses
        #(#impls)*
        redacted_debug!(#(#names),*);
    })
}

fn body(item: &Item, scope: &mut Scope) -> TokenStream {
    let name = &item.ident;
    match &item.kind {
        ItemKind::Record(Record { attributes, fields, .. }) => {
            let idents = field_idents(fields);
            let names = fields.iter().map(|field| &field.ident);
            let attribute_names: Vec<_> = attributes.iter().map(|one| &one.ident).collect();
            let attributes = attribute_names.iter().map(|name| ident(name));
            let values = idents
                .iter()
                .zip(fields)
                .map(|(ident, field)| shown(field, quote!(&self.#ident), scope));
            quote! {
                inspector.record(
                    #name,
                    &[#((#attribute_names, &self.#attributes),)* #((#names, #values)),*],
                )
            }
        }
        ItemKind::SimpleContent { attributes, .. } => {
            let idents: Vec<_> =
                attributes.iter().map(|attribute| ident(&attribute.ident)).collect();
            let names = attributes.iter().map(|attribute| &attribute.ident);
            quote! {
                inspector.record(#name, &[("value", &self.value), #((#names, &self.#idents)),*])
            }
        }
        ItemKind::Choice { variants, .. } => {
            let arms = variants.iter().map(|variant| {
                let ident = variant_ident(variant);
                let full = format!("{name}::{}", variant.ident);
                match &variant.kind {
                    VariantKind::Element(_) | VariantKind::Groups { .. } => {
                        quote!(Self::#ident(value) => inspector.variant(#full, &[value]))
                    }
                    VariantKind::Group(_) => {
                        quote!(Self::#ident(group) => inspector.variant(#full, &[&**group]))
                    }
                    VariantKind::Fields(fields) => {
                        let idents = field_idents(fields);
                        let names = fields.iter().map(|field| &field.ident);
                        quote! {
                            Self::#ident { #(#idents),* } => {
                                inspector.record(#full, &[#((#names, #idents)),*])
                            }
                        }
                    }
                }
            });
            quote!(match self { #(#arms),* })
        }
        _ => TokenStream::new(),
    }
}

fn shown(field: &Field, value: TokenStream, scope: &mut Scope) -> TokenStream {
    if field.is_public {
        scope.path("crate::inspect", "Public");
        quote!(&Public(#value))
    } else {
        value
    }
}
