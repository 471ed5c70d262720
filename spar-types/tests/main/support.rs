//! Sample documents, a tree to change them by, and `xmllint` as the independent judge.
//!
//! All persons are invented: their numbers have a serial of 980 or more.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use spar_types::xml::{self, Limits, Mode, Read, Root};
use spar_types::{Deviation, Error, Unrepresentable};

pub(crate) const STEM: &str = "http://statenspersonadressregister.se/schema/";

/// The prefixes of the samples and what follows the stem in their namespaces.
pub(crate) const PREFIXES: [(&str, &str); 25] = [
    ("adr", "komponent/person/adress/deladeadresselement-1.1"),
    ("avr", "komponent/person/avregistrering-1.0"),
    ("dat", "komponent/generellt/datumtid-1.1"),
    ("fas", "komponent/person/fastighetstaxering-1.2"),
    ("fba", "komponent/person/adress/folkbokforingsadress-1.1"),
    ("fol", "komponent/person/folkbokforing-1.0"),
    ("fra", "personsok/2021.1/personsokningfraga"),
    ("han", "komponent/person/hanvisning-1.0"),
    ("ide", "komponent/metadata/identifieringsinformationWs-1.1"),
    ("ink", "komponent/person/inkomsttaxering-1.2"),
    ("kon", "komponent/person/adress/kontaktadress-1.0"),
    ("nam", "komponent/person/namn/namn-1.0"),
    ("nel", "komponent/person/namn/deladenamnelement-1.0"),
    ("par", "komponent/sok/personsokningsokparametrar-1.1"),
    ("pde", "komponent/person/persondetaljer-1.2"),
    ("per", "komponent/person/person-1.2"),
    ("rel", "komponent/person/relation-1.2"),
    ("sam", "komponent/person/samordningsnummer-1.0"),
    ("sky", "komponent/person/skyddadepersonuppgifter-1.1"),
    ("sok", "komponent/sok/sokargument-1.2"),
    ("spa", "komponent/person/adress/sarskildpostadress-1.1"),
    ("sva", "personsok/2021.1/personsokningsvar"),
    ("und", "komponent/sok/undantag-1.0"),
    ("utl", "komponent/person/adress/utlandsadress-1.1"),
    ("utv", "komponent/person/utvandrad-1.0"),
];

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// A document with this root element, in which all prefixes and `xsi` are declared.
pub(crate) fn document(root: &str, content: &str) -> String {
    let mut out = format!("<{root} xmlns:xsi=\"{XSI}\"");
    for (prefix, namespace) in PREFIXES {
        let _ = write!(out, " xmlns:{prefix}=\"{STEM}{namespace}\"");
    }
    let _ = write!(out, ">{content}</{root}>");
    out
}

pub(crate) fn answer(content: &str) -> String {
    document("sva:SPARPersonsokningSvar", content)
}

/// An answer with one post, made of a number, flags and this.
pub(crate) fn post(content: &str) -> String {
    answer(&format!(
        "<sva:PersonsokningSvarspost>{NUMMER}{FLAGGOR}{content}</sva:PersonsokningSvarspost>"
    ))
}

pub(crate) fn request(content: &str) -> String {
    document(
        "fra:SPARPersonsokningFraga",
        &format!("{IDENTIFIERING}<par:PersonsokningFraga>{content}</par:PersonsokningFraga>"),
    )
}

const IDENTIFIERING: &str = "<ide:Identifieringsinformation>\
    <ide:KundNrLeveransMottagare>500243</ide:KundNrLeveransMottagare>\
    <ide:KundNrSlutkund>500243</ide:KundNrSlutkund><ide:UppdragId>637</ide:UppdragId>\
    <ide:SlutAnvandarId>handläggare 7</ide:SlutAnvandarId></ide:Identifieringsinformation>";

pub(crate) const NUMMER: &str = "<per:PersonId><per:IdNummer>198001019803</per:IdNummer>\
    <per:Typ>PERSONNUMMER</per:Typ></per:PersonId>";

pub(crate) const FLAGGOR: &str = "<sky:Sekretessmarkering>NEJ</sky:Sekretessmarkering>\
    <sky:SkyddadFolkbokforing>NEJ</sky:SkyddadFolkbokforing>";

const INTERVALL: &str =
    "<dat:DatumFrom>2019-02-01</dat:DatumFrom><dat:DatumTill>9999-12-31</dat:DatumTill>";

const SOKVILLKOR: &str = "<sok:FonetiskSokning>JA</sok:FonetiskSokning>\
    <sok:NamnSokArgument>Åsa-Märta O'Neill efter*</sok:NamnSokArgument>\
    <sok:UtdelningsadressSokArgument>Gatan 12 A, 3:4</sok:UtdelningsadressSokArgument>\
    <sok:PostortSokArgument>ÅMÅL</sok:PostortSokArgument><sok:PostNr>66231</sok:PostNr>\
    <sok:Fodelsedatum>1980-01-01</sok:Fodelsedatum><sok:Kon>KVINNA</sok:Kon>\
    <sok:LanKod>17</sok:LanKod><sok:KommunKod>85</sok:KommunKod>\
    <sok:DistriktKod>101001</sok:DistriktKod>";

const SOKINTERVALL: &str = "<sok:FornamnSokArgument>Åsa</sok:FornamnSokArgument>\
    <sok:MellanEfternamnSokArgument>Efternamn1</sok:MellanEfternamnSokArgument>\
    <sok:PostNrFrom>10000</sok:PostNrFrom><sok:PostNrTom>19999</sok:PostNrTom>\
    <sok:FodelsedatumFrom>1980-01-01</sok:FodelsedatumFrom>\
    <sok:FodelsedatumTom>1980-12-31</sok:FodelsedatumTom>\
    <sok:DistriktKodFrom>101001</sok:DistriktKodFrom><sok:DistriktKodTom>101999</sok:DistriktKodTom>";

/// Answers that hold every element and every alternative of the schema.
pub(crate) fn answers() -> Vec<String> {
    let svensk = format!(
        "<adr:SvenskAdress>{INTERVALL}<adr:CareOf>c/o Å &amp; Ö</adr:CareOf>\
         <adr:Utdelningsadress1>LGH 1101</adr:Utdelningsadress1>\
         <adr:Utdelningsadress2>S:T ERIKSGATAN 5</adr:Utdelningsadress2>\
         <adr:PostNr>11234</adr:PostNr><adr:Postort>STOCKHOLM</adr:Postort></adr:SvenskAdress>"
    );
    let internationell = format!(
        "<adr:InternationellAdress>{INTERVALL}<adr:Utdelningsadress1>1 ROAD</adr:Utdelningsadress1>\
         <adr:Utdelningsadress2>CITY</adr:Utdelningsadress2>\
         <adr:Utdelningsadress3>REGION</adr:Utdelningsadress3><adr:Land>NORGE</adr:Land>\
         </adr:InternationellAdress>"
    );
    let complete = format!(
        "<sva:PersonsokningSvarspost>{NUMMER}\
         <sky:Sekretessmarkering sattAvSPAR=\"JA\">JA</sky:Sekretessmarkering>\
         <sky:SekretessDatum>2020-01-01</sky:SekretessDatum>\
         <sky:SkyddadFolkbokforing>JA</sky:SkyddadFolkbokforing>\
         <sky:SkyddadFolkbokforingDatum>2020-01-02</sky:SkyddadFolkbokforingDatum>\
         <per:SenasteAndringSPAR>2021-10-08</per:SenasteAndringSPAR>\
         <ink:SummeradInkomst>00312000</ink:SummeradInkomst><ink:InkomstAr>2020</ink:InkomstAr>\
         <nam:Namn>{INTERVALL}<nel:Aviseringsnamn>Efternamn, Åsa Märta</nel:Aviseringsnamn>\
         <nel:Fornamn>Åsa Märta</nel:Fornamn><nel:Tilltalsnamn>10</nel:Tilltalsnamn>\
         <nel:Mellannamn>Mellan</nel:Mellannamn><nel:Efternamn>Efternamn</nel:Efternamn></nam:Namn>\
         <nam:Namn><nel:Fornamn>Åsa</nel:Fornamn></nam:Namn>\
         <pde:Persondetaljer>{INTERVALL}<sky:Sekretessmarkering>NEJ</sky:Sekretessmarkering>\
         <sky:SkyddadFolkbokforing>NEJ</sky:SkyddadFolkbokforing>\
         <avr:AvregistreringsorsakKod>AV</avr:AvregistreringsorsakKod>\
         <avr:Avregistreringsdatum>2021-00-00</avr:Avregistreringsdatum>\
         <avr:Avlidendatum>2021</avr:Avlidendatum><avr:AntraffadDodDatum/>\
         <pde:Fodelsedatum>1980-01-01</pde:Fodelsedatum><pde:FodelselanKod>01</pde:FodelselanKod>\
         <pde:Fodelseforsamling>Församling</pde:Fodelseforsamling><pde:Kon>KVINNA</pde:Kon>\
         <pde:SvenskMedborgare>JA</pde:SvenskMedborgare>\
         <han:Hanvisning><per:IdNummer>198001019985</per:IdNummer><han:Typ>Till</han:Typ></han:Hanvisning>\
         <han:Hanvisning><per:IdNummer>198001019993</per:IdNummer></han:Hanvisning>\
         <sam:SnStatus>AKTIVT</sam:SnStatus><sam:SnTilldelningsdatum>2015-01-02</sam:SnTilldelningsdatum>\
         <sam:SnPreliminartVilandeforklaringsdatum>2020</sam:SnPreliminartVilandeforklaringsdatum>\
         <sam:SnFornyelsedatum>2019-01-01</sam:SnFornyelsedatum><sam:SnVilandeorsak/>\
         <sam:SnVilandeforklaringsdatum>0</sam:SnVilandeforklaringsdatum><sam:SnAvlidendatum/>\
         </pde:Persondetaljer>\
         <fol:Folkbokforing>{INTERVALL}<fol:FolkbokfordLanKod>01</fol:FolkbokfordLanKod>\
         <fol:FolkbokfordKommunKod>80</fol:FolkbokfordKommunKod><fol:Hemvist>Utan känt hemvist</fol:Hemvist>\
         <fol:Folkbokforingsdatum>2019-02-01</fol:Folkbokforingsdatum>\
         <fol:DistriktKod>101001</fol:DistriktKod></fol:Folkbokforing>\
         <fba:Folkbokforingsadress>{svensk}</fba:Folkbokforingsadress>\
         <spa:SarskildPostadress>{svensk}</spa:SarskildPostadress>\
         <spa:SarskildPostadress>{internationell}</spa:SarskildPostadress>\
         <utl:Utlandsadress>{internationell}</utl:Utlandsadress>\
         <kon:Kontaktadress>{internationell}</kon:Kontaktadress>\
         <kon:Kontaktadress>{svensk}</kon:Kontaktadress>\
         <rel:Relation>{INTERVALL}<rel:Relationstyp>VÅRDNADSHAVARE</rel:Relationstyp>\
         <per:IdNummer>198001019811</per:IdNummer><nel:Fornamn>Bo</nel:Fornamn>\
         <nel:Mellannamn>M</nel:Mellannamn><nel:Efternamn>E</nel:Efternamn>\
         <rel:Fodelsetid>1950-05-05</rel:Fodelsetid>\
         <avr:AvregistreringsorsakKod>AV</avr:AvregistreringsorsakKod>\
         <avr:Avregistreringsdatum>2020-01-00</avr:Avregistreringsdatum>\
         <avr:Avlidendatum>2020-01-01</avr:Avlidendatum></rel:Relation>\
         <rel:Relation><rel:Relationstyp>MAKE/MAKA/REGISTRERAD PARTNER</rel:Relationstyp></rel:Relation>\
         <fas:Fastighet><fas:Taxeringsenhetsnummer>123</fas:Taxeringsenhetsnummer>\
         <fas:LanKod>01</fas:LanKod><fas:KommunKod>80</fas:KommunKod><fas:FastighetKod>220</fas:FastighetKod>\
         <fas:Taxeringsar>2020</fas:Taxeringsar><fas:Taxeringsvarde>1000</fas:Taxeringsvarde>\
         <fas:FastighetDel><fas:Taxeringsidentitet>1</fas:Taxeringsidentitet>\
         <fas:FastighetBeteckning>KVARTERET 1:1</fas:FastighetBeteckning>\
         <fas:AndelstalTaljare>1</fas:AndelstalTaljare><fas:AndelstalNamnare>2</fas:AndelstalNamnare>\
         </fas:FastighetDel></fas:Fastighet></sva:PersonsokningSvarspost>"
    );
    let minimal =
        format!("<sva:PersonsokningSvarspost>{NUMMER}{FLAGGOR}</sva:PersonsokningSvarspost>");
    let uuid = "<sva:UUID>0b8c3a1e-0000-4000-8000-00000000000a</sva:UUID>";
    vec![
        answer(""),
        answer(uuid),
        answer(&format!(
            "<par:PersonsokningFraga><per:IdNummer>198001019803</per:IdNummer></par:PersonsokningFraga>\
             {complete}{minimal}{uuid}"
        )),
        answer(&format!(
            "<par:PersonsokningFraga>{SOKVILLKOR}</par:PersonsokningFraga>{minimal}{uuid}"
        )),
        answer(&format!(
            "<par:PersonsokningFraga>{SOKINTERVALL}</par:PersonsokningFraga>\
             <und:OverstigerMaxAntalSvarsposter><und:AntalPoster>1234</und:AntalPoster>\
             <und:MaxAntalSvarsposter>100</und:MaxAntalSvarsposter>\
             </und:OverstigerMaxAntalSvarsposter>{uuid}"
        )),
        answer(&format!(
            "<und:Undantag><und:Kod>OGILTIG_INPARAMETER</und:Kod>\
             <und:Beskrivning>Ogiltigt &lt;argument&gt;</und:Beskrivning></und:Undantag>{uuid}"
        )),
    ]
}

/// Requests that hold every argument and every alternative of the schema.
pub(crate) fn requests() -> Vec<String> {
    let permissions = ["Relationer", "Medborgarskap", "Taxering", "Sekretess"].map(|name| {
        format!("<ide:SlutAnvandarUtokadBehorighet>{name}</ide:SlutAnvandarUtokadBehorighet>")
    });
    let end = "</ide:Identifieringsinformation>";
    vec![
        request("<per:IdNummer>198001019803</per:IdNummer>"),
        request(""),
        request("<sok:MellanEfternamnSokArgument>Efternamn1*</sok:MellanEfternamnSokArgument>"),
        request(SOKVILLKOR).replace(end, &format!("{}{end}", permissions.concat())),
        request(SOKINTERVALL).replace(end, &format!("{}{end}", permissions[2])),
    ]
}

/// The namespaces that are others in version 2023.1.
const IN_2023_1: [(&str, &str); 8] = [
    ("personsok/2021.1/", "personsok/2023.1/"),
    ("person/hanvisning-1.0", "person/hanvisning-1.1"),
    ("person/person-1.2", "person/person-1.3"),
    ("person/persondetaljer-1.2", "person/persondetaljer-1.3"),
    ("person/relation-1.2", "person/relation-1.3"),
    ("person/samordningsnummer-1.0", "person/samordningsnummer-1.1"),
    ("sok/personsokningsokparametrar-1.1", "sok/personsokningsokparametrar-1.2"),
    ("sok/sokargument-1.2", "sok/sokargument-1.3"),
];

/// A sample, or what was made of one, in version 2023.1.
pub(crate) fn in_2023_1(document: &str) -> String {
    let change = |document: String, (from, to): (&str, &str)| document.replace(from, to);
    IN_2023_1.into_iter().fold(document.to_owned(), change)
}

/// The answers with what version 2023.1 adds. Their namespaces are still those of 2021.1.
pub(crate) fn answers_with_additions() -> Vec<String> {
    let sn = "<sam:SnIdentitetsniva>OSÄKER</sam:SnIdentitetsniva>\
              <sam:SnIdentitetsnivaDatum>2023-09-00</sam:SnIdentitetsnivaDatum><sam:SnStatus>";
    let utvandrad = "</pde:Persondetaljer><utv:Utvandrad>\
                     <utv:Aterinlasningsdatum>2023-10-01</utv:Aterinlasningsdatum>\
                     <utv:Forlangningsdatum>2024-10-01</utv:Forlangningsdatum></utv:Utvandrad>\
                     <utv:Utvandrad></utv:Utvandrad>";
    let add = |answer: String| {
        answer.replace("<sam:SnStatus>", sn).replace("</pde:Persondetaljer>", utvandrad)
    };
    answers().into_iter().map(add).collect()
}

pub(crate) fn read<T: Root>(document: &str, mode: Mode) -> Result<Read<T>, Error> {
    xml::read(document.as_bytes(), mode, &Limits::default())
}

/// Reads tolerantly a document of which something can be made.
pub(crate) fn tolerant<T: Root>(document: &str) -> (T, Vec<Deviation>) {
    let read = read(document, Mode::Tolerant).expect("a document that can be read");
    (read.value, read.deviations)
}

/// An element of a sample, to be changed and written out again.
#[derive(Clone)]
pub(crate) struct Tree {
    pub(crate) prefix: String,
    pub(crate) name: String,
    /// Attributes and namespace declarations as they stand in the tag, each after a blank.
    pub(crate) attributes: String,
    pub(crate) content: Vec<Node>,
}

#[derive(Clone)]
pub(crate) enum Node {
    Element(Tree),
    /// Text or anything else, as it stands in the document.
    Raw(String),
}

impl Tree {
    /// Takes a sample apart, or what was written. They hold elements and text behind a declaration.
    pub(crate) fn parse(document: &str) -> Self {
        let mut open = vec![Self::of_tag("", "")];
        let mut rest = document;
        while let Some(start) = rest.find('<') {
            let (text, tag) = rest.split_at(start);
            let (tag, behind) = tag[1..].split_once('>').expect("a tag that ends");
            rest = behind;
            let parent = open.last_mut().expect("an open element");
            if !text.is_empty() {
                parent.content.push(Node::Raw(text.to_owned()));
            }
            if tag.starts_with('?') {
                continue;
            }
            if !tag.starts_with('/') {
                let tag_name = tag.trim_end_matches('/');
                let (name, attributes) =
                    tag_name.split_at(tag_name.find(' ').unwrap_or(tag_name.len()));
                open.push(Self::of_tag(name, attributes));
            }
            if tag.starts_with('/') || tag.ends_with('/') {
                let closed = open.pop().expect("an open element");
                open.last_mut().expect("its parent").content.push(Node::Element(closed));
            }
        }
        match open.pop().and_then(|mut outermost| outermost.content.pop()) {
            Some(Node::Element(root)) => root,
            _ => panic!("a sample without root"),
        }
    }

    fn of_tag(name: &str, attributes: &str) -> Self {
        let (prefix, name) = name.split_once(':').unwrap_or(("", name));
        let (prefix, name) = (prefix.to_owned(), name.to_owned());
        Self { prefix, name, attributes: attributes.to_owned(), content: Vec::new() }
    }

    pub(crate) fn namespace(&self) -> String {
        let found = PREFIXES.iter().find(|(prefix, _)| *prefix == self.prefix);
        format!("{STEM}{}", found.expect("a prefix of the samples").1)
    }

    pub(crate) fn write(&self) -> String {
        let mut out = String::new();
        self.write_to(&mut out);
        out
    }

    fn write_to(&self, out: &mut String) {
        let colon = if self.prefix.is_empty() { "" } else { ":" };
        let tag = format!("{}{colon}{}", self.prefix, self.name);
        let _ = write!(out, "<{tag}{}>", self.attributes);
        for node in &self.content {
            match node {
                Node::Element(tree) => tree.write_to(out),
                Node::Raw(text) => out.push_str(text),
            }
        }
        let _ = write!(out, "</{tag}>");
    }

    /// This element and all in it.
    pub(crate) fn size(&self) -> usize {
        1 + self.children().map(Self::size).sum::<usize>()
    }

    pub(crate) fn children(&self) -> impl Iterator<Item = &Self> {
        self.content.iter().filter_map(|node| match node {
            Node::Element(tree) => Some(tree),
            Node::Raw(_) => None,
        })
    }

    /// Calls the function with this element and all in it, outermost first.
    pub(crate) fn visit(&mut self, change: &mut impl FnMut(&mut Self)) {
        change(self);
        for node in &mut self.content {
            if let Node::Element(tree) = node {
                tree.visit(change);
            }
        }
    }

    pub(crate) fn is_leaf(&self) -> bool {
        self.children().next().is_none()
    }
}

/// A small generator of numbers that are the same in every run (splitmix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).expect("less than a usize")
    }

    pub(crate) fn pick<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }
}

/// The verdicts of `xmllint` on whole documents of one root type. `schema` is a file such as
/// `2021.1/PersonsokningSvar.xsd`.
///
/// `None` if it is not there, or the schemas are not, as in the packaged crate: an error in CI.
pub(crate) fn xmllint<D: AsRef<str>>(
    test: &str,
    schema: &str,
    documents: &[D],
) -> Option<Vec<bool>> {
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/granssnitt/personsok");
    let schema = schemas.join(schema);
    if !has_xmllint(test) || (!schema.exists() && !skipped(test, "schemas/")) {
        return None;
    }
    let folder = tempfile::tempdir().expect("a folder for the documents");
    let mut verdicts = Vec::new();
    // Each start of xmllint costs 30 ms, so it gets many files at once.
    for documents in documents.chunks(1_000) {
        let names = (0..documents.len()).map(|index| format!("{index}.xml")).collect::<Vec<_>>();
        for (name, document) in names.iter().zip(documents) {
            std::fs::write(folder.path().join(name), document.as_ref())
                .expect("a document is written");
        }
        let report = report_of_xmllint(folder.path(), &schema, &names);
        let mut valid = vec![false; documents.len()];
        let index_of = |name: &str| name.strip_suffix(".xml")?.parse::<usize>().ok();
        // "7.xml validates", and "7.xml:1: namespace error", after which it validates all the same.
        // Whether a namespace is a URI is no rule of ours, nor of any that binds a parser.
        for line in report.lines() {
            if let Some(index) = line.strip_suffix(" validates").and_then(index_of) {
                valid[index] = true;
            }
        }
        let is_error = |line: &&str| {
            line.contains(": namespace error :") && !line.ends_with(" is not a valid URI")
        };
        for line in report.lines().filter(is_error) {
            if let Some(index) = line.split(':').next().and_then(index_of) {
                valid[index] = false;
            }
        }
        verdicts.extend(valid);
    }
    Some(verdicts)
}

/// The lines, counted from 0, in which `xmllint` finds a document to break a schema, here given as text.
pub(crate) fn lines_that_xmllint_refuses(
    test: &str,
    schema: &str,
    document: &str,
) -> Option<BTreeSet<usize>> {
    if !has_xmllint(test) {
        return None;
    }
    let folder = tempfile::tempdir().expect("a folder for the document");
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("schema.xsd"), schema).expect("the schema is written");
    std::fs::write(path("0.xml"), document).expect("the document is written");
    let report = report_of_xmllint(folder.path(), &path("schema.xsd"), &["0.xml".to_owned()]);
    let verdict = report.lines().last().unwrap_or_default();
    assert!(["0.xml validates", "0.xml fails to validate"].contains(&verdict), "{verdict}");
    let line = |line: &str| line.strip_prefix("0.xml:")?.split(':').next()?.parse::<usize>().ok();
    Some(report.lines().filter_map(line).map(|line| line - 1).collect())
}

fn has_xmllint(test: &str) -> bool {
    let is_there = Command::new("xmllint").arg("--version").output().is_ok();
    is_there || skipped(test, "xmllint")
}

/// An error in CI.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn skipped(test: &str, missing: &str) -> bool {
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{missing} is missing");
    eprintln!("SKIPPED {test}: {missing} is missing");
    false
}

fn report_of_xmllint(folder: &Path, schema: &Path, documents: &[String]) -> String {
    let output = Command::new("xmllint")
        .current_dir(folder)
        .args(["--noout", "--nonet", "--schema"])
        .arg(schema.canonicalize().expect("a path"))
        .args(documents)
        .output()
        .expect("xmllint runs");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The record at this place of a list.
#[track_caller]
pub(crate) fn row<T>(entries: &[Result<T, Unrepresentable>], place: usize) -> &T {
    entries[place].as_ref().expect("a record")
}
