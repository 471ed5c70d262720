//! The generator on schemas that are not SPAR's: what it supports, and what it refuses.

// Fixtures may fail: they are tests.
#![allow(clippy::unwrap_used)]

mod changes;

use std::path::Path;

use expect_test::{Expect, expect};
use spar_codegen::{Ir, Manifest, Tables, diff, generate, read};

const INTERFACE: &str = "prov/1.0";

/// A schema folder with one file, whose declarations are given, and a WSDL around it.
struct Fixture(tempfile::TempDir);

impl Fixture {
    fn new(declarations: &str) -> Self {
        let fixture = Self(tempfile::tempdir().unwrap());
        let write = |path: &str, text: &str| {
            let path = fixture.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write(
            "manifest.toml",
            "interface.\"prov/1.0\".entries = ['granssnitt/prov/1.0/prov.wsdl']\n\
             catalog.\"http://example.se/\" = ''\nfile = []\n",
        );
        write("names.toml", "");
        write("fixups.toml", "");
        let names = ["Fraga", "JA", "Kod", "type"];
        let terms: String = names.map(|name| format!("{name} = {{ gloss = \"x\" }}\n")).concat();
        write("glossary.toml", &format!("[terms]\n{terms}"));
        write(
            "granssnitt/prov/1.0/prov.wsdl",
            r#"<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"
    xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:t="urn:t" xmlns:p="urn:prov-1.0" targetNamespace="urn:t">
  <types><xs:schema targetNamespace="urn:prov-1.0">
    <xs:include schemaLocation="http://example.se/granssnitt/prov/1.0/Prov.xsd"/>
  </xs:schema></types>
  <message name="In"><part name="parameters" element="p:Fraga"/></message>
  <message name="Out"><part name="parameters" element="p:Fraga"/></message>
  <portType name="P"><operation name="Prova">
    <input message="t:In"/><output message="t:Out"/>
  </operation></portType>
  <binding name="B" type="t:P">
    <s:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="Prova"><s:operation soapAction="urn:Prova"/>
      <input><s:body use="literal"/></input><output><s:body use="literal"/></output>
    </operation>
  </binding>
  <service name="S"><port name="O" binding="t:B"><s:address location="x"/></port></service>
</definitions>"#,
        );
        write(
            "granssnitt/prov/1.0/Prov.xsd",
            &format!(
                "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:p=\"urn:prov-1.0\"\n\
                 targetNamespace=\"urn:prov-1.0\" elementFormDefault=\"qualified\">\n\
                 {declarations}\n</xs:schema>"
            ),
        );
        fixture
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Replaces words in a file.
    fn replace(self, file: &str, from: &str, to: &str) -> Self {
        let path = self.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} holds no {from}");
        std::fs::write(path, text.replace(from, to)).unwrap();
        self
    }

    fn read(&self) -> Result<Ir, String> {
        let manifest = Manifest::load(self.path()).unwrap();
        read(self.path(), &manifest, INTERFACE).map_err(|error| error.to_string())
    }

    fn generate(&self) -> Result<Vec<(String, String)>, String> {
        let manifest = Manifest::load(self.path()).unwrap();
        let tables = Tables::load(self.path()).unwrap();
        let output = generate(self.path(), &manifest, &tables, &[INTERFACE]);
        let output = output.map_err(|error| error.to_string())?;
        Ok(output.files().map(|(path, text)| (path, text.to_owned())).collect())
    }
}

/// The question that every fixture declares, of one type.
fn fraga(type_definition: &str) -> String {
    format!("<xs:element name=\"Fraga\" type=\"p:FragaTYPE\"/>\n{type_definition}")
}

#[test]
fn what_is_not_supported_is_refused_with_file_line_and_construct() {
    // GEN-04. The declaration under test begins at line 4 of the file.
    let check = |definition: &str, expected: &str| {
        let refused = Fixture::new(&fraga(definition)).generate().unwrap_err();
        let refused = refused.strip_prefix("granssnitt/prov/1.0/Prov.xsd:").unwrap_or(&refused);
        assert!(refused.starts_with(expected), "{definition}\n{refused}");
    };
    let complex =
        |content: &str| format!("<xs:complexType name=\"FragaTYPE\">{content}</xs:complexType>");
    let simple =
        |content: &str| format!("<xs:simpleType name=\"FragaTYPE\">{content}</xs:simpleType>");

    check(&complex("<xs:all><xs:element name='A' type='xs:string'/></xs:all>"), "4: <all> is not");
    check(&complex("<xs:sequence><xs:any/></xs:sequence>"), "4: <any> is not");
    check(
        &complex("<xs:sequence/><xs:attribute name='a' type='xs:string'/>"),
        "4: <attribute> is not supported",
    );
    check(
        &complex("<xs:complexContent><xs:extension base='p:X'/></xs:complexContent>"),
        "4: <complexContent> is not",
    );
    check(
        &complex(
            "<xs:simpleContent><xs:extension base='xs:string'>\
             <xs:attribute name='a' type='xs:string' use='required'/></xs:extension></xs:simpleContent>",
        ),
        "4: <attribute> is not",
    );
    check(&simple("<xs:list itemType='xs:string'/>"), "4: <list> is not");
    check(&simple("<xs:union memberTypes='xs:string'/>"), "4: <union> is not");
    check(
        &simple("<xs:restriction base='xs:string'><xs:length value='3'/></xs:restriction>"),
        "4: <length> is not",
    );
    check(&simple("<xs:restriction base='xs:decimal'/>"), "4: type `xs:decimal` is not supported");
    check(
        &simple("<xs:restriction base='xs:string'><xs:pattern value='\\i+'/></xs:restriction>"),
        "4: pattern `\\i+`: the escape `\\i` is not",
    );
    check(
        &simple("<xs:restriction base='xs:date'><xs:minInclusive value='3'/></xs:restriction>"),
        "4: bounds on xs:date",
    );
    check(
        &complex(
            "<xs:sequence><xs:element name='A' type='xs:string' nillable='true'/></xs:sequence>",
        ),
        "4: attribute `nillable` of <element> is not supported",
    );
    check(
        &complex("<xs:sequence><xs:element name='A' type='xs:string' default='x'/></xs:sequence>"),
        "4: attribute `default` of <element> is not supported",
    );
    check(
        "<xs:complexType name='FragaTYPE' abstract='true'><xs:sequence/></xs:complexType>",
        "4: attribute `abstract` of <complexType> is not supported",
    );
    check(
        &complex(
            "<xs:sequence maxOccurs='2'><xs:element name='A' type='xs:string'/></xs:sequence>",
        ),
        "4: the sequence that begins with `A` has no name",
    );
    check(
        &complex(
            "<xs:sequence><xs:element name='A' type='xs:string'/>\
             <xs:sequence minOccurs='0'><xs:element name='B' type='xs:string'/></xs:sequence>\
             </xs:sequence>",
        ),
        "4: the sequence that begins with `B` has no name; add to names.toml:",
    );
    check(
        &complex("<xs:sequence><xs:element ref='p:Saknas'/></xs:sequence>"),
        "4: element {urn:prov-1.0}Saknas is not declared",
    );
    check(&fraga("<xs:attributeGroup name='G'/>"), "4: ");
}

#[test]
fn names_that_collide_are_an_error() {
    // GEN-05, GEN-18.
    let definition = "<xs:complexType name='FragaTYPE'><xs:sequence/></xs:complexType>\n\
                      <xs:simpleType name='Fraga'><xs:restriction base='xs:string'/></xs:simpleType>";
    let refused = Fixture::new(&fraga(definition)).generate().unwrap_err();
    assert!(refused.contains("would both be named Fraga"), "{refused}");
}

#[test]
fn the_glossary_covers_every_name_and_no_other() {
    // GEN-10.
    let check = |definition: &str, expected: &str| {
        let refused = Fixture::new(&fraga(definition)).generate().unwrap_err();
        assert!(refused.contains(expected), "{refused}");
    };
    let of = |elements: &str| {
        format!(
            "<xs:complexType name='FragaTYPE'><xs:sequence>{elements}</xs:sequence></xs:complexType>\n\
             <xs:simpleType name='KodTYPE'><xs:restriction base='xs:string'>\n\
             <xs:enumeration value='JA'/></xs:restriction></xs:simpleType>"
        )
    };
    check(&of("<xs:element name='Ny' type='p:KodTYPE'/>"), "glossary.toml lacks [\"Ny\"]");
    let idle = "glossary.toml has [\"type\"], which no schema uses";
    check(&of("<xs:element name='Kod' type='p:KodTYPE'/>"), idle);
}

#[test]
fn documentation_stays_with_the_element_that_it_stands_in() {
    // GEN-09, GEN-19: it may name another element, and one that stands between two belongs to neither.
    let fixture = Fixture::new(
        "<xs:element name='Fraga' type='p:FragaTYPE'/>
<xs:complexType name='FragaTYPE'><xs:sequence>
  <xs:element name='Kod' type='p:KodTYPE'>
    <xs:annotation><xs:documentation>The end, DatumTom.</xs:documentation></xs:annotation>
  </xs:element>
  <xs:element name='type' type='xs:string' minOccurs='0'/>
</xs:sequence></xs:complexType>
<xs:simpleType name='KodTYPE'>
  <xs:restriction base='xs:string'><xs:enumeration value='JA'/></xs:restriction>
</xs:simpleType>",
    );
    let files = fixture.generate().unwrap();
    let (_, types) = files.iter().find(|(path, _)| path.ends_with("v1_0/types.rs")).unwrap();
    let (before, _) = types.split_once("    pub kod: Kod,").unwrap();
    assert!(before.ends_with("/// The end, DatumTom.\n    #[doc(alias = \"x\")]\n"), "{before}");
    assert_eq!(types.matches("DatumTom").count(), 1);
}

#[test]
fn a_location_is_resolved_through_the_catalog_only() {
    // GEN-08.
    let check = |location: &str, expected: &str| {
        let import = format!("<xs:import namespace='urn:x' schemaLocation='{location}'/>");
        let refused = Fixture::new(&import).read().unwrap_err();
        assert!(refused.contains(expected), "{refused}");
    };
    check("http://elsewhere.se/a.xsd", "is not in the catalog of manifest.toml");
    check("../../../../a.xsd", "leads out of the schema folder");
    check("http://example.se/../a.xsd", "is not in the catalog of manifest.toml");
}

#[test]
fn facts_do_not_depend_on_wording() {
    // GEN-21, GEN-22: prefixes, order, documentation and white space mean nothing.
    let one = "<xs:element name='Fraga' type='p:FragaTYPE'/>
<xs:complexType name='FragaTYPE'><xs:sequence>
  <xs:element name='A' type='xs:string' minOccurs='0'/></xs:sequence></xs:complexType>";
    let two = "<xs:complexType xmlns:q='urn:prov-1.0' name='FragaTYPE'>
  <xs:annotation><xs:documentation>Other words.</xs:documentation></xs:annotation>
  <xs:sequence minOccurs='1'><xs:element minOccurs='0' maxOccurs='1' type='xs:string' name='A'/>
  </xs:sequence></xs:complexType>
<xs:annotation><xs:documentation>Of nothing in particular.</xs:documentation></xs:annotation>
<xs:element xmlns:q='urn:prov-1.0' name='Fraga' type='q:FragaTYPE'/>";
    let (one, two) = (Fixture::new(one).read().unwrap(), Fixture::new(two).read().unwrap());
    assert_eq!(diff(&one, &two), [""; 0]);
    assert_eq!(one.dump(), two.dump());
    // GEN-22: the schema that the WSDL holds says nothing of it, the one that it includes does.
    assert!(one.dump().contains("element {urn:prov-1.0}A 0..1"), "{}", one.dump());
}

#[test]
fn each_kind_of_change_is_one_line() {
    // GEN-03.
    let base = "<xs:element name='Fraga' type='p:FragaTYPE'/>
<xs:complexType name='FragaTYPE'><xs:sequence>
  <xs:element name='A' type='p:KodTYPE'/><xs:element name='B' type='xs:string'/>
</xs:sequence></xs:complexType>
<xs:simpleType name='KodTYPE'><xs:restriction base='xs:string'>
  <xs:enumeration value='X'/></xs:restriction></xs:simpleType>
<xs:simpleType name='TextTYPE'><xs:restriction base='xs:string'>
  <xs:pattern value='[0-9]{2}'/><xs:maxLength value='5'/></xs:restriction></xs:simpleType>";
    let check = |from: &str, to: &str, expected: Expect| {
        let (old, new) = (Fixture::new(base), Fixture::new(&base.replace(from, to)));
        let lines = diff(&old.read().unwrap(), &new.read().unwrap()).join("\n");
        expected.assert_eq(&lines);
    };
    check(
        "name='B' type='xs:string'",
        "name='B' type='xs:string' minOccurs='0'",
        expect![[
            r#"changed {urn:prov-1.0} type FragaTYPE content/02: element {urn:prov-1.0}B 1..1 of xs:string -> element {urn:prov-1.0}B 0..1 of xs:string"#
        ]],
    );
    check(
        "name='B' type='xs:string'",
        "name='C' type='xs:string'",
        expect![[
            r#"changed {urn:prov-1.0} type FragaTYPE content/02: element {urn:prov-1.0}B 1..1 of xs:string -> element {urn:prov-1.0}C 1..1 of xs:string"#
        ]],
    );
    check(
        "name='B' type='xs:string'",
        "name='B' type='xs:int'",
        expect![[
            r#"changed {urn:prov-1.0} type FragaTYPE content/02: element {urn:prov-1.0}B 1..1 of xs:string -> element {urn:prov-1.0}B 1..1 of xs:int"#
        ]],
    );
    check(
        "name='B' type='xs:string'/>",
        "name='B' type='xs:string'/><xs:element name='C' type='xs:string'/>",
        expect![
            "added   {urn:prov-1.0} type FragaTYPE content/03: element {urn:prov-1.0}C 1..1 of xs:string"
        ],
    );
    check(
        "<xs:element name='B' type='xs:string'/>",
        "",
        expect![
            "removed {urn:prov-1.0} type FragaTYPE content/02: element {urn:prov-1.0}B 1..1 of xs:string"
        ],
    );
    check(
        "name='B' type='xs:string'",
        "name='B' type='xs:string' maxOccurs='4'",
        expect![
            "changed {urn:prov-1.0} type FragaTYPE content/02: element {urn:prov-1.0}B 1..1 of xs:string -> element {urn:prov-1.0}B 1..4 of xs:string"
        ],
    );
    check(
        "<xs:enumeration value='X'/>",
        "<xs:enumeration value='X'/><xs:enumeration value='Y'/>",
        expect![[r#"added   {urn:prov-1.0} type KodTYPE value 02: Y"#]],
    );
    check(
        "value='5'",
        "value='6'",
        expect![[r#"changed {urn:prov-1.0} type TextTYPE maxLength: 5 -> 6"#]],
    );
    check(
        "[0-9]{2}",
        "[0-9]{3}",
        expect![[r#"changed {urn:prov-1.0} type TextTYPE pattern 1: [0-9]{2} -> [0-9]{3}"#]],
    );
}

#[test]
fn generated_code_reads_as_if_written_by_hand() {
    let fixture = Fixture::new(
        "<xs:element name='Fraga' type='p:FragaTYPE'/>
<xs:complexType name='FragaTYPE'>
  <xs:annotation><xs:documentation>What is asked.</xs:documentation></xs:annotation>
  <xs:sequence>
    <xs:element name='Kod' type='p:KodTYPE'>
      <xs:annotation><xs:documentation>A code.</xs:documentation></xs:annotation>
    </xs:element>
    <xs:element name='type' type='xs:string' minOccurs='0' maxOccurs='3'/>
  </xs:sequence>
</xs:complexType>
<xs:simpleType name='KodTYPE'>
  <xs:restriction base='xs:string'><xs:enumeration value='JA'/></xs:restriction>
</xs:simpleType>",
    );
    let files = fixture.generate().unwrap();
    let file = |name: &str| {
        let path = format!("spar-types/{name}");
        let found = files.iter().find(|(found, _)| *found == path);
        found.unwrap_or_else(|| panic!("{path}")).1.clone()
    };
    expect![[r#"
        // @generated by `cargo xtask codegen` from granssnitt/prov/1.0/Prov.xsd. Do not edit.

        //! The types of `granssnitt/prov/1.0/Prov.xsd`.

        use crate::simple::{FreeText, UnknownCode, code_type};

        /// What is asked.
        ///
        /// Schema: type `FragaTYPE` in `granssnitt/prov/1.0/Prov.xsd`.
        #[doc(alias = "x")]
        #[derive(Clone, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub struct Fraga {
            /// A code.
            #[doc(alias = "x")]
            pub kod: Kod,
            /// `type`.
            ///
            /// At most 3.
            #[doc(alias = "x")]
            pub type_: Vec<FreeText>,
        }

        impl Fraga {
            /// The required parts; all others are absent, to be set as fields.
            #[must_use]
            pub fn new(kod: Kod) -> Self {
                Self { kod, type_: Vec::new() }
            }
        }

        /// `Kod`.
        ///
        /// Schema: type `KodTYPE` in `granssnitt/prov/1.0/Prov.xsd`.
        #[doc(alias = "x")]
        #[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum Kod {
            /// `JA`.
            #[doc(alias = "x")]
            Ja,
            /// A code that the schema does not list, as sent. Made by reading only.
            Unknown(UnknownCode),
        }

        code_type!(Kod, { Ja = "JA" });
    "#]]
    .assert_eq(&file("src/generated/components/urn_prov_v1_0/types.rs"));
    expect![[r#"
        // @generated by `cargo xtask codegen` from granssnitt/prov/1.0/Prov.xsd. Do not edit.

        //! Reading and writing.

        use crate::generated::components::urn_prov_v1_0::Fraga;
        use crate::generated::components::urn_prov_v1_0::elements::{KOD, TYPE};
        use crate::xml::{Content, Cursor, Name, Writer};

        impl Content for Fraga {
            const ELEMENTS: &'static [Name] = &[KOD, TYPE];

            fn read<C: Cursor>(children: &mut C) -> Result<Self, C::Refusal> {
                Ok(Self {
                    kod: children.required(KOD)?,
                    type_: children.values(TYPE, 0, 3)?,
                })
            }

            fn write(&self, writer: &mut Writer) {
                writer.required(KOD, &self.kod);
                writer.values(TYPE, &self.type_, 0, 3);
            }
        }
    "#]]
    .assert_eq(&file("src/generated/components/urn_prov_v1_0/xml.rs"));
    expect![[r#"
        // @generated by `cargo xtask codegen` from granssnitt/prov/1.0/Prov.xsd. Do not edit.

        //! Values of the types of `granssnitt/prov/1.0/Prov.xsd`.

        use spar_types::components::urn_prov_v1_0::{Fraga, Kod};

        use crate::strategy::{Any, BoxedStrategy, With, any, code, made, values};

        impl Any for Fraga {
            fn any() -> BoxedStrategy<Self> {
                made(any(), Self::new).with(values(0, Some(3)), |made, value| made.type_ = value)
            }
        }

        impl Any for Kod {
            fn any() -> BoxedStrategy<Self> {
                code(Self::ALL)
            }
        }
    "#]]
    .assert_eq(&file("tests/main/generated/urn_prov_v1_0.rs"));
}
