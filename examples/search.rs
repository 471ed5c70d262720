//! One search by name against the embedded SPAR: what a program that uses the library looks like.
//!
//! `cargo run --example search`

// An example talks to a terminal.
#![allow(clippy::print_stdout)]

use spar_sdk::soap::transport::{self, Endpoint, Identity, Roots};
use spar_sdk::soap::{Client, SlutAnvandare, Uppdrag, Utfall, Version};
use spar_sdk::types::personsok::newest::{KundNr, Namn, Sokvillkor, UppdragId};
use spar_simulator::Simulator;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // SPAR's place is taken by the simulator, which makes the certificates too.
    let simulator = Simulator::builder().start().await?;
    let certificates = simulator.certificates();
    let http = transport::Client::builder()
        .identity(Identity::from_pem(certificates.client_pem().as_bytes())?)
        .roots(Roots::from_pem(certificates.ca_pem().as_bytes())?)
        .build()?;

    let kund_nr = KundNr::new(500243)?;
    let uppdrag = Uppdrag::new(kund_nr.clone(), kund_nr, UppdragId::new(637)?);
    let version = Version::NEWEST;
    let endpoint = Endpoint::parse(&simulator.url(version))?;
    let client = Client::new(http, endpoint, version, uppdrag);

    let fraga = Sokvillkor::builder()
        .fonetisk_sokning(true)
        .namn_sok_argument("kristina eriksson")
        .build()?;
    let user = SlutAnvandare::new("anna.handlaggare".parse()?);
    let svar = client.personsok(&user, fraga).await?;
    match svar.utfall() {
        Utfall::Svarsposter(poster) => {
            for post in poster {
                // What no record can hold is an error in its place, and loses no other post.
                let post = post.as_ref().map_err(Clone::clone)?;
                // The explicit act: an invented person is shown.
                println!("{}", post.current_namn().map(Namn::display_name).collect::<String>());
            }
        }
        Utfall::OverstigerMaxAntalSvarsposter(found) => {
            println!("too many: {}", found.antal_poster.as_str());
        }
        Utfall::Undantag(undantag) => {
            for undantag in undantag.iter().flatten() {
                println!("SPAR made an exception: {}", undantag.kod.as_str());
            }
        }
        _ => println!("an outcome of a later version"),
    }
    simulator.shutdown().await;
    Ok(())
}
