//! `spar completions` and `spar man`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Command;
use clap_complete::Shell;

use crate::exit::Exit;
use crate::failure::Problem;
use crate::output;

#[derive(clap::Args)]
pub(crate) struct CompletionsArguments {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(clap::Args)]
pub(crate) struct ManArguments {
    /// Folder for the pages, one per command. Created if missing.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub(crate) fn completions(arguments: &CompletionsArguments, mut command: Command) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "spar", &mut script);
    output::write(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Success)
}

pub(crate) fn man(arguments: &ManArguments, command: Command) -> Result<Exit> {
    let folder = &arguments.out;
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(command, folder))
        .with_context(|| {
            Problem::of(format!("the pages cannot be written to {}", folder.display()), "")
        })?;
    Ok(Exit::Success)
}
