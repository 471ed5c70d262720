//! The command `spar`.

// A command talks to a terminal: data on stdout, everything else on stderr.
#![allow(clippy::print_stderr, clippy::print_stdout)]

mod config;
mod demo;
mod exit;
mod failure;
mod output;
mod personsok;
mod render;
mod settings;
mod simulate;
mod validate;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Search SPAR, Sweden's population address register, or try it out without certificate and network.
///
/// Begin with `spar demo`.
#[derive(Parser)]
#[command(name = "spar", version, after_help = exit::help())]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make real searches against an embedded SPAR over mutual TLS, and explain each of them.
    ///
    /// Needs no certificate and no network. Exits with 0 only if every search came out as expected.
    Demo,
    /// Run an embedded SPAR over mutual TLS until interrupted.
    ///
    /// Writes certificates into a folder and prints what a client in any language needs.
    Simulate(simulate::Arguments),
    /// Search for one person by id number, read from standard input.
    ///
    /// Every search is billed by SPAR, with or without a hit, and logged against the person.
    Personsok(personsok::Arguments),
    /// Show the settings in force and where each was set, secrets masked.
    ///
    /// Exits with 1 if one of them cannot be used.
    Config(config::Arguments),
    /// Judge requests and answers by the schemas, strictly.
    ///
    /// Each finding tells path, byte offset and rule, never a value.
    #[command(after_help = validate::HELP)]
    Validate(validate::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let result = match runtime {
        Err(error) => Err(anyhow::Error::new(error).context("the runtime does not start")),
        Ok(runtime) => runtime.block_on(async {
            match arguments.command {
                Command::Demo => demo::run().await,
                Command::Simulate(arguments) => simulate::run(arguments).await,
                Command::Personsok(arguments) => personsok::run(arguments).await,
                Command::Config(arguments) => config::run(&arguments),
                Command::Validate(arguments) => validate::run(&arguments),
            }
        }),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(error) => {
            failure::report(&error);
            failure::exit(&error).into()
        }
    }
}
