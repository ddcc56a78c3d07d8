//! Whatever is killed, at whatever moment: nothing acknowledged is lost, nothing happens twice (R1, R2, R6, R19).

mod around;
mod attachments;
mod client;
mod day;
mod desk;
mod kill;
mod nodes;
mod office;
mod poison;
mod projectors;
mod reactions;
mod rebuild;
mod server;
mod snapshot;
mod sockets;
mod verdict;
mod works;
mod writer;
