"""Twilio's HTTP surface: what the portal's Twilio SDK meets. Another provider is one more package beside this one."""
