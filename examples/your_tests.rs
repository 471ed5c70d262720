//! Your own code and its tests against the embedded SPAR: real requests over mutual TLS, no certificate.
//!
//! Run it with `cargo run --example your_tests`, and its tests with `cargo test --example your_tests`.

// An example talks to a terminal.
#![allow(clippy::print_stdout)]

use std::error::Error;

use spar_sdk::soap::transport::{self, Endpoint, Identity, Roots};
use spar_sdk::soap::{Client, SlutAnvandare, Uppdrag, Utfall, Version};
use spar_sdk::types::personsok::newest::{IdNummer, KundNr, PersonsokningFraga, UppdragId};
use spar_simulator::Simulator;

/// What your code makes of a person: whether a letter can be sent, and to which lines.
#[derive(Debug, PartialEq, Eq)]
enum Letter {
    To(Vec<String>),
    /// The address is protected, and nobody may guess it.
    Protected,
    NoAddress,
    Unknown,
}

/// Your code: the part that is to be tested.
async fn letter(client: &Client, id_nummer: IdNummer) -> Result<Letter, Box<dyn Error>> {
    let user = SlutAnvandare::new("letters".parse()?);
    let svar = client.personsok(&user, PersonsokningFraga::IdNummer(id_nummer)).await?;
    let Utfall::Svarsposter([post, ..]) = svar.utfall() else { return Ok(Letter::Unknown) };
    let post = post.as_ref().map_err(Clone::clone)?;
    if post.is_skyddad() {
        return Ok(Letter::Protected);
    }
    let address = post.current_folkbokforingsadress().next();
    Ok(address.map_or(Letter::NoAddress, |address| Letter::To(address.svensk_adress.lines())))
}

/// A client as your code makes it, but for endpoint, certificate and roots.
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

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let simulator = Simulator::builder().start().await?;
    let letter = letter(&client_of(&simulator)?, "197503029865".parse()?).await?;
    // The explicit act: an invented person is shown.
    println!("{letter:?}");
    simulator.shutdown().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use spar_simulator::{Answer, Persons};

    use super::*;

    /// A register of this test's own: the form is that of SPAR's records.
    const PERSONS: &str = r#"<AviseringPoster
        xmlns="http://statenspersonadressregister.se/schema/simulator">
      <AviseringPost>
        <PersonId><IdNummer>198001019803</IdNummer><Typ>PERSONNUMMER</Typ></PersonId>
        <Sekretessmarkering>NEJ</Sekretessmarkering><SkyddadFolkbokforing>NEJ</SkyddadFolkbokforing>
        <Folkbokforingsadress><SvenskAdress><Utdelningsadress2>GATAN 1</Utdelningsadress2>
          <PostNr>11234</PostNr><Postort>STOCKHOLM</Postort></SvenskAdress></Folkbokforingsadress>
      </AviseringPost>
      <AviseringPost>
        <PersonId><IdNummer>198001029810</IdNummer><Typ>PERSONNUMMER</Typ></PersonId>
        <Sekretessmarkering>JA</Sekretessmarkering><SkyddadFolkbokforing>NEJ</SkyddadFolkbokforing>
      </AviseringPost>
    </AviseringPoster>"#;

    #[tokio::test]
    async fn a_letter_goes_where_it_may() -> Result<(), Box<dyn Error>> {
        let persons = Persons::from_xml(PERSONS.as_bytes())?;
        let simulator = Simulator::builder().persons(persons).start().await?;
        let client = client_of(&simulator)?;
        let street = Letter::To(vec!["GATAN 1".to_owned(), "11234 STOCKHOLM".to_owned()]);
        assert_eq!(letter(&client, "198001019803".parse()?).await?, street);
        assert_eq!(letter(&client, "198001029810".parse()?).await?, Letter::Protected);
        assert_eq!(letter(&client, "199001019984".parse()?).await?, Letter::Unknown);
        simulator.shutdown().await;
        Ok(())
    }

    #[tokio::test]
    async fn a_closed_service_is_an_error() -> Result<(), Box<dyn Error>> {
        let simulator = Simulator::builder().start().await?;
        simulator.script(Answer::Status(503));
        assert!(letter(&client_of(&simulator)?, "198001019803".parse()?).await.is_err());
        simulator.shutdown().await;
        Ok(())
    }
}
