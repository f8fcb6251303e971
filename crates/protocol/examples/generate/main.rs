//! Writes `web/src/protocol/*generated.ts` from the Rust types and the samples. `make gen` runs it; a test compares.

mod typescript;

fn main() -> std::io::Result<()> {
    for (path, source) in typescript::files()? {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, source)?;
    }
    Ok(())
}
