"""What of an article is put into an answer."""

from datetime import datetime

from django.utils.timezone import localdate

from kontor.office.desk.models import Article, Ticket
from kontor.office.desk.queries.articles import SIGNED_IN
from kontor.office.desk.queries.centre import centre_address, open_centre


def insertable(article: Article, ticket: Ticket, *, at: datetime) -> str:
    """
    Return what goes into the answer, in the language of the request: the title with its link, or the text itself.

    "" for an article of our own people alone: nothing of it leaves the house. Without an open centre it is the text.
    """
    if article.audience not in SIGNED_IN:
        return ""
    german = ticket.language == "de"
    title, text = (article.title_de, article.text_de) if german else (article.title_en, article.text_en)
    if open_centre(localdate(at)) is None:
        return f"{title}\n\n{text}"
    return f"{title}: {centre_address()}articles/{article.pk}/"
