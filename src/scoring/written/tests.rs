//! Replies as models write them, from `tests/replies.toml`.

use serde::Deserialize;

use super::{Reading, read};
use crate::benchmarks::{Item, ItemFields};
use crate::language::Language;
use crate::prompts::{Letters, Protocol, Shown};
use crate::scoring::{Outcome, Reply, ReplyEnding};

#[derive(Deserialize)]
struct Table {
    set: Vec<Set>,
}

#[derive(Deserialize)]
struct Set {
    language: Language,
    #[serde(default)]
    latin: bool,
    /// Whether all right options are asked for.
    #[serde(default)]
    all: bool,
    options: Vec<String>,
    replies: Vec<Vec<String>>,
}

fn item(language: &Language, options: &[String]) -> Item {
    let fields = ItemFields::asking(language.tag(), "?", &[]);
    Item::new(ItemFields {
        options: options.to_vec(),
        ..fields
    })
    .unwrap()
}

fn protocol(set: &Set) -> Protocol {
    Protocol {
        letters: match set.latin {
            true => Letters::Latin,
            false => Letters::Language,
        },
        ..Protocol::default()
    }
}

fn word(reading: Reading) -> String {
    match reading {
        Reading::Options(options) => {
            let letters = options.iter().map(|&index| Language::latin_letter(index).unwrap());
            letters.collect::<Vec<_>>().join(",")
        }
        Reading::Unparsed => Outcome::Unparsed.word().to_owned(),
        Reading::Refused => Outcome::Refused.word().to_owned(),
        Reading::Truncated => Outcome::Truncated.word().to_owned(),
    }
}

#[test]
fn replies_are_read_as_people_read_them() {
    let table: Table = toml::from_str(include_str!("../../../tests/replies.toml")).unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    let mut languages = std::collections::BTreeSet::new();
    for set in &table.set {
        languages.insert(set.language.clone());
        let item = item(&set.language, &set.options);
        let protocol = protocol(set);
        for row in &set.replies {
            let ending = row
                .get(2)
                .map_or(ReplyEnding::Finished, |word| ReplyEnding::from_word(word).unwrap());
            let reply = Reply {
                text: row[1].clone(),
                tokens: 1,
                ending,
            };
            let found = word(read(&reply, &Shown::new(&item, &protocol), set.all));
            count += 1;
            if found != row[0] {
                wrong.push(format!("{}: {:?} is {found}, not {}", set.language, row[1], row[0]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(
        count >= 150 && languages.len() == 14,
        "{count} replies in {} languages",
        languages.len()
    );
}

#[test]
fn a_long_reply_is_read_in_no_time_that_grows_with_its_square() {
    let options: Vec<String> = ["Aspirin", "Metformin"].map(str::to_owned).to_vec();
    let item = item(&"en".parse().unwrap(), &options);
    let text = "The patient is not well and it may be **many** things.\n".repeat(5_000) + "Answer: B";
    let reply = Reply {
        text,
        tokens: 60_000,
        ending: ReplyEnding::Finished,
    };
    assert_eq!(
        read(&reply, &Shown::new(&item, &Protocol::default()), false),
        Reading::Options(vec![1])
    );
}
