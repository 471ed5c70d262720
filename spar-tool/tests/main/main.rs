//! The command as its users run it.

// Helpers of tests may fail, and say what they skip.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

mod audit;
mod compare;
mod config;
mod doctor;
mod embedded;
mod guides;
mod lists;
mod outcomes;
mod pages;
mod privacy;
mod simulate;
mod validate;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use spar_types::personsok::v2021_1::SparPersonsokningSvar;
use spar_types::xml::{Document, Limits, Mode, read_element};

fn spar() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spar"));
    command.env_clear();
    command
}

/// `spar simulate` on a free port, ended when dropped.
struct Simulation {
    child: Child,
    url: String,
    folder: tempfile::TempDir,
}

impl Simulation {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = spar()
            .args(["simulate", "--listen", "127.0.0.1:0", "--certificates"])
            .arg(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let url = first.strip_prefix("url").unwrap().trim().to_owned();
        // The simulator prints all that follows before it waits.
        lines.find(|line| line.as_ref().unwrap().contains("--slut-anvandar-id"));
        Self { child, url, folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Simulation {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Whether a program is there. Where everything must be, its absence is a failure.
fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    assert!(found || std::env::var_os("CI").is_none(), "{program} is missing");
    if !found {
        println!("SKIPPED: {program} is missing");
    }
    found
}

#[test]
fn curl_gets_an_answer_that_xmllint_finds_valid() {
    if !has("curl") || !has("xmllint") {
        return;
    }
    let simulation = Simulation::start();
    // Written by hand in version 2021.1, with prefixes of its own.
    let request = r#"<?xml version="1.0"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Body>
    <f:SPARPersonsokningFraga
        xmlns:f="http://statenspersonadressregister.se/schema/personsok/2021.1/personsokningfraga">
      <i:Identifieringsinformation
          xmlns:i="http://statenspersonadressregister.se/schema/komponent/metadata/identifieringsinformationWs-1.1">
        <i:KundNrLeveransMottagare>500243</i:KundNrLeveransMottagare>
        <i:KundNrSlutkund>500243</i:KundNrSlutkund>
        <i:UppdragId>637</i:UppdragId>
        <i:SlutAnvandarId>curl</i:SlutAnvandarId>
        <i:SlutAnvandarUtokadBehorighet>Relationer</i:SlutAnvandarUtokadBehorighet>
      </i:Identifieringsinformation>
      <PersonsokningFraga
          xmlns="http://statenspersonadressregister.se/schema/komponent/sok/personsokningsokparametrar-1.1"
          xmlns:a="http://statenspersonadressregister.se/schema/komponent/sok/sokargument-1.2">
        <a:FonetiskSokning>JA</a:FonetiskSokning>
        <a:NamnSokArgument>kristina eriksson</a:NamnSokArgument>
      </PersonsokningFraga>
    </f:SPARPersonsokningFraga>
  </soap:Body>
</soap:Envelope>"#;
    let request_file = simulation.file("request.xml");
    std::fs::write(&request_file, request).unwrap();
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--fail-with-body", "--cacert"])
        .arg(simulation.file("ca.pem"))
        .arg("--cert")
        .arg(simulation.file("client.pem"))
        .args(["--header", "Content-Type: text/xml; charset=utf-8"])
        .args(["--header", "SOAPAction: \"http://skatteverket.se/spar/personsok/2021.1/PersonsokService/Personsok\""])
        .arg("--data")
        .arg(format!("@{}", request_file.display()))
        .arg(simulation.url.replace("2023.1", "2021.1"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));

    let document = Document::parse(&output.stdout, &Limits::default()).unwrap();
    let body = document.root().children().next().unwrap();
    let payload = body.children().next().unwrap();
    let limits = Limits::default();
    let read = read_element::<SparPersonsokningSvar>(payload, Mode::Strict, &limits).unwrap();
    assert!(!read.value.personsokning_svarspost.is_empty());

    let payload_file = simulation.file("payload.xml");
    std::fs::write(&payload_file, payload.source()).unwrap();
    let schema = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../schemas/granssnitt/personsok/2021.1/PersonsokningSvar.xsd");
    let output = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(schema)
        .arg(&payload_file)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
}
