//! A person with a telephone at the ear: waits for what is said, in order, and presses keys.

use std::net::SocketAddr;
use std::time::Duration;

use super::listen::Match;
use super::{Call, CallFailed, CallOptions, KeyStyle, NotHeard, Phone};
use crate::ids::Key;

/// Samples of a prompt by which somebody knows that it has begun: 1 s.
const BEGINNING: usize = 8_000;
/// A beginning told too late by a packet must not hide the next prompt: 0.1 s.
const MARGIN: usize = 800;

/// A call, with how far into it everything has been understood.
pub struct Caller {
    call: Call,
    mark: usize,
    pressed: Vec<(usize, Key)>,
    // A dropped telephone would end its call.
    _phone: Phone,
}

impl Caller {
    pub async fn dial(
        phone: Phone,
        server: SocketAddr,
        number: &str,
        options: CallOptions,
    ) -> Result<Caller, CallFailed> {
        let call = phone.call(server, number, options).await?;
        Ok(Caller { call, mark: 0, pressed: Vec::new(), _phone: phone })
    }

    /// Waits until a prompt has been heard to its end, after everything that was heard before.
    pub async fn hear(&mut self, prompt: &[i16], patience: Duration) -> Result<Match, NotHeard> {
        let found = self.call.wait_heard_from(self.mark, prompt, patience).await?;
        self.mark = (found.offset + prompt.len()).saturating_sub(MARGIN);
        Ok(found)
    }

    /// Waits until a prompt has begun; the rest of it is still to come.
    pub async fn hear_beginning(&mut self, prompt: &[i16], patience: Duration) -> Result<Match, NotHeard> {
        let beginning = &prompt[..prompt.len().min(BEGINNING)];
        let found = self.call.wait_heard_from(self.mark, beginning, patience).await?;
        self.mark = found.offset;
        Ok(found)
    }

    pub async fn press(&mut self, key: Key, style: KeyStyle) {
        self.pressed.push((self.call.heard_length(), key));
        self.call.press_as(key, style).await;
    }

    pub fn call(&self) -> &Call {
        &self.call
    }

    /// Sample up to which everything was understood.
    pub fn mark(&self) -> usize {
        self.mark
    }

    /// Keys, each with the sample heard when it was pressed.
    pub fn pressed(&self) -> &[(usize, Key)] {
        &self.pressed
    }
}
