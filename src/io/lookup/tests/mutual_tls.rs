//! Who trusts whom: the bank's server must be known, and may demand to know us (mutual TLS).

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig as TlsServer};
use tokio_rustls::TlsAcceptor;

use super::bank::{Bank, ok};
use super::*;

const ONCE: &str = "retries = 0\ntimeout = \"50 s\"\npatience = \"60 s\"\n";

struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// Certificate and key, both PEM.
struct Pair {
    certificate: String,
    key: String,
}

impl Authority {
    fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Authority { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    fn issue(&self, name: &str) -> Pair {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap().pem();
        Pair { certificate, key: key.serialize_pem() }
    }

    fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// A server with a certificate for `name`; with `clients`, only those they issued may connect.
    fn acceptor(&self, name: &str, clients: Option<&Authority>) -> TlsAcceptor {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let own = self.issue(name);
        let chain = vec![CertificateDer::from_pem_slice(own.certificate.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).unwrap();
        let builder = TlsServer::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(clients) => {
                let mut roots = RootCertStore::empty();
                roots.add(CertificateDer::from_pem_slice(clients.pem().as_bytes()).unwrap()).unwrap();
                let roots = Arc::new(roots);
                builder.with_client_cert_verifier(
                    WebPkiClientVerifier::builder_with_provider(roots, provider).build().unwrap(),
                )
            }
        };
        TlsAcceptor::from(Arc::new(builder.with_single_cert(chain, key).unwrap()))
    }
}

async fn asked(bank: &Bank, keys: &str, files: &[(&str, &str)]) -> Result<Answer, Failure> {
    let (_dir, secrets) = secrets(files);
    let url = format!("https://localhost:{}", bank.address.port());
    let client = LookupClient::new(&settings(&url, &format!("{ONCE}{keys}")), &secrets).unwrap();
    client.ask(question("/x", &[("pin", "4711")])).await
}

#[tokio::test]
async fn only_a_server_of_the_trusted_authority_is_asked() {
    let (ours, other) = (Authority::new(), Authority::new());
    let bank = Bank::open_with_tls(vec![ok("{\"n\": 1}")], ours.acceptor("localhost", None)).await;
    let ca = "ca = \"secret:ca.pem\"";
    assert_eq!(asked(&bank, ca, &[("ca.pem", &ours.pem())]).await, Ok(answer(&[("n", "1")])));
    assert_eq!(asked(&bank, ca, &[("ca.pem", &other.pem())]).await, Err(Failure::Unreachable));
    let both = format!("{}{}", other.pem(), ours.pem());
    assert!(asked(&bank, ca, &[("ca.pem", &both)]).await.is_ok(), "while authorities change");
    assert_eq!(bank.heard().len(), 2);
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let ours = Authority::new();
    let bank = Bank::open_with_tls(vec![ok("{}")], ours.acceptor("core.bank.example", None)).await;
    let files = [("ca.pem", ours.pem())];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, pem)| (*name, pem.as_str())).collect();
    assert_eq!(asked(&bank, "ca = \"secret:ca.pem\"", &files).await, Err(Failure::Unreachable));
    assert_eq!(bank.heard(), []);
}

#[tokio::test]
async fn cba_32_a_service_that_demands_a_certificate_gets_ours() {
    let (ours, other) = (Authority::new(), Authority::new());
    let bank = Bank::open_with_tls(vec![ok("{\"n\": 1}")], ours.acceptor("localhost", Some(&ours))).await;
    let (ca, right, wrong) = (ours.pem(), ours.issue("hotline"), other.issue("hotline"));
    let shown = "ca = \"secret:ca\"\nclient_certificate = \"secret:me.pem\"\nclient_key = \"secret:me.key\"";
    let files = |pair: &Pair| {
        [("ca", ca.clone()), ("me.pem", pair.certificate.clone()), ("me.key", pair.key.clone())]
    };
    for (keys, pair, may) in
        [(shown, &right, true), (shown, &wrong, false), ("ca = \"secret:ca\"", &right, false)]
    {
        let files = files(pair);
        let files: Vec<(&str, &str)> = files.iter().map(|(name, pem)| (*name, pem.as_str())).collect();
        let wanted = if may { Ok(answer(&[("n", "1")])) } else { Err(Failure::Unreachable) };
        assert_eq!(asked(&bank, keys, &files).await, wanted);
    }
    assert_eq!(bank.heard().len(), 1, "nobody else was heard");
}

#[test]
fn what_is_no_certificate_or_another_key_is_found_at_the_start() {
    let ours = Authority::new();
    let (one, another) = (ours.issue("a"), ours.issue("b"));
    let keys = "client_certificate = \"secret:me.pem\"\nclient_key = \"secret:me.key\"\nca = \"secret:ca\"";
    let ca = ours.pem();
    for (certificate, key, ca, secret) in [
        (&one.certificate, &another.key, &ca, "me.key"),
        (&one.key, &one.key, &ca, "me.pem"),
        (&one.certificate, &one.certificate, &ca, "me.key"),
        (&one.certificate, &one.key, &"rubbish".to_owned(), "ca"),
    ] {
        let (_dir, secrets) = secrets(&[("me.pem", certificate), ("me.key", key), ("ca", ca)]);
        let error =
            LookupClient::new(&settings("https://localhost:1", keys), &secrets).unwrap_err().to_string();
        assert!(error.starts_with(&format!("[lookups.bank]: secret:{secret}: ")), "{error}");
        assert!(!error.contains("rubbish") && !error.contains("BEGIN"), "{error}");
    }
}
