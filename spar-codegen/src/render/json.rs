//! `json.rs`: `Serialize` with the names of the schema.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Scope, field_idents, ident, is_composite, variant_ident};
use crate::model::{Field, Item, ItemKind, Module, Shape, VariantKind};

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
                    VariantKind::Element(element) => {
                        let statement = element_statement(name, element.shape, &quote!(value));
                        quote!(Self::#ident(value) => { #statement })
                    }
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
    element_statement(&field.schema_name, field.shape(), value)
}

fn element_statement(name: &str, shape: Shape, value: &TokenStream) -> TokenStream {
    match shape {
        Shape::Values => quote!(fields.values(#name, #value)?;),
        Shape::Records => quote!(fields.records(#name, #value)?;),
        Shape::Optional => quote!(fields.optional(#name, #value)?;),
        Shape::One => quote!(fields.required(#name, #value)?;),
    }
}
