//! XML-01 to XML-19, XML-22, XML-28, XML-29: what is let in, and what is refused for which reason.
//!
//! XML-30 (chunks) has no test of its own: the reader takes a whole document as one slice.

use std::net::TcpListener;

use spar_types::ErrorKind::{
    self, DtdForbidden, Empty, LimitExceeded, Malformed, Truncated, UnsupportedEncoding,
};
use spar_types::personsok::v2021_1::SparPersonsokningSvar;
use spar_types::xml::{self, Document, Limits, Mode};

use crate::support::{Dice, answer, answers, post};

fn refused(document: &[u8], limits: &Limits) -> (ErrorKind, usize, String) {
    match Document::parse(document, limits) {
        Ok(_) => panic!("accepted: {}", String::from_utf8_lossy(document)),
        Err(error) => (error.kind().clone(), error.offset(), error.path().to_owned()),
    }
}

/// The document is refused with this kind, at this byte, in this element.
#[track_caller]
fn check(document: impl AsRef<[u8]>, kind: ErrorKind, offset: usize, path: &str) {
    let document = document.as_ref();
    let found = refused(document, &Limits::default());
    assert_eq!(found, (kind, offset, path.to_owned()), "{}", String::from_utf8_lossy(document));
}

/// The document is accepted, and its root holds this text.
#[track_caller]
fn text(document: impl AsRef<[u8]>, expected: &str) {
    let document = document.as_ref();
    let limits = Limits::default();
    match Document::parse(document, &limits) {
        Ok(parsed) => assert_eq!(parsed.root().text(), expected),
        Err(error) => panic!("{error}: {}", String::from_utf8_lossy(document)),
    }
}

#[test]
fn every_doctype_is_refused_before_it_is_looked_at() {
    // XML-01.
    let laughs =
        "<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;\">]><Namn>&lol2;</Namn>";
    check(laughs, DtdForbidden, 0, "");
    // XML-02: nobody is asked for the entity.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("a socket that does not block");
    let address = listener.local_addr().expect("an address");
    for dtd in [
        format!("<!DOCTYPE Namn SYSTEM \"http://{address}/a.dtd\">"),
        format!("<!DOCTYPE Namn [<!ENTITY x SYSTEM \"http://{address}/x\">]>"),
        "<!DOCTYPE Namn [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>".to_owned(),
    ] {
        check(format!("{dtd}<Namn>&x;</Namn>"), DtdForbidden, 0, "");
    }
    // XML-27: nor for a schema.
    let location = format!(
        "<Namn xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xsi:noNamespaceSchemaLocation=\"http://{address}/x.xsd\">a</Namn>"
    );
    text(location, "a");
    assert!(listener.accept().is_err());
    // XML-03.
    check("<!DOCTYPE Namn><Namn/>", DtdForbidden, 0, "");
    check("<?xml version='1.0'?>\n<!DOCTYPE Namn>\n<Namn/>", DtdForbidden, 22, "");
    check("<Namn><!DOCTYPE Namn></Namn>", DtdForbidden, 6, "Namn");
    check("<Namn/><!DOCTYPE Namn>", DtdForbidden, 7, "");
    check("<!DOCTYPE Namn [", DtdForbidden, 0, "");
    check("<!DOCTYPE>", DtdForbidden, 0, "");
    check(format!("<!DOCTYPE Namn [{}", "<!-- x -->".repeat(100_000)), DtdForbidden, 0, "");
    check("<!doctype html><Namn/>", DtdForbidden, 0, "");
    check("<!DOCTYP Namn><Namn/>", Malformed("markup"), 0, "");
}

#[test]
fn references_are_to_characters_that_xml_has() {
    // XML-04.
    check("<Namn>&foo;</Namn>", Malformed("undefined entity"), 6, "Namn");
    check("<Namn>&;</Namn>", Malformed("undefined entity"), 6, "Namn");
    check("<Namn>& amp;</Namn>", Malformed("undefined entity"), 6, "Namn");
    check("<Namn>&AMP;</Namn>", Malformed("undefined entity"), 6, "Namn");
    check("<Namn>A & B</Namn>", Malformed("`&` without reference"), 8, "Namn");
    check("<Namn>&amp&amp;</Namn>", Malformed("`&` without reference"), 6, "Namn");
    check("<Namn a='&foo;'/>", Malformed("undefined entity"), 0, "Namn");
    check("<Namn a='A & B'/>", Malformed("`&` without reference"), 0, "Namn");
    text("<Namn>&amp;&lt;&gt;&quot;&apos;&#229;&#xE5;&#x1F600;&#9;&#13;</Namn>", "&<>\"'åå😀\t\r");
    // XML-05.
    for reference in
        ["&#0;", "&#8;", "&#x8;", "&#xFFFE;", "&#xD800;", "&#x110000;", "&#99999999999;"]
    {
        check(format!("<Namn>{reference}</Namn>"), Malformed("character reference"), 6, "Namn");
        check(format!("<Namn a='{reference}'/>"), Malformed("character reference"), 0, "Namn");
    }
    for reference in ["&#;", "&#x;", "&#X41;", "&#-1;", "&#+65;", "&#6 5;", "&#٣;"] {
        check(format!("<Namn>{reference}</Namn>"), Malformed("character reference"), 6, "Namn");
    }
    check("<Namn>a\0b</Namn>", Malformed("forbidden character"), 7, "");
    check("<Namn>a\u{8}b</Namn>", Malformed("forbidden character"), 7, "");
    check("<Namn>å\u{fffe}b</Namn>", Malformed("forbidden character"), 8, "");
    check("<!--\u{1}--><Namn/>", Malformed("forbidden character"), 4, "");
    check("<Namn>a]]>b</Namn>", Malformed("`]]>` in text"), 6, "Namn");
    text("<Namn>a]]&gt;b]]<!-- -->></Namn>", "a]]>b]]>");
    text("<Namn>\u{7f}\u{85}\u{2028}</Namn>", "\u{7f}\u{85}\u{2028}");
    // XML-28: a reference is text, not markup.
    check("<Na&#109;n></Na&#109;n>", Malformed("name"), 0, "");
    text("<Namn>&#60;b&#62;</Namn>", "<b>");
}

#[test]
fn limits_hold_at_the_edge_and_one_above() {
    type Builder = fn(usize) -> String;
    let depth: Builder = |n| format!("{}{}", "<Namn>".repeat(n), "</Namn>".repeat(n));
    let attributes: Builder = |n| {
        let attributes = (0..n).map(|i| format!(" a{i}=''")).collect::<String>();
        // XML-08: declarations are counted apart from attributes. Real answers have 27.
        let declarations = (0..27).map(|i| format!(" xmlns:n{i}='u'")).collect::<String>();
        format!("<Namn{attributes}{declarations}/>")
    };
    let declarations: Builder =
        |n| format!("<Namn{}/>", (0..n).map(|i| format!(" xmlns:a{i}='u'")).collect::<String>());
    let elements: Builder = |n| format!("<Namn>{}</Namn>", "<Fornamn/>".repeat(n - 1));
    let mut defaults = Limits::default();
    // The default takes a while to reach in a debug build.
    defaults.elements = 10_000;
    for (row, name, limit, build) in [
        ("XML-06", "depth", defaults.depth, depth),
        ("XML-07", "attributes", defaults.attributes, attributes),
        ("XML-08", "namespace_declarations", defaults.namespace_declarations, declarations),
        ("XML-12", "elements", defaults.elements, elements),
    ] {
        assert!(Document::parse(build(limit).as_bytes(), &defaults).is_ok(), "{row}");
        let (kind, ..) = refused(build(limit + 1).as_bytes(), &defaults);
        assert_eq!(kind, LimitExceeded(name), "{row}");
    }
    // XML-06: the first element too deep is the place.
    let path = vec!["Namn"; 64].join("/");
    check("<Namn>".repeat(1_000_000), LimitExceeded("depth"), 64 * "<Namn>".len(), &path);
    // XML-07: the event is larger than any may be, so the attributes are not even looked at.
    check(attributes(80_000), LimitExceeded("event_bytes"), 0, "");
    let mut wide = Limits::default();
    wide.event_bytes = usize::MAX;
    let (kind, ..) = refused(attributes(80_000).as_bytes(), &wide);
    assert_eq!(kind, LimitExceeded("attributes"));
    let (kind, ..) = refused(declarations(300).as_bytes(), &wide);
    assert_eq!(kind, LimitExceeded("namespace_declarations"));
    // So many attributes that their number would not fit the reader's own count.
    wide.attributes = usize::MAX;
    let (kind, ..) = refused(attributes(70_000).as_bytes(), &wide);
    assert_eq!(kind, LimitExceeded("attributes"));
    // Namespaces that are declared one after another.
    let namespaces = (0..3_000).map(|i| format!("<Fornamn xmlns='u{i}'/>")).collect::<String>();
    let (kind, ..) = refused(format!("<Namn>{namespaces}</Namn>").as_bytes(), &defaults);
    assert_eq!(kind, LimitExceeded("namespace_declarations"));
}

#[test]
fn no_event_and_no_document_is_larger_than_its_limit() {
    // XML-09, XML-10, XML-11. The document is one slice, nothing of it is copied before the check.
    let limit = Limits::default().event_bytes;
    let fill = |n: usize| "x".repeat(n);
    type Builder = fn(String) -> String;
    let rows: [(&str, usize, Builder); 6] = [
        ("attribute value", "<Namn a=''/>".len(), |x| format!("<Namn a='{x}'/>")),
        ("declaration", "<Namn xmlns=''/>".len(), |x| format!("<Namn xmlns='{x}'/>")),
        ("text", 0, |x| format!("<Namn>{x}</Namn>")),
        ("comment", "<!---->".len(), |x| format!("<Namn><!--{x}--></Namn>")),
        ("processing instruction", "<?a ?>".len(), |x| format!("<Namn><?a {x}?></Namn>")),
        ("CDATA", "<![CDATA[]]>".len(), |x| format!("<Namn><![CDATA[{x}]]></Namn>")),
    ];
    for (row, around, build) in rows {
        let edge = build(fill(limit - around));
        assert!(Document::parse(edge.as_bytes(), &Limits::default()).is_ok(), "{row}");
        for above in [limit - around + 1, 2 * 1024 * 1024] {
            let (kind, ..) = refused(build(fill(above)).as_bytes(), &Limits::default());
            assert_eq!(kind, LimitExceeded("event_bytes"), "{row}");
        }
    }
    let document = "<Namn>å</Namn>";
    let mut limits = Limits::default();
    limits.document_bytes = document.len();
    assert!(Document::parse(document.as_bytes(), &limits).is_ok());
    limits.document_bytes -= 1;
    let (kind, offset, _) = refused(document.as_bytes(), &limits);
    assert_eq!((kind, offset), (LimitExceeded("document_bytes"), document.len() - 1));
}

#[test]
fn attributes_are_well_formed() {
    // XML-13.
    for attributes in
        ["a='1' a='1'", "a='1' b='' a='2'", "xmlns:x='u' xmlns:x='u'", "xmlns='u' xmlns='v'"]
    {
        check(format!("<Namn {attributes}/>"), Malformed("attribute"), 0, "Namn");
    }
    let twice = "<Namn xmlns:x='u' xmlns:y='u' x:a='' y:a=''/>";
    check(twice, Malformed("attribute given twice"), 0, "Namn");
    text("<Namn xmlns:x='u' xmlns:y='v' xmlns='u' x:a='' y:a='' a=''>t</Namn>", "t");
    for attributes in ["a", "a=", "a=b", "a b='c'", "a='b", "='b'", "a=='b'", "a='b' /c", "/ a='b'"]
    {
        let (kind, ..) = refused(format!("<Namn {attributes}/>").as_bytes(), &Limits::default());
        assert!(
            matches!(kind, Malformed("attribute" | "name") | Truncated),
            "{attributes}: {kind:?}"
        );
    }
    check("<Namn a='b'c='d'/>", Malformed("attributes are not separated"), 0, "Namn");
    check("<Namn a='<'/>", Malformed("`<` in an attribute value"), 0, "Namn");
    for name in ["1a", "-a", "a:b:c", ":a", "a:", "a\u{a0}b", "a\u{d7}"] {
        check(format!("<Namn {name}='b'/>"), Malformed("name"), 0, "Namn");
    }
    let document = "<Namn\n å\t=\r\n'a>b&#10;c\r\n\td&amp;' >t</Namn\n>";
    let parsed = Document::parse(document.as_bytes(), &Limits::default()).expect("well-formed");
    assert_eq!(parsed.root().attribute("å"), Some("a>b\nc  d&"));
    assert_eq!(parsed.root().attribute("a"), None);
}

#[test]
fn tags_are_balanced_and_one_is_outermost() {
    // XML-14.
    let mismatch = Malformed("end tag does not match its start tag");
    check("<Namn><Fornamn></Namn></Fornamn>", mismatch.clone(), 15, "Namn/Fornamn");
    check("<Namn></namn>", mismatch.clone(), 6, "Namn");
    check("<x:Namn xmlns:x='u' xmlns:y='u'></y:Namn>", mismatch.clone(), 32, "Namn");
    check("<Namn></Namn a=''>", mismatch.clone(), 6, "Namn");
    check("<Namn></ Namn>", mismatch, 6, "Namn");
    check("</Namn>", Malformed("end tag without start tag"), 0, "");
    check("<Namn/></Namn>", Malformed("end tag without start tag"), 7, "");
    // XML-17.
    check("<Namn/><Namn/>", Malformed("more than one root element"), 7, "");
    for behind in ["x", "&amp;", "<![CDATA[]]>", "\u{feff}", "\u{a0}"] {
        check(format!("<Namn/>{behind}"), Malformed("text outside the root element"), 7, "");
    }
    check("x<Namn/>", Malformed("text outside the root element"), 0, "");
    text("<!-- a --><?b c?>\n<Namn>t</Namn>\n<!-- a --><?b c?>\n", "t");
    // Names.
    for tag in
        ["1", "-a", ".a", "a:b:c", ":a", "a:", "a\"b\"", "a=b", "a<b", " a", "a\u{d7}", "a/ "]
    {
        let (kind, ..) = refused(format!("<{tag}/>").as_bytes(), &Limits::default());
        assert!(matches!(kind, Malformed("name" | "attribute")), "{tag}: {kind:?}");
    }
    text("<Åäö-1.\u{b7}_\u{10000}>t</Åäö-1.\u{b7}_\u{10000}>", "t");
}

#[test]
fn truncation_is_an_error_wherever_it_happens() {
    // XML-15, XML-16: every prefix of two answers, one with everything that XML has.
    let everything = "\u{feff}<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n<!-- å --><?a b?>\
        <SPARPersonsokningSvar a=\"&#229;>'\" xmlns='u'>\r\n<UUID>A &amp; å<![CDATA[]]]]>\u{1f600}&#x41;\
        <!-- - --></UUID ><Namn/></SPARPersonsokningSvar>";
    let complete = answers().swap_remove(2);
    for document in [everything, &complete] {
        assert!(Document::parse(document.as_bytes(), &Limits::default()).is_ok());
        for end in 0..document.len() {
            let (kind, offset, path) = refused(&document.as_bytes()[..end], &Limits::default());
            let bom = if document.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
            let expected = if end == 0 || end == bom { Empty } else { Truncated };
            assert_eq!(kind, expected, "first {end} bytes");
            assert!(offset <= end, "first {end} bytes");
            assert!(path.is_empty() || path.starts_with("SPARPersonsokningSvar"), "{path}");
        }
    }
    let inside = "<SPARPersonsokningSvar><UUID>abc";
    check(inside, Truncated, inside.len(), "SPARPersonsokningSvar/UUID");
    check(&inside[..24], Truncated, 23, "SPARPersonsokningSvar");
    check(b"<Namn>\xc3", Truncated, 6, "");
    // XML-18.
    for (document, kind, offset) in [
        ("", Empty, 0),
        (" \r\n\t", Empty, 4),
        ("\u{feff}", Empty, 3),
        ("<!-- -->", Truncated, 8),
        ("<?xml version='1.0'?>", Truncated, 21),
    ] {
        check(document, kind, offset, "");
    }
}

#[test]
fn broken_documents_never_panic() {
    // XML-16. One byte removed, replaced or doubled, at every place and with everything that is special.
    let document = "\u{feff}<?xml version='1.0' encoding='UTF-8'?><!-- å- --><?a b?>\
        <S:Envelope xmlns:S='u' xmlns='v' a=\"&#229;>'\"><Body><![CDATA[å]]>\r\n&amp;é\
        <!--e\u{301}-\u{1f600}--><Namn/>x</Body ></S:Envelope>";
    let special: Vec<&[u8]> = [
        "<", ">", "&", "'", "\"", "!", "?", "-", "/", "]", "[", "=", ":", ";", "#", " ",
        "\u{feff}", "å", "--",
    ]
    .into_iter()
    .map(str::as_bytes)
    .chain([&b"\xc3"[..], &b"\xff"[..], &b"\0"[..]])
    .collect();
    let mut refusals = 0;
    for place in 0..document.len() {
        let (before, after) = document.as_bytes().split_at(place);
        for with in special.iter().copied().chain([&b""[..]]) {
            for broken in [[before, with, after].concat(), [before, with, &after[1..]].concat()] {
                let parsed = Document::parse(&broken, &Limits::default());
                refusals += usize::from(parsed.is_err());
                if let Ok(parsed) = parsed {
                    assert!(!parsed.root().source().is_empty());
                }
            }
        }
    }
    assert!(refusals > 2_000, "{refusals}");
    // And whole answers, with several places broken at once.
    let mut dice = Dice::new(16);
    for document in answers() {
        for _ in 0..300 {
            let mut broken = document.clone().into_bytes();
            for _ in 0..=dice.below(4) {
                let place = dice.below(broken.len());
                let len = dice.below(12).min(broken.len() - place);
                broken.splice(place..place + len, dice.pick(&special).iter().copied());
            }
            for mode in [Mode::Tolerant, Mode::Strict] {
                let _ = xml::read::<SparPersonsokningSvar>(&broken, mode, &Limits::default());
            }
        }
    }
}

#[test]
fn prefixes_are_declared() {
    // XML-19.
    let undeclared = Malformed("undeclared namespace prefix");
    check("<x:Namn/>", undeclared.clone(), 0, "Namn");
    check("<Namn x:a=''/>", undeclared.clone(), 0, "Namn");
    check(
        "<Namn><Fornamn xmlns:x='u'/><x:Fornamn/></Namn>",
        undeclared.clone(),
        28,
        "Namn/Fornamn",
    );
    check(
        "<Namn xmlns:x='u'><Fornamn xmlns:y='u'/><y:Fornamn/></Namn>",
        undeclared.clone(),
        40,
        "Namn/Fornamn",
    );
    check("<xmlns:Namn/>", undeclared, 0, "Namn");
    for declaration in [
        "xmlns:xml='u'",
        "xmlns:xmlns='http://www.w3.org/2000/xmlns/'",
        "xmlns:x='http://www.w3.org/2000/xmlns/'",
        "xmlns:x='http://www.w3.org/XML/1998/namespace'",
        "xmlns='http://www.w3.org/XML/1998/namespace'",
    ] {
        check(format!("<Namn {declaration}/>"), Malformed("reserved namespace"), 0, "Namn");
    }
    check("<Namn xmlns:x=''/>", Malformed("prefix bound to no namespace"), 0, "Namn");
    check("<Namn xmlns:=''/>", Malformed("name"), 0, "Namn");
    text("<Namn xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='sv'>t</Namn>", "t");
    // XML-21: what is declared inside ends with the element, and what it hid is there again.
    let document = "<Namn xmlns='u' xmlns:x='v'><x:a xmlns='' xmlns:x='w'><b/><x:c/></x:a><x:d xmlns:x='u&#x61;'/>\
        <x:e/><f/></Namn>";
    let parsed = Document::parse(document.as_bytes(), &Limits::default()).expect("well-formed");
    let mut names = Vec::new();
    for child in parsed.root().children() {
        names.push((child.namespace(), child.local_name()));
        names.extend(
            child.children().map(|grandchild| (grandchild.namespace(), grandchild.local_name())),
        );
    }
    assert_eq!(names, [("w", "a"), ("", "b"), ("w", "c"), ("ua", "d"), ("v", "e"), ("u", "f")]);
}

#[test]
fn documents_are_utf_8() {
    // XML-22.
    check("<?xml version='1.0' encoding='ISO-8859-1'?><Namn/>", UnsupportedEncoding, 0, "");
    check("<?xml version='1.0' encoding='UTF-16'?><Namn/>", UnsupportedEncoding, 0, "");
    check("<?xml version='1.0' encoding='US-ASCII'?><Namn/>", UnsupportedEncoding, 0, "");
    check(b"\xfe\xff\0<\0a", UnsupportedEncoding, 0, "");
    check(b"\xff\xfe<\0a\0", UnsupportedEncoding, 0, "");
    check(b"\0<\0a", UnsupportedEncoding, 0, "");
    check(b"<\0a\0", UnsupportedEncoding, 0, "");
    check(b"<Namn>\xe5</Namn>", UnsupportedEncoding, 6, "");
    check(b"<Namn>\xc0\x80</Namn>", UnsupportedEncoding, 6, "");
    check(b"<Namn>\xed\xa0\x80</Namn>", UnsupportedEncoding, 6, "");
    text("\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><Namn>å</Namn>", "å");
    // A second mark, which quick-xml passes over without counting its bytes.
    let outside = Malformed("text outside the root element");
    check("\u{feff}\u{feff}<Namnå>å</Namnå>", outside.clone(), 3, "");
    check("\u{feff}\u{feff}\u{feff}", outside, 3, "");
    let marked = "\u{feff}<Namn>å<Fornamn/></Namn>";
    let parsed = Document::parse(marked.as_bytes(), &Limits::default()).expect("well-formed");
    assert_eq!((parsed.root().offset(), parsed.root().source()), (3, &marked[3..]));
}

#[test]
fn xml_declarations_have_the_form_of_xml() {
    for declaration in [
        "<?xml version='1.0'?>",
        "<?xml version=\"1.0\" encoding='Utf-8'?>",
        "<?xml\tversion = '1.0'\r\nencoding\n=\n\"UTF-8\" standalone='no' ?>",
        "<?xml version='1.1'?>",
    ] {
        text(format!("{declaration}<Namn>t</Namn>"), "t");
    }
    for declaration in [
        "<?xml?>",
        "<?xml ?>",
        "<?xml encoding='UTF-8'?>",
        "<?xml encoding='UTF-8' version='1.0'?>",
        "<?xml version='1.0' standalone='yes' encoding='UTF-8'?>",
        "<?xml version='1.0'encoding='UTF-8'?>",
        "<?xml version='1.0' standalone='maybe'?>",
        "<?xml version='1.0' version='1.0'?>",
        "<?xml version='1.0' a='b'?>",
        "<?xml version='1.0' a?>",
        "<?xml version='2.0'?>",
        "<?xml version='1.'?>",
        "<?xml version=''?>",
        "<?xml version=1.0?>",
        "<?xml version='1.0\"?>",
    ] {
        check(format!("{declaration}<Namn/>"), Malformed("XML declaration"), 0, "");
    }
    let late = Malformed("XML declaration not at the start");
    check(" <?xml version='1.0'?><Namn/>", late.clone(), 1, "");
    check("<!-- --><?xml version='1.0'?><Namn/>", late.clone(), 8, "");
    check("<?xml version='1.0'?><?xml version='1.0'?><Namn/>", late.clone(), 21, "");
    check("<Namn><?xml version='1.0'?></Namn>", late, 6, "Namn");
}

#[test]
fn comments_and_instructions_have_the_form_of_xml() {
    text("<Namn><!-->--><!--->--><!----><!-- - -->t</Namn>", "t");
    for comment in ["<!-- -- -->", "<!-- --->", "<!-- å-x--é-->"] {
        check(format!("<Namn>{comment}</Namn>"), Malformed("`--` in a comment"), 6, "Namn");
    }
    for markup in
        ["<!>", "<! -->", "<!- -->", "<!x>", "<![CDAT[x]]>", "<![cdata[x]]>", "<!ELEMENT a ANY>"]
    {
        check(format!("<Namn>{markup}</Namn>"), Malformed("markup"), 6, "Namn");
    }
    text("<Namn><?a?><?xml-stylesheet href=''?><?å ? > b?>t</Namn>", "t");
    for instruction in ["<?Xml a?>", "<?a:b?>", "<? a?>", "<?1?>", "<??>", "<?>", "<?a+b?>"] {
        check(
            format!("<Namn>{instruction}</Namn>"),
            Malformed("processing instruction"),
            6,
            "Namn",
        );
    }
}

#[test]
fn text_is_put_together() {
    // XML-28.
    text("<Namn>An<!-- x -->na<?x y?> <![CDATA[<&]]>&#229;&amp;</Namn>", "Anna <&å&");
    text("<Namn><![CDATA[]]></Namn>", "");
    text("<Namn><![CDATA[]]]]><![CDATA[>]]></Namn>", "]]>");
    text("<Namn>a\r\nb\rc<![CDATA[\r\n]]>&#13;\n</Namn>", "a\nb\nc\n\r\n");
    text("<Namn> \t a </Namn>", " \t a ");
    // XML-29: bytes as they are, nothing is composed.
    let text_of_all_lengths =
        "åäöéüć e\u{301}\u{308} \u{1f600}\u{10ffff} \u{e9}≠e\u{301} Å\u{212b}";
    text(format!("<Namn>{text_of_all_lengths}</Namn>"), text_of_all_lengths);
    text(
        format!("<Namn><![CDATA[{text_of_all_lengths}]]>&#229;</Namn>"),
        &format!("{text_of_all_lengths}å"),
    );
}

#[test]
fn text_between_elements_is_seen_behind_any_white_space() {
    // The white space is kept in different ways: as it stands, or put together from pieces.
    for space in ["", " ", "\r\n", "&#32;", "<![CDATA[ ]]>", " <!-- --> &#9;\r"] {
        for (before, after, is_valid) in [("", "", true), ("x", "", false), ("", "x", false)] {
            let uuid = "<sva:UUID>a</sva:UUID>";
            let document = answer(&format!("{space}{before}{uuid}{space}{after}{space}"));
            let read = xml::read::<SparPersonsokningSvar>(
                document.as_bytes(),
                Mode::Strict,
                &Limits::default(),
            );
            assert_eq!(read.is_ok(), is_valid, "{space:?} {before:?} {after:?}");
        }
    }
}

#[test]
fn elements_know_their_source() {
    let document =
        "\u{feff}<?xml version='1.0'?>\n<Namn a='/>'><Fornamn >å&amp;</Fornamn ><b\n/></Namn>\n";
    let parsed = Document::parse(document.as_bytes(), &Limits::default()).expect("well-formed");
    let root = parsed.root();
    assert_eq!(root.source(), document.trim_start_matches('\u{feff}')[22..].trim_end());
    let children = root.children().map(|child| child.source()).collect::<Vec<_>>();
    assert_eq!(children, ["<Fornamn >å&amp;</Fornamn >", "<b\n/>"]);
    for child in root.children() {
        assert!(document[child.offset()..].starts_with(child.source()));
    }
}

#[test]
fn paths_number_the_siblings_of_a_name() {
    let namn = "<nam:Namn><nel:Fornamn>A</nel:Fornamn></nam:Namn>";
    let document = post(&format!("{namn}<x/>{namn}<x/>"));
    let parsed = Document::parse(document.as_bytes(), &Limits::default()).expect("well-formed");
    let inside = |path: &str| format!("SPARPersonsokningSvar/PersonsokningSvarspost{path}");
    let post = parsed.root().children().next().expect("a post");
    let paths = post.children().map(|child| child.path()).collect::<Vec<_>>();
    let expected = [
        "/PersonId",
        "/Sekretessmarkering",
        "/SkyddadFolkbokforing",
        "/Namn[1]",
        "/*",
        "/Namn[2]",
        "/*",
    ];
    assert_eq!(paths, expected.map(inside));
    let deepest = post.children().nth(5).and_then(|namn| namn.children().next()).expect("a name");
    assert_eq!(deepest.path(), inside("/Namn[2]/Fornamn"));
}

#[test]
fn hostile_repetition_takes_linear_time() {
    // No clock is looked at: quadratic time would make these take minutes.
    // XML-12, REC-29: siblings, each with a deviation, up to the limit on them and beyond.
    let siblings = "<sva:PersonsokningSvarspost a=''/>".repeat(100_000);
    let mut limits = Limits::default();
    limits.deviations = 20_000;
    let document = answer(&siblings);
    let read = xml::read::<SparPersonsokningSvar>(document.as_bytes(), Mode::Tolerant, &limits)
        .expect("an answer without posts");
    assert_eq!((read.deviations.len(), read.lost), (20_000, 100_000));
    assert_eq!(read.further_deviations, 180_000);
    // Many different namespaces and prefixes in scope, asked for by many elements.
    let declare = |i: usize| {
        (0..60).map(move |j| format!(" xmlns:p{i}x{j}='u{}'", i * 30 + j)).collect::<String>()
    };
    let open = (0..60).map(|i| format!("<a{}>", declare(i))).collect::<String>();
    let inside = "<p0x0:b p0x1:c=''/>".repeat(200_000);
    let close = "</a>".repeat(60);
    assert!(
        Document::parse(format!("{open}{inside}{close}").as_bytes(), &Limits::default()).is_ok()
    );
    // Text between elements, behind white space that is put together from pieces.
    let space = "&#32;".repeat(200_000);
    let pieces = "x<b/>&#120;<b c='&amp;'/>".repeat(200_000);
    assert!(
        Document::parse(format!("<a>{space}{pieces}</a>").as_bytes(), &Limits::default()).is_ok()
    );
    // Elements of known names in an order that changes all the time.
    let pairs = "<nam:Namn/><pde:Persondetaljer/>".repeat(100_000);
    let read = xml::read::<SparPersonsokningSvar>(
        post(&pairs).as_bytes(),
        Mode::Tolerant,
        &Limits::default(),
    )
    .expect("a post");
    assert_eq!(read.deviations.len() + read.further_deviations, 99_999);
}
