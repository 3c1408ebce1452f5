// 异常订单处理台与凭据的文字，并入 zh-CN.ts；英文见 abnormal.en.ts。
export default {
  abnormal: {
    title: '异常订单处理', held: '待处理', oldest: '最早的一笔结束于 {at}', none_held: '没有待处理的异常订单', waiting: '待复核', waiting_hint: '超过单人限额，等待第二人', asked: '桩端合计金额', asked_hint: '桩自己算的，平台尚未计费',
    owed: '近 31 天待支付', owed_n: '{n} 笔', kinds: '按异常类型', kinds_hint: '待处理 / 近 31 天已结算但有标记；点击筛选', all: '全部', strays: '无订单充电', strays_hint: '近 31 天桩上报正在充电、平台却没有对应订单的会话；桩补传账单后会自动成为订单', strays_none: '近 31 天没有无订单充电',
    pile: '充电桩', connector: '枪', session: '桩端流水号', seen: '首次发现', became: '后来的订单', not_yet: '尚未补传账单', view: '查看订单', orders: '订单',
    evidence: '核对凭据', compare: '账单逐项对照', by_pile: '桩账单', by_ours: '平台按桩电量', by_curve: '平台按曲线', difference: '桩 − 平台', price: '计费模型单价', pile_price: '桩内单价', no_pile: '桩没有上传账单', rates_none: '启动时没有计费模型',
    price_differs: '桩内单价与计费模型不同', neighbours: '同枪前后订单', neighbours_none: '这把枪前后没有其他订单', overlap: '时间重叠', meter: '表底', this: '本单', gap: '与上一笔表底相差 {n} kWh', energy: '电量', amount: '金额', time: '时间', order_no: '订单号', state: '状态',
    effect: '影响预览', difference_told: '用户实付变化', no_payer: '没有付款人，不产生扣款', wallet_principal: '钱包本金', wallet_gift: '钱包赠送金', fleet_account: '车队账户', owed_line: '待支付', taken: '扣 {amount}', given: '退 {amount}', nothing: '没有资金变化',
    correct: '更正账单', correct_title: '更正已结算订单', correct_hint: '只记差额：多收的退回原付款钱包，少收的从钱包补扣，不足部分记为待支付。', correct_go: '确认更正', correct_done: '订单 {order_no} 已更正', linked: '归属订单', linked_hint: '这次充电属于哪一笔订单（可不选）', linked_none: '不关联，仅作废', linked_told: '归属订单 {id}', corrected: '更正 {amount}',
  },
}
