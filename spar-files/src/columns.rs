//! Records as rows of a table: the columns of each format, and the cells of a record.
//!
//! Columns have the schema's names, with a dot between an element and the one it stands in:
//! `PersonId.IdNummer`. What may be repeated is one cell, with its rows as JSON. Every cell is text, exactly
//! as sent; an absent element is no cell, which is something else than an empty one.

use std::fmt;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use spar_types::avisering::newest::{AviseringPost, json_schema as avisering};
use spar_types::infil_id_nummer::newest::{InfilIdNummer, json_schema as infil_id_nummer};
use spar_types::personnummersattning::newest::{
    PersonnummersattningFraga, PersonnummersattningPost, json_schema as personnummersattning,
};
use spar_types::reklamsparravisering::newest::{ReklamsparrPost, json_schema as reklam};
use spar_types::urval::newest::{NamnAdressUppgift, json_schema as urval};

use crate::read::Post;

/// A record that can be laid out in columns.
pub trait Columnar: Post + Serialize {
    /// The JSON Schema of the files that hold such records, and the record's name in it.
    #[doc(hidden)]
    const SCHEMA: (&'static str, &'static str);
}

macro_rules! columnar {
    ($($record:ident in $schema:expr;)*) => {
        $(impl Columnar for $record {
            const SCHEMA: (&'static str, &'static str) = ($schema, stringify!($record));
        })*
    };
}

columnar! {
    AviseringPost in avisering::SPAR_AVISERING;
    InfilIdNummer in infil_id_nummer::SPAR_INFIL_ID_NUMMER;
    NamnAdressUppgift in urval::SPAR_URVAL;
    PersonnummersattningFraga in personnummersattning::SPAR_INFIL_PERSONNUMMERSATTNING;
    PersonnummersattningPost in personnummersattning::SPAR_PERSONNUMMERSATTNING;
    ReklamsparrPost in reklam::SPAR_REKLAMSPARRAVISERING;
}

/// The columns of a format, in the order of its schema.
#[derive(Clone, Debug)]
pub struct Columns {
    names: Vec<String>,
    paths: Vec<Vec<String>>,
}

impl Columns {
    /// The columns of a record.
    #[must_use]
    pub fn of<T: Columnar>() -> Self {
        let (schema, record) = T::SCHEMA;
        let mut paths = Vec::new();
        let schema: Schema =
            serde_json::from_str(schema).expect("a schema that is part of the code");
        schema.leaves(record, &mut Vec::new(), &mut paths);
        Self { names: paths.iter().map(|path| path.join(".")).collect(), paths }
    }

    /// Their names.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The cells of a record, in the order of the names.
    ///
    /// # Errors
    ///
    /// A record that holds entries of which nothing could be made, where these have no form in JSON.
    pub fn row<T: Columnar>(&self, record: &T) -> Result<Vec<Option<String>>, serde_json::Error> {
        let value = serde_json::to_value(record)?;
        Ok(self.paths.iter().map(|path| cell(&value, path)).collect())
    }
}

fn cell(record: &Value, path: &[String]) -> Option<String> {
    let found = path.iter().try_fold(record, |value, name| value.get(name))?;
    match found {
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// What is asked of a JSON Schema: members in their order.
#[derive(serde::Deserialize)]
struct Schema {
    #[serde(rename = "$defs")]
    definitions: Members<Definition>,
}

#[derive(serde::Deserialize)]
struct Definition {
    #[serde(default)]
    properties: Members<Property>,
}

#[derive(serde::Deserialize)]
struct Property {
    #[serde(rename = "$ref")]
    reference: Option<String>,
}

impl Schema {
    /// The members of an object and of the objects in it, up to what is text or a list.
    fn leaves(&self, name: &str, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
        let members = self.definitions.0.iter().find(|(known, _)| known == name);
        let members = members.map(|(_, of)| &of.properties.0).filter(|members| !members.is_empty());
        let Some(members) = members else {
            found.push(path.clone());
            return;
        };
        for (member, property) in members {
            path.push(member.clone());
            match property.reference.as_deref().and_then(|of| of.strip_prefix("#/$defs/")) {
                Some(of) => self.leaves(of, path, found),
                None => found.push(path.clone()),
            }
            path.pop();
        }
    }
}

/// Members of an object in the order of the text.
struct Members<T>(Vec<(String, T)>);

impl<T> Default for Members<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
            type Value = Members<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder(std::marker::PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_the_schemas() {
        // FILE-24.
        let names = Columns::of::<AviseringPost>().names;
        assert_eq!(names[0], "PersonId.IdNummer");
        let expected =
            ["Sekretessmarkering.value", "Sekretessmarkering.sattAvSPAR", "SekretessDatum"];
        assert_eq!(names[2..5], expected);
        assert_eq!(names.last().map(String::as_str), Some("Fastighet"));
        let names = Columns::of::<NamnAdressUppgift>().names;
        assert!(names.contains(&"SvenskAdress.PostNr".to_owned()), "{names:?}");
        assert_eq!(Columns::of::<InfilIdNummer>().names, ["value", "nulage"]);
    }

    #[test]
    fn cells_are_exact_and_absent_is_not_empty() {
        // FILE-24, REC-31.
        let mut record = NamnAdressUppgift::new(Default::default());
        record.tillskrift = Some(spar_types::SimpleType::from_register("=1+1, \"å\"\n"));
        record.efternamn = Some(spar_types::SimpleType::from_register(""));
        let columns = Columns::of::<NamnAdressUppgift>();
        let row = columns.row(&record).expect("a record of text");
        let of = |name: &str| {
            row[columns.names.iter().position(|known| known == name).expect("a column")].clone()
        };
        assert_eq!(of("Tillskrift").as_deref(), Some("=1+1, \"å\"\n"));
        assert_eq!(of("Efternamn").as_deref(), Some(""));
        assert_eq!(of("Fornamn"), None);
    }
}
