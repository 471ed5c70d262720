//! The WSDLs of the services with their schemas, for clients that are generated from them.

use std::fs;
use std::path::Path;

use spar_soap::Version;

use crate::error::{Error, ErrorKind};
use crate::generated::SCHEMAS;

/// Where the schemas are served, as SPAR lays them out on its schema host.
pub(crate) const PATH: &str = "se/spar/";

/// Where the WSDLs look for them.
const PUBLISHED: &str = "http://xmls.statenspersonadressregister.se/se/spar/";

/// A file by its path below [`PATH`].
pub(crate) fn schema(path: &str) -> Option<&'static str> {
    SCHEMAS.iter().find(|(known, _)| *known == path).map(|(_, text)| *text)
}

/// The WSDL of a version as served by a host: it leads to the service and the schemas there.
///
/// None if the host is not one that may stand in a URL.
pub(crate) fn wsdl_served_at(version: Version, host: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    if host.is_empty() || !host.chars().all(is_plain) {
        return None;
    }
    let root = format!("https://{host}/");
    wsdl(version, &format!("{root}{PATH}"), &format!("{root}{version}/"))
}

/// Writes WSDLs and schemas below a folder, as they lie below `schemas/` of the repository.
pub(crate) fn write_to(folder: &Path, url: impl Fn(Version) -> String) -> Result<(), Error> {
    for (path, text) in SCHEMAS {
        let own = Version::ALL.iter().find(|version| path == wsdl_path(**version));
        // The schemas that it names lie beside the WSDL.
        let wsdl = own.and_then(|version| {
            let beside = format!("{PUBLISHED}{}", path.trim_end_matches("personsok.wsdl"));
            wsdl(*version, PUBLISHED, &url(*version)).map(|wsdl| wsdl.replace(&beside, ""))
        });
        let file = folder.join(path);
        let written = file
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&file, wsdl.as_deref().unwrap_or(text)));
        written.map_err(|error| {
            let message = format!("{} cannot be written", file.display());
            Error::because(ErrorKind::Files, message, error)
        })?;
    }
    Ok(())
}

/// The path of a version's WSDL below [`PATH`].
pub(crate) fn wsdl_path(version: Version) -> String {
    format!("granssnitt/personsok/{version}/personsok.wsdl")
}

fn wsdl(version: Version, schemas: &str, address: &str) -> Option<String> {
    let text = schema(&wsdl_path(version))?.replace(PUBLISHED, schemas);
    // The address in the file is a placeholder.
    let start = text.find("<soap:address location=\"")? + "<soap:address location=\"".len();
    let end = start + text[start..].find('"')?;
    Some(format!("{}{address}{}", &text[..start], &text[end..]))
}
