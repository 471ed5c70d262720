//! FILE-07: numbers as CSV.

use std::fs;
use std::io::Cursor;

use spar_files::write::{CsvLines, Settings, Writer, read_csv};
use spar_files::{ErrorKind, Refusal};
use spar_types::infil_id_nummer::v2023_1::{InfilIdNummer, JaNej};

use crate::support::{Shown, number};

fn written(count: u64, lines: CsvLines) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nummer.csv");
    let mut settings = Settings::default();
    settings.csv = Some(lines);
    let mut writer = Writer::create(&path, settings).unwrap();
    for nth in 0..count {
        writer.push(InfilIdNummer::new(number(nth).parse().unwrap())).unwrap();
    }
    let report = writer.finish().unwrap();
    assert_eq!(report.records, count);
    fs::read_to_string(path).unwrap()
}

fn read(text: &str) -> Vec<Result<String, (Refusal, u64)>> {
    read_csv(Cursor::new(text))
        .map(|cell| match cell {
            Ok(record) => Ok(record.value.to_string_unredacted()),
            Err(error) => match error.kind() {
                ErrorKind::Refused(refusal) => Err((*refusal, error.record().unwrap())),
                kind => panic!("{kind:?}"),
            },
        })
        .collect()
}

#[test]
fn lines_are_as_asked_for() {
    // FILE-07.
    let (one, two) = (number(0), number(1));
    assert_eq!(written(2, CsvLines::OneLine), format!("{one},{two}\n"));
    assert_eq!(written(2, CsvLines::OnePerLine), format!("{one},\n{two}\n"));
    let many = written(1_000, CsvLines::OnePerLine);
    assert_eq!(many.matches(',').count(), 999);
    assert_eq!(read(&many).len(), 1_000);
}

#[test]
fn every_shape_is_read() {
    // FILE-07.
    let (one, two) = (number(1), number(2));
    let (day, rest) = one.split_at(8);
    let expected = vec![Ok(one.clone()), Ok(two.clone())];
    for text in [
        format!("{one},{two}"),
        format!("{one},{two},\n"),
        format!("{one}\n{two}\n"),
        format!("{one},\r\n{two},\r\n"),
        format!("\u{feff}{one};{two}"),
        format!("personnummer\n{one}\n{two}"),
        format!("personnummer,\n{one},\n{two},"),
        format!("{day}-{rest}\n{two}"),
        format!("\"{one}\",\"{two}\"\n"),
        format!("\n\n {one} ,\n\n,{two}\n\n"),
    ] {
        assert_eq!(read(&text), expected, "{text}");
    }
    assert_eq!(read(""), []);
}

#[test]
fn cells_that_are_no_numbers_are_told_by_place() {
    let one = number(1);
    let check = |cell: &str, refusal: Refusal| {
        let found = read(&format!("{one},{cell},{one}"));
        assert_eq!(found, [Ok(one.clone()), Err((refusal, 2)), Ok(one.clone())], "{cell}");
    };
    check("8012319802", Refusal::TenDigits);
    check("801231-9802", Refusal::TenDigits);
    check("x", Refusal::NotANumber);
    check("1980123198021", Refusal::NotANumber);
    check("0980123198", Refusal::TenDigits);
    check("098012319802", Refusal::NotANumber);
    check(&"9".repeat(100_000), Refusal::NotANumber);
    check("1980-1231-9802", Refusal::NotANumber);
}

#[test]
fn csv_holds_nothing_but_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::default();
    settings.csv = Some(CsvLines::OneLine);
    let mut writer = Writer::create(&folder.path().join("a.csv"), settings).unwrap();
    let mut record = InfilIdNummer::new(number(1).parse().unwrap());
    record.nulage = Some(JaNej::Ja);
    let error = writer.push(record).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Refused(Refusal::NotInCsv));
}
