//! The client against canned answers, in memory, and against the simulator, over mutual TLS.

// Helpers of tests may fail.
#![allow(clippy::unwrap_used)]

mod audited;
mod canned;
mod outcomes;
mod resend;
mod simulated;
mod traces;

use spar_soap::transport::{Client as Http, Connector, Endpoint, Identity, Roots};
use spar_soap::{Client, SlutAnvandare, Uppdrag, Version};
use spar_types::personsok::newest::{KundNr, PersonsokningFraga, UppdragId};

fn uppdrag() -> Uppdrag {
    let kund_nr = KundNr::new(500243).unwrap();
    Uppdrag::new(kund_nr.clone(), kund_nr, UppdragId::new(637).unwrap())
}

fn user() -> SlutAnvandare {
    SlutAnvandare::new("handlaggare".parse().unwrap())
}

fn fraga() -> PersonsokningFraga {
    PersonsokningFraga::IdNummer("198111309285".parse().unwrap())
}

/// A client over a connector of the test's.
fn client_over(connector: impl Connector, version: Version) -> Client {
    let http = Http::builder().connector(connector).build().unwrap();
    let endpoint = Endpoint::parse(&format!("https://spar.example/{version}/")).unwrap();
    Client::new(http, endpoint, version, uppdrag())
}

/// A client of the simulator.
fn client_of(simulator: &spar_simulator::Simulator, version: Version) -> Client {
    let certificates = simulator.certificates();
    let http = Http::builder()
        .identity(Identity::from_pem(certificates.client_pem().as_bytes()).unwrap())
        .roots(Roots::from_pem(certificates.ca_pem().as_bytes()).unwrap())
        .build()
        .unwrap();
    let endpoint = Endpoint::parse(&simulator.url(version)).unwrap();
    Client::new(http, endpoint, version, uppdrag())
}
