//! Names that files may have on their way to and from SPAR.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The name of an in-file or out-file.
///
/// By SPAR's rule it consists of `a-z A-Z 0-9 . - _`; beyond it, it is not `.` or `..`, does not begin
/// with a dot, and has 1 to 255 characters, so that it names a file in a folder and nothing else
/// (FT-03, DL-10).
///
/// Source: SPAR's page on files for Filtransport.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Filnamn(String);

impl Filnamn {
    /// The longest name, in characters: what file systems hold.
    pub const MAX_LENGTH: usize = 255;

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// When SPAR made the out-file, as its name tells: `20261125031500` in
    /// `SPARAvisering_20261125031500_SPAR500243-637.xml.zip`. A hint: the pattern is inferred from one
    /// example (FT-04).
    #[must_use]
    pub fn created(&self) -> Option<&str> {
        let mut parts = self.0.split('_').skip(1);
        parts.find(|part| part.len() == 14 && part.bytes().all(|byte| byte.is_ascii_digit()))
    }

    /// Customer number and assignment, as the name of an out-file tells. A hint like
    /// [`created`](Self::created).
    #[must_use]
    pub fn kund_nr_and_uppdrag_id(&self) -> Option<(&str, &str)> {
        let part = self.0.split('_').find_map(|part| part.strip_prefix("SPAR")?.split_once('-'));
        let (kund_nr, rest) = part?;
        let uppdrag_id = rest.split('.').next()?;
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        (is_number(kund_nr) && is_number(uppdrag_id)).then_some((kund_nr, uppdrag_id))
    }
}

impl FromStr for Filnamn {
    type Err = InvalidFilnamn;

    fn from_str(name: &str) -> Result<Self, InvalidFilnamn> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        match name {
            "" => Err(InvalidFilnamn::Empty),
            _ if name.starts_with('.') => Err(InvalidFilnamn::LeadingDot),
            _ if !name.bytes().all(is_allowed) => Err(InvalidFilnamn::Character),
            _ if name.len() > Self::MAX_LENGTH => Err(InvalidFilnamn::TooLong),
            _ => Ok(Self(name.to_owned())),
        }
    }
}

impl TryFrom<String> for Filnamn {
    type Error = InvalidFilnamn;

    fn try_from(name: String) -> Result<Self, InvalidFilnamn> {
        name.parse()
    }
}

impl From<Filnamn> for String {
    fn from(name: Filnamn) -> Self {
        name.0
    }
}

impl fmt::Display for Filnamn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Filnamn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a text is no [`Filnamn`]. The text is not repeated: it may come from anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidFilnamn {
    /// It is empty.
    Empty,
    /// It begins with a dot, as `..` does.
    LeadingDot,
    /// It holds another character than `a-z A-Z 0-9 . - _`.
    Character,
    /// It is longer than [`Filnamn::MAX_LENGTH`].
    TooLong,
}

impl fmt::Display for InvalidFilnamn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "a file name is empty",
            Self::LeadingDot => "a file name begins with a dot",
            Self::Character => "a file name holds another character than a-z A-Z 0-9 . - _",
            Self::TooLong => "a file name is longer than 255 characters",
        })
    }
}

impl std::error::Error for InvalidFilnamn {}
