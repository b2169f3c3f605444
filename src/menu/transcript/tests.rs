//! Transcripts of the complete menu language.
