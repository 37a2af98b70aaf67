//! The machine-readable forms of a registry: TILT, DPV, the record of processing, what stands under `/.well-known/`.

mod dpv;
mod fixture;
mod record;
mod tilt;
mod well_known;
