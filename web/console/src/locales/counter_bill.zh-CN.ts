// 渠道对账的文字，并入 zh-CN.ts；英文见 counter_bill.en.ts。
export default {
  counter_difference_kind: { only_ours: '仅我方有', only_theirs: '仅对方有', amount_differs: '金额不符', energy_differs: '电量不符', state_differs: '状态不符', twice: '重复', day_shifted: '跨日', fee_differs: '手续费不符', refund_without_payment: '退款无对应支付' },
  counter_difference_told: {
    energy_differs: '同一订单两边电量不同，超过参数“电量允许差异”；请核对订单的电表读数', only_ours: '平台已记账，对方各日账单中都没有；可能次日账单才有，届时自动消除，否则请向对方查单', only_theirs: '对方有这一笔，平台没有；请核对是否在别的系统发起，必要时向对方查单', amount_differs: '同一单两边金额不同；以渠道实收为准查明原因后更正', state_differs: '对方已完成，平台未完成或已关闭；支付与退款请“刷新状态”，订单请看是否待处理，补齐后自动消除', twice: '同一单在账单中出现多次，或渠道就同一支付单多收了一次；多收的应原路退回', day_shifted: '两边都有，但记在不同的日期；无需处理', fee_differs: '渠道扣的手续费与约定费率不符，相差超过 1 分；请与渠道核对费率', refund_without_payment: '渠道退了一笔平台没有支付记录的款；请向渠道查证由谁发起',
  },
  counter_source: { pay_channel: '支付渠道', peer: '互联方' },
  peer: {
    peer: '互联方', name: '名称', code: '运营商代码', code_help: '9 到 18 位数字或字母（组织机构代码或统一社会信用代码）', fleet: '对应车队', fleet_help: '对方用户在平台以哪个车队充电；选了才能查出“仅我方有”的订单', changed: '修改', none: '没有互联方。先登记对方，再导入它的订单清单', add: '新建互联方', change: '修改互联方', saved: '已保存 {name}', choose: '请选择', choose_first: '请先选择互联方',
    our_orders: '我方订单 / 笔数', their_orders: '对方订单 / 笔数', our_energy: '我方电量 (kWh)', their_energy: '对方电量 (kWh)', no_bills: '没有互联方账单。向对方要一天的订单清单，点“导入清单”', bring: '导入清单', take: '确认导入', rule: '清单为一天（北京时间）内结束的订单，列：对方订单号、我方订单号、结束时间、电量（kWh）、金额（元）。先检查，全部正确才会导入；同一天再次导入会替换原来的清单，已处理的结果保留。', good: '可导入', known: '找到我方订单', good_told: '没有错误，可以导入', error_file: '互联方清单错误.csv', order_of: '订单 {amount}', our_note: '当日结束的对应车队订单，以及清单中的我方订单', their_note: '对方清单中的订单',
    column: { their_no: '对方订单号', order_no: '我方订单号', ended_at: '结束时间', energy_kwh: '电量', amount_yuan: '金额' },
  },
  counter_bill: {
    who: '对方', source: '来源',
    our_paid: '我方收款 / 笔数', their_paid: '渠道收款 / 笔数', our_back: '我方退款 / 笔数', their_back: '渠道退款 / 笔数', fee: '手续费', net: '应到账', fetched: '获取时间', left_only: '有未处理差异或账单未到', missing: '账单未到', none: '没有渠道账单。有过支付的渠道每天自动获取前一日账单，也可以点“获取账单”', no_differences: '没有差异，两边一致', run: '获取账单', day_help: '北京时间，须已过完；重新获取不会重复，已处理的结果保留',
    our_side: '我方', their_side: '对方', our_note: '平台账务：当日支付成功与退款到账的记录', their_note: '渠道账单中的支付与退款', net_note: '渠道收款减退款减手续费，即渠道应结算给平台的金额；手续费已记入账务', paid: '收款', back: '退款', count: '{n} 笔', line: '账单第 {no} 行', payment_of: '支付 {amount}', refund_of: '退款 {amount}', fee_of: '手续费 {fee}，应为 {due}',
    file: '下载账单', again: '重新获取', ran_told: '已重新获取并核对', still_missing: '渠道仍未给出账单，将自动重试', why_missing: '账单还没有到', fetched_at: '账单 {file} 获取于 {at}', missing_why: '账单未到（已尝试 {tries} 次）：{why}', next: '下次 {at}', ask_sign: '{channel} {day} 共 {all} 条差异已全部处理，核销合计 {off}。签核后账单与差异不再改动。确认签核？', decision_help: '认可：差异有合理解释；更正：已补单、退款或由渠道更正；核销：放弃追究这笔金额', note_place: '如：已向渠道查单，次日账单补记',
    fee_bp: '约定费率', fee_bp_help: '单位 0.01%，如 0.60% 填 60；不填则不核对手续费',
  },
}
