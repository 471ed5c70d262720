//! `spar personsok`.

mod form;
mod numbers;
mod resume;

use std::path::PathBuf;

use anyhow::Result;
use clap::ValueEnum;
use spar_types::personsok::newest::PersonsokningFraga;
use spar_types::search;

use crate::answer::{Asked, Came};
use crate::exit::Exit;
use crate::failure::Problem;
use crate::personsok::form::Form;
use crate::personsok::numbers::{Line, Numbers};
use crate::personsok::resume::{Earlier, Repeat};
use crate::searches::{Job, Receive, Run, RunOptions};
use crate::{failure, output, render};

/// Shown below `--help`.
const EXAMPLES: &str = "\
Examples:
  One person, the number typed at the prompt:
    spar personsok
  All whose names sound like this and who live in Solna, as a table:
    spar personsok --namn-sok-argument 'mikael efter*' --fonetisk-sokning \\
        --postort-sok-argument solna --format table
  A list, and what is left of it after an interruption:
    spar personsok --id-nummer numbers.txt --max-searches 500 > out.ndjson
    spar personsok --id-nummer numbers.txt --max-searches 500 --resume out.ndjson >> out.ndjson";

#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Where the id numbers are: - for standard input, a file with one per line, or the number itself.
    ///
    /// A number has 12 digits. One given here can be seen in process lists and in the shell's history.
    #[arg(long, value_name = "-|FILE|NUMBER")]
    id_nummer: Option<String>,
    /// How to print the answer. Default: text for one search, json for a list.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Leave out the id numbers that this earlier output has answered.
    ///
    /// Searches that may have been billed without an answer are left out as well, unless --repeat names them.
    /// Append to the same file to have all answers in one: `--resume out.ndjson >> out.ndjson`.
    #[arg(long, value_name = "OUT")]
    resume: Option<PathBuf>,
    /// With --resume, search again for those that brought no answer and may have been billed. Repeatable.
    #[arg(long, value_enum, value_name = "KIND", requires = "resume")]
    repeat: Vec<Repeat>,
    #[command(flatten)]
    form: Form,
    #[command(flatten)]
    run: RunOptions,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The current state, for a person.
    Text,
    /// Everything, one JSON object on one line.
    Json,
    /// One row per person: id number, outcome, birth, name, address.
    Table,
}

pub(crate) async fn run(arguments: Arguments) -> Result<Exit> {
    let (jobs, is_list) = jobs(&arguments)?;
    let count = jobs.iter().filter(|job| job.fraga.is_ok()).count();
    let Some(run) = Run::prepare(&arguments.run, count)? else { return Ok(Exit::Success) };
    let default = if is_list { Format::Json } else { Format::Text };
    let mut printer = Printer {
        format: arguments.format.unwrap_or(default),
        is_list,
        quiet: arguments.run.quiet,
        has_head: false,
        exit: Exit::Interrupted,
    };
    let end = run.run(jobs, &mut printer).await?;
    if !is_list {
        return Ok(if end.not_audited { Exit::NotAudited } else { printer.exit });
    }
    if !arguments.run.quiet {
        output::note(&end.summary());
    }
    Ok(end.exit())
}

/// What to search for, and whether it is a list.
fn jobs(arguments: &Arguments) -> Result<(Vec<Job<Asked>>, bool)> {
    let fraga = arguments.form.fraga()?;
    match (fraga, &arguments.id_nummer) {
        (Some(_), Some(_)) => Err(Problem::new(
            "it is not clear what to search for",
            "there are both id numbers and options of the search form",
            "leave one or the other",
        )
        .into()),
        (Some(fraga), None) => {
            for (element, warning) in search::warnings(&fraga) {
                output::note(&format!("{element}: {warning}"));
            }
            Ok((vec![Job { about: Asked::default(), fraga: Ok(fraga) }], false))
        }
        (None, argument) => {
            let numbers = numbers::read(argument.as_deref().unwrap_or("-"))?;
            let earlier = arguments.resume.as_deref().map(Earlier::read).transpose()?;
            let is_list = numbers.is_list || earlier.is_some();
            Ok((jobs_of(numbers, earlier.as_ref(), arguments), is_list))
        }
    }
}

fn jobs_of(numbers: Numbers, earlier: Option<&Earlier>, arguments: &Arguments) -> Vec<Job<Asked>> {
    let (all, mut done, mut open) = (numbers.lines.len(), 0, 0);
    let mut jobs = Vec::with_capacity(all);
    for Line { place, number } in numbers.lines {
        if let Some((earlier, number)) = earlier.zip(number.as_ref().ok())
            && earlier.is_done(number, &arguments.repeat)
        {
            done += 1;
            open += usize::from(earlier.is_open(number));
            continue;
        }
        if let Err(broken) = number
            && !arguments.run.quiet
        {
            let (outcome, why) = broken.outcome();
            output::note(&format!("line {place} is not searched for, {outcome}: {why}"));
        }
        jobs.push(Job {
            about: Asked {
                line: (numbers.is_list || earlier.is_some()).then_some(place),
                id_nummer: number.as_ref().ok().cloned(),
            },
            fraga: number.map(PersonsokningFraga::IdNummer).map_err(numbers::Broken::outcome),
        });
    }
    if earlier.is_some() && !arguments.run.quiet {
        output::note(&format!("{done} of {all} are left out by --resume"));
        if open > 0 {
            output::note(&format!(
                "{open} of them brought no answer and may have been billed; --repeat searches again"
            ));
        }
    }
    jobs
}

/// Writes what comes.
struct Printer {
    format: Format,
    is_list: bool,
    quiet: bool,
    has_head: bool,
    /// The exit status of the last search, which is all of it unless there is a list.
    exit: Exit,
}

impl Receive<Asked> for Printer {
    fn receive(&mut self, asked: Asked, came: &Came) -> Result<()> {
        self.exit = came.exit();
        match self.format {
            Format::Json => output::line(&came.json(&asked)?)?,
            Format::Text => self.write_text(&asked, came)?,
            Format::Table => {
                let mut rows = came.rows(&asked);
                if !self.has_head {
                    rows.insert(0, render::head());
                    self.has_head = true;
                }
                output::line(&rows.join("\n"))?;
            }
        }
        if !self.is_list {
            self.tell(came);
        }
        Ok(())
    }

    fn json(&self, asked: &Asked, came: &Came) -> Result<String> {
        came.json(asked)
    }
}

impl Printer {
    fn write_text(&self, asked: &Asked, came: &Came) -> Result<()> {
        if self.is_list {
            let number = asked.id_nummer.as_ref().map(|number| number.as_str());
            let line = asked.line.unwrap_or_default();
            output::line(&format!(
                "line {line}: {} {}",
                number.unwrap_or("no id number"),
                came.outcome()
            ))?;
        }
        output::write(&came.text())
    }

    /// What is told of a single search beside the data.
    fn tell(&self, came: &Came) {
        match came {
            Came::Svar(_) if self.quiet => {}
            Came::Svar(svar) => {
                if let Some(uuid) = &svar.meta.uuid {
                    output::note(&format!("SPAR's number of the exchange: {uuid}"));
                }
                for deviation in &svar.deviations {
                    output::note(&format!("the answer departs from the schema: {deviation}"));
                }
            }
            Came::Error(error) => failure::report_search(error),
            Came::Abandoned => failure::report(
                &Problem::new(
                    "the search was given up",
                    "it was under way, and may have been executed and billed",
                    "search again only if that may be billed again",
                )
                .into(),
            ),
            Came::NotSearched(..) => {}
        }
    }
}
