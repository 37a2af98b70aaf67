//! The floor of a development server: a watcher without a delay, one page read and rendered anew, kept in memory.

use std::collections::HashMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, mpsc};

use anyhow::Result;
use notify::{EventKind, RecursiveMode, Watcher};
use rayon::prelude::*;
use walkdir::WalkDir;

use crate::page::{render, templates};
use crate::serve::serve;

/// The rendered pages by address.
pub(crate) type Pages = Arc<RwLock<HashMap<String, Vec<u8>>>>;

/// Renders the site and serves it on this machine only, until it is killed.
pub(crate) fn watch(site: &Path, port: u16) -> Result<()> {
    // The watcher reports full paths, which are compared with this one.
    let content = site.join("content").canonicalize()?;
    let tera = templates(site)?;
    let files: Vec<PathBuf> = WalkDir::new(&content)
        .into_iter()
        .filter_map(|entry| entry.ok().filter(|entry| entry.file_type().is_file()))
        .map(walkdir::DirEntry::into_path)
        .collect();
    let rendered: HashMap<_, _> = files.par_iter().filter_map(|file| render(&tera, &content, file)).collect();
    let pages: Pages = Arc::new(RwLock::new(rendered));
    let (sender, events) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(sender)?;
    watcher.watch(&content, RecursiveMode::Recursive)?;
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    let served = Arc::clone(&pages);
    std::thread::spawn(move || serve(&listener, &served));
    for event in events {
        let event = event?;
        if !matches!(event.kind, EventKind::Modify(_) | EventKind::Create(_)) {
            continue;
        }
        for file in &event.paths {
            if let Some((url, page)) = render(&tera, &content, file) {
                pages.write().unwrap_or_else(PoisonError::into_inner).insert(url, page);
            }
        }
    }
    Ok(())
}
