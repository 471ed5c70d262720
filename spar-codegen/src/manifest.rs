//! `schemas/manifest.toml`: which files there are, where they come from, and their hashes.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::load::read_toml;

/// The manifest of the schema folder.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    interface: BTreeMap<String, Interface>,
    catalog: BTreeMap<String, String>,
    /// The files, in the order of their paths.
    pub file: Vec<File>,
}

/// An interface version.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Interface {
    /// The WSDL of a service, or the schemas of a file format's documents.
    pub(crate) entries: Vec<String>,
    /// What users should know before they speak this version, in sentences.
    #[serde(default)]
    pub(crate) note: String,
}

/// A file of the schema folder.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Path below the schema folder.
    pub path: String,
    /// Where SPAR publishes the file.
    pub url: String,
    /// The interface versions that reach it.
    pub interfaces: Vec<String>,
    /// Whether the file is known to say what SPAR's says.
    pub origin: Origin,
    /// What is not certain about a reconstructed file, in sentences with a confidence word.
    #[serde(default)]
    pub uncertain: Vec<String>,
    /// SHA-256 of the file here.
    pub sha256: String,
    /// SHA-256 of the bytes that SPAR serves, where known.
    pub published_sha256: Option<String>,
    /// The day on which these bytes were taken, as `2027-01-31`.
    pub fetched: Option<String>,
    /// SHA-256 of what the file states, whatever its wording.
    #[serde(default)]
    pub semantic_sha256: String,
}

/// Where the content of a file comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Shown to state the same as SPAR's published file.
    Published,
    /// Put together from public descriptions.
    Reconstructed,
}

impl Manifest {
    /// Reads the manifest of a schema folder.
    ///
    /// # Errors
    ///
    /// A file that is missing or has another form.
    pub fn load(schemas: &Path) -> Result<Self> {
        read_toml(&schemas.join("manifest.toml"))
    }

    /// The interface versions, in order.
    pub fn interfaces(&self) -> impl Iterator<Item = &str> {
        self.interface.keys().map(String::as_str)
    }

    /// The entry documents of an interface version, as paths below the schema folder.
    ///
    /// # Errors
    ///
    /// A version that the manifest does not know.
    pub fn entries(&self, interface: &str) -> Result<&[String]> {
        Ok(&self.interface(interface)?.entries)
    }

    /// Where SPAR publishes what lies at a path: as the manifest says, else by the catalog.
    #[must_use]
    pub fn url(&self, path: &str) -> Option<String> {
        if let Some(file) = self.file.iter().find(|file| file.path == path) {
            return Some(file.url.clone());
        }
        self.catalog.iter().find_map(|(prefix, folder)| {
            path.strip_prefix(folder.as_str()).map(|rest| format!("{prefix}{rest}"))
        })
    }

    /// The beginnings of the URLs that may be fetched.
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        self.catalog.keys().map(String::as_str)
    }

    pub(crate) fn interface(&self, interface: &str) -> Result<&Interface> {
        self.interface.get(interface).ok_or_else(|| {
            let known: Vec<_> = self.interfaces().collect();
            Error::new(format!(
                "manifest.toml knows no interface `{interface}`; it knows {}",
                known.join(", ")
            ))
        })
    }

    /// The path that stands for a URL.
    pub(crate) fn resolve(&self, url: &str) -> Option<String> {
        self.catalog.iter().find_map(|(prefix, folder)| {
            let rest = url.strip_prefix(prefix.as_str())?;
            let is_below = rest.split('/').all(|step| !matches!(step, "" | "." | ".."));
            is_below.then(|| format!("{folder}{rest}"))
        })
    }
}

/// The files below a folder, as sorted paths with `/`.
pub(crate) fn walk(root: &Path, below: &str, found: &mut Vec<String>) -> Result<()> {
    let folder = root.join(below);
    let fail = |error: std::io::Error| Error::new(format!("{}: {error}", folder.display()));
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        entries.push((name, entry.path().is_dir()));
    }
    entries.sort();
    for (name, is_folder) in entries {
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        if is_folder { walk(root, &path, found)? } else { found.push(path) }
    }
    Ok(())
}
