// 预测的文字，并入 zh-CN.ts；英文见 forecast.en.ts。
export default {
  forecast: {
    station: '充电站', span: '预测范围', days_1: '未来 24 小时', days_7: '未来 7 天', made: '预测于 {at}，每晚更新', no_station: '还没有充电站', energy: '每小时电量', label: '{name} 每小时电量：历史、预测、区间与基准',
    none: '本站暂无预测', not_yet: '预测每晚 02:40 生成；管理员可在「任务」中立即运行「电量与收入预测」', too_short: '本站只有 {days} 天数据，满 {needed} 天后开始预测',
    sum: '预计电量', highest: '预计最高一小时', past: '历史', said: '预测', naive: '基准', band: '区间（八成）', definition: '电量按订单结束的小时计入，与首页、充电站页一致；一小时的千瓦时数即该小时的平均千瓦数。基准：24 小时内为前一日同一时刻，之后为上周同一时刻。',
    tested: '回测：预测与基准谁更准', ahead: '提前量', of_day: '24 小时内', of_week: '第 2 至 7 天', error: '预测误差', naive_error: '基准误差', share: '预测误差占比', naive_share: '基准误差占比', inside: '落在区间内', verdict: '结论', better_by: '预测更准，误差少 {share}', no_better: '不优于基准，仅供参考',
    tested_hint: '用两周之前的数据学习，对最近两周逐小时预测后与实际比较。误差为每小时绝对误差的平均值；占比为绝对误差之和除以实际电量之和。',
    month: '{month} 月末收入', so_far: '截至昨日', month_end: '预计月末', month_naive: '基准（按日均推算）', month_tested: '以前 {n} 个月在同一天预测的平均误差：预测 {error}，基准 {naive}', month_untested: '历史不足一个完整月份，暂无回测',
  },
  order_forecast_silence: { not_running: '订单已结束', learning: '正在学习，约一分钟后显示', too_few: '已结束的订单太少，暂不预测' },
  order_ahead: { title: '预计电量与结束时间', energy: '预计电量', end: '预计结束', few: '（{n} / {needed} 单）', learned: '由 {n} 个已结束的订单学习，{at}；区间约八成把握' },
  free_connector_silence: { not_learned: '尚未学习：每晚 02:55 用近 8 周订单学习', too_few: '本站没有枪，或订单太少，暂不预测', stale: '学习结果超过 3 天未更新，暂不预测；请检查任务「空闲枪预测」', unheard: '超过三分之一的枪所在的桩离线，暂不预测' },
  free: { title: '空闲枪预测', now: '现在空闲 {n} / {of}', in: '{n} 分钟后', band: '{low} – {high} 把（八成把握）', any: '有空枪的把握 {share}', unheard: '{n} 把枪所在的桩离线，未计入', from_own: '由本站 {n} 个订单学习，{at}', from_kind: '本站订单不足 100 单，由同类充电站 {n} 个订单学习，{at}', tested: '回测：预测与「和现在一样」谁更准', ahead: '提前量', error: '预测误差（把）', naive: '和现在一样的误差（把）', brier: '把握误差', naive_brier: '和现在一样的把握误差', better: '预测更准', tested_hint: '最近两周每个整点各预测一次，只用两周前的订单学习。误差为空闲枪数的平均绝对误差；把握误差（Brier）为「是否有空枪」的概率与事实之差的平方的平均，越小越好。' },
  holidays: {
    title: '节假日与调休安排', hint: '预测和计费模型的日期选择使用同一份安排。国务院办公厅每年公布下一年的安排后在此录入，下一次预测即按它区分工作日与休息日；已发布的计费模型保存的是具体日期，不随之改变。', year: '年份', off: '放假', worked: '调休上班', source: '依据', why_platform: '节假日安排由平台统一管理',
    add: '录入一年', edit: '修改 {year} 年', lines: '安排', source_hint: '如 国办发明电〔2026〕8号', lines_help: '每行一个假期，如 2027-01-01~2027-01-03 元旦（英文名写在 / 之后，可省略）；调休上班日以 + 开头，如 + 2027-01-09。可从通知整理后整段粘贴', line_wrong: '第 {line} 行无法识别，请按示例填写', none: '请至少填写一个假期', saved: '{year} 年的安排已保存', back: '恢复自带安排', ask_back: '恢复 {year} 年的自带安排？录入的内容保留在修改记录中。', unknown: '（自带安排）',
  },
}
