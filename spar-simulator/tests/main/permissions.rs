//! What needs a permission is not given out without.

use spar_simulator::Persons;
use spar_types::personsok::newest::{AviseringPost, SlutAnvandarUtokadBehorighet};

use crate::{by_id, request};

/// No. 2 has one of everything, no. 52 several properties.
const IDS: [&str; 2] = ["197311209931", "195008169939"];

fn record(id: &str, permissions: &[SlutAnvandarUtokadBehorighet]) -> AviseringPost {
    let mut fraga = request(by_id(id));
    fraga.identifieringsinformation.slut_anvandar_utokad_behorighet = permissions.to_vec();
    let mut posts = Persons::built_in().answer(&fraga).personsokning_svarspost;
    posts.pop().expect("in the register").expect("a record")
}

/// What of the things that need a permission is there.
fn present(post: &AviseringPost) -> Vec<&'static str> {
    let details = &post.persondetaljer;
    [
        ("Relation", !post.relation.is_empty()),
        ("SvenskMedborgare", details.iter().flatten().any(|row| row.svensk_medborgare.is_some())),
        ("FodelselanKod", details.iter().flatten().any(|row| row.fodelselan_kod.is_some())),
        ("Fodelseforsamling", details.iter().flatten().any(|row| row.fodelseforsamling.is_some())),
        ("SummeradInkomst", post.summerad_inkomst.is_some()),
        ("InkomstAr", post.inkomst_ar.is_some()),
        ("Fastighet", !post.fastighet.is_empty()),
    ]
    .into_iter()
    .filter_map(|(name, is_present)| is_present.then_some(name))
    .collect()
}

#[test]
fn each_permission_opens_its_own() {
    use SlutAnvandarUtokadBehorighet::{Medborgarskap, Relationer, Sekretess, Taxering};

    let check = |permissions: &[SlutAnvandarUtokadBehorighet], expected: &[&str]| {
        assert_eq!(present(&record(IDS[0], permissions)), expected, "{permissions:?}");
    };
    let taxering =
        ["FodelselanKod", "Fodelseforsamling", "SummeradInkomst", "InkomstAr", "Fastighet"];
    check(&[], &[]);
    check(&[Sekretess], &[]);
    check(&[Relationer], &["Relation"]);
    check(&[Medborgarskap], &["SvenskMedborgare"]);
    check(&[Taxering], &taxering);
    check(&[Taxering, Taxering], &taxering);
    check(
        &[Relationer, Medborgarskap, Taxering, Sekretess],
        &[&["Relation", "SvenskMedborgare"], &taxering[..]].concat(),
    );
}

#[test]
fn with_all_permissions_a_record_is_whole() {
    for id in IDS {
        let whole = Persons::built_in();
        let whole = whole.iter().find(|post| post.person_id.id_nummer.as_str() == id);
        let given = record(id, SlutAnvandarUtokadBehorighet::ALL);
        assert!(Some(&given) == whole);
        // The flags and the rest of the details need none.
        let basic = record(id, &[]);
        assert!(basic.namn == given.namn);
        assert!(basic.folkbokforingsadress == given.folkbokforingsadress);
        assert!(basic.persondetaljer.len() == given.persondetaljer.len());
        assert!(basic.persondetaljer.iter().flatten().all(|row| row.kon.is_some()));
    }
}
