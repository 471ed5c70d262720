//! `cargo xtask codegen`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use spar_codegen::{Manifest, Tables, fnv1a_of_folder, generate, verify};

use crate::workspace;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; exit with 1 and name the files if any is missing, stale or orphaned.
    #[arg(long)]
    check: bool,
    /// Take the schema files from this folder instead of schemas/. Manifest and names stay ours.
    #[arg(long, value_name = "DIR", requires = "out")]
    schemas: Option<PathBuf>,
    /// Generate this interface version only, such as personsok/2021.1. May be repeated.
    #[arg(long, value_name = "SERVICE/VERSION", requires = "out")]
    interface: Vec<String>,
    /// Write below this folder instead of into the workspace.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let ours = workspace().join("schemas");
    let manifest = Manifest::load(&ours)?;
    let tables = Tables::load(&ours)?;
    if arguments.schemas.is_none() {
        let problems = verify(&ours, &manifest)?.problems;
        if !problems.is_empty() {
            bail!(
                "schemas/ is not what manifest.toml says:\n{}\n\
                 hint: `cargo xtask schemas verify --accept` records the files as they are",
                problems.join("\n")
            );
        }
    }
    let schemas = arguments.schemas.as_ref().unwrap_or(&ours);
    let mut interfaces: Vec<&str> = arguments.interface.iter().map(String::as_str).collect();
    if interfaces.is_empty() {
        interfaces = manifest.interfaces().collect();
    }
    let output =
        generate(schemas, &manifest, &tables, &interfaces)?.with_stamp(fnv1a_of_folder(&ours)?);
    let target = arguments.out.clone().unwrap_or_else(workspace);
    let differences =
        if arguments.check { output.compare(&target)? } else { output.write(&target)? };
    for difference in &differences {
        println!("{difference}");
    }
    for loss in output.losses() {
        println!("note: no conversion {loss}");
    }
    let count = output.files().count();
    match (arguments.check, differences.len()) {
        (true, 0) => println!("{count} generated files are fresh"),
        (true, wrong) => {
            eprintln!("error: {wrong} of {count} generated files differ from what schemas/ gives");
            eprintln!("hint: run `cargo xtask codegen` and commit the result");
            return Ok(ExitCode::from(1));
        }
        (false, written) => println!("{count} generated files, {written} of them changed"),
    }
    Ok(ExitCode::SUCCESS)
}
