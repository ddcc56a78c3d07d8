//! Where state and downloaded binaries live unless the user says otherwise.

use std::{env, ffi::OsString, path::PathBuf};

use nix::unistd::geteuid;

use super::error::EmbeddedError;

/// `QUITTANCE_STATE`, else the user's state directory, as root `/var/lib/quittance`.
pub fn default_state() -> Result<PathBuf, EmbeddedError> {
    let asked = Asked { ours: env::var_os("QUITTANCE_STATE"), xdg: env::var_os("XDG_STATE_HOME") };
    asked.resolve("/var/lib/quittance", ".local/state").ok_or(EmbeddedError::NoStateDirectory)
}

/// `QUITTANCE_CACHE`, else the user's cache directory, as root `/var/cache/quittance`, else the temporary directory.
pub(super) fn default_cache() -> PathBuf {
    let asked = Asked { ours: env::var_os("QUITTANCE_CACHE"), xdg: env::var_os("XDG_CACHE_HOME") };
    asked.resolve("/var/cache/quittance", ".cache").unwrap_or_else(|| env::temp_dir().join("quittance-cache"))
}

struct Asked {
    ours: Option<OsString>,
    xdg: Option<OsString>,
}

impl Asked {
    fn resolve(self, for_root: &str, below_home: &str) -> Option<PathBuf> {
        self.resolve_for(geteuid().is_root(), env::var_os("HOME"), for_root, below_home)
    }

    /// Root's own home is closed to the account that PostgreSQL runs under, so root's variables are not followed.
    fn resolve_for(self, root: bool, home: Option<OsString>, for_root: &str, below_home: &str) -> Option<PathBuf> {
        let given = |value: Option<OsString>| value.filter(|text| !text.is_empty()).map(PathBuf::from);
        if let Some(ours) = given(self.ours) {
            return std::path::absolute(ours).ok();
        }
        if root {
            return Some(PathBuf::from(for_root));
        }
        given(self.xdg)
            .filter(|path| path.is_absolute())
            .or_else(|| given(home).map(|home| home.join(below_home)))
            .map(|base| base.join("quittance"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_is_chosen_by_this_table() {
        type Text = Option<&'static str>;
        let table: [(&str, Text, Text, bool, Text, Text); 7] = [
            ("ours wins", Some("/a"), Some("/x"), false, Some("/h"), Some("/a")),
            ("ours wins for root", Some("/a"), None, true, None, Some("/a")),
            ("root", None, Some("/x"), true, Some("/root"), Some("/var/lib/quittance")),
            ("xdg", None, Some("/x"), false, Some("/h"), Some("/x/quittance")),
            ("relative xdg is ignored", None, Some("x"), false, Some("/h"), Some("/h/.local/state/quittance")),
            ("home", Some(""), None, false, Some("/h"), Some("/h/.local/state/quittance")),
            ("nothing known", None, None, false, None, None),
        ];
        for (case, ours, xdg, root, home, expected) in table {
            let asked = Asked { ours: ours.map(OsString::from), xdg: xdg.map(OsString::from) };
            let chosen = asked.resolve_for(root, home.map(OsString::from), "/var/lib/quittance", ".local/state");
            assert_eq!(chosen, expected.map(PathBuf::from), "{case}");
        }
    }
}
