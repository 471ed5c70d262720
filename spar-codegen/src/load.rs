//! From a folder to the files that one interface version reaches.
//!
//! Locations are resolved through the catalog and within the folder, never over the network.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::source::{Node, Source};

/// Which folder stands for a URL: prefixes of URLs, and folders below that of the schemas.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Catalog(pub(crate) BTreeMap<String, String>);

impl Catalog {
    /// The path that stands for a URL.
    fn resolve(&self, url: &str) -> Option<String> {
        self.0.iter().find_map(|(prefix, folder)| {
            let rest = url.strip_prefix(prefix.as_str())?;
            let is_below = rest.split('/').all(|step| !matches!(step, "" | "." | ".."));
            is_below.then(|| format!("{folder}{rest}"))
        })
    }
}

/// The entry documents and the schemas that they reach, in the order of their paths.
#[derive(Debug)]
pub(crate) struct Sources {
    /// Descriptions of services. Entry documents that are schemas are among `schemas`.
    pub(crate) services: Vec<Source>,
    pub(crate) schemas: Vec<Source>,
}

pub(crate) fn load(root: &Path, catalog: &Catalog, entries: &[String]) -> Result<Sources> {
    let mut services = Vec::new();
    let mut schemas: BTreeMap<(String, String), Source> = BTreeMap::new();
    let mut unlocated = Vec::new();
    let mut pending = VecDeque::new();
    let mut add = |found: References, pending: &mut VecDeque<Reference>| {
        pending.extend(found.located);
        unlocated.extend(found.unlocated);
    };
    for path in entries {
        let entry = read(root, path)?;
        if entry.root.is_xs("schema") {
            let from = From { path: path.clone(), line: entry.root.line, is_include: false };
            pending.push_back(Reference { path: path.clone(), target: entry.target, from });
        } else {
            add(references(&entry, catalog)?, &mut pending);
            services.push(entry);
        }
    }
    while let Some(Reference { path, target, from }) = pending.pop_front() {
        // A file that names no namespace is read once for each that it is included in.
        if schemas.contains_key(&(path.clone(), target.clone())) {
            continue;
        }
        let mut source = read(root, &path).map_err(|error| error.reached_from(&from))?;
        if !source.root.is_xs("schema") {
            return Err(Error::at(&path, source.root.line, "not an XML Schema"));
        }
        match source.root.attribute("targetNamespace") {
            Some(own) if own != target => {
                let message =
                    format!("`{path}` declares the namespace `{own}`, not `{target}` as said here");
                return Err(from.error(message));
            }
            Some(_) => {}
            None if from.is_include => source.target.clone_from(&target),
            None => {
                let message = format!("`{path}` declares no namespace, so it can only be included");
                return Err(from.error(message));
            }
        }
        if source.target.is_empty() {
            let message = "a schema without targetNamespace is not supported by the generator";
            let hint = "include it from a file that declares a namespace";
            return Err(Error::at(&path, source.root.line, message).hint(hint));
        }
        add(references(&source, catalog)?, &mut pending);
        schemas.insert((path, target), source);
    }
    let is_declared = |namespace: &String| schemas.keys().any(|(_, target)| target == namespace);
    for (namespace, from) in &unlocated {
        if !is_declared(namespace) {
            let message = format!("no file that is reached declares the namespace `{namespace}`");
            return Err(from.error(message).hint("name the file with schemaLocation"));
        }
    }
    Ok(Sources { services, schemas: schemas.into_values().collect() })
}

/// A file that another one includes or imports.
struct Reference {
    path: String,
    /// The namespace that it must declare.
    target: String,
    from: From,
}

/// Where a file refers to another one.
struct From {
    path: String,
    line: usize,
    is_include: bool,
}

impl From {
    fn error(&self, message: impl Into<String>) -> Error {
        Error::at(&self.path, self.line, message)
    }
}

impl Error {
    /// The error of a file that cannot be read, at the place that asks for it.
    fn reached_from(self, from: &From) -> Self {
        if self.place().is_some() { self } else { from.error(self.message()) }
    }
}

#[derive(Default)]
struct References {
    located: Vec<Reference>,
    /// Namespaces that some file must declare.
    unlocated: Vec<(String, From)>,
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
fn references(source: &Source, catalog: &Catalog) -> Result<References> {
    let mut found = References::default();
    // Each with the namespace of the schema that it stands in: a WSDL holds several.
    let mut pending = vec![(&source.root, source.target.as_str())];
    while let Some((node, mut target)) = pending.pop() {
        if node.is_xs("schema") {
            target = node.attribute("targetNamespace").unwrap_or(target);
        }
        let is_include = node.is_xs("include");
        if is_include || node.is_xs("import") {
            let from = From { path: source.path.clone(), line: node.line, is_include };
            let namespace = if is_include { Some(target) } else { node.attribute("namespace") };
            let Some(namespace) = namespace else {
                let message = "an import of no namespace is not supported by the generator";
                return Err(from.error(message).hint("include the file instead"));
            };
            match node.attribute("schemaLocation") {
                Some(location) => found.located.push(Reference {
                    path: resolve(source, node, location, catalog)?,
                    target: namespace.to_owned(),
                    from,
                }),
                None if is_include => return Err(from.error("an include without schemaLocation")),
                None => found.unlocated.push((namespace.to_owned(), from)),
            }
        }
        pending.extend(node.children.iter().map(|child| (child, target)));
    }
    Ok(found)
}

pub(crate) fn resolve(
    source: &Source,
    node: &Node,
    location: &str,
    catalog: &Catalog,
) -> Result<String> {
    let fail = |reason: &str| {
        Err(Error::at(&source.path, node.line, format!("location `{location}` {reason}")))
    };
    if location.contains("://") {
        return match catalog.resolve(location) {
            Some(path) => Ok(path),
            None => fail("is not in the catalog, and nothing is fetched"),
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
