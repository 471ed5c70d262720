//! JSON and other formats that describe themselves, by serde: what the generated code stands on.
//!
//! `docs/json.md` of the repository has the rules of the form. Input is read into a tree of bounded depth
//! first: only so can members come in any order, groups lie flat in their object, and an error name the
//! place without a word of the input.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::error::Rule;
use crate::generated::ELEMENT_NAMES;
use crate::simple::{FreeText, SimpleType, Text};
use crate::xml::{Entries, Nillable, Unrepresentable};

/// A type that is an object, or some of an object's members.
///
/// Implemented by generated code: one statement per particle of the schema.
pub trait Object: Sized {
    /// The members, those of groups included.
    const MEMBERS: &'static [&'static str];

    /// Takes the members.
    fn read(members: &mut Members<'_>) -> Result<Self, Refusal>;

    /// Writes the members.
    fn write<M: SerializeMap>(&self, fields: &mut Fields<M>) -> Result<(), M::Error>;
}

/// Implements serde's traits for types that are an [`Object`].
#[doc(hidden)]
#[macro_export]
macro_rules! json_object {
    ($($name:ty),+ $(,)?) => {$(
        impl $crate::runtime::serde::Serialize for $name {
            fn serialize<S: $crate::runtime::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::runtime::json::write(self, serializer)
            }
        }

        impl<'de> $crate::runtime::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::runtime::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::runtime::json::read(deserializer)
            }
        }
    )+};
}
pub(crate) use json_object as object;

/// Implements serde's traits for a [`SimpleType`].
#[doc(hidden)]
#[macro_export]
macro_rules! json_string {
    ($name:ident) => {
        impl $crate::runtime::serde::Serialize for $name {
            fn serialize<S: $crate::runtime::serde::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::runtime::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::runtime::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                $crate::runtime::json::read(deserializer)
            }
        }

        impl $crate::runtime::json::FromNode for $name {
            fn from_node(
                node: $crate::runtime::json::Node,
                place: Option<&$crate::runtime::json::Place<'_>>,
            ) -> Result<Self, $crate::runtime::json::Refusal> {
                $crate::runtime::json::read_string(node, place)
            }
        }
    };
}

/// What stands for an element that says it has no value.
const NIL: &str = "xsi:nil";

impl<T: Serialize> Serialize for Nillable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Nil => {
                let mut fields = serializer.serialize_map(Some(1))?;
                fields.serialize_entry(NIL, "true")?;
                fields.end()
            }
        }
    }
}

impl<T: FromNode> FromNode for Nillable<T> {
    fn from_node(node: Node, place: Option<&Place<'_>>) -> Result<Self, Refusal> {
        match &node {
            Node::Object(members) if members.contains_key(NIL) => match members.len() {
                1 => Ok(Self::Nil),
                _ => Err(Refusal::new("an element without value has no members", place)),
            },
            _ => T::from_node(node, place).map(Self::Value),
        }
    }
}

/// Writes an object.
pub fn write<T: Object, S: Serializer>(object: &T, serializer: S) -> Result<S::Ok, S::Error> {
    // How many members there are is known when they are written: absent ones are left out.
    let mut fields = Fields(serializer.serialize_map(None)?);
    object.write(&mut fields)?;
    fields.0.end()
}

/// The members of an object that is being written.
pub struct Fields<M>(M);

impl<M: SerializeMap> Fields<M> {
    /// A member that is there.
    pub fn required<T: Serialize>(&mut self, name: &str, value: &T) -> Result<(), M::Error> {
        self.0.serialize_entry(name, value)
    }

    /// A member that is left out if it is absent.
    pub fn optional<T: Serialize>(
        &mut self,
        name: &str,
        value: &Option<T>,
    ) -> Result<(), M::Error> {
        match value {
            Some(value) => self.required(name, value),
            None => Ok(()),
        }
    }

    /// A list of values, left out if it is empty.
    pub fn values<T: Serialize>(&mut self, name: &str, values: &[T]) -> Result<(), M::Error> {
        if values.is_empty() { Ok(()) } else { self.0.serialize_entry(name, values) }
    }

    /// A list of records, left out if it is empty.
    pub fn records<T: Object>(
        &mut self,
        name: &str,
        entries: &[Result<T, Unrepresentable>],
    ) -> Result<(), M::Error> {
        if entries.is_empty() { Ok(()) } else { self.0.serialize_entry(name, &Records(entries)) }
    }

    /// The members of a group.
    pub fn group<T: Object>(&mut self, group: &T) -> Result<(), M::Error> {
        group.write(self)
    }

    /// The members of a group that may be absent.
    pub fn optional_group<T: Object>(&mut self, group: &Option<T>) -> Result<(), M::Error> {
        match group {
            Some(group) => self.group(group),
            None => Ok(()),
        }
    }
}

struct Records<'a, T>(&'a [Result<T, Unrepresentable>]);

impl<T: Object> Serialize for Records<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Entry))
    }
}

struct Entry<'a, T>(&'a Result<T, Unrepresentable>);

impl<T: Object> Serialize for Entry<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Ok(record) => write(record, serializer),
            Err(unrepresentable) => {
                let mut fields = Fields(serializer.serialize_map(Some(1))?);
                fields.required(UNREPRESENTABLE, unrepresentable)?;
                fields.0.end()
            }
        }
    }
}

/// The one member of an entry of which no record was made.
const UNREPRESENTABLE: &str = "unrepresentable";

impl Serialize for Unrepresentable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(self, serializer)
    }
}

/// Reads a value.
pub fn read<'de, T: FromNode, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let node = Depth(MAX_DEPTH).deserialize(deserializer)?;
    T::from_node(node, None).map_err(|Refusal(message)| de::Error::custom(message))
}

/// A type that can be made of a part of the input.
pub trait FromNode: Sized {
    /// Makes the value; no place is the outermost one.
    fn from_node(node: Node, place: Option<&Place<'_>>) -> Result<Self, Refusal>;
}

/// Why the type asked for cannot be made. Says the place, and nothing that the schemas do not know.
pub struct Refusal(String);

impl Refusal {
    fn new(what: impl fmt::Display, place: Option<&Place<'_>>) -> Self {
        Self(match place {
            Some(place) => format!("{place}: {what}"),
            None => what.to_string(),
        })
    }
}

/// Where a part of the input stands, such as `PersonsokningSvarspost[3]/PersonId`.
#[derive(Clone, Copy)]
pub struct Place<'p> {
    around: Option<&'p Self>,
    name: &'static str,
    /// From 1 on, in a list.
    number: Option<usize>,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(around) = self.around {
            write!(f, "{around}/")?;
        }
        f.write_str(self.name)?;
        self.number.map_or(Ok(()), |number| write!(f, "[{number}]"))
    }
}

impl<T: Object> FromNode for T {
    fn from_node(node: Node, place: Option<&Place<'_>>) -> Result<Self, Refusal> {
        let Node::Object(members) = node else {
            return Err(Refusal::new("an object is expected", place));
        };
        let mut members = Members { members, place };
        let value = T::read(&mut members)?;
        members.close(T::MEMBERS)?;
        Ok(value)
    }
}

/// The text of a simple type, whether the type allows it or not.
pub fn read_string<T: SimpleType>(node: Node, place: Option<&Place<'_>>) -> Result<T, Refusal> {
    match node {
        Node::String(text) => Ok(T::from_register(&text)),
        _ => Err(Refusal::new("a string is expected, for numbers too", place)),
    }
}

/// The members of one object on their way into a record.
pub struct Members<'p> {
    members: BTreeMap<Text, Node>,
    place: Option<&'p Place<'p>>,
}

impl<'p> Members<'p> {
    /// A member that must be there.
    pub fn required<T: FromNode>(&mut self, name: &'static str) -> Result<T, Refusal> {
        let value = self.optional(name)?;
        let missing =
            || Refusal::new(format_args!("required member {name} is missing"), self.place);
        value.ok_or_else(missing)
    }

    /// A member that may be there.
    pub fn optional<T: FromNode>(&mut self, name: &'static str) -> Result<Option<T>, Refusal> {
        match self.members.remove(name) {
            None | Some(Node::Null) => Ok(None),
            Some(node) => T::from_node(node, Some(&self.at(name))).map(Some),
        }
    }

    /// A list of values.
    pub fn values<T: FromNode>(&mut self, name: &'static str) -> Result<Vec<T>, Refusal> {
        self.list(name, |node, place| T::from_node(node, Some(place)))
    }

    /// A list of records, some of which may not have been made.
    pub fn records<T: Object>(&mut self, name: &'static str) -> Result<Entries<T>, Refusal> {
        self.list(name, |node, place| match node {
            Node::Object(mut members) if members.contains_key(UNREPRESENTABLE) => {
                let told = members.remove(UNREPRESENTABLE).unwrap_or(Node::Null);
                Members { members, place: Some(place) }.close(&[UNREPRESENTABLE])?;
                Unrepresentable::from_node(told, Some(place)).map(Err)
            }
            node => T::from_node(node, Some(place)).map(Ok),
        })
    }

    fn list<T>(
        &mut self,
        name: &'static str,
        entry: impl Fn(Node, &Place<'_>) -> Result<T, Refusal>,
    ) -> Result<Vec<T>, Refusal> {
        let place = self.at(name);
        match self.members.remove(name) {
            None | Some(Node::Null) => Ok(Vec::new()),
            Some(Node::List(nodes)) => nodes
                .into_iter()
                .zip(1..)
                .map(|(node, number)| entry(node, &Place { number: Some(number), ..place }))
                .collect(),
            Some(_) => Err(Refusal::new("an array is expected", Some(&place))),
        }
    }

    /// A group that must be there.
    pub fn group<T: Object>(&mut self) -> Result<T, Refusal> {
        T::read(self)
    }

    /// A group that may be there: it is if one of its members is.
    pub fn optional_group<T: Object>(&mut self) -> Result<Option<T>, Refusal> {
        if self.has(T::MEMBERS) { T::read(self).map(Some) } else { Ok(None) }
    }

    /// Whether one of these is there.
    pub fn has(&self, names: &[&str]) -> bool {
        names.iter().any(|name| !matches!(self.members.get(*name), None | Some(Node::Null)))
    }

    /// None of the alternatives is there, and none of them may be empty.
    pub fn no_alternative(&self, alternatives: &'static [&'static str]) -> Refusal {
        let names = alternatives.join(", ");
        Refusal::new(format_args!("none of the alternatives is there: {names}"), self.place)
    }

    /// Ends the object. What was not taken is unknown, or excluded by what was.
    fn close(self, known: &'static [&'static str]) -> Result<(), Refusal> {
        for (name, node) in &self.members {
            match (known.iter().find(|known| **known == name.as_str()), node) {
                (Some(_), Node::Null) => {}
                (Some(known), _) => {
                    let what = format_args!("member {known} is excluded by another one");
                    return Err(Refusal::new(what, self.place));
                }
                (None, _) => {
                    let known = known.join(", ");
                    let what = format_args!("unknown member; known are {known}");
                    return Err(Refusal::new(what, self.place));
                }
            }
        }
        Ok(())
    }

    fn at(&self, name: &'static str) -> Place<'p> {
        Place { around: self.place, name, number: None }
    }
}

impl Object for Unrepresentable {
    const MEMBERS: &'static [&'static str] = &["path", "offset", "rule", "source"];

    fn read(members: &mut Members<'_>) -> Result<Self, Refusal> {
        let path: FreeText = members.required("path")?;
        let offset: FreeText = members.required("offset")?;
        let rule: FreeText = members.required("rule")?;
        let source: FreeText = members.required("source")?;
        // Path and rule are shown, so they must be such as a reader makes.
        let told = offset.as_str().parse().ok().zip(rule_of(rule.as_str()));
        told.and_then(|(offset, rule)| Self::told(path.as_str(), offset, rule, source.as_str()))
            .ok_or_else(|| {
                let what = "no place, offset and rule that a reader tells of";
                Refusal::new(what, members.place)
            })
    }

    fn write<M: SerializeMap>(&self, fields: &mut Fields<M>) -> Result<(), M::Error> {
        fields.required("path", &self.path())?;
        fields.required("offset", &self.offset().to_string())?;
        fields.required("rule", &self.rule().to_string())?;
        fields.required("source", &self.source_text())
    }
}

/// The rule of this wording, among those on whose account no record is made.
fn rule_of(wording: &str) -> Option<Rule> {
    let of_names = ELEMENT_NAMES
        .iter()
        .flat_map(|name| [Rule::MissingElement(name), Rule::MissingAlternative(name)]);
    std::iter::once(Rule::UnexpectedElement)
        .chain(of_names)
        .find(|rule| rule.to_string() == wording)
}

/// A part of the input, before it is known what it should be.
pub enum Node {
    /// Text.
    String(Text),
    /// An array.
    List(Vec<Self>),
    /// An object.
    Object(BTreeMap<Text, Self>),
    /// What is absent.
    Null,
    /// A number, a truth value or what other formats have: none that a record can hold.
    Other,
}

/// How deep input may be nested. Records are no deeper than 8; the rest is room for later versions.
const MAX_DEPTH: usize = 16;

/// The levels of nesting that are still allowed.
///
/// serde's own messages repeat the input, so every kind of value is taken, and judged later.
#[derive(Clone, Copy)]
struct Depth(usize);

impl Depth {
    fn below<E: de::Error>(self) -> Result<Self, E> {
        let below = self.0.checked_sub(1).map(Self);
        below.ok_or_else(|| E::custom(format_args!("nested more than {MAX_DEPTH} levels deep")))
    }
}

impl<'de> DeserializeSeed<'de> for Depth {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Depth {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of a self-describing format")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Node, E> {
        Ok(Node::String(text.into()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_i128<E: de::Error>(self, _: i128) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_u128<E: de::Error>(self, _: u128) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_bytes<E: de::Error>(self, _: &[u8]) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let below = self.below()?;
        let mut nodes = Vec::new();
        while let Some(node) = access.next_element_seed(below)? {
            nodes.push(node);
        }
        Ok(Node::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let below = self.below()?;
        let mut members = BTreeMap::new();
        while let Some(name) = access.next_key_seed(below)? {
            let Node::String(name) = name else {
                return Err(de::Error::custom("the name of a member is no string"));
            };
            if members.insert(name, access.next_value_seed(below)?).is_some() {
                return Err(de::Error::custom("a member stands twice in one object"));
            }
        }
        Ok(Node::Object(members))
    }
}
