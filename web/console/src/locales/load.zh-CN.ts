// 负荷管理的文字，并入 zh-CN.ts；英文见 load.en.ts。
export default {
  load_strategy: { equal: '均分', priority: '按优先级', departure: '按离开时间' },
  load_state: { held: '已确认', pending: '等待应答', unknown: '未确认', offline: '离线', waits: '等待功率', refused: '未接受' },
  profile: {
    tab: '充电计划', none: '还没有充电计划', none_hint: '平台或人员下发并被桩接受的充电计划，以及桩上报的，会出现在这里', connector: '枪', whole: '整桩', no: '编号', purpose: '用途', level: '层级', limits: '限值', valid: '有效期', told: '得知时间', applies: '现在生效', applies_not: '不在生效', session: '交易 {id}', always: '一直有效', until: '至 {at}', from_until: '{from} 至 {at}', period: '{at} 起 {limit}',
    outside: '外部限制', outside_hint: '由能源管理系统、电网等对桩的限制，由桩上报（OCPP 2.x）', source: '来源', ask: '查询组合计划', composite: '组合计划', composite_hint: '桩把所有充电计划合在一起后，各时刻实际执行的限值', minutes: '未来时长', minutes_n: '{n} 分钟', hours_n: '{n} 小时', no_schedule: '桩没有给出计划',
    TxDefaultProfile: '常设（每次充电）', TxProfile: '本次充电', ChargePointMaxProfile: '整桩上限', ChargingStationMaxProfile: '整桩上限', ChargingStationExternalConstraints: '外部限制', PriorityCharging: '优先充电', LocalGeneration: '本地发电',
  },
  load: {
    tab: '负荷管理', title: '负荷管理', none: '本站还没有启用负荷管理', none_hint: '设置变压器能给充电桩的功率上限后，平台在各枪之间分配功率；桩断线时按最坏情况计算，总功率始终不超过上限。',
    set_up: '设置负荷管理', edit: '修改设置', saved: '负荷管理已保存', form_title: '负荷管理：{name}', off: '已停用，正在恢复各桩的额定功率', off_done: '已停用',
    enabled: '状态', enabled_help: '停用后平台把各桩恢复到额定功率', yes: '启用', no: '停用', fact_cap: '功率上限', fact_reserve: '基础负荷', fact_safe: '离线安全功率', cap: '功率上限（kW）', cap_help: '变压器能给充电桩和基础负荷的总功率', cap_recorded: '充电站资料中的上限为 {cap}，不能更高', reserve: '基础负荷（kW）', reserve_help: '照明、便利店等充电桩以外的用电，从上限中扣除', safe: '离线安全功率（kW）', safe_help: '每把枪断线时仍可使用的功率；填 0 表示断线后暂停充电。各枪之和不会超过上限', strategy: '分配策略', strategy_equal: '正在充电的枪平分可用功率，用不完的分给其他枪', strategy_priority: '优先级高的先用满，余下的给下一级', strategy_departure: '先离开的车先充；离开时间由支持的车（OCPP 2.x）告知，没有告知的排在最后', fleets_first: '车队司机优先', fleets_first_help: '按优先级分配时，车队司机排在所有枪之前',
    periods: '分时上限', periods_help: '在这些时段使用另一个上限；平台提前降低功率，到点时已不超过', period_add: '添加时段', period_remove: '删除时段', period_bad: '时段应为 00:00 到 23:59，且开始与结束不同', from: '开始', to: '结束', period_cap: '上限（kW）', at: '{from}–{to} {cap}',
    units: '各枪设置', connectors: '各枪功率', units_help: '优先级 1 最先、9 最后；没有勾选“保留限值”的桩断电后会忘记限值，始终按额定功率计算', rank: '优先级', keeps: '保留限值', forgets: '断电后不保留限值，按额定功率计算',
    now: '当前', power: '实际功率', limit: '已确认限值之和', worst: '最坏情况', cap_now: '当前上限', room: '余量', of_cap: '占上限 {n}', offline_n: '{n} 把枪不可达，按最坏情况计入', over: '最坏情况超出上限 {w}', over_wait: '正在降低各枪的限值，请稍候；{at} 后仍未恢复将暂停启动新的充电', over_refuses: '已暂停启动新的充电，进行中的充电不受影响；请检查离线或不接受限值的桩', bar: '实际 {power}，限值 {limit}，最坏情况 {worst}，上限 {cap}',
    unit: '桩 / 枪', whole: '整桩', rated: '额定', wish: '目标', confirmed: '已确认限值', until: '至 {at} 自动失效', standing: '离线时', counted: '计入', actual: '实际', state: '状态', departs: '{at} 离开', order: '订单', stands: '长期有效',
    history: '负荷曲线', hours_1: '近 1 小时', hours_24: '近 24 小时', hours_168: '近 7 天', history_none: '启用后每分钟记录一次，这里会出现曲线', offline_rule: '离线的桩按它最后确认的限值计算，到期后按离线安全功率，从未确认过的按额定功率；没有应答的指令按新旧限值中较大的计算。',
    empty: '本站还没有充电桩', composite: '组合充电计划：各时刻的限值', history_label: '负荷曲线：上限、最坏情况、限值与实际功率',
  },
}
