//! Two versions of the interface side by side.

use spar_types::components::sokargument_v1_3::AdressSokArgument;
use spar_types::components::{datumtid_v1_1, namn_v1_0};
use spar_types::personsok::{v2021_1, v2023_1};
use spar_types::xml::Mode;
use spar_types::{Datum, Deviation, Rule};

use crate::support::{answers, answers_with_additions, in_2023_1, read, requests, tolerant};

#[test]
fn a_component_that_both_versions_share_is_one_type() {
    // GEN-14, GEN-18: this compiles only if they are.
    fn older(namn: namn_v1_0::Namn) -> v2021_1::Namn {
        namn
    }
    fn newer(namn: v2021_1::Namn) -> v2023_1::Namn {
        namn
    }
    assert_eq!(newer(older(v2023_1::Namn::default())), v2021_1::Namn::default());
}

#[test]
fn values_may_go_to_any_thread_and_stay_there() {
    fn check<T: Send + Sync + Unpin + 'static>() {}
    check::<v2021_1::SparPersonsokningSvar>();
    check::<v2023_1::SparPersonsokningSvar>();
    check::<v2023_1::SparPersonsokningFraga>();
    check::<spar_types::comparison::Claim>();
    check::<spar_types::search::SokvillkorBuilder>();
    check::<(spar_types::Error, spar_types::InvalidDocument, spar_types::Unrepresentable)>();
}

#[test]
fn what_the_older_version_holds_the_newest_holds() {
    // GEN-15: read strictly as the older and converted, it is what tolerant reading makes of it at once.
    for sample in answers() {
        let older = read::<v2021_1::SparPersonsokningSvar>(&sample, Mode::Strict).expect("valid");
        let (newest, deviations) = tolerant::<v2023_1::SparPersonsokningSvar>(&sample);
        assert!(v2023_1::SparPersonsokningSvar::from(older.value) == newest);
        assert!(deviations.iter().all(is_about_versions), "{deviations:?}");
    }
    // The other way only where the older holds all of the newest: questions, but not records.
    for sample in requests() {
        let older =
            read::<v2021_1::SparPersonsokningFraga>(&sample, Mode::Strict).expect("valid").value;
        let newest = v2023_1::SparPersonsokningFraga::from(older.clone());
        assert!(v2021_1::SparPersonsokningFraga::from(newest) == older);
    }
}

fn is_about_versions(deviation: &Deviation) -> bool {
    deviation.rule == Rule::OtherNamespace
}

#[test]
fn what_the_newest_version_adds_loses_nothing_of_the_older_one() {
    // SOAP-17: an answer of 2023.1, read by code that knows 2021.1 only.
    for (newer, older) in answers_with_additions().iter().zip(answers()) {
        let newer = in_2023_1(newer);
        read::<v2023_1::SparPersonsokningSvar>(&newer, Mode::Strict).expect("valid");
        let (value, deviations) = tolerant::<v2021_1::SparPersonsokningSvar>(&newer);
        assert!(value == tolerant::<v2021_1::SparPersonsokningSvar>(&older).0);
        let unknown = deviations.iter().filter(|found| !is_about_versions(found));
        let unknown: Vec<_> = unknown.map(|found| (&found.rule, found.is_lost)).collect();
        // SnIdentitetsniva, SnIdentitetsnivaDatum and two rows of Utvandrad.
        let expected = if newer.contains("Utvandrad>") { 4 } else { 0 };
        assert_eq!(unknown, vec![(&Rule::UnknownElement, false); expected]);
    }
}

#[test]
fn types_without_facets_and_types_that_nobody_uses_are_there() {
    // GEN-20: an alias, and an argument that Personsök does not take.
    let datum: datumtid_v1_1::SparDatum = Datum::new(2023, 6, 20).expect("a date");
    assert_eq!(datum.as_str(), "2023-06-20");
    assert!("Gatan 1".parse::<AdressSokArgument>().is_ok());
    assert!("a".repeat(36).parse::<AdressSokArgument>().is_err());
}
