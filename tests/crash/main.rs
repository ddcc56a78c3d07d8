//! Whatever is killed, at whatever moment: nothing acknowledged is lost, nothing happens twice (R1, R2, R6, R19).

mod client;
mod kill;
mod nodes;
mod office;
mod server;
mod verdict;
mod writer;
