"""The admin pages of the members app: team members with their phones, groups, invites, and the consent ledger."""

from members.admin import consent, consent_record, group, invite, member, shared_numbers  # noqa: F401  registers them
