//! Standard output: data, written so that a reader who leaves early is noticed and not a panic.

use std::io::{self, Write};

use anyhow::Result;

/// Writes a text as it is.
///
/// # Errors
///
/// It cannot be written, such as when a pipe's reader has gone.
pub(crate) fn write(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Writes a text as a line.
///
/// # Errors
///
/// As [`write`].
pub(crate) fn line(text: &str) -> Result<()> {
    write(&format!("{text}\n"))
}

/// Writes a line of data, as `println!` does, with an error where that panics.
macro_rules! say {
    ($($text:tt)*) => { $crate::output::line(&format!($($text)*)) };
}

pub(crate) use say;

/// Tells something beside the data.
pub(crate) fn note(text: &str) {
    eprintln!("note: {text}");
}
