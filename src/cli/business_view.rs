//! One business, shown or changed: as text and as JSON.

use super::{error::CliError, sanitize::sanitize, ui::Ui};
use crate::{
    engine::{BusinessSummary, Session},
    wire,
};

/// Prints the JSON of a business that a command created or changed.
pub(crate) fn document(session: &Session, ui: &mut Ui, code: &str, changed: bool) -> Result<u8, CliError> {
    if let Some(business) = session.view()?.businesses()?.into_iter().find(|business| business.id == code) {
        ui.document(&wire::OneBusiness::changed(&business, changed))?;
    }
    Ok(0)
}

/// Prints a business with its catalogue entry and counts.
pub(crate) fn print(ui: &mut Ui, business: &BusinessSummary) -> Result<(), CliError> {
    let listed = business.listed.as_ref();
    let text = |value: Option<&String>| value.cloned().unwrap_or_default();
    let rows = [
        ("Business", business.id.clone()),
        ("Name", text(listed.and_then(|listed| listed.name.as_ref()))),
        ("What", text(listed.and_then(|listed| listed.description.as_ref()))),
        ("Owner", text(listed.and_then(|listed| listed.owner.as_ref()))),
        ("Category", text(listed.and_then(|listed| listed.category.as_ref()))),
        ("Status", text(listed.and_then(|listed| listed.status.as_ref()))),
        ("Tags", listed.map(|listed| listed.tags.join(", ")).unwrap_or_default()),
        ("Cards", business.cards.to_string()),
        ("Ideas", business.ideas.to_string()),
    ];
    for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        ui.line(&format!("{name:<10}{}", sanitize(value)))?;
    }
    if listed.is_none() {
        ui.line(&format!("The catalogue does not list it: bos business new {} NAME", business.id))?;
    }
    Ok(())
}
