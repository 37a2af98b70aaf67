//! Vendors: companies and products of the catalogue, and well-known trackers, that no recipient or service names.

use std::collections::HashMap;
use std::sync::LazyLock;

use registry::catalogue;

use super::text::{Kind, Sentence};
use super::words::{Phrases, Table, Word, place, words};
use super::{Contradiction, Judge, Language};

/// How much must be said for a name to be a vendor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    /// The name alone: it is nothing else.
    Name,
    /// That data goes there: policies mention the name for other reasons too, as browsers and social networks.
    Use,
    /// The same, and no place where any word is written with a capital: the name is a common word.
    Word,
}

/// Products and companies beside those of the catalogue, each with the companies whose declaration covers it.
const FURTHER: &str = "Google Analytics=Google|Google Tag Manager=Google|Google Ads=Google|Google Fonts=Google|Google Maps=Google|\
Google Cloud=Google|Firebase=Google|reCAPTCHA=Google|DoubleClick=Google|Meta Pixel=Meta|Facebook Pixel=Meta|Microsoft Clarity=Microsoft|\
Bing Ads=Microsoft|Microsoft Azure=Microsoft|LinkedIn Insight=LinkedIn|Amazon S3=Amazon Web Services|AWS=Amazon Web Services|Matomo=|\
Mixpanel=|Amplitude Analytics=|FullStory=|Criteo=|Taboola=|Outbrain=|Quantcast=|Chartbeat=|Mouseflow=|Smartlook=|AppsFlyer=|Optimizely=|\
Zendesk=|Salesforce=|Pipedrive=|Freshdesk=|Klaviyo=|Sendinblue=Brevo|Mailjet=|Mailgun=|ActiveCampaign=|ConvertKit=|MailerLite=|Twilio=|\
Airtable=|Shopify=|Datadog=|New Relic=|Bugsnag=|Rollbar=|Heroku=|DigitalOcean=|Hetzner=|Scaleway=|Infomaniak=|OVH=OVHcloud|Fastly=|\
Akamai=|jsDelivr=|Disqus=|AddThis=|ShareThis=|Gravatar=|Didomi=|Axeptio=|Cookiebot=|OneTrust=|Adyen=|Klarna=|Braintree=PayPal|\
GoCardless=|Mollie=|Algolia=|Cal.com=|Make.com=Make|Plausible=Plausible Analytics";

/// Names that policies mention for other reasons too.
const MENTIONED: &str =
    "stripe|sentry|intercom|google|microsoft|github|linkedin|paypal|vimeo|dailymotion|openstreetmap|aws|openai|matomo|salesforce|shopify";

/// The same beside the catalogue's: social networks, shops.
const NETWORKS: &str = "Facebook=Meta|Instagram=Meta|WhatsApp=Meta|YouTube=Google|Twitter=|TikTok=|Pinterest=|Snapchat=|Slack=|Discord=|Amazon=Amazon Web Services";

/// Names that are common words.
const COMMON: &str = "make|meta|linear|crisp|resend|notion|neon|clerk|railway|postmark|plausible|segment";

/// What a name is followed by where it is a browser, a shop or a licence: nothing that receives a visitor's data.
static PRODUCTS: Table = Table::everywhere(
    "chrome|edge|play|s play|s app store|s help|internet explorer|store|app store|safari|android|windows|ios|authenticator|docs help|help|support|issues|issue|repository",
);

/// What says that data goes somewhere.
static USE: Table = Table::of([
    "use|uses|using|used|rely|relies|provider*|processor*|subprocessor*|hosted|hosts|hosting|share*|sharing|transfer*|sends|sent|send|stored|stores|\
     store|processed by|processes|provided by|powered by|operated by|embed*|pixel*|recipient*|analytics|tracking|advertising|payment*|newsletter*|via|\
     handled by|collected by|tracker*|measured|supplier*|vendor*|delivered by|managed by|goes to|go to|passed|disclosed|receives|reported|tracked|run by|runs|kept in|handled|handles|logged|managed|manages|provides|with the help of|service|statistics are|compiled with|measured with|made with",
    "utilis*|recour*|prestataire*|sous traitant*|heberg*|partag*|transfer*|transm*|envoy*|stock*|traite|traites|traitees|fourni par|fournis par|fournie par|\
     pixel*|destinataire*|audience|publicit*|paiement*|newsletter*|via|grace a|confi*|integr*|mesure*|fournisseur*|recoit|gere par|gerees par|passe par|passent par|\
     assure par|assuree par|appuie sur|realise avec|realisee avec|realises avec|realisees avec|etabli* avec|produit* avec|calcule* avec",
]);

/// What leads to a name of somebody who does something.
const LEADS: &str = " by to via through with using par chez avec a ";

/// What says that a name is not one of ours.
static NOT_OURS: Table = Table::of([
    "follow us|browser|browsers|not|never|no|none|neither|nor|without|such as|for example|e g|if you use|like|instead of|you use|you can use|sign in with|\
     our page on|our profile|our account on|similar to|opt out|privacy policy of|trademark*|certif*|formerly|previously|no longer|any longer|nothing|don t|doesn t|avoid|refrain|compar*|meta tag|meta tags|rather than|competitor*",
    "rien|evitez|gardez vous|suivez nous|navigateur|navigateurs|pas|jamais|aucun|aucune|ni|sans|tel que|tels que|telle que|telles que|comme|par exemple|si vous utilisez|vous utilisez|\
     notre page sur|nos pages sur|notre profil|notre compte|plus|marque*|ancien*|auparavant|balise*|plutot que|au lieu|contrairement|concurrent*",
]);

/// A name, what declares it beside itself, and how much must be said.
struct Vendor {
    name: Vec<Word>,
    shown: String,
    covered_by: String,
    proof: Proof,
}

fn vendor(name: &str, covered_by: &str, proof: Proof) -> Vendor {
    Vendor { name: words(name, &[], &|span| span), shown: name.to_owned(), covered_by: covered_by.to_owned(), proof }
}

/// Every name by the first word of it, the longest first.
static VENDORS: LazyLock<HashMap<String, Vec<Vendor>>> = LazyLock::new(|| {
    let listed = |list: &str, name: &str| list.split('|').any(|known| known == name.to_lowercase());
    let further =
        |list: &'static str, proof: Proof| list.split('|').filter_map(move |one| one.split_once('=')).map(move |pair| (pair, proof));
    let mut vendors: Vec<Vendor> = catalogue::vendors()
        .iter()
        .map(|(id, name)| {
            let proof = match () {
                () if listed(COMMON, name) => Proof::Word,
                () if listed(MENTIONED, name) => Proof::Use,
                () => Proof::Name,
            };
            vendor(name, id, proof)
        })
        .collect();
    for ((name, covered_by), proof) in further(FURTHER, Proof::Name).chain(further(NETWORKS, Proof::Use)) {
        let proof = if listed(COMMON, name) {
            Proof::Word
        } else if listed(MENTIONED, name) {
            Proof::Use
        } else {
            proof
        };
        vendors.push(vendor(name, covered_by, proof));
    }
    vendors.sort_by_key(|vendor| std::cmp::Reverse(vendor.name.len()));
    let mut by_first: HashMap<String, Vec<Vendor>> = HashMap::new();
    for vendor in vendors {
        if let Some(first) = vendor.name.first().map(|word| word.text.clone()) {
            by_first.entry(first).or_default().push(vendor);
        }
    }
    by_first
});

pub(super) fn find(judge: Judge<'_>, sentences: &[Sentence], found: &mut Vec<Contradiction>) {
    let (uses, not_ours) = (USE.read(judge.language), NOT_OURS.read(judge.language));
    let products = PRODUCTS.read(judge.language);
    let mut told: Vec<&str> = Vec::new();
    for sentence in sentences {
        let words = &sentence.words;
        let mut at = 0;
        while at < words.len() {
            let Some(vendor) = VENDORS.get(&words[at].text).and_then(|named| named.iter().find(|vendor| is_at(&vendor.name, words, at)))
            else {
                at += 1;
                continue;
            };
            let end = at + vendor.name.len();
            let declared = judge.declared.names(&vendor.shown) || judge.declared.names(&vendor.covered_by);
            let other = products.at(words, end).is_some() || not_ours.said(words);
            if !declared && !other && is_meant(judge, sentence, at, vendor, uses) && !told.contains(&vendor.shown.as_str()) {
                told.push(&vendor.shown);
                found.push(Contradiction {
                    span: place(&words[at..end]),
                    message: format!("the text names `{}`, and no recipient or service does", vendor.shown),
                    help: "declare it under `recipients`, or take the name out of the text".to_owned(),
                });
            }
            at = end;
        }
    }
}

/// Whether a name stands at a word, capitals and all.
fn is_at(name: &[Word], words: &[Word], at: usize) -> bool {
    let joined = |n: usize, word: &Word| n == 0 || word.gap == name[n].gap || (word.gap.trim().is_empty() && name[n].gap == " ");
    let fits = |(n, part): (usize, &Word)| words.get(at + n).is_some_and(|word| !word.code && word.text == part.text && joined(n, word));
    // "Make-up", "Linear." of a file's name, "www.Stripe.com" of an address.
    let lone =
        !words.get(at + name.len()).is_some_and(|next| matches!(next.gap.as_str(), "-" | "/")) && !words[at].gap.ends_with(['/', '@', '-']);
    lone && name.iter().enumerate().all(fits)
}

/// Whether a sentence says enough for a name to be that of a vendor.
fn is_meant(judge: Judge<'_>, sentence: &Sentence, at: usize, vendor: &Vendor, uses: &Phrases) -> bool {
    let words = &sentence.words;
    let end = at + vendor.name.len();
    let alone = sentence.kind == Kind::Cell && at == 0 && end == words.len();
    let legal = words.get(end).is_some_and(|word| matches!(word.fold.as_str(), "inc" | "llc" | "ltd" | "sas" | "sa" | "gmbh" | "sarl"));
    match vendor.proof {
        Proof::Name => true,
        _ if judge.language == Language::Other => legal,
        Proof::Use => legal || alone || uses.said(words) && sentence.kind != Kind::Heading,
        Proof::Word => {
            let title_case = words.iter().filter(|word| word.fold.len() > 3 && word.is_capital()).count() * 2
                > words.iter().filter(|word| word.fold.len() > 3).count() + 2;
            let starts = at == 0 || words[at].gap.contains(['.', ':', '“', '«', '"', '(', '!', '?', '\n']);
            let verb = words.get(end).is_some_and(|word| {
                uses.at(std::slice::from_ref(word), 0).is_some()
                    && word.fold.ends_with(if judge.language == Language::French { 'e' } else { 's' })
            });
            let led = at > 0 && LEADS.contains(&format!(" {} ", words[at - 1].fold));
            let of = words.get(end).is_some_and(|word| matches!(word.fold.as_str(), "de" | "d" | "of" | "a" | "sure"));
            legal
                || alone
                || (sentence.kind != Kind::Heading && (led || uses.said(words)) && !of && if starts { verb } else { !title_case })
        }
    }
}
