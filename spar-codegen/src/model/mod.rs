//! From the IR to Rust: which types there are, what they are called, what is in them.

mod build;
mod content;
mod graph;
mod simple;

use std::collections::BTreeSet;

use crate::ir::{Builtin, Occurs};

pub(crate) use build::build;
pub(crate) use graph::find;

/// The Rust side of one interface version.
pub(crate) struct Model {
    /// Such as `personsok` and `v2021_1`.
    pub(crate) facade: (String, String),
    /// What users should know before they speak this version.
    pub(crate) note: String,
    pub(crate) modules: Vec<Module>,
    pub(crate) operations: Vec<RustOperation>,
    /// The types that messages and files are made of.
    pub(crate) reachable: BTreeSet<RustType>,
}

impl Model {
    /// The version as numbers, by which the newest is found.
    pub(crate) fn version(&self) -> Vec<u32> {
        let numbers = self.facade.1.trim_start_matches('v').split('_');
        numbers.filter_map(|number| number.parse().ok()).collect()
    }

    /// The version as SPAR writes it, such as `2023.1`.
    pub(crate) fn dotted_version(&self) -> String {
        self.facade.1.trim_start_matches('v').replace('_', ".")
    }
}

/// The module of a namespace.
pub(crate) struct Module {
    pub(crate) name: String,
    pub(crate) namespace: String,
    /// The namespace without its version, and the version as numbers.
    pub(crate) stem: String,
    pub(crate) version: Vec<u32>,
    pub(crate) file: String,
    pub(crate) docs: String,
    pub(crate) is_reconstructed: bool,
    pub(crate) elements: Vec<ElementName>,
    pub(crate) items: Vec<Item>,
}

/// A constant for the name of an element.
pub(crate) struct ElementName {
    pub(crate) ident: String,
    pub(crate) local: String,
    pub(crate) namespace: String,
    pub(crate) docs: String,
}

/// A type.
pub(crate) struct Item {
    pub(crate) ident: String,
    pub(crate) docs: String,
    /// What the schema calls it, and where.
    pub(crate) origin: String,
    /// Other words by which rustdoc's search finds it.
    pub(crate) aliases: Vec<String>,
    pub(crate) kind: ItemKind,
}

pub(crate) enum ItemKind {
    Record {
        fields: Vec<Field>,
        /// Choices whose alternatives are fields side by side, of which the schema allows one.
        coinciding: Vec<Vec<ElementRef>>,
        root: Option<Root>,
    },
    Choice {
        variants: Vec<Variant>,
        fallback: Option<usize>,
    },
    SimpleContent {
        value: RustType,
        attributes: Vec<RustAttribute>,
    },
    Text(TextFacets),
    Number {
        builtin: Builtin,
        min: Option<i64>,
        max: Option<i64>,
    },
    Code(Vec<CodeValue>),
    Alias(RustType),
}

/// The record is a document of its own.
pub(crate) struct Root {
    pub(crate) name: ElementRef,
    pub(crate) namespaces: Vec<String>,
}

pub(crate) struct Field {
    pub(crate) ident: String,
    /// Of an element the schema's name, which is the one in JSON; of a group that of its type.
    pub(crate) schema_name: String,
    pub(crate) docs: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) is_public: bool,
    pub(crate) kind: FieldKind,
}

pub(crate) enum FieldKind {
    Element(ElementUse),
    Group { of: RustType, is_optional: bool },
}

/// An element within a content.
pub(crate) struct ElementUse {
    pub(crate) name: ElementRef,
    pub(crate) of: RustType,
    /// How often the schema has it. A fix-up may let the record hold more.
    pub(crate) occurs: Occurs,
    pub(crate) shape: Shape,
    /// The type by which the schema judges the value, if the record keeps it as another one.
    pub(crate) judged_as: Option<RustType>,
}

/// How a record holds what may occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    One,
    Optional,
    /// Values of a simple type, each of which can be kept whatever it is.
    Values,
    /// Records, of which one that cannot be made is an error in its place.
    Records,
}

impl Shape {
    pub(crate) fn is_list(self) -> bool {
        matches!(self, Self::Values | Self::Records)
    }
}

impl Field {
    pub(crate) fn shape(&self) -> Shape {
        match &self.kind {
            FieldKind::Element(element) => element.shape,
            FieldKind::Group { is_optional: true, .. } => Shape::Optional,
            FieldKind::Group { is_optional: false, .. } => Shape::One,
        }
    }

    pub(crate) fn of(&self) -> &RustType {
        match &self.kind {
            FieldKind::Element(ElementUse { of, .. }) | FieldKind::Group { of, .. } => of,
        }
    }

    /// Whether the schema asks for the field.
    pub(crate) fn is_required(&self) -> bool {
        match &self.kind {
            FieldKind::Element(element) => element.occurs.min > 0,
            // A group that must be there but may be empty has a default.
            FieldKind::Group { .. } => false,
        }
    }

    pub(crate) fn element(&self) -> Option<&ElementUse> {
        match &self.kind {
            FieldKind::Element(element) => Some(element),
            FieldKind::Group { .. } => None,
        }
    }
}

pub(crate) struct Variant {
    pub(crate) ident: String,
    pub(crate) schema_name: String,
    pub(crate) docs: String,
    pub(crate) kind: VariantKind,
}

pub(crate) enum VariantKind {
    Element(ElementUse),
    /// A group with a type of its own.
    Group(RustType),
    /// A group of few elements.
    Fields(Vec<Field>),
}

pub(crate) struct TextFacets {
    pub(crate) min_length: Option<usize>,
    pub(crate) max_length: Option<usize>,
    /// As the schema has it, and as Rust has it.
    pub(crate) pattern: Option<(String, String)>,
}

pub(crate) struct CodeValue {
    pub(crate) ident: String,
    pub(crate) value: String,
    pub(crate) docs: String,
    pub(crate) aliases: Vec<String>,
}

pub(crate) struct RustAttribute {
    pub(crate) ident: String,
    pub(crate) name: String,
    pub(crate) docs: String,
    pub(crate) of: RustType,
}

pub(crate) struct RustOperation {
    pub(crate) operation: String,
    pub(crate) docs: String,
    pub(crate) soap_action: String,
    pub(crate) request: RustType,
    pub(crate) response: RustType,
}

/// A type by the module that declares it; `None` is the runtime.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RustType {
    pub(crate) module: Option<String>,
    pub(crate) ident: String,
}

/// The constant that names an element.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ElementRef {
    pub(crate) module: String,
    pub(crate) ident: String,
}
