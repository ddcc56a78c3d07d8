//! Process managers: what one event makes others do. Each reaction is one atomic use case whose command id follows
//! from the event, so reacting twice changes nothing.

use chrono::NaiveDate;
use cqrs_es::Aggregate;
use quittance_domain::approval::{Approval, ApprovalEvent};
use quittance_domain::bank_statement::{BankStatement, BankStatementEvent, MatchTarget};
use quittance_domain::exchange_rate::ExchangeRates;
use quittance_domain::goods_receipt::{Delivery, GoodsReceipt, GoodsReceiptEvent, InspectedLine};
use quittance_domain::ids::{
    ApprovalId, BankStatementId, GoodsReceiptId, InvoiceId, PaymentId, PaymentRunId, PaymentRunPageId, PurchaseOrderId, ReceivableId,
    VendorId,
};
use quittance_domain::invoice::{Invoice, InvoiceCommand, MaterialChange, ReleaseCause};
use quittance_domain::payment::{Payment, PaymentEvent};
use quittance_domain::payment_run::{PaymentRun, PaymentRunEvent, PaymentRunPage, PaymentRunPageEvent};
use quittance_domain::purchase_order::PurchaseOrder;
use quittance_domain::receivable::{Receivable, ReceivableEvent};
use quittance_domain::stock::{ReceiptLine, StockAction};
use quittance_domain::tolerance::Tolerances;
use uuid::Uuid;

use crate::allocation::{credit_taken_back, take_back_unpaid};
use crate::bank_rules::book_by_rules;
use crate::bank_statement::line_matched;
use crate::commands::{UseCase, read_event};
use crate::failure::Failure;
use crate::goods_price::reprice;
use crate::goods_receipt::stocked;
use crate::matching::{MatchOrder, give_back, match_invoice};
use crate::payment_run::{PageStep, take_step};
use crate::ports::StoredEvent;
use crate::receivable;
use crate::stock::move_stock;
use crate::work::Work;

/// A process manager: what one kind of events makes others do.
pub trait Manager: UseCase<Output = ()> + Sized + 'static {
    /// Names its checkpoint, and its commands' ids: never changed.
    const NAME: &'static str;
    /// The event types that it reacts to.
    const TRIGGERS: &'static [&'static str];
    /// Whether it asks what an event says, and not only that it happened.
    const READS_PAYLOADS: bool = true;

    fn to(aggregate_type: &str, aggregate_id: Uuid, stored: &StoredEvent) -> Result<Option<Self>, Failure>;

    /// What it is about, where it may be carried out beside its like about other things: those about one thing keep their
    /// order. Without one it waits for all before it and is waited for.
    fn lane(&self) -> Option<Uuid> {
        None
    }

    /// What it asks for beside itself, each in a write of its own.
    fn concerns(&self) -> Option<Concern> {
        None
    }

    /// The refusals that nobody has to see to; any other is kept until a person has it tried again.
    fn moot(&self) -> &'static [Moot] {
        &[]
    }
}

/// A refusal by which the world has moved on since the event: nothing is left to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moot {
    pub code: &'static str,
    pub because: &'static str,
}

/// Many things that one event concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    /// [`MatchOrder`] of every order that was ever invoiced.
    EveryOrder,
    /// [`AppraiseRound`](crate::approval::AppraiseRound) of every round of approval that waits for a rate.
    EveryUnratedRound,
    /// [`CompareMerged`](crate::duplicate::CompareMerged) of every open invoice of a vendor, under all of its names.
    EveryOpenInvoiceOfMerged(VendorId),
}

/// What has to be done because of an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Reaction {
    ApprovalEnded {
        approval_id: ApprovalId,
        event: ApprovalEvent,
    },
    PaymentMoved {
        payment_id: PaymentId,
        event: PaymentEvent,
    },
    GoodsCameIn {
        receipt_id: GoodsReceiptId,
        delivery: Delivery,
    },
    GoodsAccepted {
        receipt_id: GoodsReceiptId,
        inspection: u32,
        lines: Vec<InspectedLine>,
        effective_date: NaiveDate,
    },
    /// `sequence` is the event's, among those of the order.
    OrderChanged {
        order_id: PurchaseOrderId,
        sequence: i64,
    },
    OrderBilled {
        order_id: PurchaseOrderId,
        sequence: i64,
    },
    TolerancesChanged,
    RatesQuoted,
    /// After the engine's own matching, which is of one write with the import.
    StatementImported {
        statement_id: BankStatementId,
    },
    BankLineMatched {
        statement_id: BankStatementId,
        line: u32,
        target: MatchTarget,
    },
    RunGoesOn {
        step: PageStep,
    },
    /// Nothing is open of it any more.
    ReceivablePaid {
        receivable_id: ReceivableId,
    },
}

impl Manager for Reaction {
    const NAME: &'static str = "reactions";
    const TRIGGERS: &'static [&'static str] = &[
        "ApprovalGranted",
        "ApprovalDenied",
        "ApprovalExpired",
        "PaymentSettled",
        "PaymentSettlementWithdrawn",
        "PaymentFailed",
        "PaymentReturned",
        "PaymentCreditTakenBack",
        "PaymentVoided",
        "GoodsReceiptPosted",
        "GoodsReceiptInspected",
        "PurchaseOrderAmended",
        "PurchaseOrderApproved",
        "PurchaseOrderReceived",
        "PurchaseOrderInspected",
        "PurchaseOrderReturned",
        "PurchaseOrderClosed",
        "PurchaseOrderBilled",
        "PurchaseOrderBillingWithdrawn",
        "TolerancesAdopted",
        "ExchangeRatesQuoted",
        "BankStatementImported",
        "BankStatementMatched",
        "PaymentRunStarted",
        "PaymentRunFileWritten",
        "PaymentRunCancelled",
        "PaymentRunPagePlanned",
        "PaymentRunPageFileRecorded",
        "PaymentRunPageReleased",
        "ReceivablePaymentReceived",
        "ReceivableCredited",
    ];

    fn to(aggregate_type: &str, aggregate_id: Uuid, stored: &StoredEvent) -> Result<Option<Self>, Failure> {
        if !Self::TRIGGERS.contains(&stored.event_type.as_str()) {
            return Ok(None);
        }
        Ok(match aggregate_type {
            Approval::TYPE => Some(Self::ApprovalEnded { approval_id: ApprovalId(aggregate_id), event: read_event::<Approval>(stored)? }),
            Payment::TYPE => Some(Self::PaymentMoved { payment_id: PaymentId(aggregate_id), event: read_event::<Payment>(stored)? }),
            GoodsReceipt::TYPE => goods(GoodsReceiptId(aggregate_id), read_event::<GoodsReceipt>(stored)?),
            PurchaseOrder::TYPE => {
                let (order_id, sequence) = (PurchaseOrderId(aggregate_id), stored.sequence);
                let billed = stored.event_type == "PurchaseOrderBilled";
                Some(if billed { Self::OrderBilled { order_id, sequence } } else { Self::OrderChanged { order_id, sequence } })
            }
            Tolerances::TYPE => Some(Self::TolerancesChanged),
            ExchangeRates::TYPE => Some(Self::RatesQuoted),
            BankStatement::TYPE if stored.event_type == "BankStatementImported" => {
                Some(Self::StatementImported { statement_id: BankStatementId(aggregate_id) })
            }
            BankStatement::TYPE => match read_event::<BankStatement>(stored)? {
                BankStatementEvent::Matched { line, matching } => {
                    Some(Self::BankLineMatched { statement_id: BankStatementId(aggregate_id), line, target: matching.target })
                }
                _ => None,
            },
            Receivable::TYPE => match read_event::<Receivable>(stored)? {
                ReceivableEvent::PaymentReceived { open, .. } | ReceivableEvent::Credited { open, .. } if open.is_zero() => {
                    Some(Self::ReceivablePaid { receivable_id: ReceivableId(aggregate_id) })
                }
                _ => None,
            },
            PaymentRun::TYPE => of_run(PaymentRunId(aggregate_id), read_event::<PaymentRun>(stored)?),
            PaymentRunPage::TYPE => of_page(PaymentRunPageId(aggregate_id), read_event::<PaymentRunPage>(stored)?),
            _ => None,
        })
    }

    fn concerns(&self) -> Option<Concern> {
        match self {
            Self::TolerancesChanged => Some(Concern::EveryOrder),
            Self::RatesQuoted => Some(Concern::EveryUnratedRound),
            _ => None,
        }
    }

    fn moot(&self) -> &'static [Moot] {
        match self {
            Self::ApprovalEnded { .. } => {
                &[Moot { code: "wrong_state", because: "the invoice was voided, sent back or put into another round since it was decided" }]
            }
            Self::RatesQuoted => &[Moot { code: "wrong_state", because: "the round that waited for a rate has ended" }],
            _ => &[],
        }
    }
}

/// A decision about a run begins with its first page.
fn of_run(run_id: PaymentRunId, event: PaymentRunEvent) -> Option<Reaction> {
    let step = match event {
        PaymentRunEvent::Started { .. } => PageStep::Plan { run_id },
        PaymentRunEvent::FileWritten { .. } => PageStep::RecordFile { run_id },
        PaymentRunEvent::Cancelled { .. } => PageStep::Release { run_id },
        _ => return None,
    };
    Some(Reaction::RunGoesOn { step })
}

/// What was done to a page is done to the next.
fn of_page(page: PaymentRunPageId, event: PaymentRunPageEvent) -> Option<Reaction> {
    let step = match event {
        PaymentRunPageEvent::Planned { so_far, .. } => PageStep::PlanNext { page, so_far },
        PaymentRunPageEvent::FileRecorded {} => PageStep::RecordFileNext { page },
        PaymentRunPageEvent::Released {} => PageStep::ReleaseNext { page },
        _ => return None,
    };
    Some(Reaction::RunGoesOn { step })
}

fn goods(receipt_id: GoodsReceiptId, event: GoodsReceiptEvent) -> Option<Reaction> {
    match event {
        GoodsReceiptEvent::Posted(delivery) => Some(Reaction::GoodsCameIn { receipt_id, delivery }),
        GoodsReceiptEvent::Inspected { inspection, lines, effective_date, .. } => {
            Some(Reaction::GoodsAccepted { receipt_id, inspection, lines, effective_date })
        }
        GoodsReceiptEvent::Returned { .. } => None,
    }
}

impl UseCase for Reaction {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        match self {
            Self::ApprovalEnded { approval_id, event } => approval_ended(work, *approval_id, event).await,
            Self::PaymentMoved { payment_id, event } => payment_moved(work, *payment_id, event).await,
            Self::GoodsCameIn { receipt_id, delivery } => goods_came_in(work, *receipt_id, delivery).await,
            Self::GoodsAccepted { receipt_id, inspection, lines, effective_date } => {
                goods_accepted(work, *receipt_id, *inspection, lines, *effective_date).await
            }
            Self::OrderChanged { order_id, sequence } => {
                MatchOrder { id: *order_id }.attempt(work).await?;
                reprice(work, *order_id, *sequence).await
            }
            Self::OrderBilled { order_id, sequence } => reprice(work, *order_id, *sequence).await,
            Self::TolerancesChanged | Self::RatesQuoted => Ok(()),
            Self::StatementImported { statement_id } => book_by_rules(work, *statement_id).await,
            Self::BankLineMatched { statement_id, line, target } => line_matched(work, *statement_id, *line, target).await,
            Self::RunGoesOn { step } => take_step(work, step).await,
            Self::ReceivablePaid { receivable_id } => receivable::paid(work, *receivable_id).await,
        }
    }
}

async fn approval_ended(work: &mut Work<'_>, approval_id: ApprovalId, event: &ApprovalEvent) -> Result<(), Failure> {
    let (invoice_id, command) = match event.clone() {
        ApprovalEvent::Granted { invoice_id, .. } => {
            // An immaterial change may have bound what was granted to another version meanwhile.
            let version_hash = work.load::<Approval>(approval_id).await?.request()?.version_hash.clone();
            (invoice_id, InvoiceCommand::Approve { approval_id, version_hash })
        }
        ApprovalEvent::Denied { invoice_id, by, reason, .. } => (invoice_id, InvoiceCommand::Reject { approval_id, by, reason }),
        ApprovalEvent::Expired { invoice_id, .. } => (invoice_id, InvoiceCommand::Reopen { approval_id, because: MaterialChange::Expired }),
        _ => return Ok(()),
    };
    work.decide::<Invoice>(invoice_id, command).await?;
    match event {
        ApprovalEvent::Denied { .. } => give_back(work, invoice_id, work.ctx.today()).await,
        ApprovalEvent::Granted { .. } => relieve_order(work, invoice_id).await,
        _ => Ok(()),
    }
}

/// What an approved credit note gives back makes room on its order.
async fn relieve_order(work: &mut Work<'_>, credit: InvoiceId) -> Result<(), Failure> {
    let invoice = work.take::<Invoice>(credit).await?;
    if invoice.received()?.document.gives_back() { match_invoice(work, credit).await } else { Ok(()) }
}

async fn payment_moved(work: &mut Work<'_>, payment_id: PaymentId, event: &PaymentEvent) -> Result<(), Failure> {
    if let PaymentEvent::CreditTakenBack { against, allocation_id, effective_date, reason, .. } = event {
        return credit_taken_back(work, *against, *allocation_id, *effective_date, reason).await;
    }
    let payment = work.take::<Payment>(payment_id).await?;
    for item in &payment.plan()?.items {
        let named = |lines: &[u32]| lines.contains(&item.line);
        let command = match event {
            PaymentEvent::Settled { items, value_date } if named(items) => InvoiceCommand::Settle { payment_id, value_date: *value_date },
            PaymentEvent::SettlementWithdrawn { items, effective_date, reason, .. } if named(items) => {
                InvoiceCommand::WithdrawSettlement { payment_id, effective_date: *effective_date, reason: reason.clone() }
            }
            PaymentEvent::Failed { items, .. } if named(items) => {
                InvoiceCommand::Release { payment_id, because: ReleaseCause::PaymentFailed }
            }
            PaymentEvent::Returned { items, value_date, reason } if named(items) => {
                InvoiceCommand::Return { payment_id, value_date: *value_date, reason: reason.clone() }
            }
            PaymentEvent::Voided { .. } => InvoiceCommand::Release { payment_id, because: ReleaseCause::PaymentVoided },
            _ => continue,
        };
        let moved = work.decide::<Invoice>(item.invoice_id, command).await?;
        let back = match event {
            PaymentEvent::Returned { value_date, reason, .. } => Some((*value_date, reason)),
            PaymentEvent::SettlementWithdrawn { effective_date, reason, .. } => Some((*effective_date, reason)),
            _ => None,
        };
        if let Some((day, reason)) = back.filter(|_| moved > 0) {
            take_back_unpaid(work, item.invoice_id, day, reason).await?;
        }
    }
    Ok(())
}

async fn goods_came_in(work: &mut Work<'_>, receipt_id: GoodsReceiptId, delivery: &Delivery) -> Result<(), Failure> {
    for line in delivery.lines.iter().filter(|l| !l.accepted.is_zero()) {
        let receipt = ReceiptLine { receipt_id, line: line.line, inspection: 0 };
        let (quantity, unit_cost) = stocked(line, line.accepted)?;
        let action = StockAction::Receive { receipt, quantity, unit_cost, currency: line.currency };
        move_stock(work, line.item_id, &delivery.location, delivery.effective_date, action).await?;
    }
    Ok(())
}

async fn goods_accepted(
    work: &mut Work<'_>,
    receipt_id: GoodsReceiptId,
    inspection: u32,
    lines: &[InspectedLine],
    effective_date: NaiveDate,
) -> Result<(), Failure> {
    let receipt = work.load::<GoodsReceipt>(receipt_id).await?;
    let Delivery { location, lines: delivered, .. } = &receipt.posted()?.delivery;
    for line in lines.iter().filter(|l| !l.accepted.is_zero()) {
        let Some(delivered) = delivered.iter().find(|delivered| delivered.line == line.line) else { continue };
        let receipt = ReceiptLine { receipt_id, line: line.line, inspection };
        let (quantity, unit_cost) = stocked(delivered, line.accepted)?;
        let action = StockAction::Receive { receipt, quantity, unit_cost, currency: line.currency };
        move_stock(work, line.item_id, location, effective_date, action).await?;
    }
    Ok(())
}
