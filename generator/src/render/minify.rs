//! `minify: full`, in builds of the tool that can do it.

#[cfg(feature = "minify-full")]
mod full;

/// Whether this build of the tool can do it.
pub const AVAILABLE: bool = cfg!(feature = "minify-full");

#[cfg(feature = "minify-full")]
pub use full::Minifier;

/// Without the feature, pages stay as they are.
#[cfg(not(feature = "minify-full"))]
#[derive(Debug, Default)]
pub struct Minifier;

#[cfg(not(feature = "minify-full"))]
impl Minifier {
    /// Minifies a page: here, not at all.
    pub fn html(&mut self, page: &str) -> Vec<u8> {
        page.as_bytes().to_vec()
    }
}
