//! What people said of answers and items: judgements, own answers, flags, decisions, adjudications and queues.
//!
//! A workspace keeps one file per reviewer, `reviews/<reviewer>.jsonl`, to which lines are only ever added: an edit is
//! a later line with the same id, and so is taking something back. Each line has a name of its own as well, so that
//! files of two workspaces can be joined without losing or doubling one.

mod agreement;
mod blinding;
mod corrections;
mod disagreement;
mod error_type;
mod file;
mod line;
mod merge;
mod queue;
mod read;
mod reviewer;
mod said;
mod statement;
pub mod tables;
mod taxonomy;
#[cfg(test)]
mod tests;

pub use agreement::{NoInterval, PairAgreement, Topic, TopicAgreement, agreement, agreements};
pub use blinding::blind_order;
pub use corrections::{corrected_ledger, corrections_of};
pub use disagreement::{Aspect, Disagreement, disagreement, disagreements};
pub use error_type::{ErrorType, Scale};
pub use file::{Append, append};
pub use line::{Line, LineId, SCHEMA, StatementId, Timestamp};
pub use merge::{Merged, merge};
pub use queue::{Candidate, Progress};
pub use read::{LineProblem, ReviewError, read};
pub use reviewer::{Reviewer, ReviewerError, ReviewerId};
pub use said::{Reviews, Said};
pub use statement::{
    Adjudication, AnswerRef, Decision, Flag, FlagKind, ItemRef, Judgement, Opinion, OwnAnswer, Queue, QueueItem,
    Ruling, RunModel, Severity, Statement, Verdict, Withdrawal,
};
pub use taxonomy::{Taxonomy, TaxonomyError};
