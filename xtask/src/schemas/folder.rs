//! Changing the schema folder: wholly or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use spar_codegen::{Manifest, verify};

/// Writes files below a folder.
pub(crate) fn write<'f>(
    folder: &Path,
    files: impl IntoIterator<Item = (&'f str, &'f [u8])>,
) -> Result<()> {
    for (path, bytes) in files {
        let target = folder.join(path);
        let parent = target.parent().unwrap_or(folder);
        fs::create_dir_all(parent)
            .and_then(|()| fs::write(&target, bytes))
            .with_context(|| format!("{} cannot be written", target.display()))?;
    }
    Ok(())
}

/// Puts files and a manifest into the schema folder. The hashes of the files are recorded in it.
///
/// All of it is made beside the folder and judged there, then takes its place.
pub(crate) fn replace(
    schemas: &Path,
    files: &BTreeMap<String, Vec<u8>>,
    manifest: &str,
) -> Result<()> {
    let beside = schemas.parent().context("the schema folder has no parent")?;
    let staged = tempfile::Builder::new().prefix(".schemas-").tempdir_in(beside)?;
    let made = staged.path().join("new");
    copy(schemas, &made)?;
    write(&made, files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())))?;
    write(&made, [("manifest.toml", manifest.as_bytes())])?;
    let recorded = verify(&made, &Manifest::load(&made)?)?;
    write(&made, [("manifest.toml", recorded.manifest.as_bytes())])?;
    let problems = verify(&made, &Manifest::load(&made)?)?.problems;
    if !problems.is_empty() {
        bail!("nothing was changed: it would not hold together\n{}", problems.join("\n"));
    }
    let before = staged.path().join("old");
    fs::rename(schemas, &before)?;
    if let Err(error) = fs::rename(&made, schemas) {
        fs::rename(&before, schemas)?;
        return Err(error).with_context(|| format!("{} cannot be replaced", schemas.display()));
    }
    Ok(())
}

pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("{} cannot be read", from.display()))? {
        let entry = entry?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

/// The day, in UTC, as `2027-01-31`.
pub(crate) fn today() -> String {
    jiff_1::tz::TimeZone::UTC.to_datetime(jiff_1::Timestamp::now()).date().to_string()
}
