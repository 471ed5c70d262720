//! `spar demo`.

use anyhow::{Context, Result};
use spar_simulator::{Answer, Simulator, Version};
use spar_soap::transport::{self, Endpoint, Identity, Roots};
use spar_soap::{Client, Error, ErrorKind, Sent, SlutAnvandare, Svar, Uppdrag, Utfall};
use spar_types::personsok::newest::{KundNr, PersonsokningFraga, Sokvillkor, UppdragId};
use spar_types::search::{InvalidSearch, SearchRule, SokvillkorBuilder};

use crate::exit::Exit;
use crate::output::say;
use crate::render;

/// The version of the interface that is shown.
const VERSION: Version = Version::NEWEST;

/// A search of the demonstration.
struct Step {
    title: &'static str,
    /// What a real SPAR would do, in plain words.
    lesson: &'static str,
    question: Question,
    expected: Outcome,
    /// Whether a real SPAR would bill it.
    is_billed: bool,
}

enum Question {
    IdNummer(&'static str),
    Sokvillkor(Box<SokvillkorBuilder>),
    /// By id number, with a fault scripted in the simulator.
    Fault(&'static str),
}

#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Hits { at_least: usize, at_most: usize },
    TooMany,
    Undantag,
    Refused,
    Fault,
}

pub(crate) async fn run() -> Result<Exit> {
    say!("An embedded SPAR starts on this machine, with certificates made on the spot.")?;
    let simulator =
        Simulator::builder().start().await.context("the embedded SPAR does not start")?;
    let url = simulator.url(VERSION);
    say!("It listens at {url} and asks for a client certificate (mutual TLS).")?;
    say!("All its persons are invented.\n")?;
    let client = client(&simulator)?;
    let user = SlutAnvandare::new("demo".parse()?);

    let mut failures = 0;
    let mut billed = 0;
    for (index, step) in steps().into_iter().enumerate() {
        say!("{}. {}", index + 1, step.title)?;
        let expected = step.expected;
        let found = match step.question.prepare(&simulator) {
            Err(refused) => Found::Refused(refused),
            Ok(fraga) => match client.personsok(&user, fraga).await {
                Ok(svar) => Found::Svar(Box::new(svar)),
                Err(error) => Found::Error(error),
            },
        };
        found.show()?;
        say!("   {}\n", step.lesson)?;
        billed += u64::from(step.is_billed);
        if !found.is(&expected) {
            failures += 1;
            say!("   NOT AS EXPECTED: {expected:?}\n")?;
        }
    }
    let counted = simulator.searches();
    say!("A real SPAR would have billed {billed} searches; the embedded one counted {counted}.")?;
    if counted != billed {
        failures += 1;
        say!("NOT AS EXPECTED: the two numbers should be the same.")?;
    }
    simulator.shutdown().await;
    say!("\nNext: `spar simulate` keeps an embedded SPAR running for programs in any language;")?;
    say!("`spar personsok --help` searches it, or SPAR itself.")?;
    Ok(if failures == 0 { Exit::Success } else { Exit::Failure })
}

fn client(simulator: &Simulator) -> Result<Client> {
    let certificates = simulator.certificates();
    let http = transport::Client::builder()
        .identity(Identity::from_pem(certificates.client_pem().as_bytes())?)
        .roots(Roots::from_pem(certificates.ca_pem().as_bytes())?)
        .build()?;
    let kund_nr = KundNr::new(500243)?;
    let uppdrag = Uppdrag::new(kund_nr.clone(), kund_nr, UppdragId::new(637)?);
    Ok(Client::new(http, Endpoint::parse(&simulator.url(VERSION))?, VERSION, uppdrag))
}

fn steps() -> Vec<Step> {
    vec![
        Step {
            title: "One person, by id number",
            lesson: "A hit. The record tells more than is shown here; `--format json` shows all.",
            question: Question::IdNummer("197503029865"),
            expected: Outcome::Hits { at_least: 1, at_most: 1 },
            is_billed: true,
        },
        Step {
            title: "A protected person, by id number",
            lesson: "SPAR removes name and address. Nothing stands in for them here.",
            question: Question::IdNummer("198104099968"),
            expected: Outcome::Hits { at_least: 1, at_most: 1 },
            is_billed: true,
        },
        Step {
            title: "Names that sound like Mikael Karlsson",
            lesson: "Several hits: names are compared by sound. The search is billed once.",
            question: Question::by_name("Mikael Karlsson", |search| search.fonetisk_sokning(true)),
            expected: Outcome::Hits { at_least: 2, at_most: 10 },
            is_billed: true,
        },
        Step {
            title: "An id number that nobody has",
            lesson: "No hit is an answer, not an error. It is billed like a hit.",
            question: Question::IdNummer("199001019984"),
            expected: Outcome::Hits { at_least: 0, at_most: 0 },
            is_billed: true,
        },
        Step {
            title: "A surname that too many have",
            lesson: "Above its limit SPAR hands out nobody, and bills the search.",
            question: Question::by_name("Testsson", |search| search),
            expected: Outcome::TooMany,
            is_billed: true,
        },
        Step {
            title: "The name a*",
            lesson: "Refused on our side. Nothing was sent, so nothing is billed.",
            question: Question::by_name("a*", |search| search),
            expected: Outcome::Refused,
            is_billed: false,
        },
        Step {
            title: "The name a*, with that rule waived",
            lesson: "SPAR makes an exception (Undantag). It arrives in an ordinary answer.",
            question: Question::by_name("a*", |search| search.waive(SearchRule::ShortWildcard)),
            expected: Outcome::Undantag,
            is_billed: true,
        },
        Step {
            title: "A request that SPAR refuses",
            lesson: "A SOAP fault is an error. The simulator was told to answer with one.",
            question: Question::Fault("197503029865"),
            expected: Outcome::Fault,
            is_billed: false,
        },
    ]
}

impl Question {
    fn by_name(namn: &str, with: fn(SokvillkorBuilder) -> SokvillkorBuilder) -> Self {
        Self::Sokvillkor(Box::new(with(Sokvillkor::builder().namn_sok_argument(namn))))
    }

    fn prepare(self, simulator: &Simulator) -> Result<PersonsokningFraga, InvalidSearch> {
        // The numbers are constants of the right form; one that were not would be an empty search.
        let by_number = |number: &str| {
            number
                .parse()
                .map(PersonsokningFraga::IdNummer)
                .or_else(|_| Sokvillkor::builder().build())
        };
        match self {
            Self::IdNummer(number) => by_number(number),
            Self::Sokvillkor(builder) => builder.build(),
            Self::Fault(number) => {
                simulator.script(Answer::fault());
                by_number(number)
            }
        }
    }
}

enum Found {
    Svar(Box<Svar>),
    Refused(InvalidSearch),
    Error(Error),
}

impl Found {
    fn is(&self, expected: &Outcome) -> bool {
        match (self, expected) {
            (Self::Refused(_), Outcome::Refused) => true,
            (Self::Error(error), Outcome::Fault) => error.kind() == ErrorKind::Fault,
            (Self::Svar(svar), expected) => match (svar.utfall(), expected) {
                (Utfall::Svarsposter(poster), Outcome::Hits { at_least, at_most }) => {
                    (*at_least..=*at_most).contains(&poster.len())
                }
                (Utfall::OverstigerMaxAntalSvarsposter(_), Outcome::TooMany)
                | (Utfall::Undantag(_), Outcome::Undantag) => true,
                _ => false,
            },
            _ => false,
        }
    }

    fn show(&self) -> Result<()> {
        match self {
            Self::Refused(refused) => say!("   refused: {refused}"),
            Self::Error(error) => {
                let sent = match error.sent() {
                    Sent::No => "not sent",
                    Sent::Yes => "sent and answered",
                    _ => "sent or not, nobody knows",
                };
                say!("   error: {error} ({sent})")
            }
            Self::Svar(svar) => show(svar),
        }
    }
}

fn show(svar: &Svar) -> Result<()> {
    match svar.utfall() {
        Utfall::Svarsposter(poster) => {
            say!("   {} {}", poster.len(), if poster.len() == 1 { "person" } else { "persons" })?;
            for (index, post) in poster.iter().flatten().enumerate() {
                if index > 0 {
                    say!("")?;
                }
                for line in render::text(post).lines() {
                    say!("   {line}")?;
                }
            }
        }
        Utfall::OverstigerMaxAntalSvarsposter(found) => say!(
            "   {} persons match, {} are handed out at most",
            found.antal_poster.as_str(),
            found.max_antal_svarsposter.as_str()
        )?,
        Utfall::Undantag(undantag) => {
            for undantag in undantag.iter().flatten() {
                say!("   Undantag, code {}", undantag.kod.as_str())?;
            }
        }
        _ => say!("   an outcome that this version does not know")?,
    }
    let exchange = &svar.meta.exchange;
    say!(
        "   (HTTP {}, {} bytes, {} ms, {} connection)",
        svar.meta.status.unwrap_or_default(),
        exchange.bytes_received,
        exchange.duration.as_millis(),
        if exchange.new_connection { "new" } else { "same" }
    )
}
