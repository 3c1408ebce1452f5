// 综合监测，并入 zh-CN.ts；英文见 monitoring.en.ts。
export default {
  interface_kind: { mail: '邮件', webhook: '回调', firmware_server: '固件服务器', pay: '支付渠道', customer_source: '用户来源', invoice: '诺诺开票' },
  interface_state: { good: '正常', failed: '失败', off: '停用', unused: '未使用' },
  overview: {
    free_now: '空闲枪', free_in: '{n} 分钟后', free_band: '{low} – {high} 把（八成把握）', live: '实时更新中', lost: '连接中断，以下是 {age}的数据', never: '从未', age_s: '{n} 秒前', age_min: '{n} 分钟前', age_h: '{n} 小时前', age_d: '{n} 天前',
    online: '在线率', piles: '在线桩', charging: '充电中', available: '空闲枪', faulted: '故障枪', power: '实时功率', capacity: '容量', energy: '今日电量', orders: '今日订单', total: '今日金额', running: '充电会话', share: '功率占比',
    load: '今日负荷与容量', mean: '平均功率', alarms: '未确认告警', alarm_count: '未结告警', alarms_none: '没有未确认的告警', stations: '充电站', offline: '离线桩', offline_none: '启用的桩全部在线', flapping: '频繁上下线', flapping_none: '近一小时没有频繁上下线的桩', times_hour: '{n} 次/小时',
    interfaces: '接口监测', interface_kind: '接口', interface_name: '名称', interface_state: '状态', interface_at: '最近调用', interface_waiting: '待发送', interface_message: '问题',
    board: '枪监控', board_none: '该站没有充电枪', voltage: '电压', current: '电流', temperature: '温度', energy_so_far: '已充电量', minutes: '已充时长', cost: '金额', age: '数据时间', old_note: '灰色的一行是离线枪，或超过 2 分钟没有更新的数据。',
    day: '日间', night: '夜间', full: '全屏', leave_full: '退出全屏', back: '返回',
  },
}
