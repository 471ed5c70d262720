//! A client that outlives its certificate: SPAR's certificates expire every other year, and a service that
//! searches around the clock takes the new one without a restart.
//!
//! Run it with `cargo run --example identity_rotation`: it starts a simulator and needs no certificate.

// An example talks to a terminal.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::Path;
use std::time::SystemTime;

use spar_sdk::soap::transport::{self, Endpoint, Identity, Passphrase, Roots};
use spar_sdk::soap::{Client, SlutAnvandare, Uppdrag, Version};
use spar_sdk::types::personsok::newest::{KundNr, PersonsokningFraga, UppdragId};
use spar_simulator::Simulator;

/// Puts the certificate that now lies on disk in place of the one in use. Call it when a file watcher or an
/// operator says so, or once a day.
///
/// If the new one cannot be used (wrong passphrase, key of another, expired), the old one stays, and the
/// error says what is wrong.
fn renew(
    http: &transport::Client,
    file: &Path,
    passphrase: Option<&Passphrase>,
) -> Result<(), transport::Error> {
    let identity = Identity::from_file(file, passphrase)?;
    let certificate = identity.certificate();
    println!("certificate {} until {}", certificate.serial(), certificate.not_after_utc());
    http.replace_identity(identity)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let simulator = Simulator::builder().start().await?;
    let certificates = simulator.certificates();
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("client.pem");
    certificates.write_to(folder.path())?;

    let http = transport::Client::builder()
        .identity(Identity::from_file(&file, None)?)
        .roots(Roots::from_pem(certificates.ca_pem().as_bytes())?)
        .build()?;
    let kund_nr = KundNr::new(500243)?;
    let uppdrag = Uppdrag::new(kund_nr.clone(), kund_nr, UppdragId::new(637)?);
    let version = Version::NEWEST;
    let endpoint = Endpoint::parse(&simulator.url(version))?;
    // Clones share the identity: whoever keeps one of `http` can replace it for all.
    let client = Client::new(http.clone(), endpoint, version, uppdrag);

    let user = SlutAnvandare::new("anna.handlaggare".parse()?);
    let fraga = PersonsokningFraga::IdNummer("197503029865".parse()?);
    client.personsok(&user, fraga.clone()).await?;

    // A search that is under way keeps the connection, and the certificate, that it began with.
    let running = tokio::spawn({
        let (client, user, fraga) = (client.clone(), user.clone(), fraga.clone());
        async move { client.personsok(&user, fraga).await }
    });
    // The new certificate arrives; SPAR has been told about it, as the simulator has.
    certificates.renew_client(SystemTime::now())?.write_to(folder.path())?;
    renew(&http, &file, None)?;
    running.await??;

    // What is no identity changes nothing.
    std::fs::write(&file, "half a file")?;
    if let Err(error) = renew(&http, &file, None) {
        println!("kept the old one: {}", error.hint().unwrap_or("no hint"));
    }

    let svar = client.personsok(&user, fraga).await?;
    println!("{}, over a new connection: {}", svar.meta.outcome, svar.meta.exchange.new_connection);
    simulator.shutdown().await;
    Ok(())
}
