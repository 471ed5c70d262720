//! `spar validate`: what is said of files, and with which exit status.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::{Value, json};

use crate::{spar, text};

const BASE: &str = "http://statenspersonadressregister.se/schema";

fn svar(version: &str, content: &str) -> String {
    format!(
        "<s:SPARPersonsokningSvar xmlns:s=\"{BASE}/personsok/{version}/personsokningsvar\" \
         xmlns:u=\"{BASE}/komponent/sok/undantag-1.0\">{content}</s:SPARPersonsokningSvar>"
    )
}

/// A question with these arguments, in the namespaces of the version.
fn fraga(version: &str, arguments: &str) -> String {
    let [parameters, sokargument, person] = match version {
        "2021.1" => {
            ["sok/personsokningsokparametrar-1.1", "sok/sokargument-1.2", "person/person-1.2"]
        }
        _ => ["sok/personsokningsokparametrar-1.2", "sok/sokargument-1.3", "person/person-1.3"],
    };
    format!(
        "<f:SPARPersonsokningFraga xmlns:f=\"{BASE}/personsok/{version}/personsokningfraga\" \
         xmlns:i=\"{BASE}/komponent/metadata/identifieringsinformationWs-1.1\" \
         xmlns:p=\"{BASE}/komponent/{parameters}\" xmlns:a=\"{BASE}/komponent/{sokargument}\" \
         xmlns:n=\"{BASE}/komponent/{person}\"><i:Identifieringsinformation>\
         <i:KundNrLeveransMottagare>500243</i:KundNrLeveransMottagare>\
         <i:KundNrSlutkund>500243</i:KundNrSlutkund><i:UppdragId>637</i:UppdragId>\
         <i:SlutAnvandarId>prov</i:SlutAnvandarId></i:Identifieringsinformation>\
         <p:PersonsokningFraga>{arguments}</p:PersonsokningFraga></f:SPARPersonsokningFraga>"
    )
}

fn too_many(antal: &str) -> String {
    format!(
        "<u:OverstigerMaxAntalSvarsposter><u:AntalPoster>{antal}</u:AntalPoster>\
         <u:MaxAntalSvarsposter>{antal}</u:MaxAntalSvarsposter></u:OverstigerMaxAntalSvarsposter>"
    )
}

fn envelope(body: &str) -> String {
    let soap = "http://schemas.xmlsoap.org/soap/envelope/";
    format!("<S:Envelope xmlns:S=\"{soap}\"><S:Body>{body}</S:Body></S:Envelope>")
}

/// `spar validate` in a folder, with this on standard input.
fn validate(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = spar()
        .current_dir(folder)
        .arg("validate")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Who is not asked to read does not: then the pipe may be closed already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

#[test]
fn files_are_judged_strictly_and_every_finding_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let check = |document: &str, status: i32, expected: &[&str]| {
        fs::write(folder.path().join("file"), document).unwrap();
        let output = validate(folder.path(), &["file"], "");
        let told = text(&output.stdout);
        assert_eq!(told.lines().collect::<Vec<_>>(), expected);
        assert_eq!(output.status.code(), Some(status), "{told}");
    };
    for version in ["2021.1", "2023.1"] {
        let valid = format!("file: valid, SPARPersonsokningSvar {version}");
        check(&svar(version, ""), 0, &[&valid]);
        check(&svar(version, &too_many("101")), 0, &[&valid]);
        check(&envelope(&svar(version, "")), 0, &[&valid]);
        let valid = format!("file: valid, SPARPersonsokningFraga {version}");
        check(&fraga(version, "<n:IdNummer>198111309285</n:IdNummer>"), 0, &[&valid]);
        check(&envelope(&fraga(version, "<a:LanKod>17</a:LanKod>")), 0, &[&valid]);
    }
    // What is below the envelope is told from the envelope on.
    check(
        &envelope(&svar("2021.1", "x")),
        1,
        &["file: byte 72: text between elements in Envelope/Body/SPARPersonsokningSvar"],
    );
    check(&envelope(""), 1, &["file: byte 0: the body of the envelope is empty in Envelope"]);
    check(
        &envelope("<S:Fault><faultcode>S:Client</faultcode></S:Fault>"),
        1,
        &["file: byte 0: the envelope holds a fault in Envelope"],
    );
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
    check("", 1, &["file: byte 0: empty document"]);
}

#[test]
fn arguments_that_a_client_would_drop_are_refused_with_the_rule() {
    // GEN-23: two of one choice, an unknown one, half an interval.
    let folder = tempfile::tempdir().unwrap();
    let check = |arguments: &str, expected: &[&str]| {
        for version in ["2021.1", "2023.1"] {
            let output = validate(folder.path(), &["-"], &fraga(version, arguments));
            let told = text(&output.stdout);
            let told: Vec<_> =
                told.lines().map(|line| line.splitn(3, ": ").nth(2).unwrap()).collect();
            let place = "in SPARPersonsokningFraga/PersonsokningFraga";
            let expected: Vec<_> = expected.iter().map(|e| e.replace('@', place)).collect();
            assert_eq!(told, expected, "{version} {arguments}");
            assert_eq!(output.status.code(), Some(1));
        }
    };
    let excluded = "element is repeated, out of order or excluded by another one";
    check(
        "<a:NamnSokArgument>A</a:NamnSokArgument><a:FornamnSokArgument>B</a:FornamnSokArgument>",
        &[&format!("{excluded} @/FornamnSokArgument")],
    );
    check(
        "<a:PostNr>11111</a:PostNr><a:PostNrFrom>11111</a:PostNrFrom><a:PostNrTom>11111</a:PostNrTom>",
        &[&format!("{excluded} @/PostNrFrom"), &format!("{excluded} @/PostNrTom")],
    );
    check("<a:PostNrFrom>11111</a:PostNrFrom>", &["required element PostNrTom is missing @"]);
    check("<a:FodelsetidFran>1980</a:FodelsetidFran>", &["unknown element @/*"]);
    check("<a:AdressSokArgument>A</a:AdressSokArgument>", &["unknown element @/AdressSokArgument"]);
}

#[test]
fn a_file_that_cannot_be_read_does_not_keep_others_from_being_judged() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, document: &str| fs::write(folder.path().join(name), document).unwrap();
    file("valid.xml", &svar("2021.1", ""));
    file("invalid.xml", &svar("2021.1", "<x/>"));
    let check = |files: &[&str], status: i32, judged: &[&str]| {
        let output = validate(folder.path(), files, &svar("2023.1", ""));
        let told = text(&output.stdout);
        let names: Vec<_> = told.lines().map(|line| line.split(':').next().unwrap()).collect();
        assert_eq!(names, judged, "{told}");
        assert_eq!(output.status.code(), Some(status), "{files:?}");
        let missing = files.iter().filter(|name| !judged.contains(name));
        for name in missing {
            let told = text(&output.stderr);
            assert!(told.contains(&format!("error: {name} cannot be read\n")), "{told}");
        }
    };
    check(&["valid.xml"], 0, &["valid.xml"]);
    check(&["-", "valid.xml"], 0, &["-", "valid.xml"]);
    check(&["valid.xml", "invalid.xml"], 1, &["valid.xml", "invalid.xml"]);
    check(&["invalid.xml", "valid.xml"], 1, &["invalid.xml", "valid.xml"]);
    check(&["missing.xml", "invalid.xml", "-"], 2, &["invalid.xml", "-"]);
    check(&["invalid.xml", "missing.xml"], 2, &["invalid.xml"]);
    // A folder.
    check(&[".", "valid.xml"], 2, &["valid.xml"]);
    let output = validate(folder.path(), &[], "");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn findings_for_programs_are_one_object_per_file() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = svar("2021.1", "<s:UUID><x/></s:UUID><s:UUID/>");
    fs::write(folder.path().join("wrong.xml"), &wrong).unwrap();
    let arguments = ["--format", "json", "wrong.xml", "missing.xml", "-"];
    let output = validate(folder.path(), &arguments, &svar("2023.1", ""));
    assert_eq!(output.status.code(), Some(2));
    let told = text(&output.stdout);
    let mut told: Vec<Value> =
        told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // The words of the operating system.
    assert!(told[1]["error"].take().is_string());
    let offset = |of: &str, from: usize| from + wrong[from..].find(of).unwrap();
    let first = offset("<s:UUID", 0);
    assert_eq!(
        told,
        [
            json!({
                "file": "wrong.xml", "valid": false, "document": "SPARPersonsokningSvar 2021.1",
                "findings": [
                    {
                        "path": "SPARPersonsokningSvar/UUID[1]/*", "offset": offset("<x/>", 0),
                        "rule": "unknownElement", "message": "unknown element",
                    },
                    {
                        "path": "SPARPersonsokningSvar/UUID[2]",
                        "offset": offset("<s:UUID", first + 1), "rule": "unexpectedElement",
                        "message": "element is repeated, out of order or excluded by another one",
                    },
                ],
                "further": 0,
            }),
            json!({
                "file": "missing.xml", "valid": null, "error": null, "document": null,
                "findings": [], "further": 0,
            }),
            json!({
                "file": "-", "valid": true, "document": "SPARPersonsokningSvar 2023.1",
                "findings": [], "further": 0,
            }),
        ]
    );
}
