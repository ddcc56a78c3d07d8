//! What the company's bank accounts hold in other currencies: at the average of what it cost, and at the closing rate of a day.

use chrono::NaiveDate;
use quittance_domain::chart::{Chart, Code};
use quittance_domain::ids::BankAccountId;
use quittance_domain::journal::RevaluedHolding;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use serde::Serialize;
use utoipa::ToSchema;

use super::revaluation::{ClosingRate, NotRevaluable};
use crate::ledger::{TrialBalanceLine, account_balances, closing_rate};

/// One account of the books that moves with a bank account, in one currency. Above zero is held, below is owed to the bank.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HoldingLine {
    pub bank_account_id: BankAccountId,
    #[schema(value_type = String)]
    pub account: Code,
    pub held: Money,
    /// The part of it that has no amount in the books' currency, because no rate of its day is known.
    pub untranslated: Money,
    /// At the average of what it cost, with what was revalued as of this day already.
    pub carried: Money,
    /// The last rate not after the day; absent where none is known.
    pub rate: Option<ClosingRate>,
    /// At that rate.
    pub closing: Option<Money>,
    /// What is left to post: above zero a gain.
    pub difference: Option<Money>,
    pub explained_by: String,
}

pub(super) async fn holdings(
    tx: &mut TenantTx,
    chart: &Chart,
    base: Currency,
    as_of: NaiveDate,
    through: i64,
) -> sqlx::Result<Vec<HoldingLine>> {
    let mut lines = Vec::new();
    for (id, kept) in &chart.bank_accounts {
        for held in account_balances(tx, &kept.account_code, as_of, through).await? {
            let nothing = held.balance.is_zero() && held.base_balance.is_zero() && held.untranslated.is_zero();
            if held.currency != base && !nothing {
                lines.push(line(tx, *id, held, base, as_of).await?);
            }
        }
    }
    lines.sort_by(|one, other| (&one.account, one.held.currency().code()).cmp(&(&other.account, other.held.currency().code())));
    Ok(lines)
}

async fn line(
    tx: &mut TenantTx,
    bank_account_id: BankAccountId,
    held: TrialBalanceLine,
    base: Currency,
    as_of: NaiveDate,
) -> sqlx::Result<HoldingLine> {
    let TrialBalanceLine { account, currency, balance, base_balance, untranslated, explained_by, .. } = held;
    let found = closing_rate(tx, currency, base, as_of).await?;
    let at_rate = found.as_ref().and_then(|(rate, _)| rate.of(balance.amount(), base));
    let closing = at_rate.map(|amount| Money::rounded(amount, base));
    let carried = Money::rounded(base_balance, base);
    let difference = closing.map(|closing| Money::rounded(closing.amount() - carried.amount(), base));
    let rate = found.map(ClosingRate::from);
    Ok(HoldingLine { bank_account_id, account, held: balance, untranslated, carried, rate, closing, difference, explained_by })
}

impl HoldingLine {
    pub(super) fn to_post(&self) -> Result<RevaluedHolding, NotRevaluable> {
        let currency = self.held.currency();
        if !self.untranslated.is_zero() {
            return Err(NotRevaluable::HoldingUntranslated(currency));
        }
        let (Some(rate), Some(closing)) = (&self.rate, self.closing) else { return Err(NotRevaluable::RateUnknown(currency)) };
        let (bank_account_id, account_code, held) = (self.bank_account_id, self.account.clone(), self.held);
        Ok(RevaluedHolding { bank_account_id, account_code, held, value: rate.value(self.carried, closing) })
    }
}
