//! From the file system's events to rebuilds: at once when a file is closed, a few milliseconds later otherwise.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use anyhow::Context;
use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::state::{Report, Server};
use crate::build::Changes;
use crate::source::{FOLDERS, Kind, Source, is_read};

/// How long to wait for a file that is being written to be closed. Saving is over in a millisecond; only a file that stays
/// open, or whose closing nobody told, takes all of it.
const HALF_WRITTEN: Duration = Duration::from_millis(250);

/// Watches until it is dropped.
#[derive(Debug)]
pub(super) struct Watching(Sender<Message>);

#[derive(Debug)]
enum Message {
    Event(notify::Result<Event>),
    Stop,
}

impl Drop for Watching {
    fn drop(&mut self) {
        // The thread may have ended already.
        let _ = self.0.send(Message::Stop);
    }
}

/// Watches the site's folders, and rebuilds; every build's report goes to `tell`.
pub(super) fn start(server: Arc<Server>, tell: impl Fn(&Report) + Send + 'static) -> anyhow::Result<Watching> {
    let (send, messages) = channel();
    let to_thread = send.clone();
    let mut watcher =
        notify::recommended_watcher(move |event| drop(to_thread.send(Message::Event(event)))).context("cannot watch for changes")?;
    let root = server.disk.root().to_owned();
    // The root itself, for folders that come later; below it only what a build reads.
    watcher.watch(&root, RecursiveMode::NonRecursive).with_context(|| format!("cannot watch `{}`", root.display()))?;
    watch_folders(&mut watcher, &root)?;
    std::thread::Builder::new()
        .name("watch".to_owned())
        .spawn(move || {
            while let Some(batch) = next(&server, &messages) {
                let report = match batch.unknown {
                    true => server.rebuild(Changes::Everything),
                    false => server.rebuild(Changes::Paths(&batch.paths.iter().cloned().collect::<Vec<_>>())),
                };
                tell(&report);
                // A new folder may have got files before it was watched.
                let folders: Vec<_> = batch.paths.iter().filter(|path| server.disk.kind(path) == Kind::Folder).collect();
                let watched = folders.iter().filter(|path| watcher.watch(&root.join(path), RecursiveMode::Recursive).is_ok());
                if watched.count() > 0 {
                    tell(&server.rebuild(Changes::Everything));
                }
            }
        })
        .context("cannot start the watching thread")?;
    Ok(Watching(send))
}

fn watch_folders(watcher: &mut RecommendedWatcher, root: &Path) -> anyhow::Result<()> {
    for folder in FOLDERS.map(|name| root.join(name)).iter().filter(|folder| folder.is_dir()) {
        watcher.watch(folder, RecursiveMode::Recursive).with_context(|| format!("cannot watch `{}`", folder.display()))?;
    }
    Ok(())
}

/// What changed since the last build.
#[derive(Debug, Default)]
struct Batch {
    paths: BTreeSet<String>,
    /// Files that someone is still writing.
    open: BTreeSet<String>,
    /// Events were lost: anything may have changed.
    unknown: bool,
}

/// Waits for a change; `None` when nobody wants to know any more.
fn next(server: &Server, messages: &Receiver<Message>) -> Option<Batch> {
    let mut batch = Batch::default();
    while batch.paths.is_empty() && !batch.unknown {
        batch.note(server, messages.recv().ok()?)?;
        loop {
            let patience = if batch.open.is_empty() { Duration::ZERO } else { HALF_WRITTEN };
            match messages.recv_timeout(patience) {
                Ok(message) => batch.note(server, message)?,
                Err(_) => break,
            }
        }
    }
    Some(batch)
}

impl Batch {
    /// Takes an event in; `None` where it is the end.
    fn note(&mut self, server: &Server, message: Message) -> Option<()> {
        let event = match message {
            Message::Stop => return None,
            Message::Event(Ok(event)) if !event.need_rescan() => event,
            Message::Event(_) => {
                self.unknown = true;
                return Some(());
            }
        };
        let open = match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write)) | EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)) => {
                false
            }
            EventKind::Create(_) | EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Any) => true,
            // Reading, and changes of permissions or times, change no page.
            _ => return Some(()),
        };
        for path in event.paths.iter().filter_map(|path| server.disk.relative(path)).filter(|path| is_read(path)) {
            match open {
                true => self.open.insert(path.clone()),
                false => self.open.remove(&path),
            };
            self.paths.insert(path);
        }
        Some(())
    }
}
