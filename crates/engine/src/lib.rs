//! Commands and queries with their transactions.
