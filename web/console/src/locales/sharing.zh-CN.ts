// 分账的文字，并入 zh-CN.ts；英文见 sharing.en.ts。
export default {
  payee_kind: { site: '场地方', partner: '合作方', platform: '平台', other: '其他' },
  sharing_basis: { service: '服务费', margin: '电费差额', total: '电费与服务费', energy: '按电量', fixed: '每期固定' },
  sharing_deduction: { none: '不扣除', fee: '扣渠道费', cost: '扣电费成本', fee_then_cost: '先扣渠道费再扣电费成本', cost_then_fee: '先扣电费成本再扣渠道费' },
  sharing_cycle: { day: '按日', week: '按周', month: '按月' },
  sharing_period_state: { trial: '试算', proposed: '待复核', closed: '已结算' },
  sharing_statement_state: { trial: '试算', due: '待付款', carried: '无应付', proposed: '付款待复核', paid: '已付款' },
  sharing_adjustment: { late: '迟到', changed: '变更', gone: '作废' },
  sharing: {
    payee: '分账方', payee_kind: '类型', operator: '运营商', account_name: '收款户名', bank_name: '开户行', account_no: '收款账号', rules: '规则数', balance: '应付余额', state: '状态', note: '备注', created: '登记时间', active: '启用', inactive: '停用',
    payee_add: '新增分账方', payee_edit: '修改分账方', payee_told: '分账方「{name}」已保存', account_help: '付款前必须填写；列表只显示后四位', account_keep: '留空则不修改', no_payees: '没有分账方。先登记场地方、合作方等，再为其设置分账规则', no_account: '未填收款账号', why_write: '您的账号没有维护分账的权限',
    station: '充电站', all_stations: '运营商默认', basis: '基数', rate: '比例', rate_share: '比例 (%)', rate_energy: '每千瓦时金额 (元)', rate_fixed: '每期金额 (元)', deduction: '扣除顺序', fee_rate: '渠道费率 (%)', cost_price: '成本电价 (元/kWh)', days: '有效日期', from_day: '生效日期', to_day: '结束日期', staff: '登记人', open_end: '长期', per_kwh: '{price} 元/kWh', per_period: '{amount} / 期', cost_told: '成本 {price} 元/kWh',
    station_help: '留空为运营商默认规则：当日没有自有规则的充电站都用它；有自有规则的充电站只用自有规则', to_help: '含当日；长期有效请留空', end_help: '含当日；留空为长期有效。已结算的日期不会改变',
    rule_add: '新增规则', rule_end: '设置结束日期', rule_remove: '删除', rule_told: '分账规则已保存', ask_rule_remove: '删除「{payee}」的这条规则？未结算的账期会按剩余规则重新试算。', rule_removed: '已删除', no_rules: '没有分账规则。规则说明哪个分账方按什么基数、多少比例分账',
    period: '账期', cycle: '周期', orders: '订单数', energy: '电量 (kWh)', electricity: '电费', service: '服务费', net: '可分金额', shared: '本期分账', adjusted: '往期调整', rest: '运营商留存', settled: '已付', made: '试算时间', closed_at: '结算', try: '试算', try_again: '重新试算', day: '账期内的日期', day_help: '试算包含这一天的账期；已结算的日期会自动除外', no_periods: '没有分账单。每晚 03:55 自动试算已过完的账期，也可以点“试算”立即试算', tried_told: '已按当前订单试算',
    close: '结算', ask_close: '结算 {days}，应付分账方合计 {amount}。结算后订单、规则与金额不再改动，之后的退款与更正计入下一期。超过限额或含往期调整的须第二人复核。', closed_told: '已结算并入账', waits_told: '已提交，等待第二人复核', waits: '待复核', waits_close: '{who} 于 {at} 提交结算，金额 {amount}', waits_payout: '{who} 于 {at} 登记付款 {amount}', approve: '通过', reject: '驳回', ask_approve: '通过后立即生效，不能撤销。', approved_told: '已通过', rejected_told: '已驳回', reason: '原因', why_own: '须由另一人复核',
    net_note: '电费 {electricity}，服务费 {service}，已扣优惠与退款', shared_note: '{n} 个分账方', rest_note: '可分金额减去本期分账', rest_negative: '分给分账方的多于本期所得，请核对固定金额与按电量的规则', adjusted_note: '{n} 笔订单在结算之后有变化', order_count: '{n} 笔订单，{energy}', made_at: '试算于 {at}，第 {n} 次', closed_by: '{who} 于 {at} 结算',
    statements: '分账方应付', statement: '分账单', carried: '上期结转', payable: '应付', step: '与上次试算之差', paid: '付款', paper: '分账单 PDF', paper_of: '下载「{payee}」的分账单 PDF', pay: '登记付款', pay_title: '向「{payee}」付款 {amount}', reference: '付款凭证号', reference_help: '银行回单号等；同一凭证号重复登记不会重复入账', paid_told: '付款已登记并入账', no_statements: '没有分账方参与本期分账，请检查分账规则的有效日期',
    lines: '分账明细', about: '往期调整', about_told: '调整 {days}', own_only: '只看本期', adjusted_only: '只看往期调整', basis_amount: '基数金额', share: '分账金额', no_lines: '没有明细', rests_on: '所依据的订单', order: '订单', ended: '结束时间', adjustment: '调整原因', no_orders: '这一期没有已入账的订单',
  },
}
