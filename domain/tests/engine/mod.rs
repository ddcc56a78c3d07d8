//! Invoices, approvals and payments as the engine drives them: one request is one atomic write over several aggregates,
//! and what one aggregate's event asks of another is done later, in order.

use std::collections::{BTreeMap, VecDeque};

use cqrs_es::Aggregate;
use quittance_domain::approval::{
    Approval, ApprovalCommand, ApprovalEvent, Decider, Eligible, Excluded, Request, StageCandidates, StepCandidates,
};
use quittance_domain::ids::{ApprovalId, InvoiceId, PaymentId, UserId};
use quittance_domain::invoice::{Amendment, ExceptionKind, Invoice, InvoiceCommand, InvoiceEvent, Payable, Reception, ReleaseCause, Stage};
use quittance_domain::payment::{Payment, PaymentCommand, PaymentEvent, PaymentPlan};
use quittance_domain::{Money, Refusal, Root};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::fixtures::*;

/// Two of four in stage 1, then one of three in stage 2.
const POLICY: [(u8, u8, &[UserId]); 2] = [(1, 2, &[ANNA, BOB, CARL, DORA]), (2, 1, &[BOB, DORA, ERIN])];

#[derive(Clone, Debug)]
pub enum Ask {
    Amend {
        invoice: usize,
        by: UserId,
        cents: i64,
        wrong: bool,
    },
    Resolve {
        invoice: usize,
        by: UserId,
    },
    Submit {
        invoice: usize,
        by: UserId,
    },
    Approve {
        invoice: usize,
        by: UserId,
    },
    Deny {
        invoice: usize,
        by: UserId,
    },
    VoidInvoice {
        invoice: usize,
        by: UserId,
    },
    Plan {
        payment: usize,
        items: Vec<(usize, i64)>,
        by: UserId,
    },
    Authorise {
        payment: usize,
        by: UserId,
    },
    Send {
        payment: usize,
        by: UserId,
    },
    Settle {
        payment: usize,
        items: Option<Vec<u32>>,
    },
    Fail {
        payment: usize,
        items: Option<Vec<u32>>,
    },
    Return {
        payment: usize,
        items: Option<Vec<u32>>,
    },
    VoidPayment {
        payment: usize,
        by: UserId,
    },
    /// The oldest thing that waits to be done is done.
    React,
}

#[derive(Clone, Debug, PartialEq)]
enum Waiting {
    Approval(ApprovalId, ApprovalEvent),
    Payment(usize, PaymentEvent),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Engine {
    pub invoices: Vec<Invoice>,
    pub approvals: BTreeMap<ApprovalId, Approval>,
    /// What each approval has said, for a second opinion.
    pub said: BTreeMap<ApprovalId, Vec<ApprovalEvent>>,
    pub payments: Vec<Payment>,
    waiting: VecDeque<Waiting>,
}

type Answer = Result<(), &'static str>;

fn cents(cents: i64) -> Money {
    eur(Decimal::new(cents, 2))
}

pub fn invoice_id(index: usize) -> InvoiceId {
    InvoiceId(Uuid::from_u128(0x1000 + index as u128))
}

pub fn payment_id(index: usize) -> PaymentId {
    PaymentId(Uuid::from_u128(0x2000 + index as u128))
}

fn approval_id(invoice: usize, round: u32) -> ApprovalId {
    ApprovalId(Uuid::from_u128(0x3000 + invoice as u128 * 0x1_0000 + u128::from(round)))
}

fn candidates(stage: u8) -> Option<StageCandidates> {
    let (_, quorum, people) = POLICY.into_iter().find(|(s, ..)| *s == stage)?;
    let candidates = people.iter().map(|&user_id| Eligible { user_id, because: "user".to_owned() }).collect();
    Some(StageCandidates { stage, steps: vec![StepCandidates { quorum, candidates, managers: vec![] }], deadlines: None })
}

impl Engine {
    /// Some invoices of 100.00 that Anna entered, and payments yet to be planned.
    pub fn new(invoices: usize, payments: usize) -> Self {
        let received = InvoiceEvent::Received(Box::new(Reception { payable: cents(10_000), ..reception() }));
        Self {
            invoices: vec![Invoice::replay([received]); invoices],
            approvals: BTreeMap::new(),
            said: BTreeMap::new(),
            payments: vec![Payment::default(); payments],
            waiting: VecDeque::new(),
        }
    }

    /// All or nothing: a refusal leaves no trace.
    pub fn ask(&mut self, ask: &Ask) -> Answer {
        let mut attempt = self.clone();
        attempt.attempt(ask)?;
        *self = attempt;
        Ok(())
    }

    pub fn nothing_waits(&self) -> bool {
        self.waiting.is_empty()
    }

    pub fn payable(&self, invoice: usize) -> &Payable {
        self.invoices[invoice].received().expect("every invoice was received")
    }

    fn attempt(&mut self, ask: &Ask) -> Answer {
        match ask.clone() {
            Ask::Amend { invoice, by, cents, wrong } => self.amend(invoice, by, cents, wrong),
            Ask::Resolve { invoice, by } => self.invoice(invoice, InvoiceCommand::ResolveExceptions { by, reason: "seen".to_owned() }),
            Ask::Submit { invoice, by } => self.submit(invoice, by),
            Ask::Approve { invoice, by } => self.approve(invoice, by),
            Ask::Deny { invoice, by } => {
                let approval = self.current_approval(invoice)?;
                self.approval(approval, ApprovalCommand::Deny { decider: Decider::in_person(by), reason: "never ordered".to_owned() })
            }
            Ask::VoidInvoice { invoice, by } => self.void(invoice, by),
            Ask::Plan { payment, items, by } => self.plan(payment, &items, by),
            Ask::Authorise { payment, by } => self.payment(payment, PaymentCommand::Authorise { by }),
            Ask::Send { payment, by } => {
                self.payment(payment, PaymentCommand::Start { by, at: at("2026-03-29T10:00:00Z") })?;
                self.payment(payment, PaymentCommand::RecordFile { file: sent_file() })
            }
            Ask::Settle { payment, items } => self.payment(payment, PaymentCommand::Settle { items, value_date: day("2026-03-30") }),
            Ask::Fail { payment, items } => self.payment(payment, PaymentCommand::Fail { items, reason: "AC01".to_owned(), by: None }),
            Ask::Return { payment, items } => {
                self.payment(payment, PaymentCommand::Return { items, value_date: day("2026-04-02"), reason: "AC04".to_owned(), by: None })
            }
            Ask::VoidPayment { payment, by } => self.payment(payment, PaymentCommand::Void { by, reason: "wrong date".to_owned() }),
            Ask::React => self.react(),
        }
    }

    fn amend(&mut self, invoice: usize, by: UserId, to: i64, wrong: bool) -> Answer {
        let exceptions = wrong.then(|| exception(ExceptionKind::Totals)).into_iter().collect();
        let amendment = Amendment { payable: cents(to), by, ..amendment() };
        let before = self.payable(invoice).stage.clone();
        self.invoice(invoice, InvoiceCommand::Amend { amendment: Box::new(amendment), exceptions, rise_max: None })?;
        self.withdraw_if_reset(invoice, &before)
    }

    fn void(&mut self, invoice: usize, by: UserId) -> Answer {
        let before = self.payable(invoice).stage.clone();
        self.invoice(invoice, InvoiceCommand::Void { by, reason: "mistake".to_owned(), effective_date: day("2026-03-05") })?;
        self.withdraw_if_reset(invoice, &before)
    }

    fn withdraw_if_reset(&mut self, invoice: usize, before: &Stage) -> Answer {
        let (Stage::PendingApproval { approval_id, .. } | Stage::Approved { approval_id, .. }) = before else { return Ok(()) };
        if self.payable(invoice).stage == *before {
            return Ok(());
        }
        self.approval(*approval_id, ApprovalCommand::Withdraw { because: "amended".to_owned() })
    }

    fn submit(&mut self, invoice: usize, by: UserId) -> Answer {
        let payable = self.payable(invoice).clone();
        if matches!(payable.stage, Stage::PendingApproval { .. }) {
            return Ok(());
        }
        let id = approval_id(invoice, payable.round + 1);
        let request = Request {
            invoice_id: invoice_id(invoice),
            round: payable.round + 1,
            version_hash: payable.version_hash(),
            amount: payable.payable,
            policy_version: 1,
            requested_by: by,
            excluded: payable.editors.iter().copied().chain([by]).map(Excluded::editor_of_invoice).collect(),
            stages: POLICY.iter().map(|(stage, ..)| *stage).collect(),
            same_person_in_stages: false,
            facts: None,
        };
        self.invoice(invoice, InvoiceCommand::Submit { approval_id: id, by })?;
        self.approvals.insert(id, Approval::default());
        let candidates = candidates(1).expect("stage 1");
        self.approval(id, ApprovalCommand::Request { request, candidates })
    }

    fn approve(&mut self, invoice: usize, by: UserId) -> Answer {
        let id = self.current_approval(invoice)?;
        let running = self.approvals[&id].running().ok();
        let next = running.and_then(|r| r.stage().and_then(|s| r.stage_after(s))).and_then(candidates);
        self.approval(id, ApprovalCommand::Approve { decider: Decider::in_person(by), comment: None, next })
    }

    fn current_approval(&self, invoice: usize) -> Result<ApprovalId, &'static str> {
        match &self.payable(invoice).stage {
            Stage::PendingApproval { approval_id, .. } | Stage::Approved { approval_id, .. } => Ok(*approval_id),
            _ => Err("wrong_state"),
        }
    }

    fn plan(&mut self, payment: usize, items: &[(usize, i64)], by: UserId) -> Answer {
        let mut total = cents(0);
        for (invoice, amount) in items {
            self.invoice(*invoice, InvoiceCommand::Claim { payment_id: payment_id(payment), amount: cents(*amount) })?;
            total = total.plus(cents(*amount)).expect("euros");
        }
        let item = |(line, (invoice, amount)): (u32, &(usize, i64))| creditor(line, invoice_id(*invoice), Decimal::new(*amount, 2));
        let items = (1..).zip(items).map(item).collect();
        self.payment(payment, PaymentCommand::Plan(Box::new(PaymentPlan { items, total, planned_by: by, ..plan() })))
    }

    fn react(&mut self) -> Answer {
        match self.waiting.pop_front() {
            None => Ok(()),
            Some(Waiting::Approval(id, event)) => self.approval_ended(id, event),
            Some(Waiting::Payment(index, event)) => self.payment_moved(index, &event),
        }
    }

    /// An invoice that moved on meanwhile refuses what an old round says; that is no failure.
    fn approval_ended(&mut self, approval_id: ApprovalId, event: ApprovalEvent) -> Answer {
        let (invoice, command) = match event {
            ApprovalEvent::Granted { invoice_id, version_hash, .. } => (invoice_id, InvoiceCommand::Approve { approval_id, version_hash }),
            ApprovalEvent::Denied { invoice_id, by, reason, .. } => (invoice_id, InvoiceCommand::Reject { approval_id, by, reason }),
            _ => return Ok(()),
        };
        let index = (0..self.invoices.len()).find(|&i| invoice_id(i) == invoice).expect("an invoice of ours");
        match self.invoice(index, command) {
            Err("wrong_state") | Ok(()) => Ok(()),
            refused => refused,
        }
    }

    fn payment_moved(&mut self, index: usize, event: &PaymentEvent) -> Answer {
        let payment_id = payment_id(index);
        let plan = self.payments[index].plan().expect("planned").clone();
        for item in &plan.items {
            let named = |lines: &[u32]| lines.contains(&item.line);
            let command = match event {
                PaymentEvent::Settled { items, value_date } if named(items) => {
                    InvoiceCommand::Settle { payment_id, value_date: *value_date }
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
            let invoice = (0..self.invoices.len()).find(|&i| invoice_id(i) == item.invoice_id).expect("an invoice of ours");
            self.invoice(invoice, command)?;
        }
        Ok(())
    }

    fn invoice(&mut self, index: usize, command: InvoiceCommand) -> Answer {
        let invoice = &mut self.invoices[index];
        invoice.decide(command).map_err(|refusal| refusal.code())?.into_iter().for_each(|event| invoice.apply(event));
        Ok(())
    }

    fn approval(&mut self, id: ApprovalId, command: ApprovalCommand) -> Answer {
        let approval = self.approvals.get_mut(&id).expect("a requested approval");
        for event in approval.decide(command).map_err(|refusal| refusal.code())? {
            approval.apply(event.clone());
            self.said.entry(id).or_default().push(event.clone());
            if matches!(event, ApprovalEvent::Granted { .. } | ApprovalEvent::Denied { .. }) {
                self.waiting.push_back(Waiting::Approval(id, event));
            }
        }
        Ok(())
    }

    fn payment(&mut self, index: usize, command: PaymentCommand) -> Answer {
        let payment = &mut self.payments[index];
        for event in payment.decide(command).map_err(|refusal| refusal.code())? {
            payment.apply(event.clone());
            if !matches!(event, PaymentEvent::Planned(_) | PaymentEvent::Authorised { .. } | PaymentEvent::Started { .. }) {
                self.waiting.push_back(Waiting::Payment(index, event));
            }
        }
        Ok(())
    }
}
