//! The guard: the only code that sees bytes from outside.
//!
//! It lets through a well-formed, bounded document without DTD and with every namespace resolved,
//! or names what is wrong. quick-xml cuts the source into tags and text; what it leaves to its
//! caller is checked here: truncation between tags, a second root, undeclared prefixes, references,
//! characters, attributes and all limits.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use quick_xml::Reader;
use quick_xml::errors::{Error as QuickError, IllFormedError, SyntaxError};
use quick_xml::events::{BytesStart, Event};

use crate::error::{Error, ErrorKind};
use crate::xml::document::{
    Attribute, Document, NO_NAMESPACE, NO_PARENT, Node, Span, Text, presentable,
};
use crate::xml::limits::Limits;
use crate::xml::name::XSI;

const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

/// Byte order mark of UTF-8, which may stand before the document.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Different namespaces in one document. SPAR's schemas have some 30 in each interface version.
const MAX_NAMESPACES: usize = 2_000;

pub(super) fn parse<'x>(bytes: &'x [u8], limits: &Limits) -> Result<Document<'x>, Error> {
    let source = decode(bytes, limits)?;
    let mut guard = Guard::new(source, limits);
    guard.run().map_err(|kind| guard.place(kind))?;
    Ok(guard.document)
}

/// UTF-8 without the characters that XML excludes.
fn decode<'x>(bytes: &'x [u8], limits: &Limits) -> Result<&'x str, Error> {
    let fail = |kind, offset| Error::new(kind, String::new(), offset);
    // Offsets are kept in 32 bits.
    if bytes.len() > limits.document_bytes.min(u32::MAX as usize - 1) {
        return Err(fail(ErrorKind::LimitExceeded("document_bytes"), limits.document_bytes));
    }
    if matches!(bytes, [0xfe, 0xff, ..] | [0xff, 0xfe, ..] | [0, b'<', ..] | [b'<', 0, ..]) {
        return Err(fail(ErrorKind::UnsupportedEncoding, 0));
    }
    let source = std::str::from_utf8(bytes).map_err(|error| {
        // A sequence that only lacks its last bytes is what truncation leaves behind.
        let kind = match error.error_len() {
            None => ErrorKind::Truncated,
            Some(_) => ErrorKind::UnsupportedEncoding,
        };
        fail(kind, error.valid_up_to())
    })?;
    let is_control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
    let forbidden =
        bytes.iter().position(is_control).or_else(|| source.find(['\u{fffe}', '\u{ffff}']));
    match forbidden {
        Some(offset) => Err(fail(ErrorKind::Malformed("forbidden character"), offset)),
        None => Ok(source),
    }
}

struct Guard<'x, 'l> {
    limits: &'l Limits,
    document: Document<'x>,
    /// Open elements, as indexes into the document's nodes.
    open: Vec<u32>,
    /// Namespaces bound to a prefix, innermost last. A map, since hostile documents bind thousands.
    bindings: BTreeMap<&'x str, Vec<u16>>,
    /// Prefixes declared by the open elements, with the depth of the element.
    declared: Vec<(&'x str, usize)>,
    /// Indexes of the document's namespaces, in the order of their URIs.
    sorted_namespaces: Vec<u16>,
    /// Offset of the event at hand.
    offset: usize,
}

fn malformed(rule: &'static str) -> ErrorKind {
    ErrorKind::Malformed(rule)
}

impl<'x, 'l> Guard<'x, 'l> {
    fn new(source: &'x str, limits: &'l Limits) -> Self {
        Self {
            limits,
            document: Document {
                source,
                // A record of 2.8 kB has about 80 elements.
                nodes: Vec::with_capacity((source.len() / 32 + 1).min(limits.elements)),
                attributes: Vec::new(),
                namespaces: vec![String::new(), XML_NAMESPACE.to_owned()],
                unescaped: String::new(),
                numbers: OnceLock::new(),
            },
            open: Vec::new(),
            bindings: BTreeMap::from([("", vec![NO_NAMESPACE]), ("xml", vec![1])]),
            declared: Vec::new(),
            sorted_namespaces: vec![NO_NAMESPACE, 1],
            offset: 0,
        }
    }

    /// The error with its place: the open elements, and the start of the event at hand.
    fn place(&self, kind: ErrorKind) -> Error {
        let nodes = &self.document.nodes;
        let name = |index: &u32| {
            let span = nodes[*index as usize].name;
            presentable(&self.document.source[span.start as usize..span.end as usize])
        };
        let path = self.open.iter().map(name).collect::<Vec<_>>().join("/");
        Error::new(kind, path, self.offset)
    }

    fn run(&mut self) -> Result<(), ErrorKind> {
        let source = self.document.source;
        let skipped = if source.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        self.offset = skipped;
        if source[skipped..].starts_with(BYTE_ORDER_MARK) {
            // quick-xml would pass over this one without counting it.
            return Err(malformed("text outside the root element"));
        }
        let mut reader = Reader::from_str(&source[skipped..]);
        reader.config_mut().check_end_names = true;
        reader.config_mut().check_comments = true;
        let mut first = true;
        loop {
            let start = skipped + reader.buffer_position() as usize;
            self.offset = start;
            if source[start..].starts_with("<!DOCTYPE") {
                // Refused before any of it is looked at.
                return Err(ErrorKind::DtdForbidden);
            }
            let event =
                reader.read_event().map_err(|error| error_kind(&error, &source[start..]))?;
            let end = skipped + reader.buffer_position() as usize;
            if end - start > self.limits.event_bytes {
                return Err(ErrorKind::LimitExceeded("event_bytes"));
            }
            match event {
                Event::Start(tag) => self.start(&tag, start)?,
                Event::Empty(tag) => {
                    self.start(&tag, start)?;
                    self.end(end);
                }
                Event::End(_) => self.end(end),
                Event::Text(text) => self.text(&text.into_inner(), start)?,
                Event::CData(data) => self.cdata(&data.into_inner())?,
                Event::GeneralRef(reference) => {
                    let character = resolve(&reference)?;
                    self.in_element()?;
                    self.append(character.encode_utf8(&mut [0; 4]));
                }
                Event::Decl(declaration) => {
                    if !first {
                        return Err(malformed("XML declaration not at the start"));
                    }
                    let encoding = declared_encoding(&declaration)
                        .ok_or_else(|| malformed("XML declaration"))?;
                    if !encoding.eq_ignore_ascii_case("utf-8") {
                        return Err(ErrorKind::UnsupportedEncoding);
                    }
                }
                Event::PI(instruction) => {
                    let target = instruction.target();
                    if target.eq_ignore_ascii_case("xml") || !is_name(target) {
                        return Err(malformed("processing instruction"));
                    }
                }
                Event::Comment(_) => {}
                Event::DocType(_) => return Err(ErrorKind::DtdForbidden),
                Event::Eof => break,
            }
            first = false;
        }
        self.offset = source.len();
        match (self.document.nodes.is_empty(), self.open.is_empty()) {
            (true, _) if source[skipped..].trim().is_empty() => Err(ErrorKind::Empty),
            (true, _) | (_, false) => Err(ErrorKind::Truncated),
            (false, true) => Ok(()),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, offset: usize) -> Result<(), ErrorKind> {
        if self.open.is_empty() && !self.document.nodes.is_empty() {
            return Err(malformed("more than one root element"));
        }
        if self.open.len() >= self.limits.depth {
            return Err(ErrorKind::LimitExceeded("depth"));
        }
        if self.document.nodes.len() >= self.limits.elements {
            return Err(ErrorKind::LimitExceeded("elements"));
        }
        let qualified = tag.name();
        let name = qualified.as_ref();
        let prefix_len = self.split(name)?;
        let name_start = offset + 1;
        let index = as_u32(self.document.nodes.len());
        let first_attribute = as_u32(self.document.attributes.len());
        if !self.open.is_empty() && !self.has_children() && is_space(self.current_text()) {
            // White space before the first child: see `is_passed_over`.
            self.current().text = Text::None;
        }

        // The element stands in the list before its attributes are read, so that an error in them
        // names it; its namespace may be declared by them.
        self.document.nodes.push(Node {
            parent: self.open.last().copied().unwrap_or(NO_PARENT),
            end: index + 1,
            start_offset: as_u32(offset),
            end_offset: as_u32(offset),
            name: span(name_start + prefix_len.map_or(0, |len| len + 1), name_start + name.len()),
            namespace: NO_NAMESPACE,
            attribute_count: 0,
            first_attribute,
            text: Text::None,
        });
        self.open.push(index);
        if !tag.attributes_raw().is_empty() {
            self.attributes(tag, name_start)?;
        }
        let prefix = prefix_len.map_or("", |len| &name[..len]);
        let namespace = self.resolve_prefix(prefix)?;
        let count = self.document.attributes.len() - first_attribute as usize;
        let node = &mut self.document.nodes[index as usize];
        node.namespace = namespace;
        node.attribute_count = count as u16;
        Ok(())
    }

    fn end(&mut self, offset: usize) {
        // quick-xml reports an end tag without start tag as an error, so one is open.
        if let Some(index) = self.open.pop() {
            let depth = self.open.len() + 1;
            while let Some((prefix, _)) = self.declared.pop_if(|(_, declared)| *declared >= depth) {
                let outer = self.bindings.get_mut(prefix).filter(|namespaces| namespaces.len() > 1);
                match outer {
                    Some(namespaces) => drop(namespaces.pop()),
                    None => drop(self.bindings.remove(prefix)),
                }
            }
            let end = as_u32(self.document.nodes.len());
            let node = &mut self.document.nodes[index as usize];
            node.end = end;
            node.end_offset = as_u32(offset);
        }
    }

    /// Reads the attributes of the open element: first all declarations, then all others, since
    /// a prefix may be declared behind its use.
    fn attributes(&mut self, tag: &BytesStart<'_>, tag_start: usize) -> Result<(), ErrorKind> {
        let source = self.document.source;
        let base = tag.as_ptr() as usize;
        let position = |part: &str| tag_start + (part.as_ptr() as usize - base);
        let depth = self.open.len();
        let mut declarations = 0_usize;
        let mut others: Vec<(usize, usize, Text)> = Vec::new();
        let mut end_of_last = 0;
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|_| malformed("attribute"))?;
            let name = attribute.key.as_ref();
            let name_start = position(name);
            // quick-xml takes attributes that no white space parts.
            if name_start == end_of_last {
                return Err(malformed("attributes are not separated"));
            }
            let raw: &str = &attribute.value;
            let value_start = match &attribute.value {
                Cow::Borrowed(value) => position(value),
                Cow::Owned(_) => return Err(malformed("attribute")),
            };
            end_of_last = value_start + raw.len() + 1;
            let value = self.attribute_value(raw, value_start)?;
            let name = &source[name_start..name_start + name.len()];
            let prefix_len = self.split(name)?;
            let declared = match prefix_len {
                None if name == "xmlns" => Some(""),
                Some(5) if name.starts_with("xmlns") => Some(&name[6..]),
                _ => None,
            };
            let Some(prefix) = declared else {
                // They are counted in 16 bits.
                if others.len() >= self.limits.attributes.min(u16::MAX as usize) {
                    return Err(ErrorKind::LimitExceeded("attributes"));
                }
                others.push((name_start, name.len(), value));
                continue;
            };
            declarations += 1;
            if declarations > self.limits.namespace_declarations {
                return Err(ErrorKind::LimitExceeded("namespace_declarations"));
            }
            let namespace = self.declared_namespace(prefix, value)?;
            self.bindings.entry(prefix).or_default().push(namespace);
            self.declared.push((prefix, depth));
        }
        let first = self.document.attributes.len();
        for (start, len, value) in others {
            let name = &source[start..start + len];
            let prefix_len = self.split(name)?;
            let namespace = match prefix_len {
                None => NO_NAMESPACE,
                Some(len) => self.resolve_prefix(&name[..len])?,
            };
            let local = start + prefix_len.map_or(0, |len| len + 1);
            let is_same = |other: &Attribute| {
                other.namespace == namespace
                    && source[other.name.start as usize..other.name.end as usize]
                        == source[local..start + len]
            };
            if self.document.attributes[first..].iter().any(is_same) {
                return Err(malformed("attribute given twice"));
            }
            self.document.attributes.push(Attribute {
                name: span(local, start + len),
                namespace,
                value,
            });
        }
        Ok(())
    }

    fn attribute_value(&mut self, raw: &str, start: usize) -> Result<Text, ErrorKind> {
        if raw.contains('<') {
            return Err(malformed("`<` in an attribute value"));
        }
        if !raw.contains(['&', '\t', '\n', '\r']) {
            return Ok(Text::Source(span(start, start + raw.len())));
        }
        let from = self.document.unescaped.len();
        let normalized = raw.replace("\r\n", " ").replace(['\t', '\n', '\r'], " ");
        let mut rest = normalized.as_str();
        while let Some((text, reference)) = rest.split_once('&') {
            self.document.unescaped.push_str(text);
            let (name, behind) =
                reference.split_once(';').ok_or_else(|| malformed("`&` without reference"))?;
            self.document.unescaped.push(resolve(name)?);
            rest = behind;
        }
        self.document.unescaped.push_str(rest);
        Ok(Text::Unescaped(span(from, self.document.unescaped.len())))
    }

    fn declared_namespace(&mut self, prefix: &str, value: Text) -> Result<u16, ErrorKind> {
        let uri = match value {
            Text::None => "",
            Text::Source(s) => &self.document.source[s.start as usize..s.end as usize],
            Text::Unescaped(s) => &self.document.unescaped[s.start as usize..s.end as usize],
        };
        match (prefix, uri) {
            ("xml", XML_NAMESPACE) => return Ok(1),
            ("xml" | "xmlns", _) | (_, XML_NAMESPACE | XMLNS_NAMESPACE) => {
                return Err(malformed("reserved namespace"));
            }
            ("", "") => return Ok(NO_NAMESPACE),
            (_, "") => return Err(malformed("prefix bound to no namespace")),
            _ => {}
        }
        let namespaces = &self.document.namespaces;
        let by_uri = |index: &u16| namespaces[usize::from(*index)].as_str().cmp(uri);
        match self.sorted_namespaces.binary_search_by(by_uri) {
            Ok(place) => Ok(self.sorted_namespaces[place]),
            Err(_) if namespaces.len() >= MAX_NAMESPACES => {
                Err(ErrorKind::LimitExceeded("namespace_declarations"))
            }
            Err(place) => {
                let index = namespaces.len() as u16;
                let uri = uri.to_owned();
                self.document.namespaces.push(uri);
                self.sorted_namespaces.insert(place, index);
                Ok(index)
            }
        }
    }

    fn resolve_prefix(&self, prefix: &str) -> Result<u16, ErrorKind> {
        let found = self.bindings.get(prefix).and_then(|namespaces| namespaces.last());
        found.copied().ok_or_else(|| malformed("undeclared namespace prefix"))
    }

    /// Length of the prefix, if there is one.
    fn split(&self, name: &str) -> Result<Option<usize>, ErrorKind> {
        let colon = name.bytes().position(|byte| byte == b':');
        let is_valid = match colon {
            None => is_name(name),
            Some(colon) => is_name(&name[..colon]) && is_name(&name[colon + 1..]),
        };
        if is_valid { Ok(colon) } else { Err(malformed("name")) }
    }

    fn text(&mut self, text: &str, offset: usize) -> Result<(), ErrorKind> {
        if self.open.is_empty() {
            return if is_space(text) {
                Ok(())
            } else {
                Err(malformed("text outside the root element"))
            };
        }
        if text.contains("]]>") {
            return Err(malformed("`]]>` in text"));
        }
        if self.is_passed_over(text) {
            return Ok(());
        }
        if text.contains('\r') {
            self.append(&text.replace("\r\n", "\n").replace('\r', "\n"));
        } else if matches!(self.current().text, Text::None) {
            self.current().text = Text::Source(span(offset, offset + text.len()));
        } else {
            self.append(text);
        }
        Ok(())
    }

    fn cdata(&mut self, data: &str) -> Result<(), ErrorKind> {
        self.in_element()?;
        self.append(&data.replace("\r\n", "\n").replace('\r', "\n"));
        Ok(())
    }

    fn in_element(&self) -> Result<(), ErrorKind> {
        if self.open.is_empty() { Err(malformed("text outside the root element")) } else { Ok(()) }
    }

    /// The innermost open element; its callers have made sure that one is open.
    fn current(&mut self) -> &mut Node {
        let index = self.open.last().map_or(0, |index| *index as usize);
        &mut self.document.nodes[index]
    }

    fn current_text(&self) -> &str {
        let index = self.open.last().map_or(0, |index| *index as usize);
        self.document.text(self.document.nodes[index].text)
    }

    /// Whether the innermost element, which is open, has elements in it.
    fn has_children(&self) -> bool {
        self.open.last().is_some_and(|index| self.document.nodes.len() > *index as usize + 1)
    }

    /// Whether this text need not be kept.
    ///
    /// Of text between elements only the fact matters that some is there that is not white space. So
    /// its first piece is enough, and the white space between a million elements is not collected.
    fn is_passed_over(&self, text: &str) -> bool {
        let has_text = || {
            let index = self.open.last().map_or(0, |index| *index as usize);
            !matches!(self.document.nodes[index].text, Text::None)
        };
        self.has_children() && (is_space(text) || has_text())
    }

    /// Adds a piece to the text of the innermost element.
    fn append(&mut self, text: &str) {
        if self.is_passed_over(text) {
            return;
        }
        let source = self.document.source;
        let before = self.current().text;
        let buffer = &mut self.document.unescaped;
        let start = match before {
            // The piece before is the last one in the buffer: nothing of an element's own can come
            // between the pieces of its text.
            Text::Unescaped(span) => span.start as usize,
            Text::Source(span) => {
                let start = buffer.len();
                buffer.push_str(&source[span.start as usize..span.end as usize]);
                start
            }
            Text::None => buffer.len(),
        };
        buffer.push_str(text);
        let end = buffer.len();
        self.current().text = Text::Unescaped(span(start, end));
    }
}

fn is_space(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// The character that a reference stands for: one of the five of XML, or a number.
fn resolve(reference: &str) -> Result<char, ErrorKind> {
    let number = match reference {
        "amp" => return Ok('&'),
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "quot" => return Ok('"'),
        "apos" => return Ok('\''),
        _ => reference.strip_prefix('#').ok_or_else(|| malformed("undefined entity"))?,
    };
    let (digits, radix) = match number.strip_prefix('x') {
        Some(hex) => (hex, 16),
        None => (number, 10),
    };
    let is_digits = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    let code = if is_digits { u32::from_str_radix(digits, radix).ok() } else { None };
    code.and_then(char::from_u32)
        .filter(|c| is_xml_char(*c))
        .ok_or_else(|| malformed("character reference"))
}

/// Whether XML 1.0 allows the character in a document.
pub(crate) fn is_xml_char(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether this is a name without colon. Beyond ASCII the classes are those of XML 1.0.
fn is_name(name: &str) -> bool {
    let is_start = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '_' => true,
        '\u{d7}' | '\u{f7}' | '\u{37e}' => false,
        c => matches!(c,
            '\u{c0}'..='\u{2ff}' | '\u{370}'..='\u{1fff}' | '\u{200c}'..='\u{200d}'
            | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}'
            | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}'),
    };
    let is_part = |c: char| {
        is_start(c)
            || matches!(c, '0'..='9' | '-' | '.' | '\u{b7}' | '\u{300}'..='\u{36f}'
                | '\u{203f}'..='\u{2040}')
    };
    let mut characters = name.chars();
    characters.next().is_some_and(is_start) && characters.all(is_part)
}

/// The encoding that the XML declaration names, UTF-8 if it names none.
///
/// `None` where the declaration has not the form of XML 1.0: `version`, `encoding` and `standalone`,
/// in this order, the last two optional.
fn declared_encoding(declaration: &str) -> Option<&str> {
    let rest = declaration.strip_prefix("xml")?;
    let (version, rest) = pseudo_attribute(rest, "version")?;
    let minor = version?.strip_prefix("1.")?;
    if minor.is_empty() || !minor.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (encoding, rest) = pseudo_attribute(rest, "encoding")?;
    let (standalone, rest) = pseudo_attribute(rest, "standalone")?;
    let is_complete = matches!(standalone, None | Some("yes" | "no")) && is_space(rest);
    is_complete.then_some(encoding.unwrap_or("UTF-8"))
}

/// The value of the attribute if it is next, and what is behind it. `None` for a broken attribute.
fn pseudo_attribute<'t>(text: &'t str, name: &str) -> Option<(Option<&'t str>, &'t str)> {
    const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];
    let trimmed = text.trim_start_matches(SPACE);
    let Some(rest) = trimmed.strip_prefix(name).filter(|_| trimmed.len() < text.len()) else {
        return Some((None, text));
    };
    let rest = rest.trim_start_matches(SPACE).strip_prefix('=')?.trim_start_matches(SPACE);
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let (value, rest) = rest[1..].split_once(quote)?;
    Some((Some(value), rest))
}

/// `rest` is the source from the event at hand on, where quick-xml found the error.
fn error_kind(error: &QuickError, rest: &str) -> ErrorKind {
    match error {
        QuickError::Syntax(error) => match error {
            SyntaxError::InvalidBangMarkup if rest.len() > "<!".len() => {
                ErrorKind::Malformed("markup")
            }
            // What quick-xml calls unclosed it has looked for up to the end, but for these.
            SyntaxError::UnclosedPI if rest.starts_with("<?>") => {
                ErrorKind::Malformed("processing instruction")
            }
            SyntaxError::UnclosedComment
            | SyntaxError::UnclosedCData
            | SyntaxError::UnclosedDoctype
                if !["<!--", "<![CDATA[", "<!DOCTYPE"]
                    .iter()
                    .any(|start| is_prefix(start, rest)) =>
            {
                ErrorKind::Malformed("markup")
            }
            _ => ErrorKind::Truncated,
        },
        QuickError::IllFormed(error) => ErrorKind::Malformed(match error {
            // A name behind `&` may lack its end because the document does.
            IllFormedError::UnclosedReference if !rest[1..].contains(['<', '&']) => {
                return ErrorKind::Truncated;
            }
            IllFormedError::UnclosedReference => "`&` without reference",
            IllFormedError::MissingEndTag(_) => return ErrorKind::Truncated,
            IllFormedError::UnmatchedEndTag(_) => "end tag without start tag",
            IllFormedError::MismatchedEndTag { .. } => "end tag does not match its start tag",
            IllFormedError::DoubleHyphenInComment => "`--` in a comment",
            IllFormedError::MissingDoctypeName => return ErrorKind::DtdForbidden,
            IllFormedError::MissingDeclVersion(_) | IllFormedError::UnknownVersion => {
                "XML declaration"
            }
        }),
        QuickError::InvalidAttr(_) => ErrorKind::Malformed("attribute"),
        QuickError::Encoding(_) => ErrorKind::UnsupportedEncoding,
        QuickError::Escape(_) => ErrorKind::Malformed("reference"),
        QuickError::Namespace(_) => ErrorKind::Malformed("namespace"),
        QuickError::Io(_) => ErrorKind::Truncated,
    }
}

/// Whether one of the texts begins as the other, as far as both go.
fn is_prefix(one: &str, other: &str) -> bool {
    one.bytes().zip(other.bytes()).all(|(one, other)| one == other)
}

fn span(start: usize, end: usize) -> Span {
    Span { start: as_u32(start), end: as_u32(end) }
}

/// `decode` refuses documents whose offsets need more than 32 bits; what is unescaped is never
/// longer than the document.
fn as_u32(offset: usize) -> u32 {
    offset as u32
}

/// Names the `xsi` attributes that a reader may pass over.
pub(crate) fn is_xsi_location(namespace: &str, local_name: &str) -> bool {
    namespace == XSI && matches!(local_name, "schemaLocation" | "noNamespaceSchemaLocation")
}
