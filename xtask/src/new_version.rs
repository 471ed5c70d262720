//! `cargo xtask ci new-version`: a version that SPAR has not published, added to a copy of the workspace.
//!
//! It steps four components, renames an element, adds an optional one, a value and an operation. The copy is
//! given schemas, their names and one test, and nothing else: that it compiles and that the test passes
//! shows that nothing hand-written has to change.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail, ensure};
use spar_codegen::{Manifest, Tables, compare, fnv1a_of_folder, generate, read};

use crate::schemas::{Folder, add};
use crate::workspace;

const BEFORE: &str = "personsok/2023.1";
const ADDED: &str = "personsok/2027.1";

/// Files of the new version: made of which, under which name.
const FILES: [(&str, &str); 7] = [
    ("granssnitt/personsok/2023.1/personsok.wsdl", "granssnitt/personsok/2027.1/personsok.wsdl"),
    (
        "granssnitt/personsok/2023.1/PersonsokningFraga.xsd",
        "granssnitt/personsok/2027.1/PersonsokningFraga.xsd",
    ),
    (
        "granssnitt/personsok/2023.1/PersonsokningSvar.xsd",
        "granssnitt/personsok/2027.1/PersonsokningSvar.xsd",
    ),
    ("komponent/person/AviseringPost-1.3.xsd", "komponent/person/AviseringPost-1.4.xsd"),
    ("komponent/person/Persondetaljer-1.3.xsd", "komponent/person/Persondetaljer-1.4.xsd"),
    ("komponent/person/Samordningsnummer-1.1.xsd", "komponent/person/Samordningsnummer-1.2.xsd"),
    ("komponent/person/Utvandrad-1.0.xsd", "komponent/person/Utvandrad-1.1.xsd"),
];

/// What the files of the new version say in place of what those before say.
const CHANGES: [(&str, &str); 12] = [
    ("personsok/2023.1", "personsok/2027.1"),
    ("aviseringpost-1.3", "aviseringpost-1.4"),
    ("AviseringPost-1.3.xsd", "AviseringPost-1.4.xsd"),
    ("persondetaljer-1.3", "persondetaljer-1.4"),
    ("Persondetaljer-1.3.xsd", "Persondetaljer-1.4.xsd"),
    ("samordningsnummer-1.1", "samordningsnummer-1.2"),
    ("Samordningsnummer-1.1.xsd", "Samordningsnummer-1.2.xsd"),
    ("utvandrad-1.0", "utvandrad-1.1"),
    ("Utvandrad-1.0.xsd", "Utvandrad-1.1.xsd"),
    ("Forlangningsdatum", "ForlangdFrom"),
    (
        r#"<xs:element ref="snr:SnStatus" minOccurs="0"/>"#,
        r#"<xs:element name="Bosattningsdatum" type="dt:SparDatumTYPE" minOccurs="0"/>
      <xs:element ref="snr:SnStatus" minOccurs="0"/>"#,
    ),
    (
        r#"<xs:enumeration value="STYRKT">"#,
        r#"<xs:enumeration value="OKAND"/>
      <xs:enumeration value="STYRKT">"#,
    ),
];

/// The operation more, in the WSDL.
const OPERATIONS: [(&str, &str); 2] = [
    (
        "</wsdl:portType>",
        r#"<wsdl:operation name="RaknaPersoner">
      <wsdl:input message="sok:PersonsokRequest"/>
      <wsdl:output message="sok:PersonsokResponse"/>
    </wsdl:operation>
  </wsdl:portType>"#,
    ),
    (
        "</wsdl:binding>",
        r#"<wsdl:operation name="RaknaPersoner">
      <soap:operation soapAction="http://skatteverket.se/spar/personsok/2027.1/PersonsokService/Rakna"/>
      <wsdl:input><soap:body use="literal"/></wsdl:input>
      <wsdl:output><soap:body use="literal"/></wsdl:output>
    </wsdl:operation>
  </wsdl:binding>"#,
    ),
];

/// What a maintainer decides: what the new names mean.
const TERMS: [&str; 3] = [
    r#"Bosattningsdatum = { gloss = "date of settlement", sv = "Bosättningsdatum" }"#,
    r#"ForlangdFrom = { gloss = "extended from", sv = "FörlängdFrån" }"#,
    r#"OKAND = { gloss = "not known", sv = "OKÄND" }"#,
];

/// The test that the copy is given.
const TEST: &str = include_str!("new_version_test.rs.txt");

pub(crate) fn run() -> Result<ExitCode> {
    let root = workspace();
    let target = root.join("target");
    // The copy stays, so that what has not changed is not built again.
    let (copy, stage) = (target.join("new-version"), tempfile::tempdir_in(&target)?);
    let mut files = tracked(&root)?;
    for (path, bytes) in &files {
        put(&stage.path().join(path), bytes)?;
    }

    let published = tempfile::tempdir()?;
    for (from, to) in FILES {
        let text = fs::read_to_string(root.join("schemas").join(from))?;
        put(&published.path().join(to), changed(&text).as_bytes())?;
    }
    let here = Manifest::load(&root.join("schemas"))?;
    for file in &here.file {
        let target = published.path().join(&file.path);
        if !target.exists() {
            put(&target, &fs::read(root.join("schemas").join(&file.path))?)?;
        }
    }

    let schemas = stage.path().join("schemas");
    let mut source = Folder(published.path().to_owned());
    let before = add(&schemas, &here, ADDED, &mut source, "2027-01-01")?;
    ensure!(before == BEFORE, "{ADDED} was added behind {before}");
    decide(&schemas)?;
    let manifest = Manifest::load(&schemas)?;
    let (old, new) = (read(&schemas, &manifest, BEFORE)?, read(&schemas, &manifest, ADDED)?);
    println!("{}", compare(&old, &new).text());
    let interfaces: Vec<_> = manifest.interfaces().collect();
    let output = generate(&schemas, &manifest, &Tables::load(&schemas)?, &interfaces)?
        .with_stamp(fnv1a_of_folder(&schemas)?);
    output.write(stage.path())?;
    let main = "spar-soap/tests/main/main.rs";
    let text = fs::read_to_string(stage.path().join(main))?;
    put(
        &stage.path().join(main),
        text.replacen("\nmod ", "\nmod new_version;\nmod ", 1).as_bytes(),
    )?;
    put(&stage.path().join("spar-soap/tests/main/new_version.rs"), TEST.as_bytes())?;
    // Where dependencies are shared, cargo takes packages of one version and place for the same.
    let cargo_toml = stage.path().join("Cargo.toml");
    let text = fs::read_to_string(&cargo_toml)?;
    let version = format!("version = \"{}\"", env!("CARGO_PKG_VERSION"));
    let apart = format!("version = \"{}-new-version\"", env!("CARGO_PKG_VERSION"));
    put(&cargo_toml, text.replace(&version, &apart).as_bytes())?;

    files.clear();
    collect(stage.path(), Path::new(""), &mut files)?;
    synchronize(&copy, &files)?;
    let cargo = |arguments: &[&str]| -> Result<()> {
        println!("==> in the copy: cargo {}", arguments.join(" "));
        let status = Command::new("cargo")
            .current_dir(&copy)
            .args(arguments)
            .arg("--target-dir")
            .arg(&target)
            .status()
            .context("cargo does not start")?;
        ensure!(status.success(), "{ADDED} asks for a change of hand-written code");
        Ok(())
    };
    cargo(&["test", "--offline", "-p", "spar-soap", "--test", "main", "new_version"])?;
    cargo(&["check", "--offline", "--workspace", "--lib", "--bins", "--examples"])?;
    println!("{ADDED} asks for no change of hand-written code");
    Ok(ExitCode::SUCCESS)
}

fn changed(text: &str) -> String {
    let changes = CHANGES.iter().chain(&OPERATIONS);
    changes.fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// Puts the decisions where `schemas add` says that they are missing.
fn decide(schemas: &Path) -> Result<()> {
    let path = schemas.join("glossary.toml");
    let mut text = fs::read_to_string(&path)?;
    for term in TERMS {
        let (name, _) = term.split_once(' ').context("a term without name")?;
        let terms = text.find("[terms]\n").context("a glossary without terms")? + "[terms]\n".len();
        let after = text[terms..].split_inclusive('\n').take_while(|line| *line < name);
        let place = terms + after.map(str::len).sum::<usize>();
        text.insert_str(place, &format!("{term}\n"));
    }
    fs::write(path, text)?;
    Ok(())
}

/// The files of the workspace that git knows or would know.
fn tracked(root: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let listing = Command::new("git")
        .current_dir(root)
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .output()
        .context("git does not start")?;
    if !listing.status.success() {
        bail!("git ls-files failed");
    }
    let names = String::from_utf8(listing.stdout)?;
    let mut files = BTreeMap::new();
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        // A file that was deleted and not committed is listed still.
        if let Ok(bytes) = fs::read(root.join(name)) {
            files.insert(PathBuf::from(name), bytes);
        }
    }
    Ok(files)
}

fn collect(root: &Path, below: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<()> {
    for entry in fs::read_dir(root.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            collect(root, &path, files)?;
        } else {
            files.insert(path.clone(), fs::read(root.join(&path))?);
        }
    }
    Ok(())
}

/// Makes a folder hold these files. What is as it should be is left alone.
fn synchronize(folder: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) -> Result<()> {
    fs::create_dir_all(folder)?;
    let mut found = BTreeMap::new();
    collect(folder, Path::new(""), &mut found)?;
    for path in found.keys().filter(|path| !files.contains_key(*path)) {
        fs::remove_file(folder.join(path))?;
    }
    for (path, bytes) in files.iter().filter(|(path, bytes)| found.get(*path) != Some(bytes)) {
        put(&folder.join(path), bytes)?;
    }
    Ok(())
}

fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().context("a file without folder")?;
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, bytes))
        .with_context(|| format!("{} cannot be written", path.display()))
}
