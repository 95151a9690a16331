"""How accounts come about: an administrator makes them. Nobody signs up."""

from allauth.account.adapter import DefaultAccountAdapter


class NoSignUp(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False
