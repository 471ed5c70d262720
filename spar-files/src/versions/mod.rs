//! The only room that names versions: what is different between them.
//!
//! Records are read as the types of their own version and handed out as the newest.

mod read;
mod write;

use std::fmt;

pub(crate) use read::{record_name, underlag};

/// The version of the interface that a file keeps to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Version {
    /// 2021.1.
    V2021_1,
    /// 2023.1, the newest.
    V2023_1,
    /// None that this crate knows, or the root element does not tell. Read as the newest.
    Other,
}

impl Default for Version {
    /// The newest.
    fn default() -> Self {
        Self::V2023_1
    }
}

impl Version {
    /// Such as `2023.1`, or `other`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V2021_1 => "2021.1",
            Self::V2023_1 => "2023.1",
            Self::Other => "other",
        }
    }

    /// By the namespace of the root element. `None` for versions that came before.
    pub(crate) fn of_namespace(namespace: &str) -> Option<Self> {
        let year = |step: &str| {
            let (year, release) = step.split_once('.').unwrap_or((step, ""));
            let is_release = release.bytes().all(|byte| byte.is_ascii_digit());
            (year.len() == 4 && is_release).then(|| year.parse::<u16>().ok()).flatten()
        };
        // `20160213` and `20170225`.
        let is_day = |step: &str| step.len() == 8 && step.bytes().all(|byte| byte.is_ascii_digit());
        if namespace.starts_with("http://skatteverket.se/spar/") || namespace.split('/').any(is_day)
        {
            return None;
        }
        let step = namespace.split('/').find(|step| year(step).is_some());
        match step {
            Some("2021.1") => Some(Self::V2021_1),
            Some("2023.1") => Some(Self::V2023_1),
            Some(step) if year(step) < Some(2021) => None,
            _ => Some(Self::Other),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_tell_the_version() {
        let check = |namespace: &str, expected: Option<Version>| {
            assert_eq!(Version::of_namespace(namespace), expected, "{namespace}");
        };
        let stem = "http://statenspersonadressregister.se/schema/";
        check(&format!("{stem}avisering/2021.1/avisering"), Some(Version::V2021_1));
        check(&format!("{stem}urval/2023.1/urval"), Some(Version::V2023_1));
        check(&format!("{stem}urval/2027.1/urval"), Some(Version::Other));
        check(&format!("{stem}avisering"), Some(Version::Other));
        check(&format!("{stem}avisering/2019.1/avisering"), None);
        check("http://skatteverket.se/spar/instans/1.0", None);
        check(&format!("{stem}avisering/20170225"), None);
    }
}
