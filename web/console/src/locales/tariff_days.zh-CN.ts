// 日类型（季节、周末、节假日）各页的文字，并入 zh-CN.ts；英文见 tariff_days.en.ts。
export default {
  own_tariff: { title: '计费模型', tag: '自有', whose: '使用哪个计费模型', station: '与充电站相同', own: '本桩自有', help: '从现在起用于新订单，进行中的充电不变；充电站调价不影响自有计费模型', saved: '已保存', since: '自有，{at} 起', set: '设置计费模型', filter: '自有计费模型', yes: '自有', no: '与充电站相同', piles: '以此为自有计费模型的充电桩', none: '没有充电桩以此为自有计费模型', used: '自有此模型的桩', keeps: '{n} 台充电桩有自有计费模型，不受此计划影响：{names}', more: '{names} 等', choose: '选择计费模型；留空则改回与充电站相同', back: '与充电站相同' },
  stretch: { title: '整段设置', from: '时段开始', to: '时段结束', at: '复制到的开始时间', fill: '填为{period}', copy: '这一段复制到', begin: '起', other: '从其他计费模型复制', which: '选择计费模型和版本', prices: '连同单价', take: '复制到此表', taken: '已复制「{name}」', undo: '撤销', undo_help: '撤销上一步（Ctrl+Z）' },
  days: {
    base: '基本日', base_rule: '其余所有日期', base_only: '全年每天都用这张表。需要区分季节、周末或节假日时，点「添加日类型」', base_note: '没有落入任何日类型的日期用这张表', tables: '价格与时段', add: '添加日类型', remove: '删除此日类型', kinds_max: '最多 {n} 种日类型', name: '日类型名称', name_example: '例如：夏季、周末、节假日', name_missing: '请填写日类型名称', unnamed: '日类型 {n}',
    season: '季节', season_none: '不限季节', season_each: '每年如此', season_over: '跨年，每年如此', season_from: '季节开始', season_to: '季节结束', until: '至', month: '{n} 月', month_label: '月', day: '{n} 日', day_label: '日',
    weekdays: '星期', weekdays_within: '仅限季节内', dates: '日期', dates_add: '添加日期', take_out: '去掉 {days}', add_from: '添加日期', add_to: '至', holidays: '法定节假日 {year}', taken: '已加入 {year} 年法定节假日 {n} 天，调休上班日 {worked} 天（{source}）',
    workdays: '调休上班日（按周一）', workdays_add: '添加调休上班日', no_rule: '日类型「{name}」还没有适用规则，请设置季节、星期或日期', preview: '全年预览', days_n: '{n} 天', dates_n: '{first} 等 {n} 天', season_weekdays: '每年 {season} 的{days}', each_year: '每年 {season}', and: '；',
    precedence: '优先级：日期 > 季节内的星期 > 季节 > 星期 > 基本日。', money: '订单按开始充电当天（充电站当地时间）的表计费，跨零点不变。', calendar: '日历', kind: '日类型', rule: '适用规则', now: '今天：{name}', next: '{day} 起：{name}', bars_note: '下段为电费，上段为服务费', today: '今日时段表', kinds_n: '{n} 种日类型', table_same: '两个版本的这张时段表相同', compare_table: '对比的时段表', compare_missing: '第 {n} 版没有「{name}」，以下按其基本日对比', rules_differ: '日历规则', rules_same: '两个版本的日类型与规则相同', only_here: '新增', only_there: '删除', rule_changed: '规则改变', price_now: '现在 {price} 元/kWh',
  },
}
