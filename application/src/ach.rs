//! What banks answer to an ACH file: entries that came back, and notifications that an account is to be addressed otherwise.
//!
//! A return is kept as the bank told it, fails what had not settled and takes back what had. A notification of change changes nothing: what
//! it says is proposed as the vendor's account, and waits for a second person as any other change does.

use chrono::NaiveDate;
use quittance_domain::Money;
use quittance_domain::RefusalKind;
use quittance_domain::bank_account::{AbaRoutingNumber, AccountNumber, BankAccount, UsAccountType};
use quittance_domain::ids::{BankAccountId, PaymentId, VendorId};
use quittance_domain::payment::{BankStatusReport, CreditorItem, ItemState, Payment, PaymentCommand, ReportedStatus};
use quittance_domain::tenant::BankChangeControl;
use quittance_domain::vendor::{Proposal, Vendor, VendorCommand};

use crate::calendar::admit_value_date;
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::vendor::{bank_change_control, vendor_account_id};
use crate::work::Work;

/// One entry of a payment that came back.
pub struct RecordAchReturn {
    pub id: PaymentId,
    /// What the entry was called when it left.
    pub identification: String,
    /// As the bank states it; an entry comes back whole.
    pub amount: Money,
    pub reason: String,
    pub value_date: NaiveDate,
    pub told: AchReturnTold,
}

/// A return as the bank told it.
pub struct AchReturnTold {
    /// Of the bank's file, and its SHA-256, hex.
    pub message_id: String,
    pub sha256: String,
    pub code: String,
    pub information: Option<String>,
    /// Of the return itself.
    pub trace: String,
}

impl UseCase for RecordAchReturn {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.answer_about::<Payment>(self.id).await?;
        let payment = work.take::<Payment>(self.id).await?;
        let lines = self.lines(&payment)?;
        if let Payment::Sent(_) = &*payment {
            work.decide::<Payment>(self.id, PaymentCommand::ReportBankStatus { report: self.told.of(&lines) }).await?;
        }
        let in_state = |state| lines.iter().copied().filter(|line| payment.item_state(*line) == Some(state)).collect::<Vec<u32>>();
        let (sent, settled) = (in_state(ItemState::Sent), in_state(ItemState::Settled));
        let (reason, value_date) = (self.reason.clone(), self.value_date);
        if !sent.is_empty() {
            work.decide::<Payment>(self.id, PaymentCommand::Fail { items: Some(sent), reason: reason.clone(), by: None }).await?;
        }
        if settled.is_empty() {
            return Ok(());
        }
        work.decide::<Payment>(self.id, PaymentCommand::Return { items: Some(settled), value_date, reason, by: None }).await?;
        admit_value_date(work, value_date).await
    }
}

impl AchReturnTold {
    fn of(&self, lines: &[u32]) -> BankStatusReport {
        let item = |line: &u32| ReportedStatus {
            line: *line,
            status: ReportedStatus::RETURNED.to_owned(),
            reason_code: Some(self.code.clone()),
            reason_text: self.information.clone(),
            bank_reference: Some(self.trace.clone()),
        };
        let items = lines.iter().map(item).collect();
        BankStatusReport { message_id: self.message_id.clone(), sha256: self.sha256.clone(), items }
    }
}

impl RecordAchReturn {
    /// The lines that left as this entry, if it was of this amount.
    fn lines(&self, payment: &Payment) -> Result<Vec<u32>, Failure> {
        let entries = payment.plan()?.ach_entries();
        let entry = entries.iter().find(|entry| entry.identification == self.identification);
        match entry {
            Some(entry) if entry.amount == self.amount => Ok(entry.items.iter().map(|item| item.line).collect()),
            Some(entry) => {
                let detail = format!("the entry was of {}, {} came back", entry.amount, self.amount);
                Err(Refused::new("ach_amount_differs", RefusalKind::State, detail).into())
            }
            None => Err(entry_unknown()),
        }
    }
}

fn entry_unknown() -> Failure {
    Refused::new("ach_entry_unknown", RefusalKind::State, "the payment has sent no such entry").into()
}

/// What a notification of change says is right; what it does not say stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AchCorrection {
    pub routing_number: Option<AbaRoutingNumber>,
    pub account: Option<AccountNumber>,
    pub account_type: Option<UsAccountType>,
}

impl AchCorrection {
    pub fn says_nothing(&self) -> bool {
        *self == Self::default()
    }

    fn of(&self, before: &BankAccount) -> Option<BankAccount> {
        let BankAccount::Us { routing_number, account, account_type } = before else { return None };
        let after = BankAccount::Us {
            routing_number: self.routing_number.clone().unwrap_or_else(|| routing_number.clone()),
            account: self.account.clone().unwrap_or_else(|| account.clone()),
            account_type: self.account_type.or(*account_type),
        };
        (after != *before).then_some(after)
    }
}

/// Proposes the account that the receiving bank says an entry should have gone to.
pub struct ProposeCorrectedAccount {
    pub payment_id: PaymentId,
    pub identification: String,
    pub correction: AchCorrection,
}

impl UseCase for ProposeCorrectedAccount {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let payment = work.load::<Payment>(self.payment_id).await?;
        let (vendor_id, id, account, before) = self.corrected(&payment)?;
        let vendor = work.take::<Vendor>(vendor_id).await?;
        // An account that has gone meanwhile is not replaced: the proposal stands alone.
        let replaced = vendor.profile()?.live_accounts().find(|known| known.account == before);
        let (replaces, holder) = (replaced.map(|known| known.id), replaced.and_then(|known| known.holder.clone()));
        // Whatever the company's own rule: a bank's message is not a second person.
        let control = BankChangeControl { second_person: true, ..bank_change_control(work).await? };
        let proposal = Proposal { id, account, replaces, by: work.ctx.actor, at: work.ctx.now, holder };
        work.decide::<Vendor>(vendor_id, VendorCommand::ProposeAccount { proposal, control }).await.map(drop)
    }
}

impl ProposeCorrectedAccount {
    fn corrected(&self, payment: &Payment) -> Result<(VendorId, BankAccountId, BankAccount, BankAccount), Failure> {
        let entries = payment.plan()?.ach_entries();
        let entry = entries.iter().find(|entry| entry.identification == self.identification);
        let item: &CreditorItem = entry.and_then(|entry| entry.items.first()).ok_or_else(entry_unknown)?;
        let before = item.creditor_account.clone().ok_or_else(entry_unknown)?;
        let Some(after) = self.correction.of(&before) else {
            let detail = "the notification says of the account what the entry said already";
            return Err(Refused::new("nothing_corrected", RefusalKind::State, detail).into());
        };
        Ok((item.vendor_id, vendor_account_id(item.vendor_id, &after), after, before))
    }

    /// The vendor and the id that the account is proposed under.
    pub fn proposes(&self, payment: &Payment) -> Option<(VendorId, BankAccountId)> {
        self.corrected(payment).ok().map(|(vendor, id, ..)| (vendor, id))
    }
}
