//! Asking before items leave this machine.

use std::io::{self, BufRead as _, IsTerminal as _};

use anyhow::bail;
use polyclinic::engine::endpoint::Endpoint;
use polyclinic::workspace::Workspace;

use super::output::note;

/// Sees that somebody agreed to send items of this workspace to every endpoint: before, with `--send-to`, or now at
/// the terminal. What is agreed is kept in the workspace, so that nobody is asked twice.
pub fn require<'a>(
    workspace: &Workspace,
    endpoints: impl Iterator<Item = &'a Endpoint>,
    send_to: &[String],
    items: &str,
) -> anyhow::Result<()> {
    for endpoint in endpoints {
        let address = endpoint.address.to_string();
        if endpoint.is_loopback() || workspace.may_send_to(&address) {
            continue;
        }
        if !send_to.contains(&endpoint.name) && !agrees(endpoint, items)? {
            bail!("nothing was sent to {}", endpoint.address.host());
        }
        workspace.agree_to_send_to(&address)?;
    }
    Ok(())
}

fn agrees(endpoint: &Endpoint, items: &str) -> anyhow::Result<bool> {
    let (name, host) = (&endpoint.name, endpoint.address.host());
    let what = format!("`{name}` would be sent {items}. {}", endpoint.what_leaves());
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        bail!("{what} Nothing was sent; say `--send-to {name}` to agree for this workspace");
    }
    note(&what);
    note(&format!(
        "Send items of this workspace to {host} from now on? Type yes or no:"
    ));
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim().eq_ignore_ascii_case("yes"))
}
