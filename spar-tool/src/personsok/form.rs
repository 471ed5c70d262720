//! The search form: ten arguments in the schema's terms, as options or as JSON.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::ValueEnum;
use spar_types::personsok::newest::{Kon, PersonsokningFraga, Sokvillkor};
use spar_types::search::{self, SearchRule};

use crate::failure::Problem;

/// What SPAR searches by, apart from the id number. Process lists show options: where that matters,
/// `--fraga -` takes the same as JSON from standard input.
#[derive(clap::Args)]
#[command(next_help_heading = "Search form")]
pub(crate) struct Form {
    /// Compare names by sound.
    #[arg(long)]
    fonetisk_sokning: bool,
    /// All names in any order; `*` stands for any ending.
    #[arg(long, value_name = "NAMES", conflicts_with_all = ["fornamn_sok_argument", "mellan_efternamn_sok_argument"])]
    namn_sok_argument: Option<String>,
    /// Given names.
    #[arg(long, value_name = "NAMES")]
    fornamn_sok_argument: Option<String>,
    /// Middle names and surnames.
    #[arg(long, value_name = "NAMES")]
    mellan_efternamn_sok_argument: Option<String>,
    /// The address line.
    #[arg(long, value_name = "ADDRESS")]
    utdelningsadress_sok_argument: Option<String>,
    /// The postal town.
    #[arg(long, value_name = "TOWN")]
    postort_sok_argument: Option<String>,
    /// One postal code.
    #[arg(long, value_name = "DIGITS", conflicts_with = "post_nr_from")]
    post_nr: Option<String>,
    /// The first of several postal codes.
    #[arg(long, value_name = "DIGITS", requires = "post_nr_tom")]
    post_nr_from: Option<String>,
    /// The last of several postal codes.
    #[arg(long, value_name = "DIGITS", requires = "post_nr_from")]
    post_nr_tom: Option<String>,
    /// One date of birth.
    #[arg(long, value_name = "YYYY-MM-DD", conflicts_with = "fodelsedatum_from")]
    fodelsedatum: Option<String>,
    /// The first of several dates of birth.
    #[arg(long, value_name = "YYYY-MM-DD", requires = "fodelsedatum_tom")]
    fodelsedatum_from: Option<String>,
    /// The last of several dates of birth.
    #[arg(long, value_name = "YYYY-MM-DD", requires = "fodelsedatum_from")]
    fodelsedatum_tom: Option<String>,
    /// Sex as registered.
    #[arg(long, value_enum)]
    kon: Option<Sex>,
    /// County.
    #[arg(long, value_name = "DIGITS")]
    lan_kod: Option<String>,
    /// Municipality within the county.
    #[arg(long, value_name = "DIGITS")]
    kommun_kod: Option<String>,
    /// One district.
    #[arg(long, value_name = "DIGITS", conflicts_with = "distrikt_kod_from")]
    distrikt_kod: Option<String>,
    /// The first of several districts.
    #[arg(long, value_name = "DIGITS", requires = "distrikt_kod_tom")]
    distrikt_kod_from: Option<String>,
    /// The last of several districts.
    #[arg(long, value_name = "DIGITS", requires = "distrikt_kod_from")]
    distrikt_kod_tom: Option<String>,
    /// The whole question as JSON with the schema's names, such as {"NamnSokArgument": "ek", "Kon": "MAN"}.
    #[arg(long, value_name = "FILE|-")]
    fraga: Option<PathBuf>,
    /// Search although this rule is broken, which is SPAR's practice and not its schema's. Repeatable.
    #[arg(long, value_enum, value_name = "RULE")]
    waive: Vec<Waivable>,
}

#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "UPPER")]
enum Sex {
    Man,
    Kvinna,
}

/// The rules of search by name.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Waivable {
    /// A wild card needs two letters before it.
    ShortWildcard,
    /// A search needs an argument.
    Empty,
    /// An interval runs from its lower to its upper end.
    ReversedInterval,
    /// A municipality needs its county.
    KommunKodWithoutLanKod,
    /// Only names are compared by sound.
    FonetiskSokningWithoutName,
    /// No line breaks and tabs.
    LineBreak,
    /// Letters are composed (NFC).
    DecomposedLetter,
}

impl Form {
    /// The question, if the form is filled in.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, without values.
    pub(super) fn fraga(&self) -> Result<Option<PersonsokningFraga>> {
        if let Some(path) = &self.fraga {
            if self.is_filled_in() {
                return Err(Problem::new(
                    "it is not clear what to search for",
                    "--fraga holds the whole question, and there are other options of the form",
                    "leave one or the other",
                )
                .into());
            }
            return self.read(path).map(Some);
        }
        // Waiving the rule on empty searches asks for one.
        if !self.is_filled_in() && !self.waive.contains(&Waivable::Empty) {
            return Ok(None);
        }
        Ok(Some(self.build()?))
    }

    fn is_filled_in(&self) -> bool {
        self.fonetisk_sokning || self.kon.is_some() || self.texts().any(|text| text.is_some())
    }

    fn texts(&self) -> impl Iterator<Item = Option<&String>> {
        [
            &self.namn_sok_argument,
            &self.fornamn_sok_argument,
            &self.mellan_efternamn_sok_argument,
            &self.utdelningsadress_sok_argument,
            &self.postort_sok_argument,
            &self.post_nr,
            &self.post_nr_from,
            &self.fodelsedatum,
            &self.fodelsedatum_from,
            &self.lan_kod,
            &self.kommun_kod,
            &self.distrikt_kod,
            &self.distrikt_kod_from,
        ]
        .into_iter()
        .map(Option::as_ref)
    }

    fn build(&self) -> Result<PersonsokningFraga> {
        let mut form = Sokvillkor::builder();
        if self.fonetisk_sokning {
            form = form.fonetisk_sokning(true);
        }
        if let Some(text) = &self.namn_sok_argument {
            form = form.namn_sok_argument(text);
        }
        if let Some(text) = &self.fornamn_sok_argument {
            form = form.fornamn_sok_argument(text);
        }
        if let Some(text) = &self.mellan_efternamn_sok_argument {
            form = form.mellan_efternamn_sok_argument(text);
        }
        if let Some(text) = &self.utdelningsadress_sok_argument {
            form = form.utdelningsadress_sok_argument(text);
        }
        if let Some(text) = &self.postort_sok_argument {
            form = form.postort_sok_argument(text);
        }
        if let Some(text) = &self.post_nr {
            form = form.post_nr(text);
        }
        if let Some((from, tom)) = self.post_nr_from.as_ref().zip(self.post_nr_tom.as_ref()) {
            form = form.post_nr_intervall(from, tom);
        }
        if let Some(text) = &self.fodelsedatum {
            form = form.fodelsedatum(text);
        }
        if let Some((from, tom)) =
            self.fodelsedatum_from.as_ref().zip(self.fodelsedatum_tom.as_ref())
        {
            form = form.fodelsedatum_intervall(from, tom);
        }
        if let Some(kon) = self.kon {
            form = form.kon(match kon {
                Sex::Man => Kon::Man,
                Sex::Kvinna => Kon::Kvinna,
            });
        }
        if let Some(text) = &self.lan_kod {
            form = form.lan_kod(text);
        }
        if let Some(text) = &self.kommun_kod {
            form = form.kommun_kod(text);
        }
        if let Some(text) = &self.distrikt_kod {
            form = form.distrikt_kod(text);
        }
        if let Some((from, tom)) =
            self.distrikt_kod_from.as_ref().zip(self.distrikt_kod_tom.as_ref())
        {
            form = form.distrikt_kod_intervall(from, tom);
        }
        let form = self.waive.iter().fold(form, |form, rule| form.waive(rule.rule()));
        Ok(form.build()?)
    }

    fn read(&self, path: &Path) -> Result<PersonsokningFraga> {
        let mut text = String::new();
        let read = if path == Path::new("-") {
            std::io::stdin().take(MAX_BYTES).read_to_string(&mut text)
        } else {
            std::fs::File::open(path)
                .and_then(|file| file.take(MAX_BYTES).read_to_string(&mut text))
        };
        read.context("the question cannot be read")?;
        let problem = |why: String| {
            Problem::new(
                "the question cannot be used",
                why,
                "docs/json.md has its form; rules that are not the schema's can be waived with --waive",
            )
        };
        // The library's messages hold places and rules, never a word of the input.
        let fraga: PersonsokningFraga = serde_json::from_str(&text).map_err(|error| {
            problem(match error.classify() {
                serde_json::error::Category::Data => error.to_string(),
                _ => "it is not JSON".to_owned(),
            })
        })?;
        let broken: Vec<_> = search::broken_rules(&fraga)
            .into_iter()
            .filter(|(_, rule)| !self.waive.iter().any(|waived| waived.rule() == *rule))
            .map(|(element, rule)| format!("{element}: {rule}"))
            .collect();
        if broken.is_empty() { Ok(fraga) } else { Err(problem(broken.join("; ")).into()) }
    }
}

impl Waivable {
    fn rule(self) -> SearchRule {
        match self {
            Self::ShortWildcard => SearchRule::ShortWildcard,
            Self::Empty => SearchRule::Empty,
            Self::ReversedInterval => SearchRule::ReversedInterval,
            Self::KommunKodWithoutLanKod => SearchRule::KommunKodWithoutLanKod,
            Self::FonetiskSokningWithoutName => SearchRule::FonetiskSokningWithoutName,
            Self::LineBreak => SearchRule::LineBreak,
            Self::DecomposedLetter => SearchRule::DecomposedLetter,
        }
    }
}

/// Many times what the longest question takes.
const MAX_BYTES: u64 = 64 * 1024;
