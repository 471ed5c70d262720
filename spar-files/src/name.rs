//! Names that SPAR takes.

use crate::error::{Error, Refusal, Result};

/// Longest name of a file in characters, as file systems have it.
const MAX_NAME: usize = 255;

/// Checks the name of a file for SPAR (FT-03): 1 to 255 of the characters `a-z A-Z 0-9 . - _`, and neither
/// `.` nor `..`.
///
/// # Errors
///
/// [`Refusal::FileName`]. The error does not repeat the name.
///
/// Source: `ti/filer` for the characters; the length is that of common file systems.
pub fn check_file_name(name: &str) -> Result<()> {
    let is_taken = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let is_name = (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(is_taken);
    if is_name && name != "." && name != ".." {
        return Ok(());
    }
    Err(Error::refused(Refusal::FileName))
}
