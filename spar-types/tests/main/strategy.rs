//! What the generated strategies are made of, and values of the types that are not generated.
//!
//! Nothing here splits the source of randomness: a fuzzer's input is such a source, and has no more than
//! its bytes. Where these end, what is optional is absent and lists have their least length.

use std::any::TypeId;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::sync::LazyLock;

use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest::{char, collection, sample, string};
use regex::Regex;
use spar_types::{
    Datum, Entries, FreeText, Int, Integer, OfullstandigtDatum, SimpleType, Tidsstampel,
    Unrepresentable,
};

use crate::support::Dice;

pub(crate) use proptest::strategy::BoxedStrategy;

/// A type of which values can be made up: all that the schema allows, and no others.
pub(crate) trait Any: Debug + Sized + 'static {
    fn any() -> BoxedStrategy<Self>;
}

pub(crate) fn any<T: Any>() -> BoxedStrategy<T> {
    T::any()
}

/// A value of which these bytes, a fuzzer's input, are the randomness. Few bytes make a small one.
pub(crate) fn made_of<T: Any>(bytes: &[u8]) -> Option<T> {
    let seed = [bytes, &*REST].concat();
    let rng = TestRng::from_seed(RngAlgorithm::PassThrough, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    kept::<T>().new_tree(&mut runner).ok().map(|tree| tree.current())
}

/// The strategy of a type, made once: a fuzzer asks for it many times a second.
fn kept<T: Any>() -> BoxedStrategy<T> {
    thread_local! {
        static KEPT: RefCell<BTreeMap<TypeId, Box<dyn std::any::Any>>> = RefCell::default();
    }
    KEPT.with_borrow_mut(|kept| {
        let kept = kept.entry(TypeId::of::<T>()).or_insert_with(|| Box::new(T::any()));
        kept.downcast_ref::<BoxedStrategy<T>>().expect("the strategy of this type").clone()
    })
}

/// What follows the input: zeros, by which what is optional is absent, with other numbers in between, since
/// who draws evenly from a range draws again what would favor some of it, and zeros are such.
static REST: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut dice = Dice::new(1);
    let words = (0..16_384).map(|word| if word % 8 == 7 { dice.next() } else { 0 });
    words.flat_map(u64::to_le_bytes).collect()
});

/// A value made of parts.
pub(crate) fn made<P, T>(parts: P, make: fn(P::Value) -> T) -> BoxedStrategy<T>
where
    P: Strategy + 'static,
    T: Debug + 'static,
{
    parts.prop_map(make).boxed()
}

/// A record without required parts.
pub(crate) fn empty<T: Default + Debug + 'static>() -> BoxedStrategy<T> {
    proptest::strategy::LazyJust::new(T::default).boxed()
}

pub(crate) fn optional<T: Any>() -> BoxedStrategy<Option<T>> {
    list(any(), 0, Some(1)).prop_map(|mut found| found.pop()).boxed()
}

/// A value that another type than its own judges.
pub(crate) fn optional_as<Judge, T>() -> BoxedStrategy<Option<T>>
where
    Judge: Any + SimpleType,
    T: Debug + SimpleType + 'static,
{
    let kept = |judged: Option<Judge>| judged.map(|judged| T::from_register(judged.as_str()));
    optional().prop_map(kept).boxed()
}

pub(crate) fn values<T: Any>(min: usize, max: Option<usize>) -> BoxedStrategy<Vec<T>> {
    list(any(), min, max)
}

pub(crate) fn records<T: Any>(min: usize, max: Option<usize>) -> BoxedStrategy<Entries<T>> {
    list(any().prop_map(Ok::<T, Unrepresentable>).boxed(), min, max)
}

fn list<T: Debug + 'static>(
    of: BoxedStrategy<T>,
    min: usize,
    max: Option<usize>,
) -> BoxedStrategy<Vec<T>> {
    // A list without limit is long with two; a limit is small, and reached.
    collection::vec(of, min..=max.unwrap_or(min + 2)).boxed()
}

/// A code of those that the schema lists.
pub(crate) fn code<T: Clone + Debug + 'static>(all: &'static [T]) -> BoxedStrategy<T> {
    sample::select(all).boxed()
}

/// A whole number within bounds, those included, in any form.
pub(crate) fn number<T>(min: i64, max: i64) -> BoxedStrategy<T>
where
    T: Debug + FromStr<Err: Debug> + 'static,
{
    let form = |(number, sign, zeros): (i64, &str, &str)| {
        let sign = if number < 0 { "-" } else { sign };
        parsed(&format!("{sign}{zeros}{}", number.unsigned_abs()))
    };
    let number = one_of([(min..=max).boxed(), sample::select(vec![min, max]).boxed()]);
    (number, sample::select(&["", "", "+"]), sample::select(&["", "", "00"])).prop_map(form).boxed()
}

fn parsed<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap_or_else(|error| panic!("{text:?} is refused: {error:?}"))
}

/// One of several. Unlike proptest's own, it makes that one only.
pub(crate) fn one_of<T: Debug + 'static, const N: usize>(
    alternatives: [BoxedStrategy<T>; N],
) -> BoxedStrategy<T> {
    OneOf(alternatives).boxed()
}

#[derive(Debug)]
struct OneOf<T, const N: usize>([BoxedStrategy<T>; N]);

impl<T: Debug, const N: usize> Strategy for OneOf<T, N> {
    type Tree = Box<dyn ValueTree<Value = T>>;
    type Value = T;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let chosen = (0..N).new_tree(runner)?.current();
        self.0[chosen].new_tree(runner)
    }
}

/// Sets the parts that no constructor takes.
pub(crate) trait With<T>: Sized {
    fn with<P: Debug + 'static>(self, part: BoxedStrategy<P>, set: fn(&mut T, P)) -> Self;

    fn with_one_of<const N: usize>(self, alternatives: [fn(Self) -> Self; N]) -> Self;
}

impl<T: Debug + 'static> With<T> for BoxedStrategy<T> {
    fn with<P: Debug + 'static>(self, part: BoxedStrategy<P>, set: fn(&mut T, P)) -> Self {
        let set = move |(mut made, value): (T, P)| {
            set(&mut made, value);
            made
        };
        (self, part).prop_map(set).boxed()
    }

    fn with_one_of<const N: usize>(self, alternatives: [fn(Self) -> Self; N]) -> Self {
        one_of(alternatives.map(|alternative| alternative(self.clone())))
    }
}

/// The facets of a type of text.
#[derive(Clone, Copy)]
pub(crate) struct Facets {
    /// In code points, as [`Facets::max_length`].
    pub(crate) min_length: usize,
    pub(crate) max_length: Option<usize>,
    /// As the schema writes it, and as Rust does.
    pub(crate) pattern: Option<(&'static str, &'static str)>,
}

pub(crate) trait Text: Debug + FromStr<Err: Debug> + 'static {
    const FACETS: Facets;
}

impl<T: Text> Any for T {
    fn any() -> BoxedStrategy<Self> {
        T::FACETS.texts().prop_map(|text| parsed(&text)).boxed()
    }
}

/// A type of text, whichever.
pub(crate) struct TextType {
    pub(crate) name: fn() -> &'static str,
    pub(crate) facets: Facets,
    pub(crate) accepts: fn(&str) -> bool,
}

impl TextType {
    pub(crate) const fn of<T: Text>() -> Self {
        Self {
            name: std::any::type_name::<T>,
            facets: T::FACETS,
            accepts: |text| text.parse::<T>().is_ok(),
        }
    }
}

impl Facets {
    /// Texts that the facets allow, some of them as long as may be.
    pub(crate) fn texts(self) -> BoxedStrategy<String> {
        let inner = |regex: &'static str| regex.strip_prefix("^(?:")?.strip_suffix(")$");
        let regex = self.pattern.map(|(_, regex)| Regex::new(regex).expect("a regular expression"));
        let drafts = match self.pattern {
            Some((_, regex)) => {
                let regex = inner(regex).expect("an expression for the whole text");
                string::string_regex(regex).expect("an expression to make texts by").boxed()
            }
            None => text(self.min_length, self.max_length.map_or(12, |max| max.min(12))),
        };
        let fits = move |text: &String| {
            let length = text.chars().count();
            self.min_length <= length
                && self.max_length.is_none_or(|max| length <= max)
                && regex.as_ref().is_none_or(|regex| regex.is_match(text))
        };
        let fit = move |(draft, is_long): (String, bool)| {
            let max = self.max_length.unwrap_or(usize::MAX);
            let shortened = draft.chars().take(max).collect::<String>();
            let lengthened =
                draft.chars().last().zip(self.max_length).filter(|_| is_long).map(|(last, max)| {
                    draft.chars().chain(std::iter::repeat(last)).take(max).collect()
                });
            let found = lengthened.into_iter().chain([shortened, draft]).find(&fits);
            found.expect("a text with the pattern and of the length that the schema allows")
        };
        (drafts, sample::select(&[false, false, false, true])).prop_map(fit).boxed()
    }
}

/// Text of characters that XML can carry, with many of those that mean something to it.
fn text(min: usize, max: usize) -> BoxedStrategy<String> {
    const RANGES: &[RangeInclusive<char>] = &[
        'a'..='z',
        ' '..='?',
        '\t'..='\n',
        '\r'..='\r',
        '['..=']',
        '\u{7f}'..='\u{ff}',
        '\u{300}'..='\u{36f}',
        '\u{2000}'..='\u{206f}',
        ' '..='\u{d7ff}',
        '\u{e000}'..='\u{fffd}',
        '\u{10000}'..='\u{10ffff}',
    ];
    let characters = char::ranges(Cow::Borrowed(RANGES));
    collection::vec(characters, min..=max).prop_map(String::from_iter).boxed()
}

impl Any for FreeText {
    fn any() -> BoxedStrategy<Self> {
        text(0, 12).prop_map(|text| parsed(&text)).boxed()
    }
}

impl Any for Int {
    fn any() -> BoxedStrategy<Self> {
        number(i32::MIN.into(), i32::MAX.into())
    }
}

impl Any for Integer {
    fn any() -> BoxedStrategy<Self> {
        // No bound of the type: `xmllint` takes 24 digits.
        (-10_i128.pow(24) + 1..10_i128.pow(24)).prop_map(Self::from).boxed()
    }
}

impl Any for Datum {
    fn any() -> BoxedStrategy<Self> {
        let years = sample::select(&["2021", "0001", "9999", "2000", "10000", "-0001"]);
        let year =
            one_of([made(years, str::to_owned), made(1_u16..=9999, |year| format!("{year:04}"))]);
        // Every month has these days: which have more is not the matter here.
        let (month, day) = (1_u8..=12, 1_u8..=28);
        let zone = sample::select(&["", "", "", "Z", "+14:00", "-01:30"]);
        made((year, month, day, zone), |(year, month, day, zone)| {
            parsed(&format!("{year}-{month:02}-{day:02}{zone}"))
        })
    }
}

impl Any for Tidsstampel {
    fn any() -> BoxedStrategy<Self> {
        let time = (0_u8..24, 0_u8..60, 0_u8..60);
        let fraction = sample::select(&["", ".5", ".125", ".123456789"]);
        let zone = sample::select(&["", "", "Z", "+02:00"]);
        made((1_u8..=28, time, fraction, zone), |(day, (hour, minute, second), fraction, zone)| {
            parsed(&format!("2023-09-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}"))
        })
    }
}

impl Any for OfullstandigtDatum {
    fn any() -> BoxedStrategy<Self> {
        let digits = ["[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{0,7}"]
            .map(|regex| string::string_regex(regex).expect("a regular expression").boxed());
        let [complete, incomplete] = digits;
        made(one_of([complete, incomplete, text(0, 12)]), |text| parsed(&text))
    }
}
