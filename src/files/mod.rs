//! Writing files so that a crash leaves the old one or the new one, never half of one, and finding those there are.

pub mod cells;
pub mod markup;

use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

/// A file could not be written; the one that was there before is untouched.
#[derive(Debug, thiserror::Error)]
#[error("{} could not be written", path.display())]
pub struct WriteError {
    pub path: PathBuf,
    #[source]
    pub source: io::Error,
}

/// Writes `content` to a temporary file beside `path` and renames it into place.
pub fn write_atomically(path: &Path, content: &[u8]) -> Result<(), WriteError> {
    write_with(path, |file| file.write_all(content))
}

/// Lets `write` fill a temporary file beside `path`, piece by piece, and renames it into place.
pub fn write_with(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&mut std::fs::File>) -> io::Result<()>,
) -> Result<(), WriteError> {
    let attempt = || {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut file = readable_by_others(tempfile::Builder::new()).tempfile_in(folder)?;
        let mut buffered = BufWriter::new(file.as_file_mut());
        write(&mut buffered)?;
        buffered.flush()?;
        drop(buffered);
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    attempt().map_err(|source| WriteError {
        path: path.to_owned(),
        source,
    })
}

/// Temporary files are made for their owner's eyes only; what takes a file's place gets a file's usual mode.
pub fn readable_by_others<'a, 'b>(mut builder: tempfile::Builder<'a, 'b>) -> tempfile::Builder<'a, 'b> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // The process's mask still takes away what its user does not want given.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder
}

/// Writes a value made of tables, strings and numbers as TOML, atomically.
pub fn write_toml(path: &Path, value: &impl Serialize) -> Result<(), WriteError> {
    let text = toml::to_string_pretty(value).map_err(|error| WriteError {
        path: path.to_owned(),
        source: io::Error::other(error),
    })?;
    write_atomically(path, text.as_bytes())
}

/// The files of a folder whose names end so, in no order; none where there is no such folder.
pub fn with_ending(folder: &Path, ending: &str) -> io::Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|own| own == ending) {
            found.push(path);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn others_may_read_what_their_mask_allows() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let usual = folder.path().join("usual");
        std::fs::write(&usual, "x").unwrap();
        let ours = folder.path().join("deep/ours");
        write_atomically(&ours, b"x").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&usual));
    }
}
