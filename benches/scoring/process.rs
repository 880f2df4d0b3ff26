//! The engines' processes: starting them, asking them, and the memory they take.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::protocol::{Ready, Reply, Request};

/// The release that is built; its package carries llama.cpp's sources.
const LLAMA: &str = "llama-cpp-python==0.3.36";

/// An engine at work.
pub struct Engine {
    child: Child,
    ask: ChildStdin,
    replies: BufReader<ChildStdout>,
    /// The bytes it held before a model was loaded.
    resident: u64,
}

impl Engine {
    /// One in Rust, in this program started once more.
    pub fn rust(worker: &str, threads: usize) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--worker", worker]);
        command.env("POLYCLINIC_THREADS", threads.to_string());
        command.env("RAYON_NUM_THREADS", threads.to_string());
        if std::env::var_os("POLYCLINIC_LEVEL").is_some() {
            // What candle calls its kernels for processors without AVX-512; it has no way to do without AVX2.
            command.env("MISTRALRS_FORCE_AVX2", "1");
        }
        Self::start(command)
    }

    /// llama.cpp, behind a driver in Python.
    pub fn llama(environment: &Path) -> Self {
        let mut command = Command::new(environment.join("bin/python"));
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/scoring/llama.py"));
        Self::start(command)
    }

    fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (ask, replies) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut engine = Self {
            child,
            ask,
            replies: BufReader::new(replies),
            resident: 0,
        };
        let ready: Ready = serde_json::from_str(&engine.line()).unwrap();
        engine.resident = ready.resident;
        engine
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.replies.read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "the engine ended; its own words are above");
        line
    }

    /// The seconds that a request takes.
    pub fn ask(&mut self, request: &Request) -> f64 {
        writeln!(self.ask, "{}", serde_json::to_string(request).unwrap()).unwrap();
        let reply: Reply = serde_json::from_str(&self.line()).unwrap();
        reply.seconds
    }

    /// The most bytes it ever held in memory, less those it held before its model.
    pub fn peak(&self) -> Option<u64> {
        Some(status(&self.child.id().to_string(), "VmHWM:")?.saturating_sub(self.resident))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// The bytes a process holds in memory, where the system tells.
pub fn resident(process: &str) -> Option<u64> {
    status(process, "VmRSS:")
}

fn status(process: &str, field: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

/// The Python environment with llama.cpp, built for this processor where it is not there yet.
pub fn llama_environment(folder: PathBuf) -> PathBuf {
    let run = |command: &mut Command| assert!(command.status().unwrap().success(), "{command:?} failed");
    if !folder.join("built").exists() {
        eprintln!("Building llama.cpp in {} (once, some minutes)", folder.display());
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        run(Command::new(folder.join("bin/pip"))
            .args(["install", "--quiet", "--no-binary", "llama-cpp-python", LLAMA])
            .env("CMAKE_ARGS", "-DGGML_NATIVE=ON"));
        std::fs::write(folder.join("built"), LLAMA).unwrap();
    }
    folder
}
