//! An embedded SPAR in this process, and the command as a process of its own that searches it.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use spar_simulator::{Script, Simulator, Version};
use tokio::runtime::Runtime;

use crate::{spar, text};

pub(crate) struct Spar {
    runtime: Runtime,
    pub(crate) simulator: Simulator,
    pub(crate) folder: tempfile::TempDir,
}

/// What a run left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Spar {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let simulator = runtime.block_on(Simulator::builder().start()).unwrap();
        simulator.certificates().write_to(folder.path().join("certificates")).unwrap();
        Self { runtime, simulator, folder }
    }

    pub(crate) fn script(&self, scripts: impl IntoIterator<Item = impl Into<Script>>) {
        for script in scripts {
            self.simulator.script(script);
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn file(&self, name: &str) -> String {
        self.path().join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path().join(name), text).unwrap();
        self.file(name)
    }

    /// The command with all settings it needs, in variables.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = spar();
        command
            .args(arguments)
            .current_dir(self.path())
            .env("HOME", self.path())
            .env("XDG_CONFIG_HOME", self.path())
            .env("SPAR_URL", self.simulator.url(Version::NEWEST))
            .env("SPAR_CERTIFICATE", self.path().join("certificates/client.pem"))
            .env("SPAR_ROOTS", self.path().join("certificates/ca.pem"))
            .env("SPAR_KUND_NR_LEVERANS_MOTTAGARE", "500243")
            .env("SPAR_UPPDRAG_ID", "637")
            .env("SPAR_SLUT_ANVANDAR_ID", "prov")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// The command, begun, with all of its input given.
    pub(crate) fn spawn(&self, arguments: &[&str], input: &str) -> Child {
        begin(self.command(arguments), input)
    }

    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Ran {
        finish(self.spawn(arguments, input))
    }

    /// Waits until the simulator has seen this many requests.
    pub(crate) fn wait_for_requests(&self, count: u64) {
        while self.simulator.requests() < count {
            std::thread::yield_now();
        }
    }
}

impl Drop for Spar {
    fn drop(&mut self) {
        // Connections that stall are cut off with the runtime.
        let _guard = self.runtime.enter();
    }
}

pub(crate) fn begin(mut command: Command, input: &str) -> Child {
    let mut child = command.spawn().unwrap();
    // A command that refuses its arguments does not wait for its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child
}

pub(crate) fn finish(child: Child) -> Ran {
    let output = child.wait_with_output().unwrap();
    Ran { status: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

/// Numbers of persons whom the simulator knows, or does not.
pub(crate) const ANNA: &str = "197503029865";
pub(crate) const PROTECTED: &str = "198104099968";
pub(crate) const NOBODY: &str = "199001019984";

/// JSON lines.
pub(crate) fn lines(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What the lines say of a list, such as `1 hit yes`.
pub(crate) fn outcomes(text: &str) -> Vec<String> {
    lines(text)
        .iter()
        .map(|line| {
            let word = |name: &str| line[name].as_str().unwrap().to_owned();
            format!("{} {} {}", line["line"], word("outcome"), word("sent"))
        })
        .collect()
}

/// The text with SPAR's numbers of exchanges, which differ each time, as `UUID`.
pub(crate) fn without_uuid(text: &str) -> String {
    let is_uuid =
        |word: &str| word.len() == 36 && word.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    text.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .map(|part| {
            let word = part.trim_end_matches(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
            if is_uuid(word) { part.replace(word, "UUID") } else { part.to_owned() }
        })
        .collect()
}
