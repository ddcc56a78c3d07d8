//! The bank file of a payment: pain.001 from a payment plan. The same plan and time always give the same bytes.

use chrono::{DateTime, Utc};
use quittance_application::ports::{BankFile, BankFileRefusal, BankFiles};
use quittance_domain::bank_account::{Country, CreditorReference, PaymentReference};
use quittance_domain::party;
use quittance_domain::payment::{CreditorItem, PaymentPlan, SentFile};
use uuid::Uuid;

use crate::pain001::{
    Address, CreditTransfer, CreditTransferFile, InitiatingParty, InstructedAmount, Overlong, Party, PaymentBlock, Remittance, Service,
    Version, write,
};

pub struct Pain001Files;

impl BankFiles for Pain001Files {
    fn write(&self, payment: Uuid, plan: &PaymentPlan, started_at: DateTime<Utc>, format: &str) -> Result<BankFile, BankFileRefusal> {
        let version = version_of(format).ok_or_else(|| BankFileRefusal::UnknownFormat(format.to_owned()))?;
        let file = credit_transfers(payment, plan, started_at)?;
        let written = write(&file, version).map_err(inexpressible)?;
        let facts = SentFile {
            format: format.to_owned(),
            message_id: file.message_id.to_string(),
            transactions: u32::try_from(written.control.transactions).map_err(inexpressible)?,
            control_sum: written.control.control_sum,
            sha256: written.control.sha256.clone(),
        };
        Ok(BankFile { facts, bytes: written.bytes })
    }
}

fn version_of(format: &str) -> Option<Version> {
    Version::ALL.into_iter().find(|version| version.format_name() == format)
}

fn credit_transfers(payment: Uuid, plan: &PaymentPlan, started_at: DateTime<Utc>) -> Result<CreditTransferFile, BankFileRefusal> {
    let debtor_account =
        plan.debtor_account.clone().ok_or_else(|| BankFileRefusal::NotExpressible("the debtor has no account".to_owned()))?;
    let block = PaymentBlock {
        id: PaymentReference::block_id(payment, 1).map_err(inexpressible)?,
        debtor: Party { name: plan.debtor_name.clone(), address: None },
        debtor_account,
        debtor_account_currency: None,
        execution_date: plan.execution_date,
        batch_booking: None,
        service: Service::Sepa,
        transactions: plan.items.iter().map(credit_transfer).collect::<Result<_, _>>()?,
    };
    Ok(CreditTransferFile {
        message_id: PaymentReference::message_id(payment),
        created_at: started_at,
        initiating_party: InitiatingParty { name: plan.debtor_name.clone(), identification: None },
        blocks: vec![block],
        // Names and remittance texts are cut to the bank's limits; ids never are.
        overlong: Overlong::Truncate,
    })
}

fn credit_transfer(item: &CreditorItem) -> Result<CreditTransfer, BankFileRefusal> {
    let creditor_account =
        item.creditor_account.clone().ok_or_else(|| BankFileRefusal::NotExpressible(format!("item {} has no account", item.line)))?;
    Ok(CreditTransfer {
        instruction_id: None,
        end_to_end_id: PaymentReference::parse(&item.end_to_end_id).map_err(inexpressible)?,
        amount: InstructedAmount::new(item.amount.amount(), item.amount.currency().code()).map_err(inexpressible)?,
        creditor: Party { name: item.creditor_name.clone(), address: Some(address(&item.creditor_address)) },
        creditor_account,
        remittance: remittance(&item.remittance),
    })
}

/// A structured creditor reference (ISO 11649) where the invoice states one: banks carry it without loss.
fn remittance(text: &str) -> Remittance {
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
