//! From a [`Site`](crate::site::Site) to artifacts: pages, lists, feeds, assets. Every function here makes values.

pub mod assets;
pub mod consent;
pub mod context;
pub mod data;
pub mod feed;
pub mod headers;
mod imports;
pub mod interface;
pub mod minify;
pub mod page;
pub mod redirects;
pub mod script;
pub mod sitemap;
pub mod style;
pub mod templates;
pub mod theme;
pub mod vercel;
pub mod view;
pub mod webmanifest;
pub mod well_known;

use registry::diagnostic::Rule;

/// Every rule that rendering reports.
pub static RULES: [&Rule; 9] = [
    &templates::TEMPLATE_ERROR,
    &templates::TEMPLATE_LOOP,
    &page::UNKNOWN_TEMPLATE,
    &page::UNKNOWN_SHORTCODE,
    &theme::MISSING_ASSET,
    &style::INVALID_STYLE,
    &script::INVALID_SCRIPT,
    &data::INVALID_DATA,
    &interface::UNTRANSLATED_INTERFACE,
];
