"""Pages for people without a login: accepting an invite, terms, privacy."""
