//! The registry's closed vocabularies: each word as authors write it, and as machines read it.

use serde::{Deserialize, Serialize};

/// A vocabulary: an enum whose values have written names.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $value:ident = $text:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$of])* #[serde(rename = $text)] $value,)*
        }

        impl $name {
            /// All of them, in the order in which they are told.
            pub const ALL: &[Self] = &[$(Self::$value),*];
            /// Their written names, in the same order.
            pub const NAMES: &[&str] = &[$($text),*];

            /// The written name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$value => $text,)*
                }
            }

            /// The value of a written name.
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$value),)*
                    _ => None,
                }
            }
        }
    )*};
}

words! {
    /// Something noted with a submission that nobody typed.
    CaptureKind {
        /// The address that it came from.
        IpAddress = "ip-address",
        /// The campaign parameters of the page's address: `utm_source` and its like.
        Utm = "utm",
        /// The page that led to the site.
        Referrer = "referrer",
    }
    /// In which form a submission reaches a recipient.
    DeliveryKind {
        /// A page of a database, with all fields: Notion.
        Page = "page",
        /// An e-mail to who sent the form, without what was typed: it tells that the form arrived.
        Confirmation = "confirmation",
        /// An e-mail to the operations' mailbox, with all fields.
        Notification = "notification",
        /// A call of an automation, with the submission's id and no field that is not named.
        Webhook = "webhook",
    }
    /// What can be wrong with a field of a submission.
    Fault {
        /// It must be filled in, and is blank or not there.
        Missing = "missing",
        /// It has fewer characters than its least.
        TooShort = "too-short",
        /// It has more characters than its most.
        TooLong = "too-long",
        /// It is no e-mail address.
        NotAnEmail = "not-an-email",
        /// It is no telephone number with a country code.
        NotAPhone = "not-a-phone",
        /// It is no web address.
        NotALink = "not-a-link",
        /// It is no day and time.
        NotAMoment = "not-a-moment",
        /// It is none of its options.
        NotAnOption = "not-an-option",
        /// It does not match the pattern that its author gave.
        WrongPattern = "wrong-pattern",
        /// It holds characters that nobody can see and no keyboard writes.
        ControlCharacters = "control-characters",
        /// It has several lines where there is one.
        SeveralLines = "several-lines",
        /// The form has no such field.
        UnknownField = "unknown-field",
        /// It is a number, a list or the like where text is expected.
        WrongType = "wrong-type",
        /// It is there twice.
        Duplicate = "duplicate",
        /// There are more fields than any form has.
        TooManyFields = "too-many-fields",
    }
    /// What the functions keep of their own, beside the fields of forms.
    Holding {
        /// Of each delivery, what was tried and when; the idempotency key of the submission.
        Deliveries = "deliveries",
        /// What protects the forms: counts by a keyed hash of a shortened address, spent proofs of work.
        Protection = "protection",
        /// Clients' projects, as the portal shows them.
        Projects = "projects",
        /// The codes that open these: keyed hashes, and when each was made and revoked.
        Codes = "codes",
        /// A proof of each choice of cookies: what was chosen, when and how, and in answer to which banner.
        Receipts = "receipts",
        /// What people have asked for by the form for privacy requests, and what was done.
        Requests = "requests",
        /// Who was told of a change of the policy: keyed hashes of addresses, and when.
        Notices = "notices",
    }
    /// From when on a period counts, where the functions note that time.
    Since {
        /// When it came in.
        Received = "received",
        /// The last contact with the person who sent it.
        LastContact = "last-contact",
        /// The close of the project.
        Close = "close",
        /// The answer to the request.
        Answer = "answer",
    }
    /// What allows a purpose (GDPR Art. 6(1)).
    Basis {
        /// Art. 6(1)(a).
        Consent = "consent",
        /// Art. 6(1)(b).
        Contract = "contract",
        /// Art. 6(1)(c).
        LegalObligation = "legal-obligation",
        /// Art. 6(1)(d).
        VitalInterest = "vital-interest",
        /// Art. 6(1)(e).
        PublicTask = "public-task",
        /// Art. 6(1)(f).
        LegitimateInterest = "legitimate-interest",
    }
    /// What a recipient is to the controller (GDPR Art. 4(7), 4(8), 26).
    Role {
        /// Acts on the controller's behalf.
        Processor = "processor",
        /// Decides together with the controller.
        JointController = "joint-controller",
        /// Decides for itself.
        Controller = "controller",
    }
    /// What makes a transfer out of the EEA lawful (GDPR chapter V).
    Safeguard {
        /// A decision that the country protects data adequately (Art. 45).
        Adequacy = "adequacy",
        /// The EU-US Data Privacy Framework, an adequacy decision for certified companies (Art. 45).
        Dpf = "dpf",
        /// Standard contractual clauses of the European Commission (Art. 46(2)(c)).
        Scc = "scc",
        /// Binding corporate rules (Art. 47).
        Bcr = "bcr",
    }
    /// A right of the people whose data it is (GDPR Art. 7(3), 15 to 22, 77).
    Right {
        /// Art. 15.
        Access = "access",
        /// Art. 16.
        Rectification = "rectification",
        /// Art. 17.
        Erasure = "erasure",
        /// Art. 18.
        Restriction = "restriction",
        /// Art. 20.
        Portability = "portability",
        /// Art. 21.
        Objection = "objection",
        /// Art. 7(3).
        Withdrawal = "withdrawal",
        /// Art. 77.
        Complaint = "complaint",
    }
    /// By what a right is exercised, or a choice withdrawn.
    Channel {
        /// The controller's e-mail address.
        Email = "email",
        /// The controller's postal address.
        Post = "post",
        /// A form of the site.
        Form = "form",
        /// The account's own pages.
        Account = "account",
        /// The consent banner.
        Banner = "banner",
    }
    /// Which part of the organisation's work something belongs to. What lives in a `product` is the organisation's own
    /// promise: stated, never counted as proven by a build.
    System {
        /// The website.
        Site = "site",
        /// The functions behind it.
        Functions = "functions",
        /// The client portal.
        Portal = "portal",
        /// A product that is not built here.
        Product = "product",
    }
    /// What consent is asked for: the category of a service.
    Category {
        /// The site does not work without it; no consent is asked for.
        Essential = "essential",
        /// A convenience.
        Functional = "functional",
        /// Audience measurement.
        Analytics = "analytics",
        /// Embedded videos, maps and the like.
        Media = "media",
        /// Advertising, and following people about.
        Marketing = "marketing",
    }
    /// What may be loaded from an origin: a directive of the Content-Security-Policy, without its `-src`.
    Directive {
        /// Requests that scripts make.
        Connect = "connect",
        /// Fonts.
        Font = "font",
        /// Where forms are sent.
        Form = "form",
        /// Frames.
        Frame = "frame",
        /// Images.
        Img = "img",
        /// Sound and video.
        Media = "media",
        /// Scripts.
        Script = "script",
        /// Style sheets.
        Style = "style",
        /// Workers.
        Worker = "worker",
    }
    /// Where in a browser something is stored, beside cookies.
    StorageKind {
        /// Kept until it is deleted.
        Local = "local",
        /// Gone with the tab.
        Session = "session",
        /// A database.
        IndexedDb = "indexeddb",
    }
    /// On whose domain a cookie is set.
    Party {
        /// The site's.
        First = "first",
        /// The vendor's.
        Third = "third",
    }
    /// What becomes of data when its period ends.
    Then {
        /// It is deleted.
        Delete = "delete",
        /// What identifies people is taken out.
        Anonymise = "anonymise",
    }
}

impl Right {
    /// The articles of the GDPR that give it.
    pub fn article(self) -> &'static str {
        match self {
            Self::Access => "15",
            Self::Rectification => "16",
            Self::Erasure => "17",
            Self::Restriction => "18",
            Self::Portability => "20",
            Self::Objection => "21",
            Self::Withdrawal => "7(3)",
            Self::Complaint => "77",
        }
    }
}

impl Basis {
    /// The point of GDPR Art. 6(1) that it is.
    pub fn point(self) -> char {
        match self {
            Self::Consent => 'a',
            Self::Contract => 'b',
            Self::LegalObligation => 'c',
            Self::VitalInterest => 'd',
            Self::PublicTask => 'e',
            Self::LegitimateInterest => 'f',
        }
    }
}
