"""Whether a tenant has a row of this name already, asked by the form: the database's refusal would be an error page.

Django leaves a constraint out where a field of it is not on the form, and the tenant never is.
"""

from typing import Any

from django import forms
from django.db import models


class OwnNamesForm(forms.ModelForm):  # type: ignore[type-arg]  # mixed into the form of any model
    """Says at the field which constraint within the tenant a new value would break."""

    own_tenant_id: int | None = None

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for constraint in self._meta.model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and "tenant" in constraint.fields:
                self._refuse_taken([name for name in constraint.fields if name != "tenant"])
        return cleaned

    def _refuse_taken(self, names: list[str]) -> None:
        if any(name not in self.cleaned_data for name in names):
            return
        model = self._meta.model
        same = model._default_manager.filter(
            tenant_id=self.instance.tenant_id or self.own_tenant_id, **{name: self.cleaned_data[name] for name in names}
        )
        if same.exclude(pk=self.instance.pk).exists():
            kind, label = model._meta.verbose_name, model._meta.get_field(names[-1]).verbose_name
            self.add_error(names[-1], f"Another {kind} has this {label} already. Choose another {label}.")
