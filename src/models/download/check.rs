//! Hashing content as the hub does, to know that it is what the hub says.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::mpsc::Receiver;

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::error::DownloadError;
use crate::cancel::Cancel;
use crate::models::hub::Content;

/// How much is read between two looks at whether to stop.
const CHUNK: usize = 1 << 20;

/// Computes the hash that a file's content goes by.
pub enum Hasher {
    Sha256(Sha256),
    Git(Sha1),
}

impl Hasher {
    /// For content of `size` bytes, of the kind that `expected` is.
    pub fn of(expected: &Content, size: u64) -> Self {
        match expected {
            Content::Sha256(_) => Self::Sha256(Sha256::new()),
            Content::Git(_) => Self::Git(Sha1::new_with_prefix(format!("blob {size}\0"))),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(digest) => digest.update(bytes),
            Self::Git(digest) => digest.update(bytes),
        }
    }

    /// In lower-case hexadecimal.
    fn finish(self) -> String {
        let digest = match self {
            Self::Sha256(digest) => digest.finalize().to_vec(),
            Self::Git(digest) => digest.finalize().to_vec(),
        };
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Hashes a file while it grows: `whole` tells up to where it is whole. The hash comes once that is `size`; nothing
    /// comes where the telling ends before, or a stop is asked for.
    pub fn follow(
        mut self,
        file: &File,
        size: u64,
        whole: &Receiver<u64>,
        stop: &Cancel,
    ) -> io::Result<Option<String>> {
        let mut reader = At { file, offset: 0 };
        let mut buffer = vec![0; CHUNK];
        while reader.offset < size {
            let Ok(until) = whole.recv() else {
                return Ok(None);
            };
            while reader.offset < until {
                if stop.is_cancelled() {
                    return Ok(None);
                }
                // A chunk's length fits any integer here.
                let length = (until - reader.offset).min(CHUNK as u64) as usize;
                let chunk = buffer.get_mut(..length).unwrap_or_default();
                reader.read_exact(chunk)?;
                self.update(chunk);
            }
        }
        Ok(Some(self.finish()))
    }
}

/// Reads a file from a place of its own, while others write to it elsewhere.
struct At<'a> {
    file: &'a File,
    offset: u64,
}

impl At<'_> {
    fn read_exact(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        #[cfg(unix)]
        std::os::unix::fs::FileExt::read_exact_at(self.file, buffer, self.offset)?;
        #[cfg(not(unix))]
        {
            use std::io::{Seek as _, SeekFrom};
            let mut file = self.file;
            file.seek(SeekFrom::Start(self.offset))?;
            file.read_exact(buffer)?;
        }
        self.offset += buffer.len() as u64;
        Ok(())
    }
}

/// Reads a file that is here and compares its hash with what it should be.
pub fn verify(
    path: &Path,
    expected: &Content,
    cancel: &Cancel,
    read: &mut dyn FnMut(u64),
) -> Result<(), DownloadError> {
    let mut file = File::open(path).map_err(DownloadError::io(path))?;
    let size = file.metadata().map_err(DownloadError::io(path))?.len();
    let mut hasher = Hasher::of(expected, size);
    let mut buffer = vec![0; CHUNK];
    loop {
        if cancel.is_cancelled() {
            return Err(DownloadError::Cancelled);
        }
        let count = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(DownloadError::io(path)(error)),
        };
        hasher.update(buffer.get(..count).unwrap_or_default());
        read(count as u64);
    }
    let found = hasher.finish();
    match found == expected.etag() {
        true => Ok(()),
        false => Err(DownloadError::Damaged {
            path: path.to_owned(),
            found,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_hashed_as_git_and_the_hub_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "hello\n").unwrap();
        // `printf 'hello\n' | git hash-object --stdin` and `printf 'hello\n' | sha256sum`.
        let git = Content::Git("ce013625030ba8dba906f756967f9e9ca394464a".to_owned());
        let sha = Content::Sha256("5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03".to_owned());
        for content in [&git, &sha] {
            verify(&path, content, &Cancel::default(), &mut |_| {}).unwrap();
        }
        std::fs::write(&path, "hullo\n").unwrap();
        for content in [&git, &sha] {
            let error = verify(&path, content, &Cancel::default(), &mut |_| {}).unwrap_err();
            assert!(matches!(error, DownloadError::Damaged { .. }), "{error}");
        }
    }

    #[test]
    fn a_growing_file_is_hashed_as_far_as_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "abcdef").unwrap();
        let file = File::open(&path).unwrap();
        let expected = Content::Sha256(String::new());
        let follow = |steps: &[u64], stop: &Cancel| {
            let (tell, told) = std::sync::mpsc::channel();
            steps.iter().for_each(|step| tell.send(*step).unwrap());
            drop(tell);
            Hasher::of(&expected, 6).follow(&file, 6, &told, stop).unwrap()
        };
        let whole = follow(&[0, 2, 2, 6], &Cancel::default()).unwrap();
        assert!(whole.starts_with("bef57ec7f53a6d40"), "{whole}");
        assert_eq!(follow(&[0, 5], &Cancel::default()), None);
        let stop = Cancel::default();
        stop.cancel();
        assert_eq!(follow(&[6], &stop), None);
    }
}
