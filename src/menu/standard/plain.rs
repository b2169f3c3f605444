//! Rules that stand elsewhere, told here: plain syntax, bounds, and what the proof shows.

use crate::menu::compile::TOO_LARGE;
use crate::menu::prove::{
    INSTEAD_OF_PERSON, PERSON_ANNOUNCED, PERSON_IN_EVERY_SITUATION, PERSON_WITHIN_KEYS,
    SILENCE_ENDS_AT_PERSON, TOO_MANY_STATES,
};
use crate::menu::reader::{MISSING, SYNTAX, UNKNOWN_KEY, WRONG_VALUE};
use crate::menu::standard::told::Told;

/// How files are read.
pub const SYNTAX_TOLD: &[&Told] = &[
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
pub const PROOF_TOLD: &[&Told] = &[
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
    &Told::without_example(
        &PERSON_IN_EVERY_SITUATION,
        "The keys of a person work at every hour; the proof shows that no calendar and no plan takes them away.",
    ),
    &Told::hard(
        &INSTEAD_OF_PERSON,
        "# ops/queues.toml\n[queues.general]\nhours = \"office\"\nwhen_closed = \"message\"\n[queues.complaints]\n",
        "# ops/queues.toml\n[queues.general]\nhours = \"office\"\nwhen_closed = { queue = \"complaints\" }\n[queues.complaints]\n",
    ),
    &Told::hard(
        &PERSON_ANNOUNCED,
        "# menus/main.toml\n\
         notice = { zh-CN = \"本次通话将被录音，以便改进服务，请您知悉。\", en-US = \"This call is recorded.\" }\n\
         [announcement]\n\
         text = { zh-CN = \"受天气影响，部分网点今天推迟到十点开门，请先查询网点的营业时间，然后再出门，也可以使用手机银行或网上银行办理大部分业务，如果您的事情紧急，请直接选择人工，我们会尽快帮助您，谢谢您的理解。\", en-US = \"Some branches open late today.\" }\n",
        "# menus/main.toml\n\
         [announcement]\n\
         text = { zh-CN = \"部分网点今天十点开门。\", en-US = \"Some branches open late today.\" }\n",
    ),
    &Told::without_example(&TOO_MANY_STATES, "It takes thousands of menus that lead to one another."),
];
