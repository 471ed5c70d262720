//! The table of settings: the one source of options, variables, keys of the file and documentation.

use spar_soap::Version;

/// A setting. Its option is `--key`, its variable `SPAR_KEY` in capitals with underscores, and its line in
/// the settings file `key = value`.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) key: &'static str,
    /// What stands for the value in `--help`.
    pub(crate) value: &'static str,
    /// One sentence, or more; the first paragraph is what `-h` shows.
    pub(crate) help: &'static str,
    /// What holds if nothing is said.
    pub(crate) default: Option<&'static str>,
    pub(crate) group: Group,
    pub(crate) from: From,
}

/// Which commands take the setting as an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// Whatever talks to SPAR.
    Connection,
    /// Whatever searches.
    Search,
}

/// Where the value may come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    /// Option, variable and file.
    Anywhere,
    /// The variable alone: a secret has no place in process lists, nor in a file among other settings.
    VariableOnly,
}

/// All settings, in the order in which they are shown.
pub(crate) const SETTINGS: &[Setting] = &[
    Setting {
        key: "environment",
        value: "NAME",
        help: "Which SPAR to ask: production (real persons, billed searches) or kundtest.",
        default: Some("kundtest"),
        ..CONNECTION
    },
    Setting {
        key: "interface-version",
        value: "VERSION",
        help: "Version of the interface, such as 2023.1.",
        default: Some(Version::NEWEST.as_str()),
        ..CONNECTION
    },
    Setting {
        key: "url",
        value: "URL",
        help: "Ask this address instead of the environment's, such as the one that `spar simulate` prints.",
        ..CONNECTION
    },
    Setting {
        key: "sokargument-version",
        value: "VERSION",
        help: "Version of the schema component that search arguments stand in with 2023.1: 1.3 or 1.2. That \
               it is 1.3 is likely, not certain; a search by id number does not depend on it.",
        default: Some("1.3"),
        ..CONNECTION
    },
    Setting {
        key: "certificate",
        value: "FILE",
        help: "The organisationscertifikat with its key: PKCS#12 (.p12, .pfx), or PEM with the chain and, \
               unless --key names it, the key.",
        ..CONNECTION
    },
    Setting {
        key: "key",
        value: "FILE",
        help: "PEM file with the private key, if it is not in the certificate's file.",
        ..CONNECTION
    },
    Setting {
        key: "passphrase",
        value: "TEXT",
        help: "Passphrase of the private key. There is no option for it: process lists would show it. Without \
               it, and without one of the two below, a terminal is asked.",
        from: From::VariableOnly,
        ..CONNECTION
    },
    Setting {
        key: "passphrase-file",
        value: "FILE",
        help: "File whose first line is the passphrase of the private key.",
        ..CONNECTION
    },
    Setting {
        key: "passphrase-fd",
        value: "NUMBER",
        help: "Open file descriptor whose first line is the passphrase of the private key. Not on Windows.",
        ..CONNECTION
    },
    Setting {
        key: "roots",
        value: "FILE",
        help: "PEM file with the roots that the server's certificate must lead to, instead of the system's.",
        ..CONNECTION
    },
    Setting {
        key: "tls-backend",
        value: "NAME",
        help: "Who speaks TLS: rustls-aws-lc-rs, or openssl for a server that renegotiates (needs a `spar` \
               built with the feature openssl).",
        default: Some("rustls-aws-lc-rs"),
        ..CONNECTION
    },
    Setting {
        key: "proxy",
        value: "URL",
        help: "HTTP proxy: http://[user:password@]host[:port]; `environment` for what HTTPS_PROXY, ALL_PROXY \
               and NO_PROXY say (never for this machine itself); `none`.",
        default: Some("environment"),
        ..CONNECTION
    },
    Setting {
        key: "timeout-connect",
        value: "SECONDS",
        help: "Longest wait for the connection.",
        default: Some("5"),
        ..CONNECTION
    },
    Setting {
        key: "timeout-tls",
        value: "SECONDS",
        help: "Longest wait for the TLS handshake.",
        default: Some("10"),
        ..CONNECTION
    },
    Setting {
        key: "timeout-first-byte",
        value: "SECONDS",
        help: "Longest silence before the answer begins. Giving up does not undo the bill.",
        default: Some("60"),
        ..CONNECTION
    },
    Setting {
        key: "timeout-idle",
        value: "SECONDS",
        help: "Longest silence within the answer.",
        default: Some("20"),
        ..CONNECTION
    },
    Setting {
        key: "timeout-total",
        value: "SECONDS",
        help: "Longest time for the whole call.",
        default: Some("120"),
        ..CONNECTION
    },
    Setting {
        key: "kund-nr-leverans-mottagare",
        value: "NUMBER",
        help: "Number of the customer that owns the certificate, 500001 to 599999.",
        ..CONNECTION
    },
    Setting {
        key: "kund-nr-slutkund",
        value: "NUMBER",
        help: "Number of the customer that holds the permit. The same, if not given.",
        ..CONNECTION
    },
    Setting { key: "uppdrag-id", value: "NUMBER", help: "Number of the assignment.", ..CONNECTION },
    Setting {
        key: "slut-anvandar-id",
        value: "NAME",
        help: "Who searches. Must let you point out the individual user; SPAR logs it.",
        ..SEARCH
    },
    Setting {
        key: "concurrency",
        value: "NUMBER",
        help: "Searches that run at the same time.",
        default: Some("4"),
        ..SEARCH
    },
    Setting {
        key: "max-per-second",
        value: "NUMBER",
        help: "Searches that begin in a second, evenly spaced. No limit, if not given.",
        ..SEARCH
    },
    Setting {
        key: "purpose",
        value: "TEXT",
        help: "Why this is searched, for the audit log. Never sent to SPAR.",
        ..SEARCH
    },
    Setting {
        key: "audit",
        value: "FILE",
        help: "Append one JSON line per search to this file, on disk before the answer is shown. Created \
               readable by its owner only.",
        ..SEARCH
    },
    Setting {
        key: "audit-key",
        value: "TEXT",
        help: "Key of the hashes that stand for id numbers in the audit log, 32 characters or more. There \
               is no option for it.",
        from: From::VariableOnly,
        ..SEARCH
    },
    Setting {
        key: "audit-key-file",
        value: "FILE",
        help: "File whose first line is that key; `spar audit new-key FILE` makes one.",
        ..SEARCH
    },
    Setting {
        key: "audit-withheld",
        value: "FILE",
        help: "Where an answer goes whose audit line cannot be written, so that what was paid for is not \
               lost. The audit log's name with `.withheld`, if not given.",
        ..SEARCH
    },
];

const CONNECTION: Setting = Setting {
    key: "",
    value: "",
    help: "",
    default: None,
    group: Group::Connection,
    from: From::Anywhere,
};

const SEARCH: Setting = Setting { group: Group::Search, ..CONNECTION };

impl Setting {
    /// The setting of this key. Keys are constants of the program; one that is none of the table's is a
    /// programming error that the test of every command finds.
    pub(crate) fn of(key: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.key == key)
    }

    /// `SPAR_KUND_NR_SLUTKUND`.
    pub(crate) fn variable(&self) -> String {
        format!("SPAR_{}", self.key.to_uppercase().replace('-', "_"))
    }

    pub(crate) fn has_option(&self) -> bool {
        self.from == From::Anywhere
    }

    /// Whether the value is never shown.
    pub(crate) fn is_secret(&self) -> bool {
        self.from == From::VariableOnly
    }
}
