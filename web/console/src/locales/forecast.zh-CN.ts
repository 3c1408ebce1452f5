// 预测的文字，并入 zh-CN.ts；英文见 forecast.en.ts。
export default {
  forecast: {
    station: '充电站', span: '预测范围', days_1: '未来 24 小时', days_7: '未来 7 天', made: '预测于 {at}，每晚更新', no_station: '还没有充电站', energy: '每小时电量', label: '{name} 每小时电量：历史、预测、区间与基准',
    none: '本站暂无预测', not_yet: '预测每晚 02:40 生成；管理员可在「任务」中立即运行「电量与收入预测」', too_short: '本站只有 {days} 天数据，满 {needed} 天后开始预测',
    sum: '预计电量', highest: '预计最高一小时', past: '历史', said: '预测', naive: '基准', band: '区间（八成）', definition: '电量按订单结束的小时计入，与首页、充电站页一致；一小时的千瓦时数即该小时的平均千瓦数。基准：24 小时内为前一日同一时刻，之后为上周同一时刻。',
    tested: '回测：预测与基准谁更准', ahead: '提前量', of_day: '24 小时内', of_week: '第 2 至 7 天', error: '预测误差', naive_error: '基准误差', share: '预测误差占比', naive_share: '基准误差占比', inside: '落在区间内', verdict: '结论', better: '预测更准', no_better: '不优于基准，仅供参考',
    tested_hint: '用两周之前的数据学习，对最近两周逐小时预测后与实际比较。误差为每小时绝对误差的平均值；占比为绝对误差之和除以实际电量之和。',
    month: '{month} 月末收入', so_far: '截至昨日', month_end: '预计月末', month_naive: '基准（按日均推算）', month_tested: '以前 {n} 个月在同一天预测的平均误差：预测 {error}，基准 {naive}', month_untested: '历史不足一个完整月份，暂无回测',
  },
}
