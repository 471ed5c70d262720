//! FILE-09, FILE-12, FILE-15: what is missing, of numbers, questions and deliveries.

use std::fs;

use spar_files::delivery::{Numbers, Questions};
use spar_files::sequence::{Finding, of_folder};
use spar_types::avisering::v2023_1::{Hanvisning, Persondetaljer};
use spar_types::personnummersattning::v2023_1::{
    PersonnummersattningFraga, PersonnummersattningPost,
};

use crate::support::{Shown, avisering, number, post};

#[test]
fn numbers_without_records_are_listed() {
    // FILE-12, FT-06: a number that changed is shown as such.
    let mut numbers = Numbers::asked((0..4).map(|nth| number(nth).parse().unwrap()));
    numbers.came(&post(0));
    let mut changed = post(7);
    let mut details = Persondetaljer::default();
    details.hanvisning.push(Ok(Hanvisning::new(number(2).parse().unwrap())));
    changed.persondetaljer.push(Ok(details));
    numbers.came(&changed);
    numbers.came(&post(9));
    let outcome = numbers.outcome();
    assert_eq!((outcome.delivered, outcome.not_asked), (1, 1));
    let missing: Vec<_> = outcome.missing.iter().map(Shown::to_string_unredacted).collect();
    assert_eq!(missing, [number(1), number(3)]);
    let changed: Vec<_> = outcome
        .changed
        .iter()
        .map(|(asked, came)| (asked.to_string_unredacted(), came.to_string_unredacted()))
        .collect();
    assert_eq!(changed, [(number(2), number(7))]);
    let shown = format!("{outcome:?} {numbers:?}");
    assert!(!shown.contains(&number(1)), "{shown}");
}

#[test]
fn questions_are_known_again_by_their_reference() {
    // FILE-15: the echo may be changed.
    let question = |reference: &str| PersonnummersattningFraga::new(reference.parse().unwrap());
    let mut questions = Questions::asked(&[question("a"), question("b")]);
    questions.came(&PersonnummersattningPost::new(question("b ")));
    questions.came(&PersonnummersattningPost::new(question("c")));
    let missing: Vec<_> = questions.missing().iter().map(Shown::to_string_unredacted).collect();
    assert_eq!(missing, ["a"]);
    assert_eq!(questions.not_asked(), 1);
}

#[test]
fn a_folder_of_deliveries_is_judged_as_a_whole() {
    // FILE-09: other files and damaged ones do not stop it.
    let folder = tempfile::tempdir().unwrap();
    let text = String::from_utf8(avisering(1)).unwrap();
    for number in [3, 4, 7] {
        let text = text.replace(">17<", &format!(">{number}<"));
        fs::write(folder.path().join(format!("{number}.xml")), text).unwrap();
    }
    fs::write(folder.path().join("läs mig.txt"), "inget XML").unwrap();
    fs::create_dir(folder.path().join("gamla")).unwrap();
    let found = of_folder(folder.path()).unwrap();
    let numbers: Vec<_> = found.deliveries.iter().map(|of| of.sekvensnummer).collect();
    assert_eq!(numbers, [Some(3), Some(4), Some(7)]);
    assert_eq!(found.findings, [Finding::Missing { uppdrag_id: 950, numbers: 5..=6 }]);
    assert_eq!(found.unreadable.len(), 1);
    // A file without number.
    let text = text.replace(">17<", "><");
    fs::write(folder.path().join("9.xml"), text).unwrap();
    let found = of_folder(folder.path()).unwrap();
    assert!(matches!(&found.findings[..], [Finding::Unnumbered { .. }, Finding::Missing { .. }]));
}
