//! The stub of a changelog: one section per crate, in the form of Keep a Changelog.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Bump, Diff, Kind};

/// Lines by crate and heading.
type Entries = BTreeMap<(&'static str, &'static str), Vec<String>>;

impl Diff {
    /// What to say in the changelog: a stub, since it says what changed and not what to do about it.
    #[must_use]
    pub fn changelog(&self) -> String {
        let mut out = String::new();
        let mut in_crate = "";
        for ((crate_, heading), lines) in self.entries() {
            if crate_ != in_crate {
                let _ = write!(out, "### {crate_}\n\n");
                in_crate = crate_;
            }
            let _ = write!(out, "#### {heading}\n\n");
            lines.iter().for_each(|line| out.push_str(&format!("- {line}\n")));
            out.push('\n');
        }
        out
    }

    fn entries(&self) -> Entries {
        let mut entries = Entries::new();
        let (old, new) = &self.interfaces;
        if old != new && !self.is_api {
            let line = format!("The interface `{new}`; `newest` is its module.");
            entries.entry(("spar-types", "Added")).or_default().push(line);
            let line = format!("Client and simulator speak `{new}`.");
            entries.entry(("spar-soap", "Added")).or_default().push(line);
        }
        for component in &self.components {
            let name = component.title.split(' ').next().unwrap_or_default();
            for change in &component.changes {
                let is_operation = component.title == "operations";
                let crate_ = match (self.is_api, is_operation) {
                    (true, _) => "spar-filtransport",
                    (_, true) => "spar-soap",
                    _ => "spar-types",
                };
                let breaks = match is_operation {
                    true => change.kind.soap() == Bump::Major,
                    false => change.kind.types() == Bump::Major,
                };
                let heading = match change.kind {
                    Kind::ComponentAdded
                    | Kind::DeclarationAdded
                    | Kind::OptionalElementAdded
                    | Kind::AlternativeAdded
                    | Kind::ValueAdded
                    | Kind::AttributeAdded
                    | Kind::OperationAdded => "Added",
                    Kind::ComponentRemoved
                    | Kind::DeclarationRemoved
                    | Kind::TypeRemoved
                    | Kind::OptionalElementRemoved
                    | Kind::RequiredElementRemoved
                    | Kind::AlternativeRemoved
                    | Kind::ValueRemoved
                    | Kind::AttributeRemoved
                    | Kind::OperationRemoved => "Removed",
                    _ => "Changed",
                };
                let mark = if breaks { "**Breaking:** " } else { "" };
                let place = match is_operation {
                    true => format!("operation `{}`", change.place),
                    false => format!("`{}` of `{name}`", change.place),
                };
                let what = match (change.old.as_str(), change.new.as_str()) {
                    ("", "") => String::new(),
                    (old, "") => format!(" (`{old}`)"),
                    ("", new) => format!(" (`{new}`)"),
                    (old, new) => format!(" (`{old}` → `{new}`)"),
                };
                let line = format!("{mark}{place}: {}{what}.", change.kind.words());
                entries.entry((crate_, heading)).or_default().push(line);
            }
        }
        entries
    }
}

/// Puts a stub under `## [Unreleased]` of a changelog, below what stands there for the same crate.
///
/// None if the changelog has no such heading.
#[must_use]
pub fn insert(changelog: &str, stub: &str) -> Option<String> {
    const UNRELEASED: &str = "## [Unreleased]\n";
    let start = changelog.find(UNRELEASED)? + UNRELEASED.len();
    let end = changelog[start..].find("\n## ").map_or(changelog.len(), |end| start + end + 1);
    let mut section = changelog[start..end].trim_end().to_owned();
    for part in format!("\n{stub}").split("\n### ").skip(1) {
        let (crate_, body) = part.split_once('\n')?;
        let (heading, body) = (format!("\n### {crate_}\n"), body.trim());
        match section.find(&heading) {
            Some(at) => {
                let after = at + heading.len();
                let next = section[after..].find("\n### ").map_or(section.len(), |at| after + at);
                section.insert_str(section[..next].trim_end().len(), &format!("\n\n{body}"));
            }
            None => {
                let gap = if section.is_empty() { "" } else { "\n" };
                section.push_str(&format!("{gap}{heading}\n{body}"));
            }
        }
    }
    section.push_str(if end == changelog.len() { "\n" } else { "\n\n" });
    Some(format!("{}{section}{}", &changelog[..start], &changelog[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stub_goes_under_its_crate() {
        let stub =
            "### spar-soap\n\n#### Added\n\n- New.\n\n### spar-types\n\n#### Added\n\n- Other.\n\n";
        let found = insert(
            "# Changelog\n\n## [Unreleased]\n\n### spar-soap\n\n#### Fixed\n\n- Old.\n\n## [0.1.0]\n\nText.\n",
            stub,
        );
        assert_eq!(
            found.as_deref(),
            Some(
                "# Changelog\n\n## [Unreleased]\n\n### spar-soap\n\n#### Fixed\n\n- Old.\n\n#### Added\n\n- New.\n\n\
                 ### spar-types\n\n#### Added\n\n- Other.\n\n## [0.1.0]\n\nText.\n"
            )
        );
        assert_eq!(insert("# Changelog\n", stub), None);
    }
}
