//! `spar simulate`.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result};
use spar_simulator::{Simulator, Version};

use crate::exit::Exit;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Address to listen on. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8443")]
    listen: SocketAddr,
    /// Folder for the certificates of authority, server and client. Created if missing.
    ///
    /// They are made anew at each start; keys are readable by their owner only.
    #[arg(long, value_name = "DIR", default_value = "spar-certificates")]
    certificates: PathBuf,
}

pub(crate) async fn run(arguments: Arguments) -> Result<Exit> {
    let simulator = Simulator::builder()
        .address(arguments.listen)
        .start()
        .await
        .with_context(|| format!("the simulator does not start on {}", arguments.listen))?;
    let folder = &arguments.certificates;
    simulator
        .certificates()
        .write_to(folder)
        .with_context(|| format!("the certificates cannot be written to {}", folder.display()))?;
    let (url, shown) = (simulator.url(Version::NEWEST), folder.display());
    println!("url                {url}");
    for version in Version::ALL.iter().rev().filter(|version| **version != Version::NEWEST) {
        println!("url of {:<12}{}", version.as_str(), simulator.url(*version));
    }
    println!("roots              {shown}/ca.pem");
    println!("client certificate {shown}/client.pem (with its key)");
    println!();
    println!("With curl:");
    println!("  curl --cacert {shown}/ca.pem --cert {shown}/client.pem \\");
    println!("    --header 'Content-Type: text/xml; charset=utf-8' \\");
    println!("    --header 'SOAPAction: \"{}\"' \\", action());
    println!("    --data @request.xml {url}");
    println!();
    println!("With this command:");
    println!("  echo 197503029865 | spar personsok --url {url} \\");
    println!("    --certificate {shown}/client.pem --roots {shown}/ca.pem \\");
    println!("    --kund-nr-leverans-mottagare 500243 --uppdrag-id 637 --slut-anvandar-id me");
    eprintln!("The persons are invented. End with Ctrl-C.");
    tokio::signal::ctrl_c().await.context("Ctrl-C cannot be waited for")?;
    let searches = simulator.searches();
    simulator.shutdown().await;
    eprintln!("{searches} searches were answered");
    Ok(Exit::Success)
}

fn action() -> &'static str {
    use spar_soap::operation::Operation;
    spar_soap::personsok::newest::PersonSok::SOAP_ACTION
}
