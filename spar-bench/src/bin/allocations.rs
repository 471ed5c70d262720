//! `allocations`: what reading an answer takes from the allocator.

// Its output is for `cargo xtask bench`.
#![allow(clippy::print_stdout)]

use std::alloc::System;

use spar_bench::{POSTS, answers, count_of_posts, file, read};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Answers enough for each post to be among them.
const ANSWERS: usize = 2;

fn main() {
    let answers = answers(ANSWERS);
    // What is made once, such as regular expressions, is no record's.
    for answer in &answers {
        drop(read(answer));
    }
    let region = Region::new(ALLOCATOR);
    let read = answers.iter().map(|answer| read(answer)).collect::<Vec<_>>();
    let change = region.change();
    let records = read.iter().map(|read| count_of_posts(&read.value)).sum::<usize>();
    assert_eq!(records, ANSWERS * POSTS);
    let of_one = |sum: usize| sum as f64 / records as f64;
    println!("allocations\t{:.1}", of_one(change.allocations + change.reallocations));
    println!("bytes allocated\t{:.0}", of_one(change.bytes_allocated));
    println!("allocations kept\t{:.1}", of_one(change.allocations - change.deallocations));
    println!("bytes kept\t{:.0}", of_one(change.bytes_allocated - change.bytes_deallocated));

    let document = file::file(1_000_000);
    let region = Region::new(ALLOCATOR);
    let records = file::read_file(document.as_bytes());
    let change = region.change();
    let of_one = |sum: usize| sum as f64 / records as f64;
    println!("file: allocations\t{:.1}", of_one(change.allocations + change.reallocations));
    println!("file: bytes allocated\t{:.0}", of_one(change.bytes_allocated));
}
