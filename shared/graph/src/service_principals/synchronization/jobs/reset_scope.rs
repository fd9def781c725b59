use crate::wire::{Flags, open_enum};

open_enum! {
    /// One of the things that a restart can forget.
    ResetFlag {
        /// What is known of the objects of both tenants.
        ConnectorDataStore = "ConnectorDataStore",
        /// Which objects failed.
        Escrows = "Escrows",
        /// How far it had come.
        Watermark = "Watermark",
        /// That it is in quarantine.
        QuarantineState = "QuarantineState",
        /// All of the above.
        Full = "Full",
        /// Deletions that were held back are let through.
        ForceDeletes = "ForceDeletes",
    }
}

/// `microsoft.graph.synchronizationJobRestartScope`: flags, on the wire `Watermark, Escrows, QuarantineState`.
pub type ResetScope = Flags<ResetFlag>;

impl Flags<ResetFlag> {
    /// What the portal's restart forgets: watermark, escrows, quarantine.
    pub fn as_in_portal() -> Self {
        Self::of([ResetFlag::Watermark, ResetFlag::Escrows, ResetFlag::QuarantineState])
    }

    /// Everything.
    pub fn full() -> Self {
        Self::of([ResetFlag::Full])
    }

    /// Lets the deletions through that a threshold holds back.
    pub fn force_deletes() -> Self {
        Self::of([ResetFlag::ForceDeletes])
    }
}
