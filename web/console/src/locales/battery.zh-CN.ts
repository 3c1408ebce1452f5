// 电池报告、地锁与设备事件的文字，并入 zh-CN.ts；英文见 battery.en.ts。
export default {
  battery: {
    title: '电池报告', about: '由车辆 BMS 经充电桩上报', tested: '充电中实测', limit: '电池允许', used: '与允许值之比', now: '当前需求',
    type: '电池类型', capacity: '额定容量', rated_voltage: '额定总电压', energy: '标称能量', cells: '电芯串数（估算）', cells_help: '由允许总电压与允许单体电压推算，报文本身不含电芯数', maker: '电池厂商', made: '生产日期', cycles: '充电次数', protocol: 'BMS 协议', soc: 'SOC', start_voltage: '充电前电压', pile_range: '桩输出电压范围',
    cell_voltage: '单体电压', total_voltage: '总电压', current: '电流', temperature: '温度', demand_current: 'BMS 需求电流', demand_voltage: 'BMS 需求电压', output_current: '桩输出电流', highest_cell: '最高单体电压', highest_temperature: '最高温度', remaining: '剩余时间', minutes: '{n} 分钟',
    why: '结束原因（BMS 与充电机）', alarms: '充电中的异常', no_alarms: '没有异常', stop_link: '桩上报的停止原因', none_yet: '车辆还没有上报电池信息', curve: '电池需求曲线', curve_none: '没有需求数据',
  },
  battery_type: { lead_acid: '铅酸电池', nimh: '镍氢电池', lfp: '磷酸铁锂', lmo: '锰酸锂', lco: '钴酸锂', ncm: '三元锂', li_polymer: '聚合物锂离子', lto: '钛酸锂', other: '其他' },
  order_merge: { title: '多枪并充', main: '主枪', auxiliary: '辅枪', part: '{no} 号枪（{role}）', together: '合计', mark: '并充 {role}', with: '{no} 号枪 {order_no}', sum: '本次并充合计 {energy} · {money}', all: '并充订单：与 {id} 同车', number: '并充序号', connector: '枪', hint: '同一辆车由多把枪同时充电，每把枪各有一张订单；在任一订单点“停止”会同时停止全部。', list: '在列表中查看', own: '本单' },
  ground_lock: { title: '地锁', battery: '电量 {n}%', occupied: '车位有车', free: '车位空闲', at: '{at} 上报' },
  ground_lock_state: { moving: '未到位', raised: '已升起', lowered: '已降下', unknown: '状态未知' },
  ground_lock_alarm: { arm_damaged: '待机状态摇臂破坏', arm_abnormal: '摇臂升降异常', other: '报警（未说明）' },
  pile_event: { tab: '设备事件', at: '时间', kind: '类别', connector: '枪', what: '内容', order: '订单', code: '代码', view_order: '查看订单', none: '没有设备事件', hint: '桩、车辆电池与地锁上报的异常，只记录首次出现' },
  pile_event_kind: { battery: '电池告警', ground_lock: '地锁告警', variable: '变量事件', session: '无订单充电' },
}
