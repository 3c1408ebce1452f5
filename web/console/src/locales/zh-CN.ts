// 中文（主语言）。英文见 en.ts，两份的键必须相同。
import abnormal from '@/locales/abnormal.zh-CN'
import advice from '@/locales/advice.zh-CN'
import account from '@/locales/account.zh-CN'
import alarm from '@/locales/alarm.zh-CN'
import safety from '@/locales/safety.zh-CN'
import healing from '@/locales/healing.zh-CN'
import workOrder from '@/locales/work_order.zh-CN'
import monitoring from '@/locales/monitoring.zh-CN'
import administration from '@/locales/administration.zh-CN'
import battery from '@/locales/battery.zh-CN'
import content from '@/locales/content.zh-CN'
import dialect from '@/locales/dialect.zh-CN'
import firmware from '@/locales/firmware.zh-CN'
import firstRun from '@/locales/first_run.zh-CN'
import fleet from '@/locales/fleet.zh-CN'
import invoicing from '@/locales/invoicing.zh-CN'
import ledger from '@/locales/ledger.zh-CN'
import brand from '@/locales/brand.zh-CN'
import office from '@/locales/office.zh-CN'
import places from '@/locales/places.zh-CN'
import counter_bill from '@/locales/counter_bill.zh-CN'
import reconciliation from '@/locales/reconciliation.zh-CN'
import recordings from '@/locales/recordings.zh-CN'
import support from '@/locales/support.zh-CN'
import service from '@/locales/service.zh-CN'
import sharing from '@/locales/sharing.zh-CN'
import display from '@/locales/display.zh-CN'
import monitor from '@/locales/monitor.zh-CN'
import operations from '@/locales/operations.zh-CN'
import backup from '@/locales/backup.zh-CN'
import forecast from '@/locales/forecast.zh-CN'
import report from '@/locales/report.zh-CN'
import load from '@/locales/load.zh-CN'
import pay from '@/locales/pay.zh-CN'
import person from '@/locales/person.zh-CN'
import plans from '@/locales/plans.zh-CN'
import state from '@/locales/state.zh-CN'
import system from '@/locales/system.zh-CN'
import tariffDays from '@/locales/tariff_days.zh-CN'

export default {
  product: { name: '充电桩数字化运营管理平台', short: '数字化运营管理' },
  section: { safety: '安全管理', home: '首页', monitor: '综合监测', base: '基础管理', operation: '运营管理', customer: '用户管理', customer_app: '用户端运营', driver_app: '司机端运营', finance: '财务管理', service: '客服中心', analysis: '数据分析', system: '系统管理' },
  page: {
    safety_rules: '安全规则', safety_trial: '规则试算', safety_acts: '安全事件', safety_act: '安全事件详情', emergencies: '紧急停机', emergency: '紧急停机记录', battery_safety: '电池安全报告', device_checks: '检验到期', dangers: '隐患',
    monitor: '实时总览', station_board: '站监控', screen: '监控大屏',
    work_orders: '工单', work_order: '工单详情', inspection_plans: '巡检计划',
    first_run: '首次使用引导', alarms: '告警中心', alarm: '告警详情', alarm_rules: '告警规则与通知', advice: '经营建议', advice_one: '建议详情', healing_playbooks: '自愈预案', healing_runs: '自愈记录', healing_run: '自愈详情',
    payments: '支付流水', payment: '支付详情', refunds: '退款', refund: '退款详情', pay_channels: '支付渠道',
    reports: '综合报表', report_hours: '时段分析', pile_healths: '设备健康', report_plans: '报表订阅', kpis: '指标口径',
    firmware: '固件', firmware_one: '固件详情', dialects: '方言', dialect: '方言详情', home: '首页', piles: '充电桩', pile: '充电桩详情', stations: '充电站', station: '充电站详情', map: '充电桩地图', forecast: '预测', operators: '运营商', cities: '开通城市', orders: '充电订单', order_imports: '订单补录', order: '订单详情', tariff: '计费模型详情', tariffs: '计费模型', pile_batches: '批量操作', pile_batch: '批量操作详情', tariff_plans: '调价计划', tariff_plan: '调价计划详情', reservations: '预约', configuration_profiles: '配置模板', abnormal_orders: '异常订单',
    invoices: '电子发票', invoice: '发票详情', invoice_new: '申请开票', sellers: '销售方', feedback: '投诉建议', feedback_detail: '反馈详情', feedback_statistics: '反馈统计', cards: '充电卡', unknown_piles: '未登记设备', staff: '账号', audit: '审计日志', sign_in: '登录', denied: '无权限', missing: '页面不存在', roles: '角色', exports: '导出记录', identity_providers: '统一身份认证', account: '我的账号', log_ins: '登录日志', feedback_templates: '回复模板', callers: '来电查询', member_levels: '会员等级', postings: '账务流水', trial_balance: '科目余额', bill_check: '账单核验', reconciliations: '桩账单对账', reconciliation: '对账详情', differences: '对账差异', meter_changes: '换表登记', payees: '分账方', sharing_rules: '分账规则', sharing_periods: '分账单', sharing_period: '分账单详情', channel_bills: '渠道对账', channel_bill: '渠道账单', peer_bills: '互联互通对账', peer_bill: '互联方账单', peers: '互联方', counter_differences: '对方差异', day_bills: '站日账单', day_bill: '日账单详情', feedback_blocks: '反馈黑名单', erasures: '个人信息删除',
    customers: '用户', customer: '用户详情', customer_segments: '客户分群', fleets: '车队', fleet: '车队详情',
    parameters: '参数', dictionaries: '字典', dictionary: '字典详情', jobs: '任务', job: '任务详情', backups: '备份与恢复', drills: '恢复演练', brand: '品牌', channels: '渠道', channel: '渠道详情', parameter: '参数详情', customer_source: '用户来源',
    customer_banners: '轮播与弹窗', customer_notices: '公告', customer_activities: '活动', coupons: '优惠券', coupon: '优惠券详情', customer_faqs: '常见问题', customer_messages: '消息模板', customer_preview: '手机预览', driver_prices: '司机价与活动优惠', driver_price: '司机价详情', driver_tasks: '司机任务', driver_banners: '司机轮播与弹窗', driver_notices: '司机公告', driver_faqs: '司机常见问题', driver_messages: '司机消息模板', driver_preview: '司机端预览', staff_notices: '员工公告', content: '内容详情',
  },
  act: { cancel: '取消', save: '保存', copy: '复制', copied: '已复制', retry: '重试', reset: '清空条件', close: '关闭', create: '新建', edit: '编辑', view: '查看', more: '更多' },
  layout: { skip: '跳到正文', menu: '主菜单', fold: '收起菜单', unfold: '展开菜单', password: '修改密码', sign_out: '退出登录' },
  theme: { title: '主题', light: '浅色', dark: '深色', auto: '跟随系统' },
  language: { title: '切换到英文', other: 'English' },
  live: { off: '未连接', connecting: '正在连接', on: '实时', lost: '实时中断，正在重连', heard: '最近消息 {at}' },
  problem: {
    trace: '跟踪号', trace_copy: '复制跟踪号',
    link: '无法连接服务器：请检查网络后重试，已填写的内容仍在', signed_out: '登录已失效，请重新登录', denied: '您的账号没有此项权限，请联系系统管理员',
    not_found: '要找的内容不存在，或不在您的数据范围内', limited: '操作过于频繁，请稍后再试', unavailable: '服务暂时不可用，并非您的操作有误，请稍后重试',
    fault: '系统内部错误，并非您的操作有误，请稍后重试', unexpected: '页面出现意外错误，请刷新后重试',
  },
  form: { required: '请填写{label}', too_long: '{label}最多 {n} 个字符', choose: '请选择', find: '输入名称查找', leave_title: '放弃已填写的内容？', leave_text: '关闭后，已填写但未保存的内容将丢失。', leave: '放弃' },
  password: { current: '当前密码', new: '新密码', again: '再次输入新密码', rule: '{least} 到 128 个字符，至少含小写字母、大写字母、数字、其他字符中的 {kinds} 种，不能包含账号名，也不能用常见的词、年份和连续字符拼成', length: '密码长度应为 {least} 到 128 个字符，现为 {n} 个', kinds: '密码至少要包含小写字母、大写字母、数字、其他字符中的 {kinds} 种', account: '密码不能包含账号名', differs: '两次输入的新密码不一致', done: '密码已修改' },
  sign_in: {
    code: '验证码', code_missing: '请输入验证码', account: '账号', password: '密码', go: '登录', account_missing: '请输入账号', password_missing: '请输入密码', caps: '大写锁定已打开',
    again: '登录已失效', again_text: '长时间没有操作，或已在别处退出。重新登录后留在此页，已填写的内容不会丢失。', other: '换账号', promise: '每一度电，都有据可查', promise_more: '从插枪到账单，实时可见、逐段可核', foot: 'PileOps · 推荐使用 Chrome 109 及以上版本',
  },
  list: {
    all: '全部', refresh: '刷新', density: '切换行距', columns: '选择显示的列', columns_reset: '恢复默认', actions: '操作', no_match: '没有符合条件的记录', no_match_hint: '试试减少条件，或缩短输入的文字', empty: '暂无数据',
    total: '共 {total} 条', choose: '选择 {key}', choose_all: '选择本页全部', total_counting: '正在合计…', total_failed: '合计读取失败，请刷新重试', total_unknown: '记录较多，未统计总数', first: '首页', previous: '上一页', next: '下一页', page: '第 {page} 页', per_page: '{n} 条/页', size: '每页条数', paging: '翻页', range_named: '按订单号或流水号查找时不限时间', chip_remove: '去掉条件：{label}', stale: '以下为上次读取的内容。', sum: '合计 {n} 单', sort_by: '按“{column}”排序', least: '最小', most: '最大', least_of: '{what}最小值', most_of: '{what}最大值', more_filters: '更多条件', more_filters_n: '更多条件（已用 {n} 个）', fewer_filters: '收起条件',
  },
  order_import: { checking: '校验中', checked: '待确认', nothing: '无可导入', importing: '导入中', imported: '已导入', undoing: '撤销中', undone: '已撤销', failed: '失败' },
  lost: {
    title: '导入丢失订单', batch: '导入批次 {id}', rule: '用模板填写平台没有收到的订单，上传后先校验，不会写入；看过结果再确认。总金额留空的按充电当时的计费模型计费；已有的流水号自动跳过，重复导入不会重复计费。一次最多 20 万行。', template: '下载模板（{kind}）', choose: '选择 XLSX 或 CSV 文件', sending: '正在上传',
    kind: '只能导入 .xlsx 或 .csv 文件', too_big: '文件超过 64 MB，请拆分后导入', rows: '行数', good: '可导入', written: '已写入', good_or_written: '可导入 / 已写入', bad: '有误', existing: '已存在', energy: '电量', total: '金额', moving: '正在处理，可以关闭此窗口，稍后在列表中查看。',
    all_good: '全部行通过校验，请确认导入', nothing_new: '文件中的订单都已存在，无需导入', nothing_good: '没有可导入的新订单：请按下面的提示改好文件，重新上传', faults: '有误的行（共 {n} 行，导入时跳过）', faults_fetch: '下载全部错误', confirm: '确认导入', confirm_n: '确认导入 {n} 行', ask_confirm: '将写入 {n} 张订单，金额合计 {total}。订单标为“导入补录”，计入统计，不会自动向用户扣费。', look_confirm: '查看并确认', see_orders: '查看补录的订单',
    id: '批次号', file_name: '文件名', state: '状态', staff: '导入人', created: '上传时间', undo: '撤销批次', ask_undo: '撤销批次 {id}？它写入的 {n} 张订单（{total}）将全部移除，统计同时回退。', undoing_told: '正在撤销批次 {id}', hint: '断网、平台停机期间桩上有账单而平台没有的订单', none: '还没有导入批次', none_hint: '点“导入丢失订单”，下载模板填写后上传。',
  },
  export: { queued: '排队中', running: '导出中', done: '已完成', failed: '失败', cancelled: '已取消', expired: '已过期' },
  exports: {
    title: '导出', button: '导出', progress: '导出进度', what: '将导出当前筛选条件下的全部 {n} 条记录。', what_uncounted: '将导出当前筛选条件下的全部记录。', format: '文件格式', columns: '导出列', all: '全选',
    note: '长数字按文本写入，末行有合计与导出人水印，个人信息与页面一样打码；导出与下载会记入审计日志。', start: '开始导出', cancel: '取消导出', leave: '后台继续', another: '再次导出', fetch: '下载', again: '重新导出',
    queued_hint: '前面还有导出在进行，轮到后自动开始；可以离开此页，稍后在“导出记录”中查看。', running_hint: '可以离开此页，稍后在“导出记录”中查看。', done: '已导出 {n} 行，{size}', cancelled: '导出已取消', begun: '已开始重新导出',
    noun: '内容', state: '状态', file_name: '文件名', rows: '行数', size: '大小', created: '导出时间', expires: '保留至', ask_cancel: '取消导出“{name}”？已写入的部分将丢弃。', hint: '只显示您自己的导出；文件到期自动删除。', none: '还没有导出记录', none_hint: '在订单、充电桩等列表右上角点“导出”。',
    why: '您的账号没有导出权限，请联系系统管理员',
  },
  saved: { title: '已存视图', name: '视图名称', save: '保存当前视图', none: '把常用的筛选条件和列保存为视图，下次一键打开', remove: '删除视图“{name}”', full: '最多保存 20 个视图，请先删除不用的', told: '视图“{name}”已保存', up: '上移', down: '下移' },
  range: { today: '今日', yesterday: '昨日', days7: '近7天', this_month: '本月', last_month: '上月', all: '不限时间', from: '开始时间', to: '结束时间' },
  connector: {
    available: '空闲', preparing: '已插枪', charging: '充电中', suspended: '暂停', suspended_ev: '车辆暂停', suspended_evse: '桩暂停', finishing: '充电结束', reserved: '预约', unavailable: '停用', faulted: '故障', offline: '离线', unknown: '未知',
  },
  lifecycle: { inactive: '未激活', enabled: '启用', disabled: '停用', retired: '报废' },
  link: { online: '在线', offline: '离线' },
  kind: { dc: '直流', ac: '交流', ac_dc: '交直流' },
  protocol: { 'ocpp1_6': 'OCPP 1.6J', 'ocpp2_0_1': 'OCPP 2.0.1', 'ocpp2_1': 'OCPP 2.1', 'ykc1_5': '云快充 1.5', 'ykc1_6': '云快充 1.6' },
  order: {
    starting: '启动中', charging: '充电中', stopping: '停止中', unsettled: '待结算', completed: '已完成', failed: '启动失败', abnormal: '异常待处理',
  },
  settlement_basis: { record: '按桩账单', curve: '按充电曲线', energies: '手工填电量', amounts: '手工填金额', free: '不收费', pile_amount: '按桩账单金额', void: '作废' },
  settlement_state: { proposed: '待复核', approved: '已结算', rejected: '已驳回' },
  settlement: {
    title: '异常结算', waiting: '待复核', handle: '处理异常', basis: '结算依据', reason: '原因', reason_hint: '例如：已与车主电话核实，按现场表数结算', reason_short: '请写明原因，至少 2 个字', incomplete: '请先填写电量或金额', not_possible: '没有可用的数据', delivered: '实际电量（计入统计）', yuan: '（元）',
    hint_record: '桩上报的分时电量 × 订单的计费模型', hint_curve: '充电过程中最后的读数 × 订单的计费模型', hint_energies: '按现场读到的分时电量 × 订单的计费模型', hint_amounts: '直接填写电费与服务费', hint_free: '整单免收，订单照常完成', hint_pile_amount: '桩上报的金额原样采用', hint_void: '没有这次充电，或属于另一笔订单',
    settle: '确认结算', propose: '提交复核', second_note: '金额超过单人结算的限额，提交后须由另一位有权限的同事复核才生效。', done_told: '订单 {order_no} 已结算', proposed_told: '订单 {order_no} 的结算已提交，等待另一人复核',
    approve: '复核通过', reject: '驳回', reject_reason: '驳回原因', rejected_told: '已驳回，订单仍待处理', ask_approve: '通过 {who} 提交的结算？订单将按 {total} 完成。', approved_by: '{who} 于 {at} 复核通过', rejected_by: '{who} 于 {at} 驳回',
    held_note: '系统没有对这笔订单计费。核对下方的曲线、账单与报文后，选择结算依据完成它。', held_elsewhere: '系统没有对这笔订单计费，等待有“处理异常订单”权限的同事处理。', own_note: '您提交的结算超过单人限额，等待另一位同事复核。',
  },
  start_mode: { console: '后台启动', app: '扫码', card: '刷卡', offline_card: '离线卡', vin: '即插即充', pile: '桩端启动', import: '导入补录' },
  abnormality: {
    no_record: '缺失账单', amount_differs: '金额不符', zero_baseline: '起始读数为零', meter_backwards: '表数倒退', power_exceeded: '超额定功率', time_implausible: '时间异常', meter_mismatch: '电表不符', unannounced: '补录',
    token_refused: '未授权卡', no_tariff: '无计费模型', connector_taken: '枪被占用', period_mismatch: '时段电量不符', connector_unknown: '枪号不明', reading_missing: '缺起止读数', record_repeated: '重复流水', period_foreign: '时段不符计费模型', no_energy: '启动未充电', after_failure: '失败后有账单',
  },
  stop_class: { normal: '充电完成', start_failed: '启动失败', balance: '余额不足', fault: '异常中止', emergency: '急停', safety: '安全保护', unknown: '未知' },
  period: { sharp: '尖', peak: '峰', flat: '平', valley: '谷' },
  card: { accepted: '正常', blocked: '已挂失', expired: '已过期' },
  customer: { active: '正常', frozen: '已冻结', deactivated: '来源已停用', cancelled: '已注销' },
  customer_kind: { person: '个人', driver: '司机', employee: '企业员工' },
  customer_source: { own: '自有用户', scim: '出行平台（推送）', pull: '出行平台（拉取）' },
  role: { admin: '平台管理员', operations: '运营', finance: '财务', service: '客服', technician: '运维', viewer: '只读', system_admin: '系统管理员', security_admin: '安全管理员', audit_admin: '审计管理员' },
  feedback: { waiting: '待处理', working: '处理中', answered: '待用户确认', closed: '已关闭', merged: '已合并' },
  feedback_source: { mini_program: '小程序', app: 'APP', phone: '电话', site: '现场', peer: '互联平台', hotline: '12345 热线' },
  feedback_kind: { complaint: '投诉', suggestion: '建议', question: '咨询', fault: '故障' },
  feedback_action: { create: '提交反馈', accept: '受理', assign: '转派', reply: '回复用户', note: '内部备注', link_order: '关联订单', merge: '合并', close: '关闭', reopen: '重开', escalate: '升级', rate: '用户评价' },
  feedbacks: {
    no: '反馈编号', source: '反馈来源', kind: '反馈类型', category: '分类', content: '内容', photos: '图片', photo_n: '图片 {n}', customer_id: '用户ID', name: '姓名', phone: '手机号', station: '充电站', place: '站 / 桩 / 枪', order: '关联订单', state: '状态', handler: '处理人', first_answer: '首次答复', answer_due: '答复时限', close_due: '办结时限', submitted: '反馈时间', closed_at: '关闭时间', overdue: '是否超时', overdue_yes: '已超时', overdue_no: '未超时', overdue_mark: '超时',
    create: '登记反馈', create_hint: '代用户登记来电、现场反映的问题；小程序提交的反馈会自动出现在列表中', created_told: '反馈 {no} 已登记', pile_code: '电桩编号', connector_no: '枪号', order_no: '订单号', order_help: '18 位订单号，留空则不关联', statistics: '统计与时限', empty_hint: '用户在小程序提交投诉或建议后会出现在这里；也可代为登记', source_phone: '电话登记',
    timeline: '处理过程', facts: '反馈信息', orders: '用户最近订单', orders_none: '没有找到该手机号的订单', others: '同一手机号的其他反馈', others_none: '没有其他反馈', told: '用户可见', ours: '仅内部可见', reply: '回复内容', reply_go: '回复用户', reply_placeholder: '用户凭反馈编号和手机号在小程序中看到这段文字', by_customer: '用户', reveal: '查看完整号码', into: '已合并到', note: '内部备注', text_ours: '说明（仅内部可见）', choose_handler: '处理人', into_no: '合并到的反馈编号', into_help: '本条将标记为已合并，后续在那一条中处理', unlink_help: '清空则取消关联', ask_accept: '受理反馈 {no}？受理后由您跟进。', done: '反馈 {no}：{action}', anonymous: '未留姓名', why_closed: '已关闭或已合并，不能再操作', photo_open: '查看大图',
    figures_all: '全部反馈', figures_kind: '按类型', figures_category: '按分类', figures_station: '按充电站（前 20）', no_station: '未填写充电站', count: '反馈数', closed_count: '已关闭', answered_count: '已答复', answer_mean: '平均首次答复', answer_rate: '答复及时率', close_mean: '平均办结', close_rate: '办结及时率', limits: '时限设置', limits_hint: '新收到的反馈按此计算；已有反馈的时限不变', answer_minutes: '首次答复（分钟）', close_minutes: '办结（分钟）', limit_saved: '「{kind}」的时限已保存', merged_note: '已合并的反馈计入合并后的那一条', minutes: '{n} 分钟', hours: '{n} 小时', days: '{n} 天',
  },
  invoice: { review: '待审核', waiting: '待开票', issuing: '开票中', issued: '已开票', sent: '已发送', failed: '开票失败', reversing: '红冲中', reversed: '已红冲', rejected: '已驳回' },
  invoice_kind: { digital_general: '数电普票', digital_special: '数电专票', electronic_general: '电子普票', electronic_special: '电子专票', receipt: '收据（非税务发票）' },
  invoice_customer: { person: '个人', company: '企业', driver: '司机' },
  invoice_event: { email: '修改邮箱', mail: '发送邮件', sent: '邮件已送出', mail_failed: '邮件被退回', apply: '提交申请', approve: '审核通过', reject: '驳回', start: '重试 / 刷新', ask: '交给渠道', issued: '已开具', failed: '开票失败', login_lost: '渠道登录失效', reverse: '申请红冲', reverse_state: '红冲进度', reverse_over: '红冲未完成', reversed: '已红冲', withdraw: '撤销红冲', redeliver: '渠道重新交付' },
  mail: { waiting: '待发送', sent: '已发送', failed: '发送失败' },
  invoices: {
    serial_no: '开票序号', kind: '发票类型', state: '状态', phone: '用户手机号', customer_kind: '用户类型', title: '发票抬头', tax_no: '税号', seller: '销售方', net: '金额', tax: '税额', total: '价税合计', electricity: '电费', service: '服务费', orders: '订单数', number: '发票号码', email: '邮箱', mail: '邮件', mail_n: '{n} 次', applied: '申请时间', issued: '开票时间', failure: '失败原因', red: '红字', sum: '合计 {n} 张',
    email_set: '修改邮箱', send: '重发邮件', email_help: '只影响发送，不改变发票内容', email_done: '发票 {no} 的邮箱已改为 {email}', email_missing: '这张发票没有邮箱，请先修改邮箱', ask_send: '将发票 {no} 发送到 {email}？每张发票每天最多发送 5 次。', send_done: '发票 {no} 已进入待发送队列',
    outbox_note: '重发的邮件由任务「发送邮件」经启用的邮件渠道发出；没有渠道时保持「待发送」。', empty_hint: '开具的电子发票会出现在这里', facts: '发票信息', orders_title: '关联订单', mails: '邮件记录', mails_hint: '每天最多 5 次', mails_none: '还没有发送过邮件', story: '操作记录', download: '下载文件',
  },
  outcome: { yes: '成功', no: '失败' },
  command: {
    queued: '等待应答', accepted: '成功', refused: '被拒绝', unsupported: '不支持', timed_out: '超时无应答', link_lost: '连接断开', deferred: '已排队', waiting: '等待桩应答 {seconds} 秒',
    summary: '操作', state: '结果', message: '说明', staff: '操作人', created: '下发时间', took: '用时', detail: '详情', asked: '下发内容', asked_nothing: '这条指令没有参数', answer_none: '桩没有返回更多内容', none: '还没有对这台桩下发过指令',
  },
  command_told: { queued: '桩尚未应答，可在指令记录中查看结果', accepted: '桩已执行', refused: '桩拒绝执行', unsupported: '这台桩不支持该操作', timed_out: '桩在规定时间内没有应答', link_lost: '桩的连接已断开，指令未确认', deferred: '已排队，桩上线并空闲后自动执行' },
  verdict: { applied: '已处理', duplicate: '重复', rejected: '已拒收', quarantined: '待核查', sent: '已发送' },
  direction: { up: '上行', down: '下行' },
  curve: { title: '充电曲线', power: '功率', soc: 'SOC', voltage: '电压', current: '电流', energy: '电量', temperature: '温度', choose: '请在上方选择要显示的曲线', none: '还没有充电数据' },
  frame: { kind: '报文类型', direction: '方向', shown: '显示 {shown} 条，已读取 {loaded} 条', none: '没有报文', older: '更早的报文', newer: '后续报文', raw: '原始报文', answer: '应答', bytes: '{n} 字节' },
  frame_kind: {
    BootNotification: '启动通知', Heartbeat: '心跳', StatusNotification: '状态通知', Authorize: '鉴权', StartTransaction: '开始交易', MeterValues: '计量数据', StopTransaction: '结束交易', DataTransfer: '数据透传', DiagnosticsStatusNotification: '诊断状态', FirmwareStatusNotification: '升级状态',
    RemoteStartTransaction: '远程启动', RemoteStopTransaction: '远程停止', Reset: '重启', UnlockConnector: '解锁', ChangeAvailability: '启停', GetConfiguration: '读取参数', ChangeConfiguration: '设置参数', ClearCache: '清除缓存', TriggerMessage: '召测',
    '0x01': '登录', '0x02': '登录应答', '0x03': '心跳', '0x04': '心跳应答', '0x05': '计费模型验证', '0x06': '验证应答', '0x09': '请求计费模型', '0x0A': '计费模型应答', '0x12': '读取实时数据', '0x13': '实时数据', '0x15': '充电握手', '0x17': '参数配置', '0x19': '充电结束', '0x1B': '错误报文', '0x1D': 'BMS 中止', '0x21': '充电机中止', '0x23': '需求与输出', '0x25': 'BMS 信息',
    '0x31': '申请启动', '0x32': '启动应答', '0x33': '启机应答', '0x34': '远程启机', '0x35': '停机应答', '0x36': '远程停机', '0x3B': '交易记录', '0x40': '记录确认', '0x41': '余额更新应答', '0x42': '更新余额', '0x51': '工作参数应答', '0x52': '设置工作参数', '0x55': '对时应答', '0x56': '对时', '0x57': '计费设置应答', '0x58': '设置计费模型', '0x91': '重启应答', '0x92': '远程重启', '0x93': '升级应答', '0x94': '远程升级',
  },
  audit_action: {
    report_plan_create: '新增报表订阅', report_plan_update: '修改报表订阅', report_plan_delete: '删除报表订阅',
    customer_inquiry_create: '向充电桩查询用户信息', customer_inquiry_reveal: '查看充电桩返回的用户信息', invoice_confirm: '通过开票申请', invoice_create: '申请开票', invoice_mail_create: '发送发票邮件', invoice_reversal_create: '红冲发票', invoice_reversal_cancel: '撤回红冲', invoice_start: '重试开票', invoice_update: '修改发票', invoice_title_create: '新增发票抬头', invoice_title_update: '修改发票抬头', invoice_title_delete: '删除发票抬头', load_set: '设置充电站负荷管理', occupancy_plan_set: '设置占位费方案', order_voucher_set: '为订单选择优惠券', occupancy_waiver_create: '免除占位费', occupancy_waiver_update: '复核免除占位费', pay_channel_create: '新增支付渠道', pay_channel_update: '修改支付渠道', pay_channel_check: '测试支付渠道', payment_create: '代客收款', refund_create: '申请退款', refund_confirm: '审批退款', refund_start: '重新提交退款', refund_check: '查询退款结果', refund_cancel: '撤销退款', refund_update: '登记线下退款', seller_set: '设置销售方', vendor_word_create: '新增厂商报文', vendor_word_delete: '删除厂商报文',
    support_fetch: '下载支持包', order_recording_fetch: '下载订单回放文件', pile_recording_fetch: '下载充电桩回放文件',
    firmware_create: '新建固件', firmware_file_set: '上传固件文件', firmware_delete: '删除固件', customer_create: '新建用户', customer_update: '修改用户', customer_status_set: '冻结、解冻或注销用户', customer_reveal: '查看完整个人信息', customer_card_create: '绑定充电卡', customer_card_delete: '解绑充电卡', customer_car_create: '添加车辆', car_delete: '删除车辆', fleet_create: '新建车队', fleet_update: '修改车队', fleet_car_create: '添加车队车辆', fleet_import: '导入车队司机与车辆', fleet_limit_set: '设置车队使用限制', customer_sync: '来源平台同步用户', dialect_create: '新建方言', dialect_update: '修改方言', dialect_delete: '删除方言', pile_dialect_set: '指定桩的方言', reservation_create: '预约', reservation_cancel: '取消预约', pile_desired_check: '立即核对期望状态', configuration_profile_create: '新建配置模板', configuration_profile_update: '修改配置模板', configuration_profile_delete: '删除配置模板', wallet_change_create: '提交余额调整', wallet_change_update: '复核余额调整', order_refund_create: '订单退款', order_write_off_create: '核销欠款', customer_pay_way_set: '设置用户支付方式', fleet_account_set: '设置车队账户', fleet_driver_limit_set: '设置司机用量上限', reconciliation_start: '核对一天', reconciliation_confirm: '签核对账', reconciliation_undo: '重开对账', counter_bill_start: '获取渠道账单', counter_bill_confirm: '签核对方账单', counter_bill_undo: '重开对方账单', person_export: '导出个人信息', erasure_create: '申请删除个人信息', erasure_update: '复核删除个人信息', erasure_reapply: '恢复后再次删除', counter_difference_update: '处理对方差异', peer_create: '新建互联方', peer_update: '修改互联方', peer_bill_import: '导入互联方清单', difference_update: '处理对账差异', meter_change_create: '登记换表', meter_change_delete: '删除换表登记', payee_create: '新增分账方', payee_update: '修改分账方', payee_reveal: '查看完整收款账号', sharing_rule_create: '新增分账规则', sharing_rule_update: '修改分账规则', sharing_rule_delete: '删除分账规则', sharing_period_start: '试算分账', sharing_period_confirm: '结算分账', sharing_proposal_update: '复核分账', sharing_payout_create: '登记分账付款', day_bill_start: '重算站日账单',
    order_import_create: '上传补录文件', order_import_confirm: '确认导入订单', order_import_undo: '撤销导入批次', export_create: '导出列表', export_fetch: '下载导出文件', export_cancel: '取消导出', session_create: '登录', session_delete: '退出', session_password_set: '修改密码', operator_create: '新建运营商', operator_update: '修改运营商', operator_status_set: '启停运营商', city_save: '开通城市', city_create: '开通城市', city_update: '修改城市', city_status_set: '暂停或恢复城市', station_create: '新建充电站', station_update: '修改充电站', pile_create: '新建充电桩', pile_update: '修改充电桩', pile_import: '导入充电桩', pile_password_set: '设置接入密码', unknown_pile_dismiss: '忽略未登记设备', first_run_dismiss: '不再显示首次使用引导', station_status_set: '暂停或恢复营业', station_photo_create: '上传充电站照片', station_photo_update: '修改充电站照片', station_photo_delete: '删除充电站照片', brand_set: '设置品牌', brand_delete: '恢复默认品牌',
    certificate_delete: '吊销桩证书', pile_command: '远程操作', pile_record_update: '编辑桩的资产档案', pile_tariff_set: '设置桩的计费模型', order_stop: '远程停止', order_note_create: '写订单备注', command_create: '远程操作', tariff_create: '发布计费模型', card_create: '登记充电卡', card_update: '修改充电卡', card_import: '导入充电卡', staff_create: '新建账号', staff_update: '修改账号', feedback_block_create: '加入反馈黑名单', feedback_block_cancel: '解除反馈黑名单', staff_handover_create: '离职交接', token_create: '新建令牌', session_stop: '结束登录', audit_list: '查看审计日志', administrator_split_create: '三员分立', identity_provider_create: '新建统一身份认证', identity_provider_update: '修改统一身份认证', identity_provider_delete: '删除统一身份认证', session_proof_create: '再次验证身份', second_factor_confirm: '开启两步验证', second_factor_delete: '关闭两步验证', second_factor_cancel: '重置两步验证', recovery_code_create: '重新生成恢复码', token_delete: '删除令牌', staff_lock_delete: '解锁账号', staff_password_set: '重置密码', role_create: '新建角色', role_update: '修改角色', role_delete: '删除角色', tariff_plan_create: '安排调价', tariff_plan_cancel: '撤回调价计划', tariff_plan_apply: '调价计划生效', tariff_delivery_start: '重试下发计费模型', pile_batch_create: '批量操作', pile_batch_start: '重试批量操作', pile_batch_stop: '停止批量操作',
    content_create: '新建内容', content_update: '修改内容', content_status_set: '发布或撤回内容', content_delete: '删除内容草稿', content_picture_create: '上传内容图片', content_picture_delete: '删除内容图片', coupon_create: '新建优惠券', coupon_update: '修改优惠券', coupon_status_set: '停发或恢复优惠券', voucher_create: '发放优惠券', voucher_cancel: '收回用户券', coupon_voucher_cancel: '收回未使用的券', driver_price_create: '新建司机价', driver_price_update: '修改司机价', driver_price_status_set: '启停司机价', driver_price_delete: '删除司机价草稿',
    work_order_create: '新建工单', work_order_update: '处理工单', work_order_photo_create: '上传工单照片', work_order_limit_set: '设置工单时限', inspection_plan_create: '新建巡检计划', inspection_plan_update: '修改巡检计划', inspection_plan_delete: '删除巡检计划',
    safety_rule_create: '新建安全规则', safety_rule_update: '修改安全规则', safety_rule_delete: '删除安全规则', safety_trial_create: '试算安全规则', safety_trial_cancel: '取消试算', safety_act_judge: '核实安全事件', safety_act_release: '恢复锁定的桩', emergency_create: '紧急停机', emergency_start: '重试紧急停机', emergency_cancel: '解除紧急停机', device_check_create: '登记检验', device_check_update: '更新检验', device_check_delete: '删除检验',
    safety_pause_create: '屏蔽安全规则', safety_pause_cancel: '提前结束屏蔽', customer_advice_set: '开关充电建议', advice_update: '处理经营建议',
    holiday_set: '录入节假日安排', holiday_delete: '恢复自带节假日安排',
    healing_playbook_create: '新建自愈预案', healing_playbook_update: '修改自愈预案', healing_playbook_delete: '删除自愈预案', healing_run_stop: '中止自愈',
    alarm_update: '处理告警', alarm_rule_create: '新建告警规则', alarm_rule_update: '修改告警规则', alarm_rule_delete: '删除告警规则', alarm_notice_create: '新建告警通知', alarm_notice_update: '修改告警通知', alarm_notice_delete: '删除告警通知',
    feedback_create: '登记反馈', feedback_update: '处理反馈', feedback_limit_set: '设置反馈时限', feedback_phone_get: '查看完整手机号', feedback_template_create: '新建回复模板', feedback_template_update: '修改回复模板', feedback_template_delete: '删除回复模板', member_level_create: '新建会员等级', member_level_update: '修改会员等级', member_level_delete: '删除会员等级',
    parameter_update: '修改参数', channel_create: '新建渠道', channel_update: '修改渠道', channel_check: '测试渠道', delivery_start: '重新发送投递', customer_source_update: '修改用户来源', customer_source_sync: '同步用户来源', job_update: '暂停或恢复任务', job_start: '立即运行任务', feedback_category_create: '新建反馈分类', feedback_category_update: '修改反馈分类', drill_create: '登记恢复演练',
  },
  audit_noun: { first_run: '首次使用引导', safety_pause: '规则屏蔽', support: '支持包', safety_rule: '安全规则', safety_trial: '规则试算', safety_act: '安全事件', emergency: '紧急停机', device_check: '检验', report: '综合报表', report_plan: '报表订阅', advice: '经营建议', holiday: '节假日安排', healing_playbook: '自愈预案', healing_run: '自愈', identity_provider: '统一身份认证', work_order: '工单', inspection_plan: '巡检计划', alarm: '告警', alarm_rule: '告警规则', alarm_notice: '告警通知', payee: '分账方', sharing_rule: '分账规则', sharing_period: '分账期', sharing_line: '分账明细', sharing_statement: '分账单', feedback_block: '反馈黑名单', person: '个人信息', pay_channel: '支付渠道', payment: '支付', refund: '退款', vendor_word: '厂商报文', reservation: '预约', dialect: '方言', firmware: '固件', certificate: '证书', fleet_car: '车队车辆', order_import: '订单补录', customer: '用户', fleet: '车队', car: '车辆', export: '导出', audit: '审计日志', session: '会话', staff: '账号', operator: '运营商', station: '充电站', pile: '充电桩', unknown_pile: '未登记设备', command: '指令', order: '订单', tariff: '计费模型', card: '充电卡', token: '令牌', role: '角色', city: '城市', invoice: '发票', seller: '销售方', invoice_title: '开票抬头', feedback: '反馈', content: '内容', coupon: '优惠券', voucher: '用户券', driver_price: '司机价', tariff_plan: '调价计划', pile_batch: '批量操作', channel: '渠道', job: '任务', feedback_category: '反馈分类', parameter: '参数', brand: '品牌', customer_source: '用户来源', configuration_profile: '配置模板', feedback_template: '回复模板', member_level: '会员等级', drill: '恢复演练', day_bill: '站日账单', counter_bill: '对方账单', counter_difference: '对方差异', peer: '互联方', reconciliation: '桩账单对账', difference: '对账差异', meter_change: '换表' },
  file: {
    button: '批量导入', title_pile: '批量导入充电桩', title_card: '批量导入充电卡', choose: '选择 CSV 文件', again: '重新选择', drop: '或将文件拖到这里', columns: '列名（第一行）', template: '下载模板', rule: '全部正确才会写入；已存在的编号保持不变，可重复导入。', go: '导入',
    created: '已新建 {n} 条', existing: '已存在 {n} 条，未改动', bad: '有 {n} 行不正确，没有写入任何内容', line: '行', field: '列', what: '问题', passwords: '自动生成的接入密码（仅显示这一次）', save: '下载密码表', too_big: '文件超过 4 MB，请拆分', encoding: '文件不是 UTF-8 编码，请另存为「CSV UTF-8」', chosen: '{name}，{n} 行',
  },
  home: {
    emergency: '紧急停机中的充电站', check_due: '待检验', advice: '待决定的经营建议', work_waiting: '待接工单', work_done: '待验收工单', work_overdue: '超时工单', alarm_critical: '紧急告警', alarm_open: '未确认告警', today: '今日', updated: '{at} 更新', energy: '充电量', orders: '订单数', total: '应收金额', service: '其中服务费', success: '一次启动成功率', yesterday: '较昨日同时', week: '较上周同日', point: '个百分点',
    states: '枪状态', states_all: '全部枪', now: '实时功率', charging_orders: '充电中的订单', charging_note: '含车辆暂停和桩已离线、尚未结束的订单，因此可能多于「充电中」的枪', piles_online: '在线桩', todo: '待办', invoice_review: '待审核的开票申请', invoice_failed: '开票失败', seller_lost: '开票渠道登录失效', todo_none: '没有待办，一切正常',
    abnormal: '异常订单', faulted: '有故障枪的桩', offline: '离线桩', feedback: '待处理反馈', overdue: '超时反馈', escalated: '已升级反馈', unknown: '未登记设备', hours: '今日逐时', days: '近 30 天', top: '充电站排行', top_none: '近 7 天没有充电', settlement: '待复核的异常结算', backup: '备份告警',
    card_figures: '今日指标', card_states: '枪状态', card_now: '实时功率', card_todo: '待办', card_pinned: '关注的充电站', card_hours: '今日逐时', card_days: '近 30 天趋势', card_ranking: '充电站排行', card_entries: '功能入口', card_notices: '公告与版本', arrange: '调整布局', arranged: '完成调整', reset: '恢复默认布局', hide: '隐藏', hide_card: '隐藏「{card}」', hidden: '已隐藏的卡片：', hidden_none: '没有隐藏的卡片', all_hidden: '所有卡片都已隐藏；点「调整布局」可重新显示', move_card: '移动「{card}」', move_help: '拖动卡片调整位置，或选中卡片名后按方向键移动；布局随账号保存', earlier: '前移', later: '后移', moved: '「{card}」已移到第 {n} 位', stale: '数据停留在 {at}（{minutes} 分钟前），可能与现场不一致', pin: '添加充电站', unpin: '不再关注 {name}', pinned_none: '添加常看的充电站，这里随时显示它们的状态', by_energy: '电量', by_amount: '金额', by_utilisation: '利用率', by_failure: '失败率', by_energy_note: '近 7 天按充电量', by_amount_note: '近 7 天按应收金额', by_utilisation_note: '近 7 天功率利用率 = 充电量 ÷（额定功率 × 时长）', by_failure_note: '近 7 天启动失败最多在前，不足 10 单的站不参与', failure_none: '近 7 天没有启动失败的站',
    entries: '功能入口', entry_base: '充电桩与充电站档案、远程操作', entry_operation: '充电订单、计费模型', entry_customer: '用户、车队、充电卡', entry_customer_app: '轮播、公告、活动、优惠券、消息模板', entry_driver_app: '司机价、任务、公告', entry_finance: '电子发票、邮件重发', entry_service: '投诉与建议、答复时限', entry_system: '账号、日志、未登记设备', unit_order: '单', unit_connector: '枪', yuan: '元', hour: '{h} 时',
  },
  pile: {
    code: '电桩编号', name: '站内名称', operator: '所属运营商', station: '所属充电站', city: '城市', kind: '充电类型', state: '运营状态', live_state: '实时状态', lifecycle: '启停状态', connectors: '充电枪', protocol: '通信协议', link: '在线', last_seen: '最近通信', enabled_at: '启用时间', unused: '使用情况', unused_days: '近 {days} 天无订单',
    rated: '额定功率', today: '今日电量', firmware: '程序版本', vendor: '厂商', model: '型号', serial: '出厂编号', iccid: 'SIM 卡 ICCID', meter: '电表编号', connected: '连接时间', address: '来源地址', skew: '时钟偏差', tariff: '计费模型', tariff_match: '计费模型是否一致', match_not_needed: '无需下发，由平台计费', has_model: '桩内 {no} 号，{at} 上报', created: '登记时间',
    operator_name: '运营商名称', operator_find: '名称包含', create: '新建充电桩', connector_no: '{no} 号枪', connector_short: '{no} 号枪', connector_count: '枪数', password: '接入密码', password_set: '已设置', password_none: '未设置', password_help: 'OCPP 桩留空则自动生成；仅显示一次', password_once: '接入密码（仅显示这一次，请立即保存）', created_told: '充电桩 {code} 已登记',
    code_help: '云快充为 14 位数字；OCPP 为桩上配置的标识', code_ykc: '云快充桩编号须为 14 位数字', code_ocpp: 'OCPP 标识为 1 到 48 个字母、数字或 . _ - : * ＠', password_rule: '接入密码应为 4 到 64 个可见的英文字符，不含空格', rated_kw: '额定功率 (kW)', edit: '编辑档案', changed: '资料已被他人修改，已读取最新内容，请核对后再保存', saved: '已保存', empty_hint: '先新建充电站，再登记充电桩；已接入但未登记的桩见「未登记设备」',
    tab_connectors: '实时', tab_orders: '订单', tab_frames: '报文', tab_commands: '指令记录', tab_variables: '设备变量', tab_base: '档案', start: '远程启动', stop: '远程停止', unlock: '解锁', make_unavailable: '停用枪', make_available: '启用枪', reset_soft: '软重启', reset_hard: '硬重启', tariff_set: '下发计费', clock_set: '校时', trigger: '召测', call: '按协议操作发送', cache_clear: '清除授权缓存', remote: '远程操作', tab_files: '固件与日志',
    ask_start: '在 {code}（{name}）的 {no} 号枪上启动充电？', ask_stop: '停止订单 {order_no} 的充电？', ask_unlock: '解锁 {code} 的 {no} 号枪？车主正在使用时请先确认。', ask_unavailable: '停用 {code} 的 {no} 号枪？停用后不能启动新的充电。', ask_available: '启用 {code} 的 {no} 号枪？',
    ask_reset_soft: '软重启 {code}（{name}）？桩会先正常结束正在进行的充电。', ask_reset_hard: '硬重启 {code}（{name}）？正在进行的充电会被立即中断。', ask_cache_clear: '清除 {code} 的授权缓存？',
    why_offline: '桩不在线，无法远程操作', why_permission: '您的账号没有远程操作权限', why_busy: '该枪已有进行中的订单', why_state: '该枪当前状态为「{state}」，不能启动', why_lifecycle: '该桩已停用，不能启动充电', why_write: '您的账号没有修改权限', why_no_order: '该枪没有进行中的订单', why_no_tariff: '充电站尚未设置计费模型',
    live_none: '暂无实时数据', since: '已充 {time}', delivered: '已充电量', cost: '当前费用', at: '{at} 的数据', call_answer: '桩的应答', send: '发送', new_password: '重设接入密码', ask_password: '重设 {code} 的接入密码？重设后桩需使用新密码重新连接。',
    stale_since: '离线前最后状态：{state}', unit_ms: '{n} 毫秒', retired_only: '只看报废的桩', retired_not: '不含报废的桩', none_faults: '无故障', fault: '故障', model_no: '模型编号 {no}',
  },
  map_state: { faulted: '有故障', offline: '有离线', full: '无空闲', available: '有空闲', empty: '无桩' },
  map: {
    operator_name: '运营商名称', city_name: '城市', station_name: '站点名称', station_code: '站点编号', piles: '桩数', connectors: '枪数', count_by: '标记显示', in_view: '视野内 {n} 座充电站', totals: '共 {stations} 座站，{piles} 台桩，{connectors} 把枪', unlocated: '{n} 座站未定位', first_of: '显示前 {n} 座', full: '全屏', full_exit: '退出全屏', all: '全国', none: '没有符合条件的充电站', none_hint: '试试减少条件，或移动地图', detail: '详情', legend: '图例', counts: '{piles} 桩 · {available}/{connectors} 枪空闲', title: '充电桩分布地图', title_group: '{name}：{stations} 座站，{piles} 台桩，{state}', title_station: '{name}：{piles} 台桩，{state}', list: '充电站列表', outlines: '省市轮廓来自 Apache ECharts',
  },
  operator_status: { enabled: '启用', disabled: '停用' },
  operator: {
    name: '运营商名称', credit_code: '统一社会信用代码', org: 'OperatorID', contact: '联系人', phone: '联系电话', contact_find: '联系人或电话', contract: '合同期限', contract_from: '合同开始日期', contract_to: '合同结束日期', status: '状态', stations: '站数', piles: '桩数', connectors: '枪数', created: '创建时间', create: '新建运营商', edit: '编辑运营商',
    code_help: '18 位，见营业执照；末位为校验位', code_bad: '信用代码应为 18 位数字或大写字母（不含 I、O、S、V、Z）', created_told: '运营商「{name}」已新建', saved: '运营商「{name}」已保存', disable: '停用', enable: '启用', disable_title: '停用运营商「{name}」', disable_hint: '停用后，其 {stations} 座充电站的 {piles} 台桩立即不能启动新的充电；进行中的充电不受影响，正常结束并结算。', reason: '停用原因', reason_help: '会显示给被拒绝启动的人', ask_enable: '启用运营商「{name}」？启用后其充电站可以启动充电。',
    disabled: '运营商「{name}」已停用', enabled: '运营商「{name}」已启用', ends_soon: '{n} 天后到期', ended: '已到期', since: '{at} 停用：{reason}', view_stations: '查看充电站', empty_hint: '先新建运营商，再新建它的充电站', why_platform: '运营商由平台统一管理',
  },
  city_status: { open: '已开通', pausing: '即将暂停', paused: '已暂停', closed: '未开通' },
  city: {
    province: '省份', name: '城市名称', status: '开通状态', code: '行政区划代码', opened: '开通时间', operators: '运营商数', stations: '站数', piles: '桩数', connectors: '枪数', energy: '本月电量', hotline: '客服电话', all: '已开通与暂停', create: '开通城市', open: '开通', open_chosen: '开通所选（{n}）', cities: '城市', cities_help: '可选择多个；数据来自 GB/T 2260 行政区划代码', opened_told: '已开通 {n} 个城市', edit: '编辑',
    edit_title: '编辑 {name}', pause: '暂停', pause_title: '暂停 {name}', pause_hint: '暂停后，{name} 的 {piles} 台桩不能启动新的充电；进行中的充电不受影响，正常结束并结算。', reason: '暂停原因', reason_help: '会显示给被拒绝启动的人', from: '从何时起', from_now: '立即', paused_told: '{name} 已暂停', pausing_told: '{name} 将于 {at} 暂停', resume: '恢复', ask_resume: '恢复 {name}？恢复后立即可以启动充电。', resumed: '{name} 已恢复', since: '{at} 起：{reason}', saved: '已保存', view_stations: '查看充电站', why_platform: '开通城市由平台统一管理', choose_missing: '请至少选择一个城市', empty_hint: '开通城市后，即可在该城市新建充电站', ask_open: '开通 {names} 等 {n} 个城市？',
  },
  station: { name: '充电站名称', operator: '所属运营商', city: '城市', address: '地址', piles: '桩数', connectors: '枪数', tariff: '计费模型', zone: '时区', create: '新建充电站', created_told: '充电站「{name}」已新建', tariff_help: '未设置计费模型的站不能启动充电', view_piles: '查看充电桩', view_orders: '查看订单',
    code: '站点编号', code_help: '留空则为 S 加序号；字母、数字、- 或 _', located: '地图位置', located_no: '未定位', located_yes: '已定位', operator_name: '运营商名称', edit: '编辑档案', saved: '充电站已保存', changed: '资料已被他人修改，已读取最新内容，请核对后再保存', tab_today: '今日', tab_piles: '充电桩', tab_orders: '订单', tab_tariff: '计费', tab_base: '档案', place: '经纬度 (WGS-84)', place_gcj: '经纬度 (GCJ-02)', longitude: '经度', latitude: '纬度', degree_help: '十进制度数，如 114.305400', degree_bad: '应为十进制度数，如 114.305400', datum: '坐标系', datum_help: '系统统一按 WGS-84 保存，自动换算', wgs84: 'WGS-84（GPS）', gcj02: 'GCJ-02（高德、腾讯地图）',
    phone: '客服电话', opening: '营业时间', opening_from: '营业开始', opening_to: '营业结束', opening_help: '全天营业请都留空；结束早于开始表示跨越零点', opening_bad: '应为 00:00 到 24:00 之间的时刻，如 22:30', always: '全天 24 小时', next_day: '次日', parking: '停车规则', facilities: '配套设施', transformer: '变压器容量 (kVA)', cap: '功率上限 (kW)', rated: '桩额定功率合计', over_cap: '超过功率上限', created: '创建时间', online: '在线桩', connector_states: '枪状态', no_connectors: '还没有充电枪', hours: '逐时充电量', hours_today: '今日', hours_yesterday: '昨日', orders_today: '今日订单', energy_today: '今日电量', total_today: '今日金额', service_today: '其中服务费', yesterday_was: '昨日全天 {value}', fix: '去定位', edit_title: '编辑 {name}' },
  orders: {
    pay_way: '支付方式', paid_state: '支付状态',
    time: '时间', time_kind: '时间类型', started: '开始时间', ended: '结束时间', order_no: '订单号', session_key: '交易流水号', station: '充电站', pile: '电桩编号', pile_and_no: '桩 / 枪', operator: '运营商名称', customer: '用户', state: '状态', plate: '车牌', abnormality: '异常类型', token: '卡号', start_mode: '启动方式', duration: '时长',
    energy: '电量', electricity: '电费', service: '服务费', total: '总金额', stop: '停止原因', soc: 'SOC', created: '创建时间', empty_hint: '充电开始后，订单会自动出现在这里', zone_note: '本页时间为充电站当地时间（{zone}）', month_note: '按开始时间归属，默认显示本月', order_no_digits: '18 位数字', abnormal_any: '异常标记',
    curve: '充电曲线', bill: '账单', day: '时段分布', segment: '时段', price_electricity: '电价', price_service: '服务费价', price_unit: '元/kWh', pile_bill: '桩上报账单', pile_amount: '桩计金额', our_amount: '平台金额', difference: '差额', same: '与平台一致', differs: '与平台不一致', no_segments: '结算后显示分时账单', no_segments_hand: '人工结算，没有分时账单', no_segments_open: '充电结束并结算后生成账单', tariff: '计费模型', version: '第 {n} 版', frames: '报文时间线', commands: '操作记录', facts: '订单信息', meter_start: '起始表数', meter_end: '结束表数', vin: 'VIN', skew: '桩时钟偏差', started_by: '启动人', brought_by: '补录来源', explanation: '账单说明', average: '平均功率', exact_total: '分段合计', ask_stop: '停止 {pile} {no} 号枪上的订单 {order_no}？', price_total: '合计单价', live_power: '当前功率', running: '进行中，数据实时更新', why_closed: '订单已结束',
    city: '城市', connector: '枪号', connector_hint: '如 1', phone: '手机号', phone_hint: '后 4 位或全号', customer_id: '用户ID', fleet: '车队', whole: '完整号码', yuan: '元',
    notes: '备注', note_write: '写备注', note_text: '备注内容', note_told: '备注已保存', note_rule: '写下后不能修改或删除，所有能看到此订单的人都可见', no_notes: '还没有备注',
  },
  tariff: { day_prices: '一天的价格', bars_note: '下段为电费，上段为服务费，框出的是现在（北京时间）', mean: '全天平均单价', compare: '与其他版本对比', compare_with: '选择对比的版本', compare_choose: '选择一个版本，查看有哪些时段不同', only_version: '这是唯一的版本', same: '两个版本完全相同', stretch: '不同的时段', change: '变化', renamed: '时段类型改变', used_since: '开始使用时间', gone: '没有这个计费模型版本', name: '名称', version: '版本', model_no: '模型编号', stations: '使用的站', created: '发布时间', rates: '价格（元/kWh）', periods: '时段', create: '新建计费模型', new_version: '发布新版本', electricity: '电费', service: '服务费', total: '合计', paint: '选择时段后在时间轴上拖动涂色，每格半小时；也可用方向键移动、空格涂色，按 1 至 4 依次涂尖、峰、平、谷', name_help: '与已有名称相同则发布为新版本，只影响新订单', at_once: '使用旧版本的充电站', at_once_yes: '发布后立即改用新版本', at_once_no: '仅发布，之后用调价计划安排生效时间', created_told: '计费模型「{name}」已发布', price_bad: '价格须为 0 到 99.99999 之间、最多 5 位小数的数', preview: '预览', all_day: '全部涂为{period}', half_hour: '{from} 至 {to}，{period}' },
  cards: { tag: '卡号', status: '状态', group: '卡组', customer: '用户', expires: '有效期至', sessions: '同时充电数', created: '登记时间', create: '登记充电卡', created_told: '充电卡 {tag} 已登记', block: '挂失', restore: '恢复', ask_block: '挂失充电卡 {tag}？挂失后立即不能启动充电。', ask_restore: '恢复充电卡 {tag}？', forever: '长期', group_help: '同组的卡可以互相停止充电', empty_hint: '登记后，持卡人即可刷卡充电', changed: '充电卡 {tag}：{status}' },
  customers: {
    id: '用户ID', name: '姓名', phone: '手机号', source: '来源平台', kind: '用户类型', fleet: '车队', fleet_none: '不属于车队', cards: '充电卡', cars: '车辆', orders: '订单数', energy: '累计电量', total: '累计金额', charged: '最近充电', created: '注册时间', status: '状态', tags: '标签', note: '备注', sum: '合计',
    as_of: '出行平台数据截至 {at}', as_of_off: '出行平台数据截至 {at}；推送已关闭，以下为已有副本', never_synced: '已开启出行平台推送，尚未收到数据', pulled_as_of: '用户来源数据截至 {at}', pulled_old: '用户来源暂时不可用，数据截至 {at}，以下为已有副本', pulled_off: '用户来源已停用，数据截至 {at}', pulled_never: '用户来源尚未同步成功',
    create: '新建用户', created_told: '用户「{name}」已新建', edit: '编辑用户', saved: '已保存', id_hint: '开头数字', phone_hint: '前或后几位', phone_rule: '手机号应为 13 至 19 开头的 11 位数字；境外号码请写 + 和国家代码', phone_keep: '留空则不修改', tags_help: '用逗号或空格分隔，最多 10 个', empty_hint: '新建自有用户，或由出行平台同步',
    shared: '号码重复', shared_hint: '另有用户使用同一手机号，点开可查看', same_phone: '以下用户使用同一手机号，请核对是否为同一人。两个用户各自保留，不会自动合并。', why_platform: '用户与车队由平台统一管理，请联系平台管理员', why_cancelled: '该用户已注销',
    reveal: '查看', reveal_label: '查看完整{label}', reveal_hint: '查看完整内容，本次查看会记入审计日志', read_only: '姓名、手机号和类型由来源平台维护，此处只读；请在来源平台修改。', external: '来源平台标识', synced: '同步时间',
    freeze: '冻结', unfreeze: '解冻', cancel: '注销', confirm: '确定', reason: '原因', until: '冻结至', until_open: '直到手动解冻', decide_active: '解冻用户「{name}」', decide_frozen: '冻结用户「{name}」', decide_cancelled: '注销用户「{name}」', decided: '用户状态已改为「{status}」',
    ask_frozen: '冻结后该用户的卡不能启动充电；正在进行的充电不受影响，会正常结束并结算。', ask_cancelled: '注销后不能恢复，名下的充电卡会全部解绑；有未结束的订单时不能注销。', tab_holdings: '卡与车辆', tab_orders: '订单', tab_changes: '变更记录',
    bind: '绑定充电卡', bind_help: '卡须已在“充电卡”页面登记，且未绑定其他用户', bound: '充电卡 {tag} 已绑定', unbind: '解绑', ask_unbind: '解绑充电卡 {tag}？卡本身仍可使用，之后的订单不再记在该用户名下。', no_cards: '没有绑定充电卡', plate: '车牌号', plate_example: '鄂AD12345', vin: '车架号（VIN）', car_add: '添加车辆', car_added: '车辆已添加', car_delete: '删除', ask_car_delete: '删除车辆 {plate}？', no_cars: '没有车辆',
  },
  fleets: { name: '车队名称', contact: '联系人', contact_phone: '联系电话', drivers: '司机', cars: '车辆', created: '登记时间', create: '新建车队', edit: '编辑车队', created_told: '车队「{name}」已新建', empty_hint: '新建车队后，在车队详情中导入司机与车辆', drivers_hint: '点「导入司机与车辆」，或在用户资料中选择这个车队', cars_hint: '点「导入司机与车辆」，或逐辆添加' },
  ...battery,
  ...content,
  ...dialect,
  ...firmware,
  ...firstRun,
  ...fleet,
  ...invoicing,
  ...ledger,
  ...sharing,
  ...counter_bill,
  ...reconciliation,
  ...pay,
  ...brand,
  ...places,
  ...office,
  ...recordings,
  ...support,
  ...display,
  ...monitor,
  ...operations,
  ...backup,
  ...forecast,
  ...report,
  ...load,
  ...person,
  ...plans,
  ...tariffDays,
  ...state,
  ...system,
  ...service,
  ...abnormal,
  ...advice,
  ...account,
  ...alarm,
  ...safety,
  ...healing,
  ...workOrder,
  ...monitoring,
  ...administration,
  variable: { name: '变量', value: '当前值', unit: '单位', mutability: '读写', data_type: '类型', told: '上报时间', text: '变量名或值', read: '读取全部变量', none: '这台桩还没有上报变量；在线时点“读取全部变量”', ReadOnly: '只读', WriteOnly: '只写', ReadWrite: '可读写' },
  unknown: { code: '设备编号', protocol: '通信协议', address: '来源地址', first: '首次出现', last: '最近出现', attempts: '尝试次数', vendor: '厂商 / 型号', register: '登记', dismiss: '忽略', ask_dismiss: '忽略设备 {code}？它再次连接时会重新出现在这里。', hint: '这些设备尝试接入但未登记，已被拒绝。确认是自己的桩后，登记即可接入。', none: '没有未登记的设备', dismissed: '已忽略设备 {code}' },
  missing: { title: '页面不存在', text: '地址可能有误，或内容已被移走。', home: '回到首页' },
  denied: { title: '没有权限', text: '您的账号不能查看「{page}」。如需使用，请联系系统管理员。', page: '此页面' },
}
