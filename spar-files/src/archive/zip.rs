//! Zip: exactly one file, and nothing that two readers could take for different things.
//!
//! The whole structure is judged before a byte is unpacked: the end record, the directory, the header
//! of each entry where it stands, and that these parts fill the file without gap and overlap. Unpacking
//! then judges size and checksum.

use std::collections::HashSet;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Take};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::{Meter, check_name, fault, unpacking};
use crate::error::{ArchiveFault, Result};
use crate::limits::Limits;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const DESCRIPTOR: u32 = 0x0807_4b50;
const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;

const LOCAL_BYTES: u64 = 30;
const CENTRAL_BYTES: usize = 46;
const END_BYTES: usize = 22;
const LOCATOR_64_BYTES: u64 = 20;
const END_64_BYTES: usize = 56;

/// The largest comment behind the end record.
const COMMENT_BYTES: usize = 0xffff;

/// Size of the directory that is read into memory: 1,000 entries with long names have less.
const DIRECTORY_BYTES: u64 = 4 * 1024 * 1024;

/// Set in the general purpose flags.
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
const HAS_DESCRIPTOR: u16 = 1 << 3;
const PATCHED: u16 = 1 << 5;

/// The field of 64-bit sizes among the extra fields.
const SIZES_64: u16 = 1;

/// Kinds of file in the mode that Unix gives them.
const MODE_KIND: u32 = 0o170_000;
const MODE_FILE: u32 = 0o100_000;
const MODE_DIRECTORY: u32 = 0o040_000;

/// An entry as the directory tells of it.
struct Entry {
    name: Vec<u8>,
    flags: u16,
    method: u16,
    crc: u32,
    packed: u64,
    unpacked: u64,
    offset: u64,
    is_directory: bool,
}

/// The only file of the archive, unpacked and judged while it is read.
pub(super) struct Unpacking<R: Read> {
    packed: Packed<R>,
    crc: Crc,
    expected_crc: u32,
    expected: u64,
    expected_packed: u64,
    unpacked: u64,
    entry_bytes: u64,
    meter: Meter,
    is_ended: bool,
}

enum Packed<R: Read> {
    Stored(Take<R>),
    Deflated(Box<DeflateDecoder<BufReader<Take<R>>>>),
}

pub(super) fn open<R: Read + Seek>(mut file: R, limits: &Limits) -> Result<Unpacking<R>> {
    let length = file.seek(SeekFrom::End(0))?;
    let end = End::find(&mut file, length)?;
    let entries = directory(&mut file, &end, limits)?;
    let mut names = HashSet::new();
    if entries.iter().any(|entry| !names.insert(entry.name.as_slice())) {
        return Err(ArchiveFault::DuplicateName.into());
    }
    let files = entries.iter().filter(|entry| !entry.is_directory).count();
    let data = layout(&mut file, &end, &entries)?;
    if files != 1 {
        return Err(ArchiveFault::NotOneFile(files as u64).into());
    }
    let file_entry = entries.iter().zip(data).find(|(entry, _)| !entry.is_directory);
    let (entry, start) = file_entry.ok_or(ArchiveFault::NotOneFile(0))?;
    if entry.unpacked > limits.entry_bytes {
        return Err(ArchiveFault::TooLarge("entry_bytes").into());
    }
    file.seek(SeekFrom::Start(start))?;
    let packed = file.take(entry.packed);
    Ok(Unpacking {
        packed: match entry.method {
            0 => Packed::Stored(packed),
            _ => {
                let packed = BufReader::with_capacity(64 * 1024, packed);
                Packed::Deflated(Box::new(DeflateDecoder::new(packed)))
            }
        },
        crc: Crc::new(),
        expected_crc: entry.crc,
        expected: entry.unpacked,
        expected_packed: entry.packed,
        unpacked: 0,
        entry_bytes: limits.entry_bytes,
        meter: Meter::new(limits),
        is_ended: false,
    })
}

impl<R: Read> Read for Unpacking<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_ended || buffer.is_empty() {
            return Ok(0);
        }
        let (count, taken) = match &mut self.packed {
            Packed::Stored(packed) => {
                let count = packed.read(buffer)?;
                (count, self.unpacked + count as u64)
            }
            Packed::Deflated(decoder) => {
                let count = decoder.read(buffer).map_err(unpacking)?;
                (count, decoder.total_in())
            }
        };
        if count == 0 {
            self.is_ended = true;
            return self.judge(taken).map_err(fault).map(|()| 0);
        }
        self.crc.update(&buffer[..count]);
        self.unpacked += count as u64;
        if self.unpacked > self.expected {
            return Err(fault(ArchiveFault::SizeMismatch));
        }
        if self.unpacked > self.entry_bytes {
            return Err(fault(ArchiveFault::TooLarge("entry_bytes")));
        }
        self.meter.count(count, taken)?;
        Ok(count)
    }
}

impl<R: Read> Unpacking<R> {
    fn judge(&self, taken: u64) -> Result<(), ArchiveFault> {
        if (self.unpacked, taken) != (self.expected, self.expected_packed) {
            return Err(ArchiveFault::SizeMismatch);
        }
        if self.crc.sum() != self.expected_crc {
            return Err(ArchiveFault::Checksum);
        }
        Ok(())
    }
}

/// The end record, of 64 bits where there is one.
struct End {
    entries: u64,
    directory: u64,
    directory_bytes: u64,
}

impl End {
    fn find<R: Read + Seek>(file: &mut R, length: u64) -> Result<Self> {
        let reach = length.min((END_BYTES + COMMENT_BYTES) as u64);
        let tail = at(file, length - reach, reach)?;
        let mut is_followed = false;
        for start in (0..(tail.len() + 1).saturating_sub(END_BYTES)).rev() {
            if u32_at(&tail, start) != END {
                continue;
            }
            let comment = usize::from(u16_at(&tail, start + 20));
            match (start + END_BYTES + comment).cmp(&tail.len()) {
                std::cmp::Ordering::Equal => {
                    let place = length - reach + start as u64;
                    return Self::read(file, &tail[start..], place);
                }
                std::cmp::Ordering::Less => is_followed = true,
                std::cmp::Ordering::Greater => {}
            }
        }
        Err(if is_followed { ArchiveFault::Garbage } else { ArchiveFault::Truncated }.into())
    }

    fn read<R: Read + Seek>(file: &mut R, record: &[u8], place: u64) -> Result<Self> {
        let disks = [u16_at(record, 4), u16_at(record, 6)];
        let counts = [u16_at(record, 8), u16_at(record, 10)];
        let (bytes, directory) = (u32_at(record, 12), u32_at(record, 16));
        let needs_64 = counts.contains(&u16::MAX) || [bytes, directory].contains(&u32::MAX);
        let (end, directory_end) = if needs_64 {
            Self::read_64(file, place)?
        } else {
            if disks != [0, 0] {
                return Err(ArchiveFault::Method.into());
            }
            if counts[0] != counts[1] {
                return Err(ArchiveFault::EntryCount.into());
            }
            let (directory, bytes) = (u64::from(directory), u64::from(bytes));
            (Self { entries: counts[1].into(), directory, directory_bytes: bytes }, place)
        };
        match end.directory.checked_add(end.directory_bytes) {
            Some(found) if found == directory_end => Ok(end),
            Some(found) if found < directory_end => Err(ArchiveFault::Garbage.into()),
            _ => Err(ArchiveFault::Directory.into()),
        }
    }

    /// The 64-bit record, and where it begins.
    fn read_64<R: Read + Seek>(file: &mut R, place: u64) -> Result<(Self, u64)> {
        let locator = place.checked_sub(LOCATOR_64_BYTES).ok_or(ArchiveFault::Directory)?;
        let record = at(file, locator, LOCATOR_64_BYTES)?;
        let start = u64_at(&record, 8);
        if u32_at(&record, 0) != LOCATOR_64 || start.saturating_add(END_64_BYTES as u64) > locator {
            return Err(ArchiveFault::Directory.into());
        }
        if u32_at(&record, 4) != 0 || u32_at(&record, 16) != 1 {
            return Err(ArchiveFault::Method.into());
        }
        let record = at(file, start, END_64_BYTES as u64)?;
        // The size that the record tells leaves out the twelve bytes before and with it.
        let stated = u64_at(&record, 4).saturating_add(12);
        if u32_at(&record, 0) != END_64 || start.saturating_add(stated) != locator {
            return Err(ArchiveFault::Directory.into());
        }
        if (u32_at(&record, 16), u32_at(&record, 20)) != (0, 0) {
            return Err(ArchiveFault::Method.into());
        }
        let counts = [u64_at(&record, 24), u64_at(&record, 32)];
        if counts[0] != counts[1] {
            return Err(ArchiveFault::EntryCount.into());
        }
        let (directory_bytes, directory) = (u64_at(&record, 40), u64_at(&record, 48));
        Ok((Self { entries: counts[1], directory, directory_bytes }, start))
    }
}

fn directory<R: Read + Seek>(file: &mut R, end: &End, limits: &Limits) -> Result<Vec<Entry>> {
    if end.entries > limits.entries {
        return Err(ArchiveFault::TooLarge("entries").into());
    }
    if end.directory_bytes > DIRECTORY_BYTES {
        return Err(ArchiveFault::TooLarge("entries").into());
    }
    let bytes = at(file, end.directory, end.directory_bytes)?;
    let mut rest = &bytes[..];
    let mut entries = Vec::new();
    while !rest.is_empty() {
        if rest.len() < CENTRAL_BYTES || u32_at(rest, 0) != CENTRAL {
            return Err(ArchiveFault::Directory.into());
        }
        let [name, extra, comment] = [28, 30, 32].map(|at| usize::from(u16_at(rest, at)));
        let size = CENTRAL_BYTES + name + extra + comment;
        if rest.len() < size {
            return Err(ArchiveFault::Directory.into());
        }
        let names = &rest[CENTRAL_BYTES..];
        entries.push(entry(rest, &names[..name], &names[name..name + extra])?);
        rest = &rest[size..];
    }
    if entries.len() as u64 != end.entries {
        return Err(ArchiveFault::EntryCount.into());
    }
    Ok(entries)
}

fn entry(record: &[u8], name: &[u8], extra: &[u8]) -> Result<Entry> {
    let flags = u16_at(record, 8);
    let method = u16_at(record, 10);
    if flags & ENCRYPTED != 0 {
        return Err(ArchiveFault::Encrypted.into());
    }
    if !matches!(method, 0 | 8) || flags & PATCHED != 0 {
        return Err(ArchiveFault::Method.into());
    }
    check_name(name).map_err(ArchiveFault::Name)?;
    let is_directory = name.ends_with(b"/");
    let mode = u32_at(record, 38) >> 16;
    let expected = if is_directory { MODE_DIRECTORY } else { MODE_FILE };
    if ![0, expected].contains(&(mode & MODE_KIND)) {
        return Err(ArchiveFault::NotAFile.into());
    }
    let mut sizes = [24, 20, 42].map(|at| u64::from(u32_at(record, at)));
    widen(&mut sizes, extra)?;
    let [unpacked, packed, offset] = sizes;
    // Entries of other disks.
    if ![0, u16::MAX].contains(&u16_at(record, 34)) {
        return Err(ArchiveFault::Method.into());
    }
    if is_directory && (unpacked, packed) != (0, 0) && method == 0 {
        return Err(ArchiveFault::NotAFile.into());
    }
    let crc = u32_at(record, 16);
    Ok(Entry { name: name.to_vec(), flags, method, crc, packed, unpacked, offset, is_directory })
}

/// Takes what does not fit into 32 bits from the extra field that holds it, in the order of `sizes`.
fn widen(sizes: &mut [u64], extra: &[u8]) -> Result<()> {
    let mut wide = None;
    let mut rest = extra;
    while rest.len() >= 4 {
        let size = usize::from(u16_at(rest, 2));
        let Some(data) = rest.get(4..4 + size) else { return Err(ArchiveFault::Directory.into()) };
        if u16_at(rest, 0) == SIZES_64 && wide.replace(data).is_some() {
            return Err(ArchiveFault::ConflictingHeaders.into());
        }
        rest = &rest[4 + size..];
    }
    let mut wide = wide.unwrap_or_default();
    for size in sizes.iter_mut().filter(|size| **size == u64::from(u32::MAX)) {
        if wide.len() < 8 {
            return Err(ArchiveFault::Directory.into());
        }
        *size = u64_at(wide, 0);
        wide = &wide[8..];
    }
    Ok(())
}

/// Judges the entries where they stand, and that they fill the file up to the directory. Where the data
/// of each begins, in the order of the directory.
fn layout<R: Read + Seek>(file: &mut R, end: &End, entries: &[Entry]) -> Result<Vec<u64>> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|index| entries[*index].offset);
    let mut data = vec![0; entries.len()];
    let mut expected = 0;
    for (nth, index) in order.iter().enumerate() {
        let entry = &entries[*index];
        if entry.offset < expected {
            return Err(ArchiveFault::Overlap.into());
        }
        if entry.offset > expected {
            return Err(ArchiveFault::Garbage.into());
        }
        let next = order.get(nth + 1).map_or(end.directory, |next| entries[*next].offset);
        let start = local(file, entry, end.directory)?;
        let stop = start.checked_add(entry.packed).ok_or(ArchiveFault::Directory)?;
        if stop > next || next > end.directory {
            return Err(ArchiveFault::Overlap.into());
        }
        let has_descriptor = entry.flags & HAS_DESCRIPTOR != 0;
        if has_descriptor && !descriptor(file, entry, stop, next - stop)? {
            return Err(ArchiveFault::ConflictingHeaders.into());
        }
        data[*index] = start;
        expected = if has_descriptor { next } else { stop };
    }
    match expected.cmp(&end.directory) {
        std::cmp::Ordering::Equal => Ok(data),
        std::cmp::Ordering::Less => Err(ArchiveFault::Garbage.into()),
        std::cmp::Ordering::Greater => Err(ArchiveFault::Overlap.into()),
    }
}

/// Compares the header where the entry stands with the directory. Where its data begins.
fn local<R: Read + Seek>(file: &mut R, entry: &Entry, limit: u64) -> Result<u64> {
    if entry.offset.saturating_add(LOCAL_BYTES) > limit {
        return Err(ArchiveFault::Directory.into());
    }
    let header = at(file, entry.offset, LOCAL_BYTES)?;
    if u32_at(&header, 0) != LOCAL {
        return Err(ArchiveFault::Directory.into());
    }
    let [name, extra] = [26, 28].map(|at| u64::from(u16_at(&header, at)));
    let start = entry.offset + LOCAL_BYTES + name + extra;
    if start > limit {
        return Err(ArchiveFault::Directory.into());
    }
    let names = at(file, entry.offset + LOCAL_BYTES, name + extra)?;
    let (name, extra) = names.split_at(usize::from(u16_at(&header, 26)));
    if name != entry.name {
        return Err(ArchiveFault::ConflictingPaths.into());
    }
    let mut sizes = [22, 18].map(|at| u64::from(u32_at(&header, at)));
    widen(&mut sizes, extra)?;
    let found = (u32_at(&header, 14), sizes[1], sizes[0]);
    let told = (entry.crc, entry.packed, entry.unpacked);
    // What stands behind the data may be left out before it.
    let is_left_out = entry.flags & HAS_DESCRIPTOR != 0 && found == (0, 0, 0);
    let conflicting = u16_at(&header, 6) != entry.flags || u16_at(&header, 8) != entry.method;
    if conflicting || (found != told && !is_left_out) {
        return Err(ArchiveFault::ConflictingHeaders.into());
    }
    Ok(start)
}

/// Whether what stands behind the data says what the directory says: with or without signature, in 32
/// or 64 bits.
fn descriptor<R: Read + Seek>(file: &mut R, entry: &Entry, place: u64, bytes: u64) -> Result<bool> {
    if !matches!(bytes, 12 | 16 | 20 | 24) {
        return Ok(false);
    }
    let found = at(file, place, bytes)?;
    let rest = match bytes {
        16 | 24 if u32_at(&found, 0) != DESCRIPTOR => return Ok(false),
        16 | 24 => &found[4..],
        _ => &found[..],
    };
    let sizes = match rest.len() {
        12 => (u64::from(u32_at(rest, 4)), u64::from(u32_at(rest, 8))),
        _ => (u64_at(rest, 4), u64_at(rest, 12)),
    };
    Ok(u32_at(rest, 0) == entry.crc && sizes == (entry.packed, entry.unpacked))
}

/// Bytes from a place on, all of them.
fn at<R: Read + Seek>(file: &mut R, place: u64, count: u64) -> Result<Vec<u8>> {
    file.seek(SeekFrom::Start(place))?;
    let mut bytes = Vec::new();
    file.take(count).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != count {
        return Err(ArchiveFault::Truncated.into());
    }
    Ok(bytes)
}

fn u16_at(bytes: &[u8], place: usize) -> u16 {
    u16::from_le_bytes(array(bytes, place))
}

fn u32_at(bytes: &[u8], place: usize) -> u32 {
    u32::from_le_bytes(array(bytes, place))
}

fn u64_at(bytes: &[u8], place: usize) -> u64 {
    u64::from_le_bytes(array(bytes, place))
}

fn array<const N: usize>(bytes: &[u8], place: usize) -> [u8; N] {
    bytes[place..place + N].try_into().expect("a slice of that length")
}
