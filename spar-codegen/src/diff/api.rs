//! Interfaces by OpenAPI, statement by statement.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, Kind, change};

pub(super) fn compare(
    old: &BTreeMap<String, String>,
    new: &BTreeMap<String, String>,
) -> Vec<Change> {
    let about: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let mut changes = Vec::new();
    for about in about {
        let is_part = about.contains(" parameter ") || about.contains(" field ");
        let is_operation = about.starts_with("operation ") && !is_part;
        let is_optional = |what: &str| what.ends_with("optional");
        let place = about.as_str();
        match (old.get(about), new.get(about)) {
            (Some(old), Some(new)) if old == new => {}
            (Some(old), Some(new)) if old.starts_with("one of ") && new.starts_with("one of ") => {
                let values = |what: &str| -> Vec<String> {
                    let list = what.trim_start_matches("one of ").split(" | ");
                    list.map(|value| value.trim_end_matches(", or another").to_owned()).collect()
                };
                let (before, after) = (values(old), values(new));
                let gone = before.iter().filter(|value| !after.contains(value));
                changes.extend(gone.map(|value| change(place, Kind::ValueRemoved, value, "")));
                let added = after.iter().filter(|value| !before.contains(value));
                changes.extend(added.map(|value| change(place, Kind::ValueAdded, "", value)));
                if before == after {
                    changes.push(change(place, Kind::Other, old, new));
                }
            }
            (Some(old), Some(new)) => {
                let kind = if is_operation { Kind::OperationChanged } else { Kind::TypeChanged };
                changes.push(change(place, kind, old, new));
            }
            (Some(old), None) => {
                let kind = match (is_part, is_optional(old)) {
                    (true, true) => Kind::OptionalElementRemoved,
                    (true, false) => Kind::RequiredElementRemoved,
                    _ if is_operation => Kind::OperationRemoved,
                    _ => Kind::TypeRemoved,
                };
                changes.push(change(place, kind, old, ""));
            }
            (None, Some(new)) => {
                let kind = match (is_part, is_optional(new)) {
                    (true, true) => Kind::OptionalElementAdded,
                    (true, false) => Kind::RequiredElementAdded,
                    _ if is_operation => Kind::OperationAdded,
                    _ => Kind::DeclarationAdded,
                };
                changes.push(change(place, kind, "", new));
            }
            (None, None) => {}
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_statement_that_differs_is_one_change() {
        let facts = |list: &[(&str, &str)]| -> BTreeMap<String, String> {
            list.iter().map(|(about, what)| ((*about).to_owned(), (*what).to_owned())).collect()
        };
        let old = facts(&[
            ("operation a", "GET /a"),
            ("operation a parameter x", "query, optional"),
            ("type F", "one of A | B, or another"),
        ]);
        let new = facts(&[
            ("operation a", "GET /b"),
            ("operation b", "GET /c"),
            ("operation a parameter y", "query, required"),
            ("type F", "one of B | C, or another"),
        ]);
        let kinds: Vec<_> = compare(&old, &new).into_iter().map(|change| change.kind).collect();
        assert_eq!(
            kinds,
            [
                Kind::OperationChanged,
                Kind::OptionalElementRemoved,
                Kind::RequiredElementAdded,
                Kind::OperationAdded,
                Kind::ValueRemoved,
                Kind::ValueAdded,
            ]
        );
        assert!(compare(&old, &old).is_empty());
    }
}
