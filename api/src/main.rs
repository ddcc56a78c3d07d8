//! The `quittance` executable.

use clap::Parser;
use quittance_api::cli::words::{CLOSED_PIPE, with_causes};
use quittance_api::cli::{Cli, run};

#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Who reads our output may stop reading, as `head` does: that ends us quietly, and is no fault.
fn end_with_our_reader() {
    let other = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let said = panic.payload_as_str().unwrap_or_default();
        if said.starts_with("failed printing to stdout") && said.contains("Broken pipe") {
            std::process::exit(CLOSED_PIPE);
        }
        other(panic);
    }));
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    end_with_our_reader();
    match run(Cli::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("quittance: {}", with_causes(&error));
            std::process::ExitCode::FAILURE
        }
    }
}
