//! `bos graph`.

use clap::ValueEnum;
use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{args::Global, complete, error::CliError, graph_view, ui::Ui},
    wire,
};

/// Draw dependencies as a graph for another program
///
/// An arrow goes from a card to what it depends on. Archived cards and those of other businesses are shown if
/// another card waits for them. Items that are done are green, and IDs that do not exist are dashed.
///
/// Examples:
///   bos graph BAKE          for a fenced block `mermaid` on GitHub
///   bos graph --format dot | dot -Tsvg -o graph.svg
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The code of a business; all when left out
    #[arg(add = ArgValueCompleter::new(complete::businesses))]
    business: Option<String>,
    /// The graph language
    #[arg(long, value_enum, default_value = "mermaid")]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Mermaid,
    Dot,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open_to_read(ui)?;
    let view = session.view()?;
    let business = args.business.as_deref().map(|typed| view.business(typed)).transpose()?;
    let graph = view.dependency_graph(business.as_deref())?;
    if ui.json {
        ui.document(&wire::Graph::new(business.as_deref(), &graph))?;
        return Ok(0);
    }
    ui.text(&match args.format {
        Format::Mermaid => graph_view::mermaid(&graph),
        Format::Dot => graph_view::dot(&graph),
    })?;
    Ok(0)
}
