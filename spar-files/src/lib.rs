//! Files of SPAR, Statens personadressregister: reading what it delivers, writing what it takes.
//!
//! This crate knows no network. `spar-types` supplies the records; here they come out of files of any size
//! in constant memory, and go into files that SPAR takes.
//!
//! - [`Reader`] opens a file, plain or packed, and hands out its records in the newest form, on one
//!   thread or several.
//! - [`write`] makes the files that customers hand in.
//! - [`sequence`] finds deliveries that are missing, [`delivery`] compares what was asked for with what
//!   came.
//!
//! # What is certain about the files
//!
//! SPAR's schemas of these files were not at hand when this was made: names of elements are certain or
//! likely, names of root elements likely, namespaces a guess. Reading therefore goes by local names, in
//! any namespace of SPAR; writing takes both as settings. Nobody has tried this against SPAR itself.
//!
//! # Personal data
//!
//! Errors tell record, byte offset, path and rule, and never a value. No file is made but those that were
//! asked for, and only their owner can read them.

pub mod delivery;
pub mod sequence;
pub mod write;

mod archive;
mod error;
mod format;
mod limits;
mod name;
mod read;
mod verify;
mod versions;

pub use archive::Packing;
pub use error::{ArchiveFault, Error, ErrorKind, NameFault, Refusal, Result};
pub use format::{Form, Format};
pub use limits::Limits;
pub use name::check_file_name;
#[doc(hidden)]
pub use read::{Entry, Made};
pub use read::{Head, OnError, Options, Post, Reader, Record, Records, Summary};
pub use verify::{Verified, verify};
pub use versions::Version;
