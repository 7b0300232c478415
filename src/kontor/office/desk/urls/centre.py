from django.urls import path

from kontor.office.desk.views import centre, centre_entrance, centre_forum, centre_password, chat, learning

app_name = "centre"

# /centre/<slug>/
urlpatterns = [
    path("<slug:slug>/", centre.home, name="home"),
    path("<slug:slug>/sign-in/", centre_entrance.sign_in, name="sign-in"),
    path("<slug:slug>/enter/<str:secret>/", centre_entrance.enter, name="enter"),
    path("<slug:slug>/sign-out/", centre_entrance.sign_out, name="sign-out"),
    path("<slug:slug>/articles/<uuid:article_id>/", centre.article, name="article"),
    path("<slug:slug>/courses/", learning.courses, name="courses"),
    path("<slug:slug>/courses/<uuid:course_id>/", learning.course, name="course"),
    path("<slug:slug>/courses/<uuid:course_id>/join/", learning.join, name="join"),
    path("<slug:slug>/courses/<uuid:course_id>/certificate/", learning.certificate, name="certificate"),
    path("<slug:slug>/courses/<uuid:course_id>/lessons/<uuid:lesson_id>/", learning.lesson, name="lesson"),
    path("<slug:slug>/video/<str:kind>/<uuid:row_id>/", learning.video, name="video"),
    path("<slug:slug>/captions/<str:kind>/<uuid:row_id>/<str:tongue>/", learning.captions, name="captions"),
    path("<slug:slug>/chat/", chat.begin, name="chat"),
    path("<slug:slug>/chat/pressed/", chat.press, name="chat-press"),
    path("<slug:slug>/chat/stop/", chat.stop, name="chat-stop"),
    path("<slug:slug>/suggest/", centre.suggest, name="suggest"),
    path("<slug:slug>/requests/", centre.requests, name="requests"),
    path("<slug:slug>/requests/new/", centre.ask, name="ask"),
    path("<slug:slug>/requests/<uuid:ticket_id>/", centre.detail, name="request"),
    path("<slug:slug>/request/<str:secret>/", centre.shared, name="shared"),
    path("<slug:slug>/files/<uuid:file_id>/", centre.file, name="file"),
    path("<slug:slug>/forum/", centre_forum.forum, name="forum"),
    path("<slug:slug>/forum/new/", centre_forum.begin, name="topic-new"),
    path("<slug:slug>/forum/<uuid:topic_id>/", centre_forum.topic, name="topic"),
    path("<slug:slug>/forum/<uuid:topic_id>/<str:word>/", centre_forum.step, name="topic-step"),
    path("<slug:slug>/forgotten/", centre_password.forgotten, name="forgotten"),
    path("<slug:slug>/password/<str:secret>/", centre_password.reset, name="reset"),
    path("<slug:slug>/profile/password/", centre_password.password, name="password"),
    path("<slug:slug>/profile/password/drop/", centre_password.drop, name="password-drop"),
    path("<slug:slug>/profile/", centre.profile, name="profile"),
]
