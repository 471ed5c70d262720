//! `cargo xtask picture`.

use std::fmt::Write;
use std::fs;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};

use crate::workspace;

/// Where the README looks for it.
const FILE: &str = "docs/demo.svg";

/// Lines of the demonstration that fit into a README.
const LINES: usize = 34;

/// Makes the README's picture of what `spar demo` says.
pub(crate) fn run() -> Result<ExitCode> {
    let output = Command::new("cargo")
        .current_dir(workspace())
        .args(["run", "--quiet", "-p", "spar-tool", "--", "demo"])
        .output()
        .context("cargo does not start")?;
    ensure!(output.status.success(), "the demonstration failed");
    let text = String::from_utf8(output.stdout)?;
    fs::write(workspace().join(FILE), svg(&text)?)?;
    println!("{FILE}");
    Ok(ExitCode::SUCCESS)
}

/// The beginning of the text, as on a terminal.
fn svg(text: &str) -> Result<String> {
    let lines: Vec<_> = ["$ spar demo".to_owned()]
        .into_iter()
        .chain(text.lines().map(settled))
        .take(LINES)
        .chain(["…".to_owned()])
        .collect();
    let height = lines.len() * 18 + 24;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"860\" height=\"{height}\" role=\"img\" \
         aria-label=\"What spar demo says\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1e2329\"/>\n\
         <g font-family=\"ui-monospace, Menlo, Consolas, monospace\" font-size=\"13\" fill=\"#d7dde4\">\n"
    );
    for (number, line) in lines.iter().enumerate() {
        let is_title = line.starts_with(|c: char| c.is_ascii_digit() || c == '$');
        let style = if is_title { " font-weight=\"bold\" fill=\"#8ec7ff\"" } else { "" };
        let line = line.replace('&', "&amp;").replace('<', "&lt;").replace(' ', "\u{a0}");
        writeln!(svg, "<text x=\"16\" y=\"{}\"{style}>{line}</text>", number * 18 + 26)?;
    }
    svg.push_str("</g>\n</svg>\n");
    Ok(svg)
}

/// Without what differs from run to run: the port, and how long things took.
fn settled(line: &str) -> String {
    let words = line.split(' ').map(|word| match word.split_once("localhost:") {
        Some((before, after)) => {
            let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{before}localhost:8443{rest}")
        }
        None => word.to_owned(),
    });
    let line = words.collect::<Vec<_>>().join(" ");
    let parts: Vec<_> = line.split(", ").filter(|part| !part.ends_with(" ms")).collect();
    parts.join(", ")
}
