// 离职交接等后台事务的文字，并入 zh-CN.ts；英文见 office.en.ts。
export default {
  handover: {
    button: '离职交接', title: '离职交接：{name}', to: '接收人', to_help: '须有接手这些事项的权限，数据范围须覆盖原账号的范围', note: '交接说明', note_help: '钥匙、物料、联系人等系统外的事项，最多 500 字', go: '交接并停用账号',
    none: '此人名下没有未办结的事项，可直接停用账号。', open: '未办结事项（共 {n} 件）', more: '另有 {n} 件', ends: '停用后将结束 {n} 个登录会话和令牌', done: '{name} 的 {n} 件事项已交接，账号已停用', stopped: '{name} 的账号已停用', self: '不能交接自己的账号，请由其他管理员操作', fleet: '车队', what: '事项一并转到接收人名下，账号立即停用；全过程记入审计日志。待复核的申请转给接收人后，仍须由第三人复核。',
  },
  handover_kind: { feedback: '处理中的反馈', settlement: '待复核的异常结算', wallet_change: '待复核的余额调整', tariff_plan: '未生效的调价计划', pile_batch: '进行中的批量操作', order_import: '未确认的订单补录', export: '导出任务与文件' },
}
