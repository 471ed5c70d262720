//! Making records on several threads, in order.
//!
//! One thread unpacks and cuts the file at the ends of records; others make records of what it cut. Each
//! batch leaves a ticket in the order of the file, by which its records are waited for: so order is kept,
//! the first error of the file is the one that is told, and no more batches are on their way than there
//! is room for tickets. Whoever finds nobody waiting any more stops.

use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use super::post::Post;
use super::pump::{Cut, Pump};
use super::records::Load;
use crate::error::Result;
use crate::versions::Version;

/// Batches on their way for each thread: one that is made, one that waits.
const BATCHES_PER_THREAD: usize = 2;

type Made<T> = Result<Load<T>>;

/// A batch, and where its records are waited for.
struct Task<T> {
    cut: Cut,
    deviations: u64,
    bytes: u64,
    answer: SyncSender<Made<T>>,
}

pub(super) struct Parallel<T: Post> {
    /// In the order of the file. Dropped before the threads are waited for.
    tickets: Option<Receiver<Receiver<Made<T>>>>,
    threads: Vec<JoinHandle<()>>,
}

impl<T: Post> Parallel<T> {
    pub(super) fn start(pump: Pump, threads: usize, start_after: u64) -> Self {
        let room = threads * BATCHES_PER_THREAD;
        let (ticket_in, tickets) = mpsc::sync_channel(room);
        let (task_in, tasks) = mpsc::sync_channel::<Task<T>>(room);
        let tasks = Arc::new(Mutex::new(tasks));
        let version = pump.version();
        let mut handles = Vec::with_capacity(threads + 1);
        handles.push(std::thread::spawn(move || cut(pump, &ticket_in, &task_in)));
        for _ in 0..threads {
            let tasks = Arc::clone(&tasks);
            handles.push(std::thread::spawn(move || make(&tasks, version, start_after)));
        }
        Self { tickets: Some(tickets), threads: handles }
    }

    /// The records of the next batch; `None` when the file was complete.
    pub(super) fn next(&mut self) -> Option<Made<T>> {
        let ticket = self.tickets.as_ref()?.recv().ok()?;
        // A thread that panics drops its ticket, and says so when it is waited for.
        match ticket.recv() {
            Ok(made) => Some(made),
            Err(_) => {
                self.finish();
                None
            }
        }
    }

    fn finish(&mut self) {
        self.tickets = None;
        for thread in self.threads.drain(..) {
            if let Err(panic) = thread.join()
                && !std::thread::panicking()
            {
                std::panic::resume_unwind(panic);
            }
        }
    }
}

impl<T: Post> Drop for Parallel<T> {
    fn drop(&mut self) {
        self.finish();
    }
}

fn cut<T: Post>(
    mut pump: Pump,
    tickets: &SyncSender<Receiver<Made<T>>>,
    tasks: &SyncSender<Task<T>>,
) {
    loop {
        let (answer, ticket) = mpsc::sync_channel(1);
        let next = pump.next();
        let is_last = !matches!(next, Ok(Some(_)));
        let (deviations, bytes) = (pump.take_deviations().len() as u64, pump.unpacked());
        if tickets.send(ticket).is_err() {
            return;
        }
        // Nobody waits for the answer any more if it cannot be sent.
        let is_awaited = match next {
            Ok(Some(cut)) => tasks.send(Task { cut, deviations, bytes, answer }).is_ok(),
            Ok(None) => answer.send(Ok(Load::rest(deviations, bytes))).is_ok(),
            Err(error) => answer.send(Err(error)).is_ok(),
        };
        if is_last || !is_awaited {
            return;
        }
    }
}

fn make<T: Post>(tasks: &Mutex<Receiver<Task<T>>>, version: Version, start_after: u64) {
    loop {
        let task = tasks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Task { cut, deviations, bytes, answer }) = task else { return };
        let load = Load::of(&cut, version, start_after);
        let _ = answer.send(Ok(Load { deviations, bytes, ..load }));
    }
}
