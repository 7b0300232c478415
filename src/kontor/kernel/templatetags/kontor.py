"""Every tag and filter of docs/how-to/pages.md; built into all templates by the settings, so nobody loads it."""

from django import template

from kontor.kernel.templatetags import buttons, chips, entry, figures, frame, layout, listings, words

register = template.Library()
for part in (words, chips, buttons, layout, figures, entry, frame, listings):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)
