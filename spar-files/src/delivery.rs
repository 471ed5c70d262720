//! What was asked for against what came.
//!
//! SPAR checks files against the schema only: a number that does not exist gives neither a record nor an
//! error. So whoever asks compares.

use std::collections::{BTreeMap, BTreeSet};

use spar_types::SimpleType;
use spar_types::avisering::newest::{AviseringPost, IdNummer};
use spar_types::personnummersattning::newest::{
    EgenReferens, PersonnummersattningFraga, PersonnummersattningPost,
};

/// Compares the numbers of a file to SPAR with the records that came.
///
/// Holds the numbers that were asked for, some 50 bytes each, and nothing of the records.
///
/// ```
/// use spar_files::delivery::Numbers;
/// use spar_types::avisering::newest::{AviseringPost, JaNej, PersonId, Typ};
///
/// let mut numbers = Numbers::asked(["198111309285".parse()?, "191212121212".parse()?]);
/// numbers.came(&AviseringPost::new(
///     PersonId::new("198111309285".parse()?, Typ::Personnummer),
///     JaNej::Nej.into(),
///     JaNej::Nej,
/// ));
/// assert_eq!(numbers.outcome().missing.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
pub struct Numbers {
    /// Whether it came, and under which other number.
    asked: BTreeMap<Box<str>, Came>,
    not_asked: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Came {
    No,
    Yes,
    /// Under another number of the same person.
    As(Box<str>),
}

/// What became of the numbers.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Outcome {
    /// Numbers of which a record came.
    pub delivered: u64,
    /// Numbers of which a record came under another number of the same person: the one asked for, and
    /// the one that came.
    pub changed: Vec<(IdNummer, IdNummer)>,
    /// Numbers of which no record came.
    pub missing: Vec<IdNummer>,
    /// Records of persons who were not asked for.
    pub not_asked: u64,
}

impl std::fmt::Debug for Outcome {
    /// Shows how many there are: whom they concern is personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outcome")
            .field("delivered", &self.delivered)
            .field("changed", &self.changed.len())
            .field("missing", &self.missing.len())
            .field("not_asked", &self.not_asked)
            .finish()
    }
}

impl std::fmt::Debug for Numbers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Numbers").field("asked", &self.asked.len()).finish_non_exhaustive()
    }
}

impl Numbers {
    /// Begins with the numbers that were asked for.
    pub fn asked(numbers: impl IntoIterator<Item = IdNummer>) -> Self {
        let asked = numbers.into_iter().map(|number| (number.as_str().into(), Came::No)).collect();
        Self { asked, not_asked: 0 }
    }

    /// Takes note of a record.
    ///
    /// A record that names a number asked for in its `Hanvisning` is that person's, under another number.
    pub fn came(&mut self, post: &AviseringPost) {
        let number = post.person_id.id_nummer.as_str();
        if let Some(came) = self.asked.get_mut(number) {
            *came = Came::Yes;
            return;
        }
        let details = post.persondetaljer.iter().flatten();
        let others = details.flat_map(|row| row.hanvisning.iter().flatten());
        let mut is_asked = false;
        for other in others {
            if let Some(came) = self.asked.get_mut(other.id_nummer.as_str()) {
                is_asked = true;
                if *came == Came::No {
                    *came = Came::As(number.into());
                }
            }
        }
        if !is_asked {
            self.not_asked += 1;
        }
    }

    /// What became of the numbers, in their order.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let mut outcome = Outcome { not_asked: self.not_asked, ..Outcome::default() };
        for (number, came) in &self.asked {
            let number = IdNummer::from_register(number);
            match came {
                Came::Yes => outcome.delivered += 1,
                Came::No => outcome.missing.push(number),
                Came::As(other) => outcome.changed.push((number, IdNummer::from_register(other))),
            }
        }
        outcome
    }
}

/// Compares questions for numbers with the answers that came, by `EgenReferens`: SPAR may change the
/// characters of the question that it repeats.
#[derive(Default)]
pub struct Questions {
    open: BTreeSet<Box<str>>,
    asked: BTreeSet<Box<str>>,
    not_asked: u64,
}

impl Questions {
    /// Begins with the questions that were asked.
    pub fn asked<'q>(questions: impl IntoIterator<Item = &'q PersonnummersattningFraga>) -> Self {
        let asked: BTreeSet<Box<str>> =
            questions.into_iter().map(|question| question.egen_referens.as_str().into()).collect();
        Self { open: asked.clone(), asked, not_asked: 0 }
    }

    /// Takes note of an answer, whatever its outcome.
    pub fn came(&mut self, post: &PersonnummersattningPost) {
        let reference = post.personnummersattning_fraga.egen_referens.as_str().trim();
        if self.asked.contains(reference) {
            self.open.remove(reference);
        } else {
            self.not_asked += 1;
        }
    }

    /// The questions that nothing came for.
    #[must_use]
    pub fn missing(&self) -> Vec<EgenReferens> {
        self.open.iter().map(|reference| EgenReferens::from_register(reference)).collect()
    }

    /// How many answers came to questions that were not asked.
    #[must_use]
    pub fn not_asked(&self) -> u64 {
        self.not_asked
    }
}

impl std::fmt::Debug for Questions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Questions").field("asked", &self.asked.len()).finish_non_exhaustive()
    }
}
