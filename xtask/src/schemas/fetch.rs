//! `cargo xtask schemas fetch`: what SPAR serves, compared with what is here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use spar_codegen::published::{Served, Unavailable, Walk, target_namespace};
use spar_codegen::{Diff, File, Ir, Manifest, ManifestEdit, compare, read, sha256};

use super::Format;
use super::folder;
use super::source::{Source, Web};

/// Download what SPAR publishes, and say what it states differently from schemas/.
///
/// Takes every file of manifest.toml from its URL, and what these include and import. All of it is staged
/// and judged first: HTML pages, truncated files, other target namespaces, redirects, DTDs and locations
/// outside the schema host are refused. Nothing is changed unless --accept or --record is given.
///
/// Exit status 0 if SPAR serves what manifest.toml has recorded, 1 if something is new or differs, 2 if a
/// file was refused, or one that SPAR is known to publish is missing.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Put the files in place and record them: hashes, day, origin "published".
    ///
    /// Interface versions of which a file is missing are left alone. Run `cargo xtask codegen` afterwards.
    #[arg(long, conflicts_with = "record")]
    accept: bool,
    /// Keep our files, and record the hashes of SPAR's and the day.
    ///
    /// A reconstructed file that turns out to state the same becomes one of origin "published".
    #[arg(long)]
    record: bool,
    /// Fetch this interface version only, such as personsok/2021.1. May be repeated.
    #[arg(long, value_name = "SERVICE/VERSION")]
    interface: Vec<String>,
    /// How to print what differs.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Keep what was downloaded in this folder, which must not exist.
    #[arg(long, value_name = "DIR")]
    staging: Option<PathBuf>,
    /// Seconds that one file may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0)]
    timeout: f64,
    /// Ask this server in place of SPAR's schema host.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

pub(crate) fn run(schemas: &Path, arguments: &Arguments) -> Result<ExitCode> {
    let manifest = Manifest::load(schemas)?;
    let timeout = Duration::try_from_secs_f64(arguments.timeout).context("--timeout")?;
    let mut web = Web::new(&manifest, arguments.base_url.as_deref(), timeout)?;
    let fetched = Fetched::new(schemas, &manifest, &arguments.interface, &mut web)?;
    if let Some(staging) = &arguments.staging {
        std::fs::create_dir(staging)
            .with_context(|| format!("{} cannot be made", staging.display()))?;
        folder::write(staging, fetched.bytes())?;
    }
    for diff in &fetched.diffs {
        println!("{}", arguments.format.render(diff));
    }
    print!("{}", fetched.table(arguments.format));
    match fetched.verdict() {
        Verdict::Failed(count) => bail!("{count} files could not be taken; nothing was changed"),
        Verdict::Same if !arguments.accept && !arguments.record => return Ok(ExitCode::SUCCESS),
        Verdict::Same | Verdict::Differs => {}
    }
    if arguments.accept || arguments.record {
        let count = fetched.keep(schemas, arguments.accept, &folder::today())?;
        let what = if arguments.accept { "files are in place" } else { "hashes are recorded" };
        println!("{count} {what}; next: `cargo xtask codegen`");
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("hint: --record keeps our files and records these, --accept puts these in place");
    Ok(ExitCode::from(1))
}

/// What a file turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Status {
    /// The bytes that were recorded.
    AsRecorded,
    /// Bytes that were not seen before; what they state is what our file states.
    SameMeaning,
    /// States something else than our file.
    Differs,
    /// No file of the manifest.
    New,
    /// A file whose URL is a guess, and of which SPAR serves nothing there.
    NotThere,
    /// A file that SPAR is known to publish is missing.
    Missing,
    Refused(String),
}

impl Status {
    fn text(&self) -> String {
        match self {
            Self::AsRecorded => "as recorded".to_owned(),
            Self::SameMeaning => "new bytes, same meaning".to_owned(),
            Self::Differs => "differs".to_owned(),
            Self::New => "not in manifest.toml".to_owned(),
            Self::NotThere => "not there (the URL is not certain)".to_owned(),
            Self::Missing => "missing".to_owned(),
            Self::Refused(why) => format!("refused: {why}"),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Same,
    Differs,
    Failed(usize),
}

/// What was downloaded, judged.
struct Fetched<'m> {
    manifest: &'m Manifest,
    asked: Vec<String>,
    walk: Walk,
    statuses: BTreeMap<String, Status>,
    /// The interface versions of which every file is there.
    complete: BTreeMap<String, BTreeSet<String>>,
    diffs: Vec<Diff>,
}

impl<'m> Fetched<'m> {
    fn new(
        schemas: &Path,
        manifest: &'m Manifest,
        only: &[String],
        source: &mut dyn Source,
    ) -> Result<Self> {
        let mut interfaces: Vec<&str> = only.iter().map(String::as_str).collect();
        if interfaces.is_empty() {
            interfaces = manifest.interfaces().collect();
        }
        let mut paths = Vec::new();
        for interface in &interfaces {
            paths.extend(manifest.entries(interface)?.iter().cloned());
        }
        let is_meant = |file: &&File| {
            only.is_empty() || file.interfaces.iter().any(|of| interfaces.contains(&of.as_str()))
        };
        paths.extend(manifest.file.iter().filter(is_meant).map(|file| file.path.clone()));
        let total = paths.iter().collect::<BTreeSet<_>>().len();
        let mut count = 0;
        let walk = Walk::take(
            manifest,
            paths,
            |path| target_namespace(path, &std::fs::read_to_string(schemas.join(path)).ok()?),
            |path| {
                count += 1;
                eprintln!("[{count}/{}] {path}", total.max(count));
                source.get(path)
            },
        );
        let mut fetched = Self {
            manifest,
            asked: interfaces.iter().map(|interface| (*interface).to_owned()).collect(),
            walk,
            statuses: BTreeMap::new(),
            complete: BTreeMap::new(),
            diffs: Vec::new(),
        };
        let staging = tempfile::tempdir()?;
        folder::write(staging.path(), fetched.bytes())?;
        let mut meanings: BTreeMap<String, bool> = BTreeMap::new();
        for interface in interfaces {
            let entries = manifest.entries(interface)?;
            let reached = fetched.walk.reached(entries.iter().map(String::as_str));
            if !fetched.walk.has_all(reached.iter().copied()) {
                continue;
            }
            let reached = reached.into_iter().map(str::to_owned).collect();
            let (ours, theirs) = (
                read(schemas, manifest, interface)?,
                read(staging.path(), manifest, interface)
                    .with_context(|| format!("{interface}, as SPAR serves it"))?,
            );
            same_meaning(&ours, &theirs, entries, &reached, &mut meanings);
            let diff = compare(&ours, &theirs);
            if !diff.is_empty() {
                fetched.diffs.push(diff);
            }
            fetched.complete.insert(interface.to_owned(), reached);
        }
        for (path, Served { bytes, .. }) in &fetched.walk.files {
            let known = manifest.file.iter().find(|file| file.path == *path);
            let status = match (bytes, known) {
                (Err(Unavailable::Refused(why)), _) => Status::Refused(why.clone()),
                (Err(Unavailable::Missing), Some(file)) if file.published_sha256.is_none() => {
                    Status::NotThere
                }
                (Err(Unavailable::Missing), _) => Status::Missing,
                (Ok(_), None) => Status::New,
                (Ok(bytes), Some(file)) => match &file.published_sha256 {
                    Some(recorded) if *recorded == sha256(bytes) => Status::AsRecorded,
                    _ if meanings.get(path) == Some(&true) => Status::SameMeaning,
                    _ => Status::Differs,
                },
            };
            fetched.statuses.insert(path.clone(), status);
        }
        Ok(fetched)
    }

    fn bytes(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.walk.files.iter().filter_map(|(path, served)| {
            served.bytes.as_ref().ok().map(|bytes| (path.as_str(), bytes.as_slice()))
        })
    }

    fn verdict(&self) -> Verdict {
        let failed = |status: &&Status| matches!(status, Status::Missing | Status::Refused(_));
        let failures = self.statuses.values().filter(failed).count();
        let is_same = |status| matches!(status, &Status::AsRecorded | &Status::NotThere);
        match failures {
            0 if self.statuses.values().all(is_same) => Verdict::Same,
            0 => Verdict::Differs,
            count => Verdict::Failed(count),
        }
    }

    fn table(&self, format: Format) -> String {
        let width = self.statuses.keys().map(|path| path.chars().count()).max().unwrap_or_default();
        let mut out = match format {
            Format::Text => String::new(),
            Format::Markdown => "| File | What SPAR serves |\n|---|---|\n".to_owned(),
        };
        for (path, status) in &self.statuses {
            let text = status.text();
            let _ = match format {
                Format::Text => writeln!(out, "{path:<width$}  {text}"),
                Format::Markdown => writeln!(out, "| `{path}` | {} |", text.replace('|', "\\|")),
            };
        }
        let mut incomplete = self.asked.clone();
        incomplete.retain(|interface| !self.complete.contains_key(interface));
        if !incomplete.is_empty() {
            let _ = writeln!(out, "\nnot compared: {}", incomplete.join(", "));
        }
        out
    }

    /// Records what was fetched, and puts it in place if asked to. The number of files.
    fn keep(&self, schemas: &Path, in_place: bool, day: &str) -> Result<usize> {
        let text = std::fs::read_to_string(schemas.join("manifest.toml"))?;
        let mut edit = ManifestEdit::parse(&text)?;
        let mut files = BTreeMap::new();
        let mut reaching: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (interface, paths) in &self.complete {
            for path in paths {
                reaching.entry(path).or_default().push(interface);
            }
        }
        let mut count = 0;
        for (path, bytes) in self.bytes() {
            let Some(interfaces) = reaching.get(path) else { continue };
            let status = self.statuses.get(path);
            if status == Some(&Status::New) {
                if !in_place {
                    continue;
                }
                let url = self.manifest.url(path).context("a file without URL")?;
                edit.add_file(path, &url, interfaces);
            }
            count += 1;
            interfaces.iter().for_each(|interface| {
                if in_place {
                    edit.add_interface_to(path, interface);
                }
            });
            if status != Some(&Status::AsRecorded) {
                edit.record_published(path, &sha256(bytes), day);
            }
            if in_place || status == Some(&Status::SameMeaning) {
                edit.set_published(path);
            }
            if in_place {
                files.insert(path.to_owned(), bytes.to_vec());
            }
        }
        folder::replace(schemas, &files, &edit.text())?;
        Ok(count)
    }
}

/// Which files state the same on both sides. One that an interface version reads otherwise does not.
fn same_meaning(
    ours: &Ir,
    theirs: &Ir,
    entries: &[String],
    paths: &BTreeSet<String>,
    found: &mut BTreeMap<String, bool>,
) {
    for path in paths {
        let is_same = if entries.contains(path) && path.ends_with(".wsdl") {
            ours.operations_sha256() == theirs.operations_sha256()
        } else {
            ours.semantic_sha256(path) == theirs.semantic_sha256(path)
        };
        *found.entry(path.clone()).or_insert(true) &= is_same;
    }
}
