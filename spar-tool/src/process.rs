//! What a crash must not leave behind: personal data in a core file or in a message.

/// Asks the system for no core file, and tells a panic by its place alone.
pub(crate) fn protect() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // Where it is refused, the limit that holds is the system's.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
    std::panic::set_hook(Box::new(|panic| {
        // The message may hold a value.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        eprintln!(
            "error: a fault in this program\n  why: {place}\n  try: report it, with this place"
        );
    }));
}
