//! `cargo xtask`: the tasks of the workspace. Argument parsing; the generator is in `spar-codegen`.

// A task runner talks to a terminal.
#![allow(clippy::print_stderr, clippy::print_stdout)]

mod bench;
mod ci;
mod codegen;
mod fuzz;
mod package;
mod picture;
mod schemas;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tasks of the spar workspace.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Write spar-types/src/generated and spar-soap/src/generated from schemas/.
    ///
    /// Files that are no longer generated are deleted.
    Codegen(codegen::Arguments),
    /// Check and compare schema folders.
    #[command(subcommand)]
    Schemas(schemas::Task),
    /// Measure reading and writing, as ratios within one run, and judge them by their targets.
    Bench(bench::Arguments),
    /// Run fuzz targets, each for a while. Needs cargo-fuzz, but no nightly toolchain.
    Fuzz(fuzz::Arguments),
    /// Pack every crate that is published, and build the packed crates by themselves, offline.
    Package,
    /// Draw docs/demo.svg, the README's picture of `spar demo`.
    Picture,
    /// Run what must pass before a change lands.
    Ci(ci::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Codegen(arguments) => codegen::run(&arguments),
        Task::Schemas(task) => schemas::run(&task),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Fuzz(arguments) => fuzz::run(&arguments),
        Task::Package => package::run(),
        Task::Picture => picture::run(),
        Task::Ci(arguments) => ci::run(&arguments),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::from(2)
    })
}

/// The workspace that this task runner belongs to.
fn workspace() -> PathBuf {
    let mut path = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    path.pop();
    path
}
