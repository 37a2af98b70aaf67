//! The supervisory authorities that the tool knows, by the name that authors write.
//!
//! Source: the members of the European Data Protection Board, <https://www.edpb.europa.eu/about-edpb/about-edpb/members_en>,
//! and the ICO for the United Kingdom.

use serde::Serialize;

/// A supervisory authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Authority {
    /// The name that authors write.
    pub id: &'static str,
    /// Its short name.
    pub name: &'static str,
    /// Its full name, in its own language.
    pub full_name: &'static str,
    /// Its country.
    pub country: &'static str,
    /// Its site.
    pub url: &'static str,
}

const fn known(id: &'static str, name: &'static str, full_name: &'static str, country: &'static str, url: &'static str) -> Authority {
    Authority { id, name, full_name, country, url }
}

/// The authorities.
pub const KNOWN: [Authority; 14] = [
    known("aepd", "AEPD", "Agencia Española de Protección de Datos", "ES", "https://www.aepd.es"),
    known("ap", "AP", "Autoriteit Persoonsgegevens", "NL", "https://www.autoriteitpersoonsgegevens.nl"),
    known("apd", "APD", "Autorité de protection des données", "BE", "https://www.autoriteprotectiondonnees.be"),
    known("bfdi", "BfDI", "Die Bundesbeauftragte für den Datenschutz und die Informationsfreiheit", "DE", "https://www.bfdi.bund.de"),
    known("cnil", "CNIL", "Commission nationale de l’informatique et des libertés", "FR", "https://www.cnil.fr"),
    known("cnpd-lu", "CNPD", "Commission nationale pour la protection des données", "LU", "https://cnpd.public.lu"),
    known("cnpd-pt", "CNPD", "Comissão Nacional de Proteção de Dados", "PT", "https://www.cnpd.pt"),
    known("datatilsynet-dk", "Datatilsynet", "Datatilsynet", "DK", "https://www.datatilsynet.dk"),
    known("dpc", "DPC", "Data Protection Commission", "IE", "https://www.dataprotection.ie"),
    known("dsb", "DSB", "Österreichische Datenschutzbehörde", "AT", "https://www.dsb.gv.at"),
    known("garante", "Garante", "Garante per la protezione dei dati personali", "IT", "https://www.garanteprivacy.it"),
    known("ico", "ICO", "Information Commissioner’s Office", "GB", "https://ico.org.uk"),
    known("imy", "IMY", "Integritetsskyddsmyndigheten", "SE", "https://www.imy.se"),
    known("uodo", "UODO", "Urząd Ochrony Danych Osobowych", "PL", "https://uodo.gov.pl"),
];

/// The authority of a name.
pub fn by_name(id: &str) -> Option<&'static Authority> {
    KNOWN.iter().find(|known| known.id == id)
}
