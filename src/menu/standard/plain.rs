//! Rules that stand elsewhere, told here: plain syntax, bounds, and what the proof shows.

use crate::menu::compile::TOO_LARGE;
use crate::menu::prove::{PERSON_WITHIN_KEYS, SILENCE_ENDS_AT_PERSON, TOO_MANY_STATES};
use crate::menu::reader::{MISSING, SYNTAX, UNKNOWN_KEY, WRONG_VALUE};
use crate::menu::standard::told::Told;

/// How files are read.
pub const SYNTAX_TOLD: [&Told; 5] = [
    &Told::hard(
        &SYNTAX,
        "# menus/loans.toml, whole\n\
         [[choice]]\n\
         key = \"1\"\n\
         text = { zh-CN = \"贷款请按1。\", en-US = \"For loans, press 1.\"\n\
         leads_to = \"person\"\n",
        "# menus/loans.toml, whole\n\
         [[choice]]\n\
         key = \"1\"\n\
         text = { zh-CN = \"贷款请按1。\", en-US = \"For loans, press 1.\" }\n\
         leads_to = \"person\"\n",
    ),
    &Told::hard(
        &UNKNOWN_KEY,
        "# menus/loans.toml\ngreating = { zh-CN = \"贷款服务。\", en-US = \"Loans.\" }\n",
        "# menus/loans.toml\ngreeting = { zh-CN = \"贷款服务。\", en-US = \"Loans.\" }\n",
    ),
    &Told::hard(
        &WRONG_VALUE,
        "# menus/loans.toml\n[timing]\nfirst_digit = \"5\"\n",
        "# menus/loans.toml\n[timing]\nfirst_digit = 5\n",
    ),
    &Told::hard(
        &MISSING,
        "# menus/loans.toml\n[[choice]]\nkey = \"1\"\n\
         text = { zh-CN = \"贷款请按1。\", en-US = \"For loans, press 1.\" }\n\
         [[choice]]\nkey = \"2\"\n\
         text = { zh-CN = \"如何申请请按2。\", en-US = \"To learn how to apply, press 2.\" }\n\
         leads_to = { information = \"apply\" }\n",
        "# menus/loans.toml\n[[choice]]\nkey = \"1\"\n\
         text = { zh-CN = \"贷款请按1。\", en-US = \"For loans, press 1.\" }\n\
         leads_to = \"person\"\n\
         [[choice]]\nkey = \"2\"\n\
         text = { zh-CN = \"如何申请请按2。\", en-US = \"To learn how to apply, press 2.\" }\n\
         leads_to = { information = \"apply\" }\n",
    ),
    &Told::without_example(&TOO_LARGE, "It takes thousands of files."),
];

/// What the proof shows by walking every state.
pub const PROOF_TOLD: [&Told; 3] = [
    &Told::without_example(
        &PERSON_WITHIN_KEYS,
        "The keys of a person are built in; the proof shows that no menu takes them away.",
    ),
    &Told::hard(
        &SILENCE_ENDS_AT_PERSON,
        "# menus/loans.toml\n[information.apply]\n\
         text = { zh-CN = \"可在任一网点申请。\", en-US = \"Apply at any branch.\" }\n\
         leads_to = \"end\"\n",
        "# menus/loans.toml\n[information.apply]\n\
         text = { zh-CN = \"可在任一网点申请。\", en-US = \"Apply at any branch.\" }\n\
         leads_to = \"repeat\"\n",
    ),
    &Told::without_example(&TOO_MANY_STATES, "It takes thousands of menus that lead to one another."),
];
