//! The key of the hashes that stand for id numbers.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::failure::Problem;
use crate::settings::Settings;

/// A key. Without it, a hash says nothing: all id numbers are quickly tried without one.
pub(super) struct Key {
    text: Zeroizing<String>,
    id: String,
}

impl Key {
    /// The key that the settings name, if any.
    pub(super) fn of(settings: &Settings) -> Result<Option<Self>> {
        if let Some(text) = settings.text("audit-key") {
            return Self::new(Zeroizing::new(text.to_owned())).map(Some);
        }
        let Some(path) = settings.path("audit-key-file") else { return Ok(None) };
        let text = std::fs::read_to_string(&path).map(Zeroizing::new).with_context(|| {
            Problem::of(
                format!("the audit key in {} cannot be read", path.display()),
                "check the path; `spar audit new-key FILE` makes a key",
            )
        })?;
        Self::new(text).map(Some)
    }

    fn new(text: Zeroizing<String>) -> Result<Self> {
        let text = Zeroizing::new(text.lines().next().unwrap_or_default().trim().to_owned());
        if text.chars().count() < MIN_CHARS {
            return Err(Problem::new(
                "the audit key cannot be used",
                format!("it has fewer than {MIN_CHARS} characters"),
                "make one with `spar audit new-key FILE`",
            )
            .into());
        }
        let mut key = Self { text, id: String::new() };
        key.id = key.hash("key-id")[..8].to_owned();
        Ok(key)
    }

    /// Makes a key in a new file, which is its owner's alone.
    pub(super) fn create(path: &Path) -> Result<()> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *bytes)
            .map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
        let mut text = Zeroizing::new(hexadecimal(&*bytes));
        text.push('\n');
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        options
            .open(path)
            .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
            .with_context(|| {
                Problem::of(
                    format!("the key cannot be written to {}", path.display()),
                    "name a file that does not exist yet: a key in use is never replaced",
                )
            })
    }

    /// Tells keys apart, and nothing about them.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// HMAC-SHA-256 in hexadecimal digits.
    pub(super) fn hash(&self, text: &str) -> String {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(self.text.as_bytes())
            .expect("HMAC takes keys of any length");
        mac.update(text.as_bytes());
        hexadecimal(&mac.finalize().into_bytes())
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// As many as HMAC-SHA-256 has bytes: a shorter key is easier to guess than the hash.
const MIN_CHARS: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_hmac_sha_256() {
        // By `printf 197503029865 | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef`.
        let key = Key::new(Zeroizing::new("0123456789abcdef0123456789abcdef\nmore".to_owned()));
        assert_eq!(
            key.unwrap().hash("197503029865"),
            "560be0790d64dc0263c7878aaae4eb0ef0bddbe902087e1f29dc8c5c429cdc5b"
        );
        assert!(Key::new(Zeroizing::new("short".to_owned())).is_err());
    }
}
