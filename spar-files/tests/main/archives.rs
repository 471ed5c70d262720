//! ZIP rows: what a zip must be, and what is refused.

use std::io::Cursor;

use spar_files::{ArchiveFault, ErrorKind, Limits, NameFault, Options, Packing, Reader};

use crate::support::{Entry, avisering, deflate, gzip, read, zip, zip_with};

fn kind(bytes: &[u8]) -> Option<ErrorKind> {
    read(bytes, Options::default()).1.map(|error| error.kind().clone())
}

fn check(bytes: &[u8], expected: ArchiveFault) {
    assert_eq!(kind(bytes), Some(ErrorKind::Archive(expected)));
}

fn good() -> Entry {
    Entry::new("avisering.xml", &avisering(3))
}

#[test]
fn a_good_archive_is_read() {
    // ZIP-20, ZIP-22: 64-bit sizes, data descriptors, stored entries, any name, directories beside.
    let document = avisering(3);
    let archives = [
        zip(&[good()]),
        zip(&[Entry::stored("a", &document)]),
        zip(&[Entry { flags: 8, ..good() }]),
        zip(&[Entry { is_wide: true, ..good() }]),
        zip_with(&[Entry { is_wide: true, ..good() }], None, true),
        zip(&[Entry::stored("ordner/", b""), Entry::new("ordner/fil med å.dat", &document)]),
    ];
    for archive in archives {
        let (numbers, error) = read(&archive, Options::default());
        assert!(error.is_none(), "{error:?}");
        assert_eq!(numbers.len(), 3);
    }
}

#[test]
fn dangerous_names_are_refused() {
    // ZIP-01, ZIP-02, ZIP-03.
    let check = |name: &[u8], fault| check(&zip(&[Entry::named(name)]), ArchiveFault::Name(fault));
    check(b"../../evil", NameFault::Path);
    check(b"..\\..\\evil", NameFault::Path);
    check(b"/etc/x", NameFault::Path);
    check(b"C:\\x", NameFault::Path);
    check(b"a\0b", NameFault::Character);
    check(b"", NameFault::Empty);
    check(b"\xff.xml", NameFault::Encoding);
    check(b"NUL", NameFault::Reserved);
    check(b"a.", NameFault::Character);
}

#[test]
fn links_and_devices_are_refused() {
    // ZIP-04.
    for mode in [0o120_777, 0o020_644, 0o060_644, 0o010_644, 0o140_644] {
        check(&zip(&[Entry { mode, ..good() }]), ArchiveFault::NotAFile);
    }
    assert_eq!(kind(&zip(&[Entry { mode: 0o100_644, ..good() }])), None);
}

#[test]
fn sizes_and_checksums_must_be_true() {
    // ZIP-05, ZIP-06, ZIP-07.
    let Entry { size, crc, .. } = good();
    let sized = |size| Entry { size, local_size: size, ..good() };
    check(&zip(&[sized(size - 1)]), ArchiveFault::SizeMismatch);
    check(&zip(&[sized(size + 1)]), ArchiveFault::SizeMismatch);
    let other = Entry { crc: crc ^ 1, local_crc: crc ^ 1, ..good() };
    check(&zip(&[other]), ArchiveFault::Checksum);
    // Packed bytes that are no deflate stream, and some behind its end.
    let mut broken = good();
    broken.packed = vec![0xff; 40];
    check(&zip(&[broken]), ArchiveFault::Corrupt);
    let mut longer = good();
    longer.packed.push(0);
    check(&zip(&[longer]), ArchiveFault::SizeMismatch);
}

#[test]
fn two_readers_cannot_take_it_for_two_things() {
    // ZIP-08, ZIP-09, ZIP-10, ZIP-11, ZIP-12.
    let other_name = Entry { local_name: b"annat.xml_____".to_vec(), ..good() };
    check(&zip(&[other_name]), ArchiveFault::ConflictingPaths);
    let Entry { crc, size, .. } = good();
    check(&zip(&[Entry { local_crc: crc ^ 1, ..good() }]), ArchiveFault::ConflictingHeaders);
    check(&zip(&[Entry { local_size: size + 1, ..good() }]), ArchiveFault::ConflictingHeaders);
    let described = Entry { flags: 8, local_crc: crc ^ 1, ..good() };
    check(&zip(&[described]), ArchiveFault::ConflictingHeaders);
    // Two entries with one body.
    let shared = [good(), Entry { offset: Some(0), ..good() }];
    assert!(matches!(
        kind(&zip(&shared)),
        Some(ErrorKind::Archive(ArchiveFault::DuplicateName | ArchiveFault::Overlap))
    ));
    let mut second = Entry { offset: Some(0), ..good() };
    second.name = b"annan.xml".to_vec();
    second.local_name = b"annan.xml".to_vec();
    check(&zip(&[good(), second]), ArchiveFault::Overlap);
    check(&zip(&[good(), good()]), ArchiveFault::DuplicateName);
    for count in [0, 2, 7] {
        check(&zip_with(&[good()], Some(count), false), ArchiveFault::EntryCount);
    }
}

#[test]
fn nothing_stands_before_between_or_behind() {
    // ZIP-13.
    let archive = zip(&[good()]);
    let mut behind = archive.clone();
    behind.extend(b"rest");
    check(&behind, ArchiveFault::Garbage);
    // What stands before makes it no zip by its first bytes, or moves everything.
    let before = [b"PK\x03\x04", &archive[..]].concat();
    assert!(matches!(kind(&before), Some(ErrorKind::Archive(_))));
    assert!(matches!(kind(&[b"x", &archive[..]].concat()), Some(ErrorKind::Archive(_))));
    // Between the data and the directory, with the directory's place corrected.
    let end = archive.len() - 22;
    let start = u32::from_le_bytes(archive[end + 16..end + 20].try_into().unwrap()) as usize;
    let mut between = archive[..start].to_vec();
    between.extend(b"gap");
    between.extend(&archive[start..]);
    let place = between.len() - 6;
    between[place..place + 4].copy_from_slice(&(start as u32 + 3).to_le_bytes());
    check(&between, ArchiveFault::Garbage);
}

#[test]
fn every_prefix_is_an_error() {
    // ZIP-14.
    for archive in [zip(&[good()]), zip_with(&[Entry { is_wide: true, ..good() }], None, true)] {
        for length in 0..archive.len() {
            let (_, error) = read(&archive[..length], Options::default());
            assert!(error.is_some(), "{length} of {} bytes", archive.len());
        }
    }
}

#[test]
fn a_bomb_is_stopped_while_it_unfolds() {
    // ZIP-15: at each limit and one above it.
    let mut document = avisering(1);
    let comment = format!("<!--{}-->", " ".repeat(32 * 1024));
    document.extend(comment.repeat(256).into_bytes());
    let size = document.len() as u64;
    let packed = deflate(&document).len() as u64;
    let check = |limits: Limits, expected: Option<ArchiveFault>| {
        let mut options = Options::default();
        options.limits = limits;
        for archive in [zip(&[Entry::new("a.xml", &document)]), gzip(&document)] {
            let found = read(&archive, options.clone()).1.map(|error| error.kind().clone());
            assert_eq!(found, expected.map(ErrorKind::Archive));
        }
    };
    let limits = |change: &dyn Fn(&mut Limits)| {
        let mut limits = Limits::default();
        limits.ratio = 10_000;
        change(&mut limits);
        limits
    };
    check(limits(&|_| {}), None);
    check(limits(&|of| of.entry_bytes = size), None);
    check(limits(&|of| of.entry_bytes = size - 1), Some(ArchiveFault::TooLarge("entry_bytes")));
    check(limits(&|of| of.total_bytes = size), None);
    check(limits(&|of| of.total_bytes = size - 1), Some(ArchiveFault::TooLarge("total_bytes")));
    assert!(size / packed > 250);
    check(Limits::default(), Some(ArchiveFault::TooLarge("ratio")));
}

#[test]
fn an_archive_in_an_archive_is_not_opened() {
    // ZIP-16.
    let inner = zip(&[good()]);
    let outer = zip(&[Entry::new("inner.zip", &inner)]);
    assert!(matches!(kind(&outer), Some(ErrorKind::Xml(_))));
}

#[test]
fn what_is_not_supported_says_so() {
    // ZIP-17, ZIP-18.
    for flags in [1, 1 << 6, 1 << 13] {
        check(&zip(&[Entry { flags, ..good() }]), ArchiveFault::Encrypted);
    }
    for method in [1, 9, 12, 14, 93, 95, 99] {
        check(&zip(&[Entry { method, ..good() }]), ArchiveFault::Method);
    }
}

#[test]
fn an_archive_holds_exactly_one_file() {
    // ZIP-19, ZIP-23.
    check(&zip(&[]), ArchiveFault::NotOneFile(0));
    check(&zip(&[Entry::stored("tom/", b"")]), ArchiveFault::NotOneFile(0));
    let named = |name: &str| Entry::new(name, b"<a/>");
    check(&zip(&[named("a"), named("b"), named("c")]), ArchiveFault::NotOneFile(3));
    let many = |count: usize| -> Vec<_> {
        (0..count).map(|nth| Entry::stored(&format!("{nth}/"), b"")).collect()
    };
    check(&zip(&many(1_000)), ArchiveFault::NotOneFile(0));
    check(&zip(&many(1_001)), ArchiveFault::TooLarge("entries"));
    // The end record alone says that there are a million, in 64 bits.
    let mut claims = zip_with(&[good()], None, true);
    let place = claims.len() - 22 - 20 - 56 + 24;
    for at in [place, place + 8] {
        claims[at..at + 8].copy_from_slice(&1_000_000_u64.to_le_bytes());
    }
    check(&claims, ArchiveFault::TooLarge("entries"));
}

#[test]
fn what_the_file_is_shows_in_its_first_bytes() {
    // ZIP-21, ZIP-24.
    let document = avisering(1);
    let packing = |bytes: Vec<u8>| {
        let reader = Reader::from_file(Cursor::new(bytes), Options::default()).unwrap();
        reader.head().packing
    };
    assert_eq!(packing(document.clone()), Packing::Plain);
    assert_eq!(packing(gzip(&document)), Packing::Gzip);
    assert_eq!(packing(zip(&[good()])), Packing::Zip);
    assert_eq!(packing([b"\xef\xbb\xbf", &document[..]].concat()), Packing::Plain);
    check(b"%PDF-1.7", ArchiveFault::NotAnArchive);
    check(b"Rar!\x1a\x07", ArchiveFault::NotAnArchive);
    assert_eq!(kind(b"<html><body>502</body></html>"), Some(ErrorKind::UnknownFormat));
    assert_eq!(kind(b""), Some(ErrorKind::Xml(spar_types::ErrorKind::Empty)));
}

#[test]
fn an_archive_may_come_as_a_stream() {
    // A zip is held in memory up to a limit.
    let archive = zip(&[good()]);
    let open = |bytes: u64| {
        let mut options = Options::default();
        options.limits.held_archive_bytes = bytes;
        Reader::from_stream(Cursor::new(archive.clone()), options).map(|_| ())
    };
    assert!(open(archive.len() as u64).is_ok());
    let error = open(archive.len() as u64 - 1).unwrap_err();
    let expected = ArchiveFault::TooLarge("held_archive_bytes");
    assert_eq!(*error.kind(), ErrorKind::Archive(expected));
}
