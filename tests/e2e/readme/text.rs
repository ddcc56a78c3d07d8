//! What the README says: its blocks of commands and outputs, and whether an output is what it shows.

/// A command with the output that is printed below it.
pub struct Step {
    pub command: String,
    pub output: Vec<String>,
}

/// The lines of every fenced block of a kind.
pub fn blocks(readme: &str, kind: &str) -> Vec<Vec<String>> {
    fenced(readme).into_iter().filter(|(of, _)| *of == kind).map(|(_, lines)| lines).collect()
}

/// Every fenced block with what it says to be.
pub fn fenced(readme: &str) -> Vec<(&str, Vec<String>)> {
    // Outside and inside of fences take turns.
    readme.split("```").skip(1).step_by(2).map(|block| block.split_once('\n').unwrap_or((block, ""))).map(of_lines).collect()
}

fn of_lines<'a>((kind, text): (&'a str, &'a str)) -> (&'a str, Vec<String>) {
    (kind, text.lines().map(str::to_owned).collect())
}

/// `$` begins a command, `>` goes on with it; what follows up to the next one is its output.
pub fn steps(block: &[String]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in block {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step { command: command.to_owned(), output: vec![] });
            continue;
        }
        let step = steps.last_mut().unwrap_or_else(|| panic!("output before any command: {line}"));
        match line.strip_prefix("> ") {
            Some(more) if step.output.is_empty() => step.command = format!("{}\n{more}", step.command),
            _ => step.output.push(line.clone()),
        }
    }
    steps
}

/// Line by line; a line that only says `…` stands for any number of them.
pub fn agrees(shown: &[String], said: &str) -> Result<(), String> {
    let shown: Vec<&str> = shown.iter().map(String::as_str).filter(|line| !line.trim().is_empty()).collect();
    let said: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    match lines_agree(&shown, &said) {
        true => Ok(()),
        false => Err(format!("  README:\n    {}\n  in truth:\n    {}", shown.join("\n    "), said.join("\n    "))),
    }
}

fn lines_agree(shown: &[&str], said: &[&str]) -> bool {
    match (shown, said) {
        (["…", rest @ ..], said) => (0..=said.len()).any(|skipped| lines_agree(rest, &said[skipped..])),
        ([line, rest @ ..], [first, others @ ..]) => line_agrees(line, first) && lines_agree(rest, others),
        ([], []) => true,
        _ => false,
    }
}

fn line_agrees(shown: &str, said: &str) -> bool {
    let (shown, said) = (masked(shown), masked(said));
    let mut parts = shown.split('…');
    let Some(mut rest) = parts.next().and_then(|start| said.strip_prefix(start)) else { return false };
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let found = if parts.peek().is_none() { rest.ends_with(part).then(|| rest.len() - part.len()) } else { rest.find(part) };
        let Some(at) = found else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.is_empty()
}

/// Words of letters, digits and joints that name something of this run, by what they name.
fn masked(line: &str) -> String {
    let joint = |c: char| c.is_ascii_alphanumeric() || "-_:.".contains(c);
    let mut masked = String::new();
    let mut rest = line;
    while let Some(start) = rest.find(joint) {
        let end = rest[start..].find(|c| !joint(c)).map_or(rest.len(), |length| start + length);
        masked.push_str(&rest[..start]);
        masked.push_str(mask(&rest[start..end]));
        rest = &rest[end..];
    }
    masked + rest
}

fn mask(word: &str) -> &str {
    let hex = |text: &str, digits| text.len() == digits && text.bytes().all(|b| b.is_ascii_hexdigit());
    let uuid = word.len() == 36 && word.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && hex(&word.replace('-', ""), 32);
    let time = word.len() > 19 && word.ends_with('Z') && word[..10].split('-').map(str::len).eq([4, 2, 2]);
    match word {
        _ if uuid || hex(word, 32) => "<id>",
        _ if hex(word, 64) => "<hash>",
        _ if time => "<time>",
        _ if word.starts_with("qk_live_") => "<key>",
        word => word,
    }
}

#[test]
fn what_names_something_of_a_run_is_masked_and_all_else_is_compared() {
    let id = ["01a1fcd0-957d-7287-874a-71b1a6543b6b", "01890000-0000-7000-8000-000000000000"];
    for (shown, said, agrees) in [
        (format!("tenant {}", id[0]), format!("tenant {}", id[1]), true),
        ("API key qk_live_…".into(), "API key qk_live_e75484fc_W-5e".into(), true),
        ("API key …".into(), "API key qk_live_e75484fc_W-5e".into(), true),
        (r#"{"at":"2026-11-21T12:38:11.5Z","n":1}"#.into(), r#"{"at":"2027-01-02T00:00:00.123456Z","n":1}"#.into(), true),
        (r#"{"n":1}"#.into(), r#"{"n":2}"#.into(), false),
        (r#"{"n":1,…}"#.into(), r#"{"n":1,"x":[]}"#.into(), true),
        (r#"{"n":1,…}"#.into(), r#"{"n":1,"x":[]"#.into(), false),
        ("a … c … e".into(), "a b c d e".into(), true),
        ("a … c … e".into(), "a b d e".into(), false),
        ("ab…b".into(), "ab".into(), false),
    ] {
        assert_eq!(line_agrees(&shown, &said), agrees, "{shown} {said}");
    }
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert!(super::agrees(&lines("a\n…\nz"), "a\nb\nc\nz\n").is_ok());
    assert!(super::agrees(&lines("a\n…\nz"), "a\nb\n").is_err());
    assert!(super::agrees(&[], "said more\n").is_err());
}
