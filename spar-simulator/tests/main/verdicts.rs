//! What gets a fault is what a validator that is not ours refuses, whatever is done to a request.
//!
//! Left out are the few things on which `xmllint` is known to err: see the tests of `spar-types`.

use std::process::Command;

use spar_simulator::{Simulator, Version};
use spar_types::personsok::newest::{
    FodelsedatumVillkor, JaNej, Kon, NamnVillkor, PersonsokningFraga, PostNrVillkor,
};

use crate::client::{Connection, Setup, post_to};
use crate::wire::{with_all_permissions, wrap_in};
use crate::{by, by_id, has_tool, workspace};

/// Requests of each version. Most changes break a rule; some hundred do not.
const REQUESTS: usize = 2_500;

/// Numbers that are the same in every run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = self.0;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (number ^ (number >> 31)) as usize % bound
    }

    fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

fn questions() -> Vec<PersonsokningFraga> {
    vec![
        by_id("198001159949"),
        by(|v| {
            v.fonetisk_sokning = Some(JaNej::Ja);
            v.namn_villkor = Some(NamnVillkor::Namndelar {
                fornamn_sok_argument: Some("Kim".parse().expect("a name")),
                mellan_efternamn_sok_argument: Some("Prov*".parse().expect("a name")),
            });
            v.utdelningsadress_sok_argument = Some("Ekprovsgatan 1".parse().expect("an address"));
            v.postort_sok_argument = Some("Stockholm".parse().expect("a town"));
            v.post_nr_villkor = Some(PostNrVillkor::Intervall {
                post_nr_from: "11220".parse().expect("a code"),
                post_nr_tom: "11229".parse().expect("a code"),
            });
            v.fodelsedatum_villkor =
                Some(FodelsedatumVillkor::Fodelsedatum("1980-01-15".parse().expect("a date")));
            v.kon = Some(Kon::Kvinna);
            v.lan_kod = Some("01".parse().expect("a code"));
            v.kommun_kod = Some("80".parse().expect("a code"));
        }),
    ]
}

/// The payload of an envelope with one to three changes, each where a line starts.
fn mutated(envelope: &str, dice: &mut Dice) -> String {
    let start = envelope.find("<S:Body>").expect("a body") + "<S:Body>".len();
    let end = envelope.find("</S:Body>").expect("its end");
    let lines = envelope[start..end].replace("><", ">\n<");
    let mut lines: Vec<String> = lines.lines().map(str::to_owned).collect();
    for _ in 0..=dice.below(3) {
        // The first line is the root, with all declarations.
        let place = 1 + dice.below(lines.len() - 1);
        let is_leaf = lines[place].contains("</") && !lines[place].starts_with("</");
        match dice.below(if is_leaf { 14 } else { 4 }) {
            0 => drop(lines.remove(place)),
            1 => lines.insert(place, lines[place].clone()),
            2 => {
                let other = 1 + dice.below(lines.len() - 1);
                lines.swap(place, other);
            }
            3 => {
                let wrong = ["<x/>", "<!-- x -->", "text", "<?x?>", "&amp;", " ", "</x>", "<x>"];
                lines.insert(place, dice.pick(&wrong).to_owned());
            }
            4 => {
                let (from, to) = (format!("ns{}", dice.below(6)), format!("ns{}", dice.below(6)));
                lines[place] = lines[place].replace(&from, &to);
            }
            5 => {
                lines[place] =
                    lines[place].replacen('>', dice.pick(&[" a='b'>", " xml:lang='sv'>"]), 1)
            }
            6 => {
                let names = ["PostNr", "PostNrFrom", "NamnSokArgument", "IdNummer", "Kon", "namn"];
                let (to, from) = (dice.pick(&names), name_of(&lines[place]).to_owned());
                lines[place] = lines[place].replace(&from, to);
            }
            _ => {
                let text = text_for(&lines[place], dice);
                let (tag, rest) = lines[place].split_once('>').expect("a tag");
                let (_, end) = rest.split_once("</").expect("an end tag");
                lines[place] = format!("{tag}>{text}</{end}");
            }
        }
        if lines.len() < 2 {
            break;
        }
    }
    lines.concat()
}

/// The local name in a line.
fn name_of(line: &str) -> &str {
    let tag = line.trim_start_matches(['<', '/']).split(['>', ' ', '/']).next().unwrap_or_default();
    tag.rsplit(':').next().unwrap_or_default()
}

/// A text at the edge of a facet, or over it.
fn text_for(line: &str, dice: &mut Dice) -> String {
    let fixed = [
        "",
        "x",
        "JA",
        "NEJ",
        "ja",
        "MAN",
        "Kvinna",
        "500000",
        "500001",
        "599999",
        "600000",
        "0",
        "1",
        "9223372036854775807",
        "9223372036854775808",
        "01",
        "1",
        "80",
        "8",
        "11220",
        "01122",
        "112 20",
        "1980-02-29",
        "1981-02-29",
        "0000-00-00",
        "1980-1-1",
        "198001159949",
        "098001159949",
        "19800115994",
        "Relationer",
        "relationer",
        "Sekretess",
        "*",
        "*a",
        "a*",
        "_",
        "a_",
        "o'x",
        "x-ö",
        "é",
        "+x",
        "&lt;x",
        "<x",
        "&x;",
        "a.b",
        "a,b",
        "a/b",
        "a:b",
        "101001",
        "001001",
        "２０",
    ];
    match dice.below(4) {
        0 => "å".repeat(
            *[1, 27, 28, 60, 61, 80, 81, 100, 101, 256, 257]
                .as_slice()
                .get(dice.below(11))
                .expect("in range"),
        ),
        1 => {
            let old = line.split_once('>').and_then(|(_, rest)| rest.split_once("</"));
            let letter = dice.pick(&["a", "0", "-", "*", "'", ".", "_", "å", "ж"]);
            format!("{}{letter}", old.map(|(old, _)| old).unwrap_or_default())
        }
        _ => dice.pick(&fixed).to_owned(),
    }
}

#[tokio::test]
async fn a_fault_is_given_to_what_xmllint_refuses() {
    if !has_tool("xmllint") {
        return;
    }
    let simulator = Simulator::builder().start().await.expect("a free port");
    let mut connection =
        Connection::open(simulator.address(), Setup::new(&simulator)).await.expect("a handshake");
    for version in Version::ALL.iter().copied() {
        let mut dice = Dice(20_211_020);
        let envelopes: Vec<_> = questions()
            .into_iter()
            .map(|question| wrap_in(version, with_all_permissions(question)))
            .collect();
        let folder = tempfile::tempdir().expect("a folder");
        let mut verdicts = Vec::new();
        for number in 0..REQUESTS {
            let envelope = &envelopes[dice.below(envelopes.len())];
            let payload = mutated(envelope, &mut dice);
            let start = envelope.find("<S:Body>").expect("a body") + "<S:Body>".len();
            let body = format!("{}{payload}</S:Body></S:Envelope>", &envelope[..start]);
            let reply = connection.send(post_to(version, body)).await.expect("an answer");
            let is_fault = reply.body.contains("<S:Fault>");
            assert_eq!(reply.status, if is_fault { 500 } else { 200 });
            std::fs::write(folder.path().join(format!("{number}.xml")), payload).expect("a file");
            verdicts.push(!is_fault);
        }
        let schema = format!("schemas/granssnitt/personsok/{version}/PersonsokningFraga.xsd");
        let output = Command::new("xmllint")
            .current_dir(folder.path())
            .args(["--nonet", "--noout", "--schema"])
            .arg(workspace().canonicalize().expect("a folder").join(schema))
            .args((0..REQUESTS).map(|number| format!("{number}.xml")))
            .output()
            .expect("xmllint runs");
        let told = String::from_utf8_lossy(&output.stderr);
        let valid: std::collections::BTreeSet<&str> =
            told.lines().filter_map(|line| line.strip_suffix(".xml validates")).collect();
        for (number, verdict) in verdicts.iter().enumerate() {
            let expected = valid.contains(number.to_string().as_str());
            let file = folder.path().join(format!("{number}.xml"));
            let request = || std::fs::read_to_string(&file).expect("written above");
            assert_eq!(*verdict, expected, "{version} {number}: {}", request());
        }
        let count = verdicts.iter().filter(|verdict| **verdict).count();
        assert!((REQUESTS / 20..REQUESTS * 3 / 4).contains(&count), "{count} are valid");
    }
}
