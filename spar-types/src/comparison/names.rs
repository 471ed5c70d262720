//! Names: of one row, with what was typed.

use crate::comparison::text::{Word, are_all_among, are_same, are_similar, is_any_similar, words};
use crate::comparison::{Claim, Verdict, asked};
use crate::personsok::newest::Namn;

/// The verdicts on given names, middle name, surname and full name.
pub(super) fn compare(claim: &Claim, row: &Namn) -> [Verdict; 4] {
    let row = Names::new(row);
    let verdict = |typed: &Option<Vec<Word>>, compare: fn(&Names, &[Word]) -> Verdict| {
        typed.as_ref().map_or(Verdict::NotAsked, |typed| compare(&row, typed))
    };
    [
        verdict(&claim.fornamn, Names::compare_fornamn),
        verdict(&claim.mellannamn, Names::compare_mellannamn),
        verdict(&claim.efternamn, Names::compare_efternamn),
        verdict(&claim.namn, Names::compare_namn),
    ]
}

/// The verdicts where there is no row.
pub(super) fn absent(claim: &Claim) -> [Verdict; 4] {
    [&claim.fornamn, &claim.mellannamn, &claim.efternamn, &claim.namn]
        .map(|typed| asked(typed.as_ref()))
}

/// The words of a row.
struct Names {
    aviseringsnamn: Vec<Word>,
    fornamn: Vec<Word>,
    mellannamn: Vec<Word>,
    efternamn: Vec<Word>,
    /// Middle name and surname, which many have as a double surname.
    surnames: Vec<Word>,
}

impl Names {
    fn new(row: &Namn) -> Self {
        fn split<T: AsRef<str>>(text: &Option<T>) -> Vec<Word> {
            text.as_ref().map_or_else(Vec::new, |text| words(text.as_ref()))
        }
        let (mellannamn, efternamn) = (split(&row.mellannamn), split(&row.efternamn));
        Self {
            aviseringsnamn: split(&row.aviseringsnamn),
            fornamn: split(&row.fornamn),
            surnames: [mellannamn.as_slice(), &efternamn].concat(),
            mellannamn,
            efternamn,
        }
    }

    fn compare_fornamn(&self, typed: &[Word]) -> Verdict {
        let verdict =
            Verdict::of(are_all_among(typed, &self.fornamn), is_any_similar(typed, &self.fornamn));
        if self.fornamn.is_empty() { Verdict::Absent } else { verdict }
    }

    fn compare_mellannamn(&self, typed: &[Word]) -> Verdict {
        let is_elsewhere =
            is_any_similar(typed, &self.surnames) | is_any_similar(typed, &self.fornamn);
        let is_similar = are_similar(typed, &self.mellannamn) | is_elsewhere;
        let verdict = Verdict::of(are_same(typed, &self.mellannamn), is_similar);
        let is_absent = self.mellannamn.is_empty() && !is_elsewhere;
        if is_absent { Verdict::Absent } else { verdict }
    }

    fn compare_efternamn(&self, typed: &[Word]) -> Verdict {
        let is_same = are_same(typed, &self.efternamn) | are_same(typed, &self.surnames);
        let is_similar = are_similar(typed, &self.efternamn)
            | are_similar(typed, &self.surnames)
            | is_any_similar(typed, &self.surnames);
        if self.surnames.is_empty() { Verdict::Absent } else { Verdict::of(is_same, is_similar) }
    }

    fn compare_namn(&self, typed: &[Word]) -> Verdict {
        let all = || self.fornamn.iter().chain(&self.surnames);
        let has_fornamn =
            typed.iter().filter(|word| are_all_among([*word], &self.fornamn)).count() > 0;
        let is_same = are_all_among(typed, all())
            & (has_fornamn | self.fornamn.is_empty())
            & are_all_among(&self.efternamn, typed);
        let is_aviseringsnamn =
            typed.len() == self.aviseringsnamn.len() && are_all_among(typed, &self.aviseringsnamn);
        let is_similar = (is_any_similar(typed, &self.fornamn) | self.fornamn.is_empty())
            & (is_any_similar(typed, &self.surnames) | self.surnames.is_empty());
        let is_shortened_similar = is_any_similar(typed, &self.aviseringsnamn);
        match (all().next(), self.aviseringsnamn.is_empty()) {
            (Some(_), _) => Verdict::of(is_same | is_aviseringsnamn, is_similar),
            (None, false) => Verdict::of(is_aviseringsnamn, is_shortened_similar),
            (None, true) => Verdict::Absent,
        }
    }
}
