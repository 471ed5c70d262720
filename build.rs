//! Warns when `schemas/` is not what the generated code was made from.
//!
//! Nothing is generated and nothing is fetched here, and there are no dependencies: `cargo xtask codegen`
//! does the work. The published package has no `schemas/` and no build script.

use std::path::Path;
use std::{fs, io};

const STAMP: &str = "spar-types/src/generated/STAMP";

fn main() {
    println!("cargo::rerun-if-changed=schemas");
    println!("cargo::rerun-if-changed={STAMP}");
    let schemas = Path::new("schemas");
    if !schemas.is_dir() {
        return;
    }
    let (Ok(hash), Ok(stamp)) = (hash_of_folder(schemas), fs::read_to_string(STAMP)) else {
        println!("cargo::warning=schemas/ or {STAMP} cannot be read; run `cargo xtask codegen`");
        return;
    };
    if format!("{hash:016x}") != stamp.trim() {
        println!("cargo::warning=schemas/ has changed; run `cargo xtask codegen`");
    }
}

/// FNV-1a over the names and bytes of all files, in order, as `spar-codegen` computes it.
fn hash_of_folder(folder: &Path) -> io::Result<u64> {
    let mut paths = Vec::new();
    walk(folder, "", &mut paths)?;
    paths.sort();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for path in paths {
        add(path.as_bytes());
        add(&[0]);
        add(&fs::read(folder.join(&path))?);
        add(&[0]);
    }
    Ok(hash)
}

fn walk(root: &Path, below: &str, found: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(below))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        if entry.path().is_dir() { walk(root, &path, found)? } else { found.push(path) }
    }
    Ok(())
}
