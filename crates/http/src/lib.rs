//! What all doors share: limits, time-outs, request ids, graceful shutdown.
