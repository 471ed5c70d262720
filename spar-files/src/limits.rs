//! How much is taken before a file is refused.

/// Bounds on one file. Every buffer is bounded by one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bounds on one record, as on a document of its own. `document_bytes` is the size of the record.
    pub record: spar_types::xml::Limits,
    /// Size of an unpacked entry of an archive in bytes. Default 1 TB (10^12): far above the whole
    /// register with its history.
    pub entry_bytes: u64,
    /// Size of all that is unpacked of one archive, in bytes. Default 1 TB (10^12).
    pub total_bytes: u64,
    /// How many times larger than packed the unpacked bytes may be, once there are 4 MiB of them. Default
    /// 250: records pack to a tenth or a thirtieth, a bomb to a thousandth.
    pub ratio: u64,
    /// Entries of a zip or members of a gzip, directories included. Default 1,000. SPAR packs exactly one
    /// file.
    pub entries: u64,
    /// Size of a zip that is held in memory because it does not come from a file, in bytes. Default
    /// 256 MiB.
    pub held_archive_bytes: u64,
    /// Errors of records that a summary lists; further ones are counted only. Default 1,000.
    pub errors: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            record: spar_types::xml::Limits::default(),
            entry_bytes: 1_000_000_000_000,
            total_bytes: 1_000_000_000_000,
            ratio: 250,
            entries: 1_000,
            held_archive_bytes: 256 * 1024 * 1024,
            errors: 1_000,
        }
    }
}
