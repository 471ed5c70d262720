//! `spar split`.

use std::path::PathBuf;

use anyhow::{Result, bail};
use spar_files::write::WritePost;
use spar_files::{Options, Reader};
use spar_types::infil_id_nummer::newest::InfilIdNummer;
use spar_types::personnummersattning::newest::PersonnummersattningFraga;

use super::infil::{Target, write};
use super::open;
use crate::exit::Exit;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A file to SPAR, of any version, plain or packed.
    #[arg(value_name = "IN")]
    input: PathBuf,
    #[command(flatten)]
    target: Target,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Exit> {
    let (reader, _bar) = open(&arguments.input, Options::default(), true)?;
    match reader.head().format {
        spar_files::Format::InfilIdNummer => split::<InfilIdNummer>(reader, arguments),
        spar_files::Format::InfilPersonnummersattning => {
            split::<PersonnummersattningFraga>(reader, arguments)
        }
        other => bail!("only files to SPAR are divided, and this is one from SPAR: {other}"),
    }
}

fn split<T: WritePost>(reader: Reader, arguments: &Arguments) -> Result<Exit> {
    let mut settings = arguments.target.settings()?;
    settings.split = true;
    let records = reader.into_records::<T>()?;
    write(&arguments.target.out, settings, records.map(|record| Ok(record?.value)))
}
