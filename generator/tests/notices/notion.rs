//! People whom only Notion knows: its pages are leads where the site has no database, or had none in reach.

use std::sync::Arc;

use functions::adapters;
use functions::config::Config;
use functions::egress::Egress;
use functions::ports::{Accepted, Clock, Store, SystemClock};
use functions::stand_ins::{Fault, Notion};

use super::{Office, Run, SECRET, entry, finished};

/// Notion, where pages are leads.
struct Workspace {
    notion: Notion,
    store: Arc<dyn Store>,
    address: String,
}

impl Workspace {
    fn of(office: &Office) -> Self {
        let contract = Arc::new(functions::contract::embedded().unwrap());
        let notion = office.runtime.block_on(Notion::start(&contract)).unwrap();
        let mut config = Config::from_variables(&[("PLAINSITE_SECRET".to_owned(), SECRET.to_owned())].into()).unwrap();
        notion.configure(&mut config);
        let (egress, clock): (_, Arc<dyn Clock>) = (Egress::new(&contract.registry, &config), Arc::new(SystemClock));
        let store = adapters::notion_store(&contract, &config, &egress, &clock).unwrap();
        Self { notion, store, address: config.addresses.notion }
    }

    /// Somebody sends the form while there is no database, or none in reach.
    fn lead(&self, office: &Office, number: u8, email: &str, language: &str) {
        assert_eq!(office.runtime.block_on(self.store.accept(&entry(number, email, language))).unwrap(), Accepted::New);
    }

    /// The command with the keys of this workspace beside the database of an address; none where that is empty.
    fn run(&self, office: &Office, database: &str, arguments: &[&str]) -> Run {
        let keys =
            [("NOTION_TOKEN", Notion::TOKEN), ("NOTION_LEADS", Notion::LEADS), ("NOTION_URL", &self.address), ("DATABASE_URL", database)];
        finished(office.command(arguments).envs(keys))
    }
}

const NOTIFY: [&str; 4] = ["--date", "2026-06-10", "policy", "notify"];

#[test]
fn addresses_that_notion_alone_holds_are_told_once_too() {
    let office = Office::new();
    let workspace = Workspace::of(&office);
    // Ada is in both, Bob in the database, Eve and Kay in Notion.
    office.lead(1, "ada@visitor.example", "en");
    workspace.lead(&office, 1, "ada@visitor.example", "en");
    office.lead(2, "bob@visitor.example", "en");
    workspace.lead(&office, 3, "eve@visitor.example", "fr");
    workspace.lead(&office, 4, "kay@visitor.example", "en");
    let pages = workspace.notion.pages();
    for most in [1, 2] {
        let run = workspace.run(&office, &office.url(), &[&NOTIFY[..], &["--limit", &most.to_string()]].concat());
        assert_eq!(run.code, 0, "{}", run.err);
    }
    assert_eq!(office.letters().len(), 3, "as many as were asked for");
    for told in [1, 0] {
        let run = workspace.run(&office, &office.url(), &NOTIFY);
        assert!(run.code == 0 && run.out.contains(&format!("told now     {told}\n")), "{}{}", run.out, run.err);
    }
    let letters = office.letters();
    let told: Vec<&str> = letters.keys().map(String::as_str).collect();
    assert_eq!(told, ["ada", "bob", "eve", "kay"].map(|name| format!("{name}@visitor.example")));
    assert!(letters.values().all(|letters| letters.len() == 1));
    assert!(letters["eve@visitor.example"][0].text.contains("Intelligence artificielle (nouveau)"));
    assert_eq!(workspace.notion.pages(), pages, "nothing is written there");
}

#[test]
fn without_a_database_a_file_notes_who_was_told() {
    let office = Office::new();
    let workspace = Workspace::of(&office);
    for (number, name) in [(1, "ada"), (2, "bob"), (3, "eve")] {
        workspace.lead(&office, number, &format!("{name}@visitor.example"), "en");
    }
    let refused = workspace.run(&office, "", &NOTIFY);
    assert_eq!((refused.code, office.letters().len()), (2, 0));
    for text in ["`DATABASE_URL` is not set, and nothing else notes who was told", "`sqlite:notices.db`", "`plainsite doctor --migrate`"] {
        assert!(refused.err.contains(text), "{text}: {}", refused.err);
    }
    // As it says.
    let file = format!("sqlite:{}/notices.db", office.folder.path().display());
    assert_eq!(workspace.run(&office, &file, &["doctor", "--migrate"]).code, 0);
    // The second letter has no answer, and the third is not reached.
    office.resend.fail_next([Fault::Pass, Fault::Broken]);
    let run = workspace.run(&office, &file, &[&NOTIFY[..], &["--limit", "2"]].concat());
    assert!(run.out.contains("told now      1\nnot told yet  2\n"), "{}{}", run.out, run.err);
    for told in ["told now     2\ntold before  1\n", "told now     0\ntold before  3\n"] {
        let run = workspace.run(&office, &file, &NOTIFY);
        assert!(run.code == 0 && run.out.contains(told), "{}{}", run.out, run.err);
    }
    let letters = office.letters();
    assert!(letters.len() == 3 && letters.values().all(|letters| letters.len() == 1), "{:?}", letters.keys());
}
