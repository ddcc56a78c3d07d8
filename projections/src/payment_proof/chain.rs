//! The events of a payment and of the statements that tell of it, held against each other.

use std::collections::BTreeMap;

use quittance_domain::Root;
use quittance_domain::bank_statement::{BankStatement, BankStatementEvent, MatchTarget, PaymentEffect, StatementLine};
use quittance_domain::ids::{BankStatementId, PaymentId};
use quittance_domain::payment::{CreditorItem, ItemState, Method, Payment, PaymentEvent, PaymentPlan};
use quittance_infrastructure::database::TenantTx;
use uuid::Uuid;

use super::Asked;
use super::document::{ProofState, ProofStep, ProvenBy, ProvenInvoice, ProvenTransfer, StatementEntry};
use super::steps::{of_item, of_payment};
use crate::logged::{Logged, until};
use crate::page::QueryError;

pub struct Chain {
    payment_id: PaymentId,
    pub payment: Payment,
    events: Vec<(Logged, PaymentEvent)>,
    statements: Vec<Statement>,
}

/// A statement as it was, and where its lines were last matched.
struct Statement {
    id: BankStatementId,
    state: BankStatement,
    matched_at: BTreeMap<u32, i64>,
}

impl Chain {
    pub async fn read(tx: &mut TenantTx, asked: &Asked, position: i64) -> Result<Self, QueryError> {
        let logged = until(tx, vec![asked.payment_id.0], position).await?;
        let events: Vec<(Logged, PaymentEvent)> =
            logged.into_iter().map(|event| event.read::<Payment>().map(|read| (event, read))).collect::<Result<_, _>>()?;
        let payment = Payment::replay(events.iter().map(|(_, event)| event.clone()));
        let told = until(tx, asked.statements.iter().map(|id| id.0).collect(), position).await?;
        Ok(Self { payment_id: asked.payment_id, payment, events, statements: statements(&told)? })
    }

    /// The plan of what has begun to leave.
    pub fn left(&self) -> Option<&PaymentPlan> {
        match &self.payment {
            Payment::Started { plan, .. } => Some(plan),
            Payment::Sent(sent) => Some(&sent.plan),
            _ => None,
        }
    }

    pub fn steps(&self) -> Vec<ProofStep> {
        self.events.iter().filter_map(|(at, event)| of_payment(at, event)).collect()
    }

    pub fn transfer(&self, item: &CreditorItem, invoice: ProvenInvoice) -> ProvenTransfer {
        let mut entries: Vec<(PaymentEffect, StatementEntry)> =
            self.statements.iter().flat_map(|one| one.entries(self.payment_id, item)).collect();
        entries.sort_by_key(|(_, entry)| entry.position);
        let by_statement = entries.iter().any(|(effect, _)| *effect == PaymentEffect::Settles);
        let (state, proven_by) = self.stands(item.line, by_statement);
        ProvenTransfer {
            end_to_end_id: item.end_to_end_id.clone(),
            account: item.creditor_account.as_ref().map(|account| account.masked()),
            amount: item.amount,
            state,
            proven_by,
            invoice,
            statement_entries: entries.into_iter().map(|(_, entry)| entry).collect(),
            steps: self.events.iter().filter_map(|(at, event)| of_item(at, event, item.line)).collect(),
        }
    }

    fn stands(&self, line: u32, by_statement: bool) -> (ProofState, Option<ProvenBy>) {
        let Payment::Sent(sent) = &self.payment else { return (ProofState::Started, None) };
        let proven_by = self.proven_by(line, by_statement);
        match self.payment.item_state(line) {
            Some(ItemState::Settled) if proven_by.is_some() => (ProofState::Settled, proven_by),
            Some(ItemState::Settled) => (ProofState::RecordedAsSettled, None),
            Some(ItemState::OnAccount) => (ProofState::OnAccount, proven_by),
            Some(ItemState::Returned) => (ProofState::Returned, proven_by),
            Some(ItemState::Failed) => (ProofState::Failed, None),
            Some(ItemState::Sent) if sent.bank_status.get(&line).is_some_and(|status| status.is_accepted()) => (ProofState::Accepted, None),
            Some(ItemState::Sent) | None => (ProofState::InTransit, None),
        }
    }

    /// Who says that the money left.
    fn proven_by(&self, line: u32, by_statement: bool) -> Option<ProvenBy> {
        if by_statement {
            return Some(ProvenBy::BankStatement);
        }
        let reported = self.events.iter().any(|(_, event)| match event {
            PaymentEvent::BankStatusReported { report } => report.items.iter().any(|item| item.line == line && item.has_settled()),
            _ => false,
        });
        if reported {
            return Some(ProvenBy::BankStatusReport);
        }
        // Of its transfers only the provider says that they have settled, unless two people have.
        let by_people = self.events.iter().any(|(_, event)| matches!(event, PaymentEvent::OutcomeConfirmed { .. }));
        let by_provider = self.left().is_some_and(|plan| plan.method == Method::Provider) && !by_people;
        by_provider.then_some(ProvenBy::Provider)
    }
}

fn statements(told: &[Logged]) -> Result<Vec<Statement>, QueryError> {
    let mut found: BTreeMap<Uuid, (Vec<BankStatementEvent>, BTreeMap<u32, i64>)> = BTreeMap::new();
    for at in told {
        let event = at.read::<BankStatement>()?;
        let (events, matched_at) = found.entry(at.aggregate_id).or_default();
        if let BankStatementEvent::Matched { line, .. } = &event {
            matched_at.insert(*line, at.position);
        }
        events.push(event);
    }
    let statement = |(id, (events, matched_at))| Statement { id: BankStatementId(id), state: BankStatement::replay(events), matched_at };
    Ok(found.into_iter().map(statement).collect())
}

impl Statement {
    /// Lines that tell of this item, by now.
    fn entries(&self, payment: PaymentId, item: &CreditorItem) -> Vec<(PaymentEffect, StatementEntry)> {
        let Ok(imported) = self.state.imported() else { return vec![] };
        let told = imported.matched.iter().filter_map(|(line, matching)| match &matching.target {
            MatchTarget::Payment { payment_id, items, effect, .. } if *payment_id == payment && items.contains(&item.line) => {
                Some((effect.clone(), imported.line(*line).ok()?))
            }
            _ => None,
        });
        told.map(|(effect, line)| (effect, self.entry(line, &item.end_to_end_id))).collect()
    }

    fn entry(&self, line: &StatementLine, end_to_end_id: &str) -> StatementEntry {
        let import = self.state.imported().ok().map(|imported| &imported.import);
        let names = |id: &String| id == end_to_end_id;
        StatementEntry {
            bank_statement_id: self.id,
            statement_id: import.and_then(|import| import.statement_id.clone()),
            statement_sha256: import.map(|import| import.sha256.clone()).unwrap_or_default(),
            line: line.line,
            amount: line.amount,
            booked_on: line.booked_on,
            value_date: line.value_date,
            bank_reference: line.bank_reference.clone(),
            names_the_transfer: line.end_to_end_id.iter().chain(&line.references).any(names),
            return_reason: line.return_reason.clone(),
            position: self.matched_at.get(&line.line).copied().unwrap_or_default(),
        }
    }
}
