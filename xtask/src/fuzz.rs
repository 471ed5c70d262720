//! `cargo xtask fuzz`: every fuzz target for a while.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::workspace;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The targets to run; all of fuzz/README.md if none is given.
    targets: Vec<String>,
    /// How long each of them runs.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let targets = match &*arguments.targets {
        [] => all_targets()?,
        some => some.to_vec(),
    };
    let fuzz = workspace().join("fuzz");
    for target in &targets {
        // What is found is kept; what is committed to begin with is only read.
        let corpus = fuzz.join("corpus").join(target);
        std::fs::create_dir_all(&corpus).context("the corpus has no folder")?;
        let mut command = cargo_fuzz();
        // Without a sanitizer, which only a nightly toolchain has: the code is safe Rust.
        command.args(["run", "-s", "none", target]).arg(corpus);
        command.args([fuzz.join("seeds").join(target)].iter().filter(|seeds| seeds.is_dir()));
        command.arg("--").arg(format!("-max_total_time={}", arguments.seconds));
        let dictionary = fuzz.join("xml.dict");
        command.arg(format!("-dict={}", dictionary.display()));
        command.args([
            "-max_len=8192",
            "-timeout=10",
            "-rss_limit_mb=1024",
            "-print_final_stats=1",
        ]);
        println!("==> fuzz: {target}");
        let status = command.status().context("cargo does not start")?;
        if !status.success() {
            bail!(
                "fuzz target `{target}` failed; is cargo-fuzz installed (cargo install cargo-fuzz)?"
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn all_targets() -> Result<Vec<String>> {
    let output = cargo_fuzz().arg("list").output().context("cargo does not start")?;
    let listing = String::from_utf8_lossy(&output.stdout);
    let targets: Vec<_> = listing.lines().map(str::to_owned).collect();
    if !output.status.success() || targets.is_empty() {
        bail!("no fuzz targets are listed; is cargo-fuzz installed (cargo install cargo-fuzz)?");
    }
    Ok(targets)
}

fn cargo_fuzz() -> Command {
    let mut command = Command::new("cargo");
    command.arg("fuzz").current_dir(workspace());
    command
}
