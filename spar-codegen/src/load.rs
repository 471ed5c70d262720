//! From a folder to the files that one interface version reaches.
//!
//! Locations are resolved through the catalog of the manifest and within the folder, never over the
//! network.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::manifest::Manifest;
use crate::source::{Node, Source, XS};

/// The entry documents and the schemas that they reach, in the order of their paths.
#[derive(Debug)]
pub(crate) struct Sources {
    /// Descriptions of services. Entry documents that are schemas are among `schemas`.
    pub(crate) services: Vec<Source>,
    pub(crate) schemas: Vec<Source>,
}

pub(crate) fn load(root: &Path, manifest: &Manifest, interface: &str) -> Result<Sources> {
    let mut services = Vec::new();
    let mut schemas = BTreeMap::new();
    let mut pending = VecDeque::new();
    for path in &manifest.interface(interface)?.entries {
        let entry = read(root, path)?;
        if entry.root.is_xs("schema") {
            pending.push_back(path.clone());
        } else {
            pending.extend(references(&entry, manifest)?);
            services.push(entry);
        }
    }
    while let Some(path) = pending.pop_front() {
        if schemas.contains_key(&path) {
            continue;
        }
        let source = read(root, &path)?;
        if !source.root.is_xs("schema") {
            return Err(Error::at(&path, source.root.line, "not an XML Schema"));
        }
        pending.extend(references(&source, manifest)?);
        schemas.insert(path, source);
    }
    Ok(Sources { services, schemas: schemas.into_values().collect() })
}

/// The folder that holds `granssnitt/`: the one given, or one below it.
///
/// SPAR's own tree puts it under `se/statenspersonadressregister/` or `se/spar/`.
///
/// # Errors
///
/// A folder in which there is none.
pub fn locate_root(folder: &Path) -> Result<PathBuf> {
    let mut level = vec![folder.to_owned()];
    for _ in 0..4 {
        if let Some(found) = level.iter().find(|candidate| candidate.join("granssnitt").is_dir()) {
            return Ok(found.clone());
        }
        level = level
            .iter()
            .filter_map(|candidate| std::fs::read_dir(candidate).ok())
            .flat_map(|entries| entries.flatten().map(|entry| entry.path()))
            .filter(|path| path.is_dir())
            .collect();
        level.sort();
    }
    Err(Error::new(format!(
        "{} holds no folder `granssnitt`; name the folder that SPAR's schemas were laid out in",
        folder.display()
    )))
}

fn read(root: &Path, path: &str) -> Result<Source> {
    Source::parse(path, read_text(&root.join(path))?)
}

/// A table that people edit, such as `names.toml`.
pub(crate) fn read_toml<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let parsed = toml::from_str(&read_text(path)?);
    parsed.map_err(|error| Error::new(format!("{}: {error}", path.display())))
}

pub(crate) fn read_text(path: &Path) -> Result<String> {
    let text = std::fs::read_to_string(path);
    text.map_err(|error| Error::new(format!("{}: {error}", path.display())))
}

/// The files that a document includes or imports, as paths below the schema folder.
fn references(source: &Source, manifest: &Manifest) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut pending = vec![&source.root];
    while let Some(node) = pending.pop() {
        if node.name.namespace == XS && matches!(&*node.name.local, "include" | "import") {
            let location = node.attribute("schemaLocation").ok_or_else(|| {
                Error::at(&source.path, node.line, "an import without schemaLocation")
            })?;
            found.push(resolve(source, node, location, manifest)?);
        }
        pending.extend(&node.children);
    }
    Ok(found)
}

pub(crate) fn resolve(
    source: &Source,
    node: &Node,
    location: &str,
    manifest: &Manifest,
) -> Result<String> {
    let fail = |reason: &str| {
        Err(Error::at(&source.path, node.line, format!("location `{location}` {reason}")))
    };
    if location.contains("://") {
        return match manifest.resolve(location) {
            Some(path) => Ok(path),
            None => fail("is not in the catalog of manifest.toml, and nothing is fetched"),
        };
    }
    let folder = source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in location.split('/') {
        match step {
            "" | "." => {}
            ".." if steps.pop().is_none() => return fail("leads out of the schema folder"),
            ".." => {}
            step => steps.push(step),
        }
    }
    Ok(steps.join("/"))
}
