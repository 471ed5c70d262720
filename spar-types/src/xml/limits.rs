//! How much of a document the reader takes before it refuses.

/// Bounds on one document. Every buffer of the reader is bounded by one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Size of the whole document in bytes. Default 64 MiB.
    ///
    /// An answer with 100 complete records and three years of history stays below 1 MiB.
    pub document_bytes: usize,
    /// Nesting of elements. Default 64; SPAR needs fewer than 10.
    pub depth: usize,
    /// Attributes of one element, namespace declarations not counted. Default 32; SPAR uses one.
    pub attributes: usize,
    /// Namespace declarations on one element. Default 64; real answers declare up to 27.
    pub namespace_declarations: usize,
    /// Size of one tag, text, comment or processing instruction in bytes. Default 64 KiB.
    ///
    /// SPAR's longest bounded field is 256 characters; the limit stops a one-tag memory bomb.
    pub event_bytes: usize,
    /// Elements in the document. Default 1,000,000, some 4,000 times a complete record.
    pub elements: usize,
    /// Deviations that are kept; further ones are counted only. Default 1,000.
    pub deviations: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 64 * 1024 * 1024,
            depth: 64,
            attributes: 32,
            namespace_declarations: 64,
            event_bytes: 64 * 1024,
            elements: 1_000_000,
            deviations: 1_000,
        }
    }
}
