//! Cells of CSV: an absent one is nothing, an empty one is two quotes.

/// How cells that a spreadsheet would take for formulas are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Formulas {
    /// As they are.
    Keep,
    /// With an apostrophe in front.
    Guard,
}

/// Appends a row.
pub(super) fn row<'c>(
    cells: impl Iterator<Item = Option<&'c str>>,
    formulas: Formulas,
    out: &mut String,
) {
    for (nth, cell) in cells.enumerate() {
        if nth > 0 {
            out.push(',');
        }
        let Some(text) = cell else { continue };
        let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let guard = if is_formula && formulas == Formulas::Guard { "'" } else { "" };
        if text.is_empty() || text.contains([',', '"', '\n', '\r']) {
            out.push_str(&format!("\"{guard}{}\"", text.replace('"', "\"\"")));
        } else {
            out.push_str(guard);
            out.push_str(text);
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_as_they_were() {
        // FILE-24.
        let check = |cells: &[Option<&str>], formulas, expected: &str| {
            let mut out = String::new();
            row(cells.iter().copied(), formulas, &mut out);
            assert_eq!(out, expected);
        };
        check(&[Some("01"), None, Some("")], Formulas::Keep, "01,,\"\"\n");
        check(
            &[Some("a,b"), Some("\"x\""), Some("a\nb")],
            Formulas::Keep,
            "\"a,b\",\"\"\"x\"\"\",\"a\nb\"\n",
        );
        check(&[Some("=cmd"), Some("-1")], Formulas::Keep, "=cmd,-1\n");
        check(&[Some("=a,b"), Some("-1")], Formulas::Guard, "\"'=a,b\",'-1\n");
    }
}
