// 屏显消息、客户信息与厂商消息的文字，并入 zh-CN.ts；英文见 display.en.ts。
export default {
  display: {
    tab: '屏显与厂商消息', title: '屏显消息', hint: '平台下发给桩屏幕的消息，与桩实际显示的内容对照', none: '这台桩还没有上报屏显消息；在线时点“读取屏显”，或新增一条', read: '读取屏显', set: '新增屏显消息', edit: '修改', again: '重新下发', clear: '清除', ask_clear: '清除 {no} 号屏显消息？桩将不再显示。', ask_again: '把 {no} 号屏显消息按平台的内容重新下发？',
    no: '编号', match: '对照', content: '内容', priority: '优先级', state: '显示时机', always: '任何时候', span: '显示时段', from: '开始显示', until: '停止显示', session: '所属充电', format: '格式', language: '语言', told_at: '桩上报时间', wished_at: '下发时间', shows: '桩显示：{content}', forever: '长期', since: '{from} 起', till: '至 {until}',
    set_told: '桩已接受屏显消息', refused: '桩没有接受', content_help: '最多 512 个字符；桩屏幕能显示多少以桩为准', until_bad: '停止时间应晚于开始时间', session_help: '只对这一次充电显示；不选则对所有人显示', language_help: '例如 zh、en；可不填',
    costs: '费用显示', costs_hint: '通过 CostUpdated 告知桩屏幕的累计费用', costs_none: '还没有向这台桩告知过费用', cost: '费用', cost_session: '充电编号', cost_at: '告知时间', cost_send: '告知当前费用', cost_no: '{no} 号枪',
  },
  pile_tariff: { impossible: 'OCPP 1.6 和 2.0.1 没有下发计费模型的消息，不能下发；由平台计费' },
  display_match: { same: '一致', different: '不一致', missing: '桩上没有', foreign: '非平台下发', over: '已结束' },
  display_priority: { AlwaysFront: '始终置顶', InFront: '优先显示', NormalCycle: '轮播' },
  display_state: { Charging: '充电中', Faulted: '故障时', Idle: '空闲时', Unavailable: '停用时', Suspended: '充电暂停时', Discharging: '放电中' },
  display_format: { ASCII: 'ASCII 文本', HTML: 'HTML', URI: '网址', UTF8: '文本', QRCODE: '二维码' },
  customer_inquiry: {
    title: '客户信息', hint: '向桩查询它保存的客户信息，或让桩清除；内容仅供有权查看完整个人信息的人员查看，每次查看都有记录，30 天后删除', none: '还没有查询过这台桩的客户信息', ask: '查询客户信息', card_tag: '卡号', card_help: '桩上刷过的卡号；与客户标识只填一项', customer_name: '客户标识', customer_help: '桩厂商使用的客户标识', what: '要求', reports: '上报保存的内容', clears: '清除保存的内容', reports_only: '上报', clears_only: '清除', both: '上报并清除', about: '客户', state: '状态', parts: '已收片段', missing: '缺 {count} 段', by: '查询人', at: '时间', told: '桩已应答', show: '查看内容', shown: '桩上报的客户信息', unasked: '非平台查询', close: '关闭',
  },
  customer_inquiry_state: { asked: '等待应答', telling: '接收中', told: '已收齐', cleared: '已清除', failed: '未成功' },
  vendor_message: {
    title: '厂商消息', hint: '桩与平台之间的厂商自定义数据（DataTransfer）', none: '还没有厂商消息', up: '方向', up_yes: '桩 → 平台', up_no: '平台 → 桩', vendor: '厂商标识', message: '消息标识', data: '数据', status: '应答', answer: '应答数据', at: '时间', text: '厂商、消息或数据', send: '发送厂商消息', sent: '桩已应答：{status}', data_help: '按厂商文档填写；可不填', known: '厂商标识登记', known_hint: '登记过的厂商消息，平台应答 Accepted；没有登记的应答 UnknownVendorId，厂商已登记而消息没有登记的应答 UnknownMessageId', known_add: '登记', known_none: '还没有登记厂商标识', every: '全部消息', note: '说明', forget: '删除', ask_forget: '删除厂商标识 {vendor} 的登记？平台将不再接受它的消息。', message_help: '不填则该厂商的全部消息', added: '已登记', gone: '已删除登记', take: '登记此消息',
  },
  vendor_verdict: { Accepted: '接受', Rejected: '拒绝', UnknownMessageId: '未知消息', UnknownVendorId: '未知厂商', CALLERROR: '桩报错' },
}
