//! What is not supported is refused, with file, line, construct and what to do.

use expect_test::expect;

use crate::{Fixture, fraga};

/// The declaration under test begins at line 4 of the file. What contradicts itself needs no hint.
#[track_caller]
fn check(definition: &str, expected: &str, hint: &str) {
    let error = Fixture::new(&fraga(definition)).bindings().unwrap_err();
    let (file, line) = error.place().unwrap_or(("nowhere", 0));
    let found = format!("{file}:{line}: {}", error.message());
    let expected = format!("granssnitt/prov/1.0/Prov.xsd:{expected}");
    assert!(found.starts_with(&expected), "{definition}\n{found}");
    let report = error.report();
    let has_hint = hint.is_empty() || report.contains(&format!("= hint: {hint}"));
    assert!(has_hint, "{definition}\n{report}");
    // The line of the schema is shown.
    assert!(report.contains('^'), "{report}");
}

fn complex(content: &str) -> String {
    format!("<xs:complexType name='FragaTYPE'>{content}</xs:complexType>")
}

fn element(attributes: &str) -> String {
    complex(&format!("<xs:sequence><xs:element name='A' {attributes}/></xs:sequence>"))
}

fn simple(content: &str) -> String {
    format!("<xs:simpleType name='FragaTYPE'>{content}</xs:simpleType>")
}

#[test]
fn of_elements() {
    // GEN-04.
    let string = "type='xs:string'";
    check(
        &element(&format!("{string} default='x'")),
        "4: attribute `default` of <element> is not supported",
        "let the program",
    );
    check(
        &element(&format!("{string} fixed='x'")),
        "4: attribute `fixed` of <element> is not",
        "give the element a type",
    );
    check(&element(""), "4: <element> without a type (xs:anyType)", "name one with `type`");
    check(
        &element("type='xs:anyType'"),
        "4: type `xs:anyType` is not supported",
        "supported are xs:string",
    );
    check(&element(&format!("{string} maxOccurs='0'")), "4: maxOccurs=\"0\"", "take it out");
    let head = "<xs:element name='H' type='xs:string'/>\n\
                <xs:element name='M' type='xs:string' substitutionGroup='p:H'/>";
    check(
        &format!("{head}{}", complex("<xs:sequence/>")),
        "5: a substitution group is not",
        "write the members as a choice",
    );
    check(
        &format!("<xs:element name='H' abstract='true' type='xs:string'/>{}", complex("")),
        "4: an abstract element is not",
        "write the elements",
    );
    let key = "<xs:element name='K'><xs:complexType/>\
               <xs:key name='k'><xs:selector xpath='a'/><xs:field xpath='b'/></xs:key></xs:element>";
    check(&format!("{}{key}", complex("")), "4: the constraint <key> is not", "check it where");
}

#[test]
fn of_groups() {
    // GEN-04.
    let a = "<xs:element name='A' type='xs:string'/>";
    let any = |content: &str| complex(&format!("<xs:sequence>{content}</xs:sequence>"));
    check(&any("<xs:any/>"), "4: <any> that must be there", "say minOccurs=\"0\"");
    let limited = "<xs:any minOccurs='0' maxOccurs='3'/>";
    check(&any(limited), "4: <any> with a limit above 1", "say maxOccurs=\"unbounded\"");
    let choice = format!("<xs:choice>{a}<xs:any minOccurs='0'/></xs:choice>");
    check(&complex(&choice), "4: <any> as an alternative", "put it behind the choice");
    let repeated = format!(
        "<xs:sequence maxOccurs='2'>{a}<xs:any namespace='##other' minOccurs='0'/></xs:sequence>"
    );
    check(&complex(&repeated), "4: <any> in a group that is repeated", "put it behind the group");
    check(
        &complex(&format!("<xs:all minOccurs='0'>{a}</xs:all>")),
        "4: <all> that may be absent",
        "say minOccurs=\"0\" of each",
    );
    let twice = format!("<xs:choice>{a}<xs:sequence>{a}{a}</xs:sequence></xs:choice>");
    let error = Fixture::new(&fraga(&complex(&twice))).bindings().unwrap_err();
    assert!(!error.proposals().is_empty() || error.message().contains("two places"), "{error}");
    let circle = "<xs:group name='G'><xs:sequence><xs:group ref='p:G' minOccurs='0'/></xs:sequence>\
                  </xs:group>";
    check(&format!("{circle}{}", complex("")), "4: group {urn:prov-1.0}G holds itself", "");
}

#[test]
fn of_types() {
    // GEN-04.
    check(
        "<xs:complexType name='FragaTYPE' mixed='true'><xs:sequence/></xs:complexType>",
        "4: text between elements (mixed content)",
        "say mixed=\"false\"",
    );
    check(
        "<xs:complexType name='FragaTYPE' abstract='true'><xs:sequence/></xs:complexType>",
        "3: an element of the abstract type",
        "give the element one of the types",
    );
    let restriction = "<xs:complexContent><xs:restriction base='p:X'/></xs:complexContent>";
    check(
        &format!("{}<xs:complexType name='X'/>", complex(restriction)),
        "4: <restriction> is not supported",
        "write the restricted type",
    );
    let of_itself = "<xs:complexContent><xs:extension base='p:FragaTYPE'/></xs:complexContent>";
    check(&complex(of_itself), "4: a type that extends itself", "");
    let of_text = "<xs:complexContent><xs:extension base='p:T'/></xs:complexContent>";
    let text = "<xs:simpleType name='T'><xs:restriction base='xs:string'/></xs:simpleType>";
    check(&format!("{}{text}", complex(of_text)), "4: the base {urn:prov-1.0}T has no content", "");
    let attribute = |of: &str| complex(&format!("<xs:sequence/><xs:attribute {of}/>"));
    check(&attribute("ref='xml:lang'"), "4: an attribute by reference", "declare the attribute");
    check(
        &attribute("name='a' type='xs:string' form='qualified'"),
        "4: an attribute in a namespace",
        "say form=\"unqualified\"",
    );
    check(&attribute("name='a' type='p:FragaTYPE'"), "4: Fraga, which Fraga is made of, is no", "");
    check(
        &complex("<xs:sequence/><xs:attributeGroup ref='p:G'/>"),
        "4: <attributeGroup> is not supported",
        "write its attributes",
    );
    check("<xs:redefine schemaLocation='x.xsd'/>", "4: <redefine> is not", "include the file");
    check("<xs:override schemaLocation='x.xsd'/>", "4: <override> is not", "");
    check("<xs:attribute name='a' type='xs:string'/>", "4: <attribute> is not", "declare the");
    let unlike = "<xs:complexType xmlns:vc='http://www.w3.org/2007/XMLSchema-versioning' \
                  vc:minVersion='1.1' name='FragaTYPE'/>";
    check(unlike, "4: attribute `vc:minVersion` of <complexType> is not", "say it with");
}

#[test]
fn of_simple_types() {
    // GEN-04, GEN-13.
    let restricted = |base: &str, facets: &str| {
        simple(&format!("<xs:restriction base='{base}'>{facets}</xs:restriction>"))
    };
    check(
        &restricted("xs:string", "<xs:whiteSpace value='collapse'/>"),
        "4: <whiteSpace> is",
        "say it with",
    );
    check(
        &restricted("xs:hexBinary", ""),
        "4: type `xs:hexBinary` is not supported",
        "supported are",
    );
    check(
        &restricted("xs:string", "<xs:pattern value='\\i+'/>"),
        "4: pattern `\\i+`: the escape",
        "",
    );
    check(&restricted("xs:date", "<xs:minInclusive value='3'/>"), "4: bounds on xs:date", "");
    check(&restricted("xs:string", "<xs:minInclusive value='3'/>"), "4: bounds on a string", "");
    let listed = "<xs:enumeration value='abc'/><xs:maxLength value='2'/>";
    check(&restricted("xs:string", listed), "4: the listed value `abc` breaks", "take the value");
    check(&restricted("p:FragaTYPE", "<xs:maxLength value='2'/>"), "4: a type that restricts", "");
    check(&restricted("p:Saknas", ""), "4: type {urn:prov-1.0}Saknas is not declared", "no file");
    check(&simple("<xs:union memberTypes=''/>"), "4: a union of nothing", "");
    let nameless = "<xs:enumeration value='+'/>";
    check(
        &restricted("xs:string", nameless),
        "4: `+` gives no name",
        "add to names.toml, [values]",
    );
}

#[test]
fn of_files() {
    // GEN-04, GEN-08.
    let check = |import: &str, other: &str, expected: &str| {
        let fixture = Fixture::new(import);
        fixture.write("Annan.xsd", other);
        let error = fixture.bindings().unwrap_err().to_string();
        assert!(error.contains(expected), "{import}\n{error}");
    };
    let schema = |attributes: &str| {
        format!("<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' {attributes}/>")
    };
    let include = "<xs:include schemaLocation='Annan.xsd'/>";
    let import = "<xs:import namespace='urn:a' schemaLocation='Annan.xsd'/>";
    check(include, &schema("targetNamespace='urn:a'"), "declares the namespace `urn:a`, not");
    check(
        import,
        &schema("targetNamespace='urn:b'"),
        "declares the namespace `urn:b`, not `urn:a`",
    );
    check(import, &schema(""), "declares no namespace, so it can only be included");
    check(import, "<x/>", "not an XML Schema");
    check(import, "<!DOCTYPE x><x/>", "a DOCTYPE is refused");
    check(import, "<xs:schema", "Annan.xsd:1:");
    check("<xs:import namespace='urn:x'/>", "", "no file that is reached declares the namespace");
    check("<xs:import schemaLocation='Annan.xsd'/>", "", "an import of no namespace");
    check("<xs:include schemaLocation='Saknas.xsd'/>", "", "Prov.xsd:3:");
}

#[test]
fn an_error_shows_the_place_and_what_to_do() {
    let definition = "<xs:complexType name='FragaTYPE'>\n\t<xs:sequence>\n\
                      \t\t<xs:element name='Å' type='xs:string' fixed='x'/>\n\
                      </xs:sequence></xs:complexType>";
    let error = Fixture::new(&fraga(definition)).bindings().unwrap_err();
    expect![[r#"
        error: attribute `fixed` of <element> is not supported by the generator
         --> granssnitt/prov/1.0/Prov.xsd:6:9
          |
        6 |         <xs:element name='Å' type='xs:string' fixed='x'/>
          |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = hint: give the element a type with one value
    "#]]
    .assert_eq(&error.report());
}

#[test]
fn groups_without_a_name_are_told_all_at_once_with_names_to_paste() {
    // GEN-05.
    let a = |name: &str| format!("<xs:element name='{name}' type='xs:string'/>");
    let definition = complex(&format!(
        "<xs:sequence><xs:choice>{}{}</xs:choice>\n<xs:sequence minOccurs='0'>{}{}{}{}\
         </xs:sequence></xs:sequence>",
        a("PostNr"),
        a("PostNrFrom"),
        a("B"),
        a("C"),
        a("D"),
        a("E")
    ));
    let fixture = Fixture::new(&fraga(&definition));
    let error = fixture.bindings().unwrap_err();
    let expected = "the choice that begins with `PostNr` has no name, and neither have 1 more";
    assert_eq!(error.message(), expected);
    let lines: Vec<_> = error.proposals().iter().map(|proposal| proposal.toml.as_str()).collect();
    let lines = lines.join("\n\n");
    expect![[r#"
        [[group]]
        type = "urn:prov/FragaTYPE"
        kind = "choice"
        first = "PostNr"
        name = "PostNrEllerPostNrFrom"

        [[group]]
        type = "urn:prov/FragaTYPE"
        kind = "sequence"
        first = "B"
        name = "BTillE""#]]
    .assert_eq(&lines);
    // Pasted, they mend it.
    std::fs::write(fixture.path().join("names.toml"), lines).unwrap();
    let tables = spar_codegen::Tables::load(fixture.path()).unwrap();
    let bindings =
        spar_codegen::Bindings::new("prov/1.0", fixture.path(), "granssnitt/prov/1.0/prov.wsdl");
    bindings.catalog("http://example.se/", "").tables(tables).generate().unwrap();
}
