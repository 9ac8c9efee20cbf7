"""Every address that the admin answers at, read from its own URL patterns, with Harbor's rows behind them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db import models
from django.urls import URLPattern, URLResolver, reverse


@dataclass(frozen=True, slots=True)
class Door:
    """One address: of which model (empty: of the site), which view, and where."""

    label: str
    view: str
    path: str
    #: What a form there would at least send.
    sent: Mapping[str, str] = field(default_factory=dict)


def model_doors(rows: Mapping[type[models.Model], Any], *, pk: object = None) -> Iterator[Door]:
    """Every address about rows; `pk` puts another id in their places."""
    for model, model_admin in admin.site._registry.items():
        opts = model._meta
        key = pk if pk is not None else rows[model].pk
        for pattern in model_admin.get_urls():
            if pattern.name is None:
                continue  # Django's old address of the change page, which leads to the new one
            view = pattern.name.removeprefix(f"{opts.app_label}_{opts.model_name}_")
            takes_id = "object_id" in pattern.pattern.converters
            path = reverse(f"admin:{pattern.name}", args=[key] if takes_id else [])
            if view.startswith("do_many_"):
                yield Door(opts.label, view, f"{path}?{urlencode({'ids': key})}", {"ids": str(key)})
            else:
                yield Door(opts.label, view, path)


def site_doors(content_type: int) -> Iterator[Door]:
    """Every address of the site itself."""
    arguments: dict[str, list[Any]] = {"app_list": ["members"], "view_on_site": [content_type, 1]}
    for pattern in admin.site.get_urls():
        if isinstance(pattern, URLResolver):
            continue
        assert isinstance(pattern, URLPattern)
        if pattern.name is None:
            yield Door("", "nothing", "/admin/nothing/of/this/name/")
        else:
            yield Door("", pattern.name, reverse(f"admin:{pattern.name}", args=arguments.get(pattern.name, [])))
