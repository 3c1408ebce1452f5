// 工单与巡检，并入 zh-CN.ts；英文见 work_order.en.ts。
export default {
  work_order_kind: { alarm: '告警', feedback: '反馈', manual: '人工', inspection: '巡检', danger: '隐患' },
  work_order_state: { waiting: '待接单', accepted: '已接单', on_site: '已到场', done: '待验收', closed: '已完成', cancelled: '已取消' },
  work_order_action: { create: '创建', assign: '派单', accept: '接单', arrive: '到场', finish: '完工', confirm: '验收通过', reject: '验收驳回', cancel: '取消工单', note: '备注', photo: '上传照片', escalate: '超时升级' },
  work_orders: {
    no: '工单编号', state: '状态', title: '工作内容', kind: '来源', handler: '处理人', created: '创建', accept_due: '接单时限', finish_due: '完工时限', accepted_at: '接单时间', arrived_at: '到场时间', done_at: '完工', closed_at: '结束', open: '是否结束', open_yes: '未结束', open_no: '已结束', overdue: '是否超时', overdue_yes: '已超时', overdue_no: '未超时', mine: '我的工单', mine_yes: '只看我的', of_alarm: '告警', of_feedback: '反馈', empty_hint: '没有符合条件的工单', none: '还没有工单',
    create: '新建工单', level_help: '级别决定接单与完工时限', handler_help: '留空则由接单的人处理', pile_code: '电桩编号', pile_help: '填写电桩编号，或留空后选择充电站', content: '说明', made: '工单 {no} 已创建', existing: '已有未结束的工单 {no}，没有重复创建', facts: '工单信息', address: '地址', from: '来自', alarm_n: '告警 {n}', parts: '更换配件', parts_help: '如：漏电模块 1 个', cost: '费用', cost_yuan: '费用（元）', result: '处理结果', photos: '照片', photos_none: '还没有照片', photo_add: '拍照或选择照片', photo_done: '已上传 {n} 张', why_own: '完工人不能验收自己的工单',
    checklist: '检查项', check_open: '未检查', check_good: '正常', check_bad: '异常', check_note: '异常说明', check_lacking: '请检查：{item}', check_silent: '请说明异常：{item}',
    plan_name: '计划名称', plan_stations: '充电站', every: '巡检间隔', every_n: '{n} 天', unit_days: '天', next: '下次生成', next_help: '留空则下一分钟生成', anybody: '谁接单谁处理', stations_help: '每行一个充电站名称', items_help: '每行一项，最多 40 项', items_usual: '外观与标识完好；枪线与枪头无破损；急停按钮有效；接地与漏电保护有效；灭火器在有效期内；通风散热正常', station_unknown: '没有名为「{name}」的充电站', plan_create: '新建巡检计划', plan_edit: '修改计划「{name}」', plan_saved: '计划「{name}」已保存', ask_plan_delete: '删除计划「{name}」？已生成的工单不变。', plan_empty: '还没有巡检计划', why_platform: '巡检计划由平台统一管理',
    limits: '工单时限', limit_accept: '接单时限', limit_finish: '完工时限', limit_help: '只影响之后创建的工单；超过时限自动升级', unit_minutes: '分钟',
  },
}
