"""The sandbox's own surface under /sandbox: the handset page, its JSON, and the switches that tests turn."""
