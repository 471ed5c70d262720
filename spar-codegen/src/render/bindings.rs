//! The files of bindings to a service that is not SPAR's.

use std::slice;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{Files, Rendered, Target, docs_or, element_names, ident, insert, modules};
use crate::error::Result;
use crate::model::{ItemKind, Model, Record, RustOperation, RustType};
use crate::names::type_ident;

/// Modules, facade and operations of one service. `source` is its WSDL.
pub(crate) fn bindings(mut model: Model, target: &Target, source: &str) -> Result<Files> {
    for item in model.modules.iter_mut().flat_map(|module| &mut module.items) {
        if let ItemKind::Record(Record { root: Some(root), .. })
        | ItemKind::Choice { root: Some(root), .. } = &mut item.kind
        {
            root.has_own_names = true;
        }
    }
    let mut files = Rendered::new(target);
    let models = slice::from_ref(&model);
    let modules = modules(models);
    for module in modules.values() {
        super::render_module(module, &modules, &mut files)?;
    }
    let names: Vec<_> = modules.keys().map(|name| ident(name)).collect();
    let components = quote! {
        #![doc = " The schemas' namespaces, one module each."]
        #(pub mod #names;)*
    };
    insert(&mut files, "components/mod.rs", source, components)?;
    super::facades(models, source, &mut files)?;
    let operations = model.operations.iter().map(operation).collect::<Result<Vec<_>>>()?;
    let operations = quote! {
        #![doc = " The operations of the service."]
        #(#operations)*
    };
    insert(&mut files, "operations.rs", source, operations)?;
    let service = ident(&model.facade.0);
    let element_names = element_names(&modules);
    let about = format!(" Bindings to the service of `{source}`.");
    let root = quote! {
        #![doc = #about]
        pub mod components;
        pub mod operations;
        pub mod #service;
        #[doc = " The names that elements have, in order: others are not shown in the path of an error."]
        pub(crate) const ELEMENT_NAMES: &[&str] = &[#(#element_names),*];
    };
    insert(&mut files, "mod.rs", source, root)?;
    Ok(files.into_files())
}

fn operation(operation: &RustOperation) -> Result<TokenStream> {
    let RustOperation { operation: name, docs, soap_action, request, response } = operation;
    let about = docs_or(docs, &format!("The operation `{name}`."));
    let rust_name = ident(&type_ident(name)?);
    let message = |of: &RustType, what: &str| {
        let alias = format_ident!("{rust_name}{what}");
        let about = format!(" The payload of the {} of `{name}`.", what.to_lowercase());
        let module = of.module.as_deref().map(ident);
        let of = ident(&of.ident);
        quote! {
            #[doc = #about]
            pub type #alias = crate::generated::components::#module::#of;
        }
    };
    let (request, response) = (message(request, "Request"), message(response, "Response"));
    Ok(quote! {
        #about
        #[derive(Clone, Copy, Debug)]
        #[non_exhaustive]
        pub struct #rust_name;
        impl #rust_name {
            #[doc = " The name in the WSDL."]
            pub const NAME: &'static str = #name;
            #[doc = " The SOAPAction in the WSDL."]
            pub const SOAP_ACTION: &'static str = #soap_action;
        }
        #request
        #response
    })
}
