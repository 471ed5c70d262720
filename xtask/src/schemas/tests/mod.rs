//! Fetching and adding, from a schema host on loopback.

// Fixtures may fail: they are tests.
#![allow(clippy::unwrap_used)]

mod host;

use std::path::{Path, PathBuf};

use clap::Parser;
use spar_codegen::Manifest;

use self::host::{FRAGA, Host, KOD, Reply, WSDL, published, schemas, text};
use crate::schemas::Task;

#[derive(Parser)]
struct Command {
    #[command(subcommand)]
    task: Task,
}

/// Runs a command on a schema folder: exit status, or the error.
fn run(schemas: &Path, arguments: &[&str]) -> Result<u8, String> {
    let command = Command::parse_from(["schemas"].iter().chain(arguments));
    let result = match &command.task {
        Task::Fetch(arguments) => super::fetch::run(schemas, arguments),
        Task::Add(arguments) => super::add::run(schemas, arguments),
        Task::Verify { .. } | Task::Diff(_) => unreachable!("not under test"),
    };
    let code = |code: std::process::ExitCode| {
        (0..3).find(|number| code == std::process::ExitCode::from(*number)).unwrap()
    };
    result.map(code).map_err(|error| format!("{error:#}"))
}

fn fetch(schemas: &Path, host: &Host, more: &[&str]) -> Result<u8, String> {
    run(schemas, &[&["fetch", "--base-url", &host.url][..], more].concat())
}

/// A schema folder, its host, and a copy of the manifest.
fn setting() -> (tempfile::TempDir, PathBuf, Host, String) {
    let parent = schemas();
    let folder = parent.path().join("schemas");
    let manifest = text(&folder, "manifest.toml");
    (parent, folder, Host::start(&published("1.0")), manifest)
}

fn replaced(path: &str, from: &str, to: &str) -> Reply {
    let (_, text) = published("1.0").into_iter().find(|(known, _)| *known == path).unwrap();
    assert!(text.contains(from));
    Reply::Whole(text.replace(from, to).into_bytes())
}

#[test]
fn what_is_served_is_shown_and_nothing_is_changed() {
    // GEN-12.
    let (_parent, folder, host, manifest) = setting();
    assert_eq!(fetch(&folder, &host, &[]), Ok(1), "not recorded yet");
    assert_eq!(text(&folder, "manifest.toml"), manifest);
    assert!(text(&folder, KOD).contains("Ours."));
}

#[test]
fn hashes_can_be_recorded_without_the_files() {
    // GEN-11, GEN-12.
    let (_parent, folder, host, _) = setting();
    assert_eq!(fetch(&folder, &host, &["--record"]), Ok(0));
    assert!(text(&folder, KOD).contains("Ours."));
    let recorded = Manifest::load(&folder).unwrap();
    for file in &recorded.file {
        assert_eq!(format!("{:?}", file.origin), "Published", "{}", file.path);
        assert!(
            file.published_sha256.is_some() && file.fetched.is_some() && file.uncertain.is_empty()
        );
    }
    assert!(text(&folder, "manifest.toml").starts_with("# Kept.\n"));
    assert_eq!(fetch(&folder, &host, &[]), Ok(0), "as recorded");

    // Another meaning: what is recorded is not taken for shown to be equal.
    host.set(KOD, replaced(KOD, "\"JA\"", "\"NEJ\""));
    assert_eq!(fetch(&folder, &host, &[]), Ok(1));
}

#[test]
fn files_can_be_put_in_place() {
    // GEN-12: also what the manifest does not know yet.
    let (_parent, folder, host, _) = setting();
    let more = "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" targetNamespace=\"urn:mer-1.0\">\n\
                <xs:element name=\"Kod\" type=\"xs:string\"/></xs:schema>\n";
    host.set(
        FRAGA,
        replaced(
            FRAGA,
            "<xs:element name",
            "<xs:import namespace='urn:mer-1.0' \
        schemaLocation='http://schemas.example/komponent/Mer-1.0.xsd'/><xs:element name",
        ),
    );
    host.set(KOD, replaced(KOD, "\"JA\"", "\"NEJ\""));
    host.set("komponent/Mer-1.0.xsd", Reply::Whole(more.into()));
    assert_eq!(fetch(&folder, &host, &["--accept"]), Ok(0));
    assert_eq!(text(&folder, "komponent/Mer-1.0.xsd"), more);
    assert!(text(&folder, KOD).contains("NEJ") && !text(&folder, KOD).contains("Ours."));
    let manifest = Manifest::load(&folder).unwrap();
    let paths: Vec<_> = manifest.file.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, [WSDL, FRAGA, KOD, "komponent/Mer-1.0.xsd"]);
    assert_eq!(manifest.file[3].interfaces, ["prov/1.0"]);
    assert_eq!(manifest.file[3].url, "http://schemas.example/komponent/Mer-1.0.xsd");
    assert!(spar_codegen::verify(&folder, &manifest).unwrap().problems.is_empty());
    assert_eq!(fetch(&folder, &host, &[]), Ok(0), "as recorded");
}

#[test]
fn what_is_not_to_be_believed_changes_nothing() {
    // GEN-07, GEN-08; issue: hostile trees.
    let (_parent, folder, host, manifest) = setting();
    let (_, kod) = published("1.0").pop().unwrap();
    let outside = |location: &str| {
        let import = format!("<xs:include schemaLocation=\"{location}\"/><xs:element name");
        replaced(KOD, "<xs:element name", &import)
    };
    let rows = [
        ("an HTML page", Reply::Html(kod.clone().into_bytes())),
        (
            "an HTML page in the guise of XML",
            Reply::Whole(b"<!DOCTYPE html><html></html>".to_vec()),
        ),
        ("cut off", Reply::CutOff(kod.clone().into_bytes())),
        ("cut off unannounced", Reply::Whole(kod.as_bytes()[..kod.len() / 2].to_vec())),
        ("empty", Reply::Whole(Vec::new())),
        (
            "another namespace",
            replaced(KOD, "targetNamespace=\"urn:kod-1.0\"", "targetNamespace=\"urn:x\""),
        ),
        ("a DTD", replaced(KOD, "<xs:schema", "<!DOCTYPE x [<!ENTITY a 'b'>]><xs:schema")),
        ("not a schema", Reply::Whole(b"<a/>".to_vec())),
        ("not text", Reply::Whole(vec![0xff, 0xfe, 0])),
        ("too large", Reply::Large(3 * 1024 * 1024)),
        ("a redirect", Reply::Redirect(format!("{}{FRAGA}", host.url))),
        ("a redirect elsewhere", Reply::Redirect("http://127.0.0.1:1/".to_owned())),
        ("an error of the server", Reply::Status(500)),
        ("another host", outside("http://elsewhere.example/a.xsd")),
        ("a location above", outside("../../../etc/passwd")),
        ("a location above, by URL", outside("http://schemas.example/../a.xsd")),
        ("a local file", outside("file:///etc/passwd")),
        ("a file that is not there", outside("Annan-1.0.xsd")),
    ];
    for (about, reply) in rows {
        host.set(KOD, reply);
        let refused = fetch(&folder, &host, &["--accept"]);
        assert!(
            refused.as_ref().is_err_and(|why| why.contains("1 files could not")),
            "{about}: {refused:?}"
        );
        assert_eq!(text(&folder, "manifest.toml"), manifest, "{about}");
        assert!(text(&folder, FRAGA).contains("Ours."), "{about}");
    }
    host.set(KOD, Reply::Stalled);
    assert!(fetch(&folder, &host, &["--timeout", "0.2"]).is_err());
}

#[test]
fn what_may_not_be_there_leaves_its_interface_alone() {
    // A URL that is a guess.
    let (_parent, folder, host, manifest) = setting();
    host.remove(KOD);
    assert_eq!(fetch(&folder, &host, &["--accept"]), Ok(0));
    assert_eq!(text(&folder, "manifest.toml"), manifest, "the one interface is incomplete");
    host.set(KOD, replaced(KOD, "x", "x"));
    assert_eq!(fetch(&folder, &host, &["--record"]), Ok(0));
    host.remove(KOD);
    assert!(fetch(&folder, &host, &[]).is_err(), "it was there before");
}

#[test]
fn a_version_is_added_with_all_that_it_leads_to() {
    // GEN-14.
    for is_web in [true, false] {
        let (parent, folder, ..) = setting();
        let host = Host::start(&published("2.0"));
        let published_files = parent.path().join("published");
        for (path, text) in published("2.0") {
            super::folder::write(&published_files, [(path, text.as_bytes())]).unwrap();
        }
        let local = published_files.display().to_string();
        let from = if is_web { &host.url } else { &local };
        assert_eq!(run(&folder, &["add", "prov", "2.0", "--from", from]), Ok(0));
        let manifest = Manifest::load(&folder).unwrap();
        assert_eq!(manifest.interfaces().collect::<Vec<_>>(), ["prov/1.0", "prov/2.0"]);
        assert_eq!(manifest.entries("prov/2.0").unwrap(), ["granssnitt/prov/2.0/prov.wsdl"]);
        let kod = manifest.file.iter().find(|file| file.path == KOD).unwrap();
        assert_eq!(kod.interfaces, ["prov/1.0", "prov/2.0"]);
        assert!(text(&folder, KOD).contains("Ours."), "the same meaning: ours is kept");
        assert!(spar_codegen::verify(&folder, &manifest).unwrap().problems.is_empty());
        let twice = run(&folder, &["add", "prov", "2.0", "--from", from]).unwrap_err();
        assert!(twice.contains("manifest.toml has prov/2.0"), "{twice}");
    }
}

#[test]
fn a_version_that_does_not_fit_is_not_added() {
    let (_parent, folder, _, manifest) = setting();
    let host = Host::start(&published("2.0"));
    let refused = |arguments: &[&str], expected: &str| {
        let arguments = [&["add"][..], arguments, &["--from", &host.url]].concat();
        let why = run(&folder, &arguments).unwrap_err();
        assert!(why.contains(expected), "{why}");
        assert_eq!(text(&folder, "manifest.toml"), manifest);
    };
    refused(&["annan", "2.0"], "no service `annan`; it knows prov");
    refused(&["prov", "nyare"], "no version such as");
    refused(&["prov", "3.0"], "granssnitt/prov/3.0/prov.wsdl: missing");
    // A published schema is never changed.
    host.set(KOD, replaced(KOD, "\"JA\"", "\"NEJ\""));
    refused(&["prov", "2.0"], "states something else");
}

#[test]
fn names_that_need_a_decision_are_listed_with_a_proposal() {
    // GEN-05.
    let (_parent, folder, ..) = setting();
    let host = Host::start(&published("2.0"));
    let (path, fraga) = published("2.0").remove(1);
    let choice = "<xs:choice><xs:element name=\"Kod\" type=\"xs:string\"/><xs:sequence>\
                  <xs:element name=\"Fraga\" type=\"xs:string\"/><xs:element name=\"JA\" type=\"xs:string\"/>\
                  </xs:sequence></xs:choice>";
    let fraga = fraga.replace("<xs:element ref=\"k:Kod\" minOccurs=\"0\"/>", choice);
    host.set(path, Reply::Whole(fraga.into_bytes()));
    assert_eq!(run(&folder, &["add", "prov", "2.0", "--from", &host.url]), Ok(1));
    let manifest = Manifest::load(&folder).unwrap();
    assert_eq!(manifest.interfaces().count(), 2, "the files are in place");
}
