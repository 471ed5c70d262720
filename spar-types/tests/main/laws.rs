//! What holds of every document that the schema allows, whoever wrote it.
//!
//! Tests hold these laws for samples and for generated values, fuzz targets for what they find.

use spar_types::xml::{self, Mode, Root, SPAR_NAMESPACE_STEM};
use spar_types::{Deviation, Rule};

use crate::support::{Dice, Node, Tree, read, tolerant};

/// XML-32: what was written is read as it was, in both modes, and written as the same bytes.
pub(crate) fn written_is_read<T: Root + PartialEq>(value: &T) -> String {
    let written = match xml::write(value) {
        Ok(written) => written,
        Err(error) => panic!("cannot be written: {error}"),
    };
    for mode in [Mode::Strict, Mode::Tolerant] {
        let read = read::<T>(&written, mode)
            .unwrap_or_else(|error| panic!("{mode:?}: {error}: {written}"));
        assert!(read.value == *value, "{mode:?}: {written}");
        assert_eq!((read.deviations.as_slice(), read.lost), (&[][..], 0), "{written}");
        assert_eq!(xml::write(&read.value).as_deref(), Ok(written.as_str()));
    }
    written
}

/// XML-25: only elements of one name keep their order, since it is the order of a list.
pub(crate) fn order_means_nothing<T: Root + PartialEq>(document: &str, dice: &mut Dice) {
    let mut tree = Tree::parse(document);
    tree.visit(&mut |tree| shuffle(tree, dice));
    let deviations = same_value::<T>(document, &tree);
    assert!(deviations.iter().all(|d| d.rule == Rule::UnexpectedElement), "{deviations:?}");
}

fn shuffle(tree: &mut Tree, dice: &mut Dice) {
    let mut names = tree.children().map(|child| child.name.clone()).collect::<Vec<_>>();
    for index in (1..names.len()).rev() {
        names.swap(index, dice.below(index + 1));
    }
    if names.is_empty() {
        return;
    }
    let mut content = std::mem::take(&mut tree.content);
    for name in names {
        let is_next = |node: &Node| matches!(node, Node::Element(child) if child.name == name);
        let place = content.iter().position(is_next).expect("an element of this name");
        tree.content.push(content.remove(place));
    }
}

/// XML-21: elements with a prefix of their own, a default namespace, or a prefix bound anew.
pub(crate) fn prefixes_mean_nothing<T: Root + PartialEq>(document: &str, dice: &mut Dice) {
    let mut tree = Tree::parse(document);
    let bindings = bindings(&tree);
    let mut is_root = true;
    tree.visit(&mut |tree| {
        // The root declares the prefixes of the document: they are bound again further in.
        let keeps = std::mem::take(&mut is_root) && dice.below(2) == 0;
        let namespace = namespace(tree, &bindings);
        let prefix = match dice.below(4) {
            0 => return,
            1 => String::new(),
            2 => dice.pick(&bindings).0.clone(),
            _ => format!("n\u{e4}{}", dice.below(100)),
        };
        let name = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
        if keeps || tree.attributes.contains(&format!(" {name}=")) {
            return;
        }
        tree.attributes.push_str(&format!(" {name}=\"{namespace}\""));
        tree.prefix = prefix;
    });
    // An outer element may have bound a prefix that an inner one keeps.
    tree.visit(&mut |tree| {
        let bound = bindings.iter().find(|(prefix, _)| *prefix == tree.prefix);
        if let Some((prefix, namespace)) = bound
            && !tree.attributes.contains(&format!(" xmlns:{prefix}="))
        {
            tree.attributes.push_str(&format!(" xmlns:{prefix}=\"{namespace}\""));
        }
    });
    assert_eq!(same_value::<T>(document, &tree), []);
}

/// XML-33: each namespace may be one of another version, of none, or below another part of the stem.
pub(crate) fn versions_mean_nothing<T: Root + PartialEq>(document: &str, dice: &mut Dice) {
    let mut tree = Tree::parse(document);
    let bindings = bindings(&tree);
    let mut changed = Vec::new();
    for (prefix, namespace) in &bindings {
        let Some(rest) = namespace.strip_prefix(SPAR_NAMESPACE_STEM) else { continue };
        let (name, _) = rest.rsplit_once('-').unwrap_or((rest, ""));
        let other = match dice.below(5) {
            0 => continue,
            1 => format!("{name}-9.9"),
            2 => name.to_owned(),
            3 => rest.replace("/20", "/30"),
            _ => format!("x/{rest}"),
        };
        if other != rest {
            let other = format!("\"{SPAR_NAMESPACE_STEM}{other}\"");
            tree.attributes = tree.attributes.replace(&format!("\"{namespace}\""), &other);
            changed.push(prefix);
        }
    }
    let mut elements = 0;
    tree.clone().visit(&mut |tree| elements += usize::from(changed.contains(&&tree.prefix)));
    let deviations = same_value::<T>(document, &tree);
    assert!(deviations.iter().all(|d| d.rule == Rule::OtherNamespace), "{deviations:?}");
    assert_eq!(deviations.len(), elements, "{document}");
}

/// XML-37, XML-28: nor does what stands between elements, or parts a text.
pub(crate) fn space_means_nothing<T: Root + PartialEq>(document: &str, dice: &mut Dice) {
    let mut tree = Tree::parse(document);
    tree.visit(&mut |tree| {
        if tree.is_leaf() {
            tree.content.iter_mut().for_each(|node| part(node, dice));
            return;
        }
        let between = ["\n  ", "\r\n\t", "<!-- å -->", "\n<?a b?>\r\n", "&#10;"];
        let mut space = || Node::Raw((*dice.pick(&between)).to_owned());
        let content = std::mem::take(&mut tree.content);
        tree.content = content.into_iter().flat_map(|node| [space(), node]).collect();
        tree.content.push(space());
    });
    assert_eq!(same_value::<T>(document, &tree), []);
}

/// Parts a text by a comment or an instruction, or makes some of it CDATA.
fn part(node: &mut Node, dice: &mut Dice) {
    let Node::Raw(text) = node else { return };
    let is_in_reference = |place: usize| {
        let before = &text[..place];
        before.rfind('&').is_some_and(|start| !before[start..].contains(';'))
    };
    let places = text.char_indices().map(|(place, _)| place).filter(|p| !is_in_reference(*p));
    let places = places.collect::<Vec<_>>();
    let (before, after) = text.split_at(*dice.pick(&places));
    *text = match dice.below(3) {
        0 => format!("{before}<!-- - -->{after}"),
        1 => format!("{before}<?a?>{after}"),
        _ if text.contains('&') => format!("{before}<![CDATA[]]>{after}"),
        _ => format!("<![CDATA[{before}]]>{after}"),
    };
}

/// Reads both; returns where the second departs from the schema.
fn same_value<T: Root + PartialEq>(document: &str, changed: &Tree) -> Vec<Deviation> {
    let changed = changed.write();
    let (one, _) = tolerant::<T>(document);
    let (other, deviations) = tolerant::<T>(&changed);
    assert!(one == other, "{document}\n{changed}");
    deviations
}

/// The prefixes that the root declares, with their namespaces.
fn bindings(root: &Tree) -> Vec<(String, String)> {
    let declaration = |attribute: &str| {
        let (prefix, namespace) = attribute.strip_prefix("xmlns:")?.split_once('=')?;
        Some((prefix.to_owned(), namespace.trim_matches('"').to_owned()))
    };
    root.attributes.split_whitespace().filter_map(declaration).collect()
}

fn namespace<'b>(tree: &Tree, bindings: &'b [(String, String)]) -> &'b str {
    let bound = bindings.iter().find(|(prefix, _)| *prefix == tree.prefix);
    &bound.expect("a prefix that the root declares").1
}
