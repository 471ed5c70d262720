//! A caller that is not async: one runtime on the current thread, kept as long as the client.
//!
//! Run it with `cargo run --example blocking`: it starts a simulator and needs no certificate.

// An example talks to a terminal.
#![allow(clippy::print_stderr, clippy::print_stdout)]

use std::error::Error;

use spar_sdk::soap::transport::{self, Endpoint, Identity, Roots};
use spar_sdk::soap::{Client, SlutAnvandare, Svar, Uppdrag, Version};
use spar_sdk::types::personsok::newest::{KundNr, PersonsokningFraga, UppdragId};
use spar_simulator::Simulator;
use tokio::runtime::{Builder, Runtime};

/// A client for callers without a runtime of their own. Its connections live as long as the runtime, so
/// both are kept together.
struct BlockingClient {
    runtime: Runtime,
    client: Client,
}

impl BlockingClient {
    fn new(client: Client) -> std::io::Result<Self> {
        Ok(Self { runtime: Builder::new_current_thread().enable_all().build()?, client })
    }

    /// Makes one search. Must not be called from within a runtime: that would block it.
    fn personsok(
        &self,
        user: &SlutAnvandare,
        fraga: PersonsokningFraga,
    ) -> Result<Svar, spar_sdk::soap::Error> {
        self.runtime.block_on(self.client.personsok(user, fraga))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    // SPAR's part: a simulator, on a thread of its own.
    let spar = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let simulator = spar.block_on(Simulator::builder().start())?;

    let certificates = simulator.certificates();
    let http = transport::Client::builder()
        .identity(Identity::from_pem(certificates.client_pem().as_bytes())?)
        .roots(Roots::from_pem(certificates.ca_pem().as_bytes())?)
        .build()?;
    let kund_nr = KundNr::new(500243)?;
    let uppdrag = Uppdrag::new(kund_nr.clone(), kund_nr, UppdragId::new(637)?);
    let version = Version::NEWEST;
    let endpoint = Endpoint::parse(&simulator.url(version))?;
    let client = BlockingClient::new(Client::new(http, endpoint, version, uppdrag))?;

    let user = SlutAnvandare::new("anna.handlaggare".parse()?);
    for number in ["197503029865", "199001019984"] {
        let svar = client.personsok(&user, PersonsokningFraga::IdNummer(number.parse()?))?;
        println!("{}: {} ms", svar.meta.outcome, svar.meta.exchange.duration.as_millis());
    }
    println!("{} connection", simulator.connections());
    spar.block_on(simulator.shutdown());
    Ok(())
}
