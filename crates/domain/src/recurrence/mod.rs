//! When something repeats.
