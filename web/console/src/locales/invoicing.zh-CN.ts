// 申请开票、红冲、销售方与抬头的文字，并入 zh-CN.ts；英文见 invoicing.en.ts。
export default {
  invoice_channel: { receipt: '平台收据', nuonuo: '诺诺开票' },
  channel_login: { working: '正常', lost: '登录已失效' },
  red_reason: { returned: '销货退回', mistake: '开票有误', stopped: '服务中止', allowance: '销售折让' },
  red_state: { waiting: '待申请红字确认单', asked: '红字确认单申请中', buyer: '待购方确认', confirmed: '已确认，红票开具中', withdrawing: '确认单撤销中' },
  invoice_hindrance: { running: '未结算', unpaid: '无可开票金额', invoiced: '已在发票中', fleet_paid: '企业付款，由企业开票' },
  invoice_file: { pdf: 'PDF', ofd: 'OFD', xml: 'XML' },
  invoicing: {
    apply: '申请开票', apply_title: '代用户申请开票', who: '开票对象', customer: '用户', fleet: '车队（企业）', choose_customer: '按姓名或手机号查找用户', choose_fleet: '按名称查找车队', choose_first: '先选择用户或车队，再勾选要开票的订单',
    orders: '选择订单', orders_note: '只列出已付款、尚未开票的订单；赠送金、优惠券、待支付和已退款的部分不开票。一次申请的订单须属于同一销售方。', orders_none: '没有可开票的订单', orders_more: '显示更多订单', invoiceable: '可开票金额', total: '订单金额', chosen: '已选 {n} 单，可开票 {amount}', all: '全选', seller: '销售方', one_seller: '已选订单属于多个销售方，请只保留一个销售方的订单',
    buyer: '抬头信息', from_book: '抬头簿', title_new: '填写新抬头', company: '抬头类型', company_no: '个人', company_yes: '企业', special: '发票类型', special_no: '普票', special_yes: '专票', title: '抬头名称', tax_no: '税号', tax_no_help: '15、17、18 或 20 位；18 位的会核对校验位', address: '地址', phone: '电话', bank_account: '开户行及账号', email: '收票邮箱', email_help: '开具后自动发送，可随时修改', remark: '备注', remark_help: '印在票面上，最多 200 字', title_keep: '存入抬头簿',
    preview: '预览', preview_do: '预览票面', preview_none: '填好后点“预览票面”，核对行项目与税额', preview_stale: '内容已修改，请重新预览', lines: '票面明细', item: '项目', code: '税收编码', rate: '税率', net: '不含税', tax: '税额', amount: '金额', sum: '价税合计', split: '超过销售方单张限额，将拆成 {n} 张', review: '提交后须先审核', receipt_note: '该销售方未接入税务开票渠道，将出具收据（非税务发票）', excluded: '不开票的部分：{amount}', submit: '提交申请', submitted: '已提交 {n} 张申请：{no}',
    start: '开票', retry: '重试开票', refresh: '刷新状态', started: '已交给开票渠道，稍后自动更新', approve: '审核通过', approved: '{no} 已通过审核', reject: '驳回', reject_title: '驳回申请', rejected: '{no} 已驳回，订单可重新开票', reason: '原因', reverse: '红冲', reverse_title: '红冲发票', reverse_note: '数电票不能作废，只能红冲。红冲完成后订单恢复为未开票，可退款或重新开票。', reverse_reason: '红冲原因', reversing: '{no} 已提交红冲', withdraw: '撤销红冲', ask_withdraw: '撤销 {no} 的红字确认单？发票恢复为已开票。', withdrawn: '已提交撤销', batch: '批量开票（{n}）', batch_title: '批量开票', ask_batch: '对选中的 {n} 张申请审核通过并开票，失败的用原单号重试？', batch_done: '已开始 {n} 张', batch_refused: '{n} 张不能开票：{text}',
    other_red: '对应红票', other_blue: '对应蓝票', channel: '渠道', red: '蓝/红', blue_one: '蓝字', red_one: '红字', red_reason: '红冲原因', red_state: '红冲进度', mail_state: '发送状态', issued_range: '开票时间', order_no: '订单号', order_hint: '完整 18 位订单号', invoiced: '开票金额', buyer_facts: '购买方', seller_facts: '销售方', drawer: '开票人', files_waiting: '另有 {n} 个文件正在从渠道取回', steps: '进度', lost_note: '“{name}”的开票渠道登录已失效，申请排队等待：{text}', lost_go: '去处理',
    timeline_by: '系统',
  },
  sellers: {
    note: '每个运营商一个销售方：决定票面的销售方、税率与开票渠道。未设置的运营商由平台出具收据（非税务发票）。', operator: '运营商', unset: '未设置（平台收据）', name: '销售方名称', tax_no: '税号', channel: '开票渠道', login: '渠道登录', quota: '单张限额', review: '开票前审核', review_yes: '需要审核', review_no: '自动开票', drawer: '开票人', checker: '复核人', payee: '收款人', address: '地址', phone: '电话', bank_account: '开户行及账号', edit: '设置', check: '检查登录', checked: '渠道登录正常，排队的申请将继续开票', checked_lost: '渠道登录已失效：{text}', checked_unknown: '渠道没有给出登录状态', saved: '销售方已保存', title: '销售方 · {name}', changed: '最近修改',
    electricity: '电费', service: '服务费', item_name: '商品名称', item_code: '税收分类编码', item_rate: '税率（%）', rate_help: '一般纳税人 13%，小规模 3%（现减按 1%）', quota_yuan: '单张限额（元）', quota_help: '价税合计上限，超过时自动拆成多张', drawer_help: '须与电子税务局登录人一致', url: '接口地址', app_key: 'appKey', app_secret: 'appSecret', access_token: 'accessToken', extension_no: '分机号', account: '电子税务局账号', timeout: '超时（秒）', secret_keep: '留空表示不变；修改地址或 appKey 时须重新填写', secret_help: '加密保存，不再显示', lost_at: '失效于 {time}', login_steps: '请开票人登录电子税务局并完成人脸认证，然后点“检查登录”；排队的申请会自动继续。', rates: '电费 {e} · 服务费 {s}',
  },
  titles: {
    tab: '开票抬头', none: '还没有抬头', add: '新增抬头', edit: '修改抬头', saved: '抬头已保存', remove: '删除', ask_remove: '删除抬头“{name}”？已开具的发票不受影响。', removed: '抬头已删除', preferred: '默认', prefer: '设为默认', person: '个人', company: '企业',
  },
}
