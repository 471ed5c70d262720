//! `spar config`, and what the settings do wherever they come from.

use expect_test::expect_file;

use crate::embedded::{ANNA, Spar, begin, finish};
use crate::{spar, text};

#[test]
fn the_documentation_of_settings_is_the_programs() {
    let output = spar().args(["config", "--format", "markdown"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    expect_file!["../../../docs/configuration.md"].assert_eq(&text(&output.stdout));
}

#[test]
fn what_is_in_force_is_shown_with_its_place_and_secrets_are_not() {
    let spar = Spar::start();
    std::fs::create_dir(spar.path().join("spar")).unwrap();
    spar.write(
        "spar/config.toml",
        "timeout-total = 7\nuppdrag-id = 1\nproxy = \"http://u:hemlig@p:1\"",
    );
    let mut command = spar.command(&["config", "--concurrency", "2"]);
    command.env("SPAR_PASSPHRASE", "hemlig");
    let ran = finish(begin(command, ""));
    let line = |key: &str| {
        let line = ran.stdout.lines().find(|line| line.starts_with(key)).unwrap_or_default();
        line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("concurrency"), "2 option");
    assert_eq!(line("uppdrag-id"), "637 SPAR_UPPDRAG_ID");
    let file = spar.file("spar/config.toml");
    assert_eq!(line("timeout-total"), format!("7 {file}"));
    assert_eq!(line("timeout-tls"), "10 default");
    assert_eq!(line("passphrase"), "******** SPAR_PASSPHRASE");
    assert_eq!(line("proxy"), format!("http://********@p:1 {file}"));
    assert!(!format!("{ran:?}").contains("hemlig"), "{ran:?}");
    assert_eq!(ran.status, Some(0));
    let json = spar.run(&["config", "--format", "json"], "");
    let first: serde_json::Value =
        serde_json::from_str(json.stdout.lines().next().unwrap()).unwrap();
    assert_eq!((&first["key"], &first["source"]), (&"environment".into(), &"default".into()));
}

/// What is wrong with a setting names it, its place and what to do, and never its value.
#[test]
fn a_setting_that_cannot_be_used_is_told() {
    let spar = Spar::start();
    let check = |file: &str, variables: &[(&str, &str)], status: i32, told: &str| {
        let path = spar.write("config.toml", file);
        let mut command = spar.command(&["personsok", "--config", &path]);
        command.envs(variables.iter().copied());
        let ran = finish(begin(command, ANNA));
        assert_eq!(ran.status, Some(status), "{file} {variables:?} {ran:?}");
        assert!(ran.stderr.contains(told), "{told} in {ran:?}");
        assert!(!ran.stderr.contains("hemlig"), "{ran:?}");
        assert!(status == 0 || ran.stderr.contains("\n  try: "), "{ran:?}");
    };
    check("", &[], 0, "");
    check("updrag-id = 1", &[], 2, "did you mean uppdrag-id?");
    check("passphrase = \"hemlig\"", &[], 2, "passphrase-file");
    check("= hemlig", &[], 2, "line 1 is not TOML");
    check("", &[("SPAR_UPPDRAG_ID", "hemlig")], 2, "uppdrag-id, set by SPAR_UPPDRAG_ID,");
    check("", &[("SPAR_UPPDRAG_ID", "")], 2, "the setting uppdrag-id is missing");
    check("", &[("SPAR_KUND_NR_SLUTKUND", "500000")], 2, "kund-nr-slutkund");
    check("", &[("SPAR_URL", "http://localhost/")], 2, "only https is possible");
    check("", &[("SPAR_TIMEOUT_TLS", "0")], 2, "no number of seconds above zero");
    check("", &[("SPAR_TLS_BACKEND", "hemlig")], 2, "tls-backend");
    check("", &[("SPAR_ENVIRONMENT", "hemlig"), ("SPAR_URL", "")], 2, "environment");
    check("", &[("SPAR_SOKARGUMENT_VERSION", "hemlig")], 2, "sokargument-version");
    check("", &[("SPAR_PROXY", "ftp://u:hemlig@p/")], 2, "proxy");
    check("", &[("SPAR_CONCURRENCY", "0")], 2, "concurrency");
    check("", &[("SPAR_ROOTS", "/no/such/file")], 2, "/no/such/file");
    check("", &[("SPAR_CERTIFICATE", "/no/such/file")], 2, "/no/such/file");
    check("", &[("SPAR_PASSPHRASE_FD", "77")], 2, "file descriptor 77");
    check(
        "",
        &[("SPAR_PASSPHRASE_FD", "77"), ("SPAR_PASSPHRASE", "hemlig")],
        2,
        "both passphrase and passphrase-fd are set",
    );
    let missing = spar.run(&["personsok", "--config", "no-such.toml"], ANNA);
    assert_eq!(missing.status, Some(2));
    assert!(missing.stderr.contains("no-such.toml cannot be read"), "{missing:?}");
    // `spar config` finds the same without searching.
    let ran = spar.run(&["config", "--timeout-tls", "0", "--uppdrag-id", "x"], "");
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert_eq!(ran.stderr.matches("error: ").count(), 2, "{ran:?}");
}

#[test]
fn a_passphrase_comes_by_variable_file_or_descriptor() {
    // PII-05, TLS-17, TLS-18: PEM and PKCS#12 alike.
    if !crate::has("openssl") {
        return;
    }
    let spar = Spar::start();
    let (pem, p12) = (spar.file("certificates/client.pem"), spar.file("client.p12"));
    let secret = "hemlig mening";
    let export = std::process::Command::new("openssl")
        .args(["pkcs12", "-export", "-in", &pem, "-out", &p12, "-passout"])
        .arg(format!("pass:{secret}"))
        .status();
    assert!(export.unwrap().success());
    let key = spar.file("key.pem");
    let encrypt = std::process::Command::new("openssl")
        .args(["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-in", &pem, "-out", &key, "-passout"])
        .arg(format!("pass:{secret}"))
        .status();
    assert!(encrypt.unwrap().success());
    let file = spar.write("passphrase", &format!("{secret}\n"));
    let check = |arguments: &[&str], variables: &[(&str, &str)], status: i32, told: &str| {
        let mut command = spar.command(&[&["personsok"], arguments].concat());
        command.envs(variables.iter().copied());
        let ran = finish(begin(command, ANNA));
        assert_eq!(ran.status, Some(status), "{arguments:?} {ran:?}");
        assert!(ran.stderr.contains(told) && !ran.stderr.contains(secret), "{ran:?}");
    };
    let p12 = ["--certificate", &p12];
    check(&p12, &[("SPAR_PASSPHRASE", secret)], 0, "");
    check(&[&p12[..], &["--passphrase-file", &file]].concat(), &[], 0, "");
    check(&["--key", &key, "--passphrase-file", &file], &[], 0, "");
    check(&p12, &[("SPAR_PASSPHRASE", "fel")], 2, "does not open the private key");
    check(&p12, &[], 2, "set SPAR_PASSPHRASE, passphrase-file or passphrase-fd");
    check(&[&p12[..], &["--passphrase", "fel"]].concat(), &[], 2, "no option --passphrase");
    #[cfg(unix)]
    {
        // The shell opens the descriptor, as a service manager would.
        let mut command = spar.command(&[]);
        let program = command.get_program().to_owned();
        let mut shell = std::process::Command::new("sh");
        let script =
            format!("exec \"$0\" personsok --certificate {} --passphrase-fd 3 3< {file}", p12[1]);
        shell.arg("-c").arg(script).arg(program).env_clear();
        shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        shell.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        shell.stderr(std::process::Stdio::piped());
        command = shell;
        let ran = finish(begin(command, ANNA));
        assert_eq!(ran.status, Some(0), "{ran:?}");
    }
}

#[test]
fn what_would_be_done_is_shown_on_request_and_nothing_is_sent() {
    // TLS-35.
    let spar = Spar::start();
    let ran = spar.run(&["personsok", "--dry-run"], ANNA);
    assert_eq!((ran.status, spar.simulator.requests()), (Some(0), 0), "{ran:?}");
    for part in [
        "KundNrSlutkund           500243",
        "certificate of",
        "valid until",
        "billed searches          1",
    ] {
        assert!(ran.stdout.contains(part), "{part} in {ran:?}");
    }
    assert!(!ran.stdout.contains(ANNA));
    let ran = spar.run(&["personsok", "--verbose"], ANNA);
    assert_eq!((ran.status, spar.simulator.requests()), (Some(0), 1));
    assert!(ran.stderr.contains("certificate of") && !ran.stdout.contains("certificate of"));
}
