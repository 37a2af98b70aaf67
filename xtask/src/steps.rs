//! One step of `check` or `ci`: a command that passes or fails, and how long it took.

use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use crate::report;

/// A command to run in the workspace, or in a folder of it.
pub(crate) struct Step {
    name: &'static str,
    program: String,
    args: Vec<String>,
    env: Vec<(&'static str, &'static str)>,
    folder: PathBuf,
}

impl Step {
    /// `cargo` with these arguments, in the workspace.
    pub(crate) fn cargo(name: &'static str, args: &[&str]) -> Self {
        Self::program(name, &crate::cargo(), args)
    }

    /// Any program with these arguments, in the workspace.
    pub(crate) fn program(name: &'static str, program: &str, args: &[&str]) -> Self {
        Self {
            name,
            program: program.to_owned(),
            args: args.iter().map(|&arg| arg.to_owned()).collect(),
            env: Vec::new(),
            folder: crate::workspace(),
        }
    }

    /// The same with a variable in its environment.
    pub(crate) fn env(mut self, name: &'static str, value: &'static str) -> Self {
        self.env.push((name, value));
        self
    }

    /// The same in a folder of the workspace.
    pub(crate) fn within(mut self, folder: &str) -> Self {
        self.folder = crate::workspace().join(folder);
        self
    }

    /// Runs it with our own standard streams, so that its output reads as if it had been typed.
    pub(crate) fn run(&self) -> Outcome {
        let start = self.begin();
        self.end(start, self.command().status())
    }

    /// Runs it and passes on what it says, line by line; both streams come back as one text, in their order.
    pub(crate) fn run_heard(&self) -> (Outcome, String) {
        let (start, mut said) = (self.begin(), String::new());
        let status = self.hear(&mut said);
        (self.end(start, status), said)
    }

    fn hear(&self, said: &mut String) -> io::Result<ExitStatus> {
        let (reader, writer) = io::pipe()?;
        // The command keeps its ends of the pipe as long as it is there, and the reader waits for the last of them.
        let mut child = self.command().stdout(writer.try_clone()?).stderr(writer).spawn()?;
        for line in BufReader::new(reader).split(b'\n') {
            let line = String::from_utf8_lossy(&line?).into_owned();
            report::note(&line);
            said.push_str(&line);
            said.push('\n');
        }
        child.wait()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args).envs(self.env.iter().copied()).current_dir(&self.folder);
        command
    }

    fn shown(&self) -> &str {
        if self.program == crate::cargo() { "cargo" } else { &self.program }
    }

    fn begin(&self) -> Instant {
        report::note(&format!("\n== {}: {} {}", self.name, self.shown(), self.args.join(" ")));
        Instant::now()
    }

    fn end(&self, start: Instant, status: io::Result<ExitStatus>) -> Outcome {
        let end = match status {
            Ok(status) if status.success() => End::Passed,
            Ok(status) => End::Failed(format!("{} ended with {status}", self.shown())),
            Err(error) => End::Failed(format!("{} could not be started: {error}", self.shown())),
        };
        Outcome { name: self.name, end, took: start.elapsed() }
    }
}

/// How a step ended.
pub(crate) enum End {
    Passed,
    /// With the reason.
    Failed(String),
    /// With the reason.
    Skipped(String),
}

/// A step that has ended.
pub(crate) struct Outcome {
    pub(crate) name: &'static str,
    pub(crate) end: End,
    pub(crate) took: Duration,
}

impl Outcome {
    /// A step that never began.
    pub(crate) fn unbegun(name: &'static str, end: End) -> Self {
        Self { name, end, took: Duration::ZERO }
    }

    /// The step in one line, such as `clippy    passed      12.3 s`.
    pub(crate) fn line(&self) -> String {
        let (word, why) = match &self.end {
            End::Passed => ("passed", String::new()),
            End::Failed(why) => ("failed", format!("  {why}")),
            End::Skipped(why) => ("skipped", format!("  {why}")),
        };
        format!("{:<10}{word:<8}{:>7.1} s{why}", self.name, self.took.as_secs_f64())
    }
}

/// The lines that close a run: each step, which failed, and last the count that a CI reads.
pub(crate) fn summary(outcomes: &[Outcome]) -> Vec<String> {
    let mut lines: Vec<String> = outcomes.iter().map(Outcome::line).collect();
    let failed: Vec<&str> = outcomes.iter().filter(|outcome| matches!(outcome.end, End::Failed(_))).map(|outcome| outcome.name).collect();
    let passed = outcomes.iter().filter(|outcome| matches!(outcome.end, End::Passed)).count();
    if !failed.is_empty() {
        lines.push(format!("failed: {}", failed.join(", ")));
    }
    lines.push(format!("{passed} passed, {} failed", failed.len()));
    lines
}

#[cfg(test)]
mod tests {
    use super::{End, Outcome, Step, summary};

    #[test]
    fn the_last_line_counts_what_ran() {
        let outcomes = [
            Outcome::unbegun("fmt", End::Passed),
            Outcome::unbegun("clippy", End::Failed("it ended with 101".to_owned())),
            Outcome::unbegun("e2e", End::Skipped("there is none".to_owned())),
        ];
        let lines = summary(&outcomes);
        assert_eq!(lines[lines.len() - 2..], ["failed: clippy", "1 passed, 1 failed"]);
    }

    #[test]
    fn a_program_that_is_not_there_fails_with_its_name() {
        let outcome = Step::program("absent", "plainsite-no-such-program", &[]).run();
        assert!(matches!(outcome.end, End::Failed(why) if why.contains("plainsite-no-such-program")));
    }

    #[test]
    fn a_status_other_than_zero_fails() {
        assert!(matches!(Step::program("false", "false", &[]).run().end, End::Failed(_)));
        assert!(matches!(Step::program("true", "true", &[]).run().end, End::Passed));
    }

    #[test]
    fn both_streams_are_heard_in_their_order() {
        let (outcome, said) = Step::program("talk", "sh", &["-c", "echo one; echo two >&2; echo three; exit 3"]).run_heard();
        assert_eq!(said, "one\ntwo\nthree\n");
        assert!(matches!(outcome.end, End::Failed(why) if why.contains('3')));
    }
}
