// 个人信息导出与删除的文字，并入 zh-CN.ts；英文见 person.en.ts。
export default {
  erasure: { asked: '待复核', done: '已删除', rejected: '已驳回' },
  person: {
    tab: '个人信息', export: '导出个人信息', export_note: '把平台保存的该用户的全部个人信息（资料、车辆、订单、支付、发票、反馈与照片等）打包为一个 ZIP，含便于阅读的 XLSX 与便于程序处理的 JSON。仅在用户本人提出并核实身份后使用；每次导出都记入审计日志，文件在“导出记录”下载，到期自动删除。', export_told: '已开始导出，完成后可在此下载',
    erase: '删除个人信息', erase_note: '用户注销后，经两人办理，删除姓名、手机号、车辆、抬头、反馈内容与照片等。订单与账务只保留用户编号，账目仍然平衡；发票、账务凭证按法律保留。删除后不能恢复。', ask: '申请删除', approve: '复核通过并删除', reject: '驳回', reason: '原因', reason_place: '如：用户本人来电申请，已核对手机号与最近订单', ask_approve: '删除用户 {id} 的个人信息？删除后不能恢复；从备份恢复数据时会自动再次删除。',
    asked_told: '已提交，请由另一人复核', erased_told: '个人信息已删除', rejected_told: '已驳回', asked_by: '{who} 于 {at} 申请：{reason}', decided_because: '{who} 的意见：{reason}', erased_at: '个人信息已于 {at} 删除',
    why_export: '您的账号没有导出个人信息的权限', why_erase: '您的账号没有删除个人信息的权限', why_tied: '还有未了结的事项，见上', why_asked: '已有待复核的申请', why_own: '须由申请人以外的人复核',
    customer: '用户', state: '状态', staff: '申请人', created: '申请时间', decided_by: '复核人', decided_at: '复核时间', decision: '复核意见', rows: '处理行数', none: '没有删除申请。用户注销后，可在用户详情的“个人信息”中申请删除',
  },
}
