//! Other programs read what is written here, and write what is read here.

use std::process::Command;

use spar_files::write::{Settings, Writer};
use spar_files::{Form, Options, Version};
use spar_types::infil_id_nummer::v2023_1::InfilIdNummer;

use crate::support::{avisering, has, identification, number, read};

fn schemas() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/granssnitt")
}

#[test]
fn unzip_unpacks_what_is_written() {
    // ZIP-26: one entry, its name made of the file's.
    if !has("unzip") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nummer.xml.zip");
    let mut writer = Writer::create(&path, Settings::default()).unwrap();
    (0..500).for_each(|nth| writer.push(InfilIdNummer::new(number(nth).parse().unwrap())).unwrap());
    writer.finish().unwrap();
    let test = Command::new("unzip").arg("-t").arg(&path).output().unwrap();
    assert!(test.status.success(), "{}", String::from_utf8_lossy(&test.stdout));
    let names = Command::new("unzip").arg("-Z1").arg(&path).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&names.stdout).trim(), "nummer.xml");
    let text = Command::new("unzip").arg("-p").arg(&path).output().unwrap().stdout;
    assert!(String::from_utf8(text).unwrap().contains(&number(499)));
}

#[test]
fn gzip_packs_what_is_read() {
    if !has("gzip") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xml");
    std::fs::write(&path, avisering(20)).unwrap();
    let packed = Command::new("gzip").arg("-c").arg(&path).output().unwrap().stdout;
    let (numbers, error) = read(&packed, Options::default());
    assert!(error.is_none());
    assert_eq!(numbers.len(), 20);
}

#[test]
fn xmllint_finds_what_is_written_valid() {
    // FILE-01: against the schemas of this repository.
    if !has("xmllint") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let validate = |path: &std::path::Path, schema: &str| {
        let output = Command::new("xmllint")
            .args(["--noout", "--nonet", "--schema"])
            .arg(schemas().join(schema))
            .arg(path)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let forms = [
        (Version::V2023_1, Form::Bare, "infilIdNummer/2023.1/InfilIdNummer.xsd"),
        (Version::V2021_1, Form::Bare, "infilIdNummer/2021.1/InfilIdNummerManuell.xsd"),
        (Version::V2021_1, Form::Identified, "infilIdNummer/2021.1/InfilIdNummer.xsd"),
    ];
    for (nth, (version, form, schema)) in forms.into_iter().enumerate() {
        let path = folder.path().join(format!("{nth}.xml"));
        let mut settings = Settings::default();
        settings.version = version;
        settings.form = form;
        settings.identifieringsinformation = Some(identification());
        let mut writer = Writer::create(&path, settings).unwrap();
        for nth in 0..300 {
            writer.push(InfilIdNummer::new(number(nth).parse().unwrap())).unwrap();
        }
        writer.finish().unwrap();
        validate(&path, schema);
    }
    let path = folder.path().join("avisering.xml");
    std::fs::write(&path, avisering(300)).unwrap();
    validate(&path, "avisering/2023.1/Avisering.xsd");
}
