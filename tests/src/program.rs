//! The `quittance` executable, for tests that start it as people do.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Built by the tests, because `cargo test` builds a package's executable for that package's own tests only; of the
/// whole workspace, so that features are those of this run and nothing is compiled twice.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let test = std::env::current_exe().expect("a path");
        let folder = test.ancestors().nth(2).expect("a test lies in target/<profile>/deps");
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--workspace", "--bin", "quittance", "--target-dir"]).arg(folder.parent().expect("target"));
        build.args(["--profile", if folder.ends_with("debug") { "dev" } else { "release" }]).current_dir(env!("CARGO_MANIFEST_DIR"));
        // What cargo told this test about its own package would make it compile dependencies again that look at it.
        let told = std::env::vars().map(|(name, _)| name).filter(|n| n.starts_with("CARGO_PKG_") || n.starts_with("CARGO_MANIFEST_"));
        for name in told {
            build.env_remove(name);
        }
        assert!(build.status().expect("cargo runs").success(), "the server is built");
        folder.join("quittance")
    })
}
