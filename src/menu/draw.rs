//! The menus as a picture: a tree of text, a picture for pages (SVG), a flow chart (Mermaid), and the
//! same facts for programs (JSON). All tell the outline; none decides anything.

mod json;
mod legend;
mod mermaid;
mod rows;
mod svg;
mod tree;

use crate::menu::model::Program;
use crate::menu::outline::{Hours, Outline};
use crate::menu::prove::Proof;

pub use svg::layout::columns;

/// What is drawn.
pub struct Picture<'p> {
    outline: Outline,
    proof: &'p Proof,
}

impl<'p> Picture<'p> {
    /// `hours` are words for the schedules, as far as somebody knows them.
    pub fn new(program: &Program, proof: &'p Proof, hours: &Hours) -> Picture<'p> {
        Picture { outline: Outline::new(program, hours), proof }
    }

    /// Text for a terminal, with keys, conditions and seconds to a person.
    pub fn tree(&self) -> String {
        tree::draw(self)
    }

    /// A picture that needs nothing beside it and can be read on light and on dark pages.
    pub fn svg(&self) -> String {
        svg::draw(self)
    }

    /// A flow chart for documents.
    pub fn mermaid(&self) -> String {
        mermaid::draw(self)
    }

    /// Every text in every language, every fact, and where everything leads.
    pub fn json(&self) -> serde_json::Value {
        json::value(self)
    }
}
