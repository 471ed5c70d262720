//! What two schema folders state differently, and what that means for those who use them.
//!
//! [`diff`] compares facts and is exact. [`compare`] explains them: it sees versions of one component as
//! one, finds what was renamed or moved, and classifies.

mod api;
mod changelog;
mod content;
mod facts;
mod kind;
mod render;

use std::collections::{BTreeMap, BTreeSet};

pub use changelog::insert as insert_into_changelog;
pub use kind::{Bump, Effect, Kind};

use self::facts::{Declarations, declarations, operations};
use crate::ir::Ir;

/// One line per difference, in order. Empty if both state the same.
#[must_use]
pub fn diff(old: &Ir, new: &Ir) -> Vec<String> {
    let (old, new) = (old.facts(), new.facts());
    let about: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    about
        .into_iter()
        .filter_map(|about| match (old.get(about), new.get(about)) {
            (Some(old), Some(new)) if old == new => None,
            (Some(old), Some(new)) => Some(format!("changed {about}: {old} -> {new}")),
            (Some(old), None) => Some(format!("removed {about}: {old}")),
            (None, Some(new)) => Some(format!("added   {about}: {new}")),
            (None, None) => None,
        })
        .collect()
}

/// The differences between two versions of an interface, or two wordings of one.
#[derive(Debug)]
pub struct Diff {
    /// The interface versions compared, such as `personsok/2021.1` and `personsok/2023.1`.
    pub(crate) interfaces: (String, String),
    pub(crate) components: Vec<Component>,
    /// Documentation that differs, in strings.
    pub(crate) documentation: usize,
    /// Whether it is an interface by OpenAPI.
    pub(crate) is_api: bool,
}

/// What differs in one component. The operations of the service are the first.
#[derive(Debug)]
pub(crate) struct Component {
    /// Such as `komponent/person/person 1.2 → 1.3`.
    pub(crate) title: String,
    pub(crate) changes: Vec<Change>,
}

/// A difference.
#[derive(Clone, Debug)]
pub struct Change {
    /// Such as `PersondetaljerTYPE/SnStatus`.
    pub place: String,
    /// What was done.
    pub kind: Kind,
    /// What was stated before; empty if nothing.
    pub old: String,
    /// What is stated now; empty if nothing.
    pub new: String,
}

impl Diff {
    /// All differences but those of documentation.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.components.iter().flat_map(|component| &component.changes)
    }

    /// Whether both state the same, documentation aside.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes().next().is_none()
    }
}

/// Compares what two interface versions state.
#[must_use]
pub fn compare(old: &Ir, new: &Ir) -> Diff {
    let (old_facts, new_facts) = (old.facts(), new.facts());
    let mut components = Vec::new();
    if old.api.is_some() || new.api.is_some() {
        let changes = api::compare(&old_facts, &new_facts);
        if !changes.is_empty() {
            components.push(Component { title: "API".to_owned(), changes });
        }
        let interfaces = (old.interface.clone(), new.interface.clone());
        return Diff { interfaces, components, documentation: 0, is_api: true };
    }
    let changes = compare_operations(&operations(&old_facts), &operations(&new_facts));
    if !changes.is_empty() {
        components.push(Component { title: "operations".to_owned(), changes });
    }
    let (old_parts, new_parts) = (declarations(&old_facts), declarations(&new_facts));
    let names: BTreeSet<_> = old_parts.keys().chain(new_parts.keys()).collect();
    for name in names {
        let (title, changes) = match (old_parts.get(name), new_parts.get(name)) {
            (Some(old), Some(new)) => compare_component(name, old, new),
            (Some(old), None) => {
                let title = format!("{name} {}", old.version);
                (title, vec![change(name, Kind::ComponentRemoved, &old.uri, "")])
            }
            (None, Some(new)) => {
                let title = format!("{name} {}", new.version);
                (title, vec![change(name, Kind::ComponentAdded, "", &new.uri)])
            }
            (None, None) => continue,
        };
        if !changes.is_empty() {
            components.push(Component { title, changes });
        }
    }
    let documentation = documentation(old, new);
    let interfaces = (old.interface.clone(), new.interface.clone());
    Diff { interfaces, components, documentation, is_api: false }
}

pub(crate) fn change(place: &str, kind: Kind, old: &str, new: &str) -> Change {
    Change { place: place.to_owned(), kind, old: old.to_owned(), new: new.to_owned() }
}

type Aspects = BTreeMap<String, String>;

fn compare_operations(
    old: &BTreeMap<String, Aspects>,
    new: &BTreeMap<String, Aspects>,
) -> Vec<Change> {
    let mut changes = Vec::new();
    let names: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let aspect = |of: &Aspects, name: &str| of.get(name).cloned().unwrap_or_default();
    for name in names {
        match (old.get(name), new.get(name)) {
            (Some(old), None) => {
                let action = aspect(old, "SOAPAction");
                changes.push(change(name, Kind::OperationRemoved, &action, ""));
            }
            (None, Some(new)) => {
                let action = aspect(new, "SOAPAction");
                changes.push(change(name, Kind::OperationAdded, "", &action));
            }
            (Some(old), Some(new)) => {
                for key in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
                    let (before, after) = (aspect(old, key), aspect(new, key));
                    // A message that another version of its component declares is the same message.
                    if facts::versionless(&before) != facts::versionless(&after)
                        || (key == "SOAPAction" && before != after)
                    {
                        let (kind, place) = match key.as_str() {
                            "SOAPAction" => (Kind::SoapActionChanged, name.clone()),
                            _ => (Kind::OperationChanged, format!("{name}, {key}")),
                        };
                        let (before, after) = (facts::short(&before), facts::short(&after));
                        changes.push(change(&place, kind, &before, &after));
                    }
                }
            }
            (None, None) => {}
        }
    }
    changes
}

fn compare_component(name: &str, old: &Declarations, new: &Declarations) -> (String, Vec<Change>) {
    let mut changes = Vec::new();
    let title = if old.version == new.version {
        format!("{name} {}", old.version).trim_end().to_owned()
    } else {
        format!("{name} {} → {}", old.version, new.version)
    };
    if old.uri != new.uri {
        changes.push(change("namespace", Kind::VersionStep, &old.uri, &new.uri));
    }
    let keys: BTreeSet<_> = old.list.keys().chain(new.list.keys()).collect();
    for key in keys {
        let (kind, place) = key;
        match (old.list.get(key), new.list.get(key)) {
            (Some(old), Some(new)) => {
                let found = content::compare(kind, place, old, new);
                // Nothing is passed over, should facts be stated that this does not know.
                if found.is_empty() && !facts::same(old, new) {
                    changes.push(change(place, Kind::Other, "", ""));
                }
                changes.extend(found);
            }
            (Some(gone), None) => {
                // A declaration of the same content under a name that was not there: renamed.
                let renamed = new.list.iter().find(|((other, name), facts)| {
                    other == kind
                        && !old.list.contains_key(&(other.clone(), name.clone()))
                        && facts::same(facts, gone)
                });
                let kind =
                    if kind == "type" { Kind::TypeRemoved } else { Kind::DeclarationRemoved };
                match renamed {
                    Some(((_, name), _)) => {
                        changes.push(change(place, Kind::DeclarationRenamed, place, name));
                    }
                    None => changes.push(change(place, kind, place, "")),
                }
            }
            (None, Some(added)) => {
                let was_renamed = old.list.iter().any(|((other, name), facts)| {
                    other == kind
                        && !new.list.contains_key(&(other.clone(), name.clone()))
                        && facts::same(facts, added)
                });
                if !was_renamed {
                    changes.push(change(
                        place,
                        Kind::DeclarationAdded,
                        "",
                        &format!("{kind} {place}"),
                    ));
                }
            }
            (None, None) => {}
        }
    }
    // Where a declaration that was only renamed is used, nothing else is changed.
    let renamed: Vec<_> = changes
        .iter()
        .filter(|change| change.kind == Kind::DeclarationRenamed)
        .map(|change| (change.old.clone(), change.new.clone()))
        .collect();
    changes.retain(|change| {
        let names = (change.old.clone(), change.new.clone());
        change.kind != Kind::TypeChanged || !renamed.contains(&names)
    });
    (title, changes)
}

/// How many strings of documentation differ, by what they are about.
fn documentation(old: &Ir, new: &Ir) -> usize {
    let (old, new) = (documented(old), documented(new));
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    keys.into_iter().filter(|key| old.get(*key) != new.get(*key)).count()
}

fn documented(ir: &Ir) -> BTreeMap<String, &str> {
    let mut found = BTreeMap::new();
    for operation in &ir.operations {
        found.insert(format!("operation {}", operation.name), operation.docs.as_str());
    }
    for (uri, namespace) in &ir.namespaces {
        let component = facts::component(uri).0;
        found.insert(component.clone(), namespace.docs.as_str());
        for (name, element) in &namespace.elements {
            found.insert(format!("{component} element {name}"), element.docs.as_str());
        }
        for (name, type_) in &namespace.types {
            found.insert(format!("{component} type {name}"), type_.docs.as_str());
        }
        for (name, group) in &namespace.groups {
            found.insert(format!("{component} group {name}"), group.docs.as_str());
        }
    }
    found.retain(|_, docs| !docs.is_empty());
    found
}
