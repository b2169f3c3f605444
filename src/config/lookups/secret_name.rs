//! `secret:NAME`: a file of the secrets directory, named in a configuration that holds no secret.

use std::fmt;

/// Files of the secrets directory that are the server's own.
const OWN: [&str; 4] = ["master.key", "calls.keys", "tokens.toml", "operator.token"];

/// Name of a file in the secrets directory; never a path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct SecretName(String);

impl SecretName {
    /// How it is written, one sentence.
    pub const WANTED: &'static str = "Put the secret into a file of the secrets directory, readable by the \
         server's user only, and write \"secret:\" with the file's name, e.g. \"secret:bank-token\".";

    /// Reads `secret:NAME`. The error never repeats the text: it may be the secret itself.
    pub fn parse(text: &str) -> Result<SecretName, String> {
        let name = text
            .strip_prefix("secret:")
            .ok_or("this is not \"secret:NAME\", and no secret may stand in this file")?;
        let fits = (1..=64).contains(&name.len())
            && !name.starts_with('.')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        if !fits {
            return Err("a secret's name has at most 64 letters, digits, `-`, `_` and `.`".to_owned());
        }
        if OWN.contains(&name) {
            return Err(format!("`{name}` is the server's own and is not shown to others"));
        }
        Ok(SecretName(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_file_and_never_a_path() {
        assert_eq!(SecretName::parse("secret:bank-token.pem").unwrap().as_str(), "bank-token.pem");
        let long = format!("secret:{}", "x".repeat(65));
        for wrong in ["secret:", "secret:../x", "secret:.x", "secret:a/b", "secret:a b", "hunter2", &long] {
            let error = SecretName::parse(wrong).unwrap_err();
            assert!(!error.contains("hunter2"), "{error}");
        }
        assert!(SecretName::parse("secret:master.key").unwrap_err().contains("own"));
    }
}
