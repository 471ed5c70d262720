//! Simple types and their facets.

use super::{File, documentation};
use crate::error::Result;
use crate::ir::{EnumValue, Facets, Owner, QName, Simple, TypeKind, TypeRef};
use crate::source::Node;

impl<'s> File<'s> {
    /// `key` is the name of the type, or what stands for one.
    pub(super) fn simple_type(&mut self, node: &'s Node, key: &str) -> Result<Simple> {
        node.take();
        documentation(node);
        let Some(child) = node.children.iter().find(|child| !child.is_xs("annotation")) else {
            return self.fail(node, "a simple type that says nothing");
        };
        child.take().attribute("id");
        documentation(child);
        match child.xs_name() {
            "restriction" => self.restriction(child, key),
            "list" => {
                let item = match child.attribute("itemType") {
                    Some(item) => self.type_ref(item, child)?,
                    None => match self.inline(child, &format!("{key}/item"))? {
                        Some(item) => item,
                        None => return self.fail(child, "a list of nothing"),
                    },
                };
                Ok(Simple::List { item })
            }
            "union" => {
                let mut members = Vec::new();
                for name in child.attribute("memberTypes").unwrap_or("").split_ascii_whitespace() {
                    members.push(self.type_ref(name, child)?);
                }
                for (inner, number) in inner_types(child).zip(1..) {
                    members.push(self.inline_type(inner, &format!("{key}/member{number}"))?);
                }
                if members.is_empty() {
                    return self.fail(child, "a union of nothing");
                }
                Ok(Simple::Union { members })
            }
            _ => self.unsupported(child),
        }
    }

    fn restriction(&mut self, node: &'s Node, key: &str) -> Result<Simple> {
        let base = match node.attribute("base") {
            Some(base) => self.type_ref(base, node)?,
            None => match self.inline(node, &format!("{key}/base"))? {
                Some(base) => base,
                None => return self.fail(node, "a restriction of nothing"),
            },
        };
        let mut facets = Facets::default();
        for child in &node.children {
            match child.xs_name() {
                "annotation" | "simpleType" => {}
                _ => self.facet(child, &mut facets)?,
            }
        }
        Ok(Simple::Restriction { base, facets })
    }

    /// The type that is written inside, if there is one.
    fn inline(&mut self, node: &'s Node, key: &str) -> Result<Option<TypeRef>> {
        inner_types(node).next().map(|inner| self.inline_type(inner, key)).transpose()
    }

    fn inline_type(&mut self, node: &'s Node, key: &str) -> Result<TypeRef> {
        let kind = TypeKind::Simple(self.simple_type(node, key)?);
        self.add_type(key, documentation(node), kind, node, Owner::Part)?;
        Ok(TypeRef::Named(QName::new(self.target, key)))
    }

    fn facet(&self, node: &Node, facets: &mut Facets) -> Result<()> {
        node.take().take_attributes(&["id", "fixed"]);
        let docs = documentation(node);
        let value = self.required(node, "value")?;
        match node.xs_name() {
            "pattern" => facets.patterns.push(value.to_owned()),
            "length" => {
                facets.min_length = self.number(node, value)?;
                facets.max_length = facets.min_length;
            }
            "minLength" => facets.min_length = self.number(node, value)?,
            "maxLength" => facets.max_length = self.number(node, value)?,
            "minInclusive" => facets.min_inclusive = self.number(node, value)?,
            "maxInclusive" => facets.max_inclusive = self.number(node, value)?,
            "enumeration" => {
                facets.enumeration.push(EnumValue { value: value.to_owned(), docs });
            }
            _ => return self.unsupported(node),
        }
        Ok(())
    }

    fn number<T: std::str::FromStr>(&self, node: &Node, value: &str) -> Result<Option<T>> {
        let fail = |_| self.error(node, format!("`{value}` is not a number that is supported"));
        value.trim().parse().map(Some).map_err(fail)
    }
}

fn inner_types(node: &Node) -> impl Iterator<Item = &Node> {
    node.children.iter().filter(|child| child.is_xs("simpleType"))
}
