//! The `bos` program.

fn main() -> std::process::ExitCode {
    bos::cli::main()
}
