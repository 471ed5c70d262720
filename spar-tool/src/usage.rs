//! What is wrong with the arguments, told without their values.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::exit::Exit;
use crate::failure::{self, Problem};
use crate::output;

/// Shows help and version, and tells everything else as a problem. clap's own messages repeat what was
/// typed, which may be an id number.
pub(crate) fn answer(error: &clap::Error) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            match output::write(&error.render().to_string()) {
                Ok(()) => Exit::Success,
                Err(error) => failure::exit(&error),
            }
        }
        // Asked for nothing: the help is the answer, and no success.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            eprint!("{}", error.render());
            Exit::Error
        }
        _ => {
            failure::report(&problem(error).into());
            Exit::Error
        }
    }
}

fn problem(error: &clap::Error) -> Problem {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        _ => None,
    };
    let argument = context(ContextKind::InvalidArg).unwrap_or_default();
    let why = match error.kind() {
        ErrorKind::UnknownArgument => match option_name(&argument) {
            Some(name) => format!("there is no option {name}"),
            None => "there is a value where none is expected".to_owned(),
        },
        ErrorKind::InvalidSubcommand => "there is no such command".to_owned(),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("the value of {argument} cannot be used")
        }
        ErrorKind::MissingRequiredArgument => format!("missing: {argument}"),
        ErrorKind::ArgumentConflict => {
            let other = context(ContextKind::PriorArg).unwrap_or_default();
            format!("{argument} cannot stand beside {other}")
        }
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues | ErrorKind::TooFewValues => {
            format!("{argument} has too many or too few values")
        }
        ErrorKind::InvalidUtf8 => "a value is not UTF-8".to_owned(),
        kind => kind.to_string(),
    };
    let advice = [
        context(ContextKind::SuggestedArg).map(|near| format!("did you mean {near}?")),
        context(ContextKind::SuggestedSubcommand).map(|near| format!("did you mean {near}?")),
        context(ContextKind::ValidValue)
            .filter(|values| !values.is_empty())
            .map(|values| format!("give one of {values}")),
    ];
    let advice = advice.into_iter().flatten().next();
    Problem::new(
        "the arguments cannot be used",
        why,
        advice.unwrap_or_else(|| "`spar help COMMAND` shows what a command takes".to_owned()),
    )
}

/// The name of an option, of what was typed in its place.
fn option_name(argument: &str) -> Option<&str> {
    let name = argument.split('=').next().unwrap_or_default();
    let is_name = name
        .strip_prefix("--")
        .is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
    is_name.then_some(name)
}
