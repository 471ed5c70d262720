//! What each kind of change means: for readers, for writers, for the crates.

use expect_test::{Expect, expect};
use spar_codegen::{compare, insert_into_changelog};

use super::Fixture;

const BASE: &str = "<xs:element name='Fraga' type='p:FragaTYPE'/>
<xs:complexType name='FragaTYPE'><xs:sequence>
  <xs:element name='A' type='p:KodTYPE'/>
  <xs:element name='B' type='xs:string' minOccurs='0'/>
  <xs:element name='C' type='p:ValTYPE'/>
</xs:sequence></xs:complexType>
<xs:complexType name='ValTYPE'><xs:choice>
  <xs:element name='Ett' type='xs:string'/><xs:element name='Tva' type='p:TextTYPE'/>
</xs:choice></xs:complexType>
<xs:simpleType name='KodTYPE'><xs:restriction base='xs:string'>
  <xs:enumeration value='X'/><xs:enumeration value='Y'/></xs:restriction></xs:simpleType>
<xs:simpleType name='TextTYPE'><xs:restriction base='xs:string'>
  <xs:pattern value='[0-9]{2}'/><xs:maxLength value='5'/></xs:restriction></xs:simpleType>";

const XSD: &str = "granssnitt/prov/1.0/Prov.xsd";
const WSDL: &str = "granssnitt/prov/1.0/prov.wsdl";

/// Compares the base with what a change makes of it; the lines of changes, and the versions.
fn check(change: impl FnOnce(Fixture) -> Fixture, expected: Expect) {
    let (old, new) = (Fixture::new(BASE), change(Fixture::new(BASE)));
    let text = compare(&old.read().unwrap(), &new.read().unwrap()).text();
    let lines = text.lines().filter(|line| !line.starts_with("  (") && !line.is_empty()).skip(1);
    expected.assert_eq(&lines.map(|line| format!("{line}\n")).collect::<String>());
}

fn schema(from: &str, to: &str, expected: Expect) {
    check(|fixture| fixture.replace(XSD, from, to), expected);
}

#[test]
fn elements() {
    // GEN-03.
    let b = "<xs:element name='B' type='xs:string' minOccurs='0'/>";
    let and = |more: &str| format!("{b}{more}");
    schema(
        b,
        &and("<xs:element name='N' type='xs:string' minOccurs='0'/>"),
        expect![[r#"
        urn:prov 1.0
          additive        additive        optional element added: FragaTYPE/N
                                          now element N 0..1 of xs:string
        Versions: spar-types minor, spar-soap minor, spar-simulator minor, spar-sdk minor, spar-tool minor
    "#]],
    );
    schema(
        b,
        &and("<xs:element name='N' type='xs:string'/>"),
        expect![[r#"
        urn:prov 1.0
          additive        breaking        required element added: FragaTYPE/N
                                          now element N 1..1 of xs:string
        Versions: spar-types major, spar-soap major, spar-simulator major, spar-sdk major, spar-tool minor
    "#]],
    );
    schema(
        b,
        "",
        expect![[r#"
        urn:prov 1.0
          wire-compatible breaking        optional element removed: FragaTYPE/B
                                          was element B 0..1 of xs:string
        Versions: spar-types major, spar-soap major, spar-simulator major, spar-sdk major, spar-tool minor
    "#]],
    );
    schema(
        "<xs:element name='A' type='p:KodTYPE'/>",
        "",
        expect![[r#"
        urn:prov 1.0
          breaking        breaking        required element removed: FragaTYPE/A
                                          was element A 1..1 of KodTYPE
        Versions: spar-types major, spar-soap major, spar-simulator major, spar-sdk major, spar-tool minor
    "#]],
    );
    schema(
        "name='B'",
        "name='Ny'",
        expect![[r#"
        urn:prov 1.0
          breaking        breaking        element renamed: FragaTYPE/B
                                          B → Ny
        Versions: spar-types major, spar-soap major, spar-simulator major, spar-sdk major, spar-tool minor
    "#]],
    );
    schema(
        "name='B' type='xs:string'",
        "name='B' type='xs:int'",
        expect![[r#"
        urn:prov 1.0
          breaking        breaking        type changed: FragaTYPE/B
                                          xs:string → xs:int
        Versions: spar-types major, spar-soap major, spar-simulator major, spar-sdk major, spar-tool minor
    "#]],
    );
    schema(
        "minOccurs='0'",
        "",
        expect![[r#"
        urn:prov 1.0
          wire-compatible breaking        cardinality narrowed: FragaTYPE/B
                                          0..1 → 1..1
        Versions: spar-types major, spar-soap major, spar-simulator major, spar-sdk major, spar-tool minor
    "#]],
    );
    schema(
        "minOccurs='0'",
        "minOccurs='0' maxOccurs='unbounded'",
        expect![[r#"
        urn:prov 1.0
          breaking        additive        cardinality widened: FragaTYPE/B
                                          0..1 → 0..unbounded
        Versions: spar-types major, spar-soap major, spar-simulator major, spar-sdk major, spar-tool minor
    "#]],
    );
    schema(
        "name='A'",
        "minOccurs='0' name='A'",
        expect![[r#"
        urn:prov 1.0
          breaking        additive        cardinality widened: FragaTYPE/A
                                          1..1 → 0..1
        Versions: spar-types major, spar-soap major, spar-simulator major, spar-sdk major, spar-tool minor
    "#]],
    );
    schema(
        "minOccurs='0'",
        "minOccurs='1' maxOccurs='unbounded'",
        expect![[r#"
        urn:prov 1.0
          breaking        breaking        cardinality changed: FragaTYPE/B
                                          0..1 → 1..unbounded
        Versions: spar-types major, spar-soap major, spar-simulator major, spar-sdk major, spar-tool minor
    "#]],
    );
    let a = "<xs:element name='A' type='p:KodTYPE'/>";
    check(
        |fixture| fixture.replace(XSD, a, "").replace(XSD, b, &and(a)),
        expect![[r#"
            urn:prov 1.0
              breaking        breaking        order changed: FragaTYPE
                                              A, B, C → B, A, C
            Versions: spar-types major, spar-soap major, spar-simulator major, spar-sdk major, spar-tool minor
        "#]],
    );
}

#[test]
fn choices() {
    // GEN-03.
    let one = "<xs:element name='Ett' type='xs:string'/>";
    schema(
        one,
        &format!("<xs:element name='Tre' type='p:KodTYPE'/>{one}"),
        expect![[r#"
        urn:prov 1.0
          additive        additive        alternative added: ValTYPE/Tre
                                          now element Tre 1..1 of KodTYPE
        Versions: spar-types minor, spar-soap minor, spar-simulator minor, spar-sdk minor, spar-tool minor
    "#]],
    );
    schema(
        one,
        "",
        expect![[r#"
        urn:prov 1.0
          wire-compatible breaking        alternative removed: ValTYPE/Ett
                                          was element Ett 1..1 of xs:string
        Versions: spar-types major, spar-soap major, spar-simulator major, spar-sdk major, spar-tool minor
    "#]],
    );
}

#[test]
fn values() {
    // GEN-03.
    let y = "<xs:enumeration value='Y'/>";
    schema(
        y,
        &format!("{y}<xs:enumeration value='Z'/>"),
        expect![[r#"
        urn:prov 1.0
          additive        additive        value added: KodTYPE
                                          now Z
        Versions: spar-types minor, spar-soap minor, spar-simulator minor, spar-sdk minor, spar-tool minor
    "#]],
    );
    schema(
        y,
        "",
        expect![[r#"
        urn:prov 1.0
          wire-compatible breaking        value removed: KodTYPE
                                          was Y
        Versions: spar-types major, spar-soap major, spar-simulator major, spar-sdk major, spar-tool minor
    "#]],
    );
    schema(
        "maxLength value='5'",
        "maxLength value='9'",
        expect![[r#"
        urn:prov 1.0
          additive        additive        facet widened: TextTYPE, maxLength
                                          5 → 9
        Versions: spar-types minor, spar-soap minor, spar-simulator minor, spar-sdk minor, spar-tool minor
    "#]],
    );
    schema(
        "maxLength value='5'",
        "maxLength value='2'",
        expect![[r#"
        urn:prov 1.0
          wire-compatible breaking        facet narrowed: TextTYPE, maxLength
                                          5 → 2
        Versions: spar-types minor, spar-soap minor, spar-simulator minor, spar-sdk minor, spar-tool minor
    "#]],
    );
    schema(
        "<xs:maxLength value='5'/>",
        "",
        expect![[r#"
        urn:prov 1.0
          additive        additive        facet widened: TextTYPE, maxLength
                                          was 5
        Versions: spar-types minor, spar-soap minor, spar-simulator minor, spar-sdk minor, spar-tool minor
    "#]],
    );
    schema(
        "<xs:maxLength value='5'/>",
        "<xs:maxLength value='5'/><xs:minLength value='1'/>",
        expect![[r#"
            urn:prov 1.0
              wire-compatible breaking        facet narrowed: TextTYPE, minLength
                                              now 1
            Versions: spar-types minor, spar-soap minor, spar-simulator minor, spar-sdk minor, spar-tool minor
        "#]],
    );
    schema(
        "<xs:pattern value='[0-9]{2}'/>",
        "",
        expect![[r#"
            urn:prov 1.0
              additive        additive        facet widened: TextTYPE, pattern
                                              was [0-9]{2}
            Versions: spar-types minor, spar-soap minor, spar-simulator minor, spar-sdk minor, spar-tool minor
        "#]],
    );
    schema(
        "[0-9]{2}",
        "[0-9]{3}",
        expect![[r#"
            urn:prov 1.0
              breaking        breaking        pattern changed: TextTYPE, pattern
                                              [0-9]{2} → [0-9]{3}
            Versions: spar-types minor, spar-soap minor, spar-simulator minor, spar-sdk minor, spar-tool minor
        "#]],
    );
}

#[test]
fn declarations() {
    // GEN-03.
    schema(
        "ValTYPE",
        "AnnatValTYPE",
        expect![[r#"
            urn:prov 1.0
              wire-compatible wire-compatible declaration renamed: ValTYPE
                                              ValTYPE → AnnatValTYPE
            Versions: spar-types major, spar-soap major, spar-simulator major, spar-sdk major, spar-tool minor
        "#]],
    );
    let unused = "<xs:simpleType name='NyTYPE'><xs:restriction base='xs:string'/></xs:simpleType>";
    schema(
        "<xs:simpleType name='KodTYPE'>",
        &format!("{unused}<xs:simpleType name='KodTYPE'>"),
        expect![[r#"
            urn:prov 1.0
              wire-compatible wire-compatible declaration added: NyTYPE
                                              now type NyTYPE
            Versions: spar-types minor, spar-soap minor, spar-simulator minor, spar-sdk minor, spar-tool minor
        "#]],
    );
    schema(
        "<xs:complexType name='ValTYPE'>",
        "<xs:complexType name='ValTYPE'><xs:annotation><xs:documentation>Ord.</xs:documentation></xs:annotation>",
        expect![[r#"
            Both state the same.
            Documentation differs in 1 place.
            Versions: spar-types patch, spar-soap patch, spar-simulator patch, spar-sdk patch, spar-tool patch
        "#]],
    );
}

#[test]
fn namespaces_and_operations() {
    // GEN-03, GEN-15, GEN-16.
    check(
        |fixture| {
            fixture.replace(XSD, "prov-1.0", "prov-1.1").replace(WSDL, "prov-1.0", "prov-1.1")
        },
        expect![[r#"
            urn:prov 1.0 → 1.1
              breaking        breaking        namespace version: namespace
                                              urn:prov-1.0 → urn:prov-1.1
            Versions: spar-types major, spar-soap major, spar-simulator major, spar-sdk major, spar-tool minor
        "#]],
    );
    check(
        |fixture| fixture.replace(WSDL, "urn:Prova", "urn:Prova2"),
        expect![[r#"
            operations
              breaking        breaking        SOAPAction changed: Prova
                                              urn:Prova → urn:Prova2
            Versions: spar-types patch, spar-soap patch, spar-simulator patch, spar-sdk patch, spar-tool patch
        "#]],
    );
    let operation = |name: &str, extra: &str| format!("<operation name=\"{name}\">{extra}");
    let abstract_ = "<input message=\"t:In\"/><output message=\"t:Out\"/></operation>";
    let bound = "<s:operation soapAction=\"urn:Annan\"/><input><s:body use=\"literal\"/></input>\
                 <output><s:body use=\"literal\"/></output></operation>";
    let second =
        |fixture: Fixture| {
            let more = |extra: &str| operation("Annan", extra);
            fixture
                .replace(WSDL, "</portType>", &format!("{}</portType>", more(abstract_)))
                .replace(WSDL, "</binding>", &format!("{}</binding>", more(bound)))
        };
    check(
        second,
        expect![[r#"
        operations
          wire-compatible additive        operation added: Annan
                                          now urn:Annan
        Versions: spar-types patch, spar-soap minor, spar-simulator minor, spar-sdk minor, spar-tool minor
    "#]],
    );
    let (old, new) = (second(Fixture::new(BASE)), Fixture::new(BASE));
    let text = compare(&old.read().unwrap(), &new.read().unwrap()).text();
    expect![[r#"
        prov/1.0

        operations
          breaking        breaking        operation removed: Annan
                                          was urn:Annan

          (readers of new documents, writers of old ones)

        Versions: spar-types patch, spar-soap major, spar-simulator major, spar-sdk major, spar-tool minor
    "#]].assert_eq(&text);
}

#[test]
fn a_comparison_reads_well_in_a_pull_request() {
    let change = |fixture: Fixture| {
        fixture
            .replace(XSD, "minOccurs='0'", "")
            .replace(XSD, "<xs:enumeration value='Y'/>", "<xs:enumeration value='Y|Z'/>")
            .replace(WSDL, "urn:Prova", "urn:Prova2")
    };
    let (old, new) = (Fixture::new(BASE), change(Fixture::new(BASE)));
    let diff = compare(&old.read().unwrap(), &new.read().unwrap());
    expect![[r#"
        ## prov/1.0

        4 changes, 3 of them breaking for one side or both.

        ### operations

        | Change | Where | Old | New | Readers | Writers |
        |---|---|---|---|---|---|
        | SOAPAction changed | `Prova` | `urn:Prova` | `urn:Prova2` | breaking | breaking |

        ### urn:prov 1.0

        | Change | Where | Old | New | Readers | Writers |
        |---|---|---|---|---|---|
        | cardinality narrowed | `FragaTYPE/B` | `0..1` | `1..1` | wire-compatible | breaking |
        | value removed | `KodTYPE` | `Y` |  | wire-compatible | breaking |
        | value added | `KodTYPE` |  | `Y\|Z` | additive | additive |

        ### Versions

        | Crate | Next version |
        |---|---|
        | spar-types | major |
        | spar-soap | major |
        | spar-simulator | major |
        | spar-sdk | major |
        | spar-tool | minor |

        Readers are those who read documents of the new schema with code made for the old one, writers those who write documents of the old schema. Before 1.0.0 a major change raises the second number.

        <details><summary>For the changelog</summary>

        ```markdown
        ### spar-soap

        #### Changed

        - operation `Prova`: SOAPAction changed (`urn:Prova` → `urn:Prova2`).

        ### spar-types

        #### Added

        - `KodTYPE` of `urn:prov`: value added (`Y|Z`).

        #### Changed

        - **Breaking:** `FragaTYPE/B` of `urn:prov`: cardinality narrowed (`0..1` → `1..1`).

        #### Removed

        - **Breaking:** `KodTYPE` of `urn:prov`: value removed (`Y`).
        ```

        </details>
    "#]].assert_eq(&diff.markdown());
    let changelog = "# Changelog\n\n## [Unreleased]\n\n## [0.1.0]\n";
    let changelog = insert_into_changelog(changelog, &diff.changelog()).unwrap();
    expect![[r#"
        # Changelog

        ## [Unreleased]

        ### spar-soap

        #### Changed

        - operation `Prova`: SOAPAction changed (`urn:Prova` → `urn:Prova2`).

        ### spar-types

        #### Added

        - `KodTYPE` of `urn:prov`: value added (`Y|Z`).

        #### Changed

        - **Breaking:** `FragaTYPE/B` of `urn:prov`: cardinality narrowed (`0..1` → `1..1`).

        #### Removed

        - **Breaking:** `KodTYPE` of `urn:prov`: value removed (`Y`).

        ## [0.1.0]
    "#]]
    .assert_eq(&changelog);
    assert_eq!(insert_into_changelog("# Changelog\n", ""), None);
}
