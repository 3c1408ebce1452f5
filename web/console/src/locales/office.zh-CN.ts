// 离职交接等后台事务的文字，并入 zh-CN.ts；英文见 office.en.ts。
export default {
  handover: {
    button: '离职交接', title: '离职交接：{name}', to: '接收人', to_help: '须有接手这些事项的权限，数据范围须覆盖原账号的范围', note: '交接说明', note_help: '钥匙、物料、联系人等系统外的事项，最多 500 字', go: '交接并停用账号',
    none: '此人名下没有未办结的事项，可直接停用账号。', open: '未办结事项（共 {n} 件）', more: '另有 {n} 件', ends: '停用后将结束 {n} 个登录会话和令牌', done: '{name} 的 {n} 件事项已交接，账号已停用', stopped: '{name} 的账号已停用', self: '不能交接自己的账号，请由其他管理员操作', fleet: '车队', what: '事项一并转到接收人名下，账号立即停用；全过程记入审计日志。待复核的申请转给接收人后，仍须由第三人复核。',
  },
  handover_kind: { feedback: '处理中的反馈', settlement: '待复核的异常结算', wallet_change: '待复核的余额调整', sharing_proposal: '待复核的分账', tariff_plan: '未生效的调价计划', pile_batch: '进行中的批量操作', order_import: '未确认的订单补录', export: '导出任务与文件' },
  block_state: { active: '生效中', over: '已到期', lifted: '已解除' },
  block: {
    title: '加入反馈黑名单', add: '加入黑名单', phone: '手机号', customer: '用户', scope: '范围', everywhere: '全平台', reason: '原因', reason_help: '对方再次提交时会看到这段文字，请用礼貌的说法', until: '截止', until_help: '最长 366 天，到期自动解除', state: '状态', active: '生效中', over: '已结束', lifted: '已解除', by: '加入人', at: '加入时间', from: '来自反馈', lift: '解除', lift_title: '解除黑名单：{phone}', lift_reason: '解除原因', done: '已加入黑名单，至 {until}', lifted_told: '已解除 {phone}', note: '被列入的号码仍可致电客服；客服代为登记不受限制。', empty: '没有黑名单记录', lifted_by: '{by} 解除：{reason}', sure: '骚扰、广告等滥用行为；正常的投诉不应加入。',
  },
  discount: { title: '优惠', payable: '应付', of_level: '{level} · 服务费减 {n}%', level_gone: '等级已删除', borne: '{who}承担', sum: '优惠 {money}' },
  discount_kind: { member: '会员优惠' },
  discount_bearer: { operator: '运营商', platform: '平台' },
}
