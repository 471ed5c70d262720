//! `cargo xtask schemas`.

mod add;
mod fetch;
mod folder;
mod source;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use spar_codegen::{Diff, Manifest, Origin, compare, diff, insert_into_changelog, read, verify};

use crate::workspace;

#[derive(clap::Subcommand)]
pub(crate) enum Task {
    Fetch(fetch::Arguments),
    Add(add::Arguments),
    /// Compare the files of schemas/ with manifest.toml: bytes and meaning.
    Verify {
        /// Record the files as they are, instead of failing.
        ///
        /// Meant for changes of wording. A change of meaning of a file with origin "published" is
        /// refused still: it would no longer say what SPAR's own file says.
        #[arg(long)]
        accept: bool,
    },
    Diff(DiffArguments),
}

/// Say what two schema folders, or two versions of an interface, state differently.
///
/// Compares all that the entry documents reach: elements, types, cardinalities, facets, enumerations,
/// order, namespaces, operations, SOAPAction. Prefixes and the order of declarations do not count, and
/// documentation is only counted. Each change is classified for those who read new documents and for those
/// who write old ones, and the next version of each crate follows from it.
///
/// Exit status 0 if there is no difference, 1 if there is one, 2 on errors.
#[derive(clap::Args)]
pub(crate) struct DiffArguments {
    /// Interface version, such as personsok/2021.1.
    #[arg(long, value_name = "SERVICE/VERSION")]
    interface: String,
    /// Interface version in the new schemas, if it is another one.
    #[arg(long, value_name = "SERVICE/VERSION")]
    to: Option<String>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// One line per statement that differs, unexplained.
    #[arg(long, conflicts_with = "format")]
    facts: bool,
    /// Put a stub of what to say into this changelog, under `## [Unreleased]`.
    #[arg(long, value_name = "FILE")]
    changelog: Option<PathBuf>,
    /// Folder with the old schemas.
    old: PathBuf,
    /// Folder with the new schemas; the same one, if not given.
    new: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For the terminal.
    Text,
    /// For a pull request.
    Markdown,
}

impl Format {
    fn render(self, diff: &Diff) -> String {
        match self {
            Self::Text => diff.text(),
            Self::Markdown => diff.markdown(),
        }
    }
}

pub(crate) fn run(task: &Task) -> Result<ExitCode> {
    let schemas = workspace().join("schemas");
    match task {
        Task::Fetch(arguments) => fetch::run(&schemas, arguments),
        Task::Add(arguments) => add::run(&schemas, arguments),
        Task::Verify { accept } => run_verify(&schemas, &Manifest::load(&schemas)?, *accept),
        Task::Diff(arguments) => run_diff(&Manifest::load(&schemas)?, arguments),
    }
}

fn run_diff(manifest: &Manifest, arguments: &DiffArguments) -> Result<ExitCode> {
    let DiffArguments { interface, to, format, facts, changelog, old, new } = arguments;
    let old_ir = read(old, manifest, interface)?;
    let new_ir = read(new.as_ref().unwrap_or(old), manifest, to.as_ref().unwrap_or(interface))?;
    let lines = diff(&old_ir, &new_ir);
    let explained = compare(&old_ir, &new_ir);
    if *facts {
        lines.iter().for_each(|line| println!("{line}"));
        eprintln!("{} differences in {} facts", lines.len(), old_ir.facts().len());
    } else {
        print!("{}", format.render(&explained));
    }
    if let Some(path) = changelog {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("{} cannot be read", path.display()))?;
        let text = insert_into_changelog(&text, &explained.changelog())
            .with_context(|| format!("{} has no `## [Unreleased]`", path.display()))?;
        std::fs::write(path, text)?;
    }
    Ok(ExitCode::from(u8::from(!lines.is_empty())))
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
