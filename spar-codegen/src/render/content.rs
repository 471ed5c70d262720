//! The content of a type as its reader sees it: the elements in the order of the schema, those of groups
//! included.

use std::collections::BTreeMap;

use super::find_in;
use crate::model::{
    ElementRef, ElementUse, Field, FieldKind, Item, ItemKind, Module, Record, RustType,
    VariantKind, Wildcard,
};

/// What may stand in an element.
#[derive(Default)]
pub(super) struct Content<'m> {
    pub(super) places: Vec<Place<'m>>,
    /// The elements that may say that they have no value.
    pub(super) nillable: Vec<&'m ElementRef>,
    /// The groups that may be repeated, but for those within another one.
    pub(super) repeated: Vec<&'m RustType>,
}

pub(super) enum Place<'m> {
    Element(&'m ElementRef),
    Any(&'m Wildcard),
}

impl<'m> Content<'m> {
    pub(super) fn of(item: &'m Item, modules: &BTreeMap<&str, &'m Module>) -> Self {
        let mut content = Self::default();
        content.item(item, modules);
        content
    }

    fn item(&mut self, item: &'m Item, modules: &BTreeMap<&str, &'m Module>) {
        match &item.kind {
            ItemKind::Record(Record { fields, wildcards, .. }) => {
                self.fields(fields, wildcards, modules);
            }
            ItemKind::Choice { variants, .. } => {
                for variant in variants {
                    match &variant.kind {
                        VariantKind::Element(element) => self.element(element),
                        VariantKind::Fields(fields) => self.fields(fields, &[], modules),
                        VariantKind::Group(of) => self.group(of, modules),
                        VariantKind::Groups { of, .. } => self.groups(of, modules),
                    }
                }
            }
            _ => {}
        }
    }

    fn fields(
        &mut self,
        fields: &'m [Field],
        wildcards: &'m [Wildcard],
        modules: &BTreeMap<&str, &'m Module>,
    ) {
        for index in 0..=fields.len() {
            let here = wildcards.iter().filter(|wildcard| wildcard.before == index);
            self.places.extend(here.map(Place::Any));
            match fields.get(index).map(|field| &field.kind) {
                Some(FieldKind::Element(element)) => self.element(element),
                Some(FieldKind::Group { of, .. }) => self.group(of, modules),
                Some(FieldKind::Groups { of, .. }) => self.groups(of, modules),
                None => {}
            }
        }
    }

    fn element(&mut self, element: &'m ElementUse) {
        self.places.push(Place::Element(&element.name));
        if element.is_nillable {
            self.nillable.push(&element.name);
        }
    }

    fn group(&mut self, of: &RustType, modules: &BTreeMap<&str, &'m Module>) {
        if let Some(item) = find_in(modules, of) {
            self.item(item, modules);
        }
    }

    fn groups(&mut self, of: &'m RustType, modules: &BTreeMap<&str, &'m Module>) {
        let within = self.repeated.len();
        self.group(of, modules);
        self.repeated.truncate(within);
        self.repeated.push(of);
    }
}
