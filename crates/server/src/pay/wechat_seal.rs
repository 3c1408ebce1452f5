//! How WeChat Pay and we prove who we are: RSA-SHA256 over words in a fixed order, and AES-256-GCM around what it
//! calls out.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::Text;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;
use x509_parser::x509::SubjectPublicKeyInfo;

pub struct Seal {
    private: RsaKeyPair,
    /// PKCS#1
    platform: Vec<u8>,
    aead: LessSafeKey,
}

fn wrong(zh: &'static str, en: &'static str) -> Text {
    Text::of(zh, en)
}

/// The bytes inside of a PEM text of this kind.
fn inside(pem: &str, kind: &str) -> Option<Vec<u8>> {
    let begin = format!("-----BEGIN {kind}-----");
    let text = pem.split_once(&begin)?.1.split_once(&format!("-----END {kind}-----"))?.0;
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    STANDARD.decode(plain).ok()
}

/// The RSA key of a public key or of a certificate.
fn public_key(pem: &str) -> Option<Vec<u8>> {
    if let Some(der) = inside(pem, "PUBLIC KEY") {
        let (_, key) = SubjectPublicKeyInfo::from_der(&der).ok()?;
        return Some(key.subject_public_key.data.to_vec());
    }
    let der = inside(pem, "CERTIFICATE")?;
    let (_, certificate) = X509Certificate::from_der(&der).ok()?;
    Some(certificate.public_key().subject_public_key.data.to_vec())
}

impl Seal {
    pub fn open(private_key: &str, platform_key: &str, api_v3_key: &str) -> Result<Seal, Text> {
        let der = inside(private_key, "PRIVATE KEY").unwrap_or_default();
        let private = RsaKeyPair::from_pkcs8(&der).map_err(|_| {
            wrong(
                "商户私钥无法读取，请粘贴 apiclient_key.pem 的全文（RSA 2048 位以上）",
                "The merchant's private key cannot be read: paste the whole of apiclient_key.pem.",
            )
        })?;
        let platform = public_key(platform_key).ok_or_else(|| {
            wrong(
                "微信支付公钥或平台证书无法读取，请粘贴 PEM 的全文",
                "The platform's key or certificate cannot be read: paste the whole PEM text.",
            )
        })?;
        let key = UnboundKey::new(&AES_256_GCM, api_v3_key.as_bytes());
        let key = key.map_err(|_| wrong("APIv3 密钥应为 32 个字符", "The APIv3 key has 32 characters."))?;
        Ok(Seal { private, platform, aead: LessSafeKey::new(key) })
    }

    /// In base 64.
    pub fn sign(&self, message: &[u8]) -> Result<String, Text> {
        let mut signature = vec![0; self.private.public().modulus_len()];
        self.private
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| wrong("无法签名", "It could not be signed."))?;
        Ok(STANDARD.encode(signature))
    }

    pub fn verify(&self, message: &[u8], signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.platform);
        key.verify(message, &signature).is_ok()
    }

    /// What was sealed with the APIv3 key; none: it was another key, or somebody has changed it.
    pub fn open_resource(&self, ciphertext: &str, nonce: &str, associated: &str) -> Option<Vec<u8>> {
        let mut bytes = STANDARD.decode(ciphertext).ok()?;
        let nonce = Nonce::try_assume_unique_for_key(nonce.as_bytes()).ok()?;
        let plain = self.aead.open_in_place(nonce, Aad::from(associated.as_bytes()), &mut bytes).ok()?;
        Some(plain.to_vec())
    }
}

/// The words that the call of an app is signed over.
pub fn call_message(app_id: &str, time_stamp: &str, nonce: &str, package: &str) -> String {
    format!("{app_id}\n{time_stamp}\n{nonce}\n{package}\n")
}

/// 32 digits that nobody has used before.
pub fn nonce() -> Result<String, Text> {
    let mut bytes = [0; 16];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| wrong("系统没有随机数", "The system has no random numbers."))?;
    Ok(engine::random::hex(&bytes))
}

pub fn is_sha1(bytes: &[u8], hash: &str) -> bool {
    let found = digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes);
    engine::random::hex(found.as_ref()).eq_ignore_ascii_case(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MERCHANT: &str = include_str!("../../testdata/wechat/merchant_key.pem");
    const PLATFORM: &str = include_str!("../../testdata/wechat/platform_pub.pem");
    const CERTIFICATE: &str = include_str!("../../testdata/wechat/platform_cert.pem");
    const KEY: &str = "0123456789abcdef0123456789ABCDEF";

    /// The request of the published example, signed by OpenSSL with our key of the tests.
    #[test]
    fn a_request_is_signed_as_others_sign_it() {
        let seal = Seal::open(MERCHANT, PLATFORM, KEY).unwrap();
        let message = b"GET\n/v3/certificates\n1554208460\n593BEC0C930BF1AFEB40B4A08C8FB242\n\n";
        assert_eq!(seal.sign(message).unwrap(), include_str!("../../testdata/wechat/signature.txt"));
    }

    /// The call of the published example, signed by OpenSSL with our key of the tests.
    #[test]
    fn a_call_of_an_app_is_signed_as_others_sign_it() {
        let seal = Seal::open(MERCHANT, PLATFORM, KEY).unwrap();
        let message = call_message(
            "wx8888888888888888",
            "1414561699",
            "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
            "prepay_id=wx201410272009395522657a690389285100",
        );
        let signature = include_str!("../../testdata/wechat/call_signature.txt");
        assert_eq!(seal.sign(message.as_bytes()).unwrap(), signature);
    }

    #[test]
    fn an_answer_is_verified_by_key_and_by_certificate() {
        let message = b"1554209980\nc5ac7061fccab6bf3e254dcf98995b8c\n{\"data\":[]}\n";
        let signature = include_str!("../../testdata/wechat/answer_signature.txt");
        for platform in [PLATFORM, CERTIFICATE] {
            let seal = Seal::open(MERCHANT, platform, KEY).unwrap();
            assert!(seal.verify(message, signature));
            assert!(
                !seal.verify(b"1554209980\nc5ac7061fccab6bf3e254dcf98995b8c\n{\"data\":[1]}\n", signature)
            );
            assert!(!seal.verify(message, "bm8=") && !seal.verify(message, "?"));
        }
    }

    /// Sealed by another library.
    #[test]
    fn a_resource_is_opened_with_its_key_nonce_and_words() {
        let seal = Seal::open(MERCHANT, PLATFORM, KEY).unwrap();
        let sealed = "bz1kVndYkCFlgKSe7VZeuBxCb6jriBNvl7Fxhan05bqcnd3rS4o=";
        let plain = seal.open_resource(sealed, "fdasflkja484", "transaction").unwrap();
        assert_eq!(plain, br#"{"mchid":"1900000001"}"#);
        for (nonce, words) in
            [("fdasflkja485", "transaction"), ("fdasflkja484", "refund"), ("short", "transaction")]
        {
            assert!(seal.open_resource(sealed, nonce, words).is_none(), "{nonce} {words}");
        }
        let other = Seal::open(MERCHANT, PLATFORM, &KEY.to_lowercase()).unwrap();
        assert!(other.open_resource(sealed, "fdasflkja484", "transaction").is_none());
    }

    #[test]
    fn keys_that_cannot_be_read_are_named() {
        let told = |private, platform, key| Seal::open(private, platform, key).map(drop).unwrap_err().en;
        assert!(told("no key", PLATFORM, KEY).contains("private key"));
        assert!(told(MERCHANT, MERCHANT, KEY).contains("platform"));
        assert!(told(MERCHANT, PLATFORM, "short").contains("APIv3"));
    }
}
