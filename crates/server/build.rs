//! The web client is embedded: a new build of it has to be a new build of the server.

fn main() {
    println!("cargo:rerun-if-changed=../../web/dist");
    println!("cargo:rerun-if-changed=build.rs");
}
