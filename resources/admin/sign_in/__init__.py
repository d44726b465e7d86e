"""How curators come in: user name and password, then a code from their phone.

django-allauth does the work. What stands here closes what we do not offer, limits guessing and ends
sessions.
"""
