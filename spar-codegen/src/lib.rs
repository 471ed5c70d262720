//! The generator: SPAR's WSDL and XSD files in, Rust out.
//!
//! It is unpublished and does no I/O but reading the schema folder. The steps, in this order:
//!
//! 1. `load`: the entry document and the files it reaches, through the catalog of `manifest.toml`.
//! 2. `wsdl`, `lower`: what they say, as the intermediate representation [`Ir`]. xsd-parser judges the
//!    syntax; `source` makes sure that nothing is passed over.
//! 3. `model`: the Rust types, named by rule and by `names.toml`, explained by `glossary.toml`, and wider
//!    than the schema where `fixups.toml` says so.
//! 4. `render`: source text.

#![doc = include_str!("../README.md")]

mod bindings;
mod diff;
mod edit;
mod error;
mod files;
mod fixups;
mod glossary;
mod ir;
mod load;
mod lower;
mod manifest;
mod model;
mod names;
mod openapi;
mod pattern;
pub mod published;
mod render;
mod source;
mod tables;
mod verify;
mod wsdl;

use std::collections::BTreeMap;
use std::path::Path;

pub use bindings::Bindings;
pub use diff::{Bump, Change, Diff, Effect, Kind, compare, diff, insert_into_changelog};
pub use edit::ManifestEdit;
pub use error::{Error, Proposal, Result};
pub use files::{Difference, Output, fnv1a_of_folder};
pub use ir::{Ir, sha256};
pub use load::locate_root;
pub use manifest::{File, Manifest, Origin};
pub use tables::Tables;
pub use verify::{Verification, verify};

use load::Catalog;
use manifest::Interface;
use render::Target;

/// Reads what one interface version says.
///
/// `schemas` may be a folder that holds `granssnitt/` or one above it, such as SPAR's own tree.
///
/// # Errors
///
/// A file that is missing, that is not XML, or that holds a construct which is not supported.
pub fn read(schemas: &Path, manifest: &Manifest, interface: &str) -> Result<Ir> {
    let root = locate_root(schemas)?;
    let Interface { entries, note } = manifest.interface(interface)?;
    if let [file] = &**entries
        && file.ends_with(".yaml")
    {
        return Ok(Ir::of_api(openapi::Api::read(&root, file, interface)?));
    }
    let mut ir = read_entries(&root, &manifest.catalog, entries, interface)
        .map_err(|error| error.quoted_from(&root))?;
    ir.note.clone_from(note);
    for namespace in ir.namespaces.values_mut() {
        namespace.is_reconstructed = manifest.file.iter().any(|file| {
            file.origin == Origin::Reconstructed && namespace.files.contains(&file.path)
        });
    }
    Ok(ir)
}

fn read_entries(root: &Path, catalog: &Catalog, entries: &[String], interface: &str) -> Result<Ir> {
    let sources = load::load(root, catalog, entries)?;
    let mut operations = Vec::new();
    for service in &sources.services {
        operations.extend(wsdl::operations(service)?);
    }
    let namespaces = lower::lower(&sources.schemas)?;
    let mut files = sources.services.iter().chain(&sources.schemas);
    files.try_for_each(source::Source::check_coverage)?;
    let documents = ir::documents(&namespaces, entries);
    let (interface, note) = (interface.to_owned(), String::new());
    Ok(Ir { interface, note, operations, documents, namespaces, api: None })
}

/// The generated files of the workspace: Rust, the text of each [`Ir`], and the stamp by which a build
/// notices that the schemas have changed since.
///
/// # Errors
///
/// A name that the schemas do not give, names that collide, and what [`read`] refuses.
pub fn generate(
    schemas: &Path,
    manifest: &Manifest,
    tables: &Tables,
    interfaces: &[&str],
) -> Result<Output> {
    let irs = interfaces
        .iter()
        .map(|interface| read(schemas, manifest, interface))
        .collect::<Result<Vec<_>>>()?;
    let xml = irs.iter().filter(|ir| ir.api.is_none());
    let models = xml.map(|ir| model::build(ir, &irs, tables)).collect::<Result<Vec<_>>>().map_err(
        |error| match locate_root(schemas) {
            Ok(root) => error.quoted_from(&root),
            Err(_) => error,
        },
    )?;
    // A part of the interfaces has no use for the lines that the others need.
    if manifest.interfaces().eq(interfaces.iter().copied()) {
        tables.check_all_used(&irs)?;
    }
    let losses = render::losses(&models);
    let target = Target::workspace();
    let mut folders = BTreeMap::new();
    let mut types = render::types_crate(&models, &target)?;
    for ir in &irs {
        let dump = format!("# {}. Do not edit.\n{}", target.mark(), ir.dump());
        let Some(api) = &ir.api else {
            types.insert(format!("ir/{}.txt", ir.interface.replace('/', "-")), dump);
            continue;
        };
        let mut files = render::filtransport_crate(api, &tables.names, &target)?;
        files.insert("ir.txt".to_owned(), dump);
        folders.insert("spar-filtransport/src/generated".to_owned(), files);
    }
    folders.insert("spar-types/src/generated".to_owned(), types);
    let tests = render::types_tests(&models, &target)?;
    folders.insert("spar-types/tests/main/generated".to_owned(), tests);
    folders.insert("spar-soap/src/generated".to_owned(), render::soap_crate(&models, &target)?);
    let served = render::simulator_crate(&served(schemas, manifest, interfaces)?, &target)?;
    folders.insert("spar-simulator/src/generated".to_owned(), served);
    let mut output = Output::new(folders, losses);
    output.add("docs/glossary.md", tables.glossary.markdown());
    Ok(output)
}

/// The files of the interfaces that the simulator speaks, by path.
fn served(
    schemas: &Path,
    manifest: &Manifest,
    interfaces: &[&str],
) -> Result<BTreeMap<String, String>> {
    let root = locate_root(schemas)?;
    let mut files = BTreeMap::new();
    for interface in interfaces.iter().filter(|interface| interface.starts_with("personsok/")) {
        let entries = &manifest.interface(interface)?.entries;
        let sources = load::load(&root, &manifest.catalog, entries)?;
        let sources = sources.services.into_iter().chain(sources.schemas);
        files.extend(sources.map(|source| (source.path, source.text)));
    }
    Ok(files)
}
