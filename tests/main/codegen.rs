//! The generated code is what the schemas give, and the schemas say what SPAR's say.

use std::path::PathBuf;

use spar_codegen::{
    Difference, Manifest, Origin, Output, Tables, diff, fnv1a_of_folder, generate, read,
};

use crate::workspace;

fn generated() -> Output {
    let schemas = workspace().join("schemas");
    let manifest = Manifest::load(&schemas).unwrap();
    let interfaces: Vec<_> = manifest.interfaces().collect();
    let tables = Tables::load(&schemas).unwrap();
    let stamp = fnv1a_of_folder(&schemas).unwrap();
    generate(&schemas, &manifest, &tables, &interfaces).unwrap().with_stamp(stamp)
}

#[test]
fn generated_code_is_fresh() {
    // GEN-01, GEN-02.
    let differences = generated().compare(workspace()).unwrap();
    let lines: Vec<_> = differences.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "run `cargo xtask codegen`:\n{}", lines.join("\n"));
}

#[test]
fn generating_twice_gives_the_same() {
    // GEN-01.
    assert_eq!(generated(), generated());
}

#[test]
fn edited_missing_and_orphaned_files_are_told_and_mended() {
    // GEN-02.
    let folder = tempfile::tempdir().unwrap();
    let output = generated();
    output.write(folder.path()).unwrap();
    assert_eq!(output.compare(folder.path()).unwrap(), []);
    let path = |name: &str| folder.path().join("spar-types/src/generated").join(name);
    std::fs::write(path("mod.rs"), "// edited").unwrap();
    std::fs::remove_file(path("personsok.rs")).unwrap();
    std::fs::write(path("old.rs"), "").unwrap();
    let name = |name: &str| format!("spar-types/src/generated/{name}");
    let expected = [
        Difference::Stale(name("mod.rs")),
        Difference::Missing(name("personsok.rs")),
        Difference::Orphaned(name("old.rs")),
    ];
    assert_eq!(output.compare(folder.path()).unwrap(), expected);
    output.write(folder.path()).unwrap();
    assert_eq!(output.compare(folder.path()).unwrap(), []);
}

#[test]
fn schema_files_are_those_of_the_manifest() {
    // GEN-07.
    let schemas = workspace().join("schemas");
    let manifest = Manifest::load(&schemas).unwrap();
    let found = spar_codegen::verify(&schemas, &manifest).unwrap();
    assert!(found.problems.is_empty(), "{}", found.problems.join("\n"));
}

#[test]
fn published_means_shown_to_be_equal() {
    // GEN-11.
    let manifest = Manifest::load(&workspace().join("schemas")).unwrap();
    for file in &manifest.file {
        if file.origin == Origin::Published {
            assert!(file.published_sha256.is_some(), "{}", file.path);
            assert!(!file.semantic_sha256.is_empty(), "{}", file.path);
            assert!(file.uncertain.is_empty(), "{}", file.path);
            continue;
        }
        // What is not certain stands in the manifest and, for readers, in the file itself.
        assert!(!file.uncertain.is_empty(), "{}", file.path);
        let text = std::fs::read_to_string(workspace().join("schemas").join(&file.path)).unwrap();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for point in &file.uncertain {
            assert!(text.contains(point.as_str()), "{}: {point}", file.path);
        }
    }
}

/// The folder with SPAR's own files, which are not part of this repository.
fn published() -> Option<PathBuf> {
    let folder = std::env::var_os("SPAR_PUBLISHED_SCHEMAS").map(PathBuf::from);
    if folder.is_none() {
        println!("SKIPPED: SPAR_PUBLISHED_SCHEMAS names no folder with SPAR's own schema files");
    }
    folder
}

#[test]
fn our_wording_says_what_the_published_files_say() {
    // GEN-21.
    let Some(published) = published() else { return };
    let schemas = workspace().join("schemas");
    let manifest = Manifest::load(&schemas).unwrap();
    let ours = read(&schemas, &manifest, "personsok/2021.1").unwrap();
    let theirs = read(&published, &manifest, "personsok/2021.1").unwrap();
    assert_eq!(diff(&ours, &theirs), [""; 0]);
    for file in &manifest.file {
        let hash = ours.semantic_sha256(&file.path);
        assert_eq!(hash, theirs.semantic_sha256(&file.path), "{}", file.path);
    }
    assert_eq!(ours.operations_sha256(), theirs.operations_sha256());
}

#[test]
fn the_published_files_give_the_same_code_but_for_documentation() {
    // GEN-12, GEN-21.
    let Some(published) = published() else { return };
    let schemas = workspace().join("schemas");
    let manifest = Manifest::load(&schemas).unwrap();
    let tables = Tables::load(&schemas).unwrap();
    let interfaces = ["personsok/2021.1"];
    let ours = generate(&schemas, &manifest, &tables, &interfaces).unwrap();
    let theirs = generate(&published, &manifest, &tables, &interfaces).unwrap();
    let code = |output: &Output| -> Vec<(String, String)> {
        let without_docs = |text: &str| -> String {
            let is_code = |line: &&str| {
                let line = line.trim_start();
                // The last of these is how JSON Schema has it.
                ["///", "//!", "\"description\":"].iter().all(|docs| !line.starts_with(docs))
            };
            text.lines().filter(is_code).map(|line| format!("{line}\n")).collect()
        };
        // The simulator serves copies of the files themselves.
        let code = output.files().filter(|(path, _)| !path.contains("/generated/schemas/"));
        code.map(|(path, text)| (path, without_docs(text))).collect()
    };
    assert_eq!(code(&ours), code(&theirs));
}

#[test]
fn every_documentation_string_reaches_rustdoc() {
    // GEN-09. Compared by line, since rustdoc gets them line by line.
    let mut rust = String::new();
    for (_, text) in generated().files() {
        rust.push_str(text);
    }
    let documented: std::collections::BTreeSet<_> = rust
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("//"))
        .map(|line| line[1..].trim())
        .collect();
    let mut missing = Vec::new();
    let schemas = workspace().join("schemas");
    let manifest = Manifest::load(&schemas).unwrap();
    let mut count = 0;
    for file in manifest.file.iter().filter(|file| file.path.ends_with(".xsd")) {
        let text = std::fs::read_to_string(schemas.join(&file.path)).unwrap();
        for documentation in text.split("<xs:documentation>").skip(1) {
            let (documentation, _) = documentation.split_once("</xs:documentation>").unwrap();
            count += 1;
            for line in documentation.lines().map(str::trim).filter(|line| !line.is_empty()) {
                let line = line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
                if !documented.contains(line.as_str()) {
                    missing.push(format!("{}: {line}", file.path));
                }
            }
        }
    }
    assert!(count > 200, "only {count} documentation strings found");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
