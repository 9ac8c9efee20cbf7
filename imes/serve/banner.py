"""What the terminal shows once everything answers: where to go, and who can log in."""

from collections.abc import Iterable
from importlib import import_module

# The one place that knows the demo logins; its LOGINS are (e-mail, password, role) each.
DEMO = "notifications.management.commands.seed_demo"

Login = tuple[str, str, str]


def demo_logins() -> list[Login]:
    """Return the logins that `seed_demo` makes; none when there is no such command."""
    try:
        return list(getattr(import_module(DEMO), "LOGINS", ()))
    except ModuleNotFoundError:
        return []


def banner(*, url: str, sandbox_url: str | None, logins: Iterable[Login], seconds: float, log_folder: str) -> str:
    """Return the lines to print."""
    lines = ["", f"  The portal      {url}/admin/"]
    if sandbox_url:
        lines.append(f"  Handset page    {sandbox_url}/sandbox/")
    rows = list(logins)
    width = max((len(email) for email, _, _ in rows), default=0)
    lines += [f"  Log in as       {email:<{width}}  {password}  ({role})" for email, password, role in rows]
    lines += [f"  Logs            {log_folder}", "", f"Serving after {seconds:.1f} s. Ctrl-C stops everything.", ""]
    return "\n".join(lines)
