//! An OpenAPI 3.0 file: its operations and the types of its answers.
//!
//! Read by the crate openapiv3, which knows no lines: errors name the place by its path in the file. What is not
//! supported (header and cookie parameters, `oneOf` and its like, other bodies than multipart) is an error.

use std::collections::BTreeMap;
use std::path::Path;

use openapiv3::{
    OpenAPI, Operation, Parameter, ParameterSchemaOrContent, ReferenceOr, Response, Schema,
    SchemaKind, StatusCode, Type, VariantOrUnknownOrEmpty,
};

use crate::error::{Error, Result};
use crate::load::read_text;

/// What an OpenAPI file says.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) interface: String,
    pub(crate) file: String,
    pub(crate) operations: Vec<ApiOperation>,
    pub(crate) types: BTreeMap<String, ApiType>,
}

#[derive(Debug)]
pub(crate) struct ApiOperation {
    pub(crate) id: String,
    pub(crate) docs: String,
    /// Nothing but the operation's purpose is known: neither path nor method nor names.
    pub(crate) is_guess: bool,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) parameters: Vec<ApiParameter>,
    /// The part of a multipart body that carries the file.
    pub(crate) part: Option<String>,
    /// The type of the answer's JSON; `None` for a file.
    pub(crate) answer: Option<String>,
}

#[derive(Debug)]
pub(crate) struct ApiParameter {
    pub(crate) name: String,
    pub(crate) is_in_path: bool,
    pub(crate) is_required: bool,
}

#[derive(Debug)]
pub(crate) struct ApiType {
    pub(crate) docs: String,
    pub(crate) kind: ApiKind,
}

#[derive(Debug)]
pub(crate) enum ApiKind {
    /// An open enumeration: other values are kept.
    Enumeration(Vec<String>),
    Object(Vec<ApiField>),
}

#[derive(Debug)]
pub(crate) struct ApiField {
    pub(crate) name: String,
    pub(crate) docs: String,
    pub(crate) is_required: bool,
    pub(crate) value: ApiValue,
}

#[derive(Debug)]
pub(crate) enum ApiValue {
    Text,
    Integer,
    Boolean,
    Named(String),
    List(Box<Self>),
}

/// The extension by which an operation says that its names are not known.
const CONFIDENCE: &str = "x-spar-confidence";

impl Api {
    pub(crate) fn read(root: &Path, file: &str, interface: &str) -> Result<Self> {
        Self::parse(&read_text(&root.join(file))?, file, interface)
    }

    pub(crate) fn parse(text: &str, file: &str, interface: &str) -> Result<Self> {
        let api: OpenAPI = serde_saphyr::from_str(text)
            .map_err(|error| Error::new(format!("{file}: not OpenAPI 3.0: {error}")))?;
        if !api.openapi.starts_with("3.0.") {
            let version = &api.openapi;
            return Err(Error::new(format!("{file}: OpenAPI {version}; 3.0 is supported")));
        }
        let reader = Reader { api: &api, file };
        let mut operations = Vec::new();
        for (path, item) in &api.paths.paths {
            let place = format!("paths.{path}");
            let ReferenceOr::Item(item) = item else {
                return reader.refuse(&place, "a path by reference");
            };
            for (method, operation) in item.iter() {
                let place = format!("{place}.{method}");
                let shared = &item.parameters;
                operations.push(reader.operation(&place, method, path, shared, operation)?);
            }
        }
        let mut types = BTreeMap::new();
        let schemas = api.components.iter().flat_map(|components| &components.schemas);
        for (name, schema) in schemas {
            let place = format!("components.schemas.{name}");
            let ReferenceOr::Item(schema) = schema else {
                return reader.refuse(&place, "a schema by reference");
            };
            types.insert(name.clone(), reader.named_type(&place, schema)?);
        }
        Ok(Self { interface: interface.to_owned(), file: file.to_owned(), operations, types })
    }

    /// One fact a line, sorted, without documentation: what `schemas diff` compares.
    pub(crate) fn facts(&self) -> BTreeMap<String, String> {
        let mut facts = BTreeMap::new();
        for operation in &self.operations {
            let ApiOperation { id, method, path, is_guess, answer, part, .. } = operation;
            let about = format!("operation {id}");
            let confidence = if *is_guess { ", a guess" } else { "" };
            let answer = answer.as_deref().unwrap_or("a file");
            let part = part.iter().map(|part| format!(", part {part}")).collect::<String>();
            facts.insert(
                about.clone(),
                format!("{} {path}{part}, answered by {answer}{confidence}", method.to_uppercase()),
            );
            for ApiParameter { name, is_in_path, is_required } in &operation.parameters {
                let place = if *is_in_path { "path" } else { "query" };
                let need = if *is_required { "required" } else { "optional" };
                facts.insert(format!("{about} parameter {name}"), format!("{place}, {need}"));
            }
        }
        for (name, r#type) in &self.types {
            let about = format!("type {name}");
            match &r#type.kind {
                ApiKind::Enumeration(values) => {
                    facts.insert(about, format!("one of {}, or another", values.join(" | ")));
                }
                ApiKind::Object(fields) => {
                    facts.insert(about.clone(), "an object".to_owned());
                    for ApiField { name, is_required, value, .. } in fields {
                        let need = if *is_required { "required" } else { "optional" };
                        let value = format!("{value}, {need}");
                        facts.insert(format!("{about} field {name}"), value);
                    }
                }
            }
        }
        facts
    }
}

impl std::fmt::Display for ApiValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::Integer => f.write_str("integer"),
            Self::Boolean => f.write_str("boolean"),
            Self::Named(name) => f.write_str(name),
            Self::List(item) => write!(f, "list of {item}"),
        }
    }
}

struct Reader<'a> {
    api: &'a OpenAPI,
    file: &'a str,
}

impl Reader<'_> {
    fn refuse<T>(&self, place: &str, what: &str) -> Result<T> {
        Err(Error::new(format!(
            "{}: {place}: {what} is not supported; extend spar-codegen/src/openapi.rs",
            self.file
        )))
    }

    fn operation(
        &self,
        place: &str,
        method: &str,
        path: &str,
        shared: &[ReferenceOr<Parameter>],
        operation: &Operation,
    ) -> Result<ApiOperation> {
        let Some(id) = &operation.operation_id else {
            return self.refuse(place, "an operation without operationId");
        };
        let mut parameters = Vec::new();
        for (index, parameter) in shared.iter().chain(&operation.parameters).enumerate() {
            parameters.push(self.parameter(&format!("{place}.parameters[{index}]"), parameter)?);
        }
        Ok(ApiOperation {
            id: id.clone(),
            docs: docs(operation.description.as_ref().or(operation.summary.as_ref())),
            is_guess: operation.extensions.get(CONFIDENCE).is_some_and(|word| word == "guess"),
            method: method.to_owned(),
            path: path.to_owned(),
            parameters,
            part: self.part(place, operation)?,
            answer: self.answer(place, operation)?,
        })
    }

    fn parameter(&self, place: &str, parameter: &ReferenceOr<Parameter>) -> Result<ApiParameter> {
        let parameter = match parameter {
            ReferenceOr::Item(parameter) => parameter,
            ReferenceOr::Reference { reference } => {
                let found = self.api.components.as_ref().and_then(|components| {
                    components.parameters.get(reference.strip_prefix("#/components/parameters/")?)
                });
                match found {
                    Some(ReferenceOr::Item(parameter)) => parameter,
                    _ => return self.refuse(place, &format!("the reference {reference}")),
                }
            }
        };
        let (data, is_in_path) = match parameter {
            Parameter::Path { parameter_data, .. } => (parameter_data, true),
            Parameter::Query { parameter_data, .. } => (parameter_data, false),
            Parameter::Header { .. } | Parameter::Cookie { .. } => {
                return self.refuse(place, "a header or cookie as parameter");
            }
        };
        if let ParameterSchemaOrContent::Content(_) = data.format {
            return self.refuse(place, "a parameter with content");
        }
        Ok(ApiParameter { name: data.name.clone(), is_in_path, is_required: data.required })
    }

    /// The one binary part of a multipart body.
    fn part(&self, place: &str, operation: &Operation) -> Result<Option<String>> {
        let place = format!("{place}.requestBody");
        let body = match &operation.request_body {
            None => return Ok(None),
            Some(ReferenceOr::Item(body)) => body,
            Some(ReferenceOr::Reference { .. }) => {
                return self.refuse(&place, "a body by reference");
            }
        };
        let Some(media) = body.content.get("multipart/form-data") else {
            return self.refuse(&place, "another body than multipart/form-data");
        };
        let schema = match &media.schema {
            Some(ReferenceOr::Item(schema)) => schema,
            Some(ReferenceOr::Reference { reference }) => self.resolve(&place, reference)?,
            None => return self.refuse(&place, "a body without schema"),
        };
        let SchemaKind::Type(Type::Object(object)) = &schema.schema_kind else {
            return self.refuse(&place, "a multipart body that is no object");
        };
        let is_binary = |schema: &ReferenceOr<Box<Schema>>| {
            matches!(schema, ReferenceOr::Item(schema) if matches!(
                &schema.schema_kind,
                SchemaKind::Type(Type::String(text)) if matches!(
                    &text.format,
                    VariantOrUnknownOrEmpty::Item(openapiv3::StringFormat::Binary)
                )
            ))
        };
        let mut parts = object.properties.iter();
        match (parts.next(), parts.next()) {
            (Some((name, schema)), None) if is_binary(schema) => Ok(Some(name.clone())),
            _ => self.refuse(&place, "a multipart body that is not one file"),
        }
    }

    fn answer(&self, place: &str, operation: &Operation) -> Result<Option<String>> {
        let is_success = |status: &StatusCode| {
            matches!(status, StatusCode::Code(200..=299) | StatusCode::Range(2))
        };
        let mut successes = operation.responses.responses.iter().filter(|(s, _)| is_success(s));
        let (Some((status, response)), None) = (successes.next(), successes.next()) else {
            return self.refuse(place, "another number of successful answers than one");
        };
        let place = format!("{place}.responses.{status}");
        let response = self.response(&place, response)?;
        let Some(media) = response.content.get("application/json") else {
            return Ok(None);
        };
        match &media.schema {
            Some(ReferenceOr::Reference { reference }) => {
                self.resolve(&place, reference)?;
                Ok(reference.rsplit('/').next().map(str::to_owned))
            }
            _ => self.refuse(&place, "an answer whose type has no name"),
        }
    }

    fn response<'r>(
        &'r self,
        place: &str,
        response: &'r ReferenceOr<Response>,
    ) -> Result<&'r Response> {
        let ReferenceOr::Reference { reference } = response else {
            return response.as_item().map_or_else(|| self.refuse(place, "this answer"), Ok);
        };
        let found = self.api.components.as_ref().and_then(|components| {
            components.responses.get(reference.strip_prefix("#/components/responses/")?)?.as_item()
        });
        found.map_or_else(|| self.refuse(place, &format!("the reference {reference}")), Ok)
    }

    fn resolve(&self, place: &str, reference: &str) -> Result<&Schema> {
        let found = self.api.components.as_ref().and_then(|components| {
            components.schemas.get(reference.strip_prefix("#/components/schemas/")?)?.as_item()
        });
        found.map_or_else(|| self.refuse(place, &format!("the reference {reference}")), Ok)
    }

    fn named_type(&self, place: &str, schema: &Schema) -> Result<ApiType> {
        let kind = match &schema.schema_kind {
            SchemaKind::Type(Type::String(text)) if !text.enumeration.is_empty() => {
                ApiKind::Enumeration(text.enumeration.iter().flatten().cloned().collect())
            }
            SchemaKind::Type(Type::Object(object)) => {
                let mut fields = Vec::new();
                for (name, schema) in &object.properties {
                    let is_required = object.required.contains(name);
                    let schema = schema.clone().unbox();
                    fields.push(self.field(place, name, &schema, is_required)?);
                }
                ApiKind::Object(fields)
            }
            _ => return self.refuse(place, "a named type that is neither object nor enumeration"),
        };
        Ok(ApiType { docs: docs(schema.schema_data.description.as_ref()), kind })
    }

    fn field(
        &self,
        place: &str,
        name: &str,
        schema: &ReferenceOr<Schema>,
        is_required: bool,
    ) -> Result<ApiField> {
        let place = format!("{place}.{name}");
        let docs = match schema {
            ReferenceOr::Item(schema) => docs(schema.schema_data.description.as_ref()),
            ReferenceOr::Reference { reference } => {
                docs(self.resolve(&place, reference)?.schema_data.description.as_ref())
            }
        };
        let value = self.value(&place, schema)?;
        Ok(ApiField { name: name.to_owned(), docs, is_required, value })
    }

    fn value(&self, place: &str, schema: &ReferenceOr<Schema>) -> Result<ApiValue> {
        let schema = match schema {
            ReferenceOr::Item(schema) => schema,
            ReferenceOr::Reference { reference } => {
                self.resolve(place, reference)?;
                let name = reference.rsplit('/').next().unwrap_or(reference);
                return Ok(ApiValue::Named(name.to_owned()));
            }
        };
        match &schema.schema_kind {
            SchemaKind::Type(Type::String(text)) if text.enumeration.is_empty() => {
                Ok(ApiValue::Text)
            }
            SchemaKind::Type(Type::Integer(_)) => Ok(ApiValue::Integer),
            SchemaKind::Type(Type::Boolean(_)) => Ok(ApiValue::Boolean),
            SchemaKind::Type(Type::Array(array)) => match &array.items {
                Some(items) => {
                    Ok(ApiValue::List(Box::new(self.value(place, &items.clone().unbox())?)))
                }
                None => self.refuse(place, "a list of anything"),
            },
            _ => {
                self.refuse(place, "a type without name, other than text, integer, boolean or list")
            }
        }
    }
}

fn docs(text: Option<&String>) -> String {
    text.map(|text| text.trim().to_owned()).unwrap_or_default()
}
