// 账务、钱包与订单支付的文字，并入 zh-CN.ts；英文见 ledger.en.ts。
export default {
  account_kind: { principal: '本金', gift: '赠送金', receivable: '待支付', fleet: '车队账户', revenue: '运营商应付', channel: '渠道清算', promotion: '赠送成本', write_off: '核销', refunding: '退款在途', discount: '优惠支出', payee_payable: '分账应付', shared_revenue: '分账支出', paid_out: '分账已付', channel_fee: '渠道手续费', withheld: '渠道扣留', platform_discount: '平台优惠支出' },
  account_told: { principal: '用户充值的余额', gift: '赠送给用户、只能用于充电的余额', receivable: '用户尚未支付的充电费用', fleet: '车队充值的余额，负数为欠款', revenue: '充电收入，应付给运营商', channel: '支付渠道与人工收付的款项', promotion: '赠送金的成本', write_off: '无法收回、已核销的欠款', refunding: '已预留、尚未退到用户的款项', discount: '运营商承担的优惠', payee_payable: '已结算、尚未付给分账方的款项，负数为多分', shared_revenue: '运营商分给分账方的收入', paid_out: '已从运营商账户付给分账方的款项', channel_fee: '支付渠道收取的手续费', withheld: '渠道在结算款中扣除的手续费', platform_discount: '平台承担的优惠券与活动优惠' },
  posting_code: { electricity: '电费', service: '服务费', top_up: '充值', gift_grant: '赠送', deduction: '扣款', refund: '退款', write_off: '核销', order_pay: '订单付款', excess: '重复支付', refund_hold: '退款预留', refund_undo: '退款撤销', refund_done: '退款完成', discount: '优惠', discount_back: '优惠冲回', share: '分账', share_back: '分账追回', payout: '分账付款', occupancy: '占位费', channel_fee: '渠道手续费' },
  paid_state: { open: '未结算', paid: '已支付', owed: '待支付', part_refunded: '部分退款', refunded: '已退款', written_off: '已核销' },
  pay_way: { wallet: '钱包', fleet: '车队', later: '后付' },
  payment_state: { open: '未结算', posted: '已入账', void: '未发生费用' },
  wallet_change_kind: { top_up: '充值', gift_grant: '赠送', principal_deduction: '扣本金', gift_deduction: '扣赠送金' },
  wallet_change_state: { proposed: '待复核', approved: '已生效', rejected: '已驳回' },
  books: { even: '借贷平衡', uneven: '借贷不平' },
  ledger: {
    at: '时间', code: '类型', amount: '金额', amount_yuan: '金额（元）', debit: '借方', credit: '贷方', order: '订单', staff: '操作人', reason: '原因', id: '流水号', key: '业务键', account: '科目', accounts: '账户数', balance: '余额', sum: '合计', none: '没有账务流水',
    trial_title: '科目余额', trial_note: '每笔流水同时记入一个账户的借方和另一个账户的贷方，合计必须相等；每晚的核对任务会用全部流水重算每个账户。',
    wallet: '钱包', fleet_account: '车队账户', principal: '本金', gift: '赠送金', held: '冻结中', available: '可用', owed: '待支付', limit: '授信额度', limit_yuan: '授信额度（元）', limit_help: '账户余额最低可到负的授信额度，填 0 表示不允许透支',
    pay_way: '支付方式', pay_set: '设置支付方式', pay_default: '按平台参数', pay_help: '从下一次启动起生效；“按平台参数”由参数“默认使用钱包付费”决定', pay_told: '支付方式已保存，从下一次启动起生效', fleet_pays: '司机充电由谁付费', fleet_pays_yes: '车队付费', fleet_pays_no: '司机自付',
    change: '充值 / 扣款', change_note: '超过“单人调整余额限额”的调整须由另一人复核后才生效。冻结中的金额不能扣除。', changes: '余额调整', kind: '调整类型', changed_told: '余额已调整', waits_told: '已提交，等待另一人复核', approve: '复核通过', reject: '驳回', ask_approve: '{who} 提交了{kind} {amount}，确认通过？', rejected_told: '已驳回', decided_by: '复核人 {who}', own_note: '等待另一人复核',
    why_write: '您的账号没有充值、扣款的权限', payment: '支付', bill: '账单金额', most_held: '最多冻结', held_now: '冻结中', paid_gift: '赠送金支付', paid_principal: '本金支付', paid_fleet: '车队账户支付', paid_owed: '记入待支付', refunded: '已退款', written_off: '已核销', settled: '渠道支付', returned: '渠道退回', free: '这笔订单没有付款人，或在启用账务之前完成', not_yet: '没有冻结余额：结束后按付款人的支付方式入账', exhausted: '付款账户余额不足以继续冻结，或车队给司机的用量已用完，充电因此被停止', discount: '优惠', occupancy: '占位费',
    refund: '退款', refund_help: '最多可退 {most}，按原路退回：先减待支付，再退本金、赠送金', refund_told: '已退款', write_off: '核销', ask_write_off: '核销后，这笔订单尚未支付的金额不再向用户收取，且不能恢复。', write_off_told: '已核销',
  },
}
