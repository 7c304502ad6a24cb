//! Any text parses or is rejected; setting every field to its present value changes no byte.
#![no_main]

use bos::markdown::{Edit, edit, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(document) = parse(text) else { return };
    assert!(text.ends_with(document.body()));
    let same: Vec<_> = document.fields.iter().map(|(key, value)| Edit::Set { key: key.to_owned(), value: value.clone() }).collect();
    assert_eq!(edit(text, &same).as_deref(), Ok(text));
});
