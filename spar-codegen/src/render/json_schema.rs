//! JSON Schema (draft 2020-12): what a message may look like in the form that `json.rs` gives it.
//!
//! It describes what the interface's schema allows, so a fix-up shows in the form alone (a list where the
//! record may hold more), never in what is allowed.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToShoutySnakeCase;
use proc_macro2::TokenStream;
use quote::quote;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Rendered, find_in, ident, json, source};
use crate::error::{Error, Result};
use crate::ir::{Builtin, Occurs};
use crate::model::{
    ElementRef, ElementUse, Field, FieldKind, Item, ItemKind, Model, Module, Record, RustAttribute,
    RustType, TextFacets, Variant, VariantKind,
};

/// One file per message of an interface version.
pub(super) fn render(model: &Model, files: &mut Rendered<'_>) -> Result<()> {
    let modules: BTreeMap<&str, &Module> =
        model.modules.iter().map(|module| (module.name.as_str(), module)).collect();
    for message in messages(model) {
        let name = &message.ident;
        let document = Document {
            dialect: "https://json-schema.org/draft/2020-12/schema",
            comment: format!(
                "{} from {}. Do not edit.",
                files.target().mark(),
                message
                    .module
                    .as_deref()
                    .and_then(|of| modules.get(of))
                    .map_or_else(String::new, |of| source(of))
            ),
            title: format!("{name}, {}, JSON form {}", interface(model), json::FORM),
            reference: reference(name),
            definitions: definitions(message, &modules)?,
        };
        let text = serde_json::to_string_pretty(&document)
            .map_err(|error| Error::new(format!("JSON Schema of {name}: {error}")))?;
        files.insert(path(model, name), format!("{text}\n"));
    }
    Ok(())
}

/// The constants by which users get at the files, for the facade of the interface version.
pub(super) fn constants(model: &Model) -> TokenStream {
    let constants = messages(model).into_iter().map(|message| {
        let name = ident(&message.ident.to_shouty_snake_case());
        let path = path(model, &message.ident);
        let about = format!(" The schema of `{}`.", message.ident);
        quote!(#[doc = #about] pub const #name: &str = include_str!(#path);)
    });
    quote! {
        #[doc = " JSON Schemas of the messages, as text: what the interface allows, in JSON."]
        #[doc = ""]
        #[doc = " Definitions have the names of the types: `#/$defs/PersonId` is a part by itself. The calendar and"]
        #[doc = " the bounds of numbers are not told, since values are strings."]
        #[cfg(feature = "serde")]
        pub mod json_schema { #(#constants)* }
    }
}

fn messages(model: &Model) -> BTreeSet<&RustType> {
    let messages = model.operations.iter().flat_map(|o| [&o.request, &o.response]);
    messages.chain(&model.documents).collect()
}

/// Such as `personsok 2021.1`.
fn interface(model: &Model) -> String {
    let (service, version) = &model.facade;
    format!("{service} {}", version.trim_start_matches('v').replace('_', "."))
}

fn path(model: &Model, message: &str) -> String {
    format!("json-schema/{}/{message}.json", interface(model).replace(' ', "-"))
}

fn reference(name: &str) -> String {
    format!("#/$defs/{name}")
}

/// The types of the message's elements and all that they are made of.
fn definitions(message: &RustType, modules: &BTreeMap<&str, &Module>) -> Result<Named<Schema>> {
    let mut found = BTreeMap::new();
    let mut open = vec![message.clone()];
    while let Some(of) = open.pop() {
        if found.contains_key(&of.ident) {
            continue;
        }
        let item = find_in(modules, &of)
            .ok_or_else(|| Error::new(format!("JSON Schema: no type {}", of.ident)))?;
        let mut definition = Definition { modules, used: &mut open };
        let schema = definition.of(item);
        found.insert(of.ident, schema);
    }
    Ok(Named(found.into_iter().collect()))
}

/// One definition, with the types that it refers to.
struct Definition<'m, 'u> {
    modules: &'u BTreeMap<&'u str, &'m Module>,
    used: &'u mut Vec<RustType>,
}

impl Definition<'_, '_> {
    fn of(&mut self, item: &Item) -> Schema {
        let schema = match &item.kind {
            ItemKind::Record(_) | ItemKind::Choice { .. } => {
                let mut content = Content::default();
                self.content(item, &mut content);
                content.object()
            }
            ItemKind::SimpleContent { value, attributes, .. } => {
                let mut content =
                    Content { required: vec![json::VALUE.to_owned()], ..Content::default() };
                content.properties.push((json::VALUE.to_owned(), self.typed(value)));
                self.attributes(attributes, &mut content);
                content.object()
            }
            ItemKind::Text(facets) => text(facets),
            ItemKind::Number { builtin, min, max } => number(*builtin, *min, *max),
            ItemKind::Code(values) => Schema {
                one_of_values: values.iter().map(|value| value.value.clone()).collect(),
                ..Schema::string()
            },
            ItemKind::List { .. } | ItemKind::Union(_) => Schema {
                comment: Some("Not expressed: the types that the text is made of.".to_owned()),
                ..Schema::string()
            },
            ItemKind::Alias(of) => self.typed(of),
        };
        schema.about(&item.docs)
    }

    fn attributes(&mut self, attributes: &[RustAttribute], content: &mut Content) {
        for attribute in attributes {
            let schema = self.typed(&attribute.of).about(&attribute.docs);
            content.properties.push((attribute.member.clone(), schema));
            if attribute.is_required {
                content.required.push(attribute.member.clone());
            }
        }
    }

    /// The members of a type, and what is asked of them.
    fn content(&mut self, item: &Item, content: &mut Content) {
        match &item.kind {
            ItemKind::Record(Record { attributes, fields, coinciding, .. }) => {
                self.attributes(attributes, content);
                for field in fields {
                    self.field(field, content);
                }
                let exclusive = coinciding.iter().map(|names| exclusive(names, fields));
                content.conditions.extend(exclusive);
            }
            ItemKind::Choice { variants, .. } => {
                let condition = self.choice(item, variants, content);
                content.conditions.push(condition);
            }
            _ => {}
        }
    }

    fn field(&mut self, field: &Field, content: &mut Content) {
        match &field.kind {
            FieldKind::Element(element) => {
                let schema = self.element(element).about(&field.docs);
                content.properties.push((field.schema_name.clone(), schema));
                if element.occurs.min > 0 {
                    content.required.push(field.schema_name.clone());
                }
            }
            FieldKind::Groups { of, occurs } => {
                let schema = list(self.typed(of), *occurs).about(&field.docs);
                content.properties.push((field.schema_name.clone(), schema));
                if occurs.min > 0 {
                    content.required.push(field.schema_name.clone());
                }
            }
            FieldKind::Group { of, is_optional, .. } => {
                let Some(item) = find_in(self.modules, of) else { return };
                let mut group = Content::default();
                self.content(item, &mut group);
                content.properties.append(&mut group.properties);
                if *is_optional {
                    let members = json::members_of_field(field, self.modules);
                    let mut alternatives = match (&group.required[..], &mut group.conditions[..]) {
                        ([], [only]) => std::mem::take(only),
                        _ => vec![group.asked()],
                    };
                    alternatives.push(without(&members));
                    content.conditions.push(alternatives);
                } else {
                    content.required.append(&mut group.required);
                    content.conditions.append(&mut group.conditions);
                }
            }
        }
    }

    /// One alternative is there as it should be, and nothing of the others.
    fn choice(&mut self, item: &Item, variants: &[Variant], content: &mut Content) -> Vec<Schema> {
        let all = json::members(item, self.modules);
        let mut alternatives = Vec::new();
        for variant in variants {
            let mut own = Content::default();
            match &variant.kind {
                VariantKind::Element(element) => {
                    let name = &variant.schema_name;
                    own.properties.push((name.clone(), self.element(element).about(&variant.docs)));
                    if element.occurs.min > 0 {
                        own.required.push(name.clone());
                    }
                }
                VariantKind::Groups { of, occurs } => {
                    let schema = list(self.typed(of), *occurs).about(&variant.docs);
                    own.properties.push((variant.schema_name.clone(), schema));
                    if occurs.min > 0 {
                        own.required.push(variant.schema_name.clone());
                    }
                }
                VariantKind::Fields(fields) => {
                    fields.iter().for_each(|field| self.field(field, &mut own));
                }
                VariantKind::Group(of) => {
                    if let Some(item) = find_in(self.modules, of) {
                        self.content(item, &mut own);
                    }
                }
            }
            let is_own = |name: &&str| own.properties.iter().any(|(own, _)| own == name);
            let others: Vec<_> = all.iter().copied().filter(|name| !is_own(name)).collect();
            content.properties.append(&mut own.properties);
            alternatives.push(Schema { properties: without(&others).properties, ..own.asked() });
        }
        alternatives
    }

    fn element(&mut self, element: &ElementUse) -> Schema {
        let of = self.typed(element.judged_as.as_ref().unwrap_or(&element.of));
        let of = if element.is_nillable {
            Schema { any_of: vec![nil(), of], ..Schema::default() }
        } else {
            of
        };
        if element.shape.is_list() { list(of, element.occurs) } else { of }
    }

    /// A reference to the type, or what is known of one of the runtime.
    fn typed(&mut self, of: &RustType) -> Schema {
        if of.module.is_none() {
            return runtime(&of.ident);
        }
        self.used.push(of.clone());
        Schema { reference: Some(reference(&of.ident)), ..Schema::default() }
    }
}

fn list(of: Schema, occurs: Occurs) -> Schema {
    Schema {
        kind: Some("array"),
        items: Some(Box::new(of)),
        // An empty list is left out.
        min_items: Some(occurs.min.max(1)),
        max_items: occurs.max,
        ..Schema::default()
    }
}

/// What stands for an element that says it has no value.
fn nil() -> Schema {
    let is_nil = Schema { one_of_values: vec!["true".to_owned()], ..Schema::string() };
    Schema {
        kind: Some("object"),
        properties: Named(vec![(json::NIL.to_owned(), Property::Is(Box::new(is_nil)))]),
        required: vec![json::NIL.to_owned()],
        additional_properties: Some(false),
        ..Schema::default()
    }
}

/// At most one of the alternatives is there, which are fields side by side.
fn exclusive(alternatives: &[ElementRef], fields: &[Field]) -> Vec<Schema> {
    let names: Vec<_> = fields
        .iter()
        .filter(|field| field.element().is_some_and(|element| alternatives.contains(&element.name)))
        .map(|field| field.schema_name.as_str())
        .collect();
    let others =
        |name: &&str| names.iter().copied().filter(|other| other != name).collect::<Vec<_>>();
    names.iter().map(|name| without(&others(name))).collect()
}

/// None of these members is there.
fn without(members: &[&str]) -> Schema {
    let never = members.iter().map(|name| ((*name).to_owned(), Property::Never)).collect();
    Schema { properties: Named(never), ..Schema::default() }
}

fn text(facets: &TextFacets) -> Schema {
    Schema {
        min_length: facets.min_length,
        max_length: facets.max_length,
        pattern: facets.patterns.first().map(|(_, translated)| translated.clone()),
        all_of: facets.patterns.iter().skip(1).map(|(_, translated)| exactly(translated)).collect(),
        ..Schema::string()
    }
}

fn number(builtin: Builtin, min: Option<i64>, max: Option<i64>) -> Schema {
    let bounds = match (min, max) {
        (None, None) => String::new(),
        (Some(min), None) => format!(", {min} or more"),
        (None, Some(max)) => format!(", {max} or less"),
        (Some(min), Some(max)) => format!(", {min} to {max}"),
    };
    let comment = format!("Not expressed: a number of xs:{}{bounds}.", builtin.name());
    Schema { comment: Some(comment), ..pattern(INTEGER) }
}

const INTEGER: &str = "[+-]?[0-9]+";
const DATE: &str = "-?[0-9]{4,}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])";
const TIME: &str = r"T(?:[01][0-9]|2[0-4]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?";
const ZONE: &str = "(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?";

/// What is known of a type that spar-types has by hand. Its other types take any text.
fn runtime(name: &str) -> Schema {
    match name {
        "Int" => number(Builtin::Int, None, None),
        "Long" => number(Builtin::Long, None, None),
        "Integer" => pattern(INTEGER),
        "Datum" => pattern(&format!("{DATE}{ZONE}")),
        "Tidsstampel" => pattern(&format!("{DATE}{TIME}{ZONE}")),
        _ => Schema::string(),
    }
}

fn exactly(pattern: &str) -> Schema {
    Schema { pattern: Some(pattern.to_owned()), ..Schema::default() }
}

fn pattern(pattern: &str) -> Schema {
    Schema { pattern: Some(format!("^(?:{pattern})$")), ..Schema::string() }
}

/// The members of an object, and what is asked of them.
#[derive(Default)]
struct Content {
    properties: Vec<(String, Schema)>,
    required: Vec<String>,
    /// Of each, one alternative must hold.
    conditions: Vec<Vec<Schema>>,
}

impl Content {
    fn object(self) -> Schema {
        let is = |(name, schema)| (name, Property::Is(Box::new(schema)));
        let Self { properties, required, conditions } = self;
        Schema {
            kind: Some("object"),
            properties: Named(properties.into_iter().map(is).collect()),
            additional_properties: Some(false),
            ..Self { properties: Vec::new(), required, conditions }.asked()
        }
    }

    /// What is asked of the members together.
    fn asked(mut self) -> Schema {
        let schema = Schema { required: self.required, ..Schema::default() };
        if self.conditions.len() == 1 {
            return Schema { any_of: self.conditions.remove(0), ..schema };
        }
        let any_of = |any_of| Schema { any_of, ..Schema::default() };
        Schema { all_of: self.conditions.into_iter().map(any_of).collect(), ..schema }
    }
}

#[derive(serde::Serialize)]
struct Document {
    #[serde(rename = "$schema")]
    dialect: &'static str,
    #[serde(rename = "$comment")]
    comment: String,
    title: String,
    #[serde(rename = "$ref")]
    reference: String,
    #[serde(rename = "$defs")]
    definitions: Named<Schema>,
}

/// A schema, with the keywords in the order in which they are written.
#[derive(Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Schema {
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(rename = "$comment", skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    #[serde(rename = "$ref", skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(rename = "enum", skip_serializing_if = "Vec::is_empty")]
    one_of_values: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Box<Self>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_items: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_items: Option<usize>,
    #[serde(skip_serializing_if = "Named::is_empty")]
    properties: Named<Property>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    required: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_properties: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    all_of: Vec<Self>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    any_of: Vec<Self>,
}

impl Schema {
    fn string() -> Self {
        Self { kind: Some("string"), ..Self::default() }
    }

    /// The schema with this documentation, if there is any.
    fn about(self, docs: &str) -> Self {
        let description = Some(docs.to_owned()).filter(|docs| !docs.is_empty());
        Self { description, ..self }
    }
}

/// What is said of one member.
enum Property {
    Is(Box<Schema>),
    /// It is not there.
    Never,
}

impl Serialize for Property {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Is(schema) => schema.serialize(serializer),
            Self::Never => serializer.serialize_bool(false),
        }
    }
}

/// An object whose members keep their order.
struct Named<T>(Vec<(String, T)>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Named<T> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            members.serialize_entry(name, value)?;
        }
        members.end()
    }
}
