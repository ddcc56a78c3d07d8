//! How hledger and beancount write accounts, entries and balances.

use std::collections::BTreeSet;
use std::fmt::Write;

use chrono::{Days, NaiveDate};
use quittance_domain::chart::{AccountKind, Code};

use super::{Held, LedgerFormat, Posting, Scribe};
use crate::ledger::lines::JournalLineRow;

impl Scribe<'_> {
    /// Declares what follows: accounts and currencies.
    pub(super) fn head(&self, held: &[Held]) -> String {
        let accounts: BTreeSet<&Code> = held.iter().map(|h| &h.account.0).collect();
        let currencies: BTreeSet<(&str, usize)> =
            held.iter().map(|h| h.currency.0).chain(self.books.base).map(|c| (c.code(), c.exponent() as usize)).collect();
        let mut text = String::new();
        for (code, decimals) in currencies {
            text += &match self.format {
                // The mark stands also where a currency has no decimals.
                LedgerFormat::Hledger => format!("commodity 1000.{} {code}\n", "0".repeat(decimals)),
                LedgerFormat::Beancount => format!("1900-01-01 commodity {code}\n"),
            };
        }
        if let (LedgerFormat::Beancount, Some(base)) = (self.format, self.books.base) {
            // A total price is divided and multiplied again by its reader: what is left over of that is less than any minor unit,
            // and an entry without a line in the base currency would allow nothing.
            text += &format!("option \"operating_currency\" \"{base}\"\noption \"inferred_tolerance_default\" \"{base}:0.00001\"\n");
        }
        for account in accounts {
            text += &match self.format {
                LedgerFormat::Hledger => format!("account {}\n", self.name(account)),
                LedgerFormat::Beancount => format!("1900-01-01 open {}\n", self.name(account)),
            };
        }
        text + "\n"
    }

    /// The lines of one entry.
    pub(super) fn entry(&self, lines: &[JournalLineRow]) -> String {
        let Some(first) = lines.first() else { return String::new() };
        let (on, reason) = (first.effective_date, first.reason.0);
        let (kind, document) = (first.document_type.0, first.document_id);
        let mut text = match self.format {
            LedgerFormat::Hledger => format!("{on} * ({}) {reason}  ; {kind}:{document}\n", first.position),
            LedgerFormat::Beancount => {
                format!("{on} * \"{reason}\"\n  position: {}\n  {}-id: \"{document}\"\n", first.position, dashed(kind))
            }
        };
        for line in lines {
            for posting in self.postings(line) {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "    {}  {}", self.name(&line.account.0), amount(&posting));
            }
        }
        text + "\n"
    }

    /// What every account holds in the end: the programs refuse the file if they find otherwise.
    pub(super) fn balances(&self, held: &[Held], as_of: NaiveDate) -> String {
        // Beancount looks at the beginning of the day.
        let next = as_of.checked_add_days(Days::new(1)).unwrap_or(as_of);
        let mut text = match self.format {
            LedgerFormat::Hledger if !held.is_empty() => format!("{as_of} * balances\n"),
            _ => String::new(),
        };
        for Held { account, currency, amount } in held {
            let (name, amount) = (self.name(account), quittance_domain::Money::rounded(*amount, currency.0));
            text += &match self.format {
                LedgerFormat::Hledger => format!("    {name}  0 {} = {amount}\n", currency.0),
                LedgerFormat::Beancount => format!("{next} balance {name}  {amount}\n"),
            };
        }
        text
    }

    /// An account by its kind and code. Beancount knows no points and underscores in names.
    fn name(&self, account: &Code) -> String {
        let kind = self.kind(account);
        match self.format {
            LedgerFormat::Hledger => format!("{}:{account}", family(kind).to_lowercase()),
            LedgerFormat::Beancount => {
                let code = account.as_str().replace('-', "--").replace('.', "-p").replace('_', "-u");
                format!("{}:{code}", family(kind))
            }
        }
    }
}

fn amount(posting: &Posting) -> String {
    match posting.cost {
        Some(cost) => format!("{} @@ {} {}", posting.amount, cost.amount().abs(), cost.currency()),
        None => posting.amount.to_string(),
    }
}

fn family(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::Asset => "Assets",
        AccountKind::Liability => "Liabilities",
        AccountKind::Equity => "Equity",
        AccountKind::Income => "Income",
        AccountKind::Expense => "Expenses",
    }
}

fn dashed(word: impl std::fmt::Display) -> String {
    word.to_string().replace('_', "-")
}
