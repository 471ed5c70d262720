//! `cargo xtask package`.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail, ensure};

use crate::workspace;

/// Packs what is published and builds it from the packages alone (SUP-03): no schema folder, no network.
///
/// cargo's own verification is switched off: it takes unpacked packages of the same version from an earlier run for
/// the present ones.
pub(crate) fn run() -> Result<ExitCode> {
    let root = workspace();
    let packages = published(&root)?;
    let mut pack = cargo(&root, &["package", "--no-verify", "--allow-dirty", "--quiet"]);
    for package in &packages {
        pack.args(["-p", &package.name]);
    }
    succeed(&mut pack)?;

    let target = root.join("target");
    // A folder that no earlier build knows, so that nothing of it counts as built.
    let folder = tempfile::Builder::new().prefix("package-").tempdir_in(&target)?;
    let mut manifest = String::from(
        "[workspace]\nresolver = \"3\"\nmembers = [\"*-*\"]\n\n\
         # As in the workspace, so that the dependencies built there serve here.\n\
         [profile.dev]\ndebug = \"line-tables-only\"\n\n[patch.crates-io]\n",
    );
    for Package { name, version } in &packages {
        let file = target.join(format!("package/{name}-{version}.crate"));
        let mut unpack = Command::new("tar");
        unpack.arg("-xzf").arg(&file).arg("-C").arg(folder.path());
        succeed(&mut unpack)?;
        manifest.push_str(&format!("{name} = {{ path = \"{name}-{version}\" }}\n"));
    }
    fs::write(folder.path().join("Cargo.toml"), manifest)?;
    fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock"))?;
    for features in [&[][..], &["--all-features"]] {
        let mut check = cargo(folder.path(), &["check", "--workspace", "--offline"]);
        check.args(features).arg("--target-dir").arg(&target);
        succeed(&mut check)?;
    }
    for Package { name, version } in &packages {
        println!("{name} {version} builds from its package");
    }
    Ok(ExitCode::SUCCESS)
}

struct Package {
    name: String,
    version: String,
}

/// The packages of the workspace that are meant to be published.
fn published(root: &Path) -> Result<Vec<Package>> {
    let output = cargo(root, &["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .context("cargo does not start")?;
    ensure!(output.status.success(), "cargo metadata failed");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("cargo metadata names no packages")?;
    packages
        .iter()
        .filter(|package| package["publish"].is_null())
        .map(|package| {
            let text = |key: &str| {
                package[key]
                    .as_str()
                    .map(str::to_owned)
                    .context("a package without name or version")
            };
            Ok(Package { name: text("name")?, version: text("version")? })
        })
        .collect()
}

fn cargo(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(folder).args(arguments);
    command
}

fn succeed(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("{name} does not start"))?;
    if !status.success() {
        bail!("{command:?} failed");
    }
    Ok(())
}
