"""What people type: the questions of a questionnaire, and the answers to them."""
