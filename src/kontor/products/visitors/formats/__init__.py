"""What leaves and enters visits in a form of its own: signed codes, calendars, lists of people."""
