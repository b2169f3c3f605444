//! One conversation of a bare telephone: what it wrote last, and how its next message reads.

use std::net::SocketAddr;

use crate::ids::FlowId;
use crate::sip::digest::{Algorithm, ha1};
use crate::sip::grammar::message::Message;
use crate::sip::grammar::name::HeaderName;
use crate::sip::grammar::write::Writer;

/// Over what a telephone speaks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::sim) enum Over {
    Udp,
    Tcp,
}

/// Who is to prove themselves by a password.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::sim) struct Secret {
    pub user: String,
    pub realm: String,
    pub password: String,
}

/// What a dialog is known by: Call-ID, both sides, and where requests go.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Names {
    pub call_id: String,
    pub local: String,
    pub remote: String,
    pub target: String,
}

/// One side of a dialog, by hand.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Talk {
    pub at: SocketAddr,
    pub over: Over,
    pub names: Names,
    pub peer: SocketAddr,
    pub flow: Option<FlowId>,
    pub cseq: u32,
    /// The INVITE of the other side, or our own.
    pub invite: Vec<u8>,
    pub invite_cseq: u32,
    pub last: Vec<u8>,
    branches: u32,
    nonce: Option<String>,
}

impl Talk {
    /// A conversation this telephone begins with `peer`.
    pub fn begin(at: SocketAddr, over: Over, (user, number): (&str, &str), peer: SocketAddr, n: u32) -> Talk {
        Talk {
            at,
            over,
            names: Names {
                call_id: format!("bare-{n}@{at}"),
                local: format!("<sip:{user}@{at}>;tag=b{n}"),
                remote: format!("<sip:{number}@{peer}>"),
                target: format!("sip:{number}@{peer}"),
            },
            peer,
            flow: None,
            cseq: 0,
            invite: Vec::new(),
            invite_cseq: 0,
            last: Vec::new(),
            branches: 0,
            nonce: None,
        }
    }

    /// A conversation that an INVITE to this telephone begins.
    pub fn of_invite(at: SocketAddr, over: Over, flow: FlowId, bytes: &[u8], n: u32) -> Option<Talk> {
        let message = Message::parse(bytes).ok()?;
        let text = |name| message.text(name).map(str::to_owned);
        let contact = text(HeaderName::Contact)?;
        let target = contact.trim_start_matches('<').split('>').next()?.to_owned();
        Some(Talk {
            names: Names {
                local: format!("{};tag=b{n}", text(HeaderName::To)?),
                remote: text(HeaderName::From)?,
                call_id: text(HeaderName::CallId)?,
                target,
            },
            flow: Some(flow),
            invite: bytes.to_vec(),
            ..Talk::begin(at, over, ("", ""), flow.remote(), n)
        })
    }

    fn via(&mut self) -> String {
        self.branches += 1;
        let transport = if self.over == Over::Tcp { "TCP" } else { "UDP" };
        let tag = self.names.local.rsplit("tag=").next().unwrap_or("");
        format!("SIP/2.0/{transport} {};branch=z9hG4bK-{tag}-{}-{}", self.at, self.at.port(), self.branches)
    }

    fn contact(&self) -> String {
        match self.over {
            Over::Udp => format!("<sip:{}>", self.at),
            Over::Tcp => format!("<sip:{};transport=tcp>", self.at),
        }
    }

    fn head(&mut self, method: &str, cseq: u32, via: &str) -> Writer {
        let mut writer = Writer::request(method, &self.names.target);
        writer.header("Via", via).header("Max-Forwards", "70");
        writer.header("From", &self.names.local).header("To", &self.names.remote);
        writer.header("Call-ID", &self.names.call_id).header("CSeq", &format!("{cseq} {method}"));
        writer
    }

    pub fn request(&mut self, method: &str, (kind, body): (&str, &[u8])) -> Vec<u8> {
        self.cseq += 1;
        let via = self.via();
        let mut writer = self.head(method, self.cseq, &via);
        writer.header("Contact", &self.contact());
        let bytes = writer.body(kind, body);
        if method == "INVITE" {
            self.invite = bytes.clone();
            self.invite_cseq = self.cseq;
        }
        self.last = bytes.clone();
        bytes
    }

    /// REGISTER; with an answer to the challenge, once there was one.
    pub fn register(&mut self, secret: &Secret, expires: u32) -> Vec<u8> {
        self.cseq += 1;
        let via = self.via();
        let uri = format!("sip:{}", self.peer);
        let mut writer = Writer::request("REGISTER", &uri);
        writer.header("Via", &via).header("Max-Forwards", "70");
        writer.header("From", &self.names.local).header("To", &self.names.remote);
        writer.header("Call-ID", &self.names.call_id).header("CSeq", &format!("{} REGISTER", self.cseq));
        writer.header("Contact", &self.contact()).header("Expires", &expires.to_string());
        if let Some(nonce) = self.nonce.take() {
            let Secret { user, realm, password } = secret;
            // Digest is hashes of three parts joined by ':', as the first of them is.
            let a1 = ha1(Algorithm::Sha256, user, realm, password);
            let (scheme, host) = uri.split_once(':').unwrap_or(("", ""));
            let (address, port) = host.split_once(':').unwrap_or((host, ""));
            let a2 = ha1(Algorithm::Sha256, &format!("REGISTER:{scheme}"), address, port);
            let proof = ha1(Algorithm::Sha256, &a1, &nonce, &format!("00000001:cn:auth:{a2}"));
            let credentials = format!(
                "Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", \
                 response=\"{proof}\", algorithm=SHA-256, cnonce=\"cn\", qop=auth, nc=00000001"
            );
            writer.header("Authorization", &credentials);
        }
        self.last = writer.end();
        self.last.clone()
    }

    pub fn take_nonce(&mut self, challenge: &Message<'_>) {
        let field = challenge.text(HeaderName::WwwAuthenticate).unwrap_or("");
        let nonce = field.split("nonce=\"").nth(1).and_then(|rest| rest.split('"').next());
        self.nonce = nonce.map(str::to_owned);
    }

    /// ACK of our INVITE; with the INVITE's own branch for a failure (RFC 3261 §17.1.1.3), and from
    /// telephones of RFC 2543's time always.
    pub fn ack(&mut self, same_branch: SameBranch, sdp: &[u8]) -> Vec<u8> {
        let via = match same_branch {
            SameBranch::Yes => Message::parse(&self.invite)
                .ok()
                .and_then(|invite| invite.text(HeaderName::Via).map(str::to_owned))
                .unwrap_or_default(),
            SameBranch::No => self.via(),
        };
        let cseq = self.invite_cseq;
        self.head("ACK", cseq, &via).body("application/sdp", sdp)
    }

    /// CANCEL of our INVITE, and ACK of what came of it: all as in the INVITE, and its branch.
    pub fn cancel(&mut self) -> Vec<u8> {
        let Ok(invite) = Message::parse(&self.invite) else { return Vec::new() };
        let via = invite.text(HeaderName::Via).unwrap_or("").to_owned();
        let cseq = self.invite_cseq;
        self.head("CANCEL", cseq, &via).end()
    }

    /// ACK of a failure: To as in the response, else as in the INVITE.
    pub fn ack_failure(&mut self, response: &Message<'_>) -> Vec<u8> {
        let (remote, target) = (self.names.remote.clone(), self.names.target.clone());
        if let Some(to) = response.text(HeaderName::To) {
            self.names.remote = to.to_owned();
        }
        let ack = self.ack(SameBranch::Yes, b"");
        (self.names.remote, self.names.target) = (remote, target);
        ack
    }

    /// A response of ours to their INVITE.
    pub fn respond(&mut self, code: u16, sdp: &[u8]) -> Vec<u8> {
        let invite = self.invite.clone();
        self.last = self.answer(&invite, code, sdp);
        self.last.clone()
    }

    /// A response of ours to any request.
    pub fn answer(&self, request: &[u8], code: u16, sdp: &[u8]) -> Vec<u8> {
        let Ok(request) = Message::parse(request) else { return Vec::new() };
        let mut writer = Writer::response(code, "");
        for via in request.all(HeaderName::Via) {
            writer.header_parts("Via", &[via.raw()]);
        }
        for (name, id) in
            [("From", HeaderName::From), ("Call-ID", HeaderName::CallId), ("CSeq", HeaderName::CSeq)]
        {
            if let Some(header) = request.first(id) {
                writer.header_parts(name, &[header.raw()]);
            }
        }
        writer.header("To", &self.names.local).header("Contact", &self.contact());
        writer.body("application/sdp", sdp)
    }

    /// Takes tag and target from the answer to our INVITE.
    pub fn learn(&mut self, response: &Message<'_>) {
        if let Some(to) = response.text(HeaderName::To) {
            self.names.remote = to.to_owned();
        }
        if let Some(contact) = response.text(HeaderName::Contact) {
            let target = contact.trim_start_matches('<').split('>').next();
            self.names.target = target.unwrap_or(contact).to_owned();
        }
    }
}

/// Whether an ACK carries the branch of its INVITE.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::sim) enum SameBranch {
    Yes,
    No,
}
