// 调价计划各页的文字，并入 zh-CN.ts；英文见 plans.en.ts。
export default {
  tariff_plan: { scheduled: '待生效', effective: '已生效', withdrawn: '已撤回' },
  tariff_match: { same: '一致', different: '不一致', unknown: '未上报', not_needed: '无需下发' },
  delivery: { not_needed: '无需下发', scheduled: '未到时间', offline: '等待上线', charging: '等待充电结束', waiting: '等待下发', sent: '已下发', confirmed: '已确认', refused: '桩拒绝', superseded: '已被取代', own: '自有计费模型' },
  delivery_told: {
    not_needed: '由平台计费，不需要下发', own: '有自有计费模型，不受此计划影响', scheduled: '到生效时间后下发', offline: '上线并空闲后自动下发', charging: '充电结束后自动下发', waiting: '几秒内下发', sent: '等待桩应答', confirmed: '桩已使用这个版本', refused: '稍后自动重试', superseded: '之后又换了别的版本',
  },
  batch_deed: { enable: '启用', disable: '停用', move: '转到其他充电站', tariff_assign: '设置自有计费模型', reset_soft: '软重启', clock_set: '校时', tariff_set: '下发计费', firmware_update: '升级固件' },
  batch_state: { running: '执行中', done: '已结束', halted: '已停止' },
  batch_row: { waiting: '未执行', running: '执行中', done: '成功', failed: '失败', cut: '被中断' },
  batch: {
    button: '批量操作（{n}）', title: '批量操作 {n} 台充电桩', deed: '操作', to_station: '选择目标充电站', go: '执行（{n} 台）', retry: '重试未成功的（{n}）', halt: '停止其余', leave: '由服务器逐台执行，可以离开此页，之后在「批量操作」中查看结果',
    begun: '已开始批量操作 {n} 台充电桩', no: '编号', heading: '批量操作 #{id} · {deed}', state: '状态', piles: '桩数', outcome: '结果', note: '说明', staff: '操作人', created: '开始时间', ended: '结束时间', done_n: '成功 {n}', failed_n: '失败 {n}', cut_n: '中断 {n}', none: '还没有批量操作', none_hint: '在充电桩列表勾选多台桩，点「批量操作」', halted_told: '其余的不再执行', again_told: '正在重试 {n} 台',
    note_enable: '启用后可以启动充电。', note_disable: '停用后不能启动新的充电；进行中的充电正常结束。', note_move: '历史订单仍属于原充电站；之后的订单按新充电站的计费模型计费。', note_tariff_assign: '自有计费模型先于充电站的，从现在起用于新订单；进行中的充电不变，云快充桩空闲后自动下发。', note_reset_soft: '软重启：桩会先正常结束正在进行的充电。', note_clock_set: '仅云快充桩支持校时。', note_tariff_set: '仅云快充桩支持下发计费；离线或充电中的桩自动排队，上线并空闲后下发。', note_firmware_update: '仅 OCPP 桩；每台桩得到一个只供它使用的下载地址，空闲时自行安装并重启。桩接受后即算成功，之后的进度在固件页和各桩的「固件与日志」中查看。', to_firmware: '选择要升级到的固件',
  },
  pile_row: { existing: '已登记' },
  pile_file: {
    rule: '上传 XLSX 或 CSV，先检查、预览，确认后才写入。全部行正确才会写入；已登记的编号保持不变，同一文件导入两次不会重复。充电站填名称或编号，留空用第一座站。',
    checking: '正在检查', fresh: '可新增', created: '已新增', existing: '已登记，不变', wrong: '有误', mend: '{n} 行有误，请在文件中改好后重新选择；目前没有写入任何内容', nothing_new: '文件中的充电桩都已登记，没有需要新增的', confirm: '确认导入 {n} 台',
    column_code: '电桩编号', column_name: '站内名称', column_station: '所属充电站', column_kind: '充电类型', column_protocol: '通信协议', column_rated_power_w: '额定功率W', column_connector_count: '枪数', column_password: '接入密码',
  },
  plan: {
    no: '计划编号', title: '调价计划 #{id}', state: '状态', effective: '生效时间', tariff: '计费模型版本', stations: '充电站', progress: '下发进度', reason: '原因', staff: '创建人', created: '创建时间', create: '安排调价', save: '保存计划',
    none: '没有调价计划', none_hint: '点「安排调价」，让充电站从某个时间起使用新的计费模型', unfinished_yes: '有桩未完成', unfinished_no: '全部完成', comma: '、', stations_more: '{names} 等 {n} 座', nothing_to_send: '无需下发', refused_n: '{n} 台拒绝',
    in_moments: '即将生效', in_minutes: '{n} 分钟后', in_hours: '{n} 小时后', in_days: '{n} 天后',
    when: '何时生效', later: '定时生效', now: '立即生效', effective_none: '请选择生效时间', effective_past: '生效时间已经过去，请选择将来的时间', effective_choose: '选择日期和时间', beijing: '北京时间', now_help: '保存后立刻生效', now_warning: '保存后，{n} 座充电站的新订单立刻按新价格计费',
    stations_choose: '选择充电站，可多选', stations_none: '请至少选择一座充电站', concerns: '共 {stations} 座站、{piles} 台桩', add_older: '加入使用旧版本的 {n} 座站', reason_help: '会显示在计划与充电站的计费时间线上，例如「夏季分时电价调整」', created_told: '调价计划 #{id} 已保存，到时自动生效', effective_told: '调价计划 #{id} 已生效，正在下发到充电桩', rule_orders: '生效之后开始的订单按新价格；进行中的订单按开始时的价格结算。',
    delivery: '下发状态', has: '桩内模型', not_told: '未上报', has_none: '没有模型', attempts: '下发次数', sent_at: '下发时间', answered_at: '应答时间', note: '说明', next_try: '{at} 自动重试', retry: '重试', retry_all: '重试全部未完成（{n}）', retried: '已下发 {sent} 台，排队 {queued} 台', retried_none: '没有需要下发的桩', not_yet: '到生效时间后，云快充桩会逐台下发；OCPP 桩由平台计费，无需下发。', no_piles: '没有符合条件的充电桩',
    rule_bill: '桩还没有更新时仍可充电，一律按平台的计费模型计费；桩计金额与平台不一致的订单转入异常订单，由人工核对后结算。', rule_block: '桩还没有更新时不能启动新的充电（参数「计费模型不一致时禁止启动」），更新后自动恢复；进行中的充电不受影响。',
    withdraw: '撤回计划', withdraw_reason: '撤回原因', ask_withdraw: '撤回调价计划 #{id}？{at} 将不再生效，{n} 座充电站继续使用原来的计费模型。', withdrawn_told: '调价计划 #{id} 已撤回', withdrawn_by: '撤回', shows_now: '现行计费模型',
    timeline: '计费时间线', of_station: '本站的调价计划', from_beginning: '一直', no_tariff: '无计费模型', holds_now: '现行', set_at_once: '直接修改', next: '{at}改为 {tariff} 第 {n} 版', upcoming: '即将生效的调价',
  },
  ykc: {
    work_parameters: '工作参数', ground_lock: '地锁', offline_cards: '离线卡',
    operative: '运行', work: '允许工作', locked: '停止使用，锁定充电桩', operative_help: '对整桩生效；锁定后现场不能启动充电，平台侧的启用/停用不变',
    power: '最大输出功率', power_help: '额定功率的 30% 到 100%', connector: '枪', connector_no: '{n} 号枪', lock_act: '动作', raise: '升锁', lower: '降锁',
    card_act: '操作', card_add: '下发（离线时可用）', card_remove: '清除', card_find: '查询是否在桩内', cards: '卡号', cards_help: '每行一张；下发的卡须已登记且状态正常，一次最多 11 张，清除与查询最多 23 张', cards_many: '一次最多 {n} 张卡，请分次操作', cards_bad: '卡号 {card} 不正确：应为不超过 16 位的十六进制数字',
    there: '在桩内', not_there: '不在桩内', removed: '已清除', not_removed: '未能清除',
  },
}
