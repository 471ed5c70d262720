//! Types whose content is text.

use std::collections::BTreeSet;

use super::build::{Builder, runtime_type};
use super::content::Outside;
use super::{CodeValue, Item, ItemKind, RustAttribute, RustType, TextFacets};
use crate::error::{Error, Result};
use crate::ir::{Attributes, Builtin, Facets, Owner, QName, Simple, Type, TypeKind, TypeRef};
use crate::names::{field_ident, key};
use crate::pattern;

impl Builder<'_> {
    pub(super) fn type_item(&mut self, name: &QName, type_: &Type) -> Result<()> {
        let place = &type_.place;
        let fail = |error: Error| match error.place() {
            None => error.put_at(&place.file, place.line),
            Some(_) => error,
        };
        let ident = self.tables.names.type_name(name)?;
        let (what, local) = match &type_.owner {
            Owner::Element(element) => ("element", element.as_str()),
            Owner::Itself | Owner::Part => ("type", name.local.as_str()),
        };
        let origin = format!("{what} `{local}` in `{}`", type_.place.file);
        let kind = match &type_.kind {
            TypeKind::Complex { content, attributes, .. } => {
                let outside = Outside {
                    docs: type_.docs.clone(),
                    attributes: self.attributes(attributes).map_err(fail)?,
                    any_attribute: attributes.any.clone(),
                    place: Some(place.clone()),
                };
                return self
                    .composite(name, ident, origin, content.as_ref(), outside)
                    .map_err(fail);
            }
            TypeKind::SimpleContent { base, attributes } => {
                self.simple_content(type_, base, attributes).map_err(fail)?
            }
            TypeKind::Simple(simple) => match self.tables.names.runtime(name) {
                Some(runtime) => {
                    ItemKind::Alias(RustType { module: None, ident: runtime.to_owned() })
                }
                None => self.simple_kind(name, simple).map_err(fail)?,
            },
        };
        let aliases = self.tables.glossary.aliases(&name.local);
        let (docs, place) = (type_.docs.clone(), place.clone());
        self.items.push(Item { ident, docs, origin, place, aliases, kind });
        Ok(())
    }

    fn attributes(&self, attributes: &Attributes) -> Result<Vec<RustAttribute>> {
        let made = |attribute: &crate::ir::Attribute| {
            Ok(RustAttribute {
                ident: field_ident(&attribute.name)?,
                name: attribute.name.clone(),
                member: attribute.name.clone(),
                docs: attribute.docs.clone(),
                of: self.rust_type(&attribute.type_ref)?,
                is_required: attribute.is_required,
                default: attribute.default.clone(),
                fixed: attribute.fixed.clone(),
            })
        };
        attributes.list.iter().map(made).collect()
    }

    /// Text with attributes: those of the bases come first.
    fn simple_content(
        &self,
        type_: &Type,
        base: &TypeRef,
        attributes: &Attributes,
    ) -> Result<ItemKind> {
        let mut base = base;
        let mut all = attributes.clone();
        let mut seen = BTreeSet::new();
        while let TypeRef::Named(name) = base
            && let Some(Type { kind: TypeKind::SimpleContent { base: next, attributes }, .. }) =
                self.ir.type_of(name)
        {
            if !seen.insert(name) {
                return Err(Error::new("a type that extends itself"));
            }
            all = crate::lower::joined(attributes, &all, &type_.place)?;
            base = next;
        }
        Ok(ItemKind::SimpleContent {
            value: self.rust_type(base)?,
            attributes: self.attributes(&all)?,
            any_attribute: all.any,
        })
    }

    fn simple_kind(&self, name: &QName, simple: &Simple) -> Result<ItemKind> {
        if let Simple::Restriction { base: base @ TypeRef::Named(_), facets } = simple
            && facets.is_empty()
        {
            return Ok(ItemKind::Alias(self.rust_type(base)?));
        }
        let (root, steps) = self.steps(simple)?;
        match root {
            Basis::Builtin(builtin) => self.restricted(name, builtin, &steps),
            Basis::List(item) => {
                let lengths = Steps::of(&steps);
                if lengths.has_other_than_lengths() {
                    return Err(Error::new(
                        "facets other than lengths of a list are not supported",
                    ));
                }
                Ok(ItemKind::List {
                    item: self.rust_type(item)?,
                    min_length: lengths.min_length,
                    max_length: lengths.max_length,
                })
            }
            Basis::Union(members) if steps.iter().all(|step| step.is_empty()) => {
                Ok(ItemKind::Union(
                    members.iter().map(|of| self.rust_type(of)).collect::<Result<_>>()?,
                ))
            }
            Basis::Union(_) => Err(Error::new("a restriction of a union is not supported")
                .hint("restrict the types that it is made of")),
        }
    }

    /// What a simple type is a restriction of in the end, and the steps on the way there, the first of them
    /// first.
    fn steps<'t>(&'t self, simple: &'t Simple) -> Result<(Basis<'t>, Vec<&'t Facets>)> {
        let mut steps = Vec::new();
        let mut simple = simple;
        let mut seen = BTreeSet::new();
        loop {
            let base = match simple {
                Simple::List { item } => return Ok((Basis::List(item), reversed(steps))),
                Simple::Union { members } => return Ok((Basis::Union(members), reversed(steps))),
                Simple::Restriction { base, facets } => {
                    steps.push(facets);
                    base
                }
            };
            let name = match base {
                TypeRef::Builtin(builtin) => {
                    return Ok((Basis::Builtin(*builtin), reversed(steps)));
                }
                TypeRef::Named(name) | TypeRef::OfElement(name) => name,
            };
            if self.tables.names.runtime(name).is_some() {
                let message = "a restriction of a type of the runtime is not supported";
                return Err(Error::new(message));
            }
            if !seen.insert(name) {
                return Err(Error::new("a type that restricts itself"));
            }
            match self.ir.type_of(name).map(|type_| &type_.kind) {
                Some(TypeKind::Simple(next)) => simple = next,
                _ => return Err(Error::new(format!("{name} is no simple type"))),
            }
        }
    }

    fn restricted(&self, name: &QName, builtin: Builtin, steps: &[&Facets]) -> Result<ItemKind> {
        let facets = Steps::of(steps);
        let has_bounds = (facets.min_inclusive, facets.max_inclusive) != (None, None);
        match builtin {
            Builtin::String if has_bounds => Err(Error::new("bounds on a string")),
            Builtin::String => {
                let mut patterns = Vec::new();
                for alternatives in &facets.patterns {
                    patterns.push((alternatives.join("|"), pattern::translate(alternatives)?));
                }
                let text = TextFacets {
                    min_length: facets.min_length,
                    max_length: facets.max_length,
                    patterns,
                };
                match facets.enumeration {
                    [] => Ok(ItemKind::Text(text)),
                    values => {
                        let of_this = steps.last().is_some_and(|step| !step.enumeration.is_empty());
                        text.check_allowed(values, of_this)?;
                        Ok(ItemKind::Code(self.code_values(name, values)?))
                    }
                }
            }
            _ if facets.has_other_than_bounds() => {
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

    fn code_values(
        &self,
        name: &QName,
        enumeration: &[crate::ir::EnumValue],
    ) -> Result<Vec<CodeValue>> {
        let mut seen = BTreeSet::new();
        let mut values: Vec<CodeValue> = Vec::new();
        for value in enumeration {
            if values.iter().any(|known| known.value == value.value) {
                continue;
            }
            let ident = self.tables.names.value(name, &value.value)?;
            if ident == "Unknown" || !seen.insert(ident.clone()) {
                return Err(Error::new(format!(
                    "two values would be named `{ident}`; name one in names.toml, [values], as \
                     `{}/{}`",
                    key(name),
                    value.value
                )));
            }
            let docs = value.docs.clone();
            let aliases = self.tables.glossary.aliases(&value.value);
            values.push(CodeValue { ident, value: value.value.clone(), docs, aliases });
        }
        Ok(values)
    }
}

/// What a chain of restrictions begins with.
enum Basis<'t> {
    Builtin(Builtin),
    List(&'t TypeRef),
    Union(&'t [TypeRef]),
}

fn reversed<T>(mut steps: Vec<T>) -> Vec<T> {
    steps.reverse();
    steps
}

/// What the steps of a chain of restrictions ask for together.
#[derive(Default)]
struct Steps<'t> {
    /// Of each step the alternatives.
    patterns: Vec<&'t [String]>,
    min_length: Option<usize>,
    max_length: Option<usize>,
    min_inclusive: Option<i64>,
    max_inclusive: Option<i64>,
    /// Those of the last step that lists any: a restriction may list fewer values than its base.
    enumeration: &'t [crate::ir::EnumValue],
}

impl<'t> Steps<'t> {
    fn of(steps: &[&'t Facets]) -> Self {
        let mut found = Self::default();
        for facets in steps {
            if !facets.patterns.is_empty() {
                found.patterns.push(&facets.patterns);
            }
            if !facets.enumeration.is_empty() {
                found.enumeration = &facets.enumeration;
            }
            found.min_length = found.min_length.max(facets.min_length);
            found.max_length = least(found.max_length, facets.max_length);
            found.min_inclusive = found.min_inclusive.max(facets.min_inclusive);
            found.max_inclusive = least(found.max_inclusive, facets.max_inclusive);
        }
        found
    }

    fn has_other_than_lengths(&self) -> bool {
        !self.patterns.is_empty()
            || !self.enumeration.is_empty()
            || (self.min_inclusive, self.max_inclusive) != (None, None)
    }

    fn has_other_than_bounds(&self) -> bool {
        !self.patterns.is_empty()
            || !self.enumeration.is_empty()
            || (self.min_length, self.max_length) != (None, None)
    }
}

fn least<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

impl TextFacets {
    /// Listed values that break another facet make a type that says less than it seems to.
    fn check_allowed(&self, values: &[crate::ir::EnumValue], is_own: bool) -> Result<()> {
        let is_allowed = |value: &str| {
            let length = value.chars().count();
            let is_match = |(_, regex): &(String, String)| {
                regex::Regex::new(regex).is_ok_and(|regex| regex.is_match(value))
            };
            self.min_length.is_none_or(|min| length >= min)
                && self.max_length.is_none_or(|max| length <= max)
                && self.patterns.iter().all(is_match)
        };
        match values.iter().find(|value| !is_allowed(&value.value)) {
            None => Ok(()),
            Some(value) => {
                let value = &value.value;
                let hint = match is_own {
                    true => "take the value out, or the facet",
                    false => "list the values that remain in the restriction",
                };
                let message =
                    format!("the listed value `{value}` breaks another facet of the type");
                Err(Error::new(message).hint(hint))
            }
        }
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
