// A form that brings a question to another site goes by itself; without scripts its button does it.
document.querySelector('form[data-sso-send]')?.submit()
