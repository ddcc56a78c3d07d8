//! The euro foreign exchange reference rates as the European Central Bank publishes them: a line a day, a column a
//! currency, `N/A` where it gave none.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use quittance_domain::Currency;
use quittance_domain::ledger::Quote;
use rust_decimal::Decimal;

pub const SOURCE: &str = "ECB euro foreign exchange reference rates";

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReferenceRates {
    pub quotes: Vec<Quote>,
    pub days: u64,
    /// Currencies that are no longer in ISO 4217, with how many rates of them were passed over.
    pub passed_over: BTreeMap<String, u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRates {
    #[error("the first line does not begin with Date and name currencies")]
    NoHeader,
    #[error("line {line} does not begin with a day")]
    NoDay { line: usize },
    #[error("line {line} states no rate above zero for {currency}: {text}")]
    NoRate { line: usize, currency: String, text: String },
    #[error("line {line} has more values than the first line has currencies")]
    TooManyValues { line: usize },
    #[error("there is no rate in it")]
    Empty,
}

impl ReferenceRates {
    /// All of it or nothing: a file with a line that cannot be read is refused.
    pub fn read(text: &str) -> Result<Self, NotRates> {
        let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let header = lines.next().map(|(_, line)| line.trim_start_matches('\u{feff}')).ok_or(NotRates::NoHeader)?;
        let mut names = header.split(',').map(str::trim);
        if names.next() != Some("Date") {
            return Err(NotRates::NoHeader);
        }
        let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
        if names.is_empty() {
            return Err(NotRates::NoHeader);
        }
        let mut read = Self::default();
        for (index, line) in lines {
            read.day(index + 1, line, &names)?;
        }
        if read.quotes.is_empty() { Err(NotRates::Empty) } else { Ok(read) }
    }

    fn day(&mut self, line: usize, text: &str, names: &[&str]) -> Result<(), NotRates> {
        let mut values = text.split(',').map(str::trim);
        let on = values.next().and_then(|day| day.parse::<NaiveDate>().ok()).ok_or(NotRates::NoDay { line })?;
        self.days += 1;
        for (column, value) in values.enumerate() {
            match names.get(column) {
                None if value.is_empty() => {}
                None => return Err(NotRates::TooManyValues { line }),
                Some(_) if value.is_empty() || value == "N/A" => {}
                Some(name) => self.rate(line, on, name, value)?,
            }
        }
        Ok(())
    }

    fn rate(&mut self, line: usize, on: NaiveDate, name: &str, value: &str) -> Result<(), NotRates> {
        let rate = value.parse().ok().filter(|rate| *rate > Decimal::ZERO);
        let rate = rate.ok_or_else(|| NotRates::NoRate { line, currency: name.to_owned(), text: value.to_owned() })?;
        match name.parse() {
            Ok(currency) => self.quotes.push(Quote { unit: Currency::EUR, currency, on, rate }),
            Err(_) => *self.passed_over.entry(name.to_owned()).or_default() += 1,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_day_and_a_column_a_currency() {
        let text = "\u{feff}Date,USD,JPY,CYP,\n2026-03-02,1.0812,161.05,N/A,\n1999-01-04,1.1789,N/A,0.58231,\n";
        let read = ReferenceRates::read(text).expect("rates");
        let shown: Vec<String> = read.quotes.iter().map(|q| format!("{} {} {}", q.on, q.currency, q.rate)).collect();
        assert_eq!(shown, ["2026-03-02 USD 1.0812", "2026-03-02 JPY 161.05", "1999-01-04 USD 1.1789"]);
        assert_eq!((read.days, read.passed_over), (2, BTreeMap::from([("CYP".to_owned(), 1)])));
    }

    /// A text, and why it is no rates.
    #[test]
    fn what_cannot_be_read_is_refused_whole() {
        let rate = |text: &str| NotRates::NoRate { line: 2, currency: "USD".to_owned(), text: text.to_owned() };
        let table = [
            ("", NotRates::NoHeader),
            ("Day,USD\n", NotRates::NoHeader),
            ("Date\n", NotRates::NoHeader),
            ("Date,USD\n", NotRates::Empty),
            ("Date,USD\n2026-03-02,N/A\n", NotRates::Empty),
            ("Date,USD\n02.03.2026,1.1\n", NotRates::NoDay { line: 2 }),
            ("Date,USD\n2026-03-02,1.1,5\n", NotRates::TooManyValues { line: 2 }),
            ("Date,USD\n2026-03-02,one\n", rate("one")),
            ("Date,USD\n2026-03-02,0\n", rate("0")),
        ];
        for (text, expected) in table {
            assert_eq!(ReferenceRates::read(text), Err(expected), "{text:?}");
        }
    }
}
