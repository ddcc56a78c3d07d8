//! What vendors are owed in other currencies, retentions too, what customers owe, and what bank accounts hold in them, at their own rates
//! and at the closing rates of a day (SEMANTICS 6).

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::chart::{Code, PostingRole};
use quittance_domain::journal::{ClosingValue, Revaluation, RevaluedCurrency};
use quittance_domain::ledger::{Books, Translation};
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::holding::{HoldingLine, holdings};
use crate::ageing::FormerControl;
use crate::chart;
use crate::ledger::{TrialBalanceLine, books_now, closing_rate, role_balances, through};
use crate::page::QueryError;

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
    /// What vendors are owed: one a currency that is not the books' own.
    pub lines: Vec<RevaluationLine>,
    /// What customers owe, in the same way.
    pub receivables: Vec<RevaluationLine>,
    /// One a bank account that is kept in another currency.
    pub holdings: Vec<HoldingLine>,
}

/// One currency. Above zero is owed: by us to vendors, or by customers to us.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RevaluationLine {
    pub open: Money,
    /// The part of it that is kept back from the vendors until their work has proved good.
    pub retained: Money,
    /// The part of it that has no amount in the books' currency, because no rate of its day is known.
    pub untranslated: Money,
    /// At the documents' rates.
    pub carried: Money,
    /// Revalued as of this day already.
    pub revalued: Money,
    /// The last rate not after the day; absent where none is known.
    pub rate: Option<ClosingRate>,
    /// At that rate.
    pub closing: Option<Money>,
    /// What is left to post: above zero a loss of what vendors are owed, a gain of what customers owe.
    pub difference: Option<Money>,
    /// The lines of the control account that add up to what is open and carried, but for what is retained.
    pub explained_by: Option<String>,
    /// Those of the account of retentions.
    pub retentions_explained_by: Option<String>,
    /// Accounts that were one of the two before and hold something still; it is in what is open and carried.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<FormerControl>,
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

impl ClosingRate {
    pub(super) fn value(&self, carried: Money, closing: Money) -> ClosingValue {
        let Self { numerator, denominator, quoted_on, source } = self.clone();
        ClosingValue { carried, numerator, denominator, quoted_on, source, closing }
    }
}

impl From<(Translation, String)> for ClosingRate {
    fn from((rate, source): (Translation, String)) -> Self {
        let Translation { numerator, denominator, quoted_on } = rate;
        Self { numerator, denominator, quoted_on, source }
    }
}

/// `today` is used where the filter names no day.
pub async fn revaluation(tx: &mut TenantTx, filter: &RevaluationFilter, today: NaiveDate) -> Result<RevaluationReport, QueryError> {
    let as_of = filter.as_of.unwrap_or(today);
    let through = through(tx, filter.known_at).await?;
    let books = books_now(tx).await?;
    let (mut lines, mut receivables, mut held) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(base) = books.base {
        lines = side(tx, &books, Side::Vendors, base, as_of, through).await?;
        receivables = side(tx, &books, Side::Customers, base, as_of, through).await?;
        // An account that is kept elsewhere since held then what it held.
        let chart = match filter.known_at {
            Some(at) => &chart::known(tx, at).await?,
            None => &books.chart,
        };
        held = holdings(tx, chart, base, as_of, through).await?;
    }
    Ok(RevaluationReport { as_of, known_at: filter.known_at, through, base_currency: books.base, lines, receivables, holdings: held })
}

/// Who owes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// We owe them.
    Vendors,
    /// They owe us.
    Customers,
}

impl Side {
    /// What it stands on, and what is revalued of it.
    fn control(self) -> (PostingRole, PostingRole) {
        match self {
            Self::Vendors => (PostingRole::PayablesControl, PostingRole::PayablesRevaluation),
            Self::Customers => (PostingRole::ReceivablesControl, PostingRole::ReceivablesRevaluation),
        }
    }

    /// What is kept back of it stands apart.
    fn retentions(self) -> Option<PostingRole> {
        (self == Self::Vendors).then_some(PostingRole::Retentions)
    }

    /// A debit of ours, above zero where it is owed.
    fn turned(self, debit: Decimal) -> Decimal {
        if self == Self::Vendors { -debit } else { debit }
    }
}

async fn side(
    tx: &mut TenantTx,
    books: &Books,
    side: Side,
    base: Currency,
    as_of: NaiveDate,
    through: i64,
) -> sqlx::Result<Vec<RevaluationLine>> {
    let before = role_balances(tx, books, side.control().1, as_of, through).await?;
    let mut lines = Vec::new();
    for owed in owed(tx, books, side, as_of, through).await?.into_iter().filter(|owed| owed.currency != base) {
        let own = before.iter().filter(|line| line.currency == owed.currency);
        let revalued = side.turned(own.map(|line| line.base_balance).sum());
        let former = owed.former(books);
        lines.push(line(tx, owed, revalued, base, as_of, former).await?);
    }
    Ok(lines)
}

/// What is owed in one currency, on the control account and on that of retentions, those included that were it once.
struct Owed {
    side: Side,
    currency: Currency,
    control: Vec<TrialBalanceLine>,
    retained: Vec<TrialBalanceLine>,
}

async fn owed(tx: &mut TenantTx, books: &Books, side: Side, as_of: NaiveDate, through: i64) -> sqlx::Result<Vec<Owed>> {
    let held = role_balances(tx, books, side.control().0, as_of, through).await?;
    let mut kept = match side.retentions() {
        Some(role) => role_balances(tx, books, role, as_of, through).await?,
        None => vec![],
    };
    // A chart may keep both on one account, now or once.
    kept.retain(|line| !held.iter().any(|own| (&own.account, own.currency) == (&line.account, line.currency)));
    let mut currencies: Vec<Currency> = held.iter().chain(&kept).map(|line| line.currency).collect();
    currencies.sort_by_key(|currency| currency.code());
    currencies.dedup();
    let of = |lines: &[TrialBalanceLine], currency| lines.iter().filter(|line| line.currency == currency).cloned().collect();
    let owed = |currency| Owed { side, currency, control: of(&held, currency), retained: of(&kept, currency) };
    Ok(currencies.into_iter().map(owed).collect())
}

impl Owed {
    /// Above zero is owed.
    fn sum(&self, of: impl Fn(&TrialBalanceLine) -> Decimal) -> Decimal {
        self.side.turned(self.control.iter().chain(&self.retained).map(of).sum())
    }

    /// What stands on accounts that are neither now.
    fn former(&self, books: &Books) -> Vec<FormerControl> {
        let roles = std::iter::once(self.side.control().0).chain(self.side.retentions());
        let now: Vec<Code> = roles.map(|role| books.account(role)).collect();
        let all = self.control.iter().chain(&self.retained).filter(|line| !now.contains(&line.account));
        let former = all.filter(|line| !line.balance.is_zero() || !line.base_balance.is_zero());
        let turned = |line: &TrialBalanceLine| Money::rounded(self.side.turned(line.balance.amount()), self.currency);
        let told = |line: &TrialBalanceLine| FormerControl {
            account: line.account.clone(),
            balance: turned(line),
            explained_by: line.explained_by.clone(),
        };
        former.map(told).collect()
    }
}

async fn line(
    tx: &mut TenantTx,
    owed: Owed,
    revalued: Decimal,
    base: Currency,
    as_of: NaiveDate,
    former: Vec<FormerControl>,
) -> sqlx::Result<RevaluationLine> {
    let (in_base, in_its_own) = (|amount| Money::rounded(amount, base), |amount| Money::rounded(amount, owed.currency));
    let open = in_its_own(owed.sum(|line| line.balance.amount()));
    let untranslated = in_its_own(owed.sum(|line| line.untranslated.amount()));
    let retained = in_its_own(owed.side.turned(owed.retained.iter().map(|line| line.balance.amount()).sum()));
    let (carried, revalued) = (in_base(owed.sum(|line| line.base_balance)), in_base(revalued));
    let found = closing_rate(tx, owed.currency, base, as_of).await?;
    let closing = found.as_ref().and_then(|(rate, _)| rate.of(open.amount(), base)).map(in_base);
    let difference = closing.map(|closing| in_base(closing.amount() - carried.amount() - revalued.amount()));
    let rate = found.map(ClosingRate::from);
    // The account of now stands first.
    let [explained_by, retentions_explained_by] =
        [owed.control, owed.retained].map(|own| own.into_iter().next().map(|line| line.explained_by));
    Ok(RevaluationLine {
        open,
        retained,
        untranslated,
        carried,
        revalued,
        rate,
        closing,
        difference,
        explained_by,
        retentions_explained_by,
        former,
    })
}

/// Why a day cannot be revalued.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRevaluable {
    #[error("no exchange rate of {0} is known on that day")]
    RateUnknown(Currency),
    #[error("some of what is owed in {0} waits for the exchange rate of its own day")]
    Untranslated(Currency),
    #[error("some of what customers owe in {0} waits for the exchange rate of its own day")]
    ReceivablesUntranslated(Currency),
    #[error("some of what a bank account holds in {0} waits for the exchange rate of its own day")]
    HoldingUntranslated(Currency),
}

impl NotRevaluable {
    fn of_customers(self) -> Self {
        match self {
            Self::Untranslated(currency) => Self::ReceivablesUntranslated(currency),
            other => other,
        }
    }
}

impl RevaluationReport {
    /// What is to be posted.
    pub fn to_post(&self) -> Result<Revaluation, NotRevaluable> {
        let currencies = self.lines.iter().map(RevaluationLine::to_post).collect::<Result<_, _>>()?;
        let of_customers = |line: &RevaluationLine| line.to_post().map_err(NotRevaluable::of_customers);
        let receivables = self.receivables.iter().map(of_customers).collect::<Result<_, _>>()?;
        let holdings = self.holdings.iter().map(HoldingLine::to_post).collect::<Result<_, _>>()?;
        Ok(Revaluation { through: self.through, currencies, receivables, holdings })
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
        Ok(RevaluedCurrency { open: self.open, value: rate.value(carried, closing) })
    }
}
