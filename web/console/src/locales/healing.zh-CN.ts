// 故障自愈，并入 zh-CN.ts；英文见 healing.en.ts。
export default {
  healing_step_kind: { status: '请求上报状态', unlock: '解锁枪', soft_reset: '软重启', hard_reset: '硬重启' },
  healing_success: { recovered: '告警恢复', available: '枪恢复可用' },
  healing_follow: { work_order: '转工单', escalate: '告警升级' },
  healing_state: { running: '进行中', healed: '已恢复', failed: '未见效', stopped: '已中止' },
  healing_reason: { person_acted: '有人对该桩下发了指令', alarm_taken: '告警已有人处理', by_hand: '人工中止', order_began: '有车充电', quiet_hours: '进入免打扰时段', offline: '桩没有恢复在线', out_of_service: '桩已停用', switched_off: '自愈或预案已关闭', recovered_alone: '指令未生效前自行恢复' },
  healing_step_state: { sent: '已下发', accepted: '已接受，等待见效', helped: '见效', no_help: '未见效', refused: '桩拒绝', unsupported: '桩不支持', timed_out: '无应答', link_lost: '连接中断', skipped: '跳过' },
  healing: {
    name: '预案名称', playbook: '预案', fault: '适用故障', any_code: '该来源全部', make: '适用厂商与型号', any_make: '不限', make_help: '与桩上报的厂商、型号一致才适用；留空不限', step: '步骤', steps: '步骤', limits: '限制', limits_said: '每桩每天 {tries} 次，同站同时 {most} 台，间隔 {cool}', follow: '未见效时', rate: '近 90 天成功率', no_runs: '暂无', tally: '成功 {healed}，未见效 {failed}，中止 {stopped}',
    switched_off: '故障自愈总开关未打开，以下预案都不会执行。', to_switch: '到参数中打开', guards: '有车充电时不重启、不解锁；紧急告警和整站告警只交给人处理；有人对该桩下发指令、确认告警或派出工单，自愈立即停下。', why_platform: '自愈预案由平台统一管理',
    create: '新建预案', edit: '修改预案「{name}」', saved: '预案「{name}」已保存', delete: '删除', deleted: '预案「{name}」已删除', ask_delete: '删除预案「{name}」？正在进行的自愈会中止，已有记录保留。',
    code_help: '完整代码，或以 * 结尾的开头；留空表示该来源的全部故障。最具体的预案优先', steps_help: '按顺序执行；等到时间仍未见效，或桩拒绝、不支持，就执行下一步', wait: '等待秒数', wait_then: '秒内看', success: '见效条件', step_add: '增加步骤', step_take: '去掉步骤', hard: '硬重启', hard_no: '不允许，跳过该步骤', hard_yes: '允许', hard_help: '硬重启会立即断电重启控制板，默认不允许', after: '故障持续多久后开始', after_help: '先给它自行恢复的时间', tries: '每桩每天最多次数', station_most: '同站同时最多台数', cool_down: '同一桩两次之间间隔', quiet_help: '此时段不开始，也不执行下一步',
    begun: '开始时间', ended: '结束时间', state: '结果', reason: '中止原因', alarm: '告警', work_order: '工单', version: '预案版本', stop: '中止自愈', ask_stop: '中止这次自愈？已下发给桩的指令不能收回，后续步骤不再执行。', to_come: '待执行', not_taken: '未执行', waits: '等待 {n} 秒，看{success}', skipped_hard: '该预案没有允许硬重启', skipped_unlock: '告警不属于某一把枪，无法解锁',
    field_name: '名称', field_enabled: '启用', field_source: '来源', field_code: '代码', field_vendor: '厂商', field_pile_model: '型号', field_steps: '步骤', field_after_s: '开始前秒数', field_tries_per_day: '每天次数', field_station_most: '同站台数', field_cool_down_s: '间隔秒数', field_hard_allowed: '允许硬重启', field_follow: '未见效时', field_quiet_from_minute: '免打扰开始（分钟）', field_quiet_to_minute: '免打扰结束（分钟）',
  },
}
