//! The whole message: group header, payment blocks, transactions, in the order of the schema.

use std::collections::HashSet;

use chrono::{Datelike, NaiveDate, SecondsFormat};
use iso_currency::Currency;
use quittance_domain::payment::Method;
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use super::amount::control_sum;
use super::charset::{bank_text, fitted, legible};
use super::file::{Charges, CreditTransfer, CreditTransferFile, Overlong, PaymentBlock, Remittance, Service, Urgency};
use super::refusal::Refusal;
use super::xml::{Written, Xml};
use super::{Pain001Error, Version, agent, party};

/// The bytes for the bank, and the figures to compare with what the bank says it received.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WrittenFile {
    pub bytes: Vec<u8>,
    pub control: ControlFigures,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ControlFigures {
    pub transactions: usize,
    pub control_sum: Decimal,
    /// Of the bytes, in hexadecimal.
    pub sha256: String,
}

pub fn write(file: &CreditTransferFile, version: Version) -> Result<WrittenFile, Pain001Error> {
    check_file(file)?;
    let transactions = file.blocks.iter().map(|block| block.transactions.len()).sum();
    let amounts = file.blocks.iter().flat_map(|block| &block.transactions).map(|transaction| transaction.amount.amount());
    let control_sum = control_sum(amounts)?;

    let mut xml = Xml::new()?;
    xml.element_in("Document", version.namespace(), |xml| {
        xml.element("CstmrCdtTrfInitn", |xml| {
            xml.element("GrpHdr", |xml| {
                xml.text(&["MsgId"], file.message_id.as_str())?;
                xml.text(&["CreDtTm"], &file.created_at.to_rfc3339_opts(SecondsFormat::Secs, false))?;
                write_totals(xml, transactions, control_sum)?;
                party::write_initiating(xml, &file.initiating_party, version, file.overlong)
            })?;
            for (index, block) in file.blocks.iter().enumerate() {
                write_block(xml, block, version, file.overlong).map_err(|error| error.below("blocks", index))?;
            }
            Ok(())
        })
    })?;
    let bytes = xml.finish();
    let sha256 = hex::encode(Sha256::digest(&bytes));
    Ok(WrittenFile { bytes, control: ControlFigures { transactions, control_sum, sha256 } })
}

/// What only the whole file can tell. Two transfers with one end-to-end id could not be told apart when the bank answers.
fn check_file(file: &CreditTransferFile) -> Result<(), Pain001Error> {
    if file.blocks.is_empty() {
        return Err(Refusal::NoBlocks.into());
    }
    check_year(file.created_at.date_naive())?;
    let (mut blocks, mut end_to_end) = (HashSet::new(), HashSet::new());
    for (index, block) in file.blocks.iter().enumerate() {
        if !blocks.insert(&block.id) {
            return Err(Pain001Error::from(Refusal::BlockIdRepeated).below("blocks", index));
        }
        let repeated = block.transactions.iter().position(|transaction| !end_to_end.insert(&transaction.end_to_end_id));
        if let Some(repeated) = repeated {
            let error = Pain001Error::from(Refusal::EndToEndIdRepeated);
            return Err(error.below("transactions", repeated).below("blocks", index));
        }
    }
    Ok(())
}

fn write_block(xml: &mut Xml, block: &PaymentBlock, version: Version, overlong: Overlong) -> Written {
    check_block(block, version)?;
    let sum = control_sum(block.transactions.iter().map(|transaction| transaction.amount.amount()))?;
    xml.element("PmtInf", |xml| {
        xml.text(&["PmtInfId"], block.id.as_str())?;
        xml.text(&["PmtMtd"], "TRF")?;
        if let Some(batch) = block.batch_booking {
            xml.text(&["BtchBookg"], if batch { "true" } else { "false" })?;
        }
        write_totals(xml, block.transactions.len(), sum)?;
        write_type(xml, block)?;
        write_date(xml, block.execution_date, version)?;
        party::write(xml, "Dbtr", &block.debtor, version, block.service, overlong)?;
        xml.element("DbtrAcct", |xml| {
            agent::write_account_id(xml, &block.debtor_account)?;
            block.debtor_account_currency.map_or(Ok(()), |currency| xml.text(&["Ccy"], currency.code()))
        })?;
        agent::write_debtor_agent(xml, &block.debtor_account, version)?;
        xml.text(&["ChrgBr"], charge_bearer(block.service))?;
        for (index, transaction) in block.transactions.iter().enumerate() {
            write_transaction(xml, transaction, block.service, version, overlong).map_err(|error| error.below("transactions", index))?;
        }
        Ok(())
    })
}

fn check_block(block: &PaymentBlock, version: Version) -> Result<(), Refusal> {
    if block.transactions.is_empty() {
        return Err(Refusal::NoTransactions);
    }
    if version.sepa_only() && block.service != Service::Sepa {
        return Err(Refusal::VersionIsSepaOnly);
    }
    check_year(block.execution_date)?;
    agent::check(&block.debtor_account, block.service)
}

fn check_year(date: NaiveDate) -> Result<(), Refusal> {
    if (1..=9999).contains(&date.year()) { Ok(()) } else { Err(Refusal::DateOutOfRange) }
}

fn write_transaction(xml: &mut Xml, transaction: &CreditTransfer, service: Service, version: Version, overlong: Overlong) -> Written {
    check_transaction(transaction, service)?;
    xml.element("CdtTrfTxInf", |xml| {
        xml.element("PmtId", |xml| {
            if let Some(id) = &transaction.instruction_id {
                xml.text(&["InstrId"], id.as_str())?;
            }
            xml.text(&["EndToEndId"], transaction.end_to_end_id.as_str())
        })?;
        xml.element("Amt", |xml| {
            let currency = transaction.amount.currency();
            xml.text_with("InstdAmt", ("Ccy", currency.code()), &transaction.amount.amount().to_string())
        })?;
        agent::write_creditor_agent(xml, &transaction.creditor_account, version)?;
        party::write(xml, "Cdtr", &transaction.creditor, version, service, overlong)?;
        xml.element("CdtrAcct", |xml| agent::write_account_id(xml, &transaction.creditor_account))?;
        if let Some(code) = &transaction.purpose {
            xml.text(&["Purp", "Cd"], code.as_str())?;
        }
        write_remittance(xml, &transaction.remittance, version, overlong)
    })
}

fn check_transaction(transaction: &CreditTransfer, service: Service) -> Result<(), Refusal> {
    agent::check(&transaction.creditor_account, service)?;
    if service != Service::Sepa {
        return Ok(());
    }
    if transaction.amount.currency() != Currency::EUR {
        return Err(Refusal::SepaNeedsEuro);
    }
    if Method::SepaCreditTransfer.most().is_some_and(|most| transaction.amount.amount() > most) {
        return Err(Refusal::AmountTooLarge);
    }
    Ok(())
}

fn write_remittance(xml: &mut Xml, remittance: &Remittance, version: Version, overlong: Overlong) -> Written {
    match remittance {
        Remittance::None => Ok(()),
        Remittance::Unstructured(text) => {
            let plain = bank_text(text);
            if !legible(&plain) {
                return Err(Refusal::RemittanceIllegible.into());
            }
            xml.text(&["RmtInf", "Ustrd"], &fitted(plain, 140, overlong, Refusal::RemittanceTooLong)?)
        }
        Remittance::Structured(reference) => write_reference(xml, ("Cd", "SCOR"), reference.as_str()),
        // The forms of the SEPA alone know no kind of reference but its own.
        Remittance::Swiss(reference) if version.sepa_only() => xml.text(&["RmtInf", "Ustrd"], reference.as_str()),
        Remittance::Swiss(reference) => write_reference(xml, ("Prtry", "QRR"), reference.as_str()),
    }
}

fn write_reference(xml: &mut Xml, (choice, kind): (&'static str, &str), reference: &str) -> Written {
    xml.element("RmtInf", |xml| {
        xml.element("Strd", |xml| {
            xml.element("CdtrRefInf", |xml| {
                xml.text(&["Tp", "CdOrPrtry", choice], kind)?;
                xml.text(&["Ref"], reference)
            })
        })
    })
}

fn write_totals(xml: &mut Xml, transactions: usize, control_sum: Decimal) -> Written {
    xml.text(&["NbOfTxs"], &transactions.to_string())?;
    xml.text(&["CtrlSum"], &control_sum.to_string())
}

fn write_date(xml: &mut Xml, date: NaiveDate, version: Version) -> Written {
    let path: &[&str] = if version.of_2019() { &["ReqdExctnDt", "Dt"] } else { &["ReqdExctnDt"] };
    xml.text(path, &date.to_string())
}

/// The kind of payment, where it says anything.
fn write_type(xml: &mut Xml, block: &PaymentBlock) -> Written {
    let level = service_level(block.service);
    if level.is_none() && block.category_purpose.is_none() {
        return Ok(());
    }
    xml.element("PmtTpInf", |xml| {
        if matches!(block.service, Service::International { urgency: Urgency::Urgent, .. }) {
            xml.text(&["InstrPrty"], "HIGH")?;
        }
        if let Some(code) = level {
            xml.text(&["SvcLvl", "Cd"], code)?;
        }
        block.category_purpose.as_ref().map_or(Ok(()), |code| xml.text(&["CtgyPurp", "Cd"], code.as_str()))
    })
}

fn service_level(service: Service) -> Option<&'static str> {
    match service {
        Service::Sepa => Some("SEPA"),
        Service::International { urgency: Urgency::Urgent, .. } => Some("URGP"),
        Service::International { urgency: Urgency::Normal, .. } => None,
    }
}

fn charge_bearer(service: Service) -> &'static str {
    match service {
        Service::Sepa => "SLEV",
        Service::International { charges: Charges::Shared, .. } => "SHAR",
        Service::International { charges: Charges::Debtor, .. } => "DEBT",
        Service::International { charges: Charges::Creditor, .. } => "CRED",
    }
}
