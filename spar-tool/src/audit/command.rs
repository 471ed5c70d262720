//! `spar audit`.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Subcommand;

use crate::audit::key::Key;
use crate::audit::{AuditLog, Withheld};
use crate::exit::Exit;
use crate::failure::Problem;
use crate::output;
use crate::settings::{ConnectionOptions, SearchOptions, Settings};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a key for the hashes of the audit log, in a new file that only its owner can read.
    ///
    /// Keep it as long as the log: without it nobody can say whom a line is about.
    NewKey {
        /// The file, which must not exist yet.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Read id numbers from standard input and print the hashes that stand for them in the log.
    ///
    /// To find the searches for a person: `spar audit hash | grep --fixed-strings --file - LOG`.
    Hash {
        #[command(flatten)]
        connection: ConnectionOptions,
        #[command(flatten)]
        search: SearchOptions,
    },
    /// Append what is missing in the audit log, and then print the answers that were withheld for it.
    ///
    /// The file is removed when all of it is in the log and on standard output.
    Release {
        /// The file of withheld answers.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        connection: ConnectionOptions,
        #[command(flatten)]
        search: SearchOptions,
    },
}

pub(crate) fn run(arguments: Arguments) -> Result<Exit> {
    match arguments.command {
        Command::NewKey { file } => Key::create(&file)?,
        Command::Hash { connection, search } => {
            hash(&Settings::load(&connection, Some(&search))?)?;
        }
        Command::Release { file, connection, search } => {
            release(&file, &Settings::load(&connection, Some(&search))?)?;
        }
    }
    Ok(Exit::Success)
}

fn hash(settings: &Settings) -> Result<()> {
    let key = Key::of(settings)?.ok_or_else(|| settings.missing("audit-key-file"))?;
    for line in std::io::stdin().lock().lines() {
        let line = zeroize::Zeroizing::new(line.context("standard input cannot be read")?);
        if !line.trim().is_empty() {
            output::line(&key.hash(line.trim()))?;
        }
    }
    Ok(())
}

fn release(path: &Path, settings: &Settings) -> Result<()> {
    let log = AuditLog::of(settings)?.ok_or_else(|| settings.missing("audit"))?;
    let file = std::fs::File::open(path)
        .with_context(|| Problem::of(format!("{} cannot be read", path.display()), ""))?;
    for (index, line) in BufReader::new(file).lines().enumerate() {
        let line = line.with_context(|| format!("{} cannot be read", path.display()))?;
        // The parser's error quotes nothing, but says no more than this either.
        let Withheld { audit, answer } = serde_json::from_str(&line).map_err(|_| {
            Problem::new(
                format!("{} cannot be released", path.display()),
                format!("line {} is not as this command wrote it", index + 1),
                "what stands before it is in the log and was printed: remove that, and mend the line",
            )
        })?;
        log.append(audit.get()).with_context(|| {
            Problem::of(
                format!("{} cannot be written", log.path().display()),
                "what is still withheld stays in its file",
            )
        })?;
        output::line(answer.get())?;
    }
    std::fs::remove_file(path)
        .with_context(|| Problem::of(format!("{} cannot be removed", path.display()), ""))
}
