//! Answers against the schemas of the repository, by a validator that is not ours.

use std::process::Command;

use spar_simulator::{Answer, Simulator, Version};
use spar_types::personsok::newest::PersonsokningFraga;

use crate::client::{Connection, Setup, post_to};
use crate::wire::{with_all_permissions, wrap_in};
use crate::{by_id, by_name, by_sound, has_tool, workspace};

#[tokio::test]
async fn answers_of_both_versions_are_valid() {
    if !has_tool("xmllint") {
        return;
    }
    let simulator = Simulator::builder().start().await.expect("a free port");
    let mut connection =
        Connection::open(simulator.address(), Setup::new(&simulator)).await.expect("a handshake");
    let mut questions: Vec<PersonsokningFraga> =
        ["Undantag by script", "a*", "Testsson", "Nobody"].map(by_name).into();
    questions.push(by_sound("Mikael Karlsson"));
    let persons = simulator.persons().iter();
    questions.extend(persons.map(|person| by_id(person.person_id.id_nummer.as_str())));
    for version in [Version::V2021_1, Version::V2023_1] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut files = Vec::new();
        simulator.script(Answer::undantag());
        for (number, question) in questions.iter().enumerate() {
            let envelope = wrap_in(version, with_all_permissions(question.clone()));
            let reply = connection.send(post_to(version, envelope)).await.expect("an answer");
            let (_, payload) = reply.body.split_once("<S:Body>").expect("a body");
            let (payload, _) = payload.split_once("</S:Body>").expect("a body");
            let file = folder.path().join(format!("{number}.xml"));
            std::fs::write(&file, payload).expect("a file");
            files.push(file);
        }
        let schema = format!("schemas/granssnitt/personsok/{version}/PersonsokningSvar.xsd");
        let output = Command::new("xmllint")
            .args(["--nonet", "--noout", "--schema"])
            .arg(workspace().join(schema))
            .args(&files)
            .output()
            .expect("xmllint runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
