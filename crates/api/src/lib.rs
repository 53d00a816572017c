//! Tenure’s own REST API.
