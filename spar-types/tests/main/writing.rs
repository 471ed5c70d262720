//! REQ-01 to REQ-08, REQ-14, REQ-15, XML-31, XML-32: what can be written, and what cannot.

use std::fmt::Debug;
use std::path::PathBuf;
use std::str::FromStr;

use spar_types::personsok::v2021_1::{
    AviseringPost, DistriktKodVillkor, Fastighet, FodelsedatumVillkor, FornamnSokArgument,
    Identifieringsinformation, JaNej, Kon, KundNr, MellanEfternamnSokArgument, NamnSokArgument,
    NamnVillkor, OverstigerMaxAntalSvarsposter, PersonId, PersonsokningFraga, PostNrVillkor,
    PostortSokArgument, SekretessmarkeringMedAttribut, SlutAnvandarUtokadBehorighet, Sokvillkor,
    SparPersonsokningFraga, SparPersonsokningSvar, Undantag, UppdragId,
    UtdelningsadressSokArgument,
};
use spar_types::personsok::v2023_1;
use spar_types::xml::{self, Mode, Root, WriteOptions};
use spar_types::{Datum, FreeText, Int, Rule, SimpleType};

use crate::support::{answers, read, request, requests, tolerant, xmllint};

fn of<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("a value that the type allows")
}

fn identifiering() -> Identifieringsinformation {
    Identifieringsinformation::new(
        of("500243"),
        of("500243"),
        of("637"),
        of("handläggare <7> & \"8\""),
    )
}

fn fraga(fraga: PersonsokningFraga) -> SparPersonsokningFraga {
    SparPersonsokningFraga::new(identifiering(), fraga)
}

fn villkor(change: impl FnOnce(&mut Sokvillkor)) -> PersonsokningFraga {
    let mut villkor = Sokvillkor::default();
    change(&mut villkor);
    PersonsokningFraga::Sokvillkor(Box::new(villkor))
}

fn all_arguments() -> PersonsokningFraga {
    villkor(|v| {
        v.fonetisk_sokning = Some(JaNej::Nej);
        v.namn_villkor = Some(NamnVillkor::NamnSokArgument(of("Åsa <O'Neill+")));
        v.utdelningsadress_sok_argument = Some(of("Gatan 1"));
        v.postort_sok_argument = Some(of("ÅMÅL"));
        v.post_nr_villkor = Some(PostNrVillkor::PostNr(of("66231")));
        v.fodelsedatum_villkor = Some(FodelsedatumVillkor::Fodelsedatum(of("1980-01-01")));
        v.kon = Some(Kon::Man);
        v.lan_kod = Some(of("17"));
        v.kommun_kod = Some(of("85"));
        v.distrikt_kod_villkor = Some(DistriktKodVillkor::DistriktKod(of("101001")));
    })
}

fn all_intervals() -> PersonsokningFraga {
    villkor(|v| {
        v.namn_villkor = Some(NamnVillkor::Namndelar {
            fornamn_sok_argument: Some(of("Åsa")),
            mellan_efternamn_sok_argument: Some(of("Efter*")),
        });
        let (post_nr_from, post_nr_tom) = (of("10000"), of("19999"));
        v.post_nr_villkor = Some(PostNrVillkor::Intervall { post_nr_from, post_nr_tom });
        let (fodelsedatum_from, fodelsedatum_tom) = (of("1980-01-01"), of("1980-12-31"));
        v.fodelsedatum_villkor =
            Some(FodelsedatumVillkor::Intervall { fodelsedatum_from, fodelsedatum_tom });
        let (distrikt_kod_from, distrikt_kod_tom) = (of("101001"), of("101999"));
        v.distrikt_kod_villkor =
            Some(DistriktKodVillkor::Intervall { distrikt_kod_from, distrikt_kod_tom });
    })
}

#[test]
fn requests_have_these_bytes() {
    // REQ-15: every argument, in both versions. They differ in namespaces and in nothing else.
    let check_version = |written: &str, namespaces: [&str; 5], expected: &str| {
        let (start, rest) = written.split_once("<ns2:").expect("an identification");
        let declarations = namespaces.iter().enumerate().map(|(index, namespace)| {
            let number = index + 1;
            format!(
                " xmlns:ns{number}=\"http://statenspersonadressregister.se/schema/{namespace}\""
            )
        });
        let declarations = declarations.collect::<String>();
        assert_eq!(
            start,
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
                 <ns1:SPARPersonsokningFraga{declarations}>"
            )
        );
        let (identifiering, rest) = rest.split_once("<ns4:").expect("a question");
        assert_eq!(
            identifiering,
            "Identifieringsinformation><ns2:KundNrLeveransMottagare>500243</ns2:KundNrLeveransMottagare>\
             <ns2:KundNrSlutkund>500243</ns2:KundNrSlutkund><ns2:UppdragId>637</ns2:UppdragId>\
             <ns2:SlutAnvandarId>handläggare &lt;7&gt; &amp; \"8\"</ns2:SlutAnvandarId>\
             </ns2:Identifieringsinformation>"
        );
        let end = "</ns4:PersonsokningFraga></ns1:SPARPersonsokningFraga>";
        assert_eq!(rest, format!("PersonsokningFraga>{expected}{end}"));
    };
    let check = |fraga: SparPersonsokningFraga, expected: &str| {
        let written = xml::write(&fraga).expect("a valid request");
        let in_2021_1 = [
            "personsok/2021.1/personsokningfraga",
            "komponent/metadata/identifieringsinformationWs-1.1",
            "komponent/person/person-1.2",
            "komponent/sok/personsokningsokparametrar-1.1",
            "komponent/sok/sokargument-1.2",
        ];
        check_version(&written, in_2021_1, expected);
        let newer = v2023_1::SparPersonsokningFraga::from(fraga);
        let newer = xml::write(&newer).expect("a valid request");
        let in_2023_1 = [
            "personsok/2023.1/personsokningfraga",
            "komponent/metadata/identifieringsinformationWs-1.1",
            "komponent/person/person-1.3",
            "komponent/sok/personsokningsokparametrar-1.2",
            "komponent/sok/sokargument-1.3",
        ];
        check_version(&newer, in_2023_1, expected);
        if let Some(schema) = published("PersonsokningFraga.xsd") {
            let verdicts = xmllint("published", &schema, &[written]);
            assert!(verdicts.is_none_or(|verdicts| verdicts == [true]));
        }
    };
    check(
        fraga(PersonsokningFraga::IdNummer(of("198001019803"))),
        "<ns3:IdNummer>198001019803</ns3:IdNummer>",
    );
    check(
        fraga(all_arguments()),
        "<ns5:FonetiskSokning>NEJ</ns5:FonetiskSokning>\
         <ns5:NamnSokArgument>Åsa &lt;O'Neill+</ns5:NamnSokArgument>\
         <ns5:UtdelningsadressSokArgument>Gatan 1</ns5:UtdelningsadressSokArgument>\
         <ns5:PostortSokArgument>ÅMÅL</ns5:PostortSokArgument><ns5:PostNr>66231</ns5:PostNr>\
         <ns5:Fodelsedatum>1980-01-01</ns5:Fodelsedatum><ns5:Kon>MAN</ns5:Kon><ns5:LanKod>17</ns5:LanKod>\
         <ns5:KommunKod>85</ns5:KommunKod><ns5:DistriktKod>101001</ns5:DistriktKod>",
    );
    check(
        fraga(all_intervals()),
        "<ns5:FornamnSokArgument>Åsa</ns5:FornamnSokArgument>\
         <ns5:MellanEfternamnSokArgument>Efter*</ns5:MellanEfternamnSokArgument>\
         <ns5:PostNrFrom>10000</ns5:PostNrFrom><ns5:PostNrTom>19999</ns5:PostNrTom>\
         <ns5:FodelsedatumFrom>1980-01-01</ns5:FodelsedatumFrom>\
         <ns5:FodelsedatumTom>1980-12-31</ns5:FodelsedatumTom>\
         <ns5:DistriktKodFrom>101001</ns5:DistriktKodFrom><ns5:DistriktKodTom>101999</ns5:DistriktKodTom>",
    );
    check(fraga(PersonsokningFraga::default()), "");
}

/// SPAR's own file, if `SPAR_PUBLISHED_SCHEMAS` names a folder in which they lie.
fn published(file: &str) -> Option<String> {
    let mut folders = vec![PathBuf::from(std::env::var_os("SPAR_PUBLISHED_SCHEMAS")?)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.ends_with(file) {
                return Some(path.to_string_lossy().into_owned());
            }
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    panic!("SPAR_PUBLISHED_SCHEMAS names a folder without {file}");
}

#[test]
fn what_is_written_is_valid_and_stable() {
    // XML-32: what was written and read is written as the same bytes; REQ-15: and is valid.
    fn again<T: Root + PartialEq>(value: &T) -> String {
        let written = xml::write(value).expect("a valid document");
        let strict = read::<T>(&written, Mode::Strict).expect("what was written is valid");
        assert!(strict.value == *value);
        assert_eq!(xml::write(&strict.value).as_deref(), Ok(written.as_str()));
        written
    }
    let mut questions = requests()
        .iter()
        .map(|sample| again(&tolerant::<SparPersonsokningFraga>(sample).0))
        .collect::<Vec<_>>();
    for question in [all_arguments(), all_intervals(), PersonsokningFraga::default()] {
        questions.push(again(&fraga(question)));
    }
    // XML-31: characters that mean something in XML, in a field that takes any text.
    let nasty = [
        "<",
        "&",
        "\"'",
        "]]>",
        "<![CDATA[",
        "&amp;",
        "\r\n\t",
        " a ",
        "--",
        "\u{7f}\u{85}\u{2028}",
        "\u{1f600}\u{10fffd}",
    ];
    for text in nasty {
        let mut question = fraga(PersonsokningFraga::default());
        question.identifieringsinformation.slut_anvandar_id = of(text);
        questions.push(again(&question));
    }
    let mut replies = answers()
        .iter()
        .map(|sample| again(&tolerant::<SparPersonsokningSvar>(sample).0))
        .collect::<Vec<_>>();
    for text in nasty {
        let mut svar = SparPersonsokningSvar::default();
        svar.undantag = vec![Ok(Undantag::new(FreeText::from_register(text), FreeText::default()))];
        svar.uuid = Some(FreeText::from_register(text));
        replies.push(again(&svar));
    }
    for (schema, documents) in
        [("2021.1/PersonsokningFraga.xsd", questions), ("2021.1/PersonsokningSvar.xsd", replies)]
    {
        if let Some(verdicts) = xmllint(&format!("stable-{schema}"), schema, &documents) {
            for (document, is_valid) in documents.iter().zip(verdicts) {
                assert!(is_valid, "{document}");
            }
        }
    }
}

#[test]
fn prefixes_are_the_callers_to_choose() {
    let svar = tolerant::<SparPersonsokningSvar>(&answers()[2]).0;
    for (first, unused_default) in [
        (2, Some("http://statenspersonadressregister.se/schema/x\"<&>")),
        (0, None),
        (usize::MAX, None),
    ] {
        let mut options = WriteOptions::default();
        options.first_prefix = first;
        options.unused_default = unused_default;
        let mut out = "<S:Body xmlns:S='u'>".to_owned();
        xml::write_into(&svar, &options, &mut out).expect("a valid answer");
        let payload = &out["<S:Body xmlns:S='u'>".len()..];
        assert!(payload.starts_with(&format!("<ns{first}:SPARPersonsokningSvar ")));
        assert!(
            read::<SparPersonsokningSvar>(payload, Mode::Strict).expect("a valid answer").value
                == svar
        );
    }
}

#[test]
fn what_was_read_is_written_as_it_was_sent_if_asked_for() {
    // XML-24, REC-27: unknown codes and values that break a facet, unchanged.
    let mut as_sent = WriteOptions::default();
    as_sent.mode = Mode::Tolerant;
    let number = answers()[2].replace("198001019803", "19800101-9803");
    let codes =
        number.replace(">NEJ<", ">KANSKE<").replace("sattAvSPAR=\"JA\"", "sattAvSPAR=\"J\"");
    let flags = ["Sekretessmarkering", "SkyddadFolkbokforing"].iter().fold(
        answers()[2].clone(),
        |sample, flag| {
            let (before, behind) = sample.split_once(&format!("<sky:{flag}")).expect("a flag");
            let (_, behind) = behind.split_once(&format!("</sky:{flag}>")).expect("its end");
            format!("{before}{behind}")
        },
    );
    for sample in [number, codes, flags] {
        let svar = tolerant::<SparPersonsokningSvar>(&sample).0;
        assert!(xml::write(&svar).is_err());
        let mut out = String::new();
        xml::write_into(&svar, &as_sent, &mut out).expect("what XML can carry");
        assert!(tolerant::<SparPersonsokningSvar>(&out).0 == svar);
    }
    // What XML cannot carry, and what no record holds, is refused still.
    let mut svar = SparPersonsokningSvar::default();
    svar.uuid = Some(FreeText::from_register("\u{1}"));
    assert!(xml::write_into(&svar, &as_sent, &mut String::new()).is_err());
    let both =
        answers()[2].replace("<nel:Efternamn>", "<nel:Efternamn>A</nel:Efternamn><nel:Efternamn>");
    let svar = tolerant::<SparPersonsokningSvar>(&both).0;
    let error =
        xml::write_into(&svar, &as_sent, &mut String::new()).expect_err("an error in place");
    assert_eq!(error.rule(), &Rule::UnexpectedElement);
}

#[test]
fn what_breaks_the_schema_is_not_written() {
    #[track_caller]
    fn check<T: Root>(record: &T, path: &str, rule: Rule) {
        let mut out = "before".to_owned();
        let error = xml::write_into(record, &WriteOptions::default(), &mut out)
            .expect_err("an invalid record");
        assert_eq!((error.path(), error.rule()), (path, &rule));
        assert_eq!(out, "before");
        assert!(xml::write(record).is_err());
    }
    let identifiering_of = |change: fn(&mut Identifieringsinformation)| {
        let mut question = fraga(PersonsokningFraga::default());
        change(&mut question.identifieringsinformation);
        question
    };
    const ROOT: &str = "SPARPersonsokningFraga/Identifieringsinformation";
    // REQ-04: four permissions are the most, and none is added.
    check(
        &identifiering_of(|i| {
            i.slut_anvandar_utokad_behorighet = vec![SlutAnvandarUtokadBehorighet::Taxering; 5]
        }),
        ROOT,
        Rule::TooMany(4),
    );
    let four = identifiering_of(|i| {
        i.slut_anvandar_utokad_behorighet = SlutAnvandarUtokadBehorighet::ALL.to_vec()
    });
    assert!(xml::write(&four).is_ok());
    assert!(identifiering().slut_anvandar_utokad_behorighet.is_empty());
    // What the register may send, nobody may ask.
    check(
        &identifiering_of(|i| {
            i.slut_anvandar_utokad_behorighet = vec![SimpleType::from_register("Allt")]
        }),
        &format!("{ROOT}/SlutAnvandarUtokadBehorighet"),
        Rule::Enumeration,
    );
    check(
        &identifiering_of(|i| i.kund_nr_slutkund = SimpleType::from_register("4")),
        &format!("{ROOT}/KundNrSlutkund"),
        Rule::MinInclusive(500_001),
    );
    check(
        &identifiering_of(|i| i.slut_anvandar_id = SimpleType::from_register("a\u{1}b")),
        &format!("{ROOT}/SlutAnvandarId"),
        Rule::Character,
    );
    check(
        &fraga(PersonsokningFraga::IdNummer(SimpleType::from_register("19800101-9803"))),
        "SPARPersonsokningFraga/PersonsokningFraga/IdNummer",
        Rule::Pattern("[1-9][0-9]{11}"),
    );
    // Answers, as a simulator writes them.
    let mut svar = SparPersonsokningSvar::default();
    svar.undantag =
        vec![Ok(Undantag::new(FreeText::from_register("A"), FreeText::from_register("\u{fffe}")))];
    check(&svar, "SPARPersonsokningSvar/Undantag/Beskrivning", Rule::Character);
    let many = OverstigerMaxAntalSvarsposter::new(SimpleType::from_register("många"), of("100"));
    let mut svar = SparPersonsokningSvar::default();
    svar.overstiger_max_antal_svarsposter = Some(many);
    check(
        &svar,
        "SPARPersonsokningSvar/OverstigerMaxAntalSvarsposter/AntalPoster",
        Rule::Form("xs:int"),
    );
    let post_of = |change: fn(&mut AviseringPost)| {
        let id = PersonId::new(of("198001019803"), of("PERSONNUMMER"));
        let mut post = AviseringPost::new(id, JaNej::Nej.into(), JaNej::Nej);
        change(&mut post);
        let mut svar = SparPersonsokningSvar::default();
        svar.personsokning_svarspost = vec![Ok(post)];
        svar
    };
    assert!(xml::write(&post_of(|_| {})).is_ok());
    check(
        &post_of(|post| {
            let (lan, kommun, kod) = (of("01"), of("80"), of("220"));
            post.fastighet.push(Ok(Fastighet::new(of(""), lan, kommun, kod, Vec::new())));
        }),
        "SPARPersonsokningSvar/PersonsokningSvarspost/Fastighet",
        Rule::TooFew(1),
    );
    check(
        &post_of(|post| {
            let mut flag = SekretessmarkeringMedAttribut::new(JaNej::Ja);
            flag.satt_av_spar = Some(SimpleType::from_register("\u{1}"));
            post.sekretessmarkering = Some(flag);
        }),
        "SPARPersonsokningSvar/PersonsokningSvarspost",
        Rule::Enumeration,
    );
    check(
        &post_of(|post| post.skyddad_folkbokforing = None),
        "SPARPersonsokningSvar/PersonsokningSvarspost",
        Rule::MissingElement("SkyddadFolkbokforing"),
    );
}

#[test]
fn values_of_requests_are_checked_when_they_are_made() {
    #[track_caller]
    fn check<T: FromStr<Err: Debug>>(text: &str, is_valid: bool) {
        assert_eq!(text.parse::<T>().is_ok(), is_valid, "{text:?}");
    }
    // REQ-01.
    for (number, is_valid) in [(500_000, false), (500_001, true), (599_999, true), (600_000, false)]
    {
        assert_eq!(KundNr::new(number).is_ok(), is_valid);
        check::<KundNr>(&number.to_string(), is_valid);
    }
    // REQ-02.
    for (number, is_valid) in
        [(0, false), (1, true), (i64::MAX, true), (-1, false), (i64::MIN, false)]
    {
        assert_eq!(UppdragId::new(number).is_ok(), is_valid);
    }
    check::<UppdragId>("9223372036854775807", true);
    check::<UppdragId>("9223372036854775808", false);
    // REQ-05, REQ-06: lengths in code points, the first character from a smaller set.
    for (text, is_valid) in [
        ("*", false),
        ("*a", false),
        ("_x", false),
        ("a_", false),
        ("o'x", true),
        ("'x", false),
        ("x-ö", true),
        ("é", true),
        ("e\u{301}", true),
        ("+x", true),
        ("<x", true),
        ("$x", true),
        ("1", true),
        ("", false),
        (" a", false),
        ("a b\tc\nd", true),
        ("a\u{a0}b", false),
        ("a\u{200b}", false),
        ("a\u{2019}", false),
        ("a.b", false),
        ("a*", true),
        ("a\u{378}", false),
        ("\u{1f600}", true),
    ] {
        check::<NamnSokArgument>(text, is_valid);
        check::<FornamnSokArgument>(text, is_valid);
        check::<MellanEfternamnSokArgument>(text, is_valid);
    }
    for letter in ["a", "å", "\u{1f600}"] {
        for (max, is_name) in [(80, true), (81, false)] {
            check::<NamnSokArgument>(&letter.repeat(max), is_name);
            check::<FornamnSokArgument>(&letter.repeat(max), is_name);
            check::<MellanEfternamnSokArgument>(&letter.repeat(max - 20), is_name);
        }
        check::<PostortSokArgument>(&letter.repeat(27), true);
        check::<PostortSokArgument>(&letter.repeat(28), false);
        check::<UtdelningsadressSokArgument>(&letter.repeat(100), true);
        check::<UtdelningsadressSokArgument>(&letter.repeat(101), false);
    }
    check::<UtdelningsadressSokArgument>("S:t Gatan 1/2, b. *", true);
    check::<UtdelningsadressSokArgument>("/a", false);
    check::<PostortSokArgument>("A/B", false);
    // REQ-07: letters before a wild card are SPAR's rule, not the schema's.
    check::<NamnSokArgument>("a*", true);
    // REQ-08: one name argument or two, one code or two: other combinations have no type. Half an
    // interval neither; here all of them are taken from a document and refused.
    for content in [
        "<sok:NamnSokArgument>A</sok:NamnSokArgument><sok:FornamnSokArgument>B</sok:FornamnSokArgument>",
        "<sok:PostNr>11111</sok:PostNr><sok:PostNrFrom>11111</sok:PostNrFrom><sok:PostNrTom>11111</sok:PostNrTom>",
        "<sok:PostNrFrom>11111</sok:PostNrFrom>",
        "<sok:PostNrTom>11111</sok:PostNrTom>",
        "<sok:FodelsedatumFrom>1980-01-01</sok:FodelsedatumFrom>",
        "<sok:DistriktKodTom>101001</sok:DistriktKodTom>",
        "<per:IdNummer>198001019803</per:IdNummer><sok:LanKod>01</sok:LanKod>",
    ] {
        assert!(
            read::<SparPersonsokningFraga>(&request(content), Mode::Strict).is_err(),
            "{content}"
        );
    }
    // XML-31: what XML cannot carry has no type that takes it.
    for text in ["a\0", "a\u{1}", "\u{1b}", "a\u{fffe}", "\u{ffff}"] {
        check::<spar_types::personsok::v2021_1::SlutAnvandarId>(text, false);
        check::<spar_types::personsok::v2021_1::Fornamn>(text, false);
        check::<spar_types::OfullstandigtDatum>(text, false);
    }
    assert_eq!(Int::new(-1).map(|number| number.value()), Ok(Some(-1)));
    assert!(Datum::new(0, 1, 1).is_err() && Datum::new(10_000, 1, 1).is_err());
}

#[test]
fn the_pattern_of_names_is_that_of_xmllint() {
    // REQ-06: every character below U+0370, first and second. All of them are assigned.
    let characters = (0x20..0x370_u32).filter_map(char::from_u32).collect::<Vec<_>>();
    let texts =
        characters.iter().flat_map(|c| [format!("{c}"), format!("a{c}")]).collect::<Vec<_>>();
    let document = |text: &String| {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        request(&format!(
            "<sok:UtdelningsadressSokArgument>{text}</sok:UtdelningsadressSokArgument>"
        ))
    };
    let documents = texts.iter().map(document).collect::<Vec<_>>();
    let Some(verdicts) = xmllint("pattern", "2021.1/PersonsokningFraga.xsd", &documents) else {
        return;
    };
    let differs = |(text, is_valid): &(&String, bool)| {
        text.parse::<UtdelningsadressSokArgument>().is_ok() != *is_valid
    };
    let different = texts.iter().zip(verdicts).filter(differs).collect::<Vec<_>>();
    // Symbols in the Unicode that libxml2 knows, punctuation since Unicode 6.1.
    let [section, pilcrow] = ["§", "¶"].map(|c| [c.to_owned(), format!("a{c}")]);
    let expected = section.iter().chain(&pilcrow).map(|text| (text, true)).collect::<Vec<_>>();
    assert_eq!(different, expected);
}
