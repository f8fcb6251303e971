//! The binary.
mod app;
mod realtime;
fn main() {}
