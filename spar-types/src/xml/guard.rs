//! The guard: the only code that sees bytes from outside.
//!
//! It lets through a well-formed, bounded document without DTD and with every namespace resolved,
//! or names what is wrong. [`Tokens`] cuts the source into tags and text; everything else is checked
//! here: balance of the tags, truncation between them, a second root, undeclared prefixes, references,
//! characters, attributes and all limits.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use memchr::{memchr_iter, memchr2};
use quick_xml::events::{BytesStart, Event};

use crate::error::{Error, ErrorKind};
use crate::xml::document::{
    Attribute, Document, NO_PARENT, NO_TAG, Node, Origin, Span, Text, presentable,
};
use crate::xml::limits::Limits;
use crate::xml::name::XSI;
use crate::xml::scope::{NO_NAMESPACE, Scope, XML_NAMESPACE, XML_NAMESPACE_NUMBER};
use crate::xml::tokens::{Token, Tokens};

const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

/// Byte order mark of UTF-8, which may stand before the document.
pub(super) const BYTE_ORDER_MARK: &str = "\u{feff}";

pub(super) fn parse<'x>(
    bytes: &'x [u8],
    limits: &Limits,
    known_names: &'static [&'static str],
) -> Result<Document<'x>, Error> {
    parse_text(decode(bytes, limits)?, limits, known_names)
}

/// What [`decode`] has let through.
pub(super) fn parse_text<'x>(
    source: &'x str,
    limits: &Limits,
    known_names: &'static [&'static str],
) -> Result<Document<'x>, Error> {
    let origin = Origin { known_names, ..Origin::default() };
    let mut guard = Guard::new(source, limits, Scope::outermost(), origin);
    // A record of 2.8 kB has about 80 elements.
    guard.document.nodes.reserve((source.len() / 32 + 1).min(limits.elements));
    guard.run().map_err(|kind| guard.place(kind))?;
    Ok(guard.document)
}

/// As [`parse`], with tags and text as quick-xml cuts them.
#[cfg(feature = "quick-xml-tokenizer")]
pub(super) fn parse_by_quick_xml<'x>(
    bytes: &'x [u8],
    limits: &Limits,
    known_names: &'static [&'static str],
) -> Result<Document<'x>, Error> {
    let source = decode(bytes, limits)?;
    let origin = Origin { known_names, ..Origin::default() };
    let mut guard = Guard::new(source, limits, Scope::outermost(), origin);
    guard.is_oracle = true;
    guard.run().map_err(|kind| guard.place(kind))?;
    Ok(guard.document)
}

/// The element with which the source begins, and how many bytes it takes. `scope` is what stands
/// around it.
///
/// The source may go on behind the element, or end within it, which is [`ErrorKind::Truncated`].
pub(super) fn parse_element<'x>(
    source: &'x str,
    limits: &Limits,
    scope: &'x Scope,
    origin: Origin<'x>,
) -> Result<(Document<'x>, usize), Error> {
    let mut guard = Guard::new(source, limits, scope, origin);
    let end = guard.element().map_err(|kind| guard.place(kind))?;
    Ok((guard.document, end))
}

/// A start tag, read without the content of its element.
pub(super) struct StartTag<'x> {
    /// The element as if it were empty.
    pub(super) document: Document<'x>,
    /// How many bytes the tag takes.
    pub(super) len: usize,
    /// Its name as written, with prefix.
    pub(super) name: &'x str,
    /// Whether the element is empty, so that no end tag follows.
    pub(super) is_empty: bool,
    /// What stands around its content.
    pub(super) inner: Scope,
}

/// The start tag with which the source begins. The source may end within it, which is
/// [`ErrorKind::Truncated`].
pub(super) fn parse_start<'x>(
    source: &'x str,
    limits: &Limits,
    scope: &'x Scope,
    origin: Origin<'x>,
) -> Result<StartTag<'x>, Error> {
    let mut guard = Guard::new(source, limits, scope, origin);
    let (len, is_empty) = guard.start_tag().map_err(|kind| guard.place(kind))?;
    let inner = guard.inner_scope();
    let name = guard.open.last().map_or("", |open| open.name);
    Ok(StartTag { name, len, is_empty, inner, document: guard.document })
}

/// UTF-8 without the characters that XML excludes.
pub(super) fn decode<'x>(bytes: &'x [u8], limits: &Limits) -> Result<&'x str, Error> {
    let fail = |kind, offset| Error::new(kind, String::new(), offset);
    // Offsets are kept in 32 bits.
    if bytes.len() > limits.document_bytes.min(u32::MAX as usize - 1) {
        return Err(fail(ErrorKind::LimitExceeded("document_bytes"), limits.document_bytes));
    }
    if is_utf16(bytes) {
        return Err(fail(ErrorKind::UnsupportedEncoding, 0));
    }
    let source = simdutf8::compat::from_utf8(bytes).map_err(|error| {
        // A sequence that only lacks its last bytes is what truncation leaves behind.
        let kind = match error.error_len() {
            None => ErrorKind::Truncated,
            Some(_) => ErrorKind::UnsupportedEncoding,
        };
        fail(kind, error.valid_up_to())
    })?;
    match forbidden_character(source) {
        Some(offset) => Err(fail(FORBIDDEN_CHARACTER, offset)),
        None => Ok(source),
    }
}

/// What [`forbidden_character`] finds.
pub(super) const FORBIDDEN_CHARACTER: ErrorKind = malformed("forbidden character");

/// Whether a document begins as one in UTF-16 does.
pub(super) fn is_utf16(bytes: &[u8]) -> bool {
    matches!(bytes, [0xfe, 0xff, ..] | [0xff, 0xfe, ..] | [0, b'<', ..] | [b'<', 0, ..])
}

/// Where the first character stands that XML excludes: a control character, U+FFFE or U+FFFF.
pub(super) fn forbidden_character(source: &str) -> Option<usize> {
    let is_control = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
    // Block by block without leaving a block early, which the compiler makes vectors of.
    let blocks = source.as_bytes().chunks(64);
    let has_control = |block: &[u8]| block.iter().fold(false, |any, byte| any | is_control(*byte));
    let control = blocks.zip((0..).step_by(64)).find_map(|(block, start)| {
        let found = has_control(block).then(|| block.iter().position(|byte| is_control(*byte)));
        found.flatten().map(|place| start + place)
    });
    control.or_else(|| {
        let is_forbidden = |place: &usize| source[*place..].starts_with(['\u{fffe}', '\u{ffff}']);
        memchr_iter(0xef, source.as_bytes()).find(is_forbidden)
    })
}

struct Guard<'x, 'l> {
    limits: &'l Limits,
    document: Document<'x>,
    /// What stands around the document, if it is a piece of a larger one.
    scope: &'x Scope,
    open: Vec<Open<'x>>,
    /// Namespaces that the open elements bound to a prefix, innermost last. A map, since hostile
    /// documents bind thousands.
    bindings: BTreeMap<&'x str, Vec<u16>>,
    /// Prefixes declared by the open elements, with the depth of the element.
    declared: Vec<(&'x str, usize)>,
    known: KnownTags<'x>,
    /// Offset of the event at hand.
    offset: usize,
    #[cfg(feature = "quick-xml-tokenizer")]
    is_oracle: bool,
}

/// An open element.
struct Open<'x> {
    /// Its index in the document's nodes.
    index: u32,
    /// Its name as written, with prefix.
    name: &'x str,
}

pub(super) const fn malformed(rule: &'static str) -> ErrorKind {
    ErrorKind::Malformed(rule)
}

impl<'x, 'l> Guard<'x, 'l> {
    fn new(source: &'x str, limits: &'l Limits, scope: &'x Scope, origin: Origin<'x>) -> Self {
        Self {
            limits,
            document: Document {
                source,
                nodes: Vec::new(),
                attributes: Vec::new(),
                namespaces: Arc::clone(&scope.namespaces),
                unescaped: String::new(),
                origin,
                numbers: OnceLock::new(),
            },
            open: Vec::new(),
            scope,
            bindings: BTreeMap::new(),
            declared: Vec::new(),
            known: KnownTags::new(),
            offset: 0,
            #[cfg(feature = "quick-xml-tokenizer")]
            is_oracle: false,
        }
    }

    /// The error with its place: the open elements, and the start of the event at hand.
    fn place(&self, kind: ErrorKind) -> Error {
        Error::new(kind, self.path(), self.document.origin.offset + self.offset)
    }

    /// The open elements.
    fn path(&self) -> String {
        let nodes = &self.document.nodes;
        let name = |open: &Open<'_>| {
            let span = nodes[open.index as usize].name;
            presentable(
                &self.document.source[span.start as usize..span.end as usize],
                self.document.origin.known_names,
            )
        };
        let around = Some(self.scope.path.as_str()).filter(|path| !path.is_empty());
        let names = around.into_iter().chain(self.open.iter().map(name));
        names.collect::<Vec<_>>().join("/")
    }

    /// What stands around the children of the innermost open element.
    fn inner_scope(&self) -> Scope {
        let mut bindings = self.scope.bindings.clone();
        for (prefix, namespaces) in &self.bindings {
            if let Some(namespace) = namespaces.last() {
                bindings.insert((*prefix).to_owned(), *namespace);
            }
        }
        Scope {
            bindings,
            namespaces: Arc::clone(&self.document.namespaces),
            path: self.path(),
            depth: self.scope.depth + self.open.len(),
            spare_tags: Mutex::default(),
        }
    }

    fn run(&mut self) -> Result<(), ErrorKind> {
        let source = self.document.source;
        let skipped = if source.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        self.offset = skipped;
        if source[skipped..].starts_with(BYTE_ORDER_MARK) {
            return Err(malformed("text outside the root element"));
        }
        let mut tokens = Tokens::new(source, skipped);
        #[cfg(feature = "quick-xml-tokenizer")]
        if self.is_oracle {
            tokens = Tokens::of_quick_xml(source, skipped);
        }
        let mut first = true;
        while self.step(&mut tokens, first)? {
            first = false;
        }
        self.offset = source.len();
        match (self.document.nodes.is_empty(), self.open.is_empty()) {
            (true, _) if source[skipped..].trim().is_empty() => Err(ErrorKind::Empty),
            (true, _) | (_, false) => Err(ErrorKind::Truncated),
            (false, true) => Ok(()),
        }
    }

    /// Reads the element with which the source begins. The position behind it.
    fn element(&mut self) -> Result<usize, ErrorKind> {
        let mut tokens = Tokens::new(self.document.source, 0);
        while self.step(&mut tokens, false)? {
            if self.open.is_empty() {
                return Ok(tokens.position());
            }
        }
        Err(ErrorKind::Truncated)
    }

    /// Reads the start tag with which the source begins. The position behind it, and whether it ends
    /// its element.
    fn start_tag(&mut self) -> Result<(usize, bool), ErrorKind> {
        let mut tokens = Tokens::new(self.document.source, 0);
        let token = tokens.next()?;
        let end = tokens.position();
        if end > self.limits.event_bytes {
            return Err(ErrorKind::LimitExceeded("event_bytes"));
        }
        match token {
            Token::Start(tag) => self.start(tag, 0).map(|()| (end, false)),
            Token::Empty(tag) => self.start(tag, 0).map(|()| (end, true)),
            _ => Err(malformed("markup")),
        }
    }

    /// Reads the next piece. `false` if there is none.
    fn step(&mut self, tokens: &mut Tokens<'x>, first: bool) -> Result<bool, ErrorKind> {
        let start = tokens.position();
        self.offset = start;
        let token = tokens.next()?;
        if let Token::End(name) = token {
            self.expect_end(name)?;
        }
        let other = if let Token::Other = token { Some(tokens.other()?) } else { None };
        let end = tokens.position();
        if end - start > self.limits.event_bytes {
            return Err(ErrorKind::LimitExceeded("event_bytes"));
        }
        match token {
            Token::Start(tag) => {
                self.start(tag, start)?;
                self.leaf(tokens);
            }
            Token::Empty(tag) => {
                self.start(tag, start)?;
                self.end(end);
            }
            Token::End(_) => self.end(end),
            Token::Text(text) => self.text(text, start)?,
            Token::Other => {
                if let Some(event) = other {
                    self.other(event, first)?
                }
            }
            Token::Eof => return Ok(false),
        }
        Ok(true)
    }

    /// What is neither tag nor text.
    fn other(&mut self, event: Event<'_>, first: bool) -> Result<(), ErrorKind> {
        match judge(event, first)? {
            Other::Data(data) => self.cdata(&data),
            Other::Reference(character) => {
                self.in_element()?;
                self.append(character.encode_utf8(&mut [0; 4]));
                Ok(())
            }
            Other::Nothing => Ok(()),
        }
    }

    /// `tag` is what stands between the brackets.
    fn start(&mut self, tag: &'x str, offset: usize) -> Result<(), ErrorKind> {
        if self.open.is_empty() && !self.document.nodes.is_empty() {
            return Err(malformed("more than one root element"));
        }
        if self.scope.depth + self.open.len() >= self.limits.depth {
            return Err(ErrorKind::LimitExceeded("depth"));
        }
        if self.document.nodes.len() >= self.limits.elements {
            return Err(ErrorKind::LimitExceeded("elements"));
        }
        if self.has_text() && !self.has_children() && is_space(self.current_text()) {
            // White space before the first child: see `is_passed_over`.
            self.current().text = Text::None;
        }
        let name_start = offset + 1;
        if let Some(known) = self.known.find(tag) {
            let index = self.push(tag, name_start, known.local as usize);
            let node = &mut self.document.nodes[index];
            (node.namespace, node.tag) = (known.namespace, known.number);
            return Ok(());
        }

        let name = tag.split(SPACE).next().unwrap_or(tag);
        let prefix_len = split(name)?;
        let local = prefix_len.map_or(0, |len| len + 1);
        // The element stands in the list before its attributes are read, so that an error in them
        // names it; its namespace may be declared by them.
        let index = self.push(name, name_start, local);
        if name.len() < tag.len() {
            let first = self.document.attributes.len();
            self.attributes(tag, name.len(), name_start)?;
            let count = self.document.attributes.len() - first;
            self.document.nodes[index].attribute_count = count as u16;
        }
        let namespace = self.resolve_prefix(prefix_len.map_or("", |len| &name[..len]))?;
        self.document.nodes[index].namespace = namespace;
        if name.len() == tag.len() {
            self.document.nodes[index].tag = self.known.add(tag, local, namespace);
        }
        Ok(())
    }

    /// Opens an element; `local` is where its name begins behind the prefix.
    fn push(&mut self, name: &'x str, name_start: usize, local: usize) -> usize {
        let index = self.document.nodes.len();
        let offset = as_u32(name_start - 1);
        self.document.nodes.push(Node {
            parent: self.open.last().map_or(NO_PARENT, |open| open.index),
            end: as_u32(index + 1),
            start_offset: offset,
            end_offset: offset,
            name: span(name_start + local, name_start + name.len()),
            namespace: NO_NAMESPACE,
            tag: NO_TAG,
            attribute_count: 0,
            first_attribute: as_u32(self.document.attributes.len()),
            text: Text::None,
        });
        self.open.push(Open { index: as_u32(index), name });
        index
    }

    /// Ends the element that was just started, if it holds nothing but text.
    fn leaf(&mut self, tokens: &mut Tokens<'x>) {
        let Some(open) = self.open.last() else { return };
        let start = tokens.position();
        let Some(text) = tokens.leaf(open.name, self.limits.event_bytes) else { return };
        if !text.is_empty() {
            self.current().text = Text::Source(span(start, start + text.len()));
        }
        self.end(tokens.position());
    }

    /// Whether this end tag is that of the innermost element.
    fn expect_end(&self, name: &str) -> Result<(), ErrorKind> {
        match self.open.last() {
            None => Err(malformed("end tag without start tag")),
            Some(open) if open.name == name || open.name == name.trim_end_matches(SPACE) => Ok(()),
            Some(_) => Err(malformed("end tag does not match its start tag")),
        }
    }

    fn end(&mut self, offset: usize) {
        if let Some(Open { index, .. }) = self.open.pop() {
            let depth = self.open.len() + 1;
            while let Some((prefix, _)) = self.declared.pop_if(|(_, declared)| *declared >= depth) {
                self.known.forget();
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
    fn attributes(
        &mut self,
        tag: &'x str,
        name_len: usize,
        tag_start: usize,
    ) -> Result<(), ErrorKind> {
        let source = self.document.source;
        let base = tag.as_ptr() as usize;
        let position = |part: &str| tag_start + (part.as_ptr() as usize - base);
        let depth = self.open.len();
        let mut declarations = 0_usize;
        let mut others: Vec<(usize, usize, Text)> = Vec::new();
        let mut end_of_last = 0;
        for attribute in BytesStart::from_content(tag, name_len).attributes() {
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
            let prefix_len = split(name)?;
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
            self.known.forget();
        }
        let first = self.document.attributes.len();
        for (start, len, value) in others {
            let name = &source[start..start + len];
            let prefix_len = split(name)?;
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
            ("xml", XML_NAMESPACE) => return Ok(XML_NAMESPACE_NUMBER),
            ("xml" | "xmlns", _) | (_, XML_NAMESPACE | XMLNS_NAMESPACE) => {
                return Err(malformed("reserved namespace"));
            }
            ("", "") => return Ok(NO_NAMESPACE),
            (_, "") => return Err(malformed("prefix bound to no namespace")),
            _ => {}
        }
        self.document.namespaces.number(uri)
    }

    fn resolve_prefix(&self, prefix: &str) -> Result<u16, ErrorKind> {
        let found = self.bindings.get(prefix).and_then(|namespaces| namespaces.last());
        let found = found.or_else(|| self.scope.bindings.get(prefix));
        found.copied().ok_or_else(|| malformed("undeclared namespace prefix"))
    }

    fn text(&mut self, text: &str, offset: usize) -> Result<(), ErrorKind> {
        if self.open.is_empty() {
            return if is_space(text) {
                Ok(())
            } else {
                Err(malformed("text outside the root element"))
            };
        }
        // One look settles both for most texts.
        let is_special = memchr2(b'>', b'\r', text.as_bytes()).is_some();
        if is_special && text.contains("]]>") {
            return Err(malformed("`]]>` in text"));
        }
        if self.is_passed_over(text) {
            return Ok(());
        }
        if is_special && text.contains('\r') {
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
        let index = self.open.last().map_or(0, |open| open.index as usize);
        &mut self.document.nodes[index]
    }

    fn current_text(&self) -> &str {
        let index = self.open.last().map_or(0, |open| open.index as usize);
        self.document.text(self.document.nodes[index].text)
    }

    /// Whether an element is open and the innermost one has text.
    fn has_text(&self) -> bool {
        let text_of = |open: &Open<'_>| self.document.nodes[open.index as usize].text;
        self.open.last().is_some_and(|open| !matches!(text_of(open), Text::None))
    }

    /// Whether the innermost element, which is open, has elements in it.
    fn has_children(&self) -> bool {
        self.open.last().is_some_and(|open| self.document.nodes.len() > open.index as usize + 1)
    }

    /// Whether this text need not be kept.
    ///
    /// Of text between elements only the fact matters that some is there that is not white space. So
    /// its first piece is enough, and the white space between a million elements is not collected.
    fn is_passed_over(&self, text: &str) -> bool {
        self.has_children() && (is_space(text) || self.has_text())
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

/// What that comes to which is neither tag nor text.
pub(super) enum Other<'x> {
    /// The content of a CDATA section.
    Data(Cow<'x, str>),
    Reference(char),
    /// A comment, a processing instruction, the XML declaration.
    Nothing,
}

/// Judges a piece that is neither tag nor text. `first` says that nothing stands before it.
pub(super) fn judge(event: Event<'_>, first: bool) -> Result<Other<'_>, ErrorKind> {
    match event {
        Event::CData(data) => return Ok(Other::Data(data.into_inner())),
        Event::GeneralRef(reference) => return resolve(&reference).map(Other::Reference),
        Event::Decl(declaration) => {
            if !first {
                return Err(malformed("XML declaration not at the start"));
            }
            let encoding =
                declared_encoding(&declaration).ok_or_else(|| malformed("XML declaration"))?;
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
        Event::DocType(_) => return Err(ErrorKind::DtdForbidden),
        _ => {}
    }
    Ok(Other::Nothing)
}

/// Tags without attributes whose names were looked up before: a document has many tags, but few
/// different ones.
///
/// Tags that share a slot take it from each other, so the size is fixed. What is known holds as long
/// as the declarations of namespaces stay as they are.
struct KnownTags<'x> {
    slots: Vec<(u32, KnownTag<'x>)>,
    /// Counts the changes of the declarations.
    generation: u32,
    count: u16,
}

#[derive(Clone, Copy)]
struct KnownTag<'x> {
    tag: &'x str,
    /// Where the name begins behind the prefix.
    local: u32,
    namespace: u16,
    number: u16,
}

impl<'x> KnownTags<'x> {
    /// An answer has some 100 different tags.
    const SLOT_BITS: u32 = 9;

    /// Tags that get a number. Those that come later are taken for rare.
    const MAX_NUMBERED: u16 = 1 << 10;

    fn new() -> Self {
        let none = KnownTag { tag: "", local: 0, namespace: NO_NAMESPACE, number: NO_TAG };
        Self { slots: vec![(0, none); 1 << Self::SLOT_BITS], generation: 1, count: 0 }
    }

    fn find(&self, tag: &str) -> Option<KnownTag<'x>> {
        let slot = Self::slot(tag);
        let known = [self.slots[slot], self.slots[slot ^ 1]];
        let is_found = |(generation, known): &(u32, KnownTag<'_>)| {
            *generation == self.generation && known.tag == tag
        };
        known.into_iter().find(is_found).map(|(_, known)| known)
    }

    /// The tag with a number, which is found from now on.
    fn add(&mut self, tag: &'x str, local: usize, namespace: u16) -> u16 {
        let number = if self.count < Self::MAX_NUMBERED { self.count } else { NO_TAG };
        self.count = self.count.saturating_add(1);
        let mut slot = Self::slot(tag);
        if self.slots[slot].0 == self.generation {
            slot ^= 1;
        }
        let known = KnownTag { tag, local: as_u32(local), namespace, number };
        self.slots[slot] = (self.generation, known);
        number
    }

    fn forget(&mut self) {
        self.generation += 1;
    }

    fn slot(tag: &str) -> usize {
        let bytes = tag.as_bytes();
        let hash = match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => {
                u64::from_le_bytes(*first).rotate_left(31) ^ u64::from_le_bytes(*last)
            }
            _ => bytes.iter().fold(0, |hash, byte| hash << 8 | u64::from(*byte)),
        };
        // Multiplied by the golden ratio, the upper bits depend on all others.
        (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - Self::SLOT_BITS)) as usize
    }
}

/// Length of the prefix, if there is one.
pub(super) fn split(name: &str) -> Result<Option<usize>, ErrorKind> {
    let colon = name.bytes().position(|byte| byte == b':');
    let is_valid = match colon {
        None => is_name(name),
        Some(colon) => is_name(&name[..colon]) && is_name(&name[colon + 1..]),
    };
    if is_valid { Ok(colon) } else { Err(malformed("name")) }
}

pub(super) const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

pub(super) fn is_space(text: &str) -> bool {
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
    let trimmed = text.trim_start_matches(SPACE);
    let Some(rest) = trimmed.strip_prefix(name).filter(|_| trimmed.len() < text.len()) else {
        return Some((None, text));
    };
    let rest = rest.trim_start_matches(SPACE).strip_prefix('=')?.trim_start_matches(SPACE);
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let (value, rest) = rest[1..].split_once(quote)?;
    Some((Some(value), rest))
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
