//! Each construct that is supported: what is generated for it compiles, and reads, writes and judges documents
//! as `xmllint` does.
//!
//! The generated files lie in `fixtures/constructs/generated`, for review and to be compiled once.

use std::fmt::Debug;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use spar_codegen::{Bindings, Tables};
use spar_types::xml::{self, Nillable, Root};

use crate::generated::components::alla::Alla;
use crate::generated::components::anonyma::Anonyma;
use crate::generated::components::arv::{Arv, FoddEllerAr};
use crate::generated::components::attribut::Attribut;
use crate::generated::components::delad::Delad;
use crate::generated::components::jokrar::Jokrar;
use crate::generated::components::namn_v2_0::{Kod, Namnprov};
use crate::generated::components::nil::Nil;
use crate::generated::components::rekursiv::Rekursiv;
use crate::generated::components::steg::{KortLista, Steg};
use crate::generated::components::upprepade::{EEllerF, Upprepade};
use crate::support::{Verdicts, fresh};

pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/constructs")
}

#[test]
fn generated_code_is_fresh() {
    // GEN-01, GEN-02. UPDATE_EXPECT=1 writes the files.
    let tables = Tables::load(&folder()).unwrap();
    let output = Bindings::new("prov/1.0", folder(), "constructs.wsdl")
        .tables(tables)
        .json(true)
        .folder("generated")
        .command("UPDATE_EXPECT=1 cargo test -p spar-codegen")
        .generate()
        .unwrap_or_else(|error| panic!("{}", error.report()));
    fresh(&output, &folder());
}

/// Judges documents of one schema, whose namespace is the default one of each.
fn check<'s>(schema: &'s Path, namespace: &'s str, rows: impl FnOnce(&mut Rows<'s>)) {
    let mut made = Rows { verdicts: Verdicts::new(schema), namespace };
    rows(&mut made);
    made.verdicts.judge();
}

struct Rows<'s> {
    verdicts: Verdicts<'s>,
    namespace: &'s str,
}

impl Rows<'_> {
    /// The root, without namespace, becomes one of the namespace.
    fn document(&self, text: &str) -> String {
        let end = text.find([' ', '>', '/']).unwrap();
        let (start, rest) = text.split_at(end);
        let xsi = "http://www.w3.org/2001/XMLSchema-instance";
        format!("{start} xmlns='{}' xmlns:xsi='{xsi}'{rest}", self.namespace)
    }

    fn valid<T>(&mut self, text: &str) -> T
    where
        T: Root + Clone + Debug + PartialEq + Serialize + DeserializeOwned,
    {
        self.verdicts.valid(&self.document(text))
    }

    fn invalid<T: Root + Debug>(&mut self, text: &str, expected: &str) {
        self.verdicts.invalid::<T>(&self.document(text), expected);
    }
}

#[test]
fn all() {
    check(&folder().join("alla.xsd"), "urn:prov:alla", |rows| {
        rows.valid::<Alla>("<Alla><A>hemligt</A><B>1</B><C>2020-01-01</C></Alla>");
        rows.valid::<Alla>("<Alla><C>2020-01-01</C><B>1</B><A>x</A></Alla>");
        rows.valid::<Alla>("<Alla><C>2020-01-01</C><A>x</A></Alla>");
        rows.invalid::<Alla>("<Alla><C>2020-01-01</C></Alla>", "element A is missing");
        let twice = "<Alla><A>x</A><C>2020-01-01</C><A>y</A></Alla>";
        rows.invalid::<Alla>(twice, "element is repeated");
        rows.invalid::<Alla>("<Alla><A>x</A><C>2020-01-01</C><D/></Alla>", "unknown element");
    });
}

#[test]
fn wildcards() {
    check(&folder().join("jokrar.xsd"), "urn:prov:jokrar", |rows| {
        let of =
            |before: &str, after: &str| format!("<Jokrar><A>x</A>{before}<B>y</B>{after}</Jokrar>");
        let record = rows.valid::<Jokrar>(&of("", ""));
        let other = "<o:p xmlns:o='urn:o'><o:q>hemligt</o:q></o:p>";
        assert_eq!(rows.valid::<Jokrar>(&of(other, "")), record);
        assert_eq!(rows.valid::<Jokrar>(&of(&other.repeat(3), "")), record);
        let lax = "<o:p xmlns:o='urn:prov:annat'/>";
        assert_eq!(rows.valid::<Jokrar>(&of(other, lax)), record);
        assert_eq!(rows.valid::<Jokrar>(&of("", "<p xmlns=''/>")), record);
        rows.invalid::<Jokrar>(&of("<p xmlns=''/>", ""), "element");
        rows.invalid::<Jokrar>(&of("<C/>", ""), "unknown element");
        rows.invalid::<Jokrar>(&of("", &lax.repeat(2)), "element is repeated");
        rows.invalid::<Jokrar>(&of("", other), "element is repeated");
        let noted = "<Jokrar xmlns:o='urn:o' o:a='1'><A>x</A><B>y</B></Jokrar>";
        assert_eq!(rows.valid::<Jokrar>(noted), record);
        rows.invalid::<Jokrar>("<Jokrar a='1'><A>x</A><B>y</B></Jokrar>", "unknown attribute");
    });
}

#[test]
fn attributes() {
    check(&folder().join("attribut.xsd"), "urn:prov:attribut", |rows| {
        let of = |attributes: &str, belopp: &str, more: &str| {
            format!("<Attribut {attributes}><Belopp {belopp}>1</Belopp>{more}</Attribut>")
        };
        let record = rows.valid::<Attribut>(&of("id='1' utgava='A'", "valuta='SEK'", ""));
        assert_eq!(record.sprak, None);
        assert_eq!(record.sprak_or_default().as_str(), "sv");
        let all = of("utgava='A' version='1.0' sprak='en' id='1'", "valuta='a&lt;\"b'", "");
        assert_eq!(rows.valid::<Attribut>(&all).sprak_or_default().as_str(), "en");
        let kurs = "<Kurs valuta='EUR' dag='2020-01-01' slag='mitt' x='1'>7</Kurs>";
        rows.valid::<Attribut>(&of("id='1' utgava='A'", "valuta='SEK'", kurs));
        let mut refused = |attributes: &str, belopp: &str, expected: &str| {
            rows.invalid::<Attribut>(&of(attributes, belopp, ""), expected);
        };
        refused("utgava='A'", "valuta='SEK'", "required attribute id is missing");
        refused("id='1' utgava='A'", "", "required attribute valuta is missing");
        refused("id='x' utgava='A'", "valuta='SEK'", "form of xs:int");
        refused("id='1' utgava='B'", "valuta='SEK'", "value is not A, the only one");
        refused("id='1' utgava='A' version='1'", "valuta='SEK'", "value is not 1.0");
        refused("id='1' utgava='A' sprak='eng'", "valuta='SEK'", "longer than 2");
        refused("id='1' utgava='A' gammal='x'", "valuta='SEK'", "unknown attribute");
        refused("id='1' utgava='A'", "valuta='SEK' dag='2020-01-01'", "unknown attribute");
        let mut other = record;
        other.utgava = "B".parse().unwrap();
        assert!(xml::write(&other).unwrap_err().to_string().contains("value is not A"));
    });
}

#[test]
fn nillable() {
    check(&folder().join("nil.xsd"), "urn:prov:nil", |rows| {
        let nil = "xsi:nil='true'";
        let record = rows.valid::<Nil>(&format!("<Nil><A {nil}/></Nil>"));
        assert_eq!((record.a, record.b), (Nillable::Nil, None));
        let record = rows.valid::<Nil>(
            "<Nil><A xsi:nil='0'>hemligt</A><B xsi:nil='1'/><C><E>x</E></C><C xsi:nil='true'/></Nil>",
        );
        assert_eq!(record.b, Some(Nillable::Nil));
        assert!(record.a.value().is_some() && record.c[1].value().is_none());
        rows.invalid::<Nil>(&format!("<Nil><A {nil}>x</A></Nil>"), "text between elements");
        rows.invalid::<Nil>(&format!("<Nil><A>x</A><D {nil}/></Nil>"), "cannot be nil");
        rows.invalid::<Nil>(&format!("<Nil><A>x</A><C {nil}><E>x</E></C></Nil>"), "element");
        rows.invalid::<Nil>(&format!("<Nil><A>x</A><C><E {nil}/></C></Nil>"), "cannot be nil");
        rows.invalid::<Nil>("<Nil/>", "element A is missing");
        let four = "<C xsi:nil='true'/>".repeat(4);
        rows.invalid::<Nil>(&format!("<Nil><A>x</A>{four}</Nil>"), "more than 3");
    });
}

#[test]
fn extensions() {
    check(&folder().join("arv.xsd"), "urn:prov:arv", |rows| {
        let person = "<Person kalla='x'><Id>1</Id><Fodd>2020-01-01</Fodd></Person>";
        let of =
            |rest: &str| format!("<Arv kalla='y'><Id>1</Id><Namn>x</Namn>{person}{rest}</Arv>");
        rows.valid::<Arv>(&of(""));
        let student = |kurs: &str| {
            format!("<Student termin='1' kalla='z'><Id>2</Id><Ar>1</Ar>{kurs}</Student>")
        };
        let record = rows.valid::<Arv>(&of(&student("<Kurs>a</Kurs><Kurs>b</Kurs>")));
        let student_record = record.student.unwrap();
        // The choice that the base holds is one type.
        let (_, _): (FoddEllerAr, FoddEllerAr) =
            (record.person.fodd_eller_ar, student_record.fodd_eller_ar);
        rows.invalid::<Arv>(&of(&student("")), "element Kurs is missing");
        rows.invalid::<Arv>(&of(&student("<Fodd>2020-01-01</Fodd><Kurs/>")), "excluded");
        rows.invalid::<Arv>(&of("<Student><Kurs>a</Kurs><Id>2</Id></Student>"), "out of order");
        let both = "<Person termin='1'><Id>1</Id><Ar>1</Ar></Person>";
        rows.invalid::<Arv>(&format!("<Arv><Id>1</Id>{both}</Arv>"), "unknown attribute");
    });
}

#[test]
fn simple_types_in_steps_lists_and_unions() {
    check(&folder().join("steg.xsd"), "urn:prov:steg", |rows| {
        let of = |name: &str, value: &str| format!("<Steg><{name}>{value}</{name}></Steg>");
        for (name, value) in [
            ("Kort", "Abc"),
            ("Kod", "A1"),
            ("Kod", "Axx9"),
            ("Val", "C 3"),
            ("Farre", "A1"),
            ("Tal", "9"),
            ("Lista", "1 2\n 3"),
            ("Lista", ""),
            ("KortLista", "ab cd"),
            ("Endera", "7"),
            ("Endera", "2020-01-01"),
            ("Endera", "OKAND"),
        ] {
            rows.valid::<Steg>(&of(name, value));
        }
        for (name, value, expected) in [
            ("Kort", "abc", "pattern"),
            ("Kort", "Abcdef", "longer than 5"),
            ("Kod", "A", "shorter than 2"),
            ("Kod", "a1", "pattern [A-Z].*"),
            ("Kod", "Ab", "pattern .*[0-9]"),
            ("Kod", "Abcde1", "longer than 5"),
            ("Val", "A2", "none of the listed"),
            ("Farre", "B2", "none of the listed"),
            ("Tal", "0", "below 1"),
            ("Tal", "10", "above 9"),
            ("Lista", "1 10", "above 9"),
            ("KortLista", "a b c", "longer than 2"),
            ("KortLista", "a 1", "pattern"),
            ("Endera", "10", "form of Endera"),
            ("Endera", "okand", "form of Endera"),
        ] {
            rows.invalid::<Steg>(&of(name, value), expected);
        }
        let record = rows.valid::<Steg>(&of("Lista", " 3  4 "));
        let items: Vec<_> = record.lista.unwrap().items().filter_map(|tal| tal.value()).collect();
        assert_eq!(items, [3, 4]);
        let made: KortLista = ["ab", "cd"].map(|word| word.parse().unwrap()).into_iter().collect();
        assert_eq!(made.as_str(), "ab cd");
    });
}

#[test]
fn anonymous_types_and_groups() {
    check(&folder().join("anonyma.xsd"), "urn:prov:anonyma", |rows| {
        let adress = "<Adress><PostNr>12345</PostNr><Land kod='SE'>hemligt</Land></Adress>";
        let of = |rest: &str| format!("<Anonyma>{adress}{rest}</Anonyma>");
        for rest in [
            "",
            "<A>x</A>",
            "<B>x</B><C>x</C>",
            "<B>x</B><D>x</D>",
            "<B>x</B><D>x</D><E>x</E><F>x</F>",
            "<B>x</B><D>x</D><E>x</E><G>x</G>",
            "<B>x</B><D>x</D><E>x</E><H>x</H><I>x</I>",
        ] {
            rows.valid::<Anonyma>(&of(rest));
        }
        rows.invalid::<Anonyma>(&of("<B>x</B>"), "none of the alternatives");
        rows.invalid::<Anonyma>(&of("<A>x</A><C>x</C>"), "excluded by another");
        rows.invalid::<Anonyma>(&of("<B>x</B><D>x</D><E>x</E>"), "none of the alternatives");
        rows.invalid::<Anonyma>(&of("<B>x</B><D>x</D><E>x</E><H>x</H>"), "element I is missing");
        rows.invalid::<Anonyma>(&of("<B>x</B><C>x</C><D>x</D>"), "excluded by another");
        let adress = adress.replace("12345", "1234");
        rows.invalid::<Anonyma>(&format!("<Anonyma>{adress}</Anonyma>"), "pattern");
        let adress = adress.replace("1234", "12345").replace("SE", "SWE");
        rows.invalid::<Anonyma>(&format!("<Anonyma>{adress}</Anonyma>"), "longer than 2");
    });
}

#[test]
fn groups_that_are_repeated() {
    check(&folder().join("upprepade.xsd"), "urn:prov:upprepade", |rows| {
        let of = |avsnitt: &str, par: &str, last: &str| {
            format!("<Upprepade><Forst>x</Forst>{avsnitt}{par}{last}</Upprepade>")
        };
        let (par, last) = ("<H>x</H>", "<E>x</E>");
        rows.valid::<Upprepade>(&of("", par, last));
        let avsnitt = "<A>1</A><A>2</A><B>x</B><B>x</B><D>x</D><C>x</C><A>3</A><C>x</C><A>4</A>";
        let record = rows.valid::<Upprepade>(&of(avsnitt, par, last));
        let shape: Vec<_> =
            record.avsnitt.iter().map(|one| (one.b.len(), one.c_eller_d.len())).collect();
        assert_eq!(shape, [(0, 0), (2, 2), (0, 1), (0, 0)]);
        rows.valid::<Upprepade>(&of("", "<H>x</H><H>x</H><I>x</I>", last));
        let mixed = "<F><J>x</J><G>1</G><J>x</J></F><E>x</E><F/><Sist>x</Sist>";
        let record = rows.valid::<Upprepade>(&of("", par, mixed));
        assert!(matches!(&record.e_eller_f[0], EEllerF::F(rad) if rad.g_eller_j.len() == 3));
        rows.invalid::<Upprepade>(&of("<B>x</B>", par, last), "element A is missing");
        rows.invalid::<Upprepade>(&of("<A>1</A><C>x</C><B>x</B>", par, last), "element");
        let three = "<A>1</A><C>x</C><C>x</C><D>x</D>";
        rows.invalid::<Upprepade>(&of(three, par, last), "more than 2");
        rows.invalid::<Upprepade>(&of("", "", last), "none of the alternatives H");
        rows.invalid::<Upprepade>(&of("", &par.repeat(3), last), "more than 2");
        rows.invalid::<Upprepade>(&of("", par, ""), "none of the alternatives E");
        rows.invalid::<Upprepade>(&of("", par, &last.repeat(4)), "more than 3");
        rows.invalid::<Upprepade>(&of("", "<E>x</E><H>x</H>", ""), "out of order");
        rows.invalid::<Upprepade>(&of("", par, "<E>x</E><Sist>x</Sist><E>x</E>"), "out of order");
    });
}

#[test]
fn recursive_types() {
    check(&folder().join("rekursiv.xsd"), "urn:prov:rekursiv", |rows| {
        let of = |rot: &str| format!("<Rekursiv><Rot><Namn>x</Namn>{rot}</Rot></Rekursiv>");
        rows.valid::<Rekursiv>(&of(""));
        let nod = |name: &str, inner: &str| format!("<{name}><Namn>y</Namn>{inner}</{name}>");
        let deep = nod("Vanster", &nod("Vanster", &nod("Barn", &nod("Hoger", ""))));
        rows.valid::<Rekursiv>(&of(&deep));
        rows.valid::<Rekursiv>(&of(&format!("<Hoger xsi:nil='true'/>{}", nod("Barn", ""))));
        let tal = "<Tal>1</Tal>";
        let led = format!("<Vansterled>{tal}</Vansterled><Hogerled><Inte>{tal}</Inte></Hogerled>");
        rows.valid::<Rekursiv>(&of(&format!("<Uttryck>{led}</Uttryck>")));
        rows.invalid::<Rekursiv>(&of("<Vanster/>"), "element Namn is missing");
        rows.invalid::<Rekursiv>(&of("<Uttryck><Inte/></Uttryck>"), "none of the alternatives");
        rows.invalid::<Rekursiv>(&of("<Vanster xsi:nil='true'/>"), "cannot be nil");
    });
}

#[test]
fn one_namespace_over_several_files_and_names_in_none() {
    let path = folder().join("allt.xsd");
    check(&path, "urn:prov:delad", |rows| {
        let of = |kod: &str| {
            let own = "<Namn xmlns=''><Fornamn xmlns='urn:prov:delad'>hemligt</Fornamn></Namn>";
            let other = "<Namn xmlns='urn:prov:annat'><Kod>AB</Kod></Namn>";
            format!("<Delad>{own}{other}<Kod>{kod}</Kod></Delad>")
        };
        let record = rows.valid::<Delad>(&of("CD"));
        assert_eq!(record.annat_namn.kod.as_str(), "AB");
        let varde = "<Varde xmlns=''><Kod>AB</Kod></Varde></Delad>";
        rows.valid::<Delad>(&of("CD").replace("</Delad>", varde));
        rows.invalid::<Delad>(&of("CDE"), "longer than 2");
        rows.invalid::<Delad>(&of("CD").replace(" xmlns=''", ""), "unknown element");
        rows.invalid::<Delad>(&of("CD").replace("urn:prov:annat", "urn:prov:delad"), "unknown");
    });
}

#[test]
fn names_that_rust_has_itself() {
    // GEN-05, GEN-18.
    check(&folder().join("namn.xsd"), "urn:prov:namn-2.0", |rows| {
        let record = rows.valid::<Namnprov>(
            "<Namnprov fn='x' kod='self'><Option/><self><Writer>x</Writer></self><type>x</type>\
             <Vec><Content>x</Content></Vec><Box>x</Box><_1>1</_1><Ålder><Ok>x</Ok></Ålder>\
             <kod>+</kod><Samma><crate><async>x</async></crate></Samma>\
             <Bättre-namn.här><Err>hemligt</Err></Bättre-namn.här></Namnprov>",
        );
        assert_eq!(record.kod, Some(Kod::Plus));
        assert_eq!(record.kod_attribute, Some(Kod::Self_));
        assert!(record.battre_namn_har.is_some() && record._1.is_some());
        rows.valid::<Namnprov>("<Namnprov kod='2021'><Option><Some>x</Some></Option></Namnprov>");
        rows.invalid::<Namnprov>("<Namnprov><Box>x</Box></Namnprov>", "element Option is missing");
        rows.invalid::<Namnprov>("<Namnprov><Option/><Box>X</Box></Namnprov>", "pattern");
        rows.invalid::<Namnprov>("<Namnprov kod='x'><Option/></Namnprov>", "none of the listed");
    });
}
