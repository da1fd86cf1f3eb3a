# SPDX-License-Identifier: Apache-2.0
"""A project of Django in one file: its admin, and under /test/ what the test asks and wants. Runs in the working folder."""
import sys
import threading

from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3", "OPTIONS": {"timeout": 60}}},
    DEBUG=True,  # runserver serves nothing else without further settings
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
        "django.contrib.staticfiles",
    ],
    MIDDLEWARE=[
        __name__ + ".one_form_at_a_time",
        # and as django-admin startproject has it
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    ROOT_URLCONF=__name__,
    SECRET_KEY="of the test",
    STATIC_URL="/static/",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
)

import django

django.setup()

from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.contrib.sessions.models import Session
from django.core.management import execute_from_command_line
from django.http import HttpResponse
from django.urls import path

log_ins = []
refused = []


def logged_in(**_):
    log_ins.append(1)


def login_failed(**_):
    refused.append(1)


user_logged_in.connect(logged_in)
user_login_failed.connect(login_failed)


form = threading.Lock()


def one_form_at_a_time(get_response):
    """SQLite fails with 'database is locked' when two transactions that have read want to write."""

    def middleware(request):
        if request.method != "POST":
            return get_response(request)
        with form:
            return get_response(request)

    return middleware


def answer(tell):
    return lambda request: HttpResponse(str(tell()), content_type="text/plain")


urlpatterns = [
    path("admin/", admin.site.urls),
    path("test/end", answer(lambda: Session.objects.all().delete())),
    path("test/logins", answer(lambda: len(log_ins))),
    path("test/refused", answer(lambda: len(refused))),
    path("test/groups", answer(lambda: "\n".join(Group.objects.values_list("name", flat=True)))),
]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
