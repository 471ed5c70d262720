//! Writing: rules before anything is seen, parts, and files that appear whole or not at all.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use spar_files::write::{MAX_FRAGOR, Report, Settings, WritePost, Writer};
use spar_files::{Error, ErrorKind, Options, Reader, Refusal, check_file_name};
use spar_types::infil_id_nummer::v2023_1::InfilIdNummer;
use spar_types::personnummersattning::v2023_1::{NamnArgument, PersonnummersattningFraga};

use crate::support::number;

fn id(nth: u64) -> InfilIdNummer {
    InfilIdNummer::new(number(nth).parse().unwrap())
}

fn question(nth: u64) -> PersonnummersattningFraga {
    let mut question = PersonnummersattningFraga::new(format!("{nth}").parse().unwrap());
    question.namn_argument = Some(NamnArgument::NamnSokArgument("Öberg".parse().unwrap()));
    question
}

fn write<T: WritePost>(
    path: &Path,
    settings: Settings,
    records: impl Iterator<Item = T>,
) -> Result<Report, Error> {
    let mut writer = Writer::create(path, settings)?;
    for record in records {
        writer.push(record)?;
    }
    writer.finish()
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result.unwrap_err().kind() {
        ErrorKind::Refused(refusal) => *refusal,
        kind => panic!("{kind:?}"),
    }
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

fn read<T: WritePost>(path: &Path) -> Vec<T> {
    let bytes = fs::read(path).unwrap();
    let reader = Reader::from_file(Cursor::new(bytes), Options::default()).unwrap();
    reader.into_records::<T>().unwrap().map(|record| record.unwrap().value).collect()
}

#[test]
fn names_are_those_that_spar_takes() {
    // FT-03.
    for name in ["a", "A-z_0.9.xml.zip", &"a".repeat(255), "..a"] {
        assert!(check_file_name(name).is_ok(), "{name}");
    }
    for name in ["", ".", "..", "å.xml", "a b", "a/b", "a\\b", "a:b", "a\0", &"a".repeat(256)] {
        assert_eq!(refusal(check_file_name(name)), Refusal::FileName, "{name}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("får inte.xml");
    assert_eq!(
        refusal(Writer::<InfilIdNummer>::create(&path, Settings::default())),
        Refusal::FileName
    );
    assert!(is_empty(folder.path()));
}

#[test]
fn questions_are_at_most_ten_thousand() {
    // FILE-05: at the limit and one above.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fragor.xml");
    let above = write(&path, Settings::default(), (0..=MAX_FRAGOR).map(question));
    assert_eq!(refusal(above), Refusal::TooManyQuestions);
    assert!(is_empty(folder.path()));
    let report = write(&path, Settings::default(), (0..MAX_FRAGOR).map(question)).unwrap();
    assert_eq!((report.records, report.files.len()), (MAX_FRAGOR, 1));

    let mut split = Settings::default();
    split.split = true;
    let path = folder.path().join("delad.xml.zip");
    let report = write(&path, split, (0..=MAX_FRAGOR).map(question)).unwrap();
    let names: Vec<_> = report.files.iter().map(|file| file.file_name().unwrap()).collect();
    assert_eq!(names, ["delad-1.xml.zip", "delad-2.xml.zip"]);
    let parts: Vec<_> =
        report.files.iter().map(|file| read::<PersonnummersattningFraga>(file)).collect();
    assert_eq!([parts[0].len() as u64, parts[1].len() as u64], [MAX_FRAGOR, 1]);
    assert_eq!(parts[1], [question(MAX_FRAGOR)]);
}

#[test]
fn references_tell_questions_apart() {
    // FILE-05: over all parts.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fragor.xml");
    let mut settings = Settings::default();
    settings.split = true;
    settings.max_records = Some(2);
    let repeated = || (0..4).chain([0]).map(question);
    let error = write(&path, settings.clone(), repeated()).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Refused(Refusal::DuplicateReference));
    assert_eq!(error.record(), Some(5));
    assert!(is_empty(folder.path()));
    settings.equal_references = true;
    assert_eq!(write(&path, settings, repeated()).unwrap().files.len(), 3);
}

#[test]
fn a_question_names_somebody() {
    let folder = tempfile::tempdir().unwrap();
    let mut nobody = question(1);
    let path = folder.path().join("a.xml");
    for argument in [
        None,
        Some(NamnArgument::Namndelar {
            fornamn_sok_argument: None,
            mellan_efternamn_sok_argument: None,
        }),
    ] {
        nobody.namn_argument = argument;
        let result = write(&path, Settings::default(), [question(0), nobody.clone()].into_iter());
        assert_eq!(result.as_ref().unwrap_err().record(), Some(2));
        assert_eq!(refusal(result), Refusal::NoName);
    }
}

#[test]
fn numbers_one_many_none_and_twice() {
    // FILE-06.
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let none = write(&path("0.xml"), Settings::default(), std::iter::empty::<InfilIdNummer>());
    assert_eq!(refusal(none), Refusal::Empty);
    assert_eq!(write(&path("1.xml"), Settings::default(), [id(1)].into_iter()).unwrap().records, 1);
    let twice = || [id(1), id(2), id(1)].into_iter();
    let report = write(&path("2.xml"), Settings::default(), twice()).unwrap();
    assert_eq!((report.records, report.duplicates), (3, 1));
    let mut settings = Settings::default();
    settings.drop_duplicates = true;
    let report = write(&path("3.xml"), settings, twice()).unwrap();
    assert_eq!((report.records, report.duplicates), (2, 1));
    assert_eq!(read::<InfilIdNummer>(&path("3.xml")), [id(1), id(2)]);
}

#[test]
fn what_breaks_the_schema_is_told_by_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xml");
    let bad = InfilIdNummer::new(spar_types::SimpleType::from_register("MARKER"));
    let records = (0..600).map(|nth| if nth == 432 { bad.clone() } else { id(nth) });
    let error = write(&path, Settings::default(), records).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Invalid(_)), "{error:?}");
    assert_eq!(error.record(), Some(433));
    assert!(!format!("{error} {error:?}").contains("MARKER"));
    assert!(is_empty(folder.path()));
}

#[test]
fn files_are_as_large_as_spar_takes() {
    // At the limit and one below it, plain and packed.
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.xml", "a.xml.zip"] {
        let path = folder.path().join(name);
        let sized = |bytes: u64, split: bool| {
            let mut settings = Settings::default();
            settings.max_bytes = bytes;
            settings.split = split;
            write(&path, settings, (0..2_000).map(id))
        };
        let bytes = sized(u64::MAX, false).unwrap().bytes;
        fs::remove_file(&path).unwrap();
        assert_eq!(sized(bytes, false).unwrap().bytes, bytes);
        fs::remove_file(&path).unwrap();
        assert_eq!(refusal(sized(bytes - 1, false)), Refusal::TooLarge);
        assert!(is_empty(folder.path()), "{name}");
    }
    let path = folder.path().join("a.xml");
    let mut settings = Settings::default();
    settings.max_bytes = 10_000;
    settings.split = true;
    let report = write(&path, settings, (0..2_000).map(id)).unwrap();
    assert!(report.files.len() > 5);
    assert!(report.files.iter().all(|file| fs::metadata(file).unwrap().len() <= 10_000));
    let all: Vec<_> = report.files.iter().flat_map(|file| read::<InfilIdNummer>(file)).collect();
    assert_eq!(all, (0..2_000).map(id).collect::<Vec<_>>());
}

#[test]
fn nothing_is_overwritten_and_nothing_left_behind() {
    // DL-06: a file, a folder, a link that leads nowhere; also one that came while writing.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xml");
    let create = |path: &Path| Writer::<InfilIdNummer>::create(path, Settings::default());
    fs::write(&path, "mine").unwrap();
    assert_eq!(refusal(create(&path)), Refusal::Exists);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(refusal(create(&path)), Refusal::Exists);
    fs::remove_dir(&path).unwrap();
    let mut writer = create(&path).unwrap();
    writer.push(id(1)).unwrap();
    fs::write(&path, "mine").unwrap();
    assert_eq!(refusal(writer.finish()), Refusal::Exists);
    assert_eq!(fs::read(&path).unwrap(), b"mine");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let missing = folder.path().join("saknas/a.xml");
    assert!(matches!(create(&missing).unwrap_err().kind(), ErrorKind::Io(_)));
}

#[test]
fn parts_appear_together_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xml");
    fs::write(folder.path().join("a-2.xml"), "mine").unwrap();
    let mut settings = Settings::default();
    settings.split = true;
    settings.max_records = Some(1);
    assert_eq!(refusal(write(&path, settings, (0..3).map(id))), Refusal::Exists);
    let names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["a-2.xml"]);
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read() {
    // DL-07: while writing, and afterwards.
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let modes = || -> Vec<_> {
        let entries = fs::read_dir(folder.path()).unwrap();
        entries
            .map(|entry| entry.unwrap().metadata().unwrap().permissions().mode() & 0o777)
            .collect()
    };
    let mut writer = Writer::create(&folder.path().join("a.xml"), Settings::default()).unwrap();
    writer.push(id(1)).unwrap();
    assert_eq!(modes(), [0o600]);
    writer.finish().unwrap();
    assert_eq!(modes(), [0o600]);
}

#[test]
fn the_same_records_give_the_same_bytes() {
    // ZIP-26.
    let folder = tempfile::tempdir().unwrap();
    let bytes = |name: &str| {
        let path = folder.path().join(name).join("a.xml.zip");
        fs::create_dir(path.parent().unwrap()).unwrap();
        write(&path, Settings::default(), (0..100).map(id)).unwrap();
        fs::read(path).unwrap()
    };
    let (one, two) = (bytes("1"), bytes("2"));
    assert_eq!(one, two);
    assert!(one.windows(5).any(|name| name == b"a.xml"));
}
