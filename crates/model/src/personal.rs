//! 个人信息: an erasure is asked for by one person and decided by another.

crate::words! {
    ErasureState {
        /// 待复核
        Asked = "asked",
        /// 已删除
        Done = "done",
        /// 已驳回
        Rejected = "rejected",
    }
}
