//! The binary `simbind`. All of it is in the library.

fn main() -> std::process::ExitCode {
    simbind::cli::main()
}
