//! How builds behave.
