// 系统管理中参数、字典、任务、渠道、品牌各页的文字，并入 zh-CN.ts；英文见 administration.en.ts。
export default {
  parameter_group: { order: '订单', money: '金额', device: '设备', retention: '数据保留' },
  parameter_unit: { second: '秒', day: '天', fen: '元', e4: '元' },
  parameter_origin: { default: '默认值', console: '页面设置', file: '配置文件', environment: '环境变量', command_line: '命令行' },
  parameters: {
    title: '参数', group: '分组', value: '当前值', default: '默认值', range: '范围', origin: '来源', changed: '最近修改', tab_business: '业务参数', tab_start: '启动配置', hint: '修改后立即生效，不需要重启', start_hint: '启动时读取，只能在配置文件或环境变量中修改，重启后生效', setting: '配置项', variable: '环境变量', meaning: '说明',
    edit_title: '修改「{name}」', value_help: '{range}，默认 {value}', back: '恢复默认', back_to: '恢复为 {value}', reason: '修改原因', reason_hint: '例如：节假日临时调整', saved: '「{name}」现为 {value}，已生效', why_given: '由启动环境指定，不能在此修改；去掉 {variable}（或配置文件、命令行中的同名项）并重启后可在此设置', retention_warn: '调小后，更早的数据会在下一次清理时永久删除', story: '修改记录', story_none: '没有修改过，一直是默认值', default_was: '默认（{value}）',
  },
}
