//! Proposing a run. What is open comes in from the read models, complete up to a position of the log; whoever else has selected one of
//! these invoices since then is found by the reservation that each page makes.
//!
//! One write, whatever the number of invoices: the run, and its pages with what is selected and what is not.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;
use quittance_domain::Money;
use quittance_domain::RefusalKind;
use quittance_domain::bank_account::BankAccount;
use quittance_domain::ids::{BankAccountId, PaymentRunId, VendorId};
use quittance_domain::payment::{Method, TransferInstructions};
use quittance_domain::payment_run::{
    AccountStanding, Approval, Candidate, CandidateKind, Closing, Criteria, CriteriaRefusal, Discount, Instalment, KeepsBack, PaymentRun,
    PaymentRunCommand, PaymentRunPage, PaymentRunPageCommand, RunProposal, credits_used, page_id, pages, propose_with_set_offs,
};
use quittance_domain::tenant::{CompanyAccount, Tenant};
use quittance_domain::terms::{self, AgreedTerms};
use quittance_domain::vendor::{AccountStatus, Profile, Standing};
use quittance_domain::withholding::{RateInForce, TaxedShare, WithholdingTax};

use crate::cheque;
use crate::commands::UseCase;
use crate::context::Context;
use crate::failure::{Failure, Refused};
use crate::payment::{debtor, no_instructions_elsewhere, other_currency};
use crate::value_date::moves_on;
use crate::withholding::withholding_id;
use crate::work::Work;

/// Reasons on a page at most.
const EXCLUSIONS_MAX: usize = 500;

/// Everything that is open, as of one position of the log.
#[derive(Clone, Debug, Default)]
pub struct OpenInvoices {
    pub as_of: i64,
    pub invoices: Vec<OpenInvoice>,
    pub vendors: HashMap<VendorId, Profile>,
}

/// An instalment of an invoice, or a credit, with what decides about it but for its vendor.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenInvoice {
    pub instalment: Instalment,
    pub kind: CandidateKind,
    pub vendor_id: VendorId,
    pub pay_to: Option<BankAccountId>,
    pub open: Money,
    pub counts_from: NaiveDate,
    pub due_date: NaiveDate,
    /// What grants a discount, and where the invoice stands.
    pub terms: Option<Arc<(AgreedTerms, terms::Standing)>>,
    /// How much of the invoice is settled ahead of this part, if it is one of several that are open.
    pub before: Option<Money>,
    pub approval: Approval,
    pub holds: Vec<String>,
    pub duplicate_suspect: bool,
    pub paid_otherwise: bool,
    pub in_another_run: bool,
    /// How much of it tax is kept back of, where its vendor's payments keep any back. `None` of a credit.
    pub share: Option<TaxedShare>,
}

impl OpenInvoice {
    fn discount(&self, value_date: NaiveDate) -> Option<Discount> {
        let (terms, standing) = self.terms.as_deref()?;
        let amount = match self.before {
            Some(before) => terms.share_of(*standing, before, self.open, value_date),
            None => terms.settlement(*standing, None, value_date).discount,
        };
        let until = terms.available(value_date)?.last_day;
        amount.is_positive().then_some(Discount { amount, until })
    }

    /// What all parts that are open earn, paid at once.
    fn closing(&self, value_date: NaiveDate) -> Option<Closing> {
        let (terms, standing) = self.terms.as_deref().filter(|_| self.before.is_some())?;
        let amount = terms.settlement(*standing, None, value_date).discount;
        let until = terms.available(value_date)?.last_day;
        amount.is_positive().then_some(Closing { open: standing.open, discount: Discount { amount, until } })
    }
}

pub struct ProposePaymentRun {
    pub id: PaymentRunId,
    pub method: Method,
    pub debtor_account_id: Option<BankAccountId>,
    pub criteria: Criteria,
    /// As asked for; what the next run pays too late is due now where absent.
    pub due_until: Option<NaiveDate>,
    pub open: OpenInvoices,
    /// Of international credit transfers.
    pub instructions: Option<TransferInstructions>,
}

impl UseCase for ProposePaymentRun {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.reserve_primary::<PaymentRun>(self.id);
        no_instructions_elsewhere(self.method, self.instructions.as_ref())?;
        let tenant = work.load::<Tenant>(work.tenant()).await?;
        let drawn_on = debtor(tenant.company()?, self.method, self.debtor_account_id)?;
        if self.method == Method::Cheque {
            cheque::admit_account(work, drawn_on).await?;
        }
        let mut criteria = self.criteria(drawn_on)?;
        let next_moves_on = moves_on(work, self.method, criteria.next_run_date).await?;
        criteria.due_until = self.due_until.or(next_moves_on.pred_opt()).unwrap_or(criteria.due_until);
        let value_date = moves_on(work, self.method, self.criteria.run_date.max(work.ctx.today())).await?;
        let rates = self.rates(work, value_date).await?;
        let candidates = self.candidates(work.ctx, drawn_on, &rates, value_date);
        let timely = Criteria { next_run_date: next_moves_on, ..criteria.clone() };
        let proposal = propose_with_set_offs(&timely, &candidates);
        let accounts: HashMap<Instalment, BankAccountId> =
            self.open.invoices.iter().filter_map(|open| Some((open.instalment, open.pay_to?))).collect();
        let (selected, sums) = pages(self.id, &proposal.included, |instalment| accounts.get(&instalment).copied());
        let run = RunProposal {
            criteria,
            method: self.method,
            debtor_account_id: self.debtor_account_id,
            as_of: self.open.as_of,
            pages: selected.len() as u32,
            exclusion_pages: proposal.excluded.len().div_ceil(EXCLUSIONS_MAX) as u32,
            excluded: proposal.excluded.len() as u32,
            sums,
            proposed_by: work.ctx.actor,
            credits: credits_used(&proposal.included),
            instructions: self.instructions.clone(),
        };
        work.create::<PaymentRun>(self.id, PaymentRunCommand::Propose(Box::new(run)))?;
        let selected = selected.into_iter().map(|payees| |run_id, page| PaymentRunPageCommand::Select { run_id, page, payees });
        let mut page = 0;
        for command in selected {
            page += 1;
            work.create::<PaymentRunPage>(page_id(self.id, page), command(self.id, page))?;
        }
        for excluded in proposal.excluded.chunks(EXCLUSIONS_MAX) {
            page += 1;
            let command = PaymentRunPageCommand::Exclude { run_id: self.id, page, excluded: excluded.to_vec() };
            work.create::<PaymentRunPage>(page_id(self.id, page), command)?;
        }
        Ok(())
    }
}

impl ProposePaymentRun {
    /// A bank file moves one currency and a cheque that of its account, so others were not asked for. A provider makes transfers one by one.
    fn criteria(&self, drawn_on: Option<&CompanyAccount>) -> Result<Criteria, Failure> {
        if self.method == Method::Provider {
            let detail = "a run pays by bank file or by hand; a provider makes the transfers of single payments";
            return Err(Refused::new("provider_pays_no_run", RefusalKind::Invalid, detail).at("/method").into());
        }
        let mut criteria = self.criteria.clone().checked().map_err(refused)?;
        let of_account = drawn_on.map(|account| account.currency).filter(|_| self.method == Method::Cheque);
        if let Some(only) = self.method.currency().or(of_account) {
            if !criteria.currencies.is_empty() && criteria.currencies != [only] {
                return Err(other_currency(self.method).at("/currencies").into());
            }
            criteria.currencies = vec![only];
        }
        Ok(criteria)
    }

    /// What the codes of these vendors say on the day on which the run's payments count.
    async fn rates(&self, work: &mut Work<'_>, value_date: NaiveDate) -> Result<HashMap<String, RateInForce>, Failure> {
        let codes: HashSet<&String> = self.open.vendors.values().filter_map(|vendor| vendor.details.withholding_tax.as_ref()).collect();
        let mut rates = HashMap::new();
        for code in codes {
            let tax = work.load::<WithholdingTax>(withholding_id(work.tenant(), code)).await?;
            rates.extend(tax.in_force(value_date).map(|rate| (code.clone(), rate)));
        }
        Ok(rates)
    }

    fn candidates(
        &self,
        ctx: &Context,
        drawn_on: Option<&CompanyAccount>,
        rates: &HashMap<String, RateInForce>,
        value_date: NaiveDate,
    ) -> Vec<Candidate> {
        let rail = Rail { method: self.method, drawn_on: drawn_on.map(|account| &account.account), value_date };
        self.open.invoices.iter().map(|open| self.candidate(open, ctx, rail, rates)).collect()
    }

    fn candidate(&self, open: &OpenInvoice, ctx: &Context, rail: Rail<'_>, rates: &HashMap<String, RateInForce>) -> Candidate {
        let vendor = self.open.vendors.get(&open.vendor_id);
        let rate = vendor.and_then(|vendor| rates.get(vendor.details.withholding_tax.as_ref()?));
        Candidate {
            instalment: open.instalment,
            kind: open.kind,
            vendor_id: open.vendor_id,
            vendor_blocked: vendor.is_some_and(|vendor| vendor.blocked.is_some()),
            vendor_unconfirmed: vendor.is_some_and(|vendor| vendor.unconfirmed.is_some()),
            account: vendor.map_or(AccountStanding::Unverified, |vendor| standing(vendor, open, rail, ctx)),
            open: open.open,
            counts_from: open.counts_from,
            due_date: open.due_date,
            discount: open.discount(rail.value_date),
            closing: open.closing(rail.value_date),
            with_instalments: vec![],
            approval: open.approval,
            holds: open.holds.clone(),
            duplicate_suspect: open.duplicate_suspect,
            // Who pays by hand records what happened otherwise.
            paid_otherwise: open.paid_otherwise && rail.method != Method::Manual,
            in_another_run: open.in_another_run,
            legal_priority: vendor.and_then(|vendor| Some(vendor.details.legal_priority.as_ref()?.ground)),
            keeps_back: rate.cloned().zip(open.share.clone()).map(|(rate, share)| KeepsBack { rate, share }),
        }
    }
}

fn refused(refusal: CriteriaRefusal) -> Failure {
    Refused::new(refusal.code(), RefusalKind::Invalid, refusal.to_string()).into()
}

/// How the run's money leaves, and from where.
#[derive(Clone, Copy)]
struct Rail<'r> {
    method: Method,
    drawn_on: Option<&'r BankAccount>,
    /// When it moves.
    value_date: NaiveDate,
}

impl Rail<'_> {
    fn takes(self, account: &BankAccount, open: Money) -> bool {
        self.method.reaches(account) && !self.method.leaves_to_sepa(self.drawn_on, account, open.currency())
    }
}

/// How far the account is to be trusted to which the invoice is to be paid.
fn standing(vendor: &Profile, open: &OpenInvoice, rail: Rail<'_>, ctx: &Context) -> AccountStanding {
    if !vendor.verified {
        return AccountStanding::Unverified;
    }
    let Some(account) = open.pay_to.and_then(|id| vendor.account(id)) else {
        return if rail.method.needs_no_account() && open.pay_to.is_none() { untouched() } else { AccountStanding::Unverified };
    };
    match account.status(true, ctx.now) {
        AccountStatus::Payable if !rail.takes(&account.account, open.open) => AccountStanding::NotOnRail,
        AccountStatus::Payable if rail.method.most().is_some_and(|most| open.open.amount() > most) => AccountStanding::BeyondRail,
        AccountStatus::Payable => AccountStanding::Verified {
            changed_on: match &account.standing {
                Standing::Verified { payable_from, .. } => Some(ctx.zone.day_of(*payable_from)),
                _ => None,
            },
        },
        AccountStatus::CoolingOff => AccountStanding::CoolingOff,
        _ => AccountStanding::Unverified,
    }
}

/// Somebody pays by hand where no account is named.
fn untouched() -> AccountStanding {
    AccountStanding::Verified { changed_on: None }
}
