//! What opens a private key.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

use crate::error::Error;

/// The passphrase of a private key. `Debug` does not show it, and its memory is wiped when it is
/// dropped.
///
/// Where it comes from is the caller's business: a file descriptor, an environment variable or a
/// prompt, but better not an argument of the command line, which others on the machine can see.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes over the text exactly as it is.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Takes over the first line of these bytes, without its line break, as it is read from a file
    /// or from standard input.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if it is not UTF-8.
    pub fn from_line(bytes: Vec<u8>) -> Result<Self, Error> {
        let mut text = String::from_utf8(bytes).map_err(|error| {
            error.into_bytes().zeroize();
            Error::configuration("the passphrase is not UTF-8")
        })?;
        let end = text.find(['\r', '\n']).unwrap_or(text.len());
        // What is cut off stays in the capacity, which is wiped as well.
        text.truncate(end);
        Ok(Self::new(text))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(<redacted>)")
    }
}
