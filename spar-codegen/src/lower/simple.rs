//! Simple types and their facets.

use super::parse::xs;
use super::{File, documentation};
use crate::error::{Error, Result};
use crate::ir::{EnumValue, Facets, Simple};
use crate::source::Node;

impl File<'_> {
    pub(super) fn simple_type(&self, simple: &xs::SimpleBaseType, node: &Node) -> Result<Simple> {
        node.take();
        for (content, child) in self.pairs(&simple.content, &node.children, node)? {
            match content {
                xs::SimpleBaseTypeContent::Annotation(_) => {}
                xs::SimpleBaseTypeContent::Restriction(restriction) => {
                    return self.restriction(restriction, child);
                }
                _ => return self.unsupported(child),
            }
        }
        Err(Error::at(self.path, node.line, "a simple type without restriction"))
    }

    pub(super) fn restriction(&self, restriction: &xs::Restriction, node: &Node) -> Result<Simple> {
        node.take().attribute("base");
        documentation(node);
        let Some(base) = &restriction.base else { return self.unsupported(node) };
        let mut facets = Facets::default();
        for (content, child) in self.pairs(&restriction.content, &node.children, node)? {
            match content {
                xs::RestrictionContent::Annotation(_) => {}
                xs::RestrictionContent::Facet(facet) => self.facet(facet, child, &mut facets)?,
                xs::RestrictionContent::SimpleType(_) => return self.unsupported(child),
            }
        }
        Ok(Simple { base: self.type_ref(base, node)?, facets })
    }

    pub(super) fn facet(&self, facet: &xs::Facet, node: &Node, facets: &mut Facets) -> Result<()> {
        fn number<T: std::str::FromStr>(file: &str, node: &Node, value: &str) -> Result<Option<T>> {
            let fail = |_| Error::at(file, node.line, format!("`{value}` is not a number"));
            value.trim().parse().map(Some).map_err(fail)
        }
        node.take().attribute("value");
        let docs = documentation(node);
        let file = self.path;
        match facet {
            xs::Facet::Pattern(facet) => facets.patterns.push(facet.value.clone()),
            xs::Facet::MinLength(facet) => facets.min_length = number(file, node, &facet.value)?,
            xs::Facet::MaxLength(facet) => facets.max_length = number(file, node, &facet.value)?,
            xs::Facet::MinInclusive(facet) => {
                facets.min_inclusive = number(file, node, &facet.value)?
            }
            xs::Facet::MaxInclusive(facet) => {
                facets.max_inclusive = number(file, node, &facet.value)?
            }
            xs::Facet::Enumeration(facet) => {
                facets.enumeration.push(EnumValue { value: facet.value.clone(), docs });
            }
            _ => return self.unsupported(node),
        }
        Ok(())
    }
}
