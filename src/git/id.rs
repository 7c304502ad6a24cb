//! Object IDs of blobs and commits, as distinct types.

use std::{fmt, str::FromStr};

use git2::Oid;

const HEX_LENGTH: usize = 40;

/// A text that is not a full object ID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an object id of git: 40 hexadecimal digits are needed")]
pub struct InvalidId {
    pub text: String,
}

macro_rules! object_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(super) Oid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse(text).map(Self)
            }
        }
    };
}

object_id! {
    /// The ID of a blob.
    BlobId
}
object_id! {
    /// The ID of a commit.
    CommitId
}

fn parse(text: &str) -> Result<Oid, InvalidId> {
    let invalid = || InvalidId { text: text.to_owned() };
    if text.len() != HEX_LENGTH {
        return Err(invalid());
    }
    Oid::from_str(text).map_err(|_| invalid())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";

    #[test]
    fn an_id_is_its_hexadecimal_digits() {
        assert_eq!(ID.parse::<BlobId>().unwrap().to_string(), ID);
        assert_eq!(format!("{:?}", ID.parse::<CommitId>().unwrap()), format!("CommitId({ID})"));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "e69de29", &ID[1..], &ID.replace('e', "g"), &format!("{ID}0")] {
            assert_eq!(text.parse::<BlobId>(), Err(InvalidId { text: text.to_owned() }));
        }
    }
}
