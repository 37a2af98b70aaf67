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
    }
}
