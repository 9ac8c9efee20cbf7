"""Whether a text asks in its own English words to be left alone: a request, and not a word that happens to be in it.

A request is looked for clause by clause, in plain words. What turns one round ("don't stop", "why did you stop") or
gives it another object ("stop calling the plumber") leaves it to people.
"""

import re
from collections.abc import Iterable

from members.consent.keywords.english import (
    CEASE,
    JUNK,
    LEAD,
    LIST,
    ME,
    NOT,
    OWN,
    SUBSCRIPTION,
    TAIL,
    THESE,
    VERB,
    VERBING,
    WHAT,
    is_about_work,
)

# A request that is one wherever it stands in a clause, unless something before it turns it round.
_ANYWHERE = tuple(
    re.compile(rf"(?<!\w){pattern}(?!\w)")
    for pattern in (
        rf"{CEASE}(?: {VERBING}(?: and| or)?){{0,2}} {VERBING} {ME}",
        rf"{CEASE} sending {OWN}(?: {THESE})*(?: \w+)? (?:{WHAT}|{JUNK})",
        rf"{CEASE} sending(?: {THESE})* (?:{WHAT}|{JUNK})(?: to {OWN})?",
        rf"{CEASE} (?:getting|receiving)(?: {THESE})+ (?:{WHAT}|{JUNK})",
        rf"{CEASE} (?:bothering|harassing|spamming|texting|contacting|messaging) (?:me|us|people|everyone)",
        rf"(?:take|get|remove|delete|drop|pull|strike|erase|wipe|scrub|unlist|exclude) {OWN} (?:off|from|out of|"
        rf"of)(?: of)? "
        rf"{LIST}",
        r"(?:remove|delete|erase|lose|forget|strike|withdraw|wipe|drop|deactivate|deregister|unregister|"
        r"unlist) my (?:\w+ )?(?:number|phone|"
        r"cell|mobile|info|details|data|contact|contact info|information)",
        r"(?:remove|delete|unsubscribe|unenroll|deregister|unregister) this number",
        r"leave (?:me|us) (?:the (?:fuck|hell) )?(?:alone|be|in peace)",
        r"(?:unsubscribe|unsub|unsuscribe|unsubcribe|unsubscibe|deregister|unenroll|disenroll) (?:me|us|my|"
        r"this number|from|"
        r"please|pls|now)",
        rf"opt {OWN} out",
        rf"(?:opt(?:ing)? ?out|optout) (?:of|from|for)(?: {THESE})* (?:{WHAT}|{JUNK}|this|these|it|everything|{OWN})",
        r"(?:revok|withdraw|rescind|retract|cancel)(?:e|es|ed|ing|s|n)?(?: (?:my|our|any|all|prior|previous|express|"
        r"the))* "
        r"(?:consent|permission|authori[sz]ation|opt ?in)",
        rf"{NOT} (?:consent|agree|authori[sz]e|opt in|give (?:you )?(?:my )?(?:consent|permission))",
        r"(?:(?:did|have) not|didnt|havent|never) (?:consent|agree|consented|agreed)(?:d)? to (?:this|these|receive|"
        r"receiving|"
        r"get|getting|be|being|your|any)",
        r"(?:dont|do not|never|didnt|did not) (?:have|had|gave|give|given) (?:you )?(?:my |any )?(?:consent|"
        r"permission)",
        rf"{NOT} (?:even )?bother {VERBING} {ME}",
        r"(?:dont|do not|no longer|never|didnt) (?:ever )?(?:want|wish|need|care|like|wanna)(?: you)?(?: to)? "
        r"(?:get|receive|be (?:texted|contacted|called|paged|messaged|notified|alerted|bothered|on (?:this|your) list)|"
        r"getting|receiving|hear from you|continue receiving)",
        rf"(?:dont|do not) (?:want|wish|need|like) (?:you |u |yall |anyone )(?:to |2 )?{VERB}",
        rf"(?:dont|do not|no longer|never) (?:want|wanna|wish|need|like|wish for|"
        rf"wish to have)(?: {THESE})+ (?:{WHAT}|{JUNK})",
        r"(?:add|put) (?:me|us|my number|this number) (?:on|to|in)(?: to)? (?:your |the )?(?:do not (?:call|text|"
        r"contact)|dnc)",
        r"cease and desist",
        r"(?:get|go) (?:the (?:fuck|hell) )?(?:out of|off) my (?:phone|number|cell)",
        rf"(?:these|the|your|all|those) {WHAT} (?:need|needs|have|has|must|should|gotta|got)(?: to)? (?:stop|end|"
        rf"cease)",
        rf"(?:want|need|like|would like)(?: {THESE})* {WHAT} (?:to )?(?:be )?(?:stop|stopped|end|ended|cease|gone)",
        r"(?:want|wish|like|need|prefer|trying|ask|asking|asked|request|love) to (?:opt ?out|unsubscribe|unsub|"
        r"be removed|be "
        r"taken off|be unsubscribed|be left alone|be deleted|deregister|unenroll)",
        rf"(?:turn|switch|shut) off(?: {THESE})* (?:texts?|text messages|messages|sms|notifications|text alerts|"
        rf"sms alerts|"
        r"texting|paging)",
        rf"(?:turn|switch|shut)(?: {THESE})+ (?:texts?|messages|sms|notifications|alerts|pages) off",
        r"(?:do not|dont) (?:ever )?(?:contact|text|txt|message|msg|bother|spam|harass)(?: \w+)? (?:again|any ?more|"
        r"ever)",
        r"count me out of(?: \w+)? (?:this|these|texts|messages|alerts)",
    )
)  # fmt: skip

# A request that is one where it fills its clause, but for what may stand before and after it.
_WHOLE = "|".join(
    (
        rf"{CEASE} {VERBING}(?: {ME})?",
        rf"{CEASE} sending(?: {OWN})?(?: (?:any ?more|this|these|those|it|them|that|all this|all of this))?",
        rf"{CEASE}(?: {THESE})* (?:{WHAT}|{JUNK})(?: (?:to|for|from|on|at) (?:{OWN}|you))?",
        r"stop(?: all| all of)?(?: (?:it|this|that|these|those|them|everything|the))?",
        r"(?:quit|cease|end)(?: all| all of)? (?:it|these|those|them|everything)|end this|quit this|just end",
        r"(?:quit|end|cease|desist|discontinue|cancel|revoke|unsubscribe|unsub|opt ?out|remove|stopall|dnc|stop all)"
        r"(?: (?:me|all|everything|us|my number|this (?:number|phone|line)))?",
        r"(?:unsubscribe|unsub|opt ?out|revoke) (?:it|this|these|all of (?:it|this|these))|cancel (?:these|"
        r"all of (?:it|this|these))|opting out",
        rf"be (?:removed|taken off|unsubscribed|deleted|left alone|opted out)(?: (?:off|from|of)(?: of)? {LIST})?",
        r"get (?:these|you|this|it|them|the \w+)(?: \w+)? to stop|i (?:want|need) (?:these|this|them) to (?:stop|end)",
        rf"make (?:the|these|your) {WHAT} stop|{CEASE} (?:getting|receiving)(?: {THESE})+(?: (?:{WHAT}|{JUNK}))?",
        r"(?:requesting |request )?(?:an? )?opt ?out(?: request(?:ed)?)?|no (?:consent|permission|contact)|removed me",
        r"(?:remove|delete)(?: me| us)? (?:from|off)(?: of)? (?:(?:this|the|your|ur|mailing|text|sms) )*list",
        r"(?:this|these|you|all (?:of )?this)(?: \w+)? (?:needs?|has|have|must|should|gotta)(?: to)? (?:stop|end|"
        r"cease)",
        rf"(?:cancel|end|terminate|disable|deactivate|discontinue|kill|mute|stop|suspend|"
        rf"block)(?: {THESE})+ (?:texts|text messages|"
        rf"messages|msgs|sms|alerts|pages|notifications|reminders|{SUBSCRIPTION}|spam)",
        rf"(?:cancel|end|terminate|disable|deactivate|discontinue|stop) (?:texts|text messages|text alerts|sms alerts|"
        rf"messages|msgs|sms|"
        rf"alerts|"
        rf"notifications|{SUBSCRIPTION}|spam|all)",
        rf"{NOT} (?:ever )?{VERB} (?:(?:me|us|here)|(?:this|my) (?:number|phone|cell|mobile|line))",
        rf"{NOT} (?:ever )?send(?: {OWN})?(?: {THESE})* (?:{WHAT}|{JUNK})(?: to {OWN})?",
        rf"{NOT} (?:ever )?send(?: {OWN})? (?:these|this|those|any ?more|anything)(?: {WHAT})?",
        r"(?:do not|never) (?:contact|text|message|disturb me|page)|do not call",
        r"(?:take|get|remove|delete|drop) (?:me|us|this number|my number|my name)(?: off| out| from here|"
        r" out of (?:this|here))?",
        rf"(?:get|take|pull) {OWN} (?:off|out)(?: of)? (?:this|it|here|these)",
        rf"no more(?: \w+){{0,2}}? (?:{WHAT}|{JUNK})|no more(?: of (?:this|these|it|those|that))?",
        r"not interested|no longer interested|(?:im|i am|we are|were)(?: really| just)? (?:not|"
        r"no longer) interested(?: any ?more)?",
        r"i (?:dont|do not|no longer) (?:want this|(?:want|need|wish for|like) (?:these|those|any of (?:this|these)|"
        r"any ?more(?: of "
        r"(?:this|these|them|your \w+))?|them|your \w+))",
        r"(?:dont|do not) (?:want (?:these|this|any ?more|any|your (?:texts|messages))|need (?:these|any ?more))",
        rf"(?:i |we )?(?:dont|do not|no longer) (?:want|need|wish)(?: {THESE})* (?:{WHAT}|{JUNK})",
        rf"i (?:want|wish|would like|need) (?:out|off(?: {LIST})?)|i want (?:it|this|these|them|that|all of this|"
        rf"this all) to "
        rf"(?:stop|end)|i want to (?:stop|quit|cancel|revoke)(?: (?:it|this|these|now|all))?",
        rf"i (?:want|wish|would like) no more(?: {WHAT})?",
        r"(?:i )?(?:opt ?out|unsubscribe|revoke|unsubscribed|opted out)|i withdraw|i (?:am|m) opting out|"
        r"im (?:opting out|out)|"
        r"count me out",
        r"(?:you|it) (?:need|needs|have|has|must|should|gotta) (?:to )?stop",
        r"(?:consent|permission) (?:is |has been )?(?:revoked|withdrawn|denied)",
        r"(?:lose|forget|erase) (?:this|my) number|(?:go|fuck|f|fck|fuk|fk|f k|f ck|fu k|f u c k|eff|piss|bugger|sod|"
        r"buzz|naff|shove|"
        r"jog|back|bog|kindly fuck|feck|screw) off(?: \w+| with \w+ \w+)?|(?:go )?fuck (?:your|ur)self|fuckoff|foff|"
        r"get off my phone|go away|get lost|get stuffed|shut (?:the \w+ )?up|"
        r"stfu|gtfo|drop dead|take a hike|go to hell|leave off|get bent",
        r"knock it off|cut it out|give it a rest|pack it in|(?:thats |that is )?enough (?:already|texts|messages|"
        r"of (?:this|these)"
        rf"(?: {WHAT})?|with (?:the|these) {WHAT})",
        rf"get off (?:{LIST})|(?:come|get) off this list",
        r"(?:do not|dont) (?:contact|message|text|call) list|dnc list",
        rf"(?:don|do n)t you (?:ever |dare )*{VERB} me",
        r"(?:turn|switch|shut) these off|make (?:it|this|these) stop|let (?:me|us) be|(?:turn|switch|"
        r"shut) off (?:these|all|your|my|all these) alerts",
        r"block (?:me|my number)|blacklist me|sign (?:me|us) off",
    )
)  # fmt: skip
_LEADS, _TAILS = rf"(?:(?:{LEAD}) ){{0,6}}", rf"(?: (?:{TAIL})){{0,6}}"
_FILLS = re.compile(rf"{_LEADS}(?:{_WHOLE}){_TAILS}")
# The keyword itself as a clause, with nothing but courtesies around it.
_BARE = re.compile(
    rf"{_LEADS}(?:stop|stop it|stop this|stop all|stopall|unsubscribe|unsub|opt ?out|quit|cancel|revoke|end){_TAILS}"
)
# Begins with the keyword and runs on without a comma: "stop i dont work there", "STOP who is this".
_RUNS_ON = re.compile(
    rf"{_LEADS}(?:stop|unsubscribe|unsub|opt out|optout|stopall|stop all)(?: (?:{TAIL}))* (?:i|im|ive|id|you|youre|u|"
    rf"ur|who|whos|"
    r"wrong|dont|do|not|no|why|what|wtf|this is|this isnt|thats|its|ill|or i|or ill|or im|we|were|seriously|asshole|"
    r"fucking|fuckin|ffs|already|"
    r"my|ben|he|she|they|bothering|because|cause|cuz)(?: \w+)*"
)
# Ends with it: "wrong number stop" is courtesy and covered; "i dont know you stop" is not.
_RUNS_IN = re.compile(
    r"(?:who (?:is|are) (?:this|you|u)|whos this|i (?:dont|do not) (?:know|work|want|live|have|use|need|care|"
    r"understand) ?(?:\w+ ?){0,5}|"
    r"i (?:quit|retired|left|moved|resigned|sold)(?: \w+){0,4}|(?:im|i am|this is|its) not (?:\w+ ?){0,3}|"
    r"(?:you have|this is|its) (?:the|a) wrong (?:number|person)|wrong (?:number|person)|too many (?:\w+ )?(?:texts|"
    r"messages)|"
    r"these are (?:\w+ ?){1,2}|im (?:done|tired|sick)(?: of \w+){0,2}|i (?:have|had) enough)"
    r"(?<! to)(?<!not)(?<!nt)(?<!never) (?:just |please |pls |so )?(?:stop|unsubscribe|opt out|cancel)"
    rf"(?: {VERBING}(?: {ME})?)?"
    rf"{_TAILS}"
)

# What stands before a request and turns it round, or makes it somebody else's.
_TURNED = re.compile(
    r"(?:(?:dont|do not|did not|didnt|doesnt|does not|wont|will not|cant|can not|cannot|couldnt|could not|wouldnt|"
    r"never|not|isnt|"
    r"hasnt|havent|why did you|why did it|why do you|why would you|why have you|did you|did it|did they|does it|"
    r"do you|if you|"
    r"if i|if we|if it|if they|unless you|unless i|until you|until i|when you|when i|when did you|once you|once i|"
    r"before you|"
    r"before i|after you|after i|have you|has it|had to|i will|ill|we will|i had to|i didnt|to|forgot to|"
    r"please dont) ?(?:ever |really |"
    r"just |want to |mean to |wanna |wish to |need to |have to )?"
    r"|(?:told|asked|tell|ask|telling|asking) (?!you|u|them|whoever)(?:him|her|\w+) to |accidentally |by mistake "
    r"|he says? |she says? |he said |she said |says |reply |text |type |respond |send )$"
)
_TO_IS_FINE = re.compile(
    r"(?:want|wish|like|need|have|ask|asking|asked|request|trying|how|you|tell them|tell whoever|tell someone|love|"
    r"prefer|ought|"
    r"got|told you|told u|told them|asked you|asked them|them|someone|somebody|whoever|people|everyone|nicely|again|"
    r"guys|times?|"
    r"already|reply stop|way|consent|permission|rights?|right) to (?:please |just |immediately |kindly )?$"
)
_ASKED = re.compile(
    r"(?:(?:can|could|will|would|cant|wont|why dont|why cant|why wont|why wouldnt|wouldnt|couldnt) (?:you|u|ya|"
    r"someone|somebody|it|they)"
    r" (?:please |just |pls |plz |kindly )?)$"
)
_NOT_ONES_OWN = re.compile(
    r"(?:why|you|u|they|he|she|it|who|if|when|unless|because you|people|customers)(?: really| just| please)? $"
)
# What makes a "don't" one for an hour and not for good.
_FOR_NOW = re.compile(
    r"\b(?:until|unless|tonight|later|instead|while|during|weekends?|before|after|when|if|meeting|driving|busy|"
    r"vacation|holiday|"
    r"on site|onsite|(?<!dont )(?<!dnt )(?<!you )(?<!not )(?<!never )(?<!to )(?<!ever )(?:call|text|email|page) me|"
    r"for now|right now im|"
    r"i have it|on my way|got it|fixed|half past|between|till|til)\b"
)
_AND = re.compile(
    r" (?:and|so|but) (?=(?:please |pls |just )?(?:stop|unsub\w*|remove|take|leave|dont|do not|opt|quit|never)\b)"
)
_DONTS = re.compile(rf"(?:{NOT}) ")
LONGEST = 640


def asks_to_stop(sentences: Iterable[list[str]]) -> str | None:
    """The clause with which an English text opts out, else None."""
    spoken = list(sentences)
    everything = " ".join(clause for parts in spoken for clause in parts)
    clauses = [part for parts in spoken for clause in parts for part in (clause, *_halves(clause))]
    whole = [" ".join(parts) for parts in spoken if len(parts) > 1]
    joined = [everything] if whole or len(spoken) > 1 else []
    for clause in [*clauses, *whole]:
        if _is_request(clause, everything=everything):
            return clause
    for text in joined:
        if _fills(text):
            return text
    if is_about_work(everything):
        return None
    for clause in clauses:
        if _RUNS_ON.fullmatch(clause) or _RUNS_IN.fullmatch(clause):
            return clause
    # A sentence, or a short remark with a comma, that is the keyword and nothing else.
    return next((clause for clause in clauses if _BARE.fullmatch(clause) and not _FOR_NOW.search(everything)), None)


def _halves(clause: str) -> list[str]:
    """What "and" joins, where a request may begin after it."""
    halves = _AND.split(clause)
    return halves if len(halves) > 1 else []


def _is_request(clause: str, *, everything: str) -> bool:
    for pattern in _ANYWHERE:
        for found in pattern.finditer(clause):
            before = clause[: found.start()]
            if not _is_turned(before, found.group()) and not _only_for_now(found.group(), everything):
                return True
    # What fills its clause alone is a request where the other clauses do not put a limit to it.
    return _fills(clause) and not _only_for_now(clause, everything) and not _BARE.fullmatch(clause)


def _fills(text: str) -> bool:
    return _FILLS.fullmatch(text) is not None


def _is_turned(before: str, request: str) -> bool:
    if _DONTS.match(request) and not request.endswith(("consent", "permission")):
        return _NOT_ONES_OWN.search(before) is not None
    return _TURNED.search(before) is not None and _TO_IS_FINE.search(before) is None and _ASKED.search(before) is None


def _only_for_now(request: str, everything: str) -> bool:
    return _DONTS.search(request) is not None and _FOR_NOW.search(everything) is not None
