// 客服工作台：来电查询、回复模板、满意度、升级，并入 zh-CN.ts；英文见 service.en.ts。
export default {
  bill: { export: '导出账单 PDF', language_zh: '中文账单', language_en: '英文账单', file: '充电账单', done: '账单「{name}」已保存', code: '验证码', check: '核验', check_hint: '填写账单上的订单号与验证码，或扫描账单上的二维码打开本页。', genuine: '账单真实有效', compare: '请与手中的账单逐项比对；不一致的账单不是本平台生成的。' },
  customer_mark: { new: '新用户', sleeping: '沉睡', night: '夜间', high_value: '高价值', fleet: '车队', churn_risk: '流失风险', rfm_hhh: '重要价值', rfm_hlh: '重要发展', rfm_lhh: '重要保持', rfm_llh: '重要挽留', rfm_hhl: '一般价值', rfm_hll: '一般发展', rfm_lhl: '一般保持', rfm_lll: '一般挽留' },
  segments: {
    none: '还没有评定过：每天凌晨评定一次，也可在任务页立即执行。', intro: '订单、电量与金额为最近 {days} 天内开始的已完成订单；{at} 评定。', partial: '您看到的是在您的充电站充过电的用户，以及他们在这些站的订单；分群按用户在全平台的充电评定。', segment: '分群', customers: '用户数', week: '较 7 天前', share: '占用户', orders: '订单', energy: '充电量', money: '金额', money_share: '占金额', definition: '口径', days: '{n} 天',
    group_rule: '按行为', note_rule: '一个用户可以在多个分群中，占比之和可能超过 100%。点分群名称查看用户，可再筛选与导出。', group_rfm: 'RFM（最近、次数、金额）', note_rfm: '评定天数内有订单的用户恰好属于其中一个。最近、次数、金额分别按参数分为高、低。',
    orders_of: '近 {days} 天订单', money_of: '近 {days} 天金额', night: '其中夜间', interval: '平均充电间隔', each: '{n} 天', no_interval: '订单不足 4 单', advice: '充电建议', advice_on: '接收', advice_off: '已关闭', advice_switch_off: '关闭', advice_switch_on: '恢复', advice_off_told: '已关闭该用户的充电建议', advice_on_told: '已恢复该用户的充电建议',
  },
  member: {
    off: '服务费优惠', off_value: '减 {n}%', off_none: '无', off_help: '从服务费中减去的百分比，可到 0.1%，由运营商承担；按会话开始时的等级计算，车队付费的订单不享受',
    level: '会员等级', mark: '规则标签', tag_hint: '完整标签', by_rule: '按规则自动标记，每天凌晨更新', by_hand: '人工标签', name: '等级名称', place: '顺序', place_help: '数字越大等级越高，不能重复', rule: '条件', rule_hint: '三个条件须同时满足，填 0 表示不要求；评定天数见参数「会员评定天数」。', rule_none: '无条件', rule_energy: '充电量不少于 {n}', rule_orders: '订单不少于 {n} 单', rule_total: '金额不少于 {n}', and: '，且', energy: '充电量不少于', orders: '订单数不少于', total: '金额不少于', rights: '权益', rights_help: '每行一条，最多 10 条，供员工与用户查看', customers: '用户数', create: '新建等级', edit: '修改等级「{name}」', saved: '等级「{name}」已保存，下次评定时生效', delete: '删除', ask_delete: '删除等级「{name}」？', deleted: '等级「{name}」已删除',
    note: '每天凌晨按最近的充电评定等级和规则标签。服务费优惠在订单结算时作为「会员优惠」单列一行。', job: '查看或立即运行评定任务',
  },
  heat: {
    state: '实时状态', kind: '充电类型', power: '额定功率', layer: '地图图层', none: '桩与枪的数量', of_energy: '充电量热力', of_orders: '订单热力', of_failures: '失败热力', days: '统计天数', last_days: '近 {n} 天', legend: '热力图例', most: '最高 {n}', sum: '{stations} 座站，合计 {sum}', nothing: '这段时间没有数据', failures_note: '没有达到「一次充电成功」的订单，口径与参数见',
    pick: '在地图上选点', pick_go: '打开地图选点', pick_title: '在地图上选择充电站位置', pick_hint: '点击地图放置标记，可拖动调整；坐标系随地图自动填写，保存时统一换算。', pick_hint_plain: '点击地图放置标记，可拖动调整。当前没有配置瓦片地图，只有行政区轮廓，适合粗略定位。', picked: '经度 {longitude}，纬度 {latitude}（{datum}）', picked_none: '尚未选点', pick_done: '使用此位置',
  },
  desk: {
    find: '查询', find_label: '来电号码', find_hint: '输入完整的手机号', find_note: '来电时输入号码，查看此人的订单、卡、车、优惠券、发票和反馈；查询不显示完整号码。', record: '登记反馈', begin: '输入号码后显示结果',
    people_none: '没有用户使用这个号码', people_none_hint: '可能尚未注册，或不在您的数据范围内；仍可登记反馈。', hidden: '您的账号没有查看这部分的权限', not_in_fleet: '不属于车队', spent: '{n} 单 · {energy} · {total}', last: '最近充电 {at}',
    running: '正在充电', orders: '最近订单', cards: '卡与车', vouchers: '可用优惠券', invoices: '发票', feedback: '反馈', none: '没有记录', card: '充电卡', car: '车辆', until: '有效期至 {at}', merge_here: '合并到本条', ask_merge: '把反馈 {no} 合并到 {into}？它将标记为已合并，后续在本条中处理。', merged: '反馈 {no} 已合并到 {into}',
    score: '满意度', score_words: '用户评价', scored_at: '评价时间', not_scored: '尚未评价', scores: { 1: '1 分（很不满意）', 2: '2 分（不满意）', 3: '3 分（一般）', 4: '4 分（满意）', 5: '5 分（很满意）' }, score_of: '{n} 分，满分 5 分', score_mean: '平均满意度', scored_count: '已评价', escalated: '升级', escalated_yes: '已升级', escalated_no: '未升级', escalated_at: '{at} 升级', escalated_count: '升级数', by_clock: '系统',
    template: '回复模板', template_other: '更多模板', template_none: '还没有适用的回复模板', template_manage: '管理模板', template_create: '新建模板', template_edit: '修改模板「{name}」', template_name: '模板名称', template_category: '适用分类', template_all: '全部分类', template_text: '内容', template_help: '可用 {places}，插入时换成本条反馈的编号、姓名、订单号、充电站', template_saved: '模板「{name}」已保存', template_deleted: '模板「{name}」已删除', ask_template_delete: '删除模板「{name}」？已发出的回复不变。', template_delete: '删除', template_changed: '最近修改', template_default: '产品自带', template_empty: '新建模板后，回复用户时可一键插入', why_platform: '回复模板由平台统一管理', unnamed: '用户', no_order: '（未关联订单）', no_station: '充电站',
  },
}
