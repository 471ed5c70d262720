//! What is documented of SPAR's kundtest comes out here as well: one row per documented search.

use spar_simulator::{MAX_ANTAL_SVARSPOSTER, Simulator};
use spar_types::personsok::newest::{AviseringPost, PersonsokningFraga, SparPersonsokningSvar};

use crate::client::{ask, envelope, post};
use crate::{answer, by_id, by_name, by_sound, outcome};

fn posts(svar: &SparPersonsokningSvar) -> Vec<&AviseringPost> {
    svar.personsokning_svarspost.iter().flatten().collect()
}

fn one(number: &str, holds: impl Fn(&AviseringPost) -> bool) {
    let svar = answer(by_id(number));
    let posts = posts(&svar);
    assert!(posts.len() == 1 && holds(posts[0]), "{number}");
}

fn has_surname(post: &AviseringPost, surname: &str) -> bool {
    let mut rows = post.namn.iter().flatten();
    rows.any(|row| row.efternamn.as_ref().is_some_and(|name| name.as_str() == surname))
}

#[test]
fn by_numbers() {
    one("198111309285", |post| has_surname(post, "Efternamn1058"));
    one("197910312391", |post| has_surname(post, "Efternamn3663"));
    one("198106039228", |_| true);
    one("195704133106", |post| {
        let namn = post.namn.iter().flatten().next();
        post.folkbokforing.len() == 2
            && namn.is_some_and(|namn| {
                namn.aviseringsnamn.is_some()
                    && namn.tilltalsnamn.as_ref().is_some_and(|number| number.as_str() == "20")
            })
    });
    assert_eq!(outcome(&answer(by_id("191212121212"))), "");
}

#[test]
fn by_names() {
    let hits = |fraga: PersonsokningFraga| posts(&answer(fraga)).len();
    for argument in ["mikael", "mikael efter*", "Mikael M*"] {
        let hits = hits(by_sound(argument));
        assert!((1..=MAX_ANTAL_SVARSPOSTER).contains(&hits), "{argument}: {hits}");
    }
    for argument in ["efternamn*", "Efter*"] {
        let too_many = answer(by_sound(argument)).overstiger_max_antal_svarsposter;
        assert!(too_many.is_some(), "{argument}");
    }
    for argument in ["dethärnamnetfinnsinteispar", "NamnSomFörhoppningsvisInteFinns"] {
        assert_eq!(outcome(&answer(by_sound(argument))), "", "{argument}");
    }
    assert_eq!(outcome(&answer(by_name("a*"))), "OGILTIG_INPARAMETER");
}

#[tokio::test]
async fn a_number_of_zeros_is_a_fault() {
    let simulator = Simulator::builder().start().await.expect("a free port");
    let request = envelope("198111309285").replace("198111309285", "000000000000");
    let reply = ask(&simulator, post(request)).await;
    assert_eq!((reply.status, reply.body.contains("<S:Fault>")), (500, true));
    assert_eq!(simulator.searches(), 0);
}
