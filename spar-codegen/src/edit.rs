//! Changes of `manifest.toml` that leave comments and layout as they are.

use toml_edit::{Array, DocumentMut, Item, Table, value};

use crate::error::{Error, Result};

/// `manifest.toml`, to be changed.
#[derive(Debug)]
pub struct ManifestEdit(DocumentMut);

impl ManifestEdit {
    /// Takes the text of a manifest.
    ///
    /// # Errors
    ///
    /// Text that is not TOML.
    pub fn parse(text: &str) -> Result<Self> {
        let parsed = text.parse::<DocumentMut>();
        parsed.map(Self).map_err(|error| Error::new(format!("manifest.toml: {error}")))
    }

    /// The text as changed.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.to_string()
    }

    /// Records the bytes that SPAR serves for a file, and the day on which they were taken.
    pub fn record_published(&mut self, path: &str, sha256: &str, day: &str) {
        if let Some(file) = self.file(path) {
            file["published_sha256"] = value(sha256);
            file["fetched"] = value(day);
        }
    }

    /// Says that a file states what SPAR's states, so that nothing of it is uncertain.
    pub fn set_published(&mut self, path: &str) {
        if let Some(file) = self.file(path) {
            file["origin"] = value("published");
            file.remove("uncertain");
        }
    }

    /// Says that an interface version reaches a file that the manifest has.
    pub fn add_interface_to(&mut self, path: &str, interface: &str) {
        let Some(list) = self.file(path).and_then(|file| file["interfaces"].as_array_mut()) else {
            return;
        };
        if list.iter().any(|known| known.as_str() == Some(interface)) {
            return;
        }
        let place = list.iter().filter(|known| known.as_str() < Some(interface)).count();
        list.insert(place, interface);
    }

    /// Adds a file, in the order of the paths. Its hashes are recorded by `verify`.
    pub fn add_file(&mut self, path: &str, url: &str, interfaces: &[&str]) {
        let mut table = Table::new();
        table["path"] = value(path);
        table["url"] = value(url);
        table["interfaces"] = value(interfaces.iter().copied().collect::<Array>());
        table["origin"] = value("published");
        table["sha256"] = value("");
        table["semantic_sha256"] = value("");
        table.decor_mut().set_prefix("\n");
        let Some(files) = self.0.get_mut("file").and_then(Item::as_array_of_tables_mut) else {
            return;
        };
        let mut all: Vec<Table> = files.iter().cloned().collect();
        let place = all.iter().filter(|file| path_of(file) < Some(path)).count();
        let first = all.first().and_then(Table::position).unwrap_or_default();
        all.insert(place, table);
        files.clear();
        for (position, mut file) in (first..).zip(all) {
            // Tables are written in the order of their positions.
            file.set_position(Some(position));
            files.push(file);
        }
    }

    /// Adds an interface version, in the order of their names.
    pub fn add_interface(&mut self, interface: &str, entries: &[String]) {
        let mut list = entries.iter().map(String::as_str).collect::<Array>();
        if entries.len() > 1 {
            for entry in list.iter_mut() {
                entry.decor_mut().set_prefix("\n    ");
            }
            list.set_trailing("\n");
            list.set_trailing_comma(true);
        }
        let mut table = Table::new();
        table["entries"] = value(list);
        table.decor_mut().set_prefix("\n");
        let Some(interfaces) = self.0.get_mut("interface").and_then(Item::as_table_mut) else {
            return;
        };
        // Written behind the last that comes before it; what stands behind that moves on.
        let before = interfaces.iter().filter(|(name, _)| *name < interface);
        let position = before.filter_map(|(_, item)| item.as_table()?.position()).max();
        table.set_position(position);
        interfaces.insert(interface, Item::Table(table));
        interfaces.sort_values();
    }

    fn file(&mut self, path: &str) -> Option<&mut Table> {
        let files = self.0.get_mut("file")?.as_array_of_tables_mut()?;
        files.iter_mut().find(|file| path_of(file) == Some(path))
    }
}

fn path_of(file: &Table) -> Option<&str> {
    file.get("path").and_then(Item::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "# Kept.\n\n[interface.\"a/1\"]\nentries = [\"a1\"]\n\n[interface.\"b/1\"]\n\
        entries = [\"b1\"]\nnote = \"\"\"\nText.\"\"\"\n\n[catalog]\n\"http://x/\" = \"\"\n\n[[file]]\n\
        path = \"p\"  # Kept too.\ninterfaces = [\"a/1\"]\norigin = \"reconstructed\"\nuncertain = [\n    \"x\",\n]\n\
        sha256 = \"1\"\n\n[[file]]\npath = \"r\"\nsha256 = \"2\"\n";

    #[test]
    fn what_is_not_changed_stays_as_it_was() {
        // GEN-12.
        let mut edit = ManifestEdit::parse(MANIFEST).unwrap();
        assert_eq!(edit.text(), MANIFEST);
        edit.record_published("r", "ab", "2027-01-02");
        edit.set_published("p");
        edit.add_interface_to("p", "b/1");
        edit.add_interface_to("p", "b/1");
        edit.add_file("q", "http://x/q", &["a/2"]);
        edit.add_interface("a/2", &["a2".to_owned()]);
        expect_test::expect![[r##"
            # Kept.

            [interface."a/1"]
            entries = ["a1"]

            [interface."a/2"]
            entries = ["a2"]

            [interface."b/1"]
            entries = ["b1"]
            note = """
            Text."""

            [catalog]
            "http://x/" = ""

            [[file]]
            path = "p"  # Kept too.
            interfaces = ["a/1", "b/1"]
            origin = "published"
            sha256 = "1"

            [[file]]
            path = "q"
            url = "http://x/q"
            interfaces = ["a/2"]
            origin = "published"
            sha256 = ""
            semantic_sha256 = ""

            [[file]]
            path = "r"
            sha256 = "2"
            published_sha256 = "ab"
            fetched = "2027-01-02"
        "##]]
        .assert_eq(&edit.text());
    }
}
