//! `spar inspect`.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;
use spar_files::sequence::{Delivery, FETCH_DAYS, Finding, check};
use spar_files::{Error, OnError, Options, Post, Reader};

use super::{expand, open, unknown, with_records};
use crate::exit::Exit;
use crate::output::say;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Files from SPAR or to SPAR, or folders of them.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Read the beginnings only: no number of records, and damage behind the beginning is not found.
    #[arg(long)]
    head: bool,
    /// How to print what is found.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// No progress.
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A few lines per file.
    Text,
    /// One JSON object per file, on one line, and one for what is missing.
    Json,
}

/// What is said of a file: nothing that concerns a person.
#[derive(Serialize)]
struct Found {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    format: Option<&'static str>,
    version: Option<&'static str>,
    packing: Option<String>,
    uppdrag_id: Option<i64>,
    sekvensnummer: Option<u32>,
    skapad: Option<String>,
    kund_nr: Option<i64>,
    records: Option<u64>,
    damaged: Option<u64>,
    deviations: Option<u64>,
    unpacked_bytes: Option<u64>,
}

#[derive(Serialize)]
struct Missing {
    uppdrag_id: i64,
    missing: [u32; 2],
}

pub(crate) fn run(arguments: &Arguments) -> Result<Exit> {
    let mut deliveries = Vec::new();
    let mut is_good = true;
    for path in expand(&arguments.files)? {
        let found = inspect(&path, arguments, &mut deliveries)?;
        is_good &= found.error.is_none();
        match arguments.format {
            Format::Json => say!("{}", serde_json::to_string(&found)?)?,
            Format::Text => print(&found)?,
        }
    }
    for finding in check(&deliveries) {
        is_good &= !matches!(finding, Finding::Missing { .. });
        tell(&finding, arguments.format)?;
    }
    Ok(if is_good { Exit::Success } else { Exit::Failure })
}

fn inspect(path: &Path, arguments: &Arguments, deliveries: &mut Vec<Delivery>) -> Result<Found> {
    let mut found = Found {
        file: path.display().to_string(),
        error: None,
        format: None,
        version: None,
        packing: None,
        uppdrag_id: None,
        sekvensnummer: None,
        skapad: None,
        kund_nr: None,
        records: None,
        damaged: None,
        deviations: None,
        unpacked_bytes: None,
    };
    let mut options = Options::default();
    options.on_error = OnError::Skip;
    let (reader, bar) = match open(path, options, arguments.quiet) {
        Ok(opened) => opened,
        Err(error) => match error.downcast::<Error>() {
            Ok(error) => {
                found.error = Some(error.to_string());
                return Ok(found);
            }
            Err(error) => return Err(error),
        },
    };
    let head = reader.head();
    found.format = Some(head.format.as_str());
    found.version = Some(head.version.as_str());
    found.packing = Some(format!("{:?}", head.packing).to_lowercase());
    let delivery = Delivery::of(path.to_owned(), head);
    found.uppdrag_id = Some(delivery.uppdrag_id).filter(|id| *id != 0);
    found.sekvensnummer = delivery.sekvensnummer;
    found.skapad.clone_from(&delivery.skapad);
    let receiver = head.identifieringsinformation.as_ref();
    let receiver = receiver.and_then(|block| block.mediemottagare.as_ref());
    found.kund_nr = receiver.and_then(|of| of.kund_nr.as_ref()).and_then(|nr| nr.value());
    if !head.format.is_infil() && delivery.sekvensnummer.is_some() {
        deliveries.push(delivery);
    }
    if !arguments.head {
        with_records!(head.format, count(reader, &mut found), Err(unknown()))?;
    }
    bar.finish_and_clear();
    Ok(found)
}

fn count<T: Post>(reader: Reader, found: &mut Found) -> Result<()> {
    let mut records = reader.into_records::<T>()?;
    found.error = records.by_ref().find_map(Result::err).map(|error| error.to_string());
    let summary = records.summary();
    found.records = Some(summary.records);
    found.damaged = Some(summary.damaged);
    found.deviations = Some(summary.deviations);
    found.unpacked_bytes = Some(summary.bytes);
    Ok(())
}

fn print(found: &Found) -> Result<()> {
    say!("{}", found.file)?;
    let show = |name: &str, value: Option<String>| match value {
        Some(value) => say!("  {name:<15} {value}"),
        None => Ok(()),
    };
    show(
        "format",
        found.format.zip(found.version).map(|(format, version)| format!("{format} {version}")),
    )?;
    show("packing", found.packing.clone())?;
    show("customer", found.kund_nr.map(|number| number.to_string()))?;
    show("assignment", found.uppdrag_id.map(|number| number.to_string()))?;
    show("number", found.sekvensnummer.map(|number| number.to_string()))?;
    show("created", found.skapad.clone())?;
    show("records", found.records.map(|number| number.to_string()))?;
    show("damaged", found.damaged.filter(|number| *number > 0).map(|number| number.to_string()))?;
    show("deviations", found.deviations.filter(|n| *n > 0).map(|number| number.to_string()))?;
    show("bytes unpacked", found.unpacked_bytes.map(|number| number.to_string()))?;
    show("error", found.error.clone())
}

fn tell(finding: &Finding, format: Format) -> Result<()> {
    if format == Format::Json {
        if let Finding::Missing { uppdrag_id, numbers } = finding {
            let missing = [*numbers.start(), *numbers.end()];
            say!("{}", serde_json::to_string(&Missing { uppdrag_id: *uppdrag_id, missing })?)?;
        }
        return Ok(());
    }
    match finding {
        Finding::Missing { uppdrag_id, numbers } if numbers.start() == numbers.end() => {
            say!(
                "assignment {uppdrag_id}: delivery {} is missing; it can be fetched for {FETCH_DAYS} days",
                numbers.start()
            )
        }
        Finding::Missing { uppdrag_id, numbers } => say!(
            "assignment {uppdrag_id}: deliveries {} to {} are missing; they can be fetched for {FETCH_DAYS} days",
            numbers.start(),
            numbers.end()
        ),
        Finding::Repeated { uppdrag_id, number, paths } => {
            say!("assignment {uppdrag_id}: {} files have number {number}", paths.len())
        }
        Finding::OutOfOrder { uppdrag_id, number } => {
            say!(
                "assignment {uppdrag_id}: delivery {number} was made after one with a larger number"
            )
        }
        _ => Ok(()),
    }
}
