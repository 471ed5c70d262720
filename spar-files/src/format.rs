//! Which files there are.

use std::fmt;

/// A kind of file, whatever its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// From SPAR: records, or what changed in them.
    Avisering,
    /// From SPAR: questions for numbers with their answers.
    Personnummersattning,
    /// From SPAR: names and addresses of a selection.
    Urval,
    /// From SPAR: refusals of advertising.
    Reklamsparravisering,
    /// To SPAR: numbers, of persons to follow or to leave out.
    InfilIdNummer,
    /// To SPAR: questions for numbers.
    InfilPersonnummersattning,
}

/// How the records stand in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Form {
    /// In a list of their own, behind an identification: all files from SPAR, and in version 2021.1 the
    /// files to SPAR.
    Identified,
    /// Right below the root element, without identification: the files of version 2021.1 whose schemas
    /// are named Manuell, and the files to SPAR of version 2023.1.
    Bare,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 6] = [
        Self::Avisering,
        Self::Personnummersattning,
        Self::Urval,
        Self::Reklamsparravisering,
        Self::InfilIdNummer,
        Self::InfilPersonnummersattning,
    ];

    /// The schema's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Avisering => "Avisering",
            Self::Personnummersattning => "Personnummersattning",
            Self::Urval => "Urval",
            Self::Reklamsparravisering => "Reklamsparravisering",
            Self::InfilIdNummer => "InfilIdNummer",
            Self::InfilPersonnummersattning => "InfilPersonnummersattning",
        }
    }

    /// Whether customers send such files to SPAR.
    #[must_use]
    pub fn is_infil(self) -> bool {
        matches!(self, Self::InfilIdNummer | Self::InfilPersonnummersattning)
    }

    /// The element around the records, if there is one, and that of a record.
    pub(crate) fn elements(self) -> (&'static str, &'static str) {
        match self {
            Self::Avisering => ("AviseringPoster", "AviseringPost"),
            Self::Personnummersattning => {
                ("PersonnummersattningPoster", "PersonnummersattningPost")
            }
            Self::Urval => ("NamnAdressUppgifter", "NamnAdressUppgift"),
            Self::Reklamsparravisering => ("ReklamsparrPoster", "ReklamsparrPost"),
            Self::InfilIdNummer => ("InfilIdNummerPoster", "InfilIdNummer"),
            Self::InfilPersonnummersattning => {
                ("PersonnummersattningFragor", "PersonnummersattningFraga")
            }
        }
    }

    /// By the name of the root element: with or without `SPAR` in front and `Manuell` behind.
    pub(crate) fn of_root(local_name: &str) -> Option<Self> {
        let name = local_name.strip_prefix("SPAR").unwrap_or(local_name);
        let name = name.strip_suffix("Manuell").unwrap_or(name);
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_tell_the_format() {
        assert_eq!(Format::of_root("SPARInfilIdNummerManuell"), Some(Format::InfilIdNummer));
        assert_eq!(Format::of_root("Urval"), Some(Format::Urval));
        assert_eq!(Format::of_root("SPARPersonsokningSvar"), None);
    }
}
