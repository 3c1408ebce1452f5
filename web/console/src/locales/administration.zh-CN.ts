// 系统管理中参数、字典、任务、渠道、品牌各页的文字，并入 zh-CN.ts；英文见 administration.en.ts。
export default {
  parameter_group: { service: '客服', order: '订单', money: '金额', device: '设备', retention: '数据保留', backup: '备份', security: '登录与安全' },
  parameter_unit: { second: '秒', day: '天', megabyte: 'MB', fen: '元', e4: '元', dwh: 'kWh', switch: '开关', count: '个' },
  parameter_origin: { default: '默认值', console: '页面设置', file: '配置文件', environment: '环境变量', command_line: '命令行' },
  parameters: { on: '开', off: '关',
    title: '参数', group: '分组', value: '当前值', default: '默认值', range: '范围', origin: '来源', changed: '最近修改', tab_business: '业务参数', tab_start: '启动配置', hint: '修改后立即生效，不需要重启', start_hint: '启动时读取，只能在配置文件或环境变量中修改，重启后生效', setting: '配置项', variable: '环境变量', meaning: '说明',
    edit_title: '修改「{name}」', value_help: '{range}，默认 {value}', back: '恢复默认', back_to: '恢复为 {value}', reason: '修改原因', reason_hint: '例如：节假日临时调整', saved: '「{name}」现为 {value}，已生效', why_given: '由启动环境指定，不能在此修改；去掉 {variable}（或配置文件、命令行中的同名项）并重启后可在此设置', retention_warn: '调小后，更早的数据会在下一次清理时永久删除', story: '修改记录', story_none: '没有修改过，一直是默认值', default_was: '默认（{value}）',
  },
  dictionaries: {
    title: '字典', code: '编码', editable: '维护方式', own: '可维护', fixed: '产品固定', count: '项数', entries: '内容', find: '查找', find_hint: '名称或编码', hint: '固定字典的编码与程序对应，不能修改；可维护的字典点开后修改', entry_code: '编码', zh: '中文名称', en: '英文名称', usage: '使用数', usage_none: '不统计', enabled: '状态', place: '顺序',
    own_note: '停用后不再提供选择，已使用它的记录仍显示原名称。编码由小程序等提交，建立后不能修改。', fixed_note: '编码与程序对应，不能修改。', create: '新建分类', edit_title: '修改分类「{name}」', code_help: '2 到 32 个小写字母、数字或下划线，以字母开头，例如 ground_lock', saved: '分类「{name}」已保存', off: '停用', on: '启用', ask_off: '停用分类「{name}」？用户和客服不能再选择它；已有的反馈不变。', up: '上移「{name}」', down: '下移「{name}」',
  },
  job_run: { running: '运行中', done: '成功', failed: '失败', cut: '中断' },
  job_trigger: { schedule: '定时', person: '手动' },
  job_state: { paused: '已暂停' },
  jobs: {
    title: '任务', schedule: '周期', last: '最近结果', last_at: '最近运行', started_at: '开始时间', took_label: '用时', took: '{n} 秒', count: '处理数', next: '下次运行', state: '状态', on: '运行', paused: '已暂停', never: '未运行过', hint: '任务可重复执行，同一任务同时只运行一次；暂停后仍可手动运行', daily: '每天 {at}', every_minutes: '每 {n} 分钟', every_seconds: '每 {n} 秒', start: '立即运行', pause: '暂停', resume: '恢复',
    reason: '原因', pause_title: '暂停任务「{name}」', resume_title: '恢复任务「{name}」', started: '「{name}」已开始运行', paused_told: '「{name}」已暂停', resumed: '「{name}」已恢复', paused_by: '暂停', resumed_by: '最近恢复', why_always: '该任务不能暂停：没有它，超时的订单不会关闭', started_by: '触发', message: '说明', runs_none: '还没有运行记录',
  },
  channel_kind: { smtp: '邮件（SMTP）', webhook: '回调（Webhook）', ftp: '固件服务器（FTP）' },
  smtp_security: { tls: 'TLS', starttls: 'STARTTLS', none: '不加密' },
  channel_purpose: { test: '测试', invoice: '电子发票', event: '事件', alarm: '告警通知', report: '报表订阅' },
  webhook_event: { order_completed: '订单完成', order_abnormal: '订单异常', pile_online: '电桩上线', pile_offline: '电桩离线', reservation_changed: '预约变化', occupancy_began: '占位开始', occupancy_warned: '占位提醒', occupancy_fee_began: '占位计费', occupancy_capped: '占位封顶', feedback_created: '收到反馈', alarm_opened: '告警产生', alarm_closed: '告警关闭', work_order_overdue: '工单超时', safety_acted: '安全处置', battery_warned: '电池预警', emergency_changed: '紧急停机', mail_failed: '邮件发送失败', staff_new_place: '员工从新地点登录' },
  webhook_state: { waiting: '待发送', sent: '已送达', failed: '已放弃' },
  webhooks: { title: '投递', tries_title: '投递 {key}', event: '事件', subject: '对象', state: '状态', tries: '尝试次数', status: '应答码', created: '发生时间', next: '下次尝试', message: '说明', key: '投递编号', body: '内容', none: '还没有投递', none_hint: '订阅的事件发生后会出现在这里', again: '重新发送', again_ask: '重新发送「{subject}」的{event}？编号不变，接收方可据此识别重复。', again_told: '已重新排队，几秒内发送', detail: '详情', expired: '等待超过三天，已放弃', log: '每次尝试' },
  channels: {
    name: '渠道名称', kind: '类型', server: '服务器', place: '服务器 / 地址', about: '发件人 / 事件', sends_title: '发送记录', waiting: '待发送', url: '回调地址', url_help: '以 https:// 开头；内部网络的地址须先由运维放行', secret: '签名密钥', secret_help: '接收方用它验证来源；至少 16 个字符，加密保存，不再显示', secret_keep: '留空则不修改', secret_make: '生成', events: '事件', whose: '数据范围', whose_all: '全部运营商', whose_help: '只推送该运营商的事件；保存后不能修改', ping_title: '测试回调「{name}」', ping_help: '会向下面的地址发出一个签名的 ping 事件，并显示对方的应答', ping_ok: '对方应答 {status}，用时 {ms} 毫秒', http_warn: 'http:// 以明文传输，只应用于内网', status: '应答码',  host: '服务器', port: '端口', security: '加密方式', account: '账号', password: '密码', from: '发件人', from_address: '发件地址', from_name: '发件人名称', timeout: '超时（秒）', state: '状态', on: '启用', last: '结果', last_at: '最近发送', purpose: '用途', target: '收件人', ms: '{n} 毫秒',
    create: '新建渠道', edit_title: '修改渠道「{name}」', saved: '渠道「{name}」已保存', hint: '邮件经第一个启用的渠道发出，它不可用时改用下一个', none: '还没有渠道', none_hint: '配置邮件渠道后，待发送的电子发票邮件才会发出', port_help: 'TLS 常用 465，STARTTLS 常用 587', account_help: '留空表示服务器不需要登录', password_help: '部分邮箱须使用授权码；加密保存，不再显示', password_keep: '留空则不修改；修改服务器或账号时须重新填写', password_set: '已设置', password_none: '未设置', open_warn: '不加密时密码与邮件内容以明文传输，只应用于内网服务器',
    test: '发送测试', test_title: '测试渠道「{name}」', test_to: '收件邮箱', test_help: '会真实发出一封邮件，并显示对方服务器的答复', test_ok: '测试成功', test_bad: '测试失败', test_sent: '已发送到 {address}，用时 {ms} 毫秒；请到该邮箱查收', sends_none: '还没有发送记录',
  },
  source: {
    title: '出行平台（拉取）', url: '来源地址', url_help: 'SCIM 2.0 服务的地址，通常以 /scim/v2 结尾', token: '令牌', token_help: '来源平台发放的 Bearer 令牌；加密保存，不再显示', token_keep: '留空则不修改；更换来源主机时须重新填写', page_size: '每页人数', page_size_help: '1 到 1000，来源较慢时调小', http_warn: 'http:// 会明文传输令牌与个人信息，只应用于内网', saved: '用户来源已保存', edit: '修改用户来源', create: '配置用户来源', none: '还没有配置用户来源', none_hint: '配置后，平台会定时向外部出行平台拉取用户：每 15 分钟取有变化的，每天完整核对一次。来源不可用时，已有的用户照常使用。',
    customers: '用户数', whole_at: '上次完整核对', check: '检查连接', check_ok: '连接正常：来源有 {n} 人，用时 {ms} 毫秒', start: '立即同步', start_whole: '完整核对', running: '同步中', started: '已开始同步', why_off: '用户来源已停用，请先启用', last: '最近一次同步', never: '尚未同步成功', as_of: '数据截至 {at}', tried: '同步于 {at}', was_whole: '完整核对', was_part: '只取变化', total: '来源返回', new: '新增', changed: '更新', gone: '停用', refused: '未能同步', faults: '未能同步的用户（前 {n} 个）', copy_works: '已有的用户照常充电和查询，下次会自动重试。',
    accept: '确认并停用', accept_ask: '确认来源中已没有这些用户？他们将不能充电；来源恢复后会重新启用。', note: '姓名、手机号、类型与是否停用由来源平台维护，在这里只读；冻结、车队、标签与备注由我们维护。', pushes: '另有出行平台向我们推送用户（SCIM），最近一次 {at}。',
  },
}
