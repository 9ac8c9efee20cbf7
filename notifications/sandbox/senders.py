"""The numbers and messaging services that the development account owns, and where their inbound texts are posted."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from .settings import NumberConfig


@dataclass(slots=True)
class OwnedNumber:
    sid: str
    phone_number: str
    sms_url: str
    service_sid: str
    toll_free: bool
    sms_method: str = "POST"
    sms: bool = True
    voice: bool = True
    voice_url: str = ""
    status_callback: str = ""
    friendly_name: str = ""

    @property
    def scope(self) -> str:
        """What an opt-out towards this number covers: the whole service when it belongs to one."""
        return self.service_sid or self.phone_number


@dataclass(slots=True)
class MessagingService:
    sid: str
    inbound_request_url: str = ""
    use_inbound_webhook_on_number: bool = True
    status_callback: str = ""
    advanced_opt_out: bool = False
    stop_words: frozenset[str] = frozenset()


class Senders:
    def __init__(self, numbers: Iterable[NumberConfig]) -> None:
        self._numbers: dict[str, OwnedNumber] = {}
        self._services: dict[str, MessagingService] = {}
        for config in numbers:
            sid = "PN" + hashlib.sha256(config.phone_number.encode()).hexdigest()[:32]
            self._numbers[config.phone_number] = OwnedNumber(
                sid=sid,
                phone_number=config.phone_number,
                sms_url=config.sms_url,
                service_sid=config.messaging_service_sid,
                toll_free=config.toll_free,
                voice=config.voice,
                friendly_name=config.phone_number,
            )
            if config.messaging_service_sid:
                self._services.setdefault(config.messaging_service_sid, MessagingService(config.messaging_service_sid))

    def number(self, phone_number: str) -> OwnedNumber | None:
        return self._numbers.get(phone_number)

    def number_by_sid(self, sid: str) -> OwnedNumber | None:
        return next((number for number in self._numbers.values() if number.sid == sid), None)

    def numbers(self) -> list[OwnedNumber]:
        return list(self._numbers.values())

    def service(self, sid: str) -> MessagingService | None:
        return self._services.get(sid)

    def services(self) -> list[MessagingService]:
        return list(self._services.values())

    def of_service(self, sid: str) -> list[OwnedNumber]:
        return [number for number in self._numbers.values() if number.service_sid == sid]

    def webhook_url(self, number: OwnedNumber) -> str:
        """Where an inbound text to this number goes: the number's own URL unless its service takes it over."""
        service = self._services.get(number.service_sid)
        if service and not service.use_inbound_webhook_on_number:
            return service.inbound_request_url
        return number.sms_url
