//! Which entries of a statement another one of the account has brought: under the name that this format gives them, or under another's.

use std::collections::{HashMap, HashSet};

use quittance_domain::bank_statement::{BankStatement, Import, OtherFormats, Retold, retold_key};
use quittance_domain::ids::BankStatementId;

use crate::bank_statement::StatementDraft;
use crate::failure::Failure;
use crate::work::Work;

/// An entry's identity, and the statement that brought it, where one did.
pub(crate) type Named = (String, Option<BankStatementId>);

/// What is known of an entry before it is a line.
pub(crate) struct KnownEntry {
    pub identity: String,
    /// By which statement, and as what.
    pub brought: Option<(BankStatementId, String)>,
    /// Of a statement of another format: this one is the first of its own to tell it again.
    pub retold: Option<Retold>,
}

/// `others` are statements that may have told the same days in other formats.
pub(crate) async fn known_entries(
    work: &mut Work<'_>,
    import: &Import,
    draft: &StatementDraft,
    named: Vec<Named>,
    others: &[BankStatementId],
) -> Result<Vec<KnownEntry>, Failure> {
    let mut known = by_name(work, import, named).await?;
    let mut told: HashSet<String> = known.iter().filter_map(|entry| Some(entry.brought.as_ref()?.1.clone())).collect();
    let mut imports = vec![];
    for other in others {
        // One that was withdrawn meanwhile told nothing.
        if let BankStatement::Imported(imported) = &*work.load::<BankStatement>(*other).await? {
            imports.push((*other, imported.import.clone()));
        }
    }
    let brought: Vec<&str> = imports.iter().flat_map(|(_, other)| &other.lines).map(|line| line.identity.as_str()).collect();
    told.extend(told_by(work, import, &brought).await?);
    let mut formats = OtherFormats::default();
    for (holder, other) in &imports {
        formats.add(*holder, other, import, &draft.entries, |identity| told.contains(identity));
    }
    let unnamed: Vec<usize> = (0..known.len()).filter(|at| known[*at].brought.is_none()).collect();
    let entries = unnamed.iter().map(|at| &draft.entries[*at]);
    for (at, brought) in unnamed.iter().zip(formats.brought(&import.format, entries)) {
        let Some((holder, brought_as)) = brought else { continue };
        let entry = &mut known[*at];
        entry.retold = Some(Retold { brought_as: brought_as.clone(), told_as: Some(entry.identity.clone()) });
        entry.brought = Some((holder, brought_as));
    }
    Ok(known)
}

/// As far as the entries have the names under which others brought them.
async fn by_name(work: &mut Work<'_>, import: &Import, named: Vec<Named>) -> Result<Vec<KnownEntry>, Failure> {
    let mut holders: Vec<BankStatementId> = named.iter().filter_map(|(_, holder)| *holder).collect();
    holders.sort_unstable();
    holders.dedup();
    let mut others = HashMap::new();
    for holder in holders {
        others.insert(holder, work.load::<BankStatement>(holder).await?.imported()?.import.clone());
    }
    let names: HashMap<_, _> = others.iter().map(|(holder, other)| (holder, (other, other.brought_as()))).collect();
    let told = |(identity, holder): Named| {
        let Some((holder, (other, brought_as))) = holder.and_then(|holder| Some((holder, names.get(&holder)?))) else {
            return KnownEntry { identity, brought: None, retold: None };
        };
        let brought_as = brought_as.get(identity.as_str()).map_or_else(|| identity.clone(), |name| (*name).to_owned());
        let retold = (other.format != import.format).then(|| Retold { brought_as: brought_as.clone(), told_as: None });
        KnownEntry { identity, brought: Some((holder, brought_as)), retold }
    };
    let mut known: Vec<KnownEntry> = named.into_iter().map(told).collect();
    let names: Vec<&str> = known.iter().filter_map(|entry| Some(entry.retold.as_ref()?.brought_as.as_str())).collect();
    let mut told = told_by(work, import, &names).await?;
    for entry in &mut known {
        entry.retold = entry.retold.take().filter(|own| told.insert(own.brought_as.clone()));
    }
    Ok(known)
}

/// Those that a statement of this format has told again.
async fn told_by(work: &mut Work<'_>, import: &Import, brought_as: &[&str]) -> Result<HashSet<String>, Failure> {
    let keys: Vec<String> = brought_as.iter().map(|identity| retold_key(import.bank_account_id, identity, &import.format)).collect();
    let holders = work.holders(&keys).await?;
    Ok(brought_as.iter().zip(holders).filter(|(_, holder)| holder.is_some()).map(|(identity, _)| (*identity).to_owned()).collect())
}
