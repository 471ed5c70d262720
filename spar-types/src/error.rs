//! What can be wrong with a document or a value, told without repeating any of it.

use std::fmt;

/// A document that cannot be read.
///
/// The message names the place (path and byte offset) and the rule. It never holds a value of the
/// document, nor an element name that the schemas do not know.
#[derive(Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    path: String,
    offset: usize,
}

/// The kinds of [`Error`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input is empty, or holds nothing but white space.
    Empty,
    /// The input ends inside the document. Ask for the complete document again.
    Truncated,
    /// The input is not well-formed XML. The text says which rule of XML it breaks.
    Malformed(&'static str),
    /// The input is not UTF-8, or declares another encoding.
    UnsupportedEncoding,
    /// The input holds a DOCTYPE. SPAR sends none, and none is ever expanded.
    DtdForbidden,
    /// The input exceeds one of the [`Limits`](crate::xml::Limits), named here.
    LimitExceeded(&'static str),
    /// The root element, or the child of the SOAP body, is another one than asked for.
    UnexpectedRoot,
    /// The document breaks the schema: strict reading, or nothing could be made of it.
    Schema(Rule),
}

/// A rule of the schema that a document or a value breaks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// The value does not have the form of the type named here, such as `xs:date`.
    Form(&'static str),
    /// The value has fewer characters than this.
    MinLength(usize),
    /// The value has more characters than this.
    MaxLength(usize),
    /// The value does not match the type's pattern, given as the schema writes it.
    Pattern(&'static str),
    /// The value is below this bound.
    MinInclusive(i64),
    /// The value is above this bound.
    MaxInclusive(i64),
    /// The value is none of those that the type lists.
    Enumeration,
    /// A required element, named here, is missing.
    MissingElement(&'static str),
    /// None of the alternatives is there, the first of which is named here.
    MissingAlternative(&'static str),
    /// The element is not expected after its predecessors: repeated too often, out of order, or
    /// excluded by an alternative that was chosen before.
    UnexpectedElement,
    /// The element is not known here.
    UnknownElement,
    /// The element is known by its local name, but stands in another namespace of SPAR.
    OtherNamespace,
    /// The attribute is not known here.
    UnknownAttribute,
    /// Text stands where only elements may.
    UnexpectedText,
    /// `xsi:nil` marks the element as absent, which the schema does not allow.
    Nil,
    /// A list holds more elements than the number given here.
    TooMany(usize),
    /// A list holds fewer elements than the number given here.
    TooFew(usize),
    /// The text holds a character that XML cannot carry.
    Character,
    /// The question that an answer repeats is not the one that was asked. Found by the client.
    OtherQuestion,
}

/// A place where a document departs from the schema, met in tolerant reading.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Deviation {
    /// The place, such as `SPARPersonsokningSvar/PersonsokningSvarspost[3]/Namn/Fornamn`.
    ///
    /// A name that the schemas do not know is written as `*`.
    pub path: String,
    /// Offset in bytes of the element from the start of the document.
    pub offset: usize,
    /// What the document departs from.
    pub rule: Rule,
    /// Whether no value could be made on account of this. The smallest record of a list around the place
    /// is then an error in its place ([`Entries`](crate::Entries)); an element that stands in no list is
    /// absent.
    pub is_lost: bool,
}

/// A value that its type does not allow.
///
/// Holds the type and the rule, never the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidValue {
    type_name: &'static str,
    rule: Rule,
}

/// A document that cannot be written because it would break the schema.
///
/// Holds the place and the rule, never the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidDocument {
    path: String,
    rule: Rule,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, path: String, offset: usize) -> Self {
        Self { kind, path, offset }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// The element in which it is wrong, empty before the root element.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Offset in bytes from the start of the document.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl Deviation {
    /// A departure that no reader finds, such as an answer to another question. Its offset is 0.
    #[must_use]
    pub fn new(path: &str, rule: Rule) -> Self {
        Self { path: path.to_owned(), offset: 0, rule, is_lost: false }
    }
}

impl From<Deviation> for Error {
    fn from(deviation: Deviation) -> Self {
        Self::new(ErrorKind::Schema(deviation.rule), deviation.path, deviation.offset)
    }
}

impl ErrorKind {
    /// A word for the kind that does not change: that of the [`Rule`] if the schema is broken, else such as
    /// `malformed`. For programs that sort what they are told; `Display` is for people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Truncated => "truncated",
            Self::Malformed(_) => "malformed",
            Self::UnsupportedEncoding => "encoding",
            Self::DtdForbidden => "doctype",
            Self::LimitExceeded(_) => "limit",
            Self::UnexpectedRoot => "root",
            Self::Schema(rule) => rule.name(),
        }
    }
}

impl Rule {
    /// A word for the rule that does not change: of a facet its name in XML Schema, such as `maxLength`.
    /// For programs that sort what they are told; `Display` is for people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Form(_) => "form",
            Self::MinLength(_) => "minLength",
            Self::MaxLength(_) => "maxLength",
            Self::Pattern(_) => "pattern",
            Self::MinInclusive(_) => "minInclusive",
            Self::MaxInclusive(_) => "maxInclusive",
            Self::Enumeration => "enumeration",
            Self::MissingElement(_) => "missingElement",
            Self::MissingAlternative(_) => "missingAlternative",
            Self::UnexpectedElement => "unexpectedElement",
            Self::UnknownElement => "unknownElement",
            Self::OtherNamespace => "otherNamespace",
            Self::UnknownAttribute => "unknownAttribute",
            Self::UnexpectedText => "unexpectedText",
            Self::Nil => "nil",
            Self::TooMany(_) => "tooMany",
            Self::TooFew(_) => "tooFew",
            Self::Character => "character",
            Self::OtherQuestion => "otherQuestion",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind, self.offset)?;
        if self.path.is_empty() { Ok(()) } else { write!(f, " in {}", self.path) }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("empty document"),
            Self::Truncated => f.write_str("document ends too early"),
            Self::Malformed(rule) => write!(f, "not well-formed XML: {rule}"),
            Self::UnsupportedEncoding => f.write_str("document is not UTF-8"),
            Self::DtdForbidden => f.write_str("document holds a DOCTYPE, which is refused"),
            Self::LimitExceeded(limit) => write!(f, "document exceeds the limit `{limit}`"),
            Self::UnexpectedRoot => f.write_str("not the expected root element"),
            Self::Schema(rule) => rule.fmt(f),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(name) => write!(f, "value does not have the form of {name}"),
            Self::MinLength(1) => f.write_str("value is empty"),
            Self::MinLength(limit) => write!(f, "value is shorter than {limit} characters"),
            Self::MaxLength(limit) => write!(f, "value is longer than {limit} characters"),
            Self::Pattern(pattern) => write!(f, "value does not match the pattern {pattern}"),
            Self::MinInclusive(bound) => write!(f, "value is below {bound}"),
            Self::MaxInclusive(bound) => write!(f, "value is above {bound}"),
            Self::Enumeration => f.write_str("value is none of the listed ones"),
            Self::MissingElement(name) => write!(f, "required element {name} is missing"),
            Self::MissingAlternative(name) => {
                write!(f, "none of the alternatives {name} … is there")
            }
            Self::UnexpectedElement => {
                f.write_str("element is repeated, out of order or excluded by another one")
            }
            Self::UnknownElement => f.write_str("unknown element"),
            Self::OtherNamespace => f.write_str("element stands in another namespace of SPAR"),
            Self::UnknownAttribute => f.write_str("unknown attribute"),
            Self::UnexpectedText => f.write_str("text between elements"),
            Self::Nil => f.write_str("xsi:nil on an element that cannot be nil"),
            Self::TooMany(limit) => write!(f, "more than {limit} elements"),
            Self::TooFew(limit) => write!(f, "fewer than {limit} elements"),
            Self::OtherQuestion => f.write_str("answer to another question"),
            Self::Character => f.write_str("character that XML cannot carry"),
        }
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {} in {}", self.rule, self.offset, self.path)?;
        if self.is_lost { f.write_str("; no value is made of it") } else { Ok(()) }
    }
}

impl InvalidValue {
    pub(crate) fn new(type_name: &'static str, rule: Rule) -> Self {
        Self { type_name, rule }
    }

    /// The Rust type that does not allow the value.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// The rule that the value breaks.
    #[must_use]
    pub fn rule(&self) -> &Rule {
        &self.rule
    }
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.type_name, self.rule)
    }
}

impl std::error::Error for InvalidValue {}

impl InvalidDocument {
    pub(crate) fn new(path: String, rule: Rule) -> Self {
        Self { path, rule }
    }

    /// The element that breaks the rule.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The rule that the document would break.
    #[must_use]
    pub fn rule(&self) -> &Rule {
        &self.rule
    }
}

impl fmt::Display for InvalidDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.rule, self.path)
    }
}

impl std::error::Error for InvalidDocument {}
