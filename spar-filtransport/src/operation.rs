//! How the operations of the interface are called, and where that can be set.

use std::collections::BTreeMap;
use std::fmt;

use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::generated::operations::ALL;

/// An operation of the interface. What is `None` is not known, and has to be set in [`Names`].
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// What the interface calls it, such as `listaUtfiler`.
    pub id: &'static str,
    /// The HTTP method.
    pub method: Option<&'static str>,
    /// The path below the endpoint; `{filnamn}` stands for an argument.
    pub path: Option<&'static str>,
    /// What it is told.
    pub parameters: &'static [Parameter],
    /// Whether its body is a file.
    pub has_file: bool,
    /// The part of the multipart body that carries the file.
    pub part: Option<&'static str>,
}

/// A parameter of an [`Operation`].
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter {
    /// What the client calls it, such as `uppdragId`.
    pub argument: &'static str,
    /// What it is called in the path or the query.
    pub name: Option<&'static str>,
    /// Whether the operation cannot be called without.
    pub is_required: bool,
}

/// What the operations are called on the wire: what the interface says, and what was set beyond it.
///
/// The interface is known in part. Of an operation like `lamnaInfil` neither method nor path nor any
/// name is, so they have no default: until they are set, the call fails and names the setting. Whoever
/// has read SPAR's `filtransport-v3.yaml` sets them, or generates the crate from that file.
///
/// | setting | example | meaning |
/// |---|---|---|
/// | `<operation>.method` | `POST` | the HTTP method |
/// | `<operation>.path` | `/infil/{filnamn}` | the path below the endpoint; arguments in braces |
/// | `<operation>.part` | `fil` | the part of the multipart body that carries the file |
/// | `<operation>.parameter.<argument>` | `uppdragsid` | the query parameter; empty if it is not sent |
///
/// ```
/// use spar_filtransport::Names;
///
/// let names = Names::default()
///     .with("lamnaInfil.method", "POST")?
///     .with("lamnaInfil.path", "/infil/lamna")?
///     .with("lamnaInfil.part", "fil")?
///     .with("lamnaInfil.parameter.kundNr", "kundnr")?
///     .with("lamnaInfil.parameter.uppdragId", "uppdragsid")?;
/// assert!(Names::default().with("lamnaInfil.pfad", "/infil").is_err());
/// # Ok::<(), spar_filtransport::UnknownSetting>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(BTreeMap<String, String>);

/// What a setting of [`Names`] is about, by its last part.
const METHOD: &str = "method";
const PATH: &str = "path";
const PART: &str = "part";
const PARAMETER: &str = "parameter";

impl Names {
    /// Sets one name, as the table of [`Names`] says.
    ///
    /// # Errors
    ///
    /// A setting that no operation has, and a method that is none.
    pub fn with(mut self, setting: &str, value: &str) -> Result<Self, UnknownSetting> {
        let unknown = || UnknownSetting(setting.to_owned());
        let (_, aspect) = split(setting).ok_or_else(unknown)?;
        if aspect == METHOD && Method::from_bytes(value.as_bytes()).is_err() {
            return Err(unknown());
        }
        self.0.insert(setting.to_owned(), value.to_owned());
        Ok(self)
    }

    /// Every setting there is, with the value in force; `None` if it is needed and not known.
    pub fn all(&self) -> impl Iterator<Item = (String, Option<String>)> {
        let settings = ALL.into_iter().flat_map(|operation| {
            let mut aspects = vec![METHOD.to_owned(), PATH.to_owned()];
            aspects.extend(operation.has_file.then(|| PART.to_owned()));
            aspects
                .extend(operation.parameters.iter().map(|p| format!("{PARAMETER}.{}", p.argument)));
            aspects.into_iter().map(move |aspect| (operation, aspect))
        });
        settings.map(|(operation, aspect)| {
            let value = self.get(operation, &aspect).ok().map(str::to_owned);
            (format!("{}.{aspect}", operation.id), value)
        })
    }

    /// One call of an operation.
    pub(crate) fn call(
        &self,
        operation: &'static Operation,
        arguments: &[(&str, &str)],
    ) -> Result<Call, NotConfigured> {
        let method = self.get(operation, METHOD)?;
        let template = self.get(operation, PATH)?;
        let part =
            if operation.has_file { Some(self.get(operation, PART)?.to_owned()) } else { None };
        let mut path = template.to_owned();
        let mut query = String::new();
        for (argument, value) in arguments {
            let place = format!("{{{argument}}}");
            if path.contains(&place) {
                path = path.replace(&place, &utf8_percent_encode(value, UNRESERVED).to_string());
                continue;
            }
            // What the operation has no parameter for goes into its path or nowhere.
            if !operation.parameters.iter().any(|parameter| parameter.argument == *argument) {
                continue;
            }
            let name = self.get(operation, &format!("{PARAMETER}.{argument}"))?;
            if !name.is_empty() {
                query.push(if query.is_empty() { '?' } else { '&' });
                query.extend(utf8_percent_encode(name, UNRESERVED));
                query.push('=');
                query.extend(utf8_percent_encode(value, UNRESERVED));
            }
        }
        // `with` has made sure that it is one, and the generator for the rest.
        let method = Method::from_bytes(method.as_bytes()).unwrap_or_default();
        Ok(Call { method, path: path + &query, part })
    }

    /// Which operation a request is meant for, with its arguments: what the embedded SPAR asks, so that
    /// client and server agree on names.
    pub fn route(&self, method: &str, path_and_query: &str) -> Option<Route> {
        let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
        let query: Vec<_> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (decoded(name), decoded(value)))
            .collect();
        // The path with fewest arguments is the most specific one.
        let mut routes: Vec<_> = ALL
            .into_iter()
            .filter(|operation| self.get(operation, METHOD).is_ok_and(|known| known == method))
            .filter_map(|operation| {
                let arguments = match_path(self.get(operation, PATH).ok()?, path)?;
                Some((arguments.len(), Route { operation, arguments }))
            })
            .collect();
        routes.sort_by_key(|(arguments, _)| *arguments);
        let (_, mut route) = routes.into_iter().next()?;
        for parameter in route.operation.parameters {
            let setting = format!("{PARAMETER}.{}", parameter.argument);
            let name = self.get(route.operation, &setting).unwrap_or_default();
            if let Some((_, value)) = query.iter().find(|(found, _)| found == name) {
                route.arguments.insert(parameter.argument, value.clone());
            }
        }
        Some(route)
    }

    /// The part that carries the file of an operation, if that is known.
    pub fn part(&self, operation: &'static Operation) -> Option<&str> {
        self.get(operation, PART).ok()
    }

    fn get(&self, operation: &'static Operation, aspect: &str) -> Result<&str, NotConfigured> {
        let setting = format!("{}.{aspect}", operation.id);
        let known = match aspect {
            METHOD => operation.method,
            PATH => operation.path,
            PART => operation.part,
            _ => aspect.strip_prefix("parameter.").and_then(|argument| {
                operation.parameters.iter().find(|found| found.argument == argument)?.name
            }),
        };
        match self.0.get(&setting) {
            Some(value) => Ok(value),
            None => known.ok_or(NotConfigured(setting)),
        }
    }
}

/// The operation and aspect of a setting.
fn split(setting: &str) -> Option<(&'static Operation, &str)> {
    let (id, aspect) = setting.split_once('.')?;
    let operation = ALL.into_iter().find(|operation| operation.id == id)?;
    let is_known = match aspect {
        METHOD | PATH => true,
        PART => operation.has_file,
        _ => aspect.strip_prefix("parameter.").is_some_and(|argument| {
            operation.parameters.iter().any(|parameter| parameter.argument == argument)
        }),
    };
    is_known.then_some((operation, aspect))
}

fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// The arguments of a path, if it has the form of the template.
fn match_path(template: &str, path: &str) -> Option<BTreeMap<&'static str, String>> {
    let steps =
        |text: &str| text.trim_matches('/').split('/').map(str::to_owned).collect::<Vec<_>>();
    let (template, path) = (steps(template), steps(path));
    if template.len() != path.len() {
        return None;
    }
    let mut arguments = BTreeMap::new();
    for (expected, found) in template.iter().zip(&path) {
        match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => {
                let parameters = ALL.iter().flat_map(|operation| operation.parameters);
                let argument = parameters.map(|p| p.argument).find(|known| *known == name)?;
                arguments
                    .insert(argument, percent_decode_str(found).decode_utf8().ok()?.into_owned());
            }
            None if expected == found => {}
            None => return None,
        }
    }
    Some(arguments)
}

/// One call: where to, and how.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) path: String,
    pub(crate) part: Option<String>,
}

/// What [`Names::route`] found.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route {
    /// The operation.
    pub operation: &'static Operation,
    /// Its arguments by the client's names, as far as they were sent.
    pub arguments: BTreeMap<&'static str, String>,
}

/// A name is needed that nobody knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotConfigured(pub(crate) String);

impl fmt::Display for NotConfigured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the setting `{}` is missing, and nobody outside SPAR knows it", self.0)
    }
}

impl std::error::Error for NotConfigured {}

/// A setting that no operation has, or an impossible value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSetting(String);

impl fmt::Display for UnknownSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no setting of Filtransport, or not one with this value", self.0)
    }
}

impl std::error::Error for UnknownSetting {}

/// Letters, digits and `-._~` stand for themselves (RFC 3986, 2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::operations::{HAMTA_UTFIL, LAMNA_INFIL, LISTA_UTFILER};

    fn upload() -> Names {
        [
            ("lamnaInfil.method", "POST"),
            ("lamnaInfil.path", "/infil/{uppdragId}"),
            ("lamnaInfil.part", "fil"),
            ("lamnaInfil.parameter.kundNr", "kund nr"),
        ]
        .into_iter()
        .fold(Names::default(), |names, (setting, value)| {
            names.with(setting, value).expect("setting")
        })
    }

    #[test]
    fn arguments_go_where_the_names_say() {
        let names = upload();
        let call = |operation, arguments: &[(&str, &str)]| {
            names.call(operation, arguments).map(|call| format!("{} {}", call.method, call.path))
        };
        let check = |found: Result<String, NotConfigured>, expected: &str| {
            assert_eq!(found.as_deref(), Ok(expected));
        };
        check(call(&LISTA_UTFILER, &[]), "GET /utfil");
        check(call(&LISTA_UTFILER, &[("filstatus", "NY")]), "GET /utfil?filstatus=NY");
        check(call(&HAMTA_UTFIL, &[("filnamn", "a b/c.zip")]), "GET /utfil/hamta/a%20b%2Fc.zip");
        check(
            call(&LAMNA_INFIL, &[("uppdragId", "637"), ("kundNr", "500243")]),
            "POST /infil/637?kund%20nr=500243",
        );
    }

    // FT-01: nothing is invented.
    #[test]
    fn what_is_not_known_is_named() {
        let arguments = [("kundNr", "500243"), ("uppdragId", "637")];
        let mut names = Names::default();
        for (setting, value) in [
            ("lamnaInfil.method", "POST"),
            ("lamnaInfil.path", "/infil"),
            ("lamnaInfil.part", "fil"),
            ("lamnaInfil.parameter.kundNr", "kundnr"),
            ("lamnaInfil.parameter.uppdragId", ""),
        ] {
            let error = names.call(&LAMNA_INFIL, &arguments).expect_err("not configured");
            assert_eq!(error, NotConfigured(setting.to_owned()));
            assert!(names.all().any(|found| found == (setting.to_owned(), None)));
            names = names.with(setting, value).expect("setting");
        }
        let call = names.call(&LAMNA_INFIL, &arguments).expect("call");
        assert_eq!(call.path, "/infil?kundnr=500243");
        for setting in
            ["lamnaInfil", "lamnaInfil.x", "listaUtfiler.part", "x.path", "hamtaUtfil.parameter.x"]
        {
            assert!(Names::default().with(setting, "x").is_err(), "{setting}");
        }
    }

    #[test]
    fn requests_find_their_operation() {
        let names = upload();
        let route = |method, path| names.route(method, path);
        let check = |method, path, id, arguments: &[(&'static str, &str)]| {
            let route = route(method, path).expect(path);
            assert_eq!(route.operation.id, id);
            let arguments = arguments.iter().map(|(name, value)| (*name, (*value).to_owned()));
            assert_eq!(route.arguments, arguments.collect());
        };
        check("GET", "/utfil", "listaUtfiler", &[]);
        check("GET", "/utfil/?filstatus=NY", "listaUtfiler", &[("filstatus", "NY")]);
        check("GET", "/utfil/a%20b", "visaInformationUtfil", &[("filnamn", "a b")]);
        check("GET", "/utfil/hamta/a.zip", "hamtaUtfil", &[("filnamn", "a.zip")]);
        check(
            "POST",
            "/infil/637?kund%20nr=500243",
            "lamnaInfil",
            &[("uppdragId", "637"), ("kundNr", "500243")],
        );
        assert_eq!(route("POST", "/utfil"), None);
        assert_eq!(route("GET", "/andra"), None);
    }
}
