//! `cargo xtask schemas add`: a new interface version, from its published files to generated code.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use spar_codegen::published::{Unavailable, Walk, target_namespace};
use spar_codegen::{Manifest, ManifestEdit, Tables, compare, generate, locate_root, read, sha256};

use super::Format;
use super::folder;
use super::source::{Folder, Source, Web};

/// Add a version of an interface: its files, their entries in manifest.toml, and the code for it.
///
/// The entry documents are those of the newest version that is known, at the same places of the new
/// version's folder; the components that they lead to come along. A component that is here already is kept
/// if the published file states the same. Names that rules cannot give are listed with a proposal, ready to
/// be put into names.toml; once they are there, `cargo xtask codegen` goes on.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The service, such as personsok.
    service: String,
    /// The new version, such as 2027.1.
    version: String,
    /// A folder with the published files, or a URL that stands in for SPAR's schema host.
    #[arg(long, value_name = "URL|DIR")]
    from: Option<String>,
    /// How to print what differs from the version before.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Seconds that one file may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0)]
    timeout: f64,
}

pub(crate) fn run(schemas: &Path, arguments: &Arguments) -> Result<ExitCode> {
    let manifest = Manifest::load(schemas)?;
    let timeout = Duration::try_from_secs_f64(arguments.timeout).context("--timeout")?;
    let from = arguments.from.as_deref();
    let mut source: Box<dyn Source> = match from {
        Some(from) if !from.contains("://") => Box::new(Folder(locate_root(&PathBuf::from(from))?)),
        from => Box::new(Web::new(&manifest, from, timeout)?),
    };
    let interface = format!("{}/{}", arguments.service, arguments.version);
    let before = add(schemas, &manifest, &interface, &mut *source, &folder::today())?;
    let manifest = Manifest::load(schemas)?;
    let diff = compare(&read(schemas, &manifest, &before)?, &read(schemas, &manifest, &interface)?);
    println!("{}", arguments.format.render(&diff));
    println!("{interface} is in schemas/ and manifest.toml.");
    let interfaces: Vec<_> = manifest.interfaces().collect();
    match generate(schemas, &manifest, &Tables::load(schemas)?, &interfaces) {
        Ok(_) => {
            println!(
                "No name needs a decision; next: `cargo xtask codegen`, and what CONTRIBUTING says."
            );
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            println!("Before `cargo xtask codegen`, decide:\n\n{error}");
            Ok(ExitCode::from(1))
        }
    }
}

/// Adds the version. The version that was the newest before.
pub(crate) fn add(
    schemas: &Path,
    manifest: &Manifest,
    interface: &str,
    source: &mut dyn Source,
    day: &str,
) -> Result<String> {
    let (service, version) = interface.split_once('/').context("an interface without version")?;
    let numbers = |version: &str| -> Option<Vec<u32>> {
        version.split('.').map(|number| number.parse().ok()).collect()
    };
    ensure!(
        numbers(version).is_some_and(|numbers| numbers.len() == 2),
        "`{version}` is no version such as 2027.1"
    );
    ensure!(
        !manifest.interfaces().any(|known| known == interface),
        "manifest.toml has {interface}; `cargo xtask schemas fetch` compares it with what SPAR serves"
    );
    let versions = manifest.interfaces().filter_map(|known| known.split_once('/'));
    let newest = versions
        .filter(|(of, _)| *of == service)
        .max_by_key(|(_, version)| numbers(version))
        .map(|(_, version)| version.to_owned());
    let Some(newest) = newest else {
        let mut known: Vec<_> =
            manifest.interfaces().filter_map(|known| known.split('/').next()).collect();
        known.dedup();
        bail!("manifest.toml knows no service `{service}`; it knows {}", known.join(", "));
    };
    let before = format!("{service}/{newest}");
    let entries: Vec<String> = manifest
        .entries(&before)?
        .iter()
        .map(|path| path.replace(&format!("/{newest}/"), &format!("/{version}/")))
        .collect();

    let walk = Walk::take(
        manifest,
        entries.iter().cloned(),
        |path| target_namespace(path, &std::fs::read_to_string(schemas.join(path)).ok()?),
        |path| {
            eprintln!("{path}");
            source.get(path)
        },
    );
    let failures: Vec<_> = walk
        .files
        .iter()
        .filter_map(|(path, served)| match &served.bytes {
            Ok(_) => None,
            Err(Unavailable::Missing) => Some(format!("{path}: missing")),
            Err(Unavailable::Refused(why)) => Some(format!("{path}: {why}")),
        })
        .collect();
    if !failures.is_empty() {
        bail!("nothing was changed:\n{}", failures.join("\n"));
    }

    let text = std::fs::read_to_string(schemas.join("manifest.toml"))?;
    let mut edit = ManifestEdit::parse(&text)?;
    edit.add_interface(interface, &entries);
    let mut files = BTreeMap::new();
    let mut kept = Vec::new();
    for (path, served) in &walk.files {
        let bytes = served.bytes.as_deref().unwrap_or_default();
        if manifest.file.iter().any(|file| file.path == *path) {
            edit.add_interface_to(path, interface);
            kept.push((path, bytes));
            continue;
        }
        let url = manifest.url(path).with_context(|| format!("{path} has no URL"))?;
        edit.add_file(path, &url, &[interface]);
        edit.record_published(path, &sha256(bytes), day);
        files.insert(path.clone(), bytes.to_vec());
    }
    check_kept(schemas, &walk, interface, &edit.text(), &kept)?;
    folder::replace(schemas, &files, &edit.text())?;
    Ok(before)
}

/// A published schema is never changed: a component that is here must state what the published one states.
fn check_kept(
    schemas: &Path,
    walk: &Walk,
    interface: &str,
    manifest: &str,
    kept: &[(&String, &[u8])],
) -> Result<()> {
    let staging = tempfile::tempdir()?;
    let (ours, theirs) = (staging.path().join("ours"), staging.path().join("theirs"));
    folder::copy(schemas, &ours)?;
    for root in [&ours, &theirs] {
        let is_kept = |path: &String| kept.iter().any(|(known, _)| *known == path);
        let files = walk.files.iter().filter(|(path, _)| *root == theirs || !is_kept(path));
        let files = files
            .map(|(path, served)| (path.as_str(), served.bytes.as_deref().unwrap_or_default()));
        folder::write(root, files)?;
        folder::write(root, [("manifest.toml", manifest.as_bytes())])?;
    }
    let manifest = Manifest::load(&ours)?;
    let (ours, theirs) = (read(&ours, &manifest, interface)?, read(&theirs, &manifest, interface)?);
    for (path, _) in kept {
        if ours.semantic_sha256(path) != theirs.semantic_sha256(path) {
            bail!(
                "{path} is here already and states something else; nothing was changed\n\n{}\n\
                 hint: `cargo xtask schemas fetch --accept` puts published files in place of ours",
                compare(&ours, &theirs).text()
            );
        }
    }
    Ok(())
}
