//! What the elements around a place say about it: namespaces, prefixes, path.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

use crate::error::ErrorKind;
use crate::xml::tags::Tags;

pub(super) const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

/// Number of "no namespace" in [`Namespaces`].
pub(super) const NO_NAMESPACE: u16 = 0;

/// Number of the namespace of `xml:lang` and the like in [`Namespaces`].
pub(super) const XML_NAMESPACE_NUMBER: u16 = 1;

/// Different namespaces in one document. SPAR's schemas have some 30 in each interface version.
const MAX_NAMESPACES: usize = 2_000;

/// The namespaces of a document, which are known by their numbers.
#[derive(Clone)]
pub(super) struct Namespaces {
    uris: Vec<String>,
    /// Numbers in the order of the URIs.
    sorted: Vec<u16>,
}

impl Namespaces {
    pub(super) fn uri(&self, number: u16) -> &str {
        &self.uris[usize::from(number)]
    }

    /// The number of the namespace, which is added if it is new.
    pub(super) fn number(self: &mut Arc<Self>, uri: &str) -> Result<u16, ErrorKind> {
        let by_uri = |number: &u16| self.uri(*number).cmp(uri);
        match self.sorted.binary_search_by(by_uri) {
            Ok(place) => Ok(self.sorted[place]),
            Err(_) if self.uris.len() >= MAX_NAMESPACES => {
                Err(ErrorKind::LimitExceeded("namespace_declarations"))
            }
            Err(place) => {
                let number = self.uris.len() as u16;
                let own = Arc::make_mut(self);
                own.uris.push(uri.to_owned());
                own.sorted.insert(place, number);
                Ok(number)
            }
        }
    }
}

/// The surroundings of an element: what the start tags of its ancestors declare.
pub(super) struct Scope {
    /// Namespaces bound to prefixes.
    pub(super) bindings: BTreeMap<String, u16>,
    pub(super) namespaces: Arc<Namespaces>,
    /// The elements around, such as `SPARAvisering/AviseringPoster`.
    pub(super) path: String,
    /// How many elements these are.
    pub(super) depth: usize,
    /// What was learnt of the tags, put back by whoever took it.
    pub(super) spare_tags: Mutex<Vec<Tags>>,
}

impl Scope {
    /// The surroundings of a root element.
    pub(super) fn outermost() -> &'static Self {
        static OUTERMOST: LazyLock<Scope> = LazyLock::new(|| Scope {
            bindings: BTreeMap::from([
                (String::new(), NO_NAMESPACE),
                ("xml".to_owned(), XML_NAMESPACE_NUMBER),
            ]),
            namespaces: Arc::new(Namespaces {
                uris: vec![String::new(), XML_NAMESPACE.to_owned()],
                sorted: vec![NO_NAMESPACE, XML_NAMESPACE_NUMBER],
            }),
            path: String::new(),
            depth: 0,
            spare_tags: Mutex::default(),
        });
        &OUTERMOST
    }
}
