//! What is in force, and where it was said: options before variables before the settings file before
//! defaults.
//!
//! # For a new command
//!
//! 1. Let its arguments flatten the options: `#[command(flatten)] connection: ConnectionOptions`, and
//!    `search: SearchOptions` if it searches.
//! 2. Begin with `let settings = Settings::load(&arguments.connection, None)?` (or `Some(&arguments.search)`).
//!    It looks at variables and the settings file, and refuses keys that it does not know.
//! 3. Ask for what is needed, by the methods in `connection.rs`: `settings.transport(&endpoint, identity)` for a
//!    client of `spar-http` that is ready to post, `settings.personsok(identity)` for one of `spar-soap`, and
//!    the single steps (`identity()`, `roots()`, `endpoint()`, `uppdrag()`, `timeouts()`, `proxy(host)`,
//!    `tls_backend()`). `identity()` may ask a terminal for a passphrase, so call it last.
//!    Each fails with an error that names the setting, where its value came from, and what to do.
//! 4. Settings of its own are rows of the table in `table.rs`. Nothing else has to be done: option, variable,
//!    key of the file, `spar config` and `docs/configuration.md` are made of the row. Read them by
//!    [`Settings::text`], [`Settings::parse`] or [`Settings::path`].

mod connection;
mod file;
mod options;
mod passphrase;
mod table;

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result};

use crate::failure::Problem;
use crate::settings::options::Given;

pub(crate) use file::usual_path;
pub(crate) use options::{ConnectionOptions, SearchOptions};
pub(crate) use table::{Group, SETTINGS, Setting};

/// Every setting that has a value, with the place it was set at.
#[derive(Debug)]
pub(crate) struct Settings {
    values: BTreeMap<&'static str, Value>,
    /// The settings file, if there is one.
    pub(crate) file: Option<PathBuf>,
}

/// A value. `Debug` shows the source alone.
pub(crate) struct Value {
    text: String,
    pub(crate) source: Source,
}

/// Where a value was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Option,
    Variable(String),
    File(PathBuf),
    Default,
}

impl Settings {
    /// Reads variables and the settings file, and lays the options above them.
    ///
    /// # Errors
    ///
    /// A settings file that was asked for and cannot be read, or that holds what is no setting.
    pub(crate) fn load(
        connection: &ConnectionOptions,
        search: Option<&SearchOptions>,
    ) -> Result<Self> {
        let options = connection.given.iter().chain(search.iter().flat_map(|s| s.given.iter()));
        let options = options.map(|(key, text)| (*key, text.clone())).collect();
        let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        let asked = connection.config.clone().or_else(|| variable("SPAR_CONFIG").map(Into::into));
        let file = match &asked {
            Some(path) => Some((read(path)?, path.clone())),
            None => match usual_path() {
                Some(path) if path.exists() => Some((read(&path)?, path)),
                _ => None,
            },
        };
        Ok(Self::layer(options, variable, file))
    }

    fn layer(
        mut options: Given,
        variable: impl Fn(&str) -> Option<String>,
        file: Option<(Given, PathBuf)>,
    ) -> Self {
        let (mut in_file, path) = file.unzip();
        let mut values = BTreeMap::new();
        for setting in SETTINGS {
            let name = setting.variable();
            let found = if let Some(text) = options.remove(setting.key) {
                Some((text, Source::Option))
            } else if let Some(text) = variable(&name) {
                Some((text, Source::Variable(name)))
            } else if let Some((text, path)) =
                in_file.as_mut().and_then(|given| given.remove(setting.key)).zip(path.clone())
            {
                Some((text, Source::File(path)))
            } else {
                setting.default.map(|text| (text.to_owned(), Source::Default))
            };
            if let Some((text, source)) = found {
                values.insert(setting.key, Value { text, source });
            }
        }
        Self { values, file: path }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.values.get(key)
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.get(key).map(|value| value.text.as_str())
    }

    /// A value of a type of ours. What is wrong with it is told without the value, which may be personal.
    ///
    /// # Errors
    ///
    /// The text is not of the type.
    pub(crate) fn parse<T: FromStr>(&self, key: &str) -> Result<Option<T>>
    where
        T::Err: Display,
    {
        let Some(value) = self.get(key) else { return Ok(None) };
        value.text.parse().map(Some).map_err(|error| self.invalid(key, &error))
    }

    /// As [`parse`](Self::parse), of a setting that must have a value.
    ///
    /// # Errors
    ///
    /// It has none.
    pub(crate) fn required<T: FromStr>(&self, key: &str) -> Result<T>
    where
        T::Err: Display,
    {
        self.parse(key)?.ok_or_else(|| self.missing(key))
    }

    /// A file. One that the settings file names is looked for from there.
    pub(crate) fn path(&self, key: &str) -> Option<PathBuf> {
        let value = self.get(key)?;
        Some(match &value.source {
            Source::File(file) => file.parent().unwrap_or_else(|| Path::new("")).join(&value.text),
            _ => PathBuf::from(&value.text),
        })
    }

    /// The error for a value that cannot be used.
    pub(crate) fn invalid(&self, key: &str, why: &dyn Display) -> anyhow::Error {
        let from = self.get(key).map(|value| format!(", set by {},", value.source));
        Problem::new(
            format!("the setting {key}{} cannot be used", from.unwrap_or_default()),
            why.to_string(),
            help(key),
        )
        .into()
    }

    /// The error for a value that is not there.
    pub(crate) fn missing(&self, key: &str) -> anyhow::Error {
        let variable = Setting::of(key).map(Setting::variable).unwrap_or_default();
        Problem::new(
            format!("the setting {key} is missing"),
            format!(
                "neither an option, nor a variable, nor the settings file says it: {}",
                help(key)
            ),
            format!("give --{key}, set {variable}, or write {key} = … into the settings file"),
        )
        .into()
    }
}

fn help(key: &str) -> &'static str {
    Setting::of(key).map_or("", |setting| setting.help)
}

fn read(path: &Path) -> Result<Given> {
    let text = std::fs::read_to_string(path).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => anyhow::anyhow!("it is not UTF-8"),
        _ => error.into(),
    });
    let text = text.context(Problem::of(
        format!("the settings file {} cannot be read", path.display()),
        "check the path, and who may read it",
    ))?;
    file::parse(&text, path)
}

impl Value {
    /// The value as it may be shown: secrets, and the user of a proxy, are masked.
    pub(crate) fn shown(&self, setting: &Setting) -> String {
        if setting.is_secret() {
            return MASK.to_owned();
        }
        match self.text.split_once("://").zip(self.text.rsplit_once('@')) {
            Some(((scheme, _), (_, host))) => format!("{scheme}://{MASK}@{host}"),
            None => match self.text.rsplit_once('@') {
                Some((_, host)) if setting.key == "proxy" => format!("{MASK}@{host}"),
                _ => self.text.clone(),
            },
        }
    }
}

const MASK: &str = "********";

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({:?})", self.source)
    }
}

impl Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option => f.write_str("option"),
            Self::Variable(name) => f.write_str(name),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        let given = |pairs: &[(&'static str, &str)]| {
            pairs.iter().map(|(key, text)| (*key, (*text).to_owned())).collect()
        };
        Settings::layer(
            given(&[("url", "https://option/"), ("proxy", "http://user:hemlig@proxy:8080")]),
            |name| match name {
                "SPAR_URL" | "SPAR_UPPDRAG_ID" => Some("637".to_owned()),
                "SPAR_PASSPHRASE" => Some("hemlig".to_owned()),
                _ => None,
            },
            Some((
                given(&[("url", "https://file/"), ("uppdrag-id", "1"), ("roots", "ca.pem")]),
                PathBuf::from("/etc/spar/config.toml"),
            )),
        )
    }

    #[test]
    fn the_nearer_place_wins() {
        let settings = settings();
        let check = |key: &str, text: Option<&str>, source: Option<Source>| {
            assert_eq!(settings.text(key), text, "{key}");
            assert_eq!(settings.get(key).map(|value| value.source.clone()), source, "{key}");
        };
        check("url", Some("https://option/"), Some(Source::Option));
        check("uppdrag-id", Some("637"), Some(Source::Variable("SPAR_UPPDRAG_ID".to_owned())));
        let file = Source::File(PathBuf::from("/etc/spar/config.toml"));
        check("roots", Some("ca.pem"), Some(file));
        check("environment", Some("kundtest"), Some(Source::Default));
        check("certificate", None, None);
    }

    #[test]
    fn a_file_named_in_the_settings_file_is_looked_for_from_there() {
        assert_eq!(settings().path("roots"), Some(PathBuf::from("/etc/spar/ca.pem")));
    }

    #[test]
    fn secrets_are_masked() {
        let settings = settings();
        for key in ["passphrase", "proxy"] {
            let (value, setting) = (settings.get(key).unwrap(), Setting::of(key).unwrap());
            let shown = value.shown(setting);
            assert!(!shown.contains("hemlig") && shown.contains(MASK), "{shown}");
        }
        assert!(!format!("{settings:?}").contains("hemlig"));
    }

    #[test]
    fn what_is_wrong_names_the_setting_and_its_place() {
        let error = settings().parse::<std::net::IpAddr>("uppdrag-id").unwrap_err();
        let told = crate::failure::render(&error);
        assert!(told.contains("uppdrag-id, set by SPAR_UPPDRAG_ID,"), "{told}");
        let told = crate::failure::render(&settings().missing("certificate"));
        assert!(told.contains("SPAR_CERTIFICATE"), "{told}");
    }

    #[test]
    fn every_setting_is_told_once_and_has_words() {
        let mut keys: Vec<_> = SETTINGS.iter().map(|setting| setting.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), SETTINGS.len());
        for setting in SETTINGS {
            assert!(setting.help.ends_with('.') && !setting.value.is_empty(), "{}", setting.key);
        }
    }
}
