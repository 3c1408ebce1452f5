//! For which days, and for whom, a certificate is.

use model::time::Timestamp;
use std::net::IpAddr;
use tokio_rustls::rustls::pki_types::CertificateDer;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateDays {
    pub begins_at: Timestamp,
    pub ends_at: Timestamp,
    /// Names and addresses of machines that it is made out to.
    pub names: Vec<String>,
}

impl CertificateDays {
    pub fn of(certificate: &CertificateDer<'_>) -> Result<CertificateDays, String> {
        let (_, read) = X509Certificate::from_der(certificate).map_err(|why| why.to_string())?;
        let at = |seconds: i64| Timestamp::from_ms(seconds.saturating_mul(1_000));
        let validity = read.validity();
        let others = read.subject_alternative_name().ok().flatten();
        let names = others.map(|names| names.value.general_names.iter().filter_map(named).collect());
        Ok(CertificateDays {
            begins_at: at(validity.not_before.timestamp()),
            ends_at: at(validity.not_after.timestamp()),
            names: names.unwrap_or_default(),
        })
    }

    /// Whether whoever comes by this name finds it in there; `*.` stands for one word.
    pub fn is_for(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.names.iter().map(|name| name.to_ascii_lowercase()).any(|name| match name.strip_prefix("*.") {
            Some(rest) => host.split_once('.').is_some_and(|(_, of)| of == rest),
            None => name == host,
        })
    }
}

fn named(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let four = <[u8; 4]>::try_from(*bytes).map(IpAddr::from).ok();
            four.or_else(|| <[u8; 16]>::try_from(*bytes).map(IpAddr::from).ok()).map(|ip| ip.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_says_for_which_days_and_for_whom_it_is() {
        let mut wanted = rcgen::CertificateParams::new(vec![
            "Pile.example".to_owned(),
            "*.site.example".to_owned(),
            "10.0.0.7".to_owned(),
            "2001:db8::1".to_owned(),
        ])
        .unwrap();
        wanted.not_before = rcgen::date_time_ymd(2026, 1, 2);
        wanted.not_after = rcgen::date_time_ymd(2027, 1, 2);
        let made = wanted.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
        let days = CertificateDays::of(made.der()).unwrap();
        assert_eq!(days.begins_at, Timestamp::parse("2026-01-02T00:00:00Z").unwrap());
        assert_eq!(days.ends_at, Timestamp::parse("2027-01-02T00:00:00Z").unwrap());
        for (host, is) in [
            ("pile.example", true),
            ("PILE.example", true),
            ("a.site.example", true),
            ("a.b.site.example", false),
            ("site.example", false),
            ("10.0.0.7", true),
            ("10.0.0.8", false),
            ("2001:db8::1", true),
            ("other.example", false),
        ] {
            assert_eq!(days.is_for(host), is, "{host}");
        }
        assert!(CertificateDays::of(&CertificateDer::from(vec![1, 2, 3])).is_err());
    }
}
