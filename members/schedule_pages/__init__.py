"""The pages about one member's schedule, as the admin and the member's own page share them; the doors are theirs."""
