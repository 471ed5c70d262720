//! REQ-07 to REQ-12, REQ-18, REQ-19: searches by name, address and birth, and what is refused of them.

use spar_types::personsok::v2023_1::{PersonsokningFraga, PostNrVillkor, Sokvillkor};
use spar_types::search::{SearchRule, SearchWarning, SokvillkorBuilder, broken_rules, warnings};

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
    check(new().fodelsedatum_intervall("2001-01-02", "2001-01-01"), "FodelsedatumFrom", reversed);
    check(new().fodelsedatum_intervall("10000-01-01", "2001-01-01"), "FodelsedatumFrom", reversed);
    for tom in ["2001-01-01", "2001-01-01Z", "10000-01-01"] {
        assert_eq!(broken(new().fodelsedatum_intervall("2001-01-01", tom)), [""; 0]);
    }
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
    // REQ-18: what else may be pasted, the pattern refuses.
    for pasted in ["Eva\nAnn", "Eva\tAnn", "Eva\rAnn", "Eva\r\n"] {
        check(new().namn_sok_argument(pasted), "NamnSokArgument", SearchRule::LineBreak);
    }
    for pasted in ["Eva\u{a0}Ann", "Eva\u{200b}", "\u{feff}Eva", "Eva\u{2028}Ann"] {
        let told = broken(new().namn_sok_argument(pasted).waive(SearchRule::LineBreak));
        assert_eq!(told, [r"NamnSokArgument: value does not match the pattern \w+[\w\s*\-']*"]);
    }
    // REQ-19.
    check(new().namn_sok_argument("A\u{30a}sa"), "NamnSokArgument", SearchRule::DecomposedLetter);
    check(new().postort_sok_argument("MALMO\u{308}"), "PostortSokArgument", {
        SearchRule::DecomposedLetter
    });
}

#[test]
fn everything_that_is_wrong_is_reported_at_once() {
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
            "FornamnSokArgument: cannot stand beside NamnSokArgument",
            "PostNr: value does not match the pattern [1-9][0-9]{4}",
            "KommunKod: a municipality needs its county, LanKod",
        ]
    );
    // An argument that is refused is not missing: its own violation is enough.
    let refused = Sokvillkor::builder()
        .fonetisk_sokning(true)
        .fornamn_sok_argument("*")
        .kommun_kod("80")
        .lan_kod("1");
    assert_eq!(
        broken(refused),
        [
            r"FornamnSokArgument: value does not match the pattern \w+[\w\s*\-']*",
            "LanKod: value does not match the pattern [0-9]{2}",
        ]
    );
}

#[test]
fn arguments_that_exclude_each_other_do_so_in_any_order() {
    // REQ-08.
    let check = |builder: SokvillkorBuilder, expected: &[&str]| {
        let told = broken(builder);
        let told: Vec<_> = told.iter().filter(|line| line.contains("beside")).collect();
        assert_eq!(told, expected);
    };
    let new = Sokvillkor::builder;
    check(
        new().namn_sok_argument("Eva").fornamn_sok_argument("Eva"),
        &["FornamnSokArgument: cannot stand beside NamnSokArgument"],
    );
    check(
        new().mellan_efternamn_sok_argument("Ek").namn_sok_argument("Eva"),
        &["NamnSokArgument: cannot stand beside MellanEfternamnSokArgument"],
    );
    check(new().fornamn_sok_argument("Eva").mellan_efternamn_sok_argument("Ek"), &[]);
    check(
        new().post_nr("11111").post_nr_intervall("11111", "22222"),
        &["PostNrFrom: cannot stand beside PostNr", "PostNrTom: cannot stand beside PostNr"],
    );
    check(
        new().fodelsedatum_intervall("2001-01-01", "2001-01-02").fodelsedatum("2001-01-01"),
        &["Fodelsedatum: cannot stand beside FodelsedatumFrom"],
    );
    check(
        new().distrikt_kod_intervall("100000", "100001").distrikt_kod("100000"),
        &["DistriktKod: cannot stand beside DistriktKodFrom"],
    );
    // Whatever the values are.
    check(
        new().namn_sok_argument("*").fornamn_sok_argument("*"),
        &["FornamnSokArgument: cannot stand beside NamnSokArgument"],
    );
}

#[test]
fn an_argument_given_again_replaces_the_first() {
    let fraga = Sokvillkor::builder().post_nr("1").post_nr("11111").build();
    let Ok(PersonsokningFraga::Sokvillkor(villkor)) = fraga else { panic!("a search") };
    let expected = "11111".parse().map(PostNrVillkor::PostNr).ok();
    assert_eq!(villkor.post_nr_villkor, expected);
    let refused = Sokvillkor::builder().namn_sok_argument("Eva").namn_sok_argument("*");
    assert_eq!(broken(refused).len(), 1);
}

#[test]
fn rules_can_be_asked_of_a_question_made_in_another_way() {
    let fraga = |builder: SokvillkorBuilder| {
        builder.waive(SearchRule::ShortWildcard).build().expect("a search")
    };
    let broken = broken_rules(&fraga(Sokvillkor::builder().namn_sok_argument("a*")));
    assert_eq!(broken, [("NamnSokArgument", SearchRule::ShortWildcard)]);
    let number = PersonsokningFraga::IdNummer("198111309285".parse().expect("a number"));
    assert_eq!(broken_rules(&number), []);
    assert_eq!(warnings(&number), []);
}

#[test]
fn letters_that_sound_as_one_are_warned_about() {
    // REQ-07.
    let check = |namn: &str, expected: &[SearchWarning]| {
        let fraga = Sokvillkor::builder().namn_sok_argument(namn).build().expect("a search");
        let found: Vec<_> = warnings(&fraga).into_iter().map(|(_, warning)| warning).collect();
        assert_eq!(found, expected, "{namn}");
    };
    let one_sound = [SearchWarning::OneSound];
    check("aa*", &one_sound);
    check("Eva CK*", &one_sound);
    check("ph*", &one_sound);
    check("ab*", &[]);
    check("Eva", &[]);
    check("Anna*", &[]);
    // Only names are compared by sound.
    let fraga = Sokvillkor::builder().postort_sok_argument("ll*").build().expect("a search");
    assert_eq!(warnings(&fraga), []);
}
