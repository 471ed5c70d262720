//! Files to test with. All persons are invented.

use std::io::{Cursor, Read, Write};

use spar_files::write::{Settings, Writer};
use spar_files::{Error, Options, Reader};
use spar_types::avisering::v2023_1::{AviseringPost, JaNej, Namn, PersonId, Typ};
use spar_types::personnummersattning::v2021_1::{
    Filinformation, IdentifieringsinformationFil, Mediepart,
};

/// The n-th invented number: serial 980 or more, which nobody is given.
pub(crate) fn number(nth: u64) -> String {
    let day = 1 + nth % 28;
    let month = 1 + nth / 28 % 12;
    let year = 1930 + nth / 336 % 80;
    let serial = 980 + nth / 26_880 % 20;
    format!("{year:04}{month:02}{day:02}{serial:03}{}", nth % 10)
}

/// The n-th invented person.
pub(crate) fn post(nth: u64) -> AviseringPost {
    let id = PersonId::new(number(nth).parse().unwrap(), Typ::Personnummer);
    let mut post = AviseringPost::new(id, JaNej::Nej.into(), JaNej::Nej);
    let mut namn = Namn::default();
    namn.fornamn = Some("Åsa Märta".parse().unwrap());
    namn.efternamn = Some(format!("Öberg{nth}").parse().unwrap());
    post.namn.push(Ok(namn));
    post
}

pub(crate) fn identification() -> IdentifieringsinformationFil {
    let mut sender = Mediepart::default();
    sender.kund_nr = Some("102021006700".parse().unwrap());
    let mut receiver = Mediepart::default();
    receiver.kund_nr = Some("500243".parse().unwrap());
    receiver.kontaktperson = Some("MARKER Kontakt".parse().unwrap());
    let mut origin = Filinformation::default();
    origin.uppdrag_id = Some("950".parse().unwrap());
    origin.resultatfil_skapad = Some("2026-09-01T06:30:00.000".parse().unwrap());
    origin.sekvensnummer = Some("17".parse().unwrap());
    IdentifieringsinformationFil::new(sender, receiver, origin)
}

/// An avisering with so many records, as bytes.
pub(crate) fn avisering(records: u64) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("avisering.xml");
    let mut settings = Settings::for_delivery();
    settings.identifieringsinformation = Some(identification());
    let mut writer = Writer::create(&path, settings).unwrap();
    (0..records).for_each(|nth| writer.push(post(nth)).unwrap());
    writer.finish().unwrap();
    std::fs::read(path).unwrap()
}

/// What is read of a file in memory: the numbers of the persons, and the error that ended it.
pub(crate) fn read(bytes: &[u8], options: Options) -> (Vec<String>, Option<Error>) {
    let reader = match Reader::from_file(Cursor::new(bytes.to_vec()), options) {
        Ok(reader) => reader,
        Err(error) => return (Vec::new(), Some(error)),
    };
    let mut numbers = Vec::new();
    let mut last = None;
    for record in reader.into_records::<AviseringPost>().unwrap() {
        match record {
            Ok(record) => numbers.push(record.value.person_id.id_nummer.to_string_unredacted()),
            Err(error) => last = Some(error),
        }
    }
    (numbers, last)
}

/// The text of a value, which only tests need so.
pub(crate) trait Shown {
    fn to_string_unredacted(&self) -> String;
}

impl<T: spar_types::SimpleType> Shown for T {
    fn to_string_unredacted(&self) -> String {
        self.as_str().to_owned()
    }
}

/// A reader that gives so many bytes at a time.
pub(crate) struct Trickle {
    pub(crate) bytes: Cursor<Vec<u8>>,
    pub(crate) step: usize,
}

impl Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = buffer.len().min(self.step);
        self.bytes.read(&mut buffer[..count])
    }
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// An entry of a zip that is put together by hand, so that it can be wrong.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    pub(crate) local_name: Vec<u8>,
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) crc: u32,
    pub(crate) local_crc: u32,
    pub(crate) packed: Vec<u8>,
    pub(crate) size: u32,
    pub(crate) local_size: u32,
    pub(crate) mode: u32,
    /// In place of where it stands.
    pub(crate) offset: Option<u32>,
    /// 64-bit sizes in an extra field.
    pub(crate) is_wide: bool,
}

impl Entry {
    pub(crate) fn new(name: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.into(),
            local_name: name.into(),
            flags: 0,
            method: 8,
            crc: crc(bytes),
            local_crc: crc(bytes),
            packed: deflate(bytes),
            size: bytes.len() as u32,
            local_size: bytes.len() as u32,
            mode: 0,
            offset: None,
            is_wide: false,
        }
    }

    pub(crate) fn stored(name: &str, bytes: &[u8]) -> Self {
        Self { method: 0, packed: bytes.to_vec(), ..Self::new(name, bytes) }
    }

    pub(crate) fn named(name: &[u8]) -> Self {
        Self { name: name.to_vec(), local_name: name.to_vec(), ..Self::new("", b"<a/>") }
    }

    /// With a descriptor behind the data, and nothing before it.
    fn has_descriptor(&self) -> bool {
        self.flags & 8 != 0
    }
}

/// A zip of these entries. `count` is what the end record says.
pub(crate) fn zip_with(entries: &[Entry], count: Option<u16>, wide_end: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let offset = entry.offset.unwrap_or(out.len() as u32);
        let packed = entry.packed.len() as u32;
        let extra = |values: &[u64]| {
            let mut extra = vec![1, 0, (values.len() * 8) as u8, 0];
            values.iter().for_each(|value| extra.extend(value.to_le_bytes()));
            extra
        };
        let wide = |value: u32| if entry.is_wide { u32::MAX } else { value };
        let local_extra = match entry.is_wide {
            true => extra(&[entry.local_size.into(), packed.into()]),
            false => Vec::new(),
        };
        out.extend(0x0403_4b50_u32.to_le_bytes());
        out.extend(20_u16.to_le_bytes());
        out.extend(entry.flags.to_le_bytes());
        out.extend(entry.method.to_le_bytes());
        out.extend([0; 4]);
        let sizes = match entry.has_descriptor() {
            true => [0, 0, 0],
            false => [entry.local_crc, wide(packed), wide(entry.local_size)],
        };
        sizes.iter().for_each(|value| out.extend(value.to_le_bytes()));
        out.extend((entry.local_name.len() as u16).to_le_bytes());
        out.extend((local_extra.len() as u16).to_le_bytes());
        out.extend(&entry.local_name);
        out.extend(&local_extra);
        out.extend(&entry.packed);
        if entry.has_descriptor() {
            let values = [0x0807_4b50, entry.local_crc, packed, entry.local_size];
            values.iter().for_each(|value| out.extend(value.to_le_bytes()));
        }
        let extra = match entry.is_wide {
            true => extra(&[entry.size.into(), packed.into(), offset.into()]),
            false => Vec::new(),
        };
        directory.extend(0x0201_4b50_u32.to_le_bytes());
        directory.extend((3_u16 << 8 | 20).to_le_bytes());
        directory.extend(20_u16.to_le_bytes());
        directory.extend(entry.flags.to_le_bytes());
        directory.extend(entry.method.to_le_bytes());
        directory.extend([0; 4]);
        let sizes = [entry.crc, wide(packed), wide(entry.size)];
        sizes.iter().for_each(|value| directory.extend(value.to_le_bytes()));
        directory.extend((entry.name.len() as u16).to_le_bytes());
        directory.extend((extra.len() as u16).to_le_bytes());
        directory.extend([0; 6]);
        directory.extend((entry.mode << 16).to_le_bytes());
        directory.extend(wide(offset).to_le_bytes());
        directory.extend(&entry.name);
        directory.extend(&extra);
    }
    let start = out.len();
    let count = count.unwrap_or(entries.len() as u16);
    out.extend(&directory);
    if wide_end {
        let place = out.len() as u64;
        out.extend(0x0606_4b50_u32.to_le_bytes());
        out.extend(44_u64.to_le_bytes());
        out.extend([45, 0, 45, 0]);
        out.extend([0; 8]);
        let values = [count.into(), count.into(), directory.len() as u64, start as u64];
        values.iter().for_each(|value: &u64| out.extend(value.to_le_bytes()));
        out.extend(0x0706_4b50_u32.to_le_bytes());
        out.extend([0; 4]);
        out.extend(place.to_le_bytes());
        out.extend(1_u32.to_le_bytes());
    }
    out.extend(0x0605_4b50_u32.to_le_bytes());
    out.extend([0; 4]);
    let (count, size, start) = match wide_end {
        true => (u16::MAX, u32::MAX, u32::MAX),
        false => (count, directory.len() as u32, start as u32),
    };
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(size.to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0; 2]);
    out
}

pub(crate) fn zip(entries: &[Entry]) -> Vec<u8> {
    zip_with(entries, None, false)
}

/// Whether another program is there to compare with. Where it must be, its absence is a failure.
pub(crate) fn has(program: &str) -> bool {
    let found = std::process::Command::new(program)
        .arg("--help")
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .is_ok();
    if !found {
        assert!(std::env::var_os("CI").is_none(), "{program} is missing");
        println!("SKIPPED: {program} is not installed");
    }
    found
}
