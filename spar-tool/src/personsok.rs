//! `spar personsok`.

use std::io::BufRead;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde::Serialize;
use spar_soap::transport::{self, Endpoint, Identity, Roots};
use spar_soap::{
    Client, Environment, Error, ErrorKind, Outcome, Sent, SlutAnvandare, Svar, Uppdrag, Utfall,
    Version,
};
use spar_types::personsok::newest::{
    IdNummer, KundNr, PersonsokningFraga, SlutAnvandarId, SlutAnvandarUtokadBehorighet,
    SparPersonsokningSvar, UppdragId,
};

use crate::exit::{self, Exit};
use crate::render;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which SPAR to ask.
    #[arg(long, value_enum, default_value_t = Miljo::Kundtest, env = "SPAR_ENVIRONMENT")]
    environment: Miljo,
    /// Version of the interface, such as 2023.1.
    #[arg(long, value_name = "VERSION", default_value_t = Version::NEWEST, env = "SPAR_VERSION")]
    interface_version: Version,
    /// Ask this address instead, such as the one that `spar simulate` prints.
    #[arg(long, value_name = "URL", env = "SPAR_URL")]
    url: Option<String>,
    /// PEM file with the organisationscertifikat, its chain and, unless --key names it, its key.
    #[arg(long, value_name = "FILE", env = "SPAR_CERTIFICATE")]
    certificate: PathBuf,
    /// PEM file with the key.
    #[arg(long, value_name = "FILE", env = "SPAR_KEY")]
    key: Option<PathBuf>,
    /// PEM file with the roots that the server's certificate must lead to, instead of the system's.
    #[arg(long, value_name = "FILE", env = "SPAR_ROOTS")]
    roots: Option<PathBuf>,
    /// Number of the customer that owns the certificate, 500001 to 599999.
    #[arg(long, value_name = "NUMBER", env = "SPAR_KUND_NR_LEVERANS_MOTTAGARE")]
    kund_nr_leverans_mottagare: KundNr,
    /// Number of the customer that holds the permit. The same, if not given.
    #[arg(long, value_name = "NUMBER", env = "SPAR_KUND_NR_SLUTKUND")]
    kund_nr_slutkund: Option<KundNr>,
    /// Number of the assignment for Personsök.
    #[arg(long, value_name = "NUMBER", env = "SPAR_UPPDRAG_ID")]
    uppdrag_id: UppdragId,
    /// Who searches. Must let you point out the individual user; SPAR logs it.
    #[arg(long, value_name = "NAME", env = "SPAR_SLUT_ANVANDAR_ID")]
    slut_anvandar_id: SlutAnvandarId,
    /// Ask with an extended permission: Relationer, Medborgarskap, Taxering or Sekretess. Repeatable.
    #[arg(long, value_name = "PERMISSION")]
    utokad_behorighet: Vec<SlutAnvandarUtokadBehorighet>,
    /// The id number, 12 digits, or - to read it from standard input.
    ///
    /// A number given here can be seen in process lists and in the shell's history.
    #[arg(long, value_name = "NUMBER|-", default_value = "-")]
    id_nummer: String,
    /// How to print the answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Miljo {
    /// Real persons, billed searches.
    Production,
    /// SPAR's test environment.
    Kundtest,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// The current state, for a person.
    Text,
    /// Everything, one JSON object on one line.
    Json,
}

pub(crate) async fn run(arguments: Arguments) -> Result<Exit> {
    let client = client(&arguments)?;
    let user = SlutAnvandare::new(arguments.slut_anvandar_id.clone())
        .with_utokad_behorighet(arguments.utokad_behorighet.iter().cloned());
    let id_nummer = id_nummer(&arguments.id_nummer)?;
    match client.personsok(&user, PersonsokningFraga::IdNummer(id_nummer)).await {
        Ok(svar) => {
            match arguments.format {
                Format::Text => print_text(&svar),
                Format::Json => println!("{}", json(&svar)?),
            }
            Ok(exit_of(&svar))
        }
        Err(error) => Ok(report(error)),
    }
}

fn client(arguments: &Arguments) -> Result<Client> {
    let identity = match &arguments.key {
        Some(key) => Identity::from_pem_parts(&read(&arguments.certificate)?, &read(key)?, None),
        None => Identity::from_pem(&read(&arguments.certificate)?),
    };
    let identity =
        identity.with_context(|| format!("{} cannot be used", arguments.certificate.display()))?;
    let roots = match &arguments.roots {
        Some(roots) => Roots::from_pem(&read(roots)?)
            .with_context(|| format!("{} cannot be used", roots.display()))?,
        None => Roots::platform(),
    };
    let version = arguments.interface_version;
    let endpoint = match (&arguments.url, arguments.environment) {
        (Some(url), _) => Endpoint::parse(url),
        (None, Miljo::Production) => Environment::Production.endpoint(version),
        (None, Miljo::Kundtest) => Environment::Kundtest.endpoint(version),
    }?;
    let http = transport::Client::builder().identity(identity).roots(roots).build()?;
    let mottagare = arguments.kund_nr_leverans_mottagare.clone();
    let slutkund = arguments.kund_nr_slutkund.clone().unwrap_or_else(|| mottagare.clone());
    Ok(Client::new(
        http,
        endpoint,
        version,
        Uppdrag::new(mottagare, slutkund, arguments.uppdrag_id.clone()),
    ))
}

fn read(path: &PathBuf) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// The number, which no message repeats.
fn id_nummer(argument: &str) -> Result<IdNummer> {
    let mut line = String::new();
    let text = if argument == "-" {
        std::io::stdin().lock().read_line(&mut line).context("standard input cannot be read")?;
        line.trim()
    } else {
        exit::hint("process lists and shell history show the number; give it on standard input");
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

fn report(error: Error) -> Exit {
    let hint = error.hint();
    let exit = match (error.kind(), error.sent()) {
        (ErrorKind::Fault, _) => Exit::Fault,
        (_, Sent::No) => Exit::NotSent,
        _ => Exit::MaybeSent,
    };
    let fault = error.fault().map(|fault| fault.text().to_owned());
    exit::report(&anyhow::Error::new(error));
    if let Some(text) = fault.filter(|text| !text.is_empty()) {
        eprintln!("  SPAR says: {text}");
    }
    eprintln!(
        "{}",
        match exit {
            Exit::NotSent => "The search was not sent, so it is not billed.",
            Exit::MaybeSent => "The search may have been executed and billed. It is not repeated.",
            _ => "The search was refused.",
        }
    );
    if let Some(text) = hint {
        exit::hint(text);
    }
    exit
}
