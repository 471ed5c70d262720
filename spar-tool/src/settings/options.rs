//! The settings as options of the command line.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use crate::settings::table::{Group, SETTINGS, Setting};

/// The options of whatever talks to SPAR, for `#[command(flatten)]`.
#[derive(Default)]
pub(crate) struct ConnectionOptions {
    pub(super) given: Given,
    /// The settings file, if it is not the usual one.
    pub(super) config: Option<PathBuf>,
}

/// The options of whatever searches, beside those of the connection.
#[derive(Default)]
pub(crate) struct SearchOptions {
    pub(super) given: Given,
}

/// Values as typed, by key.
pub(super) type Given = BTreeMap<&'static str, String>;

impl Args for ConnectionOptions {
    fn augment_args(command: Command) -> Command {
        let config = Arg::new(CONFIG)
            .long(CONFIG)
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .help_heading(heading(Group::Connection))
            .help("Read settings from this file [env: SPAR_CONFIG] [default: see `spar config`]");
        augment(command.arg(config), Group::Connection)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for ConnectionOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let config = matches.get_one::<PathBuf>(CONFIG).cloned();
        Ok(Self { given: given(matches, Group::Connection), config })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for SearchOptions {
    fn augment_args(command: Command) -> Command {
        augment(command, Group::Search)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SearchOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self { given: given(matches, Group::Search) })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

const CONFIG: &str = "config";

fn options(group: Group) -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().filter(move |setting| setting.group == group && setting.has_option())
}

fn augment(command: Command, group: Group) -> Command {
    command.args(options(group).map(|setting| {
        let default =
            setting.default.map(|value| format!(" [default: {value}]")).unwrap_or_default();
        Arg::new(setting.key)
            .long(setting.key)
            .value_name(setting.value)
            .value_parser(NonEmptyStringValueParser::new())
            .help_heading(heading(group))
            .help(format!("{} [env: {}]{default}", setting.help, setting.variable()))
    }))
}

fn heading(group: Group) -> &'static str {
    match group {
        Group::Connection => "Connection (also by variable or settings file, see `spar config`)",
        Group::Search => "Searching (also by variable or settings file)",
    }
}

fn given(matches: &ArgMatches, group: Group) -> Given {
    options(group)
        .filter_map(|setting| Some((setting.key, matches.get_one::<String>(setting.key)?.clone())))
        .collect()
}
