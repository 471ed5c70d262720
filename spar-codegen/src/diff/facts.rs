//! Facts by component and declaration, and names in them without their namespaces.

use std::collections::BTreeMap;

use crate::names::split_version;

/// What one component declares: facts by aspect, by kind and name of the declaration.
#[derive(Debug, Default)]
pub(super) struct Declarations {
    pub(super) uri: String,
    pub(super) version: String,
    pub(super) list: BTreeMap<(String, String), BTreeMap<String, String>>,
}

/// The facts about operations, by operation and aspect.
pub(super) fn operations(
    facts: &BTreeMap<String, String>,
) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut found: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (about, what) in facts {
        if let Some((name, aspect)) =
            about.strip_prefix("operation ").and_then(|about| about.split_once(' '))
        {
            found.entry(name.to_owned()).or_default().insert(aspect.to_owned(), what.clone());
        }
    }
    found
}

/// The facts about declarations, by component without its version.
///
/// Should an interface reach two versions of a component, each stands for itself.
pub(super) fn declarations(facts: &BTreeMap<String, String>) -> BTreeMap<String, Declarations> {
    let mut found: BTreeMap<String, Declarations> = BTreeMap::new();
    for (about, what) in facts {
        let Some((uri, rest)) = about.strip_prefix('{').and_then(|about| about.split_once("} "))
        else {
            continue;
        };
        let mut words = rest.splitn(3, ' ');
        let (Some(kind), Some(name), Some(aspect)) = (words.next(), words.next(), words.next())
        else {
            continue;
        };
        let (mut component, version) = component(uri);
        if found.get(&component).is_some_and(|other| other.uri != uri) {
            component = uri.to_owned();
        }
        let declarations = found.entry(component).or_default();
        uri.clone_into(&mut declarations.uri);
        declarations.version = version;
        let declaration = declarations.list.entry((kind.to_owned(), name.to_owned())).or_default();
        declaration.insert(aspect.to_owned(), what.clone());
    }
    found
}

/// A namespace without version, and the version; it may be empty.
pub(super) fn component(uri: &str) -> (String, String) {
    split_version(uri).unwrap_or_else(|| (uri.to_owned(), String::new()))
}

/// A statement without the versions of the namespaces that it names.
pub(super) fn versionless(what: &str) -> String {
    rewrite(what, |uri, local| format!("{{{}}}{local}", component(uri).0))
}

/// A statement without namespaces.
pub(super) fn short(what: &str) -> String {
    rewrite(what, |_, local| local.to_owned())
}

/// Whether two declarations state the same, versions of namespaces aside.
pub(super) fn same(one: &BTreeMap<String, String>, other: &BTreeMap<String, String>) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|((one_key, one), (other_key, other))| {
            one_key == other_key && versionless(one) == versionless(other)
        })
}

/// Replaces every `{namespace}local`.
fn rewrite(what: &str, name: impl Fn(&str, &str) -> String) -> String {
    let mut out = String::new();
    let mut rest = what;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        // A namespace has a colon; a pattern has braces too.
        let Some((uri, after)) = after.split_once('}').filter(|(uri, _)| uri.contains(':')) else {
            out.push('{');
            rest = after;
            continue;
        };
        let end = after.find([' ', ',']).unwrap_or(after.len());
        out.push_str(&name(uri, &after[..end]));
        rest = &after[end..];
    }
    out + rest
}
