//! How a payment stands in an ACH file: what one vendor's account is sent is one entry, whatever number of invoices it pays.
//!
//! A return or a notification of change names an entry by 15 characters of the sender's. They are a unique fact of the tenant, so that
//! what the bank says leads to one payment for ever.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::event::{CreditorItem, PaymentPlan};
use super::method::Method;
use crate::aggregate::{Claim, derived_id};
use crate::bank_account::BankAccount;
use crate::ids::{PaymentId, VendorId};
use crate::money::Money;

/// The file control record: what the bank counts again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AchControl {
    pub batches: u32,
    pub blocks: u32,
    pub entries_and_addenda: u32,
    /// The sum of the receiving banks' numbers, its last ten digits.
    pub entry_hash: u64,
    /// In US dollars; nothing where the bank itself books what leaves.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub debits: Decimal,
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub credits: Decimal,
}

/// Who an entry goes to, which is what makes its id.
pub struct AchReceiver<'a> {
    pub vendor_id: VendorId,
    pub account: &'a BankAccount,
    /// A person's account is sent one entry an invoice: its class has room to name one.
    pub line_of_person: Option<u32>,
}

impl AchReceiver<'_> {
    /// Fifteen letters and digits, the same whenever they are asked for.
    pub fn identification(&self, payment: PaymentId) -> String {
        let line = self.line_of_person.unwrap_or_default().to_be_bytes();
        let account = self.account.canonical();
        let id = derived_id(&[b"ach entry", payment.0.as_bytes(), self.vendor_id.0.as_bytes(), account.as_bytes(), &line]);
        // 36^15 is a little more than 2^77.
        let mut rest = id.as_u128() >> 51;
        let mut digits = [b'0'; 15];
        for digit in digits.iter_mut().rev() {
            *digit = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(rest % 36) as usize];
            rest /= 36;
        }
        digits.map(char::from).iter().collect()
    }
}

/// Items that leave as one.
#[derive(Clone, Debug)]
pub struct AchEntry<'p> {
    pub identification: &'p str,
    pub items: Vec<&'p CreditorItem>,
    pub amount: Money,
}

impl PaymentPlan {
    /// In the order in which the first item of each comes; none for a payment that leaves another way.
    pub fn ach_entries(&self) -> Vec<AchEntry<'_>> {
        let mut entries: Vec<AchEntry<'_>> = Vec::new();
        if self.method != Method::AchCreditTransfer {
            return entries;
        }
        for item in &self.items {
            match entries.iter_mut().find(|entry| entry.identification == item.end_to_end_id) {
                Some(entry) => {
                    // A payment is in one currency.
                    entry.amount = Money::rounded(entry.amount.amount() + item.amount.amount(), entry.amount.currency());
                    entry.items.push(item);
                }
                None => entries.push(AchEntry { identification: &item.end_to_end_id, items: vec![item], amount: item.amount }),
            }
        }
        entries
    }
}

/// The unique fact that one payment of the tenant has sent an entry of this id.
pub fn ach_entry_claim(identification: &str) -> Claim {
    Claim::of(format!("ach_entry:{identification}"), "ach_entry_taken")
}

/// The unique fact that one file has this name: a bank takes a second one of a day for the first sent twice.
pub fn bank_file_claim(message_id: &str) -> Claim {
    Claim::of(format!("bank_file:{message_id}"), "bank_file_name_taken")
}
