//! Discount terms as text that machines read: `#SKONTO#TAGE=14#PROZENT=2.00#` and, for a part of the amount,
//! `#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=100.00#`, a line each.

use rust_decimal::{Decimal, dec};

/// What paying early is worth, as an XRechnung's payment terms (BT-20) say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiscountOffer {
    /// From the invoice's date.
    pub days: u16,
    pub percent: Decimal,
    /// What it is of, where that is not all that is due (BT-115).
    pub base: Option<Decimal>,
}

/// The statements among payment terms; what is none, or offers nothing, is left out.
pub fn discount_offers(terms: &str) -> Vec<DiscountOffer> {
    let statements = terms.lines().map(str::trim).filter(|line| line.starts_with('#')).filter_map(statement);
    let is_offer = |offer: &DiscountOffer| {
        offer.percent > Decimal::ZERO && offer.percent < dec!(100) && offer.base.is_none_or(|base| base > Decimal::ZERO)
    };
    statements.filter(is_offer).collect()
}

/// Whether every line that begins with `#` is such a statement, and the last of them ends with a line break.
pub(crate) fn is_well_formed(terms: &str) -> bool {
    let mut statements = terms.lines().map(str::trim).filter(|line| line.starts_with('#')).peekable();
    statements.peek().is_none() || (statements.all(is_statement) && ends_its_line(terms))
}

fn is_statement(line: &str) -> bool {
    parts(line).is_some_and(|(days, percent, base)| {
        let base = base.map(|base| base.strip_prefix('-').unwrap_or(base));
        is_digits(days) && is_amount(percent) && base.is_none_or(is_amount)
    })
}

fn statement(line: &str) -> Option<DiscountOffer> {
    let (days, percent, base) = parts(line).filter(|_| is_statement(line))?;
    let base = base.map(str::parse).transpose().ok()?;
    Some(DiscountOffer { days: days.parse().ok()?, percent: percent.parse().ok()?, base })
}

/// The rule looks at the end of the line: whatever stands in front of the statement is let pass.
fn parts(line: &str) -> Option<(&str, &str, Option<&str>)> {
    let (_, rest) = line.rsplit_once("#SKONTO#TAGE=")?;
    let (days, rest) = rest.strip_suffix('#')?.split_once("#PROZENT=")?;
    Some(match rest.split_once("#BASISBETRAG=") {
        Some((percent, base)) => (days, percent, Some(base)),
        None => (days, rest, None),
    })
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
    use rust_decimal::dec;

    use super::{DiscountOffer, discount_offers, is_well_formed};

    #[test]
    fn offers_are_read_from_among_other_words() {
        let offer = |days, percent, base| DiscountOffer { days, percent, base };
        let terms = "30 Tage netto\n#SKONTO#TAGE=7#PROZENT=3.00#\n#SKONTO#TAGE=14#PROZENT=2.25#BASISBETRAG=100.00#\n";
        assert_eq!(discount_offers(terms), [offer(7, dec!(3.00), None), offer(14, dec!(2.25), Some(dec!(100.00)))]);
        for none in [
            "",
            "2 % within 14 days",
            "#SKONTO#TAGE=14#PROZENT=0.00#",
            "#SKONTO#TAGE=14#PROZENT=100.00#",
            "#SKONTO#TAGE=99999#PROZENT=2.00#",
        ] {
            assert_eq!(discount_offers(none), [], "{none:?}");
        }
    }

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
