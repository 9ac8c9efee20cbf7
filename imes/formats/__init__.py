"""How dates and times are written: by the clock of 24 hours, the month in letters, so that no two readers differ."""
