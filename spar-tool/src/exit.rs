//! Exit statuses, one per outcome that a script tells apart.

use std::process::ExitCode;

/// How the command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Success,
    Failure,
    Error,
    NoHit,
    TooMany,
    Undantag,
    Fault,
    NotSent,
    MaybeSent,
    NotAudited,
    ClosedOutput,
    Unwell,
    Interrupted,
}

impl Exit {
    pub(crate) const ALL: &'static [Self] = &[
        Self::Success,
        Self::Failure,
        Self::Error,
        Self::NoHit,
        Self::TooMany,
        Self::Undantag,
        Self::Fault,
        Self::NotSent,
        Self::MaybeSent,
        Self::NotAudited,
        Self::ClosedOutput,
        Self::Unwell,
        Self::Interrupted,
    ];

    /// The number. clap too exits with 2, for arguments that make no sense.
    pub(crate) fn status(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Error => 2,
            Self::NoHit => 3,
            Self::TooMany => 4,
            Self::Undantag => 5,
            Self::Fault => 6,
            Self::NotSent => 7,
            Self::MaybeSent => 8,
            Self::NotAudited => 9,
            Self::ClosedOutput => 10,
            Self::Unwell => 11,
            Self::Interrupted => 130,
        }
    }

    /// What it means, for `--help` and the documentation.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Success => "a hit, an answer for each of many, a valid file, or all as expected",
            Self::Failure => {
                "something is not as it should be: a file that is not valid, one of many without answer"
            }
            Self::Error => {
                "nothing could be done: a file cannot be read, a setting or an argument is wrong"
            }
            Self::NoHit => "nobody matches",
            Self::TooMany => "more persons match than SPAR hands out",
            Self::Undantag => "SPAR made an exception (Undantag)",
            Self::Fault => "SPAR refused the request (SOAP fault)",
            Self::NotSent => "no answer, and the search never left: not billed",
            Self::MaybeSent => {
                "no usable answer, and a search may have been executed: possibly billed"
            }
            Self::NotAudited => "an audit line could not be written, and its answer was not shown",
            Self::ClosedOutput => "standard output was closed before everything was written",
            Self::Unwell => "spar doctor found what does not work",
            Self::Interrupted => "interrupted by Ctrl-C; what had come was written",
        }
    }
}

/// Shown below `--help`.
pub(crate) fn help() -> String {
    let lines =
        Exit::ALL.iter().map(|exit| format!("\n  {:>3}  {}", exit.status(), exit.meaning()));
    "Exit status:".to_owned() + &lines.collect::<String>()
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.status())
    }
}
