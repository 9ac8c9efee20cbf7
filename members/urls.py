"""Addresses of the members app: the login, a member's own page, accepting an invite, and the legal pages."""

from django.urls import path

from members.pages import (
    accept,
    accept_number,
    keys,
    legal,
    own,
    own_codes,
    own_consent,
    own_door,
    own_phones,
    own_schedule,
    sign_in,
)

urlpatterns = [
    path("invite/accept", accept.accept, name="invite_accept"),
    path("invite/number", accept_number.number, name="invite_number"),
    path("invite/number/again", accept_number.again, name="invite_number_again"),
    path("invite/number/state", accept_number.state, name="invite_number_state"),
    path("invite/number/change", accept_number.change, name="invite_number_change"),
    path("invite/done", accept_number.done, name="invite_done"),
    path("", sign_in.home, name="home"),
    path("login", sign_in.SignIn.as_view(), name="login"),
    path("logout", sign_in.SignOut.as_view(), name="logout"),
    path("me/", own_door.me, name="me"),
    path("me/<slug:tenant_ref>/", own.front, name="me_in"),
    path("me/<slug:tenant_ref>/history/", own.history, name="me_history"),
    path("me/<slug:tenant_ref>/schedule/", own_schedule.week, name="me_schedule"),
    path("me/<slug:tenant_ref>/schedule/date/", own_schedule.date, name="me_schedule_date"),
    path("me/<slug:tenant_ref>/schedule/time-off/", own_schedule.time_off, name="me_schedule_time_off"),
    path("me/<slug:tenant_ref>/schedule/remove/", own_schedule.removal, name="me_schedule_remove"),
    path("me/<slug:tenant_ref>/phones/add/", own_phones.add, name="me_add"),
    path("me/<slug:tenant_ref>/phones/<slug:phone_ref>/change/", own_phones.change, name="me_change"),
    path("me/<slug:tenant_ref>/phones/<slug:phone_ref>/remove/", own_phones.remove, name="me_remove"),
    path("me/<slug:tenant_ref>/phones/<slug:phone_ref>/choose/<slug:channel>/", own_phones.choose, name="me_choose"),
    path("me/<slug:tenant_ref>/phones/<slug:phone_ref>/code/", own_codes.code, name="me_code"),
    path("me/<slug:tenant_ref>/phones/<slug:phone_ref>/code/ask/", own_codes.ask, name="me_ask"),
    path("me/<slug:tenant_ref>/phones/<slug:phone_ref>/agree/<slug:channel>/", own_consent.give, name="me_give"),
    path(
        "me/<slug:tenant_ref>/phones/<slug:phone_ref>/stop/<slug:channel>/", own_consent.take_back, name="me_withdraw"
    ),
    path("keys/evidence", keys.evidence_keys, name="evidence_keys"),
    path("keys/evidence.pem", keys.evidence_keys_pem, name="evidence_keys_pem"),
    path("keys/evidence.json", keys.evidence_keys_json, name="evidence_keys_json"),
    path("terms", legal.terms, name="terms"),
    path("privacy", legal.privacy, name="privacy"),
]
