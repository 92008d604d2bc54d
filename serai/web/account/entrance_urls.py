"""Routes of signing in that stand before allauth's own."""

from django.urls import path

from serai.web.account import devices, entrance

urlpatterns = [
    path("login/", entrance.request_code, name="account_login"),
    path("login/code/", entrance.request_code, name="account_request_login_code"),
    path("login/code/confirm/", entrance.confirm_code, name="account_confirm_login_code"),
    path("login/password/", entrance.password_login, name="account_login_password"),
    path("sessions/", devices.devices, name="usersessions_list"),
    path("signup/", entrance.sign_up, name="account_signup"),
]
