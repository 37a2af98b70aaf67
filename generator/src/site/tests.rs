//! How files become a site.
