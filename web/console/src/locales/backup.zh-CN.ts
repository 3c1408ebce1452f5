// 备份与恢复的文字，并入 zh-CN.ts；英文见 backup.en.ts。
export default {
  backup_state: { done: '已完成', failed: '失败', gone: '已清理' },
  backup_health: { safe: '正常', late: '需处理', starting: '正在建立', off: '未启用' },
  drill_kind: { restore: '备份验证', disaster: '灾难恢复', moment: '恢复到时间点', fallback: '回切' },
  backups: {
    now: '当前状态', place: '备份地', lag: '归档滞后', safe: '已安全到', waiting: '待传变更', waiting_n: '{n} 段，{size}', stored: '占用空间', sealed: '加密', last: '最近完整备份', last_check: '最近验证', never: '尚未验证', passed: '通过', not_passed: '未通过', plan: '策略', plan_said: '每 {cut} 秒归档变更；每 {full} 天完整备份，每 {check} 天验证，保留 {kept} 天且不少于最近 {count} 份（在“参数”中修改）',
    run: '立即备份', run_told: '完整备份已开始', check: '立即验证', check_told: '验证已开始：正在把备份恢复到临时目录核对', why_off: '尚未设置备份地', off: '尚未设置备份地：本机损坏时数据会丢失。请运维在配置中设置 backup_place（另一块盘或另一台机器的目录，或对象存储），并重启服务。', postgres: '数据库是 PostgreSQL：由其自带的工具备份，见运维手册；这里只保存演练记录。', since: '自 {at} 起；恢复后自动补传', broken: '{at} 变更记录曾中断，已重新做完整备份；中断前后各自可恢复',
    ranges: '可恢复的时间范围', range: '{from} 至 {to}', restore_hint: '恢复在空目录上进行：pileops restore --from 备份地 --to 时间 --data 目录', none: '还没有完整备份',
    at: '备份时间点', state: '状态', plain: '原始大小', size: '压缩后', checked: '验证', name: '文件名', started: '开始时间', kind: '类型', outcome: '结果', events: '丢失事件数', restored_to: '恢复到', orders: '订单数', audit: '审计行数', audit_head: '审计末行校验', who: '执行人', system: '系统', note: '说明', drills_none: '还没有演练记录', drill_add: '登记演练', drill_told: '演练已登记', minutes: '用时（分钟）', minutes_help: '到现在为止的演练总时长，最长 7 天', rto_s: 'RTO（秒）', rpo_s: 'RPO（秒）', note_help: '演练的经过、参加人员和发现的问题',
  },
}
