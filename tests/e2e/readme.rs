//! The README's tour, typed as printed by a stranger: each command on a server of its own, each output as the README
//! shows it. Ids, keys, times and hashes differ from run to run; `…` stands for what is left out.

mod shell;
mod text;

use std::path::Path;
use std::time::{Duration, Instant};

use self::shell::{Machine, SERVER};
use self::text::{agrees, blocks, fenced, steps};
use crate::events_out::consumer::Nats;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");

/// What the README promises of building and testing is no part of the tour.
const TWO_COMMANDS: [&str; 2] = ["cargo run --release", "cargo test --workspace"];

#[tokio::test]
async fn the_tour_of_the_readme_goes_as_printed() {
    let readme = std::fs::read_to_string(README).expect("the README");
    let nats = Nats::start().await;
    let mut machine = Machine::new(Path::new(README).parent().expect("the project"), &nats.server.url());
    let mut wrong = Vec::new();
    let mut tried = 0;
    for step in blocks(&readme, "console").iter().flat_map(|block| steps(block)) {
        let mut said = if step.command == SERVER { machine.serves().await } else { machine.types(&step.command).await };
        // Who types is faster than a person and reads at once what it takes a moment to show.
        let patient = Instant::now() + Duration::from_secs(20);
        while only_reads(&step.command) && agrees(&step.output, &said).is_err() && Instant::now() < patient {
            tokio::time::sleep(Duration::from_millis(300)).await;
            said = machine.types(&step.command).await;
        }
        if let Err(difference) = agrees(&step.output, &said) {
            wrong.push(format!("$ {}\n{difference}", step.command));
        }
        tried += 1;
    }
    assert!(wrong.is_empty(), "{} of {tried} steps:\n\n{}\n\n{}", wrong.len(), wrong.join("\n\n"), machine.log());
    assert!(tried > 30, "only {tried} steps were found");
    machine.interrupts(Instant::now() + Duration::from_secs(30)).await;
}

fn only_reads(command: &str) -> bool {
    let asks = command.starts_with("as ") || command.starts_with("curl ");
    asks && ![" -d", " -X", " -F", " --data", " --json"].iter().any(|sends| command.contains(sends))
}

#[test]
fn the_readme_has_no_command_that_is_not_tried() {
    let readme = std::fs::read_to_string(README).expect("the README");
    let promised: Vec<String> = blocks(&readme, "sh").iter().flatten().map(|line| shown_command(line)).collect();
    assert_eq!(promised, TWO_COMMANDS);
    let kinds: Vec<&str> = fenced(&readme).into_iter().map(|(kind, _)| kind).collect();
    assert!(kinds.iter().all(|kind| ["sh", "console", "text", "json"].contains(kind)), "{kinds:?}");
}

fn shown_command(line: &str) -> String {
    line.split('#').next().unwrap_or_default().trim().to_owned()
}
