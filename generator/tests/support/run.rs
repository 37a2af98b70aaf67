//! The command as people start it, and what came of it.

use std::process::{Command, Stdio};

/// What the command printed, and its exit code; -1 where a signal ended it.
pub(crate) struct Run {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: i32,
}

impl Run {
    /// Waits until a command has ended.
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { out: text(&output.stdout), err: text(&output.stderr), code: output.status.code().unwrap_or(-1) }
    }
}

/// The command without a colour, a terminal, or anything of what the functions read from the environment.
pub(crate) fn plainsite() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plainsite"));
    functions::config::VARIABLES.iter().for_each(|(name, _)| _ = command.env_remove(name));
    command.env("NO_COLOR", "1").stdin(Stdio::null());
    command
}
