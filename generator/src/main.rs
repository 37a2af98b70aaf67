//! The command `plainsite`.

use std::process::ExitCode;

fn main() -> ExitCode {
    plainsite::cli::main()
}
