//! Tests of the workspace as a whole: its generated code, its schemas, the rules of the house.

// Helpers of tests may fail, and say what they skip.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

mod codegen;
mod filtransport;
mod house;

use std::path::Path;

/// The root of the workspace.
fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
