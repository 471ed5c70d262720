//! The same schemas give the same files, and files that are not those are named.

use std::path::Path;

use spar_codegen::{Bindings, Difference, Output, Tables};

use crate::constructs::folder;

fn generate(schemas: &Path) -> Output {
    let tables = Tables::load(schemas).unwrap();
    let bindings = Bindings::new("prov/1.0", schemas, "constructs.wsdl").tables(tables);
    bindings.folder("src/generated").generate().unwrap()
}

/// A copy of the schemas whose files are made in this order, which is what many file systems list them in.
fn copy(order: impl Fn(&mut Vec<std::path::PathBuf>)) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    let mut paths: Vec<_> =
        std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    order(&mut paths);
    for path in paths {
        std::fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
    }
    copy
}

#[test]
fn twice_and_in_whatever_order_the_files_lie() {
    // GEN-01.
    let once = generate(&folder());
    assert_eq!(once, generate(&folder()));
    assert_eq!(once, generate(copy(|_| ()).path()));
    assert_eq!(once, generate(copy(|paths| paths.reverse()).path()));
    assert_eq!(once, generate(copy(|paths| paths.rotate_left(5)).path()));
}

#[test]
fn what_was_deleted_edited_or_left_over_is_named_and_mended() {
    // GEN-01, GEN-02.
    let workspace = tempfile::tempdir().unwrap();
    let output = generate(&folder());
    let path = |name: &str| workspace.path().join("src/generated").join(name);
    assert_eq!(output.compare(workspace.path()).unwrap().len(), output.files().count());
    output.write(workspace.path()).unwrap();
    assert_eq!(output.compare(workspace.path()).unwrap(), []);
    // Beside the folder anything may lie.
    std::fs::write(workspace.path().join("src/lib.rs"), "").unwrap();
    std::fs::write(path("mod.rs"), "// edited").unwrap();
    std::fs::remove_file(path("operations.rs")).unwrap();
    std::fs::create_dir(path("components/gammal")).unwrap();
    std::fs::write(path("components/gammal/mod.rs"), "").unwrap();
    let name = |name: &str| format!("src/generated/{name}");
    let expected = [
        Difference::Stale(name("mod.rs")),
        Difference::Missing(name("operations.rs")),
        Difference::Orphaned(name("components/gammal/mod.rs")),
    ];
    assert_eq!(output.compare(workspace.path()).unwrap(), expected);
    assert_eq!(output.write(workspace.path()).unwrap(), expected);
    assert_eq!(output.compare(workspace.path()).unwrap(), []);
    // Deleted as a whole and generated anew.
    std::fs::remove_dir_all(path("")).unwrap();
    output.write(workspace.path()).unwrap();
    assert_eq!(output.compare(workspace.path()).unwrap(), []);
    assert!(workspace.path().join("src/lib.rs").exists());
}
