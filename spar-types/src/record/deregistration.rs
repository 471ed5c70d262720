//! Deregistration: who has died, who has emigrated.

use crate::personsok::newest::{AviseringPost, AvregistreringsorsakKod, Relation};
use crate::simple::OfullstandigtDatum;

impl AviseringPost {
    /// Whether SPAR says that the person has died.
    ///
    /// It does so in a current row of `persondetaljer`: by the code `AV`, or `A` in older data, or by a day
    /// of death (`Avlidendatum`, `AntraffadDodDatum`, `SnAvlidendatum`), of which no part need be known
    /// but which is not empty or zeros only. Nothing is concluded from missing addresses. (SPAR:
    /// `teknisk-info/xml-scheman/2021-1/persondetaljer`; schema: `komponent/person/Persondetaljer-1.3.xsd`.)
    #[must_use]
    pub fn is_avliden(&self) -> bool {
        self.current_persondetaljer().any(|row| {
            states_death(
                row.avregistreringsorsak_kod.as_ref(),
                [&row.avlidendatum, &row.antraffad_dod_datum, &row.sn_avlidendatum],
            )
        })
    }

    /// Whether SPAR says that the person has emigrated: a current row of `persondetaljer` has the code `UV`.
    ///
    /// The older code `O` stands for emigration and others alike, so it is not counted, and nothing is
    /// concluded from addresses. (SPAR: `teknisk-info/xml-scheman/2021-1/persondetaljer`.)
    #[must_use]
    pub fn is_utvandrad(&self) -> bool {
        self.current_persondetaljer()
            .filter_map(|row| row.avregistreringsorsak_kod.as_ref())
            .any(AvregistreringsorsakKod::is_utvandrad)
    }
}

impl Relation {
    /// Whether SPAR says that the related person has died: by the code `AV`, or `A` in older data, or by a
    /// day of death that is not empty or zeros only. (SPAR: `teknisk-info/xml-scheman/20211/relation`.)
    #[must_use]
    pub fn is_avliden(&self) -> bool {
        states_death(self.avregistreringsorsak_kod.as_ref(), [&self.avlidendatum])
    }
}

impl AvregistreringsorsakKod {
    /// Whether the cause is death: `AV`, or `A` in older data.
    #[must_use]
    pub fn is_avliden(&self) -> bool {
        matches!(self.as_str(), "AV" | "A")
    }

    /// Whether the cause is emigration: `UV`. The older code `O` does not tell it from other causes.
    #[must_use]
    pub fn is_utvandrad(&self) -> bool {
        self.as_str() == "UV"
    }
}

fn states_death<const N: usize>(
    kod: Option<&AvregistreringsorsakKod>,
    days: [&Option<OfullstandigtDatum>; N],
) -> bool {
    kod.is_some_and(AvregistreringsorsakKod::is_avliden)
        || days.into_iter().flatten().any(|day| !day.is_unknown())
}
