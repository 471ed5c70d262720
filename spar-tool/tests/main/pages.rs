//! What teaches the command: help, manual pages, completions.

use expect_test::expect_file;

use crate::{spar, text};

/// Every page of help, as a file. `UPDATE_EXPECT=1 cargo test -p spar-tool pages` writes them anew.
#[test]
fn help_says_what_it_said() {
    let help = |path: &[&str]| {
        let output = spar().args(path).arg("--help").output().unwrap();
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
        text(&output.stdout)
    };
    let mut paths: Vec<Vec<String>> = vec![Vec::new()];
    while let Some(path) = paths.pop() {
        let words: Vec<_> = path.iter().map(String::as_str).collect();
        let page = help(&words);
        let name = ["spar"].iter().chain(&words).copied().collect::<Vec<_>>().join("-");
        expect_file![format!("{}/tests/main/help/{name}.txt", env!("CARGO_MANIFEST_DIR"))]
            .assert_eq(&page);
        paths.extend(commands(&page).map(|command| {
            words.iter().map(|word| (*word).to_owned()).chain([command.to_owned()]).collect()
        }));
    }
}

/// The commands that a page names below `Commands:`.
fn commands(page: &str) -> impl Iterator<Item = &str> {
    page.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty() && *name != "help")
}

#[test]
fn every_command_has_a_manual_page_and_completions() {
    let folder = tempfile::tempdir().unwrap();
    let output = spar().args(["man", "--out"]).arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let help = text(&spar().arg("--help").output().unwrap().stdout);
    let bash = text(&spar().args(["completions", "bash"]).output().unwrap().stdout);
    for command in commands(&help) {
        let page = folder.path().join(format!("spar-{command}.1"));
        assert!(page.exists(), "{}", page.display());
        assert!(bash.contains(&format!("spar,{command})")), "{command}");
    }
    for shell in ["zsh", "fish", "powershell", "elvish"] {
        let output = spar().args(["completions", shell]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{shell}");
        assert!(text(&output.stdout).contains("personsok"), "{shell}");
    }
}

#[test]
fn arguments_that_make_no_sense_are_told_in_three_parts() {
    let check = |arguments: &[&str], why: &str, advice: &str| {
        let output = spar().args(arguments).output().unwrap();
        let told = text(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{told}");
        assert_eq!(
            told,
            format!("error: the arguments cannot be used\n  why: {why}\n  try: {advice}\n")
        );
    };
    let help = "`spar help COMMAND` shows what a command takes";
    check(
        &["config", "--timeout-tl", "1"],
        "there is no option --timeout-tl",
        "did you mean --timeout-tls?",
    );
    check(&["personsk"], "there is no such command", "did you mean personsok?");
    check(&["man"], "missing: --out <DIR>", help);
    check(&["personsok", "--repeat", "unknown"], "missing: --resume <OUT>", help);
    check(&["config", "x"], "there is a value where none is expected", help);
    check(
        &["personsok", "--max-searches", "x"],
        "the value of --max-searches <NUMBER> cannot be used",
        help,
    );
}
