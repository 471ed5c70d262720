//! Compares what somebody typed with a record, without showing the record.
//!
//! A [`Claim`] holds names, address and date of birth as typed. [`Claim::compare`] gives one [`Verdict`]
//! per field, and nothing else of the record.
//!
//! ```
//! use spar_types::comparison::{Claim, InvalidClaim, Verdict};
//! use spar_types::personsok::newest::AviseringPost;
//!
//! /// Whether an order may go out as typed. A person looks at those that may not.
//! fn may_go_out(post: &AviseringPost) -> Result<bool, InvalidClaim> {
//!     let claim = Claim::builder()
//!         .namn("Asa Carlsson")
//!         .utdelningsadress("Storg. 12 A")
//!         .post_nr("112 34")
//!         .build()?;
//!     let comparison = claim.compare(post);
//!     Ok(matches!(comparison.namn, Verdict::Same | Verdict::Similar)
//!         && matches!(comparison.utdelningsadress, Verdict::Same | Verdict::Similar)
//!         && comparison.post_nr == Verdict::Same)
//! }
//! # use spar_types::personsok::newest::{JaNej, PersonId, Typ};
//! # let id = PersonId::new("198111309285".parse()?, Typ::Personnummer);
//! # assert!(!may_go_out(&AviseringPost::new(id, JaNej::Nej.into(), JaNej::Nej))?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Which rows
//!
//! The rows that hold now give the verdict. If several do, the one that agrees best speaks for all its
//! fields, so that a street of one address and a postal code of another make no match. Addresses of all
//! kinds are compared. What agrees only with a row that no longer holds, such as a former surname or
//! address, is [`Similar`](Verdict::Similar). Rows that could not be read, errors in their list, count for
//! nothing.
//!
//! The person's data are protected if [`is_skyddad`](AviseringPost::is_skyddad) says so: every field is then
//! [`Protected`](Verdict::Protected), asked for or not, whatever the record holds.
//!
//! # What is the same, what is similar
//!
//! Text is the *same* if its words are: composed (NFC), in lower case, apostrophes dropped; everything
//! else between letters and digits, such as blanks, hyphens and full stops, parts words. Accents count,
//! å is not a.
//!
//! Words are *similar* if they are the same in a coarser form: without accents (å and ä as a, ö and ø as o,
//! æ as a; also `aa`, `ae` and `oe`), doubled letters as one, and letters that sound alike as one: `ck ch q`
//! as k, `c` as s before e, i, y and else as k, `w` and `f` within a word as v, `ph` as f, `z` as s, `x` as
//! ks, `th` and `dt` as t, and h only before a vowel. So are words of five letters or more that begin alike
//! and differ by one slip: a letter too many, too few, another one, or two swapped. Words that are written
//! as one count as similar too.
//!
//! | field | same | similar |
//! |---|---|---|
//! | `fornamn` | every name typed is one of the given names, in any order: one is enough | one of those typed is similar to one of them |
//! | `mellannamn` | the middle name | similar, or a word of it is any of the person's names |
//! | `efternamn` | the surname, or middle name and surname | similar, or a word of it is a word of either; not `von`, `de` and the like |
//! | `namn` | nothing but names of the person, of which one given name and the whole surname; or `Aviseringsnamn` | a given name and a word of middle name or surname |
//! | `utdelningsadress` | street, number and what follows it; the apartment (`lgh 1101`) only if both have one, the floor (`2 tr`) never | similar street, the number the same or given by one side only; another letter, another apartment |
//! | `post_nr` | the digits | never in a Swedish address |
//! | `postort` | the town | similar |
//! | `care_of` | the name, with or without `c/o` | similar, or a word of it |
//! | `fodelsedatum` | `Fodelsedatum` | SPAR's is incomplete and its known parts agree; or only the date in the id number does |
//!
//! In streets and towns `g.`, `v.` and `gr.` at the end of a word are `gatan`, `vägen` and `gränd`; without
//! the full stop they are similar. `N.`, `S.`, `V.`, `Ö.` and `L.` as the first word are norra, södra, västra,
//! östra and lilla, `S:t` is sankt.
//!
//! An international address has lines and no fields: a line, or all of them, is compared with the street;
//! postal code, town and care of are similar if a line holds them, and else absent.
//!
//! # What the verdicts give away
//!
//! A verdict says something about a person, protection above all, so `Debug` shows none, see [`Verdict`].
//! Who may try again and again learns the record by its verdicts: do not show them to whoever types.
//!
//! Every field is compared with every row, in both forms, whatever the outcome; none ends the work early,
//! nor does protection. The time still depends on the number of rows and on the number and length of the
//! words, and two texts are compared up to where they differ, so this is no constant-time comparison:
//! answer after a fixed time where others can measure.

mod addresses;
mod claim;
mod names;
mod text;

use std::fmt;

use crate::inspect::{Inspect, Inspector, redacted_debug};
use crate::personsok::newest::{AviseringPost, Persondetaljer};
use crate::record::{self, Rows};
use crate::simple::{Datum, OfullstandigtDatum};

pub(crate) use text::coarse;

pub use claim::{Claim, ClaimBuilder, ClaimViolation, InvalidClaim, MAX_TYPED_CHARS};

/// What the comparison of one field says.
///
/// It is personal data: `Debug` shows `<redacted>`. [`as_str`](Self::as_str) and `Display` tell.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// Nothing was typed.
    NotAsked,
    /// SPAR has no value to compare with.
    Absent,
    /// SPAR has another value.
    Different,
    /// SPAR's value is close enough to be meant, or was the person's before.
    Similar,
    /// SPAR's value is what was typed, but for case, hyphens and the like.
    Same,
    /// The person's data are protected, or may be.
    Protected,
}

impl Verdict {
    /// The verdict as a word: `not-asked`, `absent`, `different`, `similar`, `same` or `protected`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAsked => "not-asked",
            Self::Absent => "absent",
            Self::Different => "different",
            Self::Similar => "similar",
            Self::Same => "same",
            Self::Protected => "protected",
        }
    }

    fn of(is_same: bool, is_similar: bool) -> Self {
        if is_same {
            Self::Same
        } else if is_similar {
            Self::Similar
        } else {
            Self::Different
        }
    }

    /// How much the field agrees.
    fn rank(self) -> usize {
        match self {
            Self::Same => 3,
            Self::Similar => 2,
            Self::Different => 1,
            _ => 0,
        }
    }

    /// What agrees with a row that no longer holds.
    fn of_former(self) -> Self {
        match self {
            Self::Same => Self::Similar,
            // That the person was never called so says nothing new.
            Self::Different => Self::Absent,
            other => other,
        }
    }

    fn or_better(self, other: Self) -> Self {
        if other.rank() > self.rank() { other } else { self }
    }
}

impl fmt::Display for Verdict {
    /// Shows the verdict: personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Inspect for Verdict {
    fn inspect(&self, inspector: &mut Inspector<'_, '_>) -> fmt::Result {
        inspector.personal(&self.as_str())
    }
}

/// One verdict for each field of a [`Claim`].
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Comparison {
    /// Given names.
    pub fornamn: Verdict,
    /// Middle name.
    pub mellannamn: Verdict,
    /// Surname.
    pub efternamn: Verdict,
    /// The full name, typed in one field.
    pub namn: Verdict,
    /// Street with number, or a box.
    pub utdelningsadress: Verdict,
    /// Postal code.
    pub post_nr: Verdict,
    /// Town.
    pub postort: Verdict,
    /// Care-of line.
    pub care_of: Verdict,
    /// Date of birth.
    pub fodelsedatum: Verdict,
}

impl Comparison {
    /// The verdicts with the names of their fields.
    #[must_use]
    pub fn verdicts(&self) -> [(&'static str, Verdict); 9] {
        [
            ("fornamn", self.fornamn),
            ("mellannamn", self.mellannamn),
            ("efternamn", self.efternamn),
            ("namn", self.namn),
            ("utdelningsadress", self.utdelningsadress),
            ("post_nr", self.post_nr),
            ("postort", self.postort),
            ("care_of", self.care_of),
            ("fodelsedatum", self.fodelsedatum),
        ]
    }
}

impl Inspect for Comparison {
    fn inspect(&self, inspector: &mut Inspector<'_, '_>) -> fmt::Result {
        let verdicts = self.verdicts();
        let fields = verdicts.each_ref().map(|(name, verdict)| (*name, verdict as &dyn Inspect));
        inspector.record("Comparison", &fields)
    }
}

redacted_debug!(Comparison, Verdict);

/// What is serialized is personal data. What was not asked for is left out.
#[cfg(feature = "serde")]
impl serde::Serialize for Comparison {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let asked = self.verdicts().into_iter().filter(|(_, v)| *v != Verdict::NotAsked);
        serializer.collect_map(asked.map(|(field, verdict)| (field, verdict.as_str())))
    }
}

impl Claim {
    /// One verdict for each field. The rules are those of the [module](self).
    #[must_use]
    pub fn compare(&self, post: &AviseringPost) -> Comparison {
        let namn = |which| record::namn(post, which).map(|row| names::compare(self, row)).collect();
        let adress = |which| {
            let rows = record::addresses(post, which).into_iter();
            rows.map(|row| addresses::compare(self, row)).collect()
        };
        let detaljer = |which| {
            let rows = record::persondetaljer(post, which);
            rows.map(|row| [self.compare_fodelsedatum(row)]).collect()
        };
        let [fornamn, mellannamn, efternamn, full_name] = overall(names::absent(self), namn);
        let [utdelningsadress, post_nr, postort, care_of] =
            overall(addresses::absent(self), adress);
        let [fodelsedatum] = overall([asked(self.fodelsedatum.as_ref())], detaljer);
        let comparison = Comparison {
            fornamn,
            mellannamn,
            efternamn,
            namn: full_name,
            utdelningsadress,
            post_nr,
            postort,
            care_of,
            fodelsedatum: fodelsedatum.or_better(self.compare_number(post)),
        };
        if post.is_skyddad() { PROTECTED } else { comparison }
    }

    fn compare_fodelsedatum(&self, row: &Persondetaljer) -> Verdict {
        let (Some(typed), Some(datum)) = (self.fodelsedatum, &row.fodelsedatum) else {
            return asked(self.fodelsedatum.as_ref());
        };
        let known = known_parts(datum);
        let mut parts = known.iter().zip(typed);
        let agrees = parts.all(|(known, typed)| known.is_none_or(|known| known == typed));
        if known[0].is_none() {
            return Verdict::Absent;
        }
        Verdict::of(agrees && known.iter().all(Option::is_some), agrees)
    }

    /// The date in a person's number may differ from the date of birth, so it says no more than this.
    fn compare_number(&self, post: &AviseringPost) -> Verdict {
        let date = post.person_id.birth_date();
        let is_same = match (self.fodelsedatum, date.as_ref()) {
            (Some(typed), Some(date)) => known_parts(date) == typed.map(Some),
            _ => false,
        };
        if is_same { Verdict::Similar } else { Verdict::Absent }
    }
}

/// Year, month and day, as far as they are known. What SPAR sends may be incomplete although the schema
/// has the date complete.
fn known_parts(datum: &Datum) -> [Option<u16>; 3] {
    if let Some((year, month, day)) = datum.ymd() {
        return [Some(year), Some(month.into()), Some(day.into())];
    }
    let datum = OfullstandigtDatum::from(datum);
    [datum.year(), datum.month().map(Into::into), datum.day().map(Into::into)]
}

/// The verdict where SPAR has nothing to compare with.
fn asked<T>(typed: Option<&T>) -> Verdict {
    if typed.is_some() { Verdict::Absent } else { Verdict::NotAsked }
}

/// The verdict of the row that agrees best, of those that hold now; a row that no longer holds can
/// make single fields similar.
fn overall<const N: usize>(
    absent: [Verdict; N],
    rows: impl Fn(Rows) -> Vec<[Verdict; N]>,
) -> [Verdict; N] {
    let best = |which| {
        let agreement = |verdict: &Verdict| verdict.rank().saturating_sub(1);
        let score = |row: &[Verdict; N]| row.iter().map(agreement).sum::<usize>();
        let better = |best, row| if score(&row) > score(&best) { row } else { best };
        rows(which).into_iter().reduce(better).unwrap_or(absent)
    };
    let (mut verdicts, former) = (best(Rows::Current), best(Rows::Former));
    for (verdict, former) in verdicts.iter_mut().zip(former) {
        *verdict = verdict.or_better(former.of_former());
    }
    verdicts
}

const PROTECTED: Comparison = Comparison {
    fornamn: Verdict::Protected,
    mellannamn: Verdict::Protected,
    efternamn: Verdict::Protected,
    namn: Verdict::Protected,
    utdelningsadress: Verdict::Protected,
    post_nr: Verdict::Protected,
    postort: Verdict::Protected,
    care_of: Verdict::Protected,
    fodelsedatum: Verdict::Protected,
};
