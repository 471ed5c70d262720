//! What is wrong with the inputs, and where.

use std::fmt;
use std::path::Path;

use annotate_snippets::{AnnotationKind, Level, Message, Origin, Renderer, Snippet};

/// An input that cannot be turned into code.
///
/// `Display` tells file, line, what is wrong and what to do. [`report`](Self::report) shows the place.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    place: Option<(String, usize)>,
    message: String,
    hint: Option<String>,
    proposals: Vec<Proposal>,
    /// The line at the place.
    source: Option<String>,
}

/// The result of every step of the generator.
pub type Result<T> = std::result::Result<T, Error>;

/// Lines for `names.toml` that would give an anonymous part of a schema a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What the lines are for, in words.
    pub about: String,
    /// The lines, ready to be put into `names.toml`.
    pub toml: String,
}

impl Error {
    /// An error without a place in a schema file.
    pub fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            place: None,
            message: message.into(),
            hint: None,
            proposals: Vec::new(),
            source: None,
        }))
    }

    /// An error at a line of a file.
    pub fn at(file: &str, line: usize, message: impl Into<String>) -> Self {
        let mut error = Self::new(message);
        error.0.place = Some((file.to_owned(), line));
        error
    }

    /// The error, with the place that it is about.
    pub(crate) fn put_at(mut self, file: &str, line: usize) -> Self {
        self.0.place = Some((file.to_owned(), line));
        self
    }

    /// The error, with what to do about it.
    #[must_use]
    pub(crate) fn hint(mut self, hint: &str) -> Self {
        self.0.hint = Some(hint.to_owned());
        self
    }

    /// The error, with names that would mend it.
    pub(crate) fn propose(mut self, proposals: Vec<Proposal>) -> Self {
        self.0.proposals = proposals;
        self
    }

    /// The error, with the line that it is about, taken from its file below this folder.
    pub(crate) fn quoted_from(mut self, root: &Path) -> Self {
        if let (Some((file, line)), None) = (&self.0.place, &self.0.source) {
            let text = std::fs::read_to_string(root.join(file)).unwrap_or_default();
            self.0.source = text.lines().nth(line.saturating_sub(1)).map(str::to_owned);
        }
        self
    }

    /// The file, below the schema folder, and the line in it, from 1 on.
    #[must_use]
    pub fn place(&self) -> Option<(&str, usize)> {
        self.0.place.as_ref().map(|(file, line)| (file.as_str(), *line))
    }

    /// What is wrong, without place and without what to do.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Names for what the schemas leave without one. Where there are any, adding all of them to
    /// `names.toml` mends the error; they are made of the members' names, for people to improve.
    #[must_use]
    pub fn proposals(&self) -> &[Proposal] {
        &self.0.proposals
    }

    /// The error as compilers show one: message, place, the line, what to do, and names to paste.
    #[must_use]
    pub fn report(&self) -> String {
        let Inner { place, message, hint, source, .. } = &*self.0;
        let mut group =
            Level::ERROR.primary_title(message.as_str()).elements([] as [Message<'_>; 0]);
        // A tab would shift the marks.
        let line = source.as_deref().unwrap_or_default().replace('\t', "    ");
        match (place, line.trim()) {
            (Some((file, number)), "") => {
                group = group.element(Origin::path(file.as_str()).line(*number));
            }
            (Some((file, number)), text) => {
                let start = line.len() - line.trim_start().len();
                let mark = AnnotationKind::Primary.span(start..start + text.len());
                let snippet =
                    Snippet::source(line.as_str()).line_start(*number).path(file.as_str());
                group = group.element(snippet.annotation(mark));
            }
            (None, _) => {}
        }
        if let Some(hint) = hint {
            group = group.element(Level::HELP.with_name("hint").message(hint.as_str()));
        }
        let report = Renderer::plain().render(&[group]);
        format!("{report}\n{}", self.lines_to_paste())
    }

    fn lines_to_paste(&self) -> String {
        if self.0.proposals.is_empty() {
            return String::new();
        }
        let mut out = "hint: add to names.toml, under better names if you know any:\n".to_owned();
        for Proposal { about, toml } in &self.0.proposals {
            out.push_str(&format!("\n# {about}\n{toml}\n"));
        }
        out
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((file, line)) = &self.0.place {
            write!(f, "{file}:{line}: ")?;
        }
        f.write_str(&self.0.message)?;
        if let Some(hint) = &self.0.hint {
            write!(f, "\nhint: {hint}")?;
        }
        match self.lines_to_paste().trim_end() {
            "" => Ok(()),
            lines => write!(f, "\n{lines}"),
        }
    }
}

impl std::error::Error for Error {}
