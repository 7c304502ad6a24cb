//! `bos business new`.

use crate::{
    cli::{args::Global, business_view, error::CliError, ui::Ui},
    engine::NewBusiness,
};

/// List a new business in the catalogue
///
/// The code is what the IDs of its cards begin with. The catalogue is docs/business-os/strategy/businesses.json: commit
/// it. `bos undo` does not revert this; use git.
///
/// Examples:
///   bos business new KITE "Kites and more"
///   bos business new KITE "Kites and more" --owner Nora --tag retail
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment, override_usage = "bos business new [OPTIONS] <CODE> <NAME|--name <NAME>>")]
pub(crate) struct Args {
    /// Its code: a letter, then letters and digits
    code: String,
    #[command(flatten)]
    name: Name,
    /// What it does
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Who runs it
    #[arg(long)]
    owner: Option<String>,
    /// Its kind, such as shop
    #[arg(long)]
    category: Option<String>,
    /// Its status
    #[arg(long, default_value = "active")]
    status: String,
    /// A tag; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
}

/// The name of a business.
#[derive(Debug, Clone, clap::Args)]
#[group(required = true, multiple = false)]
struct Name {
    /// Its full name
    #[arg(value_name = "NAME")]
    words: Option<String>,
    /// The name, as an option
    #[arg(long)]
    name: Option<String>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open(ui)?;
    let code = session.new_business(&NewBusiness {
        code: args.code.clone(),
        name: args.name.words.clone().or_else(|| args.name.name.clone()).unwrap_or_default(),
        description: args.description.clone(),
        owner: args.owner.clone(),
        category: args.category.clone(),
        status: args.status.clone(),
        tags: args.tags.clone(),
    })?;
    ui.has_done(format!("{code} was made"));
    if ui.json {
        return business_view::document(&session, ui, &code, true);
    }
    ui.line(&code)?;
    Ok(0)
}
