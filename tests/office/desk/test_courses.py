"""Courses: what is written, how far each person is, what needs what; and who plays whose video."""

import uuid
from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.actions.centre_door import confirm
from kontor.office.desk.actions.courses import Planned, Taught, withdraw_lesson, write_course, write_lesson
from kontor.office.desk.actions.learning import join_course, try_lesson
from kontor.office.desk.formats.quiz import marked, passes, quiz_of, same_shape
from kontor.office.desk.models import Certificate, Course, Enrolment, Lesson, LessonDone
from kontor.office.desk.queries.courses import shelf, steps_of, untrained, where_to_go_on
from kontor.office.desk.queries.staff import Colleague
from kontor.rulebook.refusal import RefusalError
from tests.office.desk.asking import MONDAY
from tests.office.desk.test_centre import at, centre_of, inside, invited
from tests.people import administrator, browser, join, make_user, visitor

QUIZ = "? Two and two?\n+ 4\n- 5\n\n? Even?\n+ 2\n- 3\n+ 8"
WEBM = b"\x1aE\xdf\xa3" + bytes(range(200))
PLANNED = {
    "state": "PUBLISHED", "audience": "CUSTOMERS", "title_de": "Kurs", "title_en": "The course",
    "summary_de": "Alles.", "summary_en": "Everything.",
}  # fmt: skip
TAUGHT = {"title_de": "Lektion", "title_en": "The lesson", "text_de": "Lesen.", "text_en": "Read."}


def course_in(tenant, *quizzes: str, **given: object) -> Course:
    with as_tenant(tenant.pk):
        row = write_course(None, Planned(**PLANNED | given), at=MONDAY, actor=MACHINE)
        for place, quiz in enumerate(quizzes, 1):
            taught = Taught(place=place, **TAUGHT, quiz_de=quiz, quiz_en=quiz)
            write_lesson(row.pk, None, taught, at=MONDAY, actor=MACHINE)
    return row


def test_a_quiz_is_read_line_by_line_and_marked_by_whole_questions():
    """Two questions; all right choices of a question and no wrong one count it: 1 of 2 is 50 %, 4 of 5 is 80 %."""
    questions = quiz_of(QUIZ)
    assert [(each.text, each.choices, each.right) for each in questions] == [
        ("Two and two?", ("4", "5"), {0}), ("Even?", ("2", "3", "8"), {0, 2}),
    ]  # fmt: skip
    assert [marked(questions, given) for given in ({}, {0: [0]}, {0: [0], 1: [0]}, {0: [0], 1: [0, 2]})] == [0, 1, 1, 2]
    assert marked(questions, {0: [0, 1], 1: [0, 1, 2]}) == 0
    assert (passes(1, 2, from_percent=80), passes(4, 5, from_percent=80), passes(0, 0, from_percent=80)) == (
        False, True, True,
    )  # fmt: skip
    assert quiz_of("") == ()
    assert same_shape(questions, quiz_of(QUIZ.replace("Even", "Gerade")))
    assert not same_shape(questions, quiz_of("? Two and two?\n- 4\n+ 5"))


@pytest.mark.parametrize("written", ["4", "+ 4", "?", "? All?\n+ 1\n+ 2", "? None?\n- 1", "? One?\n+ 1\n+"])
def test_a_quiz_that_nobody_can_answer_is_refused(written: str):
    with pytest.raises(RefusalError):
        quiz_of(written)


@pytest.mark.django_db
@pytest.mark.requirement("SO-030")
def test_whoever_opens_help_finds_manuals_videos_and_courses_and_completing_one_keeps_100_per_cent():
    """Three lessons: 1 of 3 is 33 %, 2 of 3 is 66 %, and what was completed stays so when a lesson is added."""
    from tests.office.desk.test_articles import written

    tenant = centre_of("Birke", "birke")
    for kind, title in (("MANUAL", "A short manual"), ("VIDEO", "A video"), ("ARTICLE", "A help page")):
        written(tenant, kind=kind, title_en=title, audience="CUSTOMERS")
    course = course_in(tenant, "", QUIZ, "")
    eva = invited(tenant, "eva@kunde.example")
    client = inside(tenant, "birke", "eva@kunde.example")
    home = client.get(at("home", "birke")).content.decode()
    assert [title in home for title in ("A short manual", "A video", "A help page")] == [True] * 3
    assert "The course" in client.get(at("courses", "birke")).content.decode()
    with as_tenant(tenant.pk):
        first, quiz, last = Lesson.objects.order_by("place")
    assert client.get(at("lesson", "birke", course.pk, first.pk)).status_code == 404  # not begun
    begun = client.post(at("join", "birke", course.pk))
    assert begun["Location"] == at("lesson", "birke", course.pk, first.pk)
    assert client.get(begun["Location"]).status_code == 200
    assert client.post(begun["Location"])["Location"] == at("lesson", "birke", course.pk, quiz.pk)
    assert client.post(at("join", "birke", course.pk))["Location"] == at("lesson", "birke", course.pk, quiz.pk)
    page = at("lesson", "birke", course.pk, quiz.pk)
    assert client.post(page, {"q0": "1", "q1": ["0", "2"]}).status_code == 422
    assert client.post(page, {"q0": "0"}).status_code == 422  # a question without an answer
    assert _percent(tenant) == 33
    assert client.post(page, {"q0": "0", "q1": ["0", "2"]})["Location"] == at("lesson", "birke", course.pk, last.pk)
    assert _percent(tenant) == 66
    assert client.get(at("certificate", "birke", course.pk)).status_code == 404
    assert client.post(at("lesson", "birke", course.pk, last.pk))["Location"] == at("course", "birke", course.pk)
    assert "Completed on" in client.get(at("course", "birke", course.pk)).content.decode()
    assert client.post(at("join", "birke", course.pk))["Location"] == at("course", "birke", course.pk)
    paper = client.get(at("certificate", "birke", course.pk))
    with pikepdf.open(BytesIO(b"".join(paper) if paper.streaming else paper.content)) as document:
        assert len(document.pages) == 1
    with as_tenant(tenant.pk):
        (done,) = Certificate.objects.all()
        assert (done.number, done.name, done.lessons) == (1, "eva", 3)
        write_lesson(course.pk, None, Taught(place=4, **TAUGHT), at=MONDAY, actor=MACHINE)
        row = Enrolment.objects.get(person=eva)
        added = Lesson.objects.get(place=4)
        assert try_lesson(row, added, {}, at=MONDAY).passed
        assert (Enrolment.objects.get().percent, Certificate.objects.count()) == (100, 1)


def _percent(tenant) -> int:
    with as_tenant(tenant.pk):
        return Enrolment.objects.get().percent


@pytest.mark.django_db
def test_a_course_that_needs_another_waits_for_it_and_none_needs_itself():
    tenant, other = centre_of("Birke", "birke"), centre_of("Linde", "linde")
    first = course_in(tenant, "")
    second = course_in(tenant, "", "", needs=first.pk)
    person = invited(tenant, "eva@kunde.example")
    client = inside(tenant, "birke", "eva@kunde.example")
    assert client.post(at("join", "birke", second.pk)).status_code == 422
    assert "Complete this course first" in client.get(at("course", "birke", second.pk)).content.decode()
    with as_tenant(tenant.pk):
        with pytest.raises(RefusalError):
            write_course(first.pk, Planned(**PLANNED, needs=second.pk), at=MONDAY, actor=MACHINE)
        with pytest.raises(RefusalError):
            join_course(second, person, at=MONDAY)
        taken = join_course(first, person, at=MONDAY)
        assert join_course(first, person, at=MONDAY) == taken
        assert [each.needs for each in shelf(person)] == [None, first]
        (only,) = steps_of(first, taken)
        assert where_to_go_on([only], taken) == only.lesson
        try_lesson(taken, only.lesson, {}, at=MONDAY)
        assert where_to_go_on(steps_of(first, taken), taken) is None
        join_course(second, person, at=MONDAY)
        one, two = steps_of(second, None)
        with pytest.raises(Lesson.DoesNotExist):
            try_lesson(taken, one.lesson, {}, at=MONDAY)
        withdraw_lesson(two.lesson.pk, at=MONDAY, actor=MACHINE)
        assert steps_of(second, None) == [one]
    with as_tenant(other.pk):
        with pytest.raises(Course.DoesNotExist):
            write_lesson(first.pk, None, Taught(place=1, **TAUGHT), at=MONDAY, actor=MACHINE)
        assert not LessonDone.objects.exists()
    assert visitor().post(at("join", "birke", first.pk))["Location"] == at("sign-in", "birke")
    assert visitor().get(at("courses", "linde")).status_code == 200
    assert client.get(at("course", "birke", other.pk)).status_code == 404


@pytest.mark.django_db
def test_courses_are_written_and_overseen_and_a_video_is_played_part_by_part_by_who_takes_the_course():
    tenant = centre_of("Birke", "birke")
    boss = browser(administrator(tenant), tenant)
    assert boss.post(reverse("desk:course-new"), PLANNED | {"title_de": ""}).status_code == 422
    made = boss.post(reverse("desk:course-new"), PLANNED | {"passed_from": "80"})
    with as_tenant(tenant.pk):
        course = Course.objects.get()
    assert made["Location"] == reverse("desk:course", args=[course.pk])
    edit = reverse("desk:course-edit", args=[course.pk])
    assert boss.get(edit).status_code == 200
    assert boss.post(edit, PLANNED | {"passed_from": "80", "needs": str(course.pk)}).status_code == 422
    new = reverse("desk:lesson-new", args=[course.pk])
    assert boss.get(new).status_code == 200
    told = TAUGHT | {
        "place": "1",
        "quiz_de": QUIZ,
        "quiz_en": QUIZ,
        "captions_en": "WEBVTT\n\n00:00.000 --> 00:01.000\nHi",
    }
    wrong = ({"quiz_en": ""}, {"captions_de": "Hallo"}, {"video": SimpleUploadedFile("a.avi", b"RIFF....AVI ")})
    assert [boss.post(new, told | each).status_code for each in wrong] == [422] * 3
    assert boss.post(new, told | {"video": SimpleUploadedFile("a.webm", WEBM)}).status_code == 302
    with as_tenant(tenant.pk):
        lesson = Lesson.objects.get()
        assert lesson.video.media_type == "video/webm"
    page = reverse("desk:lesson", args=[course.pk, lesson.pk])
    assert boss.get(page).status_code == 200
    assert boss.post(page, told | {"text_en": "Anew."}).status_code == 302
    person = invited(tenant, "eva@kunde.example")
    client = inside(tenant, "birke", "eva@kunde.example")
    video = at("video", "birke", "lesson", lesson.pk)
    assert [each.get(video).status_code for each in (client, visitor())] == [404, 404]
    client.post(at("join", "birke", course.pk))
    assert client.get(video).content == WEBM
    shown = [
        client.get(video, headers={"Range": each}) for each in ("bytes=0-3", "bytes=200-", "bytes=-2", "bytes=9-3")
    ]
    assert [each.status_code for each in shown] == [206, 206, 206, 416]
    assert [each.content for each in shown[:3]] == [WEBM[:4], WEBM[200:], WEBM[-2:]]
    assert shown[0]["Content-Range"] == f"bytes 0-3/{len(WEBM)}"
    captions = client.get(at("captions", "birke", "lesson", lesson.pk, "en"))
    assert (captions["Content-Type"], captions.content[:6]) == ("text/vtt; charset=utf-8", b"WEBVTT")
    assert "The lesson" in client.get(at("lesson", "birke", course.pk, lesson.pk)).content.decode()
    overview = reverse("desk:course", args=[course.pk])
    assert "eva" in boss.get(overview).content.decode()
    assert "eva" not in boss.get(overview, {"standing": "done"}).content.decode()
    assert boss.get(overview, {"format": "csv"}).status_code == 200
    assert boss.get(reverse("desk:courses"), {"format": "csv"}).status_code == 200
    assert "The course" in boss.get(reverse("desk:courses")).content.decode()
    assert boss.post(reverse("desk:lesson-withdraw", args=[lesson.pk])).status_code == 302
    assert client.get(video).status_code == 404
    assert "The course" not in client.get(at("courses", "birke")).content.decode()
    assert boss.get(reverse("desk:course", args=[person.pk])).status_code == 404


@pytest.mark.django_db
def test_the_courses_take_as_many_questions_for_three_as_for_one(django_assert_num_queries):
    tenant = centre_of("Birke", "birke")
    course_in(tenant, "")
    person = invited(tenant, "eva@kunde.example")
    client = inside(tenant, "birke", "eva@kunde.example")
    client.get(at("courses", "birke"))
    counts = []
    for _ in range(2):
        with django_assert_num_queries(15, exact=False) as asked:
            client.get(at("courses", "birke"))
        counts.append(len(asked))
        for each in (course_in(tenant, "", ""), course_in(tenant, "")):
            with as_tenant(tenant.pk):
                confirm(person, at=timezone.now())
                join_course(each, person, at=MONDAY + timedelta(days=1))
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_our_own_people_take_courses_too_those_for_staff_as_well_and_only_who_may():
    """Two courses, the second needs the first; what a colleague takes is nobody else's and shows where it is taught."""
    tenant = centre_of("Birke", "birke")
    first = course_in(tenant, "", QUIZ, audience="STAFF")
    second = course_in(tenant, "", needs=first.pk)
    colleague, other = make_user("kim@birke.example", "Kim"), make_user("lou@birke.example", "Lou")
    join(tenant, colleague, role="Learner", permissions=("desk.learn",))
    join(tenant, other, role="Desk", permissions=("desk.see",))
    kim, lou = browser(colleague, tenant), browser(other, tenant)
    assert [each.get(reverse("desk:learn")).status_code for each in (kim, lou)] == [200, 403]
    assert kim.get(reverse("desk:learn-course", args=[uuid.uuid4()])).status_code == 404
    page = reverse("desk:learn-course", args=[first.pk])
    assert kim.get(page).status_code == 200
    with as_tenant(tenant.pk):
        reading, quiz = Lesson.objects.filter(course=first).order_by("place")
    lesson = [reverse("desk:learn-lesson", args=[first.pk, each.pk]) for each in (reading, quiz)]
    assert kim.get(lesson[0]).status_code == 404  # not begun
    assert kim.post(reverse("desk:learn-join", args=[second.pk])).status_code == 422
    assert kim.post(reverse("desk:learn-join", args=[first.pk]))["Location"] == lesson[0]
    assert kim.get(lesson[0]).status_code == 200
    assert kim.post(lesson[0])["Location"] == lesson[1]
    assert kim.post(lesson[1], {"q0": "1", "q1": ["0"]}).status_code == 422
    assert kim.get(reverse("desk:learn-certificate", args=[first.pk])).status_code == 404
    assert kim.post(lesson[1], {"q0": "0", "q1": ["0", "2"]})["Location"] == page
    assert kim.get(reverse("desk:learn-certificate", args=[first.pk]))["Content-Type"] == "application/pdf"
    assert kim.post(reverse("desk:learn-join", args=[second.pk])).status_code == 302
    with as_tenant(tenant.pk):
        row = Enrolment.objects.get(course=first)
        assert (row.member, row.learner, row.percent, row.person) == (colleague.pk, str(colleague), 100, None)
    boss = browser(administrator(tenant), tenant)
    assert str(colleague) in boss.get(reverse("desk:course", args=[first.pk])).content.decode()
    for kind, key in (("lesson", reading.pk), ("article", uuid.uuid4())):
        assert kim.get(reverse("desk:video", args=[kind, key])).status_code == 404
    assert kim.get(reverse("desk:captions", args=["lesson", reading.pk, "de"])).status_code == 200


@pytest.mark.requirement("AP-013")
@pytest.mark.django_db
def test_whoever_has_not_completed_the_basic_training_is_listed():
    """Two basic courses: one for everybody, one for staff alone; a third is no basic training and binds nobody."""
    tenant = centre_of("Birke", "birke")
    boss = browser(administrator(tenant), tenant)
    page = reverse("desk:untrained")
    course_in(tenant, "")
    assert "No course is basic training" in boss.get(page).content.decode()
    everybody = course_in(tenant, "", basic=True)
    staff = course_in(tenant, "", basic=True, audience="STAFF")
    course_in(tenant, "", basic=True, state="DRAFT")
    colleague = make_user("kim@birke.example", "Kim")
    join(tenant, colleague, role="Learner", permissions=("desk.learn",))
    eva, gone = invited(tenant, "eva@kunde.example"), invited(tenant, "max@kunde.example")
    with as_tenant(tenant.pk):
        type(gone).objects.filter(pk=gone.pk).update(left_on=MONDAY.date())
        listed = {each.email: set(each.missing) for each in untrained(at=MONDAY)}
        assert listed["kim@birke.example"] == {everybody.pk, staff.pk}
        assert (listed["eva@kunde.example"], "max@kunde.example" in listed) == ({everybody.pk}, False)
        for learner, taken in ((eva, everybody), (Colleague(colleague.pk, "Kim", colleague.email), everybody)):
            enrolment = join_course(taken, learner, at=MONDAY)
            (lesson,) = Lesson.objects.filter(course=taken)
            try_lesson(enrolment, lesson, {}, at=MONDAY)
        listed = {each.email: set(each.missing) for each in untrained(at=MONDAY)}
        assert (listed["kim@birke.example"], "eva@kunde.example" in listed) == ({staff.pk}, False)
    shown = boss.get(page).content.decode()
    assert ("Kim" in shown, "eva@kunde.example" in shown) == (True, False)
    assert boss.get(f"{page}?format=csv").status_code == 200
    assert browser(colleague, tenant).get(page).status_code == 403
    other = centre_of("Ginster", "ginster")
    with as_tenant(other.pk):
        assert untrained(at=MONDAY) == []


@pytest.mark.django_db
def test_the_list_of_the_untrained_takes_as_many_questions_for_three_as_for_one(django_assert_num_queries):
    tenant = centre_of("Birke", "birke")
    course_in(tenant, "", basic=True)
    with as_tenant(tenant.pk), django_assert_num_queries(4):
        untrained(at=MONDAY)
    for name in ("eva", "max", "ute"):
        invited(tenant, f"{name}@kunde.example")
    with as_tenant(tenant.pk), django_assert_num_queries(4):
        assert len(untrained(at=MONDAY)) >= 3
