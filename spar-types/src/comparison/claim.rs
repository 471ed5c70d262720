//! What somebody typed.

use std::fmt;

use crate::comparison::addresses::{Street, without_care_of};
use crate::comparison::text::{Place, Word, place_words, words};
use crate::simple::Datum;

/// The most characters of one typed field. SPAR's longest name has 80; more is no name, and the time of a
/// comparison grows with it.
pub const MAX_TYPED_CHARS: usize = 200;

/// Names, address and date of birth as somebody typed them, ready to be compared with any record.
///
/// Fields that were left blank count as not typed. `Debug` shows nothing.
#[derive(Clone)]
pub struct Claim {
    pub(super) fornamn: Option<Vec<Word>>,
    pub(super) mellannamn: Option<Vec<Word>>,
    pub(super) efternamn: Option<Vec<Word>>,
    pub(super) namn: Option<Vec<Word>>,
    pub(super) utdelningsadress: Option<Street>,
    pub(super) post_nr: Option<String>,
    pub(super) postort: Option<Vec<Place>>,
    pub(super) care_of: Option<Vec<Word>>,
    /// Year, month and day.
    pub(super) fodelsedatum: Option<[u16; 3]>,
}

/// Puts a [`Claim`] together. `Debug` shows nothing.
#[derive(Clone, Default)]
pub struct ClaimBuilder {
    fornamn: Option<String>,
    mellannamn: Option<String>,
    efternamn: Option<String>,
    namn: Option<String>,
    utdelningsadress: Option<String>,
    post_nr: Option<String>,
    postort: Option<String>,
    care_of: Option<String>,
    fodelsedatum: Option<String>,
}

/// A claim that cannot be made. Says which fields and why, never what was typed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InvalidClaim {
    violations: Vec<ClaimViolation>,
}

/// What is wrong with a field of a claim.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ClaimViolation {
    /// The field has more characters than [`MAX_TYPED_CHARS`].
    TooLong {
        /// The field.
        field: &'static str,
    },
    /// The field is no date of the form `YYYY-MM-DD`.
    NotADate {
        /// The field.
        field: &'static str,
    },
    /// The field cannot stand beside the other one.
    Excluded {
        /// The field.
        field: &'static str,
        /// The other one.
        by: &'static str,
    },
}

impl Claim {
    /// A claim without any field.
    #[must_use]
    pub fn builder() -> ClaimBuilder {
        ClaimBuilder::default()
    }
}

impl ClaimBuilder {
    /// One or more of the given names.
    #[must_use]
    pub fn fornamn(self, text: &str) -> Self {
        Self { fornamn: Some(text.to_owned()), ..self }
    }

    /// The middle name.
    #[must_use]
    pub fn mellannamn(self, text: &str) -> Self {
        Self { mellannamn: Some(text.to_owned()), ..self }
    }

    /// The surname.
    #[must_use]
    pub fn efternamn(self, text: &str) -> Self {
        Self { efternamn: Some(text.to_owned()), ..self }
    }

    /// The full name, if it was typed in one field. Excludes the fields for its parts.
    #[must_use]
    pub fn namn(self, text: &str) -> Self {
        Self { namn: Some(text.to_owned()), ..self }
    }

    /// Street with number, entrance and apartment, or a box.
    #[must_use]
    pub fn utdelningsadress(self, text: &str) -> Self {
        Self { utdelningsadress: Some(text.to_owned()), ..self }
    }

    /// Postal code, with or without a blank or the country's letters in front.
    #[must_use]
    pub fn post_nr(self, text: &str) -> Self {
        Self { post_nr: Some(text.to_owned()), ..self }
    }

    /// Town.
    #[must_use]
    pub fn postort(self, text: &str) -> Self {
        Self { postort: Some(text.to_owned()), ..self }
    }

    /// Care-of line, with or without `c/o`.
    #[must_use]
    pub fn care_of(self, text: &str) -> Self {
        Self { care_of: Some(text.to_owned()), ..self }
    }

    /// Date of birth: `YYYY-MM-DD`.
    #[must_use]
    pub fn fodelsedatum(self, text: &str) -> Self {
        Self { fodelsedatum: Some(text.to_owned()), ..self }
    }

    /// The claim.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn build(self) -> Result<Claim, InvalidClaim> {
        let mut violations = Vec::new();
        let fodelsedatum = self.typed_date(&mut violations);
        for (field, text) in self.texts() {
            if text.chars().count() > MAX_TYPED_CHARS {
                violations.push(ClaimViolation::TooLong { field });
            }
            if self.namn.is_some() && matches!(field, "fornamn" | "mellannamn" | "efternamn") {
                violations.push(ClaimViolation::Excluded { field, by: "namn" });
            }
        }
        if !violations.is_empty() {
            return Err(InvalidClaim { violations });
        }
        let name = |text: Option<String>| text.map(|text| words(&text)).filter(|w| !w.is_empty());
        Ok(Claim {
            fornamn: name(self.fornamn),
            mellannamn: name(self.mellannamn),
            efternamn: name(self.efternamn),
            namn: name(self.namn),
            utdelningsadress: self.utdelningsadress.and_then(|text| Street::parse(&text)),
            post_nr: self.post_nr.map(|text| text.trim().to_owned()).filter(|t| !t.is_empty()),
            postort: self.postort.map(|text| place_words(&text)).filter(|w| !w.is_empty()),
            care_of: name(self.care_of)
                .map(|words| without_care_of(&words).to_vec())
                .filter(|words| !words.is_empty()),
            fodelsedatum,
        })
    }

    fn typed_date(&self, violations: &mut Vec<ClaimViolation>) -> Option<[u16; 3]> {
        let text = self.fodelsedatum.as_deref().map(str::trim).filter(|text| !text.is_empty())?;
        let date = text.parse::<Datum>().ok().filter(|datum| datum.zone().is_none());
        let ymd = date.and_then(|datum| datum.ymd());
        if ymd.is_none() {
            violations.push(ClaimViolation::NotADate { field: "fodelsedatum" });
        }
        ymd.map(|(year, month, day)| [year, month.into(), day.into()])
    }

    /// The fields that hold text.
    fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("fornamn", &self.fornamn),
            ("mellannamn", &self.mellannamn),
            ("efternamn", &self.efternamn),
            ("namn", &self.namn),
            ("utdelningsadress", &self.utdelningsadress),
            ("post_nr", &self.post_nr),
            ("postort", &self.postort),
            ("care_of", &self.care_of),
        ]
        .into_iter()
        .filter_map(|(field, text)| Some((field, text.as_deref()?)))
    }
}

impl InvalidClaim {
    /// Everything that is wrong.
    #[must_use]
    pub fn violations(&self) -> &[ClaimViolation] {
        &self.violations
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim").finish_non_exhaustive()
    }
}

impl fmt::Debug for ClaimBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClaimBuilder").finish_non_exhaustive()
    }
}

impl fmt::Display for InvalidClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.violations.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{violation}")?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidClaim {}

impl fmt::Display for ClaimViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { field } => {
                write!(f, "{field}: more than {MAX_TYPED_CHARS} characters")
            }
            Self::NotADate { field } => write!(f, "{field}: not a date of the form YYYY-MM-DD"),
            Self::Excluded { field, by } => write!(f, "{field}: cannot stand beside {by}"),
        }
    }
}
