//! The SHA-256 of a file, which names a model beyond doubt.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

/// The SHA-256 of a whole file in hexadecimal. `progress` hears the bytes read so far;
/// `cancelled` is asked between blocks, and where it says yes the error is [`io::ErrorKind::Interrupted`].
pub fn sha256(path: &Path, progress: &mut dyn FnMut(u64), cancelled: &dyn Fn() -> bool) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut block = vec![0_u8; 1 << 20];
    let mut read = 0;
    loop {
        if cancelled() {
            return Err(io::Error::new(io::ErrorKind::Interrupted, "stopped on request"));
        }
        let length = match file.read(&mut block) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        digest.update(block.get(..length).unwrap_or_default());
        read += length as u64;
        progress(read);
    }
    Ok(hex(&digest.finalize()))
}

/// Bytes in hexadecimal, small letters.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_standard() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "abc").unwrap();
        let mut last = 0;
        let hash = sha256(file.path(), &mut |bytes| last = bytes, &|| false).unwrap();
        assert_eq!(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(last, 3);
        assert!(sha256(file.path(), &mut |_| {}, &|| true).is_err());
    }
}
