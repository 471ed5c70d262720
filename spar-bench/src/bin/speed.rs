//! `speed DOCUMENTS ROUNDS`: how long reading and writing take.

// Its output is for `cargo xtask bench`.
#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use spar_bench::{
    POSTS, answer_of_one, answers, count_of_posts, quick_xml_borrowed, quick_xml_buffered, read,
    request,
};
use spar_types::xml::{self, Document, Limits};

/// Pairs of a request and an answer in one round.
const PAIRS: u32 = 2_000;

/// Reads a document and throws away what it made of it.
type Reader = fn(&str);

fn main() {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<usize>());
    let (Some(Ok(documents)), Some(Ok(rounds)), None) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        panic!("usage: speed DOCUMENTS ROUNDS");
    };
    let answers = answers(documents);
    let bytes: usize = answers.iter().map(String::len).sum();

    let readers: [(&str, Reader); 4] = [
        ("quick-xml, borrowed", quick_xml_borrowed),
        ("quick-xml, buffered", quick_xml_buffered),
        ("document", document),
        ("records", records),
    ];
    // Whatever slows the machine down for a while shall slow down all of them.
    let mut times = [const { Vec::new() }; 4];
    let mut pairs = Vec::new();
    for _ in 0..=rounds {
        let mut round = [Duration::ZERO; 4];
        for answer in &answers {
            for ((_, reader), time) in readers.iter().zip(&mut round) {
                let start = Instant::now();
                reader(black_box(answer));
                *time += start.elapsed();
            }
        }
        for (times, time) in times.iter_mut().zip(round) {
            times.push(time.as_secs_f64());
        }
        pairs.push(request_and_answer());
    }
    println!("documents\t{documents}");
    println!("bytes of a record\t{:.0}", bytes as f64 / (documents * POSTS) as f64);
    for ((name, _), times) in readers.iter().zip(&times) {
        // The first round is for warming up.
        println!("{name}\t{:.1}", bytes as f64 / median(&times[1..]) / 1e6);
    }
    let fraction = |round: usize| times[0][round].min(times[1][round]) / times[3][round];
    println!("fraction\t{:.3}", median(&(1..=rounds).map(fraction).collect::<Vec<_>>()));
    println!("request and answer\t{:.1}", median(&pairs[1..]) * 1e6);
}

fn document(answer: &str) {
    black_box(Document::parse(answer.as_bytes(), &Limits::default()).expect("well-formed"));
}

fn records(answer: &str) {
    let read = black_box(read(answer));
    assert_eq!(count_of_posts(&read.value), POSTS);
}

/// Seconds for one request written and one answer of one post read.
fn request_and_answer() -> f64 {
    let request = request();
    let answer = answer_of_one();
    let start = Instant::now();
    for _ in 0..PAIRS {
        black_box(xml::write(black_box(&request)).expect("a valid request"));
        black_box(read(black_box(&answer)));
    }
    start.elapsed().as_secs_f64() / f64::from(PAIRS)
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
