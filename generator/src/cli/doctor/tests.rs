//! The doctor, before stand-ins.
