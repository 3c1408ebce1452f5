//! 复核: what a person may not decide alone is a proposal, which a second person approves or rejects.

crate::words! {
    ProposalState {
        /// 待复核: a second person decides.
        Proposed = "proposed",
        /// 已生效
        Approved = "approved",
        /// 已驳回
        Rejected = "rejected",
    }
}
