//! What vendors are owed in other currencies, at the invoices' rates and at the closing rates of a day (SEMANTICS 6).

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::chart::PostingRole;
use quittance_domain::journal::{Revaluation, RevaluedCurrency};
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ledger::{TrialBalanceLine, account_balances, books_now, closing_rate, through};

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RevaluationFilter {
    /// The day whose rates close; today where absent.
    pub as_of: Option<NaiveDate>,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RevaluationReport {
    pub as_of: NaiveDate,
    pub known_at: Option<DateTime<Utc>>,
    /// The last position of the log that is in it.
    pub through: i64,
    pub base_currency: Option<Currency>,
    /// One a currency that is not the books' own.
    pub lines: Vec<RevaluationLine>,
}

/// One currency. Above zero is owed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RevaluationLine {
    pub open: Money,
    /// The part of it that has no amount in the books' currency, because no rate of its day is known.
    pub untranslated: Money,
    /// At the invoices' rates.
    pub carried: Money,
    /// Revalued as of this day already.
    pub revalued: Money,
    /// The last rate not after the day; absent where none is known.
    pub rate: Option<ClosingRate>,
    /// At that rate.
    pub closing: Option<Money>,
    /// What is left to post: above zero a loss.
    pub difference: Option<Money>,
    /// The lines of the control account that add up to what is open and carried.
    pub explained_by: String,
}

/// An amount becomes one of the books' currency by `× numerator ÷ denominator`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ClosingRate {
    #[schema(value_type = String)]
    pub numerator: Decimal,
    #[schema(value_type = String)]
    pub denominator: Decimal,
    pub quoted_on: NaiveDate,
    pub source: String,
}

/// `today` is used where the filter names no day.
pub async fn revaluation(tx: &mut TenantTx, filter: &RevaluationFilter, today: NaiveDate) -> sqlx::Result<RevaluationReport> {
    let as_of = filter.as_of.unwrap_or(today);
    let through = through(tx, filter.known_at).await?;
    let books = books_now(tx).await?;
    let mut lines = Vec::new();
    if let Some(base) = books.base {
        let control = account_balances(tx, &books.account(PostingRole::PayablesControl), as_of, through).await?;
        let before = account_balances(tx, &books.account(PostingRole::PayablesRevaluation), as_of, through).await?;
        for held in control.into_iter().filter(|line| line.currency != base) {
            let revalued = before.iter().find(|line| line.currency == held.currency).map_or(Decimal::ZERO, |line| -line.base_balance);
            lines.push(line(tx, held, revalued, base, as_of).await?);
        }
    }
    Ok(RevaluationReport { as_of, known_at: filter.known_at, through, base_currency: books.base, lines })
}

async fn line(
    tx: &mut TenantTx,
    held: TrialBalanceLine,
    revalued: Decimal,
    base: Currency,
    as_of: NaiveDate,
) -> sqlx::Result<RevaluationLine> {
    let open = held.balance.negated();
    let in_base = |amount| Money::rounded(amount, base);
    let (carried, revalued) = (in_base(-held.base_balance), in_base(revalued));
    let found = closing_rate(tx, held.currency, base, as_of).await?;
    let closing = found.as_ref().and_then(|(rate, _)| rate.of(open.amount(), base)).map(in_base);
    let difference = closing.map(|closing| in_base(closing.amount() - carried.amount() - revalued.amount()));
    let rate = found.map(|(rate, source)| ClosingRate {
        numerator: rate.numerator,
        denominator: rate.denominator,
        quoted_on: rate.quoted_on,
        source,
    });
    let untranslated = held.untranslated.negated();
    Ok(RevaluationLine { open, untranslated, carried, revalued, rate, closing, difference, explained_by: held.explained_by })
}

/// Why a day cannot be revalued.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRevaluable {
    #[error("no exchange rate of {0} is known on that day")]
    RateUnknown(Currency),
    #[error("some of what is owed in {0} waits for the exchange rate of its own day")]
    Untranslated(Currency),
}

impl RevaluationReport {
    /// What is to be posted.
    pub fn to_post(&self) -> Result<Revaluation, NotRevaluable> {
        let currencies = self.lines.iter().map(RevaluationLine::to_post).collect::<Result<_, _>>()?;
        Ok(Revaluation { through: self.through, currencies })
    }
}

impl RevaluationLine {
    fn to_post(&self) -> Result<RevaluedCurrency, NotRevaluable> {
        let currency = self.open.currency();
        if !self.untranslated.is_zero() {
            return Err(NotRevaluable::Untranslated(currency));
        }
        let (Some(rate), Some(closing)) = (&self.rate, self.closing) else { return Err(NotRevaluable::RateUnknown(currency)) };
        let carried = Money::rounded(self.carried.amount() + self.revalued.amount(), closing.currency());
        let ClosingRate { numerator, denominator, quoted_on, source } = rate.clone();
        Ok(RevaluedCurrency { open: self.open, carried, numerator, denominator, quoted_on, source, closing })
    }
}
