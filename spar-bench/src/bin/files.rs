//! `files BYTES ROUNDS`: how long reading and writing files take.

#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::time::Instant;

use spar_bench::file::{file, read_file, records};
use spar_bench::quick_xml_borrowed;
use spar_types::xml;

fn main() {
    let args: Vec<usize> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let document = file(args[0]);
    println!("bytes {}", document.len());
    println!("{}", &document[..200]);
    let some = records(1000);
    let out = xml::write(&some).expect("valid");
    for _ in 0..args[1] {
        let start = Instant::now();
        quick_xml_borrowed(&document);
        let q = start.elapsed().as_secs_f64();
        let start = Instant::now();
        let n = read_file(document.as_bytes());
        let r = start.elapsed().as_secs_f64();
        let start = Instant::now();
        black_box(xml::write(&some).expect("valid"));
        let w = start.elapsed().as_secs_f64();
        let mb = document.len() as f64 / 1e6;
        println!(
            "records {n} of {:.0}; quick {:.0} MB/s, records {:.0} MB/s = {:.2}; write {:.0} MB/s = {:.2} of reading",
            document.len() as f64 / n as f64,
            mb / q,
            mb / r,
            q / r,
            out.len() as f64 / 1e6 / w,
            out.len() as f64 / 1e6 / w / (mb / r)
        );
    }
}
