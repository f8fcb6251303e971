//! A peer against another str0m that answers it as a media server would: in memory with virtual time, and once over
//! sockets. The other side sends back what it receives.

mod echo;
mod memory;
mod sockets;
mod wire;
