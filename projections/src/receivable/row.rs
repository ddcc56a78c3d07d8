//! One row a receivable.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use cqrs_es::Aggregate;
use quittance_domain::Currency;
use quittance_domain::incoming::IncomingChannel;
use quittance_domain::receivable::{Receivable, ReceivableEvent, ReceivableStatus};
use rust_decimal::Decimal;
use sqlx::types::Json;
use uuid::Uuid;

use crate::fact::Recorded;
use crate::word::Word;
use crate::{aggregate_row, row};

row! {
    pub struct ReceivableRow in "receivables" {
        receivable_id: Uuid,
        version: i64,
        position: i64,
        status: Word<ReceivableStatus>,
        customer_id: Uuid,
        /// Empty of a draft.
        number: String,
        currency: Word<Currency>,
        /// What it asks for.
        amount: Decimal,
        /// What the customer owes now: nothing of a draft.
        open: Decimal,
        /// What the customer is owed now.
        owed_back: Decimal,
        issue_date: Option<NaiveDate>,
        /// When the first part that is left is, or was, due; absent where nothing is.
        due_date: Option<NaiveDate>,
        drafted_at: DateTime<Utc>,
        /// A person said that the customer paid, or was paid back, and the line of a statement may tell of it later.
        payment_recorded: bool,
        state: Json<Receivable>,
    }
}

aggregate_row!(ReceivableRow, Receivable, Receivable);

impl ReceivableRow {
    fn began(event: &ReceivableEvent, at: &Recorded) -> Option<Self> {
        let ReceivableEvent::Drafted { customer_id, document, .. } = event else { return None };
        let mut row = Self {
            receivable_id: at.aggregate_id,
            version: 0,
            position: 0,
            status: Word(ReceivableStatus::Draft),
            customer_id: customer_id.0,
            number: String::new(),
            currency: Word(document.currency),
            amount: Decimal::ZERO,
            open: Decimal::ZERO,
            owed_back: Decimal::ZERO,
            issue_date: None,
            due_date: None,
            drafted_at: at.recorded_at,
            payment_recorded: false,
            state: Json(Receivable::default()),
        };
        row.on(event, at);
        Some(row)
    }

    fn on(&mut self, event: &ReceivableEvent, _: &Recorded) {
        self.state.apply(event.clone());
        if let Some(status) = self.state.status() {
            self.status = Word(status);
        }
        (self.open, self.owed_back, self.due_date, self.payment_recorded) = (Decimal::ZERO, Decimal::ZERO, None, false);
        match &self.state.0 {
            Receivable::Draft { customer_id, document } => {
                (self.customer_id, self.currency, self.amount) = (customer_id.0, Word(document.currency), document.payable().amount());
            }
            Receivable::Issued(outstanding) => {
                (self.number, self.issue_date) = (outstanding.number.clone(), Some(outstanding.issue_date));
                (self.open, self.due_date) = (outstanding.open().amount(), outstanding.due_date());
                self.owed_back = outstanding.owed_back().amount();
                let channels = outstanding.payments.iter().map(|payment| payment.channel);
                let mut channels = channels.chain(outstanding.refunds.iter().map(|refund| refund.channel));
                self.payment_recorded = channels.any(|channel| channel == IncomingChannel::Recorded);
            }
            Receivable::NotDrafted | Receivable::Cancelled { .. } => {}
        }
    }

    /// What the customer owes because of it, by the days on which its parts fall due. What the customer is owed is due at once.
    pub(super) fn owed(&self) -> BTreeMap<NaiveDate, Decimal> {
        let Receivable::Issued(outstanding) = &self.state.0 else { return BTreeMap::new() };
        let mut owed = BTreeMap::new();
        for (_, part) in outstanding.left_of_parts() {
            *owed.entry(part.due_date).or_default() += part.amount.amount();
        }
        if let Some(since) = outstanding.owed_back_since() {
            *owed.entry(since).or_default() -= outstanding.owed_back().amount();
        }
        owed
    }
}
