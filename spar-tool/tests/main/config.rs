//! `spar config`, and what the settings do wherever they come from.

use expect_test::expect_file;

use crate::{spar, text};

#[test]
fn the_documentation_of_settings_is_the_programs() {
    let output = spar().args(["config", "--format", "markdown"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    expect_file!["../../../docs/configuration.md"].assert_eq(&text(&output.stdout));
}
