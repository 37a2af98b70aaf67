//! What is caught and what is left alone: planted contradictions, and prose that states no fact of the site.

use std::sync::Arc;

use registry::model::Registry;

use super::*;

/// A registry that declares much.
const RICH: &str = "\
controller: { name: Acme SAS, address: '12 rue des Lilas, 69001 Lyon, France', country: FR, email: hello@acme.example }
authority: cnil
dpo: { contact: dpo@acme.example }
automated_decisions: none
sale: none
host: vercel
recipients:
  vercel: { use: vercel, role: processor }
  notion: { use: notion, role: processor }
  matomo: { name: Matomo, role: processor, country: FR, self_hosted: true, does: measures visits }
  bank: { name: Banque du Rhône, role: controller, country: FR, does: takes payments }
data: { lead: { label: Enquiries, people: visitors, note: deleted 45 days after the last word } }
purposes:
  answer: { label: Answer enquiries, basis: legitimate-interest, interest: replying, data: [lead], recipients: [notion, vercel] }
  measure: { label: Measure visits, basis: consent, data: [lead], recipients: [matomo] }
retention:
  leads: { data: [lead], keep: 2 years, from: last-contact, then: delete, by: job }
services:
  matomo: { category: analytics, label: Matomo, does: measures visits, recipient: matomo, purpose: measure, cookies: [{ name: _pk_id*, keep: 13 months }] }
  draft: { category: essential, label: Drafts, does: keeps drafts, storage: [{ kind: local, key: draft, keep: 1 week }] }
rights: { channel: [email], answer_within: 1 month }
changes: { notice: 30 days, by: email }
";

/// A registry that declares little.
const MINIMAL: &str = "\
controller: { name: Acme, address: 1 Road, email: hello@acme.example }
purposes: { answer: { label: Answer, basis: public-task } }
";

/// A registry that says yes where others say no.
const YES: &str = "\
controller: { name: Acme, address: 1 Road, email: hello@acme.example }
sale: to whoever pays
automated_decisions: { logic: a score, consequences: a refusal }
purposes: { answer: { label: Answer, basis: public-task } }
";

/// Names of some countries.
const COUNTRIES: [(&str, &str, &str); 12] = [
    ("DE", "Germany", "Allemagne"),
    ("US", "United States", "États-Unis"),
    ("CA", "Canada", "Canada"),
    ("FR", "France", "France"),
    ("GB", "United Kingdom", "Royaume-Uni"),
    ("IN", "India", "Inde"),
    ("RE", "Réunion", "La Réunion"),
    ("CH", "Switzerland", "Suisse"),
    ("JP", "Japan", "Japon"),
    ("IS", "Iceland", "Islande"),
    ("NO", "Norway", "Norvège"),
    ("LI", "Liechtenstein", "Liechtenstein"),
];

fn read(text: &str) -> Registry {
    let read = registry::resolve::registry(Some((&Arc::from("content/privacy.yaml"), text)), &[]);
    assert_eq!(read.diagnostics, [], "the fixture can be read");
    read.value.registry
}

/// What is found in a text: the words that are marked, and the message.
fn found(registry: &str, language: &str, text: &str) -> Vec<(String, String)> {
    let registry = read(registry);
    let country = |code: &str| {
        let (_, english, french) = COUNTRIES.iter().find(|(known, _, _)| *known == code)?;
        Some((if language == "fr" { french } else { english }).to_string())
    };
    let found = contradictions(&Arc::from("content/privacy.md"), text, language, &Declarations::of(&registry), &country);
    found.into_iter().map(|found| (text[found.span.start..found.span.end].to_owned(), found.message)).collect()
}

fn marked(registry: &str, language: &str, text: &str) -> Vec<String> {
    found(registry, language, text).into_iter().map(|(marked, _)| marked).collect()
}

#[test]
fn prose_that_states_no_fact_of_the_site_is_left_alone() {
    for registry in [RICH, MINIMAL] {
        assert_eq!(found(registry, "en", include_str!("neutral.en.md")), []);
        assert_eq!(found(registry, "fr", include_str!("neutral.fr.md")), []);
    }
}

/// Planted contradictions: language, sentence, what is marked. The rich registry bears none of them out.
const PLANTED: &[(&str, &str, &str)] = &[
    // Periods.
    ("en", "We keep your enquiries for 3 years after our last exchange.", "3 years"),
    ("en", "Your messages are deleted after thirty-six months.", "thirty-six months"),
    ("en", "We reply to every request within 15 days.", "15 days"),
    ("en", "We will tell you of changes at least 60 days before they take effect.", "60 days"),
    ("en", "Log files are stored for up to ninety (90) days.", "ninety (90) days"),
    ("en", "## How long we keep data\n\n- Invoices: 10 years\n", "10 years"),
    ("en", "| Data | Kept for |\n| --- | --- |\n| Enquiries | 18 months |\n", "18 months"),
    ("en", "Our 5-year retention period begins with the last order.", "5-year"),
    ("fr", "Vos messages sont conservés pendant trois ans.", "trois ans"),
    ("fr", "Les journaux sont supprimés au bout de 6 mois.", "6 mois"),
    ("fr", "Nous répondons à toute demande sous quinze jours.", "quinze jours"),
    ("fr", "Vous serez prévenus au moins 60 jours avant leur entrée en vigueur.", "60 jours"),
    ("fr", "Durée de conservation : 5 ans.", "5 ans"),
    ("fr", "| Donnée | Durée de conservation |\n| --- | --- |\n| Demandes | 18 mois |\n", "18 mois"),
    // Vendors.
    ("en", "We use Hotjar to see how people move about our pages.", "Hotjar"),
    ("en", "Payments are processed by Stripe.", "Stripe"),
    ("en", "Forms are sent to Make, which files them.", "Make"),
    ("en", "Mailchimp sends our newsletter.", "Mailchimp"),
    ("en", "| Who | What for |\n| --- | --- |\n| Resend | E-mail |\n", "Resend"),
    ("fr", "Nous utilisons Google Analytics pour mesurer l’audience.", "Google Analytics"),
    ("fr", "Les paiements passent par Stripe.", "Stripe"),
    ("fr", "Nos automatismes sont confiés à Make.com.", "Make.com"),
    ("fr", "La newsletter est envoyée par Brevo.", "Brevo"),
    ("de", "Wir nutzen Hotjar.", "Hotjar"),
    // Countries.
    ("en", "Your data is stored on servers in Canada.", "Canada"),
    ("en", "Some data is transferred to India.", "India"),
    ("en", "Our backups are hosted in the U.K.", "U.K"),
    ("en", "| Provider | Country |\n| --- | --- |\n| Our printer | Japan |\n", "Japan"),
    ("fr", "Vos données sont hébergées au Canada.", "Canada"),
    ("fr", "Des données sont transférées en Inde.", "Inde"),
    ("fr", "Les sauvegardes sont stockées au Royaume-Uni.", "Royaume-Uni"),
    // Cookies.
    ("en", "The cookie `session_id` remembers who you are.", "`session_id`"),
    ("en", "We set _ga and nothing else.", "_ga"),
    ("en", "The session_id cookie remembers who you are.", "session_id"),
    ("en", "The portal keeps `project-code` in `sessionStorage`.", "`project-code`"),
    ("fr", "Le cookie `visiteur` vous reconnaît.", "`visiteur`"),
    ("fr", "Nous déposons _fbp sur vos appareils.", "_fbp"),
    ("de", "Das Cookie `besuch` merkt sich Ihre Wahl.", "`besuch`"),
    // Addresses.
    ("en", "Write to us at privacy@acme.example.", "privacy@acme.example"),
    ("en", "Contact [our team](mailto:team@other.example) with any question.", "team@other.example"),
    ("en", "Acme SAS, 12 rue des Lilas, 69002 Lyon.", "69002 Lyon"),
    ("fr", "Écrivez-nous à contact@acme.example.", "contact@acme.example"),
    ("fr", "Notre siège : 3 avenue Foch, 75016 Paris.", "75016 Paris"),
    ("de", "Schreiben Sie an hallo@acme.example.", "hallo@acme.example"),
    // Legal bases.
    ("en", "The legal basis of this processing is the performance of a contract.", "performance of a contract"),
    ("en", "We process billing data on the basis of a legal obligation.", "legal obligation"),
    ("en", "Processing rests on Art. 6(1)(b) GDPR.", "Art. 6(1)(b"),
    ("en", "| Legal basis | What rests on it |\n| --- | --- |\n| Contract | Orders |\n", "Contract"),
    ("fr", "La base légale de ce traitement est l’exécution du contrat.", "exécution du contrat"),
    ("fr", "Ce traitement repose sur une obligation légale.", "obligation légale"),
    ("fr", "Le traitement se fonde sur l’article 6.1.e du RGPD.", "article 6.1.e"),
    // Claims.
    ("en", "We sell your data to partners.", "sell"),
    ("en", "Your personal information may be sold.", "sold"),
    ("en", "This site uses no cookies.", "no cookies"),
    ("en", "We share your data with no one.", "no one"),
    ("en", "We do not transfer your data outside the European Union.", "European Union"),
    ("en", "All data is stored exclusively in the EU.", "EU"),
    ("en", "We use automated decision-making.", "automated decision-making"),
    ("fr", "Nous vendons vos données à nos partenaires.", "vendons"),
    ("fr", "Ce site ne dépose aucun cookie.", "ne dépose aucun cookie"),
    ("fr", "Vos données ne sont transmises à aucun tiers.", "aucun tiers"),
    ("fr", "Aucune donnée n’est transférée hors de l’Union européenne.", "Union européenne"),
    ("fr", "Nous n’avons aucun sous-traitant.", "aucun sous-traitant"),
    ("fr", "Nous prenons des décisions entièrement automatisées.", "décisions entièrement automatisées"),
];

#[test]
fn what_no_declaration_bears_out_is_caught() {
    let missed: Vec<_> = PLANTED
        .iter()
        .map(|(language, text, mark)| (marked(RICH, language, text), *mark, *text))
        .filter(|(found, mark, _)| *found != [mark.to_string()])
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn many_ways_of_saying_it_are_caught() {
    for (language, sentences) in [("en", include_str!("planted.en.txt")), ("fr", include_str!("planted.fr.txt"))] {
        let missed: Vec<&str> = sentences.lines().filter(|sentence| marked(RICH, language, sentence).is_empty()).collect();
        assert!(missed.is_empty(), "{missed:#?}");
    }
    for (language, sentences) in [("en", include_str!("denied.en.txt")), ("fr", include_str!("denied.fr.txt"))] {
        for sentence in sentences.lines() {
            assert_eq!((marked(YES, language, sentence).len(), marked(RICH, language, sentence).len()), (1, 0), "{sentence}");
        }
    }
}

/// Claims against a registry that says the opposite, and against one that says nothing.
const DENIED: &[(&str, &str, &str)] = &[
    ("en", "We never sell your personal data.", "sell"),
    ("en", "Your data is not sold.", "sold"),
    ("en", "We make no automated decisions about you.", "automated decisions"),
    ("fr", "Nous ne vendons jamais vos données.", "vendons"),
    ("fr", "Aucune donnée n’est vendue.", "vendue"),
    ("fr", "Nous ne prenons aucune décision automatisée.", "décision automatisée"),
];

// Promises: cresco/nothing-passed-on, qualify-crm/nothing-sold, cluently/nothing-sold
#[test]
fn a_denial_needs_a_declaration() {
    for (language, text, mark) in DENIED {
        assert_eq!(marked(YES, language, text), [*mark], "{text}");
        assert_eq!(marked(MINIMAL, language, text), [*mark], "{text}");
        assert_eq!(marked(RICH, language, text), [""; 0], "{text}");
    }
}

/// What the rich registry bears out.
const BORNE_OUT: &[(&str, &str)] = &[
    ("en", "We keep enquiries for 24 months, and answer within one month."),
    ("en", "We delete what you wrote 45 days after that; the cookie `_pk_id.1.2` is kept for 13 months."),
    ("en", "Notion and Vercel store data in the United States; Matomo is hosted in France."),
    ("en", "Write to hello@acme.example or [the officer](mailto:dpo@acme.example), 12 rue des Lilas, 69001 Lyon."),
    ("en", "Analytics rest on consent, and answering is based on our legitimate interest in using data (Art. 6(1)(f) GDPR)."),
    ("en", "Your draft is kept under `draft` in `localStorage`; drafts expire after one week."),
    ("en", "We will tell you 30 days before a change."),
    ("fr", "Nous conservons les demandes deux ans, et répondons sous un mois."),
    ("fr", "Notion et Vercel stockent des données aux États-Unis ; Matomo est hébergé en France."),
    ("fr", "Les statistiques reposent sur votre consentement ; la base légale des réponses est notre intérêt légitime."),
    ("fr", "Nous ne vendons aucune donnée, et ne prenons aucune décision automatisée."),
    ("fr", "Vous serez prévenus 30 jours avant tout changement."),
];

#[test]
fn what_a_declaration_bears_out_is_left_alone() {
    for (language, text) in BORNE_OUT {
        assert_eq!(found(RICH, language, text), [], "{text}");
    }
}

/// Two rules, and a company that works for the site.
const TWO_RULES: &str = "\
controller: { name: Acme, address: 1 Road, country: FR, email: hello@acme.example }
recipients: { brevo: { name: Brevo, role: processor, country: FR }, vercel: { use: vercel, role: processor } }
data:
  lead: { label: { en: Enquiries, fr: Demandes de découverte }, people: visitors }
  bill: { label: { en: Invoices, fr: Factures }, people: customers }
purposes: { answer: { label: Answer, basis: public-task, data: [lead, bill], recipients: [brevo, vercel] } }
retention:
  leads: { data: [lead], keep: 2 years, then: delete, by: job }
  bills: { data: [bill], keep: 5 years, then: delete, by: job }
";

#[test]
fn a_period_is_that_of_the_data_which_a_sentence_names() {
    for (language, text, mark) in [
        ("en", "We keep enquiries for five years.", "five years"),
        ("en", "Invoices are deleted after 2 years.", "2 years"),
        ("fr", "Nous conservons les demandes de découverte pendant cinq ans.", "cinq ans"),
        ("fr", "Vos factures sont conservées pendant deux ans.", "deux ans"),
    ] {
        assert_eq!(marked(TWO_RULES, language, text), [mark], "{text}");
    }
    for (language, text) in [
        ("en", "We keep enquiries for two years, and invoices for five years."),
        ("en", "We keep invoices for five years."),
        ("en", "We keep what customers wrote for five years."),
        ("en", "Backups of enquiries are kept for five years."),
        ("en", "If you buy, we keep enquiries for five years."),
        ("fr", "Nous conservons les factures pendant cinq ans."),
        ("fr", "Nous conservons les pièces des demandes pendant cinq ans."),
    ] {
        assert_eq!(found(TWO_RULES, language, text), [], "{text}");
    }
}

// Promises: cresco/nothing-passed-on
#[test]
fn processors_are_third_parties_to_readers() {
    assert_eq!(marked(TWO_RULES, "en", "Nothing is shared with third parties."), ["third parties"]);
    assert_eq!(marked(TWO_RULES, "fr", "Aucune donnée n’est communiquée à des tiers."), ["des tiers"]);
    assert_eq!(marked(TWO_RULES, "fr", "Aucune donnée n’est communiquée à des tiers à des fins commerciales."), [""; 0]);
    assert_eq!(marked(MINIMAL, "en", "Nothing is shared with third parties."), [""; 0]);
}

#[test]
fn a_vendor_that_only_makes_statistics_is_one() {
    assert_eq!(marked(MINIMAL, "fr", "Les statistiques sont réalisées avec Matomo."), ["Matomo"]);
    assert_eq!(marked(RICH, "fr", "Les statistiques sont réalisées avec Matomo."), [""; 0]);
}

#[test]
fn only_prose_is_judged() {
    let text = "---\ntitle: Hotjar\npolicy: privacy\n---\n{{ note(text=\"We use Hotjar\") }}\n\n```text\nWe keep data for 9 years.\n```\n\n\
                ![Kept for 9 years](x.png) and <span title=\"kept for 9 years\">nothing</span> [here](https://hotjar.example/Hotjar).\n";
    assert_eq!(found(RICH, "en", text), []);
}

#[test]
fn a_mark_is_exact_whatever_stands_around_it() {
    let text = "Éléments {{ x() }} &amp; **we keep\nlogs** for *3&nbsp;years*, <b>and Hotjar</b> too.\n";
    assert_eq!(marked(RICH, "en", text), ["3&nbsp;years", "Hotjar"]);
}

#[test]
fn a_remedy_names_the_nearest_declaration() {
    let registry = read(RICH);
    let help = |text: &str| {
        let declared = Declarations::of(&registry);
        contradictions(&Arc::from("content/privacy.md"), text, "en", &declared, &|_| None).remove(0).help
    };
    assert!(
        help("We keep enquiries for 3 years.").starts_with("`retention.leads` says 2 years;"),
        "{}",
        help("We keep enquiries for 3 years.")
    );
    assert!(help("Write to us: x@acme.example.").starts_with("`controller.email` says `hello@acme.example`;"));
}
