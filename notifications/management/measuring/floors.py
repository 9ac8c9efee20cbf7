"""How fast this machine can post messages at all, measured beside the portal: what a figure of the portal is held to.

`python -m notifications.management.measuring.floors bare|sdk URL COUNT THREADS` prints the seconds it took.
"""

import http.client
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

ACCOUNT = "AC" + "b" * 32
_TO, _FROM, _BODY = "+12062000000", "+12065550100", "Bench: pump 3 is down. Reply 1 to acknowledge 4821."


def bare(url: str, *, count: int, threads: int) -> float:
    """Seconds for COUNT posts over kept-alive connections, one a thread, with nothing around them."""
    place = urlsplit(url).netloc
    body = urlencode({"To": _TO, "From": _FROM, "Body": _BODY}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    def post_many(posts: int) -> None:
        connection = http.client.HTTPConnection(place, timeout=30)
        for _ in range(posts):
            connection.request("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", body, headers)
            connection.getresponse().read()
        connection.close()

    return _timed(post_many, count=count, threads=threads)


def sdk(url: str, *, count: int, threads: int) -> float:
    """Seconds for COUNT messages through our own provider module and Twilio's SDK, without database and queue."""
    from notifications.providers.base import Credentials, SmsRequest
    from notifications.providers.twilio import TwilioSms

    provider, credentials = TwilioSms(), Credentials(ACCOUNT, "token", url)
    request = SmsRequest(_TO, _BODY, _FROM, None, timedelta(minutes=5), "att_bench")

    def send_many(posts: int) -> None:
        for _ in range(posts):
            provider.send_sms(request, credentials=credentials, timeout=timedelta(seconds=30))

    return _timed(send_many, count=count, threads=threads)


def _timed(work, *, count: int, threads: int) -> float:  # type: ignore[no-untyped-def]  # one of the two above
    shares = [count // threads] * threads
    work(1)
    began = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, shares))
    return time.monotonic() - began


if __name__ == "__main__":
    _, which, address, posts, at_once = sys.argv
    if urlsplit(address).hostname != "127.0.0.1":
        sys.exit("It posts to a program on this machine alone, never to a provider.")
    found = {"bare": bare, "sdk": sdk}[which](address, count=int(posts), threads=int(at_once))
    sys.stdout.write(f"{found:.6f}\n")
