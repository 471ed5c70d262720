//! Making searches, one or many: bounded, in order, announced, recorded, and able to be interrupted.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::time::SystemTime;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use spar_soap::{Client, Error, ErrorKind, SlutAnvandare, Svar};
use spar_types::personsok::newest::{PersonsokningFraga, SlutAnvandarUtokadBehorighet};
use tokio::task::JoinHandle;

use crate::answer::Came;
use crate::audit::{AuditLog, NotWritten};
use crate::exit::Exit;
use crate::failure::{self, Problem};
use crate::output;
use crate::settings::{ConnectionOptions, SearchOptions, Settings};

/// The options that every command shares which searches.
#[derive(clap::Args)]
pub(crate) struct RunOptions {
    /// Make this many searches at most. Needed for more than one: each is billed.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) max_searches: Option<usize>,
    /// Say what would be done, with environment, customer and certificate, and search for nobody.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Say the same before the first search.
    #[arg(long, short)]
    pub(crate) verbose: bool,
    /// No progress bar and no notes; errors only.
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Ask with an extended permission: Relationer, Medborgarskap, Taxering or Sekretess. Repeatable.
    ///
    /// Never more than your organization holds. Without it SPAR answers by the basic permission alone.
    #[arg(long, visible_alias = "utokad-behorighet", value_name = "PERMISSION")]
    pub(crate) behorighet: Vec<SlutAnvandarUtokadBehorighet>,
    #[command(flatten)]
    pub(crate) search: SearchOptions,
    #[command(flatten)]
    pub(crate) connection: ConnectionOptions,
}

/// A line of the input: a question, or the reason why there is none.
pub(crate) struct Job<T> {
    pub(crate) about: T,
    pub(crate) fraga: Result<PersonsokningFraga, (&'static str, String)>,
}

/// What is told of each line in turn. An error, or a break, ends the run: no further search begins.
pub(crate) trait Receive<T> {
    fn receive(&mut self, about: T, came: &Came) -> Result<()>;

    /// The line as JSON, for the file of withheld answers.
    fn json(&self, about: &T, came: &Came) -> Result<String>;
}

/// A run of searches, ready to begin.
pub(crate) struct Run {
    client: Client,
    user: SlutAnvandare,
    audit: Option<AuditLog>,
    concurrency: usize,
    quiet: bool,
}

/// How a run ended.
#[derive(Debug, Default)]
pub(crate) struct End {
    pub(crate) answered: usize,
    /// Lines without answer, whose search never left.
    pub(crate) not_sent: usize,
    /// Lines without answer, whose search may have been executed.
    pub(crate) maybe_sent: usize,
    /// Whether lines were left because of Ctrl-C.
    pub(crate) interrupted: bool,
    /// Whether an answer was withheld.
    pub(crate) not_audited: bool,
}

impl Run {
    /// Announces the searches and makes ready for them. `None` if nothing more is to be done.
    ///
    /// # Errors
    ///
    /// More searches than were allowed, and settings that are missing or cannot be used. Nothing was sent.
    pub(crate) fn prepare(options: &RunOptions, count: usize) -> Result<Option<Self>> {
        let settings = Settings::load(&options.connection, Some(&options.search))?;
        if !options.dry_run {
            check_count(options.max_searches, count)?;
        }
        let mut user = SlutAnvandare::new(settings.required("slut-anvandar-id")?)
            .with_utokad_behorighet(options.behorighet.iter().cloned());
        if let Some(purpose) = settings.text("purpose") {
            user = user.with_purpose(purpose);
        }
        let (endpoint, audit) = (settings.endpoint()?, AuditLog::of(&settings)?);
        settings.uppdrag()?;
        // Last of what may be missing, since it may ask for a passphrase.
        let identity = settings.identity()?;
        if options.dry_run {
            output::write(&description(&settings, &identity, count)?)?;
        } else if options.verbose {
            eprint!("{}", description(&settings, &identity, count)?);
        } else if count > 1 && !options.quiet {
            let host = endpoint.host();
            output::note(&format!("{count} searches will be made at {host}; SPAR bills each"));
        }
        let mut client = settings.personsok(identity)?;
        if options.dry_run {
            return Ok(None);
        }
        if let Some(audit) = audit.clone() {
            // The only look at the clock.
            client = client.with_audit(audit, SystemTime::now);
        }
        let concurrency = settings.concurrency()?;
        Ok(Some(Self { client, user, audit, concurrency, quiet: options.quiet }))
    }

    /// Makes the searches. What comes is told in the order of the input.
    ///
    /// After Ctrl-C no search begins, and those under way are waited for; a second one gives them up.
    ///
    /// # Errors
    ///
    /// What the receiver says. Searches under way are waited for even then, so that they are recorded.
    pub(crate) async fn run<T>(
        &self,
        jobs: Vec<Job<T>>,
        receiver: &mut impl Receive<T>,
    ) -> Result<End> {
        let mut end = End::default();
        let mut signals = Signals::new()?;
        let bar = self.bar(jobs.len());
        let mut waiting = jobs.into_iter();
        let mut running: VecDeque<Running<T>> = VecDeque::new();
        let mut failed = None;
        let mut is_open = true;
        loop {
            while is_open && running.len() < self.concurrency {
                let Some(Job { about, fraga }) = waiting.next() else { break };
                running.push_back(Running {
                    about,
                    state: match fraga {
                        Ok(fraga) => State::Searching(self.search(fraga)),
                        Err((outcome, why)) => State::Idle(Came::NotSearched(outcome, why)),
                    },
                });
            }
            let Some(first) = running.front_mut() else { break };
            let came = tokio::select! {
                biased;
                () = signals.next() => {
                    if is_open {
                        is_open = false;
                        end.interrupted = true;
                        tell(&bar, "no further search begins; once more gives up those under way");
                    } else {
                        running.iter_mut().for_each(Running::give_up);
                    }
                    continue;
                }
                came = first.came() => came,
            };
            let Some(Running { about, .. }) = running.pop_front() else { break };
            bar.inc(1);
            if failed.is_some() {
                continue;
            }
            let told = bar.suspend(|| self.tell(&mut end, receiver, about, came));
            match told {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => is_open = false,
                Err(error) => {
                    is_open = false;
                    failed = Some(error);
                }
            }
        }
        bar.finish_and_clear();
        // What was interrupted after its last search has lost nothing.
        end.interrupted &= waiting.next().is_some() || end.maybe_sent > 0;
        match failed {
            None => Ok(end),
            Some(error) if error.is::<Problem>() => Err(error),
            Some(error) => Err(error.context(
                Problem::of(
                    "the answers cannot be written",
                    "what was searched for is billed all the same; --resume takes up what was written",
                )
                .with_exit(Exit::ClosedOutput),
            )),
        }
    }

    fn search(&self, fraga: PersonsokningFraga) -> JoinHandle<Result<Svar, Error>> {
        let (client, user) = (self.client.clone(), self.user.clone());
        tokio::spawn(async move { client.personsok(&user, fraga).await })
    }

    fn tell<T>(
        &self,
        end: &mut End,
        receiver: &mut impl Receive<T>,
        about: T,
        came: Came,
    ) -> Result<ControlFlow<()>> {
        match came {
            Came::Error(error) if error.kind() == ErrorKind::Audit => {
                end.not_audited = true;
                self.withhold(receiver, &about, error)?;
                return Ok(ControlFlow::Break(()));
            }
            came => {
                match (&came, came.sent()) {
                    (Came::Svar(_), _) => end.answered += 1,
                    (_, "no") => end.not_sent += 1,
                    _ => end.maybe_sent += 1,
                }
                receiver.receive(about, &came)?;
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Keeps what may not be shown, and tells how to get it.
    fn withhold<T>(&self, receiver: &impl Receive<T>, about: &T, error: Error) -> Result<()> {
        let why = std::error::Error::source(&error);
        let missing = why.and_then(|why| why.downcast_ref::<NotWritten>());
        let missing = missing.map(|missing| missing.line.clone()).unwrap_or_default();
        let reason = why.and_then(|why| why.source()).map(ToString::to_string).unwrap_or_default();
        let Some((audit, withheld)) = self.audit.as_ref().zip(error.into_withheld()) else {
            return Ok(());
        };
        let came = match withheld {
            Ok(svar) => Came::Svar(Box::new(svar)),
            Err(error) => Came::Error(error),
        };
        let log = audit.path().display().to_string();
        let path = audit.withhold(&missing, &receiver.json(about, &came)?)?;
        failure::report(
            &Problem::new(
                "the audit line of a search could not be written, and its answer is not shown",
                format!("{log}: {reason}"),
                format!(
                    "mend the log, then run `spar audit release {}`: it appends the line and shows the \
                     answer, which was paid for. No further search begins",
                    path.display()
                ),
            )
            .into(),
        );
        Ok(())
    }

    fn bar(&self, count: usize) -> ProgressBar {
        if self.quiet || count < 2 {
            return ProgressBar::hidden();
        }
        // Shown by a terminal only.
        let target = ProgressDrawTarget::stderr();
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len}, {eta} left");
        let bar = ProgressBar::with_draw_target(Some(count as u64), target);
        match style {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        }
    }
}

impl End {
    /// The exit status of a run of many.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self { not_audited: true, .. } => Exit::NotAudited,
            Self { interrupted: true, .. } => Exit::Interrupted,
            Self { maybe_sent: 1.., .. } => Exit::MaybeSent,
            Self { not_sent: 1.., .. } => Exit::Failure,
            _ => Exit::Success,
        }
    }

    /// What is told after a run of many.
    pub(crate) fn summary(&self) -> String {
        let Self { answered, not_sent, maybe_sent, .. } = self;
        let mut text = format!("{answered} answered");
        if *not_sent > 0 {
            text += &format!(", {not_sent} without answer and not billed");
        }
        if *maybe_sent > 0 {
            text += &format!(", {maybe_sent} without answer and possibly billed");
        }
        text
    }
}

/// A line whose turn to be told has not come.
struct Running<T> {
    about: T,
    state: State,
}

enum State {
    Searching(JoinHandle<Result<Svar, Error>>),
    /// Nothing is under way.
    Idle(Came),
}

impl<T> Running<T> {
    async fn came(&mut self) -> Came {
        match &mut self.state {
            State::Searching(search) => match search.await {
                Ok(Ok(svar)) => Came::Svar(Box::new(svar)),
                Ok(Err(error)) => Came::Error(error),
                // Aborted, or a fault of this program in the middle of it.
                Err(_) => Came::Abandoned,
            },
            State::Idle(came) => std::mem::replace(came, Came::Abandoned),
        }
    }

    fn give_up(&mut self) {
        if let State::Searching(search) = &self.state {
            search.abort();
        }
    }
}

fn check_count(max_searches: Option<usize>, count: usize) -> Result<()> {
    let (why, advice) = match max_searches {
        None if count > 1 => (
            "more than one needs to be asked for, since SPAR bills each".to_owned(),
            format!("give --max-searches {count}"),
        ),
        Some(max) if count > max => (
            format!("--max-searches allows {max}"),
            format!("give --max-searches {count}, or fewer id numbers"),
        ),
        _ => return Ok(()),
    };
    Err(Problem::new(format!("{count} searches would be made"), why, advice).into())
}

/// What is about to be done, and as whom.
fn description(
    settings: &Settings,
    identity: &spar_soap::transport::Identity,
    count: usize,
) -> Result<String> {
    let (endpoint, uppdrag, certificate) =
        (settings.endpoint()?, settings.uppdrag()?, identity.certificate());
    let environment = match settings.get("url") {
        Some(_) => "another address",
        None => settings.text("environment").unwrap_or_default(),
    };
    let lines = [
        ("environment", environment.to_owned()),
        ("host", format!("{}:{}{}", endpoint.host(), endpoint.port(), endpoint.path())),
        ("interface version", settings.version()?.to_string()),
        ("KundNrLeveransMottagare", uppdrag.kund_nr_leverans_mottagare.as_str().to_owned()),
        ("KundNrSlutkund", uppdrag.kund_nr_slutkund.as_str().to_owned()),
        ("UppdragId", uppdrag.uppdrag_id.as_str().to_owned()),
        ("certificate of", certificate.subject().to_owned()),
        ("issued by", certificate.issuer().to_owned()),
        ("valid until", certificate.not_after_utc().to_owned()),
        ("billed searches", count.to_string()),
    ];
    Ok(lines.iter().map(|(label, value)| format!("{label:<24} {value}\n")).collect())
}

fn tell(bar: &ProgressBar, text: &str) {
    bar.suspend(|| output::note(text));
}

/// Ctrl-C, and what a service manager sends.
struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    fn new() -> Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
