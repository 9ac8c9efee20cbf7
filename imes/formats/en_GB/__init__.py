"""British English, the portal's language."""
