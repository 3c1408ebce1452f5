// 品牌页面的文字，并入 zh-CN.ts；英文见 brand.en.ts。
export default {
  brand: {
    of: '品牌属于', platform: '平台自身', operator_choose: '选择运营商', name: '产品名称', name_help: '显示在登录页和菜单顶部，最多 24 个字', short_name: '简称', short_help: '显示在菜单顶部和浏览器标签，最多 12 个字', accent: '主题色', accent_help: '按钮、链接、选中项的颜色。系统自动推算浅色与深色两套色调，保证文字看得清。', accent_default: '使用默认颜色', accent_pick: '选取颜色', logo: '标志', logo_help: 'PNG、WebP 或 JPEG，不超过 5 MB，建议正方形、透明背景；保存时缩小到 192 像素以内。不接受 SVG。', logo_dark: '深色页面的标志', logo_dark_help: '可选；不上传时与上面的相同。', logo_choose: '选择图片', logo_remove: '移除', logo_none: '未设置，使用默认标志', logo_big: '图片超过 5 MB，请压缩后再上传',
    preview: '预览', preview_note: '保存前只有您看得到。', light: '浅色', dark: '深色', contrast: '最低对比度 {n}:1', contrast_rule: '（标准要求 4.5:1）', light_adjusted: '所选颜色在浅色页面上不够清楚，已自动调深为 {colour}。', dark_adjusted: '所选颜色在深色页面上不够清楚，已自动调亮为 {colour}。', sample_home: '首页', sample_piles: '充电桩', sample_card: '今日充电量', sample_link: '查看详情', sample_button: '保存', sample_tag: '选中',
    qr_link: '二维码内容', qr_link_help: '印在枪上的二维码指向的链接。可用 {pile}、{connector}、{connector3}（三位枪号）、{operator}（运营商编号）；不填则用平台的，平台未设置则用互联互通的 hlht:// 格式。', qr_link_sample: '例：{text}', save: '保存品牌', saved: '品牌已保存', reset: '恢复默认', ask_reset: '恢复默认品牌？名称、标志和主题色都会被移除，运营商账号将看到平台的品牌。', reset_told: '已恢复默认', set_by_none: '尚未设置，当前显示默认品牌。', changed: '品牌已被他人修改，已读取最新内容，请核对后再保存',
  },
}
