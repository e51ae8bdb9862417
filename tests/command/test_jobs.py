"""`objpub tick`: what is due is done from cron."""

PUT = """
from objpub.jobs import put_job, put_mail
put_mail(site, "ann@example.org", "Tides", "They come.")
commit()
"""
LEFT = """
from objpub.jobs import queue_of
print([(each.name, each.error) for each in queue_of(site).waiting()])
"""


def test_tick_does_what_is_due_and_says_how_much(objpub):
    assert "Did 0 jobs." in objpub("tick").output
    objpub("shell", stdin=PUT)
    assert "Did 1 job." in objpub("tick").output
    assert "mail.server is not set" in objpub("shell", stdin=LEFT).output  # tried, and to be tried again
    assert "Did 0 jobs." in objpub("tick").output
