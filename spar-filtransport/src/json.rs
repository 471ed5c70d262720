//! What all answers in JSON have in common.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The fields of an object that the interface is not known to have, as they were sent. `Debug` shows
/// their names only: what they hold may be about persons.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OtherFields(pub Map<String, Value>);

impl fmt::Debug for OtherFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Whether two words are one, but for case and for å, ä, ö written without their marks: pages write
/// `HÄMTAD` and `HAMTAD` for one status (DL-20).
pub(crate) fn is_same_word(one: &str, other: &str) -> bool {
    fold(one).eq(fold(other))
}

fn fold(word: &str) -> impl Iterator<Item = char> {
    word.chars().flat_map(char::to_lowercase).map(|letter| match letter {
        'å' | 'ä' => 'a',
        'ö' => 'o',
        letter => letter,
    })
}
