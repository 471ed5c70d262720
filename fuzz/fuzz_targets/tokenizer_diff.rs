//! Whatever way a document is read, the same comes out: by our own cut or quick-xml's, straight from the
//! text or from what was laid out, in one piece or in many.
//!
//! The first byte is the size of the pieces.

#![no_main]

use libfuzzer_sys::fuzz_target;
use spar_types::Deviation;
use spar_types::personsok::v2023_1::{AviseringPost, SparPersonsokningSvar};
use spar_types::xml::stream::{Step, Stream};
use spar_types::xml::{self, Document, Element, Limits, Mode, Name, Root, oracle};

const POST: Name = Name::new(SparPersonsokningSvar::NAME.namespace, "PersonsokningSvarspost");

fuzz_target!(|bytes: &[u8]| {
    let Some((size, bytes)) = bytes.split_first() else { return };
    let limits = Limits::default();
    let (own, other) = (Document::parse(bytes, &limits), oracle::parse(bytes, &limits));
    match (&own, &other) {
        (Ok(own), Ok(other)) => same(own.root(), other.root()),
        (Err(own), Err(other)) => assert_eq!(own, other),
        _ => panic!("{own:?} {other:?}"),
    }
    for mode in [Mode::Tolerant, Mode::Strict] {
        let own = xml::read::<SparPersonsokningSvar>(bytes, mode, &limits);
        let other = oracle::read::<SparPersonsokningSvar>(bytes, mode, &limits);
        match (own, other) {
            (Ok(own), Ok(other)) => {
                assert!(own.value == other.value);
                assert_eq!(own.deviations, other.deviations);
                assert_eq!(
                    (own.lost, own.further_deviations),
                    (other.lost, other.further_deviations)
                );
            }
            (Err(own), Err(other)) => assert_eq!(own, other),
            (own, other) => panic!("{own:?} {other:?}"),
        }
    }
    let in_pieces = posts(bytes, usize::from(*size).max(1));
    assert_eq!(in_pieces, posts(bytes, usize::MAX));
    // A document that is broken ends a stream where it is broken, and not before.
    assert_eq!(in_pieces.is_ok(), other.is_ok(), "{in_pieces:?} {other:?}");
    let whole = oracle::read::<SparPersonsokningSvar>(bytes, Mode::Tolerant, &limits);
    if let (Ok(posts), Ok(whole)) = (in_pieces, whole) {
        let whole = whole.value.personsokning_svarspost;
        assert_eq!(posts.len(), whole.len());
        for ((post, _), of_whole) in posts.iter().zip(&whole) {
            match (post, of_whole) {
                (Ok(post), Ok(of_whole)) => assert!(post == of_whole),
                (Err(post), Err(of_whole)) => {
                    assert_eq!((post.rule(), post.offset()), (of_whole.rule(), of_whole.offset()));
                    assert_eq!(post.source_text(), of_whole.source_text());
                }
                _ => panic!("one is an error in its place"),
            }
        }
    }
});

fn same(own: Element<'_>, other: Element<'_>) {
    assert_eq!((own.namespace(), own.local_name()), (other.namespace(), other.local_name()));
    assert_eq!((own.offset(), own.source()), (other.offset(), other.source()));
    assert_eq!(own.text(), other.text());
    let mut children = other.children();
    for own in own.children() {
        same(own, children.next().expect("as many children"));
    }
    assert!(children.next().is_none());
}

type Post = (Result<AviseringPost, xml::Unrepresentable>, Vec<Deviation>);

/// The posts of an answer that comes in pieces of this size.
fn posts(bytes: &[u8], size: usize) -> Result<Vec<Post>, spar_types::Error> {
    let mut stream = Stream::new(Mode::Tolerant, &Limits::default());
    let mut pieces = bytes.chunks(size);
    let mut posts = Vec::new();
    let mut depth = 0;
    loop {
        let is_done = match stream.step()? {
            Step::Start(tag) if depth == 0 && tag.is_like(SparPersonsokningSvar::NAME) => {
                let is_done = stream.enter()?;
                depth += usize::from(is_done);
                is_done
            }
            Step::Start(tag) if depth == 1 && tag.is_like(POST) => match stream.batch(POST)? {
                None => false,
                Some(batch) => {
                    for record in batch.records::<AviseringPost>() {
                        let read = record?.read;
                        posts.push((read.value, read.deviations));
                    }
                    true
                }
            },
            Step::Start(_) => stream.skip()?,
            Step::End => {
                depth -= 1;
                true
            }
            Step::Done => return Ok(posts),
            Step::More => false,
        };
        if !is_done {
            match pieces.next() {
                Some(piece) => stream.feed(piece),
                None => stream.finish(),
            }
        }
    }
}
