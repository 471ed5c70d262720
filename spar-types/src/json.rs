//! What the generated `Serialize` implementations share.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::xml::Unrepresentable;

/// The fields of one object.
pub(crate) struct Fields<M>(M);

impl<M: SerializeMap> Fields<M> {
    pub(crate) fn new<S>(serializer: S) -> Result<Self, S::Error>
    where
        S: Serializer<SerializeMap = M, Error = M::Error>,
    {
        // How many there are is known when they are written: absent ones are left out.
        serializer.serialize_map(None).map(Self)
    }

    pub(crate) fn required<T: Serialize>(&mut self, name: &str, value: &T) -> Result<(), M::Error> {
        self.0.serialize_entry(name, value)
    }

    pub(crate) fn optional<T: Serialize>(
        &mut self,
        name: &str,
        value: &Option<T>,
    ) -> Result<(), M::Error> {
        match value {
            Some(value) => self.required(name, value),
            None => Ok(()),
        }
    }

    pub(crate) fn values<T: Serialize>(
        &mut self,
        name: &str,
        values: &[T],
    ) -> Result<(), M::Error> {
        if values.is_empty() { Ok(()) } else { self.0.serialize_entry(name, values) }
    }

    pub(crate) fn records<T: Serialize>(
        &mut self,
        name: &str,
        entries: &[Result<T, Unrepresentable>],
    ) -> Result<(), M::Error> {
        if entries.is_empty() { Ok(()) } else { self.0.serialize_entry(name, &Records(entries)) }
    }

    pub(crate) fn end(self) -> Result<M::Ok, M::Error> {
        self.0.end()
    }
}

struct Records<'a, T>(&'a [Result<T, Unrepresentable>]);

impl<T: Serialize> Serialize for Records<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Entry))
    }
}

struct Entry<'a, T>(&'a Result<T, Unrepresentable>);

impl<T: Serialize> Serialize for Entry<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Ok(record) => record.serialize(serializer),
            Err(unrepresentable) => {
                let mut fields = Fields::new(serializer)?;
                fields.required("unrepresentable", &Told(unrepresentable))?;
                fields.end()
            }
        }
    }
}

/// Place, rule and the element as sent.
struct Told<'a>(&'a Unrepresentable);

impl Serialize for Told<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer)?;
        fields.required("path", &self.0.path())?;
        fields.required("rule", &self.0.rule().to_string())?;
        fields.required("source", &self.0.source_text())?;
        fields.end()
    }
}
