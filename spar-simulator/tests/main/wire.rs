//! The bytes of an answer: those of SPAR in shape.

use expect_test::{Expect, expect};
use spar_simulator::{Persons, Simulator, Version};
use spar_soap::envelope::{Body, open};
use spar_types::personsok::newest::{
    PersonsokningFraga, SlutAnvandarUtokadBehorighet, SparPersonsokningFraga, SparPersonsokningSvar,
};
use spar_types::personsok::v2021_1;
use spar_types::xml::{Document, Limits, Mode, Read, Root, WriteOptions, read_element};

use crate::client::{ask, post, post_to};
use crate::{by_id, by_name, by_sound, outcome, request};

/// Reads an answer of 2023.1 as a validator does.
pub(crate) fn strictly(envelope: &str) -> SparPersonsokningSvar {
    read(envelope, Mode::Strict).value
}

fn read<T: Root>(envelope: &str, mode: Mode) -> Read<T> {
    let limits = Limits::default();
    let document = Document::parse(envelope.as_bytes(), &limits).expect("well-formed");
    match open(&document) {
        Ok(Body::Payload(payload)) => read_element(payload, mode, &limits).expect("by the schema"),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn wrap<T: Root>(fraga: &T) -> String {
    spar_soap::envelope::wrap(fraga, &WriteOptions::default()).expect("by the schema")
}

/// The envelope of a question in a version.
pub(crate) fn wrap_in(version: Version, fraga: SparPersonsokningFraga) -> String {
    match version {
        Version::V2021_1 => wrap(&v2021_1::SparPersonsokningFraga::from(fraga)),
        _ => wrap(&fraga),
    }
}

/// A question with all permissions.
pub(crate) fn with_all_permissions(fraga: PersonsokningFraga) -> SparPersonsokningFraga {
    let mut fraga = request(fraga);
    fraga.identifieringsinformation.slut_anvandar_utokad_behorighet =
        SlutAnvandarUtokadBehorighet::ALL.to_vec();
    fraga
}

async fn start() -> Simulator {
    Simulator::builder().start().await.expect("a free port")
}

#[tokio::test]
async fn answers_have_the_shape_of_real_ones() {
    let simulator = start().await;
    let frame = expect![[r#"
        <?xml version='1.0' encoding='UTF-8'?>
        <S:Envelope
          xmlns:S="http://schemas.xmlsoap.org/soap/envelope/">
        <S:Body>
        <ns2:SPARPersonsokningSvar
          xmlns="http://statenspersonadressregister.se/schema/personsok/2021.1/personsokningfraga"
          xmlns:ns2="http://statenspersonadressregister.se/schema/personsok/2021.1/personsokningsvar"
          xmlns:ns3="http://statenspersonadressregister.se/schema/komponent/generellt/datumtid-1.1"
          xmlns:ns4="http://statenspersonadressregister.se/schema/komponent/person/adress/deladeadresselement-1.1"
          xmlns:ns5="http://statenspersonadressregister.se/schema/komponent/person/adress/folkbokforingsadress-1.1"
          xmlns:ns6="http://statenspersonadressregister.se/schema/komponent/person/adress/kontaktadress-1.0"
          xmlns:ns7="http://statenspersonadressregister.se/schema/komponent/person/adress/sarskildpostadress-1.1"
          xmlns:ns8="http://statenspersonadressregister.se/schema/komponent/person/adress/utlandsadress-1.1"
          xmlns:ns9="http://statenspersonadressregister.se/schema/komponent/person/avregistrering-1.0"
          xmlns:ns10="http://statenspersonadressregister.se/schema/komponent/person/fastighetstaxering-1.2"
          xmlns:ns11="http://statenspersonadressregister.se/schema/komponent/person/folkbokforing-1.0"
          xmlns:ns12="http://statenspersonadressregister.se/schema/komponent/person/hanvisning-1.0"
          xmlns:ns13="http://statenspersonadressregister.se/schema/komponent/person/inkomsttaxering-1.2"
          xmlns:ns14="http://statenspersonadressregister.se/schema/komponent/person/namn/deladenamnelement-1.0"
          xmlns:ns15="http://statenspersonadressregister.se/schema/komponent/person/namn/namn-1.0"
          xmlns:ns16="http://statenspersonadressregister.se/schema/komponent/person/person-1.2"
          xmlns:ns17="http://statenspersonadressregister.se/schema/komponent/person/persondetaljer-1.2"
          xmlns:ns18="http://statenspersonadressregister.se/schema/komponent/person/relation-1.2"
          xmlns:ns19="http://statenspersonadressregister.se/schema/komponent/person/samordningsnummer-1.0"
          xmlns:ns20="http://statenspersonadressregister.se/schema/komponent/person/skyddadepersonuppgifter-1.1"
          xmlns:ns21="http://statenspersonadressregister.se/schema/komponent/sok/personsokningsokparametrar-1.1"
          xmlns:ns22="http://statenspersonadressregister.se/schema/komponent/sok/sokargument-1.2"
          xmlns:ns23="http://statenspersonadressregister.se/schema/komponent/sok/undantag-1.0">
        …
        </ns2:SPARPersonsokningSvar>
        </S:Body>
        </S:Envelope>"#]];
    let check = async |fraga, expected: Expect| {
        let envelope = wrap_in(Version::V2021_1, request(fraga));
        let reply = ask(&simulator, post_to(Version::V2021_1, envelope)).await;
        assert_eq!((reply.status, reply.content_type.as_str()), (200, "text/xml; charset=utf-8"));
        let document = presentable(&reply.body);
        let root = document.find("<ns2:SPARPersonsokningSvar").expect("the payload");
        let start = root + document[root..].find(">\n").expect("its start tag") + 2;
        let end = document.find("</ns2:SPARPersonsokningSvar>").expect("its end tag");
        expected.assert_eq(&document[start..end]);
        format!("{}…\n{}", &document[..start], &document[end..])
    };
    let one = check(
        by_id("198001159949"),
        expect![[r#"
        <ns21:PersonsokningFraga>
        <ns16:IdNummer>198001159949</ns16:IdNummer>
        </ns21:PersonsokningFraga>
        <ns2:PersonsokningSvarspost>
        <ns16:PersonId>
        <ns16:IdNummer>198001159949</ns16:IdNummer>
        <ns16:Typ>PERSONNUMMER</ns16:Typ>
        </ns16:PersonId>
        <ns20:Sekretessmarkering>NEJ</ns20:Sekretessmarkering>
        <ns20:SkyddadFolkbokforing>NEJ</ns20:SkyddadFolkbokforing>
        <ns16:SenasteAndringSPAR>2023-11-14</ns16:SenasteAndringSPAR>
        <ns15:Namn>
        <ns14:Fornamn>Kim</ns14:Fornamn>
        <ns14:Efternamn>Provström</ns14:Efternamn>
        </ns15:Namn>
        <ns17:Persondetaljer>
        <ns17:Fodelsedatum>1980-01-15</ns17:Fodelsedatum>
        <ns17:Kon>KVINNA</ns17:Kon>
        </ns17:Persondetaljer>
        <ns11:Folkbokforing>
        <ns11:FolkbokfordLanKod>01</ns11:FolkbokfordLanKod>
        <ns11:FolkbokfordKommunKod>80</ns11:FolkbokfordKommunKod>
        <ns11:Hemvist>Skriven på adressen</ns11:Hemvist>
        <ns11:Folkbokforingsdatum>2012-06-01</ns11:Folkbokforingsdatum>
        <ns11:DistriktKod>215021</ns11:DistriktKod>
        </ns11:Folkbokforing>
        <ns5:Folkbokforingsadress>
        <ns4:SvenskAdress>
        <ns4:Utdelningsadress2>Ekprovsgatan 1</ns4:Utdelningsadress2>
        <ns4:PostNr>11220</ns4:PostNr>
        <ns4:Postort>STOCKHOLM</ns4:Postort>
        </ns4:SvenskAdress>
        </ns5:Folkbokforingsadress>
        </ns2:PersonsokningSvarspost>
        <ns2:UUID>xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx</ns2:UUID>
    "#]],
    )
    .await;
    let none = check(
        by_id("191212121212"),
        expect![[r#"
        <ns21:PersonsokningFraga>
        <ns16:IdNummer>191212121212</ns16:IdNummer>
        </ns21:PersonsokningFraga>
        <ns2:UUID>xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx</ns2:UUID>
    "#]],
    )
    .await;
    let many = check(
        by_name("Testsson"),
        expect![[r#"
        <ns21:PersonsokningFraga>
        <ns22:NamnSokArgument>Testsson</ns22:NamnSokArgument>
        </ns21:PersonsokningFraga>
        <ns23:OverstigerMaxAntalSvarsposter>
        <ns23:AntalPoster>110</ns23:AntalPoster>
        <ns23:MaxAntalSvarsposter>100</ns23:MaxAntalSvarsposter>
        </ns23:OverstigerMaxAntalSvarsposter>
        <ns2:UUID>xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx</ns2:UUID>
    "#]],
    )
    .await;
    let undantag = check(
        by_name("a*"),
        expect![[r#"
        <ns21:PersonsokningFraga>
        <ns22:NamnSokArgument>a*</ns22:NamnSokArgument>
        </ns21:PersonsokningFraga>
        <ns23:Undantag>
        <ns23:Kod>OGILTIG_INPARAMETER</ns23:Kod>
        <ns23:Beskrivning>Minst två bokstäver måste anges före *</ns23:Beskrivning>
        </ns23:Undantag>
        <ns2:UUID>xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx</ns2:UUID>
    "#]],
    )
    .await;
    frame.assert_eq(&one);
    assert!([none, many, undantag].iter().all(|other| *other == one));
}

/// One element a line, and the part of the UUID that is the same in all of them.
fn presentable(document: &str) -> String {
    let (before, rest) = document.split_once(":UUID>").expect("a UUID");
    let (uuid, after) = rest.split_at(36);
    assert_eq!((&uuid[14..15], &uuid[8..9]), ("4", "-"));
    assert!(matches!(&uuid[19..20], "8" | "9" | "a" | "b"));
    let form = uuid.replace(|c: char| c.is_ascii_hexdigit(), "x");
    assert_eq!(form, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
    let document = format!("{before}:UUID>{form}{after}");
    document.replace("><", ">\n<").replace(" xmlns", "\n  xmlns")
}

#[tokio::test]
async fn every_answer_has_a_uuid_of_its_own() {
    let simulator = start().await;
    let fraga = wrap(&request(by_id("198001159949")));
    let one = strictly(&ask(&simulator, post(fraga.clone())).await.body);
    let other = strictly(&ask(&simulator, post(fraga)).await.body);
    assert!(one.uuid.is_some() && one.uuid != other.uuid);
}

#[tokio::test]
async fn a_version_has_what_is_its_own() {
    let simulator = start().await;
    let check = async |id: &str, version: Version, expected: &[&str]| {
        let envelope = wrap_in(version, with_all_permissions(by_id(id)));
        let answer = ask(&simulator, post_to(version, envelope)).await.body;
        let is_there = |name: &&str| answer.contains(&format!(":{name}>"));
        let names = ["Aterinlasningsdatum", "Forlangningsdatum", "SnIdentitetsniva", "SnStatus"];
        assert_eq!(names.into_iter().filter(is_there).collect::<Vec<_>>(), expected, "{version}");
        let newer = ["utvandrad-1.0", "samordningsnummer-1.1", "person-1.3"];
        assert!(newer.iter().all(|name| answer.contains(name) == (version == Version::V2023_1)));
    };
    let (emigrated, coordinated) = ("194809239843", "198405729818");
    check(emigrated, Version::V2021_1, &[]).await;
    check(emigrated, Version::V2023_1, &["Aterinlasningsdatum", "Forlangningsdatum"]).await;
    check(coordinated, Version::V2021_1, &["SnStatus"]).await;
    check(coordinated, Version::V2023_1, &["SnIdentitetsniva", "SnStatus"]).await;
}

/// What a reader of 2021.1 makes of an answer of 2023.1 is the answer of 2021.1.
#[tokio::test]
async fn the_older_answer_lacks_nothing_but_what_is_new() {
    let simulator = start().await;
    for person in Persons::built_in().iter() {
        let id = person.person_id.id_nummer.as_str();
        let ask_in = async |version| {
            let envelope = wrap_in(version, with_all_permissions(by_id(id)));
            ask(&simulator, post_to(version, envelope)).await.body
        };
        let mut older =
            read::<v2021_1::SparPersonsokningSvar>(&ask_in(Version::V2021_1).await, Mode::Strict);
        let answer = ask_in(Version::V2023_1).await;
        let newer = read::<v2021_1::SparPersonsokningSvar>(&answer, Mode::Tolerant).value;
        assert!(older.value.uuid != newer.uuid);
        older.value.uuid = newer.uuid.clone();
        assert!(older.value == newer, "record of {id}");
        assert!(strictly(&answer).personsokning_svarspost == [Ok(person.clone())], "{id}");
    }
    let envelope = wrap(&request(by_sound("Mikael Karlsson")));
    let reply = ask(&simulator, post(envelope)).await;
    assert_eq!(outcome(&strictly(&reply.body)).split(' ').count(), 4);
}
