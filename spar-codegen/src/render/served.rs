//! The schemas that `spar-simulator` serves: copies, since its package holds no `schemas/`.

use std::collections::BTreeMap;

use proc_macro2::Literal;
use quote::quote;

use super::{Rendered, insert};
use crate::error::Result;

/// The copies, below `schemas/`, and a table of them.
pub(super) fn render(schemas: &BTreeMap<String, String>, files: &mut Rendered<'_>) -> Result<()> {
    let count = Literal::usize_unsuffixed(schemas.len());
    let entries = schemas.keys().map(|path| {
        let copy = format!("schemas/{path}");
        quote!((#path, include_str!(#copy)))
    });
    let tokens = quote! {
        #![doc = " The WSDLs of the services and the schemas that they lead to."]
        #[doc = " Path below `schemas/` and text, in the order of the paths."]
        pub(crate) const SCHEMAS: [(&str, &str); #count] = [#(#entries),*];
    };
    insert(files, "mod.rs", "schemas/manifest.toml", tokens)?;
    for (path, text) in schemas {
        files.insert(format!("schemas/{path}"), text.clone());
    }
    Ok(())
}
