//! Countries, as far as data protection tells them apart: in the EEA, adequate, or neither.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A country, by its ISO 3166-1 code of two letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

/// The European Economic Area.
const EEA: &str = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK";

/// Countries, beside the EEA, that the European Commission has found adequate as a whole, as of 2026-01. For the United States
/// and Canada the decision covers some companies only.
/// Source: <https://commission.europa.eu/law/law-topic/data-protection/international-dimension-data-protection/adequacy-decisions_en>
const ADEQUATE: &str = "AD AR BR CH FO GB GG IL IM JE JP KR NZ UY";

/// Every officially assigned code (ISO 3166-1).
const ALL: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD \
CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN \
GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS \
LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK \
PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO \
TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// What authors write for the countries that registries name most, in English and in the country's own language.
const NAMED: &str = "\
AT austria, österreich
BE belgium, belgique, belgië
BG bulgaria
BR brazil, brasil
CA canada
CH switzerland, suisse, schweiz
CY cyprus
CZ czechia, czech republic
DE germany, deutschland, allemagne
DK denmark, danmark
EE estonia
ES spain, españa, espagne
FI finland, suomi
FR france
GB uk, united kingdom, great britain, england, royaume-uni
GR greece, el
HR croatia
HU hungary
IE ireland, irlande
IL israel
IN india, inde
IS iceland
IT italy, italia, italie
JP japan, japon
KR south korea, korea
LI liechtenstein
LT lithuania
LU luxembourg
LV latvia
MT malta
NL netherlands, the netherlands, nederland, holland, pays-bas
NO norway, norge
NZ new zealand
PL poland, polska
PT portugal
RO romania
SE sweden, sverige
SG singapore
SI slovenia
SK slovakia
US usa, united states, united states of america, u.s., u.s.a., états-unis";

/// Whether a text is the code of a country.
pub fn is_country(code: &str) -> bool {
    has(ALL, code)
}

fn has(list: &str, code: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == code)
}

impl Country {
    /// The country with a code, in capitals.
    pub fn parse(code: &str) -> Option<Self> {
        is_country(code).then(|| code.as_bytes().try_into().map(Self).ok()).flatten()
    }

    /// The country that a text most likely means that is no code: one in small letters, or a name.
    pub fn meant(text: &str) -> Option<Self> {
        let name = text.trim().to_lowercase();
        let named = NAMED.lines().find(|line| line[3..].split(", ").any(|known| known == name)).map(|line| &line[..2]);
        named.and_then(Self::parse).or_else(|| Self::parse(&name.to_ascii_uppercase()))
    }

    /// Its code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("")
    }

    /// Whether the GDPR applies there, so that nothing is transferred by sending data there.
    pub fn in_eea(&self) -> bool {
        has(EEA, self.code())
    }

    /// Whether the European Commission has found it adequate as a whole.
    pub fn is_adequate(&self) -> bool {
        has(ADEQUATE, self.code())
    }

    /// All codes.
    pub fn all() -> impl Iterator<Item = &'static str> {
        ALL.split_ascii_whitespace()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl TryFrom<String> for Country {
    type Error = String;

    fn try_from(code: String) -> Result<Self, String> {
        Self::parse(&code).ok_or_else(|| format!("`{code}` is no country"))
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.code().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_hold_countries() {
        assert_eq!(EEA.split_ascii_whitespace().count(), 30);
        assert!(EEA.split_ascii_whitespace().chain(ADEQUATE.split_ascii_whitespace()).all(is_country));
        assert_eq!(Country::all().count(), 249);
        assert!(Country::parse("FR").unwrap().in_eea() && !Country::parse("US").unwrap().in_eea());
        assert_eq!((Country::parse("UK"), Country::parse("fr")), (None, None));
        assert!(NAMED.lines().all(|line| is_country(&line[..2]) && line[3..].to_lowercase() == line[3..]));
    }

    #[test]
    fn a_name_means_a_country() {
        for (text, code) in [("France", "FR"), ("UK", "GB"), ("us", "US"), ("United States", "US"), ("Österreich", "AT")] {
            assert_eq!(Country::meant(text), Country::parse(code), "{text}");
        }
        assert_eq!((Country::meant("Atlantis"), Country::meant("")), (None, None));
    }
}
