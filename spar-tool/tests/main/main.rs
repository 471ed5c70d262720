//! The command as its users run it.

// Helpers of tests may fail, and say what they skip.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

mod audit;
mod compare;
mod config;
mod embedded;
mod lists;
mod outcomes;
mod pages;
mod privacy;
mod simulate;

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

#[test]
fn files_are_judged_strictly_and_every_finding_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let check = |text: &str, status: i32, expected: &[&str]| {
        let file = folder.path().join("file.xml");
        std::fs::write(&file, text).unwrap();
        let output = spar().arg("validate").arg(&file).output().unwrap();
        let told = self::text(&output.stdout).replace(&*file.to_string_lossy(), "file");
        assert_eq!(told.lines().collect::<Vec<_>>(), expected);
        assert_eq!(output.status.code(), Some(status), "{told}");
    };
    let svar = |version: &str, content: &str| {
        let base = "http://statenspersonadressregister.se/schema";
        format!(
            "<s:SPARPersonsokningSvar xmlns:s=\"{base}/personsok/{version}/personsokningsvar\" \
             xmlns:u=\"{base}/komponent/sok/undantag-1.0\">{content}</s:SPARPersonsokningSvar>"
        )
    };
    let too_many = |antal: &str| {
        format!(
            "<u:OverstigerMaxAntalSvarsposter><u:AntalPoster>{antal}</u:AntalPoster>\
             <u:MaxAntalSvarsposter>{antal}</u:MaxAntalSvarsposter></u:OverstigerMaxAntalSvarsposter>"
        )
    };
    check(&svar("2021.1", ""), 0, &["file: valid, SPARPersonsokningSvar 2021.1"]);
    check(&svar("2023.1", &too_many("101")), 0, &["file: valid, SPARPersonsokningSvar 2023.1"]);
    let soap = "http://schemas.xmlsoap.org/soap/envelope/";
    let envelope =
        |body: &str| format!("<S:Envelope xmlns:S=\"{soap}\"><S:Body>{body}</S:Body></S:Envelope>");
    check(&envelope(&svar("2021.1", "")), 0, &["file: valid, SPARPersonsokningSvar 2021.1"]);
    check(&envelope(""), 1, &["file: byte 0: the body of the envelope is empty in Envelope"]);
    // PII-02: no value is repeated.
    let wrong = svar("2023.1", &too_many("Hemligsson"));
    let finding = |element: &str| {
        let offset = wrong.find(&format!("<u:{element}>")).unwrap();
        format!(
            "file: byte {offset}: value does not have the form of xs:int \
             in SPARPersonsokningSvar/OverstigerMaxAntalSvarsposter/{element}"
        )
    };
    check(&wrong, 1, &[&finding("AntalPoster"), &finding("MaxAntalSvarsposter")]);
    check(
        &svar("2019.1", ""),
        1,
        &["file: byte 0: not a request or an answer of a known version in SPARPersonsokningSvar"],
    );
    check("<a>", 1, &["file: byte 3: document ends too early in *"]);
    let missing = spar().args(["validate", "no such file"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(2));
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
