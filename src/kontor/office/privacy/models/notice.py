from django.db import models

from kontor.kernel.rows import TenantOwned


class NoticeDetails(TenantOwned):
    """
    What the privacy notice says that no register knows: who answers for the processing, and where one complains.

    officer    the data-protection officer with how to reach them, "" where none has to be named
    authority  the supervisory authority
    automated  what is decided by machines alone, "" where nothing is
    """

    name = models.CharField(max_length=200)
    address = models.CharField(max_length=300)
    email = models.EmailField(max_length=320)
    officer = models.CharField(max_length=300, blank=True)
    authority = models.CharField(max_length=300)
    automated_de = models.TextField(blank=True)
    automated_en = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant"], name="notice_details_once")]
