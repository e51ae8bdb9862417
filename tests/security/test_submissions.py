"""Forms that were sent are remembered for a day, and not for ever."""

from datetime import datetime
from datetime import timedelta
from datetime import UTC

from objpub.content import Content
from objpub.content import Site
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.security import make_users
from objpub.security import Submission
from objpub.security.submissions import Submissions

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_form_that_was_sent_is_found_for_a_day():
    sent = Submissions()
    sent.keep("a", Submission("/there", "Done already", '{"x":1}'), NOW)
    assert sent.find("b", NOW) is None
    assert sent.find("a", NOW + timedelta(hours=23)) == Submission("/there", "Done already", '{"x":1}')
    assert sent.find("a", NOW + timedelta(hours=25)) is None


def test_what_is_old_is_forgotten_with_what_is_new():
    sent = Submissions()
    for number in range(100):
        sent.keep(f"{number:064x}", Submission("/there"), NOW)
    assert len(sent) == 100
    for number in range(100, 110):
        sent.keep(f"{number:064x}", Submission("/there"), NOW + timedelta(days=2))
    assert len(sent) == 10


def test_what_a_form_made_is_known_until_it_is_gone(database):
    with transaction_for(database) as pair:
        put_site(pair.connection, Site(title="S"))
        site = site_of(pair.connection)
        make_users(site)
        page = site.add("page", Content())
        assert len(site.users.submissions) == 0
        site.users.keep_submission("a", Submission(made=page), NOW)
        pair.manager.commit()
    with transaction_for(database) as pair:
        site = site_of(pair.connection)
        assert site.users.submissions.find("a", NOW).made is site["page"]
