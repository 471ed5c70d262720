//! Answers against the schemas of the repository, by a validator that is not ours.

use std::process::Command;

use spar_simulator::{Answer, Simulator};
use spar_types::personsok::v2021_1::{PersonsokningFraga, SlutAnvandarUtokadBehorighet};

use crate::client::{ask, post};
use crate::wire::wrap;
use crate::{by_id, by_name, by_sound, has_tool, request, workspace};

#[tokio::test]
async fn answers_are_valid() {
    if !has_tool("xmllint") {
        return;
    }
    let simulator = Simulator::builder().start().await.expect("a free port");
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Vec::new();
    let mut questions: Vec<PersonsokningFraga> = ["a*", "Testsson", "Nobody"].map(by_name).into();
    questions.push(by_sound("Mikael Karlsson"));
    let persons = simulator.persons().iter();
    questions.extend(persons.map(|person| by_id(person.person_id.id_nummer.as_str())));
    for (number, question) in questions.into_iter().enumerate() {
        let mut fraga = request(question);
        fraga.identifieringsinformation.slut_anvandar_utokad_behorighet =
            SlutAnvandarUtokadBehorighet::ALL.to_vec();
        if number == 4 {
            simulator.script(Answer::undantag());
        }
        let envelope = ask(&simulator, post(wrap(&fraga))).await.body;
        let (_, payload) = envelope.split_once("<S:Body>").expect("a body");
        let (payload, _) = payload.split_once("</S:Body>").expect("a body");
        let file = folder.path().join(format!("{number}.xml"));
        std::fs::write(&file, payload).expect("a file");
        files.push(file);
    }
    let schema = workspace().join("schemas/granssnitt/personsok/2021.1/PersonsokningSvar.xsd");
    let output = Command::new("xmllint")
        .args(["--nonet", "--noout", "--schema"])
        .arg(schema)
        .args(&files)
        .output()
        .expect("xmllint runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
