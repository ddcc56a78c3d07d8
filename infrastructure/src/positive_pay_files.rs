//! The list of an account's cheques in the layout that its bank wants.

use quittance_application::ports::{BankFile, BankFileRefusal, ListedCheque, PositivePayFiles, PositivePayOrder};
use quittance_domain::bank_account::BankAccount;
use quittance_domain::payment::SentFile;
use quittance_rails::positive_pay::{Cheque, ChequeState, write_positive_pay};
use sha2::{Digest, Sha256};

pub struct PositivePayLists;

impl PositivePayFiles for PositivePayLists {
    fn write(&self, order: &PositivePayOrder<'_>) -> Result<BankFile, BankFileRefusal> {
        let cheques = order.cheques.iter().map(|listed| cheque(listed, order.account)).collect::<Result<Vec<_>, _>>()?;
        let list =
            write_positive_pay(&cheques, order.layout, order.last_day).map_err(|e| BankFileRefusal::NotExpressible(e.to_string()))?;
        let facts = SentFile {
            format: if order.layout.is_fixed() { "positive_pay_fixed" } else { "positive_pay" }.to_owned(),
            message_id: order.message_id.to_owned(),
            transactions: list.cheques as u32,
            control_sum: list.issued.amount(),
            sha256: hex::encode(Sha256::digest(&list.bytes)),
            ach_control: None,
        };
        Ok(BankFile { facts, bytes: list.bytes })
    }
}

fn cheque(listed: &ListedCheque, account: &BankAccount) -> Result<Cheque, BankFileRefusal> {
    let BankAccount::Us { routing_number, account, .. } = account else {
        return Err(BankFileRefusal::NotExpressible("positive pay lists the cheques of American accounts".to_owned()));
    };
    let ListedCheque { number, amount, issued_on, payee, void } = listed.clone();
    let state = if void { ChequeState::Void } else { ChequeState::Issued };
    Ok(Cheque { number, routing_number: routing_number.clone(), account: account.clone(), amount, issued_on, payee, state })
}
