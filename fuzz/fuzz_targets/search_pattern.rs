//! The facets of search arguments are those of XML Schema, told by another reading of them: character by
//! character, with Unicode categories from other tables than those of the regular expressions.

#![no_main]

use std::str::FromStr;

use libfuzzer_sys::fuzz_target;
use spar_types::components::sokargument::{
    AdressSokArgument, CareOfSokArgument, EgenReferens,
};
use spar_types::personsok::newest::{
    FornamnSokArgument, MellanEfternamnSokArgument, NamnSokArgument, PostortSokArgument,
    UtdelningsadressSokArgument,
};
use unicode_general_category::{GeneralCategory as Category, get_general_category};

/// `\w`: all but punctuation, separators, and control characters and others.
fn is_word(c: char) -> bool {
    !matches!(
        get_general_category(c),
        Category::ConnectorPunctuation
            | Category::DashPunctuation
            | Category::OpenPunctuation
            | Category::ClosePunctuation
            | Category::InitialPunctuation
            | Category::FinalPunctuation
            | Category::OtherPunctuation
            | Category::SpaceSeparator
            | Category::LineSeparator
            | Category::ParagraphSeparator
            | Category::Control
            | Category::Format
            | Category::Surrogate
            | Category::PrivateUse
            | Category::Unassigned
    )
}

/// `\w+[\w\s…]*`: behind the first character, the set of the second.
fn is_argument(text: &str, others: &str, max: usize) -> bool {
    let is_other =
        |c: char| is_word(c) || matches!(c, ' ' | '\t' | '\n' | '\r') || others.contains(c);
    text.chars().next().is_some_and(is_word)
        && text.chars().all(is_other)
        && text.chars().count() <= max
}

fn is_reference(text: &str) -> bool {
    let is_part = |c: char| {
        is_word(c) || get_general_category(c) == Category::SpaceSeparator || "-/_.,:".contains(c)
    };
    (1..=80).contains(&text.chars().count()) && text.chars().all(is_part)
}

fn takes<T: FromStr>(text: &str) -> bool {
    text.parse::<T>().is_ok()
}

fuzz_target!(|text: &str| {
    let name = |max| is_argument(text, "*-'", max);
    assert!(takes::<NamnSokArgument>(text) == name(80));
    assert!(takes::<FornamnSokArgument>(text) == name(80));
    assert!(takes::<MellanEfternamnSokArgument>(text) == name(60));
    assert!(takes::<PostortSokArgument>(text) == is_argument(text, "*-", 27));
    let address = |max| is_argument(text, "*-/.,:", max);
    assert!(takes::<UtdelningsadressSokArgument>(text) == address(100));
    assert!(takes::<AdressSokArgument>(text) == address(35));
    assert!(takes::<CareOfSokArgument>(text) == address(60));
    assert!(takes::<EgenReferens>(text) == is_reference(text));
});
