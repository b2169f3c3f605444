//! Small scanners: lists and parameters outside quotes and angle brackets, escapes.

use std::borrow::Cow;

/// Offset of the first `wanted` byte that stands neither in "quotes" nor in <angle brackets>.
pub fn find_outside(text: &str, wanted: u8) -> Option<usize> {
    let (mut quoted, mut angled, mut escaped) = (false, false, false);
    for (at, byte) in text.bytes().enumerate() {
        if escaped {
            escaped = false;
            continue;
        }
        if byte == wanted && !quoted && !angled {
            return Some(at);
        }
        match byte {
            b'\\' if quoted => escaped = true,
            b'"' if !angled => quoted = !quoted,
            b'<' if !quoted => angled = true,
            b'>' if !quoted => angled = false,
            _ => {}
        }
    }
    None
}

/// Splits at `separator` outside quotes and brackets; pieces are trimmed, empty ones left out.
pub fn split_outside(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let piece = match find_outside(text, separator) {
            Some(at) => {
                rest = Some(&text[at + 1..]);
                &text[..at]
            }
            None => {
                rest = None;
                text
            }
        };
        Some(piece.trim())
    })
    .filter(|piece| !piece.is_empty())
}

/// Parameters as they stand, `;a=b;c`, looked up only when asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Params<'a>(pub &'a str);

impl<'a> Params<'a> {
    /// Name and value of each parameter; the value of a flag is empty, quotes are kept.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        split_outside(self.0, b';').map(|param| match param.split_once('=') {
            Some((name, value)) => (name.trim(), value.trim()),
            None => (param, ""),
        })
    }

    /// The value of `name` without quotes; empty for a flag.
    pub fn get(self, name: &str) -> Option<&'a str> {
        self.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| unquoted(value))
    }
}

/// The inside of a quoted string, escapes left as they stand; other text unchanged.
pub fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(text)
}

/// RFC 3261 §25.1 `token`.
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&b))
}

/// Resolves `%XX`; an escape that is none stays as it is.
pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let mut pair = [0];
        let escape = bytes.get(at + 1..at + 3).filter(|_| byte == b'%');
        if escape.is_some_and(|digits| hex::decode_to_slice(digits, &mut pair).is_ok()) {
            plain.push(pair[0]);
            at += 3;
        } else {
            plain.push(byte);
            at += 1;
        }
    }
    Cow::Owned(String::from_utf8_lossy(&plain).into_owned())
}

/// Escapes what may not stand in the user part of a URI (RFC 3261 §25.1 `user`).
pub fn escape_user(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,/".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push('%');
            escaped.push_str(&hex::encode_upper([byte]));
        }
    }
    escaped
}

/// A quoted string of any text: `"` and `\` escaped, control characters made spaces.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
