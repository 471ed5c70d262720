//! Names in Rust: the rules, and the table `schemas/names.toml` for what no rule can know.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::ir::QName;
use crate::load::read_toml;
use crate::openapi::Api;

/// The stem of SPAR's namespaces.
const STEM: &str = "http://statenspersonadressregister.se/schema/";

/// `schemas/names.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Names {
    runtime: BTreeMap<String, String>,
    types: BTreeMap<String, String>,
    values: BTreeMap<String, String>,
    group: Vec<GroupName>,
    public: Vec<String>,
    /// By interface.
    openapi: BTreeMap<String, OpenApiNames>,
    /// What was looked up, to find the lines that apply to nothing.
    #[serde(skip)]
    used: RefCell<BTreeSet<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupName {
    #[serde(rename = "type")]
    type_name: String,
    kind: String,
    first: String,
    name: String,
}

/// What the client calls things, and what an OpenAPI file calls them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenApiNames {
    pub(crate) operations: BTreeMap<String, String>,
    arguments: BTreeMap<String, String>,
}

impl OpenApiNames {
    /// The client's name for a parameter. [`check`](Self::check) has made sure that there is one.
    pub(crate) fn argument<'a>(&'a self, parameter: &'a str) -> &'a str {
        let mut arguments = self.arguments.iter();
        arguments.find(|(_, theirs)| *theirs == parameter).map_or(parameter, |(ours, _)| ours)
    }

    /// Refuses a file that lacks what the client calls, or wants what the client does not know.
    pub(crate) fn check(&self, api: &Api) -> Result<()> {
        let Api { interface, file, .. } = api;
        for (ours, theirs) in &self.operations {
            let Some(operation) = api.operations.iter().find(|found| found.id == *theirs) else {
                let free = api.operations.iter().filter(|operation| {
                    !self.operations.values().any(|taken| *taken == operation.id)
                });
                let free: Vec<_> = free
                    .map(|o| format!("{ours} = \"{}\" # {} {}", o.id, o.method, o.path))
                    .collect();
                return Err(Error::new(format!(
                    "{file}: there is no operation `{theirs}`; put the right one of these into names.toml, \
                     [openapi.\"{interface}\".operations]:\n{}",
                    free.join("\n")
                )));
            };
            for parameter in &operation.parameters {
                let name = &parameter.name;
                if parameter.is_required && !self.arguments.values().any(|known| known == name) {
                    return Err(Error::new(format!(
                        "{file}: operation `{theirs}` requires the parameter `{name}`; say in names.toml, \
                         [openapi.\"{interface}\".arguments], which argument of the client it is, such as\n\
                         {} = \"{name}\"",
                        self.arguments.keys().next().map_or("uppdragId", String::as_str)
                    )));
                }
            }
        }
        let has = |name: &String| {
            let operations = api.operations.iter();
            operations.flat_map(|o| &o.parameters).any(|parameter| parameter.name == *name)
        };
        match self.arguments.iter().find(|(_, theirs)| !has(theirs)) {
            None => Ok(()),
            Some((ours, theirs)) => Err(Error::new(format!(
                "names.toml: `{ours} = \"{theirs}\"` applies to nothing in {file}; correct it"
            ))),
        }
    }
}

impl Names {
    /// The names of one OpenAPI file.
    pub(crate) fn openapi(&self, interface: &str) -> Result<&OpenApiNames> {
        let missing = || format!("names.toml has no [openapi.\"{interface}\".operations]");
        self.openapi.get(interface).ok_or_else(|| Error::new(missing()))
    }

    pub(crate) fn load(schemas: &Path) -> Result<Self> {
        read_toml(&schemas.join("names.toml"))
    }

    /// The type of the runtime that stands for a schema type.
    pub(crate) fn runtime(&self, name: &QName) -> Option<&str> {
        let key = key(name);
        let found = self.runtime.get(&key)?;
        self.used.borrow_mut().insert(format!("runtime {key}"));
        Some(found)
    }

    /// The Rust name of a schema type (N1, N2): without `TYPE`, in camel case.
    pub(crate) fn type_name(&self, name: &QName) -> String {
        let key = key(name);
        if let Some(found) = self.types.get(&key) {
            self.used.borrow_mut().insert(format!("type {key}"));
            return found.clone();
        }
        type_ident(&name.local)
    }

    /// The variant for a value of an enumeration.
    pub(crate) fn value(&self, type_name: &QName, value: &str) -> String {
        let key = format!("{}/{value}", key(type_name));
        if let Some(found) = self.values.get(&key) {
            self.used.borrow_mut().insert(format!("value {key}"));
            return found.clone();
        }
        variant_ident(value)
    }

    /// The name of an anonymous group.
    pub(crate) fn group(&self, type_name: &QName, kind: &str, first: &str) -> Option<&str> {
        let type_name = key(type_name);
        let is_it = |g: &&GroupName| g.type_name == type_name && g.kind == kind && g.first == first;
        let found = self.group.iter().find(is_it)?;
        self.used.borrow_mut().insert(format!("group {type_name} {kind} {first}"));
        Some(&found.name)
    }

    /// Whether values of the element say nothing about any person.
    pub(crate) fn is_public(&self, name: &QName) -> bool {
        let key = key(name);
        let is_listed = self.public.contains(&key);
        if is_listed {
            self.used.borrow_mut().insert(format!("public {key}"));
        }
        is_listed
    }

    /// Lines that applied to nothing in any interface version.
    pub(crate) fn check_all_used(&self) -> Result<()> {
        let lines = (self.runtime.keys().map(|key| format!("runtime {key}")))
            .chain(self.types.keys().map(|key| format!("type {key}")))
            .chain(self.values.keys().map(|key| format!("value {key}")))
            .chain(
                self.group.iter().map(|g| format!("group {} {} {}", g.type_name, g.kind, g.first)),
            )
            .chain(self.public.iter().map(|key| format!("public {key}")));
        let used = self.used.borrow();
        match lines.into_iter().find(|line| !used.contains(line)) {
            None => Ok(()),
            Some(line) => Err(Error::new(format!(
                "names.toml: `{line}` applies to nothing; take it out, or correct it"
            ))),
        }
    }
}

/// `AviseringPostTYPE` → `AviseringPost`, `SPARPersonsokningSvar` → `SparPersonsokningSvar`.
pub(crate) fn type_ident(schema_name: &str) -> String {
    schema_name.strip_suffix("TYPE").unwrap_or(schema_name).to_upper_camel_case()
}

/// `SenasteAndringSPAR` → `senaste_andring_spar`; a keyword gets a trailing underscore (N10).
pub(crate) fn field_ident(schema_name: &str) -> String {
    escape_keyword(schema_name.to_snake_case())
}

/// `PersonId` → `PERSON_ID`.
pub(crate) fn const_ident(schema_name: &str) -> String {
    schema_name.to_shouty_snake_case()
}

/// The variant for a value of an enumeration: `MAKE/MAKA/REGISTRERAD PARTNER` →
/// `MakeMakaRegistreradPartner`. Letters outside ASCII are folded; the value itself is not.
pub(crate) fn variant_ident(value: &str) -> String {
    let folded: String = value
        .chars()
        .map(|c| match c {
            'å' | 'ä' => 'a',
            'ö' => 'o',
            'Å' | 'Ä' => 'A',
            'Ö' => 'O',
            'é' => 'e',
            'É' => 'E',
            'ü' => 'u',
            'Ü' => 'U',
            c if c.is_ascii_alphanumeric() => c,
            _ => ' ',
        })
        .collect();
    escape_keyword(folded.to_upper_camel_case())
}

/// `…/komponent/person/aviseringpost-1.2` → `aviseringpost_v1_2`;
/// `…/personsok/2021.1/personsokningsvar` → `personsokningsvar_v2021_1` (N5).
pub(crate) fn module_ident(namespace: &str) -> Result<String> {
    let (path, version) = split_version(namespace).ok_or_else(|| {
        Error::new(format!(
            "namespace `{namespace}` names no version: no module can be named after it"
        ))
    })?;
    let name = path.rsplit('/').next().unwrap_or(&path).to_snake_case();
    Ok(format!("{name}_v{}", version.replace('.', "_")))
}

/// `…/komponent/person/aviseringpost-1.2` → `komponent/person/aviseringpost`, 1 and 2.
pub(crate) fn stem_and_version(namespace: &str) -> Result<(String, Vec<u32>)> {
    let unversioned = || Error::new(format!("namespace `{namespace}` names no version"));
    let (stem, version) = split_version(namespace).ok_or_else(unversioned)?;
    let version = version.split('.').filter_map(|number| number.parse().ok()).collect();
    Ok((stem, version))
}

/// `personsok/2021.1` → `personsok`, `v2021_1`.
pub(crate) fn interface_idents(interface: &str) -> Result<(String, String)> {
    let (service, version) = interface
        .split_once('/')
        .ok_or_else(|| Error::new(format!("interface `{interface}` is not `service/version`")))?;
    Ok((service.to_snake_case(), format!("v{}", version.replace('.', "_"))))
}

/// A name without SPAR's stem and without version.
pub(crate) fn key(name: &QName) -> String {
    let namespace = name.namespace.strip_prefix(STEM).unwrap_or(&name.namespace);
    match split_version(&name.namespace) {
        Some((path, _)) => format!("{path}/{}", name.local),
        None => format!("{namespace}/{}", name.local),
    }
}

/// The path of a namespace below the stem, and its version.
pub(crate) fn split_version(namespace: &str) -> Option<(String, String)> {
    let is_version =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let path = namespace.strip_prefix(STEM).unwrap_or(namespace);
    if let Some((path, version)) = path.rsplit_once('-')
        && is_version(version)
    {
        return Some((path.to_owned(), version.to_owned()));
    }
    let steps: Vec<_> = path.split('/').collect();
    let version = steps.iter().find(|step| is_version(step))?;
    let rest: Vec<_> = steps.iter().filter(|step| *step != version).copied().collect();
    Some((rest.join("/"), (*version).to_owned()))
}

fn escape_keyword(name: String) -> String {
    // `syn` knows the keywords of the edition.
    if syn::parse_str::<syn::Ident>(&name).is_ok() { name } else { format!("{name}_") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules() {
        // GEN-05, GEN-17.
        let check = |found: String, expected: &str| assert_eq!(found, expected);
        check(type_ident("SPARPersonsokningSvar"), "SparPersonsokningSvar");
        check(type_ident("AviseringPostTYPE"), "AviseringPost");
        check(type_ident("UUID"), "Uuid");
        check(type_ident("SekretessSattAvSPARTYPE"), "SekretessSattAvSpar");
        check(type_ident("SekretessmarkeringMedAttributTYPE"), "SekretessmarkeringMedAttribut");
        check(field_ident("SenasteAndringSPAR"), "senaste_andring_spar");
        check(field_ident("sattAvSPAR"), "satt_av_spar");
        check(field_ident("type"), "type_");
        check(field_ident("Self"), "self_");
        check(const_ident("KundNrSlutkund"), "KUND_NR_SLUTKUND");
        check(variant_ident("VÅRDNADSHAVARE"), "Vardnadshavare");
        check(variant_ident("MAKE/MAKA/REGISTRERAD PARTNER"), "MakeMakaRegistreradPartner");
        check(variant_ident("Utan känt hemvist"), "UtanKantHemvist");
        check(variant_ident("2021"), "2021_");
        let module = |namespace: &str| module_ident(&format!("{STEM}{namespace}")).unwrap();
        check(module("komponent/person/aviseringpost-1.2"), "aviseringpost_v1_2");
        check(module("personsok/2021.1/personsokningsvar"), "personsokningsvar_v2021_1");
        check(
            module("komponent/metadata/identifieringsinformationWs-1.1"),
            "identifieringsinformation_ws_v1_1",
        );
        assert!(module_ident("urn:utan-version").is_err());
    }

    #[test]
    fn a_line_that_applies_to_nothing_is_an_error() {
        // GEN-06.
        let names: Names = toml::from_str("[types]\n'komponent/a/BTYPE' = 'C'").unwrap();
        assert!(names.check_all_used().unwrap_err().to_string().contains("applies to nothing"));
        assert_eq!(names.type_name(&QName::new(&format!("{STEM}komponent/a-1.0"), "BTYPE")), "C");
        assert!(names.check_all_used().is_ok());
    }
}
