// 期望状态、配置模板与离线名单的文字，并入 zh-CN.ts；英文见 state.en.ts。
export default {
  desired: {
    tab: '期望状态', item: '项目', wished: '期望', reported: '桩上报', state: '状态', since: '始于', tried: '上次下发', next: '下次尝试', why: '说明', check: '立即核对', checked: '已重新核对，结果稍后显示', none: '没有需要核对的内容', by: '模板', drift: '期望状态', drift_yes: '有不一致', drift_no: '全部一致',
    out: '{n} 项不一致', all_same: '{n} 项一致', seconds: '偏差不超过 {n} 秒', off_by: '偏差 {n} 秒', cards: '{n} 张卡', model: '{no} 号计费模型', told: '{at} 上报', times: '第 {n} 次', at_once: '即将', list: '离线名单', list_hint: '断网时桩只接受名单内的卡（须由配置项打开本地授权列表）', list_version: '版本 {n} · {at} 更新', list_none: '桩内没有离线名单', expires: '有效期至', group: '卡组', forever: '长期',
  },
  desired_kind: { tariff: '计费模型', clock: '时钟', local_list: '离线名单', configuration: '配置项' },
  desired_state: { unknown: '尚未上报', same: '一致', different: '不一致', sent: '已下发，等待应答', awaits_reboot: '重启后生效', refused: '桩拒绝' },
  profile_state: { active: '启用', off: '停用' },
  reservation: {
    asked: '等待桩应答', accepted: '已预约', refused: '桩拒绝', used: '已使用', expired: '已过期', cancelled: '已取消', connector: '充电枪', state: '状态', until: '保留至', order: '使用的订单', created: '预约时间', staff: '操作人', note: '备注', whom: '为谁预约', whom_card: '一张充电卡', whom_customer: '一位用户', customer_help: '用该用户名下可用的充电卡预约', minutes: '保留时长（分钟）', minutes_help: '1 到 1440 分钟；到时自动取消',
    create: '预约 {code} 的 {no} 号枪', make: '预约', asked_told: '已发给充电桩，结果见“预约”页面', done_told: '{no} 号枪已为该卡保留到 {at}', refused_told: '充电桩没有接受预约', kept: '预约', kept_for: '为卡 {tag} 保留到 {at}', ykc: '云快充协议没有预约指令，请选择 OCPP 桩', cancel: '取消预约', ask_cancel: '取消 {code} {no} 号枪为卡 {tag} 的预约？', cancelled_told: '预约已取消', empty_hint: '在充电桩详情页的枪卡片上点“预约”，为某张卡或某位用户保留一把枪',
  },
  edition: { 'ocpp1_6': 'OCPP 1.6', ocpp2: 'OCPP 2.0.1 / 2.1' },
  template: {
    name: '名称', name_hint: '例如 120kW 直流桩通用参数', edition: '协议', fits: '适用范围', entries: '配置项', piles: '应用情况', counted: '{n} 台', different: '{n} 台未生效', active: '启用', active_yes: '启用', active_no: '停用', operator: '所属运营商', platform: '平台', changed: '修改时间', staff: '修改人', note: '说明',
    range: '适用于', range_all: '某厂商、型号的所有桩', range_station: '一个充电站', range_pile: '一台充电桩', vendor: '厂商', vendor_help: '与桩上报的一致；厂商、型号都留空则不限', model: '型号', station: '充电站', pile: '电桩编号', any: '不限厂商型号', key: '配置项', key_16: '例如 HeartbeatInterval', key_2: '例如 OCPPCommCtrlr.HeartbeatInterval', value: '值', add: '添加配置项', take: '删除这一项',
    create: '新建配置模板', edit: '编辑配置模板', created: '配置模板「{name}」已新建，在线的桩会陆续核对', saved: '配置模板「{name}」已保存，在线的桩会陆续核对', delete: '删除', ask_delete: '删除配置模板「{name}」？桩内的值不变，只是不再核对。', deleted: '配置模板「{name}」已删除', empty_hint: '新建模板后，平台会核对在线的桩，不一致的自动设置，失败的按间隔重试',
    order: '同一配置项有多个模板时，以范围小的为准：单桩、充电站、型号、厂商、运营商、平台。', entries_none: '请至少填写一个配置项',
  },
  offline_card: { label: '离线可用', yes: '可离线', no: '仅联网', help: '离线可用的卡会下发到桩的离线名单；所属车队限定充电站时只下发到这些站，限定时段时不下发', allow: '设为离线可用', forbid: '取消离线可用', ask_allow: '把充电卡 {tag} 下发到适用充电桩的离线名单？断网时无法核对余额与同时充电数。', ask_forbid: '从所有充电桩的离线名单中移除充电卡 {tag}？离线的桩上线后移除。', changed: '充电卡 {tag}：{status}' },
}
