//! Why an invoice is not paid: everything that stood or stands in its way, since when, and who can remove it.
//!
//! What happened is read from the rows that keep it; what follows is pure. Times of one blocker may overlap another's: an
//! account can cool off while people approve.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::Money;
use quittance_domain::exception::QueueKind;
use quittance_domain::ids::{InvoiceId, PaymentId, UserId, VendorId};
use quittance_domain::invoice::InvoiceStatus;
use quittance_domain::payment::PaymentStatus;
use quittance_domain::role::Role;
use quittance_domain::time_zone::TimeZone;
use quittance_domain::vendor::AccountStatus;
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::approval::{ApprovalRow, ApprovalStatus, NoteKind};
use crate::exception::ExceptionRow;
use crate::invoice::{InvoiceRow, Stage};
use crate::listing::{find, rows_where};
use crate::payment::PaymentRow;
use crate::user::UserRow;
use crate::vendor::{VendorAccountView, VendorRow, accounts_of};

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct WhyNotPaid {
    pub invoice_id: InvoiceId,
    pub number: String,
    pub vendor_id: VendorId,
    pub status: InvoiceStatus,
    /// When the first part falls due that is left to pay; the first of all where nothing is.
    pub due_date: NaiveDate,
    /// In whole days after that; below zero it is not due yet. Absent where nothing is left to pay.
    pub days_late: Option<i64>,
    /// What stands in the way now, the oldest first; none where it is paid, or was given up.
    pub blocked_by: Vec<Blocker>,
    /// What stood in the way and no longer does, the oldest first.
    pub was_blocked_by: Vec<Blocker>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Blocker {
    pub kind: BlockerKind,
    /// What is wrong, or what is waited for.
    pub detail: String,
    /// Who can remove it; nobody where only time can.
    pub responsible: Vec<NamedUser>,
    pub since: DateTime<Utc>,
    /// When it ended, or will end by itself; absent where somebody has to act.
    pub until: Option<DateTime<Utc>>,
    /// How long it has stood in the way by now.
    pub seconds: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BlockerKind {
    /// Something is wrong with it, or it differs from its order.
    Exception,
    /// The vendor and we do not agree on it, or on part of it.
    Dispute,
    /// Nobody has asked for its approval.
    NotSubmitted,
    Approval,
    /// Denied; to be amended and submitted again, or voided.
    Rejected,
    VendorBlocked,
    VendorUnverified,
    /// A second person has not confirmed what was changed of the vendor.
    VendorChangeUnconfirmed,
    /// It names no account of its vendor.
    BankAccountMissing,
    BankAccountUnapproved,
    BankAccountCoolingOff,
    /// Its account was replaced, rejected or removed.
    BankAccountGone,
    /// Its vendor takes the money, or has it already: a person records it.
    PaidOtherwise,
    NotDue,
    /// All that is left of it is kept back until it is released.
    Retained,
    /// Nobody has planned a payment of it.
    NotInAPayment,
    PaymentUnauthorised,
    PaymentNotExecuted,
    /// The money is on its way.
    AtTheBank,
}

fn word_of(status: AccountStatus) -> &'static str {
    match status {
        AccountStatus::Replaced => "replaced",
        AccountStatus::Rejected => "rejected",
        AccountStatus::Removed => "removed",
        AccountStatus::Proposed | AccountStatus::CoolingOff | AccountStatus::Payable => "there",
    }
}

/// Somebody who can act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NamedUser {
    pub id: UserId,
    pub name: String,
}

/// All that bears on one invoice.
struct Circumstances {
    invoice: InvoiceRow,
    exceptions: Vec<ExceptionRow>,
    rounds: Vec<ApprovalRow>,
    payments: Vec<PaymentRow>,
    vendor: Option<VendorRow>,
    /// When its vendor was blocked last, and when what it is paid by was changed last.
    blocked_at: Option<DateTime<Utc>>,
    changed_at: Option<DateTime<Utc>>,
    users: Vec<UserRow>,
    now: DateTime<Utc>,
    /// Where the company keeps its calendar.
    zone: TimeZone,
}

/// Eight round trips, all by key. `None` where there is no such invoice.
pub async fn why_not_paid(tx: &mut TenantTx, id: InvoiceId, now: DateTime<Utc>, zone: TimeZone) -> sqlx::Result<Option<WhyNotPaid>> {
    let Some(invoice) = find::<InvoiceRow>(tx, id.0).await? else { return Ok(None) };
    let vendor_id = invoice.vendor_id;
    let claimed: Vec<Uuid> = invoice.claims.iter().map(|claim| claim.payment_id.0).collect();
    let circumstances = Circumstances {
        exceptions: rows_where(tx, "invoice_id = any ($2) order by opened_at", vec![id.0]).await?,
        rounds: rows_where(tx, "invoice_id = any ($2) order by requested_at", vec![id.0]).await?,
        payments: rows_where(tx, "payment_id = any ($2) order by planned_at", claimed).await?,
        vendor: find::<VendorRow>(tx, vendor_id).await?,
        blocked_at: last(tx, vendor_id, "VendorBlocked").await?,
        changed_at: last(tx, vendor_id, "VendorPaymentDataChanged").await?,
        users: users(tx).await?,
        invoice,
        now,
        zone,
    };
    Ok(Some(circumstances.told()))
}

async fn last(tx: &mut TenantTx, vendor: Uuid, event_type: &str) -> sqlx::Result<Option<DateTime<Utc>>> {
    let tenant = tx.tenant();
    let query = "select max(recorded_at) from es.events where tenant_id = $1 and aggregate_id = $2 and event_type = $3";
    sqlx::query_scalar(query).bind(tenant.0).bind(vendor).bind(event_type).fetch_one(&mut **tx).await
}

async fn users(tx: &mut TenantTx) -> sqlx::Result<Vec<UserRow>> {
    let tenant = tx.tenant();
    let query = "select user_id, version, position, email, name, roles, active, added_at, manager_id, approval_limit from users \
                 where tenant_id = $1 order by name, user_id";
    sqlx::query_as(query).bind(tenant.0).fetch_all(&mut **tx).await
}

impl Circumstances {
    fn told(self) -> WhyNotPaid {
        let given_up = matches!(self.invoice.status.0, InvoiceStatus::Paid | InvoiceStatus::Voided);
        let mut all = self.exceptions();
        all.extend(self.unsubmitted());
        all.extend(self.approvals());
        if !given_up {
            all.extend(self.rejected());
            all.extend(self.vendor());
            all.extend(self.bank_account());
            all.extend(self.money());
        }
        all.sort_by_key(|blocker| (blocker.since, blocker.kind));
        let (blocked_by, was_blocked_by) = all.into_iter().partition(|blocker| blocker.until.is_none_or(|until| until > self.now));
        let next_due_date = self.invoice.next_due_date();
        WhyNotPaid {
            invoice_id: InvoiceId(self.invoice.invoice_id),
            number: self.invoice.number.clone(),
            vendor_id: VendorId(self.invoice.vendor_id),
            status: self.invoice.status.0,
            due_date: next_due_date.unwrap_or(self.invoice.due_date),
            days_late: next_due_date.map(|due_date| (self.zone.day_of(self.now) - due_date).num_days()),
            blocked_by: if given_up { vec![] } else { blocked_by },
            was_blocked_by,
        }
    }

    fn blocker(&self, kind: BlockerKind, detail: impl Into<String>, since: DateTime<Utc>, until: Option<DateTime<Utc>>) -> Blocker {
        let seconds = (until.unwrap_or(self.now).min(self.now) - since).num_seconds().max(0);
        Blocker { kind, detail: detail.into(), responsible: vec![], since, until, seconds }
    }

    fn exceptions(&self) -> Vec<Blocker> {
        let told = |row: &ExceptionRow| {
            let messages = row.findings.iter().map(|finding| finding.message.clone());
            let reasons = row.placed_hold.iter().map(|hold| hold.reason.clone());
            let reasons = reasons.chain(row.dispute.iter().map(|dispute| format!("{}, {}", dispute.amount, dispute.reason)));
            let stated = messages.chain(reasons).collect::<Vec<_>>().join("; ");
            let detail = if stated.is_empty() { row.kind.0.to_string() } else { format!("{}: {stated}", row.kind.0) };
            let responsible = row.owner.map_or_else(|| self.with_role(Role::ApClerk), |owner| self.people([UserId(owner)]));
            let kind = if row.kind.0 == QueueKind::Dispute { BlockerKind::Dispute } else { BlockerKind::Exception };
            Blocker { responsible, ..self.blocker(kind, detail, row.opened_at, row.closed_at) }
        };
        self.exceptions.iter().map(told).collect()
    }

    /// Before the first round, and between rounds that ended without a grant.
    fn unsubmitted(&self) -> Vec<Blocker> {
        let ended = self.rounds.iter().filter(|round| round.status.0 != ApprovalStatus::Granted).filter_map(|round| round.ended_at);
        let waits = std::iter::once(self.invoice.received_at).chain(ended);
        let told = |since: DateTime<Utc>| {
            let until = self.rounds.iter().map(|round| round.requested_at).find(|requested| *requested >= since);
            let waits = until.is_some() || self.invoice.stage.0 == Stage::Received;
            let detail = "nobody has submitted it for approval";
            let blocker =
                Blocker { responsible: self.with_role(Role::ApClerk), ..self.blocker(BlockerKind::NotSubmitted, detail, since, until) };
            waits.then_some(blocker)
        };
        waits.filter_map(told).collect()
    }

    fn approvals(&self) -> Vec<Blocker> {
        let told = |round: &ApprovalRow| {
            let detail = match round.status.0 {
                ApprovalStatus::Stuck => format!("round {} is stuck: {}", round.round, stuck_because(round)),
                _ => format!("round {} of approval", round.round),
            };
            let responsible = match round.status.0 {
                ApprovalStatus::Stuck => self.with_role(Role::Admin),
                ApprovalStatus::Running => self.people(round.waiting_for.iter().copied()),
                _ => self.people(round.decisions.iter().map(|decision| decision.by)),
            };
            Blocker { responsible, ..self.blocker(BlockerKind::Approval, detail, round.requested_at, round.ended_at) }
        };
        self.rounds.iter().map(told).collect()
    }

    fn rejected(&self) -> Option<Blocker> {
        let since = self.rounds.last().and_then(|round| round.ended_at).filter(|_| self.invoice.status.0 == InvoiceStatus::Rejected)?;
        let why = self.invoice.reason.clone().unwrap_or_default();
        Some(Blocker { responsible: self.with_role(Role::ApClerk), ..self.blocker(BlockerKind::Rejected, why, since, None) })
    }

    fn vendor(&self) -> Vec<Blocker> {
        let Some(vendor) = &self.vendor else { return vec![] };
        let responsible = self.with_role(Role::Approver);
        let blocked = vendor
            .blocked
            .as_ref()
            .map(|why| self.blocker(BlockerKind::VendorBlocked, why.clone(), self.blocked_at.unwrap_or(vendor.registered_at), None));
        let unverified = (!vendor.verified).then(|| {
            let since = vendor.registered_at.max(self.invoice.received_at);
            self.blocker(BlockerKind::VendorUnverified, "nobody has verified the vendor", since, None)
        });
        let with_people = |blocker| Blocker { responsible: responsible.clone(), ..blocker };
        blocked.into_iter().chain(unverified).map(with_people).chain(self.vendor_change(vendor)).collect()
    }

    /// Others than who changed it can confirm it.
    fn vendor_change(&self, vendor: &VendorRow) -> Option<Blocker> {
        let profile = vendor.state.0.profile().ok()?;
        let unconfirmed = profile.unconfirmed.as_ref()?;
        let fields = unconfirmed.before.differing(&profile.payment_data()).join(", ");
        let detail = format!("a second person has to confirm what was changed of the vendor: {fields}");
        let since = self.changed_at.unwrap_or(vendor.registered_at).max(self.invoice.received_at);
        let others = self.with_role(Role::Approver).into_iter().filter(|person| !unconfirmed.makers.contains(&person.id)).collect();
        Some(Blocker { responsible: others, ..self.blocker(BlockerKind::VendorChangeUnconfirmed, detail, since, None) })
    }

    fn bank_account(&self) -> Option<Blocker> {
        let received = self.invoice.received_at;
        let clerks = |blocker| Some(Blocker { responsible: self.with_role(Role::ApClerk), ..blocker });
        let Some(pay_to) = self.invoice.pay_to else {
            if self.invoice.paid_otherwise {
                return None;
            }
            return clerks(self.blocker(BlockerKind::BankAccountMissing, "it names no bank account of its vendor", received, None));
        };
        let accounts = self.vendor.as_ref().map(|vendor| accounts_of(vendor, self.now)).unwrap_or_default();
        let account: VendorAccountView = accounts.into_iter().find(|account| account.id.0 == pay_to)?;
        match account.status {
            AccountStatus::Payable => None,
            AccountStatus::Proposed => {
                let since = account.proposed_at.map_or(received, |proposed| proposed.max(received));
                let blocker = self.blocker(BlockerKind::BankAccountUnapproved, "a second person has to approve the account", since, None);
                let others = self.with_role(Role::Approver).into_iter().filter(|person| person.id != account.decided_by).collect();
                Some(Blocker { responsible: others, ..blocker })
            }
            AccountStatus::CoolingOff => {
                let detail = "the account was approved, and is not paid to yet";
                Some(self.blocker(BlockerKind::BankAccountCoolingOff, detail, received, account.payable_from))
            }
            AccountStatus::Replaced | AccountStatus::Rejected | AccountStatus::Removed => {
                let since = account.replaced_from.unwrap_or(received);
                clerks(self.blocker(BlockerKind::BankAccountGone, format!("the account is {}", word_of(account.status)), since, None))
            }
        }
    }

    /// From approval on it is about when, and about the payment.
    fn money(&self) -> Vec<Blocker> {
        let granted = self.rounds.iter().rev().find(|round| round.status.0 == ApprovalStatus::Granted).and_then(|round| round.ended_at);
        let payable = self.invoice.stage.0 == Stage::Approved && self.invoice.status.0 != InvoiceStatus::Paid;
        let (Some(approved), true) = (granted, payable) else { return vec![] };
        if !self.payments.is_empty() {
            return self.payments.iter().filter_map(|payment| self.payment(payment)).collect();
        }
        if self.invoice.paid_otherwise {
            let detail = "the document says that its vendor takes the money or has it already: it is recorded, not sent";
            let unrecorded = self.blocker(BlockerKind::PaidOtherwise, detail, approved, None);
            return vec![Blocker { responsible: self.with_role(Role::Treasurer), ..unrecorded }];
        }
        let retained = Money::rounded(self.invoice.retained(), self.invoice.currency.0);
        if self.invoice.open.is_zero() && retained.is_positive() {
            let until = self.invoice.allocations.iter().filter_map(|own| own.against.release_on()).max();
            let until = until.map(|day| format!(" until {day}")).unwrap_or_default();
            let kept = self.blocker(BlockerKind::Retained, format!("{retained} of it is retained{until}"), approved, None);
            return vec![Blocker { responsible: self.with_role(Role::Treasurer), ..kept }];
        }
        let due_date = self.invoice.next_due_date().unwrap_or(self.invoice.due_date);
        let due = self.zone.beginning_of(due_date);
        if due > self.now {
            return vec![self.blocker(BlockerKind::NotDue, format!("it is due on {due_date}"), approved, Some(due))];
        }
        let unplanned = self.blocker(BlockerKind::NotInAPayment, "no payment of it is planned", approved.max(due), None);
        vec![Blocker { responsible: self.with_role(Role::Treasurer), ..unplanned }]
    }

    fn payment(&self, payment: &PaymentRow) -> Option<Blocker> {
        let (kind, detail) = match payment.status.0 {
            PaymentStatus::Planned => (BlockerKind::PaymentUnauthorised, "waits for a second person to authorise it"),
            PaymentStatus::Authorised => (BlockerKind::PaymentNotExecuted, "is authorised and not carried out"),
            PaymentStatus::Started | PaymentStatus::Sent | PaymentStatus::PartiallySettled => (BlockerKind::AtTheBank, "is on its way"),
            PaymentStatus::Settled | PaymentStatus::OnAccount | PaymentStatus::Failed | PaymentStatus::Returned | PaymentStatus::Voided => {
                return None;
            }
        };
        let detail = format!("payment {} {detail}", PaymentId(payment.payment_id));
        let responsible = match kind {
            BlockerKind::AtTheBank => vec![],
            BlockerKind::PaymentUnauthorised => {
                self.with_role(Role::Treasurer).into_iter().filter(|person| person.id.0 != payment.planned_by).collect()
            }
            _ => self.with_role(Role::Treasurer),
        };
        Some(Blocker { responsible, ..self.blocker(kind, detail, payment.planned_at, None) })
    }

    fn people(&self, ids: impl IntoIterator<Item = UserId>) -> Vec<NamedUser> {
        let named: BTreeMap<Uuid, &str> = self.users.iter().map(|user| (user.user_id, user.name.as_str())).collect();
        let person = |id: UserId| NamedUser { id, name: named.get(&id.0).copied().unwrap_or_default().to_owned() };
        ids.into_iter().map(person).collect()
    }

    fn with_role(&self, role: Role) -> Vec<NamedUser> {
        let able = self.users.iter().filter(|user| user.active && user.roles.0.contains(&role));
        able.map(|user| NamedUser { id: UserId(user.user_id), name: user.name.clone() }).collect()
    }
}

fn stuck_because(round: &ApprovalRow) -> &str {
    let told = round.notes.iter().rev().find(|note| note.kind == NoteKind::Stuck);
    told.and_then(|note| note.text.as_deref()).unwrap_or_default()
}
