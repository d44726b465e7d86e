"""Sign-in of curators: user name and password, then a code from their phone.

django-allauth does the work. This package disables what is not offered, limits guessing and ends sessions.
"""
