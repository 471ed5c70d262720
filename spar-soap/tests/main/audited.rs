//! Searches are recorded before their answers are handed out.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use spar_simulator::{Answer, Simulator};
use spar_soap::audit::{BoxError, Entry};
use spar_soap::{Client, ErrorKind, Sent, SlutAnvandare, Version};
use spar_types::personsok::newest::PersonsokningFraga;

use crate::{client_of, user};

fn by_number(number: &str) -> PersonsokningFraga {
    PersonsokningFraga::IdNummer(number.parse().unwrap())
}

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

/// The client, and what it records: all but the time, which is told apart.
fn recorded(client: Client) -> (Client, Arc<Mutex<Vec<String>>>) {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&lines);
    let audit = move |entry: &Entry<'_>| -> Result<(), BoxError> {
        assert_eq!(entry.time, now());
        assert_eq!(entry.uuid.is_some(), entry.posts > 0);
        let PersonsokningFraga::IdNummer(number) = entry.fraga else { return Ok(()) };
        let SlutAnvandare { id, purpose, .. } = entry.slut_anvandare;
        kept.lock().unwrap().push(format!(
            "{} {} {} {} {:?}",
            id.as_str(),
            purpose.as_deref().unwrap_or("-"),
            number.as_str(),
            entry.outcome.as_str(),
            entry.sent
        ));
        Ok(())
    };
    (client.with_audit(audit, now), lines)
}

#[tokio::test]
async fn every_search_is_recorded_whatever_comes_of_it() {
    let simulator = Simulator::builder().start().await.unwrap();
    let (client, lines) = recorded(client_of(&simulator, Version::V2023_1));
    let user = user().with_purpose("ärende 4711");
    client.personsok(&user, by_number("197503029865")).await.unwrap();
    simulator.script(Answer::fault());
    client.personsok(&user, by_number("197503029865")).await.unwrap_err();
    // Dropped before it could end: recorded as what may have been executed.
    tokio::select! {
        biased;
        _ = client.personsok(&user, by_number("197503029865")) => panic!("ended at once"),
        () = std::future::ready(()) => {}
    }
    simulator.shutdown().await;
    client.personsok(&user.with_purpose(" "), by_number("197503029865")).await.unwrap_err();
    let name = crate::user().id;
    let name = name.as_str();
    assert_eq!(
        *lines.lock().unwrap(),
        [
            format!("{name} ärende 4711 197503029865 hit Yes"),
            format!("{name} ärende 4711 197503029865 fault Yes"),
            format!("{name} ärende 4711 197503029865 failed Unknown"),
            format!("{name} - 197503029865 failed No"),
        ]
    );
}

#[tokio::test]
async fn what_cannot_be_recorded_is_withheld_and_not_lost() {
    let simulator = Simulator::builder().start().await.unwrap();
    let audit = |_: &Entry<'_>| -> Result<(), BoxError> { Err("the disk is full".into()) };
    let client = client_of(&simulator, Version::V2023_1).with_audit(audit, now);
    let error = client.personsok(&user(), by_number("197503029865")).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Audit, Sent::Yes));
    assert_eq!(error.meta().posts, 1);
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "the disk is full");
    // PII-02: the error itself shows nothing of it.
    assert!(!format!("{error:?} {error}").contains("1975"));
    let svar = error.into_withheld().unwrap().unwrap();
    assert_eq!(svar.poster().len(), 1);

    simulator.script(Answer::fault());
    let error = client.personsok(&user(), by_number("197503029865")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Audit);
    let withheld = error.into_withheld().unwrap().unwrap_err();
    assert_eq!(withheld.kind(), ErrorKind::Fault);
    assert_eq!(simulator.searches(), 1);
    simulator.shutdown().await;
}

#[test]
fn debug_shows_neither_user_nor_purpose() {
    // PII-11.
    let user = SlutAnvandare::new("hemlig".parse().unwrap()).with_purpose("hemligt");
    assert!(!format!("{user:?}").contains("hemlig"));
}
