"""Logging in, and one's own password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gis.accounts import services
from gis.accounts.access import signed_in
from gis.accounts.forms import OwnPasswordForm
from gis.errors import InvalidInputError
from gis.views.forms import show_refusal


class LogIn(auth_views.LoginView):
    template_name = "gis/login.html"
    redirect_authenticated_user = True


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def own_password(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = OwnPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_own_password(user, form.cleaned_data["new_password1"])
        except InvalidInputError as refusal:
            show_refusal(form, refusal)
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("密码已修改。"))
            return redirect("home")
    status = 422 if form.errors else 200
    return render(request, "gis/people/own_password.html", {"form": form}, status=status)
