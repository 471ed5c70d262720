//! Pattern facets, translated from XSD's regular expressions to those of the `regex` crate.
//!
//! The two languages share their looks, not their meaning: XSD's `\w` excludes `_` and includes symbols
//! such as `+`, `^` and `$` are ordinary characters, and a pattern always means the whole value.

use regex::Regex;

use crate::error::{Error, Result};

/// One expression for the alternatives of a type.
///
/// # Errors
///
/// A construct that is not translated, such as `\i` or a subtraction of classes.
pub(crate) fn translate(patterns: &[String]) -> Result<String> {
    let mut branches = Vec::new();
    for pattern in patterns {
        let mut translation = Translation { rest: pattern.chars().peekable(), out: String::new() };
        translation.run().map_err(|what| {
            Error::new(format!("pattern `{pattern}`: {what} is not supported by the generator"))
        })?;
        branches.push(translation.out);
    }
    let regex = format!("^(?:{})$", branches.join("|"));
    Regex::new(&regex).map_err(|error| Error::new(format!("pattern `{regex}`: {error}")))?;
    Ok(regex)
}

/// All but punctuation, separators and others (control, format, unassigned …).
const WORD: &str = r"[^\p{P}\p{Z}\p{C}]";
const NOT_WORD: &str = r"[\p{P}\p{Z}\p{C}]";
const SPACE: &str = r"[ \t\n\r]";
const NOT_SPACE: &str = r"[^ \t\n\r]";

struct Translation<'p> {
    rest: std::iter::Peekable<std::str::Chars<'p>>,
    out: String,
}

type Step = std::result::Result<(), String>;

impl Translation<'_> {
    fn run(&mut self) -> Step {
        while let Some(c) = self.rest.next() {
            match c {
                '\\' => self.escape()?,
                '[' => self.class()?,
                '.' => self.out.push_str(r"[^\n\r]"),
                '|' | ')' => self.out.push(c),
                '(' => self.out.push_str("(?:"),
                '?' | '*' | '+' => self.quantifier(c)?,
                '{' => self.count()?,
                c => self.literal(c),
            }
        }
        Ok(())
    }

    fn quantifier(&mut self, c: char) -> Step {
        self.out.push(c);
        match self.rest.peek() {
            Some('?' | '*' | '+' | '{') => Err("a quantifier behind a quantifier".to_owned()),
            _ => Ok(()),
        }
    }

    fn count(&mut self) -> Step {
        self.out.push('{');
        for c in self.rest.by_ref() {
            self.out.push(c);
            match c {
                '0'..='9' | ',' => {}
                '}' => return Ok(()),
                _ => break,
            }
        }
        Err("an unfinished count".to_owned())
    }

    fn escape(&mut self) -> Step {
        let c = self.rest.next().ok_or_else(|| "a lone backslash".to_owned())?;
        match c {
            'w' => self.out.push_str(WORD),
            'W' => self.out.push_str(NOT_WORD),
            's' => self.out.push_str(SPACE),
            'S' => self.out.push_str(NOT_SPACE),
            'd' => self.out.push_str(r"\p{Nd}"),
            'D' => self.out.push_str(r"\P{Nd}"),
            'n' | 'r' | 't' => self.out.extend(['\\', c]),
            'p' | 'P' => self.category(c)?,
            '\\' | '|' | '.' | '?' | '*' | '+' | '(' | ')' | '{' | '}' | '-' | '[' | ']' | '^' => {
                self.literal(c);
            }
            c => return Err(format!("the escape `\\{c}`")),
        }
        Ok(())
    }

    /// `\p{Zs}` and the like; blocks (`\p{IsGreek}`) have other borders in Rust.
    fn category(&mut self, kind: char) -> Step {
        let name: String = self.rest.by_ref().take_while(|c| *c != '}').collect();
        let name = name.strip_prefix('{').unwrap_or_default();
        let is_category =
            matches!(name.len(), 1 | 2) && name.starts_with(['L', 'M', 'N', 'P', 'Z', 'S', 'C']);
        if !is_category {
            return Err(format!("the category `\\{kind}{{{name}}}`"));
        }
        self.out.push_str(&format!("\\{kind}{{{name}}}"));
        Ok(())
    }

    fn class(&mut self) -> Step {
        self.out.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.out.push('^');
        }
        let mut is_empty = true;
        while let Some(c) = self.rest.next() {
            match c {
                ']' if is_empty => return Err("an empty class".to_owned()),
                ']' => {
                    self.out.push(']');
                    return Ok(());
                }
                '[' => return Err("a subtraction of classes".to_owned()),
                '\\' => self.escape()?,
                // Between two characters a range, at either end itself.
                '-' if is_empty || self.rest.peek() == Some(&']') => self.literal('-'),
                '-' => self.out.push('-'),
                c => self.literal(c),
            }
            is_empty = false;
        }
        Err("an unfinished class".to_owned())
    }

    fn literal(&mut self, c: char) {
        if c.is_ascii_punctuation() {
            self.out.push('\\');
        }
        self.out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_they_mean_in_xsd() {
        // REQ-05, REQ-06, REQ-14, GEN-13. Verdicts of xmllint.
        let check = |pattern: &str, value: &str, expected: bool| {
            let regex = Regex::new(&translate(&[pattern.to_owned()]).unwrap()).unwrap();
            assert_eq!(regex.is_match(value), expected, "{pattern} on {value}");
        };
        let namn = r"\w+[\w\s*\-']*";
        check(namn, "mikael efter*", true);
        check(namn, "*a", false);
        check(namn, "_x", false);
        check(namn, "a_", false);
        check(namn, "o'x", true);
        check(namn, "x-ö", true);
        check(namn, "é", true);
        check(namn, "+x", true);
        check(namn, "<x", true);
        check(namn, "a.b", false);
        check(namn, "", false);
        check(namn, "a\u{a0}b", false);
        check(namn, "a\nb", true);
        check("[1-9][0-9]{11}", "198111309285", true);
        check("[1-9][0-9]{11}", "098111309285", false);
        check("[1-9][0-9]{11}", "19811130928", false);
        check("[1-9][0-9]{11}", "1981113092855", false);
        check("[1-9][0-9]{11}", "１９８１１１３０９２８５", false);
        check("[1-9][0-9]{11}", "198111309285\n", false);
        check(r"[\w\d\p{Zs}\-/_.,:]*", "a_b/1.2, x:y\u{a0}", true);
        check(r"[\w\d\p{Zs}\-/_.,:]*", "a\tb", false);
        check(r"\w+[\w\s*\-/.,:]*", "S:T ERIKSGATAN 5", true);
        check("^a$", "^a$", true);
        check("a.c", "abc", true);
        check("a.c", "a\nc", false);
        check("[-a]", "-", true);
        check("(ab|c)+", "abc", true);
    }

    #[test]
    fn what_is_not_translated_is_refused() {
        // GEN-13.
        let check = |pattern: &str, expected: &str| {
            let error = translate(&[pattern.to_owned()]).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        check(r"\i\c*", r"the escape `\i`");
        check("[a-z-[aeiou]]", "a subtraction of classes");
        check(r"\p{IsGreek}", r"the category `\p{IsGreek}`");
        check("[a", "an unfinished class");
        check("a{2", "an unfinished count");
        check("a+?", "a quantifier behind a quantifier");
        check("a\\", "a lone backslash");
        check(r"a\b", r"the escape `\b`");
    }
}
