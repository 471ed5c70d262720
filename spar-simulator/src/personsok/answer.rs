//! What is answered: demands, limit, permissions.

use spar_types::personsok::newest::{
    AviseringPost, OverstigerMaxAntalSvarsposter, PersonsokningFraga, SlutAnvandarUtokadBehorighet,
    SparPersonsokningFraga, SparPersonsokningSvar, Undantag,
};
use spar_types::{FreeText, Int, SimpleType};

use crate::persons::Persons;
use crate::personsok::demands;
use crate::personsok::search::finds;

/// The most records that one answer holds, as SPAR has it.
pub const MAX_ANTAL_SVARSPOSTER: usize = 100;

/// The code of an `Undantag` for a search argument that does not meet the demands.
pub(crate) const OGILTIG_INPARAMETER: &str = "OGILTIG_INPARAMETER";

impl Persons {
    /// Answers a request, without a server: echo and outcome, no `UUID`.
    ///
    /// Question and answer are those of 2023.1; a question of 2021.1 is converted by `into`.
    ///
    /// Customer numbers and assignment are not looked at. A permission takes effect when it is asked
    /// for; `Sekretess` has none, since it is not known what it opens.
    ///
    /// # Search
    ///
    /// Where SPAR's rules are not known, these stand in:
    ///
    /// - A number that nobody has is answered with no record, also when its check digit is wrong. SPAR
    ///   may answer `Undantag` instead.
    /// - A word is what stands between white space. The words of an argument may come in any order;
    ///   each must match a word of its own. So `Anna` does not find `Anna-Karin`; `Anna*` does.
    /// - Name arguments match on one row of `Namn`; address arguments on one of the addresses
    ///   `Folkbokforingsadress`, `SarskildPostadress` and `Kontaktadress`, without care-of line; codes
    ///   on one row of `Folkbokforing`; date of birth and sex on one of `Persondetaljer`.
    /// - Rows of history count like current ones.
    /// - Protected persons are found by number only.
    ///
    /// # Demands
    ///
    /// An `Undantag` with the code `OGILTIG_INPARAMETER` answers a search
    ///
    /// - without any argument, or with an interval that ends before it begins;
    /// - with `KommunKod` but without `LanKod`;
    /// - with fewer than two letters before a wild card: in a word of a name that is compared by
    ///   spelling, in all words of one that is compared by sound, or at the start of an address.
    #[must_use]
    pub fn answer(&self, fraga: &SparPersonsokningFraga) -> SparPersonsokningSvar {
        let permissions = &fraga.identifieringsinformation.slut_anvandar_utokad_behorighet;
        answer_with(fraga, self.outcome(&fraga.personsokning_fraga, permissions))
    }

    fn outcome(
        &self,
        fraga: &PersonsokningFraga,
        permissions: &[SlutAnvandarUtokadBehorighet],
    ) -> SparPersonsokningSvar {
        let mut svar = SparPersonsokningSvar::default();
        let found: Vec<&AviseringPost> = match fraga {
            PersonsokningFraga::IdNummer(id) => self.get(id).into_iter().collect(),
            PersonsokningFraga::Sokvillkor(villkor) => {
                if let Some(demand) = demands::unmet(villkor) {
                    return undantag(OGILTIG_INPARAMETER, demand);
                }
                self.iter().filter(|post| finds(villkor, post)).collect()
            }
            // A kind of question of a later interface, which nobody can ask in this one.
            _ => Vec::new(),
        };
        if found.len() > MAX_ANTAL_SVARSPOSTER {
            let number = |number: usize| Int::from_register(&number.to_string());
            svar.overstiger_max_antal_svarsposter = Some(OverstigerMaxAntalSvarsposter::new(
                number(found.len()),
                number(MAX_ANTAL_SVARSPOSTER),
            ));
            return svar;
        }
        let records = found.into_iter().map(|post| permitted(post.clone(), permissions));
        svar.personsokning_svarspost = records.map(Ok).collect();
        svar
    }
}

/// The answer with the echo of the question.
pub(crate) fn answer_with(
    fraga: &SparPersonsokningFraga,
    mut svar: SparPersonsokningSvar,
) -> SparPersonsokningSvar {
    svar.personsokning_fraga = Some(fraga.personsokning_fraga.clone());
    svar
}

pub(crate) fn undantag(kod: &str, beskrivning: &str) -> SparPersonsokningSvar {
    let text = FreeText::from_register;
    let mut svar = SparPersonsokningSvar::default();
    svar.undantag = vec![Ok(Undantag::new(text(kod), text(beskrivning)))];
    svar
}

/// The record without what needs a permission that was not asked for.
fn permitted(
    mut post: AviseringPost,
    permissions: &[SlutAnvandarUtokadBehorighet],
) -> AviseringPost {
    let is_permitted = |permission| permissions.contains(&permission);
    if !is_permitted(SlutAnvandarUtokadBehorighet::Relationer) {
        post.relation.clear();
    }
    if !is_permitted(SlutAnvandarUtokadBehorighet::Medborgarskap) {
        for row in post.persondetaljer.iter_mut().flatten() {
            row.svensk_medborgare = None;
        }
    }
    if !is_permitted(SlutAnvandarUtokadBehorighet::Taxering) {
        post.summerad_inkomst = None;
        post.inkomst_ar = None;
        post.fastighet.clear();
        for row in post.persondetaljer.iter_mut().flatten() {
            row.fodelselan_kod = None;
            row.fodelseforsamling = None;
        }
    }
    post
}
