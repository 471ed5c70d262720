//! The client and the simulator over mutual TLS.

use spar_simulator::{Answer, Simulator};
use spar_soap::{ErrorKind, Utfall, Version};
use spar_types::personsok::newest::{PersonsokningFraga, SlutAnvandarUtokadBehorighet, Sokvillkor};
use spar_types::search::SearchRule;

use crate::{client_of, user};

fn by_number(number: &str) -> PersonsokningFraga {
    PersonsokningFraga::IdNummer(number.parse().unwrap())
}

#[tokio::test]
async fn outcomes_over_mutual_tls() {
    for version in Version::ALL {
        outcomes(*version).await;
    }
}

async fn outcomes(version: Version) {
    let simulator = Simulator::builder().start().await.unwrap();
    let client = client_of(&simulator, version);

    let hit = client.personsok(&user(), by_number("197503029865")).await.unwrap();
    assert_eq!(hit.poster().len(), 1);
    assert_eq!(hit.poster()[0].as_ref().unwrap().person_id.id_nummer.as_str(), "197503029865");
    assert_eq!(hit.deviations, []);
    assert_eq!(hit.record.personsokning_fraga, Some(by_number("197503029865")));
    assert!(hit.meta.uuid.is_some());

    let nobody = client.personsok(&user(), by_number("199001019984")).await.unwrap();
    assert_eq!(nobody.utfall(), Utfall::Svarsposter(&[]));

    let fraga = Sokvillkor::builder().namn_sok_argument("Testsson").build().unwrap();
    let too_many = client.personsok(&user(), fraga).await.unwrap();
    assert!(too_many.is_too_many());
    assert!(too_many.poster().is_empty());

    let fraga = Sokvillkor::builder().namn_sok_argument("a*").waive(SearchRule::ShortWildcard);
    let undantag = client.personsok(&user(), fraga.build().unwrap()).await.unwrap();
    assert!(matches!(undantag.utfall(), Utfall::Undantag(_)));

    simulator.script(Answer::fault());
    let fault = client.personsok(&user(), by_number("197503029865")).await.unwrap_err();
    assert_eq!(fault.kind(), ErrorKind::Fault);

    simulator.script(Answer::Status(503));
    let closed = client.personsok(&user(), by_number("197503029865")).await.unwrap_err();
    assert_eq!(closed.kind(), ErrorKind::Status(503));

    // Four searches; a fault and a closed service execute nothing.
    assert_eq!(simulator.searches(), 4);
    assert_eq!(simulator.connections(), 1);
    simulator.shutdown().await;
}

#[tokio::test]
async fn permissions_open_what_they_name() {
    let simulator = Simulator::builder().start().await.unwrap();
    let client = client_of(&simulator, Version::V2023_1);
    let number = simulator
        .persons()
        .iter()
        .find(|post| !post.relation.is_empty())
        .map(|post| post.person_id.id_nummer.clone())
        .unwrap();
    let fraga = PersonsokningFraga::IdNummer(number);
    let without = client.personsok(&user(), fraga.clone()).await.unwrap();
    assert!(without.poster()[0].as_ref().unwrap().relation.is_empty());
    let relationer = SlutAnvandarUtokadBehorighet::Relationer;
    // REQ-04: a permission named twice counts once.
    let user = user().with_utokad_behorighet([relationer.clone(), relationer]);
    let with = client.personsok(&user, fraga).await.unwrap();
    assert!(!with.poster()[0].as_ref().unwrap().relation.is_empty());
    simulator.shutdown().await;
}

#[tokio::test]
async fn no_more_connections_than_searches_at_a_time() {
    // HTTP-34, HTTP-38.
    let simulator = Simulator::builder().start().await.unwrap();
    let client = client_of(&simulator, Version::V2023_1).with_concurrency(4);
    let searches: Vec<_> = (0..32)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.personsok(&user(), by_number("197503029865")).await })
        })
        .collect();
    for search in searches {
        assert_eq!(search.await.unwrap().unwrap().poster().len(), 1);
    }
    assert_eq!(simulator.searches(), 32);
    assert!(simulator.connections() <= 4, "{} connections", simulator.connections());
    simulator.shutdown().await;
}
