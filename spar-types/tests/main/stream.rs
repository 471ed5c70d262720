//! Streams: documents in pieces are read as whole ones are.

use spar_types::personsok::v2021_1::{AviseringPost, PersonsokningFraga, SparPersonsokningSvar};
use spar_types::xml::stream::{Step, Stream};
use spar_types::xml::{Document, Limits, Mode, Name, Root};
use spar_types::{Error, ErrorKind, Inspect, Rule};

use crate::support::{Dice, answer, answers, tolerant};

const NAMESPACE: &str = SparPersonsokningSvar::NAME.namespace;
const POST: Name = Name::new(NAMESPACE, "PersonsokningSvarspost");
const FRAGA: Name = Name::new(
    "http://statenspersonadressregister.se/schema/komponent/sok/personsokningsokparametrar-1.1",
    "PersonsokningFraga",
);

/// All that a stream tells of an answer that comes in pieces of this size: one entry for each element
/// and text.
fn told(
    document: &[u8],
    piece: usize,
    mode: Mode,
    limits: &Limits,
) -> (Vec<String>, Option<Error>) {
    let mut told = Vec::new();
    let mut stream = Stream::new(mode, limits);
    let error = tell(&mut stream, document, piece, &mut told).err();
    told.extend(stream.take_deviations().iter().map(ToString::to_string));
    // What departs is told by whoever passes it: the batch, or the stream behind it.
    told.sort();
    (told, error)
}

fn tell(
    stream: &mut Stream,
    document: &[u8],
    piece: usize,
    told: &mut Vec<String>,
) -> Result<(), Error> {
    let mut pieces = document.chunks(piece);
    loop {
        let is_done = match stream.step()? {
            Step::Start(tag) if tag.is(SparPersonsokningSvar::NAME) => stream.enter()?,
            Step::Start(tag) if tag.is(FRAGA) => {
                let read = stream.element::<PersonsokningFraga>(FRAGA)?;
                read.map(|read| {
                    let value =
                        read.value.as_ref().map(|value| format!("{:?}", value.unredacted()));
                    told.push(format!("{value:?} {:?}", read.deviations));
                })
                .is_some()
            }
            Step::Start(tag) if tag.is(POST) => match stream.batch(POST)? {
                None => false,
                Some(batch) => {
                    let mut records = batch.records::<AviseringPost>();
                    let mut count = 0;
                    let mut end = Ok(());
                    for record in records.by_ref() {
                        let record = match record {
                            Ok(record) => record,
                            Err(error) => {
                                end = Err(error);
                                break;
                            }
                        };
                        count += 1;
                        assert_eq!(record.number, batch.count_before() + count);
                        let end = record.offset + record.len;
                        assert!(batch.offset() <= record.offset);
                        assert!(end <= batch.offset() + batch.size());
                        assert!(document[..end].ends_with(b">"));
                        let read = &record.read;
                        let value =
                            read.value.as_ref().map(|post| format!("{:?}", post.unredacted()));
                        let deviations = &read.deviations;
                        told.push(format!("{} {value:?} {deviations:?}", record.offset));
                    }
                    told.extend(records.take_deviations().iter().map(ToString::to_string));
                    end?;
                    assert_eq!(count, batch.count());
                    true
                }
            },
            Step::Start(tag) => {
                let start = format!("{tag:?} {}", tag.offset());
                let is_done = stream.skip()?;
                told.extend(is_done.then_some(start));
                is_done
            }
            Step::End => true,
            Step::Done => break,
            _ => false,
        };
        if !is_done {
            match pieces.next() {
                Some(piece) => stream.feed(piece),
                None => stream.finish(),
            }
        }
    }
    assert!(matches!(stream.step(), Ok(Step::Done)), "the end is the end");
    Ok(())
}

/// Checks that all sizes of pieces tell the same, and returns it.
fn check(document: &[u8], mode: Mode, limits: &Limits) -> (Vec<String>, Option<Error>) {
    let whole = told(document, document.len().max(1), mode, limits);
    let is_small = document.len() < 600;
    let sizes = (1..document.len()).filter(|size| is_small || *size < 20 || size % 977 == 0);
    for size in sizes {
        assert_eq!(told(document, size, mode, limits), whole, "in pieces of {size} bytes");
    }
    whole
}

/// An answer of several posts, with a question, what is unknown, and what stands between the posts.
fn posts() -> String {
    let id = |serial| {
        format!(
            "<per:PersonId><per:IdNummer>19800101{serial}</per:IdNummer><per:Typ>P</per:Typ></per:PersonId>"
        )
    };
    let post = |content: &str| {
        format!("<sva:PersonsokningSvarspost>{content}</sva:PersonsokningSvarspost>")
    };
    let content = [
        "<par:PersonsokningFraga><per:IdNummer>198001019803</per:IdNummer></par:PersonsokningFraga>",
        &post(&id(9803)),
        "\r\n <!-- å </sva:PersonsokningSvarspost> --><?x </sva:PersonsokningSvarspost>?>",
        &post(&format!("{}<a><sva:PersonsokningSvarspost/></a>", id(9985))),
        "<sva:PersonsokningSvarspost/>between<![CDATA[<sva:PersonsokningSvarspost>]]>",
        "<x:PersonsokningSvarspost xmlns:x='urn:x'/><okand>å<b/></okand>",
        &post(&format!("<!-- \u{1f600} --><per:Okand xmlns:per='u' a='>'/>{}", id(9993))),
        "<UUID>x</UUID>",
        &post(&id(9803)).replace("9803", "981\u{e5}&amp;"),
    ];
    answer(&content.concat())
}

#[test]
fn pieces_of_any_size_are_read_as_the_whole() {
    // XML-30, XML-29: multi-byte characters at every boundary.
    let document = posts();
    for mode in [Mode::Tolerant, Mode::Strict] {
        let (told, error) = check(document.as_bytes(), mode, &Limits::default());
        assert_eq!(error.is_none(), mode == Mode::Tolerant, "{error:?}");
        assert!(told.len() > 2, "{told:?}");
    }
    let short = "\u{feff}<?xml version='1.0'?><!--å--><s:SPARPersonsokningSvar xmlns:s='NS'>\r\n\
        <s:PersonsokningSvarspost>\u{1f600}</s:PersonsokningSvarspost> <s:PersonsokningSvarspost/>\
        <!-- --> <s:UUID>å</s:UUID>  </s:SPARPersonsokningSvar > <?x?> "
        .replace("NS", NAMESPACE);
    let (told, error) = check(short.as_bytes(), Mode::Tolerant, &Limits::default());
    assert_eq!((told.len(), error), (3, None));
    for document in answers() {
        check(document.as_bytes(), Mode::Strict, &Limits::default());
    }
}

#[test]
fn records_are_those_of_the_whole_document() {
    let document = posts();
    let (svar, deviations) = tolerant::<SparPersonsokningSvar>(&document);
    let (told, _) = told(document.as_bytes(), 100, Mode::Tolerant, &Limits::default());
    let told = told.join("\n");
    let posts = svar.personsokning_svarspost;
    assert_eq!(posts.iter().flatten().count(), 4);
    for post in &posts {
        let post = post.as_ref().map(|post| format!("{:?}", post.unredacted()));
        assert!(told.contains(&format!("{post:?}")), "{post:?}");
    }
    // Places are told alike, and nothing is told less.
    let mut count = 0;
    // The fourth is a stranger's, which the stream leaves to its caller.
    let is_in_post = |path: &str| path.contains("post[") && !path.ends_with("post[4]");
    for deviation in deviations.iter().filter(|deviation| is_in_post(&deviation.path)) {
        let (path, offset) = (&deviation.path, deviation.offset);
        assert!(told.contains(&format!("{path:?}, offset: {offset}")), "{deviation}\n{told}");
        count += 1;
    }
    assert!(count > 3, "{deviations:?}");
}

#[test]
fn what_is_no_document_is_refused_as_the_whole_is() {
    // XML-15, XML-16, XML-17, XML-18: everything that is cut off or broken, in pieces of every size.
    let document = "\u{feff}<?xml version='1.0'?><s:SPARPersonsokningSvar xmlns:s='NS'>\
        <s:PersonsokningSvarspost>å&amp;</s:PersonsokningSvarspost><!-- -->\
        </s:SPARPersonsokningSvar><?x?>"
        .replace("NS", NAMESPACE);
    let limits = Limits::default();
    let same = |bytes: &[u8]| {
        let (_, error) = check(bytes, Mode::Tolerant, &limits);
        let whole = Document::parse(bytes, &limits).err();
        let place = |error: &Error| (error.kind().clone(), error.offset());
        assert_eq!(error.as_ref().map(place), whole.as_ref().map(place), "{error:?} {whole:?}");
    };
    for end in 0..document.len() {
        if document.is_char_boundary(end) || end % 3 == 0 {
            same(&document.as_bytes()[..end]);
        }
    }
    for broken in [
        "<a/><b/>",
        "<a></b>",
        "</a>",
        "x<a/>",
        "<a/>x",
        "<a/>&#32;",
        "<a/><![CDATA[]]>",
        " <?xml version='1.0'?><a/>",
        "<?xml version='1.0' encoding='latin1'?><a/>",
        "<!DOCTYPE a><a/>",
        "<a>\u{1}</a>",
        "\u{feff}\u{feff}<a/>",
        "<a>]]></a>",
        "<x:a/>",
        "<a b='1' b='2'/>",
        "<!-- -- --><a/>",
    ] {
        same(broken.as_bytes());
        let inside = format!("<s:SPARPersonsokningSvar xmlns:s='{NAMESPACE}'>{broken}");
        same(inside.as_bytes());
    }
    for bytes in [&b"\xff\xfe<\0"[..], b"\0<", b"<\0a", b"<a>\xff</a>", b"<a>\xe5</a>", b"<a/>\xc3"]
    {
        same(bytes);
    }
}

#[test]
fn broken_documents_never_panic() {
    let document = posts();
    let mut dice = Dice::new(30);
    for _ in 0..300 {
        let mut broken = document.clone().into_bytes();
        for _ in 0..=dice.below(3) {
            let place = dice.below(broken.len());
            let len = dice.below(9).min(broken.len() - place);
            let with = dice.pick(&["<", ">", "/", "", "<!--", "<a>", "\u{e5}", "&", "'"]);
            broken.splice(place..place + len, with.bytes());
        }
        let whole = told(&broken, broken.len(), Mode::Tolerant, &Limits::default());
        for _ in 0..4 {
            let size = 1 + dice.below(200);
            assert_eq!(told(&broken, size, Mode::Tolerant, &Limits::default()), whole);
        }
    }
}

#[test]
fn limits_hold_for_each_record() {
    // XML-12, FILE-22.
    let mut limits = Limits::default();
    limits.document_bytes = 4_000;
    limits.elements = 50;
    limits.event_bytes = 3_000;
    let error = |document: &str| {
        let (told, error) = check(document.as_bytes(), Mode::Tolerant, &limits);
        (told.len(), error.map(|error| (error.kind().clone(), error.path().to_owned())))
    };
    let around = |content: &str| {
        format!("<SPARPersonsokningSvar xmlns='{NAMESPACE}'>{content}</SPARPersonsokningSvar>")
    };
    let post =
        |content: &str| format!("<PersonsokningSvarspost>{content}</PersonsokningSvarspost>");
    let is_over = |limit, path: &str| Some((ErrorKind::LimitExceeded(limit), path.to_owned()));
    let fits = post(&"<a/>".repeat(49));
    assert_eq!(error(&around(&fits.repeat(30))), (30, None));
    let many = post(&"<a/>".repeat(50));
    let path = "SPARPersonsokningSvar/PersonsokningSvarspost";
    assert_eq!(error(&around(&(fits.clone() + &many))), (1, is_over("elements", path)));
    let long = post(&"<!-- 12345678901234567890 -->".repeat(200));
    let path = "SPARPersonsokningSvar";
    assert_eq!(error(&around(&(fits + &long))), (1, is_over("document_bytes", path)));
    assert_eq!(error(&around(&" ".repeat(3_001))), (0, is_over("event_bytes", path)));
    assert_eq!(error(&around(&" ".repeat(3_000))), (0, None));
    let comment = format!("<!--{}-->", " ".repeat(5_000));
    assert_eq!(error(&around(&comment)), (0, is_over("document_bytes", path)));
    // Depth is counted from the root on.
    limits.depth = 3;
    let (_, error) = check(around(&post("<a><b/></a>")).as_bytes(), Mode::Tolerant, &limits);
    assert_eq!(error.map(|error| error.kind().clone()), Some(ErrorKind::LimitExceeded("depth")));
}

#[test]
fn strict_streams_tell_what_stands_between_the_elements() {
    let around = |attributes: &str, content: &str| {
        format!(
            "<SPARPersonsokningSvar xmlns='{NAMESPACE}'{attributes}>{content}</SPARPersonsokningSvar>"
        )
    };
    for (document, rule) in [
        (around(" a=''", ""), Rule::UnknownAttribute),
        (around("", "x"), Rule::UnexpectedText),
        (around("", "<PersonsokningSvarspost/>x<PersonsokningSvarspost/>"), Rule::UnexpectedText),
    ] {
        let (_, error) = check(document.as_bytes(), Mode::Strict, &Limits::default());
        let kind = error.as_ref().map(|error| error.kind().clone());
        assert_eq!(kind, Some(ErrorKind::Schema(rule)), "{document}");
        let (_, error) = check(document.as_bytes(), Mode::Tolerant, &Limits::default());
        assert_eq!(error, None);
    }
}
