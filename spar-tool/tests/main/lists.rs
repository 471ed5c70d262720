//! Many searches: allowed by number, in order, interrupted, resumed.

#[cfg(unix)]
use std::io::{BufRead, BufReader, Read};
#[cfg(unix)]
use std::process::Command;
use std::time::Duration;

use spar_simulator::{Answer, Cut, Script};

use crate::embedded::{ANNA, NOBODY, PROTECTED, Spar, lines, outcomes};
use crate::text;

#[test]
fn more_than_one_search_has_to_be_allowed() {
    let spar = Spar::start();
    let two = format!("{ANNA}\n{NOBODY}\n");
    let check = |arguments: &[&str], told: &str| {
        let ran = spar.run(&[&["personsok"], arguments].concat(), &two);
        assert_eq!((ran.status, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
        assert!(ran.stderr.contains(told), "{ran:?}");
        assert_eq!(spar.simulator.requests(), 0);
    };
    check(&[], "2 searches would be made");
    check(&[], "give --max-searches 2");
    check(&["--max-searches", "1"], "--max-searches allows 1");
    // What is to come is said first.
    let ran = spar.run(&["personsok", "--max-searches", "2"], &two);
    assert!(ran.stderr.starts_with("note: 2 searches will be made at localhost"), "{ran:?}");
    assert_eq!(outcomes(&ran.stdout), ["1 hit yes", "2 no_hit yes"]);
    assert_eq!((ran.status, spar.simulator.searches()), (Some(0), 2));
    let ran = spar.run(&["personsok", "--max-searches", "2", "--quiet"], &two);
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
    // A file is a list even with one line in it.
    let file = spar.write("numbers", ANNA);
    let ran = spar.run(&["personsok", "--id-nummer", &file], "");
    assert_eq!(outcomes(&ran.stdout), ["1 hit yes"]);
}

#[test]
#[cfg(target_os = "linux")]
fn on_a_terminal_there_is_a_bar_and_data_stays_apart() {
    if !crate::has("script") {
        return;
    }
    let spar = Spar::start();
    let numbers = spar.write("numbers", &format!("{ANNA}\n{NOBODY}\n"));
    let program = env!("CARGO_BIN_EXE_spar");
    let search = format!("{program} personsok --id-nummer {numbers} --max-searches 2 > out.ndjson");
    // `script` gives the command a terminal, and writes down what is shown there.
    let mut terminal = Command::new("script");
    terminal.args(["-qec", &search, "/dev/null"]).current_dir(spar.path());
    let settings = spar.command(&[]);
    terminal.envs(settings.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = terminal.stdin(std::process::Stdio::null()).output().unwrap();
    let shown = text(&output.stdout);
    assert!(output.status.success() && shown.contains("2/2"), "{shown}");
    assert!(!shown.contains(ANNA), "{shown}");
    assert_eq!(outcomes(&spar.read("out.ndjson")), ["1 hit yes", "2 no_hit yes"]);
}

#[test]
fn answers_come_in_the_order_of_the_input() {
    let spar = Spar::start();
    // The first answer is the last to come.
    spar.script([Script::from(Answer::Usual).after(Duration::from_millis(300))]);
    let input = format!("{ANNA}\n{NOBODY}\n{PROTECTED}\n");
    let ran = spar.run(&["personsok", "--max-searches", "3", "--concurrency", "3"], &input);
    let numbers: Vec<_> =
        lines(&ran.stdout).iter().map(|line| line["id_nummer"].to_string()).collect();
    assert_eq!(numbers, [ANNA, NOBODY, PROTECTED].map(|number| format!("{number:?}")));
    assert!(spar.simulator.connections() <= 3);
}

#[test]
fn what_is_broken_is_told_by_its_line_and_the_rest_is_searched_for() {
    // PII-02: no line is repeated.
    let spar = Spar::start();
    let input = format!("{ANNA}\n\n19750302-9865\nHemligsson\n{ANNA}\n{NOBODY}\n");
    let ran = spar.run(&["personsok", "--max-searches", "2"], &input);
    assert_eq!(
        outcomes(&ran.stdout),
        ["1 hit yes", "3 invalid no", "4 invalid no", "5 duplicate no", "6 no_hit yes"]
    );
    assert_eq!((ran.status, spar.simulator.searches()), (Some(1), 2));
    for line in ["line 3 ", "line 4 ", "line 5 "] {
        assert!(ran.stderr.contains(line), "{line} in {ran:?}");
    }
    assert!(!(ran.stderr + &ran.stdout).contains("Hemligsson"));
}

#[test]
fn nothing_that_may_be_billed_is_repeated_unasked() {
    let spar = Spar::start();
    let reset = || Script::from(Answer::Usual).cut(Cut::Reset(None));
    spar.script([
        reset(),
        Answer::Usual.into(),
        Answer::fault().into(),
        Answer::Status(503).into(),
    ]);
    let numbers = [ANNA, NOBODY, PROTECTED, "198111309285"];
    let input = numbers.join("\n");
    let one_by_one = ["personsok", "--max-searches", "4", "--concurrency", "1"];
    let ran = spar.run(&one_by_one, &input);
    assert_eq!(
        outcomes(&ran.stdout),
        ["1 failed unknown", "2 no_hit yes", "3 fault yes", "4 failed yes"]
    );
    assert_eq!(ran.status, Some(8));
    let out = spar.write("out.ndjson", &ran.stdout);

    let resume = |more: &[&str]| {
        let before = spar.simulator.requests();
        let ran = spar.run(&[&one_by_one, &["--resume", &out][..], more].concat(), &input);
        (outcomes(&ran.stdout), spar.simulator.requests() - before, ran)
    };
    let (told, requests, ran) = resume(&[]);
    assert_eq!((told.len(), requests, ran.status), (0, 0, Some(0)));
    assert!(ran.stderr.contains("3 of them brought no answer and may have been billed"), "{ran:?}");
    assert_eq!(resume(&["--repeat", "unknown"]).0, ["1 hit yes"]);
    assert_eq!(resume(&["--repeat", "fault"]).0, ["3 hit yes"]);
    assert_eq!(resume(&["--repeat", "failed"]).1, 1);
    // A number that the output does not have is searched for.
    spar.write("out.ndjson", ran.stdout.as_str());
    assert_eq!(resume(&["--max-searches", "4"]).1, 0);
}

#[test]
fn an_earlier_output_that_is_torn_is_not_guessed_at() {
    let spar = Spar::start();
    let whole = spar.run(&["personsok", "--format", "json"], ANNA).stdout;
    for torn in [&whole[..whole.len() / 2], "{\"line\":1"] {
        let out = spar.write("out.ndjson", &format!("{whole}{torn}"));
        let ran = spar.run(&["personsok", "--resume", &out], ANNA);
        assert_eq!((ran.status, ran.stdout.as_str()), (Some(2), ""));
        assert!(ran.stderr.contains("line 2 is not whole"), "{ran:?}");
        assert!(!ran.stderr.contains("Exempelsson"), "{ran:?}");
    }
    assert_eq!(spar.simulator.searches(), 1);
}

#[test]
#[cfg(unix)]
fn ctrl_c_begins_no_further_search_and_keeps_what_came() {
    let check = |concurrency: &str, scripts: &[Script], expected: &[&str]| {
        let spar = Spar::start();
        spar.script(scripts.iter().cloned());
        let input = [ANNA, NOBODY, PROTECTED, "198111309285", "197910312391"].join("\n");
        let mut child =
            spar.spawn(&["personsok", "--max-searches", "5", "--concurrency", concurrency], &input);
        spar.wait_for_requests(2);
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        interrupt(&child);
        let mut told = String::new();
        while !told.contains("no further search begins") {
            assert_ne!(stderr.read_line(&mut told).unwrap(), 0, "{told}");
        }
        // Those under way do not end by themselves: given up, they may have been billed.
        interrupt(&child);
        stderr.read_to_string(&mut told).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(outcomes(&text(&output.stdout)), expected, "{told}");
        assert_eq!((output.status.code(), spar.simulator.requests()), (Some(130), 2), "{told}");
    };
    let stall = Script::from(Answer::Usual).cut(Cut::Stall(None));
    check("1", &[Answer::Usual.into(), stall.clone()], &["1 hit yes", "2 failed unknown"]);
    check("2", &[stall.clone(), stall], &["1 failed unknown", "2 failed unknown"]);
}

#[cfg(unix)]
fn interrupt(child: &std::process::Child) {
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.unwrap().success());
}
