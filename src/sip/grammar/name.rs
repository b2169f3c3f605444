//! Names of header fields, with their compact forms, and of methods.

/// Header fields the stack looks at; all others are kept as [`HeaderName::Other`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HeaderName {
    Via,
    From,
    To,
    CallId,
    CSeq,
    Contact,
    MaxForwards,
    Route,
    RecordRoute,
    ContentLength,
    ContentType,
    ContentEncoding,
    Expires,
    MinExpires,
    Require,
    Supported,
    Unsupported,
    Allow,
    Accept,
    Authorization,
    WwwAuthenticate,
    RetryAfter,
    UserAgent,
    Server,
    Subject,
    Event,
    ReferTo,
    SessionExpires,
    Other,
}

/// Full and compact name (RFC 3261 §7.3.3, §20, and the IANA registry).
const KNOWN: [(HeaderName, &str, &str); 28] = [
    (HeaderName::Via, "Via", "v"),
    (HeaderName::From, "From", "f"),
    (HeaderName::To, "To", "t"),
    (HeaderName::CallId, "Call-ID", "i"),
    (HeaderName::CSeq, "CSeq", ""),
    (HeaderName::Contact, "Contact", "m"),
    (HeaderName::MaxForwards, "Max-Forwards", ""),
    (HeaderName::Route, "Route", ""),
    (HeaderName::RecordRoute, "Record-Route", ""),
    (HeaderName::ContentLength, "Content-Length", "l"),
    (HeaderName::ContentType, "Content-Type", "c"),
    (HeaderName::ContentEncoding, "Content-Encoding", "e"),
    (HeaderName::Expires, "Expires", ""),
    (HeaderName::MinExpires, "Min-Expires", ""),
    (HeaderName::Require, "Require", ""),
    (HeaderName::Supported, "Supported", "k"),
    (HeaderName::Unsupported, "Unsupported", ""),
    (HeaderName::Allow, "Allow", ""),
    (HeaderName::Accept, "Accept", ""),
    (HeaderName::Authorization, "Authorization", ""),
    (HeaderName::WwwAuthenticate, "WWW-Authenticate", ""),
    (HeaderName::RetryAfter, "Retry-After", ""),
    (HeaderName::UserAgent, "User-Agent", ""),
    (HeaderName::Server, "Server", ""),
    (HeaderName::Subject, "Subject", "s"),
    (HeaderName::Event, "Event", "o"),
    (HeaderName::ReferTo, "Refer-To", "r"),
    (HeaderName::SessionExpires, "Session-Expires", "x"),
];

impl HeaderName {
    pub fn of(name: &str) -> HeaderName {
        KNOWN
            .iter()
            .find(|(_, full, compact)| name.eq_ignore_ascii_case(full) || name.eq_ignore_ascii_case(compact))
            .map_or(HeaderName::Other, |(known, _, _)| *known)
    }

    /// True for fields that may stand once only; a second one makes the message ambiguous.
    pub fn is_single(self) -> bool {
        matches!(
            self,
            HeaderName::From
                | HeaderName::To
                | HeaderName::CallId
                | HeaderName::CSeq
                | HeaderName::MaxForwards
                | HeaderName::ContentLength
                | HeaderName::ContentType
                | HeaderName::Expires
        )
    }
}

/// Methods by what the stack does with them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    Invite,
    Ack,
    Bye,
    Cancel,
    Options,
    Register,
    Info,
    Update,
    /// Known, but not served here: 405.
    NotAllowed,
    /// Never heard of: 501.
    Unknown,
}

/// What `Allow` says.
pub const ALLOW: &str = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, REGISTER";

impl Method {
    /// Methods are case-sensitive (RFC 3261 §7.1).
    pub fn of(name: &str) -> Method {
        match name {
            "INVITE" => Method::Invite,
            "ACK" => Method::Ack,
            "BYE" => Method::Bye,
            "CANCEL" => Method::Cancel,
            "OPTIONS" => Method::Options,
            "REGISTER" => Method::Register,
            "INFO" => Method::Info,
            "UPDATE" => Method::Update,
            "PRACK" | "SUBSCRIBE" | "NOTIFY" | "PUBLISH" | "REFER" | "MESSAGE" => Method::NotAllowed,
            _ => Method::Unknown,
        }
    }

    /// For counters: any name a stranger makes up is `OTHER`.
    pub fn label(name: &str) -> &'static str {
        match Method::of(name) {
            Method::Invite => "INVITE",
            Method::Ack => "ACK",
            Method::Bye => "BYE",
            Method::Cancel => "CANCEL",
            Method::Options => "OPTIONS",
            Method::Register => "REGISTER",
            Method::Info => "INFO",
            Method::Update => "UPDATE",
            Method::NotAllowed | Method::Unknown => "OTHER",
        }
    }
}
