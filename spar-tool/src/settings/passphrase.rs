//! Where the passphrase of the private key comes from. Never from an argument.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};

use anyhow::{Context, Result};
use spar_soap::transport::Passphrase;

use crate::failure::Problem;
use crate::settings::Settings;

/// The passphrase that the settings name, if any.
pub(super) fn of(settings: &Settings) -> Result<Option<Passphrase>> {
    const ONE: [&str; 3] = ["passphrase", "passphrase-file", "passphrase-fd"];
    let named: Vec<_> = ONE.iter().filter(|key| settings.get(key).is_some()).collect();
    if let [first, second, ..] = named[..] {
        return Err(Problem::new(
            "it is not clear which passphrase to take",
            format!("both {first} and {second} are set"),
            "leave one of them; `spar config` shows where they are set",
        )
        .into());
    }
    if let Some(text) = settings.text("passphrase") {
        return Ok(Some(Passphrase::new(text.to_owned())));
    }
    if let Some(path) = settings.path("passphrase-file") {
        let file = File::open(&path).with_context(|| {
            Problem::of(
                format!("the passphrase cannot be read from {}", path.display()),
                "check the path, and who may read it",
            )
        })?;
        return first_line(file).map(Some);
    }
    if let Some(number) = settings.parse::<u32>("passphrase-fd")? {
        // Opening it anew, as a file, is what safe Rust can do with a number.
        let file = File::open(format!("/dev/fd/{number}")).with_context(|| {
            Problem::of(
                format!("the passphrase cannot be read from file descriptor {number}"),
                "open it for the command, such as with `3< FILE`; on Windows take passphrase-file",
            )
        })?;
        return first_line(file).map(Some);
    }
    Ok(None)
}

/// Asks for it, if there is someone to ask.
pub(super) fn ask() -> Result<Option<Passphrase>> {
    if !io::stderr().is_terminal() {
        return Ok(None);
    }
    match rpassword::prompt_password("Passphrase of the private key: ") {
        Ok(text) => Ok(Some(Passphrase::new(text))),
        // There is no terminal to type at.
        Err(_) => Ok(None),
    }
}

fn first_line(file: File) -> Result<Passphrase> {
    let mut line = Vec::with_capacity(MAX_BYTES);
    BufReader::new(file.take(MAX_BYTES as u64))
        .read_until(b'\n', &mut line)
        .context("the passphrase cannot be read")?;
    Ok(Passphrase::from_line(line)?)
}

/// Longer than any passphrase, so that a wrong file is not read to its end.
const MAX_BYTES: usize = 4096;
