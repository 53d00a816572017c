//! Persistence: snapshots in, changes out, on SQLite and PostgreSQL.
