//! Asking by name, address and birth: the builder, and the rules of search beyond the schema.
//!
//! The types enforce the schema. SPAR's own rules go further, and a search that breaks one of them is
//! billed and brings nothing, or too much. [`Sokvillkor::builder`] applies them and reports everything
//! that is wrong at once; each rule has a name and can be waived by it.
//!
//! ```
//! use spar_types::personsok::newest::Sokvillkor;
//! use spar_types::search::SearchRule;
//!
//! let fraga = Sokvillkor::builder()
//!     .fonetisk_sokning(true)
//!     .namn_sok_argument("mikael efter*")
//!     .postort_sok_argument("solna")
//!     .build()?;
//!
//! let refused = Sokvillkor::builder().namn_sok_argument("a*").post_nr("1234").build().unwrap_err();
//! assert_eq!(refused.violations().len(), 2);
//! let waived =
//!     Sokvillkor::builder().namn_sok_argument("a*").waive(SearchRule::ShortWildcard).build();
//! assert!(waived.is_ok());
//! # let _ = fraga;
//! # Ok::<(), spar_types::search::InvalidSearch>(())
//! ```
//!
//! What excludes each other in the schema cannot stand side by side in the types. A client that drops
//! the surplus silently sends a broader search, which is valid, billed and wrong.
//!
//! ```compile_fail,E0063
//! // GEN-23: half an interval, or an interval and one postal code, is no `PostNrVillkor`.
//! use spar_types::personsok::newest::{PostNrSokArgument, PostNrVillkor};
//!
//! fn half(post_nr_from: PostNrSokArgument) -> PostNrVillkor {
//!     PostNrVillkor::Intervall { post_nr_from }
//! }
//! ```

use std::fmt;

use crate::error::{InvalidValue, Rule};
use crate::personsok::newest::{
    DistriktKodSokArgument, DistriktKodVillkor, FodelsedatumVillkor, FornamnSokArgument, JaNej,
    KommunKodSokArgument, Kon, LanKodSokArgument, MellanEfternamnSokArgument, NamnSokArgument,
    NamnVillkor, PersonsokningFraga, PostNrSokArgument, PostNrVillkor, PostortSokArgument,
    Sokvillkor, UtdelningsadressSokArgument,
};
use crate::simple::Datum;

/// A rule of search that the schema does not state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SearchRule {
    /// A wild card needs two letters before it, in its word or, by sound, in the argument. SPAR answers
    /// `a*` with `Undantag`, and bills it.
    ShortWildcard,
    /// A search needs an argument. The schema allows none; it would be billed and mean nothing.
    Empty,
    /// An interval runs from its lower to its upper end.
    ReversedInterval,
    /// A municipality is told by county and municipality together.
    KommunKodWithoutLanKod,
    /// Only names are compared by sound.
    FonetiskSokningWithoutName,
    /// Line breaks and tabs come from pasting, though the schema takes them.
    LineBreak,
    /// Letters are composed: å as one character. `a` with a ring behind it, as some systems type it,
    /// finds nothing.
    DecomposedLetter,
}

/// A search that cannot be made, with everything that is wrong with it.
///
/// Names arguments and rules, never what was searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidSearch {
    violations: Vec<SearchViolation>,
}

/// One thing that is wrong with a search.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SearchViolation {
    /// The argument breaks the schema.
    Schema {
        /// The element.
        element: &'static str,
        /// The rule of the schema.
        rule: Rule,
    },
    /// The argument cannot stand beside another one that was given.
    Excluded {
        /// The element.
        element: &'static str,
        /// The one it excludes.
        by: &'static str,
    },
    /// The argument breaks a rule of search, which can be waived.
    Search {
        /// The element.
        element: &'static str,
        /// The rule.
        rule: SearchRule,
    },
}

/// Puts a search together. Made by [`Sokvillkor::builder`]; the methods are named after the elements.
#[derive(Clone, Default)]
pub struct SokvillkorBuilder {
    villkor: Sokvillkor,
    waived: Vec<SearchRule>,
    violations: Vec<SearchViolation>,
}

impl Sokvillkor {
    /// Starts a search by name, address, birth and sex.
    #[must_use]
    pub fn builder() -> SokvillkorBuilder {
        SokvillkorBuilder::default()
    }
}

impl SokvillkorBuilder {
    /// Whether names are compared by sound.
    #[must_use]
    pub fn fonetisk_sokning(mut self, fonetisk_sokning: bool) -> Self {
        self.villkor.fonetisk_sokning = Some(if fonetisk_sokning { JaNej::Ja } else { JaNej::Nej });
        self
    }

    /// All names in one argument, in any order. Up to 80 characters; `*` stands for any ending.
    #[must_use]
    pub fn namn_sok_argument(mut self, namn: &str) -> Self {
        const ELEMENT: &str = "NamnSokArgument";
        if matches!(self.villkor.namn_villkor, Some(NamnVillkor::Namndelar { .. })) {
            return self.excluded(ELEMENT, "FornamnSokArgument");
        }
        let namn = self.parse::<NamnSokArgument>(ELEMENT, namn);
        self.villkor.namn_villkor = namn.map(NamnVillkor::NamnSokArgument);
        self
    }

    /// Given names. Up to 80 characters.
    #[must_use]
    pub fn fornamn_sok_argument(mut self, fornamn: &str) -> Self {
        const ELEMENT: &str = "FornamnSokArgument";
        let parsed = self.parse::<FornamnSokArgument>(ELEMENT, fornamn);
        match self.namndelar() {
            Some((fornamn, _)) => *fornamn = parsed,
            None => return self.excluded(ELEMENT, "NamnSokArgument"),
        }
        self
    }

    /// Middle names and surnames. Up to 60 characters.
    #[must_use]
    pub fn mellan_efternamn_sok_argument(mut self, efternamn: &str) -> Self {
        const ELEMENT: &str = "MellanEfternamnSokArgument";
        let parsed = self.parse::<MellanEfternamnSokArgument>(ELEMENT, efternamn);
        match self.namndelar() {
            Some((_, efternamn)) => *efternamn = parsed,
            None => return self.excluded(ELEMENT, "NamnSokArgument"),
        }
        self
    }

    /// The address line. Up to 100 characters.
    #[must_use]
    pub fn utdelningsadress_sok_argument(mut self, adress: &str) -> Self {
        self.villkor.utdelningsadress_sok_argument =
            self.parse::<UtdelningsadressSokArgument>("UtdelningsadressSokArgument", adress);
        self
    }

    /// The postal town. Up to 27 characters.
    #[must_use]
    pub fn postort_sok_argument(mut self, postort: &str) -> Self {
        self.villkor.postort_sok_argument =
            self.parse::<PostortSokArgument>("PostortSokArgument", postort);
        self
    }

    /// One postal code: five digits.
    #[must_use]
    pub fn post_nr(mut self, post_nr: &str) -> Self {
        let post_nr = self.parse::<PostNrSokArgument>("PostNr", post_nr);
        self.villkor.post_nr_villkor = post_nr.map(PostNrVillkor::PostNr);
        self
    }

    /// All postal codes from one to another, both included.
    #[must_use]
    pub fn post_nr_intervall(mut self, from: &str, tom: &str) -> Self {
        let from = self.parse::<PostNrSokArgument>("PostNrFrom", from);
        let tom = self.parse::<PostNrSokArgument>("PostNrTom", tom);
        self.villkor.post_nr_villkor = from.zip(tom).map(|(post_nr_from, post_nr_tom)| {
            PostNrVillkor::Intervall { post_nr_from, post_nr_tom }
        });
        self
    }

    /// One date of birth: `YYYY-MM-DD`.
    #[must_use]
    pub fn fodelsedatum(mut self, datum: &str) -> Self {
        let datum = self.parse::<Datum>("Fodelsedatum", datum);
        self.villkor.fodelsedatum_villkor = datum.map(FodelsedatumVillkor::Fodelsedatum);
        self
    }

    /// All dates of birth from one to another, both included.
    #[must_use]
    pub fn fodelsedatum_intervall(mut self, from: &str, tom: &str) -> Self {
        let from = self.parse::<Datum>("FodelsedatumFrom", from);
        let tom = self.parse::<Datum>("FodelsedatumTom", tom);
        self.villkor.fodelsedatum_villkor =
            from.zip(tom).map(|(fodelsedatum_from, fodelsedatum_tom)| {
                FodelsedatumVillkor::Intervall { fodelsedatum_from, fodelsedatum_tom }
            });
        self
    }

    /// Sex as registered.
    #[must_use]
    pub fn kon(mut self, kon: Kon) -> Self {
        self.villkor.kon = Some(kon);
        self
    }

    /// County: two digits.
    #[must_use]
    pub fn lan_kod(mut self, lan_kod: &str) -> Self {
        self.villkor.lan_kod = self.parse::<LanKodSokArgument>("LanKod", lan_kod);
        self
    }

    /// Municipality within a county: two digits.
    #[must_use]
    pub fn kommun_kod(mut self, kommun_kod: &str) -> Self {
        self.villkor.kommun_kod = self.parse::<KommunKodSokArgument>("KommunKod", kommun_kod);
        self
    }

    /// One district: six digits.
    #[must_use]
    pub fn distrikt_kod(mut self, distrikt_kod: &str) -> Self {
        let distrikt_kod = self.parse::<DistriktKodSokArgument>("DistriktKod", distrikt_kod);
        self.villkor.distrikt_kod_villkor = distrikt_kod.map(DistriktKodVillkor::DistriktKod);
        self
    }

    /// All districts from one to another, both included.
    #[must_use]
    pub fn distrikt_kod_intervall(mut self, from: &str, tom: &str) -> Self {
        let from = self.parse::<DistriktKodSokArgument>("DistriktKodFrom", from);
        let tom = self.parse::<DistriktKodSokArgument>("DistriktKodTom", tom);
        self.villkor.distrikt_kod_villkor =
            from.zip(tom).map(|(distrikt_kod_from, distrikt_kod_tom)| {
                DistriktKodVillkor::Intervall { distrikt_kod_from, distrikt_kod_tom }
            });
        self
    }

    /// Lets the search break this rule.
    #[must_use]
    pub fn waive(mut self, rule: SearchRule) -> Self {
        self.waived.push(rule);
        self
    }

    /// The question.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn build(self) -> Result<PersonsokningFraga, InvalidSearch> {
        let Self { villkor, waived, mut violations } = self;
        // Rules of search are about what the schema allows; without that they would only mislead.
        let has_schema_violations = !violations.is_empty();
        for (element, rule) in check(&villkor) {
            let is_moot = has_schema_violations && rule == SearchRule::Empty;
            if !waived.contains(&rule) && !is_moot {
                violations.push(SearchViolation::Search { element, rule });
            }
        }
        if violations.is_empty() {
            Ok(PersonsokningFraga::Sokvillkor(Box::new(villkor)))
        } else {
            Err(InvalidSearch { violations })
        }
    }

    fn parse<T: std::str::FromStr<Err = InvalidValue>>(
        &mut self,
        element: &'static str,
        text: &str,
    ) -> Option<T> {
        text.parse()
            .map_err(|error: InvalidValue| {
                let rule = error.rule().clone();
                self.violations.push(SearchViolation::Schema { element, rule });
            })
            .ok()
    }

    /// The two arguments of a search by parts of the name, unless the search is by all names.
    fn namndelar(
        &mut self,
    ) -> Option<(&mut Option<FornamnSokArgument>, &mut Option<MellanEfternamnSokArgument>)> {
        let namndelar = self.villkor.namn_villkor.get_or_insert(NamnVillkor::Namndelar {
            fornamn_sok_argument: None,
            mellan_efternamn_sok_argument: None,
        });
        match namndelar {
            NamnVillkor::Namndelar { fornamn_sok_argument, mellan_efternamn_sok_argument } => {
                Some((fornamn_sok_argument, mellan_efternamn_sok_argument))
            }
            NamnVillkor::NamnSokArgument(_) => None,
        }
    }

    fn excluded(mut self, element: &'static str, by: &'static str) -> Self {
        self.violations.push(SearchViolation::Excluded { element, by });
        self
    }
}

impl fmt::Debug for SokvillkorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SokvillkorBuilder")
            .field("villkor", &self.villkor)
            .field("waived", &self.waived)
            .field("violations", &self.violations)
            .finish()
    }
}

/// The rules of search that a question breaks, with the element that breaks them.
///
/// A question by id number breaks none.
#[must_use]
pub fn broken_rules(fraga: &PersonsokningFraga) -> Vec<(&'static str, SearchRule)> {
    match fraga {
        PersonsokningFraga::Sokvillkor(villkor) => check(villkor),
        PersonsokningFraga::IdNummer(_) => Vec::new(),
    }
}

fn check(villkor: &Sokvillkor) -> Vec<(&'static str, SearchRule)> {
    let mut broken = Vec::new();
    for (element, text) in texts(villkor) {
        // By sound, SPAR answers `Mikael M*`: there the argument as a whole needs the letters.
        let has_short_wildcard = match villkor.fonetisk_sokning {
            Some(JaNej::Ja) => has_short_wildcard(text),
            _ => text.split_whitespace().any(has_short_wildcard),
        };
        if has_short_wildcard {
            broken.push((element, SearchRule::ShortWildcard));
        }
        if text.contains(['\t', '\n', '\r']) {
            broken.push((element, SearchRule::LineBreak));
        }
        if text.contains(|c| matches!(c, '\u{300}'..='\u{36f}')) {
            broken.push((element, SearchRule::DecomposedLetter));
        }
    }
    let has_name = texts(villkor).any(|(element, _)| NAMES.contains(&element));
    let without_sound = Sokvillkor { fonetisk_sokning: None, ..villkor.clone() };
    let is_empty = without_sound == Sokvillkor::default()
        || (!has_name
            && Sokvillkor { namn_villkor: None, ..without_sound } == Sokvillkor::default());
    if is_empty {
        broken.push(("PersonsokningFraga", SearchRule::Empty));
    }
    if villkor.fonetisk_sokning == Some(JaNej::Ja) && !has_name && !is_empty {
        broken.push(("FonetiskSokning", SearchRule::FonetiskSokningWithoutName));
    }
    if villkor.kommun_kod.is_some() && villkor.lan_kod.is_none() {
        broken.push(("KommunKod", SearchRule::KommunKodWithoutLanKod));
    }
    if let Some(PostNrVillkor::Intervall { post_nr_from, post_nr_tom }) = &villkor.post_nr_villkor
        && post_nr_from > post_nr_tom
    {
        broken.push(("PostNrFrom", SearchRule::ReversedInterval));
    }
    if let Some(FodelsedatumVillkor::Intervall { fodelsedatum_from, fodelsedatum_tom }) =
        &villkor.fodelsedatum_villkor
        && fodelsedatum_from.ymd() > fodelsedatum_tom.ymd()
    {
        broken.push(("FodelsedatumFrom", SearchRule::ReversedInterval));
    }
    if let Some(DistriktKodVillkor::Intervall { distrikt_kod_from, distrikt_kod_tom }) =
        &villkor.distrikt_kod_villkor
        && distrikt_kod_from > distrikt_kod_tom
    {
        broken.push(("DistriktKodFrom", SearchRule::ReversedInterval));
    }
    broken
}

/// The arguments that are compared by sound.
const NAMES: [&str; 3] = ["NamnSokArgument", "FornamnSokArgument", "MellanEfternamnSokArgument"];

/// The arguments that are text.
fn texts(villkor: &Sokvillkor) -> impl Iterator<Item = (&'static str, &str)> {
    let (namn, fornamn, efternamn) = match &villkor.namn_villkor {
        Some(NamnVillkor::NamnSokArgument(namn)) => (Some(namn.as_str()), None, None),
        Some(NamnVillkor::Namndelar { fornamn_sok_argument, mellan_efternamn_sok_argument }) => (
            None,
            fornamn_sok_argument.as_ref().map(AsRef::as_ref),
            mellan_efternamn_sok_argument.as_ref().map(AsRef::as_ref),
        ),
        None => (None, None, None),
    };
    [
        (NAMES[0], namn),
        (NAMES[1], fornamn),
        (NAMES[2], efternamn),
        (
            "UtdelningsadressSokArgument",
            villkor.utdelningsadress_sok_argument.as_ref().map(AsRef::as_ref),
        ),
        ("PostortSokArgument", villkor.postort_sok_argument.as_ref().map(AsRef::as_ref)),
    ]
    .into_iter()
    .filter_map(|(element, text)| Some((element, text?)))
}

fn has_short_wildcard(text: &str) -> bool {
    text.split_once('*')
        .is_some_and(|(stem, _)| stem.chars().filter(|c| c.is_alphanumeric()).count() < 2)
}

impl InvalidSearch {
    /// Everything that is wrong: first what breaks the schema, in the order given.
    #[must_use]
    pub fn violations(&self) -> &[SearchViolation] {
        &self.violations
    }
}

impl fmt::Display for InvalidSearch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.violations.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{violation}")?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidSearch {}

impl fmt::Display for SearchViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schema { element, rule } => write!(f, "{element}: {rule}"),
            Self::Excluded { element, by } => {
                write!(f, "{element}: cannot stand beside {by}")
            }
            Self::Search { element, rule } => write!(f, "{element}: {rule}"),
        }
    }
}

impl fmt::Display for SearchRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ShortWildcard => "a wild card needs two letters before it",
            Self::Empty => "a search needs an argument",
            Self::ReversedInterval => "the interval runs backward",
            Self::KommunKodWithoutLanKod => "a municipality needs its county, LanKod",
            Self::FonetiskSokningWithoutName => "only names are compared by sound",
            Self::LineBreak => "a line break or tab, as pasted text has them",
            Self::DecomposedLetter => {
                "a letter and its accent are two characters; compose them (NFC)"
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(builder: SokvillkorBuilder) -> Vec<String> {
        match builder.build() {
            Ok(_) => Vec::new(),
            Err(error) => error.violations().iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn every_rule_is_applied_and_can_be_waived() {
        let check = |builder: SokvillkorBuilder, element: &str, rule: SearchRule| {
            assert_eq!(broken(builder.clone()), [format!("{element}: {rule}")]);
            assert_eq!(broken(builder.waive(rule)), [""; 0]);
        };
        let new = Sokvillkor::builder;
        // REQ-07.
        check(new().namn_sok_argument("a*"), "NamnSokArgument", SearchRule::ShortWildcard);
        check(new().namn_sok_argument("å*"), "NamnSokArgument", SearchRule::ShortWildcard);
        check(new().namn_sok_argument("Eva a*"), "NamnSokArgument", SearchRule::ShortWildcard);
        check(new().fornamn_sok_argument("b*"), "FornamnSokArgument", SearchRule::ShortWildcard);
        assert_eq!(broken(new().namn_sok_argument("ab*")), [""; 0]);
        let by_sound = || new().fonetisk_sokning(true);
        check(by_sound().namn_sok_argument("a*"), "NamnSokArgument", SearchRule::ShortWildcard);
        assert_eq!(broken(by_sound().namn_sok_argument("Mikael M*")), [""; 0]);
        // REQ-09.
        let reversed = SearchRule::ReversedInterval;
        check(new().post_nr_intervall("20000", "10000"), "PostNrFrom", reversed);
        check(new().distrikt_kod_intervall("200000", "100000"), "DistriktKodFrom", reversed);
        check(
            new().fodelsedatum_intervall("2001-01-02", "2001-01-01"),
            "FodelsedatumFrom",
            reversed,
        );
        assert_eq!(broken(new().fodelsedatum_intervall("2001-01-01", "2001-01-01")), [""; 0]);
        // REQ-10.
        check(new().kommun_kod("80"), "KommunKod", SearchRule::KommunKodWithoutLanKod);
        assert_eq!(broken(new().kommun_kod("80").lan_kod("01")), [""; 0]);
        // REQ-11.
        check(new(), "PersonsokningFraga", SearchRule::Empty);
        check(new().fonetisk_sokning(true), "PersonsokningFraga", SearchRule::Empty);
        // REQ-12.
        check(
            new().fonetisk_sokning(true).postort_sok_argument("solna"),
            "FonetiskSokning",
            SearchRule::FonetiskSokningWithoutName,
        );
        // REQ-18, REQ-19.
        check(new().namn_sok_argument("Eva\nAnn"), "NamnSokArgument", SearchRule::LineBreak);
        check(
            new().namn_sok_argument("A\u{30a}sa"),
            "NamnSokArgument",
            SearchRule::DecomposedLetter,
        );
    }

    #[test]
    fn everything_that_is_wrong_is_reported_at_once() {
        // REQ-08.
        let all = broken(
            Sokvillkor::builder()
                .namn_sok_argument("*a")
                .fornamn_sok_argument("Eva")
                .post_nr("1234")
                .kommun_kod("80"),
        );
        assert_eq!(
            all,
            [
                r"NamnSokArgument: value does not match the pattern \w+[\w\s*\-']*",
                "PostNr: value does not match the pattern [1-9][0-9]{4}",
                "KommunKod: a municipality needs its county, LanKod",
            ]
        );
        let both = Sokvillkor::builder().namn_sok_argument("Eva").fornamn_sok_argument("Eva");
        assert_eq!(broken(both), ["FornamnSokArgument: cannot stand beside NamnSokArgument"]);
        let both = Sokvillkor::builder().fornamn_sok_argument("Eva").namn_sok_argument("Eva");
        assert_eq!(broken(both), ["NamnSokArgument: cannot stand beside FornamnSokArgument"]);
    }
}
