//! What people said of answers and items: judgements, flags, agreement.
