//! Moving a payment by a person's word: the day on which money moved is held against what else is known of it.
//!
//! What a bank or a provider reports is taken as it is, and counts in the books from the first day on which it can
//! ([`Payable`](quittance_domain::invoice::Payable) says so); a person is asked to look again.

use chrono::{Days, NaiveDate};
use quittance_domain::RefusalKind;
use quittance_domain::calendar::FiscalCalendar;
use quittance_domain::ids::PaymentId;
use quittance_domain::invoice::{Invoice, Payable};
use quittance_domain::payment::{CreditorItem, ItemState, Method, Payment, PaymentCommand};

use crate::calendar::{admit_value_date, calendar_id};
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::work::Work;

/// Banks tell of value dates a few days ahead.
const DAYS_AHEAD_MAX: Days = Days::new(7);

/// The bank moved the money, or gave it back: that counts on the value date.
pub struct MovePayment {
    pub id: PaymentId,
    pub value_date: NaiveDate,
    pub command: PaymentCommand,
}

impl UseCase for MovePayment {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let payment = work.take::<Payment>(self.id).await?;
        if work.decide::<Payment>(self.id, self.command.clone()).await? == 0 {
            return Ok(());
        }
        self.not_too_early(work, &payment).await?;
        no_day_to_come("/value_date", self.value_date, work.ctx.today() + DAYS_AHEAD_MAX)?;
        admit_value_date(work, self.value_date).await
    }
}

impl MovePayment {
    async fn not_too_early(&self, work: &mut Work<'_>, payment: &Payment) -> Result<(), Failure> {
        let paid_on = paid_on(payment);
        for item in &payment.plan()?.items {
            let invoice = work.load::<Invoice>(item.invoice_id).await?;
            let earliest = self.earliest(payment, item, invoice.received()?).max(paid_on);
            if let Some(day) = earliest.filter(|day| self.value_date < *day) {
                return Err(too_early(item.line, day).at("/value_date").into());
            }
        }
        Ok(())
    }

    /// Of an item that the command moves: when what it pays was open, or when its money had left.
    fn earliest(&self, payment: &Payment, item: &CreditorItem, invoice: &Payable) -> Option<NaiveDate> {
        match &self.command {
            PaymentCommand::Settle { items, .. } if moves(items, payment, item, ItemState::Sent) => Some(invoice.settles_from(self.id)),
            PaymentCommand::Return { items, .. } if moves(items, payment, item, ItemState::Settled) => invoice.settled_on(self.id),
            _ => None,
        }
    }
}

pub(crate) fn too_early(line: u32, day: NaiveDate) -> Refused {
    let detail = format!("what line {line} pays is open from {day} on: its money did not move before");
    Refused::new("value_date_too_early", RefusalKind::Invalid, detail)
}

fn moves(named: &Option<Vec<u32>>, payment: &Payment, item: &CreditorItem, from: ItemState) -> bool {
    named.as_ref().is_none_or(|lines| lines.contains(&item.line)) && payment.item_state(item.line) == Some(from)
}

/// When somebody said that it was paid by other means.
fn paid_on(payment: &Payment) -> Option<NaiveDate> {
    match payment {
        Payment::Sent(sent) => sent.record.as_ref().map(|record| record.paid_on),
        _ => None,
    }
}

/// When money that is sent on a day moves, which decides about discounts: banks carry files out on working days.
pub(crate) async fn moves_on(work: &mut Work<'_>, method: Method, day: NaiveDate) -> Result<NaiveDate, Failure> {
    if !method.by_file() {
        return Ok(day);
    }
    Ok(work.load::<FiscalCalendar>(calendar_id(work.tenant())).await?.first_working_day(day))
}

/// What money or goods have done, they have done by `latest`.
pub(crate) fn no_day_to_come(pointer: &str, day: NaiveDate, latest: NaiveDate) -> Result<(), Refused> {
    if day <= latest {
        return Ok(());
    }
    let detail = format!("{day} has not come");
    Err(Refused::new("day_to_come", RefusalKind::Invalid, detail).at(pointer))
}
