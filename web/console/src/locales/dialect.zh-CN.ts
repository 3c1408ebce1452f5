// 方言的文字，并入 zh-CN.ts；英文见 dialect.en.ts。
export default {
  dialect: {
    title: '方言', read_as: '报文解读', paper: '按标准协议', matched: '（按厂商、型号或程序版本）', set: '更改', set_help: '保存后立即生效；按标准或按厂商、型号、程序版本自动判断时请选第一项', set_told: '已保存并生效', by_itself: '自动（按厂商、型号、程序版本，否则按标准）',
    name: '名称', source: '依据', source_hint: '例如厂商文档、抓包日期', note: '说明', owner: '归属', shipped: '产品自带', shipped_why: '产品自带的方言不能修改或删除，请复制一份再改', platform: '平台', for: '适用', vendor: '厂商', vendor_help: '与桩的厂商、型号、程序版本开头相同的桩自动采用；都不填则只能逐台指定', model: '型号', firmware: '程序版本', firmware_help: '例如 GV.95', firmware_is: '程序 {text}', piles: '指定的桩', rules: '与标准的差别', rules_about: '没有列出的都按标准协议', nothing: '与标准一致',
    create: '新建方言', copy: '复制', copy_of: '{name} 副本', edit: '编辑方言', saved: '方言已保存，对在线的桩立即生效', delete: '删除', ask_delete: '删除方言「{name}」？', deleted: '方言「{name}」已删除', none: '没有符合条件的方言', history: '变更记录', no_history: '没有变更', at: '时间', staff: '操作人', act: '操作',
    as_paper: '按标准', crc: '校验字节顺序', crc_high: '只认高字节在前', crc_help: '接收时两种都认', fault: '硬件故障位', fault_two: 'Bit1 为 0x0002', fault_help: '急停等故障名称对不上时调整', current: 'BMS 电流编码', current_learned: '自动判断（与实时数据比较）', energy: '电量单位', meter: '账单表底', meter_zero: '从零开始，不作表底', meter_help: '不参与表底核对', stops: '停止原因', stops_extra: '含易联桩扩充的代码', tail: '启动帧附加字节', tail_byte: '附加 {n}', tail_help: '例如易联桩的继电器控制字节 0；不填则不附加', delay: '应答延迟', delay_help: '桩来不及处理过快的应答时使用，0 到 3000', qr: '二维码前缀', qr_help: '每次登录后下发（F0），桩在后面加上桩号与枪号；不填则不下发', qr_bad: '最多 200 个英文字母、数字或符号，不含空格',
  },
  concentrator: { piles: '同一连接的桩', with: '集中器，另有 {n} 台：{codes}', more: '{codes} 等' },
  firmware_server: { folder: '目录', folder_help: '文件所在目录，可留空；目录与文件名合计最多 32 个字符', timeout: '下载超时（分钟）', host_help: '桩能访问的 IP 地址或域名，最多 16 个字符', limit_help: '最多 16 个字符，不含空格', keep: '留空则保持原密码', hint: '平台不传送文件：请把固件文件以上传时的文件名放到该目录。FTP 不加密，账号请只给下载权限', check_title: '测试固件服务器「{name}」', check_help: '平台以此账号登录并进入目录，不下载文件。桩的网络能否访问，请另行确认', check_ok: '登录成功，用时 {ms} 毫秒' },
  current_coding: { plain: '直接值（电流 × 10）', plus_4000: '加 4000（电流 × 10 + 4000）', minus_4000: '4000 减（4000 − 电流 × 10）' },
  energy_unit: { dwh: '0.0001 kWh（标准）', wh: '0.001 kWh', ten_wh: '0.01 kWh' },
  dialect_name: { yilian: '易联桩（上海联联睿科能源）V1.8.22', crc_high_first: '校验高字节在前', current_plus: 'BMS 电流加 4000', current_minus: 'BMS 电流按 GB/T 27930（4000 减）', meter_from_zero: '账单表底从零开始', energy_wh: '电量三位小数', reply_slow: '应答需要间隔' },
}
