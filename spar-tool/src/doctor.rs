//! `spar doctor`.

use std::fmt::Write;

use anyhow::Result;
use clap::ValueEnum;
use serde::{Serialize, Serializer};
use spar_soap::transport::{self, Finding, Health, Identity, Step, TlsBackend};

use crate::exit::Exit;
use crate::output;
use crate::settings::{ConnectionOptions, Settings};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How to print the findings.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    connection: ConnectionOptions,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line per step, what was seen, and what to do.
    Text,
    /// One JSON object on one line.
    Json,
}

/// What is looked at, as far as it is set, and what was found.
#[derive(Serialize)]
struct Report<'r> {
    environment: &'r str,
    url: String,
    kund_nr_leverans_mottagare: Option<&'r str>,
    kund_nr_slutkund: Option<&'r str>,
    uppdrag_id: Option<&'r str>,
    healthy: bool,
    steps: Vec<Line<'r>>,
}

#[derive(Serialize)]
struct Line<'r> {
    step: &'static str,
    health: &'static str,
    verdict: &'static str,
    text: &'r str,
    remedy: Option<&'r str>,
    #[serde(serialize_with = "as_object")]
    facts: Vec<(&'static str, &'r str)>,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<Exit> {
    let settings = Settings::load(&arguments.connection, None)?;
    let endpoint = settings.endpoint()?;
    let mut builder = transport::Client::builder()
        .roots(settings.roots()?)
        .tls_backend(settings.tls_backend()?)
        .timeouts(settings.timeouts()?);
    if let Some(proxy) = settings.proxy(endpoint.host())? {
        builder = builder.proxy(proxy);
    }
    let identity = identity(&settings)?;
    let unusable = identity.as_ref().and_then(|identity| identity.as_ref().err().cloned());
    if let Some(Ok(identity)) = identity {
        builder = builder.identity(identity);
    }
    let mut findings = builder.probe(&endpoint).await?;
    if let Some(unusable) = unusable {
        findings[0] = unusable;
    }
    let healthy = findings.iter().all(|it| matches!(it.health, Health::Good | Health::Notice));
    let report = Report {
        environment: match settings.text("url") {
            Some(_) => "url",
            None => settings.text("environment").unwrap_or_default(),
        },
        url: endpoint.to_string(),
        kund_nr_leverans_mottagare: settings.text("kund-nr-leverans-mottagare"),
        kund_nr_slutkund: settings.text("kund-nr-slutkund"),
        uppdrag_id: settings.text("uppdrag-id"),
        healthy,
        steps: findings.iter().map(line).collect(),
    };
    match arguments.format {
        Format::Json => output::line(&serde_json::to_string(&report)?)?,
        Format::Text => output::write(&text(&report))?,
    }
    output::note("no search was made, so nothing is billed");
    Ok(if healthy { Exit::Success } else { Exit::Unwell })
}

/// The identity, or what is wrong with it: the rest of the way can be looked at all the same.
fn identity(settings: &Settings) -> Result<Option<Result<Identity, Finding>>> {
    if settings.get("certificate").is_none() {
        return Ok(None);
    }
    match settings.identity() {
        Ok(identity) => Ok(Some(Ok(identity))),
        Err(error) => match error.downcast_ref::<transport::Error>() {
            Some(unusable) => Ok(Some(Err(Finding::of_unusable_identity(unusable)))),
            None => Err(error),
        },
    }
}

fn line(finding: &Finding) -> Line<'_> {
    Line {
        step: finding.step.as_str(),
        health: finding.health.as_str(),
        verdict: finding.verdict,
        text: &finding.text,
        remedy: remedy(finding),
        facts: finding.facts.iter().map(|(name, fact)| (*name, fact.as_str())).collect(),
    }
}

fn as_object<S: Serializer>(
    facts: &[(&'static str, &str)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(facts.iter().copied())
}

/// What to do, in terms of this command.
fn remedy(finding: &Finding) -> Option<&'static str> {
    match (finding.step, finding.verdict) {
        (Step::Certificate, "missing") => {
            Some("name the organisationscertifikat with --certificate, and its key with --key")
        }
        (Step::Backend, "openssl_needed") => {
            Some(match TlsBackend::compiled().contains(&TlsBackend::OpenSsl) {
                true => "use --tls-backend openssl, or set tls-backend = \"openssl\"",
                false => {
                    "install the command with `--features openssl`, and use --tls-backend openssl"
                }
            })
        }
        _ => finding.remedy,
    }
}

fn text(report: &Report<'_>) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(out, "{} ({})", report.url, report.environment);
    let numbers = [
        ("kund-nr-leverans-mottagare", report.kund_nr_leverans_mottagare),
        ("kund-nr-slutkund", report.kund_nr_slutkund),
        ("uppdrag-id", report.uppdrag_id),
    ];
    for (name, number) in numbers {
        if let Some(number) = number {
            let _ = writeln!(out, "{name} {number}");
        }
    }
    out.push('\n');
    for line in &report.steps {
        let mark = match line.health {
            "good" => "ok  ",
            "notice" => "NOTE",
            "bad" => "FAIL",
            _ => "-   ",
        };
        let _ = writeln!(out, "{mark}  {:<20}{}", line.step.replace('_', " "), line.text);
        for (name, fact) in &line.facts {
            // Short ones stand in the text of most steps.
            if line.text.contains(fact) {
                continue;
            }
            let _ = writeln!(out, "      {:<20}{}: {fact}", "", name.replace('_', " "));
        }
        if let (Some(remedy), "bad" | "notice") = (line.remedy, line.health) {
            let _ = writeln!(out, "      {:<20}try: {remedy}", "");
        }
    }
    out
}
