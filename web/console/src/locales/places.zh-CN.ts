// 充电站的类型、照片与暂停营业，并入 zh-CN.ts；英文见 places.en.ts。
export default {
  link_end: { closed: '对端断开', silent: '无响应', replaced: '被新连接替换', broken: '协议错误', expelled: '安全等级不足', unavailable: '平台暂不可用', stopped: '平台停止', cut: '平台异常退出' },
  links: { tab: '上下线', from: '上线时间', to: '离线时间', lasted: '在线时长', ended: '离线原因', offline: '离线时长', shown: '接入方式', since: '{at} 起在线', gone: '最后通信 {at}', figures: '近 24 小时离线 {day} 次，近 1 小时 {hour} 次。', flapping: '频繁上下线', flapping_help: '一小时内离线 5 次以上，常见原因是信号弱、供电不稳，或两台设备用了同一编号（离线原因为“被新连接替换”）。', none: '还没有离线过', often: '上下线', often_only: '频繁上下线' },
  security_profile: { password: '密码', tls: 'TLS + 密码', certificate: 'TLS + 证书' },
  certificate: { sent: '已下发', installed: '已安装', refused: '桩未接受', revoked: '已吊销' },
  security: {
    tab: '接入安全', required: '最低接入等级', shown: '当前连接：', note: '等级按 OCPP 安全规范编号。低于此等级的连接会被拒绝，并记入报文日志；高于此等级的总是接受。', about_password: '用接入密码登录（HTTP Basic），连接可以不加密；只适合运营商内网或 VPN', about_tls: '用接入密码登录，连接必须加密（wss）', about_certificate: '用桩自己的证书登录，连接必须加密；不再需要密码', set: '设置等级', saved: '最低接入等级已设置', ask: '把最低接入等级改为“{to}”？', ask_risky: '把最低接入等级改为“{to}”？桩目前是“{shown}”，不满足新的等级：正在使用的连接会立即断开，桩若不能以更高等级重连，只能到现场处理。',
    way: '升级步骤', way_tls: '桩上的平台地址改为 wss:// 开头（平台需设置 tls_listen，或由反向代理提供 TLS）。', way_root: '在桩上安装平台的根证书，使桩信任平台。', root: '下载根证书', until: '有效期至 {at}', way_request: '让桩申请自己的证书：桩生成密钥和证书请求，平台签发并下发，私钥不离开桩。', request: '让桩申请证书', way_require: '桩用证书重新连接后，把最低接入等级设为“TLS + 证书”。', certificates: '桩的证书', no_certificates: '还没有给这台桩签发过证书', serial: '序列号', state: '状态', valid: '有效期', used: '最近使用', created: '签发时间', revoke: '吊销', ask_revoke: '吊销证书 {serial}…？桩将不能再用它连接，正在使用的连接会立即断开。', revoked: '证书已吊销',
  },
  label: {
    open: '桩贴', button: '桩贴（{n} 台）', title: '桩贴', title_of: '桩贴：{n} 个枪', gun: '{name} {no} 号枪', scan: '扫码充电', paper: '纸张', sheet: 'A4 标签页（每页 12 枚）', single: '单枚标签 80 × 50 mm', show_station: '充电站名称', show_operator: '运营商名称', kind: '图片格式', zip: '下载二维码 ZIP', print: '打印 / 存为 PDF', more: '还有 {n} 枚未在此预览，打印和下载时都会包含。', note: '二维码带 25% 容错，刮花四分之一以内仍可识别。打印请选“实际大小”，不要“适合页面”。', without: '{names} 没有统一社会信用代码，默认的二维码里缺运营商编号。请补全代码，或在品牌里设置自己的二维码内容。',
  },
  socket_kind: { household: '家用插座', ac_outlet: '交流插座', ac_plug: '交流枪', dc_plug: '直流枪', wireless: '无线充电', other: '其他' },
  socket_standard: { gb2011: '国标 2011', gb2015: '国标 2015', gb2023: '国标 2023' },
  pile_record: { title: '资产档案', edit: '编辑资产档案', saved: '资产档案已保存', owner: '资产归属', made: '出厂日期', installed: '安装日期', warranty: '质保到期', warranty_days: '{days} 天内到期或已到期', warranty_over: '已到期', voltage: '电压范围', voltage_min: '最低电压', voltage_max: '最高电压', current: '最大电流', connectors: '各枪', connector: '{no} 号枪', socket: '接口类型', standard: '接口国标', park_no: '车位号', park: '车位 {no}', note: '备注' },
  station_kind: { public: '公共', bus: '公交专用', taxi: '出租车专用', logistics: '物流专用', sanitation: '环卫专用', staff: '单位专用', private: '个人', other: '其他' },
  place_kind: { residential: '居民区', public_institution: '公共机构', enterprise: '企事业单位', office: '写字楼', industrial_park: '工业园区', transport_hub: '交通枢纽', sports_culture: '文体设施', green_space: '城市绿地', building_parking: '配建停车场', roadside: '路边停车位', motorway_service: '高速服务区', other: '其他' },
  parking_fee: { paid: '收费', free: '免费', free_first: '限时免费', free_charging: '充电限免' },
  car_kind: { passenger: '小客车', taxi: '出租车', bus: '公交客车', van: '物流车', truck: '重型货车', sanitation: '环卫车' },
  facility: { restroom: '卫生间', shop: '便利店', restaurant: '餐厅', lounge: '休息室', canopy: '雨棚', barrier: '道闸', ground_lock: '地锁', guard: '有人值守', printer: '小票机', public_parking: '公共停车场' },
  station_status: { open: '营业中', closing: '即将暂停营业', closed: '暂停营业' },
  place: {
    kind: '站点类型', place_kind: '建设场所', parking_fee: '停车收费', tags: '标签', tags_help: '最多 8 个，每个不超过 12 个字；输入后按回车', tags_bad: '最多 8 个标签，每个不超过 12 个字', car_kinds: '服务车型', utility_no: '户号', utility_help: '供电户号，见电费单', status: '营业状态', cover: '封面',
    close: '暂停营业', close_title: '暂停营业：{name}', close_edit: '修改公告', close_hint: '暂停期间，{name} 的 {piles} 台桩不能启动新的充电；进行中的充电不受影响，正常结束并结算。', notice: '公告', notice_help: '显示给要启动充电的人，如“变压器检修，请到附近的站充电”', from: '从何时起', from_now: '立即', until: '预计恢复', until_open: '到时手动恢复', until_help: '到点自动恢复营业；不确定请留空', closed_told: '{name} 已暂停营业', closing_told: '{name} 将于 {at} 暂停营业',
    reopen: '恢复营业', ask_reopen: '恢复 {name} 的营业？恢复后立即可以启动充电。', reopened: '{name} 已恢复营业', banner: '暂停营业：{notice}', banner_planned: '即将暂停营业：{notice}', since: '{from} 起', since_until: '{from} 至 {until}',
  },
  photo: {
    tab: '照片', none: '还没有照片', none_hint: '入口、车位和桩的照片能让车主少走弯路', add: '上传照片', uploading: '上传中…', help: '最多 {n} 张 JPEG、PNG 或 WebP，每张不超过 5 MB、4000 万像素。保存时缩小到 1920 像素以内，并去掉拍摄地点等信息。拖动或用按钮调整顺序，第一张是封面。', help_read: '第一张是封面。', full: '已有 {n} 张，已达上限；请先删除不用的照片', big: '照片超过 5 MB，请压缩后再上传', of: '{name} 的照片 {n}', cover: '封面', make_cover: '设为封面', before: '前移', after: '后移', caption: '说明', caption_edit: '编辑说明', caption_of: '照片 {n} 的说明', caption_help: '这张照片拍的是什么，如“地下二层入口，靠近 3 号电梯”', caption_none: '未写说明', remove: '删除', ask_remove: '删除照片 {n}（{caption}）？删除后不能恢复。', added: '已上传 {n} 张照片', saved: '说明已保存', moved: '照片 {n} 已移到第 {to} 位', removed: '照片已删除', open: '查看大图', item: '照片 {n}',
  },
}
