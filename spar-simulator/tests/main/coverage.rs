//! The built-in persons show everything that a record can hold: each element, present and absent, each
//! list with several entries, each attribute, each value of an enumeration wherever it can stand, each
//! code that is known, and the combinations that programs get wrong.

use std::collections::{BTreeMap, BTreeSet};

use spar_simulator::{Persons, Simulator, Version};
use spar_types::personsok::newest::{AviseringPost, JaNej, Kontaktadress, SarskildPostadress, Typ};
use spar_types::xml::{Document, Element, Limits};

use crate::client::{Connection, Setup, post_to};
use crate::wire::{with_all_permissions, wrap_in};
use crate::{by_id, workspace};

/// What the schemas say of types and groups, from the text form that the generator writes.
struct Schema {
    /// The particles of types and groups: elements with their type, or groups.
    particles: BTreeMap<String, Vec<Particle>>,
    /// Attributes of types.
    attributes: BTreeSet<(String, String)>,
    /// Enumerations by type.
    values: BTreeMap<String, Vec<String>>,
}

#[derive(Clone)]
struct Particle {
    is_group: bool,
    name: String,
    cardinality: String,
    type_name: String,
}

impl Schema {
    fn load(version: Version) -> Self {
        let path = format!("spar-types/src/generated/ir/personsok-{version}.txt");
        let text = std::fs::read_to_string(workspace().join(path)).expect("the text form");
        let mut schema = Self {
            particles: BTreeMap::new(),
            attributes: BTreeSet::new(),
            values: BTreeMap::new(),
        };
        for line in text.lines() {
            let Some((left, right)) = line.split_once(" = ") else { continue };
            let left: Vec<&str> = left.splitn(4, ' ').collect();
            let &[namespace, "type" | "group", name, what] = left.as_slice() else { continue };
            let owner = format!("{namespace}{name}");
            let right_words: Vec<&str> = right.split(' ').collect();
            match (what.split(['/', ' ']).next(), right_words.as_slice()) {
                (Some("content"), ["element", name, cardinality, "of", type_name]) => {
                    schema.particles.entry(owner).or_default().push(Particle {
                        is_group: false,
                        name: (*name).to_owned(),
                        cardinality: (*cardinality).to_owned(),
                        type_name: (*type_name).to_owned(),
                    });
                }
                (Some("content"), ["group", name, cardinality]) => {
                    schema.particles.entry(owner).or_default().push(Particle {
                        is_group: true,
                        name: (*name).to_owned(),
                        cardinality: (*cardinality).to_owned(),
                        type_name: String::new(),
                    });
                }
                (Some("attribute"), _) => {
                    let attribute = what.trim_start_matches("attribute ").to_owned();
                    schema.attributes.insert((owner, attribute));
                }
                (Some("value"), _) => {
                    schema.values.entry(owner).or_default().push(right.to_owned());
                }
                _ => {}
            }
        }
        schema
    }

    /// The elements that may stand in a type, groups resolved.
    fn children(&self, type_name: &str) -> Vec<Particle> {
        let particles = self.particles.get(type_name).cloned().unwrap_or_default();
        let resolve = |particle: Particle| match particle.is_group {
            true => self.children(&particle.name),
            false => vec![particle],
        };
        particles.into_iter().flat_map(resolve).collect()
    }

    /// All that records of a type should show somewhere.
    fn expected(&self, type_name: &str, facts: &mut BTreeSet<String>) {
        let owner = short(type_name);
        for (_, attribute) in self.attributes.iter().filter(|(owner, _)| owner == type_name) {
            facts.insert(format!("{owner} @{attribute}"));
        }
        for child in self.children(type_name) {
            let element = format!("{owner} {}", short(&child.name));
            for value in self.values.get(&child.type_name).into_iter().flatten() {
                facts.insert(format!("{element} = {value}"));
            }
            if child.cardinality.starts_with('0') {
                facts.insert(format!("{element} absent"));
            }
            if child.cardinality.ends_with("unbounded") {
                facts.insert(format!("{element} several"));
            }
            if facts.insert(element) {
                self.expected(&child.type_name, facts);
            }
        }
    }

    /// What one record shows.
    fn shown(&self, element: Element<'_>, type_name: &str, facts: &mut BTreeSet<String>) {
        let owner = short(type_name);
        for (_, attribute) in self.attributes.iter().filter(|(owner, _)| owner == type_name) {
            if element.attribute(attribute).is_some() {
                facts.insert(format!("{owner} @{attribute}"));
            }
        }
        for particle in self.children(type_name) {
            let is_child = |child: &Element<'_>| {
                format!("{{{}}}{}", child.namespace(), child.local_name()) == particle.name
            };
            let fact = format!("{owner} {}", short(&particle.name));
            let children: Vec<_> = element.children().filter(is_child).collect();
            match children.len() {
                0 => drop(facts.insert(format!("{fact} absent"))),
                1 => {}
                _ => drop(facts.insert(format!("{fact} several"))),
            }
            for child in children {
                facts.insert(fact.clone());
                if self.values.contains_key(&particle.type_name) {
                    facts.insert(format!("{fact} = {}", child.text()));
                }
                self.shown(child, &particle.type_name, facts);
            }
        }
    }
}

/// A name without its namespace.
fn short(name: &str) -> &str {
    name.rsplit('}').next().unwrap_or(name)
}

#[tokio::test]
async fn everything_that_the_schemas_know_is_shown() {
    let simulator = Simulator::builder().start().await.expect("a free port");
    let mut connection =
        Connection::open(simulator.address(), Setup::new(&simulator)).await.expect("a handshake");
    for (version, record) in [(Version::V2021_1, "1.2"), (Version::V2023_1, "1.3")] {
        let schema = Schema::load(version);
        let record = format!(
            "{{http://statenspersonadressregister.se/schema/komponent/person/aviseringpost-{record}}}\
             AviseringPostTYPE"
        );
        let mut expected = BTreeSet::new();
        schema.expected(&record, &mut expected);
        assert!(expected.len() > 180, "{version}: {}", expected.len());
        let mut shown = BTreeSet::new();
        for person in simulator.persons().iter() {
            let fraga = with_all_permissions(by_id(person.person_id.id_nummer.as_str()));
            let request = post_to(version, wrap_in(version, fraga));
            let answer = connection.send(request).await.expect("an answer").body;
            let document = Document::parse(answer.as_bytes(), &Limits::default()).expect("XML");
            let body = document.root().children().next().expect("a body");
            let svar = body.children().next().expect("an answer");
            let is_post = |child: &Element<'_>| child.local_name() == "PersonsokningSvarspost";
            schema.shown(svar.children().find(is_post).expect("a hit"), &record, &mut shown);
        }
        let missing: Vec<_> = expected.difference(&shown).collect();
        assert!(missing.is_empty(), "{version}: {missing:#?}");
    }
}

/// Codes that the schemas leave open, as SPAR's pages and its source system have them.
#[test]
fn every_known_code_is_shown() {
    let persons = Persons::built_in();
    let check = |of: fn(&AviseringPost) -> Vec<&str>, codes: &[&str]| {
        let shown: BTreeSet<_> = persons.iter().flat_map(of).collect();
        let missing: Vec<_> = codes.iter().filter(|code| !shown.contains(*code)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    };
    check(
        |post| {
            let rows = post.persondetaljer.iter().flatten();
            rows.filter_map(|row| Some(row.avregistreringsorsak_kod.as_ref()?.as_str())).collect()
        },
        &["AV", "UV", "GN", "GS", "AS", "OB", "TA", "FI", "A", "G", "O"],
    );
    check(
        |post| {
            let rows = post.persondetaljer.iter().flatten();
            rows.filter_map(|row| Some(row.sn_status.as_ref()?.as_str())).collect()
        },
        &["AKTIVT", "VILANDEFORKLARAT", "VILANDEFORKLARAT_STANGT", "AVREGISTRERAT", "EJ_AKTUELLT"],
    );
    check(
        |post| {
            let rows = post.persondetaljer.iter().flatten();
            rows.filter_map(|row| Some(row.sn_vilandeorsak.as_ref()?.as_str())).collect()
        },
        &["TIDSFRIST", "ANNAN_ORSAK", "AVLIDEN", "ERSATT", "FELAKTIGT_REGISTERAT"],
    );
    check(
        |post| post.fastighet.iter().flatten().map(|part| part.fastighet_kod.as_str()).collect(),
        &["113", "120", "210", "213", "220", "223", "225", "230", "240"],
    );
    check(
        |post| vec![post.person_id.typ.as_str()],
        &["PERSONNUMMER", "SAMORDNINGSNUMMER", "IMMUNITETSNUMMER"],
    );
    // Two spellings of one value, neither of them certain.
    check(
        |post| {
            let rows = post.persondetaljer.iter().flatten();
            rows.filter_map(|row| Some(row.sn_identitetsniva.as_ref()?.as_str())).collect()
        },
        &["STYRKT", "SANNOLIK", "INTE_TILLAMPLIG", "OSÄKER", "OSAKER"],
    );
}

/// Interface.md names these by subject; each is shown by somebody.
#[test]
fn every_kind_of_person_is_there() {
    let persons = Persons::built_in();
    let check = |what: &str, is_so: &dyn Fn(&AviseringPost) -> bool| {
        assert!(persons.iter().any(is_so), "nobody: {what}");
    };
    let sekretess = |post: &AviseringPost| {
        post.sekretessmarkering.as_ref().is_some_and(|flag| flag.value == JaNej::Ja)
    };
    let skyddad = |post: &AviseringPost| post.skyddad_folkbokforing == Some(JaNej::Ja);
    let by_spar = |post: &AviseringPost| {
        post.sekretessmarkering.as_ref().is_some_and(|flag| flag.satt_av_spar.is_some())
    };
    let is_bare = |post: &AviseringPost| {
        post.namn.is_empty()
            && post.folkbokforingsadress.is_empty()
            && post.sarskild_postadress.is_empty()
            && post.utlandsadress.is_empty()
            && post.kontaktadress.is_empty()
    };
    check("sekretessmarkering alone", &|post| sekretess(post) && !skyddad(post));
    check("skyddad folkbokföring alone", &|post| skyddad(post) && !sekretess(post));
    check("both", &|post| skyddad(post) && sekretess(post) && !by_spar(post));
    check("skyddad folkbokföring, flagged by SPAR", &|post| skyddad(post) && by_spar(post));
    for post in persons.iter().filter(|post| sekretess(post) || skyddad(post)) {
        assert!(is_bare(post), "{} is protected", post.person_id.id_nummer.as_str());
    }
    let has_cause = |post: &AviseringPost, code: &str| {
        post.persondetaljer.iter().flatten().any(|row| {
            row.avregistreringsorsak_kod.as_ref().is_some_and(|kod| kod.as_str() == code)
        })
    };
    check("deceased", &|post| has_cause(post, "AV"));
    check("emigrated, with an address", &|post| {
        has_cause(post, "UV") && !post.utlandsadress.is_empty()
    });
    let utvandrad = |post: &AviseringPost, again: bool, extended: bool| {
        post.utvandrad.iter().flatten().any(|row| {
            row.aterinlasningsdatum.is_some() == again
                && row.forlangningsdatum.is_some() == extended
        })
    };
    check("read in again", &|post| utvandrad(post, true, false));
    check("extended", &|post| utvandrad(post, false, true));
    check("both", &|post| utvandrad(post, true, true));
    let is_typ = |post: &AviseringPost, typ: Typ| post.person_id.typ == typ;
    check("immunitetsnummer", &|post| is_typ(post, Typ::Immunitetsnummer));
    check("immunitetsnummer that was replaced", &|post| {
        is_typ(post, Typ::Immunitetsnummer)
            && post
                .persondetaljer
                .iter()
                .flatten()
                .any(|row| row.sn_vilandeorsak.is_some() && !row.hanvisning.is_empty())
    });
    let swedish = |post: &AviseringPost| {
        post.kontaktadress.iter().flatten().any(|a| matches!(a, Kontaktadress::SvenskAdress(_)))
    };
    check("contact address in Sweden", &|post| {
        is_typ(post, Typ::Samordningsnummer) && swedish(post)
    });
    check("contact address abroad", &|post| !post.kontaktadress.is_empty() && !swedish(post));
    let is_svensk =
        |address: &SarskildPostadress| matches!(address, SarskildPostadress::SvenskAdress(_));
    check("special address in Sweden", &|post| {
        post.sarskild_postadress.iter().flatten().any(is_svensk)
    });
    check("special address abroad", &|post| {
        post.sarskild_postadress.iter().flatten().any(|address| !is_svensk(address))
    });
    check("history of addresses", &|post| post.folkbokforingsadress.len() > 2);
    check("history of names", &|post| post.namn.len() > 1);
    check("history of relations", &|post| post.relation.len() > 1);
    check("income and property", &|post| {
        post.summerad_inkomst.is_some() && post.fastighet.len() > 1
    });
    check("chain of numbers", &|post| {
        post.persondetaljer.iter().flatten().any(|row| row.hanvisning.len() > 1)
    });
    assert!(persons.len() >= 150);
}
