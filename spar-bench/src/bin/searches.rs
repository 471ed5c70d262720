//! How many searches a second `spar simulate` answers, and whether its memory grows.
//!
//! `searches SPAR SEARCHES`: starts the program SPAR as a simulator on the first core, and makes so many
//! searches on the second, on 32 connections, every fourth by name and sound, the others by number. Without
//! `taskset` both share what there is.

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use spar_simulator::Persons;
use spar_soap::transport::{self, Endpoint, Identity, Roots};
use spar_soap::{Client, SlutAnvandare, Uppdrag, Version};
use spar_types::personsok::newest::{KundNr, PersonsokningFraga, Sokvillkor, UppdragId};

type Failure = Box<dyn Error + Send + Sync>;

/// How many searches are under way at a time.
const CONNECTIONS: usize = 32;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().collect();
    let [program, spar, searches, rest @ ..] = arguments.as_slice() else {
        return Err("searches SPAR SEARCHES".into());
    };
    // The second half runs as a process of its own, to have a core of its own.
    if let [url, folder] = rest {
        return tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(search(url, Path::new(folder), searches.parse()?));
    }
    let folder = tempfile::tempdir()?;
    let mut simulator = on_core(0, spar)
        .args(["simulate", "--listen", "127.0.0.1:0", "--certificates"])
        .arg(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let outcome = measure(&mut simulator, program, searches, folder.path());
    simulator.kill()?;
    simulator.wait()?;
    outcome
}

fn measure(
    simulator: &mut Child,
    program: &str,
    searches: &str,
    folder: &Path,
) -> Result<(), Failure> {
    let lines = BufReader::new(simulator.stdout.take().ok_or("no output")?);
    let mut lines = lines.lines();
    let first = lines.next().ok_or("the simulator does not start")??;
    let url = first.split_whitespace().last().ok_or("no address")?.to_owned();
    for line in lines {
        if line?.contains("--slut-anvandar-id") {
            break;
        }
    }
    let mut before = 0;
    for round in 0..2 {
        let mut client = on_core(1, program);
        client.args(["", searches, &url]).arg(folder);
        // The first round fills pools and caches.
        if round == 0 {
            client.stdout(Stdio::null());
        }
        if !client.status()?.success() {
            return Err("the searches failed".into());
        }
        let memory = resident_kib(simulator.id());
        if let (1, Some(memory)) = (round, memory) {
            println!("simulator, KiB more after as many searches\t{}", memory as i64 - before);
        }
        before = memory.unwrap_or_default() as i64;
    }
    println!("simulator, KiB resident\t{before}");
    Ok(())
}

/// A program on one core, where that can be had.
fn on_core(core: usize, program: &str) -> Command {
    let can = Command::new("taskset").args(["-c", &core.to_string(), "true"]).output();
    if can.is_ok_and(|output| output.status.success()) {
        let mut command = Command::new("taskset");
        command.args(["-c", &core.to_string(), program]);
        command
    } else {
        Command::new(program)
    }
}

/// Makes the searches, each connection one after the other, and prints how many a second.
async fn search(url: &str, folder: &Path, searches: usize) -> Result<(), Failure> {
    let read = |name: &str| std::fs::read(folder.join(name));
    let http = transport::Client::builder()
        .identity(Identity::from_pem(&read("client.pem")?)?)
        .roots(Roots::from_pem(&read("ca.pem")?)?)
        .max_idle_connections(CONNECTIONS)
        .build()?;
    let kund_nr = KundNr::new(500_243)?;
    let uppdrag = Uppdrag::new(kund_nr.clone(), kund_nr, UppdragId::new(637)?);
    let client = Client::new(http, Endpoint::parse(url)?, Version::NEWEST, uppdrag);
    let user = SlutAnvandare::new("bench".parse()?);
    let numbers: Arc<Vec<_>> =
        Arc::new(Persons::built_in().iter().map(|post| post.person_id.id_nummer.clone()).collect());
    let by_sound = Sokvillkor::builder()
        .fonetisk_sokning(true)
        .namn_sok_argument("Mikael Karlsson")
        .build()?;
    let next = Arc::new(AtomicUsize::new(0));
    let start = Instant::now();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (client, user, by_sound) = (client.clone(), user.clone(), by_sound.clone());
            let (numbers, next) = (Arc::clone(&numbers), Arc::clone(&next));
            tokio::spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= searches {
                        return Ok::<(), Failure>(());
                    }
                    let fraga = match number % 4 {
                        0 => by_sound.clone(),
                        _ => PersonsokningFraga::IdNummer(numbers[number % numbers.len()].clone()),
                    };
                    client.personsok(&user, fraga).await?;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    println!("searches a second\t{:.0}", searches as f64 / start.elapsed().as_secs_f64());
    Ok(())
}

/// What a process holds in memory, on Linux.
fn resident_kib(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}
