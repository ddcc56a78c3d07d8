//! The one entry by which a bank books a whole file, or the transfers of it that leave on one day: their sum, under an id of our file. Its lines
//! are then the transfers that the file orders, as a bank that lists them writes them: each is matched, and may be taken back, by itself.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use quittance_domain::Money;
use quittance_domain::bank_account::PaymentReference;
use quittance_domain::bank_statement::{Entry, EntryLine, payment_item_key};
use quittance_domain::ids::{BankAccountId, PaymentId};
use quittance_domain::payment::{CreditorItem, ItemState, Payment};

use crate::failure::Failure;
use crate::work::Work;

/// A transfer of a file, and the day for which it was asked.
struct Ordered {
    payment: PaymentId,
    item: CreditorItem,
    day: NaiveDate,
    /// The bank has it, or has carried it out.
    goes: bool,
}

/// The entry as it is, unless it is worth what a file of several payments among `candidates` moved from the account.
pub(crate) async fn told_one_by_one(
    work: &mut Work<'_>,
    account: BankAccountId,
    entry: Entry,
    candidates: &[PaymentId],
) -> Result<Entry, Failure> {
    let [line] = entry.lines.as_slice() else { return Ok(entry) };
    if !line.amount.amount().is_sign_negative() {
        return Ok(entry);
    }
    for file in line.files_named().map(|file| PaymentReference::message_id(file).to_string()) {
        let ordered = ordered_in(work, account, &file, candidates).await?;
        let Some(moved) = worth(&ordered, line.amount.negated()) else { continue };
        let keys: Vec<String> = moved.iter().map(|one| payment_item_key(one.payment, one.item.line, "settles")).collect();
        if work.holders(&keys).await?.iter().any(Option::is_some) {
            continue;
        }
        let lines = moved.into_iter().map(|one| EntryLine {
            amount: one.item.amount.negated(),
            end_to_end_id: Some(one.item.end_to_end_id.clone()),
            ..line.clone()
        });
        let lines = lines.collect();
        return Ok(Entry { lines, ..entry });
    }
    Ok(entry)
}

/// Nothing where the file is one payment's: its sum is matched to it as a whole.
async fn ordered_in(work: &mut Work<'_>, account: BankAccountId, file: &str, candidates: &[PaymentId]) -> Result<Vec<Ordered>, Failure> {
    let mut ordered = vec![];
    let mut payments = 0;
    for id in candidates {
        let payment = work.load::<Payment>(*id).await?;
        let Payment::Sent(sent) = &*payment else { continue };
        let in_file = sent.file.as_ref().is_some_and(|own| own.message_id == file);
        if !in_file || sent.plan.debtor_account_id.is_some_and(|debtor| debtor != account) {
            continue;
        }
        payments += 1;
        let goes = |line| matches!(payment.item_state(line), Some(ItemState::Sent | ItemState::Settled));
        let of_payment = sent.plan.items.iter().map(|item| Ordered {
            payment: *id,
            item: item.clone(),
            day: sent.plan.execution_date,
            goes: goes(item.line),
        });
        ordered.extend(of_payment);
    }
    Ok(if payments > 1 { ordered } else { vec![] })
}

/// Those that are worth `sum` together: what the bank has not rejected, else all that was ordered; of the whole file, else of one day.
fn worth(ordered: &[Ordered], sum: Money) -> Option<Vec<&Ordered>> {
    let mut days: BTreeMap<NaiveDate, Vec<&Ordered>> = BTreeMap::new();
    for one in ordered {
        days.entry(one.day).or_default().push(one);
    }
    let groups: Vec<Vec<&Ordered>> = std::iter::once(ordered.iter().collect()).chain(days.into_values()).collect();
    let going = groups.iter().map(|group| group.iter().copied().filter(|one| one.goes).collect());
    let mut fitting = going.chain(groups.iter().cloned()).filter(|group: &Vec<&Ordered>| group.len() > 1 && is_worth(group, sum));
    fitting.next()
}

fn is_worth(group: &[&Ordered], sum: Money) -> bool {
    let total = group.iter().try_fold(Money::zero(sum.currency()), |total, one| total.plus(one.item.amount));
    total.ok() == Some(sum)
}
