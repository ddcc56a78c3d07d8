//! 100,000 open instalments proposed: at most 3 s (issue "Payables in full depth").

use std::time::{Duration, Instant};

use chrono::{Days, NaiveDate};
use quittance_domain::ids::{InvoiceId, VendorId};
use quittance_domain::payment_run::{AccountStanding, Approval, Candidate, CandidateKind, Criteria, Discount, Instalment, propose};
use quittance_domain::{Currency, Money};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

const INSTALMENTS: u128 = 100_000;
const VENDORS: u128 = 4_000;
const ROUNDS: usize = 5;

fn euros(cents: u128) -> Money {
    Money::rounded(Decimal::new(i64::try_from(cents).expect("small"), 2), Currency::EUR)
}

fn date(day: u128) -> NaiveDate {
    NaiveDate::default() + Days::new(20_454 + u64::try_from(day).expect("small"))
}

/// Every fiftieth is a credit, every seventh has a discount, every eleventh is held.
fn candidate(number: u128) -> Candidate {
    let open = euros(10_000 + number * 7_919 % 500_000);
    Candidate {
        instalment: Instalment { invoice_id: InvoiceId(Uuid::from_u128(number)), number: 1 },
        kind: if number.is_multiple_of(50) { CandidateKind::Credit } else { CandidateKind::Payable },
        vendor_id: VendorId(Uuid::from_u128(number % VENDORS)),
        vendor_blocked: false,
        vendor_unconfirmed: false,
        account: AccountStanding::Verified { changed_on: None },
        open,
        due_date: date(number % 120),
        discount: number.is_multiple_of(7).then(|| Discount { amount: euros(200), until: date(70 + number % 30) }),
        approval: Approval::Given,
        holds: if number.is_multiple_of(11) { vec!["price".to_owned()] } else { vec![] },
        duplicate_suspect: false,
        in_another_run: false,
        legal_priority: number.is_multiple_of(97),
        keeps_back: None,
    }
}

fn main() {
    let candidates: Vec<Candidate> = (0..INSTALMENTS).map(candidate).collect();
    let criteria = Criteria {
        run_date: date(80),
        next_run_date: date(87),
        due_until: date(86),
        hurdle_rate: dec!(0.10),
        account_rest_days: 5,
        currencies: vec![],
        vendors: vec![],
        closed_currencies: vec![],
        cash_limits: vec![euros(10_000_000_000)],
    };
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let proposal = propose(&criteria, &candidates);
        best = best.min(begun.elapsed());
        assert_eq!(proposal.included.len() + proposal.excluded.len(), candidates.len());
        assert!(proposal.included.len() > 10_000, "{} included", proposal.included.len());
    }
    println!("payment run: {INSTALMENTS} instalments proposed in {best:.1?} (at most 3 s)");
    assert!(best < Duration::from_secs(3));
}
