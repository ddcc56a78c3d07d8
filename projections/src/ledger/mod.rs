//! The general ledger: every financial event as balanced lines, and sums of them for any day in the books at any position
//! of the log.
//!
//! What is posted is decided by `quittance_domain::ledger` from what the log had said by then; here it is kept and added
//! up. An entry that does not balance stops the read model loudly.

pub mod export;
mod holdings;
mod journal;
mod kept;
mod lines;
pub mod rates;
mod stock;
mod stock_facts;
mod stock_value;
mod sums;
mod trial_balance;

use quittance_application::ports::Later;
use quittance_infrastructure::database::TenantTx;

pub use journal::{JournalFilter, JournalLineView, journal};
pub use kept::books_now;
pub use lines::{JournalLineRow, first_line_of};
pub use rates::{closing_rate, in_base};
pub use stock_facts::{StockValueFactFilter, StockValueFactSum, StockValueFactView, StockValueFacts, stock_value_facts};
pub use stock_value::{StockReplay, StockValue, StockValueFilter, StockValueLine, stock_replay, stock_value};
pub(crate) use trial_balance::through;
pub use trial_balance::{
    AccountBalance, AccountStatement, StatementFilter, TrialBalance, TrialBalanceFilter, TrialBalanceLine, account_balances,
    control_balance, role_balances, statement, trial_balance,
};

use crate::fact::{Fact, Recorded};
use crate::projector::{Memory, ProjectionError, Projector};
use holdings::HoldingRow;
use kept::{Keeper, KeptRow};
use rates::ExchangeRateRow;
use stock::{StockBook, StockHistoryRow, StockValueRow};

pub struct Ledger;

impl Projector for Ledger {
    fn name(&self) -> &'static str {
        "ledger"
    }

    /// 2: credits, prepayments, withheld tax and what is coded anew in another currency are translated. 3: of a document that
    /// names an order only the lines that bill it clear what receipts posted. 4: discounts know which part of them corrects tax. 5: money leaves bank accounts in other
    /// currencies at what it cost, and nothing stays on the clearing account. 6: bills in parts price each of the goods that are here once,
    /// and nothing of what rates differ by stays between goods and invoices. 7: a new price follows goods to where they were sent. 8: what
    /// customers owe. 9: what was undone before its rate was known waits for it all the same.
    fn version(&self) -> i32 {
        9
    }

    fn tables(&self) -> &'static [&'static str] {
        &["ledger_state", "exchange_rates", "journal_lines", "ledger_sums", "bank_holdings", "stock_history", "stock_values"]
    }

    fn searches(&self) -> &'static [&'static str] {
        &["ledger_state", "exchange_rates", "bank_holdings", "stock_history"]
    }

    fn project<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        memory: &'a mut Memory,
        events: &'a [Recorded],
    ) -> Later<'a, Result<(), ProjectionError>> {
        Box::pin(async move {
            let kept = memory.rows::<KeptRow>();
            let mut keeper = Keeper::open(tx, kept, events).await?;
            let (mut posted, mut quoted) = (Vec::new(), Vec::new());
            for at in events {
                let entries = keeper.post(at)?;
                posted.extend(lines::rows_of(&entries, at));
                if let Fact::ExchangeRates(event) = &at.fact {
                    quoted.extend(rates::rows_of(event, at));
                }
            }
            let (StockBook { movements, values, .. }, held) = keeper.close();
            kept.flush(tx).await?;
            memory.rows::<HoldingRow>().write(tx, holdings::rows_of(&held)).await?;
            sums::add(tx, &posted).await?;
            let history = memory.rows::<StockHistoryRow>();
            movements.into_iter().for_each(|row| history.put(row));
            history.flush_and_forget(tx).await?;
            let worth = memory.rows::<StockValueRow>();
            values.into_iter().for_each(|row| worth.put(row));
            worth.flush_and_forget(tx).await?;
            let rates = memory.rows::<ExchangeRateRow>();
            quoted.into_iter().for_each(|row| rates.put(row));
            rates.flush_and_forget(tx).await?;
            let lines = memory.rows::<JournalLineRow>();
            posted.into_iter().for_each(|row| lines.put(row));
            lines.flush_and_forget(tx).await
        })
    }
}
