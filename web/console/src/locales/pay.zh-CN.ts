// 支付流水、退款、支付渠道的文字，并入 zh-CN.ts；英文见 pay.en.ts。
export default {
  pay_channel_kind: { simulated: '模拟渠道', wechat: '微信支付' },
  payment_purpose: { top_up: '钱包充值', order: '支付订单' },
  pay_scene: { scan: '扫码', wechat: '微信内（小程序、公众号）' },
  pay_state: { created: '已创建', paying: '待付款', paid: '已支付', closed: '已关闭', failed: '失败' },
  refund_kind: { top_up: '充值退款', order: '订单退款', excess: '重复支付退回' },
  refund_route: { source: '原路退回', hand: '线下退款' },
  refund_state: { applied: '待审核', approved: '待提交', submitted: '已提交', processing: '退款中', done: '已退款', failed: '退款失败', rejected: '已驳回', cancelled: '已撤销' },
  payment_event: {
    created: '创建支付', opened: '渠道已受理', refused: '渠道拒绝', not_reached: '未能连上渠道', paid: '支付成功', paid_late: '关闭后支付成功', amount_differs: '渠道金额与本单不符，未入账', excess: '重复支付，自动退回', closed: '已关闭', asked: '刷新状态', close_asked: '申请关闭',
    refund_created: '创建退款', refund_applied: '申请退款，待审核', refund_approved: '审核通过', refund_rejected: '驳回', refund_submitted: '提交渠道', refund_processing: '渠道已受理', refund_done: '退款成功', refund_failed: '退款失败', refund_again: '重新提交', refund_asked: '刷新状态', refund_cancelled: '撤销退款', refund_by_hand: '登记线下退款', refund_differs: '渠道结果与账上不符',
  },
  pay: {
    no: '支付单号', no_hint: '完整的支付单号或渠道单号', state: '状态', amount: '金额', amount_yuan: '金额（元）', refunded: '已退与退款中', left: '可退', purpose: '用途', scene: '支付场景', customer: '用户', customer_hint: '姓名或手机号', order: '订单', operator: '运营商', channel: '支付渠道', channel_no: '渠道单号', created: '创建时间', paid_at: '支付时间', expires: '失效时间', message: '说明',
    odd: '异常支付', odd_yes: '关闭后支付或重复支付', odd_no: '正常', excess: '重复支付', late: '关闭后支付', sum: '已支付 {n} 笔', empty_hint: '用户在小程序充值或支付订单后，支付单会出现在这里；也可以点“代客收款”。',
    collect: '代客收款', collect_go: '生成收款码', for_top_up: '钱包充值', for_order: '支付待支付订单', order_no: '订单号', order_help: '按订单的待支付金额收取', scan: '请用户扫码付款，{at} 前有效', open_cashier: '打开收银台', code: '收款码', paid_told: '已收到付款', see: '查看支付单',
    facts: '支付信息', story: '时间线', by_system: '系统', check: '刷新状态', checked_told: '已向渠道查询：{state}', close: '关闭支付', ask_close: '关闭支付单 {no}？关闭后用户不能再用它付款。', closed_told: '支付已关闭',
  },
  refunds: {
    no: '退款单号', no_hint: '退款、支付或渠道单号', kind: '类型', reason: '退款原因', route: '去向', payment: '原支付单', created: '申请时间', staff: '申请人', ended: '完成时间', channel_no: '渠道退款单号', tries: '提交次数', stuck: '超时未到账', stuck_yes: '超过 24 小时', sum: '已退款 {n} 笔，在途 {reserved}', none: '没有退款', empty_hint: '从支付单或用户钱包发起退款后，会出现在这里。',
    make: '退款', note: '原路退回用户的付款账户。退款金额先从钱包本金或运营商应付中预留；超过“单人调整余额限额”的须由另一人审核；支付超过一年的转线下退款。', most: '最多可退 {most}', made_told: '退款已提交', facts: '退款信息', decided: '审核人', submitted: '首次提交', paid: '原支付金额', proof: '转账凭证', proof_help: '写明流水号、收款人与日期', why: '原因', hand_note: '原支付已超过一年，渠道不再受理原路退回：请线下转账后登记凭证。',
    approve: '通过', reject: '驳回', cancel: '撤销退款', by_hand: '登记线下退款', again: '重新提交', ask_approve: '{who} 申请退款 {amount}，确认通过？', approved_told: '已通过', again_told: '已用同一退款单号提交', checked_told: '已向渠道查询', noted_told: '已保存', to_source: '退余额', to_source_note: '从最早的可退充值开始，原路退回；可能拆成多笔退款。赠送金不退。', to_source_told: '已生成 {n} 笔退款',
  },
  pay_channels: {
    name: '名称', kind: '类型', merchant: '商户号', whose: '归属', platform: '平台', state: '状态', on: '启用', last: '最近测试', last_at: '测试时间', changed: '最近修改', create: '新建支付渠道', edit: '修改支付渠道 {name}', test: '测试', works: '{name} 测试通过', saved: '支付渠道 {name} 已保存', hint: '用户付款的渠道；发送邮件与回调的渠道在“渠道”页。', none: '还没有支付渠道', none_hint: '新建并启用一个支付渠道后，用户才能在线充值和支付。',
    whose_help: '运营商自有渠道只收该运营商的订单；钱包充值用平台渠道。之后不能修改', notify: '回调地址', notify_help: '支付渠道能访问到的本平台地址，系统会自动加上 /pay/notices/编号', url: '渠道地址', secret: '签名密钥', appid: 'AppID', serial_no: '商户证书序列号', platform_serial: '微信支付公钥 ID 或平台证书序列号', platform_key: '微信支付公钥或平台证书', platform_key_help: '粘贴 PEM 全文', api_v3_key: 'APIv3 密钥', api_v3_key_help: '32 个字母或数字，加密保存，不再显示', private_key: '商户私钥', private_key_help: '粘贴 apiclient_key.pem 全文，加密保存，不再显示', keep: '留空则保留原来的',
  },
}
