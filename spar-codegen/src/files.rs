//! Generated files: comparing them with a workspace, and writing them there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::error::{Error, Result};
use crate::manifest::walk;
use crate::render::Files;

/// What the generator made: files by folder and path.
#[derive(Debug, PartialEq, Eq)]
pub struct Output {
    /// Folders that hold generated files and nothing else.
    folders: BTreeMap<String, Files>,
    /// Files in folders that hold others too: those are never orphans.
    beside: Files,
    losses: Vec<String>,
}

/// A generated file that a workspace has otherwise.
#[derive(Debug, PartialEq, Eq)]
pub enum Difference {
    /// The workspace lacks the file.
    Missing(String),
    /// The file is not what the generator makes: schemas changed, or it was edited.
    Stale(String),
    /// The generator does not make the file any more.
    Orphaned(String),
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "missing  {path}"),
            Self::Stale(path) => write!(f, "stale    {path}"),
            Self::Orphaned(path) => write!(f, "orphaned {path}"),
        }
    }
}

impl Output {
    pub(crate) fn new(folders: BTreeMap<String, Files>, losses: Vec<String>) -> Self {
        Self { folders, beside: Files::new(), losses }
    }

    /// Adds a file to a folder that holds others too.
    pub(crate) fn add(&mut self, path: &str, text: String) {
        self.beside.insert(path.to_owned(), text);
    }

    /// Types of older versions that the newest cannot hold, with the reason. They have no conversion.
    #[must_use]
    pub fn losses(&self) -> &[String] {
        &self.losses
    }

    /// Adds the stamp: what the schemas were when the code was generated.
    #[must_use]
    pub fn with_stamp(mut self, stamp: u64) -> Self {
        if let Some(files) = self.folders.get_mut("spar-types/src/generated") {
            files.insert("STAMP".to_owned(), format!("{stamp:016x}\n"));
        }
        self
    }

    /// The files with their paths below the workspace.
    pub fn files(&self) -> impl Iterator<Item = (String, &str)> {
        let in_folders = self.folders.iter().flat_map(|(folder, files)| {
            files.iter().map(move |(path, text)| (format!("{folder}/{path}"), text.as_str()))
        });
        in_folders.chain(self.beside.iter().map(|(path, text)| (path.clone(), text.as_str())))
    }

    /// Compares the files with those of a workspace.
    ///
    /// # Errors
    ///
    /// A folder that cannot be read.
    pub fn compare(&self, workspace: &Path) -> Result<Vec<Difference>> {
        let mut differences = Vec::new();
        let expected: BTreeMap<_, _> = self.files().collect();
        for (path, text) in &expected {
            match std::fs::read(workspace.join(path)) {
                Ok(found) if found == text.as_bytes() => {}
                Ok(_) => differences.push(Difference::Stale(path.clone())),
                Err(_) => differences.push(Difference::Missing(path.clone())),
            }
        }
        for path in self.found(workspace)? {
            if !expected.contains_key(&path) {
                differences.push(Difference::Orphaned(path));
            }
        }
        Ok(differences)
    }

    /// Writes what differs and deletes what is orphaned.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub fn write(&self, workspace: &Path) -> Result<Vec<Difference>> {
        let differences = self.compare(workspace)?;
        let files: BTreeMap<_, _> = self.files().collect();
        for difference in &differences {
            let (Difference::Missing(path) | Difference::Stale(path) | Difference::Orphaned(path)) =
                difference;
            let target = workspace.join(path);
            let result = match files.get(path) {
                Some(text) => {
                    let folder = target.parent().unwrap_or(workspace);
                    std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&target, text))
                }
                None => std::fs::remove_file(&target),
            };
            result.map_err(|error| Error::new(format!("{}: {error}", target.display())))?;
        }
        Ok(differences)
    }

    /// What lies in the folders of a workspace that hold generated files only.
    fn found(&self, workspace: &Path) -> Result<BTreeSet<String>> {
        let mut found = Vec::new();
        for folder in self.folders.keys() {
            if workspace.join(folder).is_dir() {
                walk(workspace, folder, &mut found)?;
            }
        }
        Ok(found.into_iter().collect())
    }
}

/// FNV-1a over the names and bytes of all files below a folder, as the facade's `build.rs` computes it.
///
/// # Errors
///
/// A folder that cannot be read.
pub fn fnv1a_of_folder(folder: &Path) -> Result<u64> {
    let mut paths = Vec::new();
    walk(folder, "", &mut paths)?;
    paths.sort();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for path in paths {
        let bytes = std::fs::read(folder.join(&path))
            .map_err(|error| Error::new(format!("{path}: {error}")))?;
        add(path.as_bytes());
        add(&[0]);
        add(&bytes);
        add(&[0]);
    }
    Ok(hash)
}
