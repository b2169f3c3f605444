//! Programs as they come out of drafts.
