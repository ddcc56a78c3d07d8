//! A question to rules for bank lines that changes nothing: what would they have booked?

use axum::Json;
use chrono::NaiveDate;
use quittance_application::bank_rules::{ReplayBankRules, Standing, WouldBook};
use quittance_domain::bank_rules::{BankRule, BankRuleSet};
use quittance_domain::bank_statement::{BookedPart, line_id};
use quittance_domain::ids::{BankAccountId, BankStatementId};
use quittance_domain::{Currency, Money};
use quittance_projections::Page;
use quittance_projections::bank_line::{self, BankLineFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::Refusals;
use super::super::policy_preview::asking;
use super::rules::few;
use crate::order::Order;
use crate::problem::Problem;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayBankRulesBody {
    rules: Vec<BankRule>,
    bank_account_id: Option<BankAccountId>,
    /// Lines that the bank booked from this day on.
    booked_from: Option<NaiveDate>,
    /// Inclusive.
    booked_to: Option<NaiveDate>,
    /// Only the queue of what nothing explains yet.
    #[serde(default)]
    unexplained: bool,
    /// `next_cursor` of the answer before, with the same days and account.
    cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayBankRulesAnswer {
    /// How many were looked at.
    lines: usize,
    /// There are more lines than one question takes: ask again with it as `cursor`.
    next_cursor: Option<String>,
    /// What each rule would have taken, in their order; rules that fit nothing are left out.
    rules: Vec<RuleTakes>,
    bookings: Vec<BookingForeseen>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RuleTakes {
    /// Its number, from 1.
    rule: u32,
    lines: usize,
    /// One for each currency.
    total: Vec<Money>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BookingForeseen {
    bank_line_id: Uuid,
    bank_statement_id: BankStatementId,
    line: u32,
    booked_on: NaiveDate,
    amount: Money,
    /// The number of the first rule that fits, from 1.
    rule: u32,
    parts: Vec<BookedPart>,
    now: StandsAs,
    /// Of an unexplained line: why the rule would not book it today, such as `period_closed`.
    withheld: Option<String>,
}

/// What has become of the line without these rules.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StandsAs {
    Unexplained,
    /// To the same accounts with the same amounts.
    BookedAlike,
    BookedOtherwise,
    /// A person has said which payment it is, or what else.
    Matched,
}

/// What would these rules have booked? Lines are taken as they came; those that the engine matched to a payment are passed over, because
/// matching comes first. Nothing is stored.
#[utoipa::path(post, path = "/v1/bank-rules/replay", tag = "bank", request_body = ReplayBankRulesBody,
    responses((status = 200, body = ReplayBankRulesAnswer), Refusals))]
pub async fn replay_bank_rules(order: Order<ReplayBankRulesBody>) -> Result<Json<ReplayBankRulesAnswer>, Problem> {
    let ReplayBankRulesBody { rules, bank_account_id, booked_from, booked_to, unexplained, cursor } = order.body;
    few("/rules", rules.len())?;
    let filter = BankLineFilter { bank_account_id, booked_from, booked_to, matched: unexplained.then_some(false), ..Default::default() };
    let page = Page { limit: Some(Page::LIMIT_MAX), cursor, ..Default::default() };
    let system = &order.app.system;
    let mut tx = system.database.read(order.caller.tenant).await?;
    let found = bank_line::list(&mut tx, &filter, &page).await?;
    drop(tx);
    let lines: Vec<(BankStatementId, u32)> = found.data.iter().map(|line| (line.bank_statement_id, line.line.unsigned_abs())).collect();
    let (count, replay) = (lines.len(), ReplayBankRules { set: BankRuleSet { rules }, lines });
    let booked = system.commands.run(&asking(order.ctx), &replay).await?.output.ok_or_else(Problem::internal)?;
    Ok(Json(ReplayBankRulesAnswer {
        lines: count,
        next_cursor: found.next_cursor,
        rules: takes(&booked),
        bookings: booked.into_iter().map(BookingForeseen::from).collect(),
    }))
}

fn takes(booked: &[WouldBook]) -> Vec<RuleTakes> {
    let mut numbers: Vec<u32> = booked.iter().map(|own| own.rule).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let of_rule = |rule: u32| {
        let amounts = || booked.iter().filter(move |own| own.rule == rule).map(|own| own.line.amount);
        let mut currencies: Vec<Currency> = amounts().map(Money::currency).collect();
        currencies.sort_by_key(|currency| currency.code());
        currencies.dedup();
        let sum = |currency: Currency| {
            let own = amounts().filter(|amount| amount.currency() == currency);
            Money::rounded(own.fold(rust_decimal::Decimal::ZERO, |sum, amount| sum.saturating_add(amount.amount())), currency)
        };
        RuleTakes { rule, lines: amounts().count(), total: currencies.into_iter().map(sum).collect() }
    };
    numbers.into_iter().map(of_rule).collect()
}

impl From<WouldBook> for BookingForeseen {
    fn from(would: WouldBook) -> Self {
        let WouldBook { bank_statement_id, line, rule, parts, now, withheld } = would;
        Self {
            bank_line_id: line_id(bank_statement_id.0, line.line),
            bank_statement_id,
            line: line.line,
            booked_on: line.booked_on,
            amount: line.amount,
            rule,
            parts,
            now: now.into(),
            withheld: withheld.map(|refused| refused.code.to_owned()),
        }
    }
}

impl From<Standing> for StandsAs {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Unexplained => Self::Unexplained,
            Standing::BookedAlike => Self::BookedAlike,
            Standing::BookedOtherwise => Self::BookedOtherwise,
            Standing::Matched => Self::Matched,
        }
    }
}
