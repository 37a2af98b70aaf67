//! What operators set: addresses and keys, from the environment. Everything that is wrong is told at once.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// The variables, with what each is for; `doctor` and the deploy guide list them from here.
pub const VARIABLES: &[(&str, &str)] = &[
    ("PLAINSITE_SECRET", "signs form tokens and hashes addresses: 32 characters or more, from `openssl rand -hex 32`"),
    ("CRON_SECRET", "lets the host call the jobs: 16 characters or more"),
    ("DATABASE_URL", "the store: `postgres://…`, or `sqlite:FILE`; without it, leads are kept in Notion"),
    ("NOTION_TOKEN", "the token of the Notion connection for leads"),
    ("NOTION_LEADS", "the id of the data source that leads are written to"),
    ("NOTION_PROJECTS_TOKEN", "the token of another Notion connection, for the portal's projects; with a database, they are kept there"),
    ("NOTION_PROJECTS", "the id of the data source that projects are read from"),
    ("NOTION_STEPS", "the id of the data source that their phases, milestones, deliverables and updates are read from"),
    ("STRIPE_API_KEY", "a restricted Stripe key that may read invoices and charges, and nothing else: what the portal shows of them"),
    ("RESEND_API_KEY", "a Resend key that may send e-mails and nothing else"),
    ("SMTP_URL", "in its place, a mail server: `smtps://user:password@host`"),
    ("MAIL_FROM", "who e-mails are from: `CRESCO System <hello@crescosystem.com>`"),
    ("OPERATIONS_EMAIL", "the mailbox that is told of leads, and of what needs a person"),
    ("WEBHOOK_URL", "the address of the automation"),
    ("WEBHOOK_KEY", "its key, sent as `x-make-apikey`"),
    ("FORMS_PER_ADDRESS", "the most submissions from one network in ten minutes: 5 where it is not set"),
    ("NOTION_URL", "for stand-ins and tests: what takes Notion's place on this machine, such as `http://127.0.0.1:4001`"),
    ("RESEND_URL", "for stand-ins and tests: what takes Resend's place on this machine"),
    ("STRIPE_URL", "for stand-ins and tests: what takes Stripe's place on this machine"),
];

/// Where the outside services are; a stand-in on this machine takes the place of each in development and in tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// Notion's API.
    pub notion: String,
    /// Resend's API.
    pub resend: String,
    /// Stripe's API.
    pub stripe: String,
}

impl Default for Addresses {
    fn default() -> Self {
        let [notion, resend, stripe] = ["https://api.notion.com", "https://api.resend.com", "https://api.stripe.com"].map(str::to_owned);
        Self { notion, resend, stripe }
    }
}

/// The Notion connection for leads.
#[derive(Clone, Debug)]
pub struct Notion {
    /// Its token.
    pub token: SecretString,
    /// The data source that leads are written to.
    pub leads: String,
}

/// The Notion connection for projects: another one, so that whoever guesses project codes uses up nothing that leads need.
#[derive(Clone, Debug)]
pub struct NotionProjects {
    /// Its token.
    pub token: SecretString,
    /// The data source of projects.
    pub projects: String,
    /// The data source of what belongs to them.
    pub steps: String,
}

/// By what e-mails are sent.
#[derive(Clone, Debug)]
pub enum Mail {
    /// Resend's API, with its key.
    Resend(SecretString),
    /// A mail server, by an address that holds user and password.
    Smtp(SecretString),
}

/// The automation.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Its address, which is a secret: whoever knows it can call it.
    pub url: SecretString,
    /// Its key.
    pub key: Option<SecretString>,
}

/// What operators have set.
#[derive(Clone, Debug)]
pub struct Config {
    /// The secret that tokens and hashes are made with.
    pub secret: SecretString,
    /// The secret of the jobs; without it, they refuse everybody.
    pub cron_secret: Option<SecretString>,
    /// The store; none is Notion.
    pub database_url: Option<SecretString>,
    /// The Notion connection for leads.
    pub notion: Option<Notion>,
    /// The Notion connection for projects.
    pub notion_projects: Option<NotionProjects>,
    /// Stripe's key.
    pub stripe: Option<SecretString>,
    /// By what e-mails are sent.
    pub mail: Option<Mail>,
    /// Who they are from.
    pub mail_from: Option<String>,
    /// The operations' mailbox.
    pub operations: Option<String>,
    /// The automation.
    pub webhook: Option<Webhook>,
    /// The most submissions from one network in ten minutes.
    pub per_address: u32,
    /// Where the outside services are.
    pub addresses: Addresses,
}

/// The most submissions from one network in ten minutes, where operators have not set it.
pub const PER_ADDRESS: u32 = 5;

impl Config {
    /// From the environment of the process.
    ///
    /// # Errors
    /// Everything that is missing or wrong, one sentence each, without any value.
    pub fn from_environment() -> Result<Self, Vec<String>> {
        Self::from_variables(&std::env::vars().collect())
    }

    /// From variables by name. Blank ones count as not set.
    ///
    /// # Errors
    /// As [`Config::from_environment`].
    pub fn from_variables(variables: &BTreeMap<String, String>) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let get = |name: &str| variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty()).map(str::to_owned);
        let secret = |name: &str| get(name).map(SecretString::from);
        let long = |name: &str, least: usize, problems: &mut Vec<String>| {
            let value = secret(name)?;
            if value.expose_secret().len() < least {
                problems.push(format!("`{name}` has fewer than {least} characters"));
            }
            Some(value)
        };
        let own = long("PLAINSITE_SECRET", 32, &mut problems);
        if own.is_none() {
            problems.push("`PLAINSITE_SECRET` is not set".to_owned());
        }
        let cron_secret = long("CRON_SECRET", 16, &mut problems);
        let database_url = secret("DATABASE_URL");
        if let Some(url) = &database_url
            && !["postgres://", "postgresql://", "sqlite:"].iter().any(|scheme| url.expose_secret().starts_with(scheme))
        {
            problems.push("`DATABASE_URL` begins with neither `postgres://` nor `sqlite:`".to_owned());
        }
        let notion = match (secret("NOTION_TOKEN"), get("NOTION_LEADS")) {
            (Some(token), Some(leads)) => Some(Notion { token, leads }),
            (None, None) => None,
            (Some(_), None) => missing(&mut problems, "NOTION_LEADS", "NOTION_TOKEN"),
            (None, Some(_)) => missing(&mut problems, "NOTION_TOKEN", "NOTION_LEADS"),
        };
        let notion_projects = match (secret("NOTION_PROJECTS_TOKEN"), get("NOTION_PROJECTS"), get("NOTION_STEPS")) {
            (Some(token), Some(projects), Some(steps)) => Some(NotionProjects { token, projects, steps }),
            (None, None, None) => None,
            (token, projects, steps) => {
                let all = [
                    ("NOTION_PROJECTS_TOKEN", token.is_some()),
                    ("NOTION_PROJECTS", projects.is_some()),
                    ("NOTION_STEPS", steps.is_some()),
                ];
                let (set, unset): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, is_set)| *is_set);
                unset.iter().for_each(|(name, _)| _ = missing::<()>(&mut problems, name, set[0].0));
                None
            }
        };
        let mail = match (secret("RESEND_API_KEY"), secret("SMTP_URL")) {
            (Some(_), Some(_)) => {
                problems.push("both `RESEND_API_KEY` and `SMTP_URL` are set: set the one by which e-mails are to be sent".to_owned());
                None
            }
            (Some(key), None) => Some(Mail::Resend(key)),
            (None, Some(url)) => Some(Mail::Smtp(url)),
            (None, None) => None,
        };
        let stripe = secret("STRIPE_API_KEY");
        let mail_from = get("MAIL_FROM");
        if mail.is_some() && mail_from.is_none() {
            problems.push("`MAIL_FROM` is not set, and e-mails are to be sent".to_owned());
        }
        let operations = get("OPERATIONS_EMAIL");
        for (name, value) in [("MAIL_FROM", &mail_from), ("OPERATIONS_EMAIL", &operations)] {
            if value.as_ref().is_some_and(|value| value.parse::<lettre::message::Mailbox>().is_err()) {
                problems.push(format!("`{name}` is no e-mail address, such as `Acme <hello@acme.example>`"));
            }
        }
        let webhook = match (secret("WEBHOOK_URL"), secret("WEBHOOK_KEY")) {
            (Some(url), key) => Some(Webhook { url, key }),
            (None, Some(_)) => missing(&mut problems, "WEBHOOK_URL", "WEBHOOK_KEY"),
            (None, None) => None,
        };
        if let Some(url) = webhook.as_ref().and_then(|webhook| Url::parse(webhook.url.expose_secret()).ok())
            && (!url.username().is_empty() || url.password().is_some())
        {
            problems.push("`WEBHOOK_URL` has a name or a password in it, which would not be sent: set `WEBHOOK_KEY`".to_owned());
        }
        let per_address = match get("FORMS_PER_ADDRESS").map(|text| text.parse::<u32>()) {
            None => PER_ADDRESS,
            Some(Ok(number)) if number > 0 => number,
            Some(_) => {
                problems.push("`FORMS_PER_ADDRESS` is no whole number above 0".to_owned());
                PER_ADDRESS
            }
        };
        let mut addresses = Addresses::default();
        let Addresses { notion: at_notion, resend: at_resend, stripe: at_stripe } = &mut addresses;
        for (name, address) in [("NOTION_URL", at_notion), ("RESEND_URL", at_resend), ("STRIPE_URL", at_stripe)] {
            match get(name) {
                // Nobody else's machine gets leads or keys in the name of these.
                Some(url) if Url::parse(&url).ok().and_then(|url| loopback(&url)).is_none() => {
                    problems.push(format!("`{name}` is no address of this machine, such as `http://127.0.0.1:4001`"));
                }
                Some(url) => url.trim_end_matches('/').clone_into(address),
                None => {}
            }
        }
        match own {
            Some(secret) if problems.is_empty() => Ok(Self {
                secret,
                cron_secret,
                database_url,
                notion,
                notion_projects,
                stripe,
                mail,
                mail_from,
                operations,
                webhook,
                per_address,
                addresses,
            }),
            _ => Err(problems),
        }
    }
}

impl Config {
    /// Whether projects have the very connection of leads, so that whoever guesses project codes uses up what leads need.
    pub fn shares_notion(&self) -> bool {
        let (Some(leads), Some(projects)) = (&self.notion, &self.notion_projects) else { return false };
        leads.token.expose_secret() == projects.token.expose_secret()
    }
}

/// Host and port of an address on this machine; none of another one's.
pub fn loopback(address: &Url) -> Option<(String, u16)> {
    let host = address.host_str()?;
    matches!(host, "127.0.0.1" | "[::1]" | "localhost").then_some(())?;
    Some((host.to_owned(), address.port_or_known_default()?))
}

fn missing<T>(problems: &mut Vec<String>, name: &str, other: &str) -> Option<T> {
    problems.push(format!("`{name}` is not set, and `{other}` is"));
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(variables: &[(&str, &str)]) -> Result<Config, Vec<String>> {
        Config::from_variables(&variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    const SECRET: (&str, &str) = ("PLAINSITE_SECRET", "0123456789abcdef0123456789abcdef");

    #[test]
    fn everything_wrong_is_told_at_once_without_a_value() {
        let problems = config(&[
            ("PLAINSITE_SECRET", "canary"),
            ("CRON_SECRET", "canary"),
            ("DATABASE_URL", "mysql://canary"),
            ("NOTION_TOKEN", "canary"),
            ("RESEND_API_KEY", "canary"),
            ("SMTP_URL", "canary"),
            ("WEBHOOK_KEY", "canary"),
            ("FORMS_PER_ADDRESS", "canary"),
            ("OPERATIONS_EMAIL", "canary"),
            ("NOTION_URL", "https://canary.example"),
            ("RESEND_URL", "http://127.0.0.1.canary.example"),
            ("STRIPE_URL", "https://api.stripe.com.canary.example"),
            ("NOTION_STEPS", "canary"),
        ])
        .unwrap_err();
        assert_eq!(problems.len(), 13, "{problems:#?}");
        assert!(problems.iter().all(|problem| !problem.contains("canary")), "{problems:#?}");
    }

    #[test]
    fn stand_ins_are_on_this_machine() {
        let addresses = config(&[SECRET, ("NOTION_URL", "http://127.0.0.1:4001/")]).unwrap().addresses;
        assert_eq!((addresses.notion.as_str(), addresses.resend.as_str()), ("http://127.0.0.1:4001", "https://api.resend.com"));
        for other in ["127.0.0.1", "http://127.0.0.1@evil.example", "http://10.0.0.1:80", "https://localhost.evil.example"] {
            assert!(config(&[SECRET, ("RESEND_URL", other)]).is_err(), "{other}");
        }
    }

    #[test]
    fn a_password_that_would_not_be_sent_is_told() {
        for url in ["https://canary@hook.example/", "https://:canary@hook.example/"] {
            let problems = config(&[SECRET, ("WEBHOOK_URL", url)]).unwrap_err();
            assert!(problems.len() == 1 && problems[0].contains("`WEBHOOK_KEY`") && !problems[0].contains("canary"), "{problems:?}");
        }
        assert!(config(&[SECRET, ("WEBHOOK_URL", "https://hook.example/?at=@")]).is_ok());
    }

    #[test]
    fn projects_in_notion_need_all_three() {
        let all = [("NOTION_PROJECTS_TOKEN", "canary"), ("NOTION_PROJECTS", "projects"), ("NOTION_STEPS", "steps")];
        assert!(config(&[&[SECRET], &all[..]].concat()).unwrap().notion_projects.is_some());
        for at in 0..all.len() {
            let others = [&all[..at], &all[at + 1..]].concat();
            let problems = config(&[&[SECRET], &others[..]].concat()).unwrap_err();
            assert_eq!(problems, [format!("`{}` is not set, and `{}` is", all[at].0, others[0].0)]);
        }
    }

    #[test]
    fn blank_counts_as_not_set_and_secrets_do_not_print() {
        let config = config(&[SECRET, ("DATABASE_URL", "  "), ("NOTION_TOKEN", "canary"), ("NOTION_LEADS", "leads")]).unwrap();
        assert!(config.database_url.is_none());
        assert!(!format!("{config:?}").contains("canary"));
        assert!(config.notion.is_some());
    }
}
