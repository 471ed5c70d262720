//! `cargo xtask ci`: what must pass, step by step, here as on the server.

use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::workspace;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run this step only; all of the first table of --list if not given.
    step: Option<String>,
    /// List the steps.
    #[arg(long)]
    list: bool,
}

/// A step: its name and the commands it runs.
struct Step(&'static str, &'static [&'static [&'static str]]);

/// What needs nothing but the toolchain.
const STEPS: &[Step] = &[
    Step("fmt", &[&["cargo", "fmt", "--all", "--check"]]),
    Step(
        "codegen",
        &[&["cargo", "xtask", "schemas", "verify"], &["cargo", "xtask", "codegen", "--check"]],
    ),
    Step("test", &[&["cargo", "test", "--workspace"]]),
    Step(
        "clippy",
        &[
            &["cargo", "clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
            &[
                "cargo",
                "clippy",
                "--workspace",
                "--lib",
                "--no-default-features",
                "--",
                "-D",
                "warnings",
            ],
            &[
                "cargo",
                "clippy",
                "--workspace",
                "--all-targets",
                "--all-features",
                "--",
                "-D",
                "warnings",
            ],
        ],
    ),
    Step(
        "features",
        &[
            &["cargo", "test", "-p", "spar-types", "--all-features"],
            &["cargo", "check", "-p", "spar-types", "--no-default-features"],
            &["cargo", "test", "-p", "spar-http", "--all-features"],
            &["cargo", "check", "-p", "spar-http", "--no-default-features"],
            &[
                "cargo",
                "check",
                "-p",
                "spar-http",
                "--no-default-features",
                "--features",
                "openssl",
            ],
            &[
                "cargo",
                "check",
                "-p",
                "spar-http",
                "--no-default-features",
                "--features",
                "rustls-ring",
            ],
            &["cargo", "check", "-p", "spar-soap", "--no-default-features"],
        ],
    ),
    Step("docs", &[&["cargo", "doc", "--workspace", "--no-deps", "--all-features"]]),
    Step("demo", &[&["cargo", "run", "-p", "spar-tool", "--", "demo"]]),
    Step(
        "examples",
        &[
            &["cargo", "run", "--example", "search"],
            &["cargo", "run", "--example", "thousand"],
            &["cargo", "run", "--example", "blocking"],
            &["cargo", "run", "--example", "own_roots_and_proxy"],
            &["cargo", "run", "--example", "identity_rotation"],
            &["cargo", "run", "--example", "your_tests"],
            &["cargo", "test", "--example", "your_tests"],
        ],
    ),
    Step("package", &[&["cargo", "xtask", "package"]]),
];

/// What needs a network, another toolchain or a published version to compare with.
const ELSEWHERE: &[Step] = &[
    Step("msrv", &[&["cargo", "+1.89", "check", "--workspace"]]),
    Step("advisories", &[&["cargo", "deny", "check"]]),
    Step("semver", &[&["cargo", "semver-checks", "--workspace"]]),
    Step("fuzz", &[&["cargo", "xtask", "fuzz"]]),
];

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    if arguments.list {
        for Step(name, _) in STEPS {
            println!("{name}");
        }
        println!("\nwith a network, another toolchain or a published version:");
        for Step(name, _) in ELSEWHERE {
            println!("{name}");
        }
        return Ok(ExitCode::SUCCESS);
    }
    let Some(wanted) = &arguments.step else {
        STEPS.iter().try_for_each(run_step)?;
        return Ok(ExitCode::SUCCESS);
    };
    match STEPS.iter().chain(ELSEWHERE).find(|step| step.0 == wanted) {
        Some(step) => run_step(step).map(|()| ExitCode::SUCCESS),
        None => bail!("no step `{wanted}`; `cargo xtask ci --list` names them"),
    }
}

fn run_step(Step(name, commands): &Step) -> Result<()> {
    for command in *commands {
        println!("==> {name}: {}", command.join(" "));
        let start = Instant::now();
        let status = Command::new(command[0])
            .args(&command[1..])
            .current_dir(workspace())
            .env("RUSTDOCFLAGS", "-D warnings")
            .status()
            .with_context(|| format!("{} does not start", command[0]))?;
        if !status.success() {
            bail!("step `{name}` failed: {}", command.join(" "));
        }
        println!("<== {name}: {} s", start.elapsed().as_secs());
    }
    Ok(())
}
