//! A service that is not SPAR's, from its documents to code that reads and writes its messages.

use std::path::PathBuf;

use spar_codegen::{Bindings, Tables};
use spar_types::xml::{self, Limits, Mode, Nillable};

use crate::lan::bibliotek::v1_0::{Bok, Isbn, Kanal, LanFraga, LanSvar, LanSvarLan, Upphov};
use crate::lan::operations::{SokLan, SokLanRequest, SokLanResponse};
use crate::support::{Verdicts, fresh};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bibliotek")
}

#[test]
fn generated_code_is_fresh() {
    // UPDATE_EXPECT=1 writes the files.
    let output = Bindings::new("bibliotek/1.0", folder(), "bibliotek.wsdl")
        .catalog("https://bibliotek.example.se/", "")
        .tables(Tables::load(&folder()).unwrap())
        .module("crate::lan")
        .folder("generated")
        .command("UPDATE_EXPECT=1 cargo test -p spar-codegen")
        .json(true)
        .generate()
        .unwrap_or_else(|error| panic!("{}", error.report()));
    fresh(&output, &folder());
}

#[test]
fn a_question_is_built_and_an_answer_read() {
    assert_eq!((SokLan::NAME, SokLan::SOAP_ACTION.rsplit('/').next()), ("SokLan", Some("Sok")));
    let isbn: Isbn = "9789100000000".parse().unwrap();
    let question: SokLanRequest = LanFraga::Exemplar { isbn: isbn.clone(), utgava: None };
    let written = xml::write(&question).unwrap();
    let schema = folder().join("scheman/meddelande.xsd");
    let mut verdicts = Verdicts::new(&schema);
    assert_eq!(verdicts.valid::<LanFraga>(&written), question);

    let mut bok = Bok::new("Hemsöborna".parse().unwrap());
    bok.isbn = Some(isbn);
    bok.upphov.push(Upphov::Forfattare("August Strindberg".parse().unwrap()));
    bok.amnen = Some(["Roman", "Ö"].map(|amne| amne.parse().unwrap()).into_iter().collect());
    bok.del.push(Ok(Bok::new("Första kapitlet".parse().unwrap())));
    let lan = LanSvarLan::new(
        "L000001".parse().unwrap(),
        "2026-01-02".parse().unwrap(),
        bok,
        Nillable::Nil,
    );
    assert_eq!(lan.kanal_or_default(), Kanal::Disk);
    let mut answer: SokLanResponse = LanSvar::new("1.0".parse().unwrap());
    answer.lan.push(Ok(lan));
    let written = xml::write(&answer).unwrap();
    assert_eq!(verdicts.valid::<LanSvar>(&written), answer);
    // What later versions may add is passed over.
    let later = written.replace("</ns1:LanSvar>", "<n:Ny xmlns:n='urn:ny'/></ns1:LanSvar>");
    assert_eq!(verdicts.valid::<LanSvar>(&later), answer);
    let expected = "value does not match the pattern";
    verdicts.invalid::<LanSvar>(&written.replace("L000001", "L1"), expected);
    verdicts.judge();

    // Tolerant reading tells what is wrong and where, and keeps the rest.
    let odd = written.replace("L000001", "L1");
    let read = xml::read::<LanSvar>(odd.as_bytes(), Mode::Tolerant, &Limits::default()).unwrap();
    let [deviation] = &read.deviations[..] else { panic!("{:?}", read.deviations) };
    assert_eq!(deviation.path, "LanSvar/Lan/Lantagare");
    assert_eq!(format!("{:?}", read.value.lan[0].as_ref().unwrap().lantagare), "<redacted>");
}
