//! `spar simulate`: what it prints works when it is pasted, and it ends when it is asked to.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};

use spar_types::personsok::{v2021_1, v2023_1};
use spar_types::xml::{Document, Limits, Mode, Root, read_element};

use crate::{has, spar, text};

/// `spar simulate` on a free port, ended when dropped.
pub(crate) struct Simulation {
    child: Child,
    stderr: Option<BufReader<ChildStderr>>,
    /// All that it prints before it waits.
    pub(crate) printed: String,
    folder: tempfile::TempDir,
}

impl Simulation {
    /// With certificates in a folder that a shell must have quoted.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = spar()
            .args(["simulate", "--listen", "127.0.0.1:0", "--certificates"])
            .arg(folder.path().join("Åsas 'files'"))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut printed = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap) {
            printed.push_str(&line);
            printed.push('\n');
            if line.contains("--slut-anvandar-id") {
                break;
            }
        }
        let stderr = child.stderr.take().map(BufReader::new);
        Self { child, stderr, printed, folder }
    }

    /// What is printed after a name.
    pub(crate) fn printed(&self, name: &str) -> &str {
        let line = self.printed.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{name} in\n{}", self.printed)).trim()
    }

    /// A file of the folder with the certificates.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("Åsas 'files'").join(name)
    }

    /// The command of curl that is printed, with more at its end.
    fn curl(&self, more: &str) -> Command {
        let start = self.printed.find("  curl ").unwrap();
        let end = start + self.printed[start..].find("\n\n").unwrap();
        let mut shell = Command::new("sh");
        let line = &self.printed[start..end];
        shell.args(["-c", &format!("{line} --silent --show-error --noproxy '*' {more}")]);
        shell
    }

    /// Sends a signal and waits for the end.
    fn end(&mut self, signal: &str) -> (ExitStatus, String) {
        let number = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &number]).status().unwrap().success());
        let mut told = String::new();
        self.stderr.as_mut().unwrap().read_to_string(&mut told).unwrap();
        (self.child.wait().unwrap(), told)
    }
}

impl Drop for Simulation {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read<T: Root>(envelope: &[u8]) -> T {
    let limits = Limits::default();
    let document = Document::parse(envelope, &limits).unwrap();
    let body = document.root().children().next().unwrap();
    let payload = body.children().next().unwrap();
    read_element(payload, Mode::Strict, &limits).unwrap().value
}

#[test]
fn the_curl_line_works_when_pasted() {
    if !has("curl") {
        return;
    }
    let simulation = Simulation::start(&[]);
    let output = simulation.curl("").output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let svar = read::<v2023_1::SparPersonsokningSvar>(&output.stdout);
    let post = svar.personsokning_svarspost[0].as_ref().unwrap();
    assert_eq!(post.person_id.id_nummer.as_str(), "197503029865");
    assert_eq!(
        post.folkbokforing[0].as_ref().unwrap().hemvist.as_ref().unwrap().as_str(),
        "Skriven på adressen"
    );
    assert!(!post.relation.is_empty() && post.summerad_inkomst.is_some());

    // The same for the older version, with its own request.
    let older = simulation
        .curl("")
        .get_args()
        .nth(1)
        .unwrap()
        .to_str()
        .unwrap()
        .replace("2023.1", "2021.1");
    let output = Command::new("sh").args(["-c", &older]).output().unwrap();
    let svar = read::<v2021_1::SparPersonsokningSvar>(&output.stdout);
    assert_eq!(svar.personsokning_svarspost.len(), 1);

    // The fault that is offered.
    let header = "X-Spar-Simulator: fault";
    assert!(simulation.printed.contains(&format!("--header '{header}'")));
    let output = simulation.curl(&format!("--header '{header}'")).output().unwrap();
    assert!(text(&output.stdout).contains("<S:Fault>"));
}

#[test]
fn the_pkcs12_file_is_taken_by_curl() {
    if !has("curl") {
        return;
    }
    let simulation = Simulation::start(&[]);
    let (_, passphrase) = simulation.printed.split_once("passphrase ").unwrap();
    let (passphrase, _) = passphrase.split_once(')').unwrap();
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--fail-with-body", "--noproxy", "*", "--cacert"])
        .arg(simulation.file("ca.pem"))
        .args(["--cert-type", "P12", "--pass", passphrase, "--cert"])
        .arg(simulation.file("client.p12"))
        .args(["--header", "Content-Type: text/xml", "--data-binary"])
        .arg(format!("@{}", simulation.file("request-2023.1.xml").display()))
        .arg(simulation.printed("url"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("Exempelsson"));
}

#[test]
fn wsdl_and_schemas_are_served_and_written() {
    if !has("curl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let schemas = folder.path().join("new/schemas");
    let simulation = Simulation::start(&["--schemas", schemas.to_str().unwrap()]);
    let get = |url: &str| {
        let output = Command::new("curl")
            .args(["--silent", "--show-error", "--fail", "--noproxy", "*", "--cacert"])
            .arg(simulation.file("ca.pem"))
            .arg("--cert")
            .arg(simulation.file("client.pem"))
            .arg(url)
            .output()
            .unwrap();
        assert!(output.status.success(), "{url}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    let url = simulation.printed("url");
    let root = url.strip_suffix("2023.1/").unwrap();
    for (version, wsdl) in [("2023.1", "wsdl"), ("2021.1", "wsdl of 2021.1")] {
        let wsdl = get(simulation.printed(wsdl));
        assert!(wsdl.contains(&format!("<soap:address location=\"{root}{version}/\"")));
        assert!(!wsdl.contains("http://xmls.") && !wsdl.contains("http://localhost"));
        let answers = format!("{root}se/spar/granssnitt/personsok/{version}/PersonsokningSvar.xsd");
        assert!(wsdl.contains(&format!("schemaLocation=\"{answers}\"")));
        let served = get(&answers);
        let file = |name: &str| {
            let path = schemas.join(format!("granssnitt/personsok/{version}/{name}"));
            std::fs::read_to_string(path).unwrap()
        };
        assert_eq!(served, file("PersonsokningSvar.xsd"));
        assert!(file("personsok.wsdl").contains("schemaLocation=\"PersonsokningSvar.xsd\""));
        assert!(file("personsok.wsdl").contains(&format!("location=\"{root}{version}/\"")));
    }
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    for name in ["komponent/person/AviseringPost-1.3.xsd", "komponent/sok/Sokargument-1.2.xsd"] {
        let expected = std::fs::read_to_string(repository.join(name)).unwrap();
        assert_eq!(get(&format!("{root}se/spar/{name}")), expected);
        assert_eq!(std::fs::read_to_string(schemas.join(name)).unwrap(), expected);
    }
}

#[test]
fn persons_of_the_users_own_are_searched() {
    if !has("curl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // The example of the help, and a second file beside it.
    let help = text(&spar().args(["simulate", "--help"]).output().unwrap().stdout);
    let start = help.find("<AviseringPoster").unwrap();
    let end = help.find("</AviseringPoster>").unwrap() + "</AviseringPoster>".len();
    let example = &help[start..end];
    let other = example.replace("199001019984", "197503029865").replace("Åsa", "Örjan");
    std::fs::write(folder.path().join("one.xml"), example).unwrap();
    std::fs::write(folder.path().join("two.xml"), &other).unwrap();
    std::fs::write(folder.path().join("notes.txt"), "not read").unwrap();
    let path = folder.path().to_str().unwrap();
    let simulation = Simulation::start(&["--persons", path]);
    assert_eq!(simulation.printed("persons"), format!("2, from {path}"));
    let output = simulation.curl("").output().unwrap();
    assert!(text(&output.stdout).contains("Örjan"), "{}", text(&output.stderr));

    let check = |content: &str, expected: &str| {
        let file = folder.path().join("two.xml");
        std::fs::write(&file, content).unwrap();
        let output = spar().args(["simulate", "--persons", path]).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let told = text(&output.stderr);
        let told = told.replace(&*file.to_string_lossy(), "two.xml");
        assert!(told.contains(expected) && !told.contains("MARKER"), "{told}");
    };
    check(
        &other.replace("Påhittad", ""),
        "two.xml, line 6: value is empty in AviseringPoster/AviseringPost/Namn/Efternamn",
    );
    check(
        &other.replace("PERSONNUMMER", "MARKER"),
        "two.xml, line 3: value is none of the listed ones",
    );
    check(&other.replace("</Namn>", ""), "two.xml, line ");
    check(example, "two.xml, line 2: AviseringPost[1] has the number of an earlier one");
    let output = spar().args(["simulate", "--persons", "no such place"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("no such place cannot be read"));
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_in_order() {
    for signal in ["-INT", "-TERM"] {
        let (status, told) = Simulation::start(&[]).end(signal);
        assert_eq!(status.code(), Some(0), "{signal}: {told}");
        assert!(told.contains("0 searches were answered"), "{told}");
    }
}

#[cfg(unix)]
#[test]
fn an_answer_under_way_is_finished() {
    if !has("curl") {
        return;
    }
    let mut simulation = Simulation::start(&[]);
    let mut curl = simulation
        .curl("--verbose --header 'Expect: 100-continue' --header 'X-Spar-Simulator: delay=300'")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut verbose = BufReader::new(curl.stderr.take().unwrap()).lines();
    assert!(verbose.any(|line| line.unwrap().contains("< HTTP/1.1 100")));
    // The head of the request is there, and its answer is not.
    let (status, told) = simulation.end("-TERM");
    verbose.for_each(drop);
    let output = curl.wait_with_output().unwrap();
    assert!(output.status.success() && text(&output.stdout).contains("Exempelsson"));
    assert!(status.success() && told.contains("1 search was answered"), "{told}");
}
