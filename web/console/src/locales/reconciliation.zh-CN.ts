// 对账与分账的文字，并入 zh-CN.ts；英文见 reconciliation.en.ts。
export default {
  reconciliation_state: { open: '待签核', signed: '已签核', reopened: '已重开' },
  difference_state: { open: '待处理', accepted: '已认可', corrected: '已更正', written_off: '已核销', passed_on: '转异常处理', gone: '已消除' },
  difference_kind: { record_without_order: '有账单无订单', order_without_record: '有订单无账单', energy_differs: '电量不符', amount_differs: '金额不符', order_held: '订单未结清', not_posted: '已结算未入账', posting_differs: '入账金额不符', posted_unsettled: '已入账未结算', double_record: '重复账单', foreign_record: '他桩账单', late_record: '迟到账单', meter_gap: '表码缺口', meter_overlap: '表码重叠', meter_backwards: '表码倒退', meter_changed: '换表' },
  difference_told: { record_without_order: '桩上报了充电，平台没有对应订单', order_without_record: '订单已结束，桩没有上报账单', energy_differs: '账单电量与订单电量之差超过允许值', amount_differs: '桩计费金额与订单金额之差超过允许值', order_held: '账单已到，订单仍在等待异常处理', not_posted: '订单有付款人，但没有入账', posting_differs: '入账金额不等于订单金额', posted_unsettled: '已经入账，订单却没有完成', double_record: '同一次充电上报了两份账单', foreign_record: '流水号属于另一台桩', late_record: '签核之后才到的账单', meter_gap: '两单之间走了电，没有对应的订单', meter_overlap: '开始表码小于上一单结束表码', meter_backwards: '表码变小', meter_changed: '表码跳变，已有换表说明' },
  reconciliation: {
    day: '日期', station: '充电站', operator: '运营商', records: '桩账单', orders: '订单', record_energy: '账单电量 (kWh)', order_energy: '订单电量 (kWh)', order_total: '订单金额', posted: '入账金额', differences: '差异', state: '状态', signed_by: '签核人', ran: '核对时间', left: '待处理', left_only: '只看有待处理差异的', open_of: '{open} 待处理 / {all}', open_count: '{open} 条差异待处理',
    run: '核对一天', day_help: '充电站当地日期，须已过完；重新核对不会丢失已处理的结果', none: '没有对账记录。每天 03:30 自动核对前一日，也可以点“核对一天”立即核对', why_write: '您的账号没有处理对账的权限', why_open: '还有 {open} 条差异未处理，全部处理后才能签核', again: '重新核对', ran_told: '已重新核对', ran_at: '核对于 {at}', signed_at: '{who} 于 {at} 签核', written_off: '核销合计 {amount}', reopened_why: '重开原因：{reason}',
    sign: '签核', ask_sign: '{station} {day} 共 {all} 条差异已全部处理，核销合计 {off}。签核后不再改动，迟到的账单另行提示。确认签核？', signed_told: '已签核', reopen: '重开', reopen_help: '重开后可以重新核对和处理差异，再由人签核；原因会记入审计日志', reopened_told: '已重开', reason: '原因',
    count: '笔数', energy: '电量', sum: '金额', side_records: '桩账单', side_records_note: '充电桩上报的交易记录（云快充）与结束记录（OCPP），金额只含云快充', side_orders: '订单', side_orders_note: '当日（按充电站时间）结束的订单', side_posted: '入账', side_posted_note: '账务流水中这些订单的电费与服务费',
  },
  difference: {
    kind: '差异类型', connector: '充电枪', record_side: '桩账单', order_side: '订单与入账', difference: '差额', state: '处理状态', note: '说明', found: '发现时间', none: '没有差异，三方一致', meters: '上一单结束 {before}，本单开始 {now}', posted: '入账 {amount}', handle: '处理', handle_again: '改处理', handle_of: '处理差异：{kind}', decision: '处理结果', decision_help: '认可：差异有合理解释；更正：已在别处改正；核销：放弃追究这笔金额；转异常处理：由订单页的“异常结算”处理', note_place: '如：离线补传，已与现场核对', save: '保存', told: '已处理', why_signed: '这一天已签核，重开后才能处理',
  },
  meter_change: {
    at: '换表时间', connector_no: '枪号', end: '旧表止码 (kWh)', begin: '新表起码 (kWh)', end_help: '拆下的电表最后的读数', staff: '登记人', add: '登记换表', told: '已登记，重新核对后表码跳变会标为换表', remove: '删除', ask_remove: '删除 {code} {no} 号枪的换表登记？已经核对过的日期不受影响，重新核对后会重新判断。', removed_told: '已删除', none: '没有换表登记。更换电表后在这里登记，对账时表码跳变就不再算作缺口',
  },
  day_bill: {
    view: '按日或按月', by_day: '按日', by_month: '按月', month: '月份', days: '天数', orders: '订单数', energy: '电量 (kWh)', sharp: '尖', peak: '峰', flat: '平', valley: '谷', other: '人工结算', electricity: '电费', service: '服务费', total: '合计', discount: '优惠', occupancy: '占位费', principal: '本金', gift: '赠送金优惠', fleet: '车队账户', owed: '待支付', unpaid: '无付款人', refunded: '当日退款', state: '账单状态', made: '生成时间', stale: '有新完成的订单，今晚重算', restated: '重算 {n} 次', restated_only: '只看重算过的', made_at: '生成于 {at}', order_count: '{n} 笔订单',
    make: '重算一天', day_help: '充电站当地日期，须已过完', told: '已按当前订单重算', none: '没有站日账单。每天 03:40 自动生成前一日的账单', energy_title: '分时电量', fee_title: '费用', received_title: '收款', refund_title: '当日退款', refund_note: '{n} 笔订单在当日退款，不论订单是哪天的',
  },
}
