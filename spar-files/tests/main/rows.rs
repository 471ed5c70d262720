//! FILE rows: how records stand in the files of each kind.

use std::io::Cursor;

use spar_files::{Options, Post, Reader, Record};
use spar_types::avisering::newest::AviseringPost;
use spar_types::personnummersattning::newest::PersonnummersattningPost;
use spar_types::reklamsparravisering::newest::ReklamsparrPost;
use spar_types::urval::newest::NamnAdressUppgift;

use crate::support::{Shown, avisering, number, read};

const S: &str = "http://statenspersonadressregister.se/schema";

fn records<T: Post>(text: &str) -> Vec<Record<T>> {
    let bytes = Cursor::new(text.as_bytes().to_vec());
    let reader = Reader::from_file(bytes, Options::default()).unwrap();
    reader.into_records::<T>().unwrap().map(Result::unwrap).collect()
}

/// A file of this root and list, in one namespace: readers go by local names.
fn file(service: &str, root: &str, list: &str, records: &str) -> String {
    format!("<{root} xmlns='{S}/{service}/2023.1/{service}'><{list}>{records}</{list}></{root}>")
}

#[test]
fn what_an_avisering_was_made_from_may_be_absent() {
    // FILE-13: without either file, without the block.
    let text = String::from_utf8(avisering(1)).unwrap();
    let start = text.find("Aviseringsunderlag").unwrap();
    let start = text[..start].rfind('<').unwrap();
    let end = start + text[start..].find("AviseringPoster").unwrap();
    let end = text[..end].rfind('<').unwrap();
    let with = |block: &str| {
        let text = format!("{}{block}{}", &text[..start], &text[end..]);
        let bytes = Cursor::new(text.into_bytes());
        let reader = Reader::from_file(bytes, Options::default()).unwrap();
        let underlag = reader.head().aviseringsunderlag.clone();
        assert_eq!(reader.into_records::<AviseringPost>().unwrap().count(), 1);
        underlag
    };
    assert!(with("").is_none());
    let block = |content: &str| {
        let namespace = format!("{S}/avisering/2023.1/avisering");
        with(&format!("<Aviseringsunderlag xmlns='{namespace}'>{content}</Aviseringsunderlag>"))
    };
    let underlag =
        block("<Folkbokforingsfil><Inlast>2026-09-01T01:00:00.000</Inlast></Folkbokforingsfil>");
    assert!(underlag.as_ref().unwrap().kundinfil.is_none());
    assert!(underlag.unwrap().folkbokforingsfil.is_some());
    let underlag = block("<Kundinfil><Namn>infil.xml</Namn></Kundinfil>").unwrap();
    assert!(underlag.folkbokforingsfil.is_none());
}

#[test]
fn questions_have_any_number_of_answers() {
    // FILE-14: 0, 1, n, an exception, both, and property where none should be.
    let question = |reference: &str| {
        format!(
            "<PersonnummersattningFraga><EgenReferens>{reference}</EgenReferens>\
             <NamnSokArgument>Ek</NamnSokArgument></PersonnummersattningFraga>"
        )
    };
    let answer = |nth: u64| {
        format!(
            "<PersonnummersattningSvar><PersonId><IdNummer>{}</IdNummer><Typ>PERSONNUMMER</Typ></PersonId>\
             <Sekretessmarkering>NEJ</Sekretessmarkering><SkyddadFolkbokforing>NEJ</SkyddadFolkbokforing>\
             <Fastighet><Taxeringsenhetsnummer>1</Taxeringsenhetsnummer><LanKod>01</LanKod>\
             <KommunKod>80</KommunKod><FastighetKod>220</FastighetKod><FastighetDel>\
             <Taxeringsidentitet>1</Taxeringsidentitet><FastighetBeteckning>EKEN 1</FastighetBeteckning>\
             <AndelstalTaljare>1</AndelstalTaljare><AndelstalNamnare>1</AndelstalNamnare></FastighetDel>\
             </Fastighet></PersonnummersattningSvar>",
            number(nth)
        )
    };
    let exception =
        "<Undantag><Kod>OVERSTIGER_MAX_ANTAL_TRAFFAR</Kod><Beskrivning>x</Beskrivning></Undantag>";
    let post = |content: &str| {
        let content = format!(
            "<PersonnummersattningPost>{}{content}</PersonnummersattningPost>",
            question("1")
        );
        let text = file(
            "personnummersattning",
            "SPARPersonnummersattning",
            "PersonnummersattningPoster",
            &content,
        );
        records::<PersonnummersattningPost>(&text).pop().unwrap().value
    };
    let check = |content: &str, answers: usize, has_exception: bool| {
        let post = post(content);
        assert_eq!(post.personnummersattning_svar.iter().flatten().count(), answers);
        assert_eq!(post.undantag.is_some(), has_exception);
        post
    };
    check("", 0, false);
    check(exception, 0, true);
    let many: String = (0..250).map(answer).collect();
    check(&many, 250, false);
    check(&format!("{}{exception}", answer(1)), 1, true);
    let post = check(&answer(1), 1, false);
    let record = post.personnummersattning_svar[0].as_ref().unwrap();
    assert_eq!(record.fastighet.iter().flatten().count(), 1);
}

#[test]
fn addresses_of_a_selection_stand_in_either_way() {
    // FILE-16, FILE-17.
    let lines = "<Utdelningsadress2>GATAN 5</Utdelningsadress2><PostNr>11234</PostNr><Postort>SOLNA</Postort>";
    for address in [format!("<SvenskAdress>{lines}</SvenskAdress>"), lines.to_owned()] {
        let post = format!(
            "<NamnAdressUppgift><Tillskrift>till dödsboet efter</Tillskrift><Tilltalsnamn>10</Tilltalsnamn>\
             <Fornamn>Åsa</Fornamn>{address}</NamnAdressUppgift>"
        );
        let text = file("urval", "SPARUrval", "NamnAdressUppgifter", &post);
        let record = records::<NamnAdressUppgift>(&text).pop().unwrap().value;
        let address = record.svensk_adress.as_ref().unwrap();
        assert_eq!(address.utdelningsadress2.as_ref().unwrap().to_string_unredacted(), "GATAN 5");
        assert_eq!(address.post_nr.as_ref().unwrap().to_string_unredacted(), "11234");
        let tillskrift = record.tillskrift.as_ref().unwrap();
        assert_eq!(tillskrift.to_string_unredacted(), "till dödsboet efter");
    }
}

#[test]
fn refusals_name_the_person_in_either_way() {
    // FILE-18, FILE-23: the number is anybody's, and dates may be absent.
    let number = number(3);
    for id in [
        format!("<IdNummer>{number}</IdNummer>"),
        format!("<PersonId><IdNummer>{number}</IdNummer></PersonId>"),
    ] {
        let post = format!("<ReklamsparrPost>{id}<Reklamsparr>JA</Reklamsparr></ReklamsparrPost>");
        let text =
            file("reklamsparravisering", "SPARReklamsparravisering", "ReklamsparrPoster", &post);
        let record = records::<ReklamsparrPost>(&text).pop().unwrap().value;
        assert_eq!(record.id_nummer.as_ref().unwrap().to_string_unredacted(), number);
        assert!(record.reklamsparr_datum.is_none());
    }
}

#[test]
fn records_of_the_older_version_come_as_the_newest() {
    // FILE-02, FILE-19: a protected person, and nothing merged.
    let person = format!("{S}/komponent/person");
    let post = format!(
        "<AviseringPost xmlns='{person}/aviseringpost-1.2' xmlns:p='{person}/person-1.2' \
         xmlns:s='{person}/skyddadepersonuppgifter-1.1'><p:PersonId><p:IdNummer>{}</p:IdNummer>\
         <p:Typ>PERSONNUMMER</p:Typ></p:PersonId><s:Sekretessmarkering>JA</s:Sekretessmarkering>\
         <s:SkyddadFolkbokforing>NEJ</s:SkyddadFolkbokforing></AviseringPost>",
        number(4)
    );
    let text = format!(
        "<SPARAvisering xmlns='{S}/avisering/2021.1/avisering'>\
         <AviseringPoster xmlns='{person}/aviseringpost-1.2'>{post}</AviseringPoster></SPARAvisering>"
    );
    let record = records::<AviseringPost>(&text).pop().unwrap();
    assert!(record.deviations.is_empty(), "{:?}", record.deviations);
    assert!(record.value.is_skyddad() && record.value.namn.is_empty());
}

#[test]
fn one_record_has_a_bound_and_the_file_none() {
    // FILE-22: at the limit of one record, and above it.
    let text = String::from_utf8(avisering(3)).unwrap();
    let sizes = text.split("AviseringPost>").map(str::len).max().unwrap();
    let with = |bytes: usize| {
        let mut options = Options::default();
        options.limits.record.document_bytes = bytes;
        read(text.as_bytes(), options)
    };
    let (numbers, error) = with(sizes + 100);
    assert_eq!((numbers.len(), error.is_none()), (3, true));
    let (numbers, error) = with(sizes / 2);
    assert_eq!(numbers.len(), 0);
    let kind = error.unwrap().kind().clone();
    let expected = spar_types::ErrorKind::LimitExceeded("document_bytes");
    assert_eq!(kind, spar_files::ErrorKind::Xml(expected));
}

#[test]
fn parts_of_a_delivery_are_read_one_after_another() {
    // FILE-21: nothing assumes one file per delivery, and none knows of another.
    let parts = [avisering(2), avisering(3)];
    let read: Vec<_> = parts.iter().map(|part| read(part, Options::default()).0.len()).collect();
    assert_eq!(read, [2, 3]);
}
