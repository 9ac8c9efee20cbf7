"""Azure Communication Services' HTTP surface, as far as the portal meets it: SMS, its opt-out list, and its events."""
