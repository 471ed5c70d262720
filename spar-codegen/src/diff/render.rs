//! A comparison for the terminal and for a pull request.

use std::fmt::Write;

use super::{Bump, Change, Diff, Kind};

impl Diff {
    /// What the changes ask of the version of each crate, the most demanding first.
    #[must_use]
    pub fn bumps(&self) -> Vec<(&'static str, Bump)> {
        let most = |bump: fn(Kind) -> Bump| {
            self.changes().map(|change| bump(change.kind)).max().unwrap_or(Bump::Patch)
        };
        let is_new_version = self.interfaces.0 != self.interfaces.1;
        let least = if is_new_version { Bump::Minor } else { Bump::Patch };
        let types = most(Kind::types).max(least);
        // Their functions take and give the records.
        let soap = most(Kind::soap).max(types);
        if self.is_api {
            return vec![("spar-filtransport", soap), ("spar-tool", soap.min(Bump::Minor))];
        }
        vec![
            ("spar-types", types),
            ("spar-soap", soap),
            ("spar-simulator", soap),
            ("spar-sdk", soap),
            ("spar-tool", soap.min(Bump::Minor)),
        ]
    }

    /// The title: which versions are compared.
    fn title(&self) -> String {
        let (old, new) = &self.interfaces;
        if old == new { old.clone() } else { format!("{old} → {new}") }
    }

    fn documentation(&self) -> String {
        match self.documentation {
            0 => String::new(),
            1 => "Documentation differs in 1 place.".to_owned(),
            count => format!("Documentation differs in {count} places."),
        }
    }

    /// For the terminal: one line per change, by component.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = format!("{}\n", self.title());
        for component in &self.components {
            let _ = write!(out, "\n{}\n", component.title);
            for Change { place, kind, old, new } in &component.changes {
                let (readers, writers) = (kind.readers(), kind.writers());
                let _ = write!(out, "  {readers:<16}{writers:<16}{}: {place}", kind.words());
                let _ = match (old.as_str(), new.as_str()) {
                    ("", "") => writeln!(out),
                    ("", new) => writeln!(out, "\n{:34}now {new}", ""),
                    (old, "") => writeln!(out, "\n{:34}was {old}", ""),
                    (old, new) => writeln!(out, "\n{:34}{old} → {new}", ""),
                };
            }
        }
        if self.is_empty() {
            out.push_str("\nBoth state the same.\n");
        } else {
            out.push_str("\n  (readers of new documents, writers of old ones)\n");
        }
        if self.documentation > 0 {
            let _ = write!(out, "\n{}\n", self.documentation());
        }
        out.push_str("\nVersions: ");
        let bumps: Vec<_> =
            self.bumps().into_iter().map(|(name, bump)| format!("{name} {bump}")).collect();
        out.push_str(&bumps.join(", "));
        out.push('\n');
        out
    }

    /// For a pull request.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut out = format!("## {}\n\n", self.title());
        if self.is_empty() {
            out.push_str("Both state the same.\n\n");
        } else {
            let count = self.changes().count();
            let breaking = self
                .changes()
                .filter(|change| {
                    change.kind.readers().max(change.kind.writers()) == super::Effect::Breaking
                })
                .count();
            let _ = write!(
                out,
                "{count} changes, {breaking} of them breaking for one side or both.\n\n"
            );
        }
        for component in &self.components {
            let _ = write!(
                out,
                "### {}\n\n| Change | Where | Old | New | Readers | Writers |\n\
                 |---|---|---|---|---|---|\n",
                component.title
            );
            for Change { place, kind, old, new } in &component.changes {
                let _ = writeln!(
                    out,
                    "| {} | {} | {} | {} | {} | {} |",
                    kind.words(),
                    code(place),
                    code(old),
                    code(new),
                    kind.readers(),
                    kind.writers()
                );
            }
            out.push('\n');
        }
        if self.documentation > 0 {
            let _ = write!(out, "{}\n\n", self.documentation());
        }
        out.push_str("### Versions\n\n| Crate | Next version |\n|---|---|\n");
        for (name, bump) in self.bumps() {
            let _ = writeln!(out, "| {name} | {bump} |");
        }
        out.push_str(
            "\nReaders are those who read documents of the new schema with code made for the old one, writers \
             those who write documents of the old schema. Before 1.0.0 a major change raises the second number.\n",
        );
        let changelog = self.changelog();
        if !changelog.is_empty() {
            let _ = write!(
                out,
                "\n<details><summary>For the changelog</summary>\n\n```markdown\n{}\n```\n\n</details>\n",
                changelog.trim_end()
            );
        }
        out
    }
}

/// Text as code in a cell of a table.
fn code(text: &str) -> String {
    match text {
        "" => String::new(),
        // Markup of the schema must neither end the code nor the cell.
        text => format!("`{}`", text.replace('|', "\\|").replace('`', "'").replace('\n', " ")),
    }
}
