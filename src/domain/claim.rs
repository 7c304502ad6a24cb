//! Who is working on a card: at most one actor, until the claim is released or expires, or the card is done.

use jiff::Timestamp;

use super::value::Fields;

/// A claim on a card, as recorded in its front matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// `Claimed-By`: an actor.
    pub by: String,
    /// `Claimed-Until`: an instant; a claim without one lasts until it is released.
    pub until: Option<String>,
}

impl Claim {
    /// The keys that hold a claim.
    pub const KEYS: [&'static str; 2] = ["Claimed-By", "Claimed-Until"];

    /// The claim of a card; `None` if it names nobody.
    #[must_use]
    pub fn read(fields: &Fields) -> Option<Self> {
        let by = fields.text("Claimed-By").filter(|by| !by.trim().is_empty())?;
        Some(Self { by: by.to_owned(), until: fields.text("Claimed-Until").map(str::to_owned) })
    }

    /// Whether it still holds at `now`, in Unix seconds. An end that is not a valid instant is ignored.
    #[must_use]
    pub fn holds_at(&self, now: i64) -> bool {
        let until = self.until.as_ref().and_then(|until| until.parse::<Timestamp>().ok());
        until.is_none_or(|until| now < until.as_second())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_ends_when_its_time_is_over() {
        let claim = |until: Option<&str>| Claim { by: "Nora".to_owned(), until: until.map(str::to_owned) };
        assert!(claim(None).holds_at(i64::MAX));
        assert!(claim(Some("2026-11-20T10:00:01Z")).holds_at(1_795_168_800));
        assert!(!claim(Some("2026-11-20T10:00:00Z")).holds_at(1_795_168_800));
        assert!(claim(Some("soon")).holds_at(1_795_168_800));
    }
}
