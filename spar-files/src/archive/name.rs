//! Names of entries: none is ever used as a path, and one that could do harm as one is refused all the same.

use crate::error::NameFault;

/// Names that Windows gives to devices, whatever their extension.
const DEVICES: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];

/// Checks the name of a file in an archive.
pub(crate) fn check(name: &[u8]) -> Result<&str, NameFault> {
    let name = std::str::from_utf8(name).map_err(|_| NameFault::Encoding)?;
    if name.is_empty() {
        return Err(NameFault::Empty);
    }
    if name.chars().any(char::is_control) {
        return Err(NameFault::Character);
    }
    if name.contains('\\') || name.contains(':') {
        return Err(NameFault::Path);
    }
    if name.starts_with('/') {
        return Err(NameFault::Path);
    }
    // A directory ends with a slash.
    name.strip_suffix('/').unwrap_or(name).split('/').try_for_each(step)?;
    Ok(name)
}

fn step(step: &str) -> Result<(), NameFault> {
    let stem = step.split('.').next().unwrap_or(step).trim_end().to_ascii_uppercase();
    let is_numbered = |kind: &str| {
        stem.strip_prefix(kind).is_some_and(|n| n.len() == 1 && n.as_bytes()[0].is_ascii_digit())
    };
    match step {
        "" => Err(NameFault::Empty),
        "." | ".." => Err(NameFault::Path),
        _ if step.ends_with(['.', ' ']) => Err(NameFault::Character),
        _ if DEVICES.contains(&stem.as_str()) || is_numbered("COM") || is_numbered("LPT") => {
            Err(NameFault::Reserved)
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_do_harm_are_refused() {
        // ZIP-01, ZIP-02, ZIP-03.
        let check = |name: &[u8], expected: NameFault| {
            assert_eq!(check(name), Err(expected), "{}", name.escape_ascii());
        };
        for name in ["../../evil", "..\\..\\evil", "a/../../b", "/etc/x", "C:\\x", "C:x", "./x"] {
            check(name.as_bytes(), NameFault::Path);
        }
        check(b"a\0b", NameFault::Character);
        check(b"a\nb", NameFault::Character);
        check(b"\xe5.xml", NameFault::Encoding);
        check(b"", NameFault::Empty);
        check(b"a//b", NameFault::Empty);
        for name in ["a.", "a ", "a./b"] {
            check(name.as_bytes(), NameFault::Character);
        }
        for name in ["CON", "con.xml", "a/NUL", "LPT1.txt", "com9"] {
            check(name.as_bytes(), NameFault::Reserved);
        }
    }

    #[test]
    fn ordinary_names_are_taken() {
        // ZIP-22: the name inside is free.
        for name in
            ["SPARAvisering.xml", "folder/fil.xml", "fil med blanka och å.dat", "CONTENT", "a..b"]
        {
            assert_eq!(check(name.as_bytes()), Ok(name));
        }
    }
}
