//! The operations of a service, for `spar-soap`.

use std::collections::BTreeMap;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{Rendered, convert, docs, docs_inner, docs_or, ident, insert};
use crate::error::Result;
use crate::model::{Model, Module, RustOperation};
use crate::names::{field_ident, type_ident};

pub(super) fn render(models: &[Model], files: &mut Rendered) -> Result<()> {
    let mut services: BTreeMap<&str, Vec<&Model>> = BTreeMap::new();
    for model in models.iter().filter(|model| !model.operations.is_empty()) {
        services.entry(&model.facade.0).or_default().push(model);
    }
    let every_module = super::modules(models);
    let mut modules = Vec::new();
    for (service, models) in &mut services {
        models.sort_by_key(|model| model.version());
        for model in models.iter() {
            let version = &model.facade.1;
            let module = module(model);
            let operations = model.operations.iter().map(|o| operation(o, service, version));
            let about = docs_inner(&format!(
                "The operations of the service `{service}`, version {}.",
                model.dotted_version()
            ));
            let tokens = quote! {
                #about
                use crate::operation::Operation;
                #(#operations)*
            };
            let source = format!("schemas/manifest.toml ({service})");
            insert(files, &format!("{module}.rs"), &source, tokens)?;
            modules.push(module);
        }
        modules.push(ident(service));
        let tokens = versions(service, models, &every_module);
        insert(files, &format!("{service}.rs"), "schemas/manifest.toml", tokens)?;
    }
    modules.sort();
    let root = quote! {
        #![doc = " The operations of SPAR's SOAP services: a module per service, and one for each of its versions."]
        #(pub mod #modules;)*
    };
    insert(files, "mod.rs", "schemas/manifest.toml", root)
}

fn module(model: &Model) -> Ident {
    format_ident!("{}_{}", model.facade.0, model.facade.1)
}

/// The versions of a service, oldest first, and how the older ones are spoken by those who know the newest.
fn versions(service: &str, models: &[&Model], modules: &BTreeMap<&str, &Module>) -> TokenStream {
    let Some((newest, older)) = models.split_last() else { return TokenStream::new() };
    let names = models.iter().map(|model| {
        let name = ident(&model.facade.1.to_uppercase());
        let end = if model.facade.1 == newest.facade.1 { ", the newest." } else { "." };
        let about = docs(&format!("{}{end}\n\n{}", model.dotted_version(), model.note));
        quote!(#about #name)
    });
    let idents: Vec<_> = models.iter().map(|m| ident(&m.facade.1.to_uppercase())).collect();
    let dotted = models.iter().map(|model| model.dotted_version());
    let newest_ident = idents.last();
    let of_modules: Vec<_> = models.iter().map(|model| module(model)).collect();
    let newest_module = of_modules.last();
    let shared = newest.operations.iter().filter(|operation| {
        let is_it = |other: &&RustOperation| other.operation == operation.operation;
        older.iter().all(|model| model.operations.iter().any(|other| is_it(&other)))
    });
    let mut methods = Vec::new();
    let mut impls = Vec::new();
    for operation in shared {
        let name = ident(&type_ident(&operation.operation));
        let method = ident(&field_ident(&operation.operation));
        let about = docs(&format!(
            "Does something with the operation `{}` as this version has it.",
            operation.operation
        ));
        methods.push(quote! {
            #about
            pub fn #method<D: Do<newest::#name>>(self, something: D) -> D::Output {
                match self {
                    #(Self::#idents => something.with::<#of_modules::#name>(),)*
                }
            }
        });
        impls.push(quote! {
            impl InVersion<Self> for newest::#name {
                fn request(newest: Self::Request) -> Result<Self::Request, Error> {
                    Ok(newest)
                }
                fn read_response(
                    element: Element<'_>,
                    mode: Mode,
                    limits: &Limits,
                ) -> Result<Read<Self::Response>, Error> {
                    xml::read_element(element, mode, limits)
                }
            }
        });
        for model in older {
            let Some(own) = model.operations.iter().find(|o| o.operation == operation.operation)
            else {
                continue;
            };
            let request = if convert::is_lossless(&operation.request, &own.request, modules) {
                quote!(Ok(newest.into()))
            } else {
                quote!(operation::say_in_version(&newest))
            };
            let response = if convert::is_lossless(&own.response, &operation.response, modules) {
                quote! {
                    let read = xml::read_element::<Self::Response>(element, mode, limits)?;
                    Ok(read.map(Into::into))
                }
            } else {
                quote!(operation::read_as_newest::<Self::Response, _>(element, mode, limits))
            };
            let of = module(model);
            impls.push(quote! {
                impl InVersion<newest::#name> for #of::#name {
                    fn request(
                        newest: <newest::#name as Operation>::Request,
                    ) -> Result<Self::Request, Error> {
                        #request
                    }
                    fn read_response(
                        element: Element<'_>,
                        mode: Mode,
                        limits: &Limits,
                    ) -> Result<Read<<newest::#name as Operation>::Response>, Error> {
                        #response
                    }
                }
            });
        }
    }
    let about = docs_inner(&format!("The versions of the service `{service}`."));
    let helpers = impls.iter().any(|tokens| tokens.to_string().contains("operation ::"));
    let own = if helpers { quote!(self,) } else { quote!() };
    let operation = (!older.is_empty()).then(|| quote!(Operation,));
    quote! {
        #about
        use spar_types::Error;
        use spar_types::xml::{self, Element, Limits, Mode, Read};
        use crate::generated::{#(#of_modules),*};
        use crate::operation::{#own Do, InVersion, #operation};

        #[doc = " The operations of the newest version."]
        pub use crate::generated::#newest_module as newest;

        #[doc = " A version of the interface. Each has an endpoint of its own."]
        #[doc = ""]
        #[doc = " Questions and answers are those of the newest version, whichever is spoken: what an older version"]
        #[doc = " cannot say is not asked, and what the newest does not know of an answer is reported."]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Version {
            #(#names),*
        }
        impl Version {
            #[doc = " All versions, oldest first."]
            pub const ALL: &'static [Self] = &[#(Self::#idents),*];
            #[doc = " The newest version, whose questions and answers all are."]
            pub const NEWEST: Self = Self::#newest_ident;
            #[doc = " The version as SPAR writes it, such as `2023.1`."]
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    #(Self::#idents => #dotted),*
                }
            }
            #(#methods)*
        }
        #(#impls)*
    }
}

fn operation(operation: &RustOperation, service: &str, version: &str) -> TokenStream {
    let name = &operation.operation;
    let about = docs_or(&operation.docs, &format!("The operation `{name}`."));
    let rust_name = ident(&type_ident(name));
    let (service, version) = (ident(service), ident(version));
    let request = ident(&operation.request.ident);
    let response = ident(&operation.response.ident);
    let soap_action = &operation.soap_action;
    quote! {
        #about
        #[derive(Clone, Copy, Debug)]
        #[non_exhaustive]
        pub struct #rust_name;
        impl Operation for #rust_name {
            type Request = spar_types::#service::#version::#request;
            type Response = spar_types::#service::#version::#response;
            const NAME: &'static str = #name;
            const SOAP_ACTION: &'static str = #soap_action;
        }
    }
}
