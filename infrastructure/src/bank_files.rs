//! The bank file of a payment or a run: pain.001 from payment plans. The same plans and moment always give the same bytes.

use chrono::NaiveDate;
use quittance_application::ports::{BankFile, BankFileRefusal, BankFiles, FileMoment};
use quittance_domain::Currency;
use quittance_domain::bank_account::{BankAccount, Country, CreditorReference, PaymentReference, QrReference};
use quittance_domain::party;
use quittance_domain::payment::{ChargeBearer, CreditorItem, PaymentPlan, SentFile};
use uuid::Uuid;

use crate::pain001::{
    Address, Charges, CreditTransfer, CreditTransferFile, InitiatingParty, InstructedAmount, Overlong, Pain001Error, Party, PaymentBlock,
    Remittance, Service, Urgency, Version, write,
};

pub struct Pain001Files;

impl BankFiles for Pain001Files {
    fn write(&self, id: Uuid, plans: &[&PaymentPlan], moment: FileMoment, format: &str) -> Result<BankFile, BankFileRefusal> {
        let version = version_of(format).ok_or_else(|| BankFileRefusal::UnknownFormat(format.to_owned()))?;
        let file = credit_transfers(id, plans, moment)?;
        let written = write(&file, version).map_err(|error| told_of(&file, &error))?;
        let facts = SentFile {
            format: format.to_owned(),
            message_id: file.message_id.to_string(),
            transactions: u32::try_from(written.control.transactions).map_err(inexpressible)?,
            control_sum: written.control.control_sum,
            sha256: written.control.sha256.clone(),
            ach_control: None,
        };
        Ok(BankFile { facts, bytes: written.bytes })
    }
}

/// Whose payment it is that no file can say.
fn told_of(file: &CreditTransferFile, error: &Pain001Error) -> BankFileRefusal {
    let at = |pointer: &str| pointer.split('/').filter_map(|step| step.parse().ok()).collect::<Vec<usize>>();
    let at_fault = match error {
        Pain001Error::Refused { pointer, .. } => match at(pointer).as_slice() {
            [block, transaction, ..] => file.blocks.get(*block).and_then(|block| block.transactions.get(*transaction)),
            _ => None,
        },
        Pain001Error::Unwritable(_) => None,
    };
    match (at_fault, error) {
        (Some(transfer), Pain001Error::Refused { reason, .. }) => {
            BankFileRefusal::NotExpressible(format!("{}, {}: {reason}", transfer.creditor.name, transfer.end_to_end_id))
        }
        _ => inexpressible(error),
    }
}

fn version_of(format: &str) -> Option<Version> {
    Version::ALL.into_iter().find(|version| version.format_name() == format)
}

fn credit_transfers(id: Uuid, plans: &[&PaymentPlan], moment: FileMoment) -> Result<CreditTransferFile, BankFileRefusal> {
    let debtor_name = plans.first().map(|plan| plan.debtor_name.clone()).unwrap_or_default();
    let earliest = moment.zone.day_of(moment.at);
    let blocks = same_debtor_and_day(plans, earliest)?;
    let blocks = (1u32..).zip(blocks).map(|(number, plans)| block(id, number, &plans, earliest)).collect::<Result<_, _>>()?;
    Ok(CreditTransferFile {
        message_id: PaymentReference::message_id(id),
        created_at: moment.at,
        initiating_party: InitiatingParty { name: debtor_name, identification: None },
        blocks,
        // Names and remittance texts are cut to the bank's limits; ids never are.
        overlong: Overlong::Truncate,
    })
}

/// Transfers from one account on one day make one block, in the order in which the first of each comes.
fn same_debtor_and_day<'p>(plans: &[&'p PaymentPlan], earliest: NaiveDate) -> Result<Vec<Vec<&'p PaymentPlan>>, BankFileRefusal> {
    let mut blocks: Vec<Vec<&PaymentPlan>> = Vec::new();
    for plan in plans {
        if plan.debtor_account.is_none() {
            return Err(BankFileRefusal::NotExpressible("the debtor has no account".to_owned()));
        }
        let same = |block: &&mut Vec<&PaymentPlan>| {
            let one_day = |one: &PaymentPlan| requested_day(one, earliest) == requested_day(plan, earliest);
            block
                .first()
                .is_some_and(|one| one.debtor_account == plan.debtor_account && one.international == plan.international && one_day(one))
        };
        match blocks.iter_mut().find(same) {
            Some(block) => block.push(plan),
            None => blocks.push(vec![plan]),
        }
    }
    Ok(blocks)
}

/// Banks refuse a day that has passed: what leaves late is asked for on the day it leaves.
fn requested_day(plan: &PaymentPlan, earliest: NaiveDate) -> NaiveDate {
    plan.execution_date.max(earliest)
}

fn block(id: Uuid, number: u32, plans: &[&PaymentPlan], earliest: NaiveDate) -> Result<PaymentBlock, BankFileRefusal> {
    let first = plans.first().ok_or_else(|| BankFileRefusal::NotExpressible("the file has no payment".to_owned()))?;
    let debtor_account = first.debtor_account.clone();
    let transactions = plans.iter().flat_map(|plan| plan.items.iter().map(|item| credit_transfer(plan, item)));
    Ok(PaymentBlock {
        id: PaymentReference::block_id(id, number).map_err(inexpressible)?,
        debtor: Party {
            name: first.debtor_name.clone(),
            address: first.international.as_ref().and_then(|abroad| complete(&abroad.debtor_address)),
        },
        debtor_account: debtor_account.ok_or_else(|| BankFileRefusal::NotExpressible("the debtor has no account".to_owned()))?,
        debtor_account_currency: first.international.as_ref().map(|abroad| iso(abroad.debtor_currency)).transpose()?,
        execution_date: requested_day(first, earliest),
        batch_booking: None,
        service: service(first),
        category_purpose: first.international.as_ref().and_then(|abroad| abroad.instructions.category_purpose.clone()),
        transactions: transactions.collect::<Result<_, _>>()?,
    })
}

fn service(plan: &PaymentPlan) -> Service {
    let Some(abroad) = &plan.international else { return Service::Sepa };
    let charges = match abroad.instructions.charges {
        ChargeBearer::Shared => Charges::Shared,
        ChargeBearer::Debtor => Charges::Debtor,
        ChargeBearer::Creditor => Charges::Creditor,
    };
    Service::International { urgency: if abroad.instructions.urgent { Urgency::Urgent } else { Urgency::Normal }, charges }
}

/// The bank knows where its own customer is: an address that others would turn away is left out.
fn complete(address: &party::Address) -> Option<Address> {
    Some(self::address(address)).filter(|address| address.town.is_some() && address.country.is_some())
}

fn iso(currency: Currency) -> Result<iso_currency::Currency, BankFileRefusal> {
    iso_currency::Currency::from_code(currency.code()).ok_or_else(|| inexpressible(format!("{currency} is no currency of ISO 4217")))
}

fn credit_transfer(plan: &PaymentPlan, item: &CreditorItem) -> Result<CreditTransfer, BankFileRefusal> {
    let creditor_account =
        item.creditor_account.clone().ok_or_else(|| BankFileRefusal::NotExpressible(format!("item {} has no account", item.line)))?;
    Ok(CreditTransfer {
        instruction_id: None,
        end_to_end_id: PaymentReference::parse(&item.end_to_end_id).map_err(inexpressible)?,
        amount: InstructedAmount::new(item.amount.amount(), item.amount.currency().code()).map_err(inexpressible)?,
        creditor: Party { name: item.creditor_name.clone(), address: Some(address(&item.creditor_address)) },
        remittance: remittance(&item.remittance, &creditor_account),
        creditor_account,
        purpose: plan.international.as_ref().and_then(|abroad| abroad.instructions.purpose.clone()),
    })
}

/// A structured creditor reference (ISO 11649) where the invoice states one: banks carry it without loss. A QR-IBAN takes a QR reference.
fn remittance(text: &str, creditor: &BankAccount) -> Remittance {
    let qr = creditor.iban().filter(|iban| iban.is_qr()).and_then(|_| QrReference::parse(text));
    if let Some(reference) = qr {
        return Remittance::Swiss(reference);
    }
    match CreditorReference::parse(text) {
        Ok(reference) => Remittance::Structured(reference),
        Err(_) if text.trim().is_empty() => Remittance::None,
        Err(_) => Remittance::Unstructured(text.to_owned()),
    }
}

fn address(address: &party::Address) -> Address {
    Address {
        lines: address.lines.clone(),
        postal_code: address.postal_code.clone(),
        town: address.city.clone(),
        subdivision: address.subdivision.clone(),
        country: address.country.as_deref().and_then(|c| Country::parse(c).ok()),
        ..Address::default()
    }
}

fn inexpressible(error: impl std::fmt::Display) -> BankFileRefusal {
    BankFileRefusal::NotExpressible(error.to_string())
}
