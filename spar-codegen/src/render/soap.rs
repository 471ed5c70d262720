//! The operations of a service, for `spar-soap`.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Rendered, docs_inner, docs_or, ident, insert};
use crate::error::Result;
use crate::model::{Model, RustOperation};
use crate::names::type_ident;

pub(super) fn render(models: &[Model], files: &mut Rendered) -> Result<()> {
    let mut modules = Vec::new();
    for model in models.iter().filter(|model| !model.operations.is_empty()) {
        let (service, version) = &model.facade;
        let module = format!("{service}_{version}");
        let operations = model.operations.iter().map(|o| operation(o, service, version));
        let about = docs_inner(&format!(
            "The operations of the service `{service}`, version {}.",
            version.trim_start_matches('v').replace('_', ".")
        ));
        let tokens = quote! {
            #about
            use crate::operation::Operation;
            #(#operations)*
        };
        insert(
            files,
            &format!("{module}.rs"),
            &format!("schemas/manifest.toml ({service})"),
            tokens,
        )?;
        modules.push(ident(&module));
    }
    let root = quote! {
        #![doc = " The operations of SPAR's SOAP services, one module per service and version."]
        #(pub mod #modules;)*
    };
    insert(files, "mod.rs", "schemas/manifest.toml", root)
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
