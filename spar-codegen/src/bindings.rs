//! Bindings to a SOAP service that is not SPAR's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;

use crate::error::{Error, Result};
use crate::files::Output;
use crate::load::Catalog;
use crate::model;
use crate::render::{self, Target};
use crate::tables::Tables;
use crate::{Ir, read_entries};

/// Bindings to a SOAP 1.1 document/literal service: what to read, and what to make of it.
///
/// ```no_run
/// # fn main() -> Result<(), spar_codegen::Error> {
/// let output = spar_codegen::Bindings::new("orders/1.0", "schemas", "orders.wsdl")
///     .module("crate::orders")
///     .folder("src/orders")
///     .command("cargo run -p codegen")
///     .generate()?;
/// for difference in output.write(".".as_ref())? {
///     println!("{difference}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Bindings {
    interface: String,
    schemas: PathBuf,
    entry: String,
    catalog: Catalog,
    tables: Tables,
    folder: String,
    module: String,
    runtime: String,
    command: String,
    has_json: bool,
}

impl Bindings {
    /// `interface` is a name and a version, such as `orders/1.0`; `entry` is the WSDL's path below the
    /// folder `schemas`.
    pub fn new(interface: &str, schemas: impl AsRef<Path>, entry: &str) -> Self {
        Self {
            interface: interface.to_owned(),
            schemas: schemas.as_ref().to_owned(),
            entry: entry.to_owned(),
            catalog: Catalog::default(),
            tables: Tables::default(),
            folder: "src/generated".to_owned(),
            module: "crate::generated".to_owned(),
            runtime: "spar_types::runtime".to_owned(),
            command: "spar-codegen".to_owned(),
            has_json: false,
        }
    }

    /// A URL that begins with `prefix` stands for a file below `folder`, itself below the schemas' folder.
    /// Nothing is fetched: what the schemas import by URL must be found so.
    #[must_use]
    pub fn catalog(mut self, prefix: &str, folder: &str) -> Self {
        self.catalog.0.insert(prefix.to_owned(), folder.to_owned());
        self
    }

    /// Names that the schemas do not give, and words by which rustdoc finds the others. None by default.
    #[must_use]
    pub fn tables(self, tables: Tables) -> Self {
        Self { tables, ..self }
    }

    /// Where the files go, below the folder that [`Output::write`] is given. The folder is theirs alone:
    /// any other file in it is an orphan. `src/generated` by default.
    #[must_use]
    pub fn folder(self, folder: &str) -> Self {
        Self { folder: folder.trim_matches('/').to_owned(), ..self }
    }

    /// The path of the module whose files these are. `crate::generated` by default.
    #[must_use]
    pub fn module(self, path: &str) -> Self {
        Self { module: path.to_owned(), ..self }
    }

    /// The path of the runtime that the code stands on. `spar_types::runtime` by default; a crate that
    /// re-exports spar-types has another one.
    #[must_use]
    pub fn runtime(self, path: &str) -> Self {
        Self { runtime: path.to_owned(), ..self }
    }

    /// What people run to generate, for the first line of every file. `spar-codegen` by default.
    #[must_use]
    pub fn command(self, command: &str) -> Self {
        Self { command: command.to_owned(), ..self }
    }

    /// JSON by serde, for which the crate needs `serde`, and spar-types its feature `serde`. Off by
    /// default.
    #[must_use]
    pub fn json(self, has_json: bool) -> Self {
        Self { has_json, ..self }
    }

    /// What the schemas say.
    ///
    /// # Errors
    ///
    /// A file that is missing, that is not XML, or that holds a construct which is not supported.
    pub fn read(&self) -> Result<Ir> {
        read_entries(
            &self.schemas,
            &self.catalog,
            std::slice::from_ref(&self.entry),
            &self.interface,
        )
        .map_err(|error| error.quoted_from(&self.schemas))
    }

    /// The generated files.
    ///
    /// # Errors
    ///
    /// What [`read`](Self::read) refuses, a name that the schemas do not give, names that collide, and a
    /// path that is none.
    pub fn generate(&self) -> Result<Output> {
        let target = Target {
            command: self.command.clone(),
            module: path(&self.module)?,
            runtime: path(&self.runtime)?,
            json: self.has_json.then(TokenStream::new),
            is_spar: false,
        };
        let ir = self.read()?;
        let model = model::build(&ir, std::slice::from_ref(&ir), &self.tables)
            .map_err(|error| error.quoted_from(&self.schemas))?;
        self.tables.check_names_used()?;
        let files = render::bindings(model, &target, &self.entry)?;
        Ok(Output::new(BTreeMap::from([(self.folder.clone(), files)]), Vec::new()))
    }
}

fn path(text: &str) -> Result<TokenStream> {
    let parsed: syn::Path = syn::parse_str(text)
        .map_err(|_| Error::new(format!("`{text}` is not the path of a module")))?;
    Ok(quote::quote!(#parsed))
}
