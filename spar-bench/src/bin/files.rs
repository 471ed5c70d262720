//! `files BYTES ROUNDS`: how long reading and writing a file of records take.

// Its output is for `cargo xtask bench`.
#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::time::Instant;

use spar_bench::file::{file, read_file, records};
use spar_bench::quick_xml_borrowed;
use spar_types::xml;

/// Records that are written in one round.
const WRITTEN: usize = 2_000;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<usize>());
    let (Some(Ok(bytes)), Some(Ok(rounds)), None) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        panic!("usage: files BYTES ROUNDS");
    };
    let document = file(bytes);
    let some = records(WRITTEN);
    let written = xml::write(&some).expect("records that keep to the schema").len();
    let mut count = 0;
    // Megabytes per second, in turn, so that what slows the machine down slows down all of them.
    let mut rates = [const { Vec::new() }; 3];
    for _ in 0..=rounds {
        let rate =
            |bytes: usize, start: Instant| bytes as f64 / start.elapsed().as_secs_f64() / 1e6;
        let start = Instant::now();
        quick_xml_borrowed(black_box(&document));
        rates[0].push(rate(document.len(), start));
        let start = Instant::now();
        count = read_file(black_box(document.as_bytes()));
        rates[1].push(rate(document.len(), start));
        let start = Instant::now();
        black_box(xml::write(black_box(&some)).expect("records that keep to the schema"));
        rates[2].push(rate(written, start));
    }
    let ratio = |own: usize, other: usize| {
        // The first round is for warming up.
        let rounds = rates[own][1..].iter().zip(&rates[other][1..]);
        median(rounds.map(|(own, other)| own / other).collect())
    };
    println!("bytes of a record\t{:.0}", document.len() as f64 / count as f64);
    for (name, rates) in ["quick-xml", "records", "written"].iter().zip(&rates) {
        println!("{name}\t{:.1}", median(rates[1..].to_vec()));
    }
    println!("records to quick-xml\t{:.3}", ratio(1, 0));
    println!("written to records\t{:.3}", ratio(2, 1));
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
