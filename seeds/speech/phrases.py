"""Sentences in Persian, English and Mandarin that mean the same, from small grammars: everyday speech, and a doctor's practice.

A grammar is a list of patterns; a pattern has an order of slots for each language; a slot is a list of fillings in three languages.
Persian is written as in print, half-spaces included; Chinese without spaces or punctuation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

LANGUAGES = ("fa", "en", "zh")
Filling = tuple[str, str, str]
"""Persian, English, Chinese; an empty text leaves the slot out."""
Meaning = tuple[int, ...]
"""Number of the pattern, then of the filling of each slot: two sentences with one meaning are translations."""


@dataclass(frozen=True)
class Pattern:
    """Slots, and for each language a template over their places."""

    slots: tuple[tuple[Filling, ...], ...]
    templates: Filling


WHO: tuple[Filling, ...] = (
    *(("مادرم", "my mother", "我妈妈"), ("پدرم", "my father", "我爸爸"), ("برادرم", "my brother", "我哥哥")),
    *(("خواهرم", "my sister", "我姐姐"), ("دوستم", "my friend", "我朋友"), ("معلم", "the teacher", "老师")),
    *(("همسایه ما", "our neighbour", "我们的邻居"), ("آن مرد", "that man", "那个男人"), ("این زن", "this woman", "这个女人")),
    *(("دختر کوچک", "the little girl", "小女孩"), ("پسر جوان", "the young boy", "年轻男孩"), ("علی", "Ali", "阿里")),
    *(
        ("مریم", "Mary", "玛丽"),
        ("کشاورز", "the farmer", "农民"),
        ("راننده", "the driver", "司机"),
        ("عمویم", "my uncle", "我叔叔"),
    ),
)
WHEN_PAST: tuple[Filling, ...] = (
    *(("دیروز", "yesterday", "昨天"), ("دیشب", "last night", "昨晚"), ("امروز صبح", "this morning", "今天早上")),
    *(("هفته پیش", "last week", "上周"), ("پارسال", "last year", "去年"), ("", "", "")),
)
DEED: tuple[Filling, ...] = (
    *(("کتاب را خواند", "read the book", "看了书"), ("نان را خرید", "bought the bread", "买了面包")),
    *(("در را بست", "closed the door", "关了门"), ("پنجره را باز کرد", "opened the window", "开了窗户")),
    *(("نامه را نوشت", "wrote the letter", "写了信"), ("غذا را پخت", "cooked the food", "做了饭")),
    *(("ماشین را شست", "washed the car", "洗了车"), ("سیب را خورد", "ate the apple", "吃了苹果")),
    *(("چای را نوشید", "drank the tea", "喝了茶"), ("گل را آورد", "brought the flower", "带来了花")),
    *(("پول را پیدا کرد", "found the money", "找到了钱"), ("کلید را گم کرد", "lost the key", "丢了钥匙")),
    *(("خانه را فروخت", "sold the house", "卖了房子"), ("فیلم را دید", "watched the film", "看了电影")),
    *(("آواز خواند", "sang a song", "唱了歌"), ("اسب را دید", "saw the horse", "看见了马")),
)
WHERE: tuple[Filling, ...] = (
    *(("در باغ", "in the garden", "在花园里"), ("در خانه", "at home", "在家里"), ("در بازار", "at the market", "在市场")),
    *(("کنار پنجره", "by the window", "在窗边"), ("زیر درخت", "under the tree", "在树下"), ("در مدرسه", "at school", "在学校")),
    *(("در کوچه", "in the street", "在街上"), ("", "", ""), ("", "", "")),
)
THING: tuple[Filling, ...] = (
    *(("این اتاق", "this room", "这个房间"), ("آن کوه", "that mountain", "那座山"), ("شهر ما", "our city", "我们的城市")),
    *(("این رودخانه", "this river", "这条河"), ("هوا", "the weather", "天气"), ("آن پل", "that bridge", "那座桥")),
    *(("این سوال", "this question", "这个问题"), ("خانه شما", "your house", "你的房子"), ("آن لباس", "that dress", "那件衣服")),
    *(("این داستان", "this story", "这个故事"), ("آب دریا", "the sea water", "海水"), ("باغ او", "his garden", "他的花园")),
)
HOW: tuple[Filling, ...] = (
    *(("خیلی", "very", "很"), ("کمی", "a little", "有点"), ("واقعا", "really", "真")),
    *(("بسیار", "so", "非常"), ("همیشه", "always", "总是")),
)
LIKE: tuple[Filling, ...] = (
    *(("بزرگ", "big", "大"), ("زیبا", "beautiful", "美丽"), ("سرد", "cold", "冷"), ("گرم", "warm", "温暖")),
    *(
        ("خوب", "good", "好"),
        ("سخت", "hard", "难"),
        ("آرام", "quiet", "安静"),
        ("قدیمی", "old", "旧"),
        ("ساده", "simple", "简单"),
    ),
    *(("تاریک", "dark", "暗"), ("روشن", "bright", "明亮"), ("عجیب", "strange", "奇怪")),
)
WHEN_NEXT: tuple[Filling, ...] = (
    *(("فردا", "tomorrow", "明天"), ("امشب", "tonight", "今晚"), ("حالا", "now", "现在")),
    *(("هفته بعد", "next week", "下周"), ("بعد از ظهر", "this afternoon", "今天下午"), ("روز جمعه", "on Friday", "星期五")),
)
WISH: tuple[Filling, ...] = (
    *(("به بازار بروم", "go to the market", "去市场"), ("به کوه بروم", "go to the mountain", "去山上")),
    *(("با قطار سفر کنم", "travel by train", "坐火车旅行"), ("فارسی یاد بگیرم", "learn Persian", "学波斯语")),
    *(("در خانه بمانم", "stay at home", "留在家里"), ("دوستم را ببینم", "see my friend", "见我朋友")),
    *(
        ("شنا کنم", "swim", "游泳"),
        ("کار کنم", "work", "工作"),
        ("بخوابم", "sleep", "睡觉"),
        ("شام بپزم", "cook dinner", "做晚饭"),
    ),
    *(("تلفن بزنم", "make a phone call", "打电话"), ("نقاشی کنم", "paint a picture", "画画")),
)
COUNT: tuple[Filling, ...] = (
    *(("دو", "two", "两"), ("سه", "three", "三"), ("چهار", "four", "四"), ("پنج", "five", "五"), ("شش", "six", "六")),
    *(("هفت", "seven", "七"), ("هشت", "eight", "八"), ("نه", "nine", "九"), ("ده", "ten", "十")),
)
GOODS: tuple[Filling, ...] = (
    *(("صندلی", "chairs", "把椅子"), ("کتاب", "books", "本书"), ("گربه", "cats", "只猫"), ("درخت", "trees", "棵树")),
    *(("میز", "tables", "张桌子"), ("دوست", "friends", "个朋友"), ("اتاق", "rooms", "个房间"), ("ماهی", "fish", "条鱼")),
    *(("تخم‌مرغ", "eggs", "个鸡蛋"), ("لیوان", "glasses", "个杯子"), ("چراغ", "lamps", "盏灯"), ("گوسفند", "sheep", "只羊")),
)
OWNER: tuple[Filling, ...] = (*(("ما", "we have", "我们"), ("شما", "you have", "你们"), ("آنها", "they have", "他们")),)
OWN_VERB: tuple[str, ...] = ("داریم", "دارید", "دارند")

EVERYDAY: tuple[Pattern, ...] = (
    Pattern((WHO, WHEN_PAST, DEED, WHERE), ("{1} {0} {3} {2}", "{0} {2} {3} {1}", "{0}{1}{3}{2}")),
    Pattern((THING, HOW, LIKE), ("{0} {1} {2} است", "{0} is {1} {2}", "{0}{1}{2}")),
    Pattern((WHEN_NEXT, WISH), ("من {0} می‌خواهم {1}", "I want to {1} {0}", "我{0}想{1}")),
    *(
        Pattern(((owner,), COUNT, GOODS, WHERE), (f"{{0}} {{3}} {{1}} {{2}} {verb}", "{0} {1} {2} {3}", "{0}{3}有{1}{2}"))
        for owner, verb in zip(OWNER, OWN_VERB, strict=True)
    ),
)

PATIENT: tuple[Filling, ...] = (
    *(("بیمار", "the patient", "病人"), ("کودک", "the child", "孩子"), ("این خانم", "this lady", "这位女士")),
    *(
        ("آن آقا", "that gentleman", "那位先生"),
        ("پدر بیمار", "the patient's father", "病人的父亲"),
        ("نوزاد", "the baby", "婴儿"),
    ),
)
SINCE: tuple[Filling, ...] = (
    *(
        ("از دیشب", "since last night", "从昨晚"),
        ("از هفته گذشته", "since last week", "从上周"),
        ("از ماه قبل", "for a month", "从上个月"),
    ),
    *(("از امروز صبح", "since this morning", "从今早"), ("از دو روز پیش", "for two days", "从两天前"), ("دوباره", "again", "又")),
)
SYMPTOM: tuple[Filling, ...] = (
    *(("تب", "a fever", "发烧"), ("سرفه شدید", "a bad cough", "剧烈咳嗽"), ("درد معده", "stomach pain", "胃痛")),
    *(("سردرد", "a headache", "头痛"), ("سرگیجه", "dizziness", "头晕"), ("گلودرد", "a sore throat", "喉咙痛")),
    *(("کمردرد", "back pain", "背痛"), ("فشار خون بالا", "high blood pressure", "高血压"), ("تنگی نفس", "short breath", "气短")),
    *(("حساسیت پوستی", "a skin allergy", "皮肤过敏"), ("درد مفاصل", "joint pain", "关节痛"), ("بی‌خوابی", "insomnia", "失眠")),
)
REMEDY: tuple[Filling, ...] = (
    *(
        ("این قرص", "this tablet", "这个药片"),
        ("شربت سرفه", "the cough syrup", "止咳糖浆"),
        ("قطره چشم", "the eye drops", "眼药水"),
    ),
    *(("پماد", "the ointment", "药膏"), ("این کپسول", "this capsule", "这个胶囊"), ("ویتامین", "the vitamin", "维生素")),
    *(("داروی مسکن", "the painkiller", "止痛药"), ("سرم", "the serum", "血清"), ("داروی خواب", "the sleeping pill", "安眠药")),
)
OFTEN: tuple[Filling, ...] = (
    *(
        ("روزی دو بار", "twice a day", "每天两次"),
        ("روزی سه بار", "three times a day", "每天三次"),
        ("هر شب", "every night", "每晚"),
    ),
    *(
        ("هر هشت ساعت", "every eight hours", "每八小时"),
        ("بعد از غذا", "after meals", "饭后"),
        ("قبل از خواب", "before bed", "睡前"),
    ),
)
ORGAN: tuple[Filling, ...] = (
    *(
        ("خون", "blood", "血液"),
        ("ادرار", "urine", "尿液"),
        ("قلب", "heart", "心脏"),
        ("کلیه", "kidney", "肾脏"),
        ("کبد", "liver", "肝脏"),
    ),
    *(("ریه", "lung", "肺"), ("چشم", "eye", "眼睛"), ("تیروئید", "thyroid", "甲状腺"), ("قند", "sugar", "血糖")),
)
RESULT: tuple[Filling, ...] = (
    *(
        ("طبیعی", "normal", "正常"),
        ("نگران‌کننده", "worrying", "令人担忧"),
        ("نامشخص", "unclear", "不清楚"),
        ("مثبت", "positive", "阳性"),
    ),
    *(("منفی", "negative", "阴性"), ("بهتر", "better", "更好"), ("آماده", "ready", "准备好了")),
)
STAFF: tuple[Filling, ...] = (
    *(("دکتر", "the doctor", "医生"), ("پرستار", "the nurse", "护士"), ("جراح", "the surgeon", "外科医生")),
    *(("داروساز", "the pharmacist", "药剂师"), ("متخصص", "the specialist", "专家")),
)
TREATMENT: tuple[Filling, ...] = (
    *(("زخم را پانسمان کرد", "dressed the wound", "包扎了伤口"), ("نسخه را نوشت", "wrote the prescription", "开了处方")),
    *(
        ("نبض بیمار را گرفت", "took the patient's pulse", "量了病人的脉搏"),
        ("آمپول را تزریق کرد", "gave the injection", "打了针"),
    ),
    *(("پرونده را خواند", "read the file", "看了病历"), ("دندان را کشید", "pulled the tooth", "拔了牙")),
    *(("عکس ریه را دید", "saw the lung picture", "看了肺片"), ("بیمار را معاینه کرد", "examined the patient", "检查了病人")),
)
CLINIC_TIME: tuple[Filling, ...] = (
    *(("دیروز", "yesterday", "昨天"), ("ساعت هشت", "at eight", "八点"), ("در اورژانس", "in the emergency room", "在急诊室")),
    *(
        ("در مطب", "in the practice", "在诊所"),
        ("قبل از عمل", "before the operation", "手术前"),
        ("با دقت", "carefully", "仔细地"),
    ),
)
CLINIC: tuple[Pattern, ...] = (
    Pattern((PATIENT, SINCE, SYMPTOM), ("{0} {1} {2} دارد", "{0} has had {2} {1}", "{0}{1}有{2}")),
    Pattern((REMEDY, OFTEN), ("لطفا {0} را {1} مصرف کنید", "please take {0} {1}", "请{1}服用{0}")),
    Pattern((PATIENT, REMEDY, OFTEN), ("{0} باید {2} {1} بگیرد", "{0} must get {1} {2}", "{0}必须{2}用{1}")),
    Pattern((ORGAN, PATIENT, RESULT), ("آزمایش {0} {1} {2} است", "the {0} test of {1} is {2}", "{1}的{0}检查{2}")),
    Pattern((STAFF, REMEDY, SYMPTOM), ("{0} {1} را برای {2} نوشت", "{0} prescribed {1} for {2}", "{0}为{2}开了{1}")),
    Pattern((STAFF, CLINIC_TIME, TREATMENT), ("{0} {1} {2}", "{0} {2} {1}", "{0}{1}{2}")),
)


def sentence(patterns: tuple[Pattern, ...], meaning: Meaning, language: str) -> str:
    """Say a meaning in "fa", "en" or "zh"."""
    pattern, column = patterns[meaning[0]], LANGUAGES.index(language)
    fillings = [slot[choice][column] for slot, choice in zip(pattern.slots, meaning[1:], strict=True)]
    return " ".join(pattern.templates[column].format(*fillings).split())


def draw_meaning(patterns: tuple[Pattern, ...], random: Generator) -> Meaning:
    """Draw a pattern, large ones more often, and a filling for each of its slots."""
    weights = np.sqrt([math.prod(len(slot) for slot in pattern.slots) for pattern in patterns])
    number = int(random.choice(len(patterns), p=weights / weights.sum()))
    return (number, *(int(random.integers(len(slot))) for slot in patterns[number].slots))


def draw_meanings(patterns: tuple[Pattern, ...], count: int, random: Generator) -> list[Meaning]:
    """Draw meanings whose sentences differ from each other in every language.

    Raises:
        ValueError: the grammar does not seem to have that many.
    """
    found: list[Meaning] = []
    said: set[str] = set()
    for _ in range(200 * count):
        meaning = draw_meaning(patterns, random)
        words = {sentence(patterns, meaning, language) for language in LANGUAGES}
        if not words & said:
            found.append(meaning)
            said |= words
        if len(found) == count:
            return found
    raise ValueError(f"found {len(found)} different sentences, wanted {count}: the grammar is too small")
