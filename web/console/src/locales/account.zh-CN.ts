// 我的账号、两步验证、登录与令牌的文字，并入 zh-CN.ts；英文见 account.en.ts。
export default {
  account: {
    me: '账号', password_due: '密码有效期至', password_forever: '长期有效',
    owed_password: '请先修改密码：当前密码由他人设置，或已超过有效天数。修改后才能进行其他操作。', owed_second_factor: '您的账号必须使用两步验证，请先开启。开启后才能进行其他操作。', factor_due: '您的账号须在 {at} 前开启两步验证，届时未开启将不能进行其他操作。',
    two_factor: '两步验证', on: '开启两步验证', off: '关闭两步验证', is_on: '已于 {at} 开启。登录时除密码外还需输入手机验证器中的验证码。尚有 {n} 个恢复码可用。', is_off: '未开启。开启后，登录时除密码外还需输入手机验证器（如微信小程序“验证器”、Microsoft Authenticator 等）中的 6 位验证码，他人即使知道密码也不能登录。',
    why_required: '您的账号必须使用两步验证', scan: '用手机验证器扫描二维码，然后输入它显示的 6 位验证码。', picture: '两步验证二维码', by_hand: '不能扫描时可手工输入密钥：', confirm: '确认开启', code_rule: '请输入验证器显示的 6 位数字',
    recovery: '恢复码', recovery_text: '手机丢失时，可用恢复码代替验证码登录，每个只能用一次。请抄下或打印，与手机分开保管；它们只显示这一次。', copy_all: '复制全部', kept: '我已保存',
    renew: '重新生成恢复码', ask_renew: '重新生成 10 个恢复码？原有的恢复码将全部失效。', ask_off: '关闭两步验证？关闭后仅凭密码即可登录。', off_told: '两步验证已关闭',
    reset: '重置两步验证', reset_title: '重置 {account} 的两步验证', reset_reason: '原因', reset_help: '请先核实本人身份。重置后该账号凭密码登录，可重新开启；本次操作会记入审计日志。', reset_told: '账号 {account} 的两步验证已重置',
    sessions: '登录情况', device: '设备', created: '登录时间', seen: '最近使用', this_one: '当前登录', stop: '结束', stopped: '该登录已结束', stop_others: '结束其他登录', ask_stop_others: '结束除当前以外的全部登录？那些页面上未保存的内容，重新登录后仍在。', stopped_n: '已结束 {n} 个登录',
    tokens: '接口令牌', tokens_none: '没有令牌。令牌供程序调用接口使用，权限、范围、来源地址与有效期都可以限定得比您自己的更小。', token_create: '新建令牌', token_name: '用途', token_name_help: '如：夜间导出', token_days: '有效天数', token_days_help: '留空为长期有效', token_networks: '来源地址', token_networks_help: 'IP 地址或网段，如 10.0.0.0/8，多个用空格分开；留空不限', token_once: '令牌“{name}”：', token_rights: '{n} 项权限', token_all: '与本人相同', token_anywhere: '不限', token_expires: '有效期至', token_forever: '长期', token_delete: '删除', ask_token_delete: '删除令牌“{name}”？使用它的程序将立即不能访问。', token_deleted: '令牌“{name}”已删除',
    proof_title: '验证身份', proof_password: '这是敏感操作，请输入您的登录密码以继续。', proof_code: '这是敏感操作，请输入验证器中的验证码以继续。', proof_go: '验证并继续',
    idle_title: '即将自动退出。', idle_text: '长时间没有操作，{n} 秒后自动退出；已填写的内容不会丢失。', idle_stay: '继续使用',
    split: '三员分立', split_text: '把可以做一切的平台管理员分为三人：系统管理员维护参数、任务与渠道，安全管理员管理账号与权限，审计管理员查看审计日志，互不兼任。办理后生成三个账号，现有的全权账号（包括您自己的）立即停用并退出登录，参数「三员分立」随之开启。请先确定三个人。', split_system: '系统管理员账号', split_security: '安全管理员账号', split_audit: '审计管理员账号', split_system_name: '系统管理员姓名', split_security_name: '安全管理员姓名', split_audit_name: '审计管理员姓名', split_reason: '原因', split_go: '生成三个账号并停用全权账号', split_once: '初始密码（只显示这一次，请分别交给三人）：',
    new_place: '新地点', yes: '已开启', no: '未开启',
  },
  provider: {
    go: '用{name}登录', coming: '正在登录……', refused: '统一身份认证没有完成，或不是由此页面发起，请重新登录。', again: '回到登录页',
    name: '名称', name_help: '显示在登录页的按钮上', issuer: '签发方地址', issuer_help: '如 https://id.example/realms/staff；请在对方登记回调地址 {redirect}', client_id: '客户端标识', secret: '客户端密钥', secret_help: '公开客户端可留空', secret_keep: '留空则保持不变；更换签发方后须重新填写', claim: '对应账号的字段', claim_help: '其值（邮箱取前半部分）与本平台的账号相同即为同一人', role: '自动建账号的角色', role_help: '对方的人在本平台没有账号时，自动建一个此角色的账号', role_none: '不自动建账号', enabled: '状态', changed: '修改时间', create: '新建统一身份认证', saved: '“{name}”已保存', delete: '删除', ask_delete: '删除“{name}”？用它登录的人将只能用密码登录；账号保留。', deleted: '“{name}”已删除', none: '没有统一身份认证，员工用账号和密码登录',
  },
  code: { text: '请输入手机验证器中的 6 位验证码；手机不在身边时可输入一个恢复码。', back: '返回' },
}
