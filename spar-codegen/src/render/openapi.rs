//! The operations and answers of an OpenAPI file, for `spar-filtransport`.

use std::collections::BTreeMap;

use heck::ToShoutySnakeCase;
use proc_macro2::TokenStream;
use quote::quote;

use super::{Rendered, docs, docs_inner, docs_or, ident, insert};
use crate::error::{Error, Result};
use crate::names::{Names, OpenApiNames, field_ident, type_ident, variant_ident};
use crate::openapi::{Api, ApiField, ApiKind, ApiOperation, ApiType, ApiValue};

/// The files of `spar-filtransport`.
pub(crate) fn filtransport_crate(api: &Api, names: &Names) -> Result<Rendered> {
    let mut files = Rendered::new();
    let source = format!("schemas/{}", api.file);
    insert(&mut files, "operations.rs", &source, operations(api, names)?)?;
    insert(&mut files, "models.rs", &source, models(api)?)?;
    let about = docs_inner(&format!("The interface `{}`.", api.interface));
    insert(&mut files, "mod.rs", &source, quote! { #about pub mod models; pub mod operations; })?;
    Ok(files)
}

fn operations(api: &Api, names: &Names) -> Result<TokenStream> {
    let names = names.openapi(&api.interface)?;
    names.check(api)?;
    let mut constants = Vec::new();
    let mut all = Vec::new();
    for (ours, theirs) in &names.operations {
        // Present: `check` has looked.
        let Some(found) = api.operations.iter().find(|operation| operation.id == *theirs) else {
            continue;
        };
        let constant = ident(&ours.to_shouty_snake_case());
        constants.push(operation(ours, found, names));
        all.push(constant);
    }
    let count = all.len();
    Ok(quote! {
        #![doc = " The operations that the client calls, as the interface describes them."]
        use crate::operation::{Operation, Parameter};
        #(#constants)*
        #[doc = " All of them."]
        pub const ALL: [&Operation; #count] = [#(&#all),*];
    })
}

fn operation(ours: &str, operation: &ApiOperation, names: &OpenApiNames) -> TokenStream {
    let constant = ident(&ours.to_shouty_snake_case());
    let method = operation.method.to_uppercase();
    let known = !operation.is_guess;
    let mut path = operation.path.clone();
    let parameters: Vec<_> = operation
        .parameters
        .iter()
        .map(|parameter| {
            let argument = names.argument(&parameter.name);
            path = path.replace(&format!("{{{}}}", parameter.name), &format!("{{{argument}}}"));
            let name = optional(known.then_some(&*parameter.name));
            let is_required = parameter.is_required;
            quote!(Parameter { argument: #argument, name: #name, is_required: #is_required })
        })
        .collect();
    let about = docs_or(&operation.docs, &format!("The operation `{ours}`."));
    let place = docs(&if known {
        format!("\n`{method} {path}`.")
    } else {
        "\nThat it exists is known; its method, path and names are not, and have no default."
            .to_owned()
    });
    let has_file = operation.part.is_some();
    let (method, path) = (optional(known.then_some(&*method)), optional(known.then_some(&*path)));
    let part = optional(operation.part.as_deref().filter(|_| known));
    quote! {
        #about
        #place
        pub const #constant: Operation = Operation {
            id: #ours,
            method: #method,
            path: #path,
            parameters: &[#(#parameters),*],
            has_file: #has_file,
            part: #part,
        };
    }
}

fn optional(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote!(Some(#text)),
        None => quote!(None),
    }
}

fn models(api: &Api) -> Result<TokenStream> {
    let mut idents = BTreeMap::new();
    for name in api.types.keys() {
        if let Some(other) = idents.insert(type_ident(name), name) {
            return Err(Error::new(format!(
                "{}: `{other}` and `{name}` would be one name in Rust",
                api.file
            )));
        }
    }
    let types = api.types.iter().map(|(name, r#type)| match &r#type.kind {
        ApiKind::Enumeration(values) => enumeration(name, r#type, values),
        ApiKind::Object(fields) => object(name, r#type, fields),
    });
    Ok(quote! {
        #![doc = " What the interface answers, in JSON. Unknown fields are kept, unknown words too."]
        use serde::{Deserialize, Serialize};
        use crate::json::{OtherFields, is_same_word};
        #(#types)*
    })
}

fn enumeration(name: &str, r#type: &ApiType, values: &[String]) -> TokenStream {
    let about = docs_or(&r#type.docs, &format!("`{name}`."));
    let name = ident(&type_ident(name));
    let variants: Vec<_> = values.iter().map(|value| ident(&variant_ident(value))).collect();
    let variant_docs = values.iter().map(|value| docs(&format!("`{value}`")));
    quote! {
        #about
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        #[non_exhaustive]
        pub enum #name {
            #(#variant_docs #variants,)*
            #[doc = " Another word, as sent."]
            Unknown(String),
        }
        impl #name {
            #[doc = " The word, as the interface writes it."]
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #values,)*
                    Self::Unknown(word) => word,
                }
            }
        }
        impl From<String> for #name {
            fn from(word: String) -> Self {
                match &*word {
                    #(known if is_same_word(known, #values) => Self::#variants,)*
                    _ => Self::Unknown(word),
                }
            }
        }
        impl From<#name> for String {
            fn from(value: #name) -> Self {
                value.as_str().to_owned()
            }
        }
    }
}

fn object(name: &str, r#type: &ApiType, fields: &[ApiField]) -> TokenStream {
    let about = docs_or(&r#type.docs, &format!("`{name}`."));
    let name = ident(&type_ident(name));
    let fields = fields.iter().map(|field| {
        let about = docs_or(&field.docs, &format!("`{}`.", field.name));
        let rust_name = field_ident(&field.name);
        let name = &field.name;
        let rename = (rust_name != *name).then(|| quote!(#[serde(rename = #name)]));
        let rust_name = ident(&rust_name);
        let value = value(&field.value);
        let (value, default) = match (&field.value, field.is_required) {
            (_, true) => (value, None),
            (ApiValue::List(_), false) => {
                (value, Some(quote!(#[serde(default, skip_serializing_if = "Vec::is_empty")])))
            }
            (_, false) => (
                quote!(Option<#value>),
                Some(quote!(#[serde(default, skip_serializing_if = "Option::is_none")])),
            ),
        };
        quote! { #about #rename #default pub #rust_name: #value, }
    });
    quote! {
        #about
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[non_exhaustive]
        pub struct #name {
            #(#fields)*
            #[doc = " Fields that are not known here, as sent."]
            #[serde(flatten)]
            pub other: OtherFields,
        }
    }
}

fn value(value: &ApiValue) -> TokenStream {
    match value {
        ApiValue::Text => quote!(String),
        ApiValue::Integer => quote!(i64),
        ApiValue::Boolean => quote!(bool),
        ApiValue::Named(name) => {
            let name = ident(&type_ident(name));
            quote!(#name)
        }
        ApiValue::List(item) => {
            let item = self::value(item);
            quote!(Vec<#item>)
        }
    }
}
