//! The ACH file of payments from one account: companies as CCD, or CTX where an entry pays several invoices; people as PPD.
//!
//! Entries of one class and day make a batch, in the order in which the payments come.

use chrono::NaiveDate;
use quittance_application::ports::{AchFiles, AchOrder, BankFile, BankFileRefusal};
use quittance_domain::bank_account::{BankAccount, UsAccountType};
use quittance_domain::payment::{AchControl, AchEntry, PaymentPlan, SentFile};
use quittance_rails::nacha::records::file_control;
use quittance_rails::nacha::{
    AccountKind, Credit, CreditBatch, CreditClass, CreditRefusal, File, Offset, Originator, Paid, RemittanceOrder, first_banking_day, note,
    payment_order, write_credits,
};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

pub struct NachaFiles;

impl AchFiles for NachaFiles {
    fn write(&self, order: &AchOrder<'_>) -> Result<BankFile, BankFileRefusal> {
        let batches = batches(order)?;
        let file = write_credits(&originator(order)?, &batches).map_err(|refusal| told_of(&batches, &refusal))?;
        let bytes = file.bytes();
        let control = control(&file);
        let facts = SentFile {
            format: "nacha".to_owned(),
            message_id: order.name.message_id.clone(),
            transactions: order.plans.iter().map(|plan| plan.ach_entries().len() as u32).sum(),
            control_sum: control.credits,
            sha256: hex::encode(Sha256::digest(&bytes)),
            ach_control: Some(control),
        };
        Ok(BankFile { facts, bytes })
    }
}

fn originator(order: &AchOrder<'_>) -> Result<Originator, BankFileRefusal> {
    let (origination, first) = (order.origination, order.plans.first().ok_or_else(nothing_to_pay)?);
    let BankAccount::Us { routing_number, .. } = order.account else { return Err(not_american("the account that it leaves from")) };
    Ok(Originator {
        destination: origination.immediate_destination.clone().unwrap_or_else(|| routing_number.clone()),
        destination_name: origination.destination_name.clone(),
        bank: routing_number.clone(),
        origin: origination.immediate_origin.clone(),
        origin_name: first.debtor_name.clone(),
        created_at: order.at,
        modifier: order.name.modifier,
        reference: String::new(),
    })
}

fn batches(order: &AchOrder<'_>) -> Result<Vec<CreditBatch>, BankFileRefusal> {
    let mut batches: Vec<CreditBatch> = Vec::new();
    for plan in order.plans {
        let effective_date = first_banking_day(plan.execution_date.max(order.at.date()));
        for entry in plan.ach_entries() {
            let class = class_of(&entry);
            let credit = credit(order, plan, &entry, class, effective_date)?;
            match batches.iter_mut().find(|batch| batch.class == class && batch.effective_date == effective_date) {
                Some(batch) => batch.entries.push(credit),
                None => batches.push(CreditBatch { entries: vec![credit], ..batch(order, plan, class, effective_date)? }),
            }
        }
    }
    Ok(batches)
}

fn class_of(entry: &AchEntry<'_>) -> CreditClass {
    match entry.items.as_slice() {
        [one] if one.creditor_is_person => CreditClass::Ppd,
        [_] => CreditClass::Ccd,
        _ => CreditClass::Ctx,
    }
}

fn batch(order: &AchOrder<'_>, plan: &PaymentPlan, class: CreditClass, effective_date: NaiveDate) -> Result<CreditBatch, BankFileRefusal> {
    let BankAccount::Us { account, account_type, .. } = order.account else {
        return Err(not_american("the account that it leaves from"));
    };
    let offset = Offset { account: account.clone(), account_kind: kind(*account_type) };
    Ok(CreditBatch {
        class,
        company_name: plan.debtor_name.clone(),
        company_id: order.origination.company_id.clone(),
        description: order.origination.entry_description.clone(),
        effective_date,
        entries: vec![],
        offset: order.origination.balanced.then_some(offset),
    })
}

fn credit(
    order: &AchOrder<'_>,
    plan: &PaymentPlan,
    entry: &AchEntry<'_>,
    class: CreditClass,
    effective_date: NaiveDate,
) -> Result<Credit, BankFileRefusal> {
    let first = entry.items.first().ok_or_else(nothing_to_pay)?;
    let Some(BankAccount::Us { routing_number, account, account_type }) = &first.creditor_account else {
        return Err(not_american(&format!("the account of item {}", first.line)));
    };
    let paid: Vec<Paid<'_>> = entry.items.iter().map(|item| Paid { invoice: &item.invoice_number, amount: item.amount }).collect();
    let remittance = match paid.as_slice() {
        [one] if class != CreditClass::Ctx => note(one),
        several => payment_order(&RemittanceOrder {
            payer: &plan.debtor_name,
            payer_id: &order.origination.company_id,
            payee: &first.creditor_name,
            identification: entry.identification,
            created_at: order.at,
            effective_date,
            total: entry.amount,
            paid: several,
        }),
    };
    Ok(Credit {
        bank: routing_number.clone(),
        account: account.clone(),
        account_kind: kind(*account_type),
        amount: entry.amount,
        identification: entry.identification.to_owned(),
        name: first.creditor_name.clone(),
        remittance,
    })
}

fn kind(account_type: Option<UsAccountType>) -> AccountKind {
    match account_type {
        Some(UsAccountType::Savings) => AccountKind::Savings,
        Some(UsAccountType::Checking) | None => AccountKind::Checking,
    }
}

fn control(file: &File) -> AchControl {
    let number = |field| file.control.number(field);
    let count = |field| u32::try_from(number(field)).unwrap_or(u32::MAX);
    let dollars = |field| Decimal::from_i128_with_scale(i128::from(number(field)), 2);
    AchControl {
        batches: count(file_control::BATCHES),
        blocks: count(file_control::BLOCKS),
        entries_and_addenda: count(file_control::ENTRIES),
        entry_hash: number(file_control::HASH),
        debits: dollars(file_control::DEBITS),
        credits: dollars(file_control::CREDITS),
    }
}

/// Whose payment it is that no file can say.
fn told_of(batches: &[CreditBatch], refusal: &CreditRefusal) -> BankFileRefusal {
    let at_fault = refusal.entry().and_then(|(batch, entry)| batches.get(batch)?.entries.get(entry));
    match at_fault {
        Some(credit) => BankFileRefusal::NotExpressible(format!("{}, {}: {refusal}", credit.name, credit.identification)),
        None => inexpressible(refusal),
    }
}

fn nothing_to_pay() -> BankFileRefusal {
    BankFileRefusal::NotExpressible("the file has no payment".to_owned())
}

fn not_american(what: &str) -> BankFileRefusal {
    BankFileRefusal::NotExpressible(format!("{what} has no American routing and account number"))
}

fn inexpressible(error: impl std::fmt::Display) -> BankFileRefusal {
    BankFileRefusal::NotExpressible(error.to_string())
}
