//! What is wrong with the inputs, and where.

use std::fmt;

/// An input that cannot be turned into code.
#[derive(Debug)]
pub struct Error {
    place: Option<(String, usize)>,
    message: String,
}

/// The result of every step of the generator.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error without a place in a schema file.
    pub fn new(message: impl Into<String>) -> Self {
        Self { place: None, message: message.into() }
    }

    /// An error at a line of a file.
    pub fn at(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self { place: Some((file.to_owned(), line)), message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((file, line)) = &self.place {
            write!(f, "{file}:{line}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
