//! `spar personsok`.

use std::io::BufRead;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde::Serialize;
use spar_soap::{Outcome, SlutAnvandare, Svar, Utfall};
use spar_types::personsok::v2023_1::{
    IdNummer, PersonsokningFraga, SlutAnvandarUtokadBehorighet, SparPersonsokningSvar,
};

use crate::exit::Exit;
use crate::settings::{ConnectionOptions, SearchOptions, Settings};
use crate::{output, render};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The id number, 12 digits, or - to read it from standard input.
    ///
    /// A number given here can be seen in process lists and in the shell's history.
    #[arg(long, value_name = "NUMBER|-", default_value = "-")]
    id_nummer: String,
    /// Ask with an extended permission: Relationer, Medborgarskap, Taxering or Sekretess. Repeatable.
    #[arg(long, alias = "utokad-behorighet", value_name = "PERMISSION")]
    behorighet: Vec<SlutAnvandarUtokadBehorighet>,
    /// How to print the answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    connection: ConnectionOptions,
    #[command(flatten)]
    search: SearchOptions,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// The current state, for a person.
    Text,
    /// Everything, one JSON object on one line.
    Json,
}

pub(crate) async fn run(arguments: Arguments) -> Result<Exit> {
    let settings = Settings::load(&arguments.connection, Some(&arguments.search))?;
    let user = SlutAnvandare::new(settings.required("slut-anvandar-id")?)
        .with_utokad_behorighet(arguments.behorighet.iter().cloned());
    let client = settings.personsok()?;
    let id_nummer = id_nummer(&arguments.id_nummer)?;
    match client.personsok(&user, PersonsokningFraga::IdNummer(id_nummer)).await {
        Ok(svar) => {
            match arguments.format {
                Format::Text => print_text(&svar),
                Format::Json => println!("{}", json(&svar)?),
            }
            Ok(exit_of(&svar))
        }
        Err(error) => Err(error.into()),
    }
}

/// The number, which no message repeats.
fn id_nummer(argument: &str) -> Result<IdNummer> {
    let mut line = String::new();
    let text = if argument == "-" {
        std::io::stdin().lock().read_line(&mut line).context("standard input cannot be read")?;
        line.trim()
    } else {
        output::note("process lists and shell history show the number; give it on standard input");
        argument
    };
    if text.is_empty() {
        bail!("no id number on standard input: one line with 12 digits is expected");
    }
    text.parse().context("the id number is not 12 digits without hyphen")
}

fn print_text(svar: &Svar) {
    match svar.utfall() {
        Utfall::Svarsposter([]) => println!("nobody matches"),
        Utfall::Svarsposter(poster) => {
            for post in poster {
                match post {
                    Ok(post) => print!("{}", render::text(post)),
                    Err(error) => println!("a post that cannot be shown: {error}"),
                }
            }
        }
        Utfall::OverstigerMaxAntalSvarsposter(found) => println!(
            "{} persons match, SPAR hands out {} at most",
            found.antal_poster.as_str(),
            found.max_antal_svarsposter.as_str()
        ),
        Utfall::Undantag(undantag) => {
            for undantag in undantag.iter().flatten() {
                println!(
                    "SPAR made an exception, {}: {}",
                    undantag.kod.as_str(),
                    undantag.beskrivning.as_str()
                );
            }
        }
        _ => println!("an outcome that this version does not know"),
    }
    if let Some(uuid) = &svar.meta.uuid {
        eprintln!("SPAR's number of the exchange: {uuid}");
    }
    for deviation in &svar.deviations {
        eprintln!("note: the answer departs from the schema: {deviation}");
    }
}

/// The JSON form of an answer.
#[derive(Serialize)]
struct Line<'a> {
    outcome: &'static str,
    #[serde(flatten)]
    svar: &'a SparPersonsokningSvar,
    deviations: Vec<String>,
}

fn json(svar: &Svar) -> Result<String> {
    let line = Line {
        outcome: svar.meta.outcome.as_str(),
        svar: &svar.record,
        deviations: svar.deviations.iter().map(ToString::to_string).collect(),
    };
    Ok(serde_json::to_string(&line)?)
}

fn exit_of(svar: &Svar) -> Exit {
    match svar.meta.outcome {
        Outcome::Hit => Exit::Success,
        Outcome::NoHit => Exit::NoHit,
        Outcome::TooMany => Exit::TooMany,
        _ => Exit::Undantag,
    }
}
