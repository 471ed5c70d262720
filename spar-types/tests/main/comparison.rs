//! What somebody typed against a record: REC-01, REC-04, REC-10, REC-11, PII-01, PII-02, PII-13.

use std::fmt::Write as _;

use spar_types::Inspect;
use spar_types::comparison::{
    Claim, ClaimBuilder, ClaimViolation, Comparison, MAX_TYPED_CHARS, Verdict,
};
use spar_types::personsok::v2023_1::AviseringPost;

use crate::record::{CLOSED, OPEN, record};
use crate::support::{Dice, Node, Tree, answers, post};

const NOT_ASKED: Verdict = Verdict::NotAsked;
const ABSENT: Verdict = Verdict::Absent;
const DIFFERENT: Verdict = Verdict::Different;
const SIMILAR: Verdict = Verdict::Similar;
const SAME: Verdict = Verdict::Same;
const PROTECTED: Verdict = Verdict::Protected;

/// Verdicts show themselves by their words only.
#[track_caller]
fn assert_verdict(verdict: Verdict, expected: Verdict, case: &str) {
    assert_eq!(verdict.as_str(), expected.as_str(), "{case}");
}

fn claim(fill: impl FnOnce(ClaimBuilder) -> ClaimBuilder) -> Claim {
    fill(Claim::builder()).build().expect("a claim")
}

fn namn(intervall: &str, parts: &[(&str, &str)]) -> String {
    let mut out = format!("<nam:Namn>{intervall}");
    for (element, text) in parts {
        let _ = write!(out, "<nel:{element}>{text}</nel:{element}>");
    }
    out + "</nam:Namn>"
}

#[test]
fn given_names() {
    let check = |spar: &str, typed: &str, expected: Verdict| {
        let post = record(&post(&namn("", &[("Fornamn", spar)])));
        let verdict = claim(|builder| builder.fornamn(typed)).compare(&post).fornamn;
        assert_verdict(verdict, expected, &format!("{spar} / {typed}"));
    };
    // Case, composition, hyphens, apostrophes.
    check("ÅSA MARIA", "åsa maria", SAME);
    check("A\u{30a}sa", "Åsa", SAME);
    check("Åsa", "A\u{30a}sa", SAME);
    check("Anna-Lena", "Anna Lena", SAME);
    check("Anna-Lena", " anna - lena ", SAME);
    check("D'Arcy", "Darcy", SAME);
    check("D'Arcy", "D’Arcy", SAME);
    // Any of them, in any order; the one used in daily life is one of them.
    check("Anna Maria Lovisa", "Maria", SAME);
    check("Anna Maria Lovisa", "Lovisa Anna", SAME);
    check("Anna-Lena Maria", "Lena", SAME);
    check("Anna Maria", "Anna Anna", SIMILAR);
    check("Anna Maria", "Anna Karin", SIMILAR);
    // Accents.
    check("Åsa", "Asa", SIMILAR);
    check("Åsa", "Äsa", SIMILAR);
    check("Asa", "Åsa", SIMILAR);
    check("Märta", "Marta", SIMILAR);
    check("Sören", "Soeren", SIMILAR);
    check("René", "Rene", SIMILAR);
    // Written as one, doubled letters, sound, one slip.
    check("Anna-Lena", "Annalena", SIMILAR);
    check("Annalena", "Anna-Lena", SIMILAR);
    check("Filippa", "Filipa", SIMILAR);
    check("Karl", "Carl", SIMILAR);
    check("Kristina", "Christina", SIMILAR);
    check("Walter", "Valter", SIMILAR);
    check("Sofia", "Sophia", SIMILAR);
    check("Margareta", "Margaretta", SIMILAR);
    check("Margareta", "Maragreta", SIMILAR);
    check("Birgitta", "Brigitta", SIMILAR);
    // Nothing of that.
    check("Anna", "Anne", DIFFERENT);
    check("Anna Maria", "A", DIFFERENT);
    check("Karin", "Maria", DIFFERENT);
    check("Bo", "Ob", DIFFERENT);
    check("Karin", "Marin", DIFFERENT);
    check("Anna", "中", DIFFERENT);
}

#[test]
fn surnames_and_middle_names() {
    let check = |spar: (&str, &str), typed: (&str, &str), expected: (Verdict, Verdict)| {
        let parts = [("Mellannamn", spar.0), ("Efternamn", spar.1)];
        let parts: Vec<_> = parts.into_iter().filter(|(_, text)| !text.is_empty()).collect();
        let post = record(&post(&namn("", &parts)));
        let claim = claim(|builder| builder.mellannamn(typed.0).efternamn(typed.1));
        let comparison = claim.compare(&post);
        assert_verdict(comparison.mellannamn, expected.0, &format!("{spar:?} / {typed:?}"));
        assert_verdict(comparison.efternamn, expected.1, &format!("{spar:?} / {typed:?}"));
    };
    check(("", "Ek"), ("", "ek"), (NOT_ASKED, SAME));
    check(("", "Ek"), ("", "Alm"), (NOT_ASKED, DIFFERENT));
    check(("", "Karlsson"), ("", "Carlson"), (NOT_ASKED, SIMILAR));
    check(("", "Eriksson"), ("", "Ericsson"), (NOT_ASKED, SIMILAR));
    check(("", "Gustavsson"), ("", "Gustafson"), (NOT_ASKED, SIMILAR));
    check(("", "Åkerström"), ("", "Akerstrom"), (NOT_ASKED, SIMILAR));
    check(("", "O'Neill"), ("", "ONeill"), (NOT_ASKED, SAME));
    check(("", "O'Neill"), ("", "O Neill"), (NOT_ASKED, SIMILAR));
    check(("", "Hansson"), ("", "Jansson"), (NOT_ASKED, DIFFERENT));
    // Double surnames, written in one way or another.
    check(("", "Ek-Lind"), ("", "Ek Lind"), (NOT_ASKED, SAME));
    check(("", "Ek-Lind"), ("", "Lind Ek"), (NOT_ASKED, SIMILAR));
    check(("", "Ek-Lind"), ("", "Eklind"), (NOT_ASKED, SIMILAR));
    check(("", "Ek-Lind"), ("", "Lind"), (NOT_ASKED, SIMILAR));
    check(("", "Lind"), ("", "Ek Lind"), (NOT_ASKED, SIMILAR));
    check(("Ek", "Lind"), ("", "Ek-Lind"), (NOT_ASKED, SAME));
    check(("Ek", "Lind"), ("", "Ek"), (NOT_ASKED, SIMILAR));
    check(("Ek", "Lind"), ("Ek", "Lind"), (SAME, SAME));
    check(("Ek", "Lind"), ("Lind", "Ek"), (SIMILAR, SIMILAR));
    check(("Ek", "Lind"), ("Alm", "Lind"), (DIFFERENT, SAME));
    check(("Carlsson", "Lind"), ("Karlson", ""), (SIMILAR, NOT_ASKED));
    check(("", "Lind"), ("Alm", "Lind"), (ABSENT, SAME));
    check(("", "Ek Lind"), ("Ek", "Lind"), (SIMILAR, SIMILAR));
    // Particles alone make no agreement.
    check(("", "von Platen"), ("", "Platen"), (NOT_ASKED, SIMILAR));
    check(("", "von Platen"), ("", "von Essen"), (NOT_ASKED, DIFFERENT));
    check(("", "von Platen"), ("", "von"), (NOT_ASKED, DIFFERENT));
    check(("", "de Geer"), ("", "De Geer"), (NOT_ASKED, SAME));
    check(("", ""), ("Ek", "Lind"), (ABSENT, ABSENT));
}

#[test]
fn full_names() {
    let all = [("Fornamn", "Anna Maria"), ("Mellannamn", "Ek"), ("Efternamn", "Lindqvist")];
    let check = |parts: &[(&str, &str)], typed: &str, expected: Verdict| {
        let post = record(&post(&namn("", parts)));
        let verdict = claim(|builder| builder.namn(typed)).compare(&post).namn;
        assert_verdict(verdict, expected, &format!("{parts:?} / {typed}"));
    };
    check(&all, "Anna Lindqvist", SAME);
    check(&all, "Lindqvist, Anna", SAME);
    check(&all, "maria ek-lindqvist", SAME);
    check(&all, "Anna Maria Ek Lindqvist", SAME);
    check(&all, "Anna Lindkvist", SIMILAR);
    check(&all, "Anna Ek", SIMILAR);
    check(&all, "Anna K Lindqvist", SIMILAR);
    check(&all, "Annamaria Lindqvist", SIMILAR);
    check(&all, "Anna", DIFFERENT);
    check(&all, "Lindqvist", DIFFERENT);
    check(&all, "Karin Lindqvist", DIFFERENT);
    check(&all, "Anna Berg", DIFFERENT);
    // Who has one name only.
    check(&all[..1], "Anna", SAME);
    check(&all[2..], "Lindqvist", SAME);
    check(&all[2..], "Anna Lindqvist", SIMILAR);
    // Where SPAR has a shorter form for addressing.
    let short = ("Aviseringsnamn", "Ek Lindqvist, A M");
    check(&[&[short], all.as_slice()].concat(), "A M Ek Lindqvist", SAME);
    check(&[&[short], all.as_slice()].concat(), "Anna Lindqvist", SAME);
    check(&[short], "Ek Lindqvist A M", SAME);
    check(&[short], "Anna Lindqvist", SIMILAR);
    check(&[short], "Anna Berg", DIFFERENT);
    check(&[], "Anna Lindqvist", ABSENT);
}

/// A Swedish address of these two lines.
fn registered(intervall: &str, lines: [&str; 2], post_nr: &str, postort: &str) -> String {
    let element = |name: &str, text: &str| {
        if text.is_empty() { String::new() } else { format!("<adr:{name}>{text}</adr:{name}>") }
    };
    format!(
        "<fba:Folkbokforingsadress><adr:SvenskAdress>{intervall}{}{}{}{}</adr:SvenskAdress>\
         </fba:Folkbokforingsadress>",
        element("Utdelningsadress1", lines[0]),
        element("Utdelningsadress2", lines[1]),
        element("PostNr", post_nr),
        element("Postort", postort),
    )
}

#[test]
fn streets() {
    let check = |lines: [&str; 2], typed: &str, expected: Verdict| {
        let post = record(&post(&registered("", lines, "", "")));
        let verdict = claim(|builder| builder.utdelningsadress(typed)).compare(&post);
        assert_verdict(verdict.utdelningsadress, expected, &format!("{lines:?} / {typed}"));
    };
    let check_line = |spar: &str, typed: &str, expected: Verdict| {
        check([spar, ""], typed, expected);
        check(["", spar], typed, expected);
    };
    check_line("STORGATAN 12", "Storgatan 12", SAME);
    check_line("STORGATAN 12 A", "storgatan 12a", SAME);
    check_line("STORGATAN 12", "Storgatan 13", DIFFERENT);
    check_line("STORGATAN 12", "Storgatan 1", DIFFERENT);
    check_line("STORGATAN 11", "Storgatan 1", DIFFERENT);
    check_line("STORGATAN 12", "Lillgatan 12", DIFFERENT);
    check_line("STORGATAN 12", "Storvägen 12", DIFFERENT);
    check_line("STORGATAN 12", "Storgatan", SIMILAR);
    check_line("STORGATAN", "Storgatan 12", SIMILAR);
    check_line("STORGATAN 12 A", "Storgatan 12", SIMILAR);
    check_line("STORGATAN 12 A", "Storgatan 12 B", SIMILAR);
    check_line("STORGATAN 12-14", "Storgatan 12", SIMILAR);
    // Abbreviations: with a full stop they are meant.
    check_line("STORGATAN 12", "Storg. 12", SAME);
    check_line("STORG. 12", "Storgatan 12", SAME);
    check_line("STORGATAN 12", "Storg 12", SIMILAR);
    check_line("RINGVÄGEN 5", "Ringv. 5", SAME);
    check_line("RINGVÄGEN 5", "Ringv 5", SIMILAR);
    check_line("RINGVÄGEN 5", "Ringvagen 5", SIMILAR);
    check_line("RINGGATAN 5", "Ringv. 5", DIFFERENT);
    check_line("BAGARGRÄND 1", "Bagargr. 1", SAME);
    check_line("NORRA STRANDGATAN 3", "N. Strandgatan 3", SAME);
    check_line("N STRANDGATAN 3", "Norra Strandg. 3", SAME);
    check_line("NORRA STRANDGATAN 3", "S. Strandgatan 3", DIFFERENT);
    check_line("S:T ERIKSGATAN 5", "Sankt Eriksgatan 5", SAME);
    check_line("S:T ERIKSGATAN 5", "St Eriksgatan 5", SIMILAR);
    check_line("S:T ERIKSGATAN 5", "S:t Eriksg 5", SIMILAR);
    // Spelling.
    check_line("ÅSGATAN 1", "Asgatan 1", SIMILAR);
    check_line("KARLAVÄGEN 1", "Carlavägen 1", SIMILAR);
    check_line("STOR GATAN 12", "Storgatan 12", SIMILAR);
    check_line("STORGATAN 12", "Storgtaan 12", SIMILAR);
    // The apartment counts where both have one, the floor never.
    check_line("STORGATAN 12 LGH 1101", "Storgatan 12", SAME);
    check_line("STORGATAN 12", "Storgatan 12 lgh 1101", SAME);
    check_line("STORGATAN 12 LGH 1101", "Storgatan 12, lgh. 1101", SAME);
    check_line("STORGATAN 12 LGH 1101", "Storgatan 12, lägenhet 1101", SAME);
    check_line("STORGATAN 12 LGH 1101", "Storgatan 12 lgh 1102", SIMILAR);
    check_line("STORGATAN 12 A 2 TR", "Storgatan 12 A", SAME);
    check_line("STORGATAN 12 A", "Storgatan 12 A, 2tr", SAME);
    check_line("STORGATAN 12 NB", "Storgatan 12", SAME);
    check_line("STORGATAN 12", "Storgatan 12 våning 3", SAME);
    check(["LGH 1101", "STORGATAN 12"], "Storgatan 12 lgh 1101", SAME);
    check(["LGH 1101", "STORGATAN 12"], "Storgatan 12 lgh 1102", SAME);
    check(["STORGATAN 12", "LGH 1101"], "Storgatan 12 A lgh 1101", SIMILAR);
    // No street.
    check_line("BOX 123", "Box 123", SAME);
    check_line("BOX 123", "Box 124", DIFFERENT);
    check_line("STORGATAN 12", "12", DIFFERENT);
    check_line("STORGATAN 12", "2 tr", NOT_ASKED);
    check(["2 TR", ""], "Storgatan 12", ABSENT);
    check(["", ""], "Storgatan 12", ABSENT);
}

#[test]
fn postal_codes_towns_and_care_of() {
    let check_code = |spar: &str, typed: &str, expected: Verdict| {
        let post = record(&post(&registered("", ["", ""], spar, "")));
        let verdict = claim(|builder| builder.post_nr(typed)).compare(&post).post_nr;
        assert_verdict(verdict, expected, &format!("{spar} / {typed}"));
    };
    check_code("11234", "11234", SAME);
    check_code("11234", " 112 34 ", SAME);
    check_code("11234", "SE-112 34", SAME);
    check_code("112 34", "11234", SAME);
    check_code("11234", "11235", DIFFERENT);
    check_code("11234", "11243", DIFFERENT);
    check_code("11234", "1123", DIFFERENT);
    check_code("11234", "abc", DIFFERENT);
    check_code("-", "abc", ABSENT);
    check_code("", "11234", ABSENT);
    let check_town = |spar: &str, typed: &str, expected: Verdict| {
        let post = record(&post(&registered("", ["", ""], "", spar)));
        let verdict = claim(|builder| builder.postort(typed)).compare(&post).postort;
        assert_verdict(verdict, expected, &format!("{spar} / {typed}"));
    };
    check_town("STOCKHOLM", "Stockholm", SAME);
    check_town("VÄSTRA FRÖLUNDA", "V. Frölunda", SAME);
    check_town("V FRÖLUNDA", "Västra Frölunda", SAME);
    check_town("UPPSALA", "Upsala", SIMILAR);
    check_town("MALMÖ", "Malmo", SIMILAR);
    check_town("STOCKHOLM", "Stokcholm", SIMILAR);
    check_town("STOCKHOLM", "Malmö", DIFFERENT);
    check_town("VÄSTRA FRÖLUNDA", "Östra Frölunda", DIFFERENT);
    check_town("-", "Malmö", ABSENT);
    check_town("", "Malmö", ABSENT);
    let check_care_of = |spar: &str, typed: &str, expected: Verdict| {
        let care_of = format!("<adr:CareOf>{spar}</adr:CareOf></adr:SvenskAdress>");
        let sample = registered("", ["", ""], "", "").replace("</adr:SvenskAdress>", &care_of);
        let post = record(&post(&sample));
        let verdict = claim(|builder| builder.care_of(typed)).compare(&post).care_of;
        assert_verdict(verdict, expected, &format!("{spar} / {typed}"));
    };
    check_care_of("C/O EK", "c/o Ek", SAME);
    check_care_of("EK", "C/o Ek", SAME);
    check_care_of("C/O EK", "co Ek", SAME);
    check_care_of("C/O EK", "℅ Ek", SAME);
    check_care_of("C/O ANNA EK", "Ek", SIMILAR);
    check_care_of("C/O KARLSSON", "Carlson", SIMILAR);
    check_care_of("C/O EK", "c/o Alm", DIFFERENT);
    check_care_of("C/O", "Ek", ABSENT);
    check_care_of("EK", "c/o", NOT_ASKED);
}

#[test]
fn lines_of_an_international_address() {
    let sample = post(
        "<utl:Utlandsadress><adr:InternationellAdress>\
         <adr:Utdelningsadress1>C/O BERG</adr:Utdelningsadress1>\
         <adr:Utdelningsadress2>STORGATAN 12</adr:Utdelningsadress2>\
         <adr:Utdelningsadress3>112 34 MALMÖ</adr:Utdelningsadress3><adr:Land>SVERIGE</adr:Land>\
         </adr:InternationellAdress></utl:Utlandsadress>",
    );
    let check = |typed: [&str; 4], expected: [Verdict; 4]| {
        let [street, post_nr, postort, care_of] = typed;
        let claim = claim(|builder| {
            builder.utdelningsadress(street).post_nr(post_nr).postort(postort).care_of(care_of)
        });
        let comparison = claim.compare(&record(&sample));
        let verdicts = [
            comparison.utdelningsadress,
            comparison.post_nr,
            comparison.postort,
            comparison.care_of,
        ];
        for (verdict, expected) in verdicts.into_iter().zip(expected) {
            assert_verdict(verdict, expected, &format!("{typed:?}"));
        }
    };
    check(["Storg. 12", "11234", "Malmö", "Berg"], [SAME, SIMILAR, SIMILAR, SIMILAR]);
    check(["Storgatan 13", "11235", "Lund", "Alm"], [DIFFERENT, ABSENT, ABSENT, ABSENT]);
    check(["", "", "", ""], [NOT_ASKED; 4]);
}

#[test]
fn dates_of_birth() {
    // REC-04.
    let check = |spar: &[&str], typed: &str, expected: Verdict| {
        let row = |datum: &&str| {
            format!(
                "<pde:Persondetaljer><pde:Fodelsedatum>{datum}</pde:Fodelsedatum></pde:Persondetaljer>"
            )
        };
        let post = record(&post(&spar.iter().map(row).collect::<String>()));
        let verdict = claim(|builder| builder.fodelsedatum(typed)).compare(&post).fodelsedatum;
        assert_verdict(verdict, expected, &format!("{spar:?} / {typed}"));
    };
    check(&["2019-01-15"], "2019-01-15", SAME);
    check(&["2019-01-15"], " 2019-01-15 ", SAME);
    check(&["2019-01-15Z"], "2019-01-15", SAME);
    check(&["2019-01-15"], "2019-01-16", DIFFERENT);
    check(&["2019-01-15"], "2018-01-15", DIFFERENT);
    check(&["2019-01-00"], "2019-01-15", SIMILAR);
    check(&["2019-00-00"], "2019-01-15", SIMILAR);
    check(&["2019"], "2019-01-15", SIMILAR);
    check(&["201901"], "2019-01-15", SIMILAR);
    check(&["2019-01-00"], "2019-02-15", DIFFERENT);
    check(&["2019-00-00"], "2018-01-15", DIFFERENT);
    check(&["0000-00-00"], "2019-01-15", ABSENT);
    check(&["0"], "2019-01-15", ABSENT);
    check(&["okänt"], "2019-01-15", ABSENT);
    check(&[], "2019-01-15", ABSENT);
    check(&["2019-01-15", "2019-01-16"], "2019-01-16", SAME);
    // The date in the number, 198001019803, may be another one.
    check(&["1980-01-02"], "1980-01-01", SIMILAR);
    check(&[], "1980-01-01", SIMILAR);
    check(&["1980-01-01"], "1980-01-01", SAME);
    check(&["1980-01-01"], "", NOT_ASKED);
}

#[test]
fn rows_that_no_longer_hold_make_no_more_than_similar() {
    let ek = [("Fornamn", "Anna"), ("Efternamn", "Ek")];
    let alm = [("Fornamn", "Anna"), ("Efternamn", "Alm")];
    let check = |rows: &[String], expected: (Verdict, Verdict)| {
        let claim = claim(|builder| builder.fornamn("Anna").efternamn("Alm"));
        let comparison = claim.compare(&record(&post(&rows.concat())));
        assert_verdict(comparison.fornamn, expected.0, &format!("{rows:?}"));
        assert_verdict(comparison.efternamn, expected.1, &format!("{rows:?}"));
    };
    check(&[namn(OPEN, &ek), namn(CLOSED, &alm)], (SAME, SIMILAR));
    check(&[namn(CLOSED, &alm), namn(OPEN, &ek)], (SAME, SIMILAR));
    check(&[namn(CLOSED, &alm)], (SIMILAR, SIMILAR));
    check(&[namn(CLOSED, &ek)], (SIMILAR, ABSENT));
    check(&[namn(OPEN, &ek), namn(CLOSED, &ek)], (SAME, DIFFERENT));
    check(&[namn(OPEN, &[]), namn(CLOSED, &ek)], (SIMILAR, ABSENT));
    // REC-01: of two that hold now, the one that agrees best.
    check(&[namn(OPEN, &ek), namn(OPEN, &alm)], (SAME, SAME));
    check(&[namn("", &alm), namn("", &ek)], (SAME, SAME));
}

#[test]
fn one_address_speaks_for_all_its_fields() {
    let check = |rows: &[String], expected: [Verdict; 3]| {
        let claim = claim(|builder| {
            builder.utdelningsadress("Storgatan 1").post_nr("22222").postort("Lund")
        });
        let comparison = claim.compare(&record(&post(&rows.concat())));
        let verdicts = [comparison.utdelningsadress, comparison.post_nr, comparison.postort];
        for (verdict, expected) in verdicts.into_iter().zip(expected) {
            assert_verdict(verdict, expected, &format!("{rows:?}"));
        }
    };
    let storgatan = |interval| registered(interval, ["", "STORGATAN 1"], "11111", "LUND");
    let right = |interval| registered(interval, ["", "STORGATAN 1"], "22222", "LUND");
    let special = "<spa:SarskildPostadress><adr:SvenskAdress>\
        <adr:Utdelningsadress2>BOX 2</adr:Utdelningsadress2><adr:PostNr>22222</adr:PostNr>\
        </adr:SvenskAdress></spa:SarskildPostadress>";
    check(&[storgatan(""), special.to_owned()], [SAME, DIFFERENT, SAME]);
    check(&[special.to_owned()], [DIFFERENT, SAME, ABSENT]);
    check(&[special.to_owned(), right("")], [SAME, SAME, SAME]);
    check(&[storgatan(OPEN), right(CLOSED)], [SAME, SIMILAR, SAME]);
    check(&[right(CLOSED)], [SIMILAR, SIMILAR, SIMILAR]);
    check(&[], [ABSENT; 3]);
}

/// A claim that asks for every field but the full name.
fn whole(builder: ClaimBuilder) -> ClaimBuilder {
    builder
        .fornamn("Anna")
        .mellannamn("Mellan")
        .efternamn("Ek")
        .utdelningsadress("Storgatan 12")
        .post_nr("11234")
        .postort("Stockholm")
        .care_of("Berg")
        .fodelsedatum("1980-01-01")
}

#[test]
fn a_protected_person_is_protected_in_every_field() {
    // REC-10, REC-11: whatever the record holds, and when a flag is missing.
    let content = namn("", &[("Fornamn", "Anna"), ("Efternamn", "Ek")]);
    let check = |from: &str, to: &str| {
        let sample = post(&content).replace(from, to);
        assert_ne!(sample, post(&content));
        for claim in [claim(whole), claim(|builder| builder)] {
            for (field, verdict) in claim.compare(&record(&sample)).verdicts() {
                assert_verdict(verdict, PROTECTED, field);
            }
        }
    };
    check("markering>NEJ", "markering>JA");
    check("bokforing>NEJ", "bokforing>JA");
    check("markering>NEJ", "markering>");
    check("bokforing>NEJ", "bokforing>?");
    check("<sky:Sekretessmarkering>NEJ</sky:Sekretessmarkering>", "");
    check("<sky:SkyddadFolkbokforing>NEJ</sky:SkyddadFolkbokforing>", "");
    let comparison = claim(whole).compare(&record(&post(&content)));
    assert_verdict(comparison.fornamn, SAME, "not protected");
}

#[test]
fn what_is_left_blank_is_not_asked() {
    let post = record(&post(&namn("", &[("Fornamn", "Anna"), ("Efternamn", "Ek")])));
    for blank in ["", " ", "\u{a0}\t"] {
        let claim = claim(|builder| {
            let builder = builder.fornamn(blank).mellannamn(blank).efternamn(blank);
            let builder = builder.utdelningsadress(blank).post_nr(blank).postort(blank);
            builder.care_of(blank).fodelsedatum(blank)
        });
        for (field, verdict) in claim.compare(&post).verdicts() {
            assert_verdict(verdict, NOT_ASKED, field);
        }
    }
}

#[test]
fn claims_are_bounded_and_everything_wrong_is_told_at_once() {
    // PII-02.
    let long = "å".repeat(MAX_TYPED_CHARS);
    assert!(Claim::builder().efternamn(&long).build().is_ok());
    let longer = long + "4711";
    let builder = Claim::builder()
        .namn("Märkö 4711")
        .fornamn("Märkö 4711")
        .efternamn(&longer)
        .fodelsedatum("4711");
    let shown = format!("{builder:?}");
    let error = builder.build().expect_err("four violations");
    assert_eq!(
        error.to_string(),
        "fodelsedatum: not a date of the form YYYY-MM-DD; fornamn: cannot stand beside namn; \
         efternamn: more than 200 characters; efternamn: cannot stand beside namn"
    );
    assert_eq!(error.violations()[0], ClaimViolation::NotADate { field: "fodelsedatum" });
    for shown in [shown, format!("{error:?}")] {
        assert!(!shown.contains("4711") && !shown.contains("Märkö"), "{shown}");
    }
    for typed in ["19800101", "1980-01", "1980-02-30", "1980-01-01Z", "80-01-01", "12345-01-01"] {
        let error = Claim::builder().fodelsedatum(typed).build().expect_err(typed);
        assert_eq!(error.violations(), [ClaimViolation::NotADate { field: "fodelsedatum" }]);
    }
}

#[test]
fn a_comparison_shows_itself_only_when_asked() {
    // PII-07, PII-13: the verdicts tell of a person too, protection above all.
    let post = record(&post(&namn("", &[("Fornamn", "Anna"), ("Efternamn", "Ek")])));
    let comparison = claim(|builder| builder.fornamn("Anna").efternamn("Alm")).compare(&post);
    let hidden = format!("{comparison:?}");
    assert_eq!(hidden.matches("<redacted>").count(), 9);
    for verdict in [NOT_ASKED, ABSENT, DIFFERENT, SIMILAR, SAME, PROTECTED] {
        assert!(!hidden.contains(verdict.as_str()));
        assert_eq!(format!("{verdict:?}"), "<redacted>");
        assert_eq!(format!("{verdict}"), verdict.as_str());
    }
    let shown = format!("{:?}", comparison.unredacted());
    assert!(shown.contains(r#"fornamn: "same", mellannamn: "not-asked", efternamn: "different""#));
}

/// Everything that is shown of a comparison and what made it.
fn shown(claim: &Claim, comparison: &Comparison) -> String {
    let mut out = format!("{claim:?} {claim:#?} {comparison:?} {comparison:#?}");
    let _ = write!(out, "{:?} {:#?}", comparison.unredacted(), comparison.unredacted());
    for (field, verdict) in comparison.verdicts() {
        let _ = write!(out, "{field} {verdict} {verdict:?} {:?}", verdict.unredacted());
    }
    out
}

#[test]
fn nothing_of_a_record_or_of_what_was_typed_is_shown() {
    // PII-01: the marker in every value of the record that is not a flag, and in every field typed.
    let marker = "Märkö4711";
    let mut tree = Tree::parse(&answers()[2]);
    tree.visit(&mut |tree| {
        if tree.is_leaf() && !tree.name.starts_with("Datum") {
            let is_flag = ["Sekretessmarkering", "SkyddadFolkbokforing"];
            let text = if is_flag.contains(&tree.name.as_str()) { "NEJ" } else { marker };
            tree.content = vec![Node::Raw(text.to_owned())];
        }
    });
    let post: AviseringPost = record(&tree.write());
    assert!(format!("{:?}", post.unredacted()).contains(marker));
    let mut dice = Dice::new(17);
    let mut same = 0;
    for _ in 0..50 {
        let mut typed = || {
            let noise = ["", "x", "c/o ", " 12 A", " lgh 1101", "åäö", "Märk"];
            format!("{}{marker}{}", dice.pick(&noise), dice.pick(&noise))
        };
        let claim = claim(|builder| {
            let builder = builder.fornamn(&typed()).mellannamn(&typed()).efternamn(&typed());
            let builder = builder.utdelningsadress(&typed()).post_nr(&typed()).postort(&typed());
            builder.care_of(&typed()).fodelsedatum("4711-01-01")
        });
        let comparison = claim.compare(&post);
        same += comparison.verdicts().iter().filter(|(_, verdict)| *verdict == SAME).count();
        let shown = shown(&claim, &comparison);
        assert!(!shown.contains("4711") && !shown.to_lowercase().contains("märk"), "{shown}");
    }
    assert!(same > 0, "the marker was never compared");
}

#[test]
fn hostile_values_are_compared_without_harm() {
    // Values of any length and script, kept as sent.
    let hostile = [
        "a".repeat(10_000),
        "a ".repeat(5_000),
        "\u{301}".repeat(300),
        "İ\u{307}ß\u{fb01}ǅ".to_owned(),
        "1".repeat(300),
        "- ' ’ .".to_owned(),
        "lgh lgh 1 1 tr tr vån 2 vån".to_owned(),
        "s:t s:ta g. v. gr. n.".to_owned(),
    ];
    for value in &hostile {
        let names = [("Fornamn", value.as_str()), ("Mellannamn", value), ("Efternamn", value)];
        let content = namn("", &names) + &registered("", [value, value], value, value);
        let post = record(&post(&content));
        for typed in &hostile {
            let typed: String = typed.chars().take(MAX_TYPED_CHARS).collect();
            let claim = claim(|builder| {
                let builder = builder.fornamn(&typed).mellannamn(&typed).efternamn(&typed);
                let builder = builder.utdelningsadress(&typed).post_nr(&typed).postort(&typed);
                builder.care_of(&typed)
            });
            let comparison = claim.compare(&post);
            // What is the same as typed does not come out as different, unless it is too long to be.
            let is_equal = typed == *value && typed.chars().any(char::is_alphanumeric);
            assert!(!is_equal || comparison.fornamn == SAME, "{typed}");
        }
    }
}

#[cfg(feature = "serde")]
#[test]
fn a_comparison_is_written_as_its_verdicts() {
    let post = record(&post(&namn("", &[("Fornamn", "Anna"), ("Efternamn", "Ek")])));
    let comparison = claim(|builder| builder.fornamn("Anna").efternamn("Alm")).compare(&post);
    let json = serde_json::to_string(&comparison).expect("JSON");
    assert_eq!(json, r#"{"fornamn":"same","efternamn":"different"}"#);
}
