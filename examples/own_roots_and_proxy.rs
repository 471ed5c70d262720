//! A client behind a company's proxy, with roots of its own instead of the system's.
//!
//! Run it with `cargo run --example own_roots_and_proxy`: it starts a simulator and a proxy, and needs no
//! certificate.

// An example talks to a terminal.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use spar_sdk::soap::transport::{
    self, Endpoint, Identity, Pace, Proxy, Retries, Roots, Timeouts, TlsBackend,
};
use spar_sdk::soap::{Client, SlutAnvandare, Uppdrag, Version};
use spar_sdk::types::personsok::newest::{KundNr, PersonsokningFraga, UppdragId};
use spar_simulator::Simulator;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let simulator = Simulator::builder().start().await?;
    let certificates = simulator.certificates();

    // Given roots replace the system's, whatever `SSL_CERT_FILE` says.
    let roots = Roots::from_pem(certificates.ca_pem().as_bytes())?;
    // Nothing is taken from the environment unless asked, as here: a variable comes first.
    let proxy = match Proxy::from_environment(|name| std::env::var(name).ok())? {
        Some(proxy) => proxy,
        None => Proxy::parse(&format!("http://user:secret@{}", company_proxy().await?))?,
    };
    println!("through {proxy:?}");
    let builder = || {
        Ok::<_, transport::Error>(
            transport::Client::builder()
                .identity(Identity::from_pem(certificates.client_pem().as_bytes())?)
                .roots(roots.clone())
                .proxy(proxy.clone())
                // With the feature `openssl` there is one more, for servers that renegotiate.
                .tls_backend(TlsBackend::compiled()[0])
                .timeouts(Timeouts::default().with_total(Duration::from_secs(30)))
                .retries(Retries::default().with_connect(1))
                .pace(Pace::default().with_max_per_second(50)),
        )
    };

    let version = Version::NEWEST;
    let endpoint = Endpoint::parse(&simulator.url(version))?;
    // Before the first search: is the way open? This is what `spar doctor` shows, and no search.
    for finding in builder()?.probe(&endpoint).await? {
        println!("  {:<19}{}", finding.step.as_str(), finding.text);
    }

    let kund_nr = KundNr::new(500243)?;
    let uppdrag = Uppdrag::new(kund_nr.clone(), kund_nr, UppdragId::new(637)?);
    let client = Client::new(builder()?.build()?, endpoint, version, uppdrag);
    let user = SlutAnvandare::new("anna.handlaggare".parse()?);
    let fraga = PersonsokningFraga::IdNummer("197503029865".parse()?);
    println!("{}", client.personsok(&user, fraga).await?.meta.outcome);
    println!("{} search billed", simulator.searches());
    simulator.shutdown().await;
    Ok(())
}

/// A proxy as companies have it, in a few lines: it connects to where it is told, and sees bytes of TLS only.
async fn company_proxy() -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(pass_on(client));
        }
    });
    Ok(address)
}

async fn pass_on(mut client: TcpStream) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let Some(server) = head.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()) else {
        return client.write_all(b"HTTP/1.1 405 Method Not Allowed\r\n\r\n").await;
    };
    let mut server = TcpStream::connect(server).await?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}
