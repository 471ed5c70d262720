//! `spar infil`, `split`, `inspect`, `convert` and `validate` on files.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use crate::{spar, text};

/// Runs the command in a folder, with standard input.
fn run(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = spar()
        .current_dir(folder)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn ok(folder: &Path, arguments: &[&str], input: &str) -> String {
    let output = run(folder, arguments, input);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// Invented numbers, with a serial of 980 or more.
fn numbers(count: usize) -> String {
    (0..count)
        .map(|nth| format!("1980{:02}{:02}98{:02}\n", 1 + nth / 28 % 12, 1 + nth % 28, nth / 336))
        .collect()
}

const STEM: &str = "http://statenspersonadressregister.se/schema";

/// An avisering with two persons; the second lacks its number if asked for.
fn avisering(folder: &Path, name: &str, sekvensnummer: u32, is_damaged: bool) -> PathBuf {
    let id = |nth: u32| {
        let number = format!("19800{nth}01980{nth}");
        let number = if is_damaged && nth == 2 {
            String::new()
        } else {
            format!(
                "<p:PersonId><p:IdNummer>{number}</p:IdNummer><p:Typ>PERSONNUMMER</p:Typ></p:PersonId>"
            )
        };
        format!(
            "<AviseringPost xmlns='{STEM}/komponent/person/aviseringpost-1.3' \
             xmlns:p='{STEM}/komponent/person/person-1.3' \
             xmlns:s='{STEM}/komponent/person/skyddadepersonuppgifter-1.1' \
             xmlns:n='{STEM}/komponent/person/namn/namn-1.0' \
             xmlns:d='{STEM}/komponent/person/namn/deladenamnelement-1.0'>{number}\
             <s:Sekretessmarkering>NEJ</s:Sekretessmarkering>\
             <s:SkyddadFolkbokforing>NEJ</s:SkyddadFolkbokforing>\
             <n:Namn><d:Efternamn>Öberg, {nth}</d:Efternamn></n:Namn></AviseringPost>"
        )
    };
    let text = format!(
        "<a:SPARAvisering xmlns:a='{STEM}/avisering/2023.1/avisering'>\
         <i:IdentifieringsinformationFil xmlns:i='{STEM}/komponent/metadata/identifieringsinformationFil-1.1'>\
         <i:Medieleverantor/><i:Mediemottagare><i:KundNr>500243</i:KundNr></i:Mediemottagare>\
         <i:Filinformation><i:UppdragId>950</i:UppdragId><i:Sekvensnummer>{sekvensnummer}</i:Sekvensnummer>\
         </i:Filinformation></i:IdentifieringsinformationFil><a:Aviseringsunderlag/>\
         <AviseringPoster xmlns='{STEM}/komponent/person/aviseringpost-1.3'>{}{}</AviseringPoster>\
         </a:SPARAvisering>",
        id(1),
        id(2)
    );
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn numbers_are_handed_in_looked_at_and_divided() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let told = ok(folder, &["infil", "id-nummer", "--out", "nummer.xml.zip"], &numbers(500));
    assert!(told.contains("500 records") && told.contains("a guess"), "{told}");
    let found = ok(folder, &["inspect", "nummer.xml.zip", "--format", "json"], "");
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    assert_eq!(found["format"], "InfilIdNummer");
    assert_eq!((found["version"].as_str(), found["records"].as_u64()), (Some("2023.1"), Some(500)));
    assert!(
        ok(folder, &["validate", "nummer.xml.zip"], "").contains("valid, InfilIdNummer 2023.1")
    );
    let told = ok(
        folder,
        &[
            "split",
            "nummer.xml.zip",
            "--out",
            "del.xml",
            "--max-records",
            "200",
            "--form",
            "2021.1-manuell",
        ],
        "",
    );
    assert!(told.contains("del-1.xml") && told.contains("del-3.xml"), "{told}");
    assert!(ok(folder, &["inspect", "del-3.xml"], "").contains("InfilIdNummer 2021.1"));
    // What SPAR would not take is refused, and the number not repeated.
    let refused = run(folder, &["infil", "id-nummer", "--out", "ny.xml"], "1980010198\n");
    assert_eq!(refused.status.code(), Some(2));
    let told = text(&refused.stderr);
    assert!(told.contains("10 digits") && !told.contains("1980010198"), "{told}");
    assert!(!folder.join("ny.xml").exists());
    let again = run(folder, &["infil", "id-nummer", "--out", "nummer.xml.zip"], &numbers(1));
    assert!(text(&again.stderr).contains("nothing is overwritten"));
}

#[test]
fn questions_are_read_from_lines_of_json() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let lines = "{\"EgenReferens\":\"1\",\"NamnSokArgument\":\"Åsa Öberg\",\"PostNr\":\"11234\"}\n\n\
                 {\"EgenReferens\":\"2\",\"FornamnSokArgument\":\"Åsa\"}\n";
    let arguments = ["infil", "personnummersattning", "--out", "fragor.xml"];
    assert!(ok(folder, &arguments, lines).contains("2 records"));
    assert!(ok(folder, &["validate", "fragor.xml"], "").contains("valid"));
    let bad = run(folder, &["infil", "personnummersattning", "--out", "b.xml"], "{\"MARKER\":1}");
    assert_eq!(bad.status.code(), Some(2));
    assert!(text(&bad.stderr).contains("line 1") && !text(&bad.stderr).contains("MARKER"));
}

#[test]
fn records_become_lines_rows_and_files() {
    // FILE-24: nothing but data on standard output.
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    avisering(folder, "a.xml", 1, false);
    let lines = ok(folder, &["convert", "a.xml", "--to", "ndjson"], "");
    let lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1]["Namn"][0]["Efternamn"], "Öberg, 2");
    let table = ok(folder, &["convert", "a.xml", "--to", "csv"], "");
    let mut rows = table.lines();
    assert!(
        rows.next()
            .unwrap()
            .starts_with("PersonId.IdNummer,PersonId.Typ,Sekretessmarkering.value,")
    );
    assert!(rows.next().unwrap().starts_with("198001019801,PERSONNUMMER,NEJ,,"));
    assert!(table.contains("\"[{\"\"Efternamn\"\":\"\"Öberg, 1\"\"}]\""), "{table}");
    ok(folder, &["convert", "a.xml", "--to", "xml", "--out", "nytt", "--threads", "2"], "");
    assert!(ok(folder, &["validate", "nytt/a.xml"], "").contains("valid, Avisering 2023.1"));
    let alone = run(folder, &["convert", "a.xml", "--to", "xml"], "");
    assert_eq!(alone.status.code(), Some(2));
}

#[test]
fn a_run_that_stopped_is_continued() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir(folder.join("in")).unwrap();
    avisering(&folder.join("in"), "a.xml", 1, false);
    avisering(&folder.join("in"), "b.xml", 2, true);
    avisering(&folder.join("in"), "c.xml", 4, false);
    let arguments = ["convert", "in", "--to", "ndjson", "--out", "ut"];
    let stopped = run(folder, &arguments, "");
    assert_eq!(stopped.status.code(), Some(2));
    assert!(text(&stopped.stderr).contains("record 2"), "{}", text(&stopped.stderr));
    let names = || {
        let entries = fs::read_dir(folder.join("ut")).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names(), ["a.ndjson"]);
    let before = fs::metadata(folder.join("ut/a.ndjson")).unwrap().modified().unwrap();
    let mut arguments = arguments.to_vec();
    arguments.push("--skip-damaged");
    let continued = run(folder, &arguments, "");
    assert_eq!(continued.status.code(), Some(1));
    assert!(text(&continued.stderr).contains("left out: record 2"));
    assert_eq!(names(), ["a.ndjson", "b.ndjson", "c.ndjson"]);
    assert_eq!(fs::metadata(folder.join("ut/a.ndjson")).unwrap().modified().unwrap(), before);
    // FILE-09: delivery 3 is missing, which a script can tell by the status.
    let found = run(folder, &["inspect", "in"], "");
    assert_eq!(found.status.code(), Some(1));
    let told = text(&found.stdout);
    assert!(told.contains("delivery 3 is missing") && told.contains("60 days"), "{told}");
    // PII-12: counts and numbers of deliveries, and nothing of a person.
    assert!(!told.contains("berg") && !told.contains("19800"), "{told}");
    let judged = run(folder, &["validate", "in/b.xml"], "");
    assert_eq!(judged.status.code(), Some(1));
    let told = text(&judged.stdout);
    assert!(told.contains("AviseringPost[2]") && told.contains("PersonId"), "{told}");
}
