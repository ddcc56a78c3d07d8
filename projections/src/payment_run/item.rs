//! One row for each instalment that a run considered: selected, or left out with the reason.
//!
//! Rows are written a page at a time and changed a page at a time, each in one statement, whatever the page holds.

use quittance_application::ports::Later;
use quittance_domain::aggregate::derived_id;
use quittance_domain::ids::{BankAccountId, InvoiceId, PaymentId, PaymentRunId, VendorId};
use quittance_domain::payment_run::{Dropped, Excluded, KeptBack, PageItem, Payee, PaymentRunPageEvent, SetOff};
use quittance_domain::vendor::LegalGround;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::fact::{Fact, Recorded};
use crate::listing::{Listing, Sort};
use crate::page::{Page, PageOf, QueryError};
use crate::projector::{Memory, ProjectionError, Projector};
use crate::row;
use crate::rows::Rows;
use crate::word::Word;

row! {
    pub struct PaymentRunItemRow in "payment_run_items" {
        item_id: Uuid,
        payment_run_id: Uuid,
        page_id: Uuid,
        line: i32,
        state: Word<PaymentRunItemState>,
        invoice_id: Uuid,
        instalment: i32,
        vendor_id: Option<Uuid>,
        bank_account_id: Option<Uuid>,
        currency: Option<Word<Currency>>,
        amount: Option<Decimal>,
        discount: Option<Decimal>,
        set_off: Option<Json<Vec<SetOff>>>,
        reason: Option<String>,
        detail: Option<String>,
        payment_id: Option<Uuid>,
        withheld: Option<Decimal>,
        legal_priority: Option<Word<LegalGround>>,
        with_instalments: Option<Json<Vec<u32>>>,
    }
}

/// What a run says of an instalment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::Display, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PaymentRunItemState {
    /// To be paid, and reserved for that.
    Selected,
    Excluded,
    /// Somebody left it out.
    Removed,
    /// A payment pays it.
    Planned,
    /// Could no longer be paid when it came to it.
    Dropped,
    /// The run was cancelled.
    Released,
}

pub struct PaymentRunItems;

impl Projector for PaymentRunItems {
    fn name(&self) -> &'static str {
        "payment_run_items"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["payment_run_items"]
    }

    fn searches(&self) -> &'static [&'static str] {
        self.tables()
    }

    fn project<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        memory: &'a mut Memory,
        events: &'a [Recorded],
    ) -> Later<'a, Result<(), ProjectionError>> {
        Box::pin(async move {
            let rows = memory.rows::<PaymentRunItemRow>();
            for at in events {
                if let Fact::PaymentRunPage(event) = &at.fact {
                    project(tx, rows, event, at.aggregate_id).await?;
                }
            }
            rows.flush_and_forget(tx).await
        })
    }
}

async fn project(
    tx: &mut TenantTx,
    rows: &mut Rows<PaymentRunItemRow>,
    event: &PaymentRunPageEvent,
    page: Uuid,
) -> Result<(), ProjectionError> {
    match event {
        PaymentRunPageEvent::Selected { run_id, payees, .. } => {
            payees.iter().flat_map(|payee| payee.items.iter().map(move |item| (payee, item))).for_each(|(payee, item)| {
                rows.put(PaymentRunItemRow::selected(*run_id, page, payee, item));
            });
            return Ok(());
        }
        PaymentRunPageEvent::Excluded { run_id, excluded, .. } => {
            (1i32..).zip(excluded).for_each(|(line, one)| rows.put(PaymentRunItemRow::excluded(*run_id, page, line, one)));
            return Ok(());
        }
        _ => {}
    }
    // What a page changes may have been listed in this very batch.
    rows.flush_and_forget(tx).await?;
    match event {
        PaymentRunPageEvent::ItemRemoved { line, reason, .. } => {
            let told = Dropped { line: *line, code: "removed".to_owned(), detail: reason.clone() };
            leave_out(tx, page, PaymentRunItemState::Removed, &[told]).await
        }
        PaymentRunPageEvent::Planned { dropped, withheld, .. } => {
            leave_out(tx, page, PaymentRunItemState::Dropped, dropped).await?;
            keep_back(tx, page, withheld).await?;
            the_rest(tx, page, PaymentRunItemState::Planned).await
        }
        PaymentRunPageEvent::Released {} => the_rest(tx, page, PaymentRunItemState::Released).await,
        _ => Ok(()),
    }
}

/// The named lines of a page end in `state`, each for its own reason.
async fn leave_out(tx: &mut TenantTx, page: Uuid, state: PaymentRunItemState, told: &[Dropped]) -> Result<(), ProjectionError> {
    let lines: Vec<i32> = told.iter().map(|one| one.line as i32).collect();
    let (codes, details): (Vec<&str>, Vec<&str>) = told.iter().map(|one| (one.code.as_str(), one.detail.as_str())).unzip();
    let sql = "update payment_run_items i set state = $3, reason = u.code, detail = u.detail \
               from unnest($4::int[], $5::text[], $6::text[]) u (line, code, detail) \
               where i.tenant_id = $1 and i.page_id = $2 and i.line = u.line and i.state = 'selected'";
    let tenant = tx.tenant();
    let query = sqlx::query(sql).bind(tenant.0).bind(page).bind(Word(state)).bind(lines).bind(codes).bind(details);
    query.execute(&mut **tx).await?;
    Ok(())
}

/// What is kept back may be other than was proposed: another rate, or another payment of the invoice came first.
async fn keep_back(tx: &mut TenantTx, page: Uuid, withheld: &[KeptBack]) -> Result<(), ProjectionError> {
    let as_proposed = "update payment_run_items set amount = amount + withheld, withheld = null \
                       where tenant_id = $1 and page_id = $2 and state = 'selected' and withheld is not null";
    let tenant = tx.tenant();
    sqlx::query(as_proposed).bind(tenant.0).bind(page).execute(&mut **tx).await?;
    if withheld.is_empty() {
        return Ok(());
    }
    let (lines, taxes): (Vec<i32>, Vec<Decimal>) = withheld.iter().map(|kept| (kept.line as i32, kept.tax.amount())).unzip();
    let sql = "update payment_run_items i set withheld = u.tax, amount = i.amount - u.tax from unnest($3::int[], $4::numeric[]) u (line, tax) \
               where i.tenant_id = $1 and i.page_id = $2 and i.line = u.line";
    sqlx::query(sql).bind(tenant.0).bind(page).bind(lines).bind(taxes).execute(&mut **tx).await?;
    Ok(())
}

/// Whatever is still selected on a page ends in `state`.
async fn the_rest(tx: &mut TenantTx, page: Uuid, state: PaymentRunItemState) -> Result<(), ProjectionError> {
    let sql = "update payment_run_items set state = $3 where tenant_id = $1 and page_id = $2 and state = 'selected'";
    let tenant = tx.tenant();
    sqlx::query(sql).bind(tenant.0).bind(page).bind(Word(state)).execute(&mut **tx).await?;
    Ok(())
}

impl PaymentRunItemRow {
    fn selected(run: PaymentRunId, page: Uuid, payee: &Payee, item: &PageItem) -> Self {
        Self {
            item_id: item_id(page, item.line as i32),
            payment_run_id: run.0,
            page_id: page,
            line: item.line as i32,
            state: Word(PaymentRunItemState::Selected),
            invoice_id: item.instalment.invoice_id.0,
            instalment: item.instalment.number as i32,
            vendor_id: Some(payee.vendor_id.0),
            bank_account_id: payee.bank_account_id.map(Uuid::from),
            currency: Some(Word(item.amount.currency())),
            amount: Some(item.leaves().amount()),
            discount: Some(item.discount.amount()),
            set_off: (!item.set_off.is_empty()).then(|| Json(item.set_off.clone())),
            reason: None,
            detail: None,
            payment_id: Some(payee.payment_id.0),
            withheld: item.withheld.map(Money::amount),
            legal_priority: item.legal_priority.map(Word),
            with_instalments: (!item.with_instalments.is_empty()).then(|| Json(item.with_instalments.clone())),
        }
    }

    fn excluded(run: PaymentRunId, page: Uuid, line: i32, excluded: &Excluded) -> Self {
        Self {
            item_id: item_id(page, line),
            payment_run_id: run.0,
            page_id: page,
            line,
            state: Word(PaymentRunItemState::Excluded),
            invoice_id: excluded.instalment.invoice_id.0,
            instalment: excluded.instalment.number as i32,
            vendor_id: None,
            bank_account_id: None,
            currency: None,
            amount: None,
            discount: None,
            set_off: None,
            reason: Some(excluded.reason.code().to_owned()),
            detail: excluded.reason.hold().map(str::to_owned),
            payment_id: None,
            withheld: None,
            legal_priority: None,
            with_instalments: None,
        }
    }

    /// What credits cover whole is settled without a payment.
    fn is_paid(&self) -> bool {
        self.state.0 == PaymentRunItemState::Planned && self.amount.is_some_and(|amount| amount > Decimal::ZERO)
    }

    fn money(&self, amount: Option<Decimal>) -> Option<Money> {
        Some(Money::rounded(amount?, self.currency.as_ref()?.0))
    }
}

fn item_id(page: Uuid, line: i32) -> Uuid {
    derived_id(&[b"payment run item", page.as_bytes(), &line.to_be_bytes()])
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PaymentRunItemView {
    pub payment_run_id: PaymentRunId,
    pub state: PaymentRunItemState,
    pub invoice_id: InvoiceId,
    /// Which of the invoice's instalments, from 1.
    pub instalment: i32,
    /// Further instalments that are paid with it, so that the invoice is closed at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub with_instalments: Vec<u32>,
    pub vendor_id: Option<VendorId>,
    pub bank_account_id: Option<BankAccountId>,
    /// What leaves for it; with `withheld` it is what is settled in money.
    pub amount: Option<Money>,
    /// What is taken off for paying early.
    pub discount: Option<Money>,
    /// Tax that is kept back beside what leaves: as reckoned at the proposal, and as it was once it is planned.
    pub withheld: Option<Money>,
    /// The credits that take the place of money.
    pub set_off: Vec<SetOffView>,
    /// For what the law wants it paid before others: where cash is short it comes first.
    pub legal_priority: Option<LegalGround>,
    /// Why it is not paid, in one word.
    pub reason: Option<String>,
    /// The hold, the person's own words, or the refusal's.
    pub detail: Option<String>,
    pub payment_id: Option<PaymentId>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SetOffView {
    /// Absent of what a payment left on account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_note_id: Option<InvoiceId>,
    /// That left credit on account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<PaymentId>,
    pub amount: Money,
}

impl From<SetOff> for SetOffView {
    fn from(set_off: SetOff) -> Self {
        let payment_id = set_off.left_by().map(|(payment_id, _)| payment_id);
        let credit_note_id = payment_id.is_none().then_some(set_off.credit.invoice_id);
        Self { credit_note_id, payment_id, amount: set_off.amount }
    }
}

impl From<PaymentRunItemRow> for PaymentRunItemView {
    fn from(row: PaymentRunItemRow) -> Self {
        Self {
            payment_run_id: PaymentRunId(row.payment_run_id),
            state: row.state.0,
            invoice_id: InvoiceId(row.invoice_id),
            instalment: row.instalment,
            with_instalments: row.with_instalments.clone().map(|numbers| numbers.0).unwrap_or_default(),
            vendor_id: row.vendor_id.map(VendorId),
            bank_account_id: row.bank_account_id.map(BankAccountId),
            amount: row.money(row.amount),
            discount: row.money(row.discount),
            withheld: row.money(row.withheld),
            legal_priority: row.legal_priority.map(|ground| ground.0),
            payment_id: row.payment_id.map(PaymentId).filter(|_| row.is_paid()),
            set_off: row.set_off.map(|set_off| set_off.0.into_iter().map(SetOffView::from).collect()).unwrap_or_default(),
            reason: row.reason,
            detail: row.detail,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PaymentRunItemFilter {
    pub state: Option<PaymentRunItemState>,
    /// `true`: whatever is not paid; `false`: what is.
    pub excluded: Option<bool>,
    pub reason: Option<String>,
    pub invoice_id: Option<InvoiceId>,
    pub vendor_id: Option<VendorId>,
}

const SORTS: &[Sort<PaymentRunItemRow>] = &[Sort { name: "line", column: "line", cast: "int", key: |row| row.line.to_string() }];

const OF_INVOICE: &[Sort<PaymentRunItemRow>] =
    &[Sort { name: "payment_run_id", column: "payment_run_id", cast: "uuid", key: |row| row.payment_run_id.to_string() }];

pub async fn items(
    tx: &mut TenantTx,
    run: PaymentRunId,
    filter: &PaymentRunItemFilter,
    page: &Page,
) -> Result<PageOf<PaymentRunItemView>, QueryError> {
    let found = Listing::<PaymentRunItemRow>::of(tx)
        .when("payment_run_id = ?", Some(run.0))
        .when("state = ?", filter.state.map(Word))
        .when("(state not in ('selected', 'planned')) = ?", filter.excluded)
        .when("reason = ?", filter.reason.as_deref())
        .when("invoice_id = ?", filter.invoice_id.map(Uuid::from))
        .when("vendor_id = ?", filter.vendor_id.map(Uuid::from))
        .page(tx, SORTS, &(run, filter), page)
        .await?;
    Ok(found.map(PaymentRunItemView::from))
}

/// What every run said of an invoice.
pub async fn items_of_invoice(tx: &mut TenantTx, invoice: InvoiceId, page: &Page) -> Result<PageOf<PaymentRunItemView>, QueryError> {
    let found = Listing::<PaymentRunItemRow>::of(tx).when("invoice_id = ?", Some(invoice.0)).page(tx, OF_INVOICE, &invoice, page).await?;
    Ok(found.map(PaymentRunItemView::from))
}

/// The payments that a run has made, in the order of its lines.
pub async fn payments(tx: &mut TenantTx, run: PaymentRunId) -> sqlx::Result<Vec<PaymentId>> {
    let sql = "select payment_id from payment_run_items where tenant_id = $1 and payment_run_id = $2 and state = 'planned' and amount > 0 \
               group by payment_id order by min(line)";
    let tenant = tx.tenant();
    let found: Vec<Uuid> = sqlx::query_scalar(sql).bind(tenant.0).bind(run.0).fetch_all(&mut **tx).await?;
    Ok(found.into_iter().map(PaymentId).collect())
}
