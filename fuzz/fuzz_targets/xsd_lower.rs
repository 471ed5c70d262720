//! Schemas that are not as they were: read or refused, never a panic.
//!
//! The input is edits: which file, where, how much is cut, and what is put there instead.

#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use spar_codegen::{Manifest, read};

const INTERFACE: &str = "personsok/2023.1";

/// Where, how much is cut, and what is put there: one of the [`PIECES`], or the text.
type Edit = (u16, u8, Option<u8>, String);

/// What means something in a schema.
const PIECES: [&str; 40] = [
    "",
    "<",
    ">",
    "/>",
    "\"",
    "=",
    "</xs:sequence>",
    "<xs:sequence>",
    "<xs:choice>",
    "</xs:choice>",
    "<xs:any/>",
    "<xs:all/>",
    "<xs:element name=\"A\" type=\"xs:string\"/>",
    "<xs:element ref=\"x:y\"/>",
    "<xs:group ref=\"adr:SvenskAdress\"/>",
    " minOccurs=\"0\"",
    " maxOccurs=\"unbounded\"",
    " maxOccurs=\"-1\"",
    " minOccurs=\"99999999999999999999\"",
    " nillable=\"true\"",
    " type=\"xs:int\"",
    " type=\"p:p\"",
    " name=\"\"",
    " name=\"å\"",
    " name=\"1\"",
    " ref=\"\"",
    " abstract=\"true\"",
    "<xs:simpleType>",
    "<xs:restriction base=\"xs:string\">",
    "<xs:pattern value=\"(\"/>",
    "<xs:pattern value=\"\\p{Zz}\"/>",
    "<xs:maxLength value=\"x\"/>",
    "<xs:minInclusive value=\"1\"/>",
    "<xs:enumeration value=\"\"/>",
    "<xs:list itemType=\"xs:string\"/>",
    "<xs:complexContent/>",
    "<xs:import namespace=\"u\"/>",
    "<!--",
    "]]>",
    "<!DOCTYPE x>",
];

struct Schemas {
    folder: tempfile::TempDir,
    manifest: Manifest,
    files: Vec<(String, String)>,
}

/// The schemas of the repository, in a folder of their own, so that one at a time can be changed.
static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    let manifest = Manifest::load(&root).expect("the manifest");
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Vec::new();
    for file in &manifest.file {
        let text = std::fs::read_to_string(root.join(&file.path)).expect("a schema");
        let path = folder.path().join(&file.path);
        std::fs::create_dir_all(path.parent().expect("its folder")).expect("its folder");
        std::fs::write(&path, &text).expect("a copy");
        let is_reached = file.interfaces.iter().any(|interface| interface == INTERFACE);
        if is_reached {
            files.push((file.path.clone(), text));
        }
    }
    Schemas { folder, manifest, files }
});

fuzz_target!(|input: (u8, Vec<Edit>)| {
    let Schemas { folder, manifest, files } = &*SCHEMAS;
    let (file, edits) = input;
    let (path, text) = &files[usize::from(file) % files.len()];
    let mut changed = text.clone();
    for (place, cut, piece, text) in &edits {
        let ends = changed.char_indices().map(|(at, _)| at).collect::<Vec<_>>();
        if ends.is_empty() {
            break;
        }
        let place = usize::from(*place) % ends.len();
        let end = (place + usize::from(*cut)).min(ends.len() - 1);
        let piece = piece.map_or(text.as_str(), |piece| PIECES[usize::from(piece) % PIECES.len()]);
        changed.replace_range(ends[place]..ends[end], piece);
    }
    std::fs::write(folder.path().join(path), &changed).expect("the changed schema");
    if let Ok(ir) = read(folder.path(), manifest, INTERFACE) {
        assert!(!ir.dump().is_empty());
    }
    std::fs::write(folder.path().join(path), text).expect("the schema again");
});
