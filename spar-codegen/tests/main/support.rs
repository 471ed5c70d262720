//! What several tests of the generator need: fresh files, and `xmllint` as the independent judge.

use std::fmt::Debug;
use std::path::Path;
use std::process::Command;

use serde::Serialize;
use serde::de::DeserializeOwned;
use spar_codegen::Output;
use spar_types::xml::{self, Limits, Mode, Root};

/// The files that are checked in are what is generated. `UPDATE_EXPECT=1` makes them so.
pub(crate) fn fresh(output: &Output, folder: &Path) {
    let is_update = std::env::var("UPDATE_EXPECT").as_deref() == Ok("1");
    let differences =
        if is_update { output.write(folder) } else { output.compare(folder) }.unwrap();
    let lines: Vec<_> = differences.iter().map(ToString::to_string).collect();
    assert!(
        is_update || lines.is_empty(),
        "run `UPDATE_EXPECT=1 cargo test -p spar-codegen`, and again:\n{}",
        lines.join("\n")
    );
}

/// Documents of one schema, with what is to be said of them.
pub(crate) struct Verdicts<'s> {
    schema: &'s Path,
    documents: Vec<(String, bool)>,
}

impl<'s> Verdicts<'s> {
    pub(crate) fn new(schema: &'s Path) -> Self {
        Self { schema, documents: Vec::new() }
    }

    /// A document that is valid: read strictly, written, and read again, it is the same, and so is its JSON.
    pub(crate) fn valid<T>(&mut self, document: &str) -> T
    where
        T: Root + Clone + Debug + PartialEq + Serialize + DeserializeOwned,
    {
        let record = read::<T>(document).unwrap_or_else(|error| panic!("{document}\n{error}"));
        let tolerant = xml::read::<T>(document.as_bytes(), Mode::Tolerant, &Limits::default());
        let tolerant = tolerant.unwrap_or_else(|error| panic!("{document}\n{error}"));
        assert_eq!(tolerant.deviations, [], "{document}");
        assert_eq!(tolerant.value, record, "{document}");
        let written = xml::write(&record).unwrap_or_else(|error| panic!("{document}\n{error}"));
        let again = read::<T>(&written).unwrap_or_else(|error| panic!("{written}\n{error}"));
        assert_eq!(again, record, "{written}");
        let json = serde_json::to_string(&record).unwrap();
        let from_json: T = serde_json::from_str(&json).unwrap_or_else(|e| panic!("{json}\n{e}"));
        assert_eq!(from_json, record, "{json}");
        assert!(!format!("{record:?}").contains("hemligt"), "{record:?}");
        self.documents.push((document.to_owned(), true));
        self.documents.push((written, true));
        record
    }

    /// A document that strict reading refuses, with what is wrong.
    pub(crate) fn invalid<T: Root + Debug>(&mut self, document: &str, expected: &str) {
        let error = read::<T>(document).expect_err(document).to_string();
        assert!(error.contains(expected), "{document}\n{error}");
        // Tolerant reading may refuse it too, but never fails otherwise.
        let _ = xml::read::<T>(document.as_bytes(), Mode::Tolerant, &Limits::default());
        self.documents.push((document.to_owned(), false));
    }

    /// `xmllint` says the same of all of them.
    pub(crate) fn judge(self) {
        if Command::new("xmllint").arg("--version").output().is_err() {
            assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "xmllint is missing");
            return skipped();
        }
        let folder = tempfile::tempdir().unwrap();
        let names: Vec<_> = (0..self.documents.len()).map(|index| format!("{index}.xml")).collect();
        for (name, (document, _)) in names.iter().zip(&self.documents) {
            std::fs::write(folder.path().join(name), document).unwrap();
        }
        let output = Command::new("xmllint")
            .current_dir(folder.path())
            .args(["--noout", "--nonet", "--schema"])
            .arg(self.schema)
            .args(&names)
            .output()
            .unwrap();
        let report = String::from_utf8(output.stderr).unwrap();
        for (name, (document, is_valid)) in names.iter().zip(&self.documents) {
            let found = report.lines().any(|line| line == format!("{name} validates"));
            assert_eq!(found, *is_valid, "{document}\n{report}");
        }
    }
}

#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn skipped() {
    eprintln!("SKIPPED: xmllint is missing");
}

fn read<T: Root>(document: &str) -> Result<T, spar_types::Error> {
    xml::read::<T>(document.as_bytes(), Mode::Strict, &Limits::default()).map(|read| read.value)
}
