//! Any edit of any text is refused or reads back as requested, with all other fields unchanged.
#![no_main]

use bos::domain::value::FieldValue;
use bos::markdown::{Edit, EditError, edit, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str, &str)| {
    let (text, key, value) = input;
    let asked = FieldValue::Str(value.to_owned());
    let change = Edit::Set { key: key.to_owned(), value: asked.clone() };
    match edit(text, &[change]) {
        Ok(edited) => {
            let (before, after) = (parse(text).expect("was edited"), parse(&edited).expect("was edited"));
            assert_eq!(after.fields.get(key), Some(&asked));
            assert_eq!(after.body(), before.body());
            let others = |fields: &bos::domain::value::Fields| fields.iter().filter(|(k, _)| *k != key).map(|(k, v)| (k.to_owned(), v.clone())).collect::<Vec<_>>();
            assert_eq!(others(&after.fields), others(&before.fields));
        }
        Err(error) => assert!(!matches!(error, EditError::UnsafeBody), "no body was edited"),
    }
    let _ = edit(text, &[Edit::Append { key: key.to_owned(), item: value.to_owned() }, Edit::Unset { key: key.to_owned() }]);
});
