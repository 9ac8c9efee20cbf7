"""The pieces of English from which requests to stop are put together, and what an errand or a quotation looks like.

Patterns over plain words alone; what they mean together is for the modules beside it.
"""

import re

# What may stand before and after a request without changing it.
LEAD = (
    r"please|pls|plz|plss|pleas|kindly|hi|hiya|hey|hello|yo|ugh|argh|oi|ok|okay|i(?:m| am) sorry|(?:can|could|may|"
    r"might) i|k|kk|just|sorry|sir|maam|mam|no|nope|yes|yeah|yep|"
    r"ya|um|uh|well|look|listen|dude|bro|man|mate|omg|lol|wtf|ffs|smh|damn|dammit|damn it|god|jesus|seriously|and|so|"
    r"but|"
    r"also|now|then|again|once again|urgent|enough|thanks|thank you|no thanks|no thank you|good (?:morning|day|"
    r"evening)|"
    r"good afternoon|dear \w+|to whom it may concern|wrong (?:number|person|guy|no)|"
    r"for (?:the love of god|fucks sake|gods sake|heavens sake|petes sake|christs sake|the last time|the (?:2nd|3rd|"
    r"\w+) "
    r"time)|i(?: have)? (?:said|say|repeat|told you(?: to)?|already said|already told you(?: to)?|"
    r"keep telling you(?: to)?)|"
    r"(?:can|could|will|would|can t|cant|wont|wouldnt) (?:you|u|ya|yall|someone|somebody)|would you mind|do you mind|"
    r"(?:you|u|yall) (?:(?:really |just )?(?:need|have|ought|got) to|must|should|better|can|may|gotta|guys)|"
    r"i(?: am|m)? (?:(?:really|just|respectfully|kindly|hereby|now|politely|strongly) )*(?:want|need|would like|"
    r"d like|ask|"
    r"asking|beg|begging|demand|demanding|request|requesting|insist|order|wish|require|prefer)(?: that)?(?: you| u|"
    r" for you| "
    r"ya)?(?: to| would| will)?|id (?:really )?(?:like|prefer|love)(?: it)?(?: if)?(?: you)?(?: to| would| could)?|"
    r"let me|"
    r"(?:somebody|someone)|make (?:it|them|this)|tell (?:them|it|him|her|whoever) to|how (?:do|can|to|does one|should)"
    r"(?: i| we)?|how would i|where (?:do|can) i|attn|hereby|i hereby|we hereby|svp|por favor|porfa|bitte|"
    r"i(?:ve| have)?(?: already| just)? (?:asked|told|begged|warned) (?:you|u|yall)(?: \w+ times?| before| already|"
    r" nicely)?"
    r"(?: to)?|how many times (?:do|must) i (?:have to |need to )?(?:say|tell you|ask you)(?: to)?"
)
TAIL = (
    r"svp|s ?il vous plait|por favor|porfa|ya|merci|gracias|bitte|"
    r"please|pls|plz|plss|thanks|thank you|thankyou|thx|thnx|tnx|ty|tks|cheers|many|now|right now|rn|already|"
    r"immediately|"
    r"at once|asap|again|ever|ever again|any ?more|no more|today|tonight|from now on|going forward|forever|for good|"
    r"permanently|effective immediately|once and for all|or else|stop|wrong (?:number|person)|sir|maam|dude|bro|man|"
    r"mate|"
    r"guys|people|everyone|lol|omg|wtf|ffs|damn it|dammit|damn|for (?:fucks|gods|heavens|petes|christs) sake|"
    r"this instant|"
    r"ok|okay|kthx|kthxbye|bye|goodbye|regards|sincerely|best|x|xx|i beg you|im begging(?: you)?|im serious|i mean it|"
    r"(?:at|to|on|from|for) (?:this|my) (?:number|phone|cell|cellphone|mobile|line)|to me|for me|"
    r"at all|altogether|completely|entirely|so much|so often|so many|all the time|every day|every \w+|constantly|"
    r"at \d{1,2}(?: ?[ap]m)?(?: in the morning| at night)?|at (?:night|work)|in the middle of the night|"
    r"you (?:\w+ )?(?:idiots?|morons?|people|jerks?|creeps?|assholes?|bastards?|spammers?|scammers?)|idiots?|morons?|"
    r"assholes?|jerks?|i am (?:asleep|sleeping)|already told you"
)
ME = (
    r"(?:me|us|here|myself|(?:on |to |at |up )?(?:me|us|this (?:number|phone|line|cell|mobile)|"
    r"my (?:\w+ )?(?:phone|number|cell|cellphone|mobile|line))|"
    r"(?:my|our|her|his) (?:kids?|son|daughter|wife|husband|mother|mom|mum|father|dad|family|parents|brother|sister|"
    r"child|"
    r"children|grandma|grandmother))"
)
OWN = (
    r"(?:me|us|this (?:number|phone|line|cell)|my (?:\w+ )?(?:number|no|phone|cell|cellphone|mobile|line|name|info|"
    r"details|"
    r"information|data|contact|contact info))"
)
WHAT = (
    r"(?:texts?|txts?|text messages?|text msgs?|text alerts?|texting|messages?|messgaes?|mesages?|msgs?|messaging|sms|"
    r"smss|"
    r"alerts?|"
    r"pages|paging|notifications?|notices|calls?|calling|spam|reminders?|updates|pings|robocalls?|robotexts?|emails?|"
    r"communications?|contact)"
)
JUNK = r"(?:crap|shit|stuff|junk|bs|bullshit|garbage|nonsense|rubbish|things?|spam|trash)"
SUBSCRIPTION = (
    r"(?:subscription|subscriptions|enrollment|enrolment|service|sms service|text service|membership|sms|texting)"
)
VERBING = (
    r"(?:te?xtin?g?|texing|txting|txtng|messag\w*ing|messging|messeging|msgi?ng|msging|smsing|contacting|calling|"
    r"phoning|"
    r"ringing|paging|alerting|notifying|bothering|bugging|spamm?ing|harass?ing|harrass?ing|annoying|pestering|"
    r"disturbing|"
    r"pinging|writing|emailing|mailing|nagging|hassling|stalking|badgering|waking|blowing up|dialing|dialling|tagging)"
)
VERB = (
    r"(?:text|txt|message|msg|sms|contact|call|phone|ring|page|alert|notify|bother|bug|spam|harass|annoy|pester|"
    r"disturb|ping|"
    r"write|email|hassle|wake|reach out to|communicate with)"
)
NOT = (
    r"(?:do not|dont|dnt|donot|dont you|do nt|don t|never|"
    r"must not|should not|shouldnt|can not|no longer|not to|quit to)"
)
CEASE = (
    r"(?:stop|stpo|sotp|stopp|quit|cease|refrain from|discontinue|halt)"
    r"(?: (?:it and|f\w{0,3}k?n|fucking|fuckin|freaking|frickin|damn|bloody|ever|always|constantly|continually|with))?"
)
THESE = (
    r"(?:any|any ?more|no|no more|ur|these|this|those|the|your|all|all of|all the|more|such|so many|of|my|stupid|dumb|"
    r"damn|damned|"
    r"fucking|"
    r"fckn|bloody|annoying|random|constant|endless|further|future|daily|automated|that|unwanted|ridiculous|receiving|"
    r"getting|sending|me)"
)
LIST = (
    r"(?:(?:this|the|your|that|any|all|these|ur) )?(?:\w+ ){0,2}(?:list|lists|system|database|db|contacts?|"
    r"contact list|texts?|"
    r"messages?|sms|alerts?|notifications?|mailing|thread|group text|chat|directory|rolodex|distribution|records|"
    r"subscription|phone book|address book|spam|program|app)"
)

# Somebody quotes us, or their phone reports a reaction: no words of their own.
QUOTED = re.compile(
    r"^\s*(?:(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted\b.{0,20}\bto|removed an? .{1,20}from|"
    r"le gustó|me gusta|encantó|a aimé|aimé)\s*[“\"«„].*[”\"»“]\s*|.{1,8} to [“\"].*[”\"]\s*|"
    r"(?:auto(?:matic)?[ -]?(?:reply|response)"
    r"|i['’]?m driving with|i['’]?m not receiving notifications|out of (?:the )?office)\b.*)$",
    re.IGNORECASE | re.DOTALL,
)
WORK = re.compile(
    r"\b(?:pumps?|valves?|boilers?|leak\w*|meetings?|shifts?|machines?|motors?|lines?|conveyors?|generators?|engines?|"
    r"doors?|gates?|"
    r"trucks?|cranes?|belts?|fans?|compressors?|servers?|jobs?|process(?:es)?|pressure|tanks?|plant|rig|turbines?|"
    r"press|drill|"
    r"elevators?|lifts?|forklifts?|trains?|bus|buses|boats?|ships?|cars?|vans?|vehicles?|router|switch|reactor|mixer|"
    r"sensor|"
    r"buttons?|brakes?|feeder|oven|furnace|freezer|chiller|hvac|sprinklers?|alarms?|sirens?|lights?|flow|batch|run|"
    r"cycle|backup|"
    r"deploy\w*|build|database|disk|network|circuit|breaker|sync|script|service is|water|gas|oil|fuel|power|heat|steam|"
    r"production|operators?|crew|delivery|order|orders|ticket|work order|tests?|drills?|dock|pier|yard|robot|cell 4|"
    r"level|"
    r"flooding|smoke|fire|evacuat\w*|queue|logs?|export|import|restart\w*|reboot\w*|repair\w*|drop and roll|traffic|"
    r"guard|patrol)\b"
)


def is_quoted(text: str) -> bool:
    """Whether the text is a reaction that quotes a message of ours: "Liked “Reply STOP to opt out”"."""
    return QUOTED.match(text) is not None


def is_about_work(words: str) -> bool:
    """Whether plain words speak of machines and errands, where "stop" and "end" are words like any other."""
    return WORK.search(words) is not None
