//! `visavis keys`: the keys of an installation, for who sets up several servers of it.

use crate::secrets::Secrets;
use anyhow::{Result, bail};
use clap::Subcommand;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Subcommand)]
pub(super) enum Task {
    /// Draw new keys into an empty folder, which is made if it is not there
    Init {
        /// The folder
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

/// Does it, and says what came of it.
pub(super) fn run(task: &Task) -> ExitCode {
    let Task::Init { folder } = task;
    match init(folder) {
        Ok(()) => {
            println!("{}", folder.display());
            eprintln!(
                "Give every server of the installation a copy, and set keys to where it lies. Keep another one with \
                 the backups of the database: without audit.key its audit log proves nothing, and without links.keys \
                 links that were given out are worth nothing."
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("visavis: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Never beside something that lies there: it could be keys that are in use.
fn init(folder: &Path) -> Result<()> {
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{} is not empty; give a folder that is, or none that is there yet", folder.display());
    }
    Secrets::load_or_create(folder).map(drop)
}
