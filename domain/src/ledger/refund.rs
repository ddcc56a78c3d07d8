//! What a vendor's refund posts: money came in, and a credit note is no longer owed to us, or a prepayment is given back.

use chrono::NaiveDate;
use uuid::Uuid;

use super::entry::Entry;
use super::payable::{PayableAccount, Posting};
use super::settlement::Means;
use crate::chart::Code;
use crate::invoice::{Allocation, DocumentKind};

impl PayableAccount {
    /// A credit note is settled as by any payment, the other way round; a prepayment gives back its share of what it posted.
    pub(super) fn refund(&mut self, allocation: &Allocation, account: Option<Code>, at: Posting<'_>) -> Vec<Entry> {
        let Allocation { allocation_id, amount, effective_date, .. } = allocation;
        match self.bill.kind {
            DocumentKind::CreditNote => self.settle(allocation_id.0, Means::Refund { account }, amount.negated(), *effective_date, at),
            DocumentKind::Invoice => self.apply(allocation, account, at),
        }
    }

    pub(super) fn take_refund_back(&mut self, by: Uuid, on: NaiveDate, at: Posting<'_>) -> Vec<Entry> {
        match self.bill.kind {
            DocumentKind::CreditNote => self.take_back(by, |_| true, on, at),
            DocumentKind::Invoice => self.take_application_back(by, on, at),
        }
    }
}
