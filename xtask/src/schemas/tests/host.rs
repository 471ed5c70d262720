//! A schema host on loopback that serves a tree, and a schema folder that knows of it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use crate::schemas::folder;

/// What the host answers for a path.
#[derive(Clone)]
pub(super) enum Reply {
    Whole(Vec<u8>),
    /// A body that ends before the length that was announced.
    CutOff(Vec<u8>),
    Html(Vec<u8>),
    Redirect(String),
    Status(u16),
    /// A body of this many bytes.
    Large(usize),
    /// Says nothing, until the caller goes.
    Stalled,
}

/// The host. Its thread ends with the process.
pub(super) struct Host {
    pub(super) url: String,
    replies: Arc<Mutex<BTreeMap<String, Reply>>>,
}

impl Host {
    pub(super) fn start(files: &[(&str, String)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let whole = |text: &String| Reply::Whole(text.clone().into_bytes());
        let replies = files.iter().map(|(path, text)| ((*path).to_owned(), whole(text))).collect();
        let replies = Arc::new(Mutex::new(replies));
        let shared = Arc::clone(&replies);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || answer(stream, &shared));
            }
        });
        Self { url, replies }
    }

    pub(super) fn set(&self, path: &str, reply: Reply) {
        self.replies.lock().unwrap().insert(path.to_owned(), reply);
    }

    pub(super) fn remove(&self, path: &str) {
        self.replies.lock().unwrap().remove(path).unwrap();
    }
}

fn answer(mut stream: TcpStream, replies: &Mutex<BTreeMap<String, Reply>>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut line = String::new();
    while reader.read_line(&mut line).ok()? > 2 {
        line.clear();
    }
    let path = first.split(' ').nth(1)?.trim_start_matches('/').to_owned();
    let reply = replies.lock().unwrap().get(&path).cloned();
    let mut send = |status: u16, kind: &str, length: usize, body: &[u8]| {
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\
             connection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body)).ok()
    };
    match reply {
        None => send(404, "text/html", 0, b""),
        Some(Reply::Whole(body)) => send(200, "text/xml", body.len(), &body),
        Some(Reply::CutOff(body)) => send(200, "text/xml", body.len() + 1, &body),
        Some(Reply::Html(body)) => send(200, "text/html", body.len(), &body),
        Some(Reply::Status(status)) => send(status, "text/plain", 0, b""),
        Some(Reply::Large(length)) => send(200, "text/xml", length, &vec![b' '; length]),
        Some(Reply::Redirect(to)) => {
            let head = format!("HTTP/1.1 302 X\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(head.as_bytes()).ok()
        }
        Some(Reply::Stalled) => reader.read_line(&mut line).ok().map(|_| ()),
    }
}

pub(super) const WSDL: &str = "granssnitt/prov/1.0/prov.wsdl";
pub(super) const FRAGA: &str = "granssnitt/prov/1.0/Fraga.xsd";
pub(super) const KOD: &str = "komponent/Kod-1.0.xsd";

/// The files of a service of one version, as published: with documentation of their own.
pub(super) fn published(version: &str) -> Vec<(&'static str, String)> {
    let wsdl = r#"<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"
    xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:t="urn:t" xmlns:p="urn:p/1.0/fraga" targetNamespace="urn:t">
  <types><xs:schema targetNamespace="urn:p/1.0/fraga">
    <xs:include schemaLocation="http://schemas.example/granssnitt/prov/1.0/Fraga.xsd"/>
  </xs:schema></types>
  <message name="In"><part name="parameters" element="p:Fraga"/></message>
  <message name="Out"><part name="parameters" element="p:Fraga"/></message>
  <portType name="P"><operation name="Prova">
    <input message="t:In"/><output message="t:Out"/>
  </operation></portType>
  <binding name="B" type="t:P">
    <s:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="Prova"><s:operation soapAction="urn:1.0/Prova"/>
      <input><s:body use="literal"/></input><output><s:body use="literal"/></output>
    </operation>
  </binding>
  <service name="S"><port name="O" binding="t:B"><s:address location="x"/></port></service>
</definitions>
"#;
    let fraga = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:k="urn:kod-1.0"
    targetNamespace="urn:p/1.0/fraga" elementFormDefault="qualified">
  <xs:import namespace="urn:kod-1.0" schemaLocation="../../../komponent/Kod-1.0.xsd"/>
  <xs:element name="Fraga"><xs:complexType><xs:sequence>
    <xs:element ref="k:Kod" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
</xs:schema>
"#;
    let kod = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:k="urn:kod-1.0"
    targetNamespace="urn:kod-1.0" elementFormDefault="qualified">
  <xs:element name="Kod" type="k:KodTYPE"/>
  <xs:simpleType name="KodTYPE"><xs:restriction base="xs:string">
    <xs:enumeration value="JA"/></xs:restriction></xs:simpleType>
</xs:schema>
"#;
    let at = |text: &str| text.replace("1.0/", &format!("{version}/"));
    match version {
        "1.0" => vec![(WSDL, at(wsdl)), (FRAGA, at(fraga)), (KOD, kod.to_owned())],
        _ => vec![
            ("granssnitt/prov/2.0/prov.wsdl", at(wsdl)),
            ("granssnitt/prov/2.0/Fraga.xsd", at(fraga)),
            (KOD, kod.to_owned()),
        ],
    }
}

/// A schema folder that says in its own words what is published.
pub(super) fn schemas() -> tempfile::TempDir {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("schemas");
    let mut manifest = "# Kept.\n[interface.\"prov/1.0\"]\n\
        entries = [\"granssnitt/prov/1.0/prov.wsdl\"]\n\n[catalog]\n\"http://schemas.example/\" = \"\"\n"
        .to_owned();
    for (path, text) in published("1.0") {
        let ours = text.replace("<xs:element name=", "<!-- Ours. --><xs:element name=");
        folder::write(&folder, [(path, ours.as_bytes())]).unwrap();
        manifest.push_str(&format!(
            "\n[[file]]\npath = \"{path}\"\nurl = \"http://schemas.example/{path}\"\n\
             interfaces = [\"prov/1.0\"]\norigin = \"reconstructed\"\nuncertain = [\"All is a guess.\"]\n\
             sha256 = \"\"\n"
        ));
    }
    for table in ["names.toml", "fixups.toml"] {
        folder::write(&folder, [(table, b"".as_slice())]).unwrap();
    }
    let terms = ["Fraga", "JA", "Kod"].map(|name| format!("{name} = {{ gloss = \"x\" }}\n"));
    folder::write(&folder, [("glossary.toml", format!("[terms]\n{}", terms.concat()).as_bytes())])
        .unwrap();
    folder::replace(&folder, &BTreeMap::new(), &{
        folder::write(&folder, [("manifest.toml", manifest.as_bytes())]).unwrap();
        manifest
    })
    .unwrap();
    parent
}

pub(super) fn text(schemas: &Path, path: &str) -> String {
    std::fs::read_to_string(schemas.join(path)).unwrap()
}
