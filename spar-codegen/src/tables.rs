//! What the schemas do not say: the hand-written tables beside them.

use std::path::Path;

use crate::error::Result;
use crate::fixups::Fixups;
use crate::glossary::Glossary;
use crate::ir::Ir;
use crate::names::Names;

/// `names.toml`, `glossary.toml` and `fixups.toml` of a schema folder.
#[derive(Debug, Default)]
pub struct Tables {
    pub(crate) names: Names,
    pub(crate) glossary: Glossary,
    pub(crate) fixups: Fixups,
}

impl Tables {
    /// Reads the tables of a schema folder.
    ///
    /// # Errors
    ///
    /// A file that is missing or has another form.
    pub fn load(schemas: &Path) -> Result<Self> {
        Ok(Self {
            names: Names::load(schemas)?,
            glossary: Glossary::load(schemas)?,
            fixups: Fixups::load(schemas)?,
        })
    }

    /// Lines of `names.toml` and `fixups.toml` that have no use.
    pub(crate) fn check_names_used(&self) -> Result<()> {
        self.names.check_all_used()?;
        self.fixups.check_all_applied()
    }

    /// Lines that no interface version has a use for, and names that the glossary lacks.
    pub(crate) fn check_all_used(&self, irs: &[Ir]) -> Result<()> {
        self.check_names_used()?;
        self.glossary.check(irs)
    }
}
