//! `spar infil`: files to SPAR.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Subcommand, ValueEnum};
use spar_files::write::{CsvLines, Report, Settings, WritePost, Writer, read_csv};
use spar_files::{Form, Version};
use spar_types::infil_id_nummer::newest::{InfilIdNummer, JaNej};
use spar_types::personnummersattning::newest::PersonnummersattningFraga;
use spar_types::personnummersattning::newest::{
    Filinformation, IdentifieringsinformationFil, KundNrFil, Mediepart, UppdragId,
};

use super::unreadable;
use crate::exit::Exit;
use crate::output::say;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Subcommand)]
enum Kind {
    /// Numbers of persons, to follow or to leave out.
    ///
    /// Read from standard input or a file: 12 digits each, with commas or line breaks between them.
    IdNummer {
        #[command(flatten)]
        common: Common,
        /// Ask for the whole record of each in the next file (nulage="JA").
        #[arg(long)]
        nulage: bool,
        /// Write numbers with commas between them in place of XML.
        #[arg(long, value_enum)]
        csv: Option<Csv>,
        /// Leave out numbers that were there before.
        #[arg(long)]
        drop_duplicates: bool,
    },
    /// Questions for numbers of persons, at most 10,000 per file.
    ///
    /// Read from standard input or a file: one JSON object per line, with the schema's names, such as
    /// {"EgenReferens":"1","NamnSokArgument":"Åsa Öberg","PostNr":"11234"}.
    Personnummersattning {
        #[command(flatten)]
        common: Common,
    },
}

#[derive(clap::Args)]
pub(crate) struct Common {
    /// What to read; - is standard input, which neither process lists nor the shell's history show.
    #[arg(long = "in", value_name = "FILE", default_value = "-")]
    input: PathBuf,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// Where a file to SPAR goes, and how it is written.
#[derive(clap::Args)]
pub(crate) struct Target {
    /// The file to make; zipped if it ends in .zip. SPAR takes the characters a-z A-Z 0-9 . - _ only.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Version and form of the file.
    #[arg(long, value_enum, default_value_t)]
    form: FormOf,
    /// Your number at SPAR, for the form that begins with an identification.
    #[arg(long, value_name = "NUMBER")]
    kund_nr: Option<KundNrFil>,
    /// The assignment, for the form that begins with an identification.
    #[arg(long, value_name = "NUMBER")]
    uppdrag_id: Option<UppdragId>,
    /// Make several files if one may not hold everything.
    #[arg(long)]
    pub(crate) split: bool,
    /// Records in one file.
    #[arg(long, value_name = "N")]
    pub(crate) max_records: Option<u64>,
    /// Size of one file, in bytes.
    #[arg(long, value_name = "N", default_value_t = spar_files::write::MAX_INFIL_BYTES)]
    pub(crate) max_bytes: u64,
    /// Name of the root element, if SPAR's own schema has another one than this program takes for likely.
    #[arg(long, value_name = "NAME")]
    root: Option<String>,
    /// Namespace of the file, if SPAR's own schema has another one than this program guesses.
    #[arg(long, value_name = "URI")]
    namespace: Option<String>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum FormOf {
    /// The newest version: records right below the root element.
    #[default]
    Newest,
    /// Version 2021.1 with an identification.
    #[value(name = "2021.1")]
    Older,
    /// Version 2021.1 without identification, for handing in by hand.
    #[value(name = "2021.1-manuell")]
    OlderManuell,
}

#[derive(Clone, Copy, ValueEnum)]
enum Csv {
    /// Each number on a line of its own.
    Lines,
    /// All numbers on one line.
    Line,
}

impl Target {
    pub(crate) fn settings(&self) -> Result<Settings> {
        let mut settings = Settings::default();
        if self.form != FormOf::Newest {
            settings.version = Version::OLDEST;
        }
        if self.form == FormOf::Older {
            settings.form = Form::Identified;
            let (Some(kund_nr), Some(uppdrag_id)) = (&self.kund_nr, &self.uppdrag_id) else {
                bail!("this form begins with an identification: give --kund-nr and --uppdrag-id");
            };
            settings.identifieringsinformation = Some(identification(kund_nr, uppdrag_id));
        }
        settings.split = self.split;
        settings.max_records = self.max_records;
        settings.max_bytes = self.max_bytes;
        settings.root.clone_from(&self.root);
        settings.namespace.clone_from(&self.namespace);
        Ok(settings)
    }
}

fn identification(kund_nr: &KundNrFil, uppdrag_id: &UppdragId) -> IdentifieringsinformationFil {
    let mut sender = Mediepart::default();
    sender.kund_nr = Some(kund_nr.clone());
    let mut origin = Filinformation::default();
    origin.uppdrag_id = Some(uppdrag_id.clone());
    IdentifieringsinformationFil::new(sender, Mediepart::default(), origin)
}

pub(crate) fn run(arguments: &Arguments) -> Result<Exit> {
    match &arguments.kind {
        Kind::IdNummer { common, nulage, csv, drop_duplicates } => {
            let mut settings = common.target.settings()?;
            settings.drop_duplicates = *drop_duplicates;
            settings.csv = csv.map(|csv| match csv {
                Csv::Lines => CsvLines::OnePerLine,
                Csv::Line => CsvLines::OneLine,
            });
            let numbers = read_csv(input(&common.input)?).map(|number| {
                let mut number = number?;
                number.nulage = nulage.then_some(JaNej::Ja);
                Ok(number)
            });
            write::<InfilIdNummer>(&common.target.out, settings, numbers)
        }
        Kind::Personnummersattning { common } => {
            let settings = common.target.settings()?;
            let lines = input(&common.input)?.lines().enumerate();
            let questions = lines.filter_map(|(nth, line)| match line {
                Ok(line) if line.trim().is_empty() => None,
                Ok(line) => Some(question(&line, nth + 1)),
                Err(error) => Some(Err(error.into())),
            });
            write::<PersonnummersattningFraga>(&common.target.out, settings, questions)
        }
    }
}

/// The place is told, not the text.
fn question(line: &str, number: usize) -> Result<PersonnummersattningFraga> {
    serde_json::from_str(line)
        .with_context(|| format!("line {number} is no question as the schema has it"))
}

fn input(path: &Path) -> Result<Box<dyn BufRead>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path).with_context(|| unreadable(path))?;
    Ok(Box::new(BufReader::new(file)))
}

pub(crate) fn write<T: WritePost>(
    target: &Path,
    settings: Settings,
    records: impl Iterator<Item = Result<T>>,
) -> Result<Exit> {
    let mut writer = Writer::create(target, settings)?;
    for record in records {
        writer.push(record?)?;
    }
    tell(&writer.finish()?)?;
    Ok(Exit::Success)
}

/// What was made of it. Root and namespace are told since both are guesses.
fn tell(report: &Report) -> Result<()> {
    for file in &report.files {
        say!("{}", file.display())?;
    }
    let Report { records, duplicates, bytes, .. } = report;
    say!("{records} records, {duplicates} of them or besides them repeated, {bytes} bytes")?;
    if !report.root.is_empty() {
        say!("root element {} (likely), namespace {} (a guess)", report.root, report.namespace)?;
    }
    Ok(())
}
