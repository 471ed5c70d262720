//! Words of a search argument against words of the register, with wild cards.

use crate::personsok::phonetic;

/// When two words are the same.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// Spelled alike, letter case apart.
    Spelling,
    /// Sounding alike.
    Sound,
}

impl Comparison {
    /// Equal for two words that are the same.
    pub(crate) fn form(self, word: &str) -> String {
        match self {
            Self::Spelling => word.to_lowercase(),
            Self::Sound => phonetic::sounds(word),
        }
    }
}

/// Whether each word of the argument matches a word of the register that no other one needs.
pub(crate) fn all_match(argument: &[&str], register: &[&str], comparison: Comparison) -> bool {
    let mut candidates = Vec::with_capacity(argument.len());
    for word in argument {
        let word = Word::new(word, comparison);
        let places: Vec<usize> =
            (0..register.len()).filter(|place| word.matches(register[*place])).collect();
        // Most persons are passed over here, at the first word.
        if places.is_empty() {
            return false;
        }
        candidates.push(places);
    }
    let mut taken = vec![None; register.len()];
    (0..argument.len()).all(|word| {
        let mut tried = vec![false; register.len()];
        assign(word, &candidates, &mut taken, &mut tried)
    })
}

/// Finds a place for a word, moving earlier ones if need be.
fn assign(
    word: usize,
    candidates: &[Vec<usize>],
    taken: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for &place in &candidates[word] {
        if std::mem::replace(&mut tried[place], true) {
            continue;
        }
        if taken[place].is_none_or(|other| assign(other, candidates, taken, tried)) {
            taken[place] = Some(word);
            return true;
        }
    }
    false
}

/// A word of a search argument, parted at its wild cards.
struct Word {
    pieces: Vec<String>,
    comparison: Comparison,
}

impl Word {
    fn new(word: &str, comparison: Comparison) -> Self {
        Self { pieces: word.split('*').map(|piece| comparison.form(piece)).collect(), comparison }
    }

    /// Whether a word of the register is this one.
    ///
    /// A wild card stands for letters as they are spelled, any number of them; what is between wild
    /// cards is compared. So `christop*` is the beginning of `Christopher`, by sound as well.
    fn matches(&self, word: &str) -> bool {
        let is = |piece: &str, part: &str| self.comparison.form(part) == piece;
        let Some((last, pieces)) = self.pieces.split_last() else { return false };
        let Some((first, middle)) = pieces.split_first() else { return is(last, word) };
        let places: Vec<usize> =
            word.char_indices().map(|(place, _)| place).chain([word.len()]).collect();
        // The nearest end is as good as any: a wild card follows.
        let Some(&after_first) = places.iter().find(|end| is(first, &word[..**end])) else {
            return false;
        };
        let mut from = after_first;
        for piece in middle {
            let starts_at = |end: usize| {
                let starts = places.iter().filter(move |start| (from..=end).contains(*start));
                starts.into_iter().any(|start| is(piece, &word[*start..end]))
            };
            let Some(&end) = places.iter().find(|end| **end >= from && starts_at(**end)) else {
                return false;
            };
            from = end;
        }
        places.iter().any(|start| *start >= from && is(last, &word[*start..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wild_cards_stand_for_any_number_of_letters() {
        let check = |pattern: &str, word: &str, comparison, is_match: bool| {
            assert_eq!(Word::new(pattern, comparison).matches(word), is_match, "{pattern} {word}");
        };
        let spelled =
            |pattern, word, is_match| check(pattern, word, Comparison::Spelling, is_match);
        spelled("prov*", "Provström", true);
        spelled("PROV*", "provström", true);
        spelled("prov*", "Prov", true);
        spelled("prov*", "Pro", false);
        spelled("prov", "Provström", false);
        spelled("pr*ström", "Provström", true);
        spelled("pr*öm*", "Provström", true);
        spelled("pr*o*v*str*m", "Provström", true);
        spelled("pr*o*o*m", "Provström", false);
        spelled("p*öm*", "Provströ", false);
        spelled("ab*ba", "aba", false);
        spelled("ab*ba", "abba", true);
        spelled("*ström", "Provström", true);
        spelled("*", "Provström", true);
        spelled("ö*", "Öberg", true);
        spelled("an**a", "Anna", true);
        let by_sound = |pattern, word, is_match| check(pattern, word, Comparison::Sound, is_match);
        by_sound("carl*", "Karlsson", true);
        by_sound("christop*", "Kristofer", false);
        by_sound("christop*", "Christopher", true);
        by_sound("kristof*", "Christopher", true);
        by_sound("c*", "Cecilia", true);
        by_sound("c*", "Karl", true);
        by_sound("k*son", "Carlsson", true);
        by_sound("lind*qvist", "Lindkvist", true);
        by_sound("mik*ll", "Mikael", true);
    }

    #[test]
    fn each_word_needs_one_of_its_own() {
        let check = |argument: &str, register: &str, is_match: bool| {
            let argument: Vec<&str> = argument.split(' ').collect();
            let register: Vec<&str> = register.split(' ').collect();
            let verdict = all_match(&argument, &register, Comparison::Spelling);
            assert_eq!(verdict, is_match, "{argument:?} {register:?}");
        };
        check("anna ek", "Anna Maria Ek", true);
        check("ek anna", "Anna Maria Ek", true);
        check("anna anna", "Anna Maria Ek", false);
        check("anna anna", "Anna Anna", true);
        // The first word must give way: it is content with either.
        check("an* anna", "Anna Anders", true);
        check("an* and* anna", "Anna Anders Andersson", true);
        check("an* and* anna", "Anna Anders Berg", false);
        check("a b c", "a b", false);
    }
}
