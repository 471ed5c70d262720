//! What two schema folders state differently.

use std::collections::BTreeSet;

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
