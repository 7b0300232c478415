"""What people type: the questions of a questionnaire."""
