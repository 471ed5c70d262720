//! Two versions of the interface side by side.

use spar_types::components::sokargument_v1_3::AdressSokArgument;
use spar_types::components::{datumtid_v1_1, namn_v1_0};
use spar_types::personsok::{v2021_1, v2023_1};
use spar_types::xml::Mode;
use spar_types::{Datum, Deviation};

use crate::support::{answers, read, requests, tolerant};

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
    deviation.rule == spar_types::Rule::OtherNamespace
}

#[test]
fn types_without_facets_and_types_that_nobody_uses_are_there() {
    // GEN-20: an alias, and an argument that Personsök does not take.
    let datum: datumtid_v1_1::SparDatum = Datum::new(2023, 6, 20).expect("a date");
    assert_eq!(datum.as_str(), "2023-06-20");
    assert!("Gatan 1".parse::<AdressSokArgument>().is_ok());
    assert!("a".repeat(36).parse::<AdressSokArgument>().is_err());
}
