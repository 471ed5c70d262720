//! `spar convert`.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use spar_files::columns::{Columnar, Columns};
use spar_files::write::{Settings, WritePost, Writer};
use spar_files::{OnError, Options, Records};
use tempfile::NamedTempFile;

use super::csv::{self, Formulas};
use super::{expand, is_interrupted, open, unknown, with_records};
use crate::exit::Exit;
use crate::output::note;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Files from SPAR, or folders of them.
    #[arg(required = true, value_name = "IN")]
    inputs: Vec<PathBuf>,
    /// What to make of them.
    #[arg(long, value_enum)]
    to: To,
    /// Folder for the result: one file for each file read, never in place of another. Standard output by
    /// default.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Threads that make records, besides the one that unpacks.
    #[arg(long, value_name = "N", default_value_t = 1)]
    threads: usize,
    /// Leave out records of which nothing can be made, and say which, instead of stopping there.
    #[arg(long)]
    skip_damaged: bool,
    /// Put an apostrophe before cells of CSV that a spreadsheet would take for formulas.
    #[arg(long)]
    guard_formulas: bool,
    /// No progress and no notes.
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// One JSON object per record, on one line.
    Ndjson,
    /// A row per record with the schema's names as header; what may be repeated is JSON in a cell.
    Csv,
    /// A file of the newest version, not packed.
    Xml,
}

impl To {
    fn extension(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Xml => "xml",
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<Exit> {
    let files = expand(&arguments.inputs)?;
    if arguments.out.is_none()
        && (arguments.to == To::Xml || files.len() > 1 && arguments.to == To::Csv)
    {
        bail!(
            "several files of CSV, and files of XML, do not go to standard output: name a folder with --out"
        );
    }
    if let Some(folder) = &arguments.out {
        let made = std::fs::create_dir_all(folder);
        made.with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    }
    let mut is_whole = true;
    for file in &files {
        let target = arguments.out.as_ref().map(|folder| target(folder, file, arguments.to));
        if let Some(target) = target.as_ref().filter(|target| target.exists()) {
            if !arguments.quiet {
                note(&format!("{} is there already, and left as it is", target.display()));
            }
            continue;
        }
        let mut options = Options::default();
        options.threads = arguments.threads;
        options.on_error = if arguments.skip_damaged { OnError::Skip } else { OnError::Stop };
        let (reader, bar) = open(file, options, arguments.quiet)?;
        let format = reader.head().format;
        let converted =
            with_records!(format, convert(reader, target.as_deref(), arguments), Err(unknown()));
        bar.finish_and_clear();
        match converted.with_context(|| format!("{} was not converted", file.display()))? {
            Outcome::Whole => {}
            Outcome::Damaged => is_whole = false,
            Outcome::Interrupted => return Ok(Exit::Interrupted),
        }
    }
    Ok(if is_whole { Exit::Success } else { Exit::Failure })
}

/// `SPARAvisering_x.xml.zip` → `SPARAvisering_x.ndjson`.
fn target(folder: &Path, file: &Path, to: To) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let mut stem = &*name;
    for extension in [".zip", ".gz", ".xml"] {
        stem = stem.strip_suffix(extension).unwrap_or(stem);
    }
    folder.join(format!("{stem}.{}", to.extension()))
}

enum Outcome {
    Whole,
    /// Records were left out.
    Damaged,
    Interrupted,
}

fn convert<T: Columnar + WritePost>(
    reader: spar_files::Reader,
    target: Option<&Path>,
    arguments: &Arguments,
) -> Result<Outcome> {
    let mut records = reader.into_records::<T>()?;
    let is_finished = match (arguments.to, target) {
        (To::Xml, Some(target)) => to_xml(&mut records, target)?,
        (_, None) => to_text(&mut records, &mut io::stdout().lock(), arguments)?,
        (_, Some(target)) => {
            let folder = target.parent().unwrap_or_else(|| Path::new("."));
            let mut file = NamedTempFile::new_in(folder)?;
            let is_finished = to_text(&mut records, file.as_file_mut(), arguments)?;
            if is_finished {
                file.as_file().sync_all()?;
                file.persist_noclobber(target)?;
            }
            is_finished
        }
    };
    if !is_finished {
        return Ok(Outcome::Interrupted);
    }
    let summary = records.summary();
    for error in &summary.errors {
        note(&format!("left out: {error}"));
    }
    Ok(if summary.damaged == 0 { Outcome::Whole } else { Outcome::Damaged })
}

/// Writes lines. Whether all of them were written.
fn to_text<T: Columnar>(
    records: &mut Records<T>,
    out: &mut impl Write,
    arguments: &Arguments,
) -> Result<bool> {
    let mut out = BufWriter::with_capacity(64 * 1024, out);
    let columns = Columns::of::<T>();
    let formulas = if arguments.guard_formulas { Formulas::Guard } else { Formulas::Keep };
    let mut line = String::new();
    if arguments.to == To::Csv {
        csv::row(columns.names().iter().map(|name| Some(name.as_str())), formulas, &mut line);
        out.write_all(line.as_bytes())?;
    }
    for record in records {
        if is_interrupted() {
            return Ok(false);
        }
        let record = record?;
        if arguments.to == To::Csv {
            line.clear();
            let row = columns.row(&record.value)?;
            csv::row(row.iter().map(Option::as_deref), formulas, &mut line);
            out.write_all(line.as_bytes())?;
        } else {
            serde_json::to_writer(&mut out, &record.value)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    Ok(true)
}

fn to_xml<T: WritePost>(records: &mut Records<T>, target: &Path) -> Result<bool> {
    let mut settings = Settings::for_delivery();
    let head = records.head();
    settings.identifieringsinformation = head.identifieringsinformation.clone();
    settings.aviseringsunderlag = head.aviseringsunderlag.clone();
    let mut writer = Writer::create(target, settings)?;
    for record in records {
        if is_interrupted() {
            return Ok(false);
        }
        writer.push(record?.value)?;
    }
    writer.finish()?;
    Ok(true)
}
