"""Joins what Azure posted: a report to its attempt, a text to what it asks for; kept rows alone, which are genuine."""

import logging
from collections.abc import Collection
from datetime import datetime

from notifications.models import ProviderAccount, ProviderCallback
from notifications.operations.inbound import Text, take_in
from notifications.operations.reported import join_reported
from notifications.providers.azure_reports import AzureEvent, Lacking, read_event, read_report, read_text
from notifications.queries.senders import accounts_of_number

logger = logging.getLogger(__name__)


def join_event(callback: ProviderCallback, *, account: ProviderAccount, at: datetime) -> bool:
    """Do what a kept event says; False where it belongs to nothing known yet. Needs the platform's scope."""
    event = read_event(callback.payload)
    if event is None:
        logger.error("callback %s is no event", callback.pk)
        return True
    if callback.kind == ProviderCallback.Kind.INBOUND:
        return _join_text(callback, event, account=account, at=at)
    return _join_report(callback, event, account=account)


def account_of(event: AzureEvent, *, among: Collection[ProviderAccount]) -> ProviderAccount | None:
    """The account that an event belongs to: the one of the number, else the one of the resource that names itself.

    Of several that hold the number the resource decides. Needs the platform's scope.
    """
    of_resource = [account for account in among if event.resource and resource_name(account) == event.resource]
    holders = accounts_of_number(event.our_number, provider="azure") if event.our_number else frozenset()
    of_number = [account for account in among if account.pk in holders]
    both = [account for account in of_number if account in of_resource]
    return next(iter([*both, *of_number, *of_resource]), None)


def resource_name(account: ProviderAccount) -> str:
    """The name of an account's resource: the first part of its host."""
    return account.account_id.removeprefix("https://").split(".", maxsplit=1)[0].lower()


def _join_text(callback: ProviderCallback, event: AzureEvent, *, account: ProviderAccount, at: datetime) -> bool:
    read = read_text(event)
    if isinstance(read, Lacking):
        logger.error("callback %s lacks %s", callback.pk, ", ".join(read.missing))
        return True
    take_in(
        Text(
            account=account,
            provider_message_id=read.message_id,
            number=read.number,
            to_address=read.to,
            service_id=None,
            body=read.body,
            provider_word=None,
            # Event Grid delivers for a day and in no order: what counts is when the text came to Azure.
            received_at=min(read.at or callback.received_at, callback.received_at),
        ),
        at=at,
    )
    return True


def _join_report(callback: ProviderCallback, event: AzureEvent, *, account: ProviderAccount) -> bool:
    report = read_report(event)
    if isinstance(report, Lacking):
        logger.error("callback %s lacks %s", callback.pk, ", ".join(report.missing))
        return True
    return join_reported(
        callback,
        account=account,
        message_id=report.message_id,
        word=report.word,
        fault_code=report.fault_code,
        provider_at=report.at,
    )
