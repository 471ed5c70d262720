//! The manifest against the schema folder: bytes and meaning.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::error::Result;
use crate::ir::sha256;
use crate::load::read_text;
use crate::manifest::{Manifest, walk};
use crate::read;

/// What [`verify`] found.
#[derive(Debug)]
pub struct Verification {
    /// One line per file that is not what the manifest says.
    pub problems: Vec<String>,
    /// Files that state something else than the manifest says they do.
    pub changed_meaning: Vec<String>,
    /// The manifest with the hashes of the files as they are.
    pub manifest: String,
}

/// Compares the files of the folder with its manifest.
///
/// # Errors
///
/// A file that cannot be read. What differs is not an error but a finding.
pub fn verify(schemas: &Path, manifest: &Manifest) -> Result<Verification> {
    let mut semantic = BTreeMap::new();
    for interface in manifest.interfaces() {
        let ir = read(schemas, manifest, interface)?;
        if !ir.operations.is_empty() {
            let services = manifest.interface(interface)?.entries.iter().cloned();
            semantic.extend(services.map(|path| (path, ir.operations_sha256())));
        }
        for file in &manifest.file {
            if let Some(hash) = ir.semantic_sha256(&file.path) {
                semantic.insert(file.path.clone(), hash);
            }
        }
    }
    let mut found = Verification {
        problems: Vec::new(),
        changed_meaning: Vec::new(),
        manifest: read_text(&schemas.join("manifest.toml"))?,
    };
    for file in &manifest.file {
        let Ok(bytes) = std::fs::read(schemas.join(&file.path)) else {
            found.problems.push(format!("{}: the file is missing", file.path));
            continue;
        };
        let hash = sha256(&bytes);
        if hash != file.sha256 {
            found.problems.push(format!("{}: the file is not the one in manifest.toml", file.path));
        }
        let Some(meaning) = semantic.get(&file.path) else {
            found.problems.push(format!("{}: no interface version reaches the file", file.path));
            continue;
        };
        if *meaning != file.semantic_sha256 {
            found.problems.push(format!("{}: states something else than before", file.path));
            if !file.semantic_sha256.is_empty() {
                found.changed_meaning.push(file.path.clone());
            }
        }
        found.manifest = record(&found.manifest, &file.path, &hash, meaning);
    }
    let known: BTreeSet<_> = manifest.file.iter().map(|file| file.path.as_str()).collect();
    let mut paths = Vec::new();
    walk(schemas, "", &mut paths)?;
    let unknown = paths.iter().filter(|path| path.contains('/') && !known.contains(path.as_str()));
    found.problems.extend(unknown.map(|path| format!("{path}: not in manifest.toml")));
    Ok(found)
}

/// Puts the hashes into the table of one file, and leaves everything else as it was written.
fn record(manifest: &str, path: &str, sha256: &str, semantic_sha256: &str) -> String {
    let mut out = String::new();
    let mut is_table = false;
    for line in manifest.lines() {
        if line == format!("path = \"{path}\"") {
            is_table = true;
        } else if line.is_empty() || line.starts_with('[') {
            is_table = false;
        }
        match line.split_once(" = ") {
            Some(("sha256", _)) if is_table => {
                out.push_str(&format!("sha256 = \"{sha256}\"\n"));
                out.push_str(&format!("semantic_sha256 = \"{semantic_sha256}\"\n"));
            }
            Some(("semantic_sha256", _)) if is_table => {}
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}
