//! Tax by its code: what it was charged on, what may be deducted, and what is owed on sales or where the vendor does not bill it.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::chart::{Code, PostingRole};
use quittance_domain::ledger::Books;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ledger::{books_now, through};
use crate::word::Word;

#[derive(Clone, Debug, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TaxFilter {
    pub from: NaiveDate,
    /// The last day of it.
    pub to: NaiveDate,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TaxReport {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub known_at: Option<DateTime<Utc>>,
    /// The last position of the log that is in it.
    pub through: i64,
    pub base_currency: Option<Currency>,
    pub lines: Vec<TaxLine>,
}

/// What a tax code moved on one account.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TaxLine {
    pub tax_code: Code,
    pub part: TaxPart,
    pub account: Code,
    /// Debit above zero, credit below.
    pub amount: Money,
    /// In the books' currency, as far as exchange rates are known.
    #[schema(value_type = String)]
    pub base_amount: Decimal,
    /// The lines of the journal that add up to it.
    pub explained_by: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaxPart {
    /// What tax was charged on.
    Net,
    /// Tax that may be deducted.
    Input,
    /// Tax that we owe: on what was sold, or in a vendor's place (reverse charge).
    Output,
}

/// Tax code, account, currency, and what moved: in that currency, in base.
type Moved = (Word<Code>, Word<Code>, Word<Currency>, Decimal, Decimal);

const MOVED: &str = "\
    select tax_code, account, currency, sum(amount), coalesce(sum(base), 0) from journal_lines \
     where tenant_id = $1 and tax_code is not null and effective_date between $2 and $3 and position <= $4 \
     group by tax_code, account, currency having sum(amount) <> 0 or sum(base) <> 0 order by tax_code, account, currency";

pub async fn tax_report(tx: &mut TenantTx, filter: &TaxFilter) -> sqlx::Result<TaxReport> {
    let TaxFilter { from, to, known_at } = *filter;
    let through = through(tx, known_at).await?;
    let books = books_now(tx).await?;
    let tenant = tx.tenant();
    let moved: Vec<Moved> = sqlx::query_as(MOVED).bind(tenant.0).bind(from).bind(to).bind(through).fetch_all(&mut **tx).await?;
    let line = |(Word(tax_code), Word(account), Word(currency), amount, base_amount): Moved| TaxLine {
        part: part(&books, &tax_code, &account),
        amount: Money::rounded(amount, currency),
        base_amount,
        explained_by: format!(
            "/v1/journal?tax_code={tax_code}&account={account}&currency={currency}&effective_from={from}&as_of={to}&through={through}"
        ),
        tax_code,
        account,
    };
    let lines = moved.into_iter().map(line).collect();
    Ok(TaxReport { from, to, known_at, through, base_currency: books.base, lines })
}

fn part(books: &Books, code: &Code, account: &Code) -> TaxPart {
    match books.chart.tax_codes.get(code) {
        Some(known) if known.output_account.as_ref() == Some(account) => TaxPart::Output,
        Some(known) if known.input_account == *account => TaxPart::Input,
        _ if books.account(PostingRole::InputTax) == *account => TaxPart::Input,
        _ if books.account(PostingRole::OutputTax) == *account => TaxPart::Output,
        _ => TaxPart::Net,
    }
}

/// Every account that holds tax.
pub(super) fn tax_accounts(books: &Books) -> BTreeSet<Code> {
    books.chart.tax_codes.values().flat_map(|code| std::iter::once(code.input_account.clone()).chain(code.output_account.clone())).collect()
}
