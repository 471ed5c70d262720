//! ZIP-25: gzip with the same guarantees as zip.

use spar_files::{ArchiveFault, ErrorKind, Options};

use crate::support::{avisering, deflate, gzip, read};

fn kind(bytes: &[u8]) -> Option<ErrorKind> {
    read(bytes, Options::default()).1.map(|error| error.kind().clone())
}

#[test]
fn members_are_read_one_after_another() {
    // ZIP-25.
    let document = avisering(3);
    let (one, two) = document.split_at(document.len() / 2);
    let (numbers, error) = read(&[gzip(one), gzip(two)].concat(), Options::default());
    assert!(error.is_none(), "{error:?}");
    assert_eq!(numbers.len(), 3);
}

#[test]
fn damage_is_an_error() {
    // ZIP-25.
    let check = |bytes: &[u8], expected: ArchiveFault| {
        assert_eq!(kind(bytes), Some(ErrorKind::Archive(expected)));
    };
    let good = gzip(&avisering(3));
    let damaged = |place: usize| {
        let mut bytes = good.clone();
        bytes[place] ^= 1;
        bytes
    };
    // Checksum and length stand at the end.
    check(&damaged(good.len() - 8), ArchiveFault::Corrupt);
    check(&damaged(good.len() - 4), ArchiveFault::Corrupt);
    check(&[&good[..], b"garbage"].concat(), ArchiveFault::Garbage);
    check(&[&good[..], &[0; 8]].concat(), ArchiveFault::Garbage);
    check(&[&good[..], b"\x1f\x8bnot gzip at all"].concat(), ArchiveFault::Garbage);
    check(&[&good[..], b"\x1f\x8b\x08"].concat(), ArchiveFault::Truncated);
    for length in 2..good.len() {
        let (_, error) = read(&good[..length], Options::default());
        assert!(error.is_some(), "{length} of {} bytes", good.len());
    }
}

#[test]
fn long_fields_of_the_header_are_bounded() {
    // ZIP-25: an extra field of 64 KiB, and a comment without end.
    let document = avisering(1);
    let mut crc = flate2::Crc::new();
    crc.update(&document);
    let with = |flags: u8, field: &[u8]| {
        let head = [0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 255];
        let size = (document.len() as u32).to_le_bytes();
        [&head[..], field, &deflate(&document), &crc.sum().to_le_bytes(), &size].concat()
    };
    let extra = [&[0xff, 0xff][..], &[b'x'; 0xffff]].concat();
    assert_eq!(kind(&with(4, &extra)), None);
    let comment = [&vec![b'x'; 60_000][..], &[0]].concat();
    assert_eq!(kind(&with(16, &comment)), None);
    let endless = vec![b'x'; 1_000_000];
    assert!(matches!(kind(&with(16, &endless)), Some(ErrorKind::Archive(_))));
}
