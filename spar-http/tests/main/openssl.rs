//! OpenSSL's command, the writer of most files that people have.

use std::io::{ErrorKind, Write};
use std::process::Command;

/// What the command writes, given the text as its input file. Without OpenSSL, or without its
/// outdated methods, there is nothing to test; where everything must be, that is a failure.
pub(crate) fn openssl(arguments: &[&str], input: &str) -> Option<Vec<u8>> {
    let mut file = tempfile::NamedTempFile::new().expect("file");
    file.write_all(input.as_bytes()).expect("written");
    let output = match Command::new("openssl").args(arguments).arg("-in").arg(file.path()).output()
    {
        Err(error) if error.kind() == ErrorKind::NotFound => return skipped("it is missing"),
        output => output.expect("openssl runs"),
    };
    if output.status.success() {
        return Some(output.stdout);
    }
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(arguments.contains(&"-legacy"), "openssl {arguments:?}: {why}");
    skipped(&why)
}

#[expect(clippy::print_stdout, reason = "a skipped test must be seen")]
fn skipped(why: &str) -> Option<Vec<u8>> {
    let is_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
    assert!(!is_ci, "openssl cannot be used: {why}");
    println!("SKIPPED: openssl cannot be used: {why}");
    None
}
