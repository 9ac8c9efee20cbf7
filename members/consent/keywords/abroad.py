"""Whether a text asks to be left alone in another language than English; only languages that are configured are read.

The lists are short on purpose: what they miss is for people to find, and every keyword stands in the vocabulary.
"""

import re
from collections.abc import Iterable, Mapping

_ES_WHAT = r"(?:mensajes?|mensajitos|textos?|sms|avisos?|alertas?|notificaciones|llamadas|correos)"
_ES_ME = r"(?:me|nos)"
_FR_WHAT = r"(?:messages?|sms|textos?|alertes?|notifications?|appels?|mails?)"
_DE_WHAT = r"(?:nachrichten?|sms|meldungen|benachrichtigungen|anrufe|alarme|mails?)"
_PT_WHAT = r"(?:mensagens|mensagem|sms|avisos?|alertas?|notificacoes|ligacoes|torpedos)"
_IT_WHAT = r"(?:messaggi|messaggio|sms|avvisi|notifiche|chiamate)"

_LEADS: Mapping[str, str] = {
    "es": r"por favor|porfavor|porfa|favor(?: de)?|hola|buenos dias|buenas(?: tardes| noches)?|ya|disculpe|perdon|"
    r"senor|oiga|"
    r"numero equivocado|se equivoco|quiero|quisiera|deseo|necesito|les pido(?: que)?|le pido(?: que)?|puede(?:n)?|"
    r"podrian?|"
    r"gracias|no gracias|como(?: puedo)?",
    "fr": r"svp|s il vous plait|sil vous plait|stp|sil te plait|merci de|merci|bonjour|bonsoir|salut|veuillez|"
    r"priere de|"
    r"mauvais numero|non merci|je veux|je voudrais|je souhaite|je desire|je vous prie de|pouvez vous|pourriez vous|"
    r"comment",
    "de": r"bitte|hallo|guten tag|guten morgen|guten abend|falsche nummer|ich mochte|ich will|konnen sie|konnten sie|"
    r"danke|nein danke",
    "pt": r"por favor|favor|pfv|ola|oi|bom dia|boa tarde|boa noite|numero errado|eu quero|quero|gostaria de|desejo|"
    r"obrigad[oa]|voces? podem",
    "it": r"per favore|per piacere|perfavore|ciao|salve|buongiorno|buonasera|numero sbagliato|voglio|vorrei|desidero|"
    r"potete|puoi|grazie",
}
_TAILS: Mapping[str, str] = {
    "es": r"por favor|porfavor|porfa|gracias|muchas gracias|ya|mas|nunca mas|ahora|hoy|de una vez|inmediatamente|"
    r"a este numero|"
    r"a mi (?:numero|celular|telefono|movil)|numero equivocado|senor|jamas",
    "fr": r"svp|s il vous plait|sil vous plait|stp|sil te plait|merci|maintenant|tout de suite|immediatement|"
    r"plus jamais|"
    r"a ce numero|sur ce numero|mauvais numero|desormais",
    "de": r"bitte|danke|sofort|jetzt|endlich|mehr|nie wieder|an diese nummer|falsche nummer",
    "pt": r"por favor|obrigad[oa]|agora|ja|mais|nunca mais|nesse numero|neste numero|para este numero",
    "it": r"per favore|grazie|subito|adesso|ora|piu|mai piu|a questo numero",
}
_REQUESTS: Mapping[str, str] = {
    "es": "|".join(
        (
            rf"no mas(?: \w+)? {_ES_WHAT}|no mas|ya no mas(?: {_ES_WHAT})?",
            r"(?:ya )?(?:deje|dejen|deja|dejar|dejame|paren?|pare|para|parar|alto|basta)(?: ya)? (?:de|"
            r"con)(?: (?:enviar|mandar|"
            r"escribir|llamar|molestar|textear|mensajear|contactar|fastidiar|joder)(?:me|nos|le|les)?)(?: \w+){0,4}",
            rf"(?:ya )?(?:deje|dejen|deja|paren?|basta) (?:de|con)(?: (?:los|las|tantos|tantas|estos|estas|sus|tus|el|"
            rf"la))* {_ES_WHAT}",
            r"(?:ya )?no (?:me|nos) (?:escriban?|escribas|manden?|mandes|envien?|envies|llamen?|llames|molesten?|"
            r"molestes|"
            r"contacten?|contactes|texteen?|textees|notifiquen?)(?: \w+){0,5}",
            rf"(?:ya )?no (?:quiero|deseo|queremos|autorizo|necesito)(?: (?:mas|recibir|sus|tus|estos|estas|que|me|"
            rf"seguir recibiendo|"
            rf"recibiendo|tener))* (?:{_ES_WHAT}|escriban|molesten|manden|envien|llamen)(?: \w+){{0,3}}",
            r"(?:quit|saqu|borr|elimin|remuev)(?:e|en|a|an)(?:me|nos)?(?: \w+){0,2}(?: (?:de|mi|este)(?: (?:la|su|"
            r"esta|tu))? "
            r"(?:lista|sistema|numero|base de datos|contactos))",
            r"(?:quiten|saquen|borren|eliminen|quite|saque|borre|elimine)me|dej(?:en|e|a)me en paz|dejenos en paz|"
            r"dejen de molestar(?:me)?",
            r"(?:dar|den|dame|denme|deme|darme|darse)(?:me)? de baja(?: \w+){0,4}|me doy de baja",
            rf"(?:cancelar?|cancelen?|detener|detengan|anular|anulen|suspender|suspendan|paren|pare|parar)(?: (?:la|"
            rf"mi|los|las|"
            rf"estos|estas|sus|de|el|envio))* (?:suscripcion|{_ES_WHAT})",
            r"desuscrib(?:ir|irme|anme|ame|eme|an)|revoco(?: mi)? (?:consentimiento|autorizacion|permiso)|no molestar|"
            r"no molesten",
            r"(?:alto|pare|paren|parar|basta|cancelar|cancele|cancelen|detener|baja)(?: ya)?",
            r"vayanse a la mierda|vete a la mierda|chinga tu madre|que te jodan|callate|callense",
        )
    ),
    "fr": "|".join(
        (
            rf"plus (?:de|aucun|d)(?: \w+)? ?{_FR_WHAT}|aucun {_FR_WHAT}",
            r"(?:arret(?:e|es|ez|er)?|cess(?:e|ez|er)|stop(?:pez|per)?)(?: de| d)? ?(?:m|me|nous)? ?(?:envoyer|ecrire|"
            r"contacter|"
            r"appeler|harceler|deranger|texter|spammer|embeter|emmerder|menvoyer|mecrire|mappeler|membeter|"
            r"memmerder)(?: \w+){0,5}",
            rf"(?:arret(?:e|es|ez|er)?|cess(?:e|ez|er)|stop(?:pez|per)?)(?: (?:les|ces|vos|avec|tous|tes|des|l|envoi|"
            rf"de))* {_FR_WHAT}",
            r"ne (?:m|me|nous|plus)(?: plus)? ?(?:envoyez|envoie|ecrivez|ecris|contactez|contacte|appelez|derangez|"
            r"texte[rz]|menvoyez|"
            r"envoyer|ecrire|contacter|mecrire|menvoyer|appeler|deranger)(?: \w+){0,5}",
            r"n(?:e )?(?:m|me)? ?(?:envoyez|ecrivez) (?:plus|pas)(?: \w+){0,4}|nenvoyez plus(?: \w+){0,4}",
            rf"je (?:ne )?(?:veux|souhaite|desire) (?:plus|pas)(?: (?:recevoir|de|vos|ces|les|etre|d|"
            rf"aucun))* (?:{_FR_WHAT}|contacte|derange)"
            r"(?: \w+){0,3}",
            r"(?:des(?:abonn|inscri)\w*(?: (?:moi|nous|mon numero|ce numero))?|(?:retirez|retirer|enlevez|enlever|"
            r"supprimez|supprimer|"
            r"radiez|effacez|effacer|rayez) (?:moi|nous|mon (?:numero|nom)|ce numero))"
            r"(?: (?:de|du|des) (?:la|votre|vos|cette|listes?|fichiers?)? ?(?:listes?|fichiers?)?)?",
            r"me (?:desabonner|desinscrire|retirer)(?: (?:de|des|du) .*)?|laiss(?:ez|e)[ -]?moi tranquille|"
            r"fichez moi la paix|"
            r"foutez moi la paix|ne pas deranger|je revoque(?: mon)? consentement|je (?:me )?(?:desabonne|desinscris)",
            rf"annul\w+(?: (?:mon|l|les|ces|cet|vos))* ?(?:abonnement|inscription|{_FR_WHAT})|"
            rf"mettre fin aux? {_FR_WHAT}",
            r"(?:arret(?:e|es|ez|er)?|annuler|desabonn\w+)(?: (?:ca|tout|cela|sms))?|stop (?:ca|tout|cela|sms)|"
            r"ca suffit|"
            r"allez vous faire \w+|va te faire \w+",
        )
    ),
    "de": "|".join(
        (
            rf"keine (?:weiteren |mehr )?{_DE_WHAT}(?: mehr)?(?: \w+){{0,3}}|nicht mehr (?:schreiben|anrufen|schicken|"
            rf"senden|melden)",
            rf"(?:ich )?(?:mochte|will|wunsche)(?: ich)? keine (?:weiteren )?{_DE_WHAT}(?: mehr)?(?: \w+){{0,3}}",
            r"(?:hor|horen|hort)(?:t)?(?: sie)?(?: endlich)? auf(?: \w+){0,6}|lass(?:en|t)?(?: sie)? (?:mich|"
            r"uns) in ruhe",
            r"(?:mich )?(?:abmelden|abbestellen|austragen|loschen|streichen)|(?:meld|trag|losch|"
            r"streich)en? sie mich(?: \w+){0,4}",
            rf"(?:schreib|schick|send|ruf)(?:en|t|e)?(?: sie)? (?:mir|mich|uns) (?:keine|nicht)(?: \w+){{0,4}}|"
            rf"stopp?(?: {_DE_WHAT})?|"
            rf"{_DE_WHAT} (?:abbestellen|stoppen|beenden|einstellen)|kundigen",
        )
    ),
    "pt": "|".join(
        (
            rf"(?:pare|parem|para|parar|chega|basta)(?: de| com)(?: (?:me|enviar|mandar|ligar|incomodar|os|as|suas|"
            rf"seus|essas|esses|"
            rf"estas|escrever|perturbar))*(?: {_PT_WHAT})?(?: \w+){{0,3}}",
            rf"nao (?:me )?(?:envie|enviem|mande|mandem|ligue|liguem|perturbe|perturbem|escreva|escrevam|quero|desejo)"
            rf"(?: (?:mais|receber|essas|esses|suas|seus))*(?: {_PT_WHAT})?(?: mais)?",
            rf"(?:cancelar?|remov(?:er|am|a)|tir(?:ar|em|e)|exclu(?:ir|am))(?: (?:me|meu|minha|a|o|os|as|da|de|do|"
            rf"numero|inscricao|lista|"
            rf"essas|esses|{_PT_WHAT}))*|me (?:tire|tirem|remova|removam) da lista|me deix[ae]m? em paz|"
            rf"mais nenhuma? {_PT_WHAT}",
        )
    ),
    "it": "|".join(
        (
            rf"(?:smett(?:i|ete|ila|etela)|basta|fermat(?:e|evi|i)|finit(?:ela|e))(?: (?:di|con|i|gli|le|questi|"
            rf"queste))*(?: (?:scriver|mandar|inviar|chiamar|disturbar|"
            rf"contattar)\w*)?(?: {_IT_WHAT})?",
            rf"(?:non )(?:mi |ci )?(?:scrivete|scrivere|mandate|inviate|chiamate|disturbate|contattate|voglio|"
            rf"desidero)(?: (?:piu|ricevere|"
            rf"questi|altri|vostri|i))*(?: {_IT_WHAT})?(?: piu)?|niente piu {_IT_WHAT}|lasciatemi (?:in pace|stare)",
            r"(?:cancell(?:a|ate|ami|atemi)|disiscriv\w+|rimuovi(?:mi)?|rimuovetemi|toglietemi)(?: (?:mi|dalla|lista|"
            r"il|mio|numero|questa|vostra))*",
        )
    ),
}  # fmt: skip
_COMPILED = {
    language: re.compile(rf"(?:(?:{_LEADS[language]}) ){{0,5}}(?:{requests})(?: (?:{_TAILS[language]})){{0,4}}")
    for language, requests in _REQUESTS.items()
}


def asks_abroad(sentences: Iterable[list[str]], *, languages: frozenset[str]) -> str | None:
    """The clause with which a text opts out in one of these languages, else None."""
    clauses = [clause for parts in sentences for clause in (*parts, " ".join(parts))]
    patterns = [pattern for language, pattern in _COMPILED.items() if language in languages]
    return next((clause for clause in clauses for pattern in patterns if pattern.fullmatch(clause)), None)
