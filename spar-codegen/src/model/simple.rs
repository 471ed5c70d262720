//! Types whose content is text.

use std::collections::BTreeSet;

use super::build::{Builder, runtime_type};
use super::{CodeValue, Item, ItemKind, RustAttribute, RustType, TextFacets};
use crate::error::{Error, Result};
use crate::ir::{Builtin, Facets, QName, Type, TypeKind, TypeRef};
use crate::names::field_ident;
use crate::pattern;

impl Builder<'_> {
    pub(super) fn type_item(&mut self, name: &QName, type_: &Type) -> Result<()> {
        let ident = self.tables.names.type_name(name);
        let what = if type_.is_anonymous { "element" } else { "type" };
        let origin = format!("{what} `{}` in `{}`", name.local, type_.place.0);
        let kind = match &type_.kind {
            TypeKind::Complex(particle) => {
                return self.composite(name, ident, type_.docs.clone(), origin, particle);
            }
            TypeKind::SimpleContent { base, attributes } => ItemKind::SimpleContent {
                value: self.rust_type(base)?,
                attributes: attributes
                    .iter()
                    .map(|attribute| {
                        Ok(RustAttribute {
                            ident: field_ident(&attribute.name),
                            name: attribute.name.clone(),
                            docs: attribute.docs.clone(),
                            of: self.rust_type(&attribute.type_ref)?,
                        })
                    })
                    .collect::<Result<_>>()?,
            },
            TypeKind::Simple(simple) => match (self.tables.names.runtime(name), &simple.base) {
                (Some(runtime), _) => {
                    ItemKind::Alias(RustType { module: None, ident: runtime.to_owned() })
                }
                (None, TypeRef::Builtin(builtin)) => {
                    let fail =
                        |error: Error| Error::at(&type_.place.0, type_.place.1, error.to_string());
                    self.simple_kind(name, *builtin, &simple.facets).map_err(fail)?
                }
                (None, base) if simple.facets.is_empty() => ItemKind::Alias(self.rust_type(base)?),
                (None, _) => {
                    let message = "a restriction of a type that is itself a restriction is not \
                                   supported by the generator";
                    return Err(Error::at(&type_.place.0, type_.place.1, message));
                }
            },
        };
        let aliases = self.tables.glossary.aliases(&name.local);
        self.items.push(Item { ident, docs: type_.docs.clone(), origin, aliases, kind });
        Ok(())
    }

    pub(super) fn simple_kind(
        &self,
        name: &QName,
        builtin: Builtin,
        facets: &Facets,
    ) -> Result<ItemKind> {
        let has_bounds = (facets.min_inclusive, facets.max_inclusive) != (None, None);
        let has_text_facets =
            !facets.patterns.is_empty() || (facets.min_length, facets.max_length) != (None, None);
        match builtin {
            Builtin::String if has_bounds => Err(Error::new("bounds on a string")),
            Builtin::String if !facets.enumeration.is_empty() => {
                if has_text_facets {
                    return Err(Error::new("an enumeration with further facets is not supported"));
                }
                Ok(ItemKind::Code(self.code_values(name, facets)?))
            }
            Builtin::String => {
                let pattern = match &facets.patterns[..] {
                    [] => None,
                    patterns => Some((patterns.join("|"), pattern::translate(patterns)?)),
                };
                let (min_length, max_length) = (facets.min_length, facets.max_length);
                Ok(ItemKind::Text(TextFacets { min_length, max_length, pattern }))
            }
            _ if has_text_facets || !facets.enumeration.is_empty() => {
                Err(Error::new(format!("these facets on xs:{} are not supported", builtin.name())))
            }
            Builtin::Int | Builtin::Long => Ok(ItemKind::Number {
                builtin,
                min: facets.min_inclusive,
                max: facets.max_inclusive,
            }),
            _ if has_bounds => {
                Err(Error::new(format!("bounds on xs:{} are not supported", builtin.name())))
            }
            _ => Ok(ItemKind::Alias(runtime_type(builtin))),
        }
    }

    pub(super) fn code_values(&self, name: &QName, facets: &Facets) -> Result<Vec<CodeValue>> {
        let mut seen = BTreeSet::new();
        let mut values = Vec::new();
        for value in &facets.enumeration {
            let ident = self.tables.names.value(name, &value.value);
            if ident == "Unknown" || !seen.insert(ident.clone()) {
                return Err(Error::new(format!(
                    "two values would be named `{ident}`; name one in names.toml, [values]"
                )));
            }
            let docs = value.docs.clone();
            let aliases = self.tables.glossary.aliases(&value.value);
            values.push(CodeValue { ident, value: value.value.clone(), docs, aliases });
        }
        Ok(values)
    }
}

impl Facets {
    fn is_empty(&self) -> bool {
        self.patterns.is_empty()
            && self.enumeration.is_empty()
            && (self.min_length, self.max_length) == (None, None)
            && (self.min_inclusive, self.max_inclusive) == (None, None)
    }
}
