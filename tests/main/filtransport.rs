//! GEN-12: the day SPAR's own OpenAPI file is here, regenerating is enough.

use std::fs;

use spar_codegen::{Manifest, Tables, generate};

use crate::workspace;

const INTERFACE: &str = "filtransport/v3";
const FILE: &str = "granssnitt/filtransport/v3/filtransport-v3.yaml";

/// The generated files by name, from our description with changes, and the names given to it.
fn generated(changes: &[(&str, &str)], names: &[(&str, &str)]) -> Result<[String; 2], String> {
    let folder = tempfile::tempdir().expect("folder");
    let ours = workspace().join("schemas");
    let copy = |path: &str, changes: &[(&str, &str)]| {
        let mut text = fs::read_to_string(ours.join(path)).expect("file");
        for (old, new) in changes {
            assert!(text.contains(old), "{old}");
            text = text.replace(old, new);
        }
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("folder")).expect("folder");
        fs::write(path, text).expect("file");
    };
    copy(FILE, changes);
    copy("names.toml", names);
    for table in ["manifest.toml", "fixups.toml", "glossary.toml"] {
        copy(table, &[]);
    }
    let manifest = Manifest::load(folder.path()).expect("manifest");
    let tables = Tables::load(folder.path()).expect("tables");
    let output = generate(folder.path(), &manifest, &tables, &[INTERFACE])
        .map_err(|error| error.to_string())?;
    let file = |name: &str| {
        let mut files = output.files();
        let found =
            files.find(|(path, _)| path.ends_with(&format!("filtransport/src/generated/{name}")));
        found.expect("generated").1.to_owned()
    };
    Ok([file("operations.rs"), file("models.rs")])
}

/// What SPAR might have called it.
const KNOWN_UPLOAD: [(&str, &str); 5] = [
    ("/okand/lamnaInfil:", "/infil/{uppdragsid}:"),
    ("operationId: lamnaInfil\n      x-spar-confidence: guess", "operationId: laddaUppInfil"),
    (
        "- name: uppdragId\n          in: query\n          required: true\n          description: The assignment.\n          schema:\n            type: integer\n            format: int64\n      requestBody",
        "- name: uppdragsid\n          in: path\n          required: true\n          schema:\n            type: integer\n      requestBody",
    ),
    (
        "required: [fil]\n              properties:\n                fil:",
        "required: [infil]\n              properties:\n                infil:",
    ),
    (
        "        filstatus:\n          $ref: '#/components/schemas/Filstatus'\n    Infil:",
        "        filstatus:\n          $ref: '#/components/schemas/Filstatus'\n        storlek:\n          type: integer\n        arkivdelar:\n          type: array\n          items:\n            type: string\n    Infil:",
    ),
];

#[test]
fn a_file_that_says_more_is_picked_up_by_regenerating() {
    // The names that changed are asked for, one after the other, with what to write.
    let error = generated(&KNOWN_UPLOAD, &[]).expect_err("another operationId");
    assert!(error.contains("there is no operation `lamnaInfil`"), "{error}");
    assert!(error.contains("lamnaInfil = \"laddaUppInfil\" # post /infil/{uppdragsid}"), "{error}");
    let renamed = ("lamnaInfil = \"lamnaInfil\"", "lamnaInfil = \"laddaUppInfil\"");
    let error = generated(&KNOWN_UPLOAD, &[renamed]).expect_err("another parameter");
    assert!(error.contains("requires the parameter `uppdragsid`"), "{error}");

    let all =
        [renamed, ("kundNr = \"kundNr\"", "kundNr = \"kundNr\"\nuppdragsId = \"uppdragsid\"")];
    let [operations, models] = generated(&KNOWN_UPLOAD, &all).expect("generated");
    for expected in [
        "id: \"lamnaInfil\",\n    method: Some(\"POST\"),\n    path: Some(\"/infil/{uppdragsId}\"),",
        "argument: \"kundNr\",\n            name: Some(\"kundNr\"),",
        "part: Some(\"infil\"),",
    ] {
        assert!(operations.contains(expected), "{expected}\n{operations}");
    }
    for expected in ["pub storlek: Option<i64>,", "pub arkivdelar: Vec<String>,"] {
        assert!(models.contains(expected), "{expected}\n{models}");
    }
}

#[test]
fn what_an_openapi_file_may_not_hold_is_named() {
    let rows = [
        (("openapi: 3.0.3", "openapi: 3.1.0"), "OpenAPI 3.1.0; 3.0 is supported"),
        (
            (
                "          in: query\n          description: Only",
                "          in: header\n          description: Only",
            ),
            "a header or cookie as parameter is not supported",
        ),
        (
            ("      operationId: listaUtfiler\n", ""),
            "paths./utfil.get: an operation without operationId",
        ),
        (
            ("          multipart/form-data:", "          application/json:"),
            "another body than multipart/form-data",
        ),
        (("enum: [ALLA, NY, HAMTAD]", "pattern: a"), "components.schemas.Filstatus: a named type"),
        (("components:", "komponenter:"), "the reference #/components/"),
        (("paths:", "paths: ["), "not OpenAPI 3.0"),
    ];
    for (change, expected) in rows {
        let error = generated(&[change], &[]).expect_err(expected);
        assert!(error.contains(expected), "{error}");
        assert!(error.contains(FILE), "{error}");
    }
    let names = ("filnamn = \"filnamn\"", "filnamn = \"filnamn\"\nannat = \"annat\"");
    let error = generated(&[], &[names]).expect_err("an idle line");
    assert!(error.contains("`annat = \"annat\"` applies to nothing"), "{error}");
}
