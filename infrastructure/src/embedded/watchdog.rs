//! A shell that outlives us by a moment and cleans up after us, also when we are killed.
//!
//! It waits for the end of a pipe that only we hold. Rust's safe interface has no parent-death signal, and unlike one
//! a pipe does not depend on the thread that started the child.

use std::{
    io::{self, Write},
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
};

#[derive(Debug)]
pub(super) struct Watchdog {
    shell: Child,
}

impl Watchdog {
    /// Runs `script` with `arguments` (`$1`, `$2` …) once this process ends or the watchdog is dropped. What is given as
    /// `held` (a lock) stays open until the script has ended.
    pub fn set(script: &str, arguments: &[&std::ffi::OsStr], held: Stdio) -> io::Result<Self> {
        let guarded = format!("trap '' INT TERM HUP; read -r _ && exit\n{script}");
        let shell = Command::new("/bin/sh")
            .args(["-c", &guarded, "quittance-watchdog"])
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(held)
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        Ok(Self { shell })
    }
}

impl Watchdog {
    /// Ends it without running the script: a line in the pipe instead of its end.
    pub fn call_off(mut self) {
        let called_off = self.shell.stdin.as_mut().map(|pipe| pipe.write_all(b"off\n"));
        if let Some(Err(error)) = called_off {
            tracing::warn!(%error, "the watchdog was lost");
        }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        if let Err(error) = self.shell.wait() {
            tracing::warn!(%error, "the watchdog was lost");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_runs_when_the_watchdog_goes_and_not_before() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let sign = directory.path().join("ran");
        let watchdog = Watchdog::set("touch \"$1\"", &[sign.as_os_str()], Stdio::null()).expect("started");

        std::thread::sleep(std::time::Duration::from_millis(50));
        assert!(!sign.exists());
        drop(watchdog);
        assert!(sign.exists());
    }

    #[test]
    fn the_script_does_not_run_once_called_off() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let sign = directory.path().join("ran");
        Watchdog::set("touch \"$1\"", &[sign.as_os_str()], Stdio::null()).expect("started").call_off();
        assert!(!sign.exists());
    }
}
