// 分析与报表的文字，并入 zh-CN.ts；英文见 report.en.ts。
export default {
  buyer: { fleet: '车队', own: '注册用户', card: '无主卡', staff: '员工启动', guest: '未识别' },
  report_group: { hour: '小时', day: '日', week: '周', month: '月', city: '城市', operator: '运营商', station: '充电站', pile: '充电桩', model: '厂商型号', pile_kind: '充电类型', period: '时段', buyer: '客户类型', start_mode: '启动方式' },
  report_filter: { city_code: '城市', operator_id: '运营商', station_id: '充电站', pile_id: '充电桩', model: '厂商型号', pile_kind: '充电类型', buyer: '客户类型', start_mode: '启动方式' },
  meter_oddity: { bill: '表码与账单不符', power: '充电效率偏低', drop: '电量骤降' },
  health: {
    view: '视图', healths: '设备健康', oddities: '电量异常', pile: '充电桩', station: '充电站', score: '健康分', reasons: '扣分原因', starts: '启动次数', made: '评分时间', work_order: '工单', at_most: '不高于 {n} 分', make: '建工单', open_work: '{n} 张未完成', look: '检查设备', work: '检查：{reason}',
    note: '每天 04:00 按最近 30 天评分，满分 100，分数低的排在前面。车辆、电池或拔枪造成的结束与启动失败不扣分；启动不足 10 次的不按比例扣分。', none: '还没有评分。每天凌晨自动评分，管理员也可以在任务页运行“设备健康评分”',
    reason_faults: '故障告警 {n} 次（−{points}）', reason_repeats: '7 天内重复故障 {n}（−{points}）', reason_fault_time: '故障时长占 {n}（−{points}）', reason_failed_starts: '启动失败 {n}（−{points}）', reason_early_ends: '中途停止 {n}（−{points}）', reason_flapping: '掉线 {n} 天内频繁（−{points}）', reason_offline: '离线时长占 {n}（−{points}）',
    kind: '异常', found: '实际', usual: '应为', evidence: '依据', since: '首次发现', order: '差异最大的订单', nothing_odd: '没有发现电量异常',
    odd_note: '每天 04:00 查找：表码走字与账单电量相差超过 0.1 kWh 与 2% 的订单达 3 单；平均功率低于同型号中位数的 60%；最近 7 天日均电量低于之前 28 天的 30%（离线的除外）。',
    evidence_bill: '{day} 起 {n} 单不符，合计如左；', evidence_power: '{day} 起 {n} 单的平均功率，与同型号的中位数比较', evidence_drop: '最近 {n} 天日均，与之前 28 天日均比较（{day} 起）',
  },
  report_every: { day: '每日', week: '每周', month: '每月' },
  report_sent: { waiting: '待发送', sent: '已发送', failed: '发送失败' },
  report_plan: {
    name: '名称', every: '周期', at: '{every} {at}', hour: '发送时间', hour_help: '每日报表发送前一天，每周报表在周一发送上一周，每月报表在 1 日发送上一月', recipients: '收件人', recipients_help: '有查看报表权限的账号；邮箱由各人在“告警规则—告警通知”中自己填写', nobody: '请选择收件人', no_address: '{name}（未填邮箱）', staff: '数据范围', state: '状态', on: '启用', off: '停用', language: '语言', chinese: '中文', in_english: 'English', none: '没有报表订阅。在综合报表页选好指标与筛选后点“订阅”，每期自动发送到邮箱', create: '新增订阅', edit: '修改「{name}」', remove: '删除', ask_remove: '删除报表订阅「{name}」？之后不再发送，已发送的记录不再显示。', saved: '报表订阅已保存', why_write: '您的账号没有设置报表订阅的权限', log: '发送记录', log_of: '「{name}」的发送记录', nothing_sent: '还没有发送过', period: '统计期', sent_at: '生成时间', outcome: '结果', note: '报表按保存人当时的数据范围生成，附 Excel 明细；每期只发送一次。',
  },
  report: {
    subscribe: '订阅',
    kpis: '指标', over: '时间粒度', no_time: '不按时间', by: '分组', not_apart: '不分组', days: '日期范围', last: '近 {n} 天', compare: '对比', compare_none: '不对比', compare_previous: '上一周期', compare_year: '去年同期', all: '全部', all_stations: '全部充电站', download: '下载数据', definitions: '指标口径', definition_of: '完整口径', chart_of: '图中指标', chart_label: '{name}的图', before: '对比期',
    made: '统计时间 {at}', waiting: '{n} 个站日正在重新汇总，数字可能略有变化', table: '报表数据', compared: '对比期：{from} 至 {to}', range: '范围', everything: '全部', total: '合计', none: '所选范围内没有数据', more: '再显示（剩余 {n} 行）', cut: '行数过多，只列出前 5000 行；合计仍为全部。请缩小范围或减少分组', open: '展开 {name}', week_of: '{day} 起一周', settled: '人工结算', platform: '平台',
    kpi_intro: '所有报表、图表与邮件中的指标都按这里的口径计算，每个指标只有一个定义。', kpi: '指标', unit: '单位', definition: '口径', source: '数据来源', parameters: '参数', told_by: '可按以下维度统计', no_unit: '个', comma: '、',
    measure: '指标', measure_energy: '电量', measure_orders: '订单', measure_use: '利用率', heat: '一周各时段', weekday: '星期', weekday_1: '周一', weekday_2: '周二', weekday_3: '周三', weekday_4: '周四', weekday_5: '周五', weekday_6: '周六', weekday_7: '周日', heat_energy: '各小时平均每天的电量（kWh）；一次充电的电量按时长均匀分到所跨的各小时。', heat_orders: '各小时平均每天开始的充电次数。', heat_use: '各小时充电时长占在册枪时长的比例。',
    duration: '负荷持续曲线', duration_label: '{name}的负荷持续曲线', choose_station: '请在上方选择一座充电站，查看其负荷达到各功率的时间占比', highest: '最高小时负荷', mean: '平均负荷', rated: '在用桩额定功率', hour_count: '小时数', load: '负荷', load_point: '{share}% 的时间负荷不低于 {load}', duration_note: '每小时平均负荷从高到低排列；一次充电的电量按时长均匀分到所跨的各小时。曲线与额定功率的差距可用于评估变压器容量与扩容。',
  },
}
