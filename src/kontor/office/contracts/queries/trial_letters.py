"""The mails that go with a trial, in the language of whoever registered, or of the seller."""

from kontor.office.contracts.models import Trial
from kontor.office.contracts.queries.letters import Letter
from kontor.office.contracts.queries.paper import day

_REGISTERED = {
    "de": (
        "Ihr Test bei {seller}",
        "Guten Tag,\n\nIhr Test läuft bis einschließlich {last}. Die Einladung zum Anmelden kommt mit einer eigenen "
        "Nachricht.\n\nBestellen Sie bis dahin nicht, werden alle Daten und Einstellungen danach unwiderruflich "
        "gelöscht. Vor dem Ende erinnern wir Sie.\n",
    ),
    "en": (
        "Your trial with {seller}",
        "Hello,\n\nyour trial runs up to and including {last}. The invitation to sign in comes with a message of its "
        "own.\n\nUnless you order by then, all data and settings are irrevocably erased afterwards. We shall remind "
        "you before the end.\n",
    ),
}
_WARNING = {
    "de": (
        "Ihr Test bei {seller} endet am {last}",
        "Guten Tag,\n\nIhr Test endet mit dem {last}. Ohne Bestellung bis dahin werden alle Daten und Einstellungen "
        "unwiderruflich gelöscht.\n\nBestellen, und wählen, ob Sie mit Ihren Daten fortfahren oder neu beginnen:\n"
        "{link}\n",
    ),
    "en": (
        "Your trial with {seller} ends on {last}",
        "Hello,\n\nyour trial ends with {last}. Unless you order by then, all data and settings are irrevocably "
        "erased.\n\nOrder, and choose whether to go on with your data or to start anew:\n{link}\n",
    ),
}
_ASKED = {
    "de": (
        "{company} möchte nach dem Test bestellen",
        "Guten Tag,\n\n{by} von {company} bittet um ein Angebot. Der Test läuft bis {last}.\n\n{link}\n",
    ),
    "en": (
        "{company} wants to order after its trial",
        "Hello,\n\n{by} of {company} asks for an offer. The trial runs until {last}.\n\n{link}\n",
    ),
}


def registered_mail(trial: Trial) -> Letter:
    """Return the mail that confirms a registration."""
    return _letter(_REGISTERED[trial.language], trial, trial.language)


def warning_mail(trial: Trial, *, link: str) -> Letter:
    """Return the mail that announces the end."""
    return _letter(_WARNING[trial.language], trial, trial.language, link=link)


def asked_mail(trial: Trial, *, by: str, link: str, language: str) -> Letter:
    """Return the mail that tells the seller of a wish to order."""
    return _letter(_ASKED[language], trial, language, by=by, link=link)


def _letter(words: tuple[str, str], trial: Trial, language: str, **told: str) -> Letter:
    given = {"seller": trial.seller_name, "company": trial.company, "last": day(trial.last_on, language), **told}
    return Letter(words[0].format(**given), words[1].format(**given))
