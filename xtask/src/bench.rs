//! `cargo xtask bench`: how fast reading and writing are, as ratios within one run.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use spar_codegen::Manifest;

use crate::workspace;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A tenth of the documents, three rounds and no clean build: for trying, not for figures.
    #[arg(long)]
    quick: bool,
    /// Also make 100,000 searches against the simulator, and see what memory they take. Some minutes.
    #[arg(long)]
    memory: bool,
    /// Exit with 1 if a target is missed.
    #[arg(long)]
    check: bool,
}

/// Where the figures must lie.
enum Target {
    AtLeast(f64),
    AtMost(f64),
    None,
}

struct Row {
    what: &'static str,
    figure: f64,
    unit: &'static str,
    target: Target,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let (documents, rounds) = if arguments.quick { ("20", "3") } else { ("200", "7") };
    println!("building and measuring; close what else runs on this machine");
    let speed = measure("speed", &[documents, rounds])?;
    let allocations = measure("allocations", &[])?;
    let file_bytes = if arguments.quick { "6000000" } else { "56000000" };
    let files = measure("files", &[file_bytes, rounds])?;
    let of = |figures: &BTreeMap<String, f64>, name: &str| {
        figures.get(name).copied().with_context(|| format!("no figure `{name}`"))
    };
    let searches = if arguments.quick { "200" } else { "2000" };
    // What a process has taken is asked of Linux.
    let client = match cfg!(target_os = "linux") {
        true => Some(measure("client", &["cpu", searches, rounds])?),
        false => None,
    };
    let mut rows = Vec::new();
    let mut row = |what, figure, unit, target| rows.push(Row { what, figure, unit, target });
    row("bytes of a record", of(&speed, "bytes of a record")?, "B", Target::None);
    row(
        "quick-xml's bare Reader, borrowed",
        of(&speed, "quick-xml, borrowed")?,
        "MB/s",
        Target::None,
    );
    row(
        "quick-xml's bare Reader, buffered",
        of(&speed, "quick-xml, buffered")?,
        "MB/s",
        Target::None,
    );
    row("the guard alone", of(&speed, "document")?, "MB/s", Target::None);
    row("owned tolerant records", of(&speed, "records")?, "MB/s", Target::None);
    row("records against the faster Reader", of(&speed, "fraction")?, "", Target::AtLeast(0.5));
    let pair = of(&speed, "request and answer")?;
    row("request written, answer of one post read", pair, "µs", Target::AtMost(40.0));
    row("file: bytes of a record", of(&files, "bytes of a record")?, "B", Target::None);
    row("file: quick-xml's bare Reader, borrowed", of(&files, "quick-xml")?, "MB/s", Target::None);
    row("file: owned records, one thread", of(&files, "records")?, "MB/s", Target::None);
    let fraction = of(&files, "records to quick-xml")?;
    row("file: records against the Reader", fraction, "", Target::AtLeast(1.5));
    row("file: records written", of(&files, "written")?, "MB/s", Target::None);
    row(
        "file: writing against reading",
        of(&files, "written to records")?,
        "",
        Target::AtLeast(2.0),
    );
    let per_record = of(&allocations, "file: allocations")?;
    row("file: allocations per record", per_record, "", Target::None);
    let per_record = of(&allocations, "file: bytes allocated")?;
    row("file: bytes allocated per record", per_record, "B", Target::None);
    row("allocations per record", of(&allocations, "allocations")?, "", Target::None);
    row("bytes allocated per record", of(&allocations, "bytes allocated")?, "B", Target::None);
    row("allocations that a record keeps", of(&allocations, "allocations kept")?, "", Target::None);
    row("bytes that a record keeps", of(&allocations, "bytes kept")?, "B", Target::None);
    if let Some(client) = client {
        row("CPU of a bare post over TLS", of(&client, "CPU of a bare post")?, "µs", Target::None);
        let transport = of(&client, "CPU of a post by the transport")?;
        row("CPU of a post by the transport", transport, "µs", Target::None);
        row("CPU of a search, XML included", of(&client, "CPU of a search")?, "µs", Target::None);
        row("a search against a bare post", of(&client, "CPU ratio")?, "", Target::AtMost(1.3));
    }
    let lines = generated_lines(&workspace().join("spar-types/src/generated"))?
        + generated_lines(&workspace().join("spar-soap/src/generated"))?;
    let of_files = lines_of_files()?;
    let of_personsok = (lines - of_files) as f64;
    row("lines of generated code for Personsök", of_personsok, "", Target::AtMost(9_000.0));
    row("lines of generated code for files", of_files as f64, "", Target::None);
    if !arguments.quick {
        row("clean build of spar-types alone", compile_seconds()?, "s", Target::None);
    }
    let mut is_missed = false;
    for Row { what, figure, unit, target } in rows {
        let verdict = match target {
            Target::None => String::new(),
            Target::AtLeast(bound) => verdict(figure >= bound, "at least", bound, &mut is_missed),
            Target::AtMost(bound) => verdict(figure <= bound, "at most", bound, &mut is_missed),
        };
        println!("{what:<42} {figure:>10.2} {unit:<5} {verdict}");
    }
    if arguments.memory {
        for (what, kilobytes) in measure("client", &["memory", "100000"])? {
            println!("{what:<42} {kilobytes:>10.0}");
        }
    }
    Ok(if is_missed && arguments.check { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn verdict(is_met: bool, word: &str, bound: f64, is_missed: &mut bool) -> String {
    *is_missed |= !is_met;
    format!("{} ({word} {bound})", if is_met { "met" } else { "MISSED" })
}

/// The figures that a program of spar-bench prints: a name, a tab, a number.
fn measure(program: &str, arguments: &[&str]) -> Result<BTreeMap<String, f64>> {
    let output = Command::new("cargo")
        .args(["run", "--release", "--quiet", "-p", "spar-bench", "--bin", program, "--"])
        .args(arguments)
        .current_dir(workspace())
        .stderr(Stdio::inherit())
        .output()
        .context("cargo does not start")?;
    if !output.status.success() {
        bail!("`{program}` of spar-bench failed");
    }
    let figure = |line: &str| {
        let (name, number) = line.split_once('\t')?;
        Some((name.to_owned(), number.parse().ok()?))
    };
    Ok(String::from_utf8_lossy(&output.stdout).lines().filter_map(figure).collect())
}

/// Lines of the modules that Personsök has no use for.
fn lines_of_files() -> Result<usize> {
    let manifest = Manifest::load(&workspace().join("schemas"))?;
    let generated = workspace().join("spar-types/src/generated");
    let mut lines = 0;
    for entry in std::fs::read_dir(generated.join("components"))? {
        let module = entry?.path();
        if !module.is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(module.join("mod.rs"))?;
        let is_source = |file: &&spar_codegen::File| text.contains(&format!("`{}`.", file.path));
        let source = manifest.file.iter().find(is_source);
        let source = source.with_context(|| format!("no schema of {}", module.display()))?;
        if !source.interfaces.iter().any(|interface| interface.starts_with("personsok/")) {
            lines += generated_lines(&module)?;
        }
    }
    Ok(lines)
}

/// Lines of Rust without blanks, comments and attributes.
fn generated_lines(folder: &Path) -> Result<usize> {
    let mut lines = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            lines += generated_lines(&path)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let is_code = |line: &&str| {
                let line = line.trim_start();
                !line.is_empty() && !["//", "#[", "#!["].iter().any(|start| line.starts_with(start))
            };
            lines += std::fs::read_to_string(&path)?.lines().filter(is_code).count();
        }
    }
    Ok(lines)
}

/// How long the crate itself takes, its dependencies built.
fn compile_seconds() -> Result<f64> {
    let cargo = |arguments: &[&str]| -> Result<()> {
        let status = Command::new("cargo").args(arguments).current_dir(workspace()).status()?;
        if status.success() { Ok(()) } else { bail!("cargo {} failed", arguments.join(" ")) }
    };
    cargo(&["build", "--release", "--quiet", "-p", "spar-types"])?;
    cargo(&["clean", "--release", "--quiet", "-p", "spar-types"])?;
    let start = Instant::now();
    cargo(&["build", "--release", "--quiet", "-p", "spar-types"])?;
    Ok(start.elapsed().as_secs_f64())
}
