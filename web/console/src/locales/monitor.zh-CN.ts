// OCPP 2 监视器与变量事件的文字，并入 zh-CN.ts；英文见 monitor.en.ts。
export default {
  monitor: {
    title: '监视器', hint: '变量达到条件时桩上报事件，见「设备事件」', no: '编号', name: '变量', kind: '条件', value: '数值', severity: '级别', in_session: '仅充电中', yes: '是', no_word: '否', origin: '来源', told: '上报时间', none: '这台桩还没有上报监视器；在线时点“读取监视器”',
    read: '读取监视器', set: '设置监视器', clear: '清除', ask_clear: '清除变量 {name} 的监视器（编号 {no}）？', name_help: '组件.变量，例如 EVSE#1.Power；可在上方变量列表中查找', name_bad: '应为“组件.变量”，例如 EVSE#1.Power', value_help: '门限、变化量，或周期（秒）', set_told: '桩已设置监视器', refused: '桩没有接受',
    scope: '范围与级别', base: '启用的监视器', level: '上报级别', level_help: '级别数字大于它的事件不上报', scope_now: '启用：{base} · 上报级别：{level}', unset: '未设置', base_told: '桩已更新监视范围与级别', watch: '监视',
  },
  monitor_kind: { UpperThreshold: '高于', LowerThreshold: '低于', Delta: '变化超过', Periodic: '每隔（秒）', PeriodicClockAligned: '整点每隔（秒）', TargetDelta: '偏离目标超过', TargetDeltaRelative: '偏离目标超过（比例）' },
  monitor_base: { All: '全部', FactoryDefault: '出厂默认', HardWiredOnly: '仅内置' },
  monitor_origin: { HardWiredNotification: '内置事件', HardWiredMonitor: '内置', PreconfiguredMonitor: '预置', CustomMonitor: '自定义' },
  severity: { 0: '危险', 1: '硬件故障', 2: '系统故障', 3: '严重', 4: '错误', 5: '告警', 6: '警告', 7: '提示', 8: '信息', 9: '调试' },
  variable_event: { name: '变量', value: '值', cause: '起因', cause_no: '事件 {no}', cleared: '已恢复', cleared_yes: '已恢复', cleared_no: '未恢复', tech: '技术信息', text: '变量、值或代码', trigger: { Alerting: '告警', Delta: '变化', Periodic: '周期上报' } },
}
