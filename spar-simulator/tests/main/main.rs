//! The simulator as its users see it: searches without a server, then over mutual TLS.

mod certificates;
mod client;
mod coverage;
mod criteria;
mod demands;
mod kundtest;
mod names;
mod permissions;
mod persons;
mod script;
mod service;
mod tls;
mod verdicts;
mod wire;
mod xsd;

use std::path::PathBuf;

use spar_simulator::Persons;
use spar_types::personsok::newest::{
    Identifieringsinformation, JaNej, KundNr, NamnVillkor, PersonsokningFraga, Sokvillkor,
    SparPersonsokningFraga, SparPersonsokningSvar, UppdragId,
};

/// A request with basic permission.
fn request(fraga: PersonsokningFraga) -> SparPersonsokningFraga {
    let kund_nr = KundNr::new(500_243).expect("within the bounds");
    let uppdrag_id = UppdragId::new(637).expect("within the bounds");
    let user = "test".parse().expect("short enough");
    SparPersonsokningFraga::new(
        Identifieringsinformation::new(kund_nr.clone(), kund_nr, uppdrag_id, user),
        fraga,
    )
}

/// A question by number.
fn by_id(id: &str) -> PersonsokningFraga {
    PersonsokningFraga::IdNummer(id.parse().expect("a number by the schema"))
}

/// A question by arguments.
fn by(set: impl FnOnce(&mut Sokvillkor)) -> PersonsokningFraga {
    let mut villkor = Sokvillkor::default();
    set(&mut villkor);
    PersonsokningFraga::Sokvillkor(Box::new(villkor))
}

/// A question by names, compared by spelling.
fn by_name(argument: &str) -> PersonsokningFraga {
    let argument = argument.parse().expect("an argument by the schema");
    by(|villkor| villkor.namn_villkor = Some(NamnVillkor::NamnSokArgument(argument)))
}

/// A question by names, compared by sound.
fn by_sound(argument: &str) -> PersonsokningFraga {
    let argument = argument.parse().expect("an argument by the schema");
    by(|villkor| {
        villkor.fonetisk_sokning = Some(JaNej::Ja);
        villkor.namn_villkor = Some(NamnVillkor::NamnSokArgument(argument));
    })
}

fn answer(fraga: PersonsokningFraga) -> SparPersonsokningSvar {
    Persons::built_in().answer(&request(fraga))
}

/// The outcome in one line: the numbers found, how many too many, or the code of the `Undantag`.
fn outcome(svar: &SparPersonsokningSvar) -> String {
    if let Some(count) = &svar.overstiger_max_antal_svarsposter {
        return format!(
            "{} > {}",
            count.antal_poster.as_str(),
            count.max_antal_svarsposter.as_str()
        );
    }
    let posts = svar.personsokning_svarspost.iter().flatten();
    let mut ids: Vec<_> = posts.map(|post| post.person_id.id_nummer.as_str()).collect();
    ids.sort_unstable();
    let codes = svar.undantag.iter().flatten().map(|undantag| undantag.kod.as_str());
    ids.into_iter().chain(codes).collect::<Vec<_>>().join(" ")
}

fn found(fraga: PersonsokningFraga) -> String {
    outcome(&answer(fraga))
}

/// The root of the workspace.
fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Whether a tool of the system is there. Where it must be, in CI, its absence is a failure.
fn has_tool(tool: &str) -> bool {
    let is_there = std::process::Command::new(tool).arg("--version").output().is_ok();
    let is_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
    assert!(is_there || !is_ci, "{tool} is missing, and must not be in CI");
    if !is_there {
        eprint_skipped(tool);
    }
    is_there
}

#[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
fn eprint_skipped(tool: &str) {
    eprintln!("SKIPPED: {tool} is missing");
}
