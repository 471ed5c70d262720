//! Where records end, found without reading them.

use memchr::{memchr2_iter, memmem};

use crate::xml::guard::SPACE;
use crate::xml::tokens::{Token, Tokens, tag_end};

/// Where the last whole element ends of those that stand side by side at the start of the source, and
/// how many they are: all have the name of the first one and stand in its namespace. `None` if not
/// even the first one ends.
///
/// What is broken is left to the reader, which tells how.
pub(super) fn cut(source: &str) -> Option<(usize, u64)> {
    let name = name_of(source.strip_prefix('<')?);
    match by_name(source, name) {
        Ok(cut) => cut,
        Err(Hidden) => by_tokens(source),
    }
}

/// A comment, a CDATA section or a processing instruction, in which a tag would be none.
struct Hidden;

/// Looks for the name of the records only. Where nothing is hidden, `<` begins a tag.
fn by_name(source: &str, name: &str) -> Result<Option<(usize, u64)>, Hidden> {
    let bytes = source.as_bytes();
    let mut last = None;
    let mut count = 0;
    // Where the next record must begin, and where the one at hand did.
    let mut next = 0;
    let mut open = None;
    // Where a longer name ends, it is another one.
    let is_whole = |end: usize| !matches!(bytes.get(end), Some(byte) if is_name_byte(*byte));
    for place in memmem::find_iter(bytes, name.as_bytes()).filter(|at| is_whole(at + name.len())) {
        let end = place + name.len();
        match (open, bytes[..place].last(), bytes.get(end)) {
            (None, Some(b'<'), Some(b'>')) if is_next(bytes, next, place - 1) => {
                open = Some(place);
            }
            // With attributes.
            (None, Some(b'<'), Some(_)) if is_next(bytes, next, place - 1) => {
                let Some(len) = tag_end(&source[place..]) else { break };
                let tag = &source[place..place + len];
                // A declaration may put it into another namespace.
                if tag.contains("xmlns") {
                    return Err(Hidden);
                }
                if tag.ends_with('/') {
                    next = place + len + 1;
                    count += 1;
                    last = Some((next, count));
                } else {
                    open = Some(place);
                }
            }
            (Some(_), Some(b'/'), Some(b'>')) if bytes[..place].ends_with(b"</") => {
                next = end + 1;
                count += 1;
                last = Some((next, count));
                open = None;
            }
            // The name within text, or at the end of another one.
            (_, Some(before), _) if !matches!(before, b'<' | b'/') => {}
            // Something else stands between the records.
            (None, ..) => break,
            // A record within a record, or an end tag that is written otherwise.
            (Some(_), ..) => return Err(Hidden),
        }
    }
    let end = last.map_or(source.len(), |(end, _)| end);
    let is_hidden = |place: usize| place > 0 && bytes[place - 1] == b'<';
    match memchr2_iter(b'!', b'?', &bytes[..end]).any(is_hidden) {
        true => Err(Hidden),
        false => Ok(last),
    }
}

/// Whether nothing but white space stands between these places.
fn is_next(bytes: &[u8], from: usize, to: usize) -> bool {
    bytes[from..to].iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// Whether a name goes on with this byte. Beyond ASCII all are taken for such.
fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b':' | 0x80..)
}

/// Looks at each tag.
fn by_tokens(source: &str) -> Option<(usize, u64)> {
    let mut tokens = Tokens::new(source, 0);
    let mut first = None;
    let mut last = None;
    let mut depth = 0_usize;
    let mut count = 0;
    while let Ok(token) = tokens.next() {
        match token {
            Token::Start(tag) | Token::Empty(tag) if depth == 0 => {
                let name = name_of(tag);
                let is_bare = !tag.contains("xmlns");
                match first {
                    None => first = Some((name, is_bare)),
                    Some((of_first, true)) if of_first == name && is_bare => {}
                    Some(_) => break,
                }
                if let Token::Start(_) = token {
                    depth = 1;
                } else {
                    count += 1;
                    last = Some((tokens.position(), count));
                }
            }
            Token::Start(_) => depth += 1,
            Token::End(_) => {
                let Some(outer) = depth.checked_sub(1) else { break };
                depth = outer;
                if depth == 0 {
                    count += 1;
                    last = Some((tokens.position(), count));
                }
            }
            Token::Empty(_) | Token::Text(_) => {}
            Token::Other => {
                if tokens.other().is_err() {
                    break;
                }
            }
            Token::Eof => break,
        }
    }
    last
}

/// The name at the start of a tag, with prefix.
fn name_of(tag: &str) -> &str {
    tag.split(SPACE).next().map_or(tag, |name| name.split(['>', '/']).next().unwrap_or(name))
}
