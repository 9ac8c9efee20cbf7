"""Pages that people open without a login: acknowledging a page from its e-mail."""
