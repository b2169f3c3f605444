//! Who the server is to a service and whom it trusts: secrets of the secrets directory made into a
//! login and a TLS configuration (rustls with ring, TLS 1.2 and 1.3).

use std::sync::Arc;

use reqwest::RequestBuilder;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use secrecy::{ExposeSecret, SecretString};

use crate::config::lookups::{self, LookupSettings, SecretName};
use crate::io::lookup::LookupError;
use crate::io::secrets::{self, Secrets};

/// Longest file of a secret: a chain of certificates fits.
const LONGEST_SECRET: u64 = 64 * 1024;

/// What is put into every request; shown by nothing.
#[derive(Debug)]
pub enum Login {
    None,
    Bearer(SecretString),
    Basic { user: SecretString, password: SecretString },
}

impl Login {
    pub fn read(settings: &lookups::Login, secrets: &Secrets) -> Result<Login, LookupError> {
        match settings {
            lookups::Login::None => Ok(Login::None),
            lookups::Login::Token(name) => {
                let token = line(name, secrets)?;
                let fits = !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic());
                fits.then_some(Login::Bearer(token.into()))
                    .ok_or_else(|| unfit(name, "a token is one word of ASCII characters"))
            }
            lookups::Login::Basic(name) => {
                let line = line(name, secrets)?;
                let (user, password) =
                    line.split_once(':').ok_or_else(|| unfit(name, "write it as user:password"))?;
                Ok(Login::Basic { user: user.into(), password: password.into() })
            }
        }
    }

    /// The request with its `Authorization`, which the HTTP library keeps from its logs.
    pub fn add_to(&self, request: RequestBuilder) -> RequestBuilder {
        match self {
            Login::None => request,
            Login::Bearer(token) => request.bearer_auth(token.expose_secret()),
            Login::Basic { user, password } => {
                request.basic_auth(user.expose_secret(), Some(password.expose_secret()))
            }
        }
    }
}

/// Trust and identity of the connections to one service.
pub fn tls(settings: &LookupSettings, secrets: &Secrets) -> Result<ClientConfig, LookupError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(LookupError::Tls)?
        .with_root_certificates(roots(settings, secrets)?);
    let Some(identity) = &settings.identity else { return Ok(config.with_no_client_auth()) };
    let chain = certificates(&identity.certificate, secrets)?;
    let key = PrivateKeyDer::from_pem_slice(&read(&identity.key, secrets)?)
        .map_err(|_| unfit(&identity.key, "there is no private key in PEM form in it"))?;
    config.with_client_auth_cert(chain, key).map_err(|_| {
        unfit(&identity.key, "it is not the key of the client certificate, or of an unknown kind")
    })
}

fn roots(settings: &LookupSettings, secrets: &Secrets) -> Result<RootCertStore, LookupError> {
    let mut roots = RootCertStore::empty();
    if let Some(name) = &settings.ca {
        for certificate in certificates(name, secrets)? {
            roots.add(certificate).map_err(|_| unfit(name, "a certificate in it is no authority's"))?;
        }
    } else if settings.allow_hosts.len() > 1 || settings.url.is_encrypted() {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(LookupError::NoRoots);
        }
    }
    Ok(roots)
}

fn certificates(name: &SecretName, secrets: &Secrets) -> Result<Vec<CertificateDer<'static>>, LookupError> {
    let pem = read(name, secrets)?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match read {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) | Err(_) => Err(unfit(name, "there is no certificate in PEM form in it")),
    }
}

/// The first line of a secret, without the line end that editors add.
fn line(name: &SecretName, secrets: &Secrets) -> Result<String, LookupError> {
    let text = String::from_utf8(read(name, secrets)?).map_err(|_| unfit(name, "it is not text in UTF-8"))?;
    let line = text.trim_end_matches(['\r', '\n']);
    if line.contains(['\r', '\n']) {
        Err(unfit(name, "it must be a single line"))
    } else {
        Ok(line.to_owned())
    }
}

fn read(name: &SecretName, secrets: &Secrets) -> Result<Vec<u8>, LookupError> {
    Ok(secrets::read(&secrets.directory().join(name.as_str()), LONGEST_SECRET)?)
}

fn unfit(name: &SecretName, why: &'static str) -> LookupError {
    LookupError::Unfit { secret: name.clone(), why }
}
