//! What the dev server answers.
