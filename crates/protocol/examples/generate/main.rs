//! Writes `web/src/protocol/generated.ts` from the Rust types. `make gen` runs it; a test compares.

mod typescript;

fn main() -> std::io::Result<()> {
    let path = typescript::path();
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, typescript::source())
}
