//! The account between goods and their invoices beside the report of them, and the documents by which they differ.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::chart::{Code, PostingRole};
use quittance_domain::ids::PurchaseOrderId;
use quittance_domain::ledger::DocumentType;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ageing::{END_OF_TIME, FormerControl};
use crate::ledger::{self, TrialBalanceLine};
use crate::word::Word;

/// The account that receipts fill and their invoices clear. It holds at the invoice's price what was billed before it came: the
/// difference says how much that makes.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct GrniControl {
    pub account: Code,
    pub balance: Money,
    /// The report's total less the balance and those of former accounts.
    pub difference: Money,
    pub explained_by: String,
    /// Accounts that were this one before and hold something still.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<FormerControl>,
}

/// An order of which the books hold something else than the report.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct GrniDifference {
    /// Absent where what was posted belongs to no order.
    pub purchase_order_id: Option<PurchaseOrderId>,
    /// The report's figure less the account's.
    pub difference: Money,
    pub documents: Vec<GrniDocument>,
}

/// A receipt or an invoice that the report and the account tell in other amounts.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct GrniDocument {
    /// `stock` is the goods receipt with what its goods cost since.
    pub document_type: DocumentType,
    pub document_id: Uuid,
    pub in_report: Money,
    pub in_account: Money,
}

#[derive(sqlx::FromRow)]
struct Told {
    source_id: Uuid,
    purchase_order_id: Option<Uuid>,
    document_type: Word<DocumentType>,
    currency: Word<Currency>,
    in_report: Decimal,
    in_account: Decimal,
}

/// Also of currencies in which an account holds something and no order line is open.
pub(super) async fn controls(
    tx: &mut TenantTx,
    as_of: NaiveDate,
    known_at: Option<DateTime<Utc>>,
    totals: &[Money],
) -> sqlx::Result<(Vec<GrniControl>, Vec<GrniDifference>)> {
    let books = ledger::books_now(tx).await?;
    let role = PostingRole::GoodsReceivedNotInvoiced;
    let account = books.account(role);
    let through = ledger::through(tx, known_at).await?;
    let held = ledger::role_balances(tx, &books, role, as_of, through).await?;
    let mut currencies: Vec<Currency> = held.iter().map(|line| line.currency).chain(totals.iter().map(|total| total.currency())).collect();
    currencies.sort_by_key(|currency| currency.code());
    currencies.dedup();
    let explained = |currency| format!("/v1/journal?account={account}&currency={currency}&as_of={as_of}&through={through}");
    let control = |currency: Currency| {
        let of_currency = || held.iter().filter(move |line| line.currency == currency);
        let (now, former): (Vec<_>, Vec<_>) = of_currency().partition(|line| line.account == account);
        let owed = |lines: &[&TrialBalanceLine]| Decimal::ZERO - lines.iter().map(|line| line.balance.amount()).sum::<Decimal>();
        let balance = Money::rounded(owed(&now), currency);
        let total: Decimal = totals.iter().filter(|total| total.currency() == currency).map(|total| total.amount()).sum();
        let difference = Money::rounded(total - owed(&now) - owed(&former), currency);
        let former = former.into_iter().filter(|line| !line.balance.is_zero()).map(FormerControl::of).collect();
        GrniControl { account: account.clone(), balance, difference, explained_by: explained(currency), former }
    };
    let controls: Vec<GrniControl> = currencies.into_iter().map(control).collect();
    let all_tie = controls.iter().all(|control| control.difference.is_zero());
    let accounts: Vec<Word<Code>> = books.chart.former_accounts(role).chain([&account]).cloned().map(Word).collect();
    let differences = if all_tie { vec![] } else { differences(tx, as_of, known_at, &accounts).await? };
    Ok((controls, differences))
}

impl FormerControl {
    pub(crate) fn of(line: &TrialBalanceLine) -> Self {
        Self { account: line.account.clone(), balance: line.balance.negated(), explained_by: line.explained_by.clone() }
    }
}

/// What each document added to the report and to the accounts. A stock's lines name the receipt that they are of.
const TOLD: &str = "\
    select source_id, (array_agg(purchase_order_id) filter (where purchase_order_id is not null))[1] as purchase_order_id, \
           coalesce(max(document_type), 'invoice') as document_type, currency, sum(in_report) as in_report, sum(in_account) as in_account \
      from (select source_id, purchase_order_id, case when kind in ('received', 'returned') then 'stock' else 'invoice' end as document_type, \
                   currency, value as in_report, 0 as in_account \
              from order_line_facts where tenant_id = $1 and effective_date <= $2 and recorded_at <= $3 \
             union all \
            select case when document_type = 'stock' then coalesce(related_id, document_id) else document_id end, \
                   case when document_type = 'invoice' then related_id end, document_type, currency, 0, -amount \
              from journal_lines where tenant_id = $1 and account = any($4) and effective_date <= $2 and recorded_at <= $3) told \
     group by source_id, currency order by 2, 3, 1";

async fn differences(
    tx: &mut TenantTx,
    as_of: NaiveDate,
    known_at: Option<DateTime<Utc>>,
    accounts: &[Word<Code>],
) -> sqlx::Result<Vec<GrniDifference>> {
    let tenant = tx.tenant();
    let told: Vec<Told> =
        sqlx::query_as(TOLD).bind(tenant.0).bind(as_of).bind(known_at.unwrap_or(END_OF_TIME)).bind(accounts).fetch_all(&mut **tx).await?;
    let mut of_orders: BTreeMap<(Option<Uuid>, &'static str), Vec<Told>> = BTreeMap::new();
    for document in told.into_iter().filter(|told| told.in_report != told.in_account) {
        of_orders.entry((document.purchase_order_id, document.currency.0.code())).or_default().push(document);
    }
    Ok(of_orders.into_values().filter_map(GrniDifference::of).collect())
}

impl GrniDifference {
    /// None where the documents of the order make up for each other: a bill's price and what its goods cost since.
    fn of(told: Vec<Told>) -> Option<Self> {
        let (order, currency) = told.first().map(|told| (told.purchase_order_id, told.currency.0))?;
        let difference = Money::rounded(told.iter().map(|told| told.in_report - told.in_account).sum(), currency);
        let money = |amount| Money::rounded(amount, currency);
        let document = |told: Told| GrniDocument {
            document_type: told.document_type.0,
            document_id: told.source_id,
            in_report: money(told.in_report),
            in_account: money(told.in_account),
        };
        let purchase_order_id = order.map(PurchaseOrderId);
        (!difference.is_zero()).then(|| Self { purchase_order_id, difference, documents: told.into_iter().map(document).collect() })
    }
}
