//! `spar config`.

use std::fmt::Write;

use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;

use crate::exit::Exit;
use crate::settings::{
    ConnectionOptions, Group, SETTINGS, SearchOptions, Setting, Settings, usual_path,
};
use crate::{failure, output};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Also show the settings that have no value.
    #[arg(long)]
    all: bool,
    /// How to print the settings.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    connection: ConnectionOptions,
    #[command(flatten)]
    search: SearchOptions,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One line per setting: key, value, where it was set.
    Text,
    /// One JSON object per setting, each on one line.
    Json,
    /// What `docs/configuration.md` holds: all settings, explained; no values.
    Markdown,
}

#[derive(Serialize)]
struct Line<'s> {
    key: &'static str,
    value: Option<String>,
    source: Option<String>,
    variable: String,
    help: &'s str,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Exit> {
    if arguments.format == Format::Markdown {
        output::write(&markdown())?;
        return Ok(Exit::Success);
    }
    let settings = Settings::load(&arguments.connection, Some(&arguments.search))?;
    for setting in SETTINGS {
        let value = settings.get(setting.key);
        if value.is_none() && !arguments.all {
            continue;
        }
        let (shown, source) =
            value.map(|value| (value.shown(setting), value.source.to_string())).unzip();
        output::line(&match arguments.format {
            Format::Json => serde_json::to_string(&Line {
                key: setting.key,
                value: shown,
                source,
                variable: setting.variable(),
                help: setting.help,
            })?,
            _ => {
                let (shown, source) = (shown.unwrap_or_default(), source.unwrap_or_default());
                format!("{:<26} {shown:<34} {source}", setting.key).trim_end().to_owned()
            }
        })?;
    }
    tell_file(&settings);
    tell_unknown_variables();
    Ok(judge(&settings))
}

fn tell_file(settings: &Settings) {
    match (&settings.file, usual_path()) {
        (Some(path), _) => output::note(&format!("settings file: {}", path.display())),
        (None, Some(path)) => {
            output::note(&format!("there is no settings file; it would be {}", path.display()));
        }
        (None, None) => output::note("there is no settings file, and no folder for it"),
    }
}

/// A variable misspelled is a setting not set.
fn tell_unknown_variables() {
    let known = |name: &str| {
        name == "SPAR_CONFIG" || SETTINGS.iter().any(|setting| setting.variable() == name)
    };
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("SPAR_") && !known(&name) {
            output::note(&format!("the variable {name} is none of this command's"));
        }
    }
}

/// Whether what is set can be used, file contents aside.
fn judge(settings: &Settings) -> Exit {
    let has_customer = settings.get("kund-nr-leverans-mottagare").is_some();
    let checks: [Result<()>; 7] = [
        settings.endpoint().and_then(|endpoint| settings.proxy(endpoint.host()).map(drop)),
        settings.version().map(drop),
        settings.environment().map(drop),
        settings.tls_backend().map(drop),
        settings.timeouts().map(drop),
        settings.concurrency().map(drop),
        if has_customer { settings.uppdrag().map(drop) } else { Ok(()) },
    ];
    let mut exit = Exit::Success;
    for error in checks.into_iter().filter_map(Result::err) {
        failure::report(&error);
        exit = Exit::Failure;
    }
    exit
}

/// The documentation of all settings.
fn markdown() -> String {
    let mut text = String::from(INTRODUCTION);
    for (group, title) in
        [(Group::Connection, "Connection and customer"), (Group::Search, "Searching and audit")]
    {
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "\n## {title}\n\n| option and key | variable | default | meaning |\n|---|---|---|---|\n"
        );
        for setting in SETTINGS.iter().filter(|setting| setting.group == group) {
            let Setting { key, value, help, default, .. } = setting;
            let option = match setting.has_option() {
                true => format!("`--{key} {value}`"),
                false => format!("{key}: neither option nor key"),
            };
            let default = default.map(|text| format!("`{text}`")).unwrap_or_default();
            let help = help.replace('|', "\\|");
            let _ = writeln!(text, "| {option} | `{}` | {default} | {help} |", setting.variable());
        }
    }
    text.push_str("\n## Exit statuses\n\n| status | meaning |\n|---|---|\n");
    for status in Exit::ALL {
        let _ = writeln!(text, "| {} | {} |", status.status(), status.meaning());
    }
    text
}

const INTRODUCTION: &str = "\
# Settings of the command `spar`

Made by `spar config --format markdown`; a test holds it to the program.

A setting can be given as an option, as a variable or as a line of the settings file. Options come before
variables, variables before the file, the file before the default. `spar config` shows what is in force and
where each value was set.

The settings file is TOML with one `key = value` per line, the keys being the options without dashes in front:

```toml
environment = \"production\"
certificate = \"organisationscertifikat.p12\"
passphrase-file = \"passphrase\"
kund-nr-leverans-mottagare = 500243
uppdrag-id = 637
```

It is the file that `--config` or `SPAR_CONFIG` names, or else `spar/config.toml` in the platform's folder for
settings: `$XDG_CONFIG_HOME` or `~/.config` on Linux, `~/Library/Preferences` on macOS, `%APPDATA%` on
Windows. A key that is none is an error. Files named in it are looked for from its own folder.

Secrets come by variable, by a file of their own or by file descriptor, never as an option or a line of the
settings file. `spar config` masks them.
";
