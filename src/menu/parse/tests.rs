//! What may stand in the files, key by key.
