"""The checks, each a pure function of the facts; their order is that in which people look for causes."""

from collections.abc import Callable

from notifications.diagnosis.checks.again import again
from notifications.diagnosis.checks.allowance import allowance
from notifications.diagnosis.checks.attempts import attempts
from notifications.diagnosis.checks.blast import blast
from notifications.diagnosis.checks.calls import calls
from notifications.diagnosis.checks.consent import consent
from notifications.diagnosis.checks.duplicates import duplicates
from notifications.diagnosis.checks.escalation import escalation
from notifications.diagnosis.checks.first import confirmation, review
from notifications.diagnosis.checks.handset import handset
from notifications.diagnosis.checks.hours import hours
from notifications.diagnosis.checks.line import line
from notifications.diagnosis.checks.log_ended import log_ended
from notifications.diagnosis.checks.log_gone import log_gone
from notifications.diagnosis.checks.log_waiting import log_waiting
from notifications.diagnosis.checks.number import number
from notifications.diagnosis.checks.provider_block import provider_block
from notifications.diagnosis.checks.queue import queue
from notifications.diagnosis.checks.quota import quota
from notifications.diagnosis.checks.receipts import receipts
from notifications.diagnosis.checks.router import router
from notifications.diagnosis.checks.schedule import schedule
from notifications.diagnosis.checks.seat import seat
from notifications.diagnosis.checks.sender import sender
from notifications.diagnosis.checks.sender_state import sender_state
from notifications.diagnosis.checks.storm import storm
from notifications.diagnosis.checks.switch import switch
from notifications.diagnosis.checks.temporary import temporary
from notifications.diagnosis.checks.tenant import flow, tenant
from notifications.diagnosis.checks.throttle import throttle
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Finding

Check = Callable[[Facts], tuple[Finding, ...]]

CHECKS: tuple[Check, ...] = (
    # 1 the log row and what its status claims
    log_waiting,
    log_gone,
    log_ended,
    storm,
    # 2 the number
    number,
    # 3 SMS switched on, seat, consent, suppression, provider block
    seat,
    switch,
    consent,
    provider_block,
    review,
    confirmation,
    # 4 line type and capability
    line,
    # 5 the provider's answer and receipts
    attempts,
    receipts,
    temporary,
    calls,
    # 6 queue and worker
    queue,
    # 7 the router and its breakers
    router,
    # 8 tenant standing, quota, allowance, and the flow
    tenant,
    quota,
    allowance,
    flow,
    # 9 the member's schedule, messaging hours, throttles, and the escalation
    schedule,
    hours,
    throttle,
    escalation,
    # 10 the sender
    sender,
    sender_state,
    # 11 duplicates
    duplicates,
    # 12 how far it reaches
    blast,
    # then beside now
    again,
    # 13 what only the person can check
    handset,
)
