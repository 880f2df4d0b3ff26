//! What goes to the terminal: results to standard output, everything else to standard error.

use std::io::{self, ErrorKind, IsTerminal, Write};

use polyclinic::runs::comparison::Row;

/// Sends logs to standard error: our own warnings, or what `RUST_LOG` asks for. Libraries' errors come back
/// to us as values and are told in our words.
pub fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("off,polyclinic=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .without_time()
        .init();
}

/// One line of results.
pub fn line(text: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}

/// One line about what is going on.
pub fn note(text: &str) {
    // Nowhere to complain where standard error is closed.
    writeln!(io::stderr().lock(), "{text}").ok();
}

/// The one line a failed command ends with.
pub fn error_line(text: &str) {
    note(&format!("error: {text}"));
}

/// Whether the reader of our output went away.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
    })
}

/// A comparison as an aligned table: numbers end-aligned, accuracy in percent with its interval.
pub fn comparison_table(rows: &[Row]) -> String {
    let mut cells = vec![
        [
            "model",
            "benchmark",
            "task",
            "language",
            "protocol",
            "n",
            "right",
            "accuracy",
            "95% interval",
            "",
        ]
        .map(str::to_owned),
    ];
    for row in rows {
        let percent =
            |share: Option<f64>| share.map_or_else(|| "–".to_owned(), |share| format!("{:.1}", share * 100.0));
        let interval = match row.low {
            Some(_) => format!("{}–{}", percent(row.low), percent(row.high)),
            None => "–".to_owned(),
        };
        let failed = if row.failed > 0 {
            format!("{} failed", row.failed)
        } else {
            String::new()
        };
        cells.push([
            row.model.clone(),
            row.benchmark.clone(),
            row.task.clone(),
            row.language.tag().to_owned(),
            row.protocol.clone(),
            row.n.to_string(),
            row.right.to_string(),
            percent(row.accuracy),
            interval,
            failed,
        ]);
    }
    aligned(&cells, &[5, 6, 7, 8])
}

/// Lines of columns as wide as their widest cell; those in `numbers` end-aligned.
pub fn aligned<const N: usize>(rows: &[[String; N]], numbers: &[usize]) -> String {
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            if numbers.contains(&column) {
                line.push_str(&format!("{cell:>width$}  "));
            } else {
                line.push_str(&format!("{cell:<width$}  "));
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.trim_end().to_owned()
}
