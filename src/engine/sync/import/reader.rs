//! The thread that reads ahead: it looks at files while the importer writes what came before.

use crate::{
    domain::{audience::Audience, doc_path::DocPath},
    engine::base::{
        file_probe::{FileProbe, Probed},
        selection::Selection,
        tracked_document::TrackedDocument,
        walk::Walked,
    },
};

/// The files of the tree, walked already or not.
pub(super) type Walk = Box<dyn Iterator<Item = Walked> + Send>;

/// One file as the reader thread found it.
pub(super) struct Seen {
    pub(super) walked: Walked,
    /// Its index among the tracked documents.
    pub(super) known: Option<usize>,
    pub(super) look: Probed,
}

/// Goes through the tree beside the tracked documents, both in the order of the paths, and looks at each file.
pub(super) fn read_ahead<'a>(
    walked: Walk,
    probe: &'a FileProbe,
    known: &'a [TrackedDocument],
    selection: &'a Selection,
) -> impl Iterator<Item = Seen> + 'a {
    let mut next = 0;
    walked.filter_map(move |walked| {
        let Walked::Document(located) = &walked else {
            let Walked::Problem(diagnostic) = &walked else { return None };
            let selected =
                DocPath::parse(&diagnostic.path).map_or(selection.is_all(), |path| selection.contains(&path));
            return selected.then_some(Seen { walked, known: None, look: Probed::Nothing });
        };
        if !selection.contains(&located.path) {
            return None;
        }
        while known.get(next).is_some_and(|known| *known.path() < located.path) {
            next += 1;
        }
        let index = known.get(next).filter(|known| *known.path() == located.path).map(|_| next);
        let mut look = probe.probe(&located.path, index.map(|index| &known[index].mirrored));
        if let Probed::Read(reading, _) = &mut look
            && located.audience == Some(Audience::User)
        {
            reading.derived = Some(reading.derived_at(&located.path));
        }
        Some(Seen { walked, known: index, look })
    })
}
