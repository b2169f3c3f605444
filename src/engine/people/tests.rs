//! What is remembered of callers.
