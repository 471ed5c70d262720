//! Clients that are not ours, made of our WSDL, search `spar simulate` over mutual TLS and read the answers
//! fully: those of `examples/clients`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use spar_types::xml::{Document, Element, Limits};

use crate::simulate::Simulation;
use crate::text;

/// A client to run, if its program and library are there. Where everything must be, in CI, it is a failure
/// if they are not, but for those that `.ci/run` does not install.
fn client(client: &[&str], check: &[&str], is_installed_by_ci: bool) -> Option<Command> {
    if runs(check) {
        return Some(command(client));
    }
    let is_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
    assert!(!(is_ci && is_installed_by_ci), "{check:?} fails");
    println!("SKIPPED: {check:?} fails");
    None
}

fn runs(check: &[&str]) -> bool {
    command(check).output().is_ok_and(|output| output.status.success())
}

fn command(words: &[&str]) -> Command {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).current_dir(folder());
    // Where `cargo xtask ci interop` puts the package.
    if std::env::var_os("NODE_PATH").is_none() {
        command.env("NODE_PATH", folder().join("../../target/interop/node_modules"));
    }
    command
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/clients")
}

/// Whether a client prints what all of them print, for each of the versions.
fn check(mut command: impl FnMut() -> Option<Command>, versions: &[&str]) {
    if command().is_none() {
        return;
    }
    let schemas = tempfile::tempdir().unwrap();
    let simulation = Simulation::start(&["--schemas", schemas.path().to_str().unwrap()]);
    for version in versions {
        let wsdl = schemas.path().join(format!("granssnitt/personsok/{version}/personsok.wsdl"));
        let certificates = simulation.file("");
        let output = command().unwrap().arg(&wsdl).arg(&certificates).output().unwrap();
        assert_eq!(shown(&output), expected(&simulation), "{version}: {}", text(&output.stderr));
        assert!(output.status.success());
    }
}

fn shown(output: &Output) -> String {
    text(&output.stdout).replace('\r', "")
}

/// Found out without a client: every element with a text is a field.
fn expected(simulation: &Simulation) -> String {
    let request = std::fs::read_to_string(simulation.file("request-2023.1.xml")).unwrap();
    let file = simulation.file("other.xml");
    std::fs::write(&file, request.replace("197503029865", "197311209931")).unwrap();
    let output = simulation.curl_with("request-2023.1.xml", "other.xml").output().unwrap();
    let document = Document::parse(&output.stdout, &Limits::default()).unwrap();
    let svar = document.root().children().next().unwrap().children().next().unwrap();
    let is_post = |child: &Element<'_>| child.local_name() == "PersonsokningSvarspost";
    let fields = fields(svar.children().find(is_post).unwrap());
    format!(
        "hit: Björn Exempelsson, Skriven på adressen, 1 relation, {fields} fields\n\
         lists: ÖSTERSUND ÖSTERSUND GÄVLE\n\
         sound: 4\n\
         letters: Öbergsprov\n\
         nobody: 0\n\
         too many: 110 of 100\n\
         undantag: OGILTIG_INPARAMETER\n\
         fault: Client\n"
    )
}

fn fields(element: Element<'_>) -> usize {
    match element.children().next() {
        None => 1,
        Some(_) => element.children().map(fields).sum(),
    }
}

const BOTH: [&str; 2] = ["2021.1", "2023.1"];

#[test]
fn python_searches() {
    // The system's zeep belongs to the system's Python, which need not be the first of the path.
    let has_zeep = |program: &&str| runs(&[program, "-c", "import zeep"]);
    let program = ["python3", "/usr/bin/python3"].into_iter().find(has_zeep).unwrap_or("python3");
    check(|| client(&[program, "search.py"], &[program, "-c", "import zeep"], true), &BOTH);
}

#[test]
fn php_searches() {
    check(
        || {
            client(
                &["php", "search.php"],
                &["php", "-r", "new ReflectionClass('SoapClient');"],
                true,
            )
        },
        &BOTH,
    );
}

#[test]
fn perl_searches() {
    check(|| client(&["perl", "search.pl"], &["perl", "-MSOAP::Lite", "-e", "1"], true), &BOTH);
}

#[test]
fn javascript_searches() {
    check(|| client(&["node", "search.js"], &["node", "-e", "require('soap')"], false), &BOTH);
}

#[test]
fn java_searches() {
    check(|| client(&["sh", "search-java.sh"], &["wsimport", "-version"], false), &["2023.1"]);
}

/// The WSDL as it is served, which names the schemas on the same port.
#[test]
fn a_client_is_made_of_the_wsdl_as_it_is_served() {
    let php = || {
        client(&["php", "search.php"], &["php", "-r", "new ReflectionClass('SoapClient');"], true)
    };
    let Some(mut php) = php() else { return };
    let simulation = Simulation::start(&[]);
    let output = php.arg(simulation.printed("wsdl")).arg(simulation.file("")).output().unwrap();
    assert_eq!(shown(&output), expected(&simulation), "{}", text(&output.stderr));
}
