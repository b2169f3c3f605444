//! What callers want of the menus beside a person: keys, and how long they wait before each. Made for
//! a hotline whose main menu offers verification, a look-up, a callback, a complaint, a survey, another
//! number and slower speech, in this order.

use rand_chacha::ChaCha20Rng;

use super::network::below;

/// Milliseconds after what came before, at least and at most; then these keys.
type Keys = Vec<(u32, u32, String)>;

/// A visit for one of them. Few customers try many secrets, so that some are locked.
pub(super) fn service(rng: &mut ChaCha20Rng) -> Keys {
    let text = |keys: &str| keys.to_owned();
    let customer = format!("{}#", 1_000 + below(rng, 8));
    let mut keys = match below(rng, 10) {
        0 | 1 => vec![
            (0, 1, text("1")),
            (1_000, 2_500, customer),
            (1_000, 2_500, format!("{}#", 1_234 + below(rng, 4))),
        ],
        2 => vec![(0, 1, text("2"))],
        3 | 4 => {
            let again = format!("1390000000{}#", below(rng, 2));
            let other = if below(rng, 2) == 0 { again } else { text("0085212345678#") };
            let choice = ["1", "2", "0", "1"][below(rng, 4) as usize];
            vec![
                (0, 1, text("3")),
                (1_500, 4_000, text(choice)),
                (1_500, 4_000, other),
                (2_000, 4_000, text("1")),
            ]
        }
        5 | 6 => {
            let end = ["#", "#", "0", "*", ""][below(rng, 5) as usize];
            let speaks = if below(rng, 6) == 0 { 190_000 } else { 15_000 };
            vec![(0, 1, text("4")), (1_000, 2_000, text("12#")), (3_000, 3_000 + speaks, text(end))]
        }
        7 => vec![(0, 1, text("5")), (900, 2_500, text("1")), (900, 9_000, text("2"))],
        8 => {
            let impatient = ["", "", "0", "*", "00000000"][below(rng, 5) as usize];
            vec![(0, 1, text("6")), (600, 20_000, text(impatient)), (1_000, 60_000, String::new())]
        }
        _ => vec![(0, 1, text("7")), (3_000, 9_000, text("8"))],
    };
    // Some have enough of machines in the middle of it.
    if below(rng, 6) == 0 {
        let person = ["0", "*", "**"][below(rng, 3) as usize];
        let at = 1 + below(rng, 3) as usize;
        keys.insert(at.min(keys.len()), (100, 5_000, text(person)));
    }
    keys
}
