//! `json.rs`: `Serialize` with the names of the schema.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Scope, field_idents, ident, is_composite, variant_ident};
use crate::model::{Field, FieldKind, Item, ItemKind, Module, VariantKind};

pub(super) fn render(module: &Module) -> Option<TokenStream> {
    let items: Vec<_> = module.items.iter().filter(|item| is_composite(item)).collect();
    if items.is_empty() {
        return None;
    }
    let mut scope = Scope::new(module);
    scope.path("crate::json", "Fields");
    let impls: Vec<_> = items
        .iter()
        .map(|item| {
            let name = scope.item(item);
            let body = body(item);
            quote! {
                impl Serialize for #name {
                    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                        #body
                    }
                }
            }
        })
        .collect();
    let uses = scope.uses(false);
    Some(quote! {
        #![doc = " JSON and other formats, by serde."]
        use serde::{Serialize, Serializer};
        #uses
        #(#impls)*
    })
}

fn body(item: &Item) -> TokenStream {
    match &item.kind {
        ItemKind::Record { fields, .. } => {
            let idents = field_idents(fields);
            let statements = fields
                .iter()
                .zip(&idents)
                .map(|(field, ident)| statement(field, &quote!(&self.#ident)));
            object(quote!(#(#statements)*))
        }
        ItemKind::SimpleContent { attributes, .. } => {
            let idents = attributes.iter().map(|attribute| ident(&attribute.ident));
            let names = attributes.iter().map(|attribute| &attribute.name);
            let statements = quote! {
                fields.required("value", &self.value)?;
                #(fields.optional(#names, &self.#idents)?;)*
            };
            object(statements)
        }
        ItemKind::Choice { variants, .. } => {
            let arms = variants.iter().map(|variant| {
                let ident = variant_ident(variant);
                let name = &variant.schema_name;
                match &variant.kind {
                    VariantKind::Element { .. } => quote!(Self::#ident(value) => {
                        fields.required(#name, value)?;
                    }),
                    VariantKind::Group(_) => quote!(Self::#ident(group) => {
                        fields.required(#name, &**group)?;
                    }),
                    VariantKind::Fields(members) => {
                        let idents = field_idents(members);
                        let statements = members
                            .iter()
                            .zip(&idents)
                            .map(|(field, ident)| statement(field, &quote!(#ident)));
                        quote!(Self::#ident { #(#idents),* } => { #(#statements)* })
                    }
                }
            });
            object(quote!(match self { #(#arms)* }))
        }
        _ => TokenStream::new(),
    }
}

fn object(statements: TokenStream) -> TokenStream {
    quote! {
        let mut fields = Fields::new(serializer)?;
        #statements
        fields.end()
    }
}

/// An absent element and an empty list are left out.
fn statement(field: &Field, value: &TokenStream) -> TokenStream {
    let name = &field.schema_name;
    match &field.kind {
        FieldKind::Element { occurs, .. } if occurs.is_list() => {
            quote!(fields.list(#name, #value)?;)
        }
        FieldKind::Element { occurs, .. } if occurs.min == 0 => {
            quote!(fields.optional(#name, #value)?;)
        }
        FieldKind::Group { is_optional: true, .. } => quote!(fields.optional(#name, #value)?;),
        _ => quote!(fields.required(#name, #value)?;),
    }
}
