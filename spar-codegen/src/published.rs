//! What SPAR serves, judged before it is believed. Whoever calls this brings the bytes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::error::{Error, Result};
use crate::load::resolve;
use crate::manifest::Manifest;
use crate::source::{Node, Source, XS};

/// Files that one walk takes before it is stopped. SPAR's own tree has some 60.
pub const MAX_FILES: usize = 500;

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";

/// Why there are no bytes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// The source does not have the file.
    Missing,
    /// The source did not give it whole, or what it gave is not to be believed. The text says why.
    Refused(String),
}

/// A file that was asked for.
#[derive(Debug)]
pub struct Served {
    /// What was given.
    pub bytes: std::result::Result<Vec<u8>, Unavailable>,
    /// The files that it includes and imports.
    pub leads_to: Vec<String>,
}

/// What a walk found, by path.
#[derive(Debug, Default)]
pub struct Walk {
    /// Every file that was asked for.
    pub files: BTreeMap<String, Served>,
}

/// A file to ask for, with the namespace that it must declare, if one is known.
type Wanted = (String, Option<String>);

impl Walk {
    /// Takes files, and all that they lead to, from a source.
    ///
    /// `expected` says which target namespace a file must declare, for those files that are known. `get` is
    /// called once per path, in no particular order but always the same one.
    pub fn take(
        manifest: &Manifest,
        paths: impl IntoIterator<Item = String>,
        expected: impl Fn(&str) -> Option<String>,
        mut get: impl FnMut(&str) -> std::result::Result<Vec<u8>, Unavailable>,
    ) -> Self {
        let mut walk = Self::default();
        let mut pending: VecDeque<Wanted> = paths.into_iter().map(|path| (path, None)).collect();
        while let Some((path, of_importer)) = pending.pop_front() {
            if walk.files.contains_key(&path) {
                continue;
            }
            if walk.files.len() == MAX_FILES {
                let refused = Unavailable::Refused(format!("more than {MAX_FILES} files"));
                walk.files.insert(path, Served { bytes: Err(refused), leads_to: Vec::new() });
                break;
            }
            let namespace = expected(&path).or(of_importer);
            let mut leads_to = Vec::new();
            let bytes = get(&path).and_then(|bytes| {
                match judge(manifest, &path, &bytes, namespace.as_deref()) {
                    Ok(references) => {
                        leads_to = references.iter().map(|(path, _)| path.clone()).collect();
                        pending.extend(references);
                        Ok(bytes)
                    }
                    Err(error) => Err(Unavailable::Refused(error.to_string())),
                }
            });
            walk.files.insert(path, Served { bytes, leads_to });
        }
        walk
    }

    /// The files that these lead to, themselves included.
    #[must_use]
    pub fn reached<'w>(&'w self, entries: impl IntoIterator<Item = &'w str>) -> BTreeSet<&'w str> {
        let mut reached = BTreeSet::new();
        let mut pending: Vec<&str> = entries.into_iter().collect();
        while let Some(path) = pending.pop() {
            if reached.insert(path)
                && let Some(served) = self.files.get(path)
            {
                pending.extend(served.leads_to.iter().map(String::as_str));
            }
        }
        reached
    }

    /// Whether all of these files were given.
    pub fn has_all<'w>(&self, mut paths: impl Iterator<Item = &'w str>) -> bool {
        paths.all(|path| self.files.get(path).is_some_and(|served| served.bytes.is_ok()))
    }
}

/// The target namespace that a schema file declares.
#[must_use]
pub fn target_namespace(path: &str, text: &str) -> Option<String> {
    let source = Source::parse(path, text.to_owned()).ok()?;
    source.root.attribute("targetNamespace").map(str::to_owned)
}

/// Whether the bytes are a file of this kind, whole, of the namespace that is expected; and where it leads.
fn judge(
    manifest: &Manifest,
    path: &str,
    bytes: &[u8],
    expected: Option<&str>,
) -> Result<Vec<Wanted>> {
    let text = std::str::from_utf8(bytes).map_err(|_| Error::new("not UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let start: String = text.trim_start().chars().take(14).collect::<String>().to_lowercase();
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        return Err(Error::new("an HTML page in place of the file"));
    }
    if text.trim().is_empty() {
        return Err(Error::new("empty"));
    }
    if path.ends_with(".yaml") {
        let is_openapi = text.lines().any(|line| line.starts_with("openapi:"));
        return if is_openapi && text.ends_with('\n') {
            Ok(Vec::new())
        } else {
            Err(Error::new("not an OpenAPI file that ends with a whole line"))
        };
    }
    let source = Source::parse(path, text.to_owned())?;
    let root = &source.root;
    let is_expected_kind = match path.rsplit_once('.') {
        Some((_, "wsdl")) => root.name.namespace == WSDL && root.name.local == "definitions",
        _ => root.is_xs("schema"),
    };
    if !is_expected_kind {
        let message = format!("<{}> is not what such a file begins with", root.name.local);
        return Err(Error::at(path, root.line, message));
    }
    let declared = root.attribute("targetNamespace");
    if let Some(expected) = expected
        && declared != Some(expected)
        // A file without namespace takes that of the file that includes it.
        && declared.is_some()
    {
        let declared = declared.unwrap_or_default();
        let message = format!("target namespace `{declared}` in place of `{expected}`");
        return Err(Error::at(path, root.line, message));
    }
    let mut found = Vec::new();
    references(manifest, &source, root, declared, &mut found)?;
    Ok(found)
}

fn references(
    manifest: &Manifest,
    source: &Source,
    node: &Node,
    namespace: Option<&str>,
    found: &mut Vec<Wanted>,
) -> Result<()> {
    // The schemas within a WSDL have namespaces of their own.
    let namespace = match node.is_xs("schema") {
        true => node.attribute("targetNamespace").or(namespace),
        false => namespace,
    };
    if node.name.namespace == XS
        && matches!(&*node.name.local, "include" | "import" | "redefine" | "override")
        && let Some(location) = node.attribute("schemaLocation")
    {
        let of = if node.is_xs("import") { node.attribute("namespace") } else { namespace };
        let path = resolve(source, node, location, manifest)?;
        found.push((path, of.map(str::to_owned)));
    }
    node.children.iter().try_for_each(|child| references(manifest, source, child, namespace, found))
}
