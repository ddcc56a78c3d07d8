//! What the books say of each item of a payment from one of the company's accounts: when it left, when it came back.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use futures::TryStreamExt;
use quittance_application::ports::Later;
use quittance_domain::Currency;
use quittance_domain::aggregate::derived_id;
use quittance_domain::ids::BankAccountId;
use quittance_domain::payment::{CreditorItem, Payment, PaymentEvent, PaymentPlan};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::fact::{Fact, Recorded};
use crate::logged;
use crate::logged::Logged;
use crate::page::QueryError;
use crate::projector::{Memory, ProjectionError, Projector};
use crate::row;
use crate::rows::Rows;
use crate::word::Word;

row! {
    pub struct BankMoveRow in "bank_moves" {
        bank_move_id: Uuid,
        bank_account_id: Uuid,
        payment_id: Uuid,
        item: i32,
        end_to_end_id: String,
        amount: Decimal,
        currency: Word<Currency>,
        settled_on: Option<NaiveDate>,
        returned_on: Option<NaiveDate>,
    }
}

pub struct BankMoves;

impl Projector for BankMoves {
    fn name(&self) -> &'static str {
        "bank_moves"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["bank_moves"]
    }

    fn project<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        memory: &'a mut Memory,
        events: &'a [Recorded],
    ) -> Later<'a, Result<(), ProjectionError>> {
        Box::pin(async move {
            let rows = memory.rows::<BankMoveRow>();
            rows.fetch(tx, touched(events)).await?;
            for at in events {
                if let Fact::Payment(event) = &at.fact {
                    project(rows, event, at.aggregate_id);
                }
            }
            rows.flush(tx).await
        })
    }
}

fn touched(events: &[Recorded]) -> HashSet<Uuid> {
    let keys = |at: &Recorded| match &at.fact {
        Fact::Payment(
            PaymentEvent::Settled { items, .. } | PaymentEvent::SettlementWithdrawn { items, .. } | PaymentEvent::Returned { items, .. },
        ) => items.iter().map(|item| move_id(at.aggregate_id, *item)).collect(),
        Fact::Payment(PaymentEvent::CreditedOnAccount { item: Some(item), .. } | PaymentEvent::CreditReturned { item: Some(item), .. }) => {
            vec![move_id(at.aggregate_id, *item)]
        }
        _ => vec![],
    };
    events.iter().flat_map(keys).collect()
}

/// Payments that name none of the company's accounts have no rows, and are passed over.
fn project(rows: &mut Rows<BankMoveRow>, event: &PaymentEvent, payment: Uuid) {
    match event {
        PaymentEvent::Planned(plan) => plan.items.iter().filter_map(|item| planned(plan, item, payment)).for_each(|row| rows.put(row)),
        PaymentEvent::Settled { items, value_date } => each(rows, payment, items, |row| row.settled_on = Some(*value_date)),
        PaymentEvent::SettlementWithdrawn { items, .. } => each(rows, payment, items, |row| row.settled_on = None),
        PaymentEvent::Returned { items, value_date, .. } => each(rows, payment, items, |row| row.returned_on = Some(*value_date)),
        PaymentEvent::CreditedOnAccount { item: Some(item), value_date, .. } => {
            each(rows, payment, &[*item], |row| row.settled_on = Some(*value_date));
        }
        PaymentEvent::CreditReturned { item: Some(item), value_date, .. } => {
            each(rows, payment, &[*item], |row| row.returned_on = Some(*value_date));
        }
        _ => {}
    }
}

fn each(rows: &mut Rows<BankMoveRow>, payment: Uuid, items: &[u32], change: impl Fn(&mut BankMoveRow)) {
    for item in items {
        if let Some(row) = rows.change(&move_id(payment, *item)) {
            change(row);
        }
    }
}

fn planned(plan: &PaymentPlan, item: &CreditorItem, payment: Uuid) -> Option<BankMoveRow> {
    Some(BankMoveRow {
        bank_move_id: move_id(payment, item.line),
        bank_account_id: plan.debtor_account_id?.0,
        payment_id: payment,
        item: item.line as i32,
        end_to_end_id: item.end_to_end_id.clone(),
        amount: item.amount.amount(),
        currency: Word(item.amount.currency()),
        settled_on: None,
        returned_on: None,
    })
}

/// The same as far as was recorded by a moment, from the log itself.
pub(crate) async fn known(tx: &mut TenantTx, account: BankAccountId, at: DateTime<Utc>) -> Result<Vec<BankMoveRow>, QueryError> {
    let tenant = tx.tenant();
    let ids = sqlx::query_scalar("select distinct payment_id from bank_moves where tenant_id = $1 and bank_account_id = $2");
    let ids: Vec<Uuid> = ids.bind(tenant.0).bind(account.0).fetch_all(&mut **tx).await?;
    let query = logged!("aggregate_id = any ($2) and recorded_at <= $3 order by aggregate_id, sequence");
    let mut events = sqlx::query_as::<_, Logged>(query).bind(tenant.0).bind(ids).bind(at).fetch(&mut **tx);
    let mut rows = Rows::default();
    // One at a time: the rows are the answer's, the events are all that ever happened to the account's payments.
    while let Some(event) = events.try_next().await? {
        project(&mut rows, &event.read::<Payment>()?, event.aggregate_id);
    }
    let mut found: Vec<BankMoveRow> = rows.into_known().collect();
    found.sort_by(|one, other| (one.settled_on, &one.end_to_end_id).cmp(&(other.settled_on, &other.end_to_end_id)));
    Ok(found)
}

fn move_id(payment: Uuid, item: u32) -> Uuid {
    derived_id(&[b"bank move", payment.as_bytes(), &item.to_be_bytes()])
}
