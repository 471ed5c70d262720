//! `spar simulate`.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use spar_simulator::{Certificates, Persons, Script, Simulator, Version};
use spar_soap::envelope;
use spar_soap::operation::{Do, InVersion, Operation};
use spar_soap::personsok::newest::PersonSok;
use spar_types::personsok::newest::{
    Identifieringsinformation, KundNr, PersonsokningFraga, SlutAnvandarUtokadBehorighet,
    SparPersonsokningFraga, UppdragId,
};
use spar_types::xml::WriteOptions;

use crate::exit::Exit;
use crate::output;

/// Below `--help`: the form of persons, and the faults to ask for.
const HELP: &str = "\
Persons of your own:
  A file holds

    <AviseringPoster xmlns=\"http://statenspersonadressregister.se/schema/simulator\">
      <AviseringPost>
        <PersonId><IdNummer>199001019984</IdNummer><Typ>PERSONNUMMER</Typ></PersonId>
        <Sekretessmarkering>NEJ</Sekretessmarkering>
        <SkyddadFolkbokforing>NEJ</SkyddadFolkbokforing>
        <Namn><Fornamn>Åsa</Fornamn><Efternamn>Påhittad</Efternamn></Namn>
      </AviseringPost>
    </AviseringPoster>

  with the elements, order and values of SPAR's records of 2023.1, all in this one namespace, or each
  in its own as SPAR sends them.

Faults, to see what your program makes of them:
  The request header X-Spar-Simulator, which a real SPAR would ignore, asks for one. Directives are
  separated by semicolons:

    delay=MS                  the answer begins so many milliseconds later
    stall, stall=BYTES        no answer; no more of its body than that
    truncate, truncate=BYTES  the same, and the connection is closed
    reset, reset=BYTES        the same, and the connection is reset
    status=CODE               an HTML page with that HTTP status; with one of those below: its status
    page                      an HTML page with status 200
    fault, fault=CODE         a SOAP fault
    undantag, undantag=KOD    an Undantag in an ordinary answer
    wrong-echo                the echo of another question";

#[derive(clap::Args)]
#[command(after_long_help = HELP)]
pub(crate) struct Arguments {
    /// Address to listen on. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8443")]
    listen: SocketAddr,
    /// Folder for the certificates of authority, server and client, and example requests.
    ///
    /// It is created if missing. The certificates are made anew at each start; keys are readable by
    /// their owner only.
    #[arg(long, value_name = "DIR", default_value = "spar-certificates")]
    certificates: PathBuf,
    /// Persons to search instead of the built-in ones: a file, or a folder of files *.xml.
    #[arg(long, value_name = "PATH")]
    persons: Option<PathBuf>,
    /// Folder for the WSDLs and schemas, for generators that cannot show a client certificate.
    ///
    /// It is created if missing. The same files are served at the WSDL's address.
    #[arg(long, value_name = "DIR")]
    schemas: Option<PathBuf>,
}

pub(crate) async fn run(arguments: Arguments) -> Result<Exit> {
    let persons = match &arguments.persons {
        Some(path) => Persons::from_path(path)?,
        None => Persons::built_in(),
    };
    let simulator =
        Simulator::builder()
            .persons(persons)
            .address(arguments.listen)
            .start()
            .await
            .with_context(|| format!("the simulator does not start on {}", arguments.listen))?;
    // Asked for before anything is printed: whoever reads that may end it at once.
    let end = end()?;
    let folder = &arguments.certificates;
    simulator
        .certificates()
        .write_to(folder)
        .with_context(|| format!("the certificates cannot be written to {}", folder.display()))?;
    for version in Version::ALL {
        let file = request_file(folder, *version);
        fs::write(&file, request(*version)?)
            .with_context(|| format!("{} cannot be written", file.display()))?;
    }
    let wsdls = match &arguments.schemas {
        Some(folder) => simulator.write_schemas(folder)?,
        None => Vec::new(),
    };
    output::line(&description(&simulator, &arguments, &wsdls))?;
    eprintln!("The persons are invented. End with Ctrl-C.");
    end.await;
    match simulator.shutdown().await {
        1 => eprintln!("1 search was answered"),
        searches => eprintln!("{searches} searches were answered"),
    }
    Ok(Exit::Success)
}

/// What a user of any language needs.
fn description(
    simulator: &Simulator,
    arguments: &Arguments,
    wsdls: &[(Version, String)],
) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| text.push_str(&format!("{name:<19}{value}\n"));
    let version = Version::NEWEST;
    let url = simulator.url(version);
    let file = |name: &str| quoted(&arguments.certificates.join(name));
    let older = || Version::ALL.iter().rev().filter(|version| **version != Version::NEWEST);
    line("url", &url);
    for version in older() {
        line(&format!("url of {version}"), &simulator.url(*version));
    }
    line("wsdl", &simulator.wsdl_url(version));
    for version in older() {
        line(&format!("wsdl of {version}"), &simulator.wsdl_url(*version));
    }
    if let Some(folder) = &arguments.schemas {
        for (_, path) in wsdls {
            line("wsdl file", &quoted(&folder.join(path)));
        }
    }
    line("roots", &file("ca.pem"));
    line("client certificate", &format!("{} (with its key)", file("client.pem")));
    line("", &format!("{} and {} (apart)", file("client.crt"), file("client.key")));
    let passphrase = Certificates::PASSPHRASE;
    line("", &format!("{} (PKCS#12, passphrase {passphrase})", file("client.p12")));
    let persons = simulator.persons().len();
    match &arguments.persons {
        None => line("persons", &format!("{persons}, invented, such as 197503029865")),
        Some(path) => line("persons", &format!("{persons}, from {}", path.display())),
    }
    let (cert, roots) = (file("client.pem"), file("ca.pem"));
    let request = quoted(&request_file(&arguments.certificates, version));
    text.push_str(&format!(
        "
With curl:
  curl --cacert {roots} --cert {cert} \\
    --header 'Content-Type: text/xml; charset=utf-8' \\
    --header 'SOAPAction: \"{action}\"' \\
    --data-binary @{request} {url}

A fault on demand: --header '{header}: fault' (`spar simulate --help` names the others)

With this command:
  echo 197503029865 | spar personsok --url {url} \\
    --certificate {cert} --roots {roots} \\
    --kund-nr-leverans-mottagare 500243 --uppdrag-id 637 --slut-anvandar-id me",
        action = PersonSok::SOAP_ACTION,
        header = Script::HEADER,
    ));
    text
}

fn request_file(folder: &Path, version: Version) -> PathBuf {
    folder.join(format!("request-{version}.xml"))
}

/// An example request: one person by number, with all permissions.
fn request(version: Version) -> Result<String> {
    let kund_nr = KundNr::new(500_243)?;
    let mut who = Identifieringsinformation::new(
        kund_nr.clone(),
        kund_nr,
        UppdragId::new(637)?,
        "me".parse()?,
    );
    who.slut_anvandar_utokad_behorighet = SlutAnvandarUtokadBehorighet::ALL.to_vec();
    let fraga = PersonsokningFraga::IdNummer("197503029865".parse()?);
    version.person_sok(Write(SparPersonsokningFraga::new(who, fraga)))
}

/// A request to be written in the version that is known when the program runs.
struct Write(SparPersonsokningFraga);

impl Do<PersonSok> for Write {
    type Output = Result<String>;

    fn with<O: InVersion<PersonSok>>(self) -> Result<String> {
        let request = envelope::wrap(&O::request(self.0)?, &WriteOptions::default())?;
        Ok(request.replace("><", ">\n<").replace(" xmlns:", "\n    xmlns:") + "\n")
    }
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+:@".contains(c);
    match !path.is_empty() && path.chars().all(is_plain) {
        true => path,
        false => format!("'{}'", path.replace('\'', r"'\''")),
    }
}

/// Comes when the process is asked to end, by Ctrl-C or, on Unix, by SIGTERM.
#[cfg(unix)]
fn end() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let failed = "the signals to end cannot be waited for";
    let mut interrupt = signal(SignalKind::interrupt()).context(failed)?;
    let mut terminate = signal(SignalKind::terminate()).context(failed)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn end() -> Result<impl Future<Output = ()>> {
    Ok(async {
        // Where Ctrl-C cannot be waited for, nothing else ends the process in order.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    })
}
