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
//!
//! ```compile_fail,E0559
//! # use spar_types::personsok::v2023_1::{PostNrSokArgument, PostNrVillkor};
//! # type PostNr = PostNrSokArgument;
//! fn both(post_nr_from: PostNr, post_nr_tom: PostNr, post_nr: PostNr) -> PostNrVillkor {
//!     PostNrVillkor::Intervall { post_nr_from, post_nr_tom, post_nr }
//! }
//! ```
//!
//! ```compile_fail,E0599
//! // Nor is an argument that the schema does not know.
//! # use spar_types::personsok::v2023_1::Sokvillkor;
//! Sokvillkor::builder().fodelsetid_fran("1980-01-01");
//! ```

use std::fmt;

use crate::comparison::coarse;
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

/// What may make a search find less than is meant, though no rule forbids it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SearchWarning {
    /// The letters before a wild card sound as one, as in `aa*` or `ck*`. SPAR asks for two, and says of one
    /// of its services that letters which sound as one count as one. Which do is known in part only.
    OneSound,
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
    /// The elements given, whether their values were good or not.
    given: Vec<&'static str>,
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
        if let Some(namn) = self.take::<NamnSokArgument>("NamnSokArgument", namn) {
            self.villkor.namn_villkor = Some(NamnVillkor::NamnSokArgument(namn));
        }
        self
    }

    /// Given names. Up to 80 characters.
    #[must_use]
    pub fn fornamn_sok_argument(mut self, fornamn: &str) -> Self {
        let fornamn = self.take::<FornamnSokArgument>("FornamnSokArgument", fornamn);
        if let (Some(argument), fornamn @ Some(_)) = (self.namndelar(), fornamn) {
            *argument.0 = fornamn;
        }
        self
    }

    /// Middle names and surnames. Up to 60 characters.
    #[must_use]
    pub fn mellan_efternamn_sok_argument(mut self, efternamn: &str) -> Self {
        let efternamn =
            self.take::<MellanEfternamnSokArgument>("MellanEfternamnSokArgument", efternamn);
        if let (Some(argument), efternamn @ Some(_)) = (self.namndelar(), efternamn) {
            *argument.1 = efternamn;
        }
        self
    }

    /// The address line. Up to 100 characters.
    #[must_use]
    pub fn utdelningsadress_sok_argument(mut self, adress: &str) -> Self {
        self.villkor.utdelningsadress_sok_argument =
            self.take::<UtdelningsadressSokArgument>("UtdelningsadressSokArgument", adress);
        self
    }

    /// The postal town. Up to 27 characters.
    #[must_use]
    pub fn postort_sok_argument(mut self, postort: &str) -> Self {
        self.villkor.postort_sok_argument =
            self.take::<PostortSokArgument>("PostortSokArgument", postort);
        self
    }

    /// One postal code: five digits.
    #[must_use]
    pub fn post_nr(mut self, post_nr: &str) -> Self {
        let post_nr = self.take::<PostNrSokArgument>("PostNr", post_nr);
        self.villkor.post_nr_villkor = post_nr.map(PostNrVillkor::PostNr);
        self
    }

    /// All postal codes from one to another, both included.
    #[must_use]
    pub fn post_nr_intervall(mut self, from: &str, tom: &str) -> Self {
        let from = self.take::<PostNrSokArgument>("PostNrFrom", from);
        let tom = self.take::<PostNrSokArgument>("PostNrTom", tom);
        self.villkor.post_nr_villkor = from.zip(tom).map(|(post_nr_from, post_nr_tom)| {
            PostNrVillkor::Intervall { post_nr_from, post_nr_tom }
        });
        self
    }

    /// One date of birth: `YYYY-MM-DD`.
    #[must_use]
    pub fn fodelsedatum(mut self, datum: &str) -> Self {
        let datum = self.take::<Datum>("Fodelsedatum", datum);
        self.villkor.fodelsedatum_villkor = datum.map(FodelsedatumVillkor::Fodelsedatum);
        self
    }

    /// All dates of birth from one to another, both included.
    #[must_use]
    pub fn fodelsedatum_intervall(mut self, from: &str, tom: &str) -> Self {
        let from = self.take::<Datum>("FodelsedatumFrom", from);
        let tom = self.take::<Datum>("FodelsedatumTom", tom);
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
        self.villkor.lan_kod = self.take::<LanKodSokArgument>("LanKod", lan_kod);
        self
    }

    /// Municipality within a county: two digits.
    #[must_use]
    pub fn kommun_kod(mut self, kommun_kod: &str) -> Self {
        self.villkor.kommun_kod = self.take::<KommunKodSokArgument>("KommunKod", kommun_kod);
        self
    }

    /// One district: six digits.
    #[must_use]
    pub fn distrikt_kod(mut self, distrikt_kod: &str) -> Self {
        let distrikt_kod = self.take::<DistriktKodSokArgument>("DistriktKod", distrikt_kod);
        self.villkor.distrikt_kod_villkor = distrikt_kod.map(DistriktKodVillkor::DistriktKod);
        self
    }

    /// All districts from one to another, both included.
    #[must_use]
    pub fn distrikt_kod_intervall(mut self, from: &str, tom: &str) -> Self {
        let from = self.take::<DistriktKodSokArgument>("DistriktKodFrom", from);
        let tom = self.take::<DistriktKodSokArgument>("DistriktKodTom", tom);
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
        let Self { villkor, given, waived, mut violations } = self;
        // An argument that was given and is refused is not one that is missing.
        let is_refused = |element| given.contains(&element);
        let has_violations = !violations.is_empty();
        for (element, rule) in check(&villkor) {
            let is_moot = match rule {
                SearchRule::Empty => has_violations,
                SearchRule::FonetiskSokningWithoutName => NAMES.into_iter().any(is_refused),
                SearchRule::KommunKodWithoutLanKod => is_refused("LanKod"),
                _ => false,
            };
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

    /// Notes the argument and makes its value. One that is given again replaces what was said of it
    /// before; one that excludes another does so whatever their values are.
    fn take<T: std::str::FromStr<Err = InvalidValue>>(
        &mut self,
        element: &'static str,
        text: &str,
    ) -> Option<T> {
        self.violations.retain(|violation| violation.element() != element);
        self.given.retain(|given| *given != element);
        if let Some(by) = self.given.iter().find(|given| are_exclusive(element, given)) {
            self.violations.push(SearchViolation::Excluded { element, by });
        }
        self.given.push(element);
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
}

/// Whether the two elements are of different alternatives of one choice.
fn are_exclusive(one: &str, other: &str) -> bool {
    const ALTERNATIVES: [(&str, [&str; 2]); 4] = [
        ("NamnSokArgument", ["FornamnSokArgument", "MellanEfternamnSokArgument"]),
        ("PostNr", ["PostNrFrom", "PostNrTom"]),
        ("Fodelsedatum", ["FodelsedatumFrom", "FodelsedatumTom"]),
        ("DistriktKod", ["DistriktKodFrom", "DistriktKodTom"]),
    ];
    let excludes = |(single, pair): &(&str, [&str; 2])| {
        (one == *single && pair.contains(&other)) || (other == *single && pair.contains(&one))
    };
    ALTERNATIVES.iter().any(excludes)
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

/// What about a question may make it find less than is meant, with the element that does.
///
/// ```
/// use spar_types::personsok::v2023_1::Sokvillkor;
/// use spar_types::search::{SearchWarning, warnings};
///
/// let fraga = Sokvillkor::builder().namn_sok_argument("Eva ck*").build()?;
/// assert_eq!(warnings(&fraga), [("NamnSokArgument", SearchWarning::OneSound)]);
/// # Ok::<(), spar_types::search::InvalidSearch>(())
/// ```
#[must_use]
pub fn warnings(fraga: &PersonsokningFraga) -> Vec<(&'static str, SearchWarning)> {
    let PersonsokningFraga::Sokvillkor(villkor) = fraga else { return Vec::new() };
    let names = texts(villkor).filter(|(element, _)| NAMES.contains(element));
    let with_one_sound = names.filter(|(_, text)| text.split_whitespace().any(has_one_sound));
    with_one_sound.map(|(element, _)| (element, SearchWarning::OneSound)).collect()
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
        && fodelsedatum_from.parts() > fodelsedatum_tom.parts()
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

/// Whether two letters or more stand before a wild card that sound as one.
fn has_one_sound(word: &str) -> bool {
    let Some((stem, _)) = word.split_once('*') else { return false };
    let letters: String = stem.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    letters.chars().count() > 1 && coarse(&letters).chars().count() == 1
}

impl InvalidSearch {
    /// Everything that is wrong: first what breaks the schema, in the order given.
    #[must_use]
    pub fn violations(&self) -> &[SearchViolation] {
        &self.violations
    }
}

impl SearchViolation {
    /// The element that is refused.
    #[must_use]
    pub fn element(&self) -> &'static str {
        match self {
            Self::Schema { element, .. }
            | Self::Excluded { element, .. }
            | Self::Search { element, .. } => element,
        }
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

impl fmt::Display for SearchWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OneSound => {
                "the letters before the wild card sound as one, and SPAR asks for two"
            }
        })
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
