//! Deliberately broken variants of what is simulated, each of which some invariant has to catch: the proof that the
//! simulation bites. How each of them is broken stands in `broken` and `mutant_net`.

use super::invariants::Invariant;

/// What is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mutant {
    /// The queue deletes a message before it has the next one.
    DeletesBeforeItSends,
    /// The event source mapping deletes a message when it delivers it.
    AcknowledgesFirst,
    /// The function says that every record is done.
    HidesFailures,
    /// A waiting command is sent twice.
    SendsTwice,
    /// What follows from a command gets a new id each time.
    NewIdsForChildren,
    /// So do outcomes.
    NewIdsForOutcomes,
    /// The decision does not know what was done before.
    DropsTheJournal,
    /// After a write it goes on with what it saw before.
    ActsOnOldLooks,
    /// The deadline is never.
    ForgetsTheDeadline,
    /// A failed join is reset for ever.
    ResetsWithoutBound,
    /// A job is restarted at each look.
    RestartsAtEachLook,
    /// The first wait is called a success.
    FinishesEarly,
    /// Who was a member once is one for ever.
    RemembersMembership,
    /// A write that was refused with 400 counts as made.
    BelievesRefusals,
    /// What was written is not looked at again: it is assumed to be there.
    NeverLooksAgain,
    /// The first refusal of a write, with a 4xx that may pass, ends the command as failed.
    GivesUpAtARefusal,
    /// So does the first server error, of whatever is asked.
    GivesUpAtServerErrors,
    /// The first refusal of a write makes the decision panic.
    PanicsAtARefusal,
    /// What has waited once is left in its queue, until it is a dead letter.
    LeavesWhatWaited,
    /// What follows from a command is said to be posted, and is not.
    LosesFollowUps,
    /// A removal goes to another tenant's row.
    RemovesAnother,
    /// Nobody gives up waiting for an answer.
    WaitsWithoutLimit,
    /// Who synchronizes leaves out the mark, and takes what bears none for marked.
    SeesMarks,
    /// An error's text holds the request's headers.
    PrintsTheToken,
    /// The function does not know that only a plan is asked for.
    ForgetsTheDryRun,
}

impl Mutant {
    /// All of them.
    pub const ALL: [Self; 25] = [
        Self::DeletesBeforeItSends,
        Self::AcknowledgesFirst,
        Self::HidesFailures,
        Self::SendsTwice,
        Self::NewIdsForChildren,
        Self::NewIdsForOutcomes,
        Self::DropsTheJournal,
        Self::ActsOnOldLooks,
        Self::ForgetsTheDeadline,
        Self::ResetsWithoutBound,
        Self::RestartsAtEachLook,
        Self::FinishesEarly,
        Self::RemembersMembership,
        Self::BelievesRefusals,
        Self::NeverLooksAgain,
        Self::GivesUpAtARefusal,
        Self::GivesUpAtServerErrors,
        Self::PanicsAtARefusal,
        Self::LeavesWhatWaited,
        Self::LosesFollowUps,
        Self::RemovesAnother,
        Self::WaitsWithoutLimit,
        Self::SeesMarks,
        Self::PrintsTheToken,
        Self::ForgetsTheDryRun,
    ];

    /// What is there to catch it: what catches it instead is there for something else, or is too wide.
    pub fn caught_by(self) -> &'static [Invariant] {
        use Invariant as I;
        match self {
            Self::DeletesBeforeItSends | Self::AcknowledgesFirst | Self::HidesFailures => {
                &[I::EveryCommandEnds]
            }
            Self::SendsTwice => &[I::ChainsAreCounted],
            Self::NewIdsForChildren => &[I::ChildrenHaveOneId],
            Self::NewIdsForOutcomes => &[I::LastWordsAgree],
            // It forgets its age with the rest: what never expires is delivered for ever.
            Self::DropsTheJournal => &[I::NothingIsWrittenAgain, I::EveryCommandEnds],
            Self::ResetsWithoutBound | Self::RestartsAtEachLook => &[I::NothingIsWrittenAgain],
            Self::ActsOnOldLooks => &[I::NothingVisibleIsWritten],
            Self::ForgetsTheDeadline => &[I::WithinItsBudget],
            Self::FinishesEarly | Self::NeverLooksAgain => &[I::SuccessIsTrue],
            // Who does not see that an owner cannot be removed does not demote it first.
            Self::BelievesRefusals => &[I::SuccessIsTrue, I::Converges],
            Self::RemembersMembership => &[I::NothingIsReopened],
            Self::GivesUpAtARefusal | Self::GivesUpAtServerErrors | Self::LeavesWhatWaited => {
                &[I::EndsWithACause]
            }
            // A formation waits for members whom nobody asks, and says so in the end.
            Self::LosesFollowUps => &[I::FollowUpsArePosted, I::EndsWithACause],
            Self::RemovesAnother => &[I::WithinItsRights],
            Self::WaitsWithoutLimit => &[I::EndsInTime],
            Self::SeesMarks => &[I::WhatIsOursIsMarked],
            Self::PanicsAtARefusal => &[I::NothingPanics],
            Self::PrintsTheToken => &[I::NothingSecretIsTold],
            Self::ForgetsTheDryRun => &[I::DryRunsOnlyLook],
        }
    }
}
