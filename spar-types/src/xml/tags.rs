//! Start tags that were met, each looked up once: a file has many, but few different ones.

use memchr::memchr;

use crate::xml::guard::split;
use crate::xml::name::Name;
use crate::xml::scope::{NO_NAMESPACE, Scope};

/// The tags without attributes that were met in the scope of the same declarations.
#[derive(Default)]
pub(super) struct Tags {
    pub(super) known: Vec<Tag>,
    /// Indexes of `known`, 0 for none, by a hash of the tag.
    slots: Vec<u16>,
}

/// A start tag without attributes.
pub(super) struct Tag {
    /// What stands behind the opening bracket, with the closing one.
    pub(super) tag: Box<str>,
    /// [`Name`]'s number.
    pub(super) number: u64,
    pub(super) is_empty: bool,
    namespace: u16,
    /// Where in the tag the name without prefix ends.
    name_len: u32,
    local_len: u32,
    /// Address of the name that this was found to be.
    same: usize,
    /// The tag that followed it last.
    pub(super) next: usize,
    /// How many elements of the name stood side by side last.
    pub(super) count: usize,
}

/// A record has some 120 different tags.
const SLOT_BITS: u32 = 10;

/// Tags that come later are not learnt.
const MAX_TAGS: usize = 1 << (SLOT_BITS - 1);

impl Tags {
    /// What was learnt in this scope before, if nobody else has it now.
    pub(super) fn of(scope: &Scope) -> Self {
        let spare = scope.spare_tags.lock().ok().and_then(|mut spare| spare.pop());
        spare.unwrap_or_else(|| {
            let mut tags = Self { known: Vec::new(), slots: vec![0; 1 << SLOT_BITS] };
            // No document holds a NUL, so this is no tag's beginning.
            tags.add("\0", 0, NO_NAMESPACE, "");
            tags
        })
    }

    /// Leaves what was learnt to the next reader in this scope.
    pub(super) fn put_back(&mut self, scope: &Scope) {
        if let Ok(mut spare) = scope.spare_tags.lock() {
            spare.push(std::mem::take(self));
        }
    }

    /// The tag with which the source begins, behind its bracket. None if it has attributes or an error.
    #[cold]
    #[inline(never)]
    pub(super) fn find(&mut self, source: &str, scope: &Scope) -> Option<usize> {
        let end = memchr(b'>', source.as_bytes())?;
        let tag = &source[..=end];
        let mut slot = slot(tag.as_bytes());
        loop {
            match usize::from(self.slots[slot]) {
                0 => break,
                index if *self.known[index].tag == *tag => return Some(index),
                _ => slot = (slot + 1) % self.slots.len(),
            }
        }
        if self.known.len() >= MAX_TAGS {
            return None;
        }
        let inside = &tag[..end];
        let name = inside.strip_suffix('/').unwrap_or(inside);
        // Names with attributes are none.
        let colon = split(name).ok()?;
        let prefix = colon.map_or("", |colon| &name[..colon]);
        let namespace = *scope.bindings.get(prefix)?;
        let local = colon.map_or(name, |colon| &name[colon + 1..]);
        let uri = scope.namespaces.uri(namespace);
        let index = self.add(tag, name.len(), namespace, local);
        self.known[index].number = Name::number_of(uri, local);
        self.slots[slot] = index as u16;
        Some(index)
    }

    /// Adds a tag that no name is.
    pub(super) fn add(&mut self, tag: &str, name_len: usize, namespace: u16, local: &str) -> usize {
        self.known.push(Tag {
            tag: tag.into(),
            number: 0,
            is_empty: tag.ends_with("/>"),
            namespace,
            name_len: name_len as u32,
            local_len: local.len() as u32,
            same: 0,
            next: 0,
            count: 0,
        });
        self.known.len() - 1
    }
}

impl Tag {
    /// Whether the tag has this name, whose number it has: somebody may have made one up.
    pub(super) fn is(&mut self, name: Name, scope: &Scope) -> bool {
        let address = name.local.as_ptr() as usize;
        if self.same != address {
            let end = self.name_len as usize;
            let local = &self.tag[end - self.local_len as usize..end];
            if local != name.local || scope.namespaces.uri(self.namespace) != name.namespace {
                return false;
            }
            self.same = address;
        }
        true
    }
}

fn slot(tag: &[u8]) -> usize {
    let hash = match (tag.first_chunk(), tag.last_chunk()) {
        (Some(first), Some(last)) => {
            u64::from_le_bytes(*first).rotate_left(31) ^ u64::from_le_bytes(*last)
        }
        _ => tag.iter().fold(0, |hash, byte| hash << 8 | u64::from(*byte)),
    };
    // Multiplied by the golden ratio, the upper bits depend on all others.
    (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - SLOT_BITS)) as usize
}

/// Whether the bytes begin with the tag. Tags are short, so looking at eight bytes at a time is faster than a
/// call.
#[inline]
pub(super) fn begins(bytes: &[u8], tag: &[u8]) -> bool {
    let Some(bytes) = bytes.get(..tag.len()) else { return false };
    let word = |word: &[u8; 8]| u64::from_ne_bytes(*word);
    let (own, own_rest) = bytes.as_chunks::<8>();
    let (other, other_rest) = tag.as_chunks::<8>();
    if own.iter().zip(other).any(|(own, other)| word(own) != word(other)) {
        return false;
    }
    match (bytes.last_chunk::<8>(), tag.last_chunk::<8>()) {
        (Some(own), Some(other)) => word(own) == word(other),
        _ => own_rest == other_rest,
    }
}
