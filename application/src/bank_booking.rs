//! The bank's side of the books: which account keeps a bank account, what a line of its statements posts, and what a person books that no
//! payment explains.

use chrono::NaiveDate;
use quittance_domain::bank_statement::{
    BankStatement, BankStatementCommand, BookedPart, Booking, Cleared, LinePosting, MatchTarget, PaymentEffect, StatementLine, TakenBack,
};
use quittance_domain::calendar::{FiscalCalendar, Posting};
use quittance_domain::chart::{Account, AccountKind, BankLedgerAccount, Chart, ChartCommand, Code};
use quittance_domain::ids::{BankAccountId, BankStatementId, JournalEntryId};
use quittance_domain::invoice::Assignment;
use quittance_domain::journal::{JournalCommand, JournalEntry, ManualEntry, ManualLine};
use quittance_domain::payment::Payment;
use quittance_domain::tenant::{CompanyAccount, Tenant, TenantCommand};
use quittance_domain::{Money, RefusalKind};
use rust_decimal::Decimal;

use crate::calendar::{admit, calendar_id, counts_on};
use crate::coding::postable;
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::journal::PostingLine;
use crate::tenant::chart_id;
use crate::work::Work;

/// Adds one of the company's accounts, and says which account of the books moves with it: a new one beside the others where nobody says.
pub struct AddCompanyAccount {
    pub account: CompanyAccount,
    pub ledger_account: Option<Code>,
}

impl UseCase for AddCompanyAccount {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (tenant, by) = (work.tenant(), work.ctx.actor);
        work.decide::<Tenant>(tenant, TenantCommand::AddAccount { account: self.account.clone(), by }).await?;
        let chart = work.take::<Chart>(chart_id(tenant)).await?;
        if self.ledger_account.is_none() && chart.bank_account(self.account.id).is_some() {
            return Ok(());
        }
        let Some(account_code) = self.ledger_account.clone().or_else(|| chart.next_bank_account()) else { return Ok(()) };
        if !chart.accounts.contains_key(&account_code) && self.ledger_account.is_none() {
            let (name, kind) = (self.account.name.clone(), AccountKind::Asset);
            let account = Account { code: account_code.clone(), name, kind, active: true };
            work.decide::<Chart>(chart_id(tenant), ChartCommand::DefineAccount { account, by }).await?;
        }
        assign(work, self.account.id, BankLedgerAccount { account_code, in_books_from: None }).await
    }
}

/// Says which account of the books moves with a bank account from now on, or from which day on.
pub struct AssignLedgerAccount {
    pub bank_account_id: BankAccountId,
    pub kept: BankLedgerAccount,
}

impl UseCase for AssignLedgerAccount {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        company_account(work, self.bank_account_id).await?;
        work.answer_about::<Chart>(chart_id(work.tenant())).await?;
        assign(work, self.bank_account_id, self.kept.clone()).await
    }
}

async fn assign(work: &mut Work<'_>, bank_account_id: BankAccountId, kept: BankLedgerAccount) -> Result<(), Failure> {
    let assign = ChartCommand::AssignBankAccount { bank_account_id, kept, by: work.ctx.actor };
    let assigned = work.decide::<Chart>(chart_id(work.tenant()), assign).await;
    assigned.map(drop).map_err(|failure| failure.told(|refused| refused.at("/ledger_account")))
}

async fn company_account(work: &mut Work<'_>, id: BankAccountId) -> Result<CompanyAccount, Failure> {
    let tenant = work.load::<Tenant>(work.tenant()).await?;
    let found = tenant.company()?.accounts.iter().find(|own| own.id == id).cloned();
    found
        .ok_or_else(|| Refused::new("company_bank_account_unknown", RefusalKind::Unknown, "there is no such account of the company").into())
}

/// What the books keep of a bank account on a day.
pub(crate) async fn kept_on(work: &mut Work<'_>, account: BankAccountId, day: NaiveDate) -> Result<Option<Code>, Failure> {
    let chart = work.load::<Chart>(chart_id(work.tenant())).await?;
    let kept = chart.bank_account(account).filter(|kept| kept.in_books_from.is_none_or(|from| from <= day));
    Ok(kept.map(|kept| kept.account_code.clone()))
}

pub(crate) fn ledger_account_missing() -> Refused {
    let detail = "the books keep no account of the bank account on that day: assign one, and from when it counts";
    Refused::new("ledger_account_missing", RefusalKind::State, detail)
}

/// What a match posts: the bank's account, against what the payment or the refund puts on the clearing account.
pub(crate) async fn posting_of(
    work: &mut Work<'_>,
    account: BankAccountId,
    line: &StatementLine,
    target: &MatchTarget,
) -> Result<Option<LinePosting>, Failure> {
    let Some(account_code) = kept_on(work, account, line.booked_on).await? else { return Ok(None) };
    let effective_date = counts_on(work, line.booked_on).await?;
    let (payment_id, items, effect, value_date) = match target {
        MatchTarget::Payment { payment_id, items, effect, value_date } => (payment_id, items, effect, value_date),
        MatchTarget::Refund { value_date, .. }
        | MatchTarget::Receivable { value_date, .. }
        | MatchTarget::CustomerRefund { value_date, .. } => {
            let clears = vec![Cleared { amount: line.amount.negated(), on: *value_date }];
            return Ok(Some(LinePosting { account_code, effective_date, clears }));
        }
        // It leaves the clearing account as it came there.
        MatchTarget::IncomingReturned { paid_on, .. } => {
            let clears = vec![Cleared { amount: line.amount.negated(), on: *paid_on }];
            return Ok(Some(LinePosting { account_code, effective_date, clears }));
        }
        MatchTarget::Explained { .. } => return Ok(None),
    };
    let payment = work.load::<Payment>(*payment_id).await?;
    let named = payment.plan()?.items.iter().filter(|item| items.contains(&item.line));
    let cleared = |amount: Money| if *effect == PaymentEffect::Settles { amount } else { amount.negated() };
    let clears = named.map(|item| Cleared { amount: cleared(item.amount), on: payment.left_on(item.line).unwrap_or(*value_date) });
    let clears = clears.collect();
    Ok(Some(LinePosting { account_code, effective_date, clears }))
}

/// Where a part of a line goes; the one without an amount takes what is left.
#[derive(Clone, Debug)]
pub struct BookingPart {
    pub to: Assignment,
    /// Debit above zero, credit below.
    pub amount: Option<Decimal>,
}

/// Says to which accounts a line belongs that no payment explains.
pub struct BookLine {
    pub id: BankStatementId,
    pub line: u32,
    pub parts: Vec<BookingPart>,
    pub reason: String,
}

impl UseCase for BookLine {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let statement = work.take::<BankStatement>(self.id).await?;
        let imported = statement.imported()?;
        let line = imported.line(self.line)?.clone();
        let Some(account_code) = kept_on(work, imported.import.bank_account_id, line.booked_on).await? else {
            return Err(ledger_account_missing().into());
        };
        let parts = self.parts(work, line.amount).await?;
        let effective_date = counts_by_hand(work, line.booked_on).await?;
        let posted = LinePosting { account_code, effective_date, clears: vec![] };
        let booking = Booking { parts, reason: self.reason.clone(), posted, by: Some(work.ctx.actor), rule: None };
        work.decide::<BankStatement>(self.id, BankStatementCommand::Book { line: self.line, booking: Box::new(booking) }).await.map(drop)
    }
}

impl BookLine {
    async fn parts(&self, work: &mut Work<'_>, moved: Money) -> Result<Vec<BookedPart>, Failure> {
        let chart = work.load::<Chart>(chart_id(work.tenant())).await?;
        let currency = moved.currency();
        let mut left = -moved.amount();
        for part in self.parts.iter().filter_map(|part| part.amount) {
            left = left.checked_sub(part).unwrap_or(Decimal::MAX);
        }
        let mut parts = Vec::with_capacity(self.parts.len());
        for (index, part) in self.parts.iter().enumerate() {
            let place = format!("/parts/{index}");
            postable(&chart, &part.to).map_err(|refused| refused.below(&place))?;
            let exact = Money::exact(part.amount.unwrap_or(left), currency);
            let amount =
                exact.map_err(|e| Refused::new("below_minor_unit", RefusalKind::Invalid, e.to_string()).at("/amount").below(&place))?;
            parts.push(BookedPart { to: part.to.clone(), amount });
        }
        Ok(parts)
    }
}

/// The day itself also after a soft close, as for an entry by hand; else the first one after it that is open.
async fn counts_by_hand(work: &mut Work<'_>, day: NaiveDate) -> Result<NaiveDate, Failure> {
    let calendar = work.load::<FiscalCalendar>(calendar_id(work.tenant())).await?;
    Ok(if calendar.admits(day, Posting::ByHand).is_ok() { day } else { calendar.first_open_day(day) })
}

/// Takes a booking back: the line is unexplained again.
pub struct TakeBookingBack {
    pub id: BankStatementId,
    pub line: u32,
    pub reason: String,
    /// From when it no longer counts; the booking's own day where absent.
    pub effective_date: Option<NaiveDate>,
}

impl UseCase for TakeBookingBack {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let statement = work.take::<BankStatement>(self.id).await?;
        let booked_on = statement.imported()?.booked.get(&self.line).map(|booking| booking.posted.effective_date);
        let today = work.ctx.today();
        let effective_date = self.effective_date.or(booked_on).unwrap_or(today);
        let back = TakenBack { effective_date, by: work.ctx.actor, reason: self.reason.clone() };
        work.decide::<BankStatement>(self.id, BankStatementCommand::TakeBookingBack { line: self.line, back }).await?;
        admit(work, [effective_date], Posting::ByHand).await
    }
}

/// What a bank account held before its first statement in the books, against an account that a person names.
pub struct OpenBankAccount {
    pub id: JournalEntryId,
    pub bank_account_id: BankAccountId,
    pub effective_date: NaiveDate,
    /// What the bank states less what the books hold.
    pub amount: Money,
    /// The same in the books' currency, where that is another.
    pub base_amount: Option<Decimal>,
    pub against: Code,
    pub reason: String,
}

impl UseCase for OpenBankAccount {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.reserve_primary::<JournalEntry>(self.id);
        if self.amount.is_zero() {
            return Err(Refused::new("nothing_to_open", RefusalKind::State, "the books have what the bank states already").into());
        }
        admit(work, [self.effective_date], Posting::ByHand).await?;
        let base = work.load::<Tenant>(work.tenant()).await?.company()?.base_currency;
        let chart = work.load::<Chart>(chart_id(work.tenant())).await?;
        let Some(kept) = chart.bank_account(self.bank_account_id) else {
            return Err(ledger_account_missing().into());
        };
        let against = PostingLine {
            account: self.against.clone(),
            cost_centre: None,
            project: None,
            tax_code: None,
            amount: self.amount.negated(),
            base_amount: self.base_amount.map(|amount| -amount),
        };
        let against = against.posted(&chart, base)?;
        let bank = ManualLine {
            account: kept.account_code.clone(),
            amount: self.amount,
            base: against.base.negated(),
            cost_centre: None,
            project: None,
            tax_code: None,
        };
        let entry = ManualEntry {
            effective_date: self.effective_date,
            reason: self.reason.clone(),
            lines: vec![bank, against],
            by: work.ctx.actor,
            revaluation: None,
            accrual: None,
            opening_of: Some(self.bank_account_id),
        };
        work.create::<JournalEntry>(self.id, JournalCommand::Post(Box::new(entry))).map(drop)
    }
}
