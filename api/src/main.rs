//! The `quittance` executable.

use clap::Parser;
use quittance_api::cli::words::with_causes;
use quittance_api::cli::{Cli, run};

#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> std::process::ExitCode {
    match run(Cli::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("quittance: {}", with_causes(&error));
            std::process::ExitCode::FAILURE
        }
    }
}
