// 告警中心，并入 zh-CN.ts；英文见 alarm.en.ts。
export default {
  alarm_level: { critical: '紧急', major: '重要', minor: '一般', notice: '提示' },
  alarm_source: { fault: '设备故障', stop: '异常停止', battery: '电池告警', ground_lock: '地锁告警', variable: '变量事件', session: '无订单充电', offline: '离线', flapping: '频繁上下线', safety: '安全规则', inspection: '检验到期' },
  alarm_state: { pending: '待计时', open: '未确认', acknowledged: '已确认', silenced: '已屏蔽', recovered: '已恢复', closed: '已关闭' },
  alarm_action: { raise: '产生', reopen: '再次发生', recover: '恢复', acknowledge: '确认', note: '备注', silence: '屏蔽', unsilence: '解除屏蔽', close: '关闭', join: '并入合并告警', notify: '通知', heal_begin: '开始自愈', healed: '自愈成功', heal_fail: '自愈未见效', heal_stop: '自愈中止' },
  alarms: {
    repeated: '重复故障', repeated_yes: '仅重复故障', repeated_no: '不含重复故障', repeat_note: '同一充电桩的同一故障在上一条告警关闭后 7 天内再次发生', repeat_of: '上一条：告警 {n}', level: '级别', state: '状态', what: '内容', source: '来源', code: '代码', place: '位置', station: '充电站', pile: '电桩编号或名称', operator: '运营商', order: '关联订单', info: '桩的说明', times: '次数', first: '首次发生', last: '最近发生', recovered: '恢复时间', acknowledged_by: '确认人', notified: '通知时间', silenced_until: '屏蔽至', closed: '关闭时间', live: '是否关闭', live_yes: '未关闭', live_no: '已关闭',
    empty_hint: '没有符合条件的告警', members: '合并的设备', members_of: '{n} 台，{open} 台未恢复', parent: '查看合并告警', way_out: '处理建议', timeline: '处理过程', by_system: '系统', facts: '告警信息', evidence: '当时的报文', evidence_note: '标出的一帧触发了告警，其余是它之前的报文。', text: '说明', silence_help: '到期前不提醒，再次发生也不提醒；最长 90 天', done: '已执行：{action}',
    tab_rules: '告警规则', tab_notices: '通知', tab_changes: '修改记录', why_platform: '告警规则与通知由平台统一管理', whole_source: '全部（默认规则）', at_once: '立即', hours: '{n} 小时', minutes: '{n} 分钟', seconds: '{n} 秒', unit_s: '秒',
    enabled: '启用', on: '启用', off: '停用', delay: '持续多久才算', delay_help: '在此时间内恢复的不产生告警', storm_count: '合并台数', storm_help: '同一充电站一分钟内有这么多台设备发生，合并为一条', close_after: '恢复后关闭', close_help: '恢复后这么久没有再次发生即自动关闭；没有恢复信号的告警从确认后最近一次发生算起', quiet: '免打扰', quiet_from: '免打扰开始', quiet_to: '免打扰结束', quiet_help: '如 22:00 到 07:00；此时段只通知紧急告警，其余到时段结束后再通知', changed: '最近修改', by_default: '产品自带', hour_rule: '请填写时间，例如 08:30',
    rule_create: '新建规则', rule_edit: '修改规则「{source} · {code}」', rule_saved: '规则已保存，对之后的告警生效', rule_delete: '删除', rule_deleted: '规则已删除', ask_rule_delete: '删除代码 {code} 的规则？之后按该来源的默认规则处理。', code_help: '完整代码、以 * 结尾的开头，或 class:safety 这样的类别', made: '新建', taken: '删除',
    field_source: '来源', field_code: '代码', field_level: '级别', field_enabled: '启用', field_delay_s: '持续秒数', field_close_after_s: '恢复后关闭秒数', field_storm_count: '合并台数', field_quiet_from_minute: '免打扰开始（分钟）', field_quiet_to_minute: '免打扰结束（分钟）',
    notice_name: '通知名称', role: '通知角色', role_none: '不按角色', role_help: '角色中留了告警邮箱、且能看到该充电站的人会收到邮件', addresses: '其他邮箱', addresses_help: '每行一个，最多 20 个，例如值班邮箱', level_least: '最低级别', all_sources: '全部来源', notice_hours: '通知时段', notice_from: '从', notice_to: '到', notice_hours_help: '可跨零点；两个时间相同表示全天', all_day: '全天', notice_create: '新建通知', notice_edit: '修改通知「{name}」', notice_saved: '通知「{name}」已保存', ask_notice_delete: '删除通知「{name}」？', notice_empty: '还没有通知。邮件需要先启用邮件渠道；其他系统、短信或企业微信请在渠道中用回调订阅「告警产生」',
    own_email: '我的告警邮箱', own_email_help: '只有您自己能看到和修改；留空则不按角色收邮件', own_none: '未填写', own_saved: '已保存', email_rule: '邮箱格式不正确',
  },
}
