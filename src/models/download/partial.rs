//! A file that is not whole yet, as it lies on disk: its bytes, with gaps, and a list of the pieces that are there.
//!
//! The list is text: what the file is, then the number of every piece once all of it was written. It is only ever
//! appended to, and a last line that a kill tore is dropped, so that the process may end at any moment: at most the
//! pieces that were being written are fetched again.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::ops::Range;

use super::ranges::Ranges;
use crate::models::hub::Blob;

/// How many bytes are noted at once.
pub const PIECE: u64 = 1 << 20;

/// What the list's first line says. A list of another kind counts as none.
const HEADER: &str = "polyclinic pieces 1";

/// What begins the line that names the file's version on the server. Names of versions hold no line breaks.
const VERSION: &str = "version ";

/// The bytes of a file so far.
#[derive(Debug)]
pub struct Partial {
    data: File,
    list: File,
    size: u64,
    /// What the server called this version of the file, where the hub itself does not tell.
    version: Option<String>,
    /// The bytes of pieces that are not whole.
    missing: Ranges,
    /// Of pieces that are being written: how many bytes came.
    begun: Vec<(u64, u64)>,
}

impl Partial {
    /// Goes on with what is there of a file of `size` bytes, or starts it.
    pub fn open(blob: &Blob, size: u64) -> io::Result<Self> {
        let noted = fs::read_to_string(&blob.pieces).unwrap_or_default();
        match Noted::read(&noted, size).filter(|_| blob.partial.is_file()) {
            Some(noted) => Self::go_on(blob, size, noted),
            None => Self::start(blob, size),
        }
    }

    /// Starts the file anew; whatever there was of it is dropped.
    pub fn start(blob: &Blob, size: u64) -> io::Result<Self> {
        // The list goes first: bytes without a list are no bytes, a list of other bytes would be a lie.
        remove_if_there(&blob.pieces)?;
        let data = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(&blob.partial)?;
        let mut list = File::options().append(true).create(true).open(&blob.pieces)?;
        list.write_all(format!("{HEADER}\nsize {size}\n").as_bytes())?;
        Ok(Self {
            data,
            list,
            size,
            version: None,
            missing: Ranges::of(0..size),
            begun: Vec::new(),
        })
    }

    fn go_on(blob: &Blob, size: u64, noted: Noted) -> io::Result<Self> {
        let data = File::options().read(true).write(true).open(&blob.partial)?;
        let length = data.metadata()?.len();
        let list = File::options().append(true).open(&blob.pieces)?;
        // A line that a kill tore must not become part of the next.
        list.set_len(noted.whole_bytes)?;
        let mut missing = Ranges::of(0..size);
        for piece in noted.pieces {
            let range = piece_range(piece, size);
            // What lies beyond the end of the bytes was lost with a power cut.
            if range.end <= length {
                missing.remove(&range);
            }
        }
        Ok(Self {
            data,
            list,
            size,
            version: noted.version,
            missing,
            begun: Vec::new(),
        })
    }

    /// The bytes that are still to be fetched.
    pub fn missing(&self) -> &Ranges {
        &self.missing
    }

    /// Notes what the server calls the version of the file that is coming.
    pub fn set_version(&mut self, version: &str) -> io::Result<()> {
        self.version = Some(version.to_owned());
        self.list.write_all(format!("{VERSION}{version}\n").as_bytes())
    }

    /// What the server called this version of the file, when it began to give it.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Up to where the file is whole from its start.
    pub fn whole_until(&self) -> u64 {
        self.missing.span().map_or(self.size, |span| span.start)
    }

    /// Another handle to the bytes, to read them.
    pub fn reader(&self) -> io::Result<File> {
        self.data.try_clone()
    }

    /// Writes bytes that are missing, each once.
    pub fn write(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        write_at(&self.data, offset, bytes)?;
        let mut written = offset..offset + bytes.len() as u64;
        let mut lines = String::new();
        while !written.is_empty() {
            let piece = written.start / PIECE;
            let range = piece_range(piece, self.size);
            let end = written.end.min(range.end);
            let length = end - written.start;
            if self.count(piece, length) == range.end - range.start {
                self.begun.retain(|(begun, _)| *begun != piece);
                self.missing.remove(&range);
                lines.push_str(&format!("{piece}\n"));
            }
            written.start = end;
        }
        self.list.write_all(lines.as_bytes())
    }

    /// How many bytes of a piece are there, now that `length` more are.
    fn count(&mut self, piece: u64, length: u64) -> u64 {
        if let Some((_, came)) = self.begun.iter_mut().find(|(begun, _)| *begun == piece) {
            *came += length;
            return *came;
        }
        self.begun.push((piece, length));
        length
    }

    /// Puts the file, which is whole and checked, into its place.
    pub fn finish(self, blob: &Blob) -> io::Result<()> {
        // Once it carries the blob's name it is believed for good, after a power cut too.
        self.data.sync_all()?;
        fs::rename(&blob.partial, &blob.path)?;
        remove_if_there(&blob.pieces)
    }

    /// Drops what came, which is wrong.
    pub fn discard(self, blob: &Blob) -> io::Result<()> {
        remove_if_there(&blob.pieces)?;
        remove_if_there(&blob.partial)
    }
}

/// How many bytes the disk must still take until a file of `size` bytes is whole.
pub fn still_needed(blob: &Blob, size: u64) -> u64 {
    if blob.path.is_file() {
        return 0;
    }
    let noted = fs::read_to_string(&blob.pieces).unwrap_or_default();
    let noted = Noted::read(&noted, size).filter(|_| blob.partial.is_file());
    let pieces: BTreeSet<u64> = noted.into_iter().flat_map(|noted| noted.pieces).collect();
    let there = pieces
        .into_iter()
        .map(|piece| piece_range(piece, size))
        .map(|range| range.end - range.start);
    size.saturating_sub(there.sum())
}

/// What a list of pieces says.
struct Noted {
    version: Option<String>,
    pieces: Vec<u64>,
    /// The length of the list without a torn last line.
    whole_bytes: u64,
}

impl Noted {
    /// Reads the list of a file of `size` bytes; `None` where it is none, or of another file.
    fn read(text: &str, size: u64) -> Option<Self> {
        let whole = text.get(..=text.rfind('\n')?)?;
        let mut lines = whole.lines();
        (lines.next()? == HEADER && lines.next()?.strip_prefix("size ")?.parse() == Ok(size)).then_some(())?;
        let mut version = None;
        let mut pieces = Vec::new();
        for line in lines {
            match line.strip_prefix(VERSION) {
                Some(text) => version = Some(text.to_owned()),
                None => pieces.push(line.parse().ok()?),
            }
        }
        Some(Self {
            version,
            pieces,
            whole_bytes: whole.len() as u64,
        })
    }
}

/// The bytes of a piece; the last is shorter.
fn piece_range(piece: u64, size: u64) -> Range<u64> {
    let start = piece.saturating_mul(PIECE);
    start.min(size)..start.saturating_add(PIECE).min(size)
}

fn remove_if_there(path: &std::path::Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn write_at(file: &File, offset: u64, bytes: &[u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

#[cfg(not(unix))]
fn write_at(mut file: &File, offset: u64, bytes: &[u8]) -> io::Result<()> {
    use std::io::{Seek as _, SeekFrom};
    file.seek(SeekFrom::Start(offset))?;
    file.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::hub::{Content, HubCache};

    const SIZE: u64 = PIECE * 3 + 7;

    fn blob(folder: &std::path::Path) -> Blob {
        let repository = HubCache::new(folder.to_owned()).repository(&"a/b".parse().unwrap());
        let blob = repository.blob(&Content::Git("a".repeat(40)));
        drop(repository.lock(&blob).unwrap());
        blob
    }

    #[test]
    fn whole_pieces_survive_whatever_ends_the_process() {
        let folder = tempfile::tempdir().unwrap();
        let blob = blob(folder.path());
        let mut partial = Partial::start(&blob, SIZE).unwrap();
        partial.set_version("\"v1\"").unwrap();
        // The last piece, then one and a half in two parts, out of order.
        partial.write(PIECE * 3, b"seventh").unwrap();
        partial.write(PIECE, &vec![1; PIECE as usize / 2]).unwrap();
        partial.write(PIECE + PIECE / 2, &vec![1; PIECE as usize]).unwrap();
        drop(partial);
        let partial = Partial::open(&blob, SIZE).unwrap();
        assert_eq!(partial.version(), Some("\"v1\""));
        assert_eq!(partial.missing().within(&(0..SIZE)), [0..PIECE, PIECE * 2..PIECE * 3]);
        assert_eq!(partial.whole_until(), 0);

        // A kill in the middle of a line: the piece it names may be another.
        let mut torn = fs::read(&blob.pieces).unwrap();
        torn.extend(b"2");
        fs::write(&blob.pieces, torn).unwrap();
        let mut partial = Partial::open(&blob, SIZE).unwrap();
        assert_eq!(partial.missing().total(), PIECE * 2);
        partial.write(0, &vec![0; PIECE as usize]).unwrap();
        let partial = Partial::open(&blob, SIZE).unwrap();
        assert_eq!((partial.whole_until(), partial.missing().total()), (PIECE * 2, PIECE));
        assert_eq!(still_needed(&blob, SIZE), PIECE);
    }

    #[test]
    fn what_does_not_belong_together_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let blob = blob(folder.path());
        let fresh = |blob: &Blob, size| Partial::open(blob, size).unwrap().missing().total() == size;
        let begin = || {
            let mut partial = Partial::start(&blob, SIZE).unwrap();
            partial.write(0, &vec![0; PIECE as usize]).unwrap();
        };
        begin();
        assert!(!fresh(&blob, SIZE));
        assert!(fresh(&blob, SIZE + 1), "another size");
        begin();
        fs::remove_file(&blob.partial).unwrap();
        assert!(fresh(&blob, SIZE), "no bytes");
        begin();
        File::options()
            .write(true)
            .open(&blob.partial)
            .unwrap()
            .set_len(10)
            .unwrap();
        assert!(fresh(&blob, SIZE), "bytes lost");
        for list in [
            "",
            "other\n",
            "polyclinic pieces 1\n",
            "polyclinic pieces 1\nsize 3145735\nx\n",
        ] {
            begin();
            fs::write(&blob.pieces, list).unwrap();
            assert!(fresh(&blob, SIZE), "{list:?}");
        }
        begin();
        let mut list = fs::read_to_string(&blob.pieces).unwrap();
        list.push_str("18446744073709551615\n");
        fs::write(&blob.pieces, list).unwrap();
        assert_eq!(Partial::open(&blob, SIZE).unwrap().missing().total(), SIZE - PIECE);
    }

    #[test]
    fn a_whole_file_takes_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let blob = blob(folder.path());
        let mut partial = Partial::open(&blob, 3).unwrap();
        partial.write(0, b"abc").unwrap();
        assert!(partial.missing().is_empty());
        partial.finish(&blob).unwrap();
        assert_eq!(fs::read(&blob.path).unwrap(), b"abc");
        assert!(!blob.partial.exists() && !blob.pieces.exists());
        assert_eq!(still_needed(&blob, 3), 0);
    }
}
