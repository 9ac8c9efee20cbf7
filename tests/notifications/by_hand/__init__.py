"""Messages that people send by hand: written, foreseen, sent once, sent again."""
