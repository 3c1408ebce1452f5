// 经营建议，并入 zh-CN.ts；英文见 advice.en.ts。
export default {
  advice_kind: { price_down: '时段降价', price_up: '时段涨价', maintain: '尽快检修', extend: '扩容', coupon: '发券唤醒' },
  advice_state: { new: '待决定', taken: '已采纳', dismissed: '不采纳', expired: '已失效' },
  advice_figure: { from_hour: '时段开始', to_hour: '时段结束', utilisation_permille: '该时段功率利用率', mean_utilisation_permille: '全天功率利用率', price_e5: '该时段均价（元/kWh）', change_permille: '建议价格变动', elasticity_milli: '价格弹性', price_before_e5: '上次调价前均价', price_after_e5: '上次调价后均价', change_day: '上次调价日期', day_count: '统计天数', failed_count: '启动失败次数', start_count: '启动次数', alarm_count: '未恢复告警', alarm_hours: '最早告警已持续（小时）', overdue_count: '逾期巡检工单', overdue_days: '最长逾期（天）', full_permille: '7–22 时满枪的整点占比', connector_count: '枪数', refused_count: '未能启动的次数', sleeping_count: '沉睡用户', sleeping_high_count: '其中高价值', energy_day_dwh: '日均电量' },
  advice: {
    kind: '类型', state: '状态', what: '建议', expected: '预期影响', effect: '实际效果', made: '提出时间', by: '决定人', platform: '平台', hint: '每晚根据近四周的数据提出，同一件事只提一次；平台不会自动执行任何建议。采纳满两周后衡量实际效果，不采纳的 30 天内不再提出。',
    price_down: '{from}–{to} 的功率利用率只有 {share}，可将该时段价格下调 {change} 吸引充电', price_up: '{from}–{to} 的功率利用率达 {share}，可将该时段价格上调 {change} 并分流', failing: '近 {days} 天 {starts} 次启动中失败 {failed} 次，建议检查枪线、读卡与接触器', alarm: '有告警持续 {hours} 小时未恢复（近期启动 {starts} 次，失败 {failed} 次），建议派人检修', inspect: '有 {n} 个巡检工单逾期，最长 {days} 天，建议尽快完成', extend: '7–22 时功率利用率 {share}，整点满枪占比 {full}，{refused} 次未能启动，建议增加枪或容量', coupon: '有 {n} 名用户超过 {days} 天没有充电，其中高价值 {high} 名，可发券唤醒',
    way_price: '去制定调价计划', way_alarms: '查看该桩告警', way_work: '查看逾期巡检', way_station: '查看充电站', way_coupon: '去选择优惠券发放', figures: '依据', seen: '提出于 {made}，最近一次仍成立 {seen}', expected_said: '每天电量 {energy}，收入 {money}', basis_own: '按本站上一次价格变动前后各两周的电量推算', basis_rule: '本站近期没有可参考的价格变动，按经验弹性估算（空闲时段 −1.5，繁忙时段 −0.5），仅供参考',
    take: '采纳', dismiss: '不采纳', reason: '原因', reason_help: '用于改进以后的建议', done: '已记录：{state}', after: '决定与效果', own_before: '采纳前日均电量', own_after: '采纳后日均电量', others_before: '{n} 座同类站采纳前', others_after: '{n} 座同类站采纳后', effect_more: '比同类站多增长 {share}', effect_less: '比同类站少增长 {share}', effect_none: '采纳前没有电量，无法比较', effect_how: '采纳日前后各 {n} 天的日均电量，减去同期未采纳任何建议的同类充电站的变化', effect_alone: '采纳日前后各 {n} 天的日均电量；没有可比较的同类充电站，变化可能来自季节等其他原因', effect_later: '采纳满 15 天后的夜里衡量效果', effect_not: '该建议不针对某座充电站，没有可比较的效果；请在优惠券页查看核销情况',
  },
}
