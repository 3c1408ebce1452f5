// 系统管理各页的文字，并入 zh-CN.ts；英文见 system.en.ts。
export default {
  staff: {
    account: '账号', name: '姓名', role: '角色', operator: '所属运营商', area: '数据范围', state: '状态', all: '全部运营商', create: '新建账号', password: '初始密码', password_help: '留空则自动生成；仅显示一次', password_once: '账号 {account} 的密码（仅显示这一次，请立即交给本人）', operator_help: '留空为平台账号，可查看全部运营商', created_told: '账号 {account} 已新建', once_title: '请保存密码', once_done: '我已保存',
    created: '创建时间', edit: '编辑', edit_title: '编辑账号 {account}', saved: '账号 {account} 已保存，立即生效', disabled: '停用', disabled_help: '停用后立即退出登录，其令牌一并失效', handover: '交接说明', handover_help: '离职或调岗时写明未完成的事项和接手人', unlock: '解锁', unlocked: '账号 {account} 已解锁', reset: '重置密码', ask_reset: '重置账号 {account}（{name}）的密码？原密码立即失效，正在使用的登录会被退出，令牌一并失效。', empty_hint: '没有账号', role_find: '选择角色', rights: '权限与数据范围', why_write: '您的账号没有维护账号的权限',
  },
  staff_state: { enabled: '正常', disabled: '已停用', locked: '已锁定' },
  area: { everywhere: '全部', cities: '指定城市', stations: '指定充电站', cities_choose: '选择城市', stations_choose: '输入名称查找充电站', none: '请至少选择一项', more: '{first} 等 {n} 个' },
  roles: {
    name: '角色名称', operator: '适用范围', operator_all: '所有运营商', operator_help: '留空则所有运营商都可使用', kind: '来源', fixed: '产品自带', own: '自建', count: '权限数', staff: '使用账号', create: '新建角色', copy: '复制', copy_of: '{name}（副本）', edit: '编辑', view: '查看权限', remove: '删除', permissions: '权限', created_told: '角色「{name}」已新建', saved: '角色「{name}」已保存，使用它的账号立即生效', removed: '角色「{name}」已删除', ask_remove: '删除角色「{name}」？', why_used: '还有 {n} 个账号使用此角色，请先更换', why_fixed: '产品自带的角色不能修改，可复制后修改', edit_title: '编辑角色「{name}」', view_title: '角色「{name}」的权限', why_lacking: '您自己没有此权限', chosen: '已选 {n} / {all} 项', choose_all: '全选', choose_none: '清空', accounts: '{n} 个',
  },
  permission_noun: {
    home: '首页', operator: '运营商', city: '开通城市', station: '充电站', pile: '充电桩', order: '充电订单', tariff: '计费模型', card: '充电卡', customer: '用户', fleet: '车队', invoice: '电子发票', feedback: '投诉建议', content: '用户端与司机端', staff: '账号与角色', parameter: '字典与参数', audit: '审计', job: '任务与渠道',
  },
  audit: { at: '时间', staff: '操作人', action: '操作', noun: '对象', key: '标识', success: '结果', detail: '变更内容', address: '来源地址', field: '字段', before: '变更前', after: '变更后', no_detail: '此操作没有变更内容' },
  yes_no: { yes: '是', no: '否' },
  audit_field: {
    hours: '可用时段', drivers_new: '新司机', drivers_joined: '加入的用户', cars_new: '新车辆', cars_joined: '加入的车辆', cards_bound: '绑定卡', host: '服务器', port: '端口', security: '加密方式', from_name: '名称', role: '角色', operator_id: '运营商编号', area: '数据范围', disabled: '停用', handover: '交接说明', account: '账号', permissions: '权限', kind: '类型', cities: '城市', stations: '充电站', tag: '卡号', status: '状态', group: '卡组', code: '编号', station_id: '充电站编号', lifecycle: '启停状态', rated_power_w: '额定功率（瓦）', protocol: '通信协议', created: '新建数', existing: '已存在数', tariff_id: '计费模型编号', city_code: '城市代码', address: '地址', id: '编号', value: '值', why: '原因', order_id: '订单', connector_no: '枪号', version_no: '版本', model_no: '模型编号', phone: '手机号', reason: '原因', until_ms: '冻结至', card: '充电卡', fleet_id: '车队编号', tags: '标签', note: '备注', plate: '车牌号', vin: '车架号', field: '查看的内容', car_id: '车辆编号', contact_name: '联系人', contact_phone: '联系电话', external_id: '来源平台标识', active: '来源启用', deleted: '来源已删除', title: '标题', body: '正文', link: '跳转链接', audience: '投放端', topic: '问题分类', event: '发送时机', metric: '任务指标', goal: '目标', coupon_id: '优惠券编号', rank: '排序', from_ms: '开始时间', state: '状态', picture: '图片编号', off_fen: '减免金额（分）', percent_off: '减免比例', cap_fen: '最高减免（分）', threshold_fen: '使用门槛（分）', total: '发放总量', per_person: '每人限领', valid_from_ms: '有效期开始', valid_until_ms: '有效期结束', valid_days: '有效天数', payer: '费用承担', stopped: '停发', given: '发放数', cancelled: '收回数', request_id: '请求号', fee: '优惠费用', cut: '优惠方式', off_price_e5: '每度减免', weekdays: '适用日期', from_minute: '时段开始', to_minute: '时段结束', customer_id: '用户ID', closed_from_ms: '暂停自', closed_until_ms: '恢复于', close_notice: '公告', photo: '照片编号', caption: '说明', place: '顺序', place_kind: '建设场所', parking_fee: '停车收费', car_kinds: '服务车型', utility_no: '户号',
  },
}
