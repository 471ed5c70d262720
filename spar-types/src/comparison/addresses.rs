//! Addresses: one of a record, with what was typed.

use crate::comparison::text::{
    Place, Word, are_same, are_similar, are_similar_places, is_any_similar, place_words, words,
};
use crate::comparison::{Claim, Verdict, asked};
use crate::personsok::newest::{InternationellAdress, SvenskAdress};
use crate::record::Adress;

/// The verdicts on street, postal code, town and care of.
pub(super) fn compare(claim: &Claim, adress: Adress<'_>) -> [Verdict; 4] {
    match adress {
        Adress::Svensk(adress) => compare_svensk(claim, adress),
        Adress::Internationell(adress) => compare_internationell(claim, adress),
    }
}

/// The verdicts where there is no address.
pub(super) fn absent(claim: &Claim) -> [Verdict; 4] {
    [
        asked(claim.utdelningsadress.as_ref()),
        asked(claim.post_nr.as_ref()),
        asked(claim.postort.as_ref()),
        asked(claim.care_of.as_ref()),
    ]
}

fn compare_svensk(claim: &Claim, adress: &SvenskAdress) -> [Verdict; 4] {
    let [no_street, no_post_nr, no_postort, no_care_of] = absent(claim);
    let lines = [&adress.utdelningsadress1, &adress.utdelningsadress2];
    let lines: Vec<&str> = lines.into_iter().flatten().map(AsRef::as_ref).collect();
    let street = claim.utdelningsadress.as_ref().map(|typed| typed.compare_lines(&lines));
    let post_nr = claim.post_nr.as_ref().zip(adress.post_nr.as_ref());
    let postort = claim.postort.as_ref().zip(adress.postort.as_ref());
    let care_of = claim.care_of.as_ref().zip(adress.care_of.as_ref());
    [
        street.unwrap_or(no_street),
        post_nr.map_or(no_post_nr, |(typed, spar)| {
            let spar = digits(spar.as_str());
            let verdict = Verdict::of(digits(typed) == spar, false);
            if spar.is_empty() { no_post_nr } else { verdict }
        }),
        postort.map_or(no_postort, |(typed, spar)| {
            let spar = place_words(spar.as_str());
            let verdict =
                Verdict::of(is_same_place(typed, &spar), are_similar_places(typed, &spar));
            if spar.is_empty() { no_postort } else { verdict }
        }),
        care_of.map_or(no_care_of, |(typed, spar)| {
            let spar = words(spar.as_str());
            let spar = without_care_of(&spar);
            let is_similar = are_similar(typed, spar) | is_any_similar(typed, spar);
            let verdict = Verdict::of(are_same(typed, spar), is_similar);
            if spar.is_empty() { no_care_of } else { verdict }
        }),
    ]
}

/// The lines are not told apart, so what one of them holds is no more than similar.
fn compare_internationell(claim: &Claim, adress: &InternationellAdress) -> [Verdict; 4] {
    let [no_street, no_post_nr, no_postort, no_care_of] = absent(claim);
    let lines = [&adress.utdelningsadress1, &adress.utdelningsadress2, &adress.utdelningsadress3];
    let lines: Vec<&str> = lines.into_iter().flatten().map(AsRef::as_ref).collect();
    let all: Vec<Word> = lines.iter().flat_map(|line| words(line)).collect();
    let held = |is_held: bool, absent| if is_held { Verdict::Similar } else { absent };
    let post_nr = claim.post_nr.as_ref().is_some_and(|typed| {
        // `112 34` is two words.
        let numbers = |words: &[Word]| words.iter().map(|w| w.exact.as_str()).collect::<String>();
        let single = all.chunks(1).map(numbers);
        let wanted = digits(typed);
        single.chain(all.windows(2).map(numbers)).filter(|number| *number == wanted).count() > 0
    });
    let postort = claim.postort.as_ref().is_some_and(|typed| {
        let typed: Vec<Word> = typed.iter().map(|place| place.word.clone()).collect();
        is_any_similar(&typed, &all)
    });
    let care_of = claim.care_of.as_ref().is_some_and(|typed| is_any_similar(typed, &all));
    [
        claim.utdelningsadress.as_ref().map_or(no_street, |typed| typed.compare_lines(&lines)),
        held(post_nr, no_post_nr),
        held(postort, no_postort),
        held(care_of, no_care_of),
    ]
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn is_same_place(typed: &[Place], spar: &[Place]) -> bool {
    are_same(typed.iter().map(|place| &place.word), spar.iter().map(|place| &place.word))
}

/// The words without `c/o` in front.
pub(super) fn without_care_of(words: &[Word]) -> &[Word] {
    let first = |index: usize| words.get(index).map(|word| word.exact.as_str());
    let length = match (first(0), first(1)) {
        (Some("c"), Some("o")) => 2,
        (Some("co"), _) => 1,
        _ => 0,
    };
    words.get(length..).unwrap_or_default()
}

/// A street, or a box, with what stands behind its name.
#[derive(Clone)]
pub(super) struct Street {
    name: Vec<Place>,
    number: Option<String>,
    /// What follows the number, such as the letter of an entrance.
    suffix: Vec<String>,
    apartment: Option<String>,
}

impl Street {
    /// `None` if the text holds nothing to find a place by.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let words = place_words(text);
        let mut street =
            Self { name: Vec::new(), number: None, suffix: Vec::new(), apartment: None };
        let mut rest = words.as_slice();
        while let [word, behind @ ..] = rest {
            let next = behind.first().map_or("", |next| next.word.exact.as_str());
            let text = word.word.exact.as_str();
            rest = behind;
            match text {
                "lgh" | "lght" | "läg" | "lägenhet" | "lägenhetsnummer" if is_number(next) => {
                    street.apartment = Some(next.to_owned());
                    rest = behind.get(1..).unwrap_or_default();
                }
                // The floor stands in some addresses and not in others.
                "vån" | "våning" if is_number(next) => rest = behind.get(1..).unwrap_or_default(),
                "tr" | "trappor" | "nb" | "bv" => {}
                _ if is_number(text) && matches!(next, "tr" | "trappor") => {}
                _ if is_number(text) && street.number.is_none() => {
                    street.number = Some(text.to_owned());
                }
                _ if street.number.is_none() || (street.name.is_empty() && text.len() > 1) => {
                    street.name.push(word.clone());
                }
                _ => street.suffix.push(text.to_owned()),
            }
        }
        let is_empty =
            street.name.is_empty() && street.number.is_none() && street.apartment.is_none();
        (!is_empty).then_some(street)
    }

    /// The street may stand in any of the lines, or go on in the next.
    fn compare_lines(&self, lines: &[&str]) -> Verdict {
        let lines = lines.iter().map(|line| (*line).to_owned());
        let all = lines.clone().collect::<Vec<_>>().join(" ");
        let streets = lines.chain([all]).filter_map(|line| Self::parse(&line));
        streets.map(|street| self.compare(&street)).fold(Verdict::Absent, Verdict::or_better)
    }

    fn compare(&self, spar: &Self) -> Verdict {
        let is_number_same = self.number == spar.number;
        let is_number_open = self.number.is_none() | spar.number.is_none();
        let is_other_apartment = match (&self.apartment, &spar.apartment) {
            (Some(typed), Some(spar)) => typed != spar,
            _ => false,
        };
        let is_same = is_same_place(&self.name, &spar.name)
            & is_number_same
            & (self.suffix == spar.suffix)
            & !is_other_apartment;
        let is_similar = are_similar_places(&self.name, &spar.name)
            & !self.name.is_empty()
            & (is_number_same | is_number_open);
        Verdict::of(is_same, is_similar)
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
