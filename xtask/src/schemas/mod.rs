//! `cargo xtask schemas`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};
use spar_codegen::{Manifest, Origin, diff, read, verify};

use crate::workspace;

#[derive(clap::Subcommand)]
pub(crate) enum Task {
    /// Compare the files of schemas/ with manifest.toml: bytes and meaning.
    Verify {
        /// Record the files as they are, instead of failing.
        ///
        /// Meant for changes of wording. A change of meaning of a file with origin "published" is
        /// refused still: it would no longer say what SPAR's own file says.
        #[arg(long)]
        accept: bool,
    },
    /// Say what two schema folders state differently, whatever their wording.
    ///
    /// Compares all that the entry document of the interface version reaches: elements, types,
    /// cardinalities, facets, enumerations, order, namespaces, operations, SOAPAction. Documentation,
    /// prefixes and the order of declarations do not count. One line per difference; exit status 0 if
    /// there is none, 1 if there is one, 2 on errors.
    Diff {
        /// Interface version, such as personsok/2021.1.
        #[arg(long, value_name = "SERVICE/VERSION")]
        interface: String,
        /// Folder with the old schemas.
        old: PathBuf,
        /// Folder with the new schemas.
        new: PathBuf,
    },
}

pub(crate) fn run(task: &Task) -> Result<ExitCode> {
    let schemas = workspace().join("schemas");
    let manifest = Manifest::load(&schemas)?;
    match task {
        Task::Verify { accept } => run_verify(&schemas, &manifest, *accept),
        Task::Diff { interface, old, new } => {
            let old = read(old, &manifest, interface)?;
            let new = read(new, &manifest, interface)?;
            let differences = diff(&old, &new);
            for difference in &differences {
                println!("{difference}");
            }
            eprintln!("{} differences in {} facts", differences.len(), old.facts().len());
            Ok(ExitCode::from(u8::from(!differences.is_empty())))
        }
    }
}

fn run_verify(schemas: &Path, manifest: &Manifest, accept: bool) -> Result<ExitCode> {
    let found = verify(schemas, manifest)?;
    if accept {
        let published = |path: &str| {
            manifest.file.iter().any(|file| file.path == path && file.origin == Origin::Published)
        };
        for file in &found.changed_meaning {
            if published(file) {
                bail!(
                    "{file} does not state what SPAR's file states any more\n\
                     hint: undo the change, or set its origin to \"reconstructed\" in manifest.toml"
                );
            }
        }
        std::fs::write(schemas.join("manifest.toml"), &found.manifest)?;
        println!("manifest.toml records {} files", manifest.file.len());
        return Ok(ExitCode::SUCCESS);
    }
    for problem in &found.problems {
        println!("{problem}");
    }
    if found.problems.is_empty() {
        println!("{} files are as manifest.toml says", manifest.file.len());
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("hint: `cargo xtask schemas verify --accept` records the files as they are");
    Ok(ExitCode::from(1))
}
