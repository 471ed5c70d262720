//! FT-03, FT-04, DL-10: names of files.

use spar_filtransport::{Environment, Filnamn, InvalidFilnamn};

// FT-03: the rule, and what no folder may be asked for.
#[test]
fn names_follow_the_rule() {
    use InvalidFilnamn::{Character, Empty, LeadingDot, TooLong};
    let long = "a".repeat(255);
    for name in ["a", "A-b_c.9", "SPARAvisering_20261125031500_SPAR500243-949.xml.zip", &long] {
        assert_eq!(name.parse::<Filnamn>().map(String::from).as_deref(), Ok(name));
    }
    let too_long = "a".repeat(256);
    let ten_thousand = "a".repeat(10_000);
    for (name, fault) in [
        ("", Empty),
        (".", LeadingDot),
        ("..", LeadingDot),
        (".hidden", LeadingDot),
        ("å.xml", Character),
        ("a b", Character),
        ("../../x", LeadingDot),
        ("a/b", Character),
        ("a\\b", Character),
        ("C:x", Character),
        ("a\0b", Character),
        ("a\n", Character),
        ("a\"b", Character),
        (&too_long, TooLong),
        (&ten_thousand, TooLong),
    ] {
        let error = name.parse::<Filnamn>().expect_err(name);
        assert_eq!(error, fault, "{name:?}");
        assert!(name.is_empty() || !error.to_string().contains(name), "{error}");
    }
}

// FT-04, FT-12: the pattern is a hint, and nothing depends on it.
#[test]
fn names_tell_what_they_can() {
    for (name, created, ids) in [
        (
            "SPARAvisering_20261125031500_SPAR500243-949.xml.zip",
            Some("20261125031500"),
            Some(("500243", "949")),
        ),
        (
            "SPARAvisering_20130101000000_SPAR50001-12.xml.zip",
            Some("20130101000000"),
            Some(("50001", "12")),
        ),
        ("SPARNyTjanst_2026-11-25_SPAR500243-949.gz", None, Some(("500243", "949"))),
        ("utfil", None, None),
        ("a_SPAR-1_b", None, None),
    ] {
        let filnamn: Filnamn = name.parse().expect("name");
        assert_eq!(filnamn.created(), created, "{name}");
        assert_eq!(filnamn.kund_nr_and_uppdrag_id(), ids, "{name}");
    }
}

#[test]
fn environments_have_addresses() {
    let production = Environment::Production.endpoint().expect("address");
    assert_eq!(production.to_string(), "https://filtransport.statenspersonadressregister.se/v3");
    assert!(Environment::Kundtest.endpoint().is_ok());
}
