// 用户端运营、司机端运营各页的文字，并入 zh-CN.ts；英文见 content.en.ts。
export default {
  audience: { customer: '用户端', driver: '司机端', staff: '员工' },
  content_kind: { banner: '轮播图', popup: '弹窗', notice: '公告', activity: '活动', task: '司机任务', faq: '常见问题', message: '消息模板' },
  content_state: { draft: '草稿', scheduled: '待发布', published: '展示中', withdrawn: '已撤回', ended: '已结束' },
  message_state: { draft: '草稿', scheduled: '待启用', published: '使用中', withdrawn: '已停用', ended: '已结束' },
  target_group: { all: '全部用户', person: '个人', driver: '司机', employee: '企业员工', fleet: '指定车队' },
  faq_topic: { charging: '充电', payment: '支付与退款', invoice: '发票', account: '账号', device: '设备', other: '其他' },
  task_metric: { orders: '完成订单数', energy: '累计充电量' },
  message_event: { charge_start: '充电开始', charge_end: '充电结束', charge_abort: '充电异常中止', occupation: '占位提醒', refund: '退款到账', invoice: '发票开具', voucher: '优惠券到账' },
  message_variable: {
    station_name: '充电站名称', connector: '桩与枪号', order_no: '订单号', time: '时间', energy_kwh: '充电量（度）', total_yuan: '金额（元）', duration_minutes: '时长（分钟）', reason: '原因', free_minutes: '免费停留（分钟）', occupied_minutes: '已占位（分钟）', fee_yuan_per_minute: '占位费（元/分钟）', refund_yuan: '退款金额（元）', invoice_title: '发票抬头', invoice_yuan: '开票金额（元）', email: '收票邮箱', coupon_name: '优惠券名称', valid_until: '有效期至',
  },
  coupon_kind: { amount: '立减券', percent: '折扣券', service: '服务费券' },
  coupon_payer: { platform: '平台', operator: '运营商' },
  coupon_state: { active: '发放中', stopped: '已停发', exhausted: '已发完', ended: '已过期' },
  voucher_state: { unused: '未使用', used: '已使用', cancelled: '已收回', expired: '已过期' },
  price_fee: { service: '服务费', electricity: '电费' },
  price_cut: { percent: '按比例', amount: '每度减免' },
  weekday: { '1': '周一', '2': '周二', '3': '周三', '4': '周四', '5': '周五', '6': '周六', '7': '周日' },
  content: {
    title: '标题', question: '问题', answer: '答案', body: '正文', kind: '类型', state: '状态', group: '投放人群', fleet: '车队', cities: '投放城市', city: '城市', cities_all: '全部城市', cities_help: '留空为全部城市；只列出已开通的城市', operator: '所属运营商', operator_platform: '平台', operator_help: '留空为平台，面向所有运营商的用户', operator_name: '运营商名称', rank: '排序', rank_help: '0 到 999，大的在前', from: '开始时间', from_now: '发布后立即', until: '结束时间', until_never: '长期有效', link: '跳转链接', link_help: 'https:// 地址，或小程序页面如 /pages/coupon/index；留空则点开正文', topic: '问题分类', event: '发送时机', metric: '任务指标', goal_orders: '目标（单）', goal_energy: '目标（度）', coupon: '关联优惠券', coupon_help: '领取与奖励的优惠券由运营人工发放', pictures: '图片', span: '展示时间', span_open: '{from} 起', span_until: '至 {until}', created: '创建时间', created_by: '创建人', published_at: '最近发布',
    body_help: '可用 ## 小标题、- 列表、1. 步骤、**加粗**、[文字](https://…)', message_body_help: '点上方变量插入到正文末尾；最多 300 字',
    create: '新建{kind}', edit: '编辑{kind}', created_told: '「{title}」已保存为草稿', saved: '「{title}」已保存', publish: '发布', withdraw: '撤回', remove: '删除草稿', enable: '启用', disable: '停用',
    ask_publish: '发布「{title}」？{when}向{who}展示。', when_now: '立即', when_later: '将于 {at} ', ask_withdraw: '撤回「{title}」？撤回后一分钟内从各端消失，可再次发布。', ask_enable: '启用「{title}」？消息渠道接通后，{event}时按它发送。', ask_disable: '停用「{title}」？', ask_remove: '删除草稿「{title}」？删除后不能恢复。', published_told: '「{title}」已发布', withdrawn_told: '「{title}」已撤回', removed_told: '草稿已删除',
    upload: '上传图片', uploading: '正在上传', picture_n: '图片 {n}', picture_remove: '删除图片 {n}', ask_picture_remove: '删除「{title}」的图片 {n}？', pictures_help: 'JPEG、PNG、WebP，每张不超过 5 MB；最多 {n} 张', banner_help: '轮播图建议 750 × 320 像素', picture_big: '图片超过 5 MB，请压缩后再上传', pictures_none: '还没有图片', facts: '投放设置', preview: '手机效果', preview_note: '与手机端所见一致', preview_wait: '填好标题与正文后，这里显示手机上的样子', who_all: '全部用户', who_more: '{group}（{cities}）',
    why_write: '您的账号没有发布内容的权限', why_platform: '平台的内容由平台统一管理，您可以查看，不能修改', empty_hint: '新建后先存为草稿，确认手机效果后再发布', message_note: '消息渠道尚未接通：这里维护模板并校验变量，渠道接通后才会真正发出。', task_note: '任务进度与奖励目前由运营人工核对发放。', insert: '插入变量', day_short: '天',
  },
  phone: {
    city: '所在城市', group: '用户类型', fleet: '车队', at: '查看时间', at_now: '现在', guest: '未登录', customer_app: '充电服务', driver_app: '司机端', home: '首页', news: '公告', offers: '活动', tasks: '任务', help: '帮助', notice: '公告', empty: '此时此地没有内容', scan: '扫码充电', nearby: '附近充电站', know: '我知道了', more: '查看', goal_orders: '完成 {n} 单', goal_energy: '充电 {n} 度', until: '{at} 结束', forever: '长期有效', no_pictures: '（无图片）', hint: '按城市、用户类型与时间，查看手机端此刻会显示什么；数据与手机端接口一致。', counted: '共 {n} 条内容', closed: '关闭弹窗', open_popup: '显示弹窗', screen: '手机屏幕', now_message: '刚刚', status: '9:41', lists: '显示的内容', off: '减 {n} 元', percent: '{n} 折', service: '服务费减 {n} 元', threshold: '满 {n} 元可用', no_threshold: '无门槛', cap: '最高减 {n} 元',
  },
  coupons: {
    name: '名称', kind: '类型', worth: '优惠', off: '减免金额（元）', percent_off: '减免比例（%）', percent_help: '八五折填 15', cap: '最高减免（元）', threshold: '使用门槛（元）', threshold_help: '订单满多少可用，0 为无门槛', total: '发放总量', total_help: '留空为不限量', per_person: '每人限领', validity: '有效期', validity_days: '领取后若干天', validity_fixed: '固定时间', valid_days: '有效天数', valid_from: '有效期开始', valid_until: '有效期结束', days_after: '领取后 {n} 天', payer: '费用承担', payer_help: '选择运营商承担时须指定运营商', cities: '适用城市', note: '备注', state: '状态', given: '已发放', used: '已使用', left: '剩余', unlimited: '不限', created: '创建时间', create: '新建优惠券', edit: '编辑优惠券', created_told: '优惠券「{name}」已新建，可以开始发放', saved: '优惠券「{name}」已保存', locked_note: '已有用户持有此券：面额、门槛、有效期与使用范围不能再改。', money_bad: '应为 0 到 10000 之间、最多两位小数的金额',
    stop: '停发', resume: '恢复发放', ask_stop: '停发「{name}」？已发出的券仍可使用。', ask_resume: '恢复发放「{name}」？', stopped_told: '「{name}」已停发', resumed_told: '「{name}」已恢复发放', empty_hint: '新建优惠券后，可发放给一位用户或一类人群',
    note_use: '本页负责发放与收回。订单结算时抵扣优惠券随资金功能开通，目前不会影响账单。', give: '发放', give_title: '发放「{name}」', to: '发放对象', to_one: '一位用户', to_group: '一类人群', customer: '用户', customer_find: '输入姓名或手机号查找', group: '人群', fleet: '车队', reason: '发放原因', reason_hint: '例如：国庆活动、服务补偿', counting: '正在统计…', will_give: '将发放给 {n} 位用户', will_left: '，发放后剩余 {n} 张', give_go: '确认发放', given_told: '已发放 {n} 张「{name}」', vouchers: '发放记录', cancel_all: '收回未使用', cancel_all_title: '收回「{name}」全部未使用的券', cancel_reason: '收回原因', cancel_note: '未使用的 {n} 张将立即失效，用户不能再使用；已使用的不受影响。', cancelled_told: '已收回 {n} 张', facts: '优惠券信息',
  },
  vouchers: { id: '券编号', customer: '用户', customer_id: '用户ID', customer_name: '姓名', phone: '手机号', state: '状态', valid: '有效期', reason: '发放原因', staff: '发放人', given: '发放时间', ended: '使用/收回时间', end_reason: '收回原因', order: '使用订单', cancel: '收回', cancel_title: '收回 {name} 的券 {id}', cancelled_told: '券 {id} 已收回', none: '还没有发放' },
  driver_prices: {
    name: '名称', fee: '优惠费用', cut: '优惠方式', worth: '优惠', percent_off: '减免比例（%）', percent_help: '八折填 20，免收填 100', off: '每度减免（元）', group: '适用人群', fleet: '车队', area: '适用范围', hours: '适用时段', weekdays: '适用日期', span: '生效时间', from: '时段开始', to: '时段结束', hours_help: '全天都留空；结束早于开始表示跨越零点', hour_bad: '应为 00:00 到 24:00 之间的时刻，如 22:30', every_day: '每天', workdays: '工作日', weekend: '周末', all_day: '全天', next_day: '次日', rank: '优先级', rank_help: '同时符合多条时取最大的', note: '备注', state: '状态', create: '新建司机价', edit: '编辑司机价', created_told: '司机价「{name}」已保存为草稿', saved: '司机价「{name}」已保存', percent_worth: '{fee} {n} 折', free_worth: '免{fee}', amount_worth: '{fee}每度减 {n} 元', price_bad: '应为 0.00001 到 2 之间、最多 5 位小数的金额',
    note_money: '司机价目前只登记和展示，尚未用于订单计费，也不会下发到桩或显示给司机；随资金功能开通后才会生效。', publish: '启用', withdraw: '停用', ask_publish: '启用「{name}」？启用后仍不影响账单，待资金功能开通后按它计费。', ask_withdraw: '停用「{name}」？', ask_remove: '删除草稿「{name}」？', done: '「{name}」：{state}', example: '按价格举例', example_at: '{station} · 计费模型「{tariff}」', example_none: '适用范围内还没有设置计费模型的充电站', before: '原价', after: '司机价', saves: '每度少', facts: '司机价信息', empty_hint: '为网约车、出租车等司机或车队登记优惠价格', area_find: '适用范围', unit: '元/kWh',
  },
  price_state: { draft: '草稿', scheduled: '待启用', published: '已启用', withdrawn: '已停用', ended: '已结束' },
  notices: { title: '公告与版本', none: '没有公告', version: '当前版本 {version}', more: '展开', less: '收起', link: '查看详情', failed: '公告读取失败' },
}
