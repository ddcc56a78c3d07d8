//! Which entries of a statement no other one of the account has brought.

use std::collections::HashSet;

use quittance_domain::RefusalKind;
use quittance_domain::bank_statement::{BankStatement, Counted, Import, Span, StatedBalance, day_keys, entry_key, retold_key};
use quittance_domain::ids::{BankAccountId, BankStatementId};
use quittance_domain::tenant::CompanyAccount;
use uuid::Uuid;

use crate::bank_batch::told_one_by_one;
use crate::bank_divide::told_later;
use crate::bank_retold::{KnownEntry, Named, known_entries};
use crate::bank_statement::{ImportStatements, StatementDraft};
use crate::failure::{Failure, Refused};
use crate::work::Work;

impl ImportStatements {
    /// Lines of entries that no other statement of the account has brought, nor one `before` it in the file. What one has brought as a sum, and this file lists, is `divided` there.
    pub(crate) async fn new_lines(
        &self,
        work: &mut Work<'_>,
        account: &CompanyAccount,
        draft: &StatementDraft,
        counted: &mut Counted,
        before: &[BankStatementId],
        divided: &mut Vec<BankStatementId>,
    ) -> Result<Import, Failure> {
        check_taken_back(work, account.id, draft).await?;
        let mut import = Import {
            bank_account_id: account.id,
            format: draft.format.clone(),
            kind: draft.kind,
            statement_id: draft.statement_id.clone(),
            sequence: draft.sequence.clone(),
            page: draft.page.clone(),
            currency: account.currency,
            from: draft.from,
            to: draft.to,
            opening: draft.opening,
            closing: draft.closing,
            proof: draft.proof.clone(),
            lines: vec![],
            repeated: 0,
            retold: vec![],
            pending: draft.pending,
            goes_round: false,
            sha256: self.sha256.clone(),
            imported_by: work.ctx.actor,
        };
        let others = [&self.told[..], before].concat();
        let named = named(work, &import, draft, counted).await?;
        for (entry, known) in draft.entries.iter().zip(known_entries(work, &import, draft, named, &others).await?) {
            let KnownEntry { identity, brought, retold } = known;
            import.retold.extend(retold);
            if let Some((holder, brought_as)) = brought {
                import.repeated += 1;
                if told_later(work, holder, &brought_as, entry, &self.sha256).await? {
                    divided.push(holder);
                }
                continue;
            }
            let next = import.lines.len() as u32 + 1;
            let entry = told_one_by_one(work, account.id, entry.clone(), &self.candidates.payments).await?;
            import.lines.extend(entry.into_lines(&identity, next));
        }
        let before = self.told_before(work, &import).await?;
        import.goes_round = before == Some(Before::SameWay);
        if before == Some(Before::Elsewhere) {
            (import.repeated, import.lines) = (draft.entries.len() as u32, vec![]);
        }
        Ok(import)
    }

    /// Whether what moved on this day has been told before. Another format names its entries otherwise, and so may a second copy of the same;
    /// what the bank itself tells apart by its number, or within one file, went the same way again.
    async fn told_before(&self, work: &mut Work<'_>, import: &Import) -> Result<Option<Before>, Failure> {
        let holders: Vec<Uuid> = work.holders(&day_keys(import)).await?.into_iter().flatten().collect();
        for holder in &holders {
            let statement = work.load::<BankStatement>(*holder).await?;
            let told = &statement.imported()?.import;
            if told.sha256 != import.sha256 && !told.is_numbered_apart(import) {
                return Ok(Some(Before::Elsewhere));
            }
        }
        Ok((!holders.is_empty()).then_some(Before::SameWay))
    }
}

/// Where what moved between the same balances of a day was told: by another file as the same, or by another statement of the day.
#[derive(PartialEq)]
enum Before {
    Elsewhere,
    SameWay,
}

/// Entries that look like those of a statement that is apart from this one are counted on from there: the next page, whichever comes first.
async fn named(work: &mut Work<'_>, import: &Import, draft: &StatementDraft, counted: &mut Counted) -> Result<Vec<Named>, Failure> {
    let balance = |stated: &Option<StatedBalance>| stated.as_ref().map(|balance| balance.amount);
    counted.turn((balance(&import.opening), balance(&import.closing)));
    let mut judged = HashSet::new();
    loop {
        let identities = counted.identities(&draft.entries);
        let account = import.bank_account_id;
        let keys: Vec<String> = identities.iter().map(|identity| entry_key(account, identity)).collect();
        let again: Vec<String> = identities.iter().map(|identity| retold_key(account, identity, &import.format)).collect();
        let (brought, told_again) = (work.holders(&keys).await?, work.holders(&again).await?);
        let mut tellers: Vec<Uuid> = brought.iter().chain(&told_again).copied().flatten().collect();
        tellers.retain(|teller| judged.insert(*teller));
        let mut apart = vec![];
        for teller in tellers {
            let statement = work.load::<BankStatement>(teller).await?;
            apart.extend(told_apart(import, draft, &statement.imported()?.import));
        }
        if apart.is_empty() {
            counted.pass_over(identities.iter().cloned());
            return Ok(identities.into_iter().zip(brought.into_iter().map(|holder| holder.map(BankStatementId))).collect());
        }
        counted.pass_over(apart);
    }
}

/// What the other statement told, if none of it can be of this one.
fn told_apart(import: &Import, draft: &StatementDraft, other: &Import) -> Vec<String> {
    let own = Span::of(import, draft.entries.iter().map(|entry| entry.amount.amount()));
    match own.zip(Span::imported(other)) {
        Some((own, others)) if own.is_apart_from(&others) => other.identities().cloned().collect(),
        _ => vec![],
    }
}

/// Whether the file says now what it said when it was imported: a CSV says what its mapping reads in it.
pub(crate) fn reads_alike(known: &Import, draft: &StatementDraft) -> bool {
    if draft.format != "csv" {
        return true;
    }
    let lines = draft.entries.iter().flat_map(|entry| entry.lines.iter().map(move |line| (entry, line)));
    let said: HashSet<_> =
        lines.map(|(entry, line)| (entry.booked_on, entry.value_date, line.amount.amount(), &line.text, &line.end_to_end_id)).collect();
    // What the file has as one sum of ours is kept as what we ordered.
    let kept = known.lines.chunk_by(|one, next| one.identity == next.identity).filter(|lines| lines.len() == 1);
    kept.flatten().all(|line| said.contains(&(line.booked_on, line.value_date, line.amount.amount(), &line.text, &line.end_to_end_id)))
}

pub(crate) fn read_otherwise() -> Failure {
    let detail = "the file was imported before, and its mapping read it otherwise: withdraw that statement, and import the file again";
    Refused::new("bank_statement_read_otherwise", RefusalKind::State, detail).into()
}

/// What an earlier file brought stands on the account: that the bank corrects it is for a person to book.
async fn check_taken_back(work: &Work<'_>, account: BankAccountId, draft: &StatementDraft) -> Result<(), Failure> {
    let identities = Counted::default().identities(&draft.taken_back);
    let keys: Vec<String> = identities.iter().map(|identity| entry_key(account, identity)).collect();
    let brought = work.holders(&keys).await?;
    let Some((entry, _)) = draft.taken_back.iter().zip(brought).find(|(_, brought)| brought.is_some()) else { return Ok(()) };
    let (reference, day) = (entry.bank_reference.as_deref().unwrap_or_default(), entry.booked_on);
    let amount = format!("{} {}", entry.amount.amount(), entry.amount.currency());
    let detail = format!(
        "the file corrects {reference} of {day}, {amount}, which an earlier statement brought: take the correction out of the file, and book or match by hand what it changes"
    );
    Err(Refused::new("bank_entry_corrected", RefusalKind::State, detail).into())
}
