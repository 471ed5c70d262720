//! The writer under the generated code.

use std::fmt;

use crate::error::{InvalidDocument, Rule};
use crate::simple::SimpleType;
use crate::xml::children::Content;
use crate::xml::entries::Unrepresentable;
use crate::xml::name::Name;
use crate::xml::reading::Mode;
use crate::xml::{Root, is_xml_char};

/// Writes a record as a document, with an XML declaration.
///
/// # Errors
///
/// Nothing is written if the record would break the schema: a value of the register that was kept as
/// sent, an unknown code, a list that is too long or too short.
pub fn write<T: Root>(record: &T) -> Result<String, InvalidDocument> {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    write_into(record, &WriteOptions::default(), &mut out)?;
    Ok(out)
}

/// Appends a record as an element that declares all its namespaces, as SOAP bodies need it.
///
/// ```
/// use spar_types::personsok::newest::SparPersonsokningSvar;
/// use spar_types::xml::{self, Limits, Mode, WriteOptions};
///
/// let received = r#"<SPARPersonsokningSvar
///     xmlns="http://statenspersonadressregister.se/schema/personsok/2023.1/personsokningsvar"
///     xmlns:p="http://statenspersonadressregister.se/schema/komponent/sok/personsokningsokparametrar-1.2"
///     xmlns:s="http://statenspersonadressregister.se/schema/komponent/sok/sokargument-1.3">
///     <p:PersonsokningFraga><s:Kon>ANNAT</s:Kon></p:PersonsokningFraga>
///   </SPARPersonsokningSvar>"#;
/// let read = xml::read::<SparPersonsokningSvar>(received.as_bytes(), Mode::Tolerant, &Limits::default())?;
/// assert!(xml::write(&read.value).is_err(), "the schema does not know this code");
///
/// let mut as_sent = WriteOptions::default();
/// as_sent.mode = Mode::Tolerant;
/// let mut out = String::new();
/// xml::write_into(&read.value, &as_sent, &mut out)?;
/// assert!(out.contains("ANNAT"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// As [`write()`]. `out` is as it was before.
pub fn write_into<T: Root>(
    record: &T,
    options: &WriteOptions,
    out: &mut String,
) -> Result<(), InvalidDocument> {
    let before = out.len();
    let mut writer = Writer {
        out: std::mem::take(out),
        namespaces: T::NAMESPACES,
        options: options.clone(),
        tags: Vec::new(),
        slots: [0; 1 << SLOT_BITS],
        path: Vec::new(),
        invalid: None,
    };
    writer.root(T::NAME, record);
    *out = writer.out;
    match writer.invalid {
        None => Ok(()),
        Some(invalid) => {
            out.truncate(before);
            Err(invalid)
        }
    }
}

/// How a record is written.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WriteOptions {
    /// Whether what breaks the schema is refused. [`Mode::Strict`] by default.
    ///
    /// [`Mode::Tolerant`] writes values as they were read, for passing on what the register sent; it
    /// still refuses what XML cannot carry, and entries of which no record was made.
    pub mode: Mode,
    /// Number of the first prefix: 2 gives `ns2`, `ns3` and so on, as SPAR's own answers have them.
    /// No reader may depend on it. 1 by default.
    pub first_prefix: usize,
    /// A default namespace that no element uses. SPAR's answers declare one. None by default.
    pub unused_default: Option<&'static str>,
    /// Namespaces to be written in place of others, first the schema's, then what is written. Where the
    /// schema is reconstructed its namespace may turn out to be another one. Empty by default.
    pub namespaces: Vec<(String, String)>,
}

impl Default for WriteOptions {
    fn default() -> Self {
        Self { mode: Mode::Strict, first_prefix: 1, unused_default: None, namespaces: Vec::new() }
    }
}

/// A type that can be written as an element.
pub trait ToXml {
    /// Writes the value as an element of this name.
    fn to_xml(&self, name: Name, writer: &mut Writer);
}

/// A document under construction.
///
/// The first departure from the schema is kept and reported at the end, so that the generated code
/// has one statement per particle.
pub struct Writer {
    out: String,
    namespaces: &'static [&'static str],
    options: WriteOptions,
    /// Tags as they are written, behind the bracket and with the closing one.
    tags: Vec<(Name, Box<str>)>,
    /// Where in `tags` the name of this number is, counted from 1. Where two names share a slot, one has
    /// the next one.
    slots: [u8; 1 << SLOT_BITS],
    path: Vec<&'static str>,
    invalid: Option<InvalidDocument>,
}

/// A record has some 120 different names.
const SLOT_BITS: u32 = 9;

impl fmt::Debug for Writer {
    /// Shows the place, not what was written: that is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("path", &self.path).finish_non_exhaustive()
    }
}

/// What generated code calls.
#[doc(hidden)]
impl Writer {
    fn root<T: ToXml>(&mut self, name: Name, record: &T) {
        record.to_xml(name, self);
    }

    /// Starts an element; the root declares the namespaces.
    pub fn start(&mut self, name: Name, attributes: &[(&str, &str)]) {
        let is_root = self.path.is_empty();
        self.path.push(name.local);
        self.out.push('<');
        if !is_root && attributes.is_empty() {
            return self.tag(name);
        }
        self.tag(name);
        // More follows in the brackets.
        self.out.pop();
        if is_root {
            if let Some(namespace) = self.options.unused_default {
                self.attribute("xmlns", namespace);
            }
            for (index, namespace) in self.namespaces.iter().enumerate() {
                let prefix = format!("xmlns:ns{}", self.options.first_prefix.wrapping_add(index));
                let other = self.options.namespaces.iter().find(|(from, _)| from == namespace);
                let namespace = other.map_or_else(|| (*namespace).to_owned(), |(_, to)| to.clone());
                self.attribute(&prefix, &namespace);
            }
        }
        for (attribute, value) in attributes {
            self.attribute(attribute, value);
        }
        self.out.push('>');
    }

    /// Ends the element started last.
    pub fn end(&mut self, name: Name) {
        self.path.pop();
        self.out.push_str("</");
        self.tag(name);
    }

    /// Writes text into the element started last.
    pub fn text(&mut self, text: &str) {
        if text.bytes().all(is_plain) {
            return self.out.push_str(text);
        }
        let mut rest = text;
        while let Some(place) = rest.find(['<', '>', '&', '\r']) {
            self.out.push_str(&rest[..place]);
            self.out.push_str(match rest.as_bytes()[place] {
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'&' => "&amp;",
                _ => "&#13;",
            });
            rest = &rest[place + 1..];
        }
        self.out.push_str(rest);
        if !text.chars().all(is_xml_char) {
            self.refuse(Rule::Character);
        }
    }

    /// Reports a value that breaks the schema.
    pub fn check(&mut self, verdict: Result<(), Rule>) {
        if let Err(rule) = verdict {
            self.depart(rule);
        }
    }

    pub fn required<T: ToXml>(&mut self, name: Name, value: &T) {
        value.to_xml(name, self);
    }

    pub fn optional<T: ToXml>(&mut self, name: Name, value: &Option<T>) {
        if let Some(value) = value {
            value.to_xml(name, self);
        }
    }

    /// An element that the schema requires and the record may lack.
    pub fn expected<T: ToXml>(&mut self, name: Name, value: &Option<T>) {
        if value.is_none() {
            self.depart(Rule::MissingElement(name.local));
        }
        self.optional(name, value);
    }

    /// An element that is kept as another type than the one that judges it.
    pub fn optional_as<T: SimpleType, Judge: SimpleType>(&mut self, name: Name, value: &Option<T>) {
        if let Some(value) = value {
            self.start(name, &[]);
            self.text(value.as_str());
            self.check(Judge::from_register(value.as_str()).check());
            self.end(name);
        }
    }

    pub fn values<T: ToXml>(&mut self, name: Name, values: &[T], min: usize, max: usize) {
        self.check_count(values.len(), min, max);
        for value in values {
            value.to_xml(name, self);
        }
    }

    pub fn records<T: ToXml>(
        &mut self,
        name: Name,
        entries: &[Result<T, Unrepresentable>],
        min: usize,
        max: usize,
    ) {
        self.check_count(entries.len(), min, max);
        for entry in entries {
            match entry {
                Ok(record) => record.to_xml(name, self),
                Err(unrepresentable) => self.refuse(unrepresentable.rule().clone()),
            }
        }
    }

    fn check_count(&mut self, count: usize, min: usize, max: usize) {
        if count < min {
            self.depart(Rule::TooFew(min));
        }
        if count > max {
            self.depart(Rule::TooMany(max));
        }
    }

    /// Refuses a choice of which more than one alternative is there.
    pub fn one_of(&mut self, are_there: &[bool]) {
        if are_there.iter().filter(|is_there| **is_there).count() > 1 {
            self.depart(Rule::UnexpectedElement);
        }
    }

    pub fn group<T: Content>(&mut self, group: &T) {
        group.write(self);
    }

    pub fn optional_group<T: Content>(&mut self, group: &Option<T>) {
        if let Some(group) = group {
            group.write(self);
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        for c in value.chars() {
            match c {
                '<' => self.out.push_str("&lt;"),
                '&' => self.out.push_str("&amp;"),
                '"' => self.out.push_str("&quot;"),
                '\t' => self.out.push_str("&#9;"),
                '\n' => self.out.push_str("&#10;"),
                '\r' => self.out.push_str("&#13;"),
                c => self.out.push(c),
            }
            if !is_xml_char(c) {
                self.refuse(Rule::Character);
            }
        }
        self.out.push('"');
    }

    /// Writes the name with its prefix, and the closing bracket.
    fn tag(&mut self, name: Name) {
        let mut slot = (name.number() >> (64 - SLOT_BITS)) as usize;
        // Fewer tags than slots, so the way ends.
        while let Some((known, tag)) = self.tags.get(usize::from(self.slots[slot]).wrapping_sub(1))
        {
            if known.is_same_constant(name) || *known == name {
                return self.out.push_str(tag);
            }
            slot = (slot + 1) % self.slots.len();
        }
        self.new_tag(name, slot);
    }

    #[cold]
    fn new_tag(&mut self, name: Name, slot: usize) {
        // The list comes from the same schemas as the name, so the namespace is in it.
        let index = self.namespaces.iter().position(|known| *known == name.namespace);
        let prefix = self.options.first_prefix.wrapping_add(index.unwrap_or(0));
        let tag = format!("ns{prefix}:{}>", name.local);
        self.out.push_str(&tag);
        if self.tags.len() == usize::from(u8::MAX) {
            // No more can be counted; others are made anew each time.
            return;
        }
        self.tags.push((name, tag.into_boxed_str()));
        self.slots[slot] = self.tags.len() as u8;
    }

    /// Reports what the schema does not allow.
    fn depart(&mut self, rule: Rule) {
        if self.options.mode == Mode::Strict {
            self.refuse(rule);
        }
    }

    fn refuse(&mut self, rule: Rule) {
        if self.invalid.is_none() {
            self.invalid = Some(InvalidDocument::new(self.path.join("/"), rule));
        }
    }
}

/// Whether the byte is written as it is, and is no part of a character that XML excludes.
fn is_plain(byte: u8) -> bool {
    // U+FFFE and U+FFFF begin with 0xEF.
    !matches!(byte, b'<' | b'>' | b'&' | 0..=8 | 0xb..=0x1f | 0xef)
}

impl<T: Content> ToXml for T {
    fn to_xml(&self, name: Name, writer: &mut Writer) {
        writer.start(name, &[]);
        self.write(writer);
        writer.end(name);
    }
}
