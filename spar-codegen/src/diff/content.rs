//! One declaration against another: content, facets, values, attributes.

use std::collections::BTreeMap;

use super::facts::{short, versionless};
use super::{Change, Kind, change};

type Facts = BTreeMap<String, String>;

/// What two declarations of the same kind and name state differently.
pub(super) fn compare(kind: &str, place: &str, old: &Facts, new: &Facts) -> Vec<Change> {
    let mut changes = Vec::new();
    let is_content = |aspect: &str| aspect == "content" || aspect.starts_with("content/");
    match (Node::of(old), Node::of(new)) {
        (Some(old), Some(new)) => old.compare(place, &new, &mut changes),
        (None, None) => {}
        (old, new) => {
            let label = |node: Option<Node>| node.map_or_else(String::new, |node| node.stated);
            changes.push(change(place, Kind::TypeChanged, &label(old), &label(new)));
        }
    }
    values(place, old, new, &mut changes);
    let aspects: std::collections::BTreeSet<_> = old.keys().chain(new.keys()).collect();
    for aspect in aspects {
        if is_content(aspect) || aspect.starts_with("value ") {
            continue;
        }
        let (before, after) = (old.get(aspect), new.get(aspect));
        let stated = |what: Option<&String>| what.map(|what| versionless(what));
        if stated(before) == stated(after) {
            continue;
        }
        let shown = |what: Option<&String>| what.map_or_else(String::new, |what| short(what));
        let (before_shown, after_shown) = (shown(before), shown(after));
        let (kind, name) = match aspect.as_str() {
            "minLength" | "minInclusive" => (lower_bound(before, after), aspect.as_str()),
            "maxLength" | "maxInclusive" => (upper_bound(before, after), aspect.as_str()),
            "base" | "text" => (Kind::TypeChanged, aspect.as_str()),
            "type" if kind == "element" => (Kind::TypeChanged, ""),
            aspect if aspect.starts_with("pattern") => match (before, after) {
                (None, _) => (Kind::FacetNarrowed, "pattern"),
                (_, None) => (Kind::FacetWidened, "pattern"),
                _ => (Kind::PatternChanged, "pattern"),
            },
            aspect if aspect.starts_with("attribute") => {
                let kind = match (before, after) {
                    (None, Some(what)) if what.contains(", required") => Kind::AttributeChanged,
                    (None, _) => Kind::AttributeAdded,
                    (_, None) => Kind::AttributeRemoved,
                    _ => Kind::AttributeChanged,
                };
                (kind, aspect)
            }
            aspect => (Kind::Other, aspect),
        };
        let place =
            [place, name].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>();
        changes.push(change(&place.join(", "), kind, &before_shown, &after_shown));
    }
    changes
}

fn number(value: Option<&String>) -> Option<i128> {
    value.and_then(|value| value.parse().ok())
}

/// Absent, a lower bound is lower than any.
fn lower_bound(old: Option<&String>, new: Option<&String>) -> Kind {
    if number(new) < number(old) { Kind::FacetWidened } else { Kind::FacetNarrowed }
}

/// Absent, an upper bound is higher than any.
fn upper_bound(old: Option<&String>, new: Option<&String>) -> Kind {
    let is_wider = match (number(old), number(new)) {
        (Some(old), Some(new)) => new > old,
        (_, new) => new.is_none(),
    };
    if is_wider { Kind::FacetWidened } else { Kind::FacetNarrowed }
}

fn values(place: &str, old: &Facts, new: &Facts, changes: &mut Vec<Change>) {
    let of = |facts: &Facts| -> Vec<String> {
        let values = facts.iter().filter(|(aspect, _)| aspect.starts_with("value "));
        values.map(|(_, value)| value.clone()).collect()
    };
    let (old, new) = (of(old), of(new));
    if old.is_empty() != new.is_empty() {
        let kind = if old.is_empty() { Kind::FacetNarrowed } else { Kind::FacetWidened };
        let place = format!("{place}, enumeration");
        changes.push(change(&place, kind, &old.join(" "), &new.join(" ")));
        return;
    }
    for value in old.iter().filter(|value| !new.contains(value)) {
        changes.push(change(place, Kind::ValueRemoved, value, ""));
    }
    for value in new.iter().filter(|value| !old.contains(value)) {
        changes.push(change(place, Kind::ValueAdded, "", value));
    }
}

/// A particle, as the facts state it.
#[derive(Debug)]
struct Node {
    /// `element`, `group`, `sequence`, `choice` or what else there may be.
    kind: String,
    /// Of an element or group its name, with its namespace.
    name: String,
    occurs: String,
    /// Of an element its type, and what else is stated of it.
    of: String,
    /// All of it, for people.
    stated: String,
    members: Vec<Self>,
}

impl Node {
    fn of(facts: &Facts) -> Option<Self> {
        Self::at(facts, "content")
    }

    fn at(facts: &Facts, path: &str) -> Option<Self> {
        let stated = facts.get(path)?;
        let mut words = stated.split(' ');
        let kind = words.next().unwrap_or_default().to_owned();
        let is_named = matches!(kind.as_str(), "element" | "group");
        let name = if is_named { words.next().unwrap_or_default() } else { "" };
        let name = versionless(name);
        let occurs = words.next().unwrap_or_default().to_owned();
        let of = versionless(words.collect::<Vec<_>>().join(" ").trim_start_matches("of "));
        let mut members = Vec::new();
        while let Some(member) = Self::at(facts, &format!("{path}/{:02}", members.len() + 1)) {
            members.push(member);
        }
        Some(Self { kind, name, occurs, of, stated: short(stated), members })
    }

    /// By what the particle is found again: its name, or the first one within it.
    fn key(&self) -> String {
        if self.name.is_empty() {
            let first = self.members.first().map(Self::key).unwrap_or_default();
            return format!("{}({first})", self.kind);
        }
        self.name.clone()
    }

    /// The name for people.
    fn label(&self) -> String {
        if self.name.is_empty() { self.kind.clone() } else { short(&self.name) }
    }

    fn is_optional(&self) -> bool {
        self.occurs.starts_with("0..")
    }

    fn compare(&self, place: &str, new: &Self, changes: &mut Vec<Change>) {
        if self.kind != new.kind {
            changes.push(change(place, Kind::TypeChanged, &self.stated, &new.stated));
            return;
        }
        if self.of != new.of {
            changes.push(change(place, Kind::TypeChanged, &short(&self.of), &short(&new.of)));
        }
        if self.occurs != new.occurs {
            let kind = occurs_kind(&self.occurs, &new.occurs);
            changes.push(change(place, kind, &self.occurs, &new.occurs));
        }
        self.compare_members(place, new, changes);
    }

    fn compare_members(&self, place: &str, new: &Self, changes: &mut Vec<Change>) {
        let below = |node: &Self| match node.name.is_empty() {
            // An anonymous group has no name to go by.
            true => place.to_owned(),
            false => format!("{place}/{}", node.label()),
        };
        let mut gone: Vec<(usize, &Self)> = Vec::new();
        let mut kept = Vec::new();
        let mut taken = vec![false; new.members.len()];
        for (index, member) in self.members.iter().enumerate() {
            let same = new
                .members
                .iter()
                .enumerate()
                .find(|(at, other)| !taken[*at] && other.key() == member.key());
            match same {
                Some((at, other)) => {
                    taken[at] = true;
                    kept.push(at);
                    member.compare(&below(member), other, changes);
                }
                None => gone.push((index, member)),
            }
        }
        let is_choice = self.kind == "choice";
        for (index, member) in gone {
            // What stands between the same neighbors and is the same but for its name.
            let renamed = new.members.iter().enumerate().find(|(at, other)| {
                !taken[*at]
                    && (&other.kind, &other.of, &other.occurs)
                        == (&member.kind, &member.of, &member.occurs)
                    && other.kind == "element"
                    && self.neighbor(index) == new.neighbor(*at)
            });
            if let Some((at, other)) = renamed {
                taken[at] = true;
                let (old, new) = (member.label(), other.label());
                changes.push(change(&below(member), Kind::ElementRenamed, &old, &new));
                continue;
            }
            let kind = match (is_choice, member.is_optional()) {
                (true, _) => Kind::AlternativeRemoved,
                (_, true) => Kind::OptionalElementRemoved,
                (_, false) => Kind::RequiredElementRemoved,
            };
            changes.push(change(&below(member), kind, &member.whole(), ""));
        }
        for (_, member) in new.members.iter().enumerate().filter(|(at, _)| !taken[*at]) {
            let kind = match (is_choice, member.is_optional()) {
                (true, _) => Kind::AlternativeAdded,
                (_, true) => Kind::OptionalElementAdded,
                (_, false) => Kind::RequiredElementAdded,
            };
            changes.push(change(&below(member), kind, "", &member.whole()));
        }
        if self.kind == "sequence" && !kept.is_sorted() {
            let names =
                |node: &Self| node.members.iter().map(Self::label).collect::<Vec<_>>().join(", ");
            changes.push(change(place, Kind::OrderChanged, &names(self), &names(new)));
        }
    }

    /// The particle with all within it.
    fn whole(&self) -> String {
        if self.members.is_empty() {
            return self.stated.clone();
        }
        let members: Vec<_> = self.members.iter().map(Self::whole).collect();
        format!("{} ({})", self.stated, members.join(", "))
    }

    /// The key of the member before, by which a place in a sequence is told.
    fn neighbor(&self, index: usize) -> Option<String> {
        index.checked_sub(1).and_then(|before| self.members.get(before)).map(Self::key)
    }
}

fn occurs_kind(old: &str, new: &str) -> Kind {
    let bounds = |text: &str| {
        let (min, max) = text.split_once("..").unwrap_or((text, text));
        (min.parse().unwrap_or(0_usize), max.parse().unwrap_or(usize::MAX))
    };
    let ((old_min, old_max), (new_min, new_max)) = (bounds(old), bounds(new));
    match (new_min <= old_min && new_max >= old_max, new_min >= old_min && new_max <= old_max) {
        (true, _) => Kind::OccursWidened,
        (_, true) => Kind::OccursNarrowed,
        _ => Kind::OccursChanged,
    }
}
