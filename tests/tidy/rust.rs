//! Reading Rust as text, well enough to count lines, parameters and fields, and to see who uses
//! whom. No parser: rustfmt has been here before.

pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where `word` stands, not inside a longer word.
pub fn places(text: &str, word: &str) -> Vec<usize> {
    let (first, last) = (word.chars().next().is_some_and(is_word), word.chars().last().is_some_and(is_word));
    let whole = |at: &usize| {
        let before = text[..*at].chars().next_back().is_some_and(is_word);
        let after = text[at + word.len()..].chars().next().is_some_and(is_word);
        (!first || !before) && (!last || !after)
    };
    text.match_indices(word).map(|(at, _)| at).filter(whole).collect()
}

pub fn blank(text: &mut String, from: usize, to: usize) {
    let end = (to + 1).min(text.len());
    let spaces: String = text[from..end].bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }).collect();
    text.replace_range(from..end, &spaces);
}

/// Comments, strings and characters become spaces; every line keeps its number and every byte
/// its place.
pub fn blanked(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes[at..].starts_with(b"//") => line_end(bytes, at),
            b'/' if bytes[at..].starts_with(b"/*") => comment_end(bytes, at),
            b'r' if !after_word(bytes, at) && raw_hashes(bytes, at).is_some() => raw_end(bytes, at),
            b'"' => string_end(bytes, at),
            b'\'' => char_end(bytes, at),
            _ => at,
        };
        for byte in &mut out[at..end.min(bytes.len())] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end.max(at + 1);
    }
    String::from_utf8(out).unwrap_or_default()
}

fn after_word(bytes: &[u8], at: usize) -> bool {
    // `br"…"` is a string too, `number"` never occurs.
    at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_') && bytes[at - 1] != b'b'
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |i| at + i)
}

fn comment_end(bytes: &[u8], at: usize) -> usize {
    let (mut depth, mut i) = (0, at);
    while i < bytes.len() {
        if bytes[i..].starts_with(b"/*") {
            (depth, i) = (depth + 1, i + 2);
        } else if bytes[i..].starts_with(b"*/") {
            (depth, i) = (depth - 1, i + 2);
            if depth == 0 {
                return i;
            }
        } else {
            i += 1;
        }
    }
    i
}

/// Hashes of a raw string that begins here.
fn raw_hashes(bytes: &[u8], at: usize) -> Option<usize> {
    let hashes = bytes[at + 1..].iter().take_while(|b| **b == b'#').count();
    (bytes.get(at + 1 + hashes) == Some(&b'"')).then_some(hashes)
}

fn raw_end(bytes: &[u8], at: usize) -> usize {
    let hashes = raw_hashes(bytes, at).unwrap_or(0);
    let close = [b"\"".as_slice(), &vec![b'#'; hashes]].concat();
    let body = at + hashes + 2;
    let found = bytes[body..].windows(close.len()).position(|w| w == close);
    found.map_or(bytes.len(), |i| body + i + close.len())
}

fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut i = at + 1;
    while i < bytes.len() && bytes[i] != b'"' {
        i += if bytes[i] == b'\\' { 2 } else { 1 };
    }
    i + 1
}

/// A character ends with a quote close by; a lifetime has none.
fn char_end(bytes: &[u8], at: usize) -> usize {
    if bytes.get(at + 1) == Some(&b'\\') {
        return bytes[at + 3..].iter().position(|b| *b == b'\'').map_or(at, |i| at + 3 + i + 1);
    }
    // One character of up to four bytes between the quotes.
    let ends = (2..=5).find(|n| bytes.get(at + n) == Some(&b'\''));
    let is_char = ends.is_some_and(|n| {
        std::str::from_utf8(&bytes[at + 1..at + n]).is_ok_and(|inner| inner.chars().count() == 1)
    });
    ends.filter(|_| is_char).map_or(at, |n| at + n + 1)
}

/// Where the bracket that opens at `open` closes.
pub fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (i, c) in code[open..].char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return open + i;
        }
    }
    code.len()
}

/// Parts between commas, brackets of every kind respected.
fn parts(list: &str) -> Vec<&str> {
    let (mut depth, mut start, mut before) = (0_i32, 0, ' ');
    let mut parts = Vec::new();
    for (i, c) in list.char_indices() {
        match c {
            '(' | '[' | '{' | '<' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '>' if before != '-' && before != '=' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&list[start..i]);
                start = i + 1;
            }
            _ => {}
        }
        before = c;
    }
    parts.push(&list[start..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

pub struct Function {
    pub name: String,
    /// Beside `self`.
    pub parameters: usize,
    pub lines: usize,
    pub at: usize,
}

pub fn functions(code: &str) -> Vec<Function> {
    places(code, "fn").into_iter().filter_map(|at| function(code, at)).collect()
}

fn function(code: &str, at: usize) -> Option<Function> {
    let name: String = code[at + 2..].trim_start().chars().take_while(|c| is_word(*c)).collect();
    let after_name = at + 2 + code[at + 2..].find(name.as_str())? + name.len();
    if name.is_empty() {
        return None; // `fn(u8)` is a type
    }
    let open = parameters_open(code, after_name)?;
    let close = closing(code, open);
    let list = parts(code.get(open + 1..close)?);
    let is_self = |p: &&str| p.split(':').next().is_some_and(|name| places(name, "self").len() == 1);
    let parameters = list.iter().filter(|p| !is_self(p)).count();
    let body = close + body_open(&code[close + 1..])? + 1;
    let end = closing(code, body);
    let lines = code.get(at..end)?.matches('\n').count() + 1;
    Some(Function { name, parameters, lines, at })
}

/// The parenthesis of the parameters, behind the generics.
fn parameters_open(code: &str, from: usize) -> Option<usize> {
    let (mut depth, mut before) = (0_i32, ' ');
    for (i, c) in code[from..].char_indices() {
        match c {
            '<' => depth += 1,
            '>' if before != '-' => depth -= 1,
            '(' if depth == 0 => return Some(from + i),
            '{' | ';' => return None,
            _ => {}
        }
        before = c;
    }
    None
}

/// Where the body opens; none for a declaration without one.
fn body_open(code: &str) -> Option<usize> {
    let mut depth = 0_i32;
    for (i, c) in code.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '{' if depth == 0 => return Some(i),
            ';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// Name, number of named fields, place.
pub fn structs(code: &str) -> Vec<(String, usize, usize)> {
    let structs = places(code, "struct").into_iter().filter_map(|at| {
        let name: String = code[at + 6..].trim_start().chars().take_while(|c| is_word(*c)).collect();
        let open = at + code[at..].find(['{', ';', '('])?;
        if code.as_bytes()[open] != b'{' {
            return None;
        }
        Some((name, parts(code.get(open + 1..closing(code, open))?).len(), at))
    });
    structs.collect()
}

/// Paths named behind `crate::`, those in braces one by one.
pub fn crate_uses(code: &str) -> Vec<(String, usize)> {
    let mut used = Vec::new();
    for at in places(code, "crate::") {
        expand("", &code[at + "crate::".len()..], &mut |path| used.push((path, at)));
    }
    used
}

/// `a::{b, c::d}` is `a::b` and `a::c::d`.
fn expand(before: &str, text: &str, found: &mut dyn FnMut(String)) {
    let path: String = text.chars().take_while(|c| is_word(*c) || *c == ':').collect();
    let rest = &text[path.len()..];
    let path = format!("{before}{path}");
    if rest.starts_with('{') {
        for part in parts(&rest[1..closing(rest, 0)]) {
            expand(&path, part, found);
        }
    } else {
        found(path);
    }
}

/// Places where something declared as a hash map or set is gone through: a field behind a dot, a
/// local by its name.
pub fn hash_iterations(code: &str) -> Vec<usize> {
    let ways = [".iter()", ".iter_mut()", ".keys()", ".values()", ".values_mut()", ".drain(", ".into_iter()"];
    let mut found = Vec::new();
    for at in ["HashMap", "HashSet"].into_iter().flat_map(|kind| places(code, kind)) {
        let before = code[..at].trim_end_matches("std::collections::").trim_end();
        let Some(before) = before.strip_suffix([':', '=']) else { continue };
        let before = before.trim_end();
        let name = &before[before.trim_end_matches(is_word).len()..];
        let is_local = before.strip_suffix(name).is_some_and(|b| b.ends_with("let ") || b.ends_with("mut "));
        let name = if is_local { name.to_owned() } else { format!(".{name}") };
        if name.ends_with(is_word) {
            found.extend(ways.iter().flat_map(|way| places(code, &format!("{name}{way}"))));
            let loops =
                [format!("in &{name} {{"), format!("in &self{name} {{"), format!("in &mut self{name} {{")];
            found.extend(loops.iter().flat_map(|l| places(code, l)));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

#[test]
fn comments_strings_and_characters_are_blanked() {
    let code = blanked("a // \"x\n/* { /* } */ */ b\"}\\\"{\" 'c' '{' '\\'' 'static r#\"}\"{\"# e");
    let kept: Vec<&str> = code.split_whitespace().collect();
    assert_eq!(kept, ["a", "b", "'static", "e"]);
}

#[test]
fn functions_are_measured() {
    let code = "impl X {\n    fn a<F: Fn(u8) -> u8>(&mut self, f: F, (b, c): (u8, BTreeMap<u8, u8>)) -> [u8; 3]\n    where\n        F: Copy,\n    {\n    }\n    fn b();\n}";
    let found = functions(code);
    let measured: Vec<_> = found.iter().map(|f| (f.name.as_str(), f.parameters, f.lines)).collect();
    assert_eq!(measured, [("a", 2, 5)], "a declaration without a body has no length");
}

#[test]
fn fields_and_uses_are_found() {
    let code = "struct A<'a> {\n    #[serde(default, skip)]\n    a: BTreeMap<u8, u8>,\n    b: &'a dyn Fn(u8, u8) -> u8,\n}\nstruct B(u8, u8);";
    assert_eq!(structs(code), [("A".to_owned(), 2, 0)]);
    let uses = crate_uses("use crate::{acd::api::{A, B}, ids};\nfn f(x: crate::io::Y) {}");
    let names: Vec<&str> = uses.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["acd::api::A", "acd::api::B", "ids", "io::Y"]);
}

#[test]
fn going_through_a_hash_map_is_seen() {
    let map = "struct A { calls: HashMap<u8, u8>, ways: BTreeMap<u8, u8> } ";
    let fine = "self.calls.get(1); for x in self.ways.iter() {} let calls = vec![]; calls.iter()";
    assert_eq!(hash_iterations(&format!("{map}{fine}")), []);
    for way in ["self.calls.values()", "for (k, v) in &self.calls {", "a.calls.drain()"] {
        assert_eq!(hash_iterations(&format!("{map}{way}")).len(), 1, "{way}");
    }
    assert_eq!(hash_iterations("let mut a = HashMap::new(); a.keys()").len(), 1);
}
