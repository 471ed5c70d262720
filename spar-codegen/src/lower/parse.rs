//! xsd-parser as the judge of a schema's syntax. The one file that names the crate.
//!
//! It refuses what the schema of schemas refuses, which our own trees do not know. Its tree and ours must
//! hold the same number of constructs everywhere, so that neither reader drops one alone.

use xsd_parser::models::schema::xs;
use xsd_parser::pipeline::parser::Parser;

use crate::error::{Error, Result};
use crate::source::{Node, Source};

/// Whether the file is a schema, and both trees of it are the same.
pub(super) fn check(source: &Source) -> Result<()> {
    let fail = |error: String| Error::at(&source.path, source.root.line, error);
    let schemas = Parser::new()
        .with_default_namespaces()
        .add_schema_from_str(&source.text)
        .map_err(|error| fail(format!("xsd-parser: {error}")))?
        .finish();
    let (_, info) = schemas.schemas().next().ok_or_else(|| fail("no schema".to_owned()))?;
    Check { file: &source.path }.each(&info.schema.content, &source.root, Check::schema_content)
}

struct Check<'s> {
    file: &'s str,
}

impl Check<'_> {
    /// The constructs of one element in both trees, in step.
    fn each<T>(
        &self,
        contents: &[T],
        node: &Node,
        check: impl Fn(&Self, &T, &Node) -> Result<()>,
    ) -> Result<()> {
        if contents.len() != node.children.len() {
            let (theirs, ours, name) = (contents.len(), node.children.len(), &node.name.local);
            let message =
                format!("xsd-parser sees {theirs} constructs in <{name}>, the file has {ours}");
            return Err(Error::at(self.file, node.line, message));
        }
        contents.iter().zip(&node.children).try_for_each(|(theirs, ours)| check(self, theirs, ours))
    }

    fn schema_content(&self, content: &xs::SchemaContent, node: &Node) -> Result<()> {
        match content {
            xs::SchemaContent::SimpleType(simple) => self.simple_type(simple, node),
            xs::SchemaContent::ComplexType(complex) => self.complex_type(complex, node),
            xs::SchemaContent::Group(group) => self.group(group, node),
            xs::SchemaContent::Element(element) => self.element(element, node),
            _ => Ok(()),
        }
    }

    fn element(&self, element: &xs::ElementType, node: &Node) -> Result<()> {
        self.each(&element.content, node, |check, content, node| match content {
            xs::ElementTypeContent::SimpleType(simple) => check.simple_type(simple, node),
            xs::ElementTypeContent::ComplexType(complex) => check.complex_type(complex, node),
            _ => Ok(()),
        })
    }

    fn simple_type(&self, simple: &xs::SimpleBaseType, node: &Node) -> Result<()> {
        self.each(&simple.content, node, |check, content, node| match content {
            xs::SimpleBaseTypeContent::Restriction(restriction) => {
                check.each(&restriction.content, node, |_, _, _| Ok(()))
            }
            _ => Ok(()),
        })
    }

    fn complex_type(&self, complex: &xs::ComplexBaseType, node: &Node) -> Result<()> {
        self.each(&complex.content, node, |check, content, node| match content {
            xs::ComplexBaseTypeContent::SimpleContent(content) => {
                check.each(&content.content, node, Self::simple_content)
            }
            xs::ComplexBaseTypeContent::ComplexContent(content) => {
                check.each(&content.content, node, Self::complex_content)
            }
            xs::ComplexBaseTypeContent::Group(group)
            | xs::ComplexBaseTypeContent::All(group)
            | xs::ComplexBaseTypeContent::Choice(group)
            | xs::ComplexBaseTypeContent::Sequence(group) => check.group(group, node),
            _ => Ok(()),
        })
    }

    fn simple_content(&self, content: &xs::SimpleContentContent, node: &Node) -> Result<()> {
        match content {
            xs::SimpleContentContent::Extension(extension) => self.extension(extension, node),
            _ => Ok(()),
        }
    }

    fn complex_content(&self, content: &xs::ComplexContentContent, node: &Node) -> Result<()> {
        match content {
            xs::ComplexContentContent::Extension(extension) => self.extension(extension, node),
            _ => Ok(()),
        }
    }

    fn extension(&self, extension: &xs::ExtensionType, node: &Node) -> Result<()> {
        self.each(&extension.content, node, |check, content, node| match content {
            xs::ExtensionTypeContent::Group(group)
            | xs::ExtensionTypeContent::All(group)
            | xs::ExtensionTypeContent::Choice(group)
            | xs::ExtensionTypeContent::Sequence(group) => check.group(group, node),
            _ => Ok(()),
        })
    }

    fn group(&self, group: &xs::GroupType, node: &Node) -> Result<()> {
        self.each(&group.content, node, |check, content, node| match content {
            xs::GroupTypeContent::Element(element) => check.element(element, node),
            xs::GroupTypeContent::Group(group)
            | xs::GroupTypeContent::All(group)
            | xs::GroupTypeContent::Choice(group)
            | xs::GroupTypeContent::Sequence(group) => check.group(group, node),
            _ => Ok(()),
        })
    }
}
