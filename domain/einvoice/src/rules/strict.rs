//! Our own set: whatever the slack of the official rules lets pass although it is not exact, as warnings.

use super::judge::Judge;

pub(super) fn check(judge: &mut Judge) {
    judge.inexact_sums();
}
