//! Versions of the interface.

use std::fmt;
use std::str::FromStr;

/// A version of the interface of Personsök. Each has an endpoint of its own.
///
/// Questions and answers are those of the newest version, whichever is spoken: they are converted where
/// the two differ, and nothing is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Version {
    /// 2021.1. Whether SPAR still offers it is not known.
    V2021_1,
    /// 2023.1, the newest. Its schemas are reconstructed from public descriptions: a search by id number
    /// is certain, the namespace of the other search arguments is likely.
    V2023_1,
}

impl Version {
    /// All versions, oldest first.
    pub const ALL: &'static [Self] = &[Self::V2021_1, Self::V2023_1];

    /// The version as SPAR writes it, such as `2023.1`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V2021_1 => "2021.1",
            Self::V2023_1 => "2023.1",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no version that is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownVersion;

impl fmt::Display for UnknownVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no known version of the interface; 2021.1 and 2023.1 are")
    }
}

impl std::error::Error for UnknownVersion {}

impl FromStr for Version {
    type Err = UnknownVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|version| version.as_str() == text).ok_or(UnknownVersion)
    }
}
