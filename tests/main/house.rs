//! The rules of the house that no compiler holds.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::workspace;

/// The text files that git tracks, by path.
fn files() -> BTreeMap<String, String> {
    let output =
        Command::new("git").arg("-C").arg(workspace()).arg("ls-files").output().expect("git runs");
    let listing = String::from_utf8(output.stdout).expect("paths are UTF-8");
    let read = |path: &str| {
        let text = std::fs::read_to_string(workspace().join(path)).ok()?;
        Some((path.to_owned(), text))
    };
    let files: BTreeMap<_, _> = listing.lines().filter_map(read).collect();
    assert!(files.len() > 100, "git lists {} files", files.len());
    files
}

/// The packages that a package's own code can use, by `cargo tree`.
fn dependencies(package: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(workspace())
        .args(["tree", "--offline", "--edges", "normal", "--prefix", "none", "--package", package])
        .args(["--format", "{p}"])
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("names are UTF-8");
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn xsd_parser_is_named_in_one_file() {
    // House rule 1, SUP-01.
    let named: Vec<_> = files()
        .into_iter()
        .filter(|(path, text)| path.ends_with(".rs") && text.contains("xsd_parser::"))
        .map(|(path, _)| path)
        .filter(|path| path != "tests/main/house.rs")
        .collect();
    assert_eq!(named, ["spar-codegen/src/lower/parse.rs"]);
    for package in [
        "spar-sdk",
        "spar-types",
        "spar-files",
        "spar-http",
        "spar-soap",
        "spar-simulator",
        "spar-tool",
    ] {
        let names = dependencies(package);
        assert!(!names.iter().any(|name| name.starts_with("xsd-parser")), "{package}");
    }
}

#[test]
fn types_and_files_know_no_network() {
    // House rule 2.
    for package in ["spar-types", "spar-files"] {
        let names = dependencies(package);
        for forbidden in ["tokio", "hyper", "rustls", "openssl", "http", "spar-http"] {
            assert!(!names.iter().any(|name| name == forbidden), "{package}: {forbidden}");
        }
    }
    // PII-03: a crate that keeps no log puts nothing into one.
    let names = dependencies("spar-types");
    assert!(!names.iter().any(|name| name == "tracing" || name == "log"));
}

#[test]
fn archives_are_deflated_or_stored() {
    // SUP-08: no other method of packing, and no encryption of archives.
    let names = dependencies("spar-files");
    for forbidden in ["aes", "bzip2", "lzma-rust2", "ppmd-rust", "xz2", "zstd", "zopfli"] {
        assert!(!names.iter().any(|name| name == forbidden), "{forbidden}");
    }
}

#[test]
fn only_the_transport_names_hyper_and_rustls() {
    // Design: the only client crate that does.
    for (path, text) in files() {
        let is_client =
            ["spar-soap/src", "spar-filtransport/src", "spar-types/src", "spar-tool/src", "src/"]
                .iter()
                .any(|folder| path.starts_with(folder));
        if is_client {
            for forbidden in ["hyper::", "hyper_util::", "openssl::", "rustls::", "tokio_rustls::"]
            {
                assert!(!text.contains(forbidden), "{path} names {forbidden}");
            }
        }
    }
}

#[test]
fn only_generated_code_and_tests_name_a_version() {
    // GEN-12, GEN-15: a new version of the interface must not ask for a change of hand-written code. What
    // works with the newest version names it `newest`, or a component without its version.
    let has_version = |line: &str| {
        let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        words.filter(|word| word.contains(|c: char| c.is_ascii_digit())).any(|word| {
            let word = word.to_ascii_lowercase();
            let Some((_, version)) = word.rsplit_once("_v").or_else(|| word.split_once('v')) else {
                return false;
            };
            let mut numbers = version.split('_');
            let is_number = |text: &str| text.parse::<u32>().is_ok();
            matches!((numbers.next(), numbers.next(), numbers.next()),
                (Some(major), Some(minor), None) if is_number(major) && is_number(minor))
        })
    };
    assert!(has_version("use spar_types::personsok::v2023_1::Namn;"));
    assert!(has_version("components::person_v1_3::Person") && has_version("Version::V2023_1"));
    assert!(!has_version("tls::rustls_023, v4, ipv6_x"));
    for (path, text) in files() {
        let is_ours = ["spar-", "src/", "examples/", "fuzz/"].iter().any(|at| path.starts_with(at))
            && path.ends_with(".rs")
            && !["/generated/", "/tests/"].iter().any(|part| path.contains(part))
            && !["spar-codegen/", "spar-http/"].iter().any(|at| path.starts_with(at))
            && path != "spar-tool/src/validate.rs"
            // Files of an older version are read and written by its own types.
            && !path.starts_with("spar-files/src/versions/")
            // What holds of every version is held for each.
            && !["fuzz/src/", "fuzz/fuzz_targets/roundtrip_"].iter().any(|at| path.starts_with(at));
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in code.lines().filter(|_| is_ours) {
            let is_comment = line.trim_start().starts_with("//");
            assert!(is_comment || !has_version(line), "{path} names a version: {line}");
        }
    }
}

#[test]
fn every_source_file_says_what_it_is_for() {
    for (path, text) in files().into_iter().filter(|(path, _)| path.ends_with(".rs")) {
        let first =
            text.lines().find(|line| !line.is_empty() && !line.starts_with("// @generated"));
        assert!(first.is_some_and(|line| line.starts_with("//!")), "{path}");
    }
}

#[test]
fn no_key_and_no_certificate_is_committed() {
    // PII-16.
    for (path, text) in files() {
        let is_key_file =
            [".p12", ".pfx", ".key", ".pem", ".crt"].iter().any(|end| path.ends_with(end));
        assert!(!is_key_file, "{path}");
        // Tests speak of the marks, so only a whole block counts.
        let marker = concat!("-----BEGIN ", "PRIVATE KEY-----\nM");
        assert!(!text.contains(marker), "{path}");
    }
}

#[test]
fn test_data_holds_no_real_person() {
    // PII-08: a valid personnummer must be one of SPAR's published test numbers, or have a serial of
    // 980 or more, which is not given out to persons.
    const PUBLISHED: [&str; 5] =
        ["198111309285", "197910312391", "198106039228", "195704133106", "191212121212"];
    let mut found = Vec::new();
    for (path, text) in files() {
        for number in numbers_of_persons(&text) {
            let is_invented = number[8..11].parse().is_ok_and(|serial: u16| serial >= 980);
            // Short forms leave the century open.
            let is_published = PUBLISHED.iter().any(|published| published[2..] == number[2..]);
            if is_personnummer(&number) && !is_invented && !is_published {
                found.push(path.clone());
            }
        }
    }
    assert!(found.is_empty(), "valid personnummer in {found:?}");
    let found = numbers_of_persons("198111309285 a19811130-9285, 811130-9285. 811130+9285");
    let expected = ["198111309285", "198111309285", "198111309285", "188111309285"];
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

/// What may be the number of a person, in twelve digits: those, or eight or six with a sign and four.
fn numbers_of_persons(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_ascii_digit() && !matches!(c, '-' | '+'));
    words.filter_map(|word| {
        let (date, sign, number) = match word.find(['-', '+']) {
            Some(at) => (&word[..at], &word[at..=at], &word[at + 1..]),
            None => (word.get(..8)?, "", &word[8..]),
        };
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if number.len() != 4 || !is_digits(date) || !is_digits(number) {
            return None;
        }
        // The century does not enter the check digit.
        let century = match (date.len(), sign) {
            (8, _) => "",
            (6, "+") => "18",
            (6, _) => "19",
            _ => return None,
        };
        Some(format!("{century}{date}{number}"))
    })
}

fn is_personnummer(number: &str) -> bool {
    let part = |range: std::ops::Range<usize>| number[range].parse::<u32>().unwrap_or(0);
    let day = part(6..8) % 60;
    let is_date = matches!(part(0..2), 18..=20) && (1..=12).contains(&part(4..6));
    let digits = number.bytes().skip(2).map(|byte| u32::from(byte - b'0'));
    let products = digits
        .enumerate()
        .map(|(place, digit)| digit * if place.is_multiple_of(2) { 2 } else { 1 });
    let sum: u32 = products.map(|product| product / 10 + product % 10).sum();
    is_date && (1..=31).contains(&day) && sum.is_multiple_of(10)
}

#[test]
fn no_library_writes_a_file() {
    // PII-09: none but those that the user asked for, and the libraries that a user searches with have none
    // to be asked for.
    for (path, text) in files() {
        let is_library = ["spar-types/src", "spar-soap/src", "spar-http/src", "src/"]
            .iter()
            .any(|folder| path.starts_with(folder));
        if is_library {
            for forbidden in ["fs::write", "File::create", "OpenOptions", "tempfile"] {
                assert!(!text.contains(forbidden), "{path} uses {forbidden}");
            }
        }
    }
}

#[test]
fn the_documentation_says_what_is_wiped_and_what_is_not() {
    // PII-15.
    let readme = std::fs::read_to_string(workspace().join("README.md")).unwrap();
    let readme = readme.split_whitespace().collect::<Vec<_>>().join(" ");
    for promise in ["Names and addresses are not wiped from memory", "keys are"] {
        assert!(readme.contains(promise), "README.md does not say `{promise}`");
    }
}

#[test]
fn build_script_computes_the_stamp_as_the_generator_does() {
    // SUP-04: the two cannot share code, since a build script has no dependencies.
    let stamp = workspace().join("spar-types/src/generated/STAMP");
    let stamp = std::fs::read_to_string(stamp).unwrap();
    let hash = spar_codegen::fnv1a_of_folder(Path::new(&workspace().join("schemas"))).unwrap();
    assert_eq!(stamp.trim(), format!("{hash:016x}"));
    let build = std::fs::read_to_string(workspace().join("build.rs")).unwrap();
    for constant in ["0xcbf2_9ce4_8422_2325_u64", "0x0100_0000_01b3"] {
        assert!(build.contains(constant));
    }
}
