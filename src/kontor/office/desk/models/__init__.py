"""Requests with their logs and promises, what is said about them, how they come in, and what can be read instead."""

from kontor.office.desk.models.articles import Article, ArticleFeedback, ArticleVersion
from kontor.office.desk.models.cases import Defect, DefectAnswer, DefectPeriod, DefectReduction, Problem, TicketLink
from kontor.office.desk.models.centre import Centre, CentreAddress, CentrePassword, CentrePerson, OwnPromise
from kontor.office.desk.models.chat import ChatActivity, ChatProfile
from kontor.office.desk.models.courses import Certificate, Course, Enrolment, Lesson, LessonDone
from kontor.office.desk.models.forum import ForumFollower, ForumPost, ForumTopic
from kontor.office.desk.models.help import (
    FaultAddition,
    FaultEntry,
    HelpAnswer,
    HelpGiven,
    HelpPlan,
    SavedView,
    SolutionTrial,
    TrialAnswer,
)
from kontor.office.desk.models.intake import DeskHabits, IncomingMail, TakenMail
from kontor.office.desk.models.mailboxes import Mailbox, SatisfactionQuestion
from kontor.office.desk.models.speakers import SupportContact
from kontor.office.desk.models.talk import (
    Proposal,
    ProposalAnswer,
    ReplyTemplate,
    Satisfaction,
    TicketFile,
    TicketFileFinding,
    TicketMessage,
    TicketNote,
    TicketReader,
)
from kontor.office.desk.models.tickets import Ticket, TicketAlert, TicketLog, TicketPromise

__all__ = [
    "Article",
    "ArticleFeedback",
    "ArticleVersion",
    "Centre",
    "CentreAddress",
    "CentrePassword",
    "CentrePerson",
    "Certificate",
    "ChatActivity",
    "ChatProfile",
    "Course",
    "Defect",
    "DefectAnswer",
    "DefectPeriod",
    "DefectReduction",
    "DeskHabits",
    "Enrolment",
    "FaultAddition",
    "FaultEntry",
    "ForumFollower",
    "ForumPost",
    "ForumTopic",
    "HelpAnswer",
    "HelpGiven",
    "HelpPlan",
    "IncomingMail",
    "Lesson",
    "LessonDone",
    "Mailbox",
    "OwnPromise",
    "Problem",
    "Proposal",
    "ProposalAnswer",
    "ReplyTemplate",
    "Satisfaction",
    "SatisfactionQuestion",
    "SavedView",
    "SolutionTrial",
    "SupportContact",
    "TakenMail",
    "Ticket",
    "TicketAlert",
    "TicketFile",
    "TicketFileFinding",
    "TicketLink",
    "TicketLog",
    "TicketMessage",
    "TicketNote",
    "TicketPromise",
    "TicketReader",
    "TrialAnswer",
]
