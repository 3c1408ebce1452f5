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
  occupancy_state: { running: '占位中', ended: '待入账', charged: '已入账', waived: '已免除' },
  occupancy_end: { unplugged: '已拔枪', link_lost: '连接中断，计至最后可证实的时刻', unknown: '枪故障或停用，计至此时', next_session: '下一次充电开始', too_long: '超过 72 小时，不再累计' },
  occupancy: {
    title: '占位费', tab: '占位费', began: '占位开始', ended: '占位结束', free_until: '免费至', counted: '计费时长', minutes: '{n} 分钟', gap: '未计时长', gap_note: '设备与平台的连接曾中断，中断的时间无法证实，没有计费。', rule: '充电结束后免费 {free} 分钟，之后每分钟 {price}，每单最多 {cap}', hours: '仅 {from}–{to} 计费', all_day: '全天计费', told: '已提醒驾驶者', told_free: '免费开始 {at}', told_soon: '即将计费 {at}', told_fee: '开始计费 {at}', told_cap: '已封顶 {at}',
    waive: '免除占位费', reason: '免除原因', waived_told: '占位费已免除', waits_told: '已提交，等待另一人复核', approve: '复核通过', reject: '驳回', reject_reason: '驳回原因', ask_approve: '{who} 申请免除占位费 {amount}，确认通过？', rejected_told: '已驳回', own_note: '等待另一人复核', auto_free: '本单不收费，占位费随之免除', auto_refunded: '本单已有退款，不再加收占位费', none: '未设置', none_hint: '充电结束后仍不拔枪的车辆，可按分钟收取占位费；只计设备能证实插枪的时间。', off: '已停用：不再产生新的占位费，已开始的继续计到拔枪。',
    edit: '修改方案', set_up: '设置占位费', enabled: '是否收取', yes: '收取', no: '不收取', free: '免费时长（分钟）', free_help: '从充电结束（或车辆充满）算起', price: '单价（元/分钟）', cap: '每单封顶（元）', from: '计费时段开始', to: '计费时段结束', clock_help: '本站时间，如 08:00；全天请填 00:00 到 24:00，结束早于开始表示跨越零点', clock_bad: '请填写时刻，如 08:00', saved: '占位费方案已保存，从之后结束的充电起生效', form_title: '{name} 的占位费',
  },
  discount: { title: '优惠', payable: '应付', of_level: '{level} · 服务费减 {n}%', level_gone: '等级已删除', borne: '{who}承担', platform_part: '其中平台 {money}', sum: '优惠 {money}' },
  discount_kind: { member: '会员优惠', activity: '活动优惠', coupon: '优惠券' },
  discount_bearer: { operator: '运营商', platform: '平台', shared: '平台与运营商' },
}
