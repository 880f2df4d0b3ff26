//! What a model thinks aloud before its reply, which is no part of the reply.

/// How models open and close their thoughts.
const BLOCKS: [(&str, &str); 7] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<|channel|>analysis", "<|channel|>final<|message|>"),
];

/// The reply without thoughts. A thought that was cut off leaves nothing; one that only ends, since the prompt
/// opened it, ends where it says.
pub(super) fn without(reply: &str) -> &str {
    let mut rest = reply;
    for (opening, closing) in BLOCKS {
        if let Some((_, after)) = rest.rsplit_once(closing) {
            rest = after;
        }
        if let Some((before, _)) = rest.split_once(opening) {
            rest = before;
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn thoughts_are_left_out_however_they_are_cut() {
        assert_eq!(without("<think>It may be A.</think>B"), "B");
        assert_eq!(without("It may be A.</think>\nB"), "\nB");
        assert_eq!(without("<think>It may be A."), "");
        assert_eq!(without("Answer: B"), "Answer: B");
        let channels = "<|channel|>analysis<|message|>A?<|end|><|start|>assistant<|channel|>final<|message|>B";
        assert_eq!(without(channels), "B");
    }
}
