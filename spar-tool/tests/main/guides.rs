//! The guides' commands are run as they stand.
#![cfg(unix)]

use std::path::Path;
use std::process::{Command, Stdio};

use spar_simulator::Version;

use crate::embedded::{Spar, begin, finish};

#[test]
fn what_the_readme_says_can_be_pasted() {
    let shown = run("README.md", "## As a command");
    for expected in [
        "Anna Maria Elisabet Exempelsson",
        "uppdrag-id                 637                                spar.toml",
        "Mickael",
        "\"postort\":\"different\"",
        "\"purpose\":\"order 4711\"",
    ] {
        assert!(shown.contains(expected), "{expected} in\n{shown}");
    }
}

#[test]
fn what_the_swedish_guide_says_can_be_pasted() {
    let shown = run("docs/snabbstart.md", "# Snabbstart");
    assert!(shown.contains("Anna Maria Elisabet Exempelsson"), "{shown}");
}

/// Runs the commands of a section in one shell, all of which must succeed, and gives what they print. The
/// simulator is this process's, at another port.
fn run(guide: &str, section: &str) -> String {
    let spar = Spar::start();
    let text = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(guide);
    let text = std::fs::read_to_string(text).unwrap();
    let text = text.split_once(section).unwrap().1.split("\n## ").next().unwrap();
    let mut script = String::from("set -e\n");
    for block in text.split("```sh\n").skip(1) {
        let block = block.split("```").next().unwrap();
        if !block.contains("cargo install") && !block.contains("spar simulate") {
            script.push_str(block);
        }
    }
    assert!(script.contains("spar personsok"), "{script}");
    let url = spar.simulator.url(Version::NEWEST);
    let script = script.replace("https://localhost:8443/2023.1/", &url);
    let program = Path::new(env!("CARGO_BIN_EXE_spar")).parent().unwrap();
    let mut shell = Command::new("sh");
    let path = std::env::var("PATH").unwrap();
    shell
        .arg("-c")
        .arg(script)
        .current_dir(spar.path())
        .env_clear()
        .env("HOME", spar.path())
        .env("PATH", format!("{}:{path}", program.display()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let ran = finish(begin(shell, ""));
    assert_eq!(ran.status, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    ran.stdout
}
