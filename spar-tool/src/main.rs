//! The command `spar`.

// A command talks to a terminal: data on stdout, everything else on stderr.
#![allow(clippy::print_stderr, clippy::print_stdout)]

mod answer;
mod audit;
mod compare;
mod config;
mod demo;
mod doctor;
mod exit;
mod failure;
mod logging;
mod output;
mod pages;
mod personsok;
mod process;
mod render;
mod searches;
mod settings;
mod simulate;
mod usage;
mod validate;

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{CommandFactory, Parser, Subcommand};

use crate::exit::Exit;

/// Search SPAR, Sweden's population address register, or try it out without certificate and network.
///
/// Begin with `spar demo`.
#[derive(Parser)]
#[command(name = "spar", version, after_help = exit::help())]
struct Arguments {
    /// Tell on standard error what happens, without values: error, warn, info, debug or trace, or a list of
    /// target=level.
    #[arg(
        long,
        global = true,
        value_name = "FILTER",
        env = "RUST_LOG",
        hide_env_values = true,
        display_order = 900
    )]
    log: Option<String>,
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
    /// Search for persons, by id number or by name, address and birth.
    ///
    /// Id numbers are read from standard input, one per line. One is searched for and shown; several give one
    /// JSON object per line, in the order of the input. Every search is billed by SPAR, with or without a hit,
    /// and logged against the person. It is never repeated by itself.
    Personsok(Box<personsok::Arguments>),
    /// Say for persons on standard input whether what somebody typed is what SPAR has.
    ///
    /// Each line is a JSON object of strings: id_nummer, and any of fornamn, mellannamn, efternamn, namn,
    /// utdelningsadress, post_nr, postort, care_of and fodelsedatum; referens comes back as it is. The answer
    /// to each is one JSON object with a verdict per field: same, similar, different, absent or protected. None
    /// of SPAR's values is in it. Every line is a search, and billed.
    Compare(Box<compare::Arguments>),
    /// Make keys for the audit log, find searches in it, and release withheld answers.
    Audit(Box<audit::Arguments>),
    /// Show the settings in force and where each was set, secrets masked.
    ///
    /// Exits with 1 if one of them cannot be used.
    Config(Box<config::Arguments>),
    /// Look at every step on the way to SPAR, and say what to do where it ends.
    ///
    /// Certificate, DNS, TCP, proxy, TLS, the server's certificate, whether the server asks for a renegotiation
    /// and so for the TLS backend OpenSSL, and an answer to a GET request. Makes no search: nothing is billed,
    /// and nothing but the connection is needed. Exits with 11 if something does not work. Do this first when
    /// searches fail, after a new certificate, and before a machine goes into production.
    Doctor(Box<doctor::Arguments>),
    /// Judge requests and answers by the schemas, strictly.
    ///
    /// Each finding tells path, byte offset and rule, never a value.
    #[command(after_help = validate::HELP)]
    Validate(validate::Arguments),
    /// Print what makes a shell complete this command's options.
    ///
    /// Such as `spar completions bash > ~/.local/share/bash-completion/completions/spar`.
    Completions(pages::CompletionsArguments),
    /// Write manual pages.
    Man(pages::ManArguments),
}

fn main() -> ExitCode {
    process::protect();
    let result = match Arguments::try_parse() {
        Ok(arguments) => run(arguments),
        Err(error) => Ok(usage::answer(&error)),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(error) => {
            failure::report(&error);
            failure::exit(&error).into()
        }
    }
}

fn run(arguments: Arguments) -> Result<Exit> {
    logging::start(arguments.log.as_deref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the runtime does not start")?;
    runtime.block_on(async {
        match arguments.command {
            Command::Demo => demo::run().await,
            Command::Simulate(arguments) => simulate::run(arguments).await,
            Command::Personsok(arguments) => personsok::run(*arguments).await,
            Command::Compare(arguments) => compare::run(*arguments).await,
            Command::Audit(arguments) => audit::run(*arguments),
            Command::Config(arguments) => config::run(&arguments),
            Command::Doctor(arguments) => doctor::run(&arguments).await,
            Command::Validate(arguments) => validate::run(&arguments),
            Command::Completions(arguments) => pages::completions(&arguments, Arguments::command()),
            Command::Man(arguments) => pages::man(&arguments, Arguments::command()),
        }
    })
}
