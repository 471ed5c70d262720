//! The settings file: TOML, one `key = value` per setting.

use std::path::{Path, PathBuf};

use anyhow::Result;
use etcetera::BaseStrategy;

use crate::failure::Problem;
use crate::settings::options::Given;
use crate::settings::table::{SETTINGS, Setting};

/// Where the file is looked for if nothing else is said: `spar/config.toml` in the folder that the platform
/// has for settings, such as `~/.config` or `$XDG_CONFIG_HOME`.
pub(crate) fn usual_path() -> Option<PathBuf> {
    let folders = etcetera::base_strategy::choose_native_strategy().ok()?;
    Some(folders.config_dir().join("spar").join("config.toml"))
}

/// The values of a file's text.
///
/// # Errors
///
/// Text that is no TOML, keys that are no settings, and values that are neither text nor number. None
/// repeats a value.
pub(super) fn parse(text: &str, path: &Path) -> Result<Given> {
    let shown = path.display();
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        // The parser's own text may quote the line, and with it a secret.
        Problem::new(
            format!("the settings file {shown} cannot be read"),
            format!("line {line} is not TOML"),
            "write one `key = value` per line, with text in quotes",
        )
    })?;
    let mut given = Given::new();
    for (key, value) in table {
        let setting = known(&key, path)?;
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Float(number) => number.to_string(),
            _ => {
                return Err(Problem::new(
                    format!("the settings file {shown} cannot be used"),
                    format!("{key} is neither text nor a number"),
                    format!("write {key} = \"{}\"", setting.value),
                )
                .into());
            }
        };
        given.insert(setting.key, text);
    }
    Ok(given)
}

fn known(key: &str, path: &Path) -> Result<&'static Setting> {
    let what = format!("the settings file {} cannot be used", path.display());
    match Setting::of(key) {
        Some(setting) if setting.is_secret() => Err(Problem::new(
            what,
            format!("{key} is a secret, which has no place among other settings"),
            format!(
                "put it into a file of its own and name that with {key}-file, or set {}",
                setting.variable()
            ),
        )
        .into()),
        Some(setting) => Ok(setting),
        None => Err(Problem::new(
            what,
            format!("it has no setting {key}"),
            match nearest(key) {
                Some(near) => format!("did you mean {near}?"),
                None => "`spar config --all` lists the settings".to_owned(),
            },
        )
        .into()),
    }
}

/// The setting that is meant, if one is near enough.
fn nearest(key: &str) -> Option<&'static str> {
    let key = key.to_lowercase().replace(['_', ' '], "-");
    SETTINGS
        .iter()
        .map(|setting| (strsim::jaro_winkler(&key, setting.key), setting.key))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, near)| near)
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&[(&'static str, &str)], &str>) {
        let result = parse(text, Path::new("f.toml"));
        match (result, expected) {
            (Ok(given), Ok(pairs)) => {
                let expected =
                    pairs.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
                assert_eq!(given, expected, "{text}");
            }
            (Err(error), Err(expected)) => {
                let told = crate::failure::render(&error);
                assert!(told.contains(expected), "{expected} in\n{told}");
                assert!(!told.contains("hemlig"), "{told}");
            }
            (result, _) => panic!("{text}: {:?}", result.map_err(|error| error.to_string())),
        }
    }

    #[test]
    fn a_file_is_read_or_says_where_it_is_wrong() {
        check("", Ok(&[]));
        check(
            "url = \"https://localhost/\"\nuppdrag-id = 637\ntimeout-tls = 2.5",
            Ok(&[("timeout-tls", "2.5"), ("uppdrag-id", "637"), ("url", "https://localhost/")]),
        );
        check("uppdrag-id = 637\nurl = hemlig", Err("line 2 is not TOML"));
        check("updrag-id = 637", Err("did you mean uppdrag-id?"));
        check("uppdrag_id = 637", Err("did you mean uppdrag-id?"));
        check("zzz = \"hemlig\"", Err("`spar config --all` lists"));
        check("url = [\"hemlig\"]", Err("url is neither text nor a number"));
        check("passphrase = \"hemlig\"", Err("name that with passphrase-file"));
    }
}
