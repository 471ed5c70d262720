//! A thousand searches, a few at a time, the answers in the order of the questions.
//!
//! Run it with `cargo run --example thousand`: it starts a simulator and needs no certificate. Against SPAR
//! a thousand searches are billed, so state the number before you start such a run.

// An example talks to a terminal.
#![allow(clippy::print_stderr, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::error::Error;

use spar_sdk::soap::transport::{self, Endpoint, Identity, Roots};
use spar_sdk::soap::{Client, Sent, SlutAnvandare, Uppdrag, Version};
use spar_sdk::types::personsok::newest::{IdNummer, KundNr, PersonsokningFraga, UppdragId};
use spar_simulator::Simulator;
use tokio::task::JoinSet;

const SEARCHES: usize = 1_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let simulator = Simulator::builder().start().await?;
    // At most four at a time, whatever is waiting: the client's own bound, shared by its clones.
    let client = client_of(&simulator)?.with_concurrency(4);
    let numbers: Vec<IdNummer> = simulator
        .persons()
        .iter()
        .filter_map(|person| person.person_id.id_nummer.as_str().parse().ok())
        .collect();

    let mut searches = JoinSet::new();
    for (place, number) in numbers.iter().cycle().take(SEARCHES).cloned().enumerate() {
        let client = client.clone();
        searches.spawn(async move {
            let user = SlutAnvandare::new("batch.2026-11".parse()?);
            let result = client.personsok(&user, PersonsokningFraga::IdNummer(number)).await;
            Ok::<_, spar_sdk::types::InvalidValue>((place, result))
        });
    }
    let mut answers = BTreeMap::new();
    while let Some(done) = searches.join_next().await {
        let (place, result) = done??;
        match result {
            Ok(svar) => _ = answers.insert(place, svar),
            // What never left may be asked again. What may have been executed is billed: look first.
            Err(error) if error.sent() == Sent::No => eprintln!("{place}: ask again: {error}"),
            Err(error) => eprintln!("{place}: do not repeat it unseen: {error}"),
        }
    }
    let hits = answers.values().filter(|svar| !svar.poster().is_empty()).count();
    println!(
        "{} answers, {hits} hits, {} searches billed, {} connections",
        answers.len(),
        simulator.searches(),
        simulator.connections(),
    );
    simulator.shutdown().await;
    Ok(())
}

fn client_of(simulator: &Simulator) -> Result<Client, Box<dyn Error>> {
    let certificates = simulator.certificates();
    let http = transport::Client::builder()
        .identity(Identity::from_pem(certificates.client_pem().as_bytes())?)
        .roots(Roots::from_pem(certificates.ca_pem().as_bytes())?)
        .build()?;
    let kund_nr = KundNr::new(500243)?;
    let uppdrag = Uppdrag::new(kund_nr.clone(), kund_nr, UppdragId::new(637)?);
    let version = Version::NEWEST;
    Ok(Client::new(http, Endpoint::parse(&simulator.url(version))?, version, uppdrag))
}
