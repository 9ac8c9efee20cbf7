"""How likely a text that nobody could read for certain is an opt-out after all: a score, for people to look at.

A score never opts anybody out. Sentences that merely hold the word, about pumps and meetings, score nothing.
"""

import re

from members.consent.keywords.english import WHAT, is_about_work

#: From this score on a person looks at the text.
REVIEW_FROM = 40
_MOST = 90

#: The reply is this and nothing else: too little to count, too much to pass over.
_WHOLE_HINT = 65
_WHOLE_HINTS = re.compile(
    r"stops|stopping|halt|terminate|block|blocked|spam|mute|enough|delete|revoked|revokes|unsubscribes|dnd|no thanks|"
    r"no thank you|do not disturb|dont disturb|i quit|(?:end|cancel|quit|mute|block) (?:it|this)|fuck (?:you|u|"
    r"this|yall)|screw you|"
    r"stop \w+|(?:1|ack|\d+|start|help|info|wont|no) stop|stop (?:1|ack|help|yes|no|start|\d+|or start|for (?:now|"
    r"today|tonight))|"
    r"no mas \w+|not (?:me|mine|ben)|\w+ stop it|(?:please |pls )?(?:stpo|sotp|stopp|unsubcribe|cancle|"
    r"qiut)(?: please| pls)?"
)
#: What speaks of an opt-out. The strongest alone is enough for a person to look; the weak ones need company.
_SIGNS: tuple[tuple[int, re.Pattern[str]], ...] = tuple(
    (points, re.compile(rf"(?<!\w)(?:{words})(?!\w)"))
    for points, words in (
        (60, r"unsu[bs]\w*|opt(?:ed|ing)? ?out|dnc|do not (?:call|text|contact) list|consent|my permission|tcpa|"
        r"signed? me up|"
             r"take me off|remove me|delete me|my subscription|never signed up|(?:didnt|did not|not) sign up|"
             r"harassment"),
        (60, r"wrong (?:number|person|guy|phone|contact|no)|not (?:the|your) right (?:person|number)|"
        r"changed (?:my )?number|"
             r"number (?:has )?changed|someone elses (?:number|phone)|numero equivocado|mauvais numero|falsche nummer|"
             r"no longer (?:his|her|bens|their) (?:number|phone)|(?:isnt|is not) (?:his|her|bens|their|my) (?:number|"
             r"phone)"),
        (50, r"(?:who (?:gave|told) you|how did you (?:get|find|have)|where did you get) (?:my|this)|why (?:are|do|"
        r"did|am|would) "
             r"(?:you|u|i|we) (?:keep |still |being |always )?(?:te?xt|messag|call|contact|pag|sending me|"
             r"getting these|receiving these|"
             r"getting this|getting texts)\w*|this is (?:a )?(?:scam|spam|harassment)|i (?:will|am|m|ll) (?:report|"
             r"block|su)\w* you|"
             r"(?:report|block)(?:ed|ing)? (?:you|this number|as spam)|makes? (?:it|them|this) stop"),
        (50, r"(?:dont|do not|no longer|doesnt|not) (?:work|employed|part of|with the (?:company|team))(?! (?:on|with|"
        r"for now))|"
             r"(?:i|ive|i have) (?:retired|left the (?:company|team|job)|resigned)|not my job any ?more|"
             r"former employee|"
             r"nicht mehr (?:dort|da)|ya no trabajo|ne travaille plus"),
        (45, r"(?:dont|do not|no longer|never|please not) (?:want|text|txt|message|contact|send|notify|page|"
        r"call) (?:me|us|these|this|"
             r"them|your|to get|to receive|any|here|my)|do not disturb|dont disturb|not interested|"
             r"too many (?:\w+ )?(?:texts?|"
             r"messages?|alerts|notifications|sms|pages|calls)|sick of|fed up with|tired of (?:these|this|your|"
             r"getting)"),
        (40, r"(?:stop|stops|end|ends|cancel|mute|disable|quit|halt|remove)(?: \w+){0,4} "
             + WHAT.replace("|calls?|calling", "")),
        (40, r"(?:when|how) (?:will|does|do|can|would|to)(?: (?:this|it|these|i|we|you))* (?:stop|end|cancel|"
        r"turn off)|(?:this|it|these|you) "
             r"(?:needs?|has|have|must|should|got|gotta)(?: to)? (?:stop|end)|(?:i dont|do not|dont) need (?:this|it|"
             r"that|these)"),
        (50, rf"(?:stop|quit|end) (?:getting|receiving) (?:these|those|them|this|your|any|all|{WHAT})"),
        (20, r"stop|stopp|stpo|quit|cease|halt|revoke|enough|basta|alto|arretez?"),
        (10, r"cancel|end|mute|block|remove|delete|subscription"),
    )
)  # fmt: skip
#: What makes a sign weigh more, and says nothing without one.
_WITH: tuple[tuple[int, re.Pattern[str]], ...] = tuple(
    (points, re.compile(rf"(?<!\w)(?:{words})(?!\w)"))
    for points, words in (
        (20, rf"{WHAT}|texted|messaged|list|my number"),
        (15, r"me|us|my (?:number|phone|cell|mobile)"),
        (15, r"please|pls|plz|kindly|por favor|svp"),
        (20, r"fuck\w*|fck|fuk|damn|wtf|ffs|annoying|harass\w*|hate|scam\w*|idiots?|asshole|bullshit|lawyer|attorney|"
        r"sue|fcc|"
             r"police|ridiculous|nuisance|anymore|any more"),
    )
)  # fmt: skip
# Where the word means something else, or the opposite; what is left of the text without them is weighed.
_IDIOMS = re.compile(
    r"(?<!\w)(?:(?:reply|text|txt|send|type|said|says) (?:stop|end|quit)(?: to \w+(?: \w+)?)?|stop (?:by|in|at|over|"
    r"off|on|and go|or go|for (?:gas|lunch|fuel|coffee|food|parts)|signs?|lights?|watch|valves?|buttons?|"
    r"switch|order|work|loss|gap|there|here|"
    r"(?:the|a|pump|line) (?!texts?|messages?|alerts?|sms|pages|notif|spam|madness|crap)\w+)|"
    r"(?:bus|truck|pit|full|non|dead|e|emergency|last|next|first|hard|one|quick|short|door|hit|press|pressed|pull|the|"
    r"a) stop|"
    r"(?:wont|cant|didnt|doesnt|isnt|never|cannot|couldnt|wouldnt|did not|does not|will not) stop"
    r"(?! (?:te?xting|messaging|sending|calling|paging))|(?:dont|do not|never|please dont|why did (?:you|it|they)|"
    r"did (?:you|it|they|the \w+)|"
    r"have you|if you|until you|unless you|if i|shall i|should (?:i|we)|want me to|i will|ill|we will|going to|gonna|"
    r"will|can|will it|"
    r"does it|when does it|when it|it|had to|tried to|need to|trying to|to|let me) (?:please )?(?:stop|stops|quit|end|"
    r"cancel)(?: sending| texting| "
    r"messaging)?(?: me)?|nonstop|"
    r"(?:the|high|low|front|back|rear|tail|dead|far|week|other|deep|my|his|her|your|this|that|north|south|east|west|"
    r"top|bottom|by|at|near|"
    r"until|til|till) end|end (?:of|up|user|users|to end|date|time|point|cap|plate|result|in|at|on|with)|"
    r"cancel (?:the|my|our|that|his|her|tomorrows?|todays|mondays|order|job|a|an)(?! (?:texts?|messages?|sms|"
    r"subscription|alerts|"
    r"notifications))|quit (?:working|on|running|at|smoking|again|the|his|her|my job)|(?:he|she|they|it|pump|motor|"
    r"\w+) quit(?! \w+ing)|"
    r"unsubscribe (?:the|it)|revoke (?:the|his|her|their|a|an|access|that|\w+s)|work on|works? (?:on|again|now)|"
    r"enough (?:\w+)|not enough)"
    r"(?!\w)"
)
_HINTS = "\U0001f6d1\U0001f6ab⛔✋\U0001f595\U0001f515\U0001f645"
_WORK_COSTS = 40


def likelihood(text: str, words: str) -> int:
    """0 to 90: how likely the text is an opt-out; `words` is the same in plain words."""
    is_idiom = " stop" in f" {words}" and _IDIOMS.search(words) is not None
    if _WHOLE_HINTS.fullmatch(words) and not is_about_work(words) and not is_idiom:
        return _WHOLE_HINT
    if not words:
        return _WHOLE_HINT if any(hint in text for hint in _HINTS) else 0
    rest = _IDIOMS.sub(" ", words)
    signs = [points for points, sign in _SIGNS if sign.search(rest)]
    if not signs:
        return 0
    points = max(signs) + sum(signs) // 4 + sum(points for points, sign in _WITH if sign.search(rest))
    return max(0, min(_MOST, points - (_WORK_COSTS if is_about_work(words) else 0)))
