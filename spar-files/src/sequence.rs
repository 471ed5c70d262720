//! Whether deliveries of a subscription are missing, by their `Sekvensnummer`.
//!
//! SPAR numbers the deliveries of an assignment from 1 on, if its customer service has switched that on.
//! What comes after 99999 is not known; 1 is taken for it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::read::{Head, Options, Reader};

/// The largest number.
const LAST: u32 = 99_999;

/// Days after its creation in which a file can be fetched. Source: `ti/guider/haemta-och-laemna-fil`.
pub const FETCH_DAYS: u32 = 60;

/// A file of a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// Where it is.
    pub path: PathBuf,
    /// The assignment, 0 if the file does not tell.
    pub uppdrag_id: i64,
    /// The number, if the file has one.
    pub sekvensnummer: Option<u32>,
    /// When SPAR made it, as written.
    pub skapad: Option<String>,
}

/// What was found among the deliveries of one assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// These numbers are missing. They can be fetched within [`FETCH_DAYS`] of their creation.
    Missing {
        /// The assignment.
        uppdrag_id: i64,
        /// The first and the last number in a row.
        numbers: RangeInclusive<u32>,
    },
    /// Several files have the same number.
    Repeated {
        /// The assignment.
        uppdrag_id: i64,
        /// The number.
        number: u32,
        /// The files.
        paths: Vec<PathBuf>,
    },
    /// A file was made later than one with a larger number.
    OutOfOrder {
        /// The assignment.
        uppdrag_id: i64,
        /// The number of the later file.
        number: u32,
    },
    /// The file has no number: the numbers are not switched on, or it is of no subscription.
    Unnumbered {
        /// The file.
        path: PathBuf,
    },
}

/// What was found in a folder.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Folder {
    /// Files from SPAR, in the order of their paths.
    pub deliveries: Vec<Delivery>,
    /// What is remarkable about their numbers.
    pub findings: Vec<Finding>,
    /// Files that are none of SPAR's, or damaged.
    pub unreadable: Vec<(PathBuf, Error)>,
}

/// Reads the beginnings of the files in a folder, not of those in folders below, and judges their numbers.
///
/// # Errors
///
/// A folder that cannot be read. What is wrong with a file does not stop the others.
pub fn of_folder(folder: &Path) -> Result<Folder> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            paths.push(entry.path());
        }
    }
    paths.sort();
    let mut found = Folder::default();
    for path in paths {
        match Reader::open_with(&path, Options::default()) {
            Ok(reader) if reader.head().format.is_infil() => {}
            Ok(reader) => found.deliveries.push(Delivery::of(path, reader.head())),
            Err(error) => found.unreadable.push((path, error)),
        }
    }
    found.findings = check(&found.deliveries);
    Ok(found)
}

impl Delivery {
    /// What the beginning of a file tells.
    #[must_use]
    pub fn of(path: PathBuf, head: &Head) -> Self {
        let origin = head.identifieringsinformation.as_ref();
        let origin = origin.and_then(|block| block.filinformation.as_ref());
        let uppdrag_id = origin.and_then(|of| of.uppdrag_id.as_ref()).and_then(|id| id.value());
        let number = origin.and_then(|of| of.sekvensnummer.as_ref()).and_then(|of| of.value());
        Self {
            path,
            uppdrag_id: uppdrag_id.unwrap_or(0),
            sekvensnummer: number.and_then(|number| u32::try_from(number).ok()),
            skapad: origin
                .and_then(|of| of.resultatfil_skapad.as_ref())
                .map(|stamp| stamp.as_str().to_owned()),
        }
    }
}

/// Judges the numbers of deliveries, each assignment by itself.
#[must_use]
pub fn check(deliveries: &[Delivery]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut assignments: BTreeMap<i64, Vec<(&Delivery, u32)>> = BTreeMap::new();
    for delivery in deliveries {
        match delivery.sekvensnummer {
            Some(number) => {
                assignments.entry(delivery.uppdrag_id).or_default().push((delivery, number));
            }
            None => findings.push(Finding::Unnumbered { path: delivery.path.clone() }),
        }
    }
    for (uppdrag_id, mut files) in assignments {
        let numbers: BTreeSet<u32> = files.iter().map(|(_, number)| *number).collect();
        for numbers in missing(&numbers) {
            findings.push(Finding::Missing { uppdrag_id, numbers });
        }
        for number in numbers {
            let same = files.iter().filter(|(_, other)| *other == number);
            let paths: Vec<_> = same.map(|(file, _)| file.path.clone()).collect();
            if paths.len() > 1 {
                findings.push(Finding::Repeated { uppdrag_id, number, paths });
            }
        }
        files.retain(|(file, _)| file.skapad.is_some());
        files.sort_by_key(|(file, number)| (file.skapad.clone(), *number));
        for pair in files.windows(2) {
            let (before, after) = (pair[0].1, pair[1].1);
            // Far below is behind 99999.
            if after < before && before - after < LAST / 2 {
                findings.push(Finding::OutOfOrder { uppdrag_id, number: after });
            }
        }
    }
    findings
}

/// What lies between the numbers. If they go round, the widest gap is where they begin and end.
fn missing(numbers: &BTreeSet<u32>) -> Vec<RangeInclusive<u32>> {
    let sorted: Vec<u32> = numbers.iter().copied().collect();
    let mut gaps: Vec<_> = sorted
        .windows(2)
        .filter(|pair| pair[0] + 1 < pair[1])
        .map(|pair| pair[0] + 1..=pair[1] - 1)
        .collect();
    let goes_round = sorted.first() == Some(&1) && sorted.last() == Some(&LAST);
    if goes_round {
        let widest = gaps.iter().enumerate().max_by_key(|(_, gap)| gap.end() - gap.start());
        if let Some((widest, _)) = widest {
            gaps.remove(widest);
        }
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(number: Option<u32>, day: u32) -> Delivery {
        Delivery {
            path: PathBuf::from(format!("{day}.xml")),
            uppdrag_id: 637,
            sekvensnummer: number,
            skapad: Some(format!("2026-01-{day:02}T06:30:00.000")),
        }
    }

    fn check_numbers(numbers: &[u32], expected: &[Finding]) {
        let days = 1..;
        let deliveries: Vec<_> =
            numbers.iter().zip(days).map(|(n, day)| delivery(Some(*n), day)).collect();
        assert_eq!(check(&deliveries), expected, "{numbers:?}");
    }

    #[test]
    fn gaps_repetitions_and_order_are_told() {
        // FILE-09.
        let uppdrag_id = 637;
        let missing = |numbers| Finding::Missing { uppdrag_id, numbers };
        check_numbers(&[], &[]);
        check_numbers(&[1], &[]);
        check_numbers(&[99_999], &[]);
        check_numbers(&[3, 4, 5], &[]);
        check_numbers(&[3, 5], &[missing(4..=4)]);
        check_numbers(&[3, 7, 9], &[missing(4..=6), missing(8..=8)]);
        check_numbers(&[99_998, 99_999, 1, 2], &[]);
        check_numbers(&[99_997, 99_999, 1, 2], &[missing(99_998..=99_998)]);
        let paths = vec!["2.xml".into(), "3.xml".into()];
        check_numbers(&[3, 4, 4], &[Finding::Repeated { uppdrag_id, number: 4, paths }]);
        check_numbers(&[3, 5, 4], &[Finding::OutOfOrder { uppdrag_id, number: 4 }]);
    }

    #[test]
    fn assignments_are_kept_apart_and_absent_numbers_told() {
        // FILE-09.
        let mut other = delivery(Some(9), 2);
        other.uppdrag_id = 638;
        let unnumbered = delivery(None, 3);
        let path = unnumbered.path.clone();
        let found = check(&[delivery(Some(1), 1), other, unnumbered]);
        assert_eq!(found, [Finding::Unnumbered { path }]);
    }
}
