//! The SHA-256 of files too large to read at once, and of several together.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// How much is read between two looks at `cancel`.
const CHUNK: usize = 1 << 20;

/// SHA-256 of a file, in lower-case hexadecimal. `progress` hears the bytes read so far;
/// once `cancel` says so the reading ends with [`io::ErrorKind::Interrupted`].
pub fn sha256(path: &Path, progress: &mut dyn FnMut(u64), cancel: &dyn Fn() -> bool) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; CHUNK];
    let mut done = 0_u64;
    loop {
        if cancel() {
            return Err(io::Error::new(io::ErrorKind::Interrupted, "stopped on request"));
        }
        let count = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        digest.update(buffer.get(..count).unwrap_or_default());
        // A chunk's length fits any integer here.
        done += count as u64;
        progress(done);
    }
    Ok(hexadecimal(digest))
}

/// SHA-256 of the names and the hashes of several files, which changes when any of them does.
pub fn sha256_of_all(paths: &[PathBuf], cancel: &dyn Fn() -> bool) -> io::Result<String> {
    let mut digest = Sha256::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        digest.update(format!("{}  {name}\n", sha256(path, &mut |_| {}, cancel)?));
    }
    Ok(hexadecimal(digest))
}

/// A finished digest as text.
pub(super) fn hexadecimal(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_as_the_standard_says_and_stops_when_asked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "abc").unwrap();
        let mut seen = Vec::new();
        // The example of FIPS 180-2.
        assert_eq!(
            sha256(&path, &mut |done| seen.push(done), &|| false).unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(seen, [3]);
        let stopped = sha256(&path, &mut |_| {}, &|| true).unwrap_err();
        assert_eq!(stopped.kind(), io::ErrorKind::Interrupted);
        assert_eq!(
            sha256(&folder.path().join("b"), &mut |_| {}, &|| false)
                .unwrap_err()
                .kind(),
            io::ErrorKind::NotFound
        );
    }
}
