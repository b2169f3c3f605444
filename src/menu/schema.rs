//! JSON Schemas (draft 2020-12) of the files that operations write, for editors: keys are offered
//! and mistakes underlined while somebody types. Written from the tables the parser reads by.
