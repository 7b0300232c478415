"""Who may do what and where, roles at single sites, handing over, and reviews of rights."""

from django.urls import path

from kontor.office.identity.views import handing_over, reviews, rights

urlpatterns = [
    path("matrix/", rights.matrix, name="matrix"),
    path("sites/add/", rights.site_add, name="site-add"),
    path("people/<uuid:membership_id>/rights/", rights.person_rights, name="person-rights"),
    path("people/<uuid:membership_id>/sites/give/", rights.site_role_give, name="site-role-give"),
    path("people/<uuid:membership_id>/sites/<uuid:grant_id>/take/", rights.site_role_take, name="site-role-take"),
    path("people/<uuid:membership_id>/hand-over/", handing_over.hand_over, name="hand-over"),
    path("security/reviews/", reviews.reviews, name="reviews"),
    path("security/reviews/interval/", reviews.interval, name="review-interval"),
    path("security/reviews/new/", reviews.look_through, name="review-new"),
    path("security/reviews/<uuid:review_id>/", reviews.review, name="review"),
]
