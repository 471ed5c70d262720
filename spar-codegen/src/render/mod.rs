//! From the model to Rust source.
//!
//! Types, their XML, their `Debug` and their JSON go into files of their own: the first is what people
//! read. Each file of Rust is tokens (quote), checked and parsed (syn) and printed (prettyplease), so that its
//! bytes do not depend on the toolchain.

mod bindings;
mod content;
mod convert;
mod file;
mod inspect;
mod json;
mod json_schema;
mod openapi;
mod served;
mod soap;
mod strategies;
mod types;
mod xml;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use crate::error::Result;
use crate::model::{
    ElementName, ElementRef, Field, Item, ItemKind, Model, Module, RustType, Variant, find, root_of,
};

pub(crate) use bindings::bindings;
pub(crate) use file::{Files, Rendered, Target};
pub(crate) use openapi::filtransport_crate;

use file::insert;

/// The files of `spar-types`.
pub(crate) fn types_crate(models: &[Model], target: &Target) -> Result<Files> {
    let mut files = Rendered::new(target);
    let modules = modules(models);
    for module in modules.values() {
        render_module(module, &modules, &mut files)?;
    }
    let names: Vec<_> = modules.keys().map(|name| ident(name)).collect();
    let aliases = newest_components(&modules);
    let aliases = aliases.iter().map(|(alias, name)| {
        let (alias, name) = (ident(alias), ident(name));
        quote!(pub use #name as #alias;)
    });
    let components = quote! {
        #![doc = " The schemas' namespaces, one module each."]
        #![doc = ""]
        #![doc = " The modules of the services, such as [`personsok`](crate::personsok), gather what belongs together."]
        #![doc = " A module without version is the newest of its name."]
        #(pub mod #names;)*
        #(#aliases)*
    };
    insert(&mut files, "components/mod.rs", "schemas/manifest.toml", components)?;
    facades(models, "schemas/manifest.toml", &mut files)?;
    for model in models {
        json_schema::render(model, &mut files)?;
    }
    let services: BTreeSet<_> = models.iter().map(|model| ident(&model.facade.0)).collect();
    let element_names = element_names(&modules);
    let form = Literal::u32_unsuffixed(json::FORM);
    let roots = models.iter().flat_map(roots).chain(component_roots(models, &modules));
    let root = quote! {
        #![doc = " Written by `cargo xtask codegen`; see there for how to change it."]
        pub mod components;
        #(pub mod #services;)*
        use crate::xml::RootVisitor;
        #[doc = " The number of the form that records have in JSON. It grows when what was written in the form"]
        #[doc = " before can no longer be read, or would mean something else."]
        #[cfg(feature = "serde")]
        pub const JSON_FORM: u32 = #form;
        #[doc = " Shows each document that a schema describes to a visitor, by interface, oldest version first, then"]
        #[doc = " those that only a component declares."]
        pub fn each_root<V: RootVisitor>(visitor: &mut V) {
            #(#roots)*
        }
        #[doc = " The names that elements of SPAR have, in order."]
        pub(crate) const ELEMENT_NAMES: &[&str] = &[#(#element_names),*];
    };
    insert(&mut files, "mod.rs", "schemas/manifest.toml", root)?;
    Ok(files.into_files())
}

/// The files beside the tests of `spar-types`: values to test with.
pub(crate) fn types_tests(models: &[Model], target: &Target) -> Result<Files> {
    strategies::render(&modules(models), target)
}

/// The names of elements, in order.
fn element_names<'m>(modules: &BTreeMap<&str, &'m Module>) -> BTreeSet<&'m String> {
    modules.values().flat_map(|module| &module.elements).map(|name| &name.local).collect()
}

/// The modules by name. A component that versions share is one.
fn modules(models: &[Model]) -> BTreeMap<&str, &Module> {
    let modules = models.iter().flat_map(|model| &model.modules);
    modules.map(|module| (module.name.as_str(), module)).collect()
}

/// The newest module of each component, by the component's name. A name that two components have stands
/// for neither.
fn newest_components<'m>(modules: &BTreeMap<&'m str, &'m Module>) -> BTreeMap<&'m str, &'m str> {
    let mut newest: BTreeMap<&str, &Module> = BTreeMap::new();
    let mut shared = BTreeSet::new();
    for (name, module) in modules {
        let Some((component, _)) = name.rsplit_once("_v") else { continue };
        match newest.get(component) {
            Some(other) if other.stem != module.stem => _ = shared.insert(component),
            Some(other) if other.version > module.version => {}
            _ => _ = newest.insert(component, module),
        }
    }
    newest.retain(|component, _| !shared.contains(component));
    newest.into_iter().map(|(component, module)| (component, module.name.as_str())).collect()
}

/// What an older version of a component can hold and the newest cannot.
pub(crate) fn losses(models: &[Model]) -> Vec<String> {
    let modules = modules(models);
    modules.values().flat_map(|module| convert::losses(module, &modules)).collect()
}

/// The files of `spar-soap`.
pub(crate) fn soap_crate(models: &[Model], target: &Target) -> Result<Files> {
    let mut files = Rendered::new(target);
    soap::render(models, &mut files)?;
    Ok(files.into_files())
}

/// The files of `spar-simulator`, from the text of the schemas by path.
pub(crate) fn simulator_crate(
    schemas: &BTreeMap<String, String>,
    target: &Target,
) -> Result<Files> {
    let mut files = Rendered::new(target);
    served::render(schemas, &mut files)?;
    Ok(files.into_files())
}

fn render_module(
    module: &Module,
    modules: &BTreeMap<&str, &Module>,
    files: &mut Rendered<'_>,
) -> Result<()> {
    let mut parts = Vec::new();
    let mut exports = TokenStream::new();
    let mut part =
        |name: &str, tokens: Option<TokenStream>, files: &mut Rendered<'_>| -> Result<()> {
            if let Some(tokens) = tokens {
                parts.push(name.to_owned());
                insert(
                    files,
                    &format!("components/{}/{name}.rs", module.name),
                    &source(module),
                    tokens,
                )?;
            }
            Ok(())
        };
    part("convert", convert::render(module, modules), files)?;
    part("elements", elements(module), files)?;
    part("inspect", inspect::render(module), files)?;
    if files.target().json.is_some() {
        part("json", json::render(module, modules)?, files)?;
    }
    part("types", types::render(module), files)?;
    part("xml", xml::render(module, modules), files)?;
    let json_feature = &files.target().json;
    let mods = parts.iter().map(|name| {
        let name_ident = ident(name);
        match &**name {
            "elements" => quote!(pub mod #name_ident;),
            "json" => quote!(#json_feature mod #name_ident;),
            _ => quote!(mod #name_ident;),
        }
    });
    if !module.items.is_empty() {
        let idents = module.items.iter().map(|item| ident(&item.ident));
        exports = quote!(pub use types::{#(#idents),*};);
    }
    let namespace = &module.namespace;
    let about = docs_inner(&format!("{}\n\nSchema: `{}`.", module.docs, module.file));
    let tokens = quote! {
        #about
        #(#mods)*
        #exports
        #[doc = " The namespace."]
        pub const NAMESPACE: &str = #namespace;
    };
    insert(files, &format!("components/{}/mod.rs", module.name), &source(module), tokens)
}

/// The schema as the first line of a file names it.
fn source(module: &Module) -> String {
    let mark = if module.is_reconstructed { " (reconstructed)" } else { "" };
    format!("{}{mark}", module.file)
}

fn elements(module: &Module) -> Option<TokenStream> {
    if module.elements.is_empty() {
        return None;
    }
    let has_qualified = module.elements.iter().any(|name| !name.namespace.is_empty());
    let import = has_qualified.then(|| {
        let module_ident = ident(&module.name);
        quote!(use crate::generated::components::#module_ident::NAMESPACE;)
    });
    let names =
        module.elements.iter().map(|ElementName { ident: name, local, namespace, docs }| {
            let docs = docs_or(docs, &format!("The name of the element `{local}`."));
            let name = ident(name);
            let namespace = if namespace.is_empty() { quote!("") } else { quote!(NAMESPACE) };
            quote!(#docs pub const #name: Name = Name::new(#namespace, #local);)
        });
    Some(quote! {
        #![doc = " The names of the elements."]
        #import
        use crate::xml::Name;
        #(#names)*
    })
}

/// One module per service and version, with the types of its messages side by side.
fn facades(models: &[Model], source: &str, files: &mut Rendered<'_>) -> Result<()> {
    let mut services: BTreeMap<&str, Vec<&Model>> = BTreeMap::new();
    for model in models {
        services.entry(&model.facade.0).or_default().push(model);
    }
    let is_spar = files.target().is_spar;
    for (service, models) in services {
        let versions = models.iter().map(|model| {
            let version = ident(&model.facade.1);
            let dotted = model.dotted_version();
            let about = doc(&format!(" Version {dotted} of the interface."));
            let mut by_module: BTreeMap<&str, Vec<Ident>> = BTreeMap::new();
            for of in &model.reachable {
                if let Some(module) = &of.module {
                    by_module.entry(module).or_default().push(ident(&of.ident));
                }
            }
            let uses = by_module.iter().map(|(module, types)| {
                let module = ident(module);
                quote!(pub use crate::generated::components::#module::{#(#types),*};)
            });
            let schemas = is_spar.then(|| json_schema::constants(model));
            quote!(#about pub mod #version { #(#uses)* #schemas })
        });
        let newest = newest(&models).filter(|_| is_spar).map(|model| {
            let version = ident(&model.facade.1);
            quote! {
                #[doc = " The newest version, which clients, helpers and commands work with."]
                #[doc = ""]
                #[doc = " A later release moves it to a later version: records gain fields, and values may be of"]
                #[doc = " another type. Code that must stay with one version names that version."]
                pub use #version as newest;
            }
        });
        let about = docs_inner(&format!(
            "The types of the service `{service}`, one module per version of its interface."
        ));
        let tokens = quote!(#about #newest #(#versions)*);
        insert(files, &format!("{service}.rs"), source, tokens)?;
    }
    Ok(())
}

/// The calls that show the documents of one interface version to a visitor.
fn roots(model: &Model) -> impl Iterator<Item = TokenStream> {
    let (service, version) = (ident(&model.facade.0), ident(&model.facade.1));
    let dotted = model.dotted_version();
    let is_root =
        |of: &RustType| find(&model.modules, of).is_some_and(|item| root_of(&item.kind).is_some());
    let roots: Vec<_> = model.reachable.iter().filter(|of| is_root(of)).collect();
    roots.into_iter().map(move |of| {
        let name = ident(&of.ident);
        quote!(visitor.visit::<#service::#version::#name>(#dotted);)
    })
}

/// The same for documents that components declare and no interface sends, such as a list of records.
fn component_roots(models: &[Model], modules: &BTreeMap<&str, &Module>) -> Vec<TokenStream> {
    let mut found = Vec::new();
    for module in modules.values() {
        let version: Vec<_> = module.version.iter().map(u32::to_string).collect();
        let version = version.join(".");
        for item in &module.items {
            let of = RustType { module: Some(module.name.clone()), ident: item.ident.clone() };
            let is_root = root_of(&item.kind).is_some();
            if is_root && !models.iter().any(|model| model.reachable.contains(&of)) {
                let (module, name) = (ident(&module.name), ident(&item.ident));
                found.push(quote!(visitor.visit::<components::#module::#name>(#version);));
            }
        }
    }
    found
}

/// The newest version of a service.
fn newest<'m>(models: &[&'m Model]) -> Option<&'m Model> {
    models.iter().copied().max_by_key(|model| model.version())
}

/// The names that one file uses of others. A name that two modules have is written with its module.
#[derive(Default)]
struct Scope {
    module: String,
    /// What is imported, by name, with the path to import it from.
    imports: BTreeMap<String, String>,
    /// The type of this module that is being declared.
    current: Option<String>,
    /// Names that mean something else than what is imported under them: what the file declares, or what
    /// the renderer writes without asking.
    reserved: BTreeMap<String, String>,
}

/// What the renderers write of the runtime by its name alone.
const RUNTIME: [(&str, &[&str]); 3] = [
    (
        "crate::xml",
        &[
            "Children", "Content", "Element", "FromXml", "Leeway", "Name", "Reading", "Refusal",
            "Root", "ToXml", "Writer",
        ],
    ),
    ("crate::simple", &["SimpleType"]),
    ("crate::inspect", &["Inspect", "Inspector", "Public"]),
];

/// As [`RUNTIME`], of the renderer of JSON.
const JSON_RUNTIME: [(&str, &[&str]); 2] = [
    ("crate::json", &["Fields", "Members", "Object", "Refusal"]),
    ("serde::ser", &["SerializeMap"]),
];

impl Scope {
    fn new(module: &Module) -> Self {
        Self::reserving(module, &RUNTIME)
    }

    fn reserving(module: &Module, names: &[(&str, &[&str])]) -> Self {
        let reserved = names.iter().flat_map(|(path, names)| {
            names.iter().map(|name| ((*name).to_owned(), (*path).to_owned()))
        });
        Self { module: module.name.clone(), reserved: reserved.collect(), ..Self::default() }
    }

    /// Of the file that declares the types.
    fn declaring(module: &Module) -> Self {
        let own = format!("crate::generated::components::{}", module.name);
        let reserved = module.items.iter().map(|item| (item.ident.clone(), own.clone()));
        Self { module: module.name.clone(), reserved: reserved.collect(), ..Self::default() }
    }

    /// A type, imported.
    fn of(&mut self, of: &RustType) -> TokenStream {
        match &of.module {
            Some(module) if *module == self.module && self.current.as_ref() == Some(&of.ident) => {
                quote!(Self)
            }
            None => self.path("crate::simple", &of.ident),
            Some(module) => {
                self.path(&format!("crate::generated::components::{module}"), &of.ident)
            }
        }
    }

    /// A type of this module or another, for a file beside `types.rs`.
    fn item(&mut self, item: &Item) -> TokenStream {
        self.path(&format!("crate::generated::components::{}", self.module), &item.ident)
    }

    fn element(&mut self, name: &ElementRef) -> TokenStream {
        let module = &name.module;
        self.path(&format!("crate::generated::components::{module}::elements"), &name.ident)
    }

    fn path(&mut self, from: &str, name: &str) -> TokenStream {
        let name_ident = ident(name);
        match self.imports.get(name).or_else(|| self.reserved.get(name)) {
            Some(other) if other != from => {
                let from: syn::Path = syn::parse_str(from).expect("a path made of identifiers");
                quote!(#from::#name_ident)
            }
            _ => {
                self.imports.insert(name.to_owned(), from.to_owned());
                quote!(#name_ident)
            }
        }
    }

    /// The `use` declarations, but for what the file declares itself.
    fn uses(&self, declares_types: bool) -> TokenStream {
        let own = format!("crate::generated::components::{}", self.module);
        let mut by_path: BTreeMap<&str, Vec<Ident>> = BTreeMap::new();
        for (name, from) in &self.imports {
            if !(declares_types && *from == own) {
                by_path.entry(from).or_default().push(ident(name));
            }
        }
        let uses = by_path.iter().map(|(from, names)| {
            let from: syn::Path = syn::parse_str(from).expect("a path made of identifiers");
            match &names[..] {
                [name] => quote!(use #from::#name;),
                names => quote!(use #from::{#(#names),*};),
            }
        });
        quote!(#(#uses)*)
    }
}

fn find_in<'m>(modules: &BTreeMap<&str, &'m Module>, of: &RustType) -> Option<&'m Item> {
    let module = modules.get(of.module.as_deref()?)?;
    find(std::slice::from_ref(*module), of)
}

fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// The types that hold no elements and no alternatives implement everything by a macro of the runtime.
fn is_composite(item: &Item) -> bool {
    matches!(
        item.kind,
        ItemKind::Record(_) | ItemKind::Choice { .. } | ItemKind::SimpleContent { .. }
    )
}

/// Whether the item is a record of nothing.
fn is_empty(item: &Item) -> bool {
    matches!(&item.kind, ItemKind::Record(record) if record.fields.is_empty() && record.attributes.is_empty())
}

fn field_idents(fields: &[Field]) -> Vec<Ident> {
    fields.iter().map(|field| ident(&field.ident)).collect()
}

fn variant_ident(variant: &Variant) -> Ident {
    format_ident!("{}", variant.ident)
}

fn doc(line: &str) -> TokenStream {
    quote!(#[doc = #line])
}

/// Documentation as `///` lines.
fn docs(text: &str) -> TokenStream {
    let lines = text.lines().map(doc_line).map(|line| quote!(#[doc = #line]));
    quote!(#(#lines)*)
}

/// Documentation as `//!` lines.
fn docs_inner(text: &str) -> TokenStream {
    let lines = text.trim_start().lines().map(doc_line).map(|line| quote!(#![doc = #line]));
    quote!(#(#lines)*)
}

/// Documentation of the schema, or what can be said without it.
fn docs_or(text: &str, otherwise: &str) -> TokenStream {
    docs(if text.is_empty() { otherwise } else { text })
}

fn doc_line(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!(" {line}") }
}
