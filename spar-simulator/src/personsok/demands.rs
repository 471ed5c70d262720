//! What SPAR demands of a search beyond the schema.
//!
//! That it makes demands, and answers `Undantag` with the code `OGILTIG_INPARAMETER` where they are
//! not met, is known; which they are, is known in part. Known or likely is that `a*` is refused
//! when it is not phonetic. Known is also that `Mikael M*` is answered when it is phonetic. The
//! rest of this module, and all texts, are assumptions.

use spar_types::personsok::newest::{
    DistriktKodVillkor, FodelsedatumVillkor, NamnVillkor, PostNrVillkor, Sokvillkor,
};

use crate::personsok::search::comparison;
use crate::personsok::words::Comparison;

/// The demand that a search does not meet, in the words of an `Undantag`.
pub(crate) fn unmet(villkor: &Sokvillkor) -> Option<&'static str> {
    if is_empty(villkor) {
        Some("Minst ett sökargument måste anges")
    } else if has_early_wild_card(villkor) {
        Some("Minst två bokstäver måste anges före *")
    } else if has_reversed_interval(villkor) {
        Some("Intervallets början ligger efter dess slut")
    } else if villkor.kommun_kod.is_some() && villkor.lan_kod.is_none() {
        Some("KommunKod måste anges tillsammans med LanKod")
    } else {
        None
    }
}

fn is_empty(villkor: &Sokvillkor) -> bool {
    name_arguments(villkor).is_empty()
        && villkor.utdelningsadress_sok_argument.is_none()
        && villkor.postort_sok_argument.is_none()
        && villkor.post_nr_villkor.is_none()
        && villkor.fodelsedatum_villkor.is_none()
        && villkor.kon.is_none()
        && villkor.lan_kod.is_none()
        && villkor.kommun_kod.is_none()
        && villkor.distrikt_kod_villkor.is_none()
}

fn name_arguments(villkor: &Sokvillkor) -> Vec<&str> {
    match &villkor.namn_villkor {
        Some(NamnVillkor::NamnSokArgument(argument)) => vec![argument.as_str()],
        Some(NamnVillkor::Namndelar { fornamn_sok_argument, mellan_efternamn_sok_argument }) => {
            let given = fornamn_sok_argument.as_ref().map(|argument| argument.as_str());
            let sur = mellan_efternamn_sok_argument.as_ref().map(|argument| argument.as_str());
            given.into_iter().chain(sur).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a wild card comes too early in a name or an address.
///
/// Where names are compared by spelling, every word with a wild card needs two letters before it.
/// Where they are compared by sound, one word with two sounds is enough for an argument, since
/// `Mikael M*` is answered. In addresses the argument as a whole needs two letters or digits, so
/// that `Provgatan 1*` can be asked for.
fn has_early_wild_card(villkor: &Sokvillkor) -> bool {
    let comparison = comparison(villkor);
    let is_early = |word: &str| {
        let before = word.split('*').next().unwrap_or_default();
        word.contains('*') && letters(&comparison.form(before)) < 2
    };
    let name = name_arguments(villkor).into_iter().any(|argument| match comparison {
        Comparison::Spelling => argument.split_whitespace().any(is_early),
        Comparison::Sound => {
            argument.contains('*')
                && !argument.split_whitespace().any(|word| {
                    let before = word.split('*').next().unwrap_or_default();
                    letters(&comparison.form(before)) >= 2
                })
        }
    });
    let in_address =
        |argument: &str| argument.split_once('*').is_some_and(|(before, _)| letters(before) < 2);
    let street = villkor.utdelningsadress_sok_argument.as_ref();
    let postort = villkor.postort_sok_argument.as_ref();
    name || street.is_some_and(|argument| in_address(argument.as_str()))
        || postort.is_some_and(|argument| in_address(argument.as_str()))
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

fn has_reversed_interval(villkor: &Sokvillkor) -> bool {
    let post_nr = match &villkor.post_nr_villkor {
        Some(PostNrVillkor::Intervall { post_nr_from, post_nr_tom }) => post_nr_from > post_nr_tom,
        _ => false,
    };
    let fodelsedatum = match &villkor.fodelsedatum_villkor {
        Some(FodelsedatumVillkor::Intervall { fodelsedatum_from, fodelsedatum_tom }) => {
            let (from, until) = (fodelsedatum_from.ymd(), fodelsedatum_tom.ymd());
            from.zip(until).is_some_and(|(from, until)| from > until)
        }
        _ => false,
    };
    let distrikt_kod = match &villkor.distrikt_kod_villkor {
        Some(DistriktKodVillkor::Intervall { distrikt_kod_from, distrikt_kod_tom }) => {
            distrikt_kod_from > distrikt_kod_tom
        }
        _ => false,
    };
    post_nr || fodelsedatum || distrikt_kod
}
