import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_app_owns_nothing():
    with connection.cursor() as db:
        db.execute("SELECT current_user, count(*) FROM pg_tables WHERE tableowner = current_user")
        assert db.fetchone() == ("mingchu_app", 0)
