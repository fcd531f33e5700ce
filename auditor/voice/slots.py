"""What may stand in the slots of a sentence frame: names, amounts, dates, institutions."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from types import MappingProxyType

from auditor.voice.numerals import DIGITS, cardinal, clock, decimal, digit_string, money

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志文海波鹏飞宇浩然子轩梓涵雨欣怡思佳琪晨曦"
    "俊辉峰斌亮健康宁安邦德胜利民春梅雪莲凤珍珠琴慧颖婷婉清泽源远航天宏达成功立新永福贵生长庆祥和顺义诚信"
    "晓东南北光荣耀祖学博士仁爱少云龙虎山川林森木水淼火炎圣贤良友朋瑞嘉悦琳璐瑶倩莉蓉菲薇蕾欢乐可心若冰如"
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_REGIONS = _words(
    "江州 海岱 松涛 安泽 长陵 临江 北湾 南屏 东临 西岭 云川 青禾 嘉陵 明远 恒通 华泰 广源 "
    "中联 金穗 银河 瑞丰 汇通 信达 天和 永安 平湖 兴业 民生 光明 浦江 泰山 黄河 长城 五湖 "
    "四海 鼎盛 百川 惠民 滨海 星辰"
)
_LENDERS = _words(
    "银行 银行信用卡中心 商业银行 农商行 农村商业银行 城市银行 消费金融 小额贷款公司 金融 "
    "信贷 网贷 分期 汽车金融 村镇银行 银行贷后中心 信用卡部"
)
_AGENCIES = _words(
    "信用管理公司 资产管理公司 法律咨询公司 律师事务所 商务服务公司 催收公司 外包公司 金融服务公司"
)
_COMPANIES = _words(
    "科技公司 物流公司 建材厂 食品厂 服装店 超市 学校 医院 酒店 电子厂 装修公司 汽修厂 "
    "家具城 贸易公司 保险公司 房产中介 快递站点 健身房 幼儿园 火锅店"
)
_CITIES = _words(
    "北京 上海 广州 深圳 天津 重庆 成都 武汉 杭州 南京 西安 郑州 长沙 沈阳 青岛 济南 大连 "
    "宁波 厦门 福州 合肥 昆明 贵阳 南昌 太原 石家庄 哈尔滨 长春 兰州 银川 西宁 海口 三亚 "
    "拉萨 苏州 无锡 佛山 东莞 温州 洛阳 绵阳 徐州 泉州 烟台 潍坊 襄阳 宜昌 株洲 桂林 柳州 "
    "遵义 保定 唐山 赣州 芜湖 义乌 昆山"
)
_RELATIVES = _words(
    "老婆 老公 妻子 丈夫 爱人 父亲 母亲 爸爸 妈妈 爸 妈 儿子 女儿 哥哥 弟弟 姐姐 妹妹 "
    "岳父 岳母 婆婆 公公 舅舅 叔叔 姑姑 表哥 表弟 堂哥 同事 领导 老板 朋友 邻居 同学 "
    "女朋友 男朋友 家人 父母 单位 公司 前妻 前夫 孩子 房东"
)
_JOBS = _words(
    "外卖员 快递员 司机 网约车司机 老师 护士 医生 保安 保洁 销售 厨师 服务员 会计 程序员 "
    "电工 焊工 木工 瓦工 装修 小生意 水果批发 直播 美容师 理发师 健身教练 导游 设计师 "
    "工程师 建筑工 货车司机 修车工 收银员 房产中介 保险代理 养殖 种大棚 开饭店"
)
_REASONS = _words(
    "失业了 下岗了 刚离婚 生病住院了 出车祸了 做手术了 生意亏了 工资没发 还没发工资 "
    "被公司辞退了 家里老人走了 孩子生病了 刚交了房租 工地没结账 货款没收回来 店关门了 "
    "手头紧 在还房贷 被人骗了 摔断了腿 没有收入来源 要给孩子交学费 合伙人跑了 车子被扣了 "
    "借给朋友的钱没要回来"
)
_APPS = _words(
    "手机银行 官方小程序 我们的公众号 手机客户端 网上银行 官网 支付宝 微信 云闪付 还款页面"
)
_HOSPITALS = _words("人民医院 中心医院 市医院 县医院 妇幼保健院 中医院 骨科医院 肿瘤医院")
_WHEN = _words(
    "今天 明天 后天 大后天 今晚 明早 明天下午 周一 周二 周三 周四 周五 周末 下周一 下周三 "
    "下周五 下周日 这个月底 月底 月底之前 下个月 下个月初 下月中旬 这两天 三天之内 "
    "一周之内 发工资那天 今天下班前 过两天 中秋节前 国庆之后 春节前 星期六 礼拜天 年底 "
    "半个月后"
)
_TITLES = _words("先生 女士 先生 女士 先生 女士 师傅 老师 老板 经理 大哥 阿姨 大姐 叔叔")


def _surname(rng: random.Random) -> str:
    return rng.choice(_SURNAMES)


def _full(rng: random.Random) -> str:
    return _surname(rng) + "".join(rng.choices(_GIVEN, k=rng.choice((1, 2, 2, 2))))


def _name(rng: random.Random) -> str:
    return (_full(rng) if rng.random() < 0.25 else _surname(rng)) + rng.choice(_TITLES)


def _fen(rng: random.Random) -> int:
    digits = rng.choice((2, 3, 3, 4, 4, 4, 5, 5, 6))
    yuan = rng.randint(10 ** (digits - 1), 10**digits - 1)
    kind = rng.random()
    if kind < 0.4:
        yuan = max(1, round(yuan, 1 - digits if kind < 0.2 else 2 - digits))
    cents = rng.choice((0, 0, 0, rng.randint(1, 9) * 10, rng.randint(1, 99)))
    return yuan * 100 + (cents if kind >= 0.4 else 0)


def _amount(rng: random.Random) -> str:
    fen = _fen(rng)
    kind = rng.random()
    if kind < 0.45:
        return money(fen, "块") + ("钱" if fen % 100 == 0 and rng.random() < 0.3 else "")
    if kind < 0.85:
        return money(fen, "元") + ("整" if fen % 100 == 0 and rng.random() < 0.1 else "")
    yuan = max(fen // 100, 1)
    if kind < 0.93:
        return decimal(f"{yuan / 10_000:.1f}" if yuan > 10_000 else f"{yuan}.{fen % 10}5") + (
            "万" if yuan > 10_000 else "元"
        )
    thousand = rng.choice("一两三四五六七八九")
    return thousand + rng.choice("千万百") + rng.choice(DIGITS[1:])


def _approximate(rng: random.Random) -> str:
    pairs = ["一两", "两三", "三四", "三五", "四五", "五六", "六七", "七八", "八九"]
    forms = (
        rng.choice(pairs) + rng.choice("百千万") + "块",
        rng.choice("一两三四五六七八九") + rng.choice("百千万") + "多" + rng.choice("块元"),
        cardinal(rng.randint(2, 90) * 100) + rng.choice(("左右", "出头", "来块", "上下")),
        rng.choice(("小", "不到", "将近")) + rng.choice("一两三四五六") + "万块",
    )
    return rng.choice(forms)


def _serial(rng: random.Random, low: int, high: int) -> str:
    digits = "".join(rng.choices("0123456789", k=rng.randint(low, high)))
    return digit_string(digits, yao=rng.random() < 0.7)


def _phone(rng: random.Random) -> str:
    digits = rng.choice(
        (
            "1" + rng.choice("3578") + "".join(rng.choices("0123456789", k=9)),
            rng.choice(("400", "955", "0571", "021", "010"))
            + "".join(rng.choices("0123456789", k=6)),
            "95" + "".join(rng.choices("0123456789", k=3)),
        )
    )
    return digit_string(digits)


def _days(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.7:
        count = cardinal(rng.randint(1, 60) if kind < 0.5 else rng.randint(60, 400))
        return ("两" if count == "二" else count) + "天"
    return rng.choice("一两三四五六") + rng.choice(("个月", "个多月", "个星期", "周"))


def _date(rng: random.Random) -> str:
    day = cardinal(rng.randint(1, 31)) + rng.choice("号号号日")
    kind = rng.random()
    if kind < 0.55:
        return cardinal(rng.randint(1, 12)) + "月" + day
    return ("上个月" if kind < 0.65 else "下个月" if kind < 0.75 else "这个月") * (
        kind < 0.85
    ) + day


def _year(rng: random.Random) -> str:
    return digit_string(str(rng.randint(1958, 2026)), yao=False)


def _clock(rng: random.Random) -> str:
    return clock(rng.randint(7, 21), rng.choice((0, 0, 0, 30, 30, 15, 10, 20, 40, 45, 50)))


def _count(rng: random.Random) -> str:
    said = cardinal(rng.randint(2, 30))
    return "两" if said == "二" else said


def _one_of(values: tuple[str, ...]) -> Callable[[random.Random], str]:
    return lambda rng: rng.choice(values)


def _place(suffixes: tuple[str, ...]) -> Callable[[random.Random], str]:
    return lambda rng: rng.choice(_REGIONS) + rng.choice(suffixes)


#: Slot name to the function that makes one value.
SLOTS: Mapping[str, Callable[[random.Random], str]] = MappingProxyType(
    {
        "age": lambda rng: cardinal(rng.randint(20, 80)),
        "agency": _place(_AGENCIES),
        "amt": _amount,
        "app": _one_of(_APPS),
        "approx": _approximate,
        "approxdays": lambda rng: rng.choice("三五七八十") + rng.choice(("来天", "几天", "天左右")),
        "bank": _place(_LENDERS),
        "city": _one_of(_CITIES),
        "company": _place(_COMPANIES),
        "count": _count,
        "date": _date,
        "day": lambda rng: cardinal(rng.randint(1, 31)),
        "days": _days,
        "digit": lambda rng: rng.choice(DIGITS[1:]),
        "full": _full,
        "hospital": _one_of(_HOSPITALS),
        "inst": _one_of(_words("三 六 九 十二 十八 二十四 三十六 六十 十 五")),
        "job": _one_of(_JOBS),
        "money": lambda rng: money(rng.randint(10, 9999), rng.choice("块元")),
        "month": lambda rng: cardinal(rng.randint(1, 12)),
        "n": lambda rng: cardinal(rng.randint(1, 36)),
        "name": _name,
        "no": lambda rng: _serial(rng, 3, 6),
        "pct": lambda rng: decimal(f"{rng.randint(1, 36)}", liang=False),
        "phone": _phone,
        "rel": _one_of(_RELATIVES),
        "six": _one_of(("六", "四", "六")),
        "sur": _surname,
        "tail": lambda rng: _serial(rng, 4, 4),
        "time": _clock,
        "title": _one_of(_TITLES),
        "title2": _one_of(("专员", "客户经理", "客服专员", "贷后专员", "法务专员")),
        "week": lambda rng: "星期" + rng.choice("一二三四五六日"),
        "when": _one_of(_WHEN),
        "why": _one_of(_REASONS),
        "year": _year,
    }
)
