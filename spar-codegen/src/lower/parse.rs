//! xsd-parser's tree of a schema. The one file that names the crate.

use xsd_parser::pipeline::parser::Parser;

use crate::error::{Error, Result};
use crate::source::Source;

pub(super) use xsd_parser::models::schema::{MaxOccurs, QName as XsQName, xs};

pub(super) fn parse(source: &Source) -> Result<xs::Schema> {
    let fail = |error: String| Error::at(&source.path, source.root.line, error);
    let schemas = Parser::new()
        .with_default_namespaces()
        .add_schema_from_str(&source.text)
        .map_err(|error| fail(format!("xsd-parser: {error}")))?
        .finish();
    let (_, info) = schemas.schemas().next().ok_or_else(|| fail("no schema".to_owned()))?;
    Ok(info.schema.clone())
}
