//! The unprivileged account that servers run under when we are root: PostgreSQL refuses uid 0.

use std::{
    io,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::Path,
    process::{Command, Stdio},
};

use nix::unistd::{Gid, Uid, User, geteuid};

use super::error::{Doing, EmbeddedError};

/// Tried in this order: one made for us, the distribution's, the one that every system has.
const CANDIDATES: [&str; 3] = ["quittance", "postgres", "nobody"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub name: String,
    pub uid: Uid,
    pub gid: Gid,
}

impl Account {
    /// `None` when we are not root: the server then simply runs as we do.
    pub fn for_data(data: &Path) -> Result<Option<Self>, EmbeddedError> {
        if !geteuid().is_root() {
            return Ok(None);
        }
        let owner = data.metadata().ok().map(|metadata| Uid::from_raw(metadata.uid()));
        let by_uid = |uid| User::from_uid(uid).ok().flatten().map(Self::from);
        let by_name = |name: &str| User::from_name(name).ok().flatten().map(Self::from);
        choose(owner, by_uid, by_name).map(Some)
    }

    /// Tried for real, because mode bits alone do not tell (access lists, mount options).
    fn may_enter(&self, directory: &Path) -> io::Result<()> {
        let mut probe = command("sh", Some(self));
        probe.args(["-c", ":"]).current_dir(directory).stdout(Stdio::null()).stderr(Stdio::null());
        probe.status().map(|_| ())
    }

    /// Refuses a directory behind one that this account cannot enter, and names that one.
    pub fn check_can_enter(&self, directory: &Path) -> Result<(), EmbeddedError> {
        if self.may_enter(directory).is_ok() {
            return Ok(());
        }
        let mut ancestors: Vec<&Path> = directory.ancestors().collect();
        ancestors.reverse();
        let closed = ancestors.into_iter().find(|ancestor| self.may_enter(ancestor).is_err());
        let directory = closed.unwrap_or(directory).to_owned();
        Err(EmbeddedError::DirectoryClosed { account: self.name.clone(), directory })
    }

    pub fn take_over(&self, path: &Path) -> Result<(), EmbeddedError> {
        chown(path, Some(self.uid.as_raw()), Some(self.gid.as_raw())).doing(|| format!("giving {} to {}", path.display(), self.name))
    }
}

impl From<User> for Account {
    fn from(user: User) -> Self {
        Self { name: user.name, uid: user.uid, gid: user.gid }
    }
}

/// Existing data keeps its owner, whatever accounts have been installed since: nobody else may open it.
fn choose(
    owner: Option<Uid>,
    by_uid: impl Fn(Uid) -> Option<Account>,
    by_name: impl Fn(&str) -> Option<Account>,
) -> Result<Account, EmbeddedError> {
    owner
        .and_then(by_uid)
        .into_iter()
        .chain(CANDIDATES.into_iter().filter_map(by_name))
        .find(|account| !account.uid.is_root())
        .ok_or_else(|| EmbeddedError::NoUnprivilegedAccount { candidates: CANDIDATES.join(", ") })
}

/// A command with a plain environment, away from our terminal's signals, as `account` if there is one.
pub(super) fn command(program: impl AsRef<std::ffi::OsStr>, account: Option<&Account>) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .envs([("LC_ALL", "C"), ("TZ", "UTC"), ("HOME", "/"), ("PATH", "/usr/local/bin:/usr/bin:/bin")])
        .current_dir("/")
        .stdin(Stdio::null())
        .process_group(0);
    if let Some(account) = account {
        command.uid(account.uid.as_raw()).gid(account.gid.as_raw());
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str, uid: u32) -> Account {
        Account { name: name.into(), uid: Uid::from_raw(uid), gid: Gid::from_raw(uid) }
    }

    /// A system that knows exactly `known`.
    fn chosen(owner: Option<u32>, known: &[(&str, u32)]) -> Option<String> {
        let find =
            |wanted: &dyn Fn(&Account) -> bool| known.iter().map(|(name, uid)| account(name, *uid)).find(|candidate| wanted(candidate));
        choose(owner.map(Uid::from_raw), |uid| find(&|a| a.uid == uid), |name| find(&|a| a.name == name)).ok().map(|account| account.name)
    }

    #[test]
    fn the_account_is_chosen_by_this_table() {
        let (ours, theirs, nobody) = (("quittance", 900), ("postgres", 101), ("nobody", 65534));
        type Case<'a> = (&'a str, Option<u32>, &'a [(&'a str, u32)], Option<&'a str>);
        let table: [Case<'_>; 7] = [
            ("ours first", None, &[nobody, theirs, ours], Some("quittance")),
            ("then the distribution's", None, &[nobody, theirs], Some("postgres")),
            ("then nobody", None, &[nobody], Some("nobody")),
            ("data keeps its owner", Some(65534), &[nobody, theirs], Some("nobody")),
            ("root's directory is given away", Some(0), &[("root", 0), theirs], Some("postgres")),
            ("an account that is root in disguise is none", None, &[("postgres", 0)], None),
            ("a system without accounts", None, &[], None),
        ];
        for (case, owner, known, expected) in table {
            assert_eq!(chosen(owner, known).as_deref(), expected, "{case}");
        }
    }
}
