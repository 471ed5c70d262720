//! Files of records, and how they are read and written.

use std::fmt::Write as _;
use std::hint::black_box;

use spar_types::avisering::v2023_1::SparAvisering;
use spar_types::components::aviseringpost_v1_3::elements::{AVISERING_POST, AVISERING_POSTER};
use spar_types::personsok::v2023_1::AviseringPost;
use spar_types::xml::stream::{Step, Stream};
use spar_types::xml::{self, Limits, Mode, Root, WriteOptions};

/// How much is fed to a stream at once.
const PIECE: usize = 128 * 1024;

/// Names with what Swedish has beyond ASCII, for variety.
const NAMES: [&str; 8] = ["Åsa", "Märta", "Bo", "Göran Örjan", "Eva-Lena", "Åke", "Zoë", "Linnéa"];

/// A file `SPARAvisering` of 2023.1 of at least this size, with every section of the record filled.
#[must_use]
pub fn file(bytes: usize) -> String {
    let sample = written(100);
    const NAME: &str = "AviseringPost>";
    let first = sample.find(NAME).expect("a post");
    let start = sample[..first].rfind('<').expect("a tag");
    let end = sample.rfind(NAME).expect("a post") + NAME.len();
    let posts = &sample[start..end];
    let mut file = String::with_capacity(bytes + sample.len());
    file.push_str(&sample[..start]);
    while file.len() < bytes {
        file.push_str(posts);
    }
    file.push_str(&sample[end..]);
    file
}

/// The records of a file.
#[must_use]
pub fn records(count: usize) -> SparAvisering {
    let post = |number: usize| {
        let name = NAMES[number % NAMES.len()];
        let other = NAMES[(number / NAMES.len() + 3) % NAMES.len()];
        let id = format!(
            "19{:02}0{}{:02}98{:02}",
            number % 100,
            1 + number % 9,
            1 + number % 28,
            number % 100
        );
        let interval = "<DatumFrom>2019-02-01</DatumFrom><DatumTill>9999-12-31</DatumTill>";
        let svensk = format!(
            "<SvenskAdress>{interval}<CareOf>c/o {other} Öberg</CareOf>\
             <Utdelningsadress1>LGH 1101</Utdelningsadress1>\
             <Utdelningsadress2>S:T ERIKSGATAN {number}</Utdelningsadress2>\
             <PostNr>11234</PostNr><Postort>ÖREBRO</Postort></SvenskAdress>"
        );
        let internationell = format!(
            "<InternationellAdress>{interval}<Utdelningsadress1>1 ROAD</Utdelningsadress1>\
             <Utdelningsadress2>CITY</Utdelningsadress2>\
             <Utdelningsadress3>REGION</Utdelningsadress3><Land>NORGE</Land>\
             </InternationellAdress>"
        );
        format!(
            "<AviseringPost><PersonId><IdNummer>{id}</IdNummer><Typ>PERSONNUMMER</Typ></PersonId>\
             <Sekretessmarkering>NEJ</Sekretessmarkering><SekretessDatum>2020-01-01</SekretessDatum>\
             <SkyddadFolkbokforing>NEJ</SkyddadFolkbokforing>\
             <SkyddadFolkbokforingDatum>2020-01-02</SkyddadFolkbokforingDatum>\
             <SenasteAndringSPAR>2021-10-08</SenasteAndringSPAR>\
             <SummeradInkomst>312000</SummeradInkomst><InkomstAr>2020</InkomstAr>\
             <Namn>{interval}<Aviseringsnamn>Öberg, {name} {other}</Aviseringsnamn>\
             <Fornamn>{name} {other}</Fornamn><Tilltalsnamn>10</Tilltalsnamn>\
             <Mellannamn>Åström</Mellannamn><Efternamn>Öberg</Efternamn></Namn>\
             <Persondetaljer>{interval}<Sekretessmarkering>NEJ</Sekretessmarkering>\
             <SkyddadFolkbokforing>NEJ</SkyddadFolkbokforing>\
             <Fodelsedatum>1980-01-01</Fodelsedatum><FodelselanKod>18</FodelselanKod>\
             <Fodelseforsamling>Örebro Nikolai</Fodelseforsamling><Kon>KVINNA</Kon>\
             <SvenskMedborgare>JA</SvenskMedborgare>\
             <Hanvisning><IdNummer>{id}</IdNummer><Typ>Till</Typ></Hanvisning></Persondetaljer>\
             <Utvandrad><Aterinlasningsdatum>2023-10-01</Aterinlasningsdatum></Utvandrad>\
             <Folkbokforing>{interval}<FolkbokfordLanKod>18</FolkbokfordLanKod>\
             <FolkbokfordKommunKod>80</FolkbokfordKommunKod><Hemvist>Skriven på adressen</Hemvist>\
             <Folkbokforingsdatum>2019-02-01</Folkbokforingsdatum>\
             <DistriktKod>218001</DistriktKod></Folkbokforing>\
             <Folkbokforingsadress>{svensk}</Folkbokforingsadress>\
             <SarskildPostadress>{svensk}</SarskildPostadress>\
             <Utlandsadress>{internationell}</Utlandsadress>\
             <Kontaktadress>{svensk}</Kontaktadress>\
             <Relation>{interval}<Relationstyp>VÅRDNADSHAVARE</Relationstyp><IdNummer>{id}</IdNummer>\
             <Fornamn>{other}</Fornamn><Efternamn>Öberg</Efternamn></Relation>\
             <Fastighet><Taxeringsenhetsnummer>123</Taxeringsenhetsnummer><LanKod>18</LanKod>\
             <KommunKod>80</KommunKod><FastighetKod>220</FastighetKod><Taxeringsar>2020</Taxeringsar>\
             <Taxeringsvarde>1000000</Taxeringsvarde><FastighetDel>\
             <Taxeringsidentitet>1</Taxeringsidentitet>\
             <FastighetBeteckning>ÖREBRO ÅBYN 1:{number}</FastighetBeteckning>\
             <AndelstalTaljare>1</AndelstalTaljare><AndelstalNamnare>2</AndelstalNamnare>\
             </FastighetDel></Fastighet></AviseringPost>"
        )
    };
    let mut document = String::from(
        "<SPARAvisering xmlns='http://statenspersonadressregister.se/schema/prov'>\
         <IdentifieringsinformationFil><Medieleverantor><KundNr>500243</KundNr></Medieleverantor>\
         <Mediemottagare><KundNr>500243</KundNr></Mediemottagare><Filinformation>\
         <UppdragId>637</UppdragId></Filinformation></IdentifieringsinformationFil>\
         <Aviseringsunderlag><Folkbokforingsfil><Inlast>2024-01-01T00:00:00</Inlast>\
         </Folkbokforingsfil></Aviseringsunderlag><AviseringPoster>",
    );
    for number in 0..count {
        let _ = write!(document, "{}", post(number));
    }
    document.push_str("</AviseringPoster></SPARAvisering>");
    let read = xml::read::<SparAvisering>(document.as_bytes(), Mode::Tolerant, &Limits::default());
    read.expect("a file").value
}

fn written(count: usize) -> String {
    let mut options = WriteOptions::default();
    options.first_prefix = 2;
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    xml::write_into(&records(count), &options, &mut out).expect("records that keep to the schema");
    out
}

/// Reads a file in pieces, each record owned and thrown away. How many there were.
#[must_use]
pub fn read_file(file: &[u8]) -> u64 {
    let mut stream = Stream::new(Mode::Tolerant, &Limits::default());
    let mut pieces = file.chunks(PIECE);
    let mut count = 0;
    loop {
        let is_done = match stream.step().expect("well-formed") {
            Step::Start(tag) if tag.is(SparAvisering::NAME) || tag.is(AVISERING_POSTER) => {
                stream.enter().expect("well-formed")
            }
            Step::Start(tag) if tag.is(AVISERING_POST) => {
                match stream.batch(AVISERING_POST).expect("well-formed") {
                    None => false,
                    Some(batch) => {
                        for record in batch.records::<AviseringPost>() {
                            let record = record.expect("well-formed");
                            assert!(record.read.deviations.is_empty());
                            black_box(record.read.value).expect("a post");
                            count += 1;
                        }
                        true
                    }
                }
            }
            Step::Start(_) => stream.skip().expect("well-formed"),
            Step::End => true,
            Step::Done => return count,
            Step::More => false,
        };
        if !is_done {
            match pieces.next() {
                Some(piece) => stream.feed(piece),
                None => stream.finish(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_as_described() {
        let file = file(1_000_000);
        let read = xml::read::<SparAvisering>(file.as_bytes(), Mode::Strict, &Limits::default());
        let posts = read.expect("a valid file").value.avisering_poster.avisering_post;
        assert_eq!(read_file(file.as_bytes()), posts.len() as u64);
        let post = posts[0].as_ref().expect("a post");
        let lists = [
            post.namn.len(),
            post.persondetaljer.len(),
            post.utvandrad.len(),
            post.folkbokforing.len(),
            post.folkbokforingsadress.len(),
            post.sarskild_postadress.len(),
            post.utlandsadress.len(),
            post.kontaktadress.len(),
            post.relation.len(),
            post.fastighet.len(),
        ];
        assert!(lists.iter().all(|len| *len > 0), "{lists:?}");
        assert!(file.contains('å') && file.contains('ä') && file.contains('ö'));
    }
}
