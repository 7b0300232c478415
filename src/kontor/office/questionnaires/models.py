"""What a tenant asks, in versions that stay as they are, and what was answered to each."""

from django.db import models

from kontor.kernel.rows import FinalRow, TenantForeignKey, TenantOwned


class Questionnaire(TenantOwned):
    """
    Questions that a tenant asks, as they are being written.

    draft   the schema that the next version takes; nobody is asked by it
    number  of the newest version, 0 before the first
    """

    title_de = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    draft = models.JSONField()
    number = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    changed_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "title_de"], condition=models.Q(archived_at=None), name="questionnaire_once"
            )
        ]

    def __str__(self) -> str:
        return self.title_de


class Version(FinalRow):
    """One state of a questionnaire that people are asked by: its JSON Schema, and the SHA-256 of that."""

    questionnaire = TenantForeignKey(Questionnaire, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title_de = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    schema = models.JSONField()
    sha256 = models.BinaryField(max_length=32)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "questionnaire", "number"], name="questionnaire_version_once")
        ]


class AnswerSheet(FinalRow):
    """
    What one person answered to one version; never changed, a correction is another sheet.

    about     the record that it belongs to: its kind, "visitors.Visit", and its id; "" and null for none
    language  in which it was asked
    consent_version  the version by which what was agreed to was first asked, null where consent is not the basis
    consent_sha256   over what was agreed to, German first, a zero byte between
    email     of whoever answered, as far as they gave it to whoever asked; "" otherwise
    """

    version = TenantForeignKey(Version, models.PROTECT, related_name="sheets")
    answers = models.JSONField()
    about_kind = models.CharField(max_length=100, blank=True)
    about = models.UUIDField(null=True, blank=True)
    language = models.CharField(max_length=2)
    consent_version = models.PositiveIntegerField(null=True, blank=True)
    consent_sha256 = models.BinaryField(max_length=32, null=True, blank=True)
    email = models.CharField(max_length=254, blank=True)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        indexes = [
            models.Index(fields=["tenant", "version", "-at"], name="questionnaires_latest"),
            models.Index(fields=["tenant", "about_kind", "about"], name="questionnaires_of_record"),
        ]


class AnswerPicture(FinalRow):
    """A picture that is the answer to a question: a signature drawn, a photo taken."""

    sheet = TenantForeignKey(AnswerSheet, models.PROTECT, related_name="pictures")
    question = models.CharField(max_length=40)
    blob = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "sheet", "question"], name="questionnaire_picture_once")
        ]


class Safeguard(TenantOwned):
    """
    Why a question of a special category may be asked all the same, and who approved it (leisure Anhang 4, Art. 1).

    question     its key; category what it tells, a key of `people.SENSITIVE`
    information  how people are told; consent how theirs is had; measures what protects the answers
    approved_at  when it was approved; written anew it waits again
    """

    questionnaire = TenantForeignKey(Questionnaire, models.PROTECT, related_name="safeguards")
    question = models.CharField(max_length=40)
    category = models.CharField(max_length=20)
    justification = models.TextField()
    information = models.TextField()
    consent = models.TextField()
    measures = models.TextField()
    recorded_by = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    approved_by = models.CharField(max_length=200, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "questionnaire", "question"], name="questionnaire_safeguard_once")
        ]
