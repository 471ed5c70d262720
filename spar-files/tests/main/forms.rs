//! FILE-01 to FILE-04: the forms of files to SPAR, written and read.

use std::io::Cursor;

use expect_test::{Expect, expect};
use spar_files::write::{Settings, WritePost, Writer};
use spar_files::{ErrorKind, Form, Options, Post, Reader, Refusal, Version};
use spar_types::infil_id_nummer::v2023_1::{InfilIdNummer, JaNej};
use spar_types::personnummersattning::v2023_1::{NamnArgument, PersonnummersattningFraga};

use crate::support::{identification, number};

fn settings(version: Version, form: Form) -> Settings {
    let mut settings = Settings::default();
    settings.version = version;
    settings.form = form;
    settings.identifieringsinformation = Some(identification());
    settings
}

fn numbers() -> Vec<InfilIdNummer> {
    let mut second = InfilIdNummer::new(number(2).parse().unwrap());
    second.nulage = Some(JaNej::Ja);
    vec![InfilIdNummer::new(number(1).parse().unwrap()), second]
}

fn question(reference: &str) -> PersonnummersattningFraga {
    let mut question = PersonnummersattningFraga::new(reference.parse().unwrap());
    question.namn_argument = Some(NamnArgument::NamnSokArgument("Åsa Öberg".parse().unwrap()));
    question
}

fn written<T: WritePost>(records: Vec<T>, settings: Settings) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("infil.xml");
    let mut writer = Writer::create(&path, settings).unwrap();
    records.into_iter().for_each(|record| writer.push(record).unwrap());
    writer.finish().unwrap();
    std::fs::read_to_string(path).unwrap()
}

/// Writes in each form, and reads what was written.
fn check<T: WritePost + PartialEq + std::fmt::Debug>(
    records: fn() -> Vec<T>,
    version: Version,
    form: Form,
    expected: &Expect,
) {
    let text = written(records(), settings(version, form));
    expected.assert_eq(&text.replace("><", ">\n<"));
    let reader = Reader::from_file(Cursor::new(text.into_bytes()), Options::default()).unwrap();
    assert_eq!(reader.head().format, T::FORMAT);
    assert_eq!(reader.head().version, version);
    assert_eq!(reader.head().form, form);
    assert!(reader.head().deviations.is_empty(), "{:?}", reader.head().deviations);
    let read = reader.into_records::<T>().unwrap().map(Result::unwrap);
    let read: Vec<_> = read
        .map(|record| {
            assert!(record.deviations.is_empty(), "{:?}", record.deviations);
            record.value
        })
        .collect();
    assert_eq!(read, records());
}

#[test]
fn numbers_in_each_form() {
    // FILE-01, FILE-02.
    check(
        numbers,
        Version::V2023_1,
        Form::Bare,
        &expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <ns1:SPARInfilIdNummer xmlns:ns1="http://statenspersonadressregister.se/schema/infilidnummer/2023.1/infilidnummer">
        <ns1:InfilIdNummer>193001029801</ns1:InfilIdNummer>
        <ns1:InfilIdNummer nulage="JA">193001039802</ns1:InfilIdNummer>
        </ns1:SPARInfilIdNummer>"#]],
    );
    check(
        numbers,
        Version::V2021_1,
        Form::Bare,
        &expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <ns1:SPARInfilIdNummerManuell xmlns:ns1="http://statenspersonadressregister.se/schema/infilidnummer/2021.1/infilidnummermanuell">
        <ns1:InfilIdNummer>193001029801</ns1:InfilIdNummer>
        <ns1:InfilIdNummer nulage="JA">193001039802</ns1:InfilIdNummer>
        </ns1:SPARInfilIdNummerManuell>"#]],
    );
    check(
        numbers,
        Version::V2021_1,
        Form::Identified,
        &expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <ns1:SPARInfilIdNummer xmlns:ns1="http://statenspersonadressregister.se/schema/infilidnummer/2021.1/infilidnummer" xmlns:ns2="http://statenspersonadressregister.se/schema/komponent/metadata/identifieringsinformationFil-1.1">
        <ns2:IdentifieringsinformationFil>
        <ns2:Medieleverantor>
        <ns2:KundNr>102021006700</ns2:KundNr>
        </ns2:Medieleverantor>
        <ns2:Mediemottagare>
        <ns2:KundNr>500243</ns2:KundNr>
        <ns2:Kontaktperson>MARKER Kontakt</ns2:Kontaktperson>
        </ns2:Mediemottagare>
        <ns2:Filinformation>
        <ns2:UppdragId>950</ns2:UppdragId>
        <ns2:ResultatfilSkapad>2026-09-01T06:30:00.000</ns2:ResultatfilSkapad>
        <ns2:Sekvensnummer>17</ns2:Sekvensnummer>
        </ns2:Filinformation>
        </ns2:IdentifieringsinformationFil>
        <ns1:InfilIdNummerPoster>
        <ns1:InfilIdNummer>193001029801</ns1:InfilIdNummer>
        <ns1:InfilIdNummer nulage="JA">193001039802</ns1:InfilIdNummer>
        </ns1:InfilIdNummerPoster>
        </ns1:SPARInfilIdNummer>"#]],
    );
}

#[test]
fn questions_in_each_form() {
    // FILE-01, FILE-02.
    let questions = || vec![question("ärende 1"), question("ärende 2")];
    check(
        questions,
        Version::V2023_1,
        Form::Bare,
        &expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <ns1:SPARInfilPersonnummersattning xmlns:ns1="http://statenspersonadressregister.se/schema/personnummersattning/2023.1/infilpersonnummersattning" xmlns:ns2="http://statenspersonadressregister.se/schema/komponent/sok/personnummersattningsokparametrar-1.2" xmlns:ns3="http://statenspersonadressregister.se/schema/komponent/sok/sokargument-1.3">
        <ns2:PersonnummersattningFraga>
        <ns3:EgenReferens>ärende 1</ns3:EgenReferens>
        <ns3:NamnSokArgument>Åsa Öberg</ns3:NamnSokArgument>
        </ns2:PersonnummersattningFraga>
        <ns2:PersonnummersattningFraga>
        <ns3:EgenReferens>ärende 2</ns3:EgenReferens>
        <ns3:NamnSokArgument>Åsa Öberg</ns3:NamnSokArgument>
        </ns2:PersonnummersattningFraga>
        </ns1:SPARInfilPersonnummersattning>"#]],
    );
    check(
        questions,
        Version::V2021_1,
        Form::Bare,
        &expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <ns1:SPARInfilPersonnummersattningManuell xmlns:ns1="http://statenspersonadressregister.se/schema/personnummersattning/2021.1/infilpersonnummersattningmanuell" xmlns:ns2="http://statenspersonadressregister.se/schema/komponent/sok/personnummersattningsokparametrar-1.1" xmlns:ns3="http://statenspersonadressregister.se/schema/komponent/sok/sokargument-1.2">
        <ns2:PersonnummersattningFraga>
        <ns3:EgenReferens>ärende 1</ns3:EgenReferens>
        <ns3:NamnSokArgument>Åsa Öberg</ns3:NamnSokArgument>
        </ns2:PersonnummersattningFraga>
        <ns2:PersonnummersattningFraga>
        <ns3:EgenReferens>ärende 2</ns3:EgenReferens>
        <ns3:NamnSokArgument>Åsa Öberg</ns3:NamnSokArgument>
        </ns2:PersonnummersattningFraga>
        </ns1:SPARInfilPersonnummersattningManuell>"#]],
    );
    check(
        questions,
        Version::V2021_1,
        Form::Identified,
        &expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <ns1:SPARInfilPersonnummersattning xmlns:ns1="http://statenspersonadressregister.se/schema/personnummersattning/2021.1/infilpersonnummersattning" xmlns:ns2="http://statenspersonadressregister.se/schema/komponent/metadata/identifieringsinformationFil-1.1" xmlns:ns3="http://statenspersonadressregister.se/schema/komponent/sok/personnummersattningsokparametrar-1.1" xmlns:ns4="http://statenspersonadressregister.se/schema/komponent/sok/sokargument-1.2">
        <ns2:IdentifieringsinformationFil>
        <ns2:Medieleverantor>
        <ns2:KundNr>102021006700</ns2:KundNr>
        </ns2:Medieleverantor>
        <ns2:Mediemottagare>
        <ns2:KundNr>500243</ns2:KundNr>
        <ns2:Kontaktperson>MARKER Kontakt</ns2:Kontaktperson>
        </ns2:Mediemottagare>
        <ns2:Filinformation>
        <ns2:UppdragId>950</ns2:UppdragId>
        <ns2:ResultatfilSkapad>2026-09-01T06:30:00.000</ns2:ResultatfilSkapad>
        <ns2:Sekvensnummer>17</ns2:Sekvensnummer>
        </ns2:Filinformation>
        </ns2:IdentifieringsinformationFil>
        <ns1:PersonnummersattningFragor>
        <ns3:PersonnummersattningFraga>
        <ns4:EgenReferens>ärende 1</ns4:EgenReferens>
        <ns4:NamnSokArgument>Åsa Öberg</ns4:NamnSokArgument>
        </ns3:PersonnummersattningFraga>
        <ns3:PersonnummersattningFraga>
        <ns4:EgenReferens>ärende 2</ns4:EgenReferens>
        <ns4:NamnSokArgument>Åsa Öberg</ns4:NamnSokArgument>
        </ns3:PersonnummersattningFraga>
        </ns1:PersonnummersattningFragor>
        </ns1:SPARInfilPersonnummersattning>"#]],
    );
}

#[test]
fn root_and_namespace_are_settings() {
    // FILE-03.
    let mut other = settings(Version::V2023_1, Form::Bare);
    other.root = Some("InfilNummer".into());
    let namespace = "http://statenspersonadressregister.se/schema/infil/2023.1/infil";
    other.namespace = Some(namespace.into());
    let text = written(numbers(), other);
    assert!(text.contains(":InfilNummer xmlns") && text.ends_with(":InfilNummer>"), "{text}");
    assert!(text.contains(namespace) && !text.contains("infilidnummer"), "{text}");
    let reader = Reader::from_file(Cursor::new(text.into_bytes()), Options::default()).unwrap();
    let read = reader.into_records::<InfilIdNummer>().unwrap().map(|record| record.unwrap().value);
    assert_eq!(read.collect::<Vec<_>>(), numbers());

    let mut bad = settings(Version::V2023_1, Form::Bare);
    bad.root = Some("in fil".into());
    let folder = tempfile::tempdir().unwrap();
    let error = Writer::<InfilIdNummer>::create(&folder.path().join("a.xml"), bad).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Refused(Refusal::ElementName));
}

#[test]
fn nulage_is_read_in_its_older_spellings() {
    // FILE-04.
    let stem = "http://statenspersonadressregister.se/schema/infilidnummer/2023.1/infilidnummer";
    let check = |attribute: &str, expected: Option<JaNej>| {
        let number = number(1);
        let text = format!(
            "<SPARInfilIdNummer xmlns='{stem}'><InfilIdNummer {attribute}>{number}</InfilIdNummer>\
             </SPARInfilIdNummer>"
        );
        let reader = Reader::from_file(Cursor::new(text.into_bytes()), Options::default()).unwrap();
        let mut records = reader.into_records::<InfilIdNummer>().unwrap();
        let record = records.next().unwrap().unwrap();
        assert_eq!(record.value.nulage, expected, "{attribute}");
    };
    check("", None);
    check("nulage='JA'", Some(JaNej::Ja));
    check("nulage='NEJ'", Some(JaNej::Nej));
    check("nuläge='JA'", Some(JaNej::Ja));
    check("nulage='J'", Some(JaNej::Ja));
    check("nulage='N'", Some(JaNej::Nej));
}

#[test]
fn an_identification_is_asked_for_where_the_form_has_one() {
    let mut without = settings(Version::V2021_1, Form::Identified);
    without.identifieringsinformation = None;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xml");
    let error = Writer::<InfilIdNummer>::create(&path, without).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Refused(Refusal::NoIdentification));
    assert_eq!(InfilIdNummer::FORMAT.as_str(), "InfilIdNummer");
}
