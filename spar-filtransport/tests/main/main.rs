//! Tests of the Filtransport client, in memory. The identifiers in names and comments are those of the
//! project's table of hostile cases.

mod calls;
mod download;
mod folder;
mod names;
mod peer;
mod submit;
