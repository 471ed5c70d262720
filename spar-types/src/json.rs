//! What the generated `Serialize` implementations share.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

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

    pub(crate) fn list<T: Serialize>(&mut self, name: &str, values: &[T]) -> Result<(), M::Error> {
        if values.is_empty() { Ok(()) } else { self.0.serialize_entry(name, values) }
    }

    pub(crate) fn end(self) -> Result<M::Ok, M::Error> {
        self.0.end()
    }
}
