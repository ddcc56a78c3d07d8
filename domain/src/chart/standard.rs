//! The chart that a new tenant begins with: enough accounts for every posting of the engine's own, and a tax code for
//! every category of EN 16931. A German company also gets its rates with the days from which they held.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::ChartPlan;
use super::account::{Account, AccountKind, Code};
use super::posting::{PostingAccounts, PostingRole};
use super::tax_code::{TaxCode, TaxRate};

use AccountKind::{Asset, Equity, Expense, Income, Liability};
use PostingRole as Role;

const INPUT_TAX: &str = "1400";
const OUTPUT_TAX: &str = "2200";

/// Code, name, kind, and what it stands for in the engine's own postings.
const ACCOUNTS: &[(&str, &str, AccountKind, &[PostingRole])] = &[
    ("1000", "Bank", Asset, &[]),
    ("1090", "Bank clearing", Asset, &[Role::BankClearing]),
    ("1095", "Transfers between own accounts", Asset, &[]),
    ("1200", "Inventory", Asset, &[Role::Inventory]),
    ("1300", "Prepayments to vendors", Asset, &[Role::Prepayments]),
    ("1350", "Trade receivables", Asset, &[Role::ReceivablesControl]),
    ("1355", "Trade receivables, revaluation", Asset, &[Role::ReceivablesRevaluation]),
    (INPUT_TAX, "Input tax", Asset, &[Role::InputTax]),
    ("2000", "Trade payables", Liability, &[Role::PayablesControl]),
    ("2010", "Trade payables, revaluation", Liability, &[Role::PayablesRevaluation]),
    ("2020", "Retentions", Liability, &[Role::Retentions]),
    ("2100", "Goods received, not invoiced", Liability, &[Role::GoodsReceivedNotInvoiced]),
    (OUTPUT_TAX, "Output tax", Liability, &[Role::OutputTax]),
    ("2300", "Accrued expenses", Liability, &[]),
    ("3000", "Equity", Equity, &[]),
    ("3900", "Retained earnings", Equity, &[]),
    ("4000", "Revenue", Income, &[Role::DefaultRevenue]),
    ("4600", "Cash discounts granted", Income, &[Role::DiscountsGranted]),
    ("4700", "Cash discounts received", Income, &[Role::DiscountsReceived]),
    ("4800", "Exchange gains, realised", Income, &[Role::RealisedFxGain]),
    ("4810", "Exchange gains, unrealised", Income, &[Role::UnrealisedFxGain]),
    ("4900", "Interest received", Income, &[]),
    ("5000", "Cost of goods", Expense, &[Role::CostOfGoods]),
    ("5100", "Price differences", Expense, &[Role::PriceDifferences]),
    ("5200", "Inventory differences", Expense, &[Role::InventoryDifferences]),
    ("6000", "Purchases and services", Expense, &[Role::DefaultExpense]),
    ("6800", "Exchange losses, realised", Expense, &[Role::RealisedFxLoss]),
    ("6810", "Exchange losses, unrealised", Expense, &[Role::UnrealisedFxLoss]),
    ("6850", "Bank charges", Expense, &[]),
    ("6860", "Interest paid", Expense, &[]),
    ("6870", "Bad debts", Expense, &[Role::BadDebts]),
    ("6900", "Small differences", Expense, &[Role::SmallDifferences]),
    ("6910", "Rounding", Expense, &[Role::Rounding]),
];

/// The categories of EN 16931 (UNTDID 5305 as BR-CL-17 allows it).
const CATEGORIES: &[(&str, &str)] = &[
    ("S", "Standard rate"),
    ("Z", "Zero rate"),
    ("E", "Exempt"),
    ("AE", "Reverse charge"),
    ("K", "Intra-community supply"),
    ("G", "Export"),
    ("O", "Outside the scope of tax"),
    ("L", "Canary Islands indirect tax"),
    ("M", "Tax of Ceuta and Melilla"),
];

/// The buyer owes the tax: reverse charge, intra-community supply.
const SELF_ASSESSED: [&str; 2] = ["AE", "K"];

/// Year, month, percent.
type Since = (i32, u32, u32);

const GERMAN_FULL_RATE: &[Since] = &[(2007, 1, 19), (2020, 7, 16), (2021, 1, 19)];

/// German value added tax (§ 12 UStG, with the lower rates of the second half of 2020). What the vendor does not ask for we owe in its
/// place, and deduct (§ 13b and § 1a UStG): at the full rate, where nobody says that the reduced one holds.
const GERMANY: &[(&str, &str, &str, &[Since])] = &[
    ("VST19", "Input tax, full rate", "S", GERMAN_FULL_RATE),
    ("VST7", "Input tax, reduced rate", "S", &[(1983, 7, 7), (2020, 7, 5), (2021, 1, 7)]),
    ("RC19", "Reverse charge, full rate", "AE", GERMAN_FULL_RATE),
    ("IGE19", "Intra-community acquisition, full rate", "K", GERMAN_FULL_RATE),
];

impl ChartPlan {
    /// `country` is ISO 3166-1 alpha-2, where it is known.
    pub fn standard(country: Option<&str>) -> Self {
        let national = if country == Some("DE") { GERMANY } else { &[] };
        let general = CATEGORIES.iter().map(|(category, name)| tax_code(category, name, category, vec![]));
        let own = national.iter().map(|(code, name, category, since)| TaxCode {
            output_account: SELF_ASSESSED.contains(category).then(|| self::code(OUTPUT_TAX)),
            ..tax_code(code, name, category, since.iter().filter_map(rate).collect())
        });
        Self { accounts: ACCOUNTS.iter().map(account).collect(), tax_codes: general.chain(own).collect(), posting_accounts: posting() }
    }
}

fn account((number, name, kind, _): &(&str, &str, AccountKind, &[PostingRole])) -> Account {
    Account { code: code(number), name: (*name).to_owned(), kind: *kind, active: true }
}

/// The account that stands for a role.
pub(super) fn account_for(role: PostingRole) -> Account {
    let row = ACCOUNTS.iter().find(|(.., roles)| roles.contains(&role));
    row.map(account).unwrap_or_else(|| unreachable!("the standard chart has an account for {role}"))
}

fn posting() -> PostingAccounts {
    PostingAccounts(ACCOUNTS.iter().flat_map(|(number, _, _, roles)| roles.iter().map(|role| (*role, code(number)))).collect())
}

fn tax_code(short: &str, name: &str, category: &str, rates: Vec<TaxRate>) -> TaxCode {
    let (name, category) = (name.to_owned(), category.to_owned());
    TaxCode { code: code(short), name, category, rates, input_account: code(INPUT_TAX), output_account: None, active: true }
}

fn rate((year, month, percent): &Since) -> Option<TaxRate> {
    Some(TaxRate { from: NaiveDate::from_ymd_opt(*year, *month, 1)?, percent: Decimal::from(*percent) })
}

/// The codes above are codes; `tests/chart.rs` adopts them.
pub(super) fn code(text: &str) -> Code {
    text.parse().unwrap_or_else(|_| unreachable!("{text} is written above"))
}
