//! `spar compare`.

use std::io::{BufRead, BufReader};

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::{Map, Value};
use spar_types::comparison::{Claim, Comparison};
use spar_types::personsok::newest::{IdNummer, PersonsokningFraga};

use crate::answer::Came;
use crate::exit::Exit;
use crate::failure::Problem;
use crate::output;
use crate::searches::{Job, Receive, Run, RunOptions};

/// Shown below `--help`.
const EXAMPLES: &str = "\
Example:
  echo '{\"id_nummer\": \"197503029865\", \"namn\": \"Anna Exempelsson\", \"postort\": \"Solna\"}' | spar compare
  {\"line\":1,\"outcome\":\"hit\",\"sent\":\"yes\",\"verdicts\":{\"namn\":\"same\",\"postort\":\"different\"},…}";

#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    run: RunOptions,
}

/// A line of the input.
struct Typed {
    /// From 1.
    line: usize,
    /// The caller's own mark of the line.
    referens: Option<String>,
    /// Not there in a line that is not searched for.
    claim: Option<Claim>,
}

/// A line of the output. It holds verdicts, and nothing else of the record.
#[derive(Serialize)]
struct Line<'a> {
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    referens: Option<&'a str>,
    outcome: &'static str,
    sent: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdicts: Option<Comparison>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uuid: Option<&'a str>,
}

pub(crate) async fn run(arguments: Arguments) -> Result<Exit> {
    let jobs = read(BufReader::new(std::io::stdin().lock()), arguments.run.quiet)?;
    let count = jobs.iter().filter(|job| job.fraga.is_ok()).count();
    let Some(run) = Run::prepare(&arguments.run, count)? else { return Ok(Exit::Success) };
    let end = run.run(jobs, &mut Printer).await?;
    if !arguments.run.quiet {
        output::note(&end.summary());
    }
    Ok(end.exit())
}

struct Printer;

impl Receive<Typed> for Printer {
    fn receive(&mut self, typed: Typed, came: &Came) -> Result<()> {
        output::line(&self.json(&typed, came)?)
    }

    fn json(&self, typed: &Typed, came: &Came) -> Result<String> {
        let mut error = came.error();
        let (mut verdicts, mut uuid) = (None, None);
        if let Came::Svar(svar) = came {
            uuid = svar.meta.uuid.as_deref();
            // By id number there is one person at most.
            verdicts = match (svar.poster(), &typed.claim) {
                ([Ok(post)], Some(claim)) => Some(claim.compare(post)),
                ([], _) => None,
                _ => {
                    error = Some("the answer does not hold one person to compare with".to_owned());
                    None
                }
            };
        }
        let referens = typed.referens.as_deref();
        let (line, outcome, sent) = (typed.line, came.outcome(), came.sent());
        Ok(serde_json::to_string(&Line { line, referens, outcome, sent, verdicts, error, uuid })?)
    }
}

fn read(input: impl BufRead, quiet: bool) -> Result<Vec<Job<Typed>>> {
    let mut jobs = Vec::new();
    let mut input = input.take(MAX_BYTES + 1);
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        let read = input.read_until(b'\n', &mut bytes).context("standard input cannot be read")?;
        if read == 0 {
            break;
        }
        if input.limit() == 0 {
            return Err(Problem::new(
                "standard input cannot be compared",
                "there is more than 64 MiB of it",
                "split it",
            )
            .into());
        }
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let mut typed = Typed { line, referens: None, claim: None };
        let fraga = match typed.read(&bytes) {
            Ok(number) => Ok(PersonsokningFraga::IdNummer(number)),
            Err(why) => {
                if !quiet {
                    output::note(&format!("line {line} is not searched for: {why}"));
                }
                Err(("invalid", why))
            }
        };
        jobs.push(Job { about: typed, fraga });
    }
    if jobs.is_empty() {
        return Err(Problem::new(
            "there is nothing to compare",
            "standard input holds no line",
            "give one JSON object per line: {\"id_nummer\": \"…\", \"efternamn\": \"…\"}",
        )
        .into());
    }
    Ok(jobs)
}

impl Typed {
    /// Reads a line. What is wrong is told without a word of it.
    fn read(&mut self, bytes: &[u8]) -> Result<IdNummer, String> {
        let object: Map<String, Value> =
            serde_json::from_slice(bytes).map_err(|_| "not a JSON object".to_owned())?;
        let (mut number, mut claim) = (None, Claim::builder());
        for (field, value) in &object {
            let Value::String(text) = value else {
                return Err(match known(field) {
                    Some(field) => format!("{field} is not text"),
                    None => unknown(field),
                });
            };
            claim = match field.as_str() {
                "fornamn" => claim.fornamn(text),
                "mellannamn" => claim.mellannamn(text),
                "efternamn" => claim.efternamn(text),
                "namn" => claim.namn(text),
                "utdelningsadress" => claim.utdelningsadress(text),
                "post_nr" => claim.post_nr(text),
                "postort" => claim.postort(text),
                "care_of" => claim.care_of(text),
                "fodelsedatum" => claim.fodelsedatum(text),
                "id_nummer" => {
                    let parsed = text.parse::<IdNummer>();
                    number = Some(parsed.map_err(|_| "id_nummer is not 12 digits".to_owned())?);
                    claim
                }
                "referens" => {
                    self.referens = Some(text.clone());
                    claim
                }
                _ => return Err(unknown(field)),
            };
        }
        self.claim = Some(claim.build().map_err(|error| error.to_string())?);
        number.ok_or_else(|| "id_nummer is missing".to_owned())
    }
}

const FIELDS: [&str; 11] = [
    "id_nummer",
    "referens",
    "fornamn",
    "mellannamn",
    "efternamn",
    "namn",
    "utdelningsadress",
    "post_nr",
    "postort",
    "care_of",
    "fodelsedatum",
];

fn known(field: &str) -> Option<&'static str> {
    FIELDS.into_iter().find(|known| *known == field)
}

/// A field that is none may be a value in the wrong place, so it is not repeated.
fn unknown(field: &str) -> String {
    let near = FIELDS
        .into_iter()
        .map(|known| (strsim::jaro_winkler(&field.to_lowercase(), known), known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b));
    match near {
        Some((_, near)) => format!("it has a field that is none; {near} is one like it"),
        None => format!("it has a field that is none; these are: {}", FIELDS.join(", ")),
    }
}

/// Some hundred thousand lines.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
