//! REQ-02, REQ-03, REQ-13, REQ-14, XML-36, REC-04, REC-05, REC-17, REC-18: values and their facets.

use std::fmt::Debug;
use std::str::FromStr;

use spar_types::personsok::v2021_1::{
    DistriktKod, DistriktKodSokArgument, FastighetKod, Fornamn, Hemvist, IdNummer, InkomstAr,
    JaNej, KundNr, LanKod, PostNr, PostNrSokArgument, Relationstyp, SekretessSattAvSpar,
    SlutAnvandarId, SlutAnvandarUtokadBehorighet, SummeradInkomst, Tilltalsnamn, UppdragId,
};
use spar_types::{
    Datum, Int, Integer, InvalidValue, Long, OfullstandigtDatum, Rule, SimpleType, Tidsstampel,
};

/// The value can be made or not, and if not on account of this rule; what the register sends is kept.
#[track_caller]
fn check<T>(text: &str, expected: Result<(), Rule>)
where
    T: SimpleType + FromStr<Err = InvalidValue> + Debug,
{
    let made = text.parse::<T>().map(|value| assert_eq!(value.as_str().trim(), text.trim()));
    assert_eq!(made.map_err(|error| error.rule().clone()), expected, "{text:?}");
    assert_eq!(T::from_register(text).check(), expected, "{text:?}");
}

#[test]
fn id_nummer_are_twelve_ascii_digits() {
    // REQ-13: the pattern is the only condition.
    let pattern = || Err(Rule::Pattern("[1-9][0-9]{11}"));
    for text in [
        "198001019803",
        "198001019804",
        "198099999999",
        "999999999999",
        "100000000000",
        "198001619803",
    ] {
        check::<IdNummer>(text, Ok(()));
    }
    for text in [
        "",
        "8001019803",
        "800101-9803",
        "800101+9803",
        "19800101-9803",
        "1980 01019803",
        "098001019803",
        "000000000000",
        "19800101980",
        "1980010198033",
        "19800101980a",
        " 198001019803",
        "198001019803 ",
        "198001019803\n",
        "+19800101980",
        // REQ-14.
        "１９８００１０１９８０３",
        "198001019803\u{301}",
        "١٩٨٠٠١٠١٩٨٠٣",
        "19800101980٣",
        "19800101980３",
    ] {
        check::<IdNummer>(text, pattern());
    }
}

#[test]
fn codes_are_ascii_digits() {
    // REQ-14: \d would take digits of every script.
    for text in ["01", "00", "99"] {
        check::<LanKod>(text, Ok(()));
    }
    for text in ["1", "001", "0a", "٠١", "０１", " 01", ""] {
        check::<LanKod>(text, Err(Rule::Pattern("[0-9]{2}")));
    }
    check::<PostNr>("11234", Ok(()));
    check::<PostNrSokArgument>("11234", Ok(()));
    for text in ["01234", "112 34", "1123", "112345", "１１２３４"] {
        check::<PostNr>(text, Err(Rule::Pattern("[1-9][0-9]{4}")));
        check::<PostNrSokArgument>(text, Err(Rule::Pattern("[1-9][0-9]{4}")));
    }
    check::<DistriktKod>("101001", Ok(()));
    check::<DistriktKodSokArgument>("012345", Err(Rule::Pattern("[1-9][0-9]{5}")));
    check::<InkomstAr>("2020", Ok(()));
    check::<InkomstAr>("1999", Err(Rule::Pattern("2[0-9]{3}")));
    check::<FastighetKod>("999", Ok(()));
    // REC-17: text, not a number.
    for text in ["0", "00000000000", "99999999999"] {
        check::<SummeradInkomst>(text, Ok(()));
    }
    for text in ["", "-1", "000000000000", "1.0"] {
        check::<SummeradInkomst>(text, Err(Rule::Pattern("[0-9]{1,11}")));
    }
}

#[test]
fn lengths_count_code_points() {
    // REQ-03.
    for letter in ["x", "å", "e\u{301}", "中", "\u{1f600}"] {
        let points = letter.chars().count();
        check::<SlutAnvandarId>(&letter.repeat(256 / points), Ok(()));
        check::<SlutAnvandarId>(&letter.repeat(258 / points), Err(Rule::MaxLength(256)));
    }
    check::<SlutAnvandarId>(&"\u{1f600}".repeat(257), Err(Rule::MaxLength(256)));
    check::<SlutAnvandarId>("x", Ok(()));
    check::<SlutAnvandarId>(" ", Ok(()));
    check::<SlutAnvandarId>("", Err(Rule::MinLength(1)));
    check::<Fornamn>(&"ö".repeat(80), Ok(()));
    check::<Fornamn>(&"ö".repeat(81), Err(Rule::MaxLength(80)));
    // XML-29: nothing is composed or trimmed.
    let text = " e\u{301} é ";
    assert_eq!(text.parse::<Fornamn>().as_ref().map(AsRef::as_ref), Ok(text));
}

#[test]
fn numbers_have_the_forms_of_xsd() {
    // XML-36.
    for (text, value) in [
        ("20", 20),
        (" 20 ", 20),
        ("+20", 20),
        ("020", 20),
        ("\t0000000000000000000000000000000000000000000020\n", 20),
    ] {
        check::<Tilltalsnamn>(text, Ok(()));
        assert_eq!(Tilltalsnamn::from_register(text).value(), Some(value));
    }
    for text in [
        "", " ", "2 0", "20.0", "2e1", "0x14", "+", "-", "++20", "+-20", "٢٠", "２０", "20\u{a0}",
        "1_0",
    ] {
        check::<Tilltalsnamn>(text, Err(Rule::Form("xs:int")));
        assert_eq!(Tilltalsnamn::from_register(text).value(), None);
    }
    check::<Tilltalsnamn>("9", Err(Rule::MinInclusive(10)));
    check::<Tilltalsnamn>("-20", Err(Rule::MinInclusive(10)));
    check::<Tilltalsnamn>("100", Err(Rule::MaxInclusive(99)));
    check::<Int>("2147483647", Ok(()));
    check::<Int>("2147483648", Err(Rule::Form("xs:int")));
    check::<Int>("-2147483648", Ok(()));
    check::<Int>("-2147483649", Err(Rule::Form("xs:int")));
    check::<Int>("-0", Ok(()));
    check::<Long>("9223372036854775807", Ok(()));
    check::<Long>("9223372036854775808", Err(Rule::Form("xs:long")));
    check::<Long>("-9223372036854775808", Ok(()));
    // REQ-01, REQ-02.
    check::<KundNr>("500000", Err(Rule::MinInclusive(500_001)));
    check::<KundNr>("500001", Ok(()));
    check::<KundNr>("599999", Ok(()));
    check::<KundNr>("600000", Err(Rule::MaxInclusive(599_999)));
    check::<KundNr>("9999999999", Err(Rule::Form("xs:int")));
    check::<UppdragId>("0", Err(Rule::MinInclusive(1)));
    check::<UppdragId>("1", Ok(()));
    check::<UppdragId>("9223372036854775807", Ok(()));
    check::<UppdragId>("9223372036854775808", Err(Rule::Form("xs:long")));
    assert_eq!(UppdragId::new(i64::MAX).map(|id| id.value()), Ok(Some(i64::MAX)));
    // REC-18: xs:integer has no bound, its view has one.
    let digits = |count: usize| "9".repeat(count);
    for (text, value) in [
        ("0".to_owned(), Some(0)),
        ("-7".to_owned(), Some(-7)),
        (digits(38), Some(99_999_999_999_999_999_999_999_999_999_999_999_999)),
        (digits(40), None),
        (i128::MAX.to_string(), Some(i128::MAX)),
    ] {
        check::<Integer>(&text, Ok(()));
        assert_eq!(Integer::from_register(&text).value(), value);
    }
    check::<Integer>("1.0", Err(Rule::Form("xs:integer")));
    assert_eq!(Integer::from(-5).as_str(), "-5");
}

#[test]
fn enumerations_take_exactly_their_codes() {
    check::<JaNej>("JA", Ok(()));
    for text in ["ja", " JA", "JA ", "J", "", "JA\n", "ＪＡ"] {
        let value = JaNej::from_register(text);
        assert!(matches!(&value, JaNej::Unknown(code) if code.as_str() == text));
        assert_eq!(value.check(), Err(Rule::Enumeration));
        assert!(text.parse::<JaNej>().is_err());
    }
    check::<SekretessSattAvSpar>("NEJ", Err(Rule::Enumeration));
    // REC-14, REC-15: the diacritics are those of the schema.
    let codes = |all: &[&str]| all.join("|");
    assert_eq!(
        codes(&Hemvist::ALL.iter().map(Hemvist::as_str).collect::<Vec<_>>()),
        "Skriven på adressen|På kommunen skriven|Utan känt hemvist"
    );
    assert_eq!(
        codes(&Relationstyp::ALL.iter().map(Relationstyp::as_str).collect::<Vec<_>>()),
        "VÅRDNADSHAVARE|MAKE/MAKA/REGISTRERAD PARTNER"
    );
    for code in SlutAnvandarUtokadBehorighet::ALL {
        assert_eq!(code.as_str().parse().as_ref(), Ok(code));
        assert!(code.is_valid());
    }
    check::<Relationstyp>("VA\u{30a}RDNADSHAVARE", Err(Rule::Enumeration));
}

#[test]
fn dates_keep_their_text() {
    // REC-05.
    for (text, ymd) in [
        ("9999-12-31", Some((9999, 12, 31))),
        ("0001-01-01", Some((1, 1, 1))),
        ("2020-02-29+14:00", Some((2020, 2, 29))),
        ("10000-01-01", None),
        ("-0001-01-01", None),
        ("2021-02-29", None),
        ("é+02:00", None),
        ("2021-10-08+é:00", None),
        ("2021-10-08+0é0", None),
        ("åäö-12", None),
    ] {
        let datum = Datum::from_register(text);
        assert_eq!((datum.ymd(), datum.as_str()), (ymd, text));
    }
    assert!(Datum::from_register("9999-12-31").is_open_ended());
    assert_eq!(Datum::new(1, 2, 3).map(|datum| datum.to_string()), Ok("0001-02-03".to_owned()));
    let form = || Err(Rule::Form("xs:dateTime"));
    check::<Tidsstampel>("2021-10-08T12:30:00.123456789", Ok(()));
    for text in [
        "2021-10-08T12:30:00.é",
        "2021-10-08Té",
        "T",
        "2021-10-08T1:30:00",
        "2021-10-08 12:30:00",
        "2021-10-08T12:30:00:00",
    ] {
        check::<Tidsstampel>(text, form());
    }
    // REC-04: incomplete dates take any text, and their views never fail.
    for text in [
        "",
        "2019-01-00",
        "0",
        "20190101",
        " 2019-01-01 ",
        "é",
        "ééééé",
        "2019-é1-01",
        "----------",
        "2019é1é",
    ] {
        check::<OfullstandigtDatum>(text, Ok(()));
        let datum = OfullstandigtDatum::from_register(text);
        assert_eq!((datum.as_str(), datum.to_datum()), (text, None));
        assert!(datum.day().is_none());
    }
    let complete = OfullstandigtDatum::from_register("2019-01-31");
    assert_eq!(complete.to_datum(), Datum::new(2019, 1, 31).ok());
    assert!(OfullstandigtDatum::from_register("0000-00-00").is_unknown());
}
