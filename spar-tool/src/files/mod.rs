//! Commands for files from SPAR and to SPAR.

pub(crate) mod convert;
pub(crate) mod infil;
pub(crate) mod inspect;
pub(crate) mod split;
pub(crate) mod verdict;

mod csv;

use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use spar_files::{Options, Reader};

use crate::exit::Exit;

/// Set by Ctrl-C: what is under way is given up, and its temporary files are removed.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Runs a command on files, which Ctrl-C ends between two records.
pub(crate) fn until_interrupted(command: impl FnOnce() -> Result<Exit>) -> Result<Exit> {
    tokio::spawn(async {
        if tokio::signal::ctrl_c().await.is_ok() {
            INTERRUPTED.store(true, Ordering::Relaxed);
        }
    });
    tokio::task::block_in_place(command)
}

pub(crate) fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// The files that are meant: those named, and those in the folders named.
pub(crate) fn expand(inputs: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for input in inputs {
        if !input.is_dir() {
            files.push(input.clone());
            continue;
        }
        let mut found = Vec::new();
        for entry in std::fs::read_dir(input).with_context(|| unreadable(input))? {
            let entry = entry.with_context(|| unreadable(input))?;
            let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
            if entry.file_type()?.is_file() && !is_hidden {
                found.push(entry.path());
            }
        }
        found.sort();
        files.extend(found);
    }
    Ok(files)
}

pub(crate) fn unreadable(path: &Path) -> String {
    format!("{} cannot be read", path.display())
}

pub(crate) fn unknown() -> anyhow::Error {
    anyhow::anyhow!("this program does not know the format of the file")
}

/// Opens a file, and shows on a terminal how far it is read.
pub(crate) fn open(path: &Path, options: Options, quiet: bool) -> Result<(Reader, ProgressBar)> {
    let file = File::open(path).with_context(|| unreadable(path))?;
    let bytes = file.metadata().with_context(|| unreadable(path))?.len();
    let bar = bar(bytes, path, quiet);
    let reader = Reader::from_file(Watched { file, bar: bar.clone() }, options);
    Ok((reader.with_context(|| format!("{} is not taken", path.display()))?, bar))
}

fn bar(bytes: u64, path: &Path, quiet: bool) -> ProgressBar {
    if quiet || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr());
    let style = "{prefix} {bar:30} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar.set_prefix(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
    bar
}

/// A file with a bar that shows the place in it.
struct Watched {
    file: File,
    bar: ProgressBar,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.bar.inc(count as u64);
        Ok(count)
    }
}

impl Seek for Watched {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = self.file.seek(to)?;
        self.bar.set_position(place);
        Ok(place)
    }
}

/// Calls a function for the records that a format holds; `$otherwise` is for formats that came later.
macro_rules! with_records {
    ($format:expr, $function:ident ( $($argument:expr),* ), $otherwise:expr) => {{
        use spar_files::Format;
        use spar_types::{avisering, infil_id_nummer, personnummersattning, reklamsparravisering, urval};
        match $format {
            Format::Avisering => $function::<avisering::newest::AviseringPost>($($argument),*),
            Format::Personnummersattning => {
                $function::<personnummersattning::newest::PersonnummersattningPost>($($argument),*)
            }
            Format::Urval => $function::<urval::newest::NamnAdressUppgift>($($argument),*),
            Format::Reklamsparravisering => {
                $function::<reklamsparravisering::newest::ReklamsparrPost>($($argument),*)
            }
            Format::InfilIdNummer => {
                $function::<infil_id_nummer::newest::InfilIdNummer>($($argument),*)
            }
            Format::InfilPersonnummersattning => {
                $function::<personnummersattning::newest::PersonnummersattningFraga>($($argument),*)
            }
            _ => $otherwise,
        }
    }};
}

pub(crate) use with_records;
