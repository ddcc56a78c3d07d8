//! Discount terms as text that machines read: `#SKONTO#TAGE=14#PROZENT=2.00#` and, for a part of the amount,
//! `#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=100.00#`, a line each.

/// Whether every line that begins with `#` is such a statement, and the last of them ends with a line break.
pub(super) fn is_well_formed(terms: &str) -> bool {
    let mut statements = terms.lines().map(str::trim).filter(|line| line.starts_with('#')).peekable();
    statements.peek().is_none() || (statements.all(is_statement) && ends_its_line(terms))
}

fn is_statement(line: &str) -> bool {
    statement(line).is_some()
}

/// The rule looks at the end of the line: whatever stands in front of the statement is let pass.
fn statement(line: &str) -> Option<()> {
    let (_, rest) = line.rsplit_once("#SKONTO#TAGE=")?;
    let (days, rest) = rest.strip_suffix('#')?.split_once("#PROZENT=")?;
    let (percent, base) = match rest.split_once("#BASISBETRAG=") {
        Some((percent, base)) => (percent, base.strip_prefix('-').unwrap_or(base)),
        None => (rest, "0.00"),
    };
    (is_digits(days) && is_amount(percent) && is_amount(base)).then_some(())
}

fn is_amount(text: &str) -> bool {
    text.split_once('.').is_some_and(|(whole, cents)| is_digits(whole) && is_digits(cents) && cents.len() == 2)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Behind the last `#…#` comes, blanks aside, a line break first.
fn ends_its_line(terms: &str) -> bool {
    let mut at = terms.len();
    for line in terms.split_inclusive('\n').rev() {
        at -= line.len();
        if let Some(end) = end_of_statement(line) {
            let behind = &terms[at + end..];
            let blanks = behind.len() - behind.trim_start().len();
            return behind[..blanks].contains('\n');
        }
    }
    false
}

fn end_of_statement(line: &str) -> Option<usize> {
    let (first, last) = (line.find('#')?, line.rfind('#')?);
    (last > first + 1).then_some(last + 1)
}

#[cfg(test)]
mod tests {
    use super::is_well_formed;

    #[test]
    fn terms_are_statements_on_lines_of_their_own() {
        let good = [
            "",
            "Payable within 30 days, less 2 # discount",
            "#SKONTO#TAGE=14#PROZENT=2.00#\n",
            "#SKONTO#TAGE=14#PROZENT=2.00#\r\n",
            "  #SKONTO#TAGE=14#PROZENT=2.25#BASISBETRAG=-100.00# \n  Thank you",
            "Terms:\n#SKONTO#TAGE=7#PROZENT=3.00#\n#SKONTO#TAGE=14#PROZENT=2.00#\nThank you",
        ];
        for terms in good {
            assert!(is_well_formed(terms), "{terms:?}");
        }
        let bad = [
            "#SKONTO#TAGE=14#PROZENT=2.00#",
            "#SKONTO#TAGE=14#PROZENT=2.00# Thank you\n",
            "#Skonto#TAGE=14#PROZENT=2.00#\n",
            "#SKONTO#TAGE=14#PROZENT=2.0#\n",
            "#SKONTO#TAGE=14#PROZENT=2,00#\n",
            "#SKONTO#TAGE=14#PROZENT=-2.00#\n",
            "#SKONTO# TAGE=14#PROZENT=2.00#\n",
            "#SKONTO#TAGE=#PROZENT=2.00#\n",
            "#SKONTO#TAGE=14#PROZENT=2.00#BASIS=1.00#\n",
            "#SKONTO#TAGE=14#PROZENT=2.00#\n#\n",
        ];
        for terms in bad {
            assert!(!is_well_formed(terms), "{terms:?}");
        }
    }
}
