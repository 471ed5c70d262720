//! The workflows: what they may do, and with what.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use crate::workspace;

/// The workflows, by the names of their files.
fn workflows() -> BTreeMap<String, Value> {
    let folder = workspace().join(".github/workflows");
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        found.insert(name, serde_saphyr::from_str(&text).unwrap());
    }
    assert!(found.len() >= 3, "{:?}", found.keys());
    found
}

/// Every job, with the names of its workflow and itself.
fn jobs() -> Vec<(String, Value)> {
    let mut jobs = Vec::new();
    for (file, workflow) in workflows() {
        for (name, job) in workflow["jobs"].as_object().unwrap() {
            jobs.push((format!("{file}, {name}"), job.clone()));
        }
    }
    jobs
}

#[test]
fn permissions_are_the_least() {
    // SUP-10: none for a workflow, and for each job those that are named here.
    for (file, workflow) in workflows() {
        assert_eq!(workflow["permissions"], serde_json::json!({}), "{file}");
    }
    for (name, job) in jobs() {
        let expected = match name.as_str() {
            "drift.yml, propose" => {
                serde_json::json!({ "contents": "write", "pull-requests": "write" })
            }
            "release.yml, publish" => {
                serde_json::json!({ "contents": "read", "id-token": "write" })
            }
            _ => serde_json::json!({ "contents": "read" }),
        };
        assert_eq!(job["permissions"], expected, "{name}");
        assert!(job["timeout-minutes"].is_u64(), "{name}");
    }
}

#[test]
fn an_action_is_pinned_by_hash_and_leaves_no_credential() {
    // SUP-10. None is used now.
    let mut steps = 0;
    for (name, job) in jobs() {
        for step in job["steps"].as_array().unwrap() {
            steps += 1;
            let Some(action) = step["uses"].as_str() else { continue };
            let pin = action.split_once('@').map_or("", |(_, pin)| pin);
            let is_hash = pin.len() == 40 && pin.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_hash, "{name}: {action} is not pinned by the hash of a commit");
            if action.starts_with("actions/checkout@") {
                assert_eq!(step["with"]["persist-credentials"], Value::Bool(false), "{name}");
            }
        }
    }
    assert!(steps > 5);
}

#[test]
fn no_secret_lives_longer_than_a_job() {
    // SUP-10: only the token of the run, and that not where an expression could put code into a script.
    for (name, job) in jobs() {
        for step in job["steps"].as_array().unwrap() {
            let script = step["run"].as_str().unwrap_or_default();
            for forbidden in ["github.token", "secrets.", "github.event", "needs.", "git config"] {
                assert!(!script.contains(forbidden), "{name}: {forbidden} in a script");
            }
            // Of the one that writes, no command runs code of others.
            if name == "drift.yml, propose" {
                assert!(!script.contains("cargo"), "{name}");
            }
        }
    }
    for (file, _) in workflows() {
        let path = workspace().join(".github/workflows").join(&file);
        assert!(!std::fs::read_to_string(path).unwrap().contains("secrets."), "{file}");
    }
}

#[test]
fn every_job_of_a_matrix_is_a_step_and_has_its_tools() {
    let output = Command::new(env!("CARGO"))
        .current_dir(workspace())
        .args(["run", "--quiet", "--offline", "--package", "xtask", "--", "ci", "--list"])
        .output()
        .unwrap();
    let steps = String::from_utf8(output.stdout).unwrap();
    let tools = std::fs::read_to_string(workspace().join(".ci/tools")).unwrap();
    let ci = &workflows()["ci.yml"];
    let matrix = ci["jobs"]["job"]["strategy"]["matrix"]["job"].as_array().unwrap();
    let elsewhere: Vec<_> =
        steps.lines().skip_while(|line| !line.starts_with("with a network")).skip(1).collect();
    assert_eq!(matrix.iter().filter_map(Value::as_str).collect::<Vec<_>>(), elsewhere);
    for job in elsewhere {
        assert!(tools.contains(&format!("\n    {job})")), "{job}");
    }
}

#[test]
fn archives_are_deflate_only() {
    // SUP-08, as deny.toml has it, here without a network.
    let output = Command::new(env!("CARGO"))
        .current_dir(workspace())
        .args(["tree", "--offline", "--edges", "normal", "--prefix", "none", "--all-features"])
        .args(["--package", "spar-files", "--format", "{p}"])
        .output()
        .unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    let names: Vec<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains(&"zip"), "{tree}");
    let deny = std::fs::read_to_string(workspace().join("deny.toml")).unwrap();
    let methods = ["aes", "bzip2", "deflate64", "liblzma", "lzma-rs", "ppmd-rust", "xz2", "zstd"];
    for method in methods {
        assert!(!names.contains(&method), "{method}");
        assert!(deny.contains(&format!("crate = \"{method}\"")), "{method} is not in deny.toml");
    }
}
