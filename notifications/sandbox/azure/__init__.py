"""Azure Communication Services' HTTP surface, as far as the portal meets it: the opt-out list of SMS."""
